import { didYouMean } from '../../../lib/model/did-you-mean';
import { styleOf } from '../../../rehearsal/report/style';
import { clean, clock, duration, shorten, wrap } from '../../../rehearsal/report/text';

describe('clock', () => {
  test.each([
    [0, '00:00'],
    [61.9, '01:01'],
    [3599, '59:59'],
    [3600, '1:00:00'],
    [172_805, '48:00:05'],
  ])('%d s is %s', (seconds, text) => {
    expect(clock(seconds)).toBe(text);
  });
});

describe('duration', () => {
  test.each([
    [0, '0 ms'],
    [0.25, '250 ms'],
    [0.97, '1 s'],
    [1.3, '1.3 s'],
    [30.5, '30.5 s'],
    [59.97, '1m 00s'],
    [300, '5m 00s'],
    [3605, '1h 00m 05s'],
  ])('%d s is %s', (seconds, text) => {
    expect(duration(seconds)).toBe(text);
  });
});

describe('wrap', () => {
  test.each<[string, number, string[]]>([
    ['one two three four', 10, ['one two', 'three four']],
    ['short', 10, ['short']],
    ['abcdefghijklmnop x', 10, ['abcdefghij', 'klmnop x']],
    ['a abcdefghijklm', 10, ['a', 'abcdefghij', 'klm']],
    ['', 10, ['']],
  ])('%s', (text, width, lines) => {
    expect(wrap(text, width)).toEqual(lines);
  });
});

describe('clean', () => {
  test('takes away what could move the cursor, change colours or turn the direction', () => {
    expect(clean('a\u001b[31mred\r\nb\u202ec\u009bd')).toBe('a [31mred b c d');
  });
});

describe('shorten', () => {
  test('keeps what fits and marks what does not', () => {
    expect(shorten('abcdef', 6, '...')).toBe('abcdef');
    expect(shorten('abcdefg', 6, '...')).toBe('abc...');
  });
});

describe('didYouMean', () => {
  const names = ['EcsWeb/Web', 'EcsWebGated/Web', 'released', 'stop'];
  test.each<[string, string | undefined]>([
    ['EcsWeb/Wbe', 'EcsWeb/Web'],
    ['relased', 'released'],
    ['stpo', 'stop'],
    ['something', undefined],
    ['x', undefined],
  ])('%s', (word, nearest) => {
    expect(didYouMean(word, names)).toBe(nearest);
  });
});

describe('styleOf', () => {
  const terminal = { color: true, isTty: true, columns: 100, environment: { LANG: 'en_GB.UTF-8' } };
  const colored = (given: Partial<Parameters<typeof styleOf>[0]>): boolean => styleOf({ ...terminal, ...given }).paint.isColorSupported;

  test('has colours on a terminal only, and not where they are unwanted', () => {
    expect(colored({})).toBe(true);
    expect(colored({ color: false })).toBe(false);
    expect(colored({ isTty: false })).toBe(false);
    expect(colored({ environment: { NO_COLOR: '1' } })).toBe(false);
    expect(colored({ environment: { NO_COLOR: '' } })).toBe(true);
    expect(colored({ environment: { TERM: 'dumb' } })).toBe(false);
  });

  test.each<[Record<string, string>, string]>([
    [{ LANG: 'en_GB.UTF-8' }, '✔'],
    [{ LC_ALL: 'C', LANG: 'en_GB.UTF-8' }, '+'],
    [{ LANG: 'C.utf8' }, '✔'],
    [{ LANG: 'POSIX' }, '+'],
    [{}, '✔'],
    [{ TERM: 'linux' }, '+'],
  ])('%j has %s', (environment, sign) => {
    expect(styleOf({ ...terminal, environment }).signs.good).toBe(sign);
  });

  test.each([
    [undefined, 80],
    [20, 60],
    [100, 100],
    [300, 120],
  ])('%s columns are filled to %i', (columns, width) => {
    expect(styleOf({ ...terminal, columns }).width).toBe(width);
  });
});

import { Redaction } from '../../../lambda/core/redaction';
import { fc, RUNS } from '../../support/properties';

const SECRET = 'p4ss wörd/+&"=\\';
const redaction = new Redaction();
redaction.hide(SECRET);
const hidden = (text: string) => redaction.text(text);
const base64 = (text: string) => Buffer.from(text).toString('base64');
const base64url = (text: string) => Buffer.from(text).toString('base64url');

describe('Redaction', () => {
  test.each([
    ['as it is', `was ${SECRET}!`, 'was ***!'],
    ['as a component of a URL', '?a=p4ss%20w%C3%B6rd%2F%2B%26%22%3D%5C&b=1', '?a=***&b=1'],
    ['with small hexadecimal digits', '?a=p4ss%20w%c3%b6rd%2f%2b%26%22%3d%5c&b=1', '?a=***&b=1'],
    ['in a form', 'a=p4ss+w%C3%B6rd%2F%2B%26%22%3D%5C&b=1', 'a=***&b=1'],
    ['as a URL is written', 'http://a/p4ss%20w%C3%B6rd/+&%22=%5C', 'http://a/***'],
    ['in JSON', '{"a":"p4ss wörd/+&\\"=\\\\"}', '{"a":"***"}'],
    ['in JSON with escaped slashes', '{"a":"p4ss wörd\\/+&\\"=\\\\"}', '{"a":"***"}'],
    ['in JSON of ASCII', '{"a":"p4ss w\\u00f6rd/+&\\"=\\\\"}', '{"a":"***"}'],
    ['cut by an excerpt', 'body was "p4ss wö…", expected', 'body was "***…", expected'],
    ['in a header, which is read as Latin-1', 'p4ss wÃ¶rd/+&"=\\', '***'],
    ['twice', `${SECRET}${SECRET}`, '***'],
    ['nowhere', 'p4ss', 'p4ss'],
  ])('hides a value %s', (_, text, shown) => {
    expect(hidden(text)).toBe(shown);
  });

  test.each(['', 'a', 'ab', 'abc', 'greenlight:'])('hides it in base64 behind "%s"', (before) => {
    for (const encode of [base64, base64url]) {
      const encoded = encode(`${before}${SECRET}!`);
      const shown = hidden(encoded);
      expect(shown).toContain('***');
      // A character at each end belongs to a neighbour too.
      expect(encoded.length - shown.replace('***', '').length).toBeGreaterThanOrEqual(Math.floor((Buffer.byteLength(SECRET) * 8) / 6) - 1);
    }
  });

  test('hides values that overlap, the one within the other and those of its parent', () => {
    const parent = new Redaction();
    parent.hide('abcdef');
    const own = new Redaction(parent);
    own.hide('defghi');
    own.hide('cde-');
    expect(own.text('xabcdefghiy')).toBe('x***y');
    expect(own.text('abcdef cde-')).toBe('*** ***');
    expect([own.isIn('..abcdef..'), own.isIn('abcde')]).toEqual([true, false]);
  });

  test('does not hide what stands in any text', () => {
    const short = new Redaction();
    short.hide('200');
    expect(short.text('status was 200')).toBe('status was 200');
  });

  test('hides it in all parts of a measurement and of an error', () => {
    const token = new Redaction();
    token.hide('4711');
    const measurements = [{ what: 'header 4711', measured: 4711, threshold: '"4711"', ok: true }];
    expect(token.measurement({ outcome: 'pass', reason: '4711', measurements, samples: 1, memory: { a: ['x4711', 4711] } })).toEqual({
      outcome: 'pass',
      reason: '***',
      measurements: [{ what: 'header ***', measured: '***', threshold: '"***"', ok: true }],
      samples: 1,
      memory: { a: ['x***', 4711] },
    });
    const error = token.error(new TypeError('4711', { cause: new Error('x4711') })) as Error;
    expect([error instanceof TypeError, error.message, String((error.cause as Error).message), error.stack?.includes('4711')]).toEqual([true, '***', 'x***', false]);
  });

  test('whatever the value is, no spelling of it is left', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 4, maxLength: 40, unit: 'binary' }), fc.string({ unit: 'grapheme' }), (value, around) => {
        const any = new Redaction();
        any.hide(value);
        const wellFormed = value.replace(/\p{Surrogate}/gu, '\ufffd');
        const spellings = [value, JSON.stringify(value).slice(1, -1), encodeURIComponent(wellFormed), new URLSearchParams({ v: value }).toString().slice(2)];
        return spellings.every((spelling) => !any.text(`${around}${spelling}${around}`).includes(spelling) || '***'.includes(spelling));
      }),
      { numRuns: Math.ceil(RUNS * 0.15) },
    );
  });
});

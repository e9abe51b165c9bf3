import { counted, excerpt, milliseconds, quoted } from '../../../lambda/core/text';

describe('excerpt', () => {
  test.each([
    ['abc', 3, 'abc'],
    ['abcd', 3, 'ab…'],
    ['', 3, ''],
    ['a\nb', 9, 'a\\nb'],
    ['a\r\tb', 9, 'a\\r\\tb'],
    ['\u0000\u007f\u009f\u2028\u2029', 99, '\\u0000\\u007f\\u009f\\u2028\\u2029'],
    // An escape is counted as it is written.
    ['\n\n', 3, '\\n…'],
    // Never half of a character at the end, whichever half of the range it is from.
    ['a\u{10000}b', 3, 'a…'],
    ['a\u{10ffff}b', 3, 'a…'],
    ['ab\u{10000}', 4, 'ab\u{10000}'],
    ['a\ud7ffbc', 3, 'a\ud7ff…'],
    ['a\ue000bc', 3, 'a\ue000…'],
    ['a\udc00', 9, 'a\\udc00'],
    ['\ud800z', 9, '\\ud800z'],
  ])('of %j in %i characters is %j', (text, length, expected) => {
    expect(excerpt(text, length)).toBe(expected);
  });

  test('has 120 characters, unless told', () => {
    expect(excerpt('a'.repeat(120))).toBe('a'.repeat(120));
    expect(excerpt('a'.repeat(121))).toBe(`${'a'.repeat(119)}…`);
    expect(quoted('a'.repeat(121))).toBe(`"${'a'.repeat(119)}…"`);
  });
});

test.each([
  [0, '0 checks'],
  [1, '1 check'],
  [2, '2 checks'],
])('%i is counted as %s', (count, expected) => {
  expect(counted(count, 'check')).toBe(expected);
});

test.each([
  [0, 0],
  [0.04, 0],
  [0.05, 0.1],
  [9.94, 9.9],
  [9.96, 10],
  [10, 10],
  [10.4, 10],
  [1234.5, 1235],
])('%f ms are shown as %f', (ms, expected) => {
  expect(milliseconds(ms)).toBe(expected);
});

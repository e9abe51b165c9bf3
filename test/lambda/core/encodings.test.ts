import { inBase64, inForm, inJsonString, inUrl, wellFormed } from '../../../lambda/core/encodings';

test.each([
  ['a b/c?d', 'a%20b%2Fc%3Fd'],
  ["!'()*", '%21%27%28%29%2A'],
  ['é\ud800', '%C3%A9%EF%BF%BD'],
  ['a-_.~', 'a-_.~'],
])('%j in a URL is %s', (value, expected) => {
  expect(inUrl(value)).toBe(expected);
});

test.each([
  ['a b&c=d', 'a+b%26c%3Dd'],
  ['', ''],
])('%j in a form is %s', (value, expected) => {
  expect(inForm(value)).toBe(expected);
});

test('stands in a JSON string as it must', () => {
  expect(inJsonString('a"\\\n')).toBe('a\\"\\\\\\n');
});

test.each([
  ['a\ud800b', 'a\ufffdb'],
  ['\u{1f600}', '\u{1f600}'],
])('%j is well formed as %j', (value, expected) => {
  expect(wellFormed(value)).toBe(expected);
});

test('in base64 has three spellings, by where it begins', () => {
  const spellings = inBase64('secret é');
  expect(spellings).toHaveLength(3);
  for (const before of ['', 'x', 'xy', 'xyz', 'wxyz']) {
    const whole = Buffer.from(`${before}secret é${before}`).toString('base64');
    expect(spellings.filter((spelling) => whole.includes(spelling))).toHaveLength(1);
  }
  expect(spellings[0]).toBe('c2VjcmV0IMOp');
});

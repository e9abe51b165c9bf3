import type { HttpRequestDocument } from '../../../../lib/model/suite';
import { contentTypeOf, fillBody, jsonPieces } from '../../../../lambda/core/checks/bodies';

const request = (body: string | undefined, contentType?: string): HttpRequestDocument => ({
  method: 'POST',
  path: '/',
  headers: contentType === undefined ? { 'X-Other': 'application/json' } : { 'Content-TYPE': contentType },
  timeoutMs: 1000,
  maxRedirects: 0,
  ...(body === undefined ? {} : { body }),
});

test.each<[string | undefined, string | undefined, string]>([
  ['application/json; charset=utf-8', 'x', 'json'],
  ['Application/Problem+JSON', 'x', 'json'],
  ['application/jsonlines', 'x', 'text'],
  ['application/x-www-form-urlencoded; charset=utf-8', '{}', 'form'],
  ['text/plain', '{}', 'text'],
  [undefined, ' {"a": 1}', 'json'],
  [undefined, '[1]', 'json'],
  [undefined, '{{id}}', 'text'],
  [undefined, 'a{', 'text'],
  [undefined, undefined, 'text'],
])('by the Content-Type %j, the body %j is %s', (contentType, body, kind) => {
  expect(contentTypeOf(request(body, contentType))).toBe(kind);
});

describe('a value in a body', () => {
  test.each([
    ['{"name": "{{v}}"}', 'application/json', 'a"b', '{"name": "a\\"b"}'],
    ['{"n": {{v}}, "s": "x"}', undefined, '-1.5e+3', '{"n": -1.5e+3, "s": "x"}'],
    ['{"n": {{v}}}', undefined, 'null', '{"n": null}'],
    ['{"s": "\\"", "n": {{v}}}', undefined, 'true', '{"s": "\\"", "n": true}'],
    ['{"s": "\\\\", "n": {{v}}}', undefined, '0', '{"s": "\\\\", "n": 0}'],
    ['a={{v}}&b=1', 'application/x-www-form-urlencoded', 'x&y=z', 'a=x%26y%3Dz&b=1'],
    ['Hello {{v}}', 'text/plain', '<b>', 'Hello <b>'],
  ])('%j stays one', (body, contentType, value, filled) => {
    expect(fillBody(request(body, contentType), { v: value })).toBe(filled);
  });

  test('is nowhere where there is no body', () => {
    expect(fillBody(request(undefined), {})).toBeUndefined();
  });

  test.each(['01', '1.', '.5', '+1', 'True', '"a"', '1,"b":2', ''])('%j is no number, boolean or null', (value) => {
    expect(() => fillBody(request('{"n": {{v}}}'), { v: value })).toThrow('value "v" is no number, boolean or null, and stands in a JSON body without quotation marks; write "{{v}}"');
  });

  test('must not stand behind a backslash', () => {
    expect(() => jsonPieces('{"s": "\\{{v}}"}')).toThrow('{{v}} stands behind a backslash in the JSON body');
    expect(jsonPieces('["\\\\{{v}}", {{w}}]')).toEqual([{ text: '["\\\\' }, { name: 'v', quoted: true }, { text: '", ' }, { name: 'w', quoted: false }, { text: ']' }]);
  });
});

import type { CaptureDocument } from '../../../../../lib/model/http-document';
import { compilers } from '../../../../../lambda/core/checks/engines';
import { captureFailed, compileCapture } from '../../../../../lambda/core/checks/http/captures';
import type { HttpAnswer } from '../../../../../lambda/core/ports';
import { answer } from '../../../support/fake-ports';

const JSON_PATH = { from: 'jsonPath', path: '$.a' } as const;
const LOCATION = { from: 'header', name: 'location' } as const;
const SESSION = { from: 'cookie', name: 'session' } as const;
const DIGITS = { from: 'body', pattern: 'n=(\\d*)' } as const;

async function captured(document: CaptureDocument, given: Partial<HttpAnswer>): Promise<string> {
  const engines = await compilers({ jsonPaths: document.from === 'jsonPath' ? [document.path] : [], groups: document.pattern === undefined ? [] : [document.pattern] });
  const found = compileCapture(document, engines)(answer(given));
  return Object.entries(found).map(([outcome, text]) => `${outcome} ${text}`).join();
}

describe('a capture', () => {
  test.each<[string, CaptureDocument, Partial<HttpAnswer>, string]>([
    ['a JSON text', JSON_PATH, { body: '{"a":"x"}' }, 'value x'],
    ['a JSON number', JSON_PATH, { body: '{"a":-1.50}' }, 'value -1.5'],
    ['a JSON zero', JSON_PATH, { body: '{"a":0}' }, 'value 0'],
    ['a JSON boolean', JSON_PATH, { body: '{"a":false}' }, 'value false'],
    ['a part of a JSON text', { ...JSON_PATH, pattern: 'id-(\\d+)' }, { body: '{"a":"id-47"}' }, 'value 47'],
    ['a header', LOCATION, { headers: { location: '/o/1' } }, 'value /o/1'],
    ['a part of a header', { ...LOCATION, pattern: '(\\d+)$' }, { headers: { location: '/o/1' } }, 'value 1'],
    ['a header beside a body that is cut', LOCATION, { headers: { location: '/o/1' }, bodyTruncated: true }, 'value /o/1'],
    ['a cookie', SESSION, { setCookies: ['session=s3; Path=/'] }, 'value s3'],
    ['the last cookie of a name', SESSION, { setCookies: ['session=old', 'session=new', 'other=x'] }, 'value new'],
    ['a part of a cookie', { ...SESSION, pattern: '^(.)' }, { setCookies: ['session=s3'] }, 'value s'],
    ['a part of the body', DIGITS, { body: 'm=1 n=22' }, 'value 22'],
    ['what stands in a body several times', DIGITS, { body: 'n=22 n=22' }, 'value 22'],
    ['8192 characters', JSON_PATH, { body: `{"a":"${'x'.repeat(8192)}"}` }, `value ${'x'.repeat(8192)}`],
  ])('takes %s', async (_, document, given, expected) => {
    expect(await captured(document, given)).toBe(expected);
  });

  test.each<[string, CaptureDocument, Partial<HttpAnswer>, string]>([
    ['JSON that is not there', JSON_PATH, { body: '{"b":1}' }, 'selected nothing'],
    ['a part that is not there', DIGITS, { body: 'm=1' }, 'selected nothing by /n=(\\d*)/'],
    ['two values', { from: 'jsonPath', path: '$.*' }, { body: '[1,2]' }, 'selected 2 different values'],
    ['a value and one like it in another type', { from: 'jsonPath', path: '$.*' }, { body: '[1,"1",2]' }, 'selected 2 different values'],
    ['three parts', DIGITS, { body: 'n=1 n=2 n=1 n=3' }, 'selected 3 different values by /n=(\\d*)/'],
    ['an empty text', JSON_PATH, { body: '{"a":""}' }, 'selected an empty text'],
    ['an empty header', LOCATION, { headers: { location: '' } }, 'selected an empty text'],
    ['an empty part', DIGITS, { body: 'n=' }, 'selected an empty text'],
    ['a text and an empty one', DIGITS, { body: 'n= n=1' }, 'selected 2 different values by /n=(\\d*)/'],
    ['null', JSON_PATH, { body: '{"a":null}' }, 'selected null'],
    ['a list', JSON_PATH, { body: '{"a":[]}' }, 'selected a list'],
    ['an object', JSON_PATH, { body: '{"a":{}}' }, 'selected an object'],
    ['an object behind a text', { from: 'jsonPath', path: '$.*' }, { body: '["x",{}]' }, 'selected an object'],
    ['what is no JSON', JSON_PATH, { body: '<a>' }, 'selected nothing, since the body is not JSON'],
    ['no body', JSON_PATH, { body: '' }, 'selected nothing, since the body is not JSON'],
    ['a header that is absent', LOCATION, {}, 'was absent'],
    ['a header that every object has', { from: 'header', name: 'constructor' }, {}, 'was absent'],
    ['a cookie that is not set', SESSION, { setCookies: ['other=s3'] }, 'was not set'],
    ['8193 characters', JSON_PATH, { body: `{"a":"${'x'.repeat(8193)}"}` }, 'selected a text of 8193 characters, of which at most 8192 are kept'],
  ])('does not take %s', async (_, document, given, expected) => {
    expect(await captured(document, given)).toBe(`problem ${expected}`);
  });

  test.each<[string, CaptureDocument, Partial<HttpAnswer>, string]>([
    ['JSON that is cut', JSON_PATH, { body: '{"a":"x"}', bodyTruncated: true }, 'the body is larger than 1048576 bytes, and no more is read'],
    ['a body that is cut', DIGITS, { body: 'n=1', bodyTruncated: true }, 'the body is larger than 1048576 bytes, and no more is read'],
    ['a body that is encoded', DIGITS, { body: 'n=1', headers: { 'content-encoding': 'br' } }, 'the body is encoded as "br", although it was asked for as it is'],
  ])('cannot tell what it would take from %s', async (_, document, given, expected) => {
    expect(await captured(document, given)).toBe(`undecided ${expected}`);
  });

  test('says no more than 60 characters of its pattern', async () => {
    const pattern = `(${'a'.repeat(60)})`;
    expect(await captured({ from: 'body', pattern }, { body: 'b' })).toBe(`problem selected nothing by /(${'a'.repeat(58)}…/`);
  });

  test('tells where a path takes too deep', () => {
    const select = () => {
      throw new RangeError('too deep');
    };
    const engines = { jsonPath: () => select } as unknown as Parameters<typeof compileCapture>[1];
    expect(compileCapture(JSON_PATH, engines)(answer())).toEqual({ undecided: 'RangeError: too deep' });
  });
});

test.each<[CaptureDocument, string]>([
  [JSON_PATH, 'capture id (JSON path $.a)'],
  [{ from: 'jsonPath', path: `$.${'a'.repeat(119)}` }, `capture id (JSON path $.${'a'.repeat(117)}…)`],
  [LOCATION, 'capture id (header location)'],
  [SESSION, 'capture id (cookie session)'],
  [DIGITS, 'capture id (body)'],
])('%j that comes to nothing is a finding', (document, what) => {
  expect(captureFailed('id', document, { problem: 'was absent' })).toEqual({
    outcome: 'fails',
    what,
    measured: null,
    threshold: 'one value',
    statement: `${what} was absent, expected one value`,
    warning: false,
  });
});

test('what a capture cannot tell is undecided', () => {
  const what = 'capture id (JSON path $.a)';
  const statement = `${what} could not be decided: too deep; expected one value`;
  expect(captureFailed('id', JSON_PATH, { undecided: 'too deep' })).toEqual({ outcome: 'undecided', what, measured: null, threshold: 'one value', statement, warning: false });
});

import type { HttpRequestDocument } from '../../../../lib/model/suite';
import { requireReferences } from '../../../../lambda/core/checks/references';
import { ConfigurationError } from '../../../../lambda/core/failures';

type Step = Parameters<typeof requireReferences>[1];

const REQUEST: HttpRequestDocument = { method: 'GET', path: '/', headers: {}, timeoutMs: 1000, maxRedirects: 0 };
const step = ({ request = {}, ...others }: Partial<Omit<Step, 'request'>> & { readonly request?: Partial<HttpRequestDocument> } = {}): Step => ({
  target: { listener: 'test' },
  ...others,
  request: { ...REQUEST, ...request },
});
const url = (text: string): Step => step({ target: { url: text }, request: { path: '' } });
const asserts = (...assertions: NonNullable<Step['assertions']>): Step => step({ assertions });

/** The message that it is refused with, or `fine`. */
function said(given: Step, known: readonly string[] = ['id', 'token']): string {
  try {
    requireReferences('steps[1]', given, known);
  } catch (error) {
    return error instanceof ConfigurationError ? error.message : `no bad configuration: ${String(error)}`;
  }
  return 'fine';
}

test.each<[string, string, Step]>([
  ['path', 'request.path', step({ request: { path: '/{{gone}}' } })],
  ['path behind a good one', 'request.path', step({ request: { path: '/{{id}}/{{gone}}' } })],
  ['header', 'request.headers.x-b', step({ request: { headers: { 'x-a': '{{id}}', 'x-b': '{{gone}}' } } })],
  ['body', 'request.body', step({ request: { body: '{{gone}}' } })],
  ['URL', 'target.url', url('http://a.test/{{gone}}')],
  ['user', 'auth.user', step({ auth: { kind: 'basic', user: '{{gone}}', password: '{{id}}' } })],
  ['password', 'auth.password', step({ auth: { kind: 'basic', user: '{{id}}', password: '{{gone}}' } })],
  ['token', 'auth.token', step({ auth: { kind: 'bearer', token: '{{gone}}' } })],
  ['text of a body', 'assertions[1].text', asserts({ kind: 'status', equals: 200 }, { kind: 'bodyContains', text: '{{gone}}' })],
  ['header to come', 'assertions[0].equals', asserts({ kind: 'headerEquals', name: 'etag', equals: '{{gone}}' })],
  ['JSON value', 'assertions[0].equals', asserts({ kind: 'jsonPathEquals', path: '$', equals: '{{gone}}' })],
  ['URL to come', 'assertions[0].equals', asserts({ kind: 'finalUrlEquals', equals: 'http://a.test/{{gone}}' })],
])('an unknown value in a %s is refused at its place', (_, place, given) => {
  expect(said(given)).toBe(`suite.json: 'steps[1].${place}' refers to a value that is not there: {{gone}} is no value of the check, and nothing before has captured it; there is id, token`);
});

test.each<[string, Step]>([
  ['all of which is there', step({ request: { path: '/{{id}}', headers: { 'x-{{gone}}': '{{token}}' }, body: '{{id}}' }, auth: { kind: 'bearer', token: '{{token}}' } })],
  ['without any', step()],
  ['with the characters themselves', step({ request: { path: '/{{{{gone}}' } })],
  ['with braces in patterns, paths and names', asserts({ kind: 'bodyMatches', pattern: 'a{{2}}' }, { kind: 'headerExists', name: '{{gone}}' }, { kind: 'jsonPathAbsent', path: '{{gone}}' })],
  ['with numbers', asserts({ kind: 'jsonPathEquals', path: '$', equals: 5 }, { kind: 'status', equals: 200 })],
  ['with a digest', asserts({ kind: 'bodySha256', equals: '{{gone}}' })],
])('a step %s is fine', (_, given) => {
  expect(said(given)).toBe('fine');
});

test.each<[string, string, Step]>([
  ['does not end', "suite.json: 'steps[1].request.path': the text \"/{{id\" begins a reference by '{{' that does not end; write {{name}}, or {{{{ for the characters {{", step({ request: { path: '/{{id' } })],
  ['is no name', "suite.json: 'steps[1].request.headers.x-a': the text \"{{a b}}\" refers to '{{a b}}', which is no name; write {{name}}, or {{{{ for the characters {{", step({ request: { headers: { 'x-a': '{{a b}}' } } })],
])('a reference that %s is refused at its place', (_, message, given) => {
  expect(said(given)).toBe(message);
});

describe('who is asked is not for a value to say', () => {
  test.each([
    'http://{{id}}/',
    'http://{{id}}',
    'https://{{id}}.example.com/x',
    'https://api.{{id}}/x',
    'https://a.test:{{id}}/x',
    'https://a.test{{id}}',
    'https://{{id}}@a.test/',
    '{{id}}://a.test/',
    // These are how the URL standard reads the same.
    'http:{{id}}/x',
    'http:/{{id}}/x',
    'http:///{{id}}/x',
    'http:\\\\{{id}}/x',
    'http:/\\{{id}}/x',
    'http://\t/{{id}}/x',
    'http://a.test@{{id}}/x',
    'http://a.test\\{{id}}/x',
    'https://${greenlight:Host}:{{id}}/x',
    'https://{{id}}.${greenlight:Domain}/x',
  ])('%j', (text) => {
    expect(said(url(text))).toBe("suite.json: 'steps[1].target.url': holds a value before its path; write scheme, host and port");
  });

  test.each(['http://a.test/{{id}}', 'HTTPS://a.test:8443/x/{{id}}', 'https://a.test?x={{id}}', 'https://a.test#{{id}}', 'https://[::1]:8080/{{id}}', 'http://a.test/x', 'http://a.test', 'https://a.test/http://{{id}}/', 'https://${greenlight:Host}/{{id}}', '${greenlight:Url}orders/{{id}}'])('%s is fine', (text) => {
    expect(said(url(text))).toBe('fine');
  });
});

describe('a value in a body', () => {
  const escaped = String.raw`{"a":"\{{id}}"}`;

  test('must not stand behind a backslash of JSON', () => {
    const message = String.raw`suite.json: 'steps[1].request.body': {{id}} stands behind a backslash in the JSON body {"a":"\{{id}}"}; remove it`;
    expect(said(step({ request: { body: escaped } }))).toBe(message);
    expect(said(step({ request: { headers: { 'content-type': 'application/json' }, body: escaped } }))).toBe(message);
  });

  test('may do so in a text', () => {
    expect(said(step({ request: { headers: { 'content-type': 'text/plain' }, body: escaped } }))).toBe('fine');
  });
});

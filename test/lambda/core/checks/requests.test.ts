import { ENV } from '../../../../lib/model/hook-contract';
import type { HttpRequestDocument, RequestTarget } from '../../../../lib/model/suite';
import type { Filling } from '../../../../lambda/core/checks/requests';
import { prepareRequest } from '../../../../lambda/core/checks/requests';
import { ConfigurationError, UnusableValue } from '../../../../lambda/core/failures';
import { fakeEnvironment } from '../../support/fake-ports';

interface Given {
  readonly target?: RequestTarget;
  readonly request?: Partial<HttpRequestDocument>;
  readonly filling?: Filling;
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

const REQUEST: HttpRequestDocument = { method: 'GET', path: '/', headers: {}, timeoutMs: 1500, maxRedirects: 3 };
const TEST: RequestTarget = { listener: 'test' };

const prepare = ({ target = TEST, request = {}, filling, environment = {} }: Given) => prepareRequest(fakeEnvironment(environment), target, { ...REQUEST, ...request }, filling);
const atUrl = (url: string, values: Filling['values'] = {}) => prepare({ target: { url }, request: { path: '' }, filling: { values } });

/** What it threw: its class, its message and, where it has one, whether another try is worth it. */
function thrown(given: () => unknown): unknown {
  try {
    given();
  } catch (error) {
    return error instanceof UnusableValue ? [UnusableValue, error.message, error.retryable] : error instanceof ConfigurationError ? [ConfigurationError, error.message] : error;
  }
  return 'nothing';
}

describe('a request', () => {
  test('holds what the document has, and nothing that was left out', () => {
    expect(prepare({})).toEqual({
      request: { method: 'GET', url: 'http://web.example.internal:8080/', headers: {}, timeoutMs: 1500, maxRedirects: 3 },
      label: 'GET / on the test listener',
    });
    expect(Object.keys(prepare({}).request)).toEqual(['method', 'url', 'headers', 'timeoutMs', 'maxRedirects']);
  });

  test('holds all that the document and the attempt may add', () => {
    const isSecret = (text: string) => text === 'hunter2';
    const cookies = { received: () => undefined };
    const { request, label } = prepare({
      target: { listener: 'production' },
      request: { method: 'POST', path: '/orders', headers: { 'x-a': 'b' }, body: 'text', host: 'shop.example.com' },
      filling: { values: {}, isSecret, cookies, auth: { kind: 'sigV4', service: 'execute-api', region: 'eu-west-1' } },
    });
    expect(request).toEqual({
      method: 'POST',
      url: 'http://web.example.internal/orders',
      headers: { 'x-a': 'b' },
      timeoutMs: 1500,
      maxRedirects: 3,
      body: 'text',
      host: 'shop.example.com',
      isSecret,
      cookies,
      sign: { service: 'execute-api', region: 'eu-west-1' },
    });
    expect(label).toBe('POST /orders on the production listener');
  });

  test('leaves the region of a signature to whoever signs, where none is named', () => {
    expect(prepare({ filling: { values: {}, auth: { kind: 'sigV4', service: 'aoss' } } }).request.sign).toStrictEqual({ service: 'aoss' });
  });

  test.each<[string, NonNullable<Filling['auth']>, Readonly<Record<string, string>>]>([
    // RFC 7617 §2 has this example.
    ['basic', { kind: 'basic', user: 'Aladdin', password: 'open sesame' }, { authorization: 'Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==' }],
    ['basic, of values', { kind: 'basic', user: '{{user}}', password: '{{word}}' }, { authorization: 'Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==' }],
    // RFC 7617 §2.1 has this one.
    ['basic, in UTF-8', { kind: 'basic', user: 'test', password: '123£' }, { authorization: 'Basic dGVzdDoxMjPCow==' }],
    ['bearer', { kind: 'bearer', token: 'mF_9.B5f-4.1JqM' }, { authorization: 'Bearer mF_9.B5f-4.1JqM' }],
    ['bearer, of a value', { kind: 'bearer', token: '{{user}}' }, { authorization: 'Bearer Aladdin' }],
    ['a signature, which is made later', { kind: 'sigV4', service: 's3' }, {}],
  ])('is authorized by %s', (_, auth, headers) => {
    expect(prepare({ filling: { auth, values: { user: 'Aladdin', word: 'open sesame' } } }).request.headers).toEqual(headers);
  });

  test('is signed only where its document says so', () => {
    expect(prepare({ filling: { values: {}, auth: { kind: 'bearer', token: 'mF_9' } } }).request).not.toHaveProperty('sign');
  });
});

describe('the URL of a listener', () => {
  test.each([
    ['http://a.test', '/x', 'http://a.test/x'],
    ['http://a.test/', '/x', 'http://a.test/x'],
    ['http://a.test//', '/x', 'http://a.test/x'],
    ['https://a.test:8443/base/', '/x?y=1', 'https://a.test:8443/base/x?y=1'],
  ])('%s and the path %s make %s', (base, path, url) => {
    expect(prepare({ request: { path }, environment: { [ENV.testUrl]: base } }).request.url).toBe(url);
  });

  test.each<['test' | 'production', string, string | undefined]>([
    ['test', 'GREENLIGHT_TEST_URL', undefined],
    ['test', 'GREENLIGHT_TEST_URL', ''],
    ['production', 'GREENLIGHT_PRODUCTION_URL', undefined],
    ['production', 'GREENLIGHT_PRODUCTION_URL', ''],
  ])('%s must be in %s, where %j stands', (listener, variable, value) => {
    const message = `a check asks the ${listener} listener, but environment variable ${variable} is not set; give the rollout that listener, or the check a URL`;
    expect(thrown(() => prepare({ target: { listener }, environment: { [variable]: value } }))).toEqual([ConfigurationError, message]);
  });
});

describe('a URL of its own', () => {
  test.each([
    ['ftp://a.test/', 'ftp://a.test/'],
    ['a.test/path', 'a.test/path'],
    ['', ''],
    ['http://', 'http://'],
    ['file:///etc/passwd', 'file:///etc/passwd'],
    ['javascript:alert(1)', 'javascript:alert(1)'],
  ])('%j cannot be asked', (url, shown) => {
    expect(thrown(() => atUrl(url))).toEqual([ConfigurationError, `a check's URL must begin with http:// or https:// and name a host, got "${shown}"`]);
  });

  test.each(['https://user:hunter2@a.test:8443/', 'https://user@a.test:8443/', 'https://:hunter2@a.test:8443/'])('%s holds credentials, which are not shown', (url) => {
    const message = `a check's URL must not hold a user name or password; send them in a header (host "a.test:8443")`;
    expect(thrown(() => atUrl(url))).toEqual([ConfigurationError, message]);
  });

  test.each([
    ['http://a.test', 'http://a.test/'],
    ['HTTPS://A.test/B', 'https://a.test/B'],
    ['http://[::1]:8080/x', 'http://[::1]:8080/x'],
  ])('%s is asked as %s', (url, asked) => {
    expect(atUrl(url).request.url).toBe(asked);
  });
});

describe('values', () => {
  test.each(['.', '..'])('that are "%s" would lead to another path', (value) => {
    const values = { other: 'x', id: value };
    const error = [UnusableValue, `value "id" is "${value}", which would lead to another path`, false];
    expect(thrown(() => prepare({ request: { path: '/a/{{id}}/b' }, filling: { values } }))).toEqual(error);
    expect(thrown(() => atUrl('http://a.test/{{id}}', values))).toEqual(error);
  });

  test.each([
    ['...', '/a/...'],
    ['.a', '/a/.a'],
    ['../b', '/a/..%2Fb'],
    ['%2e%2e', '/a/%252e%252e'],
    ['?x#y', '/a/%3Fx%23y'],
  ])('that are "%s" stay one segment of the path, as %s', (id, path) => {
    expect(prepare({ request: { path: '/a/{{id}}' }, filling: { values: { id } } }).request.url).toBe(`http://web.example.internal:8080${path}`);
  });

  test.each([
    ['a tab', '\t'],
    ['the first character that is printed', ' '],
    ['the last one of ASCII', '~'],
    ['the first of Latin-1', '\x80'],
    ['the last of Latin-1', '\xff'],
  ])('may put %s into a header', (_, v) => {
    expect(prepare({ request: { headers: { 'x-v': 'a{{v}}b' } }, filling: { values: { v } } }).request.headers).toEqual({ 'x-v': `a${v}b` });
  });

  test.each([
    ['NUL', '\0'],
    ['a carriage return', '\r'],
    ['a line feed', '\n'],
    ['a line feed at the end', 'a\n'],
    ['the last control character', '\x1f'],
    ['delete', '\x7f'],
    ['what is beyond Latin-1', '\u0100'],
  ])('may not put %s into a header', (_, v) => {
    const message = (name: string) => [UnusableValue, `header ${name} cannot be sent: a value in it holds a line break or a character that no header may have`, false];
    expect(thrown(() => prepare({ request: { headers: { 'x-good': 'a', 'x-v': '{{v}}' } }, filling: { values: { v } } }))).toEqual(message('x-v'));
    expect(thrown(() => prepare({ filling: { values: { v }, auth: { kind: 'bearer', token: '{{v}}' } } }))).toEqual(message('authorization'));
  });

  test('that are not there are a mistake of the suite', () => {
    const message = '{{id}} is no value of the check, and nothing before has captured it; there is none';
    expect(thrown(() => prepare({ request: { path: '/{{id}}' } }))).toEqual([ConfigurationError, message]);
  });
});

describe('the label', () => {
  const values = { id: 'hunter2' };

  test.each<[string, Given, string]>([
    ['the path', { request: { path: '/a/b' } }, 'GET /a/b on the test listener'],
    ['no query', { request: { path: '/a?key=hunter2' } }, 'GET /a?… on the test listener'],
    ['no empty query', { request: { path: '/a?' } }, 'GET /a on the test listener'],
    ['references, and not their values', { request: { path: '/a/{{id}}' } }, 'GET /a/{{id}} on the test listener'],
    ['references in front of a query', { request: { path: '/a/{{id}}?x=1\n2' } }, 'GET /a/{{id}}?… on the test listener'],
    ['no references in a query', { request: { path: '/a?key={{id}}' } }, 'GET /a?… on the test listener'],
    ['characters that only look like a reference', { request: { path: '/a/{{{{id}}' } }, 'GET /a/%7B%7Bid%7D%7D on the test listener'],
    ['a URL', { target: { url: 'https://a.test:8443/b' }, request: { path: '' } }, 'GET https://a.test:8443/b'],
    ['a URL without its query', { target: { url: 'https://a.test/b?c=d#e' }, request: { path: '' } }, 'GET https://a.test/b?…'],
    ['a URL with a reference', { target: { url: 'https://a.test/{{id}}/b?c=d' }, request: { path: '' } }, 'GET https://a.test/{{id}}/b?…'],
    ['a URL with a reference without its fragment', { target: { url: 'https://a.test/{{id}}#e' }, request: { path: '' } }, 'GET https://a.test/{{id}}'],
    ['300 characters', { request: { path: `/${'a'.repeat(299)}` } }, `GET /${'a'.repeat(299)} on the test listener`],
    ['no more than 300 characters', { request: { path: `/${'a'.repeat(300)}` } }, `GET /${'a'.repeat(298)}… on the test listener`],
  ])('shows %s', (_, given, label) => {
    expect(prepare({ ...given, filling: { values } }).label).toBe(label);
  });
});

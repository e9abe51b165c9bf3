import { CfnParameter, Duration, Size, Stack } from 'aws-cdk-lib/core';

import type { HttpCheckOptions } from '../../../lib';
import { CheckMode, CheckTarget, CookieSameSite, HttpAssertion, HttpCheck, InconclusivePolicy, Passes, Settle, VersionProof } from '../../../lib';
import { DeployTimeValues } from '../../../lib/private/deploy-time-values';

const OK = [HttpAssertion.status(200)];
const check = (options: Partial<HttpCheckOptions> = {}) => new HttpCheck({ assertions: OK, ...options });
const context = () => ({ values: new DeployTimeValues(), production: { protocol: 'HTTPS' as const }, test: { protocol: 'HTTP' as const } });
const rendered = (options: Partial<HttpCheckOptions>) => check(options)._render(context());

describe('HttpCheck', () => {
  test('is a GET of the root on the test listener by default', () => {
    expect(rendered({})).toEqual({
      kind: 'http',
      name: 'GET /',
      steps: [
        {
          target: { listener: 'test' },
          request: { method: 'GET', path: '/', headers: {}, timeoutMs: 5000, maxRedirects: 0 },
          assertions: [{ kind: 'status', equals: 200 }],
        },
      ],
      policy: { mode: 'ENFORCE', after: [], passes: { consecutive: 1 }, attemptMs: 5000, intervalMs: 1000, errorBudget: 2, deadlineMs: 18000, inconclusive: 'FAIL' },
    });
  });

  test('takes all that a request has', () => {
    const options = {
      name: 'order',
      target: CheckTarget.PRODUCTION_LISTENER,
      path: '/orders?dry=1',
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
      timeout: Duration.millis(250),
      host: 'shop.example.com',
      maxRedirects: 3,
      passes: Passes.inARow(5),
      interval: Duration.millis(100),
      transportRetries: 0,
    };
    expect(rendered(options)).toMatchObject({
      name: 'order',
      steps: [
        {
          target: { listener: 'production' },
          request: {
            method: 'POST',
            path: '/orders?dry=1',
            headers: { 'content-type': 'application/json' },
            body: '{}',
            timeoutMs: 250,
            host: 'shop.example.com',
            maxRedirects: 3,
          },
        },
      ],
      policy: { mode: 'ENFORCE', after: [], passes: { consecutive: 5 }, attemptMs: 250, intervalMs: 100, errorBudget: 0, deadlineMs: 1750, inconclusive: 'FAIL' },
    });
  });

  test('says how its attempts become a verdict', () => {
    const login = check({ name: 'login' });
    const options = { mode: CheckMode.SHADOW, after: [login], passes: Passes.atLeast(2, 3), checkTimeout: Duration.minutes(2), inconclusive: InconclusivePolicy.PASS };
    expect(rendered(options).policy).toEqual({
      mode: 'SHADOW',
      after: ['login'],
      passes: { atLeast: 2, of: 3 },
      attemptMs: 5000,
      intervalMs: 1000,
      errorBudget: 2,
      deadlineMs: 120_000,
      inconclusive: 'PASS',
    });
  });

  test('fails when an enforced check comes after one in shadow', () => {
    const shadow = check({ name: 'new', mode: CheckMode.SHADOW });
    expect(() => check({ name: 'old', after: [shadow] })).toThrow("check 'old' comes after 'new', which is in shadow and must decide nothing; enforce that check too");
  });

  test.each<[() => Passes, string]>([
    [() => Passes.inARow(0), "'count' must be a whole number from 1 to 100, got 0"],
    [() => Passes.inARow(101), "'count' must be a whole number from 1 to 100, got 101"],
    [() => Passes.atLeast(3, 2), "'count' must be a whole number from 1 to 2, got 3"],
    [() => Passes.atLeast(1, 101), "'outOf' must be a whole number from 1 to 100, got 101"],
  ])('fails when passes are out of range: %s', (make, message) => {
    expect(make).toThrow(message);
  });

  test('asks a URL with its own path', () => {
    expect(rendered({ target: CheckTarget.url('https://api.example.com/health') })).toMatchObject({
      name: 'GET https://api.example.com/health',
      steps: [{ target: { url: 'https://api.example.com/health' }, request: { path: '' } }],
    });
  });

  test('knows the longest time that it can take', () => {
    expect(check({ timeout: Duration.seconds(4), interval: Duration.seconds(1), passes: Passes.inARow(3), transportRetries: 2 })._longestMs()).toBe(25_000);
  });

  test.each<[Partial<HttpCheckOptions>, string]>([
    [{ assertions: [] }, "check 'GET /' asserts nothing, and would pass whatever answers; add an assertion such as HttpAssertion.status(200)"],
    [{ name: '' }, "'name' of a check must not be empty; name what it proves"],
    [{ path: 'health' }, "'path' must start with '/' and hold no space and no '#', got 'health'"],
    [{ path: '/a b' }, "got '/a b'; encode other characters"],
    [{ method: 'get' }, "'method' must be a method such as 'GET' in capital letters, got 'get'"],
    [{ headers: { Host: 'x' } }, "header 'Host' is set by the handler; use 'host', which sets the TLS server name too"],
    [{ headers: { 'content-length': '3' } }, "header 'content-length' is set by the handler; leave it out"],
    [{ headers: { 'x y': '1' } }, "'x y' is not a header name; use letters, digits and '-'"],
    [{ headers: { 'x-a': 'b\r\nc: d' } }, "value of header 'x-a' must be one line; remove the line breaks"],
    [{ host: 'https://x' }, "'host' must be a host name without scheme and port, such as 'web.example.com', got 'https://x'"],
    [{ host: 'x:8443' }, "got 'x:8443'"],
    [{ timeout: Duration.millis(0) }, "'timeout' must be a whole number of milliseconds from 1 to 300000, got 0 milliseconds"],
    [{ timeout: Duration.minutes(6) }, 'from 1 to 300000, got 360000 milliseconds'],
    [{ name: 'settle' }, "'name' of a check must not be 'settle', which the settle phase has in reports; name what it proves"],
    [{ checkTimeout: Duration.seconds(3601) }, "'checkTimeout' must be a whole number of seconds from 1 to 3600, got 3601 seconds"],
    [{ transportRetries: 11 }, "'transportRetries' must be a whole number from 0 to 10, got 11"],
    [{ interval: Duration.seconds(61) }, "'interval' must be a whole number of milliseconds from 0 to 60000, got 61000 milliseconds"],
    [{ maxRedirects: 11 }, "'maxRedirects' must be a whole number from 0 to 10, got 11"],
    [{ target: CheckTarget.url('https://x.example.com/'), path: '/a' }, "'path' is for listeners, got '/a' with a URL; write the path into the URL"],
  ])('fails when the options are %j', (options, message) => {
    expect(() => check(options)).toThrow(message);
  });

  test('fails when an HTTPS listener is asked without a host', () => {
    expect(() => rendered({ target: CheckTarget.PRODUCTION_LISTENER })).toThrow("check 'GET /' asks an HTTPS listener without 'host'");
  });

  test('fails when its name would be a deploy-time value', () => {
    const url = new CfnParameter(new Stack(), 'Url').valueAsString;
    expect(() => check({ target: CheckTarget.url(url) })).toThrow("'name' of a check must be known at synth, got a deploy-time value; name a check whose URL is one");
    expect(check({ target: CheckTarget.url(url), name: 'theirs' })._render(context()).steps[0]!.target).toEqual({ url: '${greenlight:V1}' });
  });

  test('fails when a text looks like our reference to a deploy-time value', () => {
    expect(() => rendered({ body: '${greenlight:V1}' })).toThrow("'${greenlight:...}' is reserved for deploy-time values, got '${greenlight:V1}'; write the text differently");
  });
});

describe('CheckTarget.url', () => {
  test.each([
    ['api.example.com/health', "'api.example.com/health' is not a URL; write it in full, such as 'https://api.example.com/health'"],
    ['ftp://example.com/', "'ftp://example.com/' must be an http or https URL, got 'ftp'"],
    ['https://me:secret@example.com/', "URL of host 'example.com' holds a user name or password, which would be stored in plain text; send a header instead"],
    ['http://localhost:8080/', "'http://localhost:8080/' names a loopback address, which a hook may never ask; use the address that clients use"],
    ['http://127.1/', 'names a loopback address'],
    ['http://0x7f.0.0.1/', 'names a loopback address'],
    ['http://[::1]/', 'names a loopback address'],
    ['http://[::ffff:127.0.0.1]/', 'names a loopback address'],
    ['http://169.254.169.254/latest/meta-data', 'names a link-local address'],
    ['http://[fe80::1]/', 'names a link-local address'],
    ['http://0.0.0.0/', 'names an unspecified address'],
  ])('fails when it is %s', (url, message) => {
    expect(() => CheckTarget.url(url)).toThrow(message);
  });

  test.each(['http://10.0.0.1/', 'https://[2001:db8::1]/', 'https://127.example.com/', 'https://169.253.0.1/'])('passes %s', (url) => {
    expect(CheckTarget.url(url)._target).toEqual({ url });
  });
});

describe('HttpAssertion', () => {
  const values = new DeployTimeValues();

  test('is a value: what changes one returns another', () => {
    const plain = HttpAssertion.status(200);
    expect([plain.negate(), plain.asWarning(), plain.describedAs('x')]).not.toContain(plain);
    expect(plain._render(values)).toEqual({ kind: 'status', equals: 200 });
  });

  test.each<[() => unknown, string]>([
    [() => HttpAssertion.statusIn(), "'statusIn' needs a status code, got none; name those that are good"],
    [() => HttpAssertion.statusIn(200, 600), "'status' must be a whole number from 100 to 599, got 600"],
    [() => HttpAssertion.bodySizeBetween(Size.bytes(2), Size.bytes(1)), "'min' must not be above 'max', got 2 and 1; swap them"],
    [() => HttpAssertion.bodySha256('abc'), "'bodySha256' must be 64 hexadecimal digits that are known at synth, got 'abc'"],
    [() => HttpAssertion.jsonPath('$').between(Number.NaN, 1), "'min' must be a finite number, got NaN"],
    [() => HttpAssertion.jsonPath('$').between(2, 1), "'min' must not be above 'max', got 2 and 1"],
    [() => HttpAssertion.jsonPath('$').count(-1), "'count' must be a whole number from 0 to 9007199254740991, got -1"],
    [() => HttpAssertion.jsonPath('$').equalsNumber(2 ** 53), "'equalsNumber' must not be beyond 9007199254740991, where numbers cannot be compared exactly"],
    [() => HttpAssertion.tlsDaysLeft(-1), "'tlsDaysLeft' must be a whole number from 0 to 36500, got -1"],
    [() => HttpAssertion.finalUrl().equalsText('/login'), "'finalUrl' must be a whole URL such as 'https://web.example.com/login', got '/login'; use 'matches' for a part of it"],
    [() => HttpAssertion.finalUrl().equalsText('https://a.test/#b'), "'finalUrl' must hold no fragment, which is never sent"],
    [() => HttpAssertion.finalUrl().matches(''), 'a pattern must have 1 to 1000 characters, got 0; write what is to match'],
    [() => HttpAssertion.cookie('a b'), "'a b' is not a cookie name that is known at synth; use letters"],
    [() => HttpAssertion.status(200).describedAs(' '), "'describedAs' must be a text of 1 to 200 characters"],
    [() => check({ assertions: [HttpAssertion.status(200).asWarning()] }), "check 'GET /' only warns, and would pass whatever answers; enforce an assertion, or put the check in shadow with 'mode'"],
  ])('fails when it cannot be asked (%#)', (make, message) => {
    expect(make).toThrow(message);
  });

  test.each([
    [HttpAssertion.status(204), { kind: 'status', equals: 204 }],
    [HttpAssertion.statusBetween(200, 299), { kind: 'statusBetween', min: 200, max: 299 }],
    [HttpAssertion.header('X-Version').equalsText('7'), { kind: 'headerEquals', name: 'X-Version', equals: '7' }],
    [HttpAssertion.header('x-version').matches('^7'), { kind: 'headerMatches', name: 'x-version', pattern: '^7' }],
    [HttpAssertion.bodyContains('ok'), { kind: 'bodyContains', text: 'ok' }],
    [HttpAssertion.bodyMatches('o+k'), { kind: 'bodyMatches', pattern: 'o+k' }],
    [HttpAssertion.jsonPath('$.a').equalsText('b'), { kind: 'jsonPathEquals', path: '$.a', equals: 'b' }],
    [HttpAssertion.jsonPath('$.a').equalsNumber(1.5), { kind: 'jsonPathEquals', path: '$.a', equals: 1.5 }],
    [HttpAssertion.jsonPath('$.a').equalsBoolean(false), { kind: 'jsonPathEquals', path: '$.a', equals: false }],
    [HttpAssertion.jsonPath('$.a').equalsNull(), { kind: 'jsonPathEquals', path: '$.a', equals: null }],
    [HttpAssertion.jsonPath("$['a'][0]").matches('^b$'), { kind: 'jsonPathMatches', path: "$['a'][0]", pattern: '^b$' }],
    [HttpAssertion.jsonPath('$').exists(), { kind: 'jsonPathExists', path: '$' }],
    [HttpAssertion.latencyBelow(Duration.seconds(2)), { kind: 'latencyBelow', ms: 2000 }],
    [HttpAssertion.statusIn(200, 204), { kind: 'statusIn', values: [200, 204] }],
    [HttpAssertion.header('etag').exists(), { kind: 'headerExists', name: 'etag' }],
    [HttpAssertion.header('etag').absent(), { kind: 'headerAbsent', name: 'etag' }],
    [HttpAssertion.bodySizeBetween(Size.bytes(0), Size.kibibytes(2)), { kind: 'bodySize', min: 0, max: 2048 }],
    [HttpAssertion.bodySha256('A'.repeat(64)), { kind: 'bodySha256', equals: 'a'.repeat(64) }],
    [HttpAssertion.jsonPath('$.a').between(-0.5, 2), { kind: 'jsonPathBetween', path: '$.a', min: -0.5, max: 2 }],
    [HttpAssertion.jsonPath('$.a').absent(), { kind: 'jsonPathAbsent', path: '$.a' }],
    [HttpAssertion.jsonPath('$.a[*]').count(0), { kind: 'jsonPathCount', path: '$.a[*]', min: 0, max: 0 }],
    [HttpAssertion.jsonPath('$.a[*]').countBetween(1, 3), { kind: 'jsonPathCount', path: '$.a[*]', min: 1, max: 3 }],
    [HttpAssertion.tlsDaysLeft(30), { kind: 'tlsDaysLeft', atLeast: 30 }],
    [HttpAssertion.finalUrl().equalsText('https://a.example.com/'), { kind: 'finalUrlEquals', equals: 'https://a.example.com/' }],
    [HttpAssertion.finalUrl().matches('/a$'), { kind: 'finalUrlMatches', pattern: '/a$' }],
    [HttpAssertion.cookie('a'), { kind: 'cookie', name: 'a', attributes: {} }],
    [
      HttpAssertion.cookie('a', { value: '1', secure: true, httpOnly: false, sameSite: CookieSameSite.LAX, domain: '.example.com', path: '/' }),
      { kind: 'cookie', name: 'a', equals: '1', attributes: { secure: true, httpOnly: false, sameSite: 'Lax', domain: 'example.com', path: '/' } },
    ],
    [HttpAssertion.status(500).negate(), { kind: 'status', equals: 500, negate: true }],
    [HttpAssertion.status(500).negate().negate(), { kind: 'status', equals: 500 }],
    [HttpAssertion.status(200).asWarning().describedAs('it is up'), { kind: 'status', equals: 200, warning: true, description: 'it is up' }],
  ])('renders %#', (assertion, document) => {
    expect(assertion._render(values)).toEqual(document);
  });

  test.each([
    [() => HttpAssertion.status(99), "'status' must be a whole number from 100 to 599, got 99"],
    [() => HttpAssertion.statusBetween(300, 200), "'min' must not be above 'max', got 300 and 200; swap them"],
    [() => HttpAssertion.header('x y'), "'x y' is not a header name"],
    [() => HttpAssertion.bodyContains(''), "'bodyContains' needs a text, got an empty one, which every body contains"],
    [() => HttpAssertion.bodyMatches('x'.repeat(1001)), 'a pattern must have 1 to 1000 characters, got 1001'],
    [() => HttpAssertion.jsonPath('status'), "a JSON path starts with '$' and goes on with '.' or '[', got 'status'; write '$.status' for the member 'status'"],
    [() => HttpAssertion.jsonPath('$status'), "got '$status'"],
    [() => HttpAssertion.latencyBelow(Duration.millis(0)), "'latencyBelow' must be a whole number of milliseconds from 1 to 300000, got 0"],
  ])('fails when it makes no sense (%#)', (make, message) => {
    expect(make).toThrow(message);
  });
});

describe('Settle', () => {
  test('asks for three answers below 500 within two minutes by default', () => {
    expect(Settle.until({})._render(context())).toEqual({
      target: { listener: 'test' },
      request: { method: 'GET', path: '/', headers: {}, timeoutMs: 5000, maxRedirects: 0 },
      consecutive: 3,
      intervalMs: 1000,
      timeoutMs: 120000,
    });
  });

  test('takes a proof of the version', () => {
    const proof = (version: VersionProof) => Settle.until({ version })._render(context()).version;
    expect(proof(VersionProof.header('x-version', '7'))).toEqual({ header: 'x-version', equals: '7' });
    expect(proof(VersionProof.jsonPath('$.version', '7'))).toEqual({ jsonPath: '$.version', equals: '7' });
  });

  test.each([
    [{ consecutive: 0 }, "'consecutive' must be a whole number from 1 to 100, got 0"],
    [{ settleTimeout: Duration.minutes(11) }, "'settleTimeout' must be a whole number of seconds from 1 to 600, got 660 seconds"],
    [{ interval: Duration.minutes(2) }, "'interval' must be a whole number of milliseconds from 0 to 60000, got 120000 milliseconds"],
  ])('fails when the options are %j', (options, message) => {
    expect(() => Settle.until(options)).toThrow(message);
  });
});

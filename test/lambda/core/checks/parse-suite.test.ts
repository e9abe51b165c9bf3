import { readValues, substitute } from '../../../../lambda/core/checks/deploy-time-values';
import { ALL_KINDS } from '../../../../lambda/adapters/check-kinds';
import type { LoadedKinds } from '../../../../lambda/core/checks/kind';
import { loadKinds } from '../../../../lambda/core/checks/kind';
import { parseSuite, readSuite } from '../../../../lambda/core/checks/parse-suite';
import { fakeEnvironment } from '../../support/fake-ports';

const REQUEST = { method: 'get', path: '/', headers: {}, timeoutMs: 1000, maxRedirects: 0 };
const POLICY = { mode: 'ENFORCE', after: [], passes: { consecutive: 1 }, attemptMs: 1000, intervalMs: 0, errorBudget: 0, deadlineMs: 60_000, inconclusive: 'FAIL' };
const STEP = { target: { listener: 'test' }, request: REQUEST, assertions: [{ kind: 'status', equals: 200 }] };
const CHECK = { kind: 'http', name: 'home', steps: [STEP], policy: POLICY };
const SUITE_POLICY = { run: 'ALL', concurrency: 1, deadlineMs: 60_000 };
const SETTLE = { target: { listener: 'test' }, request: REQUEST, consecutive: 3, intervalMs: 1000, timeoutMs: 60_000 };
const SUITE = { schemaVersion: 1, event: 'AfterAllowTestTraffic', policy: SUITE_POLICY, settle: SETTLE, checks: [CHECK] };

let KINDS: LoadedKinds;
beforeAll(async () => {
  KINDS = await loadKinds(ALL_KINDS, { checks: Object.keys(ALL_KINDS).map((kind) => ({ kind })) });
});

const parse = (suite: unknown, values: Readonly<Record<string, string>> = {}) => parseSuite(suite, { event: 'AfterAllowTestTraffic', values }, KINDS);
const withCheck = (overrides: object) => ({ ...SUITE, checks: [{ ...CHECK, ...overrides }] });
const withPolicy = (overrides: object) => withCheck({ policy: { ...POLICY, ...overrides } });
const withStep = (overrides: object) => withCheck({ steps: [{ ...STEP, ...overrides }] });
const withRequest = (overrides: object) => withStep({ request: { ...REQUEST, ...overrides } });
const withAssertion = (assertion: object) => withStep({ assertions: [assertion] });

describe('parseSuite', () => {
  test('reads a suite, methods in upper case and header names in lower case', () => {
    const parsed = parse({ ...withAssertion({ kind: 'headerEquals', name: 'X-Version', equals: '7' }), settle: { ...SETTLE, version: { header: 'X-Version', equals: '7' } } });
    expect(parsed.checks[0]).toMatchObject({ steps: [{ request: { method: 'GET' }, assertions: [{ kind: 'headerEquals', name: 'x-version', equals: '7' }] }] });
    expect(parsed.settle).toEqual({ ...SETTLE, request: { ...REQUEST, method: 'GET' }, version: { header: 'X-Version', equals: '7' } });
  });

  test('reads each kind of assertion as it stands', () => {
    const assertions = [
      { kind: 'statusIn', values: [200], description: 'up' },
      { kind: 'headerExists', name: 'etag', negate: true },
      { kind: 'headerAbsent', name: 'etag', warning: true },
      { kind: 'bodySize', min: 0, max: 0 },
      { kind: 'bodySha256', equals: '0'.repeat(64) },
      { kind: 'jsonPathBetween', path: '$', min: -1.5, max: -1.5 },
      { kind: 'jsonPathAbsent', path: '$' },
      { kind: 'jsonPathCount', path: '$', min: 0, max: 3 },
      { kind: 'tlsDaysLeft', atLeast: 0 },
      { kind: 'finalUrlEquals', equals: 'https://a.test/' },
      { kind: 'finalUrlMatches', pattern: 'a' },
      { kind: 'cookie', name: 'a', equals: '', attributes: { secure: false, httpOnly: true, sameSite: 'None', domain: 'a.test', path: '/' } },
    ];
    expect(parse(withStep({ assertions })).checks[0]).toMatchObject({ steps: [{ assertions }] });
  });

  test('leaves out what is not there', () => {
    expect(Object.keys(parse({ schemaVersion: 1, event: 'AfterAllowTestTraffic', policy: SUITE_POLICY, checks: [CHECK] }))).toEqual(['schemaVersion', 'event', 'policy', 'checks']);
  });

  test('fills in deploy-time values everywhere', () => {
    const suite = withStep({ target: { url: 'https://${greenlight:Host}/x' }, request: { ...REQUEST, path: '', headers: { 'x-key': '${greenlight:Key}' } } });
    const parsed = parse(suite, { Host: 'api.example.com', Key: 'k-${greenlight:Host}' });
    expect(parsed.checks[0]).toMatchObject({ steps: [{ target: { url: 'https://api.example.com/x' }, request: { headers: { 'x-key': 'k-${greenlight:Host}' } } }] });
  });

  test.each<[string, unknown, string]>([
    ['no object', [], "'suite' must be an object, got an empty list"],
    ['an unknown version', { ...SUITE, schemaVersion: 2 }, "'schemaVersion' must be 1, the version that this handler plays, got 2"],
    ['another event', { ...SUITE, event: 'BeforeInstall' }, '\'event\' must be "AfterAllowTestTraffic", which this hook is configured for, got "BeforeInstall"'],
    ['no checks', { ...SUITE, checks: [] }, "'checks' must be a list with at least one entry, got an empty list"],
    ['checks that are missing', { schemaVersion: 1, event: 'AfterAllowTestTraffic' }, "'checks' must be a list with at least one entry, got nothing"],
    ['a check without assertions', withStep({ assertions: [] }), "'checks[0].steps[0].assertions' must be a list with at least one entry, got an empty list"],
    ['two checks of one name', { ...SUITE, checks: [CHECK, CHECK] }, 'the check name "home" is used twice; give every check a name of its own'],
    ['an unknown kind of check', withCheck({ kind: 'cron' }), '\'checks[0].kind\' must be a kind of check that this handler plays, got "cron"'],
    ['an unknown assertion', withAssertion({ kind: 'always' }), "'checks[0].steps[0].assertions[0].kind' must be one of status, statusIn, statusBetween, headerEquals"],
    ['no passes in a row', withPolicy({ passes: { consecutive: 0 } }), "'checks[0].policy.passes.consecutive' must be a whole number from 1 to 1000, got 0"],
    ['three of two', withPolicy({ passes: { atLeast: 3, of: 2 } }), "'checks[0].policy.passes.atLeast' must be a whole number from 1 to 2, got 3"],
    ['an unknown mode', withPolicy({ mode: 'WATCH' }), '\'checks[0].policy.mode\' must be one of ENFORCE, SHADOW, got "WATCH"'],
    ['an unknown policy', withPolicy({ inconclusive: 'SUCCEED' }), '\'checks[0].policy.inconclusive\' must be one of FAIL, PASS, EXTEND, got "SUCCEED"'],
    ['a check after none', withPolicy({ after: ['login'] }), 'check "home" comes after "login", which does not stand before it; name an earlier check'],
    [
      'an enforced check after a shadow',
      { ...SUITE, checks: [{ ...CHECK, name: 'new', policy: { ...POLICY, mode: 'SHADOW' } }, { ...CHECK, policy: { ...POLICY, after: ['new'] } }] },
      'check "home" comes after "new", which is in shadow and must decide nothing; enforce it too',
    ],
    ['a check that is named as the settle phase', withCheck({ name: 'settle' }), 'the check name "settle" is used twice'],
    ['no time for the suite', { ...SUITE, policy: { ...SUITE_POLICY, deadlineMs: 0 } }, "'policy.deadlineMs' must be a whole number from 1 to 3600000, got 0"],
    ['an alarm check without alarms', { ...SUITE, checks: [{ kind: 'alarm', name: 'quiet', policy: POLICY, alarms: [] }] }, "'checks[0].alarms' must be a list with at least one entry, got an empty list"],
    ['half an interval', withPolicy({ intervalMs: 0.5 }), "'checks[0].policy.intervalMs' must be a whole number from 0 to 900000, got 0.5"],
    ['retries as text', withPolicy({ errorBudget: '3' }), '\'checks[0].policy.errorBudget\' must be a whole number from 0 to 1000, got "3"'],
    ['an unknown listener', withStep({ target: { listener: 'blue' } }), '\'checks[0].steps[0].target.listener\' must be one of test, production, got "blue"'],
    ['a path without a slash', withRequest({ path: '@evil.test/' }), "'checks[0].steps[0].request.path' must be a path that begins with / and holds no blank"],
    ['a path with a line break', withRequest({ path: '/a\r\nHost: x' }), "'checks[0].steps[0].request.path' must be a path that begins with / and holds no blank"],
    ['a path beside a URL', withStep({ target: { url: 'http://a.test' }, request: { ...REQUEST, path: '/x' } }), "'checks[0].steps[0].request.path' must be empty, since the URL holds the path"],
    ['a method that is none', withRequest({ method: 'GET /' }), "'checks[0].steps[0].request.method' must be an HTTP method"],
    ['a host with a blank', withRequest({ host: 'a b' }), "'checks[0].steps[0].request.host' must be a host name"],
    ['a host among the headers', withRequest({ headers: { Host: 'a.test' } }), '\'checks[0].steps[0].request.headers\' must not hold "Host"; name the host with \'host\''],
    ['a header with a line break', withRequest({ headers: { 'x-a': 'b\r\nx-c: d' } }), '\'checks[0].steps[0].request.headers\' has the entry "x-a", which is no header that can be sent'],
    ['too many redirects', withRequest({ maxRedirects: 11 }), "'checks[0].steps[0].request.maxRedirects' must be a whole number from 0 to 10, got 11"],
    ['an empty text to contain', withAssertion({ kind: 'bodyContains', text: '' }), "'checks[0].steps[0].assertions[0].text' must be a text that is not empty"],
    ['a range upside down', withAssertion({ kind: 'statusBetween', min: 300, max: 200 }), "'checks[0].steps[0].assertions[0].max' must be a whole number from 300 to 599, got 200"],
    ['a check that only warns', withAssertion({ kind: 'status', equals: 200, warning: true }), "'checks[0].steps[0].assertions' must be a list with at least one entry that is no warning"],
    ['a negation that is no truth', withAssertion({ kind: 'status', equals: 200, negate: 'yes' }), "'checks[0].steps[0].assertions[0].negate' must be true or false, got \"yes\""],
    ['an empty description', withAssertion({ kind: 'status', equals: 200, description: '' }), "'checks[0].steps[0].assertions[0].description' must be a text that is not empty"],
    ['no status', withAssertion({ kind: 'statusIn', values: [] }), "'checks[0].steps[0].assertions[0].values' must be a list of whole numbers from 100 to 599, got an empty list"],
    ['a hash that is none', withAssertion({ kind: 'bodySha256', equals: 'A'.repeat(64) }), "'checks[0].steps[0].assertions[0].equals' must be 64 hexadecimal digits in lower case"],
    ['a negative size', withAssertion({ kind: 'bodySize', min: -1, max: 1 }), "'checks[0].steps[0].assertions[0].min' must be a whole number from 0"],
    ['numbers upside down', withAssertion({ kind: 'jsonPathBetween', path: '$', min: 1.5, max: 1 }), "'checks[0].steps[0].assertions[0].max' must be a number from 1.5, got 1"],
    ['a cookie of an unknown site', withAssertion({ kind: 'cookie', name: 'a', attributes: { sameSite: 'lax' } }), '\'checks[0].steps[0].assertions[0].attributes.sameSite\' must be one of Strict, Lax, None, got "lax"'],
    ['an object to equal', withAssertion({ kind: 'jsonPathEquals', path: '$', equals: {} }), "'checks[0].steps[0].assertions[0].equals' must be a string, a number, true, false or null, got an object"],
    ['a version without a value', { ...SUITE, settle: { ...SETTLE, version: { header: 'x' } } }, "'settle.version.equals' must be a string that is not empty, got nothing"],
    ['a misspelt key', withAssertion({ kind: 'status', equals: 200, negated: true }), "'checks[0].steps[0].assertions[0].negated' has no meaning here; remove it, or correct its name"],
    ['a key beside those of the suite', { ...SUITE, failFast: true }, "'failFast' has no meaning here"],
    ['a target that is two', withStep({ target: { url: 'http://a.test', listener: 'test' }, request: { ...REQUEST, path: '' } }), "'checks[0].steps[0].target.listener' has no meaning here"],
    ['a rule of passes that is two', withPolicy({ passes: { consecutive: 1, of: 3, atLeast: 1 } }), "'checks[0].policy.passes.of' has no meaning here"],
    ['patience, which only settling has', withPolicy({ passes: { consecutive: 1, patient: true } }), "'checks[0].policy.passes.patient' has no meaning here"],
    ['a settle phase without time', { ...SUITE, settle: { ...SETTLE, timeoutMs: 0 } }, "'settle.timeoutMs' must be a whole number from 1 to 900000, got 0"],
  ])('fails when there is %s', (_, suite, message) => {
    expect(() => parse(suite)).toThrow(`suite.json: ${message}`);
  });

  test('fails when a value of a header would be shown', () => {
    expect(() => parse(withRequest({ headers: { authorization: 'Bearer hunter2\n' } }))).toThrow(expect.objectContaining({ message: expect.not.stringContaining('hunter2') }));
  });
});

describe('readSuite', () => {
  test.each([
    ['missing', undefined, 'suite.json cannot be read beside the handler'],
    ['no JSON', '{', 'suite.json is not JSON (1 characters); deploy the rollout again'],
  ])('fails when the file is %s', (_, text, message) => {
    const expected = { event: 'AfterAllowTestTraffic', values: {}, kinds: ALL_KINDS };
    return expect(readSuite(fakeEnvironment({}, text), expected)).rejects.toThrow(message);
  });
});

describe('deploy-time values', () => {
  test('replace every reference, also several in one string', () => {
    expect(substitute({ a: ['${greenlight:A}-${greenlight:B}', 5, null], b: { c: '${greenlight:A}' } }, { A: '1', B: '$&' })).toEqual({ a: ['1-$&', 5, null], b: { c: '1' } });
  });

  test('fails when one is missing, and says which there are', () => {
    expect(() => substitute('${greenlight:Key}', { Other: 'x' })).toThrow('suite.json refers to the deploy-time value "Key", which GREENLIGHT_VALUES does not hold (it holds Other)');
    expect(() => substitute('${greenlight:toString}', {})).toThrow('(it holds none)');
  });

  test.each([[[]], ['x'], [{ A: 1 }], [null]])('fails when the variable holds %j', (json) => {
    expect(() => readValues(json)).toThrow('environment variable GREENLIGHT_VALUES must hold a JSON object of strings');
  });

  test('may be none', () => {
    expect(readValues(undefined)).toEqual({});
  });
});

import { Fields } from '../../../../../lambda/core/checks/fields';
import { parseSteps, textsOfSteps } from '../../../../../lambda/core/checks/http/parse-steps';
import { ConfigurationError } from '../../../../../lambda/core/failures';

const REQUEST = { method: 'GET', path: '/', headers: {}, timeoutMs: 1000, maxRedirects: 0 };
const OK = [{ kind: 'status', equals: 200 }];
const WARNS = [{ kind: 'status', equals: 200, warning: true }];
const STEP = { target: { listener: 'test' }, request: REQUEST, assertions: OK };
const TOKEN = { token: { from: 'jsonPath', path: '$.token' } };
const LOGIN = { ...STEP, captures: TOKEN };

/** Reads steps, and that nothing else stands in them. */
function parse(steps: unknown, values: readonly string[] = []) {
  const fields = new Fields({ steps }, 'checks[0]');
  const parsed = parseSteps(fields, values);
  fields.requireNothingElse();
  return parsed;
}

function refused(steps: unknown, values?: readonly string[]): string {
  try {
    return `read ${JSON.stringify(parse(steps, values))}`;
  } catch (error) {
    return error instanceof ConfigurationError ? error.message : `no bad configuration: ${String(error)}`;
  }
}

const withAuth = (auth: unknown, headers = {}) => [{ ...STEP, auth, request: { ...REQUEST, headers } }];
const withCapture = (capture: unknown) => [{ ...STEP, captures: { v: capture } }];

describe('steps', () => {
  test('are read as they stand', () => {
    const step = { ...STEP, auth: { kind: 'bearer', token: 'x' }, captures: TOKEN };
    expect(parse([step])).toEqual([step]);
    expect(Object.keys(parse([STEP])[0]!)).toEqual(['target', 'request', 'assertions']);
  });

  test.each([
    ['no list', {}, "suite.json: 'checks[0].steps' must be a list with at least one entry, got an object"],
    ['none', [], "suite.json: 'checks[0].steps' must be a list with at least one entry, got an empty list"],
    ['one with something else', [{ ...STEP, capture: {} }], "suite.json: 'checks[0].steps[0].capture' has no meaning here; remove it, or correct its name"],
  ])('are not %s', (_, steps, message) => {
    expect(refused(steps)).toBe(message);
  });
});

describe('credentials', () => {
  test.each([
    [{ kind: 'basic', user: 'a b', password: 'p' }],
    [{ kind: 'basic', user: 'ü', password: ':' }],
    [{ kind: 'bearer', token: '\n' }],
    [{ kind: 'sigV4', service: 'execute-api' }],
    [{ kind: 'sigV4', service: 's3', region: 'eu-west-1' }],
  ])('%j are read as they stand', (auth) => {
    expect(parse(withAuth(auth))[0]!.auth).toStrictEqual(auth);
  });

  test.each([
    [{ kind: 'digest' }, "suite.json: 'checks[0].steps[0].auth.kind' must be one of basic, bearer, sigV4, got \"digest\""],
    [{ kind: 'basic', user: 'a:b', password: 'p' }, "suite.json: 'checks[0].steps[0].auth.user' must be a user name without a colon, got \"a:b\""],
    [{ kind: 'basic', user: '', password: 'p' }, "suite.json: 'checks[0].steps[0].auth.user' must be a user name without a colon, got \"\""],
    [{ kind: 'basic', user: 'a\n', password: 'p' }, "suite.json: 'checks[0].steps[0].auth.user' must be a user name without a colon, got \"a\\n\""],
    [{ kind: 'basic', user: 'a\x7f', password: 'p' }, "suite.json: 'checks[0].steps[0].auth.user' must be a user name without a colon, got \"a\\u007f\""],
    [{ kind: 'basic', user: 'a', password: '' }, "suite.json: 'checks[0].steps[0].auth.password' must be a text that is not empty, got \"\""],
    [{ kind: 'basic', user: 'a' }, "suite.json: 'checks[0].steps[0].auth.password' must be a text that is not empty, got nothing"],
    [{ kind: 'bearer', token: '' }, "suite.json: 'checks[0].steps[0].auth.token' must be a text that is not empty, got \"\""],
    [{ kind: 'sigV4', service: '' }, "suite.json: 'checks[0].steps[0].auth.service' must be the name of a service as signatures have it, such as execute-api, got \"\""],
    [{ kind: 'sigV4', service: 'S3' }, "suite.json: 'checks[0].steps[0].auth.service' must be the name of a service as signatures have it, such as execute-api, got \"S3\""],
    [{ kind: 'sigV4', service: 's3 ' }, "suite.json: 'checks[0].steps[0].auth.service' must be the name of a service as signatures have it, such as execute-api, got \"s3 \""],
    [{ kind: 'sigV4', service: 's3', region: '' }, "suite.json: 'checks[0].steps[0].auth.region' must be a region, got \"\""],
    [{ kind: 'sigV4', service: 's3', region: 'eu/west' }, "suite.json: 'checks[0].steps[0].auth.region' must be a region, got \"eu/west\""],
    [{ kind: 'sigV4', service: 's3', region: '/eu' }, "suite.json: 'checks[0].steps[0].auth.region' must be a region, got \"/eu\""],
    [{ kind: 'bearer', token: 'x', user: 'a' }, "suite.json: 'checks[0].steps[0].auth.user' has no meaning here; remove it, or correct its name"],
  ])('%j are refused', (auth, message) => {
    expect(refused(withAuth(auth))).toBe(message);
  });

  test.each(['authorization', 'Authorization', 'AUTHORIZATION'])('are written once, and not in the header %s too', (name) => {
    const message = "suite.json: 'checks[0].steps[0].auth' writes the header \"authorization\", which stands in the request too; leave one of them out";
    expect(refused(withAuth({ kind: 'bearer', token: 'x' }, { 'x-a': 'b', [name]: 'c' }))).toBe(message);
    expect(parse([{ ...STEP, request: { ...REQUEST, headers: { [name]: 'c' } } }])[0]!.request.headers).toEqual({ [name]: 'c' });
  });

  test('may stand beside other headers', () => {
    expect(parse(withAuth({ kind: 'bearer', token: 'x' }, { 'x-authorization': 'b' }))).toHaveLength(1);
  });
});

describe('captures', () => {
  test.each([
    [{ from: 'jsonPath', path: '$' }, { from: 'jsonPath', path: '$' }],
    [{ from: 'jsonPath', path: '$', pattern: '(a)' }, { from: 'jsonPath', path: '$', pattern: '(a)' }],
    [{ from: 'header', name: 'Location' }, { from: 'header', name: 'location' }],
    [{ from: 'header', name: 'Location', pattern: '(A)' }, { from: 'header', name: 'location', pattern: '(A)' }],
    [{ from: 'cookie', name: 'Session' }, { from: 'cookie', name: 'Session' }],
    [{ from: 'cookie', name: 'Session', pattern: '(a)' }, { from: 'cookie', name: 'Session', pattern: '(a)' }],
    [{ from: 'body', pattern: '(a)' }, { from: 'body', pattern: '(a)' }],
  ])('%j is read as %j', (capture, expected) => {
    expect(parse(withCapture(capture))[0]!.captures).toStrictEqual({ v: expected });
  });

  test.each([
    [{ from: 'url' }, "suite.json: 'checks[0].steps[0].captures.v.from' must be one of jsonPath, header, cookie, body, got \"url\""],
    [{ from: 'jsonPath' }, "suite.json: 'checks[0].steps[0].captures.v.path' must be a string, got nothing"],
    [{ from: 'header', name: 'a b' }, "suite.json: 'checks[0].steps[0].captures.v.name' must be a header name, got \"a b\""],
    [{ from: 'cookie', name: 'a=b' }, "suite.json: 'checks[0].steps[0].captures.v.name' must be a cookie name, got \"a=b\""],
    [{ from: 'body' }, "suite.json: 'checks[0].steps[0].captures.v.pattern' must be a string, got nothing"],
    [{ from: 'header', name: 'a', pattern: 5 }, "suite.json: 'checks[0].steps[0].captures.v.pattern' must be a string, got 5"],
    [{ from: 'body', pattern: '(a)', path: '$' }, "suite.json: 'checks[0].steps[0].captures.v.path' has no meaning here; remove it, or correct its name"],
  ])('%j is refused', (capture, message) => {
    expect(refused(withCapture(capture))).toBe(message);
  });

  test('need a name that can be referred to', () => {
    const message = "suite.json: 'checks[0].steps[0].captures' must be an object whose names match /^[A-Za-z][A-Za-z0-9_]{0,63}$/, got \"1st\"";
    expect(refused([{ ...STEP, captures: { '1st': { from: 'cookie', name: 'a' } } }])).toBe(message);
  });

  test.each<[string, unknown, readonly string[], string]>([
    ['a step before', [LOGIN, LOGIN], [], "suite.json: 'checks[0].steps[1].captures' captures {{token}}, which is there already; give it another name"],
    ['the check itself', [LOGIN], ['token'], "suite.json: 'checks[0].steps[0].captures' captures {{token}}, which is there already; give it another name"],
  ])('never replace what %s has', (_, steps, values, message) => {
    expect(refused(steps, values)).toBe(message);
  });

  test('are known to later steps only', () => {
    const uses = { ...STEP, request: { ...REQUEST, path: '/{{token}}' } };
    const message = (step: number, there: string) => `suite.json: 'checks[0].steps[${step}].request.path' refers to a value that is not there: {{token}} is no value of the check, and nothing before has captured it; there is ${there}`;
    expect(parse([LOGIN, uses])).toHaveLength(2);
    expect(parse([uses], ['token'])).toHaveLength(1);
    expect(refused([uses, LOGIN], ['user'])).toBe(message(0, 'user'));
    expect(refused([{ ...uses, captures: TOKEN }])).toBe(message(0, 'none'));
  });
});

describe('proof', () => {
  const NOTHING = { ...STEP, assertions: [] };
  const CAPTURES = { ...LOGIN, assertions: [] };

  test.each<[string, readonly unknown[]]>([
    ['a step that captures asserts nothing', [CAPTURES, STEP]],
    ['a step that captures only warns', [{ ...LOGIN, assertions: WARNS }, STEP]],
    ['a step warns beside what decides', [{ ...STEP, assertions: [...WARNS, ...OK] }]],
  ])('is there where %s', (_, steps) => {
    expect(parse(steps)).toHaveLength(steps.length);
  });

  test.each<[string, readonly unknown[], string]>([
    ['the last step asserts nothing', [STEP, NOTHING], "suite.json: 'checks[0].steps[1].assertions' must be a list with at least one entry, got an empty list"],
    ['the last step only captures', [STEP, CAPTURES], "suite.json: 'checks[0].steps[1].assertions' must be a list with at least one entry, got an empty list"],
    ['the only step only captures', [CAPTURES], "suite.json: 'checks[0].steps[0].assertions' must be a list with at least one entry, got an empty list"],
    ['a step before asserts and captures nothing', [NOTHING, STEP], "suite.json: 'checks[0].steps[0].assertions' must be a list with at least one entry, got an empty list"],
  ])('is missing where %s', (_, steps, message) => {
    expect(refused(steps)).toBe(message);
  });

  test.each<[string, readonly unknown[], string]>([
    ['the last step', [STEP, { ...LOGIN, assertions: WARNS }], 'checks[0].steps[1].assertions'],
    ['a step that captures nothing', [{ ...STEP, assertions: WARNS }, STEP], 'checks[0].steps[0].assertions'],
  ])('is missing where %s only warns', (_, steps, place) => {
    expect(refused(steps)).toBe(`suite.json: '${place}' must be a list with at least one entry that is no warning, got "warnings only"`);
  });
});

test.each<[string, Parameters<typeof textsOfSteps>[0], ReturnType<typeof textsOfSteps>]>([
  ['none', parse([STEP]), { patterns: [], groups: [], jsonPaths: [], schemas: [] }],
  [
    'those of assertions and captures of all steps',
    parse([
      { ...STEP, assertions: [{ kind: 'bodyMatches', pattern: 'a' }, { kind: 'jsonPathEquals', path: '$.b', equals: 1 }], captures: { c: { from: 'jsonPath', path: '$.c', pattern: '(c)' }, d: { from: 'header', name: 'd' } } },
      { ...STEP, assertions: [{ kind: 'jsonSchema', schema: { type: 'object' } }], captures: { e: { from: 'body', pattern: '(e)' }, f: { from: 'jsonPath', path: '$.f' } } },
    ]),
    { patterns: ['a'], groups: ['(c)', '(e)'], jsonPaths: ['$.b', '$.c', '$.f'], schemas: [{ type: 'object' }] },
  ],
])('the engines compile %s', (_, steps, expected) => {
  expect(textsOfSteps(steps)).toEqual(expected);
});

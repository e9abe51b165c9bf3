import { lintSuite } from '../../../lambda/synth/suite-linter';

const POLICY = { mode: 'ENFORCE', after: [], passes: { consecutive: 1 }, attemptMs: 1000, intervalMs: 0, errorBudget: 0, deadlineMs: 60_000, inconclusive: 'FAIL' };
const REQUEST = { method: 'GET', path: '/', headers: {}, timeoutMs: 1000, maxRedirects: 0 };
const STEP = { target: { listener: 'test' }, request: REQUEST, assertions: [{ kind: 'status', equals: 200 }] };
const LOGIN = { ...STEP, request: { ...REQUEST, method: 'POST', path: '/login' }, captures: { token: { from: 'jsonPath', path: '$.token' } } };
const CHECK = { kind: 'http', name: 'home', steps: [STEP], policy: POLICY };
const SUITE = { schemaVersion: 1, event: 'AfterAllowTestTraffic', policy: { run: 'ALL', concurrency: 1, deadlineMs: 60_000 }, checks: [CHECK] };

const withStep = (step: object) => ({ ...SUITE, checks: [{ ...CHECK, steps: [LOGIN, { ...STEP, ...step }] }] });
const withAssertion = (assertion: object) => ({ ...SUITE, checks: [{ ...CHECK, steps: [{ ...STEP, assertions: [...STEP.assertions, assertion] }] }] });
const withCapture = (capture: object) => ({ ...SUITE, checks: [{ ...CHECK, steps: [{ ...STEP, captures: { it: capture } }] }] });

test('a sound suite has nothing to find', () => {
  expect(lintSuite(SUITE)).toEqual([]);
  expect(lintSuite(withStep({ request: { ...REQUEST, path: '/me?t={{token}}', headers: { 'x-a': '{{token}}' } }, assertions: [{ kind: 'bodyContains', text: '{{token}} {{{{' }] }))).toEqual([]);
});

test.each<[string, unknown, string]>([
  ['an unknown capture', withStep({ request: { ...REQUEST, path: '/{{tokn}}' } }), "'checks[0].steps[1].request.path' refers to a value that is not there: {{tokn}} is no value of the check, and nothing before has captured it; there is token"],
  ['a capture of a later step', { ...SUITE, checks: [{ ...CHECK, steps: [{ ...STEP, request: { ...REQUEST, path: '/{{token}}' } }, { ...LOGIN }] }] }, "'checks[0].steps[0].request.path' refers to a value that is not there: {{token}}"],
  ['an assertion on a capture that no step makes', withStep({ assertions: [{ kind: 'jsonPathEquals', path: '$.id', equals: '{{order}}' }] }), "'checks[0].steps[1].assertions[0].equals' refers to a value that is not there: {{order}}"],
  ['an unknown value in a header', withStep({ request: { ...REQUEST, headers: { 'x-key': '{{key}}' } } }), "'checks[0].steps[1].request.headers.x-key' refers to a value that is not there: {{key}}"],
  ['an unknown value in a body', withStep({ request: { ...REQUEST, body: '{{key}}' } }), "'checks[0].steps[1].request.body' refers to a value that is not there: {{key}}"],
  ['an unknown value in credentials', withStep({ auth: { kind: 'bearer', token: '{{key}}' } }), "'checks[0].steps[1].auth.token' refers to a value that is not there: {{key}}"],
  ['a value in the settle phase', { ...SUITE, settle: { target: { listener: 'test' }, request: { ...REQUEST, path: '/{{key}}' }, consecutive: 1, intervalMs: 0, timeoutMs: 1000 } }, "'settle.request.path' refers to a value that is not there: {{key}} is no value of the check, and nothing before has captured it; there is none"],
  ['a name that is captured twice', { ...SUITE, checks: [{ ...CHECK, steps: [LOGIN, LOGIN] }] }, "'checks[0].steps[1].captures' captures {{token}}, which is there already; give it another name"],
  ['a reference that does not end', withStep({ request: { ...REQUEST, path: '/{{token' } }), `begins a reference by '{{' that does not end; write {{name}}, or {{{{ for the characters {{`],
  ['a reference that is no name', withStep({ request: { ...REQUEST, path: '/{{to-ken}}' } }), "refers to '{{to-ken}}', which is no name"],
  ['a value in the origin of a URL', withStep({ target: { url: 'https://{{token}}.example.com/' }, request: { ...REQUEST, path: '' } }), "'checks[0].steps[1].target.url': holds a value before its path; write scheme, host and port"],
  ['a value behind a backslash of JSON', withStep({ request: { ...REQUEST, body: String.raw`{"a":"\{{token}}"}` } }), '{{token}} stands behind a backslash in the JSON body'],
  ['two credentials', withStep({ auth: { kind: 'bearer', token: '{{token}}' }, request: { ...REQUEST, headers: { Authorization: 'x' } } }), 'writes the header "authorization", which stands in the request too'],
  ['a step that neither asserts nor captures', { ...SUITE, checks: [{ ...CHECK, steps: [{ ...STEP, assertions: [] }, STEP] }] }, "'checks[0].steps[0].assertions' must be a list with at least one entry"],
  ['a last step that only captures', { ...SUITE, checks: [{ ...CHECK, steps: [{ ...LOGIN, assertions: [] }] }] }, "'checks[0].steps[0].assertions' must be a list with at least one entry"],
  ['a pattern beyond the linear engine', withAssertion({ kind: 'bodyMatches', pattern: '(?=a)b' }), 'pattern "(?=a)b" cannot be used: error parsing regexp'],
  ['a capture whose pattern has no group', withCapture({ from: 'body', pattern: 'token' }), 'pattern "token" cannot be used: Error: it must have one group in parentheses, which is what is taken, and it has 0'],
  ['a capture whose pattern has two groups', withCapture({ from: 'header', name: 'a', pattern: '(a)(b)' }), 'and it has 2'],
  ['a JSON path that is none', withAssertion({ kind: 'jsonPathExists', path: '$.items[' }), 'JSON path "$.items[" cannot be used'],
  ['a JSON path of a capture that is none', withCapture({ from: 'jsonPath', path: '$..[' }), 'JSON path "$..[" cannot be used'],
  ['a schema with an unknown keyword', withAssertion({ kind: 'jsonSchema', schema: { requird: ['id'] } }), 'JSON schema "{\"requird\":[\"id\"]}" cannot be used: Error: strict mode: unknown keyword: "requird"'],
  ['a schema that asks for nothing', withAssertion({ kind: 'jsonSchema', schema: { title: 'order' } }), "must be a JSON schema that asks for something"],
])('%s', (_, suite, message) => {
  expect(lintSuite(suite)).toEqual([{ place: expect.any(String), ...(message.includes('settle') ? {} : { check: 'home' }), message: expect.stringContaining(message) }]);
});

test.each<[string, unknown, string]>([
  ['two checks of one name', { ...SUITE, checks: [CHECK, CHECK] }, 'the check name "home" is used twice; give every check a name of its own'],
  ['a check after a later one', { ...SUITE, checks: [{ ...CHECK, policy: { ...POLICY, after: ['b'] } }, { ...CHECK, name: 'b' }] }, 'check "home" comes after "b", which does not stand before it'],
  ['no suite at all', 7, "'suite' must be an object, got 7"],
])('%s', (_, suite, message) => {
  expect(lintSuite(suite)).toEqual([expect.objectContaining({ message: expect.stringContaining(message) })]);
});

test('everything that is wrong is said at once, each with its check', () => {
  const checks = [
    { ...CHECK, name: 'a', steps: [{ ...STEP, assertions: [{ kind: 'bodyMatches', pattern: '(' }, { kind: 'jsonPathExists', path: 'x' }] }] },
    { ...CHECK, name: 'b', steps: [{ ...STEP, request: { ...REQUEST, path: '/{{x}}' } }] },
    { ...CHECK, name: 'c', kind: 'cron' },
    CHECK,
  ];
  expect(lintSuite({ ...SUITE, checks }).map(({ check, place }) => [check, place])).toEqual([
    ['a', 'checks[0]'],
    ['a', 'checks[0]'],
    ['b', 'checks[1].steps[0].request.path'],
    ['c', 'checks[2].kind'],
  ]);
});

test('deploy-time values may become whatever is expected, and are not compiled', () => {
  const step = { ...STEP, request: { ...REQUEST, path: '${greenlight:V1}', host: '${greenlight:V2}' }, assertions: [{ kind: 'bodyMatches', pattern: '(${greenlight:V3}' }] };
  expect(lintSuite({ ...SUITE, checks: [{ ...CHECK, steps: [step] }] })).toEqual([]);
});

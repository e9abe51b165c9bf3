import type { HttpCheckDocument, HttpStepDocument } from '../../../../lib/model/suite';
import { runBounded } from '../../../../lambda/adapters/bounded-run';
import { checksWork } from '../../../../lambda/core/checks/checks-work';
import { httpKind } from '../../../../lambda/core/checks/http-check';
import { Overdue, ServiceFailure, TransportFailure } from '../../../../lambda/core/failures';
import { makeHook } from '../../../../lambda/core/hook';
import type { HttpAnswer } from '../../../../lambda/core/ports';
import type { Script } from '../../support/fake-ports';
import { answer, context, fakeEnvironment, fakeHttp, fakeSources, fakeWorld, HOOK } from '../../support/fake-ports';

const POLICY = { mode: 'ENFORCE', after: [], passes: { consecutive: 1 }, attemptMs: 1000, intervalMs: 100, errorBudget: 2, deadlineMs: 60_000, inconclusive: 'FAIL' } as const;
const REQUEST = { method: 'GET', path: '/', headers: {}, timeoutMs: 1000, maxRedirects: 0 };
const OK = [{ kind: 'status', equals: 200 }] as const;

type Step = Partial<Omit<HttpStepDocument, 'request'>> & { readonly request?: Partial<HttpStepDocument['request']> };
const step = ({ request, ...others }: Step = {}): HttpStepDocument => ({ target: { listener: 'test' }, assertions: OK, ...others, request: { ...REQUEST, ...request } });
const check = (steps: readonly Step[], others: Partial<HttpCheckDocument> = {}): HttpCheckDocument => ({ kind: 'http', name: 'flow', steps: steps.map(step), policy: POLICY, ...others });

interface Run {
  readonly answers?: Script<HttpAnswer>;
  readonly secrets?: Readonly<Record<string, string | Error>>;
  readonly checks: readonly HttpCheckDocument[];
}

/** Plays checks in the whole envelope. */
async function run({ answers = [answer()], secrets = {}, checks }: Run) {
  const world = fakeWorld();
  const { http, requests } = fakeHttp(answers);
  const sources = fakeSources(secrets);
  const environment = fakeEnvironment({}, { schemaVersion: 1, event: 'AfterAllowTestTraffic', policy: { run: 'ALL', concurrency: 2, deadlineMs: 600_000 }, checks });
  const work = checksWork(environment, { clock: world.ports.clock, random: () => 0.5, http, run: runBounded, sources }, { http: async () => httpKind });
  await makeHook({ by: 'checks', environment, ports: world.ports, work })(HOOK, context(60_000));
  const { verdict, reason = '', checks: results = [] } = world.verdicts[0] ?? {};
  return { verdict, reason, results, requests, reads: sources.reads, said: JSON.stringify([world.verdicts, world.events, world.alarms, world.lines]) };
}

const json = (body: unknown, others: Partial<HttpAnswer> = {}) => answer({ body: JSON.stringify(body), ...others });
const LOGIN: Step = { request: { method: 'POST', path: '/login' }, captures: { token: { from: 'jsonPath', path: '$.token' } } };
const refused = () => new TransportFailure('connect', 'the connection was not made: ECONNREFUSED');

describe('steps', () => {
  test('are sent in turn, each with what those before have captured', async () => {
    const captures = {
      token: { from: 'jsonPath', path: '$.token' },
      order: { from: 'header', name: 'location', pattern: '/(\\d+)$' },
      session: { from: 'cookie', name: 'session' },
      csrf: { from: 'body', pattern: '"csrf":"([^"]+)"' },
    } as const;
    const later: Step = {
      target: { listener: 'production' },
      request: {
        method: 'PUT',
        path: '/orders/{{order}}?t={{token}}',
        headers: { 'content-type': 'application/json', cookie: 'session={{session}}', 'x-literal': '{{{{csrf}}' },
        body: '{"csrf":"{{csrf}}","order":{{order}}}',
      },
      assertions: [{ kind: 'jsonPathEquals', path: '$.order', equals: '{{order}}' }],
    };
    const first = json({ token: 'a b/ü&', csrf: 'q/1' }, { headers: { location: '/orders/4711' }, setCookies: ['session=s3ss; Path=/'] });
    const { verdict, reason, requests } = await run({ checks: [check([{ captures }, later])], answers: [first, json({ order: 4711 })] });
    expect([verdict, reason]).toEqual(['pass', '1 check passed: flow']);
    expect(requests[1]).toMatchObject({
      method: 'PUT',
      url: 'http://web.example.internal/orders/4711?t=a%20b%2F%C3%BC%26',
      headers: { cookie: 'session=s3ss', 'x-literal': '{{csrf}}' },
      body: '{"csrf":"q/1","order":4711}',
    });
  });

  test('put values where they stay values', async () => {
    const captures = { token: { from: 'jsonPath', path: '$.token' }, order: { from: 'jsonPath', path: '$.order' } } as const;
    const put = (request: Step['request']): Step => ({ request: { method: 'PUT', ...request }, assertions: [{ kind: 'jsonPathEquals', path: '$.order', equals: '{{order}}' }] });
    const steps = [
      { captures },
      put({ path: '/o/{{token}}?t={{token}}', headers: { 'x-t': '{{order}}', 'x-literal': '{{{{order}}' }, body: '{"t":"{{token}}","n":{{order}}}' }),
      put({ headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: 't={{token}}&n={{order}}' }),
      put({ headers: { 'content-type': 'text/plain' }, body: '{{token}}' }),
    ];
    const { verdict, requests } = await run({ checks: [check(steps)], answers: [json({ token: 'a b/ü&"=', order: 4711 })] });
    expect(verdict).toBe('pass');
    expect(requests.slice(1).map(({ url, headers, body }) => [url, headers['x-t'], headers['x-literal'], body])).toEqual([
      ['http://web.example.internal:8080/o/a%20b%2F%C3%BC%26%22%3D?t=a%20b%2F%C3%BC%26%22%3D', '4711', '{{order}}', '{"t":"a b/ü&\\"=","n":4711}'],
      ['http://web.example.internal:8080/', undefined, undefined, 't=a+b%2F%C3%BC%26%22%3D&n=4711'],
      ['http://web.example.internal:8080/', undefined, undefined, 'a b/ü&"='],
    ]);
  });

  test('end with the first that does not pass, and the reason says which', async () => {
    const { verdict, results, requests } = await run({ checks: [check([LOGIN, { request: { path: '/me' } }, {}])], answers: [json({ token: 'tok-1234' }), json({}, { status: 401 })] });
    expect(verdict).toBe('fail');
    expect(requests).toHaveLength(2);
    expect(results[0]).toMatchObject({ reason: 'step 2: status was 401, expected 200 (GET /me on the test listener, 401 in 18 ms)', samples: 1, measurements: [{ what: 'step 1: status', ok: true }, { what: 'step 2: status', measured: 401, ok: false }] });
  });

  test('take nothing out of an answer that is not as it should be', async () => {
    const { results } = await run({ checks: [check([LOGIN, {}])], answers: [answer({ status: 503, body: 'busy' })] });
    expect(results[0]!.reason).toBe('step 1: status was 503, expected 200 (POST /login on the test listener, 503 in 18 ms)');
  });

  test.each<[string, HttpAnswer, string]>([
    ['nothing', json({}), 'capture token (JSON path $.token) selected nothing, expected one value'],
    ['several values', json({ token: ['a', 'b'] }), 'capture token (JSON path $.token) selected a list, expected one value'],
    ['an object', json({ token: { a: 1 } }), 'selected an object'],
    ['null', json({ token: null }), 'selected null'],
    ['an empty text', json({ token: '' }), 'selected an empty text'],
    ['no JSON', answer({ body: '<html>' }), 'selected nothing, since the body is not JSON'],
    ['too much', json({ token: 'x'.repeat(8193) }), 'selected a text of 8193 characters, of which at most 8192 are kept'],
  ])('fail where a capture selects %s', async (_, first, message) => {
    const { verdict, results, requests } = await run({ checks: [check([LOGIN, {}])], answers: [first] });
    expect([verdict, requests.length]).toEqual(['fail', 1]);
    expect(results[0]!.reason).toContain(message);
  });

  test.each<[string, HttpAnswer, string]>([
    ['a part of a body', { ...json({ token: 'abcd' }), bodyTruncated: true }, 'could not be decided: the body is larger than 1048576 bytes, and no more is read'],
    ['an encoded body', json({ token: 'abcd' }, { headers: { 'content-encoding': 'br' } }), 'could not be decided: the body is encoded as "br"'],
  ])('are undecided where a capture has to do with %s', async (_, first, message) => {
    const { verdict, results, requests } = await run({ checks: [check([LOGIN, {}])], answers: [first] });
    expect([verdict, results[0]!.verdict, requests.length]).toEqual(['inconclusive', 'inconclusive', 1]);
    expect(results[0]!.reason).toContain(message);
  });

  test.each([
    [['a1', 'a1'], 'pass'],
    [['a1', 'b2'], 'fail'],
  ])('take a value that is selected several times only if it is the same: %j', async (tokens, verdict) => {
    const several: Step = { captures: { token: { from: 'jsonPath', path: '$.tokens[*]' } } };
    const end = await run({ checks: [check([several, {}])], answers: [json({ tokens })] });
    expect(end.verdict).toBe(verdict);
  });

  test('never send again what has been answered', async () => {
    const { verdict, results, requests } = await run({ checks: [check([LOGIN, { request: { path: '/me' } }])], answers: [json({ token: 'tok-1234' }), refused(), refused(), answer()] });
    expect(requests.map(({ url }) => new URL(url).pathname)).toEqual(['/login', '/me', '/me', '/me']);
    expect([verdict, results[0]!.reason]).toEqual(['pass', '2 assertions held (GET /me on the test listener, 200 in 18 ms, after 2 transport errors)']);
  });

  test('are undecided when a later one gets no answer, without another login', async () => {
    const { verdict, results, requests } = await run({ checks: [check([LOGIN, { request: { path: '/me' } }])], answers: [json({ token: 'tok-1234' }), refused()] });
    expect(requests.filter(({ url }) => url.endsWith('/login'))).toHaveLength(1);
    expect([verdict, results[0]!.reason]).toEqual(['inconclusive', expect.stringContaining('step 2: the connection was not made: ECONNREFUSED (GET /me on the test listener)')]);
  });

  test('begin anew when the first one gets no answer', async () => {
    const { verdict, requests } = await run({ checks: [check([LOGIN, {}])], answers: [refused(), json({ token: 'tok-1234' })] });
    expect([verdict, requests.length]).toEqual(['pass', 3]);
  });

  test.each([
    ['a path that climbs', '..', { request: { path: '/a/{{token}}/b' } }, 'value "token" is "..", which would lead to another path'],
    ['a header with a line break', 'a\nb-c', { request: { headers: { 'x-a': '{{token}}' } } }, 'header x-a cannot be sent: a value in it holds a line break or a character that no header may have'],
    ['JSON without quotation marks', 'a b c', { request: { body: '{"n":{{token}}}' } }, 'value "token" is no number, boolean or null, and stands in a JSON body without quotation marks; write "{{token}}"'],
  ])('send no value as %s', async (_, token, second, message) => {
    const { verdict, results, requests } = await run({ checks: [check([LOGIN, second])], answers: [json({ token })] });
    expect([verdict, requests.length]).toEqual(['inconclusive', 1]);
    expect(results[0]!.reason).toContain(message);
  });
});

describe('values that are read', () => {
  const values = { password: { source: 'secret', id: 'web/login', jsonField: 'password' }, level: { source: 'parameter', name: '/web/level' } } as const;
  const basic: Step = { auth: { kind: 'basic', user: 'greenlight', password: '{{password}}' }, request: { headers: { 'x-level': '{{level}}' } } };
  const secrets = { 'web/login': '{"password":"p4ss wörd"}', '/web/level': 'high' };

  test('are read once for all checks and attempts, and sent', async () => {
    const twice = { ...POLICY, passes: { consecutive: 2 } };
    const { verdict, requests, reads } = await run({ checks: [check([basic], { values, policy: twice }), check([basic], { name: 'other', values })], secrets });
    expect(verdict).toBe('pass');
    expect(requests).toHaveLength(3);
    expect(requests[0]!.headers).toEqual({ 'x-level': 'high', authorization: `Basic ${Buffer.from('greenlight:p4ss wörd').toString('base64')}` });
    expect([...reads].sort()).toEqual(['/web/level', 'web/login']);
  });

  test('are hidden wherever an answer shows them', async () => {
    const echo = `${basic.auth!.kind} p4ss wörd, ${Buffer.from('greenlight:p4ss wörd').toString('base64')}, p4ss%20w%C3%B6rd`;
    const { verdict, said, reason } = await run({ checks: [check([{ ...basic, assertions: [{ kind: 'bodyContains', text: 'never' }] }], { values })], secrets, answers: [answer({ body: echo })] });
    expect(verdict).toBe('fail');
    expect(reason).toContain('body was "basic ***, ');
    expect(said).not.toMatch(/p4ss|cDRzc|w%C3/);
  });

  test('are hidden in errors that end the hook', async () => {
    const broken = () => Promise.reject(new Error('socket of p4ss wörd is gone'));
    const { verdict, said } = await run({ checks: [check([basic], { values })], secrets, answers: [broken] });
    expect(verdict).toBe('fail');
    expect(said).toContain('socket of *** is gone');
    expect(said).not.toContain('p4ss');
  });

  test('captured ones are hidden too', async () => {
    const { said } = await run({ checks: [check([LOGIN, { assertions: [{ kind: 'bodyContains', text: '{{token}}' }] }])], answers: [json({ token: 'tok-1234' }), answer({ body: 'tok-1235' })] });
    expect(said).toContain('expected it to contain \\"***\\"');
    expect(said).not.toContain('tok-1234');
  });

  test.each<[string, Readonly<Record<string, string | Error>>, string]>([
    ['are not there', {}, 'value "password" could not be read: secretsmanager:GetSecretValue failed: ResourceNotFoundException: there is no web/login'],
    ['may not be read', { 'web/login': new ServiceFailure('secretsmanager:GetSecretValue', 'AccessDeniedException', 'not authorized', false) }, 'AccessDeniedException: not authorized'],
    ['are no JSON', { 'web/login': 'p4ss' }, 'value "password" is to be a field of a secret that is no JSON object; leave the field out, or keep the secret as JSON'],
    ['lack the field', { 'web/login': '{"pass":"p4ss"}' }, 'value "password" has no text, number or boolean in the field "password" of its secret'],
    ['are too short to be hidden', { 'web/login': '{"password":"abc"}' }, 'value "password" has 3 characters, and fewer than 4 cannot be hidden in what is reported; use a longer one'],
  ])('leave the check undecided when they %s, and nothing is sent', async (_, read, message) => {
    const { verdict, requests, results, said } = await run({ checks: [check([basic], { values })], secrets: { '/web/level': 'high', ...read } });
    expect([verdict, requests.length]).toEqual(['inconclusive', 0]);
    expect(results[0]).toMatchObject({ samples: 0, errors: 1, reason: expect.stringContaining(message) });
    expect(said).not.toContain('p4ss');
  });

  test('leave only their own check undecided when no answer comes for them', async () => {
    const { results, requests } = await run({ checks: [check([basic], { values }), check([{}], { name: 'other' })], secrets: { '/web/level': 'high', 'web/login': new Overdue('not finished within 6000 ms') } });
    expect(results).toMatchObject([{ verdict: 'inconclusive', samples: 0, errors: 3, reason: expect.stringContaining('value "password" could not be read: secret web/login gave no answer in time') }, { verdict: 'pass' }]);
    expect(requests).toHaveLength(1);
  });

  test('leave the check undecided when nobody answers, long before the time of the hook is up', async () => {
    const { verdict, requests, results } = await run({ checks: [check([basic], { values })], secrets: { '/web/level': 'high', 'web/login': new Overdue('not finished within 4850 ms') } });
    expect([verdict, requests.length]).toEqual(['inconclusive', 0]);
    expect(results[0]).toMatchObject({ samples: 0, errors: 3, reason: expect.stringContaining('value "password" could not be read: secret web/login gave no answer in time') });
  });

  test('are read again after throttling', async () => {
    let calls = 0;
    const throttled = new ServiceFailure('ssm:GetParameter', 'ThrottlingException', 'Rate exceeded', true);
    const secretsOf = { get 'web/login'() { return (calls += 1) === 1 ? throttled : '{"password":"p4ss"}'; }, '/web/level': 'high' };
    expect(await run({ checks: [check([basic], { values })], secrets: secretsOf })).toMatchObject({ verdict: 'pass' });
    expect(calls).toBe(2);
  });
});

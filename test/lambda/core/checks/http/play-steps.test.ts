import type { HttpCheckDocument, HttpStepDocument } from '../../../../../lib/model/suite';
import { runBounded } from '../../../../../lambda/adapters/bounded-run';
import { compilers } from '../../../../../lambda/core/checks/engines';
import { httpKind } from '../../../../../lambda/core/checks/http-check';
import { Fields } from '../../../../../lambda/core/checks/fields';
import type { Values } from '../../../../../lambda/core/checks/templates';
import { Overdue, TransportFailure } from '../../../../../lambda/core/failures';
import type { HttpAnswer, RunBounded } from '../../../../../lambda/core/ports';
import type { Script } from '../../../support/fake-ports';
import { answer, fakeEnvironment, fakeHttp, fakeSources, HOOK } from '../../../support/fake-ports';
import { virtualClock } from '../../../support/virtual-clock';

const REQUEST = { method: 'GET', path: '/', headers: {}, timeoutMs: 1000, maxRedirects: 0 };
const OK = [{ kind: 'status', equals: 200 }] as const;
const WARNS = [{ kind: 'status', equals: 200, warning: true }] as const;
const POLICY = { mode: 'ENFORCE', after: [], passes: { consecutive: 1 }, attemptMs: 1000, intervalMs: 700, errorBudget: 2, deadlineMs: 60_000, inconclusive: 'FAIL' } as const;
const USER = { user: { source: 'parameter', name: '/web/user' } } as const;
const TOKEN = { token: { from: 'jsonPath', path: '$.token' } } as const;

type Step = Partial<Omit<HttpStepDocument, 'request'>> & { readonly request?: Partial<HttpStepDocument['request']> };
const step = ({ request, ...others }: Step): HttpStepDocument => ({ target: { listener: 'test' }, assertions: OK, ...others, request: { ...REQUEST, ...request } });
const LOGIN: Step = { request: { method: 'POST', path: '/login' }, captures: TOKEN };
const ME: Step = { request: { path: '/me' } };

interface Attempt {
  readonly answers?: Script<HttpAnswer>;
  readonly steps: readonly Step[];
  readonly check?: Partial<HttpCheckDocument>;
  readonly values?: Values;
  readonly run?: RunBounded;
  readonly signal?: AbortSignal;
}

/** Makes one attempt. */
async function attempt({ answers = [answer()], steps, check = {}, values = {}, run = runBounded, signal = new AbortController().signal }: Attempt) {
  const document: HttpCheckDocument = { kind: 'http', name: 'flow', policy: POLICY, steps: steps.map(step), ...check };
  const { http, requests } = fakeHttp(answers);
  const clock = virtualClock();
  const engines = await compilers(httpKind.texts!(document));
  const hidden: string[] = [];
  const tools = { clock, random: () => 0.5, http, run, sources: fakeSources({}), environment: fakeEnvironment(), engines, hook: HOOK };
  const known = { number: 1, startedAt: 0, values, hide: (text: string) => hidden.push(text), isSecret: (text: string) => hidden.includes(text) };
  const measurement = await httpKind.probe(document, tools)(signal, known);
  return { measurement, requests, hidden, endedAt: clock.now() };
}

const token = (value: unknown, others: Partial<HttpAnswer> = {}) => answer({ body: JSON.stringify({ token: value }), ...others });
const refused = () => new TransportFailure('connect', 'the connection was not made: ECONNREFUSED');
const protocol = () => new TransportFailure('protocol', 'the answer is no HTTP');

describe('one step', () => {
  test('is measured without the number of a step', async () => {
    expect((await attempt({ steps: [ME] })).measurement).toEqual({
      outcome: 'pass',
      reason: '1 assertion held (GET /me on the test listener, 200 in 18 ms)',
      measurements: [{ what: 'status', measured: 200, threshold: 200, ok: true }],
      samples: 1,
    });
  });

  test('that gets no answer is an error, which another attempt makes up for', async () => {
    const { measurement, requests, endedAt } = await attempt({ steps: [ME], answers: [refused(), answer()] });
    const reason = 'the connection was not made: ECONNREFUSED (GET /me on the test listener)';
    expect(measurement).toEqual({ outcome: 'error', reason, measurements: [], samples: 0, retryable: true });
    expect([requests.length, endedAt]).toEqual([1, 0]);
  });
});

describe('several steps', () => {
  test('are told apart in what was measured', async () => {
    expect((await attempt({ steps: [LOGIN, ME], answers: [token('tok-1234'), answer({ status: 500 })] })).measurement).toEqual({
      outcome: 'fail',
      reason: 'step 2: status was 500, expected 200 (GET /me on the test listener, 500 in 18 ms)',
      measurements: [
        { what: 'step 1: status', measured: 200, threshold: 200, ok: true },
        { what: 'step 2: status', measured: 500, threshold: 200, ok: false },
      ],
      samples: 1,
    });
  });

  test('whose first one gets no answer are an error, which another attempt makes up for', async () => {
    const { measurement, requests } = await attempt({ steps: [LOGIN, ME], answers: [refused()] });
    const reason = 'step 1: the connection was not made: ECONNREFUSED (POST /login on the test listener)';
    expect(measurement).toEqual({ outcome: 'error', reason, measurements: [], samples: 0, retryable: true });
    expect(requests).toHaveLength(1);
  });

  test('go on after a warning, and say it', async () => {
    const { measurement } = await attempt({ steps: [{ ...LOGIN, assertions: WARNS }, ME], answers: [token('tok-1234', { status: 201 }), answer()] });
    expect([measurement.outcome, measurement.reason]).toEqual(['pass', '1 assertion held; warning: step 1: status was 201, expected 200 (GET /me on the test listener, 200 in 18 ms)']);
  });

  test('end with an assertion that is undecided', async () => {
    const truncated = answer({ bodyTruncated: true });
    const { measurement, requests } = await attempt({ steps: [{ ...ME, assertions: [{ kind: 'bodyContains', text: 'never' }] }, ME], answers: [truncated] });
    expect([measurement.outcome, requests.length]).toEqual(['inconclusive', 1]);
  });

  test('end with a capture that comes to nothing', async () => {
    const { measurement, requests } = await attempt({ steps: [LOGIN, ME], answers: [answer()] });
    expect(measurement).toEqual({
      outcome: 'fail',
      reason: 'step 1: capture token (JSON path $.token) selected nothing, expected one value (POST /login on the test listener, 200 in 18 ms)',
      measurements: [
        { what: 'step 1: status', measured: 200, threshold: 200, ok: true },
        { what: 'step 1: capture token (JSON path $.token)', measured: null, threshold: 'one value', ok: false },
      ],
      samples: 1,
    });
    expect(requests).toHaveLength(1);
  });

  test('fail where the last one captures nothing', async () => {
    expect((await attempt({ steps: [ME, LOGIN] })).measurement.outcome).toBe('fail');
  });
});

describe('transport errors after the first step', () => {
  test.each([
    [1, 'pass', '2 assertions held (GET /me on the test listener, 200 in 18 ms, after 1 transport error)', 700],
    [2, 'pass', '2 assertions held (GET /me on the test listener, 200 in 18 ms, after 2 transport errors)', 1400],
    [3, 'error', 'step 2: the connection was not made: ECONNREFUSED (GET /me on the test listener)', 1400],
  ])('are made up for within the budget of two: %i', async (errors, outcome, reason, at) => {
    const { measurement, requests, endedAt } = await attempt({ steps: [LOGIN, ME], answers: [token('tok-1234'), ...Array.from({ length: errors }, refused), answer()] });
    expect([measurement.outcome, measurement.reason, endedAt]).toEqual([outcome, reason, at]);
    expect(requests.filter(({ url }) => url.endsWith('/login'))).toHaveLength(1);
    expect(measurement.retryable).toBe(outcome === 'error' ? false : undefined);
  });

  test('share one budget over all steps', async () => {
    const { measurement } = await attempt({ steps: [LOGIN, ME, ME], answers: [token('tok-1234'), refused(), refused(), answer(), refused(), answer()] });
    expect([measurement.outcome, measurement.reason]).toEqual(['error', 'step 3: the connection was not made: ECONNREFUSED (GET /me on the test listener)']);
  });

  test('that another try would repeat end the check at once', async () => {
    const { measurement, requests, endedAt } = await attempt({ steps: [LOGIN, ME], answers: [token('tok-1234'), protocol()] });
    expect(measurement).toEqual({ outcome: 'error', reason: 'step 2: the answer is no HTTP (GET /me on the test listener)', measurements: [], samples: 0, retryable: false });
    expect([requests.length, endedAt]).toEqual([2, 0]);
  });
});

describe('what is captured', () => {
  test('is hidden, and sent beside the values of the check', async () => {
    const uses: Step = { request: { path: '/{{user}}', headers: { 'x-token': '{{token}}' } } };
    const { requests, hidden } = await attempt({ steps: [LOGIN, uses], values: { user: 'green' }, check: { values: USER }, answers: [token('tok-1234'), answer()] });
    expect(hidden).toEqual(['tok-1234']);
    expect([requests[1]!.url, requests[1]!.headers]).toEqual(['http://web.example.internal:8080/green', { 'x-token': 'tok-1234' }]);
    expect([requests[1]!.isSecret?.('tok-1234'), requests[1]!.isSecret?.('other')]).toEqual([true, false]);
  });

  test('is compared with as text', async () => {
    const same: Step = { assertions: [{ kind: 'jsonPathEquals', path: '$.token', equals: '{{token}}' }] };
    expect((await attempt({ steps: [LOGIN, same], answers: [token(47), token(47)] })).measurement.outcome).toBe('pass');
    expect((await attempt({ steps: [LOGIN, same], answers: [token(47), token(48)] })).measurement.outcome).toBe('fail');
  });

  test('must be found in time', async () => {
    let calls = 0;
    const run: RunBounded = (ms, work) => {
      calls += 1;
      if (calls === 2) {
        throw new Overdue(`not computed within ${ms} ms`);
      }
      return work();
    };
    const { measurement } = await attempt({ steps: [LOGIN, ME], answers: [token('tok-1234')], run });
    const reason = 'step 1: capture token (JSON path $.token) could not be decided: taking it took longer than 3000 ms; use a simpler JSON path or pattern; expected one value (POST /login on the test listener, 200 in 18 ms)';
    expect([measurement.outcome, measurement.reason]).toEqual(['inconclusive', reason]);
  });

  test('is no reason to go on where the handler is broken', async () => {
    let calls = 0;
    const run: RunBounded = (_, work) => {
      calls += 1;
      if (calls === 2) {
        throw new TypeError('broken');
      }
      return work();
    };
    await expect(attempt({ steps: [LOGIN, ME], answers: [token('tok-1234')], run })).rejects.toThrow(new TypeError('broken'));
  });
});

describe('cookies', () => {
  test.each([undefined, false as const])('are not kept where keepCookies is %s', async (keepCookies) => {
    const { requests } = await attempt({ steps: [ME, ME], check: { keepCookies } as Partial<HttpCheckDocument> });
    expect(requests.map(({ cookies }) => cookies)).toEqual([undefined, undefined]);
  });

  test('are kept in one session for all steps, and hidden', async () => {
    const { requests, hidden } = await attempt({ steps: [ME, ME], check: { keepCookies: true } });
    expect(requests[0]!.cookies).toBeDefined();
    expect(requests[1]!.cookies).toBe(requests[0]!.cookies);
    requests[0]!.cookies?.received('s3ssion');
    expect(hidden).toEqual(['s3ssion']);
  });
});

describe('before anything is sent', () => {
  test.each<[string, readonly Step[], string]>([
    ['a pattern', [ME, { assertions: [{ kind: 'bodyMatches', pattern: '(' }] }], 'suite.json: pattern "(" cannot be used: '],
    ['a group', [{ captures: { a: { from: 'body', pattern: 'b' } } }], 'suite.json: pattern "b" cannot be used: Error: it must have one group'],
    ['a URL', [ME, { target: { url: 'ftp://a.test/' } }], "a check's URL must begin with http:// or https:// and name a host"],
    ['a value', [{ request: { path: '/{{gone}}' } }], '{{gone}} is no value of the check'],
  ])('%s that cannot be used is found', async (_, steps, message) => {
    await expect(attempt({ steps })).rejects.toThrow(message);
  });

  test('values of the check and captures of any step stand in for themselves', async () => {
    const uses: Step = { request: { path: '/{{user}}/{{token}}' } };
    const { measurement } = await attempt({ steps: [LOGIN, uses], values: { user: 'green' }, check: { values: USER }, answers: [token('tok-1234'), answer()] });
    expect(measurement.outcome).toBe('pass');
  });
});

test('a check without steps is a mistake of ours', async () => {
  await expect(attempt({ steps: [] })).rejects.toThrow(new Error('an HTTP check has no steps'));
});

test.each([
  [{}, false],
  [{ keepCookies: false }, false],
  [{ keepCookies: true }, true],
])('a check with %j keeps cookies: %s', (fields, keeps) => {
  const parsed = httpKind.parse(new Fields({ steps: [step(ME)], ...fields }, 'checks[0]'), { name: 'flow', policy: POLICY });
  expect(Object.hasOwn(parsed, 'keepCookies')).toBe(keeps);
  expect(parsed).toMatchObject({ kind: 'http', name: 'flow', steps: [step(ME)] });
});

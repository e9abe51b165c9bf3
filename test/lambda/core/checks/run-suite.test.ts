import { ENV } from '../../../../lib/model/hook-contract';
import type { CheckPolicy, SuitePolicy } from '../../../../lib/model/check-policy';
import type { CheckSuite, HttpCheckDocument, HttpStepDocument, SettleDocument } from '../../../../lib/model/suite';
import { runBounded } from '../../../../lambda/adapters/bounded-run';
import { alarmKind } from '../../../../lambda/core/checks/alarm-check';
import { checksWork } from '../../../../lambda/core/checks/checks-work';
import { httpKind } from '../../../../lambda/core/checks/http-check';
import { runSuite } from '../../../../lambda/core/checks/run-suite';
import { ServiceFailure, TransportFailure } from '../../../../lambda/core/failures';
import type { AlarmState } from '../../../../lib/model/status';
import { makeHook } from '../../../../lambda/core/hook';
import type { AlarmReader, HttpAnswer } from '../../../../lambda/core/ports';
import type { Script } from '../../support/fake-ports';
import { answer, context, fakeEnvironment, fakeHttp, fakeSources, fakeWorld, HOOK } from '../../support/fake-ports';

const REQUEST = { method: 'GET', path: '/api/orders', headers: { authorization: 'Bearer hunter2' }, timeoutMs: 1000, maxRedirects: 0 };

const policy = (overrides: Partial<CheckPolicy> = {}): CheckPolicy => ({
  mode: 'ENFORCE',
  after: [],
  passes: { consecutive: 1 },
  attemptMs: 5_000,
  intervalMs: 1_000,
  errorBudget: 0,
  deadlineMs: 600_000,
  inconclusive: 'FAIL',
  ...overrides,
});
const SUITE_POLICY: SuitePolicy = { run: 'ALL', concurrency: 1, deadlineMs: 600_000 };

/** A check of one step, whose parts may be overridden as well as the check's own. */
const check = ({ target, request, assertions, ...overrides }: Partial<HttpCheckDocument & HttpStepDocument> = {}): HttpCheckDocument => ({
  kind: 'http',
  name: 'orders answers',
  steps: [{ target: target ?? { listener: 'test' }, request: request ?? REQUEST, assertions: assertions ?? [{ kind: 'jsonPathEquals', path: '$.status', equals: 'ok' }] }],
  policy: policy(),
  ...overrides,
});
const settle = (overrides: Partial<SettleDocument> = {}): SettleDocument => ({
  target: { listener: 'test' },
  request: REQUEST,
  consecutive: 3,
  intervalMs: 1_000,
  timeoutMs: 20_000,
  version: { header: 'X-Version', equals: '2' },
  ...overrides,
});
const suite = (overrides: Partial<CheckSuite> = {}): CheckSuite => ({
  schemaVersion: 1,
  event: 'AfterAllowTestTraffic',
  policy: SUITE_POLICY,
  checks: [check()],
  ...overrides,
});

interface Run {
  readonly suite?: unknown;
  readonly answers?: Script<HttpAnswer>;
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** State of each alarm, one reading after the other; the last one stays. A failure rejects. */
  readonly alarms?: Readonly<Record<string, readonly (AlarmState | ServiceFailure)[]>>;
}

function fakeAlarms(script: NonNullable<Run['alarms']>): AlarmReader {
  let reading = -1;
  return {
    states: async (names) => {
      reading += 1;
      return names.flatMap((name) => {
        const state = script[name]?.[Math.min(reading, script[name].length - 1)];
        if (state instanceof ServiceFailure) {
          throw state;
        }
        return state === undefined ? [] : [{ name, state, reason: 'Threshold Crossed' }];
      });
    },
  };
}

/** Plays a suite in the whole envelope, with 50 seconds for the work. */
async function run({ suite: document = suite(), answers = [answer()], environment = {}, alarms = {} }: Run = {}) {
  const world = fakeWorld();
  const { http, requests } = fakeHttp(answers);
  const variables = fakeEnvironment(environment, document);
  const kinds = { http: async () => httpKind, alarm: async () => alarmKind(fakeAlarms(alarms)) };
  await makeHook({ by: 'checks', environment: variables, ports: world.ports, work: checksWork(variables, { clock: world.ports.clock, random: () => 0.5, http, run: runBounded, sources: fakeSources({}) }, kinds) })(HOOK, context(60_000));
  const record = world.verdicts[0];
  return { requests, verdict: record?.verdict, reason: record?.reason ?? '', checks: record?.checks ?? [], report: world.reports[0] };
}

const refused = () => new TransportFailure('connect', 'the connection was not made: ECONNREFUSED');
const degraded = answer({ body: '{"status":"degraded"}' });

describe('a check', () => {
  test('passes, with what was measured', async () => {
    const { verdict, reason, checks, requests } = await run();
    expect([verdict, reason]).toEqual(['pass', '1 check passed: orders answers']);
    expect(requests.map(({ method, url }) => `${method} ${url}`)).toEqual(['GET http://web.example.internal:8080/api/orders']);
    expect(checks).toEqual([
      {
        name: 'orders answers',
        kind: 'http',
        verdict: 'pass',
        reason: '1 assertion held (GET /api/orders on the test listener, 200 in 18 ms)',
        measurements: [{ what: 'JSON path $.status', measured: '"ok"', threshold: '"ok"', ok: true }],
        samples: 1,
        errors: 0,
        windowMs: 0,
      },
    ]);
  });

  test('fails on the first answer that breaks an assertion, and says measured value and threshold', async () => {
    const { verdict, reason, requests, report } = await run({ answers: [degraded, answer()], suite: suite({ checks: [check({ policy: policy({ passes: { consecutive: 3 }, errorBudget: 5 }) })] }) });
    expect(verdict).toBe('fail');
    expect(reason).toBe('orders answers: JSON path $.status was "degraded", expected "ok" (GET /api/orders on the test listener, 200 in 18 ms)');
    expect(requests).toHaveLength(1);
    expect(report?.status).toBe('Failed');
  });

  test('names every assertion that does not hold', async () => {
    const assertions = [{ kind: 'status', equals: 200 }, { kind: 'bodyContains', text: 'ok' }] as const;
    const { reason, checks } = await run({ answers: [answer({ status: 500, body: 'down' })], suite: suite({ checks: [check({ assertions })] }) });
    expect(reason).toContain('status was 500, expected 200; body was "down", expected it to contain "ok"');
    expect(checks[0]?.measurements.map(({ ok }) => ok)).toEqual([false, false]);
  });

  test('with a warning passes, and says it', async () => {
    const assertions = [{ kind: 'status', equals: 200 }, { kind: 'latencyBelow', ms: 10, warning: true }, { kind: 'bodyMatches', pattern: 'x', warning: true }] as const;
    const { verdict, checks } = await run({ answers: [answer({ bodyTruncated: true })], suite: suite({ checks: [check({ assertions })] }) });
    expect(verdict).toBe('pass');
    expect(checks[0]?.reason).toMatch(/^1 assertion held; warning: latency was 18 ms, expected below 10 ms; warning: body could not be decided: .* \(GET/);
    expect(checks[0]?.measurements.map(({ ok }) => ok)).toEqual([true, false, false]);
  });

  test('that only warns is refused', async () => {
    const { verdict, reason } = await run({ suite: suite({ checks: [check({ assertions: [{ kind: 'status', equals: 200, warning: true }] })] }) });
    expect(verdict).not.toBe('pass');
    expect(reason).toContain("'checks[0].steps[0].assertions' must be a list with at least one entry that is no warning");
  });

  test('passes after enough passes in a row, an interval apart', async () => {
    const { checks } = await run({ suite: suite({ checks: [check({ policy: policy({ passes: { consecutive: 4 } }) })] }) });
    expect(checks[0]).toMatchObject({ verdict: 'pass', samples: 4, windowMs: 3_000, reason: expect.stringContaining('4 of 4 passes in a row') });
  });

  test('tries again after transport errors, which break the row', async () => {
    const answers = [answer(), refused(), answer(), answer()];
    const { checks } = await run({ answers, suite: suite({ checks: [check({ policy: policy({ passes: { consecutive: 2 }, errorBudget: 1 }) })] }) });
    expect(checks[0]).toMatchObject({ verdict: 'pass', samples: 3, errors: 1, reason: expect.stringContaining('2 of 2 passes in a row, 1 attempt not measured') });
  });

  test('is undecided when transport errors go on beyond their budget', async () => {
    const { verdict, reason, checks, requests, report } = await run({ answers: [refused()], suite: suite({ checks: [check({ policy: policy({ errorBudget: 2 }) })] }) });
    expect(verdict).toBe('inconclusive');
    expect(requests).toHaveLength(3);
    expect(checks[0]).toMatchObject({ samples: 0, errors: 3, measurements: [] });
    expect(reason).toBe(
      'orders answers: could not be measured: the connection was not made: ECONNREFUSED (GET /api/orders on the test listener); 0 of 1 passes in a row, 3 attempts not measured',
    );
    expect(report?.status).toBe('Failed');
  });

  test.each(['refused-address', 'too-large', 'protocol'] as const)('is not tried again after %s', async (category) => {
    const { requests, verdict } = await run({ answers: [new TransportFailure(category, 'no')], suite: suite({ checks: [check({ policy: policy({ errorBudget: 9 }) })] }) });
    expect([requests.length, verdict]).toEqual([1, 'inconclusive']);
  });

  test('is undecided about a body that is too large', async () => {
    const { verdict, reason } = await run({ answers: [answer({ bodyTruncated: true })] });
    expect(verdict).toBe('inconclusive');
    expect(reason).toContain('JSON path $.status could not be decided: the body is larger than 1048576 bytes');
  });

  test('fails when one assertion fails and another is undecided', async () => {
    const assertions = [{ kind: 'bodyMatches', pattern: 'x' }, { kind: 'status', equals: 200 }] as const;
    const { verdict } = await run({ answers: [answer({ status: 500, bodyTruncated: true })], suite: suite({ checks: [check({ assertions })] }) });
    expect(verdict).toBe('fail');
  });

  test('says how far it came when time is up', async () => {
    const { reason, verdict, report } = await run({ suite: suite({ checks: [check({ policy: policy({ passes: { consecutive: 100 } }) }), check({ name: 'second' })] }) });
    expect(verdict).toBe('inconclusive');
    expect(reason).toContain('orders answers: time was up after 50 of 100 passes in a row, 0 attempts not measured; last: 1 assertion held');
    expect(reason).toContain('and 1 more check did not pass');
    expect(report).toMatchObject({ status: 'Failed', at: 50_000 });
  });
});

describe('a suite', () => {
  test('plays all checks, and gives the reason of the first failed one', async () => {
    const checks = [check({ name: 'a' }), check({ name: 'b' }), check({ name: 'c' }), check({ name: 'd' })];
    const played = await run({ answers: [answer(), refused(), degraded, degraded], suite: suite({ checks }) });
    expect(played.checks.map(({ name, verdict }) => `${name} ${verdict}`)).toEqual(['a pass', 'b inconclusive', 'c fail', 'd fail']);
    expect(played.verdict).toBe('fail');
    expect(played.reason).toMatch(/^c: JSON path .*; and 2 more checks did not pass$/);
  });

  test('never shows headers or bodies of requests, nor the values of a query', async () => {
    const request = { ...REQUEST, path: '/api?token=hunter2', body: 'hunter2' };
    const played = await run({ answers: [degraded], suite: suite({ checks: [check({ request })] }) });
    expect(JSON.stringify([played.reason, played.checks])).not.toContain('hunter2');
    expect(played.reason).toContain('GET /api?… on the test listener, 200');
  });

  test.each<[string, Run, string]>([
    ['the test listener has no URL', { environment: { [ENV.testUrl]: undefined } }, 'bad configuration: a check asks the test listener, but environment variable GREENLIGHT_TEST_URL is not set'],
    ['a URL is none', { suite: suite({ checks: [check({ target: { url: 'ftp://x/' }, request: { ...REQUEST, path: '' } })] }) }, 'bad configuration: a check\'s URL must begin with http:// or https:// and name a host, got "ftp://x/"'],
    ['a URL holds a password', { suite: suite({ checks: [check({ target: { url: 'https://u:hunter2@x/' }, request: { ...REQUEST, path: '' } })] }) }, 'bad configuration: a check\'s URL must not hold a user name or password'],
    ['the last pattern is none', { suite: suite({ checks: [check(), check({ name: 'b', assertions: [{ kind: 'bodyMatches', pattern: '(' }] })] }) }, 'bad configuration: suite.json: pattern "(" cannot be used'],
    ['a value is missing', { suite: suite({ checks: [check({ name: '${greenlight:Name}' })] }), environment: { [ENV.values]: '{}' } }, 'bad configuration: suite.json refers to the deploy-time value "Name"'],
    ['the values are no JSON', { environment: { [ENV.values]: '{' } }, 'bad configuration: environment variable GREENLIGHT_VALUES must hold JSON'],
    ['there are no checks', { suite: suite({ checks: [] }) }, "bad configuration: suite.json: 'checks' must be a list with at least one entry"],
  ])('sends nothing and is reported as failed when %s', async (_, given, reason) => {
    const played = await run(given);
    expect(played.requests).toEqual([]);
    expect(played.reason).toContain(reason);
    expect(played.reason).not.toContain('hunter2');
    expect(played.report?.status).toBe('Failed');
  });
});

describe('the settle phase', () => {
  const blue = answer({ headers: { 'x-version': '1' } });
  const green = answer({ headers: { 'x-version': '2' } });

  test('waits for the new version in a row, then the checks begin', async () => {
    const { checks } = await run({ answers: [blue, green, blue, refused(), green, green, green, answer()], suite: suite({ settle: settle() }) });
    expect(checks.map(({ name, verdict }) => [name, verdict])).toEqual([['settle', 'pass'], ['orders answers', 'pass']]);
    expect(checks[0]).toMatchObject({
      samples: 6,
      errors: 1,
      windowMs: 6_000,
      reason: 'the new version answered (GET /api/orders on the test listener, 200 in 18 ms); 3 of 3 passes in a row, 1 attempt not measured',
      measurements: [{ what: 'header x-version', measured: '"2"', threshold: '"2"', ok: true }],
    });
  });

  test('fails with what was last seen, and runs no check', async () => {
    const { verdict, reason, checks } = await run({ answers: [blue], suite: suite({ settle: settle() }) });
    expect(verdict).toBe('fail');
    expect(checks.map(({ samples }) => samples)).toEqual([20, 0]);
    expect(reason).toBe(
      'settle: time was up after 0 of 3 passes in a row, 0 attempts not measured; last: header x-version was "1", expected "2" ' +
        '(GET /api/orders on the test listener, 200 in 18 ms); and 1 more check did not pass',
    );
    expect(checks[1]?.reason).toBe('not run, since settle did not pass');
  });

  test('is undecided when nobody ever answered', async () => {
    const { verdict, reason } = await run({ answers: [refused()], suite: suite({ settle: settle({ timeoutMs: 2_500 }) }) });
    expect(verdict).toBe('inconclusive');
    expect(reason).toContain('3 attempts not measured; last: the connection was not made: ECONNREFUSED');
  });

  test('takes a JSON value for the version', async () => {
    const version = { jsonPath: '$.build', equals: 'b7' };
    const { checks } = await run({ answers: [answer({ body: '{"build":"b7","status":"ok"}' })], suite: suite({ settle: settle({ version }) }) });
    expect(checks[0]).toMatchObject({ verdict: 'pass', samples: 3 });
  });

  test.each([
    [404, 'pass'],
    [499, 'pass'],
    [500, 'fail'],
    [503, 'fail'],
  ])('without a version, %i is %s', async (status, verdict) => {
    const { checks } = await run({ answers: [answer({ status })], suite: suite({ settle: settle({ version: undefined }) }) });
    expect(checks[0]?.verdict).toBe(verdict);
  });

  test('ends with the time of the hook', async () => {
    const { reason, report } = await run({ answers: [blue], suite: suite({ settle: settle({ timeoutMs: 900_000 }) }) });
    expect(reason).toContain('settle: time was up after 0 of 3 passes in a row');
    expect(report?.at).toBe(50_000);
  });
});

describe('a check of alarms', () => {
  const quiet = (overrides: Partial<CheckPolicy> = {}, alarms = ['errors', 'latency']) => suite({ checks: [{ kind: 'alarm', name: 'quiet', policy: policy(overrides), alarms }] });

  test('passes when all are OK', async () => {
    const { verdict, checks } = await run({ suite: quiet(), alarms: { errors: ['OK'], latency: ['OK'] } });
    expect(verdict).toBe('pass');
    expect(checks[0]).toMatchObject({ kind: 'alarm', samples: 2, reason: '2 alarms quiet: errors, latency', measurements: [{ what: 'alarm errors', measured: 'OK', threshold: 'OK', ok: true }, {}] });
  });

  test('fails on the first one in ALARM, with its reason', async () => {
    const { verdict, reason } = await run({ suite: quiet(), alarms: { errors: ['ALARM'], latency: ['INSUFFICIENT_DATA'] } });
    expect([verdict, reason]).toEqual(['fail', 'quiet: alarm errors was ALARM, expected OK (Threshold Crossed)']);
  });

  test('waits for data, and then passes', async () => {
    const { verdict, checks } = await run({ suite: quiet({}, ['errors']), alarms: { errors: ['INSUFFICIENT_DATA', 'INSUFFICIENT_DATA', 'OK'] } });
    expect([verdict, checks[0]?.windowMs]).toEqual(['pass', 2_000]);
  });

  test('without data to the end it is undecided, and the release is not let through', async () => {
    const { verdict, reason, report } = await run({ suite: quiet({ deadlineMs: 5_000 }, ['errors']), alarms: { errors: ['INSUFFICIENT_DATA'] } });
    expect([verdict, report?.status]).toEqual(['inconclusive', 'Failed']);
    expect(reason).toContain('last: alarm errors was INSUFFICIENT_DATA, expected OK');
  });

  test('an alarm that does not exist has not been found quiet', async () => {
    const { verdict, reason } = await run({ suite: quiet({ deadlineMs: 1_000 }, ['gone']), alarms: {} });
    expect([verdict, reason]).toEqual(['inconclusive', 'quiet: time was up after 0 of 1 passes in a row, 0 attempts not measured; last: alarm gone could not be judged: there is no such alarm']);
  });

  test('throttled readings are made up for, denied ones are not', async () => {
    const throttled = new ServiceFailure('cloudwatch:DescribeAlarms', 'Throttling', 'slow down', true);
    const denied = new ServiceFailure('cloudwatch:DescribeAlarms', 'AccessDenied', 'not authorized', false);
    expect((await run({ suite: quiet({ errorBudget: 1 }, ['errors']), alarms: { errors: [throttled, 'OK'] } })).verdict).toBe('pass');
    const refused = await run({ suite: quiet({ errorBudget: 5 }, ['errors']), alarms: { errors: [denied] } });
    expect([refused.verdict, refused.checks[0]?.errors]).toEqual(['inconclusive', 1]);
    expect(refused.reason).toContain('AccessDenied');
  });

  test('quiet for a while means every reading', async () => {
    const { verdict, checks } = await run({ suite: quiet({ passes: { consecutive: 5 } }, ['errors']), alarms: { errors: ['OK', 'OK', 'ALARM'] } });
    expect([verdict, checks[0]?.samples]).toEqual(['fail', 3]);
  });
});

describe('how checks become a verdict', () => {
  test('a failure in shadow is told, and stops nothing', async () => {
    const checks = [check({ name: 'new', policy: policy({ mode: 'SHADOW' }), assertions: [{ kind: 'status', equals: 201 }] }), check({ name: 'old' })];
    const played = await run({ suite: suite({ checks }) });
    expect([played.verdict, played.report?.status]).toEqual(['pass', 'Succeeded']);
    expect(played.reason).toBe('1 check passed: old; in shadow, new would have stopped it');
    expect(played.checks[0]).toMatchObject({ name: 'new', shadow: true, verdict: 'fail' });
  });

  test('fail-fast sends nothing after the first failure', async () => {
    const checks = [check({ name: 'a' }), check({ name: 'b' })];
    const { requests, reason } = await run({ answers: [degraded], suite: suite({ checks, policy: { ...SUITE_POLICY, run: 'FAIL_FAST' } }) });
    expect(requests).toHaveLength(1);
    expect(reason).toContain('and 1 more check did not pass');
  });

  test('two of three answers are enough where the policy says so', async () => {
    const checks = [check({ policy: policy({ passes: { atLeast: 2, of: 3 } }) })];
    expect((await run({ answers: [degraded, answer(), answer()], suite: suite({ checks }) })).verdict).toBe('pass');
  });

  test('an undecided check passes only where somebody typed that out', async () => {
    const checks = [check({ policy: policy({ inconclusive: 'PASS' }) })];
    const played = await run({ answers: [refused()], suite: suite({ checks }) });
    expect([played.verdict, played.report?.status, played.checks[0]?.verdict]).toEqual(['pass', 'Succeeded', 'inconclusive']);
  });

  test.each<[string, readonly HttpCheckDocument[], readonly Script<HttpAnswer>[number][], string]>([
    ['two passed', [check({ name: 'a' }), check({ name: 'b' })], [answer()], '2 checks passed: a, b'],
    ['only shadows passed', [check({ name: 'a', policy: policy({ mode: 'SHADOW' }) })], [answer()], 'no check is enforced'],
    ['only shadows failed', [check({ name: 'a', policy: policy({ mode: 'SHADOW' }) }), check({ name: 'b', policy: policy({ mode: 'SHADOW' }) })], [degraded], 'no check is enforced; in shadow, a, b would have stopped it'],
    ['a shadow is undecided', [check({ name: 'a', policy: policy({ mode: 'SHADOW' }) }), check({ name: 'b' })], [refused(), answer()], '1 check passed: b; in shadow, a would have stopped it'],
    [
      'the first undecided one stands before the first failed one',
      [check({ name: 'a' }), check({ name: 'b' })],
      [refused(), degraded],
      'b: JSON path $.status was "degraded", expected "ok" (GET /api/orders on the test listener, 200 in 18 ms); and 1 more check did not pass',
    ],
    [
      'one failed, and a shadow too',
      [check({ name: 'a', policy: policy({ mode: 'SHADOW' }) }), check({ name: 'b' })],
      [degraded],
      'b: JSON path $.status was "degraded", expected "ok" (GET /api/orders on the test listener, 200 in 18 ms); in shadow, a would have stopped it',
    ],
  ])('the reason where %s', async (_, checks, answers, reason) => {
    expect((await run({ answers, suite: suite({ checks }) })).reason).toBe(reason);
  });

  test('settling is no check that passed', async () => {
    const green = answer({ headers: { 'x-version': '2' } });
    const shadow = [check({ policy: policy({ mode: 'SHADOW' }) })];
    expect((await run({ answers: [green], suite: suite({ settle: settle() }) })).reason).toBe('1 check passed: orders answers');
    expect((await run({ answers: [green], suite: suite({ settle: settle(), checks: shadow }) })).reason).toBe('no check is enforced');
  });

  test('only a result in shadow says so', async () => {
    const checks = [check({ name: 'new', policy: policy({ mode: 'SHADOW' }) }), check({ name: 'old' })];
    const played = await run({ suite: suite({ checks }) });
    expect(played.checks.map((result) => [result.name, 'shadow' in result])).toEqual([['new', true], ['old', false]]);
  });

  test('checks still come after those that they name, once the service has settled', async () => {
    const green = answer({ headers: { 'x-version': '2' } });
    const checks = [check({ name: 'early' }), check({ name: 'late', policy: policy({ after: ['early'] }) })];
    const played = await run({ answers: [green, degraded], suite: suite({ settle: settle({ consecutive: 1 }), checks, policy: { ...SUITE_POLICY, concurrency: 2 } }) });
    expect(played.checks.map(({ name, verdict }) => `${name} ${verdict}`)).toEqual(['settle pass', 'early fail', 'late inconclusive']);
    expect(played.checks[2]?.reason).toBe('not run, since early did not pass');
  });
});

test('a kind that was not loaded is a mistake of ours', async () => {
  const world = fakeWorld();
  const ports = { clock: world.ports.clock, random: () => 0.5, http: fakeHttp([answer()]).http, run: runBounded, sources: fakeSources({}) };
  const played = runSuite({ suite: suite({ checks: [check({ assertions: [{ kind: 'status', equals: 200 }] })] }), kinds: new Map(), hook: HOOK }, fakeEnvironment(), ports, { signal: new AbortController().signal });
  await expect(played).rejects.toThrow(new Error("no kind 'http' was loaded for the suite"));
});

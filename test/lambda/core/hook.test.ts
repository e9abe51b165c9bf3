import { ENV } from '../../../lib/model/hook-contract';
import { ServiceFailure } from '../../../lambda/core/failures';
import { makeHook } from '../../../lambda/core/hook';
import { workBudget } from '../../../lambda/core/hook-work';
import type { Judgement } from '../../../lambda/core/judgement';
import type { World, WorldScript } from '../support/fake-ports';
import { completed, context, denied, fakeEnvironment, fakeWorld, HOOK, throttled } from '../support/fake-ports';

const PASS: Judgement = { verdict: 'pass', reason: '2 checks passed: a, b', checks: [] };
const FAIL: Judgement = { verdict: 'fail', reason: 'a: status was 503, expected 200', checks: [] };

interface Run {
  readonly script?: WorldScript;
  readonly work?: (signal: AbortSignal, world: World) => Promise<Judgement>;
  readonly environment?: Readonly<Record<string, string | undefined>>;
  readonly event?: unknown;
  readonly remainingMs?: number;
}

async function run({ script, work, environment, event = HOOK, remainingMs = 60_000 }: Run = {}) {
  const world = fakeWorld(script);
  const definition = { by: 'checks', environment: fakeEnvironment(environment), ports: world.ports } as const;
  const handler = makeHook({ ...definition, work: async (_, { signal }) => (work ? work(signal, world) : PASS) });
  return { world, result: await handler(event, context(remainingMs)) };
}

describe('makeHook', () => {
  test('reports a pass, then writes the log line, the metric and the event', async () => {
    const { world, result } = await run();
    expect(result).toEqual({ greenlight: { reported: true, status: 'Succeeded' } });
    expect(world.order).toEqual(['report', 'log', 'metric', 'event']);
    expect(world.reports).toEqual([{ hook: HOOK, status: 'Succeeded', at: 0 }]);
    expect(world.metrics).toEqual([{ application: 'web-application', deploymentGroup: 'web-group', failed: false }]);
    expect(world.events).toEqual(world.verdicts);
    expect(world.verdicts).toEqual([
      {
        schemaVersion: 1,
        rollout: 'App/Web',
        event: 'AfterAllowTestTraffic',
        deploymentId: 'd-A1B2C3D4E',
        verdict: 'pass',
        reason: '2 checks passed: a, b',
        report: 'Succeeded',
        by: 'checks',
        durationMs: 0,
        checks: [],
      },
    ]);
  });

  test('raises the verdict alarm after it has reported a failure', async () => {
    const { world, result } = await run({ work: async () => FAIL });
    expect(result.greenlight).toEqual({ reported: true, status: 'Failed' });
    expect(world.order).toEqual(['report', 'log', 'metric', 'alarm', 'event']);
    expect(world.metrics[0]?.failed).toBe(true);
    expect(world.alarms).toEqual([{ name: 'web-verdict', reason: 'AfterAllowTestTraffic of d-A1B2C3D4E: a: status was 503, expected 200' }]);
  });

  test('reports an undecided validation as failed', async () => {
    const { world } = await run({ work: async () => ({ verdict: 'inconclusive', reason: 'unreachable', checks: [] }) });
    expect(world.reports[0]?.status).toBe('Failed');
    expect(world.verdicts[0]?.verdict).toBe('inconclusive');
    expect(world.alarms).toHaveLength(1);
  });

  test('keeps the reason of the alarm within what the service takes', async () => {
    const { world } = await run({ work: async () => ({ ...FAIL, reason: 'x'.repeat(5000) }) });
    expect(world.alarms[0]?.reason).toHaveLength(1023);
  });

  test('reports failed when the work throws', async () => {
    const { world, result } = await run({ work: async () => Promise.reject(new TypeError('boom')) });
    expect(result.greenlight).toEqual({ reported: true, status: 'Failed' });
    expect(world.verdicts[0]?.reason).toBe('the hook was stopped by an error: TypeError: boom');
  });

  test('reports failed when the work does not end, with the reserve kept', async () => {
    const { world } = await run({ work: () => new Promise(() => undefined) });
    expect(world.reports).toEqual([{ hook: HOOK, status: 'Failed', at: 51_000 }]);
    expect(world.verdicts[0]?.reason).toBe('the hook did not finish within the 50000 ms that it has before it must report');
  });

  test('takes what aborted work still hands over', async () => {
    const work = (signal: AbortSignal) => new Promise<Judgement>((resolve) => signal.addEventListener('abort', () => resolve({ ...FAIL, reason: 'came as far as b' })));
    const { world } = await run({ work });
    expect(world.reports[0]?.at).toBe(50_000);
    expect(world.verdicts[0]?.reason).toBe('came as far as b');
  });

  test('reports failed at once when the time-out leaves nothing for the work', async () => {
    const { world } = await run({ remainingMs: 9_000 });
    expect(world.reports[0]).toMatchObject({ status: 'Failed', at: 0 });
    expect(world.verdicts[0]?.reason).toBe('bad configuration: the function has 9000 ms, of which 10000 ms are kept back to report; raise its time-out');
  });

  test.each([
    [900_000, 810_000],
    [100_000, 90_000],
    [60_000, 50_000],
    [10_000, 0],
    [3_000, -7_000],
  ])('of %i ms leaves %i ms for the work', (remaining, budget) => {
    expect(workBudget(remaining)).toBe(budget);
  });
});

describe('the report', () => {
  test('is tried again while it is throttled, with growing pauses', async () => {
    const { world, result } = await run({ script: { report: [throttled(), throttled(), throttled(), undefined] } });
    expect(world.reports.map(({ at }) => at)).toEqual([0, 150, 450, 1050]);
    expect(result.greenlight.reported).toBe(true);
  });

  test('is tried until time is nearly up, and then said to be missing', async () => {
    const { world, result } = await run({ script: { report: [throttled()] } });
    expect(result).toEqual({ greenlight: { reported: false, status: 'Succeeded' } });
    expect(world.verdicts[0]).toMatchObject({ report: 'none', reportError: expect.stringContaining('ThrottlingException: Rate exceeded') });
    expect(Math.max(...world.reports.map(({ at }) => at))).toBeGreaterThan(50_000);
    expect(Math.max(...world.reports.map(({ at }) => at))).toBeLessThanOrEqual(59_000);
  });

  test('is not tried again when it is denied, and nothing is thrown', async () => {
    const { world, result } = await run({ script: { report: [denied()] } });
    expect(result).toEqual({ greenlight: { reported: false, status: 'Succeeded' } });
    expect(world.reports).toHaveLength(1);
    expect(world.verdicts[0]).toMatchObject({
      report: 'none',
      reportError: 'codedeploy:PutLifecycleEventHookExecutionStatus failed: AccessDeniedException: not authorized',
    });
  });

  test('counts as made when the event is over already', async () => {
    const { world, result } = await run({ script: { report: [completed()] } });
    expect(result.greenlight.reported).toBe(true);
    expect(world.verdicts[0]?.report).toBe('Succeeded');
  });

  test('leaves metric and alarm alone when the event was over before: the deployment that goes on is not ours to stop', async () => {
    const { world } = await run({ work: async () => FAIL, script: { report: [completed()] } });
    expect(world.order).toEqual(['report', 'log', 'event']);
  });

  test('that got through at the last moment is not followed by calls for which no time is left', async () => {
    const world = fakeWorld({ report: [() => world.ports.clock.sleep(5_900)] });
    const hook = makeHook({ by: 'checks', environment: fakeEnvironment(), ports: world.ports, work: async () => FAIL });
    expect(await hook(HOOK, context(6_500))).toEqual({ greenlight: { reported: false, status: 'Failed' } });
    expect(world.order).toEqual(['report', 'log']);
    expect(world.ports.clock.now()).toBe(5_500);
    expect(world.lines.map(({ fields }) => fields?.['error'])).toEqual(['no time was left', 'no time was left', 'no time was left']);
  });

  test('a call that hangs is given up for another', async () => {
    const { world, result } = await run({ script: { report: [() => new Promise(() => undefined), undefined] } });
    expect(world.reports.map(({ at }) => at)).toEqual([0, 6_150]);
    expect(result.greenlight.reported).toBe(true);
  });

  test('stands when metric, alarm and event fail; each is a warning', async () => {
    const failure = new ServiceFailure('cloudwatch:PutMetricData', 'AccessDenied', 'no', false);
    const { world, result } = await run({ work: async () => FAIL, script: { metric: [failure], alarm: [failure], event: [failure] } });
    expect(result.greenlight).toEqual({ reported: true, status: 'Failed' });
    expect(world.order).toEqual(['report', 'log', 'metric', 'alarm', 'event']);
    expect(world.lines.map(({ level, message }) => `${level} ${message}`)).toEqual([
      'warn verdict metric was not published; the report to CodeDeploy stands',
      'warn verdict alarm was not published; the report to CodeDeploy stands',
      'warn verdict event was not published; the report to CodeDeploy stands',
    ]);
  });
});

describe('the deployment', () => {
  test('is let through without checks when it is a rollback', async () => {
    const { world } = await run({ script: { creator: ['codeDeployRollback'] }, work: async () => FAIL });
    expect(world.reports[0]?.status).toBe('Succeeded');
    expect(world.verdicts[0]?.reason).toBe('not run: d-A1B2C3D4E is a rollback (its creator is codeDeployRollback), which nothing should hold up');
  });

  test('is validated in a rollback too where that is asked for', async () => {
    const { world } = await run({ script: { creator: ['codeDeployRollback'] }, environment: { [ENV.inRollback]: 'run' }, work: async () => FAIL });
    expect(world.reports[0]?.status).toBe('Failed');
  });

  test.each([
    ['denied', [new ServiceFailure('codedeploy:GetDeployment', 'AccessDeniedException', 'no', false)], 0],
    ['throttled', [throttled()], 1_050],
  ])('is validated when its look-up is %s, and the log says so', async (_, creator, at) => {
    const { world } = await run({ script: { creator }, work: async () => FAIL });
    expect(world.reports).toEqual([{ hook: HOOK, status: 'Failed', at }]);
    expect(world.lines[0]).toMatchObject({ level: 'warn', message: 'the creator of the deployment is unknown; it is validated as if it were no rollback' });
  });
});

describe('bad input', () => {
  test.each([
    ['null', null, 'must be an object, got null'],
    ['a text', 'hello', 'must be an object, got string'],
    ['a list', [HOOK], 'must be an object, got a list'],
    ['an empty object', {}, "'DeploymentId' must be a string that is not empty, got undefined"],
    ['a number', { ...HOOK, DeploymentId: 5 }, "'DeploymentId' must be a string that is not empty, got number"],
    ['an id without end', { ...HOOK, DeploymentId: `d-${'A'.repeat(5_000)}` }, "'DeploymentId' must have at most 4096 characters, got 5002"],
    ['a blank id', { ...HOOK, LifecycleEventHookExecutionId: ' ' }, `'LifecycleEventHookExecutionId' must be a string that is not empty, got " "`],
  ])('an event that is %s is logged and not reported', async (_, event, problem) => {
    const { world, result } = await run({ event });
    expect(result).toEqual({ greenlight: { reported: false, status: 'Failed' } });
    expect(world.order).toEqual([]);
    expect(world.lines).toEqual([{ level: 'error', message: expect.stringContaining(problem) }]);
  });

  test('an event that can be reported to, and is wrong, is reported as failed', async () => {
    const { world } = await run({ event: { ...HOOK, DeploymentId: 'nonsense' } });
    expect(world.reports[0]?.status).toBe('Failed');
    expect(world.verdicts[0]?.reason).toBe('malformed hook event: \'DeploymentId\' must look like d-A1B2C3D4E, got "nonsense"');
  });

  test('an event with more keys is taken', async () => {
    const { world } = await run({ event: { ...HOOK, Combined: true } });
    expect(world.reports).toEqual([{ hook: HOOK, status: 'Succeeded', at: 0 }]);
  });

  test('missing variables are all named, reported as failed, and publish what they can', async () => {
    const { world } = await run({ environment: { [ENV.event]: undefined, [ENV.verdictAlarm]: '' } });
    expect(world.reports[0]?.status).toBe('Failed');
    expect(world.verdicts[0]?.reason).toBe(
      'bad configuration: environment variable GREENLIGHT_EVENT, GREENLIGHT_VERDICT_ALARM is not set; deploy the rollout again, or set it on the function',
    );
    expect(world.order).toEqual(['report', 'log', 'metric', 'event']);
  });

  test('an unknown rollback mode is a bad configuration', async () => {
    const { world } = await run({ environment: { [ENV.inRollback]: 'sometimes' } });
    expect(world.verdicts[0]?.reason).toBe('bad configuration: environment variable GREENLIGHT_IN_ROLLBACK must be "run", "skip" or not set, got "sometimes"');
  });
});

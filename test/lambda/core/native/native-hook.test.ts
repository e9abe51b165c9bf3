import { ENV } from '../../../../lib/model/hook-contract';
import type { HandOver } from '../../../../lambda/core/continuation';
import { ServiceFailure } from '../../../../lambda/core/failures';
import type { WorkBounds } from '../../../../lambda/core/hook-work';
import type { Judgement } from '../../../../lambda/core/judgement';
import { makeNativeHook } from '../../../../lambda/core/native/native-hook';
import type { World, WorldScript } from '../../support/fake-ports';
import { context, fakeEnvironment, fakeWorld } from '../../support/fake-ports';
import { BLUE, DEPLOYMENT, GREEN, nativeEvent } from '../../support/native-events';

const PASS: Judgement = { verdict: 'pass', reason: '2 checks passed: a, b', checks: [] };
const PLAY = { schemaVersion: 1, suite: 'abc', writtenAt: 0, playedMs: 1_000, state: { startedAt: 0, checks: {} } } as const;
const HAND_OVER: HandOver = { play: PLAY, dueInMs: 29_400, unfinished: { verdict: 'inconclusive', reason: 'not over', checks: [] } };

interface Run {
  readonly script?: WorldScript;
  readonly work?: (bounds: WorkBounds, world: World) => Promise<Judgement | HandOver>;
  readonly environment?: Readonly<Record<string, string | undefined>>;
  readonly event?: unknown;
  readonly remainingMs?: number;
}

async function run({ script, work, environment, event = nativeEvent(), remainingMs = 60_000 }: Run = {}) {
  const world = fakeWorld(script);
  const own = { [ENV.event]: 'EcsNative', [ENV.stages]: '["POST_TEST_TRAFFIC_SHIFT","PRODUCTION_TRAFFIC_SHIFT"]', [ENV.application]: undefined, [ENV.deploymentGroup]: undefined, [ENV.verdictAlarm]: undefined };
  const bounds: WorkBounds[] = [];
  const handler = makeNativeHook({
    by: 'checks',
    environment: fakeEnvironment({ ...own, ...environment }),
    ports: world.ports,
    work: async (_, each) => {
      bounds.push(each);
      return work === undefined ? PASS : work(each, world);
    },
  });
  return { world, bounds, answer: await handler(event, context(remainingMs)) };
}

describe('makeNativeHook', () => {
  test('answers a pass, after its log line and its event, and asks CodeDeploy for nothing', async () => {
    const { world, answer } = await run();
    expect(answer).toEqual({ hookStatus: 'SUCCEEDED' });
    expect(world.order).toEqual(['log', 'event']);
    expect(world.events).toEqual(world.verdicts);
    expect(world.verdicts).toEqual([
      {
        schemaVersion: 1,
        rollout: 'App/Web',
        controller: 'ECS',
        event: 'POST_TEST_TRAFFIC_SHIFT',
        deploymentId: DEPLOYMENT,
        verdict: 'pass',
        reason: '2 checks passed: a, b',
        report: 'Succeeded',
        by: 'checks',
        durationMs: 0,
        checks: [],
      },
    ]);
  });

  test.each<[Judgement['verdict'], string]>([
    ['pass', 'SUCCEEDED'],
    ['fail', 'FAILED'],
    ['inconclusive', 'FAILED'],
  ])('%s is answered by %s', async (verdict, hookStatus) => {
    const { answer } = await run({ work: async () => ({ ...PASS, verdict }) });
    expect(answer).toEqual({ hookStatus });
  });

  test.each<[string, Run, string]>([
    ['a malformed event', { event: { lifecycleStage: 'PRE_SCALE_UP' } }, "malformed lifecycle event of ECS: 'executionDetails' must be an object, got undefined"],
    ['an event of CodeDeploy', { event: { DeploymentId: 'd-A1B2C3D4E', LifecycleEventHookExecutionId: 'x' } }, "malformed lifecycle event of ECS: 'executionDetails' must be an object"],
    ['a stage that it is not made for', { event: nativeEvent('PRE_SCALE_UP') }, 'bad configuration: this function is not made for stage PRE_SCALE_UP; environment variable GREENLIGHT_STAGES holds'],
    ['stages that are no list', { environment: { [ENV.stages]: '{}' } }, 'bad configuration: this function is not made for stage POST_TEST_TRAFFIC_SHIFT'],
    ['no stages', { environment: { [ENV.stages]: undefined } }, 'bad configuration: this function is not made for stage POST_TEST_TRAFFIC_SHIFT'],
    ['a function of CodeDeploy', { environment: { [ENV.event]: 'AfterAllowTestTraffic' } }, "bad configuration: this function is the hook of CodeDeploy's \"AfterAllowTestTraffic\", and ECS invoked it"],
    ['no rollout', { environment: { [ENV.rollout]: '' } }, 'bad configuration: environment variable GREENLIGHT_ROLLOUT is not set'],
    ['a time-out that leaves nothing for the work', { remainingMs: 9_000 }, 'bad configuration: the function has 9000 ms, of which 10000 ms are kept back to report; raise its time-out'],
    ['work that throws', { work: () => Promise.reject(new TypeError('boom')) }, 'the hook was stopped by an error: TypeError: boom'],
    ['work that does not end', { work: () => new Promise(() => undefined) }, 'the hook did not finish within the 50000 ms'],
  ])('%s is answered by FAILED, with the reason', async (_, options, reason) => {
    const { world, answer } = await run(options);
    expect(answer).toEqual({ hookStatus: 'FAILED' });
    expect(world.verdicts).toHaveLength(1);
    expect(world.verdicts[0]?.reason).toContain(reason);
  });

  test('keeps the time for its answer back', async () => {
    const { bounds } = await run({ remainingMs: 60_000 });
    expect(bounds[0]).toMatchObject({ handOverAt: 45_000, recall: { restMs: 20_000 }, turn: { invocation: 1, elapsedMs: 0 } });
  });

  test('answers all the same when the event cannot be sent', async () => {
    const { world, answer } = await run({ script: { event: [new ServiceFailure('events:PutEvents', 'AccessDeniedException', 'not authorized', false)] } });
    expect(answer).toEqual({ hookStatus: 'SUCCEEDED' });
    expect(world.lines[0]?.message).toContain('the verdict event was not sent');
  });

  test('answers in time when the event hangs', async () => {
    const { world, answer } = await run({ script: { event: [() => new Promise(() => undefined)] }, remainingMs: 20_000 });
    expect(answer).toEqual({ hookStatus: 'SUCCEEDED' });
    expect(world.ports.clock.now()).toBeLessThanOrEqual(19_000);
  });
});

describe('a rollback', () => {
  const ROLLBACK = nativeEvent('PRODUCTION_TRAFFIC_SHIFT', { production: { [GREEN]: 0, [BLUE]: 100 } });

  test('is let through without any work, and says so', async () => {
    const { bounds, world, answer } = await run({ event: ROLLBACK, work: () => Promise.reject(new Error('must not run')) });
    expect(bounds).toEqual([]);
    expect(answer).toEqual({ hookStatus: 'SUCCEEDED' });
    expect(world.verdicts[0]).toMatchObject({
      verdict: 'pass',
      reason: 'not run: ECS is taking the deployment back (the weight of the revision that the deployment brings is 0 at PRODUCTION_TRAFFIC_SHIFT), which nothing should hold up',
    });
  });

  test('is checked where somebody asked for it', async () => {
    const { bounds } = await run({ event: ROLLBACK, environment: { [ENV.inRollback]: 'run' } });
    expect(bounds).toHaveLength(1);
  });
});

describe('a hand-over', () => {
  const carried = (answer: { readonly hookDetails?: Readonly<Record<string, unknown>> }) => String(answer.hookDetails?.['cdk-greenlight']);

  test('asks ECS for another invocation, and judges nothing', async () => {
    const { world, answer } = await run({ work: async () => HAND_OVER });
    expect(answer).toEqual({ hookStatus: 'IN_PROGRESS', callBackDelay: 30, hookDetails: { 'cdk-greenlight': expect.any(String) } });
    expect(JSON.parse(carried(answer))).toMatchObject({ schemaVersion: 1, invocation: 2, play: PLAY });
    expect(world.order).toEqual([]);
    expect(world.lines).toMatchObject([{ level: 'info', message: 'not decided yet; ECS is asked to invoke this hook again' }]);
  });

  test.each([
    [0, 1],
    [400, 1],
    [1_000, 1],
    [1_001, 2],
    [3_600_000, 3_600],
    [7_200_000, 3_600],
  ])('that is due in %i ms asks for a delay of %i s', async (dueInMs, callBackDelay) => {
    const { answer } = await run({ work: async () => ({ ...HAND_OVER, dueInMs }) });
    expect(answer.callBackDelay).toBe(callBackDelay);
  });

  test('comes back with the next invocation', async () => {
    const { answer } = await run({ work: async () => HAND_OVER });
    const { bounds } = await run({ event: { ...nativeEvent(), hookDetails: { theirs: 1, ...answer.hookDetails } } });
    expect(bounds[0]?.turn).toMatchObject({ invocation: 2, from: PLAY });
  });

  test('of an earlier step of the shift is not taken for this one', async () => {
    const step = (green: number) => nativeEvent('PRODUCTION_TRAFFIC_SHIFT', { production: { [GREEN]: green, [BLUE]: 100 - green } });
    const { answer } = await run({ event: step(10), work: async () => HAND_OVER });
    const { bounds } = await run({ event: { ...step(100), hookDetails: answer.hookDetails } });
    expect(bounds[0]?.turn).toMatchObject({ invocation: 1 });
    expect(bounds[0]?.turn.from).toBeUndefined();
  });

  test.each<[unknown, string]>([
    [{ play: 1 }, "'cdk-greenlight' in the hook details must be a text of at most 250000 characters, got object"],
    ['x'.repeat(250_001), "'cdk-greenlight' in the hook details must be a text of at most 250000 characters, got 250001 characters"],
    ['{', "'cdk-greenlight' in the hook details is not what this hook writes there (1 characters that are no JSON)"],
    ['{}', "'cdk-greenlight' in the hook details lacks 'schemaVersion'"],
  ])('that is %.40j is answered by FAILED', async (value, reason) => {
    const { world, answer } = await run({ event: { ...nativeEvent(), hookDetails: { 'cdk-greenlight': value } } });
    expect(answer).toEqual({ hookStatus: 'FAILED' });
    expect(world.verdicts[0]?.reason).toContain(reason);
  });

  test('that is too large is answered by FAILED', async () => {
    const play = { ...PLAY, suite: 'x'.repeat(250_000) };
    const { world, answer } = await run({ work: async () => ({ ...HAND_OVER, play }) });
    expect(answer).toEqual({ hookStatus: 'FAILED' });
    expect(world.verdicts[0]?.reason).toContain('of which at most 250000 are sent; spread them over several hooks');
  });
});

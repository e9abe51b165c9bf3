import type { HandOver } from '../../../lambda/core/continuation';
import type { SavedPlay } from '../../../lambda/core/engine/saved-play';
import { ServiceFailure } from '../../../lambda/core/failures';
import { makeHook } from '../../../lambda/core/hook';
import type { WorkBounds } from '../../../lambda/core/hook-work';
import type { Judgement } from '../../../lambda/core/judgement';
import { CONTINUATION_KEY } from '../../../lib/model/hook-contract';
import { virtualClock } from '../support/virtual-clock';
import type { Script, WorldScript } from '../support/fake-ports';
import { context, fakeEnvironment, fakeWorld, HOOK, player } from '../support/fake-ports';

const EPOCH = Date.UTC(2026, 0, 5, 9);
const PASS: Judgement = { verdict: 'pass', reason: '1 check passed: bake', checks: [] };
const PLAY: SavedPlay = { schemaVersion: 1, suite: 's', writtenAt: EPOCH, playedMs: 800_000, state: { startedAt: 0, checks: {} } };
const UNFINISHED: Judgement = { verdict: 'inconclusive', reason: 'bake: time was up after 14 of 41 passes in a row', checks: [] };
const HAND_OVER: HandOver = { play: PLAY, dueInMs: 60_000, unfinished: UNFINISHED };

const continuation = (overrides: object = {}) => ({ ...HOOK, [CONTINUATION_KEY]: { schemaVersion: 1, invocation: 3, startedAt: EPOCH - 1_610_000, play: PLAY, ...overrides } });
const refused = (code: string) => new ServiceFailure('lambda:Invoke', code, 'Rate exceeded', true);

interface Run {
  readonly event?: unknown;
  readonly ends?: readonly (Judgement | HandOver)[];
  readonly queue?: Script<void>;
  readonly script?: WorldScript;
  readonly alone?: boolean;
}

async function run({ event = HOOK, ends = [HAND_OVER], queue = [undefined], script, alone = false }: Run = {}) {
  const world = fakeWorld({ clock: virtualClock(EPOCH), ...script });
  const sent: { readonly payload: unknown; readonly at: number }[] = [];
  const seen: WorkBounds[] = [];
  const answer = player(queue);
  const self = {
    invokeLater: async (payload: object) => {
      sent.push({ payload, at: world.ports.clock.now() });
      await answer();
    },
  };
  const work = async (_: unknown, bounds: WorkBounds) => {
    seen.push(bounds);
    return ends[Math.min(seen.length, ends.length) - 1]!;
  };
  const handler = makeHook({ by: 'checks', environment: fakeEnvironment(), ports: world.ports, work, ...(alone ? {} : { self }) });
  return { world, sent, seen, handler, result: await handler(event, context(900_000)) };
}

describe('a hook that another invocation goes on with', () => {
  test('queues it with its event and its state, reports nothing, and says so', async () => {
    const { world, sent, result, seen } = await run();
    expect(sent).toEqual([{ payload: { ...HOOK, greenlightContinuation: { schemaVersion: 1, invocation: 2, startedAt: EPOCH, play: PLAY } }, at: 0 }]);
    expect(result).toEqual({ greenlight: { reported: false, continued: true, invocation: 2, elapsedMs: 0 } });
    expect(world.order).toEqual([]);
    expect(world.lines).toEqual([
      { level: 'info', message: 'goes on in invocation 2', fields: { deploymentId: 'd-A1B2C3D4E', event: 'AfterAllowTestTraffic', invocation: 2, elapsedMs: 0, dueInMs: 60_000 } },
    ]);
    // 810 s for the work, 5 s of them for the last answer.
    expect(seen[0]).toMatchObject({ handOverAt: 805_000, turn: { invocation: 1 } });
  });

  test('hands its state to the work, and reports with the time and the invocations that it took in all', async () => {
    const { world, seen, result } = await run({ event: continuation(), ends: [PASS] });
    expect(seen[0]?.turn).toEqual({ invocation: 3, hookStartedAt: EPOCH - 1_610_000, elapsedMs: 1_610_000, from: PLAY });
    expect(result).toEqual({ greenlight: { reported: true, status: 'Succeeded' } });
    expect(world.verdicts[0]).toMatchObject({ invocations: 3, durationMs: 1_610_000, report: 'Succeeded' });
  });

  test('keeps the moment at which the hook began', async () => {
    const { sent, result } = await run({ event: continuation() });
    expect(sent[0]?.payload).toMatchObject({ greenlightContinuation: { invocation: 4, startedAt: EPOCH - 1_610_000 } });
    expect(result.greenlight).toMatchObject({ invocation: 4, elapsedMs: 1_610_000 });
  });

  test('looks up whether it is in a rollback only the first time', async () => {
    const { world } = await run({ event: continuation(), ends: [PASS], script: { creator: ['codeDeployRollback'] } });
    expect(world.verdicts[0]?.reason).toBe('1 check passed: bake');
  });

  test('tries again while Lambda throttles', async () => {
    const { sent, result } = await run({ queue: [refused('TooManyRequestsException'), refused('TooManyRequestsException'), undefined] });
    expect(sent.map(({ at }) => at)).toEqual([0, 150, 450]);
    expect(result.greenlight).toMatchObject({ continued: true });
  });

  test.each([
    ['it is denied', 'AccessDeniedException', 1],
    ['it may have been queued: two that go on would do everything twice', 'TimeoutError', 1],
    ['Lambda throttles for too long', 'TooManyRequestsException', 53],
  ])('reports failed where %s', async (_name, code, tries) => {
    const { world, sent, result } = await run({ queue: [refused(code)] });
    expect(sent).toHaveLength(tries);
    expect(result).toEqual({ greenlight: { reported: true, status: 'Failed' } });
    expect(world.verdicts[0]).toMatchObject({
      verdict: 'fail',
      reason: `the checks need another invocation, number 2, which could not be started: lambda:Invoke failed: ${code}: Rate exceeded; bake: time was up after 14 of 41 passes in a row`,
    });
    expect(world.reports[0]!.at).toBeLessThanOrEqual(360_000);
  });

  test('takes no more than twelve, and none where it cannot invoke itself', async () => {
    const last = await run({ event: continuation({ invocation: 12 }) });
    expect(last.seen[0]).not.toHaveProperty('handOverAt');
    expect(last.sent).toEqual([]);
    expect(last.world.verdicts[0]?.reason).toContain('number 13, which could not be started: a hook takes at most 12 invocations');
    const alone = await run({ alone: true });
    expect(alone.seen[0]).not.toHaveProperty('handOverAt');
    expect(alone.result).toEqual({ greenlight: { reported: true, status: 'Failed' } });
  });

  test.each(['Failed', 'Stopped', 'Succeeded'])('does nothing any more in a deployment that has %s', async (status) => {
    const { world, seen, result } = await run({ event: continuation(), script: { status: [status] } });
    expect([seen, world.order]).toEqual([[], []]);
    expect(result).toEqual({ greenlight: { reported: false, idle: 'over' } });
    expect(world.lines[0]).toMatchObject({ level: 'info', message: 'the deployment is over, the checks are not gone on with' });
  });

  test('goes on where the status of the deployment cannot be found out', async () => {
    const { world, result } = await run({ event: continuation(), ends: [PASS], script: { status: [refused('AccessDeniedException')] } });
    expect(result.greenlight).toMatchObject({ reported: true, status: 'Succeeded' });
    expect(world.lines[0]).toMatchObject({ level: 'warn', message: 'the status of the deployment is unknown; the checks are gone on with' });
  });

  test('does what it has done already no second time, and tells one invocation from the next', async () => {
    const { handler, seen, sent } = await run();
    expect(await handler(HOOK, context(900_000))).toEqual({ greenlight: { reported: false, idle: 'duplicate' } });
    expect([seen.length, sent.length]).toEqual([1, 1]);
    expect((await handler(continuation(), context(900_000))).greenlight).toMatchObject({ continued: true, invocation: 4 });
    expect(await handler(continuation(), context(900_000))).toEqual({ greenlight: { reported: false, idle: 'duplicate' } });
    expect((await handler({ ...HOOK, LifecycleEventHookExecutionId: 'execution-2' }, context(900_000))).greenlight).toMatchObject({ continued: true });
  });

  test.each<[string, object, string]>([
    ['of another version', { schemaVersion: 2 }, "'schemaVersion' of the continuation must be 1"],
    ['that is the first', { invocation: 1 }, "'invocation' of the continuation must be a number from 2 to 12"],
    ['that is the thirteenth', { invocation: 13 }, "'invocation' of the continuation must be a number from 2 to 12"],
    ['that is half', { invocation: 2.5 }, "'invocation' of the continuation must be a whole number"],
    ['without a beginning', { startedAt: 'now' }, "'startedAt' of the continuation must be a number from 0 to 9007199254740991"],
    ['with something more', { more: 1 }, 'the continuation has the unknown member "more"'],
  ])('reports failed for an event %s', async (_name, overrides, problem) => {
    const { world, seen, result } = await run({ event: continuation(overrides) });
    expect(seen).toEqual([]);
    expect(result).toEqual({ greenlight: { reported: true, status: 'Failed' } });
    expect(world.verdicts[0]?.reason).toBe(`the checks could not be gone on with: ${problem}`);
  });

  test.each([null, 1, 'x', []])('reports failed for the continuation %j', async (value) => {
    const { world } = await run({ event: { ...HOOK, [CONTINUATION_KEY]: value } });
    expect(world.verdicts[0]?.reason).toBe('the checks could not be gone on with: the continuation must be an object');
  });

  test.each([
    ['back', EPOCH + 60_000, 0],
    ['ahead', EPOCH - 86_400_000, 3_600_000],
  ])('takes a wall clock that jumped %s for no less than nothing and no more than an hour', async (_name, startedAt, elapsedMs) => {
    const { seen } = await run({ event: continuation({ startedAt }), ends: [PASS] });
    expect(seen[0]?.turn.elapsedMs).toBe(elapsedMs);
  });
});

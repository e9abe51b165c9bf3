import { ENV } from '../../../../lib/model/hook-contract';
import { runBounded } from '../../../../lambda/adapters/bounded-run';
import { checksWork } from '../../../../lambda/core/checks/checks-work';
import type { CheckKind } from '../../../../lambda/core/checks/kind';
import type { HandOver } from '../../../../lambda/core/continuation';
import type { Measurement } from '../../../../lambda/core/engine/state';
import { ConfigurationError, HandOverFailure } from '../../../../lambda/core/failures';
import type { WorkBounds } from '../../../../lambda/core/hook-work';
import type { Judgement } from '../../../../lambda/core/judgement';
import { fakeEnvironment, fakeHttp, fakeSources, HOOK } from '../../support/fake-ports';
import { virtualClock } from '../../support/virtual-clock';

/** Two passes 30 seconds apart. */
const POLICY = { mode: 'ENFORCE', after: [], passes: { consecutive: 2 }, attemptMs: 1_000, intervalMs: 30_000, errorBudget: 0, deadlineMs: 600_000, inconclusive: 'FAIL' };
const CHECK = { kind: 'alarm', name: 'quiet', policy: POLICY };
const SUITE = { schemaVersion: 1, event: 'AfterAllowTestTraffic', policy: { run: 'ALL', concurrency: 1, deadlineMs: 600_000, invocations: 2 }, checks: [CHECK] };

interface Given {
  readonly suite?: unknown;
  readonly variables?: Readonly<Record<string, string | undefined>>;
  readonly bounds?: Partial<WorkBounds>;
  readonly measurement?: Partial<Measurement>;
}

/** What came of one invocation, and at which moments it measured. */
async function work({ suite = SUITE, variables = {}, bounds = {}, measurement = {} }: Given = {}) {
  const clock = virtualClock();
  const measured: number[] = [];
  const kind: CheckKind = {
    parse: (_, base) => ({ kind: 'alarm', ...base, alarms: ['errors'] }),
    probe: () => async () => {
      measured.push(clock.now());
      return { outcome: 'pass', reason: 'quiet', measurements: [], samples: 1, ...measurement };
    },
  };
  const ports = { clock, random: () => 0.5, http: fakeHttp([]).http, run: runBounded, sources: fakeSources({}) };
  const end = await checksWork(fakeEnvironment(variables, suite), ports, { alarm: async () => kind as CheckKind<never> })(HOOK, {
    signal: new AbortController().signal,
    turn: { invocation: 1, hookStartedAt: clock.epoch(), elapsedMs: 0 },
    ...bounds,
  });
  return { end, measured };
}

const turn = (invocation: number, from?: unknown) => ({ invocation, hookStartedAt: 0, elapsedMs: 0, ...(from === undefined ? {} : { from }) });
const PASSED: Judgement = {
  verdict: 'pass',
  reason: '1 check passed: quiet',
  checks: [{ name: 'quiet', kind: 'alarm', verdict: 'pass', reason: 'quiet; 2 of 2 passes in a row, 0 attempts not measured', measurements: [], samples: 2, errors: 0, windowMs: 30_000 }],
};

describe('the checks of a hook', () => {
  test('are played to their end within one invocation that is long enough', async () => {
    expect(await work()).toEqual({ end: PASSED, measured: [0, 30_000] });
  });

  test('are handed over where they would take longer, with what is known by then', async () => {
    const { end, measured } = await work({ bounds: { handOverAt: 20_000 } });
    expect(measured).toEqual([0]);
    expect(end).toMatchObject({ play: { schemaVersion: 1, playedMs: 20_000 }, dueInMs: 10_000, unfinished: { verdict: 'inconclusive', checks: [{ name: 'quiet', verdict: 'inconclusive', samples: 1 }] } });
  });

  test('are gone on with where they were left', async () => {
    const { play } = (await work({ bounds: { handOverAt: 20_000 } })).end as HandOver;
    const { end, measured } = await work({ bounds: { turn: turn(2, JSON.parse(JSON.stringify(play))) } });
    expect(end).toMatchObject({ verdict: 'pass', checks: [{ samples: 2 }] });
    expect(measured).toHaveLength(1);
  });

  test('are not gone on with from what nobody has written', async () => {
    await expect(work({ bounds: { turn: turn(2, { schemaVersion: 2 }) } })).rejects.toThrow(HandOverFailure);
  });
});

describe('another invocation', () => {
  const policy = (invocations?: number) => ({ ...SUITE, policy: { run: 'ALL', concurrency: 1, deadlineMs: 600_000, ...(invocations === undefined ? {} : { invocations }) } });
  const recall = { restMs: 20_000, longestGapMs: 60_000 };

  test.each<[string, Given, boolean]>([
    ['where there is none to hand over to', { bounds: { turn: turn(1) } }, false],
    ['where the suite has one', { suite: policy(), bounds: { handOverAt: 20_000, turn: turn(1) } }, false],
    ['where the suite has two and this is the first', { suite: policy(2), bounds: { handOverAt: 20_000, turn: turn(1) } }, true],
    ['where the suite has two and this is the second', { suite: policy(2), bounds: { handOverAt: 20_000, turn: turn(2) } }, false],
    ['where the suite has three and this is the second', { suite: policy(3), bounds: { handOverAt: 20_000, turn: turn(2) } }, true],
    ['where the service calls again, whatever the suite says', { suite: policy(), bounds: { handOverAt: 500_000, turn: turn(9), recall } }, true],
    ['where the service would call again, and nothing can be handed over', { suite: policy(), bounds: { turn: turn(1), recall: { ...recall, restMs: 30_001 } } }, false],
  ])('%s: %j', async (_, given, handedOver) => {
    const { end } = await work(given);
    expect('play' in end).toBe(handedOver);
  });
});

test.each([
  [30_000, 30_000],
  // The rest is too short to be handed over, and slept through.
  [30_001, undefined],
])('where the service calls again, a rest of %i ms is handed over as one of %s', async (restMs, dueInMs) => {
  const { end } = await work({ bounds: { handOverAt: 500_000, recall: { restMs, longestGapMs: 60_000 } } });
  expect('dueInMs' in end ? end.dueInMs : undefined).toBe(dueInMs);
});

describe('an attempt must fit into an invocation', () => {
  const long = (attemptMs: number) => ({ ...SUITE, checks: [{ ...CHECK, policy: { ...POLICY, attemptMs } }] });

  test.each([19_999, 20_000])('one of %i ms fits into 20 s', async (attemptMs) => {
    expect((await work({ suite: long(attemptMs), bounds: { handOverAt: 20_000 } })).measured).toEqual([0]);
  });

  test('one of a millisecond more does not, and nothing is measured', async () => {
    const message = 'one attempt of check "quiet" takes up to 20001 ms, of which 20000 fit into an invocation; raise the time-out of the function';
    await expect(work({ suite: long(20_001), bounds: { handOverAt: 20_000.9 } })).rejects.toThrow(new ConfigurationError(message));
  });

  test('one that is over by then does not have to', async () => {
    const checks = [{ ...CHECK, name: 'large', policy: { ...POLICY, passes: { consecutive: 1 }, attemptMs: 20_000 } }, CHECK];
    const suite = { ...SUITE, checks, policy: { ...SUITE.policy, invocations: 3 } };
    const { play } = (await work({ suite, bounds: { handOverAt: 20_000 } })).end as HandOver;
    const { end } = await work({ suite, bounds: { handOverAt: 2_000, turn: turn(2, JSON.parse(JSON.stringify(play))) } });
    expect(end).toMatchObject({ dueInMs: 8_000, unfinished: { checks: [{ name: 'large', verdict: 'pass' }, { name: 'quiet', verdict: 'inconclusive' }] } });
  });

  test('one of any length fits where nothing is handed over', async () => {
    expect((await work({ suite: long(500_000) })).end).toMatchObject({ verdict: 'pass' });
  });
});

describe('a hook that is configured badly', () => {
  test.each<[string, Given, string]>([
    ['no event', { variables: { [ENV.event]: undefined } }, 'environment variable GREENLIGHT_EVENT is not set; deploy the rollout again, or set it on the function'],
    ['another event', { variables: { [ENV.event]: 'AfterAllowTraffic' } }, 'suite.json: \'event\' must be "AfterAllowTraffic", which this hook is configured for, got "AfterAllowTestTraffic"'],
    ['values that are no JSON', { variables: { [ENV.values]: '{' } }, 'environment variable GREENLIGHT_VALUES must hold JSON, got 1 characters that are not; deploy the rollout again'],
    ['a kind that it cannot play', { suite: { ...SUITE, checks: [{ ...CHECK, kind: 'http' }] } }, "suite.json: 'checks[0].kind' must be a kind of check that this handler plays, got \"http\""],
  ])('has %s', async (_, given, message) => {
    await expect(work(given)).rejects.toThrow(new ConfigurationError(message));
  });
});

test('values of the deployment are put into the suite', async () => {
  const { end } = await work({ suite: { ...SUITE, checks: [{ ...CHECK, name: '${greenlight:Name}' }] }, variables: { [ENV.values]: '{"Name":"shop"}' } });
  expect(end).toMatchObject({ reason: '1 check passed: shop' });
});

import { advance, begin, record } from '../../../../lambda/core/engine/advance';
import type { Played, PlayBounds, Probe, Standing } from '../../../../lambda/core/engine/play';
import { play } from '../../../../lambda/core/engine/play';
import { readPlay } from '../../../../lambda/core/engine/read-play';
import { savePlay } from '../../../../lambda/core/engine/saved-play';
import type { Measurement, Plan, PlannedCheck, SuiteState } from '../../../../lambda/core/engine/state';
import type { CheckPolicy, SuitePolicy } from '../../../../lib/model/check-policy';
import { fc, RUNS } from '../../../support/properties';
import { virtualClock } from '../../support/virtual-clock';

const POLICY: CheckPolicy = { mode: 'ENFORCE', after: [], passes: { consecutive: 1 }, attemptMs: 10_000, intervalMs: 60_000, errorBudget: 0, deadlineMs: 3_000_000, inconclusive: 'FAIL' };
const SUITE: SuitePolicy = { run: 'ALL', concurrency: 1, deadlineMs: 3_240_000, invocations: 12 };

const check = (name: string, policy: Partial<CheckPolicy> = {}): PlannedCheck => ({ name, kind: 'http', policy: { ...POLICY, ...policy } });
const planOf = (checks: readonly PlannedCheck[], suite: Partial<SuitePolicy> = {}): Plan => ({ suite: { ...SUITE, ...suite }, checks });
const passed = (sample = 1): Measurement => ({ outcome: 'pass', reason: 'it held', measurements: [], samples: sample });

describe('advance', () => {
  const begun = (plan: Plan, state: SuiteState, now: number, until: number) => advance(plan, state, now, until);

  test.each([
    ['fits to the millisecond', 90_000, ['a'], undefined],
    ['does not fit by one', 90_001, [], true],
  ])('an attempt that %s', (_name, now, attempts, handOver) => {
    const plan = planOf([check('a')]);
    const step = begun(plan, begin(plan, 0), now, 100_000);
    expect([step.begin, step.handOver]).toEqual([attempts, handOver]);
  });

  test('an attempt that the end of its check cuts short fits', () => {
    const plan = planOf([check('a', { deadlineMs: 4_000 })]);
    expect(begun(plan, begin(plan, 0), 96_000, 100_000).begin).toEqual(['a']);
  });

  test('waits for attempts under way, begins nothing beside them once one has to be left, and then hands over', () => {
    const plan = planOf([check('short', { attemptMs: 1_000, intervalMs: 0, passes: { consecutive: 9 } }), check('long', { attemptMs: 60_000 })], { concurrency: 2 });
    const first = begun(plan, begin(plan, 0), 0, 50_000);
    expect([first.begin, first.handOver]).toEqual([[], true]);
    const room = begun(plan, begin(plan, 0), 0, 60_000);
    expect(room.begin).toEqual(['short', 'long']);
    const ended = record(plan, room.state, 'long', { ...passed(), outcome: 'error', retryable: true, samples: 0 }, 30_000);
    expect(begun(plan, ended, 30_000, 60_000)).toMatchObject({ begin: [] });
    expect(begun(plan, ended, 30_000, 60_000).handOver).toBeUndefined();
  });

  test('goes on to the last moment where nothing is due before it, and says when something is', () => {
    const plan = planOf([check('a', { passes: { consecutive: 2 } })]);
    const first = begun(plan, begin(plan, 0), 0, 50_000);
    const state = record(plan, first.state, 'a', passed(), 5_000);
    expect(begun(plan, state, 5_000, 50_000)).toMatchObject({ continueAt: 50_000 });
    expect(begun(plan, state, 50_000, 50_000)).toMatchObject({ handOver: true, continueAt: 65_000 });
  });

  test('gives the verdict instead where it is time for it', () => {
    const plan = planOf([check('a')]);
    const step = begun(plan, record(plan, begun(plan, begin(plan, 0), 0, 10_000).state, 'a', passed(), 10_000), 10_000, 10_000);
    expect([step.verdict, step.handOver]).toEqual(['pass', undefined]);
  });
});

/** Plays in invocations of so much room each, over JSON, on clocks that have nothing in common, with so much time between them. */
async function playInTurns(plan: Plan, probe: (name: string) => Probe, { roomMs, gapMs, wallErrorMs = 0 }: { roomMs: number; gapMs: number; wallErrorMs?: number }) {
  const probes = new Map(plan.checks.map(({ name }) => [name, probe(name)]));
  let left: unknown;
  let epochMs = Date.UTC(2026, 0, 5, 9);
  for (let turn = 1; turn <= 100; turn += 1) {
    const clock = virtualClock(epochMs);
    const from = left === undefined ? undefined : readPlay(left, plan, { suite: 's', epochMs: clock.epoch() + wallErrorMs, longestGapMs: 900_000 });
    const bounds: PlayBounds = { clock, signal: new AbortController().signal, from, handOverAt: roomMs };
    const played: Played = await play(plan, probes, bounds);
    if (played.end === 'verdict') {
      return { ...played, turns: turn };
    }
    left = JSON.parse(JSON.stringify(savePlay(played.standing, { suite: 's', epochMs: clock.epoch(), redact: (text) => text })));
    epochMs = clock.epoch() + gapMs;
  }
  throw new Error('the play did not end');
}

describe('play', () => {
  test('bakes over several invocations as if it were one: the pauses between them count', async () => {
    const attempts: number[] = [];
    const probe = (): Probe => async (_signal, { number, startedAt }) => {
      attempts.push(number);
      expect(startedAt).toBeLessThanOrEqual(0);
      return passed();
    };
    const { verdict, state, turns } = await playInTurns(planOf([check('bake', { passes: { consecutive: 41 } })]), probe, { roomMs: 805_000, gapMs: 2_000 });
    expect([verdict, turns]).toEqual(['pass', 3]);
    expect(attempts).toEqual(Array.from({ length: 41 }, (_, index) => index + 1));
    expect(state.checks['bake']).toMatchObject({ verdict: 'pass', samples: 41, startedAt: 0, endedAt: 2_400_000, reason: expect.stringContaining('41 of 41 passes in a row') });
  });

  test('fails in the invocation in which the bake fails', async () => {
    const probe = (): Probe => async (_signal, { number }) => (number < 30 ? passed() : { ...passed(), outcome: 'fail', reason: 'status was 503, expected 200' });
    const { verdict, turns } = await playInTurns(planOf([check('bake', { passes: { consecutive: 41 } })]), probe, { roomMs: 805_000, gapMs: 2_000 });
    expect([verdict, turns]).toEqual(['fail', 3]);
  });

  test('keeps deadlines over invocations, whatever lies between them', async () => {
    const probe = (): Probe => async () => passed();
    const bake = check('bake', { passes: { consecutive: 1_000 }, deadlineMs: 2_400_000 });
    const { verdict, state } = await playInTurns(planOf([bake]), probe, { roomMs: 805_000, gapMs: 60_000 });
    expect(verdict).toBe('inconclusive');
    expect(state.checks['bake']).toMatchObject({ startedAt: 0, endedAt: 2_400_000 });
  });

  test.each([
    ['a wall clock that went back lengthens them by no more than the gap', -3_600_000, 2_400_000, 'inconclusive'],
    ['a wall clock that went ahead takes no more than the longest gap', 36_000_000, 805_000 + 900_000, 'inconclusive'],
  ])('%s', async (_name, wallErrorMs, endedAt, expected) => {
    const probe = (): Probe => async () => passed();
    const bake = check('bake', { passes: { consecutive: 1_000 }, deadlineMs: 1_700_000 + (wallErrorMs < 0 ? 700_000 : 0) });
    const { verdict, state } = await playInTurns(planOf([bake]), probe, { roomMs: 805_000, gapMs: 10_000, wallErrorMs });
    expect([verdict, (state.checks['bake'] as { endedAt: number }).endedAt]).toEqual([expected, endedAt]);
  });

  test('hands memories over, and times of the clock that is', async () => {
    const seen: unknown[] = [];
    const probe = (): Probe => async (_signal, { number, startedAt, memory }) => {
      seen.push([number, startedAt, memory]);
      return number < 3 ? { outcome: 'inconclusive', reason: 'building', measurements: [], samples: 0, memory: { build: 'b-1' } } : passed();
    };
    const build = check('build', { intervalMs: 300_000 });
    await playInTurns(planOf([build]), probe, { roomMs: 400_000, gapMs: 5_000 });
    expect(seen).toEqual([
      [1, 0, undefined],
      [2, 0, { build: 'b-1' }],
      [3, -405_000, { build: 'b-1' }],
    ]);
  });

  test('cut short by its signal, it is undecided and hands nothing over', async () => {
    const clock = virtualClock();
    const stop = new AbortController();
    clock.sleep(5_000).then(() => stop.abort(), () => undefined);
    const hanging: Probe = () => new Promise(() => undefined);
    const played = await play(planOf([check('a')]), new Map([['a', hanging]]), { clock, signal: stop.signal, handOverAt: 20_000 });
    expect(played).toMatchObject({ end: 'verdict', verdict: 'inconclusive' });
  });
});

/** A play of random checks whose attempts take what they say. */
const script = fc.array(fc.record({ word: fc.constantFrom('pass', 'fail', 'inconclusive', 'error'), ms: fc.integer({ min: 0, max: 9_000 }) }), { maxLength: 8 });
const plans = fc.record({ consecutive: fc.integer({ min: 1, max: 4 }), intervalMs: fc.constantFrom(0, 1_000, 20_000), errorBudget: fc.integer({ min: 0, max: 3 }), concurrency: fc.integer({ min: 1, max: 3 }) });

test('how a play is cut into invocations never changes what it comes to, where time does not', async () => {
  await fc.assert(
    fc.asyncProperty(plans, fc.tuple(script, script, script), fc.integer({ min: 10_000, max: 60_000 }), async ({ consecutive, intervalMs, errorBudget, concurrency }, scripts, roomMs) => {
      const names = ['a', 'b', 'c'];
      const plan = planOf(
        names.map((name) => check(name, { passes: { consecutive }, intervalMs, errorBudget, deadlineMs: 3_000_000 })),
        { concurrency },
      );
      const verdicts = (state: SuiteState) => names.map((name) => (state.checks[name] as { verdict?: string }).verdict);
      const runs = [];
      for (const room of [roomMs, 3_240_000]) {
        const clocked = (name: string): Probe => async (_signal, { number }) => {
          const { word, ms } = scripts[names.indexOf(name)]![number - 1] ?? { word: 'pass', ms: 10 };
          await clockOf().sleep(ms);
          return { outcome: word as Measurement['outcome'], reason: word, measurements: [], samples: word === 'error' ? 0 : 1 };
        };
        let current = virtualClock();
        const clockOf = () => current;
        let left: Standing | undefined;
        for (;;) {
          current = virtualClock();
          const played = await play(plan, new Map(names.map((name) => [name, clocked(name)])), { clock: current, signal: new AbortController().signal, from: left, handOverAt: room });
          if (played.end === 'verdict') {
            runs.push([played.verdict, ...verdicts(played.state)]);
            break;
          }
          left = played.standing;
        }
      }
      expect(runs[0]).toEqual(runs[1]);
    }),
    { numRuns: Math.ceil(RUNS * 0.075) },
  );
});

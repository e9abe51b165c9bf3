/** What holds for every suite, whatever its checks come to, in whatever order, however they are cut into invocations. */
import { advance, begin, record } from '../../../../lambda/core/engine/advance';
import type { Probe, Standing } from '../../../../lambda/core/engine/play';
import { play as drive } from '../../../../lambda/core/engine/play';
import type { Measurement, Plan, PlannedCheck, SuiteState } from '../../../../lambda/core/engine/state';
import type { CheckPolicy } from '../../../../lib/model/check-policy';
import type { Clock } from '../../../../lambda/core/ports';
import { fc, RUNS } from '../../../support/properties';
import { virtualClock } from '../../support/virtual-clock';

const passRule = fc.oneof(
  fc.record({ consecutive: fc.integer({ min: 1, max: 3 }), patient: fc.boolean() }),
  fc.integer({ min: 1, max: 4 }).chain((of) => fc.record({ of: fc.constant(of), atLeast: fc.integer({ min: 1, max: of }) })),
);

const policy = (earlier: readonly string[]): fc.Arbitrary<CheckPolicy> =>
  fc.record({
    mode: fc.constantFrom('ENFORCE', 'SHADOW'),
    after: fc.subarray([...earlier], { maxLength: Math.min(2, earlier.length) }),
    passes: passRule,
    attemptMs: fc.constantFrom(400, 1000),
    intervalMs: fc.constantFrom(0, 100),
    errorBudget: fc.integer({ min: 0, max: 2 }),
    deadlineMs: fc.constantFrom(500, 5000, 1e9),
    inconclusive: fc.constantFrom('FAIL', 'PASS', 'EXTEND'),
  });

const NAMES = ['a', 'b', 'c', 'd'];

const plan: fc.Arbitrary<Plan> = fc.integer({ min: 1, max: 4 }).chain((size) =>
  fc.record({
    suite: fc.record({ run: fc.constantFrom('ALL', 'FAIL_FAST'), concurrency: fc.integer({ min: 1, max: 3 }), deadlineMs: fc.constantFrom(2000, 1e9) }),
    checks: fc.tuple(...NAMES.slice(0, size).map((name, index) => policy(NAMES.slice(0, index)).map((each) => ({ name, kind: 'http', policy: each })))),
  }),
);

/** What an attempt comes to, on how many samples, and how long it takes. */
interface Word {
  readonly outcome: Measurement['outcome'];
  readonly samples: number;
  readonly retryable: boolean;
  readonly ms: number;
}
type Scripts = Readonly<Record<string, readonly Word[]>>;

const word: fc.Arbitrary<Word> = fc.record({
  outcome: fc.constantFrom('pass', 'pass', 'fail', 'inconclusive', 'error'),
  samples: fc.integer({ min: 0, max: 2 }),
  retryable: fc.constantFrom(true, true, true, false),
  ms: fc.integer({ min: 0, max: 400 }),
});
const script = fc.array(word, { maxLength: 12 });
const scripts = fc.record(Object.fromEntries(NAMES.map((name) => [name, script])) as Record<string, typeof script>);

/** After the last one of its script, an attempt passes. */
const SOUND: Word = { outcome: 'pass', samples: 1, retryable: true, ms: 10 };
const measurementOf = ({ outcome, samples, retryable }: Word): Measurement => ({ outcome, reason: outcome, measurements: [], samples: outcome === 'error' ? 0 : samples, retryable });

interface Played {
  readonly verdict: string;
  readonly state: SuiteState;
  /** What each check's attempts came to that ended while it was in play. */
  readonly heard: Readonly<Record<string, readonly Word[]>>;
  readonly mostUnderWay: number;
}

/** Plays by the pure engine alone: time is a number. */
function play(of: Plan, by: Scripts, last = SOUND): Played {
  const begun: Record<string, number> = {};
  const heard: Record<string, Word[]> = Object.fromEntries(NAMES.map((name) => [name, []]));
  const underWay = new Map<string, { at: number; word: Word }>();
  let [state, now, mostUnderWay] = [begin(of, 0), 0, 0];
  for (let steps = 0; steps < 10_000; steps += 1) {
    const step = advance(of, state, now);
    state = step.state;
    step.abandon.forEach((name) => underWay.delete(name));
    if (step.verdict !== undefined) {
      return { verdict: step.verdict, state, heard, mostUnderWay };
    }
    for (const name of step.begin) {
      const next = by[name]![begun[name] ?? 0] ?? last;
      begun[name] = (begun[name] ?? 0) + 1;
      underWay.set(name, { at: now + next.ms, word: next });
    }
    mostUnderWay = Math.max(mostUnderWay, underWay.size);
    now = Math.max(now, Math.min(step.continueAt!, ...[...underWay.values()].map(({ at }) => at)));
    for (const [name, { at, word: ended }] of underWay) {
      if (at <= now) {
        underWay.delete(name);
        heard[name]!.push(ended);
        state = record(of, state, name, measurementOf(ended), now);
      }
    }
  }
  throw new Error('the play did not end');
}

/** Plays by the driver, on a virtual clock; handed over after so much time of each invocation, and at once to one whose clock begins anew. */
async function playInvocations(of: Plan, by: Scripts, roomMs?: number): Promise<{ readonly verdict: string; readonly state: SuiteState }> {
  let from: Standing | undefined;
  for (let invocation = 1; invocation <= 1000; invocation += 1) {
    const clock: Clock = virtualClock();
    const probe = (name: string): Probe => async (signal, { number }) => {
      const next = by[name]![number - 1] ?? SOUND;
      await clock.sleep(next.ms, signal);
      return measurementOf(next);
    };
    const handOver = roomMs === undefined ? {} : { handOverAt: roomMs };
    const played = await drive(of, new Map(of.checks.map(({ name }) => [name, probe(name)])), { clock, signal: new AbortController().signal, ...(from === undefined ? {} : { from }), ...handOver });
    if (played.end === 'verdict') {
      return played;
    }
    from = JSON.parse(JSON.stringify(played.standing)) as Standing;
  }
  throw new Error('the play did not end');
}

/** The same with so much time that none of it decides. */
const timeless = (of: Plan): Plan => ({
  suite: { ...of.suite, deadlineMs: 1e12 },
  checks: of.checks.map((check) => ({ ...check, policy: { ...check.policy, deadlineMs: 1e12 } })),
});

const enforced = (of: Plan): readonly PlannedCheck[] => of.checks.filter((check) => check.policy.mode === 'ENFORCE');
const verdictsOf = ({ checks }: SuiteState): Readonly<Record<string, unknown>> => Object.fromEntries(Object.entries(checks).map(([name, check]) => [name, check.phase === 'ended' ? check.verdict : check.phase]));

/** By the words of its policy and of nothing else: whether what was heard is enough to pass. */
function hasProven({ policy: { passes } }: PlannedCheck, heard: readonly Word[]): boolean {
  const proofs = heard.map(({ outcome, samples }) => outcome === 'pass' && samples > 0);
  if ('atLeast' in passes) {
    return proofs.filter(Boolean).length >= passes.atLeast;
  }
  return proofs.length >= passes.consecutive && proofs.slice(-passes.consecutive).every(Boolean);
}

test('every play ends, and never has more under way than it may', () => {
  fc.assert(
    fc.property(plan, scripts, (of, by) => {
      const { mostUnderWay, state } = play(of, by);
      expect(mostUnderWay).toBeLessThanOrEqual(of.suite.concurrency);
      expect(Object.values(state.checks).every(({ phase }) => phase === 'ended')).toBe(true);
    }),
    { numRuns: RUNS },
  );
});

test('nothing passes unless every enforced check has been proven by samples, or somebody typed out that it may pass undecided and it was tried', () => {
  fc.assert(
    fc.property(plan, scripts, (of, by) => {
      const { verdict, state, heard } = play(of, by);
      for (const check of verdict === 'pass' ? enforced(of) : []) {
        const ended = state.checks[check.name];
        const letThrough = check.policy.inconclusive === 'PASS' && verdictsOf(state)[check.name] === 'inconclusive' && heard[check.name]!.length > 0;
        expect(hasProven(check, heard[check.name]!) || letThrough).toBe(true);
        expect(ended).toMatchObject({ phase: 'ended', verdict: letThrough ? 'inconclusive' : 'pass' });
      }
    }),
    { numRuns: RUNS },
  );
});

test('a check that had no sample never passes, and a suite without one passes only where that was typed out for every check that is enforced', () => {
  const nothing = scripts.map((by) => Object.fromEntries(Object.entries(by).map(([name, words]) => [name, words.map((each) => ({ ...each, samples: 0 }))])));
  fc.assert(
    fc.property(plan, nothing, (of, by) => {
      const short = { ...of, suite: { ...of.suite, deadlineMs: 2000 } };
      const { verdict, state } = play(short, by, { ...SOUND, samples: 0 });
      expect(Object.values(verdictsOf(state))).not.toContain('pass');
      expect(verdict === 'pass' && enforced(of).some(({ policy: { inconclusive } }) => inconclusive !== 'PASS')).toBe(false);
    }),
    { numRuns: RUNS },
  );
});

test('one enforced check that fails makes the suite fail, whatever the others come to', () => {
  fc.assert(
    fc.property(plan, scripts, (of, by) => {
      const { verdict, state } = play(of, by);
      expect(verdict === 'fail').toBe(enforced(of).some(({ name }) => verdictsOf(state)[name] === 'fail'));
    }),
    { numRuns: RUNS },
  );
});

test('checks in shadow never change the verdict', () => {
  fc.assert(
    fc.property(plan, scripts, scripts, (of, by, other) => {
      const shadows = of.checks.filter((check) => check.policy.mode === 'SHADOW').map(({ name }) => name);
      const apart: Plan = {
        suite: { ...of.suite, concurrency: of.checks.length },
        checks: of.checks.map((check) => ({ ...check, policy: { ...check.policy, after: check.policy.after.filter((name) => !shadows.includes(name)) } })),
      };
      const changed = { ...by, ...Object.fromEntries(shadows.map((name) => [name, other[name]!])) };
      expect(play(apart, changed).verdict).toBe(play(apart, by).verdict);
    }),
    { numRuns: RUNS },
  );
});

test('neither order nor concurrency nor the first failure changes a verdict that time does not', () => {
  fc.assert(
    fc.property(plan, scripts, fc.integer({ min: 1, max: 4 }), fc.constantFrom('ALL', 'FAIL_FAST'), (of, by, concurrency, run) => {
      const turned: Plan = { suite: { ...timeless(of).suite, concurrency, run }, checks: timeless(of).checks.toReversed() };
      expect(play(turned, by).verdict).toBe(play(timeless(of), by).verdict);
    }),
    { numRuns: RUNS },
  );
});

test('the driver on a clock comes to what the pure engine comes to', async () => {
  await fc.assert(
    fc.asyncProperty(plan, scripts, async (of, by) => {
      const [driven, pure] = [await playInvocations(of, by), play(of, by)];
      expect(driven.verdict).toBe(pure.verdict);
      // At a first failure, what else ends in that very millisecond may be heard or not.
      if (of.suite.run === 'ALL') {
        expect(verdictsOf(driven.state)).toEqual(verdictsOf(pure.state));
      }
    }),
    { numRuns: RUNS / 10 },
  );
});

test('where a play is cut into invocations never changes a verdict that time does not', async () => {
  await fc.assert(
    fc.asyncProperty(plan, scripts, fc.integer({ min: 1000, max: 4000 }), async (of, by, roomMs) => {
      const cut = await playInvocations(timeless(of), by, roomMs);
      const whole = play(timeless(of), by);
      expect(cut.verdict).toBe(whole.verdict);
      if (of.suite.run === 'ALL') {
        expect(verdictsOf(cut.state)).toEqual(verdictsOf(whole.state));
      }
    }),
    { numRuns: RUNS / 10 },
  );
});

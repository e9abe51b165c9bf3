/** What holds for every suite, whatever its checks come to and in whatever order. */
import fc from 'fast-check';

import { advance, begin, record } from '../../../../lambda/core/engine/advance';
import type { Measurement, Plan, SuiteState } from '../../../../lambda/core/engine/state';
import type { CheckPolicy } from '../../../../lib/model/check-policy';
import { RUNS } from '../../support/properties';

type Word = Measurement['outcome'];

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
    inconclusive: fc.constantFrom('FAIL', 'EXTEND'),
  });

const NAMES = ['a', 'b', 'c', 'd'];

const plan: fc.Arbitrary<Plan> = fc.integer({ min: 1, max: 4 }).chain((size) =>
  fc.record({
    suite: fc.record({ run: fc.constantFrom('ALL', 'FAIL_FAST'), concurrency: fc.integer({ min: 1, max: 3 }), deadlineMs: fc.constantFrom(2000, 1e9) }),
    checks: fc.tuple(...NAMES.slice(0, size).map((name, index) => policy(NAMES.slice(0, index)).map((each) => ({ name, kind: 'http', policy: each })))),
  }),
);

/** What the attempts of each check come to, and how long each takes. After the last one they pass. */
const script = fc.array(fc.record({ word: fc.constantFrom<Word>('pass', 'fail', 'inconclusive', 'error'), ms: fc.integer({ min: 0, max: 400 }) }), { maxLength: 12 });
const scripts = fc.record(Object.fromEntries(NAMES.map((name) => [name, script])) as Record<string, typeof script>);

interface Played {
  readonly verdict: string;
  readonly state: SuiteState;
  readonly seen: Readonly<Record<string, readonly Word[]>>;
  readonly mostUnderWay: number;
}

function play(of: Plan, by: Readonly<Record<string, readonly { word: Word; ms: number }[]>>): Played {
  const seen: Record<string, Word[]> = Object.fromEntries(NAMES.map((name) => [name, []]));
  const underWay = new Map<string, { at: number; word: Word }>();
  let [state, now, mostUnderWay] = [begin(of, 0), 0, 0];
  for (let steps = 0; steps < 10_000; steps += 1) {
    const step = advance(of, state, now);
    state = step.state;
    step.abandon.forEach((name) => underWay.delete(name));
    if (step.verdict !== undefined) {
      return { verdict: step.verdict, state, seen, mostUnderWay };
    }
    for (const name of step.begin) {
      const { word, ms } = by[name]![seen[name]!.length] ?? { word: 'pass' as const, ms: 10 };
      seen[name]!.push(word);
      underWay.set(name, { at: now + ms, word });
    }
    mostUnderWay = Math.max(mostUnderWay, underWay.size);
    now = Math.max(now, Math.min(step.continueAt!, ...[...underWay.values()].map(({ at }) => at)));
    for (const [name, { at, word }] of underWay) {
      if (at <= now) {
        underWay.delete(name);
        state = record(of, state, name, { outcome: word, reason: word, measurements: [], samples: word === 'error' ? 0 : 1 }, now);
      }
    }
  }
  throw new Error('the play did not end');
}

test('every play ends, and never has more under way than it may', () => {
  fc.assert(
    fc.property(plan, scripts, (of, by) => {
      expect(play(of, by).mostUnderWay).toBeLessThanOrEqual(of.suite.concurrency);
    }),
    { numRuns: RUNS },
  );
});

test('nothing passes unless every enforced check has passed, each by enough passes of its own', () => {
  fc.assert(
    fc.property(plan, scripts, (of, by) => {
      const { verdict, state, seen } = play(of, by);
      if (verdict === 'pass') {
        const enforced = of.checks.filter((check) => check.policy.mode === 'ENFORCE');
        for (const { name, policy: { passes } } of enforced) {
          const needed = 'consecutive' in passes ? passes.consecutive : passes.atLeast;
          expect(state.checks[name]).toMatchObject({ phase: 'ended', verdict: 'pass' });
          expect(seen[name]!.filter((word) => word === 'pass').length).toBeGreaterThanOrEqual(needed);
        }
      }
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

test('neither order nor concurrency changes a verdict that time does not', () => {
  fc.assert(
    fc.property(plan, scripts, fc.integer({ min: 1, max: 4 }), (of, by, concurrency) => {
      const timeless: Plan = {
        suite: { ...of.suite, run: 'ALL', deadlineMs: 1e12 },
        checks: of.checks.map((check) => ({ ...check, policy: { ...check.policy, deadlineMs: 1e12, inconclusive: 'FAIL' } })),
      };
      const turned: Plan = { suite: { ...timeless.suite, concurrency }, checks: timeless.checks.toReversed() };
      expect(play(turned, by).verdict).toBe(play(timeless, by).verdict);
    }),
    { numRuns: RUNS },
  );
});

import { advance, begin, record, suiteVerdict } from '../../../../lambda/core/engine/advance';
import type { EndedCheck, Measurement, Plan, PlannedCheck, SuiteState } from '../../../../lambda/core/engine/state';
import type { CheckPolicy, SuitePolicy } from '../../../../lib/model/check-policy';

const POLICY: CheckPolicy = { mode: 'ENFORCE', after: [], passes: { consecutive: 1 }, attemptMs: 1000, intervalMs: 1000, errorBudget: 0, deadlineMs: 60_000, inconclusive: 'FAIL' };
const SUITE: SuitePolicy = { run: 'ALL', concurrency: 1, deadlineMs: 600_000 };

const check = (name: string, policy: Partial<CheckPolicy> = {}): PlannedCheck => ({ name, kind: 'http', policy: { ...POLICY, ...policy } });
const plan = (checks: readonly PlannedCheck[], suite: Partial<SuitePolicy> = {}): Plan => ({ suite: { ...SUITE, ...suite }, checks });

type Word = 'pass' | 'fail' | 'inconclusive' | 'error' | 'final-error';
const measurement = (word: Word): Measurement => {
  const outcome = word === 'final-error' ? 'error' : word;
  const retryable = word === 'final-error' ? { retryable: false } : {};
  return { outcome, reason: `it was ${word}`, measurements: [], samples: outcome === 'error' ? 0 : 1, ...retryable };
};

/** Plays a plan of one check by a list of what its attempts come to, a second each. */
function playOne(policy: Partial<CheckPolicy>, words: readonly Word[]): { readonly state: SuiteState; readonly attempts: number; readonly check: EndedCheck | undefined } {
  const one = plan([check('a', policy)]);
  let [state, now, attempts] = [begin(one, 0), 0, 0];
  for (;;) {
    const step = advance(one, state, now);
    state = step.state;
    if (step.verdict !== undefined) {
      return { state, attempts, check: state.checks['a'] as EndedCheck };
    }
    if (step.begin.length > 0) {
      const word = words[attempts];
      if (word === undefined) {
        return { state, attempts, check: undefined };
      }
      attempts += 1;
      now += 1000;
      state = record(one, state, 'a', measurement(word), now);
    } else {
      now = step.continueAt!;
    }
  }
}

test('an attempt may say when there is something new to see, instead of the interval', () => {
  const one = plan([check('a')]);
  const running = advance(one, begin(one, 0), 0).state;
  const soon = record(one, running, 'a', { ...measurement('inconclusive'), continueInMs: 20_000 }, 500);
  expect(advance(one, soon, 500)).toMatchObject({ begin: [], continueAt: 20_500 });
  expect(advance(one, soon, 20_499).begin).toEqual([]);
  expect(advance(one, soon, 20_500).begin).toEqual(['a']);
  expect(advance(one, record(one, running, 'a', measurement('inconclusive'), 500), 500).continueAt).toBe(1500);
});

describe('how attempts add up', () => {
  test.each<[string, Partial<CheckPolicy>, readonly Word[], string | undefined, number]>([
    ['one pass', {}, ['pass'], 'pass', 1],
    ['the first failure fails', { passes: { consecutive: 3 } }, ['pass', 'fail', 'pass'], 'fail', 2],
    ['three in a row', { passes: { consecutive: 3 } }, ['pass', 'pass', 'pass'], 'pass', 3],
    ['an error breaks the row', { passes: { consecutive: 2 }, errorBudget: 1 }, ['pass', 'error', 'pass', 'pass'], 'pass', 4],
    ['an error beyond the budget is undecided', { errorBudget: 1 }, ['error', 'error', 'pass'], 'inconclusive', 2],
    ['an error that no retry helps is undecided at once', { errorBudget: 5 }, ['final-error', 'pass'], 'inconclusive', 1],
    ['an undecided answer is asked for again', {}, ['inconclusive', 'inconclusive', 'pass'], 'pass', 3],
    ['patience waits failures out', { passes: { consecutive: 2, patient: true } }, ['fail', 'pass', 'fail', 'pass', 'pass'], 'pass', 5],
    ['two of three', { passes: { atLeast: 2, of: 3 } }, ['fail', 'pass', 'pass'], 'pass', 3],
    ['two of three, no more than one failure', { passes: { atLeast: 2, of: 3 } }, ['fail', 'pass', 'fail'], 'fail', 3],
    ['two of three, decided early', { passes: { atLeast: 2, of: 3 } }, ['pass', 'pass'], 'pass', 2],
    ['two of three, errors are no answers', { passes: { atLeast: 2, of: 3 }, errorBudget: 2 }, ['error', 'pass', 'error', 'pass'], 'pass', 4],
    ['not decided yet', { passes: { consecutive: 2 } }, ['pass'], undefined, 1],
  ])('%s', (_name, policy, words, verdict, attempts) => {
    const played = playOne(policy, words);
    expect([played.check?.verdict, played.attempts]).toEqual([verdict, attempts]);
  });

  test('time that is up leaves a check undecided, with how far it came', () => {
    const { check: ended } = playOne({ passes: { consecutive: 10 }, deadlineMs: 5000 }, Array<Word>(10).fill('pass'));
    expect(ended).toMatchObject({ verdict: 'inconclusive', endedAt: 5000, reason: 'time was up after 3 of 10 passes in a row, 0 attempts not measured; last: it was pass' });
  });

  test('a patient check that saw failures to the end has failed', () => {
    const { check: ended } = playOne({ passes: { consecutive: 1, patient: true }, deadlineMs: 5000 }, Array<Word>(10).fill('fail'));
    expect(ended).toMatchObject({ verdict: 'fail', samples: 3 });
  });

  test('an extended check goes on to the end of the suite', () => {
    const { check: ended } = playOne({ inconclusive: 'EXTEND', deadlineMs: 5000 }, [...Array<Word>(30).fill('inconclusive'), 'pass']);
    expect(ended).toMatchObject({ verdict: 'pass', endedAt: 61_000 });
  });
});

describe('a suite', () => {
  /** Advances once, and ends every check that has been begun as the table says. */
  function round(of: Plan, state: SuiteState, now: number, ends: Readonly<Record<string, Word>>) {
    const step = advance(of, state, now);
    const next = step.begin.reduce((each, name) => record(of, each, name, measurement(ends[name]!), now + 1), step.state);
    return { ...step, state: next };
  }

  test('begins no more checks than may be in play', () => {
    const three = plan([check('a'), check('b'), check('c')], { concurrency: 2 });
    expect(advance(three, begin(three, 0), 0).begin).toEqual(['a', 'b']);
  });

  test('begins a check only after those that it comes after', () => {
    const two = plan([check('login'), check('orders', { after: ['login'] })], { concurrency: 2 });
    const first = round(two, begin(two, 0), 0, { login: 'pass' });
    expect(first.begin).toEqual(['login']);
    expect(advance(two, first.state, 1).begin).toEqual(['orders']);
  });

  test('does not run what comes after a check that failed', () => {
    const three = plan([check('login'), check('orders', { after: ['login'] }), check('invoice', { after: ['orders'] })]);
    const { state } = round(three, begin(three, 0), 0, { login: 'fail' });
    const step = advance(three, state, 1);
    expect(step.verdict).toBe('fail');
    expect(step.state.checks['orders']).toMatchObject({ verdict: 'inconclusive', reason: 'not run, since login did not pass' });
    expect(step.state.checks['invoice']).toMatchObject({ reason: 'not run, since orders did not pass' });
  });

  test('FAIL_FAST ends at the first failure, and abandons what is under way', () => {
    const three = plan([check('a'), check('b'), check('c')], { concurrency: 2, run: 'FAIL_FAST' });
    const started = advance(three, begin(three, 0), 0);
    const failed = advance(three, record(three, started.state, 'a', measurement('fail'), 1), 1);
    expect(failed).toMatchObject({ verdict: 'fail', abandon: ['b'] });
    expect(failed.state.checks['c']).toMatchObject({ reason: 'not finished, since a has failed' });
  });

  test('a failure in shadow ends nothing and decides nothing', () => {
    const two = plan([check('new', { mode: 'SHADOW' }), check('old')], { run: 'FAIL_FAST' });
    const first = round(two, begin(two, 0), 0, { new: 'fail' });
    const second = round(two, first.state, 2, { old: 'pass' });
    expect(advance(two, second.state, 4).verdict).toBe('pass');
  });

  test.each([
    ['FAIL', 'inconclusive'],
    ['PASS', 'pass'],
  ] as const)('an undecided check with the policy %s makes the suite %s', (inconclusive, verdict) => {
    const one = plan([check('a', { inconclusive })]);
    const { state } = round(one, begin(one, 0), 0, { a: 'error' });
    expect(advance(one, state, 2).verdict).toBe(verdict);
  });

  test('a check that was never played, or had no answer before time was up, passes by no policy', () => {
    const two = plan([check('a', { inconclusive: 'PASS' }), check('b', { inconclusive: 'PASS' })], { deadlineMs: 3000 });
    const started = advance(two, begin(two, 0), 0);
    expect(advance(two, started.state, 3000).verdict).toBe('inconclusive');
  });

  test('a pass without a sample is none, whatever was measured before it', () => {
    const one = plan([check('a', { passes: { consecutive: 1, patient: true } })]);
    const failed = round(one, begin(one, 0), 0, { a: 'fail' });
    const empty = record(one, advance(one, failed.state, 2000).state, 'a', { ...measurement('pass'), samples: 0 }, 2001);
    expect(advance(one, empty, 2002).verdict).toBeUndefined();
    expect(advance(one, empty, 60_000).verdict).toBe('fail');
  });

  test('ends when its time is up, whatever is under way', () => {
    const two = plan([check('a'), check('b')], { deadlineMs: 3000 });
    const started = advance(two, begin(two, 0), 0);
    expect(started.continueAt).toBe(3000);
    const over = advance(two, started.state, 3000);
    expect(over).toMatchObject({ verdict: 'inconclusive', abandon: ['a'] });
    expect(over.state.checks['b']).toMatchObject({ reason: 'not run, time was up before it' });
  });

  test('shadows alone let everything through, and no check at all is no pass', () => {
    const one = plan([check('a', { mode: 'SHADOW' })]);
    const { state } = round(one, begin(one, 0), 0, { a: 'fail' });
    expect(advance(one, state, 2).verdict).toBe('pass');
    expect(suiteVerdict(plan([]), begin(plan([]), 0))).toBe('inconclusive');
  });

  test('an attempt that ends after its check is of no use', () => {
    const one = plan([check('a', { deadlineMs: 1000 })]);
    const started = advance(one, begin(one, 0), 0);
    const { state } = advance(one, started.state, 1000);
    expect(record(one, state, 'a', measurement('pass'), 1001)).toBe(state);
  });

  test('its state survives a way through JSON', () => {
    const two = plan([check('a', { passes: { consecutive: 2 } }), check('b')]);
    const { state } = round(two, begin(two, 0), 0, { a: 'pass' });
    expect(JSON.parse(JSON.stringify(state))).toEqual(state);
  });

  test('tells of a check that it does not have', () => {
    const two = plan([check('a'), check('b')]);
    expect(() => record(two, begin(two, 0), 'c', measurement('pass'), 0)).toThrow("no check 'c' in this suite; it has a, b");
  });

  test('does not hear a second end of one attempt', () => {
    const one = plan([check('a', { passes: { consecutive: 2 } })]);
    const { state } = round(one, begin(one, 0), 0, { a: 'pass' });
    expect(record(one, state, 'a', measurement('pass'), 2)).toBe(state);
  });

  test('FAIL_FAST at an attempt of another check: the one is undecided, with its samples and its moment', () => {
    const two = plan([check('a', { passes: { consecutive: 2 } }), check('b')], { concurrency: 2, run: 'FAIL_FAST' });
    const started = advance(two, begin(two, 0), 0);
    const once = record(two, started.state, 'a', measurement('pass'), 10);
    const failed = advance(two, record(two, once, 'b', measurement('fail'), 20), 20);
    expect(failed).toMatchObject({ verdict: 'fail', begin: [], abandon: [] });
    expect(failed.state.checks['a']).toEqual({ phase: 'ended', startedAt: 0, endedAt: 20, verdict: 'inconclusive', reason: 'not finished, since b has failed', measurements: [], samples: 1, errors: 0 });
  });

  test('a failure ends nothing where all are to be run', () => {
    const two = plan([check('a'), check('b')]);
    const first = round(two, begin(two, 0), 0, { a: 'fail' });
    expect(advance(two, first.state, 1)).toMatchObject({ begin: ['b'] });
  });

  test('what has ended stays as it is, also when the time of the suite is up', () => {
    const two = plan([check('a'), check('b')], { deadlineMs: 3000 });
    const first = round(two, begin(two, 0), 0, { a: 'pass' });
    const over = advance(two, advance(two, first.state, 1).state, 3000);
    expect(over.state.checks['a']).toBe(first.state.checks['a']);
    expect(over.verdict).toBe('inconclusive');
  });

  test('a check that goes on is not stopped by one that did not pass after it had begun', () => {
    const two = plan([check('login', { passes: { consecutive: 1 } }), check('orders', { passes: { consecutive: 2 }, after: ['login'] })]);
    const running = { phase: 'running', startedAt: 0, dueAt: 5, attempts: 1, passes: 1, failures: 0, row: 1, errors: 0, samples: 1 } as const;
    const failed = { phase: 'ended', startedAt: 0, endedAt: 1, verdict: 'fail', reason: 'x', measurements: [], samples: 1, errors: 0 } as const;
    expect(advance(two, { startedAt: 0, checks: { login: failed, orders: running } }, 5)).toMatchObject({ begin: ['orders'] });
  });

  test('goes on at the next moment at which something changes by itself: an attempt is due, a check or the suite has had its time', () => {
    const two = plan([check('a', { passes: { consecutive: 2 }, intervalMs: 700 }), check('b', { deadlineMs: 400 })], { concurrency: 2, deadlineMs: 900 });
    const started = advance(two, begin(two, 0), 0);
    expect(started.continueAt).toBe(400);
    const once = advance(two, record(two, started.state, 'a', measurement('pass'), 10), 10);
    expect(once.continueAt).toBe(400);
    const later = advance(two, once.state, 400);
    expect(later).toMatchObject({ abandon: ['b'], continueAt: 710 });
    expect(advance(two, later.state, 710)).toMatchObject({ begin: ['a'], continueAt: 900 });
  });

  test('a moment that has passed is none to go on at', () => {
    const two = plan([check('a', { deadlineMs: 100 }), check('b', { deadlineMs: 5000 })]);
    const first = round(two, begin(two, 0), 0, { a: 'pass' });
    // The end of a check that is over, 100, would come first.
    expect(advance(two, first.state, 50).continueAt).toBe(5050);
  });

  test.each<[Partial<CheckPolicy>, Word, string]>([
    [{ inconclusive: 'PASS' }, 'fail', 'fail'],
    [{ inconclusive: 'PASS' }, 'final-error', 'pass'],
    [{ inconclusive: 'EXTEND' }, 'final-error', 'inconclusive'],
  ])('with the policy %j, %s comes to %s', (policy, word, verdict) => {
    const one = plan([check('a', policy)], { deadlineMs: 5000 });
    const { state } = round(one, begin(one, 0), 0, { a: word });
    expect(advance(one, state, 5000).verdict).toBe(verdict);
  });

  test('a suite that is not over has no verdict but undecided', () => {
    const one = plan([check('a', { inconclusive: 'PASS' })]);
    expect(suiteVerdict(one, begin(one, 0))).toBe('inconclusive');
    expect(suiteVerdict(one, advance(one, begin(one, 0), 0).state)).toBe('inconclusive');
  });

  test('an attempt of a check that began before fits where the end of its check cuts it short', () => {
    const one = plan([check('a', { passes: { consecutive: 2 }, attemptMs: 5000, deadlineMs: 4000 })]);
    const first = round(one, begin(one, 0), 0, { a: 'pass' });
    expect(advance(one, first.state, 1001, 4000)).toMatchObject({ begin: ['a'] });
    expect(advance(one, first.state, 1001, 3999)).toMatchObject({ begin: [], handOver: true, continueAt: 1001 });
  });

  test('while an attempt is under way, it goes on at the last moment of this play, and after it at the end of the attempt', () => {
    const one = plan([check('a', { attemptMs: 5000 })]);
    const started = advance(one, begin(one, 0), 0, 5000);
    expect(advance(one, started.state, 10, 5000).continueAt).toBe(5000);
    expect(advance(one, started.state, 5000, 5000).continueAt).toBe(60_000);
  });
});

import type { Attempt, Measurement, Plan, PlannedCheck } from '../../../../lambda/core/engine/state';
import type { PlayBounds, Probe } from '../../../../lambda/core/engine/play';
import { cutShort, play } from '../../../../lambda/core/engine/play';
import { advance, begin } from '../../../../lambda/core/engine/advance';
import type { Clock } from '../../../../lambda/core/ports';
import type { CheckPolicy, SuitePolicy } from '../../../../lib/model/check-policy';
import { virtualClock } from '../../support/virtual-clock';

const POLICY: CheckPolicy = { mode: 'ENFORCE', after: [], passes: { consecutive: 1 }, attemptMs: 1000, intervalMs: 1000, errorBudget: 0, deadlineMs: 60_000, inconclusive: 'FAIL' };
const check = (name: string, policy: Partial<CheckPolicy> = {}): PlannedCheck => ({ name, kind: 'http', policy: { ...POLICY, ...policy } });
const plan = (checks: readonly PlannedCheck[], suite: Partial<SuitePolicy> = {}): Plan => ({ suite: { run: 'ALL', concurrency: 1, deadlineMs: 600_000, ...suite }, checks });
const came = (outcome: Measurement['outcome'], more: Partial<Measurement> = {}): Measurement => ({ outcome, reason: `it was ${outcome}`, measurements: [], samples: 1, ...more });

const played = (of: Plan, probes: Readonly<Record<string, Probe>>, bounds: Partial<PlayBounds> = {}) =>
  play(of, new Map(Object.entries(probes)), { clock: virtualClock(), signal: new AbortController().signal, ...bounds });

/** Goes on until it is told that it is of no use any more; then it rejects with why. */
const endless = (told: unknown[]): Probe => (signal) =>
  new Promise((_, reject) => {
    signal.addEventListener('abort', () => {
      told.push((signal.reason as Error).message);
      reject(signal.reason);
    });
  });

describe('play', () => {
  test('tells each attempt its number, when its check began, and what the one before left behind', async () => {
    const clock = virtualClock();
    await clock.sleep(5000);
    const attempts: Attempt[] = [];
    const probe: Probe = async (_signal, attempt) => {
      attempts.push(attempt);
      await clock.sleep(100);
      return attempt.number === 3 ? came('pass') : came('inconclusive', attempt.number === 1 ? { memory: { build: 7 } } : {});
    };
    const { state } = (await played(plan([check('a')]), { a: probe }, { clock })) as { readonly state: { readonly checks: unknown } };
    expect(attempts).toEqual([{ number: 1, startedAt: 5000 }, { number: 2, startedAt: 5000, memory: { build: 7 } }, { number: 3, startedAt: 5000, memory: { build: 7 } }]);
    expect(state.checks).toMatchObject({ a: { verdict: 'pass', startedAt: 0, endedAt: 2300 } });
  });

  test('goes on from where an earlier one ended, on a clock of its own', async () => {
    const clock = virtualClock();
    await clock.sleep(1000);
    const attempts: Attempt[] = [];
    const probe: Probe = async (_signal, attempt) => {
      attempts.push(attempt);
      return came('pass');
    };
    const state = { startedAt: 0, checks: { a: { phase: 'running', startedAt: 2000, dueAt: 9000, attempts: 4, passes: 1, failures: 0, row: 1, errors: 0, samples: 1 } } } as const;
    const end = await played(plan([check('a', { passes: { consecutive: 2 } })]), { a: probe }, { clock, from: { state, playedMs: 8000 } });
    expect(attempts).toEqual([{ number: 5, startedAt: -5000 }]);
    expect(end).toMatchObject({ end: 'verdict', verdict: 'pass', state: { checks: { a: { startedAt: 2000, endedAt: 9000 } } } });
  });

  test('hands over what is due later, and says when', async () => {
    const of = plan([check('a', { passes: { consecutive: 2 }, intervalMs: 5000 })]);
    const end = await played(of, { a: async () => came('pass') }, { handOverAt: 4000 });
    expect(end).toMatchObject({ end: 'handOver', dueInMs: 1000, standing: { playedMs: 4000, state: { checks: { a: { phase: 'running', dueAt: 5000, attempts: 1 } } } } });
  });

  test('hands over at once what cannot begin any more', async () => {
    const end = await played(plan([check('a')]), {}, { handOverAt: 999 });
    expect(end).toEqual({ end: 'handOver', dueInMs: 0, standing: { playedMs: 0, state: { startedAt: 0, checks: { a: { phase: 'waiting' } } } } });
  });

  test('abandons an attempt whose check has ended, and does not hear it any more', async () => {
    const told: unknown[] = [];
    const of = plan([check('a'), check('b')], { concurrency: 2, run: 'FAIL_FAST' });
    const end = await played(of, { a: async () => came('fail'), b: endless(told) });
    expect(end).toMatchObject({ verdict: 'fail', state: { checks: { b: { verdict: 'inconclusive', reason: 'not finished, since a has failed' } } } });
    expect(told).toEqual(["check 'b' has ended"]);
  });

  test('abandons at its time an attempt that does not end, and goes on with the next check', async () => {
    const told: unknown[] = [];
    const end = await played(plan([check('a', { deadlineMs: 3000 }), check('b')]), { a: endless(told), b: async () => came('pass') });
    expect(end).toMatchObject({ verdict: 'inconclusive', state: { checks: { a: { endedAt: 3000, reason: expect.stringContaining('time was up') }, b: { verdict: 'pass', startedAt: 3000 } } } });
    expect(told).toEqual(["check 'a' has ended"]);
  });

  test('does not hear what an abandoned attempt comes to', async () => {
    const clock = virtualClock();
    const late: Probe = () => clock.sleep(5000).then(() => came('pass'));
    const slow: Probe = () => clock.sleep(9000).then(() => came('pass'));
    const end = await played(plan([check('a', { deadlineMs: 3000 }), check('b')], { concurrency: 2 }), { a: late, b: slow }, { clock });
    expect(end).toMatchObject({ verdict: 'inconclusive', state: { checks: { a: { verdict: 'inconclusive' }, b: { verdict: 'pass', endedAt: 9000 } } } });
  });

  test('ends when its signal does: what is not over is undecided, and what is under way is told', async () => {
    const clock = virtualClock();
    const stop = new AbortController();
    void clock.sleep(2000).then(() => stop.abort(new Error('time of the hook is up')));
    const told: unknown[] = [];
    const end = await played(plan([check('a'), check('b')]), { a: endless(told) }, { clock, signal: stop.signal });
    expect(end).toMatchObject({ end: 'verdict', verdict: 'inconclusive', state: { checks: { a: { endedAt: 2000 }, b: { reason: 'not run, time was up before it' } } } });
    expect(told).toEqual(['time of the hook is up']);
  });

  test.each<[string, Readonly<Record<string, Probe>>, string]>([
    ['is broken', { a: () => Promise.reject(new TypeError('no such property')) }, 'no such property'],
    ['is missing', {}, "check 'a' has nothing to measure with"],
  ])('rejects where a probe %s, and leaves nothing under way', async (_, probes, message) => {
    const told: unknown[] = [];
    const of = plan([check('slow'), check('a')], { concurrency: 2 });
    await expect(played(of, { slow: endless(told), ...probes })).rejects.toThrow(message);
    expect(told).toEqual(["check 'slow' has ended"]);
  });

  test('leaves no sleeper behind: neither when an attempt has ended, nor at the end', async () => {
    const asleep = new Set<AbortSignal>();
    const inner = virtualClock();
    const clock: Clock = {
      ...inner,
      sleep: (ms, signal) => {
        asleep.add(signal as AbortSignal);
        return inner.sleep(ms, signal).finally(() => asleep.delete(signal as AbortSignal));
      },
    };
    await played(plan([check('a', { passes: { consecutive: 3 } })]), { a: async () => came('pass') }, { clock });
    await new Promise((resolve) => setImmediate(resolve));
    expect(asleep.size).toBe(0);
  });

  test('rejects with what a clock is broken by, and sleeps whole milliseconds', async () => {
    const slept: number[] = [];
    const sleep = (ms: number) => {
      slept.push(ms);
      return Promise.reject(new Error('the clock stands still'));
    };
    const of = plan([check('a', { deadlineMs: 1.5 })]);
    await expect(played(of, { a: endless([]) }, { clock: { ...virtualClock(), sleep } })).rejects.toThrow('the clock stands still');
    expect(slept).toEqual([2]);
  });
});

describe('cutShort', () => {
  test('leaves undecided what is not over, and keeps what is', () => {
    const of = plan([check('a'), check('b')]);
    const ended = { phase: 'ended', startedAt: 0, endedAt: 1, verdict: 'fail', reason: 'it was fail', measurements: [], samples: 1, errors: 0 } as const;
    const { state, verdict } = cutShort(of, { state: { startedAt: 0, checks: { a: ended, b: { phase: 'waiting' } } }, playedMs: 5000 });
    expect(verdict).toBe('fail');
    expect(state.checks).toEqual({ a: ended, b: { phase: 'ended', startedAt: 5000, endedAt: 5000, verdict: 'inconclusive', reason: 'not run, time was up before it', measurements: [], samples: 0, errors: 0 } });
  });

  test('at the very beginning nothing was played', () => {
    const of = plan([check('a')]);
    expect(cutShort(of, { state: advance(of, begin(of, 0), 0).state, playedMs: 0 })).toMatchObject({ verdict: 'inconclusive', state: { checks: { a: { endedAt: 0, samples: 0 } } } });
  });
});

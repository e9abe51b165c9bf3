import { within } from '../../../lambda/core/deadline';
import { Overdue } from '../../../lambda/core/failures';
import type { Clock } from '../../../lambda/core/ports';
import { virtualClock } from '../support/virtual-clock';

/** A clock that knows who sleeps on it, for how long. */
function watchedClock() {
  const clock = virtualClock();
  const asleep = new Set<number>();
  const slept: number[] = [];
  const watched: Clock = {
    ...clock,
    sleep: (ms, signal) => {
      asleep.add(ms);
      slept.push(ms);
      return clock.sleep(ms, signal).finally(() => asleep.delete(ms));
    },
  };
  return { clock: watched, asleep, slept };
}

/** Listeners that a signal has at the moment. */
function watchedSignal() {
  const controller = new AbortController();
  const listeners = new Set<unknown>();
  const { signal } = controller;
  const [add, remove] = [signal.addEventListener.bind(signal), signal.removeEventListener.bind(signal)];
  signal.addEventListener = (type: string, listener: never, options: never) => {
    listeners.add(listener);
    add(type, listener, options);
  };
  signal.removeEventListener = (type: string, listener: never) => {
    listeners.delete(type === 'abort' ? listener : undefined);
    remove(type, listener);
  };
  return { controller, signal, listeners };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('within', () => {
  test('gives what the work gives, and leaves neither sleepers nor listeners', async () => {
    const { clock, asleep } = watchedClock();
    const { signal, listeners } = watchedSignal();
    let inner: AbortSignal | undefined;
    const work = (given: AbortSignal) => {
      inner = given;
      expect(listeners.size).toBe(1);
      return Promise.resolve(7);
    };
    await expect(within(clock, { ms: 1000, signal }, work)).resolves.toBe(7);
    await settled();
    expect([asleep.size, listeners.size, inner?.aborted]).toEqual([0, 0, false]);
  });

  test('leaves nothing behind when the work throws either', async () => {
    const { clock, asleep } = watchedClock();
    const { signal, listeners } = watchedSignal();
    await expect(within(clock, { ms: 1000, signal }, () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
    await settled();
    expect([asleep.size, listeners.size]).toEqual([0, 0]);
  });

  test('tells the work when its time is up, and says so itself', async () => {
    const { clock, slept } = watchedClock();
    let reason: unknown;
    const work = (signal: AbortSignal) => new Promise<never>(() => signal.addEventListener('abort', () => (reason = signal.reason)));
    await expect(within(clock, { ms: 1500.4 }, work)).rejects.toThrow(new Overdue('not finished within 1500 ms'));
    expect(reason).toBeInstanceOf(Overdue);
    expect(clock.now()).toBe(1500.4);
    // Without a grace there is nothing to sleep for.
    expect(slept).toEqual([1500.4]);
  });

  test('waits for the grace, and takes what the work hands over in it', async () => {
    const clock = virtualClock();
    const work = (signal: AbortSignal) => new Promise<string>((resolve) => signal.addEventListener('abort', () => void clock.sleep(400).then(() => resolve('so far'))));
    await expect(within(clock, { ms: 1000, graceMs: 500 }, work)).resolves.toBe('so far');
    expect(clock.now()).toBe(1400);
    await expect(within(clock, { ms: 1000, graceMs: 300 }, work)).rejects.toBeInstanceOf(Overdue);
    expect(clock.now()).toBe(2700);
  });

  test('is stopped from outside, before it begins or after', async () => {
    const early = new AbortController();
    early.abort(new Error('stopped before'));
    let seen: unknown;
    const endless = (signal: AbortSignal) => {
      seen = signal.reason;
      return new Promise<never>(() => undefined);
    };
    await expect(within(virtualClock(), { ms: 1000, signal: early.signal }, endless)).rejects.toThrow('stopped before');
    expect(seen).toBe(early.signal.reason);

    const clock = virtualClock();
    const late = new AbortController();
    void clock.sleep(300).then(() => late.abort(new Error('stopped after')));
    await expect(within(clock, { ms: 1000, signal: late.signal }, () => new Promise<never>(() => undefined))).rejects.toThrow('stopped after');
    expect(clock.now()).toBe(300);
  });

  test('has no time where there is less than none', async () => {
    const { clock, slept } = watchedClock();
    await expect(within(clock, { ms: -5 }, () => new Promise<never>(() => undefined))).rejects.toThrow('not finished within -5 ms');
    expect(slept).toEqual([0]);
  });
});

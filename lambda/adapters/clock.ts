import type { Clock, Random } from '../core/ports';

/** Longest delay that a timer takes. */
const MAX_DELAY_MS = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => performance.now(),

  epoch: () => Date.now(),

  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(signal.reason);
        return;
      }
      const stop = () => {
        clearTimeout(timer);
        reject(signal?.reason);
      };
      const timer = setTimeout(() => {
        signal?.removeEventListener('abort', stop);
        resolve();
      }, longDelay(ms));
      signal?.addEventListener('abort', stop, { once: true });
    }),
};

export const systemRandom: Random = () => Math.random();

/** A timer with a longer delay would fire at once. */
function longDelay(ms: number): number {
  if (ms > MAX_DELAY_MS) {
    throw new RangeError(`cannot sleep for ${ms} ms, at most ${MAX_DELAY_MS}`);
  }
  return ms;
}

import type { Clock } from '../../../lambda/core/ports';

/** A clock that jumps to its next sleeper whenever nothing else is left to do in this process. */
export function virtualClock(epochMs = Date.UTC(2026, 0, 5, 9)): Clock {
  const sleepers: { readonly at: number; readonly wake: () => void }[] = [];
  let now = 0;
  const step = () => {
    sleepers.sort((a, b) => a.at - b.at);
    const next = sleepers.shift();
    if (next !== undefined) {
      now = Math.max(now, next.at);
      next.wake();
    }
  };
  return {
    now: () => now,
    epoch: () => epochMs + now,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) {
          reject(signal.reason);
          return;
        }
        const stop = () => {
          sleepers.splice(sleepers.indexOf(sleeper), 1);
          reject(signal?.reason);
        };
        const wake = () => {
          signal?.removeEventListener('abort', stop);
          resolve();
        };
        const sleeper = { at: now + ms, wake };
        sleepers.push(sleeper);
        signal?.addEventListener('abort', stop, { once: true });
        setImmediate(step);
      }),
  };
}

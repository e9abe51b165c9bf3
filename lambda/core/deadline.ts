import { Overdue } from './failures';
import type { Clock } from './ports';

export interface Bounds {
  /** Time for the work. */
  readonly ms: number;
  /** Ends the work earlier. */
  readonly signal?: AbortSignal;
  /** How long work that has been aborted may take to hand over what it has. */
  readonly graceMs?: number;
}

/** Runs work under a signal that is aborted when time is up; then waits no longer than the grace for it. */
export async function within<T>(clock: Clock, bounds: Bounds, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const stop = new AbortController();
  const finished = new AbortController();
  const abort = () => stop.abort(bounds.signal?.reason);
  if (bounds.signal?.aborted) {
    abort();
  }
  bounds.signal?.addEventListener('abort', abort, { once: true });

  const timer = clock.sleep(Math.max(0, bounds.ms), finished.signal);
  timer.then(() => stop.abort(new Overdue(`not finished within ${Math.round(bounds.ms)} ms`)), ignore);
  try {
    return await Promise.race([work(stop.signal), givenUp(clock, stop.signal, finished.signal, bounds.graceMs ?? 0)]);
  } finally {
    bounds.signal?.removeEventListener('abort', abort);
    finished.abort();
  }
}

/** Rejects with the reason of the abort once the grace after it has passed. */
async function givenUp(clock: Clock, stopped: AbortSignal, finished: AbortSignal, graceMs: number): Promise<never> {
  await aborted(stopped, finished);
  if (graceMs > 0) {
    await clock.sleep(graceMs, finished).catch(ignore);
  }
  throw stopped.reason;
}

/** Resolves when either signal is aborted; leaves no listener behind. */
function aborted(...signals: readonly AbortSignal[]): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      signals.forEach((signal) => signal.removeEventListener('abort', done));
      resolve();
    };
    signals.forEach((signal) => signal.addEventListener('abort', done));
    if (signals.some((signal) => signal.aborted)) {
      done();
    }
  });
}

function ignore(): void {}

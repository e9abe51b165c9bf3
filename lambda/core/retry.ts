import { within } from './deadline';
import { Overdue, ServiceFailure } from './failures';
import type { Clock, Random } from './ports';

/** First pause between two attempts, and the longest one. Each is drawn between half of its length and all of it. */
const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 10_000;

/** Longest single attempt: a call that hangs must leave time for another. */
const ATTEMPT_MS = 6_000;

/** A first attempt is made even when hardly any time is left. */
const LEAST_ATTEMPT_MS = 500;

export interface RetryBounds {
  /** Moment of the clock after which nothing new is begun. */
  readonly until: number;
  /** Attempts in all; as many as time allows where it is left out. */
  readonly attempts?: number;
  readonly signal?: AbortSignal;
}

/** Calls AWS, and again after throttling, faults of the service and transport errors, with growing, jittered pauses. */
export async function retrying<T>(
  ports: { readonly clock: Clock; readonly random: Random },
  bounds: RetryBounds,
  call: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const { clock, random } = ports;
  const left = () => bounds.until - clock.now();
  for (let attempt = 1; ; attempt++) {
    try {
      const ms = Math.max(LEAST_ATTEMPT_MS, Math.min(ATTEMPT_MS, left()));
      return await within(clock, { ms, signal: bounds.signal }, call);
    } catch (error) {
      const pause = pauseBefore(attempt, random());
      const last = attempt >= (bounds.attempts ?? Infinity) || left() <= pause || bounds.signal?.aborted;
      if (last || !worthRetrying(error)) {
        throw error;
      }
      await clock.sleep(pause, bounds.signal);
    }
  }
}

/** Pause after the given attempt (1, 2, ...), for a draw from [0, 1). */
export function pauseBefore(attempt: number, draw: number): number {
  const longest = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (attempt - 1));
  return (longest * (1 + draw)) / 2;
}

function worthRetrying(error: unknown): boolean {
  return error instanceof Overdue || (error instanceof ServiceFailure && error.retryable);
}

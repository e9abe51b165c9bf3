import { ServiceFailure } from './failures';
import type { Clock, Random } from './ports';
import { pauseBefore } from './retry';

/** The function was surely not started, so that another try cannot run it twice: throttled, or no connection was made. */
const NOT_STARTED: readonly string[] = ['TooManyRequestsException', 'ECONNREFUSED', 'EAI_AGAIN', 'ENETUNREACH', 'EHOSTUNREACH'];

/** Again only where the function has surely not begun; the signal ends the waiting, and the last refusal is then the error. */
export async function invokeOnce<T>(ports: { readonly clock: Clock; readonly random: Random }, invoke: () => Promise<T>, signal: AbortSignal): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await invoke();
    } catch (error) {
      if (!(error instanceof ServiceFailure) || !NOT_STARTED.includes(error.code)) {
        throw error;
      }
      try {
        await ports.clock.sleep(pauseBefore(attempt, ports.random()), signal);
      } catch {
        throw error;
      }
    }
  }
}

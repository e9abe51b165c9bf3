import { surelyNotStarted } from './invocation';
import type { Clock, Random } from './ports';
import { pauseBefore } from './retry';

/** Again only where the function has surely not begun; the signal ends the waiting, and the last refusal is then the error. */
export async function invokeOnce<T>(ports: { readonly clock: Clock; readonly random: Random }, invoke: () => Promise<T>, signal: AbortSignal): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await invoke();
    } catch (error) {
      if (!surelyNotStarted(error)) {
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

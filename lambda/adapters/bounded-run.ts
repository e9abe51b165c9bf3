import type { Context } from 'node:vm';
import { createContext, Script } from 'node:vm';

import { Overdue } from '../core/failures';
import type { RunBounded } from '../core/ports';

const SCRIPT = new Script('work()');
let context: Context | undefined;

/** Node ends a script that runs for too long, whatever function it is in. */
export const runBounded: RunBounded = <T>(ms: number, work: () => T): T => {
  context ??= createContext({});
  context['work'] = work;
  try {
    return SCRIPT.runInContext(context, { timeout: ms }) as T;
  } catch (error) {
    if ((error as { readonly code?: unknown } | undefined)?.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') {
      throw new Overdue(`not computed within ${ms} ms`);
    }
    throw error;
  } finally {
    context['work'] = undefined;
  }
};

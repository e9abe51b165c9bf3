/** The hook of `fromOutcome`: invokes the user's function and takes its end as the verdict. */
import { ENV } from '../../lib/model/hook-contract';
import { describeError, ServiceFailure } from './failures';
import type { HookWork } from './hook-work';
import { invokeOnce } from './invoke-once';
import { judged } from './judgement';
import type { Clock, Environment, Invoker, Random } from './ports';
import { requiredVariable } from './settings';
import { excerpt } from './text';

export interface OutcomePorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly invoker: Invoker;
}

export function outcomeWork(environment: Environment, ports: OutcomePorts): HookWork {
  return async (hook, { signal }) => {
    // Outside the catch below: a missing function is a bad configuration.
    const functionArn = requiredVariable(environment, ENV.function);
    const startedAt = ports.clock.now();
    const took = () => `after ${Math.round(ports.clock.now() - startedAt)} ms`;
    try {
      const outcome = await invokeOnce(ports, () => ports.invoker.invoke({ functionArn, payload: JSON.stringify(hook) }, signal), signal);
      return outcome.end === 'returned'
        ? judged('pass', `${functionArn} returned ${took()}`)
        : judged('fail', `${functionArn} failed ${took()}: ${excerpt(outcome.errorType, 100)}: ${excerpt(outcome.errorMessage, 500)}`);
    } catch (error) {
      const why = signal.aborted && !(error instanceof ServiceFailure) ? 'had not ended when the time to report came' : `could not be invoked: ${describeError(error)}`;
      return judged('fail', `${functionArn} ${why} (${took()})`);
    }
  };
}

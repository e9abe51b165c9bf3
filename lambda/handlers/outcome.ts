/** The hook of `LifecycleHook.fromOutcome`: invokes the user's function, whose end is the verdict. */
import { lambdaEnvironment } from '../adapters/environment';
import { lambdaPorts } from '../adapters/hook-ports';
import { lambdaInvoker } from '../adapters/lambda-invoker';
import { makeHook } from '../core/hook';
import { outcomeWork } from '../core/outcome';

const environment = lambdaEnvironment(__dirname);
const ports = lambdaPorts();

export const handler = makeHook({ by: 'outcome', environment, ports, work: outcomeWork(environment, { ...ports, invoker: lambdaInvoker() }) });

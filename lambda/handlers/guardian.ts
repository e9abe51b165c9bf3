/** The destination of the hooks' asynchronous invocations: reports for those that ended in silence. */
import { lambdaEnvironment } from '../adapters/environment';
import { lambdaPorts } from '../adapters/hook-ports';
import { makeGuardian } from '../core/guardian';

export const handler = makeGuardian({ environment: lambdaEnvironment(__dirname), ports: lambdaPorts() });

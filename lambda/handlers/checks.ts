/** The hook of `LifecycleHook.checks`: plays the suite that lies beside it. */
import { systemClock } from '../adapters/clock';
import { lambdaEnvironment } from '../adapters/environment';
import { lambdaPorts } from '../adapters/hook-ports';
import { httpClient } from '../adapters/http-client';
import { checksWork } from '../core/checks/checks-work';
import { makeHook } from '../core/hook';

const environment = lambdaEnvironment(__dirname);
const http = httpClient({ clock: systemClock });

export const handler = makeHook({ by: 'checks', environment, ports: lambdaPorts(), work: checksWork(environment, { clock: systemClock, http }) });

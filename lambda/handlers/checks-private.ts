/** The hook of `LifecycleHook.checks` that reaches the load balancer by its private addresses. */
import { systemClock } from '../adapters/clock';
import { lambdaEnvironment } from '../adapters/environment';
import { lambdaPorts } from '../adapters/hook-ports';
import { httpClient } from '../adapters/http-client';
import { resolveByInterfaces } from '../adapters/private-addresses';
import { checksWork } from '../core/checks/checks-work';
import { makeHook } from '../core/hook';

const environment = lambdaEnvironment(__dirname);
const http = httpClient({ clock: systemClock, resolve: resolveByInterfaces({ environment, clock: systemClock }) });

export const handler = makeHook({ by: 'checks', environment, ports: lambdaPorts(), work: checksWork(environment, { clock: systemClock, http }) });

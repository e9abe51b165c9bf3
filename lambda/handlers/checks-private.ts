/** The hook of `LifecycleHook.checks` that reaches the load balancer by its private addresses. */
import { runBounded } from '../adapters/bounded-run';
import { systemClock } from '../adapters/clock';
import { cloudWatch } from '../adapters/cloudwatch';
import { lambdaEnvironment } from '../adapters/environment';
import { lambdaPorts } from '../adapters/hook-ports';
import { httpClient } from '../adapters/http-client';
import { resolveByInterfaces } from '../adapters/private-addresses';
import { checksWork } from '../core/checks/checks-work';
import type { HookWork } from '../core/hook';
import { makeHook } from '../core/hook';

const environment = lambdaEnvironment(__dirname);
const ports = lambdaPorts();
const alarms = cloudWatch();

/** Every release is asked at the addresses of now, over connections of its own: no clock says how long this process was frozen. */
const work: HookWork = (hook, signal) => {
  const http = httpClient({ clock: systemClock, resolve: resolveByInterfaces({ environment, clock: systemClock }) });
  return checksWork(environment, { clock: systemClock, http, run: runBounded, alarms })(hook, signal);
};

export const handler = makeHook({ by: 'checks', environment, ports, work });

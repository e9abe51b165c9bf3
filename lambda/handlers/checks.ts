/** The hook of `LifecycleHook.checks`: plays the suite that lies beside it. */
import { runBounded } from '../adapters/bounded-run';
import { systemClock } from '../adapters/clock';
import { cloudWatch } from '../adapters/cloudwatch';
import { lambdaEnvironment } from '../adapters/environment';
import { lambdaPorts } from '../adapters/hook-ports';
import { httpClient } from '../adapters/http-client';
import { checksWork } from '../core/checks/checks-work';
import type { HookWork } from '../core/hook';
import { makeHook } from '../core/hook';

const environment = lambdaEnvironment(__dirname);
const ports = lambdaPorts();
const alarms = cloudWatch();

/** Every release is asked over connections of its own: those of an earlier one may have closed while this process was frozen. */
const work: HookWork = (hook, signal) => checksWork(environment, { clock: systemClock, http: httpClient({ clock: systemClock }), run: runBounded, alarms })(hook, signal);

export const handler = makeHook({ by: 'checks', environment, ports, work });

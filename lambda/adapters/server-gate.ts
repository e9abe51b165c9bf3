import { checksWork } from '../core/checks/checks-work';
import type { CheckKinds } from '../core/checks/kind';
import type { HookWork } from '../core/hook-work';
import type { GateHandler } from '../core/server-gate/server-gate';
import { makeServerGate } from '../core/server-gate/server-gate';
import { runBounded } from './bounded-run';
import { systemClock, systemRandom } from './clock';
import { lambdaEnvironment } from './environment';
import { gatePorts } from './gate-ports';
import { httpClient } from './http-client';
import { secretsManager } from './secrets-manager';
import { systemsManager } from './ssm';

/** A gate of a fleet. `directory`: where the handler lies, and the suite beside it. */
export function serverGate(directory: string, kinds: CheckKinds): GateHandler {
  const environment = lambdaEnvironment(directory);
  // Every instance is asked over connections of its own: no clock says how long this process was frozen.
  const work: HookWork = (hook, bounds) => {
    const http = httpClient({ clock: systemClock });
    const sources = { secrets: secretsManager(), parameters: systemsManager() };
    return checksWork(environment, { clock: systemClock, random: systemRandom, http, run: runBounded, sources }, kinds)(hook, bounds);
  };
  return makeServerGate({ environment, ports: gatePorts(), work });
}

import { checksWork } from '../core/checks/checks-work';
import type { CheckKinds } from '../core/checks/kind';
import { makeHook } from '../core/hook';
import type { HookWork } from '../core/hook-work';
import type { HookHandler } from '../core/native/either-controller';
import { asHookEvent, eitherController } from '../core/native/either-controller';
import { makeNativeHook } from '../core/native/native-hook';
import { runBounded } from './bounded-run';
import { systemClock, systemRandom } from './clock';
import { lambdaEnvironment } from './environment';
import { lambdaPorts } from './hook-ports';
import { httpClient } from './http-client';
import { selfInvoker } from './lambda-invoker';
import { resolveByInterfaces } from './private-addresses';
import { secretsManager } from './secrets-manager';
import { systemsManager } from './ssm';

/** The hook of `LifecycleHook.checks`, for CodeDeploy and for ECS. `directory`: where the handler lies, and the suite beside it. */
export function checksHook(directory: string, kinds: CheckKinds): HookHandler {
  const environment = lambdaEnvironment(directory);
  // Every release is asked at the addresses of now, over connections of its own: no clock says how long this process was frozen.
  const work: HookWork = (hook, bounds) => {
    const http = httpClient({ clock: systemClock, resolve: resolveByInterfaces({ environment, clock: systemClock }) });
    const sources = { secrets: secretsManager(), parameters: systemsManager() };
    return checksWork(environment, { clock: systemClock, random: systemRandom, http, run: runBounded, sources }, kinds)(hook, bounds);
  };
  const definition = { by: 'checks', environment, ports: lambdaPorts() } as const;
  return eitherController(environment, {
    codeDeploy: makeHook({ ...definition, work, self: selfInvoker() }),
    ecs: makeNativeHook({ ...definition, work: (event, bounds) => work(asHookEvent(event), bounds) }),
  });
}

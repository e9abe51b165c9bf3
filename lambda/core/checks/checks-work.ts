import { ENV } from '../../../lib/model/hook-contract';
import type { HookWork } from '../hook-work';
import type { Environment } from '../ports';
import { jsonVariable, requiredVariable } from '../settings';
import { readValues } from './deploy-time-values';
import type { CheckKinds } from './kind';
import { readSuite } from './parse-suite';
import { runSuite } from './run-suite';
import type { CheckPorts } from './tools';

/** The hook of `checks`: plays the suite that lies beside the handler, over several invocations where the suite says that it may take them. */
export function checksWork(common: Environment, ports: CheckPorts, kinds: CheckKinds): HookWork {
  return async (hook, { signal, turn, handOverAt, recall, environment = common }) => {
    const values = readValues(jsonVariable(environment, ENV.values));
    const { suite, loaded } = await readSuite(environment, { event: requiredVariable(environment, ENV.event), values, kinds });
    const goesOn = handOverAt !== undefined && (recall !== undefined || turn.invocation < (suite.policy.invocations ?? 1));
    return runSuite({ suite, kinds: loaded, hook }, environment, ports, { signal, from: turn.from, ...(goesOn ? { handOverAt } : {}), ...recall });
  };
}

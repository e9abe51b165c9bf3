import { ENV } from '../../../lib/model/hook-contract';
import type { HookWork } from '../hook';
import type { Environment } from '../ports';
import { jsonVariable, requiredVariable } from '../settings';
import { readValues } from './deploy-time-values';
import { readSuite } from './parse-suite';
import { runSuite } from './run-suite';
import type { CheckPorts } from './tools';

/** The hook of `checks`: plays the suite that lies beside the handler. */
export function checksWork(environment: Environment, ports: CheckPorts): HookWork {
  return async (_hook, signal) => {
    const suite = readSuite(environment, requiredVariable(environment, ENV.event), readValues(jsonVariable(environment, ENV.values)));
    return runSuite(suite, environment, ports, signal);
  };
}

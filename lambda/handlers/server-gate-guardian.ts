/** The destination of the gates' asynchronous invocations: holds what those that crashed should have held. */
import { lambdaEnvironment } from '../adapters/environment';
import { gateGuardianPorts } from '../adapters/gate-ports';
import { makeGateGuardian } from '../core/server-gate/gate-guardian';

export const handler = makeGateGuardian({ environment: lambdaEnvironment(__dirname), ports: gateGuardianPorts() });

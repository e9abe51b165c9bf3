import type { GateGuardianPorts, GatePorts } from '../core/server-gate/ports';
import { ec2Instances } from './ec2-instances';
import { gateDeployments } from './gate-deployments';
import { lambdaPorts } from './hook-ports';
import { instanceTargets } from './instance-targets';

/** The ports of the guardian of gates in Lambda. Makes no connection and reads no configuration. */
export function gateGuardianPorts(): GateGuardianPorts {
  return { ...lambdaPorts(), fleet: gateDeployments() };
}

/** The ports of a gate in Lambda. Makes no connection and reads no configuration. */
export function gatePorts(): GatePorts {
  return { ...gateGuardianPorts(), targets: instanceTargets(), instances: ec2Instances() };
}

import type { FleetPorts } from '../core/server-fleets/ports';
import { autoScaling } from './auto-scaling';
import { systemClock, systemRandom } from './clock';
import { codeDeployDeployments } from './codedeploy-deployments';
import { codeDeployGroups } from './codedeploy-groups';
import { jsonLog } from './log';
import { originalTargets } from './original-targets';

/** The ports of what settles two Auto Scaling groups. Makes no connection and reads no configuration. */
export function fleetPorts(): FleetPorts {
  return {
    clock: systemClock,
    random: systemRandom,
    log: jsonLog(),
    deployments: codeDeployDeployments(),
    serverGroups: codeDeployGroups(),
    autoScalingGroups: autoScaling(),
    originals: originalTargets(),
  };
}

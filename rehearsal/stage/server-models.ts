/** From a resolved rollout to EC2/on-premises to what the engine takes. */
import { instancesPerDeployment } from '../../lib/model/server/quotas';
import type { ServerRolloutModel } from '../assembly/server-rollout-model';
import type { FleetGroupModel } from '../engine/fleet/fleet-group';
import type { FleetScenario } from '../scenario/fleet-scenario';

export function fleetGroupModel(rollout: ServerRolloutModel, fleet: FleetScenario | undefined): FleetGroupModel {
  const { description, region } = rollout;
  return {
    applicationName: rollout.application.name,
    deploymentGroupName: rollout.deploymentGroup.name,
    applicationArn: rollout.application.arn,
    deploymentGroupArn: rollout.deploymentGroup.arn,
    deploymentConfigName: rollout.deploymentConfig.name,
    minimumHealthyHosts: description.minimumHealthyHosts,
    ...(description.zonal === undefined ? {} : { zonal: description.zonal }),
    serviceRoleArn: rollout.serviceRole.arn,
    targets: rollout.targets,
    loadBalancers: rollout.loadBalancers,
    deployment: { type: 'IN_PLACE' },
    outdatedInstances: description.outdatedInstances,
    terminationHook: description.terminationHook,
    fileExistsBehavior: description.fileExistsBehavior,
    ignoreApplicationStopFailures: description.ignoreApplicationStopFailures,
    instancesPerDeployment: fleet?.instancesPerDeployment ?? instancesPerDeployment(region),
    rollbackEvents: description.rollbackEvents,
    alarmNames: rollout.alarms.map(({ name }) => name),
    ignorePollAlarmFailure: rollout.ignorePollAlarmFailure,
  };
}

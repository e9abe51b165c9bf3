/** From a resolved rollout to EC2/on-premises to what the engine takes. */
import type { BlueGreenDescription } from '../../lib/model/server/rollout';
import type { ServerRolloutModel } from '../assembly/server-rollout-model';
import type { BlueGreenSettings, ServerConfig, ServerGroupSettings } from '../engine/fleet/group-settings';

/** The deployment group as the stack, or its custom resource, has made it. */
export function groupSettingsOf(rollout: ServerRolloutModel): ServerGroupSettings {
  const { description, loadBalancers, alarms, ignorePollAlarmFailure } = rollout;
  const { deployment, rollbackEvents } = description;
  const classic = description.loadBalancers.classic.length;
  const alarmNames = alarms.map(({ name }) => name);
  return {
    applicationName: rollout.application.name,
    deploymentGroupName: rollout.deploymentGroup.name,
    deploymentConfigName: rollout.deploymentConfig.name,
    serviceRoleArn: rollout.serviceRole.arn,
    targets: rollout.targets,
    targetGroups: loadBalancers.slice(0, loadBalancers.length - classic),
    classicLoadBalancers: loadBalancers.slice(loadBalancers.length - classic),
    deploymentStyle: { deploymentType: deployment.type, deploymentOption: loadBalancers.length > 0 ? 'WITH_TRAFFIC_CONTROL' : 'WITHOUT_TRAFFIC_CONTROL' },
    ...(deployment.type === 'BLUE_GREEN' ? { blueGreen: blueGreenSettings(deployment) } : {}),
    outdatedInstances: description.outdatedInstances,
    terminationHook: description.terminationHook,
    rollback: { enabled: rollbackEvents.length > 0, events: rollbackEvents },
    alarms: { enabled: alarmNames.length > 0, ignorePollAlarmFailure, alarmNames },
    triggers: rollout.triggers,
  };
}

function blueGreenSettings({ readyWaitMinutes, originals, fleet }: BlueGreenDescription): BlueGreenSettings {
  return {
    deploymentReadyOption: { actionOnTimeout: readyWaitMinutes === undefined ? 'CONTINUE_DEPLOYMENT' : 'STOP_DEPLOYMENT', waitTimeInMinutes: readyWaitMinutes ?? 0 },
    terminateBlueInstancesOnDeploymentSuccess: { action: originals.action, terminationWaitTimeInMinutes: originals.action === 'TERMINATE' ? originals.waitMinutes : 0 },
    greenFleetProvisioningOption: { action: fleet.type === 'COPIED' ? 'COPY_AUTO_SCALING_GROUP' : 'DISCOVER_EXISTING' },
  };
}

export function serverConfigOf({ deploymentConfig, description }: ServerRolloutModel): ServerConfig {
  const { minimumHealthyHosts, zonal } = description;
  return { deploymentConfigName: deploymentConfig.name, minimumHealthyHosts, ...(zonal === undefined ? {} : { zonal }) };
}

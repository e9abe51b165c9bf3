/** What a blue/green rollout to servers refuses as soon as it is made. */
import type { IConstruct } from 'constructs';

import type { ServerRolloutProps } from '../server/server-rollout-props';
import type { BlueGreenFleetConfiguration } from './server-blue-green';

/** @throws for the first thing that the service would reject, or take and never do */
export function requireBlueGreen(rollout: IConstruct, { deployment, targets, loadBalancers = [], processesToSuspend = [], deploymentGroupName }: ServerRolloutProps): void {
  const blueGreen = deployment?._blueGreen;
  if (blueGreen === undefined) {
    return;
  }
  const { path } = rollout.node;
  if (targets._ec2TagGroups.length + targets._onPremisesTagGroups.length > 0) {
    throw new Error(
      `rollout '${path}' is blue/green, and its 'targets' select instances by tags: which of them are the replacement, nothing would tell; name Auto Scaling groups alone, or deploy by ServerDeployment.inPlace()`,
    );
  }
  requireGroups(path, targets._autoScalingGroups, blueGreen.fleet);
  if (loadBalancers.length === 0) {
    throw new Error(
      `rollout '${path}' is blue/green and has 0 load balancers, and the service refuses that with 'BLUE_GREEN deployment type not supported with WITHOUT_TRAFFIC_CONTROL option'; ` +
        "name one by 'loadBalancers', or deploy by ServerDeployment.inPlace()",
    );
  }
  if (blueGreen.adopt && deploymentGroupName === undefined) {
    throw new Error(`'adoptExistingGroup' takes over the deployment group that 'deploymentGroupName' names, and rollout '${path}' names none; give the name of the group, and its 'application'`);
  }
  if (processesToSuspend.length > 0) {
    throw new Error(`'processesToSuspend' is about deployments in place, and rollout '${path}' is blue/green; leave it out`);
  }
}

function requireGroups(path: string, groups: readonly unknown[], { type }: BlueGreenFleetConfiguration): void {
  if (type === 'COPIED' && groups.length !== 1) {
    throw new Error(
      `rollout '${path}' copies an Auto Scaling group and its 'targets' name ${groups.length}; the service: 'Exactly one AutoScaling group must be specified when selecting the ` +
        "COPY_AUTO_SCALING_GROUP green fleet provisioning option.'; name 1, or take BlueGreenFleet.alternating() for 2",
    );
  }
  if (type === 'ALTERNATING' && groups.length !== 2) {
    throw new Error(
      `rollout '${path}' has two Auto Scaling groups alternate and its 'targets' name ${groups.length}; name 2, of which the first serves first, or take BlueGreenFleet.copyAutoScalingGroup() for 1`,
    );
  }
}

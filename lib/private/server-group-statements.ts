/** What the deployment provider may do for one deployment group of blue/green. */
import type * as iam from 'aws-cdk-lib/aws-iam';
import type { Stack } from 'aws-cdk-lib/core';
import { Aws } from 'aws-cdk-lib/core';

import {
  keepServerGroup,
  lookAtStackResource,
  passServiceRole,
  releaseServerGroup,
  removeCopiedFleets,
  retireServerGroups,
  stopServerDeployments,
  useConfig,
} from './deployment-statements';
import { lookAtFleets, scaleFleets } from './fleet-statements';
import { codedeployArn, groupArn } from './names';
import type { BlueGreenGroupInput } from './server-blue-green-group';

export function manageServerGroup(stack: Stack, { blueGreen, props, applicationName, deploymentGroupName, deploymentConfig, role }: BlueGreenGroupInput): iam.PolicyStatement[] {
  const group = groupArn(stack, applicationName, deploymentGroupName);
  const [first] = props.targets._autoScalingGroups;
  return [
    keepServerGroup(group),
    stopServerDeployments(group),
    ...(blueGreen.adopt ? [releaseServerGroup(group)] : []),
    // Groups of an application that is shared are not all ours: there the old policy has to do, which CloudFormation may take away too early.
    ...(props.application === undefined ? [retireServerGroups(stack, applicationName)] : []),
    useConfig(codedeployArn(stack, 'deploymentconfig', deploymentConfig.deploymentConfigName)),
    passServiceRole(role.roleArn),
    lookAtFleets(),
    ...(blueGreen.fleet.type === 'ALTERNATING' ? [scaleFleets(stack, [first!])] : [removeCopiedFleets(stack, deploymentGroupName), lookAtStackResource(Aws.STACK_ID)]),
  ];
}

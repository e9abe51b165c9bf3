/** What the deployment provider may do for one deployment group of blue/green. */
import type * as iam from 'aws-cdk-lib/aws-iam';
import { Aws, Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';

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
import { codedeployArn, groupArn, literalNameWith } from './names';
import { nameSuffix } from './server-blue-green';
import type { BlueGreenGroupInput } from './server-blue-green-group';

export function manageServerGroup(rollout: Construct, { blueGreen, props, applicationName, deploymentGroupName, deploymentConfig, role }: BlueGreenGroupInput): iam.PolicyStatement[] {
  const stack = Stack.of(rollout);
  const group = groupArn(stack, applicationName, deploymentGroupName);
  const copiedFor = groupsWithCopies(rollout, { blueGreen, props, deploymentGroupName });
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
    ...(blueGreen.fleet.type === 'ALTERNATING' ? [scaleFleets(stack, [first!])] : []),
    ...(copiedFor.length === 0 ? [] : [removeCopiedFleets(stack, copiedFor), lookAtStackResource(Aws.STACK_ID)]),
  ];
}

/**
 * Deployment groups whose copies are removed: the one that there is; and, where another one has taken its place, the one of the name that it had without a name of its own. By then the policy of
 * that one may be gone.
 */
function groupsWithCopies(rollout: Construct, { blueGreen, props, deploymentGroupName }: Pick<BlueGreenGroupInput, 'blueGreen' | 'props' | 'deploymentGroupName'>): readonly string[] {
  const own = blueGreen.fleet.type === 'COPIED' ? [deploymentGroupName] : [];
  const before = props.application === undefined ? [literalNameWith(rollout, nameSuffix('COPIED'))] : [];
  return [...new Set([...own, ...before])];
}

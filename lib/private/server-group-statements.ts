/** What the deployment provider may do to make a deployment group of blue/green, to change and to delete it. */
import * as iam from 'aws-cdk-lib/aws-iam';
import type { Stack } from 'aws-cdk-lib/core';
import { Aws } from 'aws-cdk-lib/core';

import { copiedGroupPrefix } from '../model/server/deployment-group-request';
import { autoScalingGroupArn } from './auto-scaling-arn';
import { useConfig } from './deployment-statements';
import { codedeployArn, groupArn } from './names';
import type { BlueGreenGroupInput } from './server-blue-green-group';

/** One statement for each kind of thing that is touched. */
export function manageServerGroup(stack: Stack, { blueGreen, props, applicationName, deploymentGroupName, deploymentConfig, role }: BlueGreenGroupInput): iam.PolicyStatement[] {
  const group = groupArn(stack, applicationName, deploymentGroupName);
  const originals = props.targets._autoScalingGroups.map(({ autoScalingGroupName }) => autoScalingGroupArn(stack, autoScalingGroupName));
  return [
    keepGroup(group),
    endDeployments(group),
    useConfig(codedeployArn(stack, 'deploymentconfig', deploymentConfig.deploymentConfigName)),
    passServiceRole(role.roleArn),
    lookAtGroups(),
    ...(blueGreen.fleet.type === 'ALTERNATING' ? [scaleUp(originals)] : [deleteCopies(autoScalingGroupArn(stack, `${copiedGroupPrefix(deploymentGroupName)}*`)), findSuccessor()]),
  ];
}

/** The tag tells a group that an earlier attempt has made from one of somebody else; one that was taken over loses it again where the stack is rolled back. */
function keepGroup(group: string): iam.PolicyStatement {
  return new iam.PolicyStatement({
    sid: 'KeepGroup',
    actions: [
      'codedeploy:CreateDeploymentGroup',
      'codedeploy:DeleteDeploymentGroup',
      'codedeploy:GetDeploymentGroup',
      'codedeploy:ListTagsForResource',
      'codedeploy:TagResource',
      'codedeploy:UntagResource',
      'codedeploy:UpdateDeploymentGroup',
    ],
    resources: [group],
  });
}

/** What is under way is stopped before the group is deleted. */
function endDeployments(group: string): iam.PolicyStatement {
  return new iam.PolicyStatement({
    sid: 'EndDeployments',
    actions: ['codedeploy:BatchGetDeployments', 'codedeploy:GetDeployment', 'codedeploy:ListDeployments', 'codedeploy:StopDeployment'],
    resources: [group],
  });
}

function passServiceRole(roleArn: string): iam.PolicyStatement {
  return new iam.PolicyStatement({
    sid: 'PassServiceRole',
    actions: ['iam:PassRole'],
    resources: [roleArn],
    conditions: { StringEquals: { 'iam:PassedToService': 'codedeploy.amazonaws.com' } },
  });
}

/** The Describe actions of EC2 Auto Scaling have no resource-level permission. */
function lookAtGroups(): iam.PolicyStatement {
  return new iam.PolicyStatement({ sid: 'LookAtAutoScalingGroups', actions: ['autoscaling:DescribeAutoScalingGroups'], resources: ['*'] });
}

/** The first one, when the deployment group is made. */
function scaleUp(groups: string[]): iam.PolicyStatement {
  return new iam.PolicyStatement({ sid: 'ScaleFleet', actions: ['autoscaling:SetDesiredCapacity'], resources: groups });
}

/** Copies of this deployment group, and no group of a stack. */
function deleteCopies(copies: string): iam.PolicyStatement {
  return new iam.PolicyStatement({ sid: 'DeleteCopies', actions: ['autoscaling:DeleteAutoScalingGroup'], resources: [copies] });
}

/** Whether another group has taken the place of one that is deleted: what serves there stays. */
function findSuccessor(): iam.PolicyStatement {
  return new iam.PolicyStatement({ sid: 'FindSuccessor', actions: ['cloudformation:DescribeStackResource'], resources: [Aws.STACK_ID] });
}

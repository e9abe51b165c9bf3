/** What may be done with two Auto Scaling groups of which one serves at a time, one function for each statement. */
import type * as autoscaling from 'aws-cdk-lib/aws-autoscaling';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { Stack } from 'aws-cdk-lib/core';

import { autoScalingGroupArn } from './auto-scaling-arn';

/** How many instances they have, and which ones the service has copied. DescribeAutoScalingGroups has no resource-level permission. */
export function lookAtFleets(): iam.PolicyStatement {
  return new iam.PolicyStatement({ sid: 'LookAtFleets', actions: ['autoscaling:DescribeAutoScalingGroups'], resources: ['*'] });
}

/** Gives the first one its instances; brings the idle one up before a deployment, and down after it. */
export function scaleFleets(stack: Stack, fleets: readonly autoscaling.IAutoScalingGroup[]): iam.PolicyStatement {
  return new iam.PolicyStatement({ sid: 'ScaleFleets', actions: ['autoscaling:SetDesiredCapacity'], resources: fleets.map(({ autoScalingGroupName }) => autoScalingGroupArn(stack, autoScalingGroupName)) });
}

/** Which of the two serves, by the group, its last deployments and what they have done to their originals; and that the group names it. */
export function settleDeployments(groupArn: string): iam.PolicyStatement {
  return new iam.PolicyStatement({
    sid: 'SettleDeployments',
    actions: ['codedeploy:BatchGetDeployments', 'codedeploy:GetDeployment', 'codedeploy:GetDeploymentGroup', 'codedeploy:ListDeploymentTargets', 'codedeploy:ListDeployments', 'codedeploy:UpdateDeploymentGroup'],
    resources: [groupArn],
  });
}

/** What a group's last deployments were. */
export function lookAtGroup(groupArn: string): iam.PolicyStatement {
  return new iam.PolicyStatement({ sid: 'LookAtGroup', actions: ['codedeploy:GetDeploymentGroup'], resources: [groupArn] });
}

/** The revision of an earlier deployment of the application, whichever group that was of. @param groupsArn a pattern */
export function findRevision(groupsArn: string): iam.PolicyStatement {
  return new iam.PolicyStatement({ sid: 'FindRevision', actions: ['codedeploy:GetDeployment'], resources: [groupsArn] });
}

/**
 * What CodeDeploy may do for a rollout to EC2 instances and on-premises servers, and no more.
 *
 * It is what the managed policy AWSCodeDeployRole lists, on the resources of the rollout wherever there are resource-level permissions; what blue/green by a copied Auto Scaling group
 * needs alone (groups, scaling policies, schedules and notifications that are written, instances that are ended, alarms that are put) is in `server-copy-statements.ts`.
 *
 * @see https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSCodeDeployRole.html
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2autoscaling.html
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_awselasticloadbalancing.html
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_awselasticloadbalancingv2.html
 */
import type * as autoscaling from 'aws-cdk-lib/aws-autoscaling';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';

import type { DeploymentTrigger } from '../rollout/deployment-trigger';
import { autoScalingGroupArn } from './auto-scaling-arn';
import type { Findings } from './findings';
import type { BlueGreenConfiguration } from './server-blue-green';
import { copyStatements } from './server-copy-statements';
import type { BoundLoadBalancers } from './server-load-balancers';
import { hasLoadBalancer } from './server-load-balancers';
import { noteForeignRole, watchAlarms } from './service-role';
import { triggerStatements } from './triggers';

export interface ServerServiceRoleGrant {
  readonly role: iam.IRole;
  readonly autoScalingGroups: readonly autoscaling.IAutoScalingGroup[];
  readonly loadBalancers: BoundLoadBalancers;
  /** Whether processes of Auto Scaling are suspended. */
  readonly suspends: boolean;
  /** Undefined: in place. */
  readonly blueGreen: BlueGreenConfiguration | undefined;
  readonly deploymentGroupName: string;
  readonly triggers: readonly DeploymentTrigger[];
  readonly findings: Findings;
}

/** @returns what the group waits for: it puts hooks on Auto Scaling groups as soon as it is made. An imported role is left as it is, which is a finding. */
export function grantServerServiceRole(scope: Construct, grant: ServerServiceRoleGrant): iam.Policy | undefined {
  const { role, autoScalingGroups, loadBalancers, triggers } = grant;
  if (!iam.Role.isRole(role)) {
    noteForeignRole(grant);
    return undefined;
  }
  const statements = [
    findInstances(),
    ...(autoScalingGroups.length === 0 ? [] : [hookGroups(Stack.of(scope), grant), lookAtGroups()]),
    ...makeCopies(Stack.of(scope), grant),
    ...moveInstances(Stack.of(scope), loadBalancers),
    watchAlarms(),
    ...triggerStatements(triggers),
  ];
  return new iam.Policy(scope, 'DeployPolicy', { roles: [role], statements });
}

/** None of the three has resource-level permissions. */
function findInstances(): iam.PolicyStatement {
  return new iam.PolicyStatement({ sid: 'FindInstances', actions: ['ec2:DescribeInstanceStatus', 'ec2:DescribeInstances', 'tag:GetResources'], resources: ['*'] });
}

const HOOKS = ['autoscaling:CompleteLifecycleAction', 'autoscaling:DeleteLifecycleHook', 'autoscaling:PutLifecycleHook', 'autoscaling:RecordLifecycleActionHeartbeat'];
const SUSPENSION = ['autoscaling:ResumeProcesses', 'autoscaling:SuspendProcesses'];

function hookGroups(stack: Stack, { autoScalingGroups, suspends }: ServerServiceRoleGrant): iam.PolicyStatement {
  return new iam.PolicyStatement({
    sid: 'HookAutoScalingGroups',
    actions: [...HOOKS, ...(suspends ? SUSPENSION : [])].sort(),
    resources: autoScalingGroups.map(({ autoScalingGroupName }) => autoScalingGroupArn(stack, autoScalingGroupName)),
  });
}

/** The Describe actions of EC2 Auto Scaling have no resource-level permission. */
function lookAtGroups(): iam.PolicyStatement {
  return new iam.PolicyStatement({ sid: 'LookAtAutoScalingGroups', actions: ['autoscaling:DescribeAutoScalingGroups', 'autoscaling:DescribeLifecycleHooks'], resources: ['*'] });
}

/** Two groups that alternate take no more than a deployment in place: the service makes no group, and ends none. */
function makeCopies(stack: Stack, { autoScalingGroups, blueGreen, deploymentGroupName, findings }: ServerServiceRoleGrant): iam.PolicyStatement[] {
  if (blueGreen?.fleet.type !== 'COPIED') {
    return [];
  }
  return copyStatements(stack, { original: autoScalingGroups[0]!, deploymentGroupName, terminates: blueGreen.fleet.originals.action === 'TERMINATE', findings });
}

function moveInstances(stack: Stack, loadBalancers: BoundLoadBalancers): iam.PolicyStatement[] {
  if (!hasLoadBalancer(loadBalancers)) {
    return [];
  }
  const { targetGroups, classic } = loadBalancers;
  const targets = targetGroups.map(({ targetGroupArn }) => targetGroupArn);
  const balancers = classic.map(({ loadBalancerRef: { loadBalancerName } }) => stack.formatArn({ service: 'elasticloadbalancing', resource: 'loadbalancer', resourceName: loadBalancerName }));
  return [
    ...(targets.length === 0 ? [] : [new iam.PolicyStatement({ sid: 'MoveTargets', actions: ['elasticloadbalancing:DeregisterTargets', 'elasticloadbalancing:RegisterTargets'], resources: targets })]),
    ...(balancers.length === 0
      ? []
      : [new iam.PolicyStatement({ sid: 'MoveInstances', actions: ['elasticloadbalancing:DeregisterInstancesFromLoadBalancer', 'elasticloadbalancing:RegisterInstancesWithLoadBalancer'], resources: balancers })]),
    lookAtLoadBalancers(targets.length > 0, balancers.length > 0),
  ];
}

/** The Describe actions of Elastic Load Balancing, of both generations, have no resource-level permission. */
function lookAtLoadBalancers(targets: boolean, balancers: boolean): iam.PolicyStatement {
  return new iam.PolicyStatement({
    sid: 'LookAtLoadBalancers',
    actions: [
      ...(balancers ? ['elasticloadbalancing:DescribeInstanceHealth'] : []),
      'elasticloadbalancing:DescribeLoadBalancerAttributes',
      'elasticloadbalancing:DescribeLoadBalancers',
      ...(targets ? ['elasticloadbalancing:DescribeTargetGroupAttributes', 'elasticloadbalancing:DescribeTargetGroups', 'elasticloadbalancing:DescribeTargetHealth'] : []),
    ],
    resources: ['*'],
  });
}

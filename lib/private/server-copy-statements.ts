/**
 * What CodeDeploy may do besides where it copies an Auto Scaling group for each deployment: to make the copies as the original is, and to end what does not serve any more.
 *
 * What AWSCodeDeployRole allows on `*` is restricted to the original and to the copies, which have the deployment group's name in theirs. What a launch template takes besides is in no managed policy.
 *
 * @see https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSCodeDeployRole.html
 * @see https://docs.aws.amazon.com/codedeploy/latest/userguide/getting-started-create-service-role.html
 * @see https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-api-permissions.html
 */
import type * as autoscaling from 'aws-cdk-lib/aws-autoscaling';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { Stack } from 'aws-cdk-lib/core';

import { copiedGroupPrefix } from '../model/server/deployment-group-request';
import { autoScalingGroupArn } from './auto-scaling-arn';
import type { Findings } from './findings';
import { launchOf } from './launch-templates';
import { alarmArn } from './names';

export interface CopiesGrant {
  readonly original: autoscaling.IAutoScalingGroup;
  readonly deploymentGroupName: string;
  /** Whether the service ends originals. */
  readonly terminates: boolean;
  readonly findings: Findings;
}

/** Of the groups that the service has made itself. */
const ON_COPIES = [
  'autoscaling:AttachLoadBalancerTargetGroups',
  'autoscaling:AttachLoadBalancers',
  'autoscaling:CompleteLifecycleAction',
  'autoscaling:CreateAutoScalingGroup',
  'autoscaling:CreateOrUpdateTags',
  'autoscaling:DeleteAutoScalingGroup',
  'autoscaling:DeleteLifecycleHook',
  'autoscaling:EnableMetricsCollection',
  'autoscaling:PutLifecycleHook',
  'autoscaling:PutNotificationConfiguration',
  'autoscaling:PutScalingPolicy',
  'autoscaling:PutScheduledUpdateGroupAction',
  'autoscaling:PutWarmPool',
  'autoscaling:RecordLifecycleActionHeartbeat',
  'autoscaling:ResumeProcesses',
  'autoscaling:SuspendProcesses',
  'autoscaling:UpdateAutoScalingGroup',
];

/** Of the group of the stack, besides the hooks: to hold it still, and to empty it. */
const ON_ORIGINAL = ['autoscaling:ResumeProcesses', 'autoscaling:SuspendProcesses', 'autoscaling:UpdateAutoScalingGroup'];

export function copyStatements(stack: Stack, grant: CopiesGrant): iam.PolicyStatement[] {
  const { original, terminates, deploymentGroupName } = grant;
  const copies = `${copiedGroupPrefix(deploymentGroupName)}*`;
  const ended = [...(terminates ? [original.autoScalingGroupName] : []), copies];
  return [
    new iam.PolicyStatement({ sid: 'MakeCopies', actions: ON_COPIES, resources: [autoScalingGroupArn(stack, copies)] }),
    new iam.PolicyStatement({
      sid: 'ChangeOriginal',
      actions: [...(terminates ? ['autoscaling:DeleteAutoScalingGroup'] : []), ...ON_ORIGINAL],
      resources: [autoScalingGroupArn(stack, original.autoScalingGroupName)],
    }),
    lookAtSettings(),
    alarmOnCopies(stack, copies),
    endInstances(stack, ended),
    ...launchStatements(stack, grant),
  ];
}

/** What is copied is read first. The Describe actions of EC2 Auto Scaling have no resource-level permission. */
function lookAtSettings(): iam.PolicyStatement {
  return new iam.PolicyStatement({
    sid: 'LookAtSettings',
    actions: ['autoscaling:DescribeNotificationConfigurations', 'autoscaling:DescribePolicies', 'autoscaling:DescribeScalingActivities', 'autoscaling:DescribeScheduledActions'],
    resources: ['*'],
  });
}

/**
 * A target tracking policy has alarms, which PutScalingPolicy makes by the permissions of its caller.
 *
 * @see https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-scaling-target-tracking.html
 */
function alarmOnCopies(stack: Stack, copies: string): iam.PolicyStatement {
  return new iam.PolicyStatement({ sid: 'AlarmOnCopies', actions: ['cloudwatch:PutMetricAlarm'], resources: [alarmArn(stack, `TargetTracking-${copies}`)] });
}

/** Instances have no name that could be known; Auto Scaling tags each with the name of its group, and nobody else can set a tag that begins with `aws:`. */
function endInstances(stack: Stack, groups: string[]): iam.PolicyStatement {
  return new iam.PolicyStatement({
    sid: 'EndInstances',
    actions: ['ec2:TerminateInstances'],
    resources: [stack.formatArn({ service: 'ec2', resource: 'instance', resourceName: '*' })],
    conditions: { StringLike: { 'aws:ResourceTag/aws:autoscaling:groupName': groups } },
  });
}

/** Who makes a group of a launch template has to be allowed what the launch of an instance takes; of a launch configuration nothing is asked. */
function launchStatements(stack: Stack, { original, findings }: CopiesGrant): iam.PolicyStatement[] {
  const { templates, role } = launchOf(stack, original);
  if (templates === undefined) {
    findings.add({
      id: 'launch-not-known',
      level: 'warning',
      message: `Auto Scaling group '${original.node.path}' is not made in this app, so that nobody has seen what it launches instances by; a copy of one with a launch template takes permissions that the service role was not given`,
      remedy: "where it has a launch template, give 'role' ec2:RunInstances and ec2:CreateTags, and iam:PassRole for the role of its instances",
    });
    return [];
  }
  if (templates.length === 0) {
    return [];
  }
  if (role === undefined) {
    findings.add({
      id: 'launch-not-known',
      level: 'warning',
      message: `the role of the instances of Auto Scaling group '${original.node.path}' is not known, so that the service role may not hand it on to the instances of a copy`,
      remedy: "where the launch template has an instance profile, give 'role' iam:PassRole for the role in it",
    });
  }
  return [launchByTemplate(stack, templates), tagLaunched(stack), ...(role === undefined ? [] : [passInstanceRole(role)])];
}

/**
 * A launch is allowed on each thing that it takes (image, subnet, security groups, network interface, volume, instance), and with a template each request bears the template.
 *
 * @see https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-launch-template-permissions.html
 */
function launchByTemplate(stack: Stack, templates: readonly string[]): iam.PolicyStatement {
  return new iam.PolicyStatement({
    sid: 'LaunchByTemplate',
    actions: ['ec2:RunInstances'],
    // Images of others have an account that nobody knows, and images none at all.
    resources: [stack.formatArn({ service: 'ec2', account: '*', resource: '*', resourceName: '*' })],
    conditions: { ArnLike: { 'ec2:LaunchTemplate': templates } },
  });
}

/** Tags on what a launch makes, and on nothing that is there. */
function tagLaunched(stack: Stack): iam.PolicyStatement {
  return new iam.PolicyStatement({
    sid: 'TagLaunched',
    actions: ['ec2:CreateTags'],
    resources: [stack.formatArn({ service: 'ec2', resource: '*', resourceName: '*' })],
    conditions: { StringEquals: { 'ec2:CreateAction': 'RunInstances' } },
  });
}

function passInstanceRole(roleArn: string): iam.PolicyStatement {
  return new iam.PolicyStatement({
    sid: 'PassInstanceRole',
    actions: ['iam:PassRole'],
    resources: [roleArn],
    conditions: { StringEquals: { 'iam:PassedToService': 'ec2.amazonaws.com' } },
  });
}

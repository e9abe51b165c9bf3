/**
 * The policy statements of hooks, guardian and hook inspector, one function for each.
 *
 * A statement on `*` stands here only with its reason: the action has no resource-level permission.
 */
import * as iam from 'aws-cdk-lib/aws-iam';
import type { Stack } from 'aws-cdk-lib/core';

import { VERDICT_METRIC } from '../model/hook-contract';

/** Reporting on one deployment group, and no other. */
export function report(groupArn: string): iam.PolicyStatement {
  return new iam.PolicyStatement({
    sid: 'Report',
    actions: ['codedeploy:PutLifecycleEventHookExecutionStatus'],
    resources: [groupArn],
  });
}

/** A hook looks its deployment up, since the event that it is given holds only ids. */
export function lookUpDeployment(groupArn: string): iam.PolicyStatement {
  return new iam.PolicyStatement({ sid: 'LookUpDeployment', actions: ['codedeploy:GetDeployment'], resources: [groupArn] });
}

/** Versions of a release are found in the targets of its deployment. */
export function findVersions(groupArn: string): iam.PolicyStatement {
  return new iam.PolicyStatement({ sid: 'FindVersions', actions: ['codedeploy:BatchGetDeploymentTargets', 'codedeploy:ListDeploymentTargets'], resources: [groupArn] });
}

/** Instances of a deployment to servers are its targets. */
export function findTargets(groupArn: string): iam.PolicyStatement {
  return new iam.PolicyStatement({ sid: 'FindTargets', actions: ['codedeploy:BatchGetDeploymentTargets', 'codedeploy:ListDeploymentTargets'], resources: [groupArn] });
}

/** Addresses of instances; DescribeInstances has no resource-level permission. */
export function findAddresses(): iam.PolicyStatement {
  return new iam.PolicyStatement({ sid: 'FindAddresses', actions: ['ec2:DescribeInstances'], resources: ['*'] });
}

/** A deployment that waits goes on. */
export function goOn(groupArn: string): iam.PolicyStatement {
  return new iam.PolicyStatement({ sid: 'GoOn', actions: ['codedeploy:ContinueDeployment'], resources: [groupArn] });
}

/** A deployment names its AppSpec by a hash; the text is kept with the application. */
export function readAppSpec(applicationArn: string): iam.PolicyStatement {
  return new iam.PolicyStatement({ sid: 'ReadAppSpec', actions: ['codedeploy:GetApplicationRevision'], resources: [applicationArn] });
}

/** Versions alone: provisioned concurrency of the alias is not touched. */
export function provisionVersions(...functionArns: string[]): iam.PolicyStatement {
  return new iam.PolicyStatement({
    sid: 'ProvisionVersions',
    actions: ['lambda:GetProvisionedConcurrencyConfig', 'lambda:PutProvisionedConcurrencyConfig'],
    resources: functionArns.map((arn) => `${arn}:*`),
  });
}

export function stopDeployment(groupArn: string): iam.PolicyStatement {
  return new iam.PolicyStatement({ sid: 'StopDeployment', actions: ['codedeploy:StopDeployment'], resources: [groupArn] });
}

/** A gate that is about one instance looks that one up among the targets of its deployment, and lists none. */
export function lookUpTarget(groupArn: string): iam.PolicyStatement {
  return new iam.PolicyStatement({ sid: 'LookUpTarget', actions: ['codedeploy:BatchGetDeploymentTargets'], resources: [groupArn] });
}

/** PutMetricData has no resource-level permission; the namespace is the only fence there is. */
export function publishVerdict(): iam.PolicyStatement {
  return new iam.PolicyStatement({
    sid: 'PublishVerdict',
    actions: ['cloudwatch:PutMetricData'],
    resources: ['*'],
    conditions: { StringEquals: { 'cloudwatch:namespace': VERDICT_METRIC.namespace } },
  });
}

export function setVerdictAlarm(alarmArn: string): iam.PolicyStatement {
  return new iam.PolicyStatement({ sid: 'SetVerdictAlarm', actions: ['cloudwatch:SetAlarmState'], resources: [alarmArn] });
}

export function sendEvents(stack: Stack): iam.PolicyStatement {
  return new iam.PolicyStatement({
    sid: 'SendEvents',
    actions: ['events:PutEvents'],
    resources: [stack.formatArn({ service: 'events', resource: 'event-bus', resourceName: 'default' })],
  });
}

/** Streams of one log group: its ARN ends in `:*`. */
export function writeLogs(logGroupArn: string): iam.PolicyStatement {
  return new iam.PolicyStatement({ sid: 'WriteLogs', actions: ['logs:CreateLogStream', 'logs:PutLogEvents'], resources: [logGroupArn] });
}

export function invoke(...functionArns: string[]): iam.PolicyStatement {
  return new iam.PolicyStatement({ sid: 'Invoke', actions: ['lambda:InvokeFunction'], resources: functionArns });
}

/** Functions that checks of a hook invoke: exactly these, each with the qualifier by which it is invoked. */
export function invokeChecked(...functionArns: string[]): iam.PolicyStatement {
  return new iam.PolicyStatement({ sid: 'InvokeChecked', actions: ['lambda:InvokeFunction'], resources: functionArns });
}

/** Which version is invoked is known only when the hook runs: any of these functions, and no other function. */
export function invokeVersions(...functionArns: string[]): iam.PolicyStatement {
  return new iam.PolicyStatement({ sid: INVOKE_VERSIONS, actions: ['lambda:InvokeFunction'], resources: functionArns.map((arn) => `${arn}:*`) });
}

/** A statement that grows with the functions of a set. */
export const isForVersions = ({ sid }: iam.PolicyStatement): boolean => sid === INVOKE_VERSIONS;

const INVOKE_VERSIONS = 'InvokeVersions';

/** One statement for each id, since a policy has an id only once: those of several checks that differ in their resources are joined. */
export function joined(statements: readonly iam.PolicyStatement[]): iam.PolicyStatement[] {
  const rest = ({ sid, effect, actions, conditions }: iam.PolicyStatement) => JSON.stringify([sid, effect, actions, conditions]);
  const groups = new Map<string, iam.PolicyStatement[]>();
  statements.forEach((statement) => groups.set(rest(statement), [...(groups.get(rest(statement)) ?? []), statement]));
  return [...groups.values()].map(([first, ...others]) => (others.length === 0 ? first! : first!.copy({ resources: resourcesOf([first!, ...others]) })));
}

const resourcesOf = (statements: readonly iam.PolicyStatement[]): string[] => [...new Set(statements.flatMap(({ resources }) => resources))];

/** What Lambda asks of the role of a function in a VPC. The interfaces do not exist yet and the Describe calls have no resource-level permission. */
export function networkInterfaces(): iam.PolicyStatement {
  return new iam.PolicyStatement({
    sid: 'NetworkInterfaces',
    actions: [
      'ec2:AssignPrivateIpAddresses',
      'ec2:CreateNetworkInterface',
      'ec2:DeleteNetworkInterface',
      'ec2:DescribeNetworkInterfaces',
      'ec2:DescribeSubnets',
      'ec2:UnassignPrivateIpAddresses',
    ],
    resources: ['*'],
  });
}

/** The load balancer's private addresses stand on its network interfaces; DescribeNetworkInterfaces has no resource-level permission. */
export function findPrivateAddresses(): iam.PolicyStatement {
  return new iam.PolicyStatement({ sid: 'FindPrivateAddresses', actions: ['ec2:DescribeNetworkInterfaces'], resources: ['*'] });
}

/** Reads the break-glass parameter, binds an override to its deployment, and sets it back. */
export function useOverride(parameterArn: string): iam.PolicyStatement {
  return new iam.PolicyStatement({ sid: 'UseOverride', actions: ['ssm:GetParameter', 'ssm:PutParameter'], resources: [parameterArn] });
}

export function notifyOverride(topicArn: string): iam.PolicyStatement {
  return new iam.PolicyStatement({ sid: 'NotifyOverride', actions: ['sns:Publish'], resources: [topicArn] });
}

/** Who publishes to a topic that is encrypted with a key of the customer's needs that key. */
export function useTopicKey(...keyArns: string[]): iam.PolicyStatement {
  return new iam.PolicyStatement({ sid: 'UseTopicKey', actions: ['kms:Decrypt', 'kms:GenerateDataKey'], resources: keyArns });
}

/** The smallest valid subject of the construct tests for servers: an Auto Scaling group in a VPC with two zones, and a rollout to it. */
import { Template } from 'aws-cdk-lib/assertions';
import * as autoscaling from 'aws-cdk-lib/aws-autoscaling';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as elb from 'aws-cdk-lib/aws-elasticloadbalancing';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { CfnElement, Stack } from 'aws-cdk-lib/core';

import type { ServerRolloutProps } from '../../../lib';
import { ServerRollout, ServerTargets } from '../../../lib';
import { ROLLOUT_METADATA_KEY } from '../../../lib/model/rollout';
import type { ServerRolloutDescription } from '../../../lib/model/server/rollout';
import { stackOf } from './sample';

export const vpcOf = (stack: Stack): ec2.Vpc => (stack.node.tryFindChild('Vpc') as ec2.Vpc | undefined) ?? new ec2.Vpc(stack, 'Vpc', { maxAzs: 2, natGateways: 0, subnetConfiguration: [{ name: 'Public', subnetType: ec2.SubnetType.PUBLIC }] });

export function fleetIn(stack: Stack, props: Partial<autoscaling.AutoScalingGroupProps> = {}, id = 'Asg'): autoscaling.AutoScalingGroup {
  return new autoscaling.AutoScalingGroup(stack, id, {
    vpc: vpcOf(stack),
    instanceType: new ec2.InstanceType('t3.micro'),
    machineImage: ec2.MachineImage.latestAmazonLinux2023(),
    minCapacity: 2,
    maxCapacity: 6,
    ...props,
  });
}

export const targetGroupIn = (stack: Stack, props: Partial<elbv2.ApplicationTargetGroupProps> = {}): elbv2.ApplicationTargetGroup =>
  new elbv2.ApplicationTargetGroup(stack, 'Targets', { vpc: vpcOf(stack), port: 80, targetType: elbv2.TargetType.INSTANCE, ...props });

export const classicIn = (stack: Stack): elb.LoadBalancer => new elb.LoadBalancer(stack, 'Classic', { vpc: vpcOf(stack), subnetSelection: { subnetType: ec2.SubnetType.PUBLIC } });

export const WEB_TAG = { key: 'Role', value: 'web' };

type Props = Partial<ServerRolloutProps>;

export function serverRolloutIn(stack: Stack, props: Props = {}, id = 'Fleet'): ServerRollout {
  return new ServerRollout(stack, id, { targets: props.targets ?? ServerTargets.autoScalingGroups(fleetIn(stack)), ...props });
}

export interface ServerSample {
  readonly stack: Stack;
  readonly rollout: ServerRollout;
  readonly template: Template;
  readonly description: ServerRolloutDescription;
  /** Properties of the deployment group, or of the custom resource that makes it. */
  readonly group: Record<string, unknown>;
}

export function serverSample(props: Props | ((stack: Stack) => Props) = {}, stack = stackOf()): ServerSample {
  return finishedServer(stack, serverRolloutIn(stack, typeof props === 'function' ? props(stack) : props));
}

export function finishedServer(stack: Stack, rollout: ServerRollout): ServerSample {
  const template = Template.fromStack(stack);
  const id: string = stack.resolve((rollout.deploymentGroup.node.defaultChild as CfnElement).logicalId);
  const resource = template.toJSON().Resources[id] as { Metadata: Record<string, ServerRolloutDescription>; Properties: Record<string, unknown> };
  return { stack, rollout, template, description: resource.Metadata[ROLLOUT_METADATA_KEY]!, group: resource.Properties };
}

/** Level and id of each finding. */
export const findingsOf = ({ description }: ServerSample): string[] => description.findings.map(({ id, level }) => `${level} ${id}`);

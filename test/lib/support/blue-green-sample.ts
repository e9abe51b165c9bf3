/** The smallest valid subjects of the construct tests for blue/green on servers: two Auto Scaling groups that alternate, or one that is copied, behind a target group. */
import type { Template } from 'aws-cdk-lib/assertions';
import type * as autoscaling from 'aws-cdk-lib/aws-autoscaling';
import type * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { Stack } from 'aws-cdk-lib/core';

import type { CopiedAutoScalingGroupOptions, ServerBlueGreenOptions, ServerRolloutProps } from '../../../lib';
import { BlueGreenFleet, ServerDeployment, ServerLoadBalancer, ServerTargets } from '../../../lib';
import { SERVER_DEPLOYMENT_GROUP_RESOURCE_TYPE } from '../../../lib/model/server/deployment-group-request';
import { only } from './sample';
import { fleetIn, targetGroupIn } from './server-sample';

/** As two groups must be to alternate. */
export const idleIn = (stack: Stack, id: string, props: Partial<autoscaling.AutoScalingGroupProps> = {}): autoscaling.AutoScalingGroup => fleetIn(stack, { minCapacity: 0, maxCapacity: 6, ...props }, id);

export const targetsOf = (stack: Stack): elbv2.ApplicationTargetGroup => (stack.node.tryFindChild('Targets') as elbv2.ApplicationTargetGroup | undefined) ?? targetGroupIn(stack);

type Props = Partial<ServerRolloutProps>;

export const alternatingIn = (stack: Stack, options: ServerBlueGreenOptions = {}, props: Props = {}): Props => ({
  targets: props.targets ?? ServerTargets.autoScalingGroups(idleIn(stack, 'A'), idleIn(stack, 'B')),
  deployment: ServerDeployment.blueGreen(options),
  loadBalancers: [ServerLoadBalancer.targetGroup(targetsOf(stack))],
  ...props,
});

export const copiedBy = (options: CopiedAutoScalingGroupOptions = {}, others: ServerBlueGreenOptions = {}): ServerDeployment => ServerDeployment.blueGreen({ fleet: BlueGreenFleet.copyAutoScalingGroup(options), ...others });

/** Its fleet is attached to the target group, as one that is copied should be. */
export function copiedIn(stack: Stack, options: CopiedAutoScalingGroupOptions = {}, props: Props = {}): Props {
  const targetGroup = targetsOf(stack);
  const fleet = fleetIn(stack);
  fleet.attachToApplicationTargetGroup(targetGroup);
  return { targets: ServerTargets.autoScalingGroups(fleet), deployment: copiedBy(options), loadBalancers: [ServerLoadBalancer.targetGroup(targetGroup)], ...props };
}

interface GroupResource {
  readonly id: string;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly dependsOn: readonly string[];
}

/** The custom resource. */
export function groupIn(template: Template): GroupResource {
  const { id, properties } = only(template, SERVER_DEPLOYMENT_GROUP_RESOURCE_TYPE);
  const { DependsOn = [] } = template.toJSON().Resources[id] as { readonly DependsOn?: readonly string[] };
  return { id, properties, dependsOn: DependsOn };
}

/** The smallest valid subject of the tests of rollouts that CloudFormation performs. */
import { Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { App, type Stack } from 'aws-cdk-lib/core';

import type { EcsCloudFormationRolloutProps } from '../../../lib';
import { EcsCloudFormationRollout } from '../../../lib';
import type { EcsCloudFormationRolloutDescription } from '../../../lib/model/cloudformation-rollout';
import { CLOUDFORMATION_ROLLOUT_METADATA_KEY } from '../../../lib/model/cloudformation-rollout';
import { stackOf, testable } from './sample';

export function serviceParts(stack: Stack): Pick<EcsCloudFormationRolloutProps, 'cluster' | 'taskDefinition'> {
  const vpc = new ec2.Vpc(stack, 'Vpc', { maxAzs: 2, natGateways: 1 });
  const taskDefinition = new ecs.FargateTaskDefinition(stack, 'Task');
  taskDefinition.addContainer('web', { image: ecs.ContainerImage.fromRegistry('example'), portMappings: [{ containerPort: 8080 }] });
  return { cluster: new ecs.Cluster(stack, 'Cluster', { vpc }), taskDefinition };
}

type Props = Partial<EcsCloudFormationRolloutProps>;

export interface StackSample {
  readonly stack: Stack;
  readonly rollout: EcsCloudFormationRollout;
  readonly template: Template;
  readonly description: EcsCloudFormationRolloutDescription;
  /** Properties of the blue/green hook. */
  readonly hook: Readonly<Record<string, unknown>>;
}

/** @param more what stands in the stack besides */
export function stackSample(props: Props | ((stack: Stack) => Props) = {}, more: (stack: Stack, rollout: EcsCloudFormationRollout) => void = () => undefined, stack = stackOf(new App())): StackSample {
  const told = typeof props === 'function' ? props(stack) : props;
  const parts = told.cluster === undefined || told.taskDefinition === undefined ? serviceParts(stack) : {};
  const rollout = new EcsCloudFormationRollout(stack, 'Web', { endpoint: testable(), ...(parts as EcsCloudFormationRolloutProps), ...told });
  more(stack, rollout);
  const template = Template.fromStack(stack);
  const { Metadata, Hooks } = template.toJSON() as { Metadata: Record<string, unknown>; Hooks: Record<string, { Properties: Record<string, unknown> }> };
  return { stack, rollout, template, description: Metadata[CLOUDFORMATION_ROLLOUT_METADATA_KEY] as EcsCloudFormationRolloutDescription, hook: Object.values(Hooks)[0]!.Properties };
}

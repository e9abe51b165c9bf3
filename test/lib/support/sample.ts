/** The smallest valid subject of the construct tests: a Fargate service in a two-zone VPC, and a rollout of it. */
import { Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { App, Stack } from 'aws-cdk-lib/core';

import type { EcsRolloutProps } from '../../../lib';
import { EcsEndpoint, EcsRollout, HttpAssertion, HttpCheck, LifecycleHook } from '../../../lib';
import type { EcsRolloutDescription } from '../../../lib/model/rollout';
import { ROLLOUT_METADATA_KEY } from '../../../lib/model/rollout';
import { ensureHandlers } from '../../support/handlers';
import type { GraphTemplate } from '../../support/template-graph';
import { dependencies } from '../../support/template-graph';

// One test file runs with the validator on; in all others it costs three seconds each.
process.env.CDK_VALIDATION = 'false';
ensureHandlers();

export const stackOf = (app = new App()): Stack => new Stack(app, 'Shop');

export interface ServiceOptions {
  readonly controller?: ecs.DeploymentControllerType;
  readonly ports?: number[];
}

export function fargate(stack: Stack, options: ServiceOptions = {}): ecs.FargateService {
  const vpc = new ec2.Vpc(stack, 'Vpc', { maxAzs: 2, natGateways: 1 });
  const taskDefinition = new ecs.FargateTaskDefinition(stack, 'Task');
  taskDefinition.addContainer('web', {
    image: ecs.ContainerImage.fromRegistry('example'),
    portMappings: (options.ports ?? [8080]).map((containerPort) => ({ containerPort })),
  });
  return new ecs.FargateService(stack, 'Service', {
    cluster: new ecs.Cluster(stack, 'Cluster', { vpc }),
    taskDefinition,
    minHealthyPercent: 100,
    deploymentController: { type: options.controller ?? ecs.DeploymentControllerType.CODE_DEPLOY },
  });
}

/** The same on container instances, for what Fargate does not have: daemons, bridge networking, host ports. */
export function onInstances(stack: Stack, options: { daemon?: boolean; networkMode?: ecs.NetworkMode; hostPort?: number } = {}): ecs.Ec2Service {
  const vpc = new ec2.Vpc(stack, 'Vpc', { maxAzs: 2, natGateways: 1 });
  const cluster = new ecs.Cluster(stack, 'Cluster', { vpc });
  cluster.addCapacity('Instances', { instanceType: new ec2.InstanceType('t3.small') });
  const taskDefinition = new ecs.Ec2TaskDefinition(stack, 'Task', { networkMode: options.networkMode ?? ecs.NetworkMode.BRIDGE });
  taskDefinition.addContainer('web', {
    image: ecs.ContainerImage.fromRegistry('example'),
    memoryLimitMiB: 256,
    portMappings: [{ containerPort: 8080, hostPort: options.hostPort }],
  });
  return new ecs.Ec2Service(stack, 'Service', {
    cluster,
    taskDefinition,
    daemon: options.daemon,
    deploymentController: { type: ecs.DeploymentControllerType.CODE_DEPLOY },
  });
}

export const testable = () => EcsEndpoint.application({ productionPort: 80, testPort: 8080 });

export const healthCheck = () => HttpCheck.get('/health', { assertions: [HttpAssertion.status(200)] });

export const checksHook = () => LifecycleHook.checks({ checks: [healthCheck()] });

export function rolloutIn(stack: Stack, props: Partial<EcsRolloutProps> = {}): EcsRollout {
  return new EcsRollout(stack, 'Web', { service: props.service ?? fargate(stack), endpoint: testable(), ...props });
}

export interface Sample {
  readonly stack: Stack;
  readonly rollout: EcsRollout;
  readonly template: Template;
  readonly description: EcsRolloutDescription;
}

export function sample(props: Partial<EcsRolloutProps> | ((stack: Stack) => Partial<EcsRolloutProps>) = {}): Sample {
  const stack = stackOf();
  const rollout = rolloutIn(stack, typeof props === 'function' ? props(stack) : props);
  return finished(stack, rollout);
}

export function finished(stack: Stack, rollout: EcsRollout): Sample {
  const template = Template.fromStack(stack);
  return { stack, rollout, template, description: descriptionIn(template) };
}

export function descriptionIn(template: Template): EcsRolloutDescription {
  const [group] = Object.values(template.findResources('AWS::CodeDeploy::DeploymentGroup'));
  return group?.Metadata[ROLLOUT_METADATA_KEY];
}

export function userFunction(stack: Stack, id: string, props: Partial<lambda.FunctionProps> = {}): lambda.Function {
  return new lambda.Function(stack, id, {
    code: lambda.Code.fromInline('exports.handler = async () => {};'),
    handler: 'index.handler',
    runtime: lambda.Runtime.NODEJS_24_X,
    ...props,
  });
}

/** The only resource whose logical id starts so. */
export function only(template: Template, type: string, prefix = ''): { id: string; properties: Record<string, unknown> } {
  const found = Object.entries(template.findResources(type)).filter(([id]) => id.startsWith(prefix));
  if (found.length !== 1) {
    throw new Error(`expected one ${type} that starts with '${prefix}', found ${found.map(([id]) => id).join(', ') || 'none'}`);
  }
  const [id, resource] = found[0]!;
  return { id, properties: resource.Properties };
}

/** The template for the walker of `test/support/template-graph.ts`. */
export const graphOf = (template: Template): GraphTemplate => ({ Resources: template.toJSON().Resources });

/** Ids of the resources that wait for this one. */
export const waitingFor = (template: Template, id: string): string[] =>
  [...dependencies(graphOf(template))].filter(([, targets]) => targets.has(id)).map(([source]) => source);

/** Every statement of the policies attached to a role. */
export function statementsOf(template: Template, roleId: string): Record<string, unknown>[] {
  return Object.values(template.findResources('AWS::IAM::Policy'))
    .filter(({ Properties }) => JSON.stringify(Properties.Roles).includes(`"${roleId}"`))
    .flatMap(({ Properties }) => Properties.PolicyDocument.Statement);
}

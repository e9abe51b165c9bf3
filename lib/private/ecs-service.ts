/** What a rollout needs to know of its service, and what CodeDeploy would reject in it. */
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Stack, Token } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';

import type { EcsRolloutProps } from '../ecs/ecs-rollout-props';
import type { BoundEndpoint } from './bound-endpoint';
import { Claims } from './claims';
import { requireKnown, requireWhole } from './numbers';
import { cfnElementOf } from './references';

/** Ports that a container instance hands out to containers without a host port of their own. */
const DYNAMIC_PORTS = ec2.Port.tcpRange(32_768, 65_535);

export interface ServiceFacts {
  /** The service, where it is of this app. */
  readonly owned?: ecs.BaseService;
  readonly taskDefinition: ecs.ITaskDefinition;
  readonly containerName: string;
  readonly containerPort: number;
  readonly vpc?: ec2.IVpc;
  readonly targetType?: elbv2.TargetType;
  /** Port on which the load balancer finds the tasks. */
  readonly trafficPort: ec2.Port;
}

/** Looks the service over; throws for what CodeDeploy would reject. */
export function examineService(props: EcsRolloutProps): ServiceFacts {
  const { service } = props;
  return service instanceof ecs.BaseService ? examineOwned(service, props) : examineImported(props);
}

function examineOwned(service: ecs.BaseService, props: EcsRolloutProps): ServiceFacts {
  requireController(service);
  const { taskDefinition } = service;
  if (props.taskDefinition !== undefined && props.taskDefinition !== taskDefinition) {
    throw new Error(`'taskDefinition' is for imported services; service '${service.node.path}' has its own, so leave it out`);
  }
  return { owned: service, taskDefinition, vpc: service.cluster.vpc, ...examineContainer(taskDefinition, props) };
}

/** The container that traffic goes to. @throws where the task definition has none of the name, or it does not map the port */
export function examineContainer(
  taskDefinition: ecs.TaskDefinition,
  props: Pick<EcsRolloutProps, 'container' | 'containerPort'>,
): Required<Pick<ServiceFacts, 'containerName' | 'containerPort' | 'targetType' | 'trafficPort'>> {
  const container = containerOf(taskDefinition, props.container);
  const mapping = mappingOf(container, props.containerPort);
  const awsvpc = taskDefinition.networkMode === ecs.NetworkMode.AWS_VPC;
  const dynamic = taskDefinition.networkMode === ecs.NetworkMode.BRIDGE && (mapping.hostPort ?? 0) === 0;
  return {
    containerName: container.containerName,
    containerPort: mapping.containerPort,
    targetType: awsvpc ? elbv2.TargetType.IP : elbv2.TargetType.INSTANCE,
    trafficPort: dynamic ? DYNAMIC_PORTS : ec2.Port.tcp(mapping.hostPort || mapping.containerPort),
  };
}

function requireController(service: ecs.BaseService): void {
  const element = cfnElementOf(service);
  if (!(element instanceof ecs.CfnService)) {
    return;
  }
  const controller = element.deploymentController;
  const type = controller === undefined ? 'ECS' : 'type' in controller ? controller.type : undefined;
  if (type !== undefined && !Token.isUnresolved(type) && type !== 'CODE_DEPLOY') {
    throw new Error(
      `service '${service.node.path}' has the deployment controller ${type}, a rollout needs CODE_DEPLOY; ` +
        "set 'deploymentController' to { type: ecs.DeploymentControllerType.CODE_DEPLOY }",
    );
  }
  if (element.schedulingStrategy === 'DAEMON') {
    throw new Error(`service '${service.node.path}' is a DAEMON service, CodeDeploy takes REPLICA services only; drop 'daemon'`);
  }
}

function containerOf(taskDefinition: ecs.TaskDefinition, name: string | undefined): ecs.ContainerDefinition {
  if (Token.isUnresolved(name)) {
    throw new Error("'container' must be known at synth, got a deploy-time value; write the name");
  }
  const container = name === undefined ? taskDefinition.defaultContainer : taskDefinition.findContainer(name);
  if (container === undefined) {
    const names = taskDefinition.node.findAll().filter((child) => child instanceof ecs.ContainerDefinition);
    const known = names.map((child) => `'${child.containerName}'`).join(', ');
    throw new Error(
      name === undefined
        ? `task definition '${taskDefinition.node.path}' has no essential container; add one before the rollout`
        : `container '${name}' is not in task definition '${taskDefinition.node.path}', which has ` +
          `${known === '' ? 'none' : known}; name one of them`,
    );
  }
  return container;
}

function mappingOf(container: ecs.ContainerDefinition, port: number | undefined): ecs.PortMapping {
  if (port !== undefined) {
    requireKnown("'containerPort'", port);
  }
  const mappings = container.portMappings.filter((mapping) => mapping.protocol !== ecs.Protocol.UDP);
  const mapping = port === undefined ? mappings[0] : mappings.find((candidate) => candidate.containerPort === port);
  if (mapping === undefined) {
    const has = mappings.length === 0 ? 'no TCP port' : `port ${mappings.map((candidate) => candidate.containerPort).join(', ')}`;
    throw new Error(
      port === undefined
        ? `container '${container.containerName}' maps ${has}, a load balancer needs one; add it by 'addPortMappings'`
        : `container '${container.containerName}' maps ${has}, not the 'containerPort' ${port}; map it by ` +
          `'addPortMappings' or name a mapped one`,
    );
  }
  return mapping;
}

function examineImported({ service, taskDefinition, container, containerPort }: EcsRolloutProps): ServiceFacts {
  if (taskDefinition === undefined || container === undefined || containerPort === undefined) {
    const missing = Object.entries({ taskDefinition, container, containerPort }).filter(([, value]) => value === undefined);
    throw new Error(
      `service '${service.node.path}' is imported, and does not tell ` +
        `${missing.map(([name]) => `'${name}'`).join(', ')}; set them on the rollout`,
    );
  }
  requireWhole('containerPort', containerPort, 1, 65_535);
  if (taskDefinition instanceof ecs.TaskDefinition) {
    mappingOf(containerOf(taskDefinition, container), containerPort);
  }
  return { taskDefinition, containerName: container, containerPort, trafficPort: ec2.Port.tcp(containerPort) };
}

/** Services and the rollouts that release them: a service takes one deployment group. */
const RELEASED = new Claims();

/** Takes the service for this rollout. */
export function claimService(rollout: Construct, service: ecs.IBaseService): void {
  const other = RELEASED.take(service, '', rollout);
  if (other !== undefined) {
    throw new Error(
      `service '${service.node.path}' is released by rollout '${other.node.path}' already, CodeDeploy takes one deployment group for a ` +
        `service; drop one of the rollouts`,
    );
  }
}

/** Puts the service behind the blue target group and lets the load balancer in; a service that stands there already is left as it is. */
export function attachService(scope: Construct, facts: ServiceFacts, endpoint: BoundEndpoint): void {
  const service = facts.owned;
  if (service === undefined) {
    return;
  }
  const attached = service.loadBalancers.map((entry) => entry.targetGroupArn);
  if (attached.some((arn) => arn !== endpoint.blue.targetGroupArn)) {
    throw new Error(
      `service '${service.node.path}' is attached to another target group already, CodeDeploy takes one; remove ` +
        `'attachTo...' and leave it to the rollout`,
    );
  }
  if (attached.length === 0) {
    requireReachableStack(scope, service, endpoint);
    const target = service.loadBalancerTarget({ containerName: facts.containerName, containerPort: facts.containerPort });
    // The two kinds of target groups have no common type that takes a target.
    if (endpoint.kind === 'application') {
      endpoint.blue.addTarget(target);
    } else {
      endpoint.blue.addTarget(target);
    }
  }
  // Only a target group of this kind lets its load balancer in by itself.
  if (!(endpoint.blue instanceof elbv2.ApplicationTargetGroup)) {
    service.connections.allowFrom(endpoint.loadBalancer, facts.trafficPort, 'Load balancer to target');
  }
  if (endpoint.healthCheckPort !== undefined && endpoint.healthCheckPort !== facts.containerPort) {
    service.connections.allowFrom(endpoint.loadBalancer, ec2.Port.tcp(endpoint.healthCheckPort), 'Load balancer to health check');
  }
  // ECS refuses a service whose target group no listener leads to yet.
  const { production } = endpoint;
  cfnElementOf(service)?.node.addDependency(production.listener, ...production.rules.map(({ rule }) => rule));
}

function requireReachableStack(scope: Construct, service: ecs.BaseService, endpoint: BoundEndpoint): void {
  const [ours, theirs] = [Stack.of(endpoint.blue), Stack.of(service)];
  if (ours === Stack.of(scope) && ours !== theirs) {
    throw new Error(
      `service '${service.node.path}' is in stack '${theirs.node.path}', its target groups would be in ` +
        `'${ours.node.path}', and each stack would wait for the ` +
        `other; make the rollout in the stack of the service, or bring target groups of that stack by EcsEndpoint.${endpoint.kind === 'application' ? 'existing' : 'existingNetwork'}`,
    );
  }
}

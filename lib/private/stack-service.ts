/** Service, task set and primary task set of a rollout that CloudFormation performs. */
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';

import type { EcsCloudFormationRolloutProps } from '../ecs/ecs-cloudformation-rollout-props';
import type { BoundEndpoint } from './bound-endpoint';
import type { examineContainer } from './ecs-service';
import { requireDuration, requireWhole } from './numbers';
import { plainText } from './plain-text';
import { cfnElementOf } from './references';

export interface StackService {
  readonly service: ecs.CfnService;
  readonly taskSet: ecs.CfnTaskSet;
  readonly primaryTaskSet: ecs.CfnPrimaryTaskSet;
  /** The security groups of the tasks, or of the container instances that they share. */
  readonly connections: ec2.Connections;
}

type Facts = ReturnType<typeof examineContainer>;

const MAX_TASKS = 5_000;
const MAX_GRACE_SECONDS = 2_147_483_647;

/**
 * A service with the EXTERNAL controller says only what is not of its task sets.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-external.html
 */
export function stackService(scope: Construct, props: EcsCloudFormationRolloutProps, facts: Facts, endpoint: BoundEndpoint): StackService {
  const { cluster, taskDefinition, desiredCount = 1, healthCheckGracePeriod } = props;
  const { connections, networkConfiguration } = networkOf(scope, props);
  const service = new ecs.CfnService(scope, 'Service', {
    cluster: cluster.clusterName,
    desiredCount,
    deploymentController: { type: ecs.DeploymentControllerType.EXTERNAL },
    healthCheckGracePeriodSeconds: healthCheckGracePeriod?.toSeconds(),
    propagateTags: ecs.PropagatedTagSource.SERVICE,
  });
  const fargate = taskDefinition.isFargateCompatible;
  const taskSet = new ecs.CfnTaskSet(scope, 'TaskSet', {
    cluster: cluster.clusterName,
    service: service.ref,
    taskDefinition: taskDefinition.taskDefinitionArn,
    launchType: fargate ? ecs.LaunchType.FARGATE : ecs.LaunchType.EC2,
    platformVersion: fargate ? (props.platformVersion ?? ecs.FargatePlatformVersion.LATEST) : undefined,
    scale: { unit: 'PERCENT', value: 100 },
    loadBalancers: [{ containerName: facts.containerName, containerPort: facts.containerPort, targetGroupArn: endpoint.blue.targetGroupArn }],
    networkConfiguration,
  });
  // ECS refuses a task set whose target group no listener leads to yet.
  taskSet.node.addDependency(endpoint.production.listener, ...(endpoint.test === undefined ? [] : [endpoint.test.listener]), taskDefinition);
  const primaryTaskSet = new ecs.CfnPrimaryTaskSet(scope, 'PrimaryTaskSet', { cluster: cluster.clusterName, service: service.ref, taskSetId: taskSet.attrId });

  connections.allowFrom(endpoint.loadBalancer, facts.trafficPort, 'Load balancer to target');
  if (endpoint.healthCheckPort !== undefined && endpoint.healthCheckPort !== facts.containerPort) {
    connections.allowFrom(endpoint.loadBalancer, ec2.Port.tcp(endpoint.healthCheckPort), 'Load balancer to health check');
  }
  return { service, taskSet, primaryTaskSet, connections };
}

/**
 * In AWS's own samples both listeners lead to the blue group at first; whether CloudFormation would take a test listener on the empty green one is not documented. The listener
 * stays attached to the green group in the tree, so that both have metrics.
 *
 * @see https://github.com/aws-samples/aws-reinvent-trivia-game/blob/master/trivia-backend/infra/cdk/ecs-service-blue-green.ts
 */
export function startTestOnBlue(rollout: Construct, { test, blue }: BoundEndpoint): void {
  const listener = test === undefined ? undefined : cfnElementOf(test.listener);
  if (listener instanceof elbv2.CfnListener && listener.node.scopes.includes(rollout)) {
    listener.defaultActions = [{ type: 'forward', targetGroupArn: blue.targetGroupArn }];
  }
}

/** Throws for what ECS would reject, and for a task definition that is not in the template of the rollout. */
export function requireService(scope: Construct, props: EcsCloudFormationRolloutProps): void {
  if (props.desiredCount !== undefined) {
    requireWhole('desiredCount', props.desiredCount, 0, MAX_TASKS);
  }
  if (props.healthCheckGracePeriod !== undefined) {
    requireDuration('healthCheckGracePeriod', props.healthCheckGracePeriod, 'seconds', 0, MAX_GRACE_SECONDS);
  }
  const fargateOnly = Object.entries({ assignPublicIp: props.assignPublicIp, platformVersion: props.platformVersion }).find(([, value]) => value !== undefined && value !== false);
  if (!props.taskDefinition.isFargateCompatible && fargateOnly !== undefined) {
    throw new Error(`'${fargateOnly[0]}' is for tasks on Fargate, and task definition '${props.taskDefinition.node.path}' is not for Fargate; leave it out`);
  }
  const theirs = Stack.of(props.taskDefinition);
  if (theirs !== Stack.of(scope)) {
    throw new Error(
      `task definition '${props.taskDefinition.node.path}' is in stack '${theirs.node.path}', and CloudFormation releases what is in the template of the rollout only; ` +
        `make it in stack '${Stack.of(scope).node.path}'`,
    );
  }
}

function networkOf(scope: Construct, { cluster, taskDefinition, ...props }: EcsCloudFormationRolloutProps): Pick<StackService, 'connections'> & Pick<ecs.CfnTaskSetProps, 'networkConfiguration'> {
  if (taskDefinition.networkMode !== ecs.NetworkMode.AWS_VPC) {
    return { connections: cluster.connections };
  }
  const assignPublicIp = props.assignPublicIp ?? false;
  const description = plainText(`Tasks of rollout ${scope.node.path}`);
  const securityGroups = props.securityGroups ?? [new ec2.SecurityGroup(scope, 'SecurityGroup', { vpc: cluster.vpc, description })];
  const { subnetIds } = cluster.vpc.selectSubnets(props.vpcSubnets ?? (assignPublicIp ? { subnetType: ec2.SubnetType.PUBLIC } : undefined));
  return {
    connections: new ec2.Connections({ securityGroups }),
    networkConfiguration: {
      awsVpcConfiguration: {
        assignPublicIp: taskDefinition.isFargateCompatible ? (assignPublicIp ? 'ENABLED' : 'DISABLED') : undefined,
        subnets: subnetIds,
        securityGroups: securityGroups.map(({ securityGroupId }) => securityGroupId),
      },
    },
  };
}

/**
 * ECS's DescribeServices for services whose deployments CodeDeploy controls; and, where they are known, task definitions.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeServices.html
 */
import type { DescribeServicesResponse, Failure, LaunchType, Service, TaskSet } from '@aws-sdk/client-ecs';
import { ServiceError } from '../engine/ports';
import type { ServiceRevision, ServiceTaskSet } from '../engine/service-task-sets';
import type { AwsPlace, AwsService, Caller } from './aws-service';
import { timeOf } from './codedeploy-wire';
import type { TaskDefinitionsView } from './ecs-task-definitions';
import { taskDefinitionOperations } from './ecs-task-definitions';
import type { Fields } from './fields';

/** Prefix of `x-amz-target`. */
export const ECS_TARGET = 'AmazonEC2ContainerServiceV20141113';

const MAX_SERVICES = 10;

export interface EcsServiceView {
  readonly clusterName: string;
  readonly serviceName: string;
  readonly serviceArn: string;
  /** Absent where a capacity provider decides. */
  readonly launchType?: LaunchType;
  /** The primary one first. */
  taskSets(): readonly ServiceTaskSet[];
}

/** @param taskDefinitions where they are known; elsewhere they cannot be asked for */
export function ecsService(place: AwsPlace, services: () => readonly EcsServiceView[], taskDefinitions?: TaskDefinitionsView): AwsService {
  return {
    name: 'ecs',
    operations: {
      DescribeServices: (input, caller) => describeServices(place, services(), input, caller),
      ...(taskDefinitions && taskDefinitionOperations(taskDefinitions)),
    },
  };
}

function describeServices(place: AwsPlace, known: readonly EcsServiceView[], input: Fields, caller: Caller): DescribeServicesResponse {
  const cluster = lastPiece(input.string('cluster') ?? 'default');
  const names = input.strings('services') ?? [];
  if (names.length === 0) {
    throw new ServiceError('InvalidParameterException', 'Services cannot be empty.');
  }
  if (names.length > MAX_SERVICES) {
    throw new ServiceError('InvalidParameterException', `Services cannot have more than ${MAX_SERVICES} elements.`);
  }
  const found = names.map((name) => {
    const serviceName = lastPiece(name);
    const service = known.find((each) => each.clusterName === cluster && each.serviceName === serviceName);
    const arn = service?.serviceArn ?? ecsArn(place, `service/${cluster}/${serviceName}`);
    caller.authorize('ecs:DescribeServices', arn, { 'ecs:cluster': ecsArn(place, `cluster/${cluster}`) });
    return { arn, service };
  });
  if (!known.some(({ clusterName }) => clusterName === cluster)) {
    throw new ServiceError('ClusterNotFoundException', 'Cluster not found.');
  }
  return {
    services: found.flatMap(({ service }) => (service === undefined ? [] : [describe(place, service)])),
    failures: found.flatMap(({ arn, service }): Failure[] => (service === undefined ? [{ arn, reason: 'MISSING' }] : [])),
  };
}

function describe(place: AwsPlace, { clusterName, serviceName, serviceArn, launchType, taskSets }: EcsServiceView): Service {
  const sets = taskSets();
  const [primary] = sets;
  const clusterArn = ecsArn(place, `cluster/${clusterName}`);
  const sum = (count: 'runningCount' | 'pendingCount') => sets.reduce((total, set) => total + set[count], 0);
  return {
    serviceArn,
    serviceName,
    clusterArn,
    status: 'ACTIVE',
    desiredCount: primary?.desiredCount,
    runningCount: sum('runningCount'),
    pendingCount: sum('pendingCount'),
    ...(primary === undefined ? {} : running(primary, launchType)),
    taskSets: sets.map((set) => taskSet(place, { clusterArn, serviceArn }, set, launchType)),
    deployments: [],
    events: [],
    createdAt: timeOf(place, 0),
    schedulingStrategy: 'REPLICA',
    deploymentController: { type: 'CODE_DEPLOY' },
  };
}

function taskSet(place: AwsPlace, of: { readonly clusterArn: string; readonly serviceArn: string }, set: ServiceTaskSet, launchType: LaunchType | undefined): TaskSet {
  const { id, status, externalId, createdAt, desiredCount, pendingCount, runningCount } = set;
  const at = timeOf(place, createdAt);
  return {
    id,
    taskSetArn: `${of.serviceArn.replace(':service/', ':task-set/')}/${id}`,
    ...of,
    startedBy: 'CODE_DEPLOY',
    externalId,
    status,
    computedDesiredCount: desiredCount,
    pendingCount,
    runningCount,
    createdAt: at,
    updatedAt: at,
    ...running(set, launchType),
    scale: { value: status === 'DRAINING' ? 0 : 100, unit: 'PERCENT' },
    stabilityStatus: runningCount === desiredCount ? 'STEADY_STATE' : 'STABILIZING',
  };
}

type Running = Pick<TaskSet, 'taskDefinition' | 'launchType' | 'platformVersion' | 'networkConfiguration' | 'capacityProviderStrategy' | 'loadBalancers'>;

function running({ revision, targetGroupArn }: ServiceTaskSet, launchType: LaunchType | undefined): Running {
  const { TaskDefinition, PlatformVersion, CapacityProviderStrategy, LoadBalancerInfo } = revision;
  return {
    taskDefinition: TaskDefinition,
    ...(CapacityProviderStrategy === undefined ? { launchType } : { capacityProviderStrategy: CapacityProviderStrategy.map(({ CapacityProvider, Base, Weight }) => ({ capacityProvider: CapacityProvider, base: Base, weight: Weight })) }),
    platformVersion: PlatformVersion,
    networkConfiguration: network(revision),
    loadBalancers: [{ targetGroupArn, containerName: LoadBalancerInfo.ContainerName, containerPort: LoadBalancerInfo.ContainerPort }],
  };
}

function network({ NetworkConfiguration }: ServiceRevision): TaskSet['networkConfiguration'] {
  const vpc = NetworkConfiguration?.AwsvpcConfiguration;
  return vpc && { awsvpcConfiguration: { subnets: [...vpc.Subnets], securityGroups: [...vpc.SecurityGroups], assignPublicIp: vpc.AssignPublicIp } };
}

function ecsArn({ partition, region, accountId }: AwsPlace, resource: string): string {
  return `arn:${partition}:ecs:${region}:${accountId}:${resource}`;
}

const lastPiece = (nameOrArn: string): string => nameOrArn.split('/').at(-1) ?? nameOrArn;

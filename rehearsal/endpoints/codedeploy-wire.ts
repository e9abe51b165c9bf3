/** The engine's records in the shapes of the CodeDeploy API. Types come from the SDK, so that a wrong member is a type error. */
import type {
  DeploymentConfigInfo,
  DeploymentGroupInfo,
  DeploymentInfo,
  DeploymentTarget,
  LastDeploymentInfo,
  RevisionLocation,
  TrafficRoutingConfig,
} from '@aws-sdk/client-codedeploy';
import type { TrafficRouting } from '../../lib/model/traffic';
import type { AutoRollbackConfiguration, DeploymentGroupModel } from '../engine/deployment-group';
import { groupAlarms, groupRollback } from '../engine/deployment-group';
import type { DeploymentRecord, RevisionLocation as RevisionRecord } from '../engine/deployment-record';
import type { AwsPlace } from './aws-service';
import { uuidOf } from './aws-service';
import type { ConfigView } from './codedeploy-backend';
import { isRecord } from './fields';

/** A wall-clock time out of a virtual one. */
export const timeOf = (place: AwsPlace, at: number): Date => new Date(place.epochMs + at);

const optionalTime = (place: AwsPlace, at: number | undefined): Date | undefined => (at === undefined ? undefined : timeOf(place, at));

/** A type without `readonly`, all the way down: the SDK's types have none. */
type Mutable<T> = T extends object ? { -readonly [Name in keyof T]: Mutable<T[Name]> } : T;

const copy = <T>(value: T): Mutable<T> => structuredClone(value) as Mutable<T>;

/** Content and hash of a revision that is an AppSpec. */
export function appSpecOf(revision: RevisionRecord | undefined): { readonly content: string; readonly sha256: string } | undefined {
  const spec = revision?.appSpecContent;
  return isRecord(spec) && typeof spec.content === 'string' && typeof spec.sha256 === 'string'
    ? { content: spec.content, sha256: spec.sha256 }
    : undefined;
}

/** The service keeps the content to itself (it answers null) and shows the hash; GetApplicationRevision gives the content. */
function hiddenRevision(revision: RevisionRecord | undefined): RevisionLocation | undefined {
  const spec = appSpecOf(revision);
  // The model knows no null, though the service sends one.
  const content = null as unknown as undefined;
  return spec && { revisionType: 'AppSpecContent', appSpecContent: { content, sha256: spec.sha256 } };
}

const rollback = (config: AutoRollbackConfiguration): DeploymentInfo['autoRollbackConfiguration'] => ({
  enabled: config.enabled,
  events: [...config.events],
});

export function deploymentInfo(place: AwsPlace, record: DeploymentRecord): DeploymentInfo {
  const override = record.overrideAlarmConfiguration;
  return {
    ...(record.stackId === undefined
      ? { applicationName: record.applicationName, deploymentGroupName: record.deploymentGroupName, deploymentConfigName: record.deploymentConfigName }
      : {}),
    deploymentId: record.deploymentId,
    previousRevision: hiddenRevision(record.previousRevision),
    revision: hiddenRevision(record.revision),
    status: record.status,
    // The list of codes is open: the service's documentation names codes that the model lacks.
    errorInformation: record.errorInformation as DeploymentInfo['errorInformation'],
    createTime: timeOf(place, record.createTime),
    startTime: optionalTime(place, record.startTime),
    completeTime: optionalTime(place, record.completeTime),
    deploymentOverview: record.deploymentOverview,
    description: record.description,
    creator: record.creator,
    ignoreApplicationStopFailures: false,
    autoRollbackConfiguration: rollback(record.autoRollbackConfiguration),
    updateOutdatedInstancesOnly: false,
    rollbackInfo: record.rollbackInfo,
    deploymentStyle: record.deploymentStyle,
    instanceTerminationWaitTimeStarted: record.instanceTerminationWaitTimeStarted,
    blueGreenDeploymentConfiguration: copy(record.blueGreenDeploymentConfiguration),
    loadBalancerInfo: { targetGroupPairInfoList: copy(record.loadBalancerInfo.targetGroupPairInfoList) },
    fileExistsBehavior: 'DISALLOW',
    deploymentStatusMessages: [...record.deploymentStatusMessages],
    computePlatform: 'ECS',
    ...(override && { overrideAlarmConfiguration: alarms(override) }),
  };
}

function alarms(config: {
  readonly enabled: boolean;
  readonly ignorePollAlarmFailure: boolean;
  readonly alarmNames: readonly string[];
}): DeploymentGroupInfo['alarmConfiguration'] {
  return {
    enabled: config.enabled,
    ignorePollAlarmFailure: config.ignorePollAlarmFailure,
    alarms: config.alarmNames.map((name) => ({ name })),
  };
}

/** The one target of an ECS deployment; where CloudFormation performs it, the stack, which shows no task sets. */
export function deploymentTarget(place: AwsPlace, record: DeploymentRecord): DeploymentTarget {
  const { target, stackId } = record;
  // What the hook did is the engine's knowledge: the API shows only the event.
  const lifecycleEvents = target.lifecycleEvents.map((event) => ({
    lifecycleEventName: event.lifecycleEventName,
    startTime: optionalTime(place, event.startTime),
    endTime: optionalTime(place, event.endTime),
    status: event.status,
  }));
  const { deploymentId, targetId, status } = target;
  const lastUpdatedAt = timeOf(place, target.lastUpdatedAt);
  if (stackId !== undefined) {
    const targetVersionWeight = record.traffic.at(-1)?.replacement ?? 0;
    return {
      deploymentTargetType: 'CloudFormationTarget',
      cloudFormationTarget: { deploymentId, targetId, lastUpdatedAt, lifecycleEvents, status, resourceType: 'AWS::ECS::Service', targetVersionWeight },
    };
  }
  return {
    deploymentTargetType: 'ECSTarget',
    ecsTarget: {
      deploymentId,
      targetId,
      targetArn: target.targetArn,
      lastUpdatedAt,
      lifecycleEvents,
      status,
      taskSetsInfo: copy(target.taskSetsInfo),
    },
  };
}

export function groupInfo(place: AwsPlace, group: DeploymentGroupModel, deployments: readonly DeploymentRecord[]): DeploymentGroupInfo {
  const own = deployments.filter(
    (each) => each.applicationName === group.applicationName && each.deploymentGroupName === group.deploymentGroupName,
  );
  const last = own.at(-1);
  const succeeded = own.filter((each) => each.status === 'Succeeded').at(-1);
  return {
    applicationName: group.applicationName,
    deploymentGroupId: uuidOf(`${group.applicationName}/${group.deploymentGroupName}`),
    deploymentGroupName: group.deploymentGroupName,
    deploymentConfigName: group.deploymentConfigName,
    serviceRoleArn: group.serviceRoleArn,
    targetRevision: hiddenRevision(last?.revision),
    triggerConfigurations: [],
    alarmConfiguration: alarms(groupAlarms(group)),
    autoRollbackConfiguration: rollback(groupRollback(group)),
    deploymentStyle: { deploymentType: 'BLUE_GREEN', deploymentOption: 'WITH_TRAFFIC_CONTROL' },
    blueGreenDeploymentConfiguration: blueGreen(group),
    loadBalancerInfo: loadBalancer(group),
    lastSuccessfulDeployment: succeeded && lastDeployment(place, succeeded),
    lastAttemptedDeployment: last && lastDeployment(place, last),
    computePlatform: 'ECS',
    ecsServices: [{ serviceName: group.serviceName, clusterName: group.clusterName }],
    terminationHookEnabled: false,
  };
}

function blueGreen(group: DeploymentGroupModel): DeploymentGroupInfo['blueGreenDeploymentConfiguration'] {
  const wait = group.approvalWaitMinutes ?? 0;
  const terminate = group.terminationWaitMinutes;
  return {
    terminateBlueInstancesOnDeploymentSuccess:
      terminate === undefined ? { action: 'KEEP_ALIVE' } : { action: 'TERMINATE', terminationWaitTimeInMinutes: terminate },
    deploymentReadyOption: { actionOnTimeout: wait > 0 ? 'STOP_DEPLOYMENT' : 'CONTINUE_DEPLOYMENT', waitTimeInMinutes: wait },
  };
}

function loadBalancer(group: DeploymentGroupModel): DeploymentGroupInfo['loadBalancerInfo'] {
  return {
    targetGroupPairInfoList: [
      {
        targetGroups: group.targetGroups.map(({ name }) => ({ name })),
        prodTrafficRoute: { listenerArns: [group.productionListenerArn] },
        ...(group.testListenerArn !== undefined && { testTrafficRoute: { listenerArns: [group.testListenerArn] } }),
      },
    ],
  };
}

function lastDeployment(place: AwsPlace, record: DeploymentRecord): LastDeploymentInfo {
  const { deploymentId, status } = record;
  return { deploymentId, status, createTime: timeOf(place, record.createTime), endTime: optionalTime(place, record.completeTime) };
}

export function configInfo(place: AwsPlace, config: ConfigView & { readonly platform: 'ECS' | 'Lambda' }): DeploymentConfigInfo {
  return {
    deploymentConfigId: uuidOf(config.deploymentConfigName),
    deploymentConfigName: config.deploymentConfigName,
    createTime: timeOf(place, 0),
    computePlatform: config.platform,
    trafficRoutingConfig: routingConfig(config.routing),
  };
}

function routingConfig(routing: TrafficRouting): TrafficRoutingConfig {
  switch (routing.type) {
    case 'AllAtOnce':
      return { type: 'AllAtOnce' };
    case 'TimeBasedCanary':
      return { type: routing.type, timeBasedCanary: { canaryPercentage: routing.percentage, canaryInterval: routing.intervalMinutes } };
    case 'TimeBasedLinear':
      return { type: routing.type, timeBasedLinear: { linearPercentage: routing.percentage, linearInterval: routing.intervalMinutes } };
  }
}

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
import type { AnyGroupModel, AutoRollbackConfiguration, DeploymentGroupModel } from '../engine/deployment-group';
import { groupAlarms, groupRollback, platformOf } from '../engine/deployment-group';
import type { AnyDeploymentRecord, DeploymentRecord, RevisionLocation as RevisionRecord } from '../engine/deployment-record';
import type { AwsPlace } from './aws-service';
import { uuidOf } from './aws-service';
import type { ConfigView } from './codedeploy-backend';
import { isRecord } from './fields';

/** A wall-clock time out of a virtual one. */
export const timeOf = (place: AwsPlace, at: number): Date => new Date(place.epochMs + at);

export const optionalTime = (place: AwsPlace, at: number | undefined): Date | undefined => (at === undefined ? undefined : timeOf(place, at));

/** A type without `readonly`, all the way down: the SDK's types have none. */
type Mutable<T> = T extends object ? { -readonly [Name in keyof T]: Mutable<T[Name]> } : T;

export const copy = <T>(value: T): Mutable<T> => structuredClone(value) as Mutable<T>;

/** A revision that is a text: an AppSpec that somebody gives, or the one that CloudFormation writes for an alias. */
export interface TextRevision {
  readonly type: 'AppSpecContent' | 'String';
  readonly content: string;
  readonly sha256: string;
}

export function textRevision(revision: RevisionRecord | undefined): TextRevision | undefined {
  const type = revision?.revisionType === 'String' ? 'String' : 'AppSpecContent';
  const spec = type === 'String' ? revision?.string : revision?.appSpecContent;
  return isRecord(spec) && typeof spec.content === 'string' && typeof spec.sha256 === 'string' ? { type, content: spec.content, sha256: spec.sha256 } : undefined;
}

export function revisionLocation({ type, content, sha256 }: TextRevision): RevisionLocation {
  return { revisionType: type, [type === 'String' ? 'string' : 'appSpecContent']: { content, sha256 } };
}

/** The service keeps the content to itself (it answers null) and shows the hash; GetApplicationRevision gives the content. */
function hiddenRevision(revision: RevisionRecord | undefined): RevisionLocation | undefined {
  const spec = textRevision(revision);
  // The model knows no null, though the service sends one.
  return spec && revisionLocation({ ...spec, content: null as unknown as string });
}

const rollback = (config: AutoRollbackConfiguration): DeploymentInfo['autoRollbackConfiguration'] => ({
  enabled: config.enabled,
  events: [...config.events],
});

export function deploymentInfo(place: AwsPlace, record: AnyDeploymentRecord): DeploymentInfo {
  const override = record.overrideAlarmConfiguration;
  return {
    ...(stackOf(record) === undefined
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
    instanceTerminationWaitTimeStarted: record.computePlatform === 'ECS' && record.instanceTerminationWaitTimeStarted,
    ...(record.computePlatform === 'ECS'
      ? {
          blueGreenDeploymentConfiguration: copy(record.blueGreenDeploymentConfiguration),
          loadBalancerInfo: { targetGroupPairInfoList: copy(record.loadBalancerInfo.targetGroupPairInfoList) },
        }
      : {}),
    fileExistsBehavior: 'DISALLOW',
    deploymentStatusMessages: [...record.deploymentStatusMessages],
    computePlatform: record.computePlatform,
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

function stackOf(record: AnyDeploymentRecord): string | undefined {
  return record.computePlatform === 'ECS' ? record.stackId : undefined;
}

/** The one target of a deployment: the service, or the function; where CloudFormation performs it, the stack, which shows no task sets. */
export function deploymentTarget(place: AwsPlace, record: AnyDeploymentRecord): DeploymentTarget {
  const { target } = record;
  // What the hook did is the engine's knowledge: the API shows only the event.
  const lifecycleEvents = target.lifecycleEvents.map((event) => ({
    lifecycleEventName: event.lifecycleEventName,
    startTime: optionalTime(place, event.startTime),
    endTime: optionalTime(place, event.endTime),
    status: event.status,
  }));
  const { deploymentId, targetId, status } = target;
  const lastUpdatedAt = timeOf(place, target.lastUpdatedAt);
  if (record.computePlatform === 'Lambda') {
    const { targetArn, lambdaFunctionInfo } = record.target;
    return {
      deploymentTargetType: 'LambdaTarget',
      lambdaTarget: { deploymentId, targetId, targetArn, status, lastUpdatedAt, lifecycleEvents, lambdaFunctionInfo: { ...lambdaFunctionInfo } },
    };
  }
  if (record.stackId !== undefined) {
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
      taskSetsInfo: copy(record.target.taskSetsInfo),
    },
  };
}

export function groupInfo(place: AwsPlace, group: AnyGroupModel, deployments: readonly AnyDeploymentRecord[]): DeploymentGroupInfo {
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
    ...('aliasName' in group ? {} : serviceSettings(group)),
    lastSuccessfulDeployment: succeeded && lastDeployment(place, succeeded),
    lastAttemptedDeployment: last && lastDeployment(place, last),
    computePlatform: platformOf(group),
    terminationHookEnabled: false,
  };
}

/** What only the group of an ECS service has. */
function serviceSettings(group: DeploymentGroupModel): Pick<DeploymentGroupInfo, 'blueGreenDeploymentConfiguration' | 'loadBalancerInfo' | 'ecsServices'> {
  return {
    blueGreenDeploymentConfiguration: blueGreen(group),
    loadBalancerInfo: loadBalancer(group),
    ecsServices: [{ serviceName: group.serviceName, clusterName: group.clusterName }],
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

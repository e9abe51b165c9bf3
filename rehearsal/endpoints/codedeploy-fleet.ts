/** CodeDeploy's operations on deployments to EC2/on-premises, whose targets are instances. BEHAVIOUR.md, section CodeDeploy, says what each promises. */
import type { DeploymentInfo, DeploymentTarget, RevisionLocation } from '@aws-sdk/client-codedeploy';
import type { FleetDeployments } from '../engine/fleet/fleet-deployments';
import type { FleetDeploymentRecord, InstanceTargetRecord } from '../engine/fleet/fleet-record';
import type { ServerGroups } from '../engine/fleet/server-groups';
import { ServiceError } from '../engine/ports';
import type { AwsPlace, Caller, Operation } from './aws-service';
import { batch, groupArn, pageOf, required } from './codedeploy-lookup';
import { environmentMembers } from './codedeploy-server-wire';
import { copy, optionalTime, timeOf } from './codedeploy-wire';
import type { Fields } from './fields';

const PAGE_SIZE = 100;
const MAX_BATCH_TARGETS = 25;

interface Asked {
  readonly deployments: FleetDeployments;
  readonly record: FleetDeploymentRecord;
}

/** These operations, where they are about a deployment to instances; otherwise the others. */
export function withFleets(place: AwsPlace, groups: ServerGroups, others: Readonly<Record<string, Operation>>): Record<string, Operation> {
  const own = Object.entries(operations(place)).map(([name, answer]): [string, Operation] => [
    name,
    (input, caller) => {
      const id = input.string('deploymentId');
      const deployments = id === undefined ? undefined : groups.ofDeployment(id);
      if (deployments === undefined) {
        return unlessMissing(name, others[name])(input, caller);
      }
      caller.authorize(`codedeploy:${name}`, groupArn(place, deployments.group));
      return answer({ deployments, record: deployments.get(id!) }, input, caller);
    },
  ]);
  return { ...others, ...Object.fromEntries(own) };
}

function unlessMissing(name: string, other: Operation | undefined): Operation {
  return (
    other ??
    ((input) => {
      const id = required(input, 'deploymentId', 'DeploymentIdRequiredException', 'the deployment id');
      throw new ServiceError('DeploymentDoesNotExistException', `The deployment ${id} could not be found, or is none to instances, which ${name} is for`);
    })
  );
}

function operations(place: AwsPlace): Record<string, (asked: Asked, input: Fields, caller: Caller) => object> {
  return {
    GetDeployment: ({ record }) => ({ deploymentInfo: fleetDeploymentInfo(place, record) }),
    StopDeployment: ({ deployments, record }, input) => {
      const autoRollbackEnabled = input.boolean('autoRollbackEnabled');
      return deployments.stop(record.deploymentId, autoRollbackEnabled === undefined ? {} : { autoRollbackEnabled });
    },
    ContinueDeployment: ({ deployments, record }, input) => {
      deployments.continue(record.deploymentId, input.string('deploymentWaitType'));
      return {};
    },
    ListDeploymentTargets: ({ deployments, record }, input) => {
      const filters = input.structure('targetFilters');
      const page = pageOf(targetIds(deployments, record, filters?.strings('TargetStatus'), filters?.strings('ServerInstanceLabel')), input.string('nextToken'), PAGE_SIZE);
      return { targetIds: page.items, nextToken: page.nextToken };
    },
    ListDeploymentInstances: ({ deployments, record }, input) => {
      const page = pageOf(targetIds(deployments, record, input.strings('instanceStatusFilter')), input.string('nextToken'), PAGE_SIZE);
      return { instancesList: page.items, nextToken: page.nextToken };
    },
    GetDeploymentTarget: ({ deployments, record }, input) => {
      const id = required(input, 'targetId', 'DeploymentTargetIdRequiredException', 'the target id');
      return { deploymentTarget: instanceTarget(place, deployments.target(record.deploymentId, id)) };
    },
    BatchGetDeploymentTargets: ({ deployments, record }, input) => {
      const ids = batch(input, 'targetIds', MAX_BATCH_TARGETS, 'DeploymentTargetIdRequiredException', 'DeploymentTargetListSizeExceededException');
      return { deploymentTargets: ids.map((id) => instanceTarget(place, deployments.target(record.deploymentId, id))) };
    },
  };
}

function targetIds(deployments: FleetDeployments, { deploymentId }: FleetDeploymentRecord, statuses: readonly string[] = [], labels: readonly string[] = []): readonly string[] {
  const ids = deployments.targetIds(deploymentId);
  if (statuses.length + labels.length === 0) {
    return ids;
  }
  return ids.filter((id) => {
    const { status, instanceLabel = '' } = deployments.target(deploymentId, id);
    return (statuses.length === 0 || statuses.includes(status)) && (labels.length === 0 || labels.includes(instanceLabel));
  });
}

export function fleetDeploymentInfo(place: AwsPlace, record: FleetDeploymentRecord): DeploymentInfo {
  const { revision, previousRevision, autoRollbackConfiguration, overrideAlarmConfiguration } = record;
  return {
    applicationName: record.applicationName,
    deploymentGroupName: record.deploymentGroupName,
    deploymentConfigName: record.deploymentConfigName,
    deploymentId: record.deploymentId,
    previousRevision: previousRevision && (copy(previousRevision) as RevisionLocation),
    revision: revision && (copy(revision) as RevisionLocation),
    status: record.status,
    // The list of codes is open: the service's documentation names codes that the model lacks.
    errorInformation: record.errorInformation as DeploymentInfo['errorInformation'],
    createTime: timeOf(place, record.createTime),
    startTime: optionalTime(place, record.startTime),
    completeTime: optionalTime(place, record.completeTime),
    deploymentOverview: record.deploymentOverview,
    description: record.description,
    creator: record.creator,
    ignoreApplicationStopFailures: record.ignoreApplicationStopFailures,
    autoRollbackConfiguration: copy(autoRollbackConfiguration),
    updateOutdatedInstancesOnly: record.updateOutdatedInstancesOnly,
    rollbackInfo: record.rollbackInfo,
    deploymentStyle: record.deploymentStyle,
    instanceTerminationWaitTimeStarted: record.instanceTerminationWaitTimeStarted,
    ...environmentMembers(record),
    fileExistsBehavior: record.fileExistsBehavior,
    deploymentStatusMessages: [...record.deploymentStatusMessages],
    computePlatform: record.computePlatform,
    ...(overrideAlarmConfiguration && {
      overrideAlarmConfiguration: { ...overrideAlarmConfiguration, alarms: overrideAlarmConfiguration.alarmNames.map((name) => ({ name })) },
    }),
  };
}

export function instanceTarget(place: AwsPlace, target: InstanceTargetRecord): DeploymentTarget {
  const { deploymentId, targetId, targetArn, status, instanceLabel } = target;
  return {
    deploymentTargetType: 'InstanceTarget',
    instanceTarget: {
      deploymentId,
      targetId,
      targetArn,
      status,
      lastUpdatedAt: timeOf(place, target.lastUpdatedAt),
      lifecycleEvents: target.lifecycleEvents.map(({ lifecycleEventName, status: eventStatus, startTime, endTime, diagnostics }) => ({
        lifecycleEventName,
        status: eventStatus,
        startTime: optionalTime(place, startTime),
        endTime: optionalTime(place, endTime),
        ...(diagnostics === undefined ? {} : { diagnostics: { scriptName: '', logTail: '', ...diagnostics } }),
      })),
      ...(instanceLabel === undefined ? {} : { instanceLabel }),
    },
  };
}

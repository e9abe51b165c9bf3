/** A deployment as GetDeployment and GetDeploymentTarget answer it. */
import type { DeploymentStatus } from '../../lib/model/status';
import type { DeploymentGroupModel, GroupModel } from './deployment-group';
import type { DeploymentMachine } from './deployment-machine';
import type { DeploymentOverview, DeploymentRecord, EcsDeploymentRecord, EcsTargetRecord, TargetRecord } from './deployment-record';
import type { EcsDeployment } from './ecs-deployment';

export function deploymentRecord(machine: EcsDeployment, group: DeploymentGroupModel): EcsDeploymentRecord {
  const { plan } = machine;
  const target = ecsTarget(machine, group);
  return {
    ...basicRecord(machine, group, target),
    instanceTerminationWaitTimeStarted: machine.terminationWaitStarted,
    ...groupSettings(group),
    computePlatform: 'ECS',
    target,
    ...defined('stackId', group.stack?.id),
    release: plan.release.id,
    appSpec: plan.appSpec,
  };
}

/** What deployments to all platforms tell alike. */
export function basicRecord(machine: DeploymentMachine, group: GroupModel, { status }: TargetRecord): Omit<DeploymentRecord, 'computePlatform' | 'target' | 'release'> {
  const { plan } = machine;
  return {
    applicationName: group.applicationName,
    deploymentGroupName: group.deploymentGroupName,
    deploymentConfigName: plan.deploymentConfigName,
    deploymentId: plan.deploymentId,
    ...defined('previousRevision', plan.previousRevision),
    ...defined('revision', plan.revision),
    status: machine.status,
    ...defined('errorInformation', machine.error),
    createTime: machine.createTime,
    ...defined('startTime', machine.startTime),
    ...defined('completeTime', machine.completeTime),
    ...defined('deploymentOverview', machine.over ? overview(status) : undefined),
    ...defined('description', plan.description),
    creator: plan.creator,
    autoRollbackConfiguration: plan.rollback,
    ...defined('overrideAlarmConfiguration', plan.overrideAlarms),
    ...defined('rollbackInfo', machine.rollbackInfo),
    deploymentStyle: { deploymentType: 'BLUE_GREEN', deploymentOption: 'WITH_TRAFFIC_CONTROL' },
    deploymentStatusMessages: [],
    traffic: [...machine.traffic],
  };
}

function defined<Name extends string, T>(name: Name, value: T | undefined): Partial<Record<Name, T>> {
  return (value === undefined ? {} : { [name]: value }) as Partial<Record<Name, T>>;
}

function groupSettings(group: DeploymentGroupModel): Pick<EcsDeploymentRecord, 'blueGreenDeploymentConfiguration' | 'loadBalancerInfo'> {
  const { approvalWaitMinutes, terminationWaitMinutes, testListenerArn } = group;
  return {
    blueGreenDeploymentConfiguration: {
      deploymentReadyOption:
        approvalWaitMinutes === undefined
          ? { actionOnTimeout: 'CONTINUE_DEPLOYMENT', waitTimeInMinutes: 0 }
          : { actionOnTimeout: 'STOP_DEPLOYMENT', waitTimeInMinutes: approvalWaitMinutes },
      terminateBlueInstancesOnDeploymentSuccess:
        terminationWaitMinutes === undefined
          ? { action: 'KEEP_ALIVE' }
          : { action: 'TERMINATE', terminationWaitTimeInMinutes: terminationWaitMinutes },
    },
    loadBalancerInfo: {
      targetGroupPairInfoList: [
        {
          targetGroups: group.targetGroups.map(({ name }) => ({ name })),
          prodTrafficRoute: { listenerArns: [group.productionListenerArn] },
          ...(testListenerArn === undefined ? {} : { testTrafficRoute: { listenerArns: [testListenerArn] } }),
        },
      ],
    },
  };
}

function ecsTarget(machine: EcsDeployment, group: DeploymentGroupModel): EcsTargetRecord {
  return {
    targetId: group.stack?.id ?? `${group.clusterName}:${group.serviceName}`,
    targetArn: group.serviceArn,
    ...targetProgress(machine),
    taskSetsInfo: machine.taskSets,
  };
}

export function targetProgress(machine: DeploymentMachine): Pick<TargetRecord, 'deploymentId' | 'lastUpdatedAt' | 'status' | 'lifecycleEvents'> {
  return {
    deploymentId: machine.plan.deploymentId,
    lastUpdatedAt: machine.lastUpdatedAt,
    status: targetStatus(machine.status, machine.startTime !== undefined),
    lifecycleEvents: machine.lifecycleEvents,
  };
}

function targetStatus(status: DeploymentStatus, started: boolean): TargetRecord['status'] {
  switch (status) {
    case 'Succeeded':
    case 'Failed':
    case 'Ready':
      return status;
    case 'Stopped':
      return started ? 'Failed' : 'Skipped';
    case 'InProgress':
    case 'Baking':
      return 'InProgress';
    case 'Created':
    case 'Queued':
      return 'Pending';
  }
}

function overview(status: TargetRecord['status']): DeploymentOverview {
  const none = { Pending: 0, InProgress: 0, Succeeded: 0, Failed: 0, Skipped: 0, Ready: 0 };
  return { ...none, [status]: 1 };
}

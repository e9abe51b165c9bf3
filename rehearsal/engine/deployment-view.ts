/** A deployment as GetDeployment and GetDeploymentTarget answer it. */
import type { DeploymentStatus } from '../../lib/model/status';
import type { DeploymentGroupModel } from './deployment-group';
import type { DeploymentMachine } from './deployment-machine';
import type { DeploymentOverview, DeploymentRecord, EcsTargetRecord } from './deployment-record';

export function deploymentRecord(machine: DeploymentMachine, group: DeploymentGroupModel): DeploymentRecord {
  const { plan } = machine;
  const target = ecsTarget(machine, group);
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
    ...defined('deploymentOverview', machine.over ? overview(target.status) : undefined),
    ...defined('description', plan.description),
    creator: plan.creator,
    autoRollbackConfiguration: plan.rollback,
    ...defined('overrideAlarmConfiguration', plan.overrideAlarms),
    ...defined('rollbackInfo', machine.rollbackInfo),
    deploymentStyle: { deploymentType: 'BLUE_GREEN', deploymentOption: 'WITH_TRAFFIC_CONTROL' },
    instanceTerminationWaitTimeStarted: machine.terminationWaitStarted,
    ...groupSettings(group),
    deploymentStatusMessages: [],
    computePlatform: 'ECS',
    target,
    ...defined('stackId', group.stack?.id),
    release: plan.release.id,
    appSpec: plan.appSpec,
    traffic: [...machine.traffic],
  };
}

function defined<Name extends string, T>(name: Name, value: T | undefined): Partial<Record<Name, T>> {
  return (value === undefined ? {} : { [name]: value }) as Partial<Record<Name, T>>;
}

function groupSettings(group: DeploymentGroupModel): Pick<DeploymentRecord, 'blueGreenDeploymentConfiguration' | 'loadBalancerInfo'> {
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

function ecsTarget(machine: DeploymentMachine, group: DeploymentGroupModel): EcsTargetRecord {
  return {
    deploymentId: machine.plan.deploymentId,
    targetId: group.stack?.id ?? `${group.clusterName}:${group.serviceName}`,
    targetArn: group.serviceArn,
    lastUpdatedAt: machine.lastUpdatedAt,
    status: targetStatus(machine.status, machine.startTime !== undefined),
    lifecycleEvents: machine.lifecycleEvents,
    taskSetsInfo: machine.taskSets,
  };
}

function targetStatus(status: DeploymentStatus, started: boolean): EcsTargetRecord['status'] {
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

function overview(status: EcsTargetRecord['status']): DeploymentOverview {
  const none = { Pending: 0, InProgress: 0, Succeeded: 0, Failed: 0, Skipped: 0, Ready: 0 };
  return { ...none, [status]: 1 };
}

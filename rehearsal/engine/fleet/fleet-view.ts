/** A deployment to a fleet as GetDeployment and GetDeploymentTarget answer it. */
import { ServiceError } from '../ports';
import type { Fleet, Instance } from './fleet';
import type { FleetDeployment } from './fleet-deployment';
import type { FleetGroupModel } from './fleet-group';
import type { FleetDeploymentRecord, InstanceTargetRecord } from './fleet-record';
import type { HostStates } from './host-states';
import { totalCounts } from './target-log';
import type { Section } from './targets';

export function fleetRecord(deployment: FleetDeployment): FleetDeploymentRecord {
  const { plan, group } = deployment;
  const isClassic = (name: string): boolean => group.classicLoadBalancers?.includes(name) === true;
  return {
    applicationName: group.applicationName,
    deploymentGroupName: group.deploymentGroupName,
    deploymentConfigName: plan.deploymentConfigName,
    deploymentId: plan.deploymentId,
    ...defined('previousRevision', plan.previousRevision?.location),
    ...defined('revision', plan.revision.location),
    status: deployment.status,
    ...defined('errorInformation', deployment.error),
    createTime: deployment.createTime,
    ...defined('startTime', deployment.startTime),
    ...defined('completeTime', deployment.completeTime),
    deploymentOverview: totalCounts(deployment.targets.sections.map(({ log }) => log)),
    ...defined('description', plan.description),
    creator: plan.creator,
    ignoreApplicationStopFailures: plan.ignoreApplicationStopFailures,
    autoRollbackConfiguration: plan.rollback,
    updateOutdatedInstancesOnly: plan.updateOutdatedInstancesOnly,
    ...defined('overrideAlarmConfiguration', plan.overrideAlarms),
    ...defined('targetInstances', plan.targetInstances),
    loadBalancers: { targetGroups: group.loadBalancers.filter((name) => !isClassic(name)), classic: group.loadBalancers.filter(isClassic) },
    ...(group.deployment.type === 'BLUE_GREEN' ? { blueGreen: group.deployment } : {}),
    ...defined('rollbackInfo', deployment.rollbackInfo),
    deploymentStyle: { deploymentType: group.deployment.type, deploymentOption: group.loadBalancers.length > 0 ? 'WITH_TRAFFIC_CONTROL' : 'WITHOUT_TRAFFIC_CONTROL' },
    instanceTerminationWaitTimeStarted: deployment.terminationWait !== undefined,
    ...defined('terminationWait', deployment.terminationWait),
    fileExistsBehavior: plan.fileExistsBehavior,
    deploymentStatusMessages: [],
    computePlatform: 'Server',
    release: plan.revision.release,
    traffic: [...deployment.targets.traffic],
    mostAtATime: deployment.targets.mostAtATime,
  };
}

/** Ids of all targets, originals first. */
export function targetIds(deployment: FleetDeployment, fleet: Fleet): readonly string[] {
  return deployment.targets.sections.flatMap(({ log }) => log.instances.map((instance) => fleet.instance(instance).id));
}

/** @throws ServiceError DeploymentTargetDoesNotExistException */
export function instanceTarget(deployment: FleetDeployment, targetId: string, fleet: Fleet, states: HostStates): InstanceTargetRecord {
  const instance = fleet.byId(targetId);
  for (const section of instance === undefined ? [] : deployment.targets.sections) {
    const row = section.log.row(instance!.index);
    if (row !== undefined) {
      return record(deployment, section, row, instance!, states);
    }
  }
  throw new ServiceError('DeploymentTargetDoesNotExistException', `the deployment ${deployment.plan.deploymentId} has no target '${targetId}'`);
}

function record(deployment: FleetDeployment, { log, before, after }: Section, row: number, instance: Instance, states: HostStates): InstanceTargetRecord {
  return {
    deploymentId: deployment.plan.deploymentId,
    targetId: instance.id,
    targetArn: instanceArn(instance, deployment.group),
    status: log.status(row),
    lastUpdatedAt: log.updatedAt(row),
    lifecycleEvents: log.records(row),
    ...defined('instanceLabel', log.label),
    zone: instance.zone,
    ...defined('releaseBefore', before[row]?.release),
    ...defined('releaseAfter', (after === undefined ? states.installed(instance.index) : after[row])?.release),
  };
}

/** `arn:PARTITION:codedeploy:REGION:ACCOUNT:...` has what the ARN of an instance needs. */
function instanceArn({ platform, id }: Instance, { deploymentGroupArn }: FleetGroupModel): string {
  const [, partition, , region, account] = deploymentGroupArn.split(':');
  return `arn:${partition}:${platform === 'ec2' ? 'ec2' : 'codedeploy'}:${region}:${account}:instance/${id}`;
}

function defined<Name extends string, T>(name: Name, value: T | undefined): Partial<Record<Name, T>> {
  return (value === undefined ? {} : { [name]: value }) as Partial<Record<Name, T>>;
}

/** Deployment groups of EC2/on-premises, and what deployments take over of them, in the shapes of the CodeDeploy API. */
import type { BlueGreenDeploymentConfiguration, DeploymentGroupInfo, LastDeploymentInfo, LoadBalancerInfo, RevisionLocation, TargetInstances as WireTargets } from '@aws-sdk/client-codedeploy';
import type { TagFilter, TagGroup } from '../../lib/model/server/tag-groups';
import type { BlueGreenModel } from '../engine/fleet/fleet-group';
import type { FleetDeploymentRecord } from '../engine/fleet/fleet-record';
import type { TargetInstances } from '../engine/fleet/fleet-request';
import type { ServerGroupSettings } from '../engine/fleet/group-settings';
import type { ServerGroup } from '../engine/fleet/server-groups';
import { uuidOf, type AwsPlace } from './aws-service';
import { copy, optionalTime, timeOf } from './codedeploy-wire';

export function serverGroupInfo(place: AwsPlace, group: ServerGroup): DeploymentGroupInfo {
  const { settings, deployments } = group;
  // What Auto Scaling brings about is no deployment of the group's revision.
  const own = deployments.list().filter(({ creator }) => creator !== 'autoscaling' && creator !== 'autoscalingTermination');
  const last = own.at(-1);
  const succeeded = own.filter(({ status }) => status === 'Succeeded').at(-1);
  const targetRevision = last?.revision ?? deployments.releasedRevision?.location;
  return {
    applicationName: settings.applicationName,
    deploymentGroupId: uuidOf(group.identity),
    deploymentGroupName: settings.deploymentGroupName,
    deploymentConfigName: settings.deploymentConfigName,
    ...tagMembers(settings),
    autoScalingGroups: settings.targets.autoScalingGroups.map((name) => ({ name, hook: `CodeDeploy-managed-automatic-launch-deployment-hook-${settings.deploymentGroupName}-${uuidOf(`${group.identity}/${name}`)}` })),
    serviceRoleArn: settings.serviceRoleArn,
    ...(targetRevision && { targetRevision: copy(targetRevision) as RevisionLocation }),
    triggerConfigurations: copy(settings.triggers) as DeploymentGroupInfo['triggerConfigurations'],
    alarmConfiguration: alarmMembers(settings.alarms),
    autoRollbackConfiguration: copy(settings.rollback),
    deploymentStyle: copy(settings.deploymentStyle),
    outdatedInstancesStrategy: settings.outdatedInstances,
    ...(settings.deploymentStyle.deploymentType === 'BLUE_GREEN' && settings.blueGreen && { blueGreenDeploymentConfiguration: copy(settings.blueGreen) }),
    ...balancers(settings.targetGroups, settings.classicLoadBalancers),
    ...(succeeded && { lastSuccessfulDeployment: lastDeployment(place, succeeded) }),
    ...(last && { lastAttemptedDeployment: lastDeployment(place, last) }),
    computePlatform: 'Server',
    terminationHookEnabled: settings.terminationHook,
  };
}

/** A group of tags of which any may fit is told as filters, several groups as a set. */
function tagMembers({ targets }: ServerGroupSettings): Pick<DeploymentGroupInfo, 'ec2TagFilters' | 'onPremisesInstanceTagFilters' | 'ec2TagSet' | 'onPremisesTagSet'> {
  const { ec2TagGroups: ec2, onPremisesTagGroups: onPremises } = targets;
  return {
    ...(ec2.length <= 1 ? { ec2TagFilters: (ec2[0] ?? []).map(filter) } : { ec2TagSet: { ec2TagSetList: tagSet(ec2) } }),
    ...(onPremises.length <= 1 ? { onPremisesInstanceTagFilters: (onPremises[0] ?? []).map(filter) } : { onPremisesTagSet: { onPremisesTagSetList: tagSet(onPremises) } }),
  };
}

type WireFilter = { Key?: string; Value?: string; Type: 'KEY_ONLY' | 'VALUE_ONLY' | 'KEY_AND_VALUE' };

const filter = ({ key, value }: TagFilter): WireFilter => ({
  ...(key !== undefined && { Key: key }),
  ...(value !== undefined && { Value: value }),
  Type: value === undefined ? 'KEY_ONLY' : key === undefined ? 'VALUE_ONLY' : 'KEY_AND_VALUE',
});

const tagSet = (groups: readonly TagGroup[]): WireFilter[][] => groups.map((group) => group.map(filter));

function alarmMembers({ enabled, ignorePollAlarmFailure, alarmNames }: ServerGroupSettings['alarms']): DeploymentGroupInfo['alarmConfiguration'] {
  return { enabled, ignorePollAlarmFailure, alarms: alarmNames.map((name) => ({ name })) };
}

function balancers(targetGroups: readonly string[], classic: readonly string[]): { readonly loadBalancerInfo?: LoadBalancerInfo } {
  if (targetGroups.length + classic.length === 0) {
    return {};
  }
  const named = (names: readonly string[]): { name: string }[] => names.map((name) => ({ name }));
  return { loadBalancerInfo: { ...(targetGroups.length > 0 && { targetGroupInfoList: named(targetGroups) }), ...(classic.length > 0 && { elbInfoList: named(classic) }) } };
}

function lastDeployment(place: AwsPlace, { deploymentId, status, createTime, completeTime }: FleetDeploymentRecord): LastDeploymentInfo {
  return { deploymentId, status, createTime: timeOf(place, createTime), endTime: optionalTime(place, completeTime) };
}

/** What a deployment has of the environments. */
export function environmentMembers({ targetInstances, loadBalancers, blueGreen }: FleetDeploymentRecord): {
  readonly targetInstances?: WireTargets;
  readonly loadBalancerInfo?: LoadBalancerInfo;
  readonly blueGreenDeploymentConfiguration?: BlueGreenDeploymentConfiguration;
} {
  return {
    ...(targetInstances && { targetInstances: wireTargets(targetInstances) }),
    ...balancers(loadBalancers.targetGroups, loadBalancers.classic),
    ...(blueGreen && { blueGreenDeploymentConfiguration: wireBlueGreen(blueGreen) }),
  };
}

function wireTargets({ autoScalingGroups, ec2TagSet }: TargetInstances): WireTargets {
  return { ...(autoScalingGroups && { autoScalingGroups: [...autoScalingGroups] }), ...(ec2TagSet && { ec2TagSet: { ec2TagSetList: tagSet(ec2TagSet) } }) };
}

function wireBlueGreen({ readyWaitMinutes: ready, terminationWaitMinutes: terminate, provisioning }: BlueGreenModel): BlueGreenDeploymentConfiguration {
  return {
    deploymentReadyOption: { actionOnTimeout: ready === undefined ? 'CONTINUE_DEPLOYMENT' : 'STOP_DEPLOYMENT', waitTimeInMinutes: ready ?? 0 },
    terminateBlueInstancesOnDeploymentSuccess: { action: terminate === undefined ? 'KEEP_ALIVE' : 'TERMINATE', terminationWaitTimeInMinutes: terminate ?? 0 },
    greenFleetProvisioningOption: { action: provisioning },
  };
}

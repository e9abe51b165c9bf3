/** A replay of a rollout to instances: edits of its stack, what its fleet runs, and what is left behind of it. */
import { createHash } from 'node:crypto';

import { SERVER_DEPLOYMENT_RESOURCE_TYPE } from '../../lib/model/deployment-request';
import { SERVER_DEPLOYMENT_GROUP_RESOURCE_TYPE } from '../../lib/model/server/deployment-group-request';
import { REFILL_CREATORS, ROLLBACK_CREATOR } from '../../lib/model/status';
import { isObject } from '../assembly/read-json';
import type { Stack } from '../assembly/stack';
import type { RevisionLocation } from '../engine/deployment-record';
import type { FleetDeploymentRecord } from '../engine/fleet/fleet-record';
import type { Scenario } from '../scenario/scenario';
import type { World } from '../stage/world';
import { edited, idsOf } from './edits';

const ENDED: readonly string[] = ['Succeeded', 'Failed', 'Stopped'];

/** What a replay releases to instances: first what the scenario begins with, then its releases. */
export const withFirstRelease = (scenario: Scenario): Scenario => ({ ...scenario, releases: [{ name: 'v1', profile: scenario.service, leaveOut: [], actions: [] }, ...scenario.releases] });

/** Every place that the stack of a replay names has a bundle of the app. */
export const everywhere = ({ revisionType }: RevisionLocation): boolean => revisionType === 'S3';

/** The so-manieth revision for every deployment: the same bundle under another key, as an asset with other contents has it. */
export function revised(stack: Stack, number: number): Stack {
  const key = createHash('sha256').update(`revision ${number}`).digest('hex');
  return idsOf(stack, SERVER_DEPLOYMENT_RESOURCE_TYPE).reduce((before, logicalId) => edited(before, logicalId, (properties) => ({ ...properties, Revision: rekeyed(properties.Revision, key) })), stack);
}

/** The revision of an earlier deployment for every deployment. */
export function redeploying(stack: Stack, deploymentId: string): Stack {
  return idsOf(stack, SERVER_DEPLOYMENT_RESOURCE_TYPE).reduce((before, logicalId) => edited(before, logicalId, ({ Revision: _, ...properties }) => ({ ...properties, Redeploy: deploymentId })), stack);
}

/** Other settings of every deployment group: instances that join late are left as they are, and deployments that somebody stops are not rolled back. */
export function regrouped(stack: Stack): Stack {
  return idsOf(stack, SERVER_DEPLOYMENT_GROUP_RESOURCE_TYPE).reduce(
    (before, logicalId) =>
      edited(before, logicalId, (properties) => ({
        ...properties,
        OutdatedInstances: 'IGNORE',
        ...(typeof properties.TerminationWaitMinutes === 'string' ? { TerminationWaitMinutes: String(Number(properties.TerminationWaitMinutes) + 1) } : {}),
      })),
    stack,
  );
}

function rekeyed(value: unknown, key: string): unknown {
  if (typeof value === 'string') {
    return value.replace(/[0-9a-f]{64}(?=\.zip)/g, key);
  }
  if (Array.isArray(value)) {
    return value.map((item: unknown) => rekeyed(item, key));
  }
  return isObject(value) ? Object.fromEntries(Object.entries(value).map(([name, item]) => [name, rekeyed(item, key)])) : value;
}

export function serverDeployments({ servers }: World): readonly FleetDeploymentRecord[] {
  return (servers?.groups.deployments ?? []).flatMap((deployments) => deployments.list());
}

/** Those that somebody has asked for. */
export const startedOnServers = (world: World): readonly FleetDeploymentRecord[] => serverDeployments(world).filter(({ creator }) => creator !== ROLLBACK_CREATOR && !REFILL_CREATORS.includes(creator));

/** The Auto Scaling group of the deployment group and what its instances run, such as `FleetA:v2`. */
export function servingOnServers({ servers, serverRollouts: [rollout] }: World): string {
  if (servers === undefined || rollout === undefined || !rollout.slot.exists) {
    return 'nothing';
  }
  const { fleet } = servers;
  const [name = ''] = rollout.group.targets.autoScalingGroups;
  const releases = fleet.fleet.instances.filter(({ autoScalingGroup, state }) => autoScalingGroup === name && state === 'inService').map(({ index }) => rollout.revisionOn(index) ?? 'nothing');
  return `${fleet.called(name)}:${[...new Set(releases)].sort().join(', ') || 'no instance'}`;
}

/** What the stack has made, or has had made, and is there still; empty after it was deleted as it should be. */
export function leftBehind(world: World): readonly string[] {
  const { servers, stateMachines } = world;
  const { groups, fleet } = servers!;
  const pending = world.pending();
  return [
    ...groups.existing.map(({ name: { applicationName, deploymentGroupName } }) => `deployment group ${applicationName}/${deploymentGroupName}`),
    ...fleet.autoScaling.groups.map(({ name }) => `Auto Scaling group ${name}`),
    ...fleet.fleet.instances.filter(({ state }) => state !== 'terminated').map(({ id, state }) => `instance ${id}, ${state}`),
    ...serverDeployments(world).flatMap(({ deploymentId, status }) => (ENDED.includes(status) ? [] : [`deployment ${deploymentId}, ${status}`])),
    ...counted(fleet.fleet.hooks, 'hook on an Auto Scaling group', 'hooks on Auto Scaling groups'),
    ...counted(stateMachines.running, 'execution that runs', 'executions that run'),
    ...counted(pending, 'event that is not handled', 'events that are not handled'),
  ];
}

const counted = (count: number, one: string, many: string): readonly string[] => (count === 0 ? [] : [`${count} ${count === 1 ? one : many}`]);

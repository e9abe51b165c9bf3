/** An Auto Scaling group that was brought up for a deployment that has not come to be is brought down again: no end of a deployment will have it settled. */
import type { ResourceAnswer } from '../../../lib/model/deployment-request';
import { REFILL_CREATORS } from '../../../lib/model/status';
import { describeError } from '../failures';
import { doubtAfter, failureOf } from '../server-fleets/doubt';
import { lastReleases, servingFleet } from '../server-fleets/serving';
import type { ServerGroupFacts } from '../server-groups/ports';
import type { DeploymentPorts, Facts, Look } from './facts';
import { isOver } from './facts';
import { find } from './look';
import type { ServerTask } from './server-task';
import type { Situation } from './situation';
import { secondsSince } from './situation';
import { LISTED_WITHIN_SECONDS } from './start';

/** The group that this request has brought up and has no deployment for, now that it is answered so. */
export function abandonedFleet(s: Situation, { Status }: ResourceAnswer): string | undefined {
  const { memory, facts, retries } = s;
  const started = memory.deploymentId !== undefined || (facts.marked !== undefined && facts.marked !== 'missing');
  const asked = memory.since['asked'] !== undefined;
  const unlisted = (asked || retries > 0) && (facts.marked === undefined || (asked && secondsSince(s, 'asked') < LISTED_WITHIN_SECONDS));
  return Status === 'SUCCESS' || started || unlisted ? undefined : memory.scaled;
}

/**
 * Looks once more: whoever started a deployment since then has its own use for the group.
 *
 * @returns whether it was brought down, or is left to those
 */
export async function bringDown(s: Situation, ports: DeploymentPorts, name: string, signal: AbortSignal): Promise<'down' | 'in use'> {
  const { application, group } = s.task as ServerTask;
  const running = await ports.deployments.search({ application, group, running: true }, signal);
  if (running.some((deployment) => !isOver(deployment) && !REFILL_CREATORS.includes(deployment.creator))) {
    return 'in use';
  }
  const facts = await ports.serverGroups.read({ application, group }, signal);
  // A group that is gone may have had its place taken by another one.
  if (facts === undefined || facts.autoScalingGroups.includes(name)) {
    return 'in use';
  }
  if (await mayServe(name, facts, (more, look) => find(ports, { ...s, facts: more }, look, signal))) {
    return 'in use';
  }
  await ports.autoScalingGroups.scale(name, 0, signal);
  return 'down';
}

/** Whether a release of others has brought traffic to it, or may have. */
async function mayServe(name: string, group: ServerGroupFacts, learn: (facts: Facts, look: Look) => Promise<Partial<Facts>>): Promise<boolean> {
  for (let facts: Facts = { deployments: {} }; ; ) {
    const doubt = doubtIn(name, group, facts);
    if (typeof doubt === 'boolean') {
      return doubt;
    }
    const found = await learn(facts, doubt.look);
    facts = { ...facts, ...found, deployments: { ...facts.deployments, ...found.deployments } };
  }
}

function doubtIn(name: string, group: ServerGroupFacts, facts: Facts): { readonly look: Look } | boolean {
  const releases = lastReleases(group, facts);
  if ('look' in releases) {
    return releases;
  }
  const failure = failureOf(releases);
  const doubt = failure && doubtAfter(failure, facts);
  if (doubt === undefined) {
    return servingFleet([name], group, releases.success) === name;
  }
  return 'look' in doubt ? doubt : true;
}

export const stillUp = (name: string, failure: unknown): string =>
  `; Auto Scaling group ${name}, which was brought up for it, could not be brought down again (${describeError(failure)}): aws autoscaling set-desired-capacity --auto-scaling-group-name ${name} --desired-capacity 0`;

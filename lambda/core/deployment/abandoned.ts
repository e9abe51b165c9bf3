/** An Auto Scaling group that was brought up for a deployment that has not come to be is brought down again: no end of a deployment will have it settled. */
import type { ResourceAnswer } from '../../../lib/model/deployment-request';
import { REFILL_CREATORS, ROLLBACK_CREATOR } from '../../../lib/model/status';
import { describeError } from '../failures';
import type { DeploymentFacts, DeploymentPorts } from './facts';
import { isOver } from './facts';
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
export async function bringDown({ task }: Situation, ports: DeploymentPorts, name: string, signal: AbortSignal): Promise<'down' | 'in use'> {
  const { application, group } = task as ServerTask;
  const running = await ports.deployments.search({ application, group, running: true }, signal);
  if (running.some((deployment) => !isOver(deployment) && !REFILL_CREATORS.includes(deployment.creator))) {
    return 'in use';
  }
  const facts = await ports.serverGroups.read({ application, group }, signal);
  // A group that is gone may have had its place taken by another one.
  if (facts === undefined || facts.autoScalingGroups.includes(name)) {
    return 'in use';
  }
  const success = facts.lastSuccessful === undefined ? undefined : await ports.deployments.read(facts.lastSuccessful, signal);
  if (hasMovedTo(name, success)) {
    return 'in use';
  }
  await ports.autoScalingGroups.scale(name, 0, signal);
  return 'down';
}

const hasMovedTo = (name: string, success: DeploymentFacts | undefined): boolean => success?.creator !== ROLLBACK_CREATOR && success?.servers?.replacements.includes(name) === true;

export const stillUp = (name: string, failure: unknown): string =>
  `; Auto Scaling group ${name}, which was brought up for it, could not be brought down again (${describeError(failure)}): aws autoscaling set-desired-capacity --auto-scaling-group-name ${name} --desired-capacity 0`;

/** Which of two Auto Scaling groups serves, and what a deployment group's last releases were. Pure. */
import { REFILL_CREATORS, ROLLBACK_CREATOR } from '../../../lib/model/status';
import type { DeploymentFacts, Facts } from '../deployment/facts';
import { isUnread } from '../deployment/facts';
import type { ServerGroupFacts } from '../server-groups/ports';

/** The last release that succeeded, and the last one that was tried, rollbacks included; absent where there was none that is known. */
export interface LastReleases {
  readonly success?: DeploymentFacts;
  readonly attempt?: DeploymentFacts;
}

/** What is to be looked at first. */
export type Unknown = { readonly look: { readonly at: 'deployment'; readonly id: string } | { readonly at: 'attempts'; readonly optional: true } };

/**
 * The service tells the last deployments of a group, whoever started them. Where one of them only brought single instances up to date, the releases before it are looked for; where those
 * cannot be found, the service's word stands for the success, whose revision such deployments have.
 *
 * @param also ids of deployments that are known by other means: right after its end, the group may not name one yet
 */
export function lastReleases({ lastSuccessful, lastAttempted }: ServerGroupFacts, { deployments, attempts }: Pick<Facts, 'deployments' | 'attempts'>, also: readonly string[] = []): LastReleases | Unknown {
  const ids = [lastSuccessful, lastAttempted, ...also].filter((id) => id !== undefined);
  const unread = ids.find((id) => deployments[id] === undefined);
  if (unread !== undefined) {
    return { look: { at: 'deployment', id: unread } };
  }
  const told = ids.flatMap((id) => deployments[id] ?? []).filter((deployment) => deployment !== 'missing');
  if (told.every(isRelease)) {
    return lastOf(told);
  }
  if (attempts === undefined) {
    return { look: { at: 'attempts', optional: true } };
  }
  const { success = told.find(hasSucceeded), attempt } = lastOf([...told.filter(isRelease), ...(isUnread(attempts) ? [] : attempts.filter(isRelease))]);
  return { success, attempt };
}

function lastOf(releases: readonly DeploymentFacts[]): LastReleases {
  const newest = [...releases].sort((one, other) => (other.createdAt ?? 0) - (one.createdAt ?? 0));
  return { success: newest.find(hasSucceeded), attempt: newest[0] };
}

const hasSucceeded = ({ status }: DeploymentFacts): boolean => status === 'Succeeded';

/** Whether it brings a revision to the fleet, and not single instances up to date. */
export const isRelease = ({ creator }: DeploymentFacts): boolean => !REFILL_CREATORS.includes(creator);

/**
 * The one to which the last release has brought the traffic, which the deployment group may not name yet; else the one that the group names. A rollback leaves the traffic where it was.
 *
 * @returns undefined where neither tells
 */
export function servingFleet(fleets: readonly string[], { autoScalingGroups }: ServerGroupFacts, success: DeploymentFacts | undefined): string | undefined {
  const released = success?.creator === ROLLBACK_CREATOR ? [] : fleets.filter((name) => success?.servers?.replacements.includes(name));
  const named = fleets.filter((name) => autoScalingGroups.includes(name));
  const [one, ...others] = released.length > 0 ? released : named;
  return others.length > 0 ? undefined : one;
}

/** Whether the last release has brought the traffic to instances that it was given by other means than as one of these, such as tags: which they are of is not known. */
export const wentElsewhere = (fleets: readonly string[], success: DeploymentFacts | undefined): boolean =>
  success?.servers?.blueGreen === true && success.creator !== ROLLBACK_CREATOR && !fleets.some((name) => success.servers!.replacements.includes(name));

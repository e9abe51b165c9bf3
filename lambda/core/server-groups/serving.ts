/** Which Auto Scaling group a deployment group is to name: the one that serves. */
import { copiedGroupPrefix } from '../../../lib/model/server/deployment-group-request';
import type { Fleet } from './settings';
import type { AutoScalingGroupFacts } from './ports';
import type { Names } from './request';

/** Copies of the service, for whichever deployment group; the id of the deployment comes last. */
const COPY = /^CodeDeploy_.+_(d-[0-9A-Z]+)$/;

export const isCopy = (name: string): boolean => COPY.test(name);

/**
 * The deployment for which the service has made this copy, where it is one of that deployment group by its name. Names of groups may have underscores, so that the beginning alone
 * would take in copies of others.
 */
export function deploymentOfCopy(name: string, deploymentGroup: string): string | undefined {
  const prefix = copiedGroupPrefix(deploymentGroup);
  const id = COPY.exec(name)?.[1];
  return id !== undefined && name === `${prefix}${id}` ? id : undefined;
}

export interface Serving {
  readonly fleet: Fleet;
  /** Names in the template. */
  readonly autoScalingGroups: Names;
  /** What the deployment group names, or the one whose place it takes. */
  readonly named: readonly string[];
}

/** Undefined where nothing tells, and instances have to be counted. */
export function servingOf({ fleet, autoScalingGroups, named: [named] }: Serving): string | undefined {
  if (named === undefined) {
    return undefined;
  }
  return autoScalingGroups.includes(named) || (fleet === 'COPIED' && isCopy(named)) ? named : autoScalingGroups[0];
}

/** The one that is to have the most instances; of several the first. */
export function fullest([first, ...others]: Names, facts: readonly AutoScalingGroupFacts[]): string {
  const size = (name: string): number => facts.find((group) => group.name === name)?.desired ?? 0;
  return others.reduce((most, name) => (size(name) > size(most) ? name : most), first);
}

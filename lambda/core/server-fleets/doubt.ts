/**
 * Whether the traffic is where the last success has left it, though something has failed since. Pure.
 *
 * The originals have it, unless some of it was taken from them already: without a rollback that has succeeded, the service leaves everything as it is then.
 */
import { ROLLBACK_CREATOR } from '../../../lib/model/status';
import type { DeploymentFacts, Facts } from '../deployment/facts';
import { isUnread } from '../deployment/facts';
import type { LastReleases } from './serving';
import { isRelease } from './serving';

/** How long a release that has failed is left alone, in seconds: the service was seen to begin its rollback about a second after its end, and until then no list shows it. */
export const ROLLBACK_BEGINS_SECONDS = 60;

export interface Failure {
  /** The last attempt. */
  readonly last: DeploymentFacts;
  /** The last success before it; absent where there was none that is known. */
  readonly success: DeploymentFacts | undefined;
}

/** What has failed since the last success; undefined where nothing has. */
export function failureOf({ success, attempt }: LastReleases): Failure | undefined {
  return attempt === undefined || attempt.id === success?.id ? undefined : { last: attempt, success };
}

export type LookForDoubt = { readonly at: 'attempts'; readonly optional: false } | { readonly at: 'originals'; readonly id: string };

/** Why it may be elsewhere, or what is to be looked at first; undefined where there is no doubt. */
export function doubtAfter({ last, success }: Failure, { attempts, originalsTouched = {} }: Pick<Facts, 'attempts' | 'originalsTouched'>): { readonly look: LookForDoubt } | { readonly why: string } | undefined {
  // Here it is needed, though others can do without.
  if (attempts === undefined || isUnread(attempts)) {
    return { look: { at: 'attempts', optional: false } };
  }
  const since = success?.createdAt ?? 0;
  const others = attempts.filter((each) => isRelease(each) && (each.createdAt ?? 0) > since);
  for (const { id, creator } of [last, ...others]) {
    if (creator === ROLLBACK_CREATOR) {
      return { why: `rollback ${id} has not succeeded` };
    }
    const touched = originalsTouched[id];
    if (touched !== false) {
      return touched === undefined ? { look: { at: 'originals', id } } : { why: `deployment ${id} had begun to take it from the originals, and was not rolled back` };
    }
  }
  return undefined;
}

/** What is told of it, and what is to be done first in either case. */
export const inDoubt = (serving: string, idle: string, why: string): string => `it is not known which of ${serving} and ${idle} has the traffic: ${why}; see where it is, register the instances of ${serving} with the load balancer again`;

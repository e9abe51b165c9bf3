/**
 * Whether the traffic is where the last success has left it, though something has failed since. Pure.
 *
 * The originals have it, unless some of it was taken from them already: without a rollback that has succeeded, the service leaves everything as it is then.
 */
import { ROLLBACK_CREATOR } from '../../../lib/model/status';
import type { DeploymentFacts } from '../deployment/facts';
import type { FleetFacts } from './ports';
import { isRelease } from './serving';

export interface Failure {
  /** The last attempt. */
  readonly last: DeploymentFacts;
  /** The last success before it; absent where there was none that is known. */
  readonly success: DeploymentFacts | undefined;
}

export type LookForDoubt = { readonly at: 'attempts'; readonly optional: true } | { readonly at: 'originals'; readonly id: string };

/** Why it may be elsewhere, or what is to be looked at first; undefined where there is no doubt. */
export function doubtAfter({ last, success }: Failure, { attempts, originalsTouched = {} }: FleetFacts): { readonly look: LookForDoubt } | { readonly why: string } | undefined {
  if (attempts === undefined) {
    return { look: { at: 'attempts', optional: true } };
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

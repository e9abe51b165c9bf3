/**
 * What is to be done with two Auto Scaling groups of which one serves. Pure, and by what is, not by what has happened: it can be asked at any moment, and as often as one likes.
 *
 * Between the look at running deployments and the scaling of an idle group somebody may start a deployment to it. That deployment fails for want of instances, and the originals keep the
 * traffic. One that is still bringing the group up brings it up again.
 */
import { ROLLBACK_CREATOR } from '../../../lib/model/status';
import type { DeploymentFacts } from '../deployment/facts';
import { isOver } from '../deployment/facts';
import type { AutoScalingGroupFacts } from '../server-groups/ports';
import type { Failure, LookForDoubt } from './doubt';
import { doubtAfter, failureOf, inDoubt, ROLLBACK_BEGINS_SECONDS } from './doubt';
import type { FleetFacts, FleetSettings } from './ports';
import type { LastReleases, Unknown } from './serving';
import { lastReleases, servingFleet, wentElsewhere } from './serving';

/** Between two looks at a group in which something runs. */
export const BUSY_SECONDS = 60;

/** How long it is asked while something runs, in seconds, after the termination wait: far longer than the service lets a deployment run. Each one that ends has it asked anew. */
export const GIVEN_UP_SECONDS = 14 * 86_400;

export interface Moment {
  /** In milliseconds since 1970. */
  readonly now: number;
  /** When this was first asked, the same. */
  readonly startedAt: number;
  /** The deployment whose end is the occasion. */
  readonly deploymentId: string;
}

type Looked = Unknown['look'] | LookForDoubt | { readonly at: 'serverGroup' | 'running' | 'fleets' };

export type Settling =
  | { readonly do: 'look'; readonly look: Looked }
  | { readonly do: 'point'; readonly to: string }
  | { readonly do: 'scale down'; readonly name: string; readonly from: number; readonly serving: string }
  | { readonly do: 'wait'; readonly seconds: number; readonly why: string }
  /** `amiss`: somebody should look at it. */
  | { readonly do: 'end'; readonly why: string; readonly amiss?: true };

export function settleFleets({ group, fleets, terminationWait }: FleetSettings, facts: FleetFacts, moment: Moment): Settling {
  const { serverGroup } = facts;
  if (serverGroup === undefined) {
    return look('serverGroup');
  }
  if (serverGroup === 'missing') {
    return end(`deployment group ${group} is not there any more`);
  }
  const releases = lastReleases(serverGroup, facts, [moment.deploymentId]);
  if ('look' in releases) {
    return { do: 'look', look: releases.look };
  }
  const late = (moment.now - moment.startedAt) / 1_000 > (terminationWait ?? 0) + GIVEN_UP_SECONDS;
  if (releases.attempt !== undefined && !isOver(releases.attempt)) {
    // Its end is told before it is to be read, or a newer one has begun: nothing is known of where the traffic will be.
    return busy(releases.attempt.id, late);
  }
  const serving = servingFleet(fleets, serverGroup, releases.success);
  if (serving === undefined || wentElsewhere(fleets, releases.success)) {
    return amiss(`nothing tells which of ${fleets.join(' and ')} serves: deployment group ${group} names ${serverGroup.autoScalingGroups.join(' and ') || 'none'}`);
  }
  if (serverGroup.autoScalingGroups.length !== 1 || serverGroup.autoScalingGroups[0] !== serving) {
    return { do: 'point', to: serving };
  }
  if (facts.fleets === undefined) {
    return look('fleets');
  }
  const idle = facts.fleets.find(({ name }) => name !== serving);
  if (idle === undefined || idle.leaving === true || idle.desired === 0) {
    return end(`${serving} serves alone`);
  }
  return bringDown({ idle, serving, late }, facts, due(releases, terminationWait, moment));
}

interface Idle {
  readonly idle: AutoScalingGroupFacts;
  readonly serving: string;
  readonly late: boolean;
}

function bringDown({ idle: { name, desired }, serving, late }: Idle, facts: FleetFacts, due: Due): Settling {
  if (due.seconds === undefined) {
    return end(`${serving} serves, and ${name} is kept`);
  }
  if (due.seconds > 0) {
    return { do: 'wait', seconds: Math.ceil(due.seconds), why: due.why };
  }
  if (facts.running === undefined) {
    return look('running');
  }
  const [runs] = facts.running;
  if (runs !== undefined) {
    return busy(runs, late);
  }
  const doubt = due.failed === undefined ? undefined : doubtAfter(due.failed, facts);
  if (doubt !== undefined && 'look' in doubt) {
    return { do: 'look', look: doubt.look };
  }
  return doubt === undefined
    ? { do: 'scale down', name, from: desired, serving }
    : amiss(`${inDoubt(serving, name, doubt.why)} before anything is deployed, then bring ${name} down`);
}

interface Due {
  /** Until the one that does not serve is brought down; undefined: it is not. */
  readonly seconds: number | undefined;
  readonly why: string;
  /** Where the last attempt has failed, and no rollback has succeeded after it. */
  readonly failed?: Failure;
}

/** The originals of a release that has succeeded live on for a while. What has become of them by a later one that failed serves nobody. */
function due(releases: LastReleases, terminationWait: number | undefined, moment: Moment): Due {
  const { success } = releases;
  const failed = failureOf(releases);
  // The rollback of a failed release is the last success then, and has no originals of its own.
  const ended = failed?.last ?? (success?.creator === ROLLBACK_CREATOR ? success : undefined);
  if (ended !== undefined) {
    return { seconds: left(ended, ROLLBACK_BEGINS_SECONDS, moment), why: `deployment ${ended.id} has just ended`, ...(failed === undefined ? {} : { failed }) };
  }
  return { seconds: terminationWait === undefined ? undefined : left(success, terminationWait, moment), why: 'the originals live on for the termination wait' };
}

const left = (deployment: DeploymentFacts | undefined, seconds: number, { now, startedAt }: Moment): number => ((deployment?.servers?.endedAt ?? startedAt) - now) / 1_000 + seconds;

const look = (at: 'serverGroup' | 'running' | 'fleets'): Settling => ({ do: 'look', look: { at } });
const end = (why: string): Extract<Settling, { readonly do: 'end' }> => ({ do: 'end', why });
const amiss = (why: string): Settling => ({ ...end(why), amiss: true });

/** What runs has an end, and that has it settled, unless it goes on beyond all measure. */
const busy = (id: string, late: boolean): Settling =>
  late ? end(`deployment ${id} goes on and on: the end of the last one settles it`) : { do: 'wait', seconds: BUSY_SECONDS, why: `deployment ${id} runs` };

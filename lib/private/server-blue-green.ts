/** What a blue/green rollout to servers was asked for, in numbers. */
import type { Duration } from 'aws-cdk-lib/core';

import { MAX_WAIT_MINUTES } from '../model/limits';
import type { ServerRolloutProps } from '../server/server-rollout-props';
import { requireDuration, requireWhole } from './numbers';

export type OriginalFleetConfiguration = { readonly action: 'KEEP_ALIVE' } | { readonly action: 'TERMINATE'; readonly waitMinutes: number };

export type BlueGreenFleetConfiguration =
  | { readonly type: 'ALTERNATING'; readonly capacity: number; readonly originals: OriginalFleetConfiguration }
  | { readonly type: 'COPIED'; readonly originals: OriginalFleetConfiguration };

export interface BlueGreenConfiguration {
  readonly fleet: BlueGreenFleetConfiguration;
  /** Absent: a deployment goes on by itself. */
  readonly readyWaitMinutes?: number;
  /** Whether a group of the name that exists already is taken over. */
  readonly adopt: boolean;
}

/** Many times what one deployment takes; the provider takes no more. */
const MAX_CAPACITY = 10_000;

/** @throws for what is no number of instances */
export function alternatingFleet(capacity: number, originals: OriginalFleetConfiguration): BlueGreenFleetConfiguration {
  requireWhole('capacity', capacity, 1, MAX_CAPACITY, 'a fleet of no instance serves nothing, and a deployment to it fails with NO_INSTANCES');
  return { type: 'ALTERNATING', capacity, originals };
}

/** @throws for what the service would refuse */
export function terminateOriginals(wait: Duration): OriginalFleetConfiguration {
  requireDuration(
    'wait',
    wait,
    'minutes',
    0,
    MAX_WAIT_MINUTES,
    "the service refuses more with 'Timeout for instance termination cannot be more than 2 days', and OriginalFleet.keepAlive() ends no instance at all",
  );
  return { action: 'TERMINATE', waitMinutes: wait.toMinutes() };
}

/** @throws for what the service would refuse */
export function readyWaitMinutes(readyWait: Duration | undefined): number | undefined {
  if (readyWait !== undefined) {
    requireDuration('readyWait', readyWait, 'minutes', 1, MAX_WAIT_MINUTES, "leave it out for a deployment that goes on by itself");
  }
  return readyWait?.toMinutes();
}

/** Of two groups that alternate no load balancer is Auto Scaling's own, so that an instance would end under traffic: the hook takes it out first. */
export const hasTerminationHook = ({ terminationHook, deployment }: Pick<ServerRolloutProps, 'terminationHook' | 'deployment'>): boolean =>
  terminationHook ?? deployment?._blueGreen?.fleet.type === 'ALTERNATING';

/** What the name of a group that is not named by the user ends in. CloudFormation then replaces it where its kind changes, since the service cannot turn one into the other. */
export const nameSuffix = (fleet: BlueGreenConfiguration['fleet']['type']): string => (fleet === 'COPIED' ? 'Copied' : 'Alternating');

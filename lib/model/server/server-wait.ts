/**
 * How long CloudFormation waits for a deployment to servers: nothing bounds it but the service's own limits, since scripts may take an hour each, and batches follow each other.
 *
 * @see https://docs.aws.amazon.com/codedeploy/latest/userguide/limits.html
 */
import { MAX_BLUE_GREEN_HOURS, MAX_IN_PLACE_HOURS } from './quotas';

/** After so many seconds the service gives a deployment up. */
export const MAX_SERVER_WAIT_SECONDS = { IN_PLACE: MAX_IN_PLACE_HOURS * 3_600, BLUE_GREEN: MAX_BLUE_GREEN_HOURS * 3_600 } as const;

/** Without a word of the user's, in seconds, besides the waits that he has asked for. */
export const USUAL_SERVER_WAIT_SECONDS = 7_200;

export interface ServerWaits {
  readonly readyWaitMinutes: number;
  readonly terminationWaitMinutes: number;
}

export function longestServerWaitSeconds(type: keyof typeof MAX_SERVER_WAIT_SECONDS, { readyWaitMinutes, terminationWaitMinutes }: ServerWaits): number {
  return Math.min(MAX_SERVER_WAIT_SECONDS[type], USUAL_SERVER_WAIT_SECONDS + (readyWaitMinutes + terminationWaitMinutes) * 60);
}

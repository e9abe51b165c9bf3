/** What a step of the deployment group's resource has, and what it can come to. */
import type { ResourceRequest, StepReturn } from '../../../lib/model/deployment-request';
import { within } from '../deadline';
import type { DeploymentPorts } from '../deployment/facts';
import { LAST_MOMENT_SECONDS, minutes, missPause } from '../deployment/situation';
import type { CallFailure } from '../deployment/trouble';
import { isDenied, mayPass } from '../deployment/trouble';
import { describeError, ServiceFailure } from '../failures';

/** Longest call. */
const CALL_MS = 6_000;

/** The same for one that may turn many pages. */
const LONG_CALL_MS = 20_000;

/**
 * How long a refusal is taken for news of IAM, or of SNS, that is on its way: roles, policies and topics of the same stack are known everywhere a while after they were made.
 *
 * @see https://github.com/aws/aws-sdk-ruby/issues/772
 * @see https://github.com/hashicorp/terraform/pull/5599
 */
const NEWS_SECONDS = 150;
const NEWS_PAUSE_SECONDS = 10;
const NEWS: readonly string[] = ['InvalidRoleException', 'InvalidTriggerConfigException'];

/** What another look settles: a group that was made by a call without an answer, and an Auto Scaling group that is in motion. */
const SETTLES: readonly string[] = ['DeploymentGroupAlreadyExistsException', 'ScalingActivityInProgress', 'ResourceContention', 'ResourceInUse'];

export interface GroupMemory {
  /** Seconds of the hour that were gone when the execution began. */
  readonly late: number;
  /** Seconds of the hour that are gone when the next step begins, by what the waits have taken. */
  readonly clock: number;
  /** Steps in a row that a failed call ended. */
  readonly misses: number;
  /** Since when a call is refused, in seconds of the hour. */
  readonly refused?: number | undefined;
  /** The group is as it is wanted, and how it came to that. */
  readonly settled?: 'made' | 'kept' | 'adopted';
  /** A deployment that we have had stopped, and when its end was seen, in seconds of the hour. */
  readonly stopping?: { readonly id: string; readonly ended?: number };
  /** Auto Scaling groups that the service has copied: those of the group, and those of others. */
  readonly copies?: { readonly own: readonly string[]; readonly others: readonly string[] };
}

export const NOTHING_YET: GroupMemory = { late: 0, clock: 0, misses: 0 };

export interface Room {
  readonly ports: Pick<DeploymentPorts, 'clock' | 'log' | 'deployments' | 'stacks' | 'serverGroups' | 'autoScalingGroups' | 'stackResources'>;
  readonly request: ResourceRequest;
  readonly memory: GroupMemory;
  /** Seconds of the hour that are gone. */
  readonly elapsed: number;
}

type Make<T> = (signal: AbortSignal) => Promise<T>;

export const call = <T>({ ports: { clock } }: Room, make: Make<T>): Promise<T> => within(clock, { ms: CALL_MS }, make);

export const longCall = <T>({ ports: { clock } }: Room, make: Make<T>): Promise<T> => within(clock, { ms: LONG_CALL_MS }, make);

export const ids = ({ request: { LogicalResourceId, RequestId } }: Room): { readonly resource: string; readonly requestId: string } => ({ resource: LogicalResourceId, requestId: RequestId });

/** The next step goes on from here. */
export function again({ memory }: Room, seconds: number, more: Partial<GroupMemory> = {}): StepReturn {
  const kept: GroupMemory = { ...memory, misses: 0, refused: undefined, ...more };
  return { done: false, waitSeconds: seconds, memory: kept };
}

/** Waits, if there is time; else fails. */
export function wait(room: Room, seconds: number, otherwise: string, more: Partial<GroupMemory> = {}): StepReturn {
  return room.elapsed < LAST_MOMENT_SECONDS ? again(room, seconds, more) : failed(room, `after ${minutes(room.elapsed)}: ${otherwise}`);
}

export function succeeded(room: Room, why: string, id?: string): StepReturn {
  room.ports.log.info('answer SUCCESS', { ...ids(room), why });
  return { done: true, memory: room.memory, answer: { Status: 'SUCCESS', ...(id === undefined ? {} : { Data: { DeploymentGroupId: id } }) } };
}

export function failed(room: Room, reason: string): StepReturn {
  room.ports.log.error('answer FAILED', { ...ids(room), reason });
  return { done: true, memory: room.memory, answer: { Status: 'FAILED', Reason: reason } };
}

/** A call did not work: another try where that may have another end, and the service's own words where it does not. */
export function missed(room: Room, failure: CallFailure): StepReturn {
  const { memory, elapsed, ports } = room;
  const words = describeError(failure);
  const denied = isDenied(failure);
  if (denied || isNews(failure)) {
    const refused = memory.refused ?? elapsed;
    if (elapsed - refused >= NEWS_SECONDS || elapsed >= LAST_MOMENT_SECONDS) {
      return failed(room, denied ? `${words}; allow this to the role of the deployment provider's step function` : words);
    }
    ports.log.warn('a call was refused', { ...ids(room), error: words });
    return { done: false, waitSeconds: NEWS_PAUSE_SECONDS, memory: { ...memory, refused } };
  }
  if (!mayPass(failure) && !(failure instanceof ServiceFailure && SETTLES.includes(failure.code))) {
    return failed(room, words);
  }
  if (elapsed >= LAST_MOMENT_SECONDS) {
    return failed(room, `after ${minutes(elapsed)}: ${words}`);
  }
  ports.log.warn('a call did not work', { ...ids(room), error: words });
  const misses = memory.misses + 1;
  return { done: false, waitSeconds: missPause(misses), memory: { ...memory, misses } };
}

const isNews = (failure: CallFailure): boolean => failure instanceof ServiceFailure && (NEWS.includes(failure.code) || failure.message.includes('required to assume the role'));

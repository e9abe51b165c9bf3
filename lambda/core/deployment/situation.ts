/** What a decision is made from, and what it can come to. */
import type { ResourceAnswer } from '../../../lib/model/deployment-request';
import { RESOURCE_TIMEOUT_SECONDS, SEGMENT_SECONDS } from '../../../lib/model/deployment-request';
import type { Facts, Look } from './facts';
import type { Phase } from './phase';
import type { ServerRevision } from './server-revision';
import type { Task } from './task';

/**
 * The last moment at which an answer is given, in seconds of the hour that CloudFormation waits. What is left is for an
 * intake that Lambda ran late, for a clock that is slow, and for sending the answer.
 */
export const LAST_MOMENT_SECONDS = RESOURCE_TIMEOUT_SECONDS - 300;

/** First pause between two looks at a running deployment, and the longest: with a step's own time its end is seen within ten seconds. */
const FIRST_POLL_SECONDS = 5;
const LONGEST_POLL_SECONDS = 8;
/** Looks after which the pause grows by one second. */
const POLLS_PER_SECOND_MORE = 12;

/** Pause after the first call that failed, and the longest; each doubles the one before. */
const FIRST_MISS_SECONDS = 5;
const LONGEST_MISS_SECONDS = 30;

/** What a step leaves to the next one. */
export interface Memory {
  /** Seconds of the hour that were gone when the execution began: the intake's own tries. */
  readonly late: number;
  /** Seconds of the hour that are gone when the next step begins, by what the waits have taken. */
  readonly clock: number;
  /** Looks at the running deployment so far. */
  readonly polls: number;
  /** Steps in a row that a failed call ended. */
  readonly misses: number;
  /** Why the last try to start the deployment came to nothing that we know of. */
  readonly refusal?: string;
  /** When something was first noticed, in seconds of the hour. */
  readonly since: Readonly<Record<string, number>>;
  readonly phase?: Phase;
  /** The deployment of this request. */
  readonly deploymentId?: string;
  /** A deployment of another request, whose end is waited for. */
  readonly blocker?: string;
  /** A deployment that we have had stopped. */
  readonly stopping?: string;
  /** An Auto Scaling group that was brought up for this request's deployment. */
  readonly scaled?: string;
}

export interface Situation {
  readonly task: Task;
  readonly memory: Memory;
  readonly facts: Facts;
  /** Seconds of the hour that are gone. */
  readonly elapsed: number;
  /** When the execution began, in milliseconds since 1970. */
  readonly startedAt: number;
  /** How often this step has been tried before. */
  readonly retries: number;
}

/** What CreateDeployment is given: an AppSpec; or for a fleet its revision, and the Auto Scaling group that is the replacement of another. */
export type Release = { readonly appSpec: string } | { readonly revision: ServerRevision; readonly replacement?: string };

export type Action =
  | { readonly do: 'look'; readonly look: Look; readonly memory: Memory }
  | ({ readonly do: 'start'; readonly memory: Memory } & Release)
  | { readonly do: 'scale'; readonly name: string; readonly desired: number; readonly memory: Memory }
  | { readonly do: 'stop'; readonly id: string; readonly why: string; readonly memory: Memory }
  | { readonly do: 'wait'; readonly seconds: number; readonly memory: Memory }
  | { readonly do: 'answer'; readonly answer: ResourceAnswer; readonly why?: string };

export const NO_MEMORY: Memory = { late: 0, clock: 0, polls: 0, misses: 0, since: {} };

export const look = ({ memory }: Situation, at: Look): Action => ({ do: 'look', look: at, memory });

/** `why`: for the log, where it is not told by the deployment itself. */
export const succeed = (deploymentId: string, why?: string): Action => ({
  do: 'answer',
  answer: { Status: 'SUCCESS', Data: { DeploymentId: deploymentId } },
  ...(why === undefined ? {} : { why }),
});

export const fail = (reason: string): Action => ({ do: 'answer', answer: { Status: 'FAILED', Reason: reason } });

export interface Pause {
  readonly seconds: number;
  /** When waiting ends without success, in seconds of the hour. */
  readonly until?: number;
  /** What the failure is then. */
  readonly otherwise: string;
}

/** Waits, if there is time; else fails. */
export function wait(s: Situation, { seconds, until = LAST_MOMENT_SECONDS, otherwise }: Pause): Action {
  return s.elapsed < until ? pause(s, seconds) : fail(`after ${minutes(s.elapsed)}: ${otherwise}`);
}

/** Waits. A step that comes to this has read everything it needed. */
export function pause(s: Situation, seconds: number): Action {
  return { do: 'wait', seconds, memory: { ...forgotten(s, 'denied').memory, misses: 0 } };
}

/** Waits for the next look at a running deployment. */
export function poll(s: Situation): Action {
  const { polls } = s.memory;
  const seconds = Math.min(LONGEST_POLL_SECONDS, FIRST_POLL_SECONDS + Math.floor(polls / POLLS_PER_SECOND_MORE));
  return pause({ ...s, memory: { ...s.memory, polls: polls + 1 } }, seconds);
}

/** The pause after so many failed calls in a row, at least one. */
export function missPause(misses: number): number {
  return Math.min(LONGEST_MISS_SECONDS, FIRST_MISS_SECONDS * 2 ** (misses - 1));
}

/** Notes when something was first noticed. */
export function noted(s: Situation, what: string): Situation {
  const since = { ...s.memory.since, [what]: s.memory.since[what] ?? s.elapsed };
  return { ...s, memory: { ...s.memory, since } };
}

/** Notes that something has just happened, again. */
export function stamped(s: Situation, what: string): Situation {
  return { ...s, memory: { ...s.memory, since: { ...s.memory.since, [what]: s.elapsed } } };
}

/** Notes that something is no longer so. */
export function forgotten(s: Situation, what: string): Situation {
  const since = Object.fromEntries(Object.entries(s.memory.since).filter(([name]) => name !== what));
  return { ...s, memory: { ...s.memory, since } };
}

/** Seconds since it was noticed; 0 where it has just been. */
export function secondsSince(s: Situation, what: string): number {
  return s.elapsed - (s.memory.since[what] ?? s.elapsed);
}

/** The deployment that the request follows. */
export function followed({ task, memory }: Situation): string | undefined {
  return task.kind === 'wait' ? task.deploymentId : memory.deploymentId;
}

/** Whether a segment's time is up. */
export const segmentIsOver = ({ elapsed }: Situation): boolean => elapsed >= SEGMENT_SECONDS;

/** `50 minutes`. */
export function minutes(seconds: number): string {
  const whole = Math.round(seconds / 60);
  return `${whole} ${whole === 1 ? 'minute' : 'minutes'}`;
}

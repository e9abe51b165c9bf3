/** The time that a hook of checks has, and whether its checks can be played in it: in one invocation, or in several within the service's hour. */
import { Duration } from 'aws-cdk-lib/core';

import { InconclusivePolicy } from '../checks/check-options';
import type { ChecksHookOptions } from '../hooks/lifecycle-hook';
import { HOOK_REPORT_TIMEOUT_SECONDS, MAX_FUNCTION_TIMEOUT_SECONDS, MAX_INVOCATIONS } from '../model/limits';
import type { AnyHookContext, HookContext } from './hook-context';
import { defaultTimeout, maxEventAge, requireHandlerTimeout, workSeconds } from './handler-limits';

export interface HookTime {
  /** Of one invocation. */
  readonly timeout: Duration;
  /** For all checks together. */
  readonly deadlineMs: number;
  /** Invocations that they may take. */
  readonly invocations: number;
}

/** What an invocation needs besides attempts, in seconds: to start, to look the deployment up, to judge the last answer. */
export const OVERHEAD_SECONDS = 15;

/** From the end of one invocation to the beginning of the next, with a cold start in a VPC. */
const HAND_OVER_SECONDS = 10;

/** Out of the service's hour: for the report of the last invocation. */
const REPORT_SECONDS = 60;

/** Checks that are named where all together take too long. */
const NAMED = 3;

export interface Part {
  readonly name: string;
  readonly seconds: number;
  readonly attemptSeconds: number;
}

/** @throws when the checks can take longer than there is */
export function hookTime(options: ChecksHookOptions, context: HookContext): HookTime {
  const { event } = context;
  const parts = partsOf(options, context);
  const needed = Math.ceil(parts.reduce((sum, { seconds }) => sum + seconds, 0));
  if (needed > workSeconds(MAX_FUNCTION_TIMEOUT_SECONDS)) {
    return severalInvocations(options, event, { parts, needed });
  }
  const timeout = options.timeout ?? defaultTimeout(needed);
  requireHandlerTimeout(timeout);
  const room = workSeconds(timeout.toSeconds());
  if (needed > room) {
    throw new Error(
      `settle phase and checks of hook ${event} can take ${needed} seconds, of which ${room} fit into its ` +
        "time-out; raise 'timeout', or lower time-outs and repetitions",
    );
  }
  return { timeout, deadlineMs: room * 1_000, invocations: 1 };
}

/** What all invocations take together at the longest. */
export const runSeconds = ({ timeout, invocations }: HookTime): number => invocations * timeout.toSeconds() + (invocations - 1) * HAND_OVER_SECONDS;

/** The service waits for an hour from its own invocation, which may begin as late as an event may be old. */
function severalInvocations(options: ChecksHookOptions, event: string, { parts, needed }: { readonly parts: readonly Part[]; readonly needed: number }): HookTime {
  const timeout = options.timeout ?? Duration.seconds(MAX_FUNCTION_TIMEOUT_SECONDS);
  requireHandlerTimeout(timeout);
  const room = workSeconds(timeout.toSeconds()) - OVERHEAD_SECONDS;
  const late = maxEventAge(options).toSeconds();
  const hour = HOOK_REPORT_TIMEOUT_SECONDS - late - REPORT_SECONDS;
  const extends_ = options.checks.some((check) => check._inconclusive === InconclusivePolicy.EXTEND);
  const invocations = invocationsFor(extends_ ? hour : needed, room, longestAttempt(parts, event, room));
  const whole = needed + (invocations - 1) * HAND_OVER_SECONDS;
  if (whole > hour) {
    throw new Error(
      `settle phase and checks of hook ${event} can take ${whole} seconds in ${invocations} invocations, of which ${hour} fit into the hour that ` +
        `CodeDeploy waits for a hook (${late} seconds of it are for a late start by 'maxEventAge', ${REPORT_SECONDS} to report); ` +
        `${longest(parts)}: lower time-outs and repetitions, or spread them over several hooks`,
    );
  }
  if (invocations > MAX_INVOCATIONS) {
    throw new Error(
      `settle phase and checks of hook ${event} can take ${invocations} invocations of ${timeout.toSeconds()} seconds, and Lambda lets a function ` +
        `invoke itself in a chain of about 16, of which ${MAX_INVOCATIONS} are used; raise 'timeout' up to ${MAX_FUNCTION_TIMEOUT_SECONDS} seconds`,
    );
  }
  return { timeout, deadlineMs: hour * 1_000, invocations };
}

/**
 * An invocation ends where the next attempt does not fit: it has then used all but the length of an attempt, and together with the next one
 * more than its own room.
 */
function invocationsFor(seconds: number, room: number, attempt: number): number {
  return Math.ceil(seconds / Math.max(room - attempt, room / 2));
}

export function longestAttempt(parts: readonly Part[], event: string, room: number): number {
  const [part] = parts.toSorted((a, b) => b.attemptSeconds - a.attemptSeconds);
  if (part !== undefined && part.attemptSeconds > room) {
    throw new Error(
      `one attempt of ${part.name} of hook ${event} can take ${Math.ceil(part.attemptSeconds)} seconds, of which ${room} fit into an invocation; ` +
        "raise 'timeout' of the hook, or shorten the attempt",
    );
  }
  return part?.attemptSeconds ?? 0;
}

export function partsOf({ settle, checks }: ChecksHookOptions, context: AnyHookContext): Part[] {
  return [
    ...(settle === undefined ? [] : [{ name: 'the settle phase', seconds: settle._longestMs() / 1_000, attemptSeconds: settle._attemptMs() / 1_000 }]),
    ...checks.map((check) => ({ name: `check '${check.name}'`, seconds: check._longestMs(context) / 1_000, attemptSeconds: check._attemptIn(context).longestMs / 1_000 })),
  ];
}

function longest(parts: readonly Part[]): string {
  const [first, ...others] = parts.toSorted((a, b) => b.seconds - a.seconds).slice(0, NAMED);
  const said = ({ name, seconds }: Part) => `${name} ${Math.ceil(seconds)} seconds`;
  return first === undefined ? '' : `the longest: ${[first, ...others].map(said).join(', ')}`;
}

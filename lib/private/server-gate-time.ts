/** The time that a gate of servers has: one invocation, for the checks of one instance, or of all that a ready wait looks at. */
import { Duration } from 'aws-cdk-lib/core';

import { MAX_FUNCTION_TIMEOUT_SECONDS } from '../model/limits';
import type { ServerGateOptions } from '../server/server-gate';
import { defaultTimeout, maxEventAge, requireHandlerTimeout, workSeconds } from './handler-limits';
import type { ServerGateContext } from './hook-context';
import type { HookTime } from './hook-time';
import { OVERHEAD_SECONDS, partsOf } from './hook-time';
import { requireWhole } from './numbers';

export interface GateTime extends HookTime {
  /** Of a ready wait. */
  readonly sample?: { readonly instances: number; readonly atOnce: number };
  /** From the event to what comes of it, at the longest; of the gate that a script asks, what the script waits. */
  readonly longestSeconds: number;
}

/** As many as one rollout is likely to have in a zone or two, five at a time: a suite may then take three minutes for each. */
const DEFAULT_SAMPLE = { instances: 20, atOnce: 5 } as const;

/** Most instances of a deployment in most regions; and how many suites one function is trusted with at the same time. */
const MOST_INSTANCES = 1_000;
const MOST_AT_ONCE = 100;

/** Until the guardian has acted for a function that died: its own time-out of a minute, and Lambda's way to it. */
const GUARDIAN_SECONDS = 120;

/** What the script of an instance waits beyond the function: for its start, for room among others that ask, for the network. */
export const SCRIPT_MARGIN_SECONDS = 120;

/**
 * @param asksInstances whether the checks are played for each instance
 * @throws when the checks can take longer than there is
 */
export function gateTime(options: ServerGateOptions, context: ServerGateContext, asksInstances: boolean): GateTime {
  const sample = sampleOf(options, context);
  // What asks no instance is the same for all of them, and played once.
  const rounds = sample === undefined || !asksInstances ? 1 : Math.ceil(sample.instances / sample.atOnce);
  const each = Math.ceil(partsOf(options, context).reduce((sum, { seconds }) => sum + seconds, 0));
  const needed = rounds * each + OVERHEAD_SECONDS;
  const timeout = options.timeout ?? defaultTimeout(needed);
  requireHandlerTimeout(timeout);
  const room = workSeconds(timeout.toSeconds());
  if (needed > room) {
    throw new Error(tooLong(context, { each, needed, room, timeout, sample: rounds === 1 ? undefined : sample }));
  }
  return {
    timeout,
    // For one instance: those of a round share the time of the round.
    deadlineMs: Math.floor((room - OVERHEAD_SECONDS) / rounds) * 1_000,
    invocations: 1,
    ...(sample === undefined ? {} : { sample }),
    longestSeconds: timeout.toSeconds() + (context.event === 'ValidateService' ? SCRIPT_MARGIN_SECONDS : 2 * maxEventAge(options).toSeconds() + GUARDIAN_SECONDS),
  };
}

function sampleOf({ instances = DEFAULT_SAMPLE.instances, instancesAtOnce: atOnce = DEFAULT_SAMPLE.atOnce }: ServerGateOptions, { event }: ServerGateContext): GateTime['sample'] {
  if (event !== 'ReadyWait') {
    return undefined;
  }
  requireWhole('instances', instances, 1, MOST_INSTANCES);
  requireWhole('instancesAtOnce', atOnce, 1, MOST_AT_ONCE);
  return { instances, atOnce };
}

interface TooLong {
  readonly each: number;
  readonly needed: number;
  readonly room: number;
  readonly timeout: Duration;
  readonly sample: GateTime['sample'];
}

function tooLong({ event }: ServerGateContext, { each, needed, room, timeout, sample }: TooLong): string {
  const raise = timeout.toSeconds() < MAX_FUNCTION_TIMEOUT_SECONDS ? "raise 'timeout', or " : '';
  const [of, otherwise] =
    sample === undefined
      ? ['at the longest', 'lower time-outs and repetitions']
      : [`for ${sample.instances} instances of which ${sample.atOnce} are checked at once, ${each} seconds for each`, "lower 'instances', raise 'instancesAtOnce', or lower time-outs and repetitions"];
  return `gate ${event} can take ${needed} seconds ${of}, of which ${room} fit into its time-out of ${timeout.toSeconds()}; ${raise}${otherwise}`;
}

/** Whole minutes. */
export const minutesOf = (seconds: number): number => Math.ceil(Duration.seconds(seconds).toMinutes({ integral: false }));

/** Limits that all our handlers share, and the options that all of them take. */
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Duration, Size } from 'aws-cdk-lib/core';

import type { GuardedHookOptions, HandlerOptions } from '../hooks/lifecycle-hook';
import { LONGEST_EVENT_AGE_SECONDS, REPORT_RESERVE } from '../model/hook-contract';
import { MAX_FUNCTION_TIMEOUT_SECONDS, MIN_EVENT_AGE_SECONDS } from '../model/limits';
import { requireDuration, requireWhole } from './numbers';

/** Below this, keeping time back to report leaves none to check. */
const MIN_HANDLER_TIMEOUT_SECONDS = 20;

/** Shortest time-out that we choose by ourselves, with room for a cold start and a slow report. */
const SHORTEST_DEFAULT_SECONDS = 60;

const MIN_REPORT_SECONDS = REPORT_RESERVE.minimumMs / 1000;

/** Oldest Node.js that the bundles run on. */
const MIN_NODE_MAJOR = 22;

/** Seconds of work that fit into a time-out. */
export function workSeconds(timeoutSeconds: number): number {
  return timeoutSeconds - Math.max(MIN_REPORT_SECONDS, Math.ceil(timeoutSeconds * REPORT_RESERVE.share));
}

/** The shortest time-out, in whole seconds, into which so much work fits. */
function timeoutFor(seconds: number): number {
  return Math.max(seconds + MIN_REPORT_SECONDS, Math.ceil(seconds / (1 - REPORT_RESERVE.share)));
}

/** The time-out that we choose for so much work; it may be too much for any. */
export function defaultTimeout(seconds: number): Duration {
  return Duration.seconds(Math.min(MAX_FUNCTION_TIMEOUT_SECONDS, Math.max(SHORTEST_DEFAULT_SECONDS, timeoutFor(seconds))));
}

export function requireHandlerTimeout(timeout: Duration): void {
  requireDuration('timeout', timeout, 'seconds', MIN_HANDLER_TIMEOUT_SECONDS, MAX_FUNCTION_TIMEOUT_SECONDS);
}

export function maxEventAge(options: GuardedHookOptions): Duration {
  const age = options.maxEventAge ?? Duration.minutes(5);
  requireDuration('maxEventAge', age, 'seconds', MIN_EVENT_AGE_SECONDS, LONGEST_EVENT_AGE_SECONDS);
  return age;
}

/** Memory, runtime and log retention of a handler of ours. */
export function handlerSettings(options: HandlerOptions): { memoryMiB: number; runtime: lambda.Runtime; logRetention: logs.RetentionDays } {
  const memory = options.memorySize ?? Size.mebibytes(512);
  if (!memory.isUnresolved()) {
    requireWhole('memorySize', memory.toMebibytes(), 128, 10_240, 'it is counted in MiB');
  }
  const runtime = options.runtime ?? lambda.Runtime.NODEJS_24_X;
  const major = /^nodejs(\d+)\.x$/.exec(runtime.name)?.[1];
  if (major === undefined || Number(major) < MIN_NODE_MAJOR) {
    throw new Error(`'runtime' must be Node.js ${MIN_NODE_MAJOR} or later, got '${runtime.name}'; the bundled handlers are written for it`);
  }
  return { memoryMiB: memory.toMebibytes(), runtime, logRetention: options.logRetention ?? logs.RetentionDays.ONE_MONTH };
}

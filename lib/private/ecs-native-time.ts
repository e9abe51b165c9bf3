/** The time that a hook of ECS has: ECS invokes it again while it is in progress, so that no invocation has to hold all of its checks. */
import { InconclusivePolicy } from '../checks/check-options';
import type { ChecksHookOptions } from '../hooks/lifecycle-hook';
import { DEFAULT_HOOK_TIMEOUT_MINUTES } from '../model/ecs-native';
import { HOOK_REPORT_TIMEOUT_SECONDS } from '../model/limits';
import { defaultTimeout, requireHandlerTimeout, workSeconds } from './handler-limits';
import type { NativeHookContext } from './hook-context';
import type { HookTime } from './hook-time';
import { longestAttempt, OVERHEAD_SECONDS, partsOf } from './hook-time';

/** What may be lost between invocations: ECS counts its delays in whole seconds, and a function starts. */
const LOST_SHARE = 0.1;

/** Kept back from the time for which ECS lets a hook be in progress. */
const HOOK_TIMEOUT_SECONDS = DEFAULT_HOOK_TIMEOUT_MINUTES * 60 - 600;

/** @throws when the checks can take longer than there is, or one attempt longer than an invocation */
export function nativeHookTime(options: ChecksHookOptions, context: NativeHookContext): HookTime {
  const parts = partsOf(options, context);
  const needed = Math.ceil(parts.reduce((sum, { seconds }) => sum + seconds, 0));
  const timeout = options.timeout ?? defaultTimeout(needed + OVERHEAD_SECONDS);
  requireHandlerTimeout(timeout);
  const room = workSeconds(timeout.toSeconds()) - OVERHEAD_SECONDS;
  longestAttempt(parts, context.event, room);
  const whole = Math.ceil(needed * (1 + LOST_SHARE)) + OVERHEAD_SECONDS;
  if (whole > HOOK_TIMEOUT_SECONDS) {
    throw new Error(
      `settle phase and checks of hook ${context.event} can take ${whole} seconds, and ECS takes a deployment back whose hook is in progress for more than ` +
        `${DEFAULT_HOOK_TIMEOUT_MINUTES} minutes; lower time-outs and repetitions, or spread them over several hooks`,
    );
  }
  const extended = options.checks.some((check) => check._inconclusive === InconclusivePolicy.EXTEND);
  return { timeout, deadlineMs: Math.max(whole, extended ? HOOK_REPORT_TIMEOUT_SECONDS : 0) * 1_000, invocations: 1 };
}

/** The adapter that takes a function's outcome: it is the hook, so that the user's function stays untouched. */
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type { Duration } from 'aws-cdk-lib/core';
import { Stack } from 'aws-cdk-lib/core';

import type { OutcomeHookOptions } from '../hooks/lifecycle-hook';
import { longestHookSeconds } from '../model/deployment-time';
import { ENV } from '../model/hook-contract';
import { MAX_FUNCTION_TIMEOUT_SECONDS } from '../model/limits';
import { handlerCode } from './handler-code';
import { defaultTimeout, handlerSettings, maxEventAge, requireHandlerTimeout, workSeconds } from './handler-limits';
import type { BoundHook, HookContext } from './hook-context';
import { hookEnvironment } from './hook-context';
import { knownTimeout } from './invocations';
import { ownFunction } from './own-function';
import { invoke, lookUpDeployment, publishVerdict, report, sendEvents, setVerdictAlarm } from './statements';

/** Time for the adapter itself to start and to look the deployment up, in seconds. */
const ADAPTER_SECONDS = 5;

export function bindOutcomeHook(target: lambda.IFunction, options: OutcomeHookOptions, context: HookContext): BoundHook {
  const timeout = timeoutOf(target, options, context);
  const fn = ownFunction(context.scope, {
    ...handlerSettings(options),
    description: `Hook ${context.event} of rollout ${context.rolloutName}: takes the outcome of a function`,
    code: handlerCode('outcome'),
    timeout,
    environment: {
      ...hookEnvironment(context),
      [ENV.function]: target.functionArn,
      ...(options.runInRollback === true ? { [ENV.inRollback]: 'run' } : {}),
    },
    statements: [
      report(context.groupArn),
      lookUpDeployment(context.groupArn),
      publishVerdict(),
      setVerdictAlarm(context.verdictAlarm.alarmArn),
      sendEvents(Stack.of(context.scope)),
      ...(context.breakGlass?._statements ?? []),
      invoke(target.functionArn),
    ],
  });
  const age = maxEventAge(options);
  const longestSeconds = longestHookSeconds({ lateSeconds: age.toSeconds(), runSeconds: timeout.toSeconds(), guarded: true, reportsLater: false });
  const guard = { function: fn, role: fn.role!, maxEventAge: age };
  return { scope: context.scope, event: context.event, kind: 'outcome', function: fn, target, reportsLater: false, longestSeconds, logGroup: fn.logGroup, guard };
}

function timeoutOf(target: lambda.IFunction, options: OutcomeHookOptions, { event }: HookContext): Duration {
  const theirs = knownTimeout(target)?.toSeconds();
  const timeout = options.timeout ?? defaultTimeout((theirs ?? MAX_FUNCTION_TIMEOUT_SECONDS) + ADAPTER_SECONDS);
  requireHandlerTimeout(timeout);
  const room = workSeconds(timeout.toSeconds()) - ADAPTER_SECONDS;
  if (theirs !== undefined && theirs > room) {
    const raise = timeout.toSeconds() < MAX_FUNCTION_TIMEOUT_SECONDS ? ` or raise 'timeout' up to ${MAX_FUNCTION_TIMEOUT_SECONDS} seconds` : '';
    throw new Error(
      `function '${target.node.path}' of hook ${event} may run for ${theirs} seconds, of which ${room} fit into ` +
        `the adapter's time-out of ${timeout.toSeconds()} seconds; lower the function's time-out${raise}`,
    );
  }
  return timeout;
}

/** A function of the user's that reports by itself: it gets the permission to, and the guardian where it may be configured. */
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';

import type { FunctionHookOptions } from '../hooks/lifecycle-hook';
import { longestHookSeconds } from '../model/deployment-time';
import { Claims } from './claims';
import { askWhenComplete } from './complete-app';
import { requireFunctionRoute } from './function-route';
import { maxEventAge } from './handler-limits';
import type { BoundHook, HookContext } from './hook-context';
import { longestRun } from './invocations';
import { unqualified } from './qualified-function';
import { report } from './statements';

/** Where the CDK keeps a function's asynchronous configuration. */
const ASYNC_CONFIGURATION = 'EventInvokeConfig';

/** Qualifier of a function that is named without one. */
const LATEST = '$LATEST';

/** Asynchronous configurations that rollouts have made, by function and qualifier: there can be one only. */
const CONFIGURED = new Claims();

export function bindFunctionHook(fn: lambda.IFunction, options: FunctionHookOptions, context: HookContext): BoundHook {
  const age = maxEventAge(options);
  const { base, qualifier } = unqualified(fn);
  const reportsLater = options.reportsLater ?? false;
  const longestSeconds = (guarded: boolean) =>
    longestHookSeconds({ lateSeconds: age.toSeconds(), runSeconds: longestRun(fn)?.toSeconds(), guarded, reportsLater });
  const bound = { scope: context.scope, event: context.event, kind: 'function', function: fn, reportsLater, longestSeconds: longestSeconds(false) } as const;
  if (!reportsLater) {
    requireFunctionRoute(base, context);
  }
  const role = base.role;
  if (role !== undefined) {
    new iam.Policy(context.scope, 'Report', { roles: [role], statements: [report(context.groupArn)] });
  }
  const obstacle = role === undefined ? 'it was imported without a role, so that it gets no permission to report either' : obstacleTo(fn, base, qualifier, context);
  if (role === undefined || obstacle !== undefined) {
    context.findings.add(unguarded(fn, context, `${obstacle}`));
    return bound;
  }
  refuseOtherConfiguration(fn, context);
  return { ...bound, longestSeconds: longestSeconds(true), guard: { function: base, role, maxEventAge: age, ...(qualifier === undefined ? {} : { qualifier }) } };
}

/** Why the function may not be configured; otherwise it is now this hook's to configure. */
function obstacleTo(fn: lambda.IFunction, base: lambda.IFunction, qualifier = LATEST, { scope }: HookContext): string | undefined {
  if (fn.node.tryFindChild(ASYNC_CONFIGURATION) !== undefined) {
    return 'it has an asynchronous configuration of its own';
  }
  return CONFIGURED.take(base, qualifier, scope) === undefined ? undefined : 'the guardian of another rollout watches over it already';
}

function unguarded(fn: lambda.IFunction, { event }: HookContext, why: string) {
  return {
    id: 'unguarded',
    level: 'warning',
    message: `no guardian watches over hook ${event}, function '${fn.node.path}': ${why}. If it dies without reporting, ` +
      `the deployment waits for an hour`,
    remedy: 'use LifecycleHook.fromOutcome, which leaves the function as it is, or a function without an asynchronous configuration',
  } as const;
}

/** One configuration for each function and qualifier: a second one, wherever it is made, would fail when the stack is deployed. */
function refuseOtherConfiguration(fn: lambda.IFunction, { scope, event, rolloutName }: HookContext): void {
  const { base, qualifier = LATEST } = unqualified(fn);
  askWhenComplete(scope, (constructsOf) => {
    const configurations = constructsOf(scope, fn, base)
      .filter((child) => child instanceof lambda.CfnEventInvokeConfig)
      .filter((configuration) => configuration.functionName === base.functionName && configuration.qualifier === qualifier);
    return configurations.length === 1
      ? []
      : [
          `function '${fn.node.path}' of hook ${event} has an asynchronous configuration beside the one that rollout ` +
            `'${rolloutName}' made, and a function has one only; give it to the function before the rollout is made, or drop it`,
        ];
  });
}

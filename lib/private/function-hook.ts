/** A function of the user's that reports by itself: it gets the permission to, and the guardian where it may be configured. */
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as lambda from 'aws-cdk-lib/aws-lambda';

import type { FunctionHookOptions } from '../hooks/lifecycle-hook';
import { maxEventAge } from './handler-limits';
import type { BoundHook, HookContext } from './hook-context';
import { report } from './statements';

/** Where the CDK keeps a function's asynchronous configuration. */
const ASYNC_CONFIGURATION = 'EventInvokeConfig';

/** Functions whose asynchronous configuration a rollout has made, by function and qualifier: there can be one only. */
const CONFIGURED = new WeakMap<lambda.IFunction, Set<string>>();

export function bindFunctionHook(fn: lambda.IFunction, options: FunctionHookOptions, context: HookContext): BoundHook {
  const age = maxEventAge(options);
  const { base, qualifier } = unqualified(fn);
  const bound = { scope: context.scope, event: context.event, kind: 'function', function: fn, reportsLater: options.reportsLater ?? false } as const;
  const role = base.role;
  if (role !== undefined) {
    new iam.Policy(context.scope, 'Report', { roles: [role], statements: [report(context.groupArn)] });
  }
  const obstacle = obstacleTo(fn, base, qualifier);
  if (role === undefined || obstacle !== undefined) {
    context.findings.add(unguarded(fn, context, obstacle ?? 'it was imported without a role, so that it gets no permission to report either'));
    return bound;
  }
  claim(base, qualifier);
  refuseLateConfiguration(fn, context);
  return { ...bound, guard: { function: base, role, maxEventAge: age, ...(qualifier === undefined ? {} : { qualifier }) } };
}

/** The function behind an alias or a version, and the qualifier that leads to it. */
function unqualified(fn: lambda.IFunction): { base: lambda.IFunction; qualifier?: string } {
  if (isAlias(fn)) {
    return { base: fn.version.lambda, qualifier: fn.aliasName };
  }
  return isVersion(fn) ? { base: fn.lambda, qualifier: fn.version } : { base: fn };
}

const isAlias = (fn: lambda.IFunction): fn is lambda.IAlias => 'aliasName' in fn;

const isVersion = (fn: lambda.IFunction): fn is lambda.IVersion => 'version' in fn && 'edgeArn' in fn;

function obstacleTo(fn: lambda.IFunction, base: lambda.IFunction, qualifier = '$LATEST'): string | undefined {
  if (fn.node.tryFindChild(ASYNC_CONFIGURATION) !== undefined) {
    return 'it has an asynchronous configuration of its own';
  }
  return CONFIGURED.get(base)?.has(qualifier) === true ? 'the guardian of another rollout watches over it already' : undefined;
}

function claim(base: lambda.IFunction, qualifier = '$LATEST'): void {
  CONFIGURED.set(base, (CONFIGURED.get(base) ?? new Set()).add(qualifier));
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

/** One configuration for each function: a second one would fail when the stack is deployed. */
function refuseLateConfiguration(fn: lambda.IFunction, { scope, event }: HookContext): void {
  scope.node.addValidation({
    validate: () =>
      fn.node.tryFindChild(ASYNC_CONFIGURATION) === undefined
        ? []
        : [
            `function '${fn.node.path}' of hook ${event} was given an asynchronous configuration after the rollout had ` +
              `made one, and a function has one only; ` +
              "configure it before the rollout, or drop 'configureAsyncInvoke'",
          ],
  });
}

/** The hooks of a rollout of a Lambda alias by event, and the names by which the alias's update policy has them. */
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { ArnFormat, Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';

import type { LambdaHooks } from '../lambda/lambda-hooks';
import { HOOK_NAME_PREFIX } from '../model/cloudformation-rollout';
import type { RequiredHook } from '../model/hook-inspector';
import type { LambdaHookEvent } from '../model/lifecycle';
import { LAMBDA_HOOK_EVENTS } from '../model/lifecycle';
import type { BoundHook, LambdaRolloutContext, LambdaSetContext } from './hook-context';
import { bindInOrder } from './hook-map';
import { knownName, physicalName } from './physical-names';
import { cfnElementOf } from './references';

const PROPS: Record<LambdaHookEvent, keyof LambdaHooks> = { BeforeAllowTraffic: 'beforeAllowTraffic', AfterAllowTraffic: 'afterAllowTraffic' };

export interface NamedHook extends BoundHook {
  readonly event: LambdaHookEvent;
  /** What the update policy says. */
  readonly name: string;
  /** Whether that is a literal, so that the alias does not wait for the function by it. */
  readonly literal: boolean;
}

/** The hooks in the order of the lifecycle. */
export function bindLambdaHooks(rollout: Construct, context: LambdaRolloutContext | LambdaSetContext, hooks: LambdaHooks): NamedHook[] {
  const given = LAMBDA_HOOK_EVENTS.flatMap((event) => {
    const hook = hooks[PROPS[event]];
    return hook === undefined ? [] : [{ event, hook }];
  });
  return bindInOrder(rollout, context, given).map((hook) => ({ ...hook, event: hook.event as LambdaHookEvent, ...nameOf(hook) }));
}

/** Functions of ours get their names here; with the prefix the managed policies of CodeDeploy, too, let a service role invoke them. */
function nameOf({ kind, function: fn, scope }: BoundHook): Pick<NamedHook, 'name' | 'literal'> {
  const element = cfnElementOf(fn);
  if (kind !== 'function' && element instanceof lambda.CfnFunction) {
    return { name: (element.functionName = physicalName(scope, HOOK_NAME_PREFIX)), literal: true };
  }
  const name = knownName(fn);
  return name === undefined ? { name: fn.functionName, literal: false } : { name, literal: true };
}

/** What the hook inspector looks for. Where the name is a literal it waits for no hook, and so the alias may wait for it, whatever the hooks wait for. */
export function requiredHooks(hooks: readonly NamedHook[]): RequiredHook[] {
  return hooks.map((hook) => ({ event: hook.event, functionArn: hook.literal ? arnOf(hook) : hook.function.functionArn }));
}

const arnOf = ({ name, scope }: NamedHook): string => Stack.of(scope).formatArn({ service: 'lambda', resource: 'function', resourceName: name, arnFormat: ArnFormat.COLON_RESOURCE_NAME });

/** ARN of what CodeDeploy invokes, which refers to nothing where the name is ours. */
export function invokedArn(hook: NamedHook): string {
  return hook.kind === 'function' ? hook.function.functionArn : arnOf(hook);
}

/** Binds the hooks of a rollout, each in a scope of its own that is named after its event. */
import { Construct } from 'constructs';

import type { LifecycleHook } from '../hooks/lifecycle-hook';
import type { EcsHookEvent } from '../model/lifecycle';
import type { BoundHook, LambdaRolloutContext, LambdaSetContext, RolloutContext } from './hook-context';
import { unqualified } from './qualified-function';

export interface GivenHook {
  readonly event: EcsHookEvent;
  readonly hook: LifecycleHook;
}

/** @param given in the order of the lifecycle */
export function bindInOrder(rollout: Construct, context: RolloutContext | LambdaRolloutContext | LambdaSetContext, given: readonly GivenHook[]): BoundHook[] {
  requireDistinct(given);
  const last = given.findLast(({ hook }) => hook._isOurs)?.event;
  const bound = given.map(({ event, hook }) => hook._bind({ ...context, event, last: event === last, scope: new Construct(rollout, event) }));
  requireDistinctFunctions(bound);
  return bound;
}

function requireDistinct(given: readonly GivenHook[]): void {
  given.forEach(({ event, hook }, index) => {
    const other = given.slice(0, index).find((earlier) => earlier.hook === hook);
    if (other !== undefined) {
      throw new Error(`hooks ${other.event} and ${event} are the same LifecycleHook; make one for each event`);
    }
  });
}

/** A hook is not told its event, so that one function could not know which of two it is asked about; the guardian neither, whatever the alias. */
function requireDistinctFunctions(hooks: readonly BoundHook[]): void {
  const arns = hooks.map(({ function: fn }) => unqualified(fn).base.functionArn);
  hooks.forEach((hook, index) => {
    const other = hooks[arns.indexOf(arns[index]!)]!;
    if (other !== hook) {
      throw new Error(
        `hooks ${other.event} and ${hook.event} are the same function '${hook.function.node.path}', which is not ` +
          `told at which event it is invoked; ` +
          'use one function for each event',
      );
    }
  });
}

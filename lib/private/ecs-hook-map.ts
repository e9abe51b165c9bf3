/** Binds the hooks of an ECS rollout, each in a scope of its own that is named after its event. */
import { Construct } from 'constructs';

import type { EcsAppSpecHooks } from '../ecs/ecs-app-spec';
import type { EcsHooks } from '../ecs/ecs-hooks';
import type { LifecycleHook } from '../hooks/lifecycle-hook';
import type { EcsHookEvent } from '../model/lifecycle';
import { ECS_HOOK_EVENTS, ecsHookRuns } from '../model/lifecycle';
import type { BoundHook, RolloutContext } from './hook-context';
import { unqualified } from './qualified-function';

const PROPS: Record<EcsHookEvent, keyof EcsHooks & keyof EcsAppSpecHooks> = {
  BeforeInstall: 'beforeInstall',
  AfterInstall: 'afterInstall',
  AfterAllowTestTraffic: 'afterAllowTestTraffic',
  BeforeAllowTraffic: 'beforeAllowTraffic',
  AfterAllowTraffic: 'afterAllowTraffic',
};

/** The hooks in the order of the lifecycle. */
export function bindHooks(rollout: Construct, context: RolloutContext, hooks: EcsHooks): BoundHook[] {
  const given = ECS_HOOK_EVENTS.flatMap((event) => {
    const hook = hooks[PROPS[event]];
    return hook === undefined ? [] : [{ event, hook }];
  });
  requireDistinct(given);
  given.forEach(({ event }) => requireRuns(event, context));
  const last = given.findLast(({ hook }) => hook._isOurs)?.event;
  const bound = given.map(({ event, hook }) => hook._bind({ ...context, event, last: event === last, scope: new Construct(rollout, event) }));
  requireDistinctFunctions(bound);
  return bound;
}

export function appSpecHooks(hooks: readonly BoundHook[]): EcsAppSpecHooks {
  return Object.fromEntries(hooks.map((hook) => [PROPS[hook.event], hook.function]));
}

function requireRuns(event: EcsHookEvent, { endpoint }: RolloutContext): void {
  if (!ecsHookRuns(event, endpoint.test !== undefined)) {
    throw new Error(
      `hook ${event} would never run, since the service leaves the event out without a test listener; give ` +
        `the endpoint a 'testPort' or a 'testListener'`,
    );
  }
}

function requireDistinct(given: readonly { event: EcsHookEvent; hook: LifecycleHook }[]): void {
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

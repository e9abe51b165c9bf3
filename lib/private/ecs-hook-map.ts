/** The hooks of an ECS rollout by event. */
import type { Construct } from 'constructs';

import type { EcsAppSpecHooks } from '../ecs/ecs-app-spec';
import type { EcsHooks } from '../ecs/ecs-hooks';
import type { EcsHookEvent } from '../model/lifecycle';
import { ECS_HOOK_EVENTS, ecsHookRuns } from '../model/lifecycle';
import type { BoundHook, RolloutContext } from './hook-context';
import { bindInOrder } from './hook-map';

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
  given.forEach(({ event }) => requireRuns(event, context));
  return bindInOrder(rollout, context, given);
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

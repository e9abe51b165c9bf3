/** ECS invokes hooks itself: synchronously, under the role that the service names, and only as far as the template lets that role. */
import type { LifecycleHookInvoker } from '../engine/native/service-model';
import type { World } from './world';

const SESSION = 'ecs';

export function nativeInvocation(world: Pick<World, 'functions' | 'permissions' | 'conductor'> & { readonly sandbox: World['sandbox'] }): LifecycleHookInvoker {
  let count = 0;
  return {
    invoke: ({ targetArn, roleArn }, event, done) => {
      const found = world.functions.find(targetArn);
      const decision = world.permissions.decideFor({ roleArn, session: SESSION }, { action: 'lambda:InvokeFunction', resource: found?.spec.arn ?? targetArn, context: {} });
      if (!decision.allowed) {
        done({ kind: 'refused', message: `ECS could not invoke the function: ${decision.message}` });
        return;
      }
      if (found === undefined) {
        done({ kind: 'refused', message: `the function ${targetArn} is made outside of this assembly, so that its code cannot be rehearsed; add the stack that makes it to the app` });
        return;
      }
      const requestId = `lifecycle-hook-${++count}`;
      world.sandbox
        .run(found.spec, { requestId, payload: event })
        // What follows happens when the function ended, and not when we came to hear of it.
        .then((result) => world.conductor.scheduler.at(result.endedAt, `end of ${found.spec.name}`, () => done({ kind: 'answered', result })))
        .catch((error: unknown) => world.conductor.fail(error));
    },
  };
}

import type { LifecycleHook } from '../hooks/lifecycle-hook';

/**
 * The lifecycle events of an ECS deployment at which a Lambda function can decide whether it goes on. Each takes one function, which the
 * service invokes once in a deployment and waits for, for an hour at most.
 *
 * @see https://docs.aws.amazon.com/codedeploy/latest/userguide/reference-appspec-file-structure-hooks.html#appspec-hooks-ecs
 */
export interface EcsHooks {
  /**
   * Before the replacement task set is made. A failure here leaves nothing to roll back.
   *
   * @default - no hook
   */
  readonly beforeInstall?: LifecycleHook;

  /**
   * After the replacement task set is made and healthy; the test listener still leads to the original one.
   *
   * @default - no hook
   */
  readonly afterInstall?: LifecycleHook;

  /**
   * After the test listener leads to the replacement task set: the place to validate it. Needs a test listener, without which the service
   * leaves the event out.
   *
   * @default - no hook
   */
  readonly afterAllowTestTraffic?: LifecycleHook;

  /**
   * Before production traffic is shifted: the place for an approval.
   *
   * @default - no hook
   */
  readonly beforeAllowTraffic?: LifecycleHook;

  /**
   * After all production traffic is shifted.
   *
   * @default - no hook
   */
  readonly afterAllowTraffic?: LifecycleHook;
}

import type { LifecycleHook } from '../hooks/lifecycle-hook';

/**
 * The lifecycle events of a Lambda deployment at which a function can decide whether it goes on. Each takes one function, which the service invokes once in a deployment and
 * waits for, for an hour at most.
 *
 * @see https://docs.aws.amazon.com/codedeploy/latest/userguide/reference-appspec-file-structure-hooks.html#appspec-hooks-lambda
 */
export interface LambdaHooks {
  /**
   * Before traffic is shifted: the place to validate the new version, which nobody has yet reached by the alias.
   *
   * @default - no hook
   */
  readonly beforeAllowTraffic?: LifecycleHook;

  /**
   * After all traffic is shifted. A failure here still takes the alias back, where `rollback.onFailure` says so.
   *
   * @default - no hook
   */
  readonly afterAllowTraffic?: LifecycleHook;
}

/** What the constructs tell the hook inspector of a rollout, and what it says of a deployment that leaves hooks out. */
import type { EcsHookEvent } from './lifecycle';

/** A hook that every deployment has to name. */
export interface RequiredHook {
  readonly event: EcsHookEvent;
  /** ARN of its function, with the qualifier of a version or an alias where it has one. */
  readonly functionArn: string;
}

/** Value of the environment variable `GREENLIGHT_REQUIRE_HOOKS`: such deployments are stopped. Not set: they are only reported. */
export const STOP_WITHOUT_HOOKS = 'stop';

/** The EventBridge event of such a deployment; its detail is a `HooksMissingRecord`. */
export const HOOKS_MISSING_EVENT = { source: 'cdk-greenlight', detailType: 'Greenlight Hooks Missing' } as const;

/** Key under which the one structured log line carries the `HooksMissingRecord`. */
export const HOOKS_MISSING_LOG_KEY = 'greenlightHooksMissing';

export interface MissingHook extends RequiredHook {
  /** What the AppSpec names in its place; absent: nothing. */
  readonly named?: string;
}

export interface HooksMissingRecord {
  readonly schemaVersion: 1;
  readonly rollout: string;
  readonly application: string;
  readonly deploymentGroup: string;
  readonly deploymentId: string;
  /** Who started the deployment, such as `user`; absent where that is not known. */
  readonly creator?: string;
  /** In the order of the lifecycle; every hook where the AppSpec cannot be seen. */
  readonly missing: readonly MissingHook[];
  /** Why the AppSpec cannot be seen; absent where it was. */
  readonly unseen?: string;
  /** One line that says which hooks, and what becomes of the deployment. */
  readonly reason: string;
  /**
   * `requested`: it is being stopped, with rollback. `over`: it had ended before. `notRequired`: the rollout does not require its hooks.
   * `byStack`: CloudFormation started it for an alias, which is never stopped. `withheld`: nothing is known of the deployment, which could be a rollback. `failed`: it could not be stopped.
   */
  readonly stop: 'requested' | 'over' | 'notRequired' | 'byStack' | 'withheld' | 'failed';
  /** Why it could not be stopped. */
  readonly stopError?: string;
}

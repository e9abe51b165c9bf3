import type * as codedeploy from 'aws-cdk-lib/aws-codedeploy';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as lambda from 'aws-cdk-lib/aws-lambda';

import type { BreakGlass } from '../rollout/break-glass';
import type { DeploymentTrigger } from '../rollout/deployment-trigger';
import type { RollbackOptions } from '../rollout/rollback';
import type { TrafficShift } from '../rollout/traffic-shift';
import type { LambdaHooks } from './lambda-hooks';

/** Properties of a rollout of a Lambda alias. */
export interface LambdaRolloutProps {
  /**
   * The alias whose traffic is shifted, made in the stack of the rollout and on `currentVersion` of its function, so that a change of the function is a new version. It gets an
   * update policy by which CloudFormation releases each version that the alias is given.
   *
   * Clients and event sources must use the alias: what invokes the function itself is not shifted.
   */
  readonly alias: lambda.IAlias;

  /**
   * How traffic moves to the new version.
   *
   * @default - all at once
   */
  readonly traffic?: TrafficShift;

  /**
   * Functions that validate a release, by lifecycle event.
   *
   * They learn function, alias and versions from the deployment when they run. Their environment names none of them but the function, since the alias names the hooks.
   *
   * @default - no hooks
   */
  readonly hooks?: LambdaHooks;

  /**
   * Stop deployments that somebody starts by hand and whose AppSpec leaves hooks out, with rollback. Those that CloudFormation starts have the hooks of the update policy, and are
   * never stopped.
   *
   * @default false - they are reported by an EventBridge event and a line in the log of the hook inspector
   */
  readonly requireHooks?: boolean;

  /**
   * When a deployment is rolled back, and which alarms stop it.
   *
   * @default - rolled back when it fails and when the verdict alarm stops it
   */
  readonly rollback?: RollbackOptions;

  /**
   * Topics that CodeDeploy tells of deployments, up to ten.
   *
   * @default - none
   */
  readonly triggers?: DeploymentTrigger[];

  /**
   * A parameter by which somebody on call may release although the checks say no.
   *
   * @default - none: the checks are always enforced
   */
  readonly breakGlass?: BreakGlass;

  /**
   * The CodeDeploy application.
   *
   * @default - a new one
   */
  readonly application?: codedeploy.ILambdaApplication;

  /**
   * Name of the new application, 1 to 100 letters, digits and `. _ - + = , @`.
   *
   * @default - made of the stack's name and the construct's path
   */
  readonly applicationName?: string;

  /**
   * Name of the deployment group, 1 to 100 letters, digits and `. _ - + = , @`.
   *
   * @default - made of the stack's name and the construct's path
   */
  readonly deploymentGroupName?: string;

  /**
   * The role that CodeDeploy takes on. A role of this app gets the permissions that the rollout needs; an imported one is left as it is.
   *
   * @default - a new role with just these permissions
   */
  readonly role?: iam.IRole;

  /**
   * Invocations of the alias in a second that you expect, more than zero. A rehearsal plays about so many.
   *
   * @default - not known
   */
  readonly expectedRequestsPerSecond?: number;
}

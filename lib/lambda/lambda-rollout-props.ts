import type * as codedeploy from 'aws-cdk-lib/aws-codedeploy';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type { Duration } from 'aws-cdk-lib/core';

import type { BreakGlass } from '../rollout/break-glass';
import type { DeploymentTrigger } from '../rollout/deployment-trigger';
import type { RollbackOptions } from '../rollout/rollback';
import type { TrafficShift } from '../rollout/traffic-shift';
import type { LambdaHooks } from './lambda-hooks';

/** What a rollout of a Lambda alias, and one of a set of them, can be told. */
export interface LambdaRolloutOptions {
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

/** Properties of a rollout of a Lambda alias. */
export interface LambdaRolloutProps extends LambdaRolloutOptions {
  /**
   * The alias whose traffic is shifted, made in the stack of the rollout and on `currentVersion` of its function, so that a change of the function is a new version. It gets an
   * update policy by which CloudFormation releases each version that the alias is given.
   *
   * An alias that is made elsewhere, as by `lambda.Alias.fromAliasAttributes`, in the same account and region, is released by a `LambdaDeployment`.
   *
   * Clients and event sources must use the alias: what invokes the function itself is not shifted.
   */
  readonly alias: lambda.IAlias;

  /**
   * How many versions of the function are kept: the newest ones, the released one counted. After a release that has succeeded, older ones are deleted, at most twenty of them;
   * the next release goes on. The published version gets the deletion policy Retain, without which CloudFormation deletes the one of before after every release.
   *
   * Kept besides, however old: what any alias of the function names or gives a share of its traffic, what has provisioned concurrency of its own, and the version that the
   * stack wanted before, to which a stack update that fails later goes back. Newer ones are kept, too. Who invokes older versions by their number is not known here: give such
   * a version an alias. A release never fails for this: what goes wrong is a warning in the log of the step function.
   *
   * From 2 to 100.
   *
   * @default - CloudFormation deletes the version of before when the release has succeeded, unless `removalPolicy` of `currentVersionOptions` keeps all
   * @see https://docs.aws.amazon.com/lambda/latest/api/API_DeleteFunction.html
   */
  readonly keepVersions?: number;

  /**
   * Provisioned concurrency of the released version: `beforeAllowTraffic` allocates it before traffic moves, and fails where it cannot be allocated in time. That of the version of
   * before is released once the stack is updated; where the update rolls back, that of the new version is. During a release both have it, and both are charged.
   *
   * Where there is no hook for the event, one is made. The setting is the version's own: the alias must have none, and cannot be scaled automatically. A rollout for an alias that
   * has provisioned concurrency of its own takes two updates, one that drops that and one that brings this.
   *
   * From 1 to 100,000.
   *
   * @default - none; a shift that starts cold may be the finding `shift-starts-cold`
   * @see https://docs.aws.amazon.com/lambda/latest/dg/provisioned-concurrency.html
   */
  readonly provisionedConcurrentExecutions?: number;

  /**
   * How long the allocation may take, a whole number of minutes from 1 to 45. Lambda takes a minute or two, and longer for many environments, or ones that take long to initialize.
   *
   * @default Duration.minutes(10)
   */
  readonly provisioningTimeout?: Duration;

  /**
   * Name of the deployment group, 1 to 100 letters, digits and `. _ - + = , @`.
   *
   * @default - made of the stack's name and the construct's path
   */
  readonly deploymentGroupName?: string;
}

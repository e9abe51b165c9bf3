import type * as codedeploy from 'aws-cdk-lib/aws-codedeploy';
import type * as ecs from 'aws-cdk-lib/aws-ecs';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type { Duration } from 'aws-cdk-lib/core';

import type { BreakGlass } from '../rollout/break-glass';
import type { RollbackOptions } from '../rollout/rollback';
import type { TestAccess } from '../rollout/test-access';
import type { TrafficShift } from '../rollout/traffic-shift';
import type { EcsTaskSetOptions } from './ecs-app-spec';
import type { EcsDeployments } from './ecs-deployments';
import type { EcsEndpoint } from './ecs-endpoint';
import type { EcsHooks } from './ecs-hooks';

/** Properties of an ECS rollout. */
export interface EcsRolloutProps {
  /** The service, with the CODE_DEPLOY deployment controller. It is attached to the blue target group unless it is imported. */
  readonly service: ecs.IBaseService;

  /**
   * Name of the container that traffic goes to.
   *
   * @default - the default container of the task definition; an imported service needs the name
   */
  readonly container?: string;

  /**
   * Port of that container.
   *
   * @default - its first mapped TCP port; an imported service needs the port
   */
  readonly containerPort?: number;

  /**
   * Task definition that releases deploy, for an imported service.
   *
   * @default - the service's own
   */
  readonly taskDefinition?: ecs.ITaskDefinition;

  /**
   * What a release changes in its task set besides the task definition.
   *
   * Once the service is made, CloudFormation cannot change these on it: a stack update that changes them there fails before anything is deployed.
   * Leave them on the service as they were when it was made, and say here what a release shall have.
   *
   * @default - the service's own; with EcsDeployments.external() the AppSpec says nothing of it, and what an earlier release said stays
   */
  readonly taskSet?: EcsTaskSetOptions;

  /**
   * Load balancer, listeners and target groups.
   *
   * @default - a new internal load balancer with an HTTP listener on port 80, and no test listener
   */
  readonly endpoint?: EcsEndpoint;

  /**
   * Who may reach the test listener from outside. Hooks that ask the test listener of an internet-facing load balancer need it.
   *
   * @default - only hooks of ours, where the load balancer is internal
   */
  readonly testAccess?: TestAccess;

  /**
   * Who starts deployments: CloudFormation with each stack update that changes what is to run, or something else.
   *
   * @default - EcsDeployments.byCloudFormation()
   */
  readonly deployments?: EcsDeployments;

  /**
   * How production traffic moves to the new version.
   *
   * @default - all at once
   */
  readonly traffic?: TrafficShift;

  /**
   * Functions that validate a release, by lifecycle event.
   *
   * @default - no hooks
   */
  readonly hooks?: EcsHooks;

  /**
   * Whether a deployment that leaves a hook out, as one that somebody starts by hand may, is stopped and rolled back.
   *
   * The AppSpec of a deployment names the hooks, and nothing but the AppSpec does. Every deployment of the group but a rollback is therefore looked at as it starts.
   * One whose AppSpec does not name each hook of the rollout at its event, by name or ARN and with any version or alias, is reported by an EventBridge event
   * (source `cdk-greenlight`, detail type `Greenlight Hooks Missing`) and in the log of the inspector, and goes on. With `requireHooks` it is also stopped, by
   * StopDeployment with rollback whatever the deployment group says. An AppSpec that cannot be seen, such as one in S3, counts as one that names no hook.
   *
   * The notification of a start takes a moment, so that the deployment has begun when it is stopped; with all-at-once traffic it may have shifted.
   *
   * @see https://docs.aws.amazon.com/codedeploy/latest/userguide/monitoring-cloudwatch-events.html
   * @default false - it is reported, and goes on
   */
  readonly requireHooks?: boolean;

  /**
   * When a deployment is rolled back, and which alarms stop it.
   *
   * @default - rolled back when it fails and when the verdict alarm stops it
   */
  readonly rollback?: RollbackOptions;

  /**
   * A parameter by which somebody on call may release although the checks say no.
   *
   * @default - none: the checks are always enforced
   */
  readonly breakGlass?: BreakGlass;

  /**
   * How long the deployment waits for somebody to call ContinueDeployment before it shifts traffic, one minute to two days. Then it stops.
   *
   * @default - no wait
   */
  readonly approvalWait?: Duration;

  /**
   * How long the original tasks live on after the shift, at most two days. Alarms are watched and a rollback is possible until then.
   *
   * @default Duration.minutes(10)
   */
  readonly terminationWait?: Duration;

  /**
   * The CodeDeploy application.
   *
   * @default - a new one
   */
  readonly application?: codedeploy.IEcsApplication;

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
   * Production requests in a second that you expect, more than zero. A rehearsal sends about so many.
   *
   * @default - not known
   */
  readonly expectedRequestsPerSecond?: number;
}

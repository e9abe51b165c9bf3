import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as ecs from 'aws-cdk-lib/aws-ecs';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type { Duration } from 'aws-cdk-lib/core';

import type { RollbackAlarm } from '../alarms/rollback-alarm';
import type { BreakGlass } from '../rollout/break-glass';
import type { TestAccess } from '../rollout/test-access';
import type { TrafficShift } from '../rollout/traffic-shift';
import type { EcsEndpoint } from './ecs-endpoint';
import type { EcsHooks } from './ecs-hooks';

/** Properties of an ECS rollout that CloudFormation performs. */
export interface EcsCloudFormationRolloutProps {
  /** The cluster of the service. */
  readonly cluster: ecs.ICluster;

  /**
   * What the service runs, a task definition of the same stack: a stack update that replaces it is a release. An image must be named by a literal, as assets are,
   * and not by a parameter of the stack, whose change CloudFormation does not take for a release.
   */
  readonly taskDefinition: ecs.TaskDefinition;

  /**
   * Name of the container that traffic goes to.
   *
   * @default - the default container of the task definition
   */
  readonly container?: string;

  /**
   * Port of that container.
   *
   * @default - its first mapped TCP port
   */
  readonly containerPort?: number;

  /**
   * Tasks of the service, a whole number from 0 to 5,000.
   *
   * @default 1
   */
  readonly desiredCount?: number;

  /**
   * Whether the tasks have public addresses. On Fargate only.
   *
   * @default false
   */
  readonly assignPublicIp?: boolean;

  /**
   * Subnets of the tasks, where they have network interfaces of their own.
   *
   * @default - public subnets with `assignPublicIp`, else private subnets with a route out, else isolated subnets
   */
  readonly vpcSubnets?: ec2.SubnetSelection;

  /**
   * Security groups of the tasks, where they have network interfaces of their own.
   *
   * @default - a new one, which lets out everything
   */
  readonly securityGroups?: ec2.ISecurityGroup[];

  /**
   * Platform version on Fargate.
   *
   * @default ecs.FargatePlatformVersion.LATEST
   */
  readonly platformVersion?: ecs.FargatePlatformVersion;

  /**
   * Time after a task starts in which the load balancer's health checks do not count, 0 to 2,147,483,647 seconds.
   *
   * @default - the service's own: they count at once
   */
  readonly healthCheckGracePeriod?: Duration;

  /**
   * Load balancer, listeners and target groups. Listeners and target groups must be of the same stack, and the listeners' default actions are moved: no rules.
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
   * How production traffic moves to the new version. A step must be at least 14 %.
   *
   * @default - all at once
   */
  readonly traffic?: TrafficShift;

  /**
   * Functions that validate a release, by lifecycle event. Those of yours need a literal `functionName`.
   *
   * @default - no hooks
   */
  readonly hooks?: EcsHooks;

  /**
   * Alarms that roll a release back, besides the verdict alarm: at most four.
   *
   * They take effect as rollback triggers of the stack, which no template can set: the finding `rollback-triggers` says how to deploy with them.
   *
   * @default - the verdict alarm alone
   */
  readonly rollbackAlarms?: RollbackAlarm[];

  /**
   * A parameter by which somebody on call may release although the checks say no.
   *
   * @default - none: the checks are always enforced
   */
  readonly breakGlass?: BreakGlass;

  /**
   * How long the original tasks live on after the shift, at most two days. A failure until then rolls the stack back.
   *
   * @default Duration.minutes(10)
   */
  readonly terminationWait?: Duration;

  /**
   * The role under which CodeDeploy invokes the hooks. A role of this app needs a literal `roleName` and gets the permissions that the rollout needs; an
   * imported one is left as it is.
   *
   * @default - a new role that may invoke the hooks
   */
  readonly role?: iam.IRole;

  /**
   * Production requests in a second that you expect, more than zero. A rehearsal sends about so many.
   *
   * @default - not known
   */
  readonly expectedRequestsPerSecond?: number;
}

import type * as codedeploy from 'aws-cdk-lib/aws-codedeploy';
import type * as iam from 'aws-cdk-lib/aws-iam';

import type { DeploymentTrigger } from '../rollout/deployment-trigger';
import type { RollbackOptions } from '../rollout/rollback';
import type { ServerDeployment } from './server-deployment';
import type { ServerFileExistsBehavior } from './server-file';
import type { ServerRolloutGates } from './server-gate';
import type { ServerLoadBalancer } from './server-load-balancer';
import type { ServerRevision } from './server-revision';
import type { ServerTargets } from './server-targets';

/** What happens to instances that join during a deployment, and so have the revision before it. */
export enum OutdatedInstances {
  /** They are deployed to afterwards, by a deployment that CodeDeploy starts itself. */
  UPDATE = 'UPDATE',

  /** They stay as they are until the next deployment. */
  IGNORE = 'IGNORE',
}

/**
 * What Auto Scaling can be kept from while a deployment in place is under way.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-codedeploy-deploymentgroup-ec2deploymentoptions.html
 */
export enum SuspendableProcess {
  /** To end instances. */
  TERMINATE = 'Terminate',

  /** To move instances from one Availability Zone to another. */
  AZ_REBALANCE = 'AZRebalance',

  /** To replace instances by an instance refresh. */
  INSTANCE_REFRESH = 'InstanceRefresh',

  /** To scale at the times of its schedule. */
  SCHEDULED_ACTIONS = 'ScheduledActions',
}

/** Properties of a rollout to EC2 instances and on-premises servers. */
export interface ServerRolloutProps {
  /** The instances that are deployed to. */
  readonly targets: ServerTargets;

  /**
   * How a release comes to them.
   *
   * @default - in place, one instance at a time
   */
  readonly deployment?: ServerDeployment;

  /**
   * What is deployed. Instances of the Auto Scaling groups get the right to read it, and the revisions before it; a rollback needs those. An output of the stack has the
   * command that starts the deployment, but for groups that alternate, whose deployments begin with scaling one of them up.
   *
   * @default - revisions come from elsewhere, such as a pipeline, and the roles of instances are left as they are
   */
  readonly revision?: ServerRevision;

  /**
   * Checks that decide over a release. Rollback deployments pass all of them.
   *
   * @default - none: what stops a release is your scripts, the load balancers and alarms
   */
  readonly gates?: ServerRolloutGates;

  /**
   * What sends traffic to the instances, up to ten target groups and up to ten Classic Load Balancers. A blue/green rollout needs one.
   *
   * @default - none: instances are deployed to under traffic, and the six events of traffic do not take place
   */
  readonly loadBalancers?: ServerLoadBalancer[];

  /**
   * What happens to instances that join during a deployment.
   *
   * @default OutdatedInstances.UPDATE
   */
  readonly outdatedInstances?: OutdatedInstances;

  /**
   * Deploy to instances that Auto Scaling ends, so that the scripts of `ApplicationStop` and of `BlockTraffic` run on them. Instances end in any case. Auto Scaling groups only.
   *
   * @default - only where two groups alternate: no load balancer is attached to those, so that without it an instance would end under traffic
   * @see https://docs.aws.amazon.com/codedeploy/latest/userguide/integrations-aws-auto-scaling.html
   */
  readonly terminationHook?: boolean;

  /**
   * What Auto Scaling is kept from while a deployment in place is under way. Auto Scaling groups only. To take back what was set, give an empty list: CloudFormation may leave what
   * is not named as it is.
   *
   * CloudFormation has it since 2026 (`Ec2DeploymentOptions`), and tools that check templates may not know it yet.
   *
   * @default - not told to CodeDeploy
   */
  readonly processesToSuspend?: SuspendableProcess[];

  /**
   * What happens to files that are on a host already, and did not come by the last deployment. It is told to each deployment, and not kept by the group: it stands in the
   * command of the output. An AppSpec that has `file_exists_behavior` comes first.
   *
   * @default ServerFileExistsBehavior.DISALLOW
   */
  readonly fileExistsBehavior?: ServerFileExistsBehavior;

  /**
   * Go on when scripts of `ApplicationStop`, `BeforeBlockTraffic` or `AfterBlockTraffic` fail, which are those of the revision before: otherwise a revision whose scripts
   * are broken can never be replaced. It is told to each deployment, and stands in the command of the output.
   *
   * @default false
   */
  readonly ignoreApplicationStopFailures?: boolean;

  /**
   * When a deployment is rolled back, and which alarms stop it.
   *
   * A rollback is a deployment of the last good revision, with all of its scripts.
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
   * The CodeDeploy application.
   *
   * @default - a new one
   */
  readonly application?: codedeploy.IServerApplication;

  /**
   * Name of the new application, 1 to 100 letters, digits and `. _ - + = , @`.
   *
   * @default - made of the stack's name and the construct's path
   */
  readonly applicationName?: string;

  /**
   * Name of the deployment group, 1 to 100 letters, digits and `. _ - + = , @`. Give another one where `deployment` changes from in place to blue/green or back, or `fleet` from groups
   * that alternate to one that is copied or back: one kind of group cannot become another.
   *
   * @default - made of the stack's name and the construct's path; for blue/green also of the kind of fleet
   */
  readonly deploymentGroupName?: string;

  /**
   * The role that CodeDeploy takes on. A role of this app gets the permissions that the rollout needs; an imported one is left as it is.
   *
   * @default - a new role with just these permissions
   */
  readonly role?: iam.IRole;

  /**
   * Requests to the whole fleet in a second that you expect, more than zero. A rehearsal plays about so many.
   *
   * @default - not known
   */
  readonly expectedRequestsPerSecond?: number;
}

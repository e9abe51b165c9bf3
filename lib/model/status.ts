/** Enumerations of the services' APIs, spelled as the services spell them. */

export type DeploymentStatus = 'Created' | 'Queued' | 'InProgress' | 'Baking' | 'Succeeded' | 'Failed' | 'Stopped' | 'Ready';

/** Statuses of a service deployment of ECS, as far as its API has them and a rehearsal comes to them. */
export type ServiceDeploymentStatus =
  | 'PENDING'
  | 'IN_PROGRESS'
  | 'SUCCESSFUL'
  | 'STOPPED'
  | 'ROLLBACK_IN_PROGRESS'
  | 'ROLLBACK_SUCCESSFUL'
  | 'ROLLBACK_FAILED';

export type LifecycleEventStatus = 'Pending' | 'InProgress' | 'Succeeded' | 'Failed' | 'Skipped' | 'Unknown';

/** What a hook may report; the service refuses every other lifecycle status. */
export type HookReportStatus = 'Succeeded' | 'Failed';

export type AutoRollbackEvent = 'DEPLOYMENT_FAILURE' | 'DEPLOYMENT_STOP_ON_ALARM' | 'DEPLOYMENT_STOP_ON_REQUEST';

export type DeploymentCreator =
  | 'user'
  | 'autoscaling'
  | 'codeDeployRollback'
  | 'CodeDeploy'
  | 'CodeDeployAutoUpdate'
  | 'CloudFormation'
  | 'CloudFormationRollback'
  | 'autoscalingTermination';

/** The creator of a deployment that CloudFormation starts. */
export const STACK_CREATOR: DeploymentCreator = 'CloudFormation';

/** The creator of a deployment that the service itself starts to roll another one back. */
export const ROLLBACK_CREATOR: DeploymentCreator = 'codeDeployRollback';

/**
 * The creators of deployments that bring single instances up to date, which joined a fleet or leave it: they have the revision of the last release, and are none themselves.
 *
 * @see https://docs.aws.amazon.com/codedeploy/latest/userguide/integrations-aws-auto-scaling.html
 */
export const REFILL_CREATORS: readonly unknown[] = ['autoscaling', 'autoscalingTermination', 'CodeDeployAutoUpdate'] satisfies DeploymentCreator[];

export type AlarmState = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';

/** The three answers of a check. Inconclusive means that it could not be decided; errors are counted apart from failures. */
export type Verdict = 'pass' | 'fail' | 'inconclusive';

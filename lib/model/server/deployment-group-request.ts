/**
 * The deployment group of blue/green on EC2, which CloudFormation cannot make: the custom resource that makes it by the API of CodeDeploy, on the provider of deployments.
 *
 * @see https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_CreateDeploymentGroup.html
 */
import type { AutoRollbackEvent } from '../status';

export const SERVER_DEPLOYMENT_GROUP_RESOURCE_TYPE = 'Custom::GreenlightServerDeploymentGroup';

/** CloudFormation hands every value on as a string. Lists may be empty, and are then said to the service as such: what an update leaves out is kept by it. */
export interface ServerDeploymentGroupProperties {
  readonly ServiceToken: string;
  readonly ServiceTimeout?: string;
  readonly ApplicationName: string;
  /** Its change, or that of the application, replaces the group. */
  readonly DeploymentGroupName: string;
  readonly DeploymentConfigName: string;
  readonly ServiceRoleArn: string;
  /**
   * ALTERNATING: two groups of the stack, of which one is the group's own at a time (DISCOVER_EXISTING); COPIED: one, of which the service makes a copy for each deployment
   * (COPY_AUTO_SCALING_GROUP), and which is then the group's own. Which one that is at the time of an update, the service is asked.
   */
  readonly Fleet: 'ALTERNATING' | 'COPIED';
  /** Names: two, of which the first serves first; or one. */
  readonly AutoScalingGroups: readonly string[];
  /** ALTERNATING: instances that the first one is to have when the group is made; a decimal number, at least 1. */
  readonly Capacity?: string;
  /** Names of target groups, and of Classic Load Balancers; one of the lists has an entry. */
  readonly TargetGroups?: readonly string[];
  readonly LoadBalancers?: readonly string[];
  /** Absent: a deployment goes on by itself. Otherwise it waits for so many minutes for ContinueDeployment, and is stopped after. */
  readonly ReadyWaitMinutes?: string;
  readonly Originals: 'KEEP_ALIVE' | 'TERMINATE';
  /** For TERMINATE, a decimal number from 0 to 2880. */
  readonly TerminationWaitMinutes?: string;
  readonly OutdatedInstances: 'UPDATE' | 'IGNORE';
  readonly TerminationHook: 'true' | 'false';
  readonly RollbackEvents?: readonly AutoRollbackEvent[];
  /** Names. */
  readonly Alarms?: readonly string[];
  readonly IgnorePollAlarmFailure: 'true' | 'false';
  readonly Triggers?: readonly { readonly TriggerName: string; readonly TriggerTargetArn: string; readonly TriggerEvents: readonly string[] }[];
  /** `true`: a group of this name that exists already, made by other means, becomes the resource's own; otherwise that is an error. */
  readonly Adopt?: 'true';
}

/** Attributes. `Ref` is `APPLICATION/GROUP`. */
export interface ServerDeploymentGroupAttributes {
  /** The service's own id of the group, a UUID. */
  readonly DeploymentGroupId: string;
}

/** What the names of Auto Scaling groups begin with that the service has copied for a deployment group; the id of the deployment follows. */
export const copiedGroupPrefix = (deploymentGroup: string): string => `CodeDeploy_${deploymentGroup}_`;

/** The deployment group as the engine needs it: what the template says, with every reference resolved. */
import type { AutoRollbackEvent } from '../../lib/model/status';
import type { TrafficRouting } from '../../lib/model/traffic';
import type { StackBehaviour } from './stack-behaviour';

export interface TargetGroupModel {
  /** Name: how `Routing` and the API call it. */
  readonly name: string;
  readonly arn: string;
}

/** The stack whose updates are the deployments. */
export interface DeployedStack {
  readonly id: string;
  readonly behaviour: StackBehaviour;
}

/** What the groups of all compute platforms have. */
export interface GroupModel {
  /** Set where CloudFormation performs the deployments: CodeDeploy then knows no application and no group, and these are only names for the engine. */
  readonly stack?: DeployedStack;
  readonly applicationName: string;
  readonly deploymentGroupName: string;
  readonly applicationArn: string;
  readonly deploymentGroupArn: string;
  readonly deploymentConfigName: string;
  /** How `deploymentConfigName` moves traffic. */
  readonly traffic: TrafficRouting;
  readonly serviceRoleArn: string;
  readonly rollbackEvents: readonly AutoRollbackEvent[];
  readonly alarmNames: readonly string[];
  /** Whether a deployment goes on when the state of an alarm cannot be read. */
  readonly ignorePollAlarmFailure: boolean;
}

/** The group of an ECS service. */
export interface DeploymentGroupModel extends GroupModel {
  readonly clusterName: string;
  readonly serviceName: string;
  readonly serviceArn: string;
  /** Tasks of one task set; 1 where absent. */
  readonly desiredCount?: number;
  /** The first one holds the version that runs before the first deployment. */
  readonly targetGroups: readonly [TargetGroupModel, TargetGroupModel];
  readonly productionListenerArn: string;
  /** Absent: no test listener, so that a deployment has six lifecycle events instead of eight. */
  readonly testListenerArn?: string;
  /** Minutes to wait for ContinueDeployment before the shift; absent: no wait. */
  readonly approvalWaitMinutes?: number;
  /** Minutes that the original task set lives on after the shift; absent: it is kept alive. */
  readonly terminationWaitMinutes?: number;
}

/** The group of a function's alias. */
export interface LambdaGroupModel extends GroupModel {
  readonly functionName: string;
  /** Unqualified. */
  readonly functionArn: string;
  readonly aliasName: string;
  /** The version that the alias names before the first deployment. */
  readonly initialVersion: string;
}

/** A group of any platform. */
export type AnyGroupModel = DeploymentGroupModel | LambdaGroupModel;

export function platformOf(group: AnyGroupModel): 'ECS' | 'Lambda' {
  return 'aliasName' in group ? 'Lambda' : 'ECS';
}

export interface AutoRollbackConfiguration {
  readonly enabled: boolean;
  readonly events: readonly AutoRollbackEvent[];
}

export interface AlarmConfiguration {
  readonly enabled: boolean;
  readonly ignorePollAlarmFailure: boolean;
  readonly alarmNames: readonly string[];
}

/** The group's own settings, in the shape of the API. */
export function groupRollback(group: Pick<GroupModel, 'rollbackEvents'>): AutoRollbackConfiguration {
  return { enabled: group.rollbackEvents.length > 0, events: group.rollbackEvents };
}

export function groupAlarms(group: Pick<GroupModel, 'alarmNames' | 'ignorePollAlarmFailure'>): AlarmConfiguration {
  const { alarmNames, ignorePollAlarmFailure } = group;
  return { enabled: alarmNames.length > 0, ignorePollAlarmFailure, alarmNames };
}

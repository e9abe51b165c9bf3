/** What one deployment is to do, and what it needs for it. */
import type { EcsAppSpecDocument } from '../../lib/model/appspec';
import type { EcsHookEvent, EcsLifecycleEvent } from '../../lib/model/lifecycle';
import type { AutoRollbackEvent, DeploymentCreator } from '../../lib/model/status';
import type { AlarmConfiguration, AutoRollbackConfiguration, DeploymentGroupModel, GroupModel } from './deployment-group';
import type { DeploymentMachine } from './deployment-machine';
import type { DeploymentChange, RevisionLocation } from './deployment-record';
import type { AlarmStates, HookInvoker, RandomFor, ReleaseOfDeployment, Scheduler } from './ports';
import type { ServiceBehaviour } from './service-behaviour';
import type { TargetGroups } from './target-groups';

/** What one deployment is to do, decided when it is created. */
export interface DeploymentPlan {
  readonly deploymentId: string;
  readonly creator: DeploymentCreator;
  readonly deploymentConfigName: string;
  readonly hooks: Partial<Record<EcsHookEvent, string>>;
  readonly revision?: RevisionLocation;
  readonly previousRevision?: RevisionLocation;
  readonly description?: string;
  readonly rollback: AutoRollbackConfiguration;
  readonly alarms: AlarmConfiguration;
  readonly overrideAlarms?: AlarmConfiguration;
}

/** The same for an ECS service. */
export interface EcsDeploymentPlan extends DeploymentPlan {
  readonly release: ReleaseOfDeployment;
  readonly appSpec: EcsAppSpecDocument;
  /** Names of the target groups. */
  readonly original: string;
  readonly replacement: string;
  /** Id of the deployment that made the task set in the replacement's target group. */
  readonly replacementMadeBy: string;
}

/** How a deployment came to its end, as far as it matters for a rollback. */
export interface DeploymentEnd {
  readonly event?: AutoRollbackEvent;
  /** What StopDeployment said about the rollback. */
  readonly requested?: boolean;
  /** The lifecycle event that failed. */
  readonly failedEvent?: EcsLifecycleEvent;
  /** Set where an alias was not at the version that the deployment was to begin with. */
  readonly aliasMoved?: true;
}

export interface MachinePorts {
  readonly group: GroupModel;
  readonly scheduler: Scheduler;
  readonly random: RandomFor;
  readonly hooks: HookInvoker;
  readonly alarms: AlarmStates;
  readonly behaviour: ServiceBehaviour;
  emit(change: DeploymentChange): void;
  ended(machine: DeploymentMachine, end: DeploymentEnd): void;
}

export interface EcsMachinePorts extends MachinePorts {
  readonly group: DeploymentGroupModel;
  readonly targets: TargetGroups;
}

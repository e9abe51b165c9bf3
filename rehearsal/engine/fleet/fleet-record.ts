/** What the engine tells about a deployment to a fleet: the API's fields by the API's names, with times in virtual milliseconds. */
import type { FileExistsBehavior, ServerLifecycleEvent } from '../../../lib/model/server/events';
import type { DeploymentCreator, DeploymentStatus, LifecycleEventStatus } from '../../../lib/model/status';
import type { AlarmConfiguration, AutoRollbackConfiguration } from '../deployment-group';
import type { RevisionLocation, RollbackInfo, TrafficChange } from '../deployment-record';
import type { ErrorInformation } from '../messages';
import type { ReleaseId } from '../ports';
import type { BlueGreenModel } from './fleet-group';
import type { TargetInstances } from './fleet-request';
import type { DeploymentCounts, InstanceEventRecord, InstanceTargetStatus, TargetLabel } from './target-log';

export interface FleetDeploymentRecord {
  readonly applicationName: string;
  readonly deploymentGroupName: string;
  readonly deploymentConfigName: string;
  readonly deploymentId: string;
  readonly previousRevision?: RevisionLocation;
  readonly revision?: RevisionLocation;
  readonly status: DeploymentStatus;
  readonly errorInformation?: ErrorInformation;
  readonly createTime: number;
  readonly startTime?: number;
  readonly completeTime?: number;
  /** Counts instances; those of both environments in blue/green. */
  readonly deploymentOverview: DeploymentCounts;
  readonly description?: string;
  readonly creator: DeploymentCreator;
  readonly ignoreApplicationStopFailures: boolean;
  readonly autoRollbackConfiguration: AutoRollbackConfiguration;
  readonly updateOutdatedInstancesOnly: boolean;
  readonly overrideAlarmConfiguration?: AlarmConfiguration;
  readonly rollbackInfo?: RollbackInfo;
  readonly deploymentStyle: { readonly deploymentType: 'IN_PLACE' | 'BLUE_GREEN'; readonly deploymentOption: 'WITH_TRAFFIC_CONTROL' | 'WITHOUT_TRAFFIC_CONTROL' };
  /** False where the originals are kept alive; otherwise true from the start of the termination wait. */
  readonly instanceTerminationWaitTimeStarted: boolean;
  /** Not part of the API: from when to when the originals lived on. */
  readonly terminationWait?: { readonly start: number; readonly end?: number };
  /** Replacements that the request named. */
  readonly targetInstances?: TargetInstances;
  /** Names, as the deployment group had them when the deployment was created. */
  readonly loadBalancers: { readonly targetGroups: readonly string[]; readonly classic: readonly string[] };
  /** The same of its way with blue/green; absent: it deploys in place. */
  readonly blueGreen?: BlueGreenModel;
  readonly fileExistsBehavior: FileExistsBehavior;
  readonly deploymentStatusMessages: readonly string[];
  readonly computePlatform: 'Server';
  /** The rest is not part of the API. */
  readonly release: ReleaseId;
  /** Blue/green only: share of the registered instances that are originals and replacements, in whole percent; one entry for each change. */
  readonly traffic: readonly TrafficChange[];
  /** Instances that were worked on at the same time, at most. */
  readonly mostAtATime: number;
}

export interface InstanceTargetRecord {
  readonly deploymentId: string;
  readonly targetId: string;
  readonly targetArn: string;
  readonly status: InstanceTargetStatus;
  readonly lastUpdatedAt: number;
  readonly lifecycleEvents: readonly InstanceEventRecord[];
  readonly instanceLabel?: TargetLabel;
  /** The rest is not part of the API: what was installed on it when the deployment began, and what is since it ended, or now. */
  readonly zone: string;
  readonly releaseBefore?: ReleaseId;
  readonly releaseAfter?: ReleaseId;
}

/** What happens to deployments, as it happens. */
export type FleetChange = { readonly at: number; readonly deploymentId: string } & (
  | { readonly kind: 'status'; readonly status: DeploymentStatus }
  | { readonly kind: 'instance'; readonly instanceId: string; readonly status: InstanceTargetStatus }
  | { readonly kind: 'instanceEvent'; readonly instanceId: string; readonly event: ServerLifecycleEvent; readonly status: LifecycleEventStatus }
  | { readonly kind: 'traffic'; readonly original: number; readonly replacement: number }
  | { readonly kind: 'stopping'; readonly error: ErrorInformation }
  | { readonly kind: 'rollback'; readonly rollbackDeploymentId: string }
);

/** What the engine tells about a deployment: the API's fields by the API's names, with times in virtual milliseconds. */
import type { EcsAppSpecDocument } from '../../lib/model/appspec';
import type { EcsHookEvent, EcsLifecycleEvent } from '../../lib/model/lifecycle';
import type { DeploymentCreator, DeploymentStatus, HookReportStatus, LifecycleEventStatus } from '../../lib/model/status';
import type { AlarmConfiguration, AutoRollbackConfiguration } from './deployment-group';
import type { ErrorInformation } from './messages';
import type { ReleaseId, ReleaseOfDeployment } from './ports';

/** A revision as CreateDeployment was given it; answered unchanged. */
export type RevisionLocation = Readonly<Record<string, unknown>>;

export interface CreateRequest {
  /** The version that this deployment brings, and how long it takes to become healthy. */
  readonly release: ReleaseOfDeployment;
  /** The AppSpec of the revision; a request without one is refused. */
  readonly appSpec?: EcsAppSpecDocument;
  readonly revision?: RevisionLocation;
  readonly description?: string;
  /** The group's own where absent; otherwise one of the service's predefined configurations. */
  readonly deploymentConfigName?: string;
  /** Overrides the group's. */
  readonly autoRollbackConfiguration?: AutoRollbackConfiguration;
  readonly overrideAlarmConfiguration?: Partial<AlarmConfiguration>;
  /** `user` where absent. */
  readonly creator?: DeploymentCreator;
}

export interface RollbackInfo {
  readonly rollbackDeploymentId?: string;
  readonly rollbackTriggeringDeploymentId?: string;
  readonly rollbackMessage?: string;
}

/** A hook of one lifecycle event as the service saw it. */
export interface HookExecution {
  /** Function name or ARN, as the AppSpec has it. */
  readonly function: string;
  readonly executionId: string;
  readonly invokedAt: number;
  /** Why it could not be invoked. */
  readonly refused?: string;
  /** The report that counted. */
  readonly report?: HookReportStatus;
  readonly reportedAt?: number;
  /** Access key of whoever reported, where the endpoint knows it. */
  readonly reportedBy?: string;
}

export interface LifecycleEventRecord {
  readonly lifecycleEventName: EcsLifecycleEvent;
  readonly status: LifecycleEventStatus;
  readonly startTime?: number;
  readonly endTime?: number;
  readonly hook?: HookExecution;
}

export interface TaskSetInfo {
  /** Spelled as the API spells it. */
  readonly identifer: string;
  readonly desiredCount: number;
  readonly pendingCount: number;
  readonly runningCount: number;
  readonly status: 'PRIMARY' | 'ACTIVE' | 'DRAINING';
  readonly trafficWeight: number;
  readonly targetGroup: { readonly name: string };
  readonly taskSetLabel: 'Blue' | 'Green';
}

/** What a deployment deploys to. */
export interface TargetRecord {
  readonly deploymentId: string;
  /** `cluster:service`, or `function:alias` */
  readonly targetId: string;
  readonly targetArn: string;
  readonly lastUpdatedAt: number;
  readonly status: 'Pending' | 'InProgress' | 'Succeeded' | 'Failed' | 'Skipped' | 'Ready';
  readonly lifecycleEvents: readonly LifecycleEventRecord[];
}

export interface EcsTargetRecord extends TargetRecord {
  readonly taskSetsInfo: readonly TaskSetInfo[];
}

export interface LambdaTargetRecord extends TargetRecord {
  readonly lambdaFunctionInfo: {
    readonly functionName: string;
    readonly functionAlias: string;
    readonly currentVersion: string;
    readonly targetVersion: string;
    /** In percent. */
    readonly targetVersionWeight: number;
  };
}

export interface TrafficChange {
  readonly at: number;
  readonly original: number;
  readonly replacement: number;
}

export type DeploymentOverview = Readonly<Record<'Pending' | 'InProgress' | 'Succeeded' | 'Failed' | 'Skipped' | 'Ready', number>>;

/** A snapshot: later changes do not reach it. */
export interface DeploymentRecord {
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
  /** Only once the deployment is over; counts targets, not tasks. */
  readonly deploymentOverview?: DeploymentOverview;
  readonly description?: string;
  readonly creator: DeploymentCreator;
  readonly autoRollbackConfiguration: AutoRollbackConfiguration;
  readonly overrideAlarmConfiguration?: AlarmConfiguration;
  readonly rollbackInfo?: RollbackInfo;
  readonly deploymentStyle: { readonly deploymentType: 'BLUE_GREEN'; readonly deploymentOption: 'WITH_TRAFFIC_CONTROL' };
  readonly deploymentStatusMessages: readonly string[];
  readonly computePlatform: 'ECS' | 'Lambda';
  readonly target: TargetRecord;
  /** The rest is not part of the API. */
  readonly release: ReleaseId;
  /** Production traffic, one entry for each change; begins with the state at creation. Sums to 100. */
  readonly traffic: readonly TrafficChange[];
}

export interface LambdaDeploymentRecord extends DeploymentRecord {
  readonly computePlatform: 'Lambda';
  readonly target: LambdaTargetRecord;
}

export interface EcsDeploymentRecord extends DeploymentRecord {
  readonly computePlatform: 'ECS';
  readonly target: EcsTargetRecord;
  /** Set where CloudFormation performs the deployment: the target is then this stack, and application, group and configuration are not told. */
  readonly stackId?: string;
  /** False where the original is kept alive; otherwise true from the start of the termination wait. */
  readonly instanceTerminationWaitTimeStarted: boolean;
  readonly blueGreenDeploymentConfiguration: {
    readonly deploymentReadyOption: {
      readonly actionOnTimeout: 'CONTINUE_DEPLOYMENT' | 'STOP_DEPLOYMENT';
      readonly waitTimeInMinutes?: number;
    };
    readonly terminateBlueInstancesOnDeploymentSuccess: {
      readonly action: 'TERMINATE' | 'KEEP_ALIVE';
      readonly terminationWaitTimeInMinutes?: number;
    };
  };
  readonly loadBalancerInfo: {
    readonly targetGroupPairInfoList: readonly [
      {
        readonly targetGroups: readonly { readonly name: string }[];
        readonly prodTrafficRoute: { readonly listenerArns: readonly string[] };
        readonly testTrafficRoute?: { readonly listenerArns: readonly string[] };
      },
    ];
  };
  /** Not part of the API. */
  readonly appSpec: EcsAppSpecDocument;
}

/** A deployment to any platform. */
export type AnyDeploymentRecord = EcsDeploymentRecord | LambdaDeploymentRecord;

/** What happens to deployments, as it happens. */
export type DeploymentChange = { readonly at: number; readonly deploymentId: string } & (
  | { readonly kind: 'status'; readonly status: DeploymentStatus }
  | { readonly kind: 'event'; readonly event: EcsLifecycleEvent; readonly status: LifecycleEventStatus }
  | { readonly kind: 'hookInvoked'; readonly event: EcsHookEvent; readonly hook: HookExecution }
  | { readonly kind: 'hookReported'; readonly event: EcsHookEvent; readonly status: HookReportStatus; readonly reportedBy?: string }
  | { readonly kind: 'traffic'; readonly original: number; readonly replacement: number }
  | { readonly kind: 'testTraffic'; readonly targetGroup: string }
  | { readonly kind: 'stopping'; readonly error: ErrorInformation }
  | { readonly kind: 'rollback'; readonly rollbackDeploymentId: string }
  | { readonly kind: 'stackRolledBack' }
);

export type DeploymentChangeKind = DeploymentChange['kind'];

/** The report of a rehearsal, version 1: what `--json` prints. Times are virtual seconds since the rehearsal began. */
import type { Override } from './break-glass';
import type { CheckResult } from './hook-contract';
import type { Finding } from './rollout';
import type { ServerGateEvent } from './server/gates';
import type { AlarmState, DeploymentCreator, DeploymentStatus, HookReportStatus, LifecycleEventStatus, ServiceDeploymentStatus, Verdict } from './status';

export type Outcome = 'released' | 'rolledBack' | 'stopped' | 'failed';

export interface Report {
  readonly schemaVersion: 1;
  readonly rollout: string;
  readonly platform: 'ECS' | 'Lambda' | 'Server';
  /** Who controls the deployments: a deployment group of CodeDeploy, ECS itself, or CloudFormation by the hook of a template. */
  readonly controller: 'CODE_DEPLOY' | 'ECS' | 'CLOUDFORMATION';
  /** File name of the scenario, where one was played. */
  readonly scenario?: string;
  readonly seed: number;
  readonly outcome: Outcome;
  /** What the scenario states is to come out, where it states anything. */
  readonly expected?: Outcome;
  readonly deployments: readonly DeploymentReport[];
  /** The Auto Scaling groups that there are at the end, copies included, for a rollout to EC2 in blue/green; absent for others. */
  readonly autoScalingGroups?: readonly AutoScalingGroupReport[];
  /** Updates of the rollout's stack that the scenario plays beside the releases. */
  readonly stackUpdates: readonly StackUpdateReport[];
  readonly alarms: readonly AlarmReport[];
  readonly iam: readonly IamDecisionReport[];
  readonly findings: readonly Finding[];
  readonly fidelity: Fidelity;
  readonly timing: { readonly virtualSeconds: number; readonly wallMs: number };
}

export interface AutoScalingGroupReport {
  readonly name: string;
  /** Those that have not ended. */
  readonly instances: number;
  /** Whether the deployment group names it: then it is the one that serves. */
  readonly isOfDeploymentGroup: boolean;
  /** How many it was to have: at the beginning, and from each change on. */
  readonly desired: readonly { readonly at: number; readonly instances: number }[];
}

export interface DeploymentReport {
  readonly deploymentId: string;
  readonly creator: DeploymentCreator;
  /** Of CodeDeploy's deployment, or of ECS's service deployment. */
  readonly status: DeploymentStatus | ServiceDeploymentStatus;
  /** Name of CodeDeploy's configuration; where ECS controls the deployment, strategy, steps and bake time; where CloudFormation does, traffic routing of the hook. */
  readonly deploymentConfigName: string;
  readonly errorInformation?: { readonly code: string; readonly message: string };
  readonly rollbackInfo?: {
    readonly rollbackDeploymentId?: string;
    readonly rollbackTriggeringDeploymentId?: string;
    readonly rollbackMessage?: string;
  };
  readonly createTime: number;
  readonly completeTime: number | null;
  readonly lifecycleEvents: readonly LifecycleEventReport[];
  /** Share of production traffic, in percent; one entry for each change, sums to 100. */
  readonly traffic: readonly { readonly at: number; readonly original: number; readonly replacement: number }[];
  /** How long the originals lived on after the traffic had left them, for a deployment in blue/green that ends them; `end` is null where it was stopped meanwhile. */
  readonly terminationWait?: { readonly start: number; readonly end: number | null };
  /** Of a deployment to EC2/on-premises; absent on other platforms. */
  readonly instances?: InstancesReport;
  /** How long replacements waited for ContinueDeployment; `end` is null where they still do. Absent where there was no such wait. */
  readonly readyWait?: { readonly start: number; readonly end: number | null };
  /** What the gates of EC2/on-premises came to; absent where none ran. */
  readonly gates?: readonly GateReport[];
}

/** A function that ran as a gate of a deployment to EC2/on-premises; runs that let their instance pass for the same reason are one entry. */
export interface GateReport {
  readonly gate: ServerGateEvent;
  /** Name of the function. */
  readonly function: string;
  /** `none`: it did not come to a verdict. */
  readonly verdict: Verdict | 'none';
  readonly reason: string;
  /** What was decided: Succeeded (continued, let into service, no alarm), Failed (stopped, refused, alarm raised), `none` where no decision got through. */
  readonly report: HookReportStatus | 'none';
  /** What its guardian decided in its place. */
  readonly guardian?: { readonly report: HookReportStatus | 'none'; readonly reason: string; readonly at: number };
  /** Enforcement was off by the break-glass parameter. */
  readonly override?: Override;
  /** When it began, the first one of several. */
  readonly at: number;
  /** Wall time of the function, of all runs together; left out when reports are compared. */
  readonly durationMs: number;
  /** Runs of the function, where there was more than one. */
  readonly runs?: number;
  /** Those of the first run. */
  readonly checks: readonly CheckResult[];
  /** Ids of the instances that it was about, as far as it tells. */
  readonly instances: readonly string[];
}

/** What became of the instances of one deployment. */
export interface InstancesReport {
  /** How many ended in which status; 0 is left out. */
  readonly counts: InstanceCounts;
  /** Instances that were worked on at the same time, at most. */
  readonly mostAtATime: number;
  /** The batches that the minimum of healthy hosts gives while no instance fails; empty where the deployment cannot start. */
  readonly predictedBatches: readonly InstanceBatchesReport[];
  /** Those that were played. */
  readonly batches: readonly PlayedBatchesReport[];
  /** Every instance, those together that fared alike. */
  readonly revisions: readonly InstanceRevisionsReport[];
  readonly failures: readonly InstanceFailureReport[];
}

export type InstanceCounts = { readonly [Status in InstanceStatus]?: number };

export type InstanceStatus = 'Pending' | 'InProgress' | 'Succeeded' | 'Failed' | 'Skipped' | 'Unknown' | 'Ready';

/** Equal batches, one after the other. */
export interface InstanceBatchesReport {
  /** Availability Zone, where they are taken one by one. */
  readonly zone?: string;
  readonly batches: number;
  /** In each of them. */
  readonly instances: number;
  /** Seconds that the service waits after the last one. */
  readonly monitorSeconds?: number;
}

export interface PlayedBatchesReport extends InstanceBatchesReport {
  /** Instances that failed, of all of them together. */
  readonly failed: number;
  readonly start: number;
  readonly end: number;
}

export interface InstanceRevisionsReport {
  /** Of blue/green only: whether they had the traffic before. */
  readonly environment?: 'original' | 'replacement';
  readonly zone: string;
  readonly autoScalingGroup?: string;
  readonly status: InstanceStatus;
  /** What was installed when the deployment came to them, by the name of its release; null where nothing was. */
  readonly before: string | null;
  /** The same when it was over. */
  readonly after: string | null;
  readonly count: number;
  /** Their ids. */
  readonly instances: readonly string[];
}

/** The lifecycle event that an instance failed at, and what its agent said. */
export interface InstanceFailureReport {
  readonly instance: string;
  readonly zone: string;
  readonly event: string;
  /** `LifecycleErrorCode` of the API. */
  readonly errorCode: string;
  readonly message: string;
  readonly scriptName?: string;
  /** Last lines of what the script said. */
  readonly logTail?: string;
}

export interface LifecycleEventReport {
  /** Lifecycle event of CodeDeploy, or stage of ECS; the stages of a production shift come once for each step. */
  readonly name: string;
  readonly status: LifecycleEventStatus;
  readonly start: number | null;
  readonly end: number | null;
  /** Set for a stage that ECS plays to take the deployment back. */
  readonly rollback?: true;
  readonly hook?: HookRunReport;
  /** Further hooks of the same stage. */
  readonly otherHooks?: readonly HookRunReport[];
  /** On EC2/on-premises: how many instances the event came to which status on; it lasted from the first start to the last end. */
  readonly instances?: InstanceCounts;
}

export interface HookRunReport {
  /** Name of the function that the service invoked. */
  readonly function: string;
  /** What the hook itself reported. */
  readonly report: HookReportStatus | 'none';
  readonly verdict: Verdict | 'none';
  readonly reason: string;
  /** Enforcement was off by the break-glass parameter: the hook reported Succeeded whatever it came to. */
  readonly override?: Override;
  /** Invocations of the function, where there was more than one. */
  readonly invocations?: number;
  /** Wall time of the handler, of all its invocations together; left out when reports are compared. */
  readonly durationMs: number;
  readonly checks: readonly CheckResult[];
  /** What the guardian reported in its place. */
  readonly guardian?: { readonly report: HookReportStatus | 'none'; readonly reason: string; readonly at: number };
}

export interface StackUpdateReport {
  /** What the scenario calls it. */
  readonly name: string;
  readonly stackName: string;
  /** Status of the stack in the end. */
  readonly status: StackUpdateStatus;
  /** What the scenario states is to come out. */
  readonly expected: StackUpdateStatus;
  /** Why CloudFormation took it back. */
  readonly reason?: string;
  readonly start: number;
  readonly end: number;
  readonly changes: readonly TemplateChangeReport[];
  /** What CloudFormation wrote to the listeners. */
  readonly listeners: readonly ListenerWriteReport[];
  /** Deployments that CloudFormation started for an alias; absent where no alias is released. */
  readonly deployments?: readonly AliasDeploymentReport[];
  /** Events of its resources, and of the stack itself. */
  readonly events: readonly { readonly at: number; readonly logicalId: string; readonly status: string; readonly reason?: string }[];
}

/** A deployment that CloudFormation started and waited for, since the version of an alias changed. */
export interface AliasDeploymentReport {
  readonly at: number;
  readonly deploymentId: string;
  /** Versions by their numbers. */
  readonly currentVersion: string;
  readonly targetVersion: string;
  /** Set where CloudFormation took the update back. */
  readonly rollback?: true;
}

/** What differs between the templates of before and after. */
export interface TemplateChangeReport {
  readonly logicalId: string;
  /** Its type, where the update goes to another cloud assembly. */
  readonly resourceType?: string;
  /** A property that differs; absent where the resource as a whole is new or gone. */
  readonly property?: string;
  readonly action?: 'added' | 'removed';
  /** Set where it is taken to be done at once, instead of being played. */
  readonly atOnce?: true;
}

/** Statuses in which an update can end. */
export type StackUpdateStatus = 'UPDATE_COMPLETE' | 'UPDATE_ROLLBACK_COMPLETE' | 'UPDATE_ROLLBACK_FAILED';

export interface ListenerWriteReport {
  readonly at: number;
  readonly listener: 'production' | 'test';
  /** The one that its default action forwards to, by the name that the template gives it; `other` for one that is neither of the rollout's two. */
  readonly targetGroup: 'blue' | 'green' | 'other';
  /** The version that runs there, by the name of its release; null where no task does. */
  readonly version: string | null;
  /** The same for where most of the traffic went before. */
  readonly versionBefore: string | null;
  /** Set where CloudFormation took the update back. */
  readonly rollback?: true;
}

export interface AlarmReport {
  readonly name: string;
  readonly transitions: readonly { readonly at: number; readonly from: AlarmState; readonly to: AlarmState; readonly reason: string }[];
}

export interface IamDecisionReport {
  readonly principal: string;
  readonly action: string;
  readonly resource: string;
  /** `unknown`: a managed policy outside the template may decide. */
  readonly decision: 'allow' | 'deny' | 'unknown';
  /** For a denied call: the statement that would allow it. */
  readonly missingStatement?: { readonly Effect: 'Allow'; readonly Action: string; readonly Resource: string };
}

export interface Fidelity {
  readonly modelled: readonly string[];
  readonly approximated: readonly string[];
  readonly notModelled: readonly string[];
}

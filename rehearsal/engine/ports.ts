/** What the rooms of the rehearsal promise each other. Every time is in virtual milliseconds since the rehearsal began. */
import type { AlarmState, HookReportStatus } from '../../lib/model/status';

/** The one source of virtual time: a heap of events. Only the conductor makes time pass. */
export interface Scheduler {
  now(): number;
  /** Runs `action` when virtual time reaches `at` (not before now). Equal times run in the order in which they were scheduled. */
  at(at: number, label: string, action: () => void): Cancel;
  after(delayMs: number, label: string, action: () => void): Cancel;
}

export type Cancel = () => void;

/** Randomness that depends on the seed and on who asks, never on the order of asking. Uniform in [0, 1). */
export type RandomFor = (identity: string) => number;

/** A release of the rehearsal: `r0` runs before the first deployment, `r1` is the first one deployed, and so on. */
export type ReleaseId = string;

/** A version as a deployment brings it. */
export interface ReleaseOfDeployment {
  readonly id: ReleaseId;
  /** Time until its tasks are healthy. */
  readonly startupMs: number;
  /** Why ECS makes no task set of it; absent: it does. */
  readonly refused?: string;
}

/** Where the listeners point now; read for every request, and by the background traffic. */
export interface Routing {
  /** Target groups of a listener with their weights, which sum to 100. */
  targets(listener: ListenerName): readonly { readonly targetGroup: string; readonly weight: number }[];
  /** The release whose healthy tasks are in a target group; undefined where it is empty (the load balancer answers 503). */
  release(targetGroup: string): ReleaseId | undefined;
}

export type ListenerName = 'production' | 'test';

/** Where metric data goes, and where alarms read it. Dimensions are compared as a set. */
export interface MetricSink {
  /** `values` with their counts, at virtual time `at`. */
  put(datum: MetricDatum): void;
}

export interface MetricDatum {
  readonly namespace: string;
  readonly metricName: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly at: number;
  readonly values: readonly { readonly value: number; readonly count: number }[];
}

/** Alarm states as the service role would read them. */
export interface AlarmStates {
  state(alarmName: string): AlarmState | undefined;
}

/** Starts an asynchronous invocation of a hook, as the service does. Returns at once; never throws. */
export interface HookInvoker {
  invoke(functionName: string, payload: { DeploymentId: string; LifecycleEventHookExecutionId: string }): HookInvocation;
}

export type HookInvocation = { readonly accepted: true } | { readonly accepted: false; readonly message: string };

/** An error that an endpoint answers with: the service's exception name and text. */
export class ServiceError extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly status = 400,
  ) {
    super(message);
    this.name = code;
  }
}

/** One function of the template, ready to run. */
export interface FunctionSpec {
  readonly name: string;
  readonly arn: string;
  /** Folder of the asset, named by the template. */
  readonly directory: string;
  /** Such as `index.handler`. */
  readonly handler: string;
  /** Such as `nodejs22.x`. */
  readonly runtime: string;
  readonly timeoutMs: number;
  readonly memoryMb: number;
  readonly environment: Readonly<Record<string, string>>;
  /** ARN of the execution role; its calls are decided against the policies of the template. */
  readonly roleArn: string;
  readonly inVpc: boolean;
  /** A published version. @default $LATEST */
  readonly version?: string;
}

/** How one invocation of a function ended. */
export interface InvocationResult {
  /** `returned` and `threw` are the handler's own; `timedOut` was killed; `crashed` ended at init, by memory or by exit; `silent` ended with nothing pending and no answer. */
  readonly end: 'returned' | 'threw' | 'timedOut' | 'crashed' | 'silent';
  /** What the handler returned. */
  readonly payload?: unknown;
  readonly error?: { readonly errorType: string; readonly errorMessage: string; readonly trace?: readonly string[] };
  /** Lines of standard output and standard error, bounded. */
  readonly log: readonly string[];
  readonly startedAt: number;
  readonly endedAt: number;
  readonly wallMs: number;
  /** Set where the virtual clock had to fall back to real time, with the reason. */
  readonly realTime?: string;
}

export interface FunctionRunner {
  /** Runs a function once, in its own process, under the Lambda contract. Rejects only when the simulator itself fails. */
  run(spec: FunctionSpec, invocation: FunctionInvocation): Promise<InvocationResult>;
}

export interface FunctionInvocation {
  readonly requestId: string;
  readonly payload: unknown;
  /** What the function finds as `clientContext`; absent: nothing. */
  readonly clientContext?: object;
  /** Alias or version that the function finds in the ARN by which it was invoked; absent: none. */
  readonly qualifier?: string;
}

/** A hook's report, as it reaches the CodeDeploy endpoint. */
export interface HookReport {
  readonly deploymentId: string;
  readonly lifecycleEventHookExecutionId: string;
  readonly status: HookReportStatus;
  /** Who reports, as the endpoint knows it. */
  readonly accessKeyId?: string;
}

/**
 * What the constructs promise the handlers, and what the handlers leave behind for the guardian, the rehearsal and people.
 */
import type { Override } from './break-glass';
import type { EcsHookEvent } from './lifecycle';
import type { HookReportStatus, Verdict } from './status';
import type { ReportedCases } from './suite-result';

/** Environment variables of the handlers. Values are strings; those marked JSON are JSON texts. */
export const ENV = {
  /** Lifecycle event of this hook, since CodeDeploy's hook event does not carry it; `EcsNative` for a hook of deployments that ECS controls. */
  event: 'GREENLIGHT_EVENT',
  /** JSON, for a hook of deployments that ECS controls: names of the stages that it is configured for. */
  stages: 'GREENLIGHT_STAGES',
  /** Name of the rollout, or of the set of rollouts, for people. */
  rollout: 'GREENLIGHT_ROLLOUT',
  application: 'GREENLIGHT_APPLICATION',
  deploymentGroup: 'GREENLIGHT_DEPLOYMENT_GROUP',
  /**
   * For functions that the rollouts of a set share, in place of group and alarm: what the names of the set's deployment groups begin with. The deployment says which of them it is about.
   */
  deploymentGroups: 'GREENLIGHT_DEPLOYMENT_GROUPS',
  /** Name of the rollout's own alarm. */
  verdictAlarm: 'GREENLIGHT_VERDICT_ALARM',
  /** Base URLs without a trailing slash, such as `https://web.example.internal:8443`. Absent where there is no such listener. */
  testUrl: 'GREENLIGHT_TEST_URL',
  productionUrl: 'GREENLIGHT_PRODUCTION_URL',
  /** Full name of the load balancer (`app/name/id`) where its private addresses are to be used; absent: names are resolved by DNS. */
  privateAddressesOf: 'GREENLIGHT_PRIVATE_ADDRESSES_OF',
  /** JSON: deploy-time values of the suite, by name. */
  values: 'GREENLIGHT_VALUES',
  /**
   * Name of the function whose alias is released; set for hooks of rollouts for Lambda only, which learn alias and versions from the deployment. There is no alias, version or URL
   * in a hook's environment, since the alias's update policy names the hook: that would be a cycle.
   */
  releasedFunction: 'GREENLIGHT_RELEASED_FUNCTION',
  /** ARN of the function that the outcome adapter invokes. */
  function: 'GREENLIGHT_FUNCTION',
  /** JSON, for the guardian: `GuardedHook[]`. */
  hooks: 'GREENLIGHT_HOOKS',
  /** JSON, for the hook inspector: `RequiredHook[]`. */
  requiredHooks: 'GREENLIGHT_REQUIRED_HOOKS',
  /** For the hook inspector: `stop` to stop deployments that leave hooks out. */
  requireHooks: 'GREENLIGHT_REQUIRE_HOOKS',
  /** JSON: `BreakGlassSettings`. Absent where the rollout has none. */
  breakGlass: 'GREENLIGHT_BREAK_GLASS',
  /** `run` to run checks in rollback deployments too; otherwise a hook succeeds there at once. */
  inRollback: 'GREENLIGHT_IN_ROLLBACK',
} as const;

/** A hook that the guardian answers for. */
export interface GuardedHook {
  /** Unqualified ARN of the function. */
  readonly functionArn: string;
  readonly event: EcsHookEvent;
  /** A function that returns without reporting is then no failure. */
  readonly reportsLater: boolean;
}

/** What CodeDeploy sends to a hook: exactly these two. */
export interface HookEvent {
  readonly DeploymentId: string;
  readonly LifecycleEventHookExecutionId: string;
}

/** Key beside the two of the hook event under which an invocation of a hook sends the next one what it needs to go on. */
export const CONTINUATION_KEY = 'greenlightContinuation';

/** What our hooks return, so that the guardian knows what has become of them. */
export interface HookReturn {
  readonly greenlight: HookEnd;
}

export type HookEnd =
  | { readonly reported: boolean; readonly status: HookReportStatus }
  /** The invocation of this number goes on, `elapsedMs` after the hook began; it has been queued. */
  | { readonly reported: false; readonly continued: true; readonly invocation: number; readonly elapsedMs: number }
  /** Nothing was to be done: another invocation does the same, or the deployment is over. */
  | { readonly reported: false; readonly idle: 'duplicate' | 'over' };

/** Time that a handler keeps back to report: this share of what remains when it starts, and at least so much. */
export const REPORT_RESERVE = { share: 0.1, minimumMs: 10_000 } as const;

/** Longest age of a hook's event: older ones are given up, so that two invocations of a hook are never further apart. */
export const LONGEST_EVENT_AGE_SECONDS = 900;

/** Metric of verdicts: 1 for a failed validation, 0 for a passed one. High resolution. */
export const VERDICT_METRIC = {
  namespace: 'cdk-greenlight',
  name: 'FailedValidations',
  applicationDimension: 'Application',
  groupDimension: 'DeploymentGroup',
  /** Seconds: the resolution of the metric and the period of the verdict alarm, so that it falls back within two evaluations. */
  periodSeconds: 10,
} as const;

/** The EventBridge event of a verdict; its detail is a `VerdictRecord`. */
export const VERDICT_EVENT = { source: 'cdk-greenlight', detailType: 'Greenlight Hook Verdict' } as const;

/** Key under which the one structured log line carries the `VerdictRecord`. */
export const VERDICT_LOG_KEY = 'greenlightVerdict';

/** What was measured, and what was asked for. */
export interface CheckMeasurement {
  readonly what: string;
  readonly measured: string | number | null;
  readonly threshold: string | number | null;
  readonly ok: boolean;
}

export interface CheckResult {
  readonly name: string;
  readonly kind: string;
  readonly verdict: Verdict;
  /** Set for a check that is only watched: its verdict is what it would have said. */
  readonly shadow?: true;
  /** Why, in words that hold the measured value and the threshold. */
  readonly reason: string;
  /** What was measured and what was asked for, one entry for each assertion. */
  readonly measurements: readonly CheckMeasurement[];
  /** Answers that were judged. */
  readonly samples: number;
  /** Attempts that could not be measured (transport). */
  readonly errors: number;
  readonly windowMs: number;
  /** Cases of a suite of the user's own, or of the invocations of a target version; absent for other kinds of checks. */
  readonly cases?: ReportedCases;
}

/** An instance of a fleet as a gate found it. */
export interface CheckedInstance {
  /** Such as `i-0123456789abcdef0`. */
  readonly instanceId: string;
  /** What it was asked at; absent where no check asks an instance. */
  readonly address?: string;
  readonly zone?: string;
  readonly verdict: Verdict;
  /** One line. */
  readonly reason: string;
}

/** What a gate of a fleet came to, instance by instance. */
export interface CheckedInstances {
  /** Instances that the gate was for, and those of them that it checked: fewer where a sample was taken. */
  readonly total: number;
  readonly checked: number;
  readonly passed: number;
  readonly failed: number;
  /** Could not be judged. */
  readonly undecided: number;
  /** At most `MAX_LISTED_INSTANCES` of those that were checked: the failed ones first, then the undecided ones. */
  readonly listed: readonly CheckedInstance[];
}

/** Instances that a verdict lists. */
export const MAX_LISTED_INSTANCES = 50;

export interface VerdictRecord {
  readonly schemaVersion: 1;
  readonly rollout: string;
  /** Who controls the deployment; absent: CodeDeploy. */
  readonly controller?: 'ECS';
  /** Lifecycle event of CodeDeploy, or stage of ECS; of a gate of a fleet, what that gate is called. */
  readonly event: string;
  /** Of CodeDeploy; ARN of the service deployment where ECS controls it. */
  readonly deploymentId: string;
  readonly verdict: Verdict;
  /** One line that says why; holds the measured value of the first failed check. */
  readonly reason: string;
  /** What the service was told; `none` where no report got through. */
  readonly report: HookReportStatus | 'none';
  /** Why no report got through. */
  readonly reportError?: string;
  readonly by: 'checks' | 'outcome' | 'guardian';
  /** Enforcement was off: the hook reported Succeeded whatever the verdict. */
  readonly override?: Override;
  /** Invocations that the hook took, where it took more than one. */
  readonly invocations?: number;
  /** From the beginning of the first of them. */
  readonly durationMs: number;
  /** Where a gate of a fleet has checked several instances: of at most twenty of them, those first that did not pass; each named with its instance. */
  readonly checks: readonly CheckResult[];
  /** Of a gate of a fleet that has checked instances. */
  readonly instances?: CheckedInstances;
}

/**
 * Deployments that Amazon ECS itself controls: blue/green, linear and canary. Their stages, and what ECS and a Lambda hook say to each other.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/lambda-lifecycle-hooks.html
 */
import type { EcsHookEvent } from './lifecycle';
import type { Finding } from './rollout';

/** A stage of a service deployment, in the order in which ECS plays them. */
export const ECS_NATIVE_STAGES = [
  'RECONCILE_SERVICE',
  'PRE_SCALE_UP',
  'SCALE_UP',
  'POST_SCALE_UP',
  'TEST_TRAFFIC_SHIFT',
  'POST_TEST_TRAFFIC_SHIFT',
  'PRE_PRODUCTION_TRAFFIC_SHIFT',
  'PRODUCTION_TRAFFIC_SHIFT',
  'POST_PRODUCTION_TRAFFIC_SHIFT',
  'BAKE_TIME',
  'CLEAN_UP',
] as const;

export type EcsNativeStageName = (typeof ECS_NATIVE_STAGES)[number];

/** Stages that a Lambda hook may be attached to, in order. */
export const ECS_NATIVE_HOOK_STAGES = [
  'RECONCILE_SERVICE',
  'PRE_SCALE_UP',
  'POST_SCALE_UP',
  'TEST_TRAFFIC_SHIFT',
  'POST_TEST_TRAFFIC_SHIFT',
  'PRE_PRODUCTION_TRAFFIC_SHIFT',
  'PRODUCTION_TRAFFIC_SHIFT',
  'POST_PRODUCTION_TRAFFIC_SHIFT',
] as const satisfies readonly EcsNativeStageName[];

export type EcsNativeHookStage = (typeof ECS_NATIVE_HOOK_STAGES)[number];

/** The stage at which a hook of CodeDeploy's event finds the same state of the world. */
export const NEAREST_STAGE: Readonly<Record<EcsHookEvent, EcsNativeHookStage>> = {
  BeforeInstall: 'PRE_SCALE_UP',
  AfterInstall: 'POST_SCALE_UP',
  AfterAllowTestTraffic: 'POST_TEST_TRAFFIC_SHIFT',
  BeforeAllowTraffic: 'PRE_PRODUCTION_TRAFFIC_SHIFT',
  AfterAllowTraffic: 'POST_PRODUCTION_TRAFFIC_SHIFT',
};

/** What a hook of such deployments has for an event: the real one comes with each invocation. */
export const ECS_NATIVE_EVENT = 'EcsNative';

/** Stages that ECS also plays when it takes a deployment back; there is no stage of a rollback's own. */
export const ECS_NATIVE_ROLLBACK_STAGES: readonly EcsNativeHookStage[] = ['TEST_TRAFFIC_SHIFT', 'PRODUCTION_TRAFFIC_SHIFT'];

/** Weights by the ARN of a service revision, in percent. Empty at the stages that move no traffic of this kind. */
export type TrafficWeights = Readonly<Record<string, number>>;

/** What ECS invokes a hook with. */
export interface EcsNativeHookEvent {
  readonly executionId: string;
  readonly lifecycleStage: EcsNativeHookStage;
  /** ARN of the service deployment. */
  readonly resourceArn: string;
  readonly executionDetails: {
    readonly serviceArn: string;
    /** The revision that the deployment brings, even while it is taken back. */
    readonly targetServiceRevisionArn: string;
    readonly testTrafficWeights: TrafficWeights;
    readonly productionTrafficWeights: TrafficWeights;
  };
  /** What the service definition holds for the hook, merged with what the hook handed over at its last invocation. */
  readonly hookDetails?: Readonly<Record<string, unknown>>;
}

export const ECS_NATIVE_HOOK_STATUSES = ['SUCCEEDED', 'FAILED', 'IN_PROGRESS'] as const;

/** What a hook returns. Anything else, and an error, takes the deployment back. */
export interface EcsNativeHookAnswer {
  readonly hookStatus: (typeof ECS_NATIVE_HOOK_STATUSES)[number];
  /** Seconds until ECS invokes the hook again; only with `IN_PROGRESS`. */
  readonly callBackDelay?: number;
  /** Comes back with the next invocation; only with `IN_PROGRESS`. */
  readonly hookDetails?: Readonly<Record<string, unknown>>;
}

/** Seconds until the next invocation where the hook names none. */
export const DEFAULT_CALL_BACK_DELAY_SECONDS = 30;

/** How long a hook may stay in progress where the service says nothing, in minutes, and what comes then. */
export const DEFAULT_HOOK_TIMEOUT_MINUTES = 1440;

/** Shares and waits that ECS takes where the service names none. */
export const ECS_NATIVE_DEFAULTS = { linearPercent: 10, linearBakeMinutes: 6, canaryPercent: 5, canaryBakeMinutes: 10 } as const;

export type EcsNativeStrategy = 'BLUE_GREEN' | 'LINEAR' | 'CANARY';

export const ECS_NATIVE_STRATEGIES: readonly EcsNativeStrategy[] = ['BLUE_GREEN', 'LINEAR', 'CANARY'];

/**
 * Whether ECS plays this stage to take a deployment back: then the revision that the deployment brings has a weight of 0, and another one all.
 *
 * Documented for `productionTrafficWeights`. That a rollback's `TEST_TRAFFIC_SHIFT` tells it the same way by `testTrafficWeights`, or by the
 * production weights where it has no test weights, is inferred; it is told by the test weights first, since at that stage a production weight of 0
 * would be the rule in a deployment that goes forward.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/lambda-lifecycle-hooks.html#lifecycle-hooks-during-rollback
 */
export function isRollbackInvocation({ lifecycleStage, executionDetails }: EcsNativeHookEvent): boolean {
  if (!ECS_NATIVE_ROLLBACK_STAGES.includes(lifecycleStage)) {
    return false;
  }
  const { targetServiceRevisionArn: target, testTrafficWeights: test, productionTrafficWeights: production } = executionDetails;
  const weights = lifecycleStage === 'TEST_TRAFFIC_SHIFT' && Object.keys(test).length > 0 ? test : production;
  return weights[target] === 0 && Object.entries(weights).some(([revision, weight]) => revision !== target && weight === 100);
}

/** Key of the description in the `Metadata` of `AWS::ECS::Service`. */
export const ECS_NATIVE_METADATA_KEY = 'cdk-greenlight:ecs-native';

/** What the constructs add to what the service itself says in its properties. */
export interface EcsNativeDescription {
  readonly schemaVersion: 1;
  readonly platform: 'ECS';
  readonly controller: 'ECS';
  /** Path of the service's construct in the app: what users name on the command line. */
  readonly name: string;
  readonly findings: readonly Finding[];
}

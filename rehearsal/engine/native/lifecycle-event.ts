/** The event of a lifecycle hook, as the developer guide shows it for every stage. */
import type { EcsNativeHookEvent, EcsNativeHookStage, TrafficWeights } from '../../../lib/model/ecs-native';
import type { ServiceDeploymentPlan } from './service-deployment-plan';
import type { PlannedStage } from './stage-plan';

export interface LifecycleEventFacts {
  readonly planned: PlannedStage;
  readonly serviceArn: string;
  /** Share of production traffic that the new revision has now, in percent. */
  readonly weight: number;
  readonly executionId: string;
  readonly hookDetails: Readonly<Record<string, unknown>> | undefined;
}

/** Weights stand in it at the stages that move traffic, and before production traffic moves; elsewhere they are empty. */
export function lifecycleEvent(plan: ServiceDeploymentPlan, { planned, serviceArn, weight, executionId, hookDetails }: LifecycleEventFacts): EcsNativeHookEvent {
  const { stage, rollback, percent } = planned;
  const production = { PRE_PRODUCTION_TRAFFIC_SHIFT: weight, PRODUCTION_TRAFFIC_SHIFT: percent ?? 100 };
  const test = { TEST_TRAFFIC_SHIFT: rollback === true ? 0 : 100 };
  return {
    executionId,
    lifecycleStage: stage as EcsNativeHookStage,
    resourceArn: plan.deploymentArn,
    executionDetails: {
      serviceArn,
      targetServiceRevisionArn: plan.targetRevision,
      testTrafficWeights: weights(plan, test, stage),
      productionTrafficWeights: weights(plan, production, stage),
    },
    ...(hookDetails === undefined ? {} : { hookDetails }),
  };
}

function weights({ targetRevision, originalRevision }: ServiceDeploymentPlan, byStage: Readonly<Record<string, number>>, stage: string): TrafficWeights {
  const target = byStage[stage];
  return target === undefined ? {} : { [targetRevision]: target, [originalRevision]: 100 - target };
}

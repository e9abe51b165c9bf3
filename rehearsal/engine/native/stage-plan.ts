/** The stages of one service deployment, in order: the two production stages come once for each step of the shift. */
import { ECS_NATIVE_STAGES, type EcsNativeStageName } from '../../../lib/model/ecs-native';
import type { NativeBehaviour } from './native-behaviour';
import type { NativeServiceModel } from './service-model';

export interface PlannedStage {
  readonly stage: EcsNativeStageName;
  /** For the production stages: share of the new revision once the step is done, in percent. */
  readonly percent?: number;
  /** For PRODUCTION_TRAFFIC_SHIFT: the wait until the next step. */
  readonly waitMs?: number;
  /** Played to take the deployment back. */
  readonly rollback?: true;
}

const MINUTE = 60_000;

/** Shares after each step; the last one is 100, and no wait follows it. */
export function shiftSteps(service: NativeServiceModel, behaviour: NativeBehaviour): readonly { readonly percent: number; readonly waitMs: number }[] {
  const { strategy, stepPercent, stepBakeMinutes } = service;
  if (strategy === 'BLUE_GREEN') {
    return [{ percent: 100, waitMs: 0 }];
  }
  if (strategy === 'CANARY') {
    const percent = stepPercent ?? behaviour.canaryPercent;
    const waitMs = (stepBakeMinutes ?? behaviour.canaryBakeMinutes) * MINUTE;
    return percent >= 100 ? [{ percent: 100, waitMs: 0 }] : [{ percent, waitMs }, { percent: 100, waitMs: 0 }];
  }
  const step = stepPercent ?? behaviour.linearPercent;
  const waitMs = (stepBakeMinutes ?? behaviour.linearBakeMinutes) * MINUTE;
  // In tenths of a percent, which are what a step is counted in: sums of fractions would miss 100.
  const tenths = Math.round(step * 10);
  return Array.from({ length: Math.ceil(1000 / tenths) }, (_, index) => Math.min(1000, (index + 1) * tenths)).map((share) => ({
    percent: share / 10,
    waitMs: share === 1000 ? 0 : waitMs,
  }));
}

export function forwardStages(service: NativeServiceModel, behaviour: NativeBehaviour): readonly PlannedStage[] {
  const steps = shiftSteps(service, behaviour);
  return ECS_NATIVE_STAGES.flatMap((stage): readonly PlannedStage[] => {
    switch (stage) {
      case 'RECONCILE_SERVICE':
        return behaviour.reconcileIsPlayed ? [{ stage }] : [];
      case 'TEST_TRAFFIC_SHIFT':
      case 'POST_TEST_TRAFFIC_SHIFT':
        return service.hasTestListener || behaviour.testStagesWithoutTestListener ? [{ stage }] : [];
      case 'PRE_PRODUCTION_TRAFFIC_SHIFT':
        // With the stage that follows it, step by step.
        return steps.flatMap(({ percent, waitMs }) => [
          { stage, percent },
          { stage: 'PRODUCTION_TRAFFIC_SHIFT' as const, percent, waitMs },
        ]);
      case 'PRODUCTION_TRAFFIC_SHIFT':
        return [];
      default:
        return [{ stage }];
    }
  });
}

/** What is played to take a deployment back, from where traffic is. */
export function rollbackStages(moved: { readonly production: boolean; readonly test: boolean; readonly tasks: boolean }, behaviour: NativeBehaviour): readonly PlannedStage[] {
  const every = behaviour.rollbackReplaysUnmovedStages;
  const production: PlannedStage[] = moved.production || every ? [{ stage: 'PRODUCTION_TRAFFIC_SHIFT', percent: 0, waitMs: 0, rollback: true }] : [];
  const test: PlannedStage[] = moved.test || every ? [{ stage: 'TEST_TRAFFIC_SHIFT', rollback: true }] : [];
  const shifts = behaviour.rollbackOrder === 'productionFirst' ? [...production, ...test] : [...test, ...production];
  return [...shifts, ...(moved.tasks ? [{ stage: 'CLEAN_UP', rollback: true } as const] : [])];
}

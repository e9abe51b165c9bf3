/** What one service deployment is to do, and what is known of its stages. */
import type { LifecycleEventStatus } from '../../../lib/model/status';
import type { ReleaseId } from '../ports';
import type { HookRunRecord } from './hook-run';
import type { PlannedStage } from './stage-plan';

export interface ServiceDeploymentPlan {
  readonly deploymentId: string;
  readonly deploymentArn: string;
  readonly release: { readonly id: ReleaseId; readonly startupMs: number };
  readonly description?: string;
  /** Names of the target groups, and the revisions whose tasks are in them. */
  readonly original: string;
  readonly replacement: string;
  readonly originalRevision: string;
  readonly targetRevision: string;
}

export interface StageRecord extends PlannedStage {
  readonly status: LifecycleEventStatus;
  readonly start?: number;
  readonly end?: number;
  readonly hooks: readonly HookRunRecord[];
}

/**
 * Two Auto Scaling groups of which one serves at a time: what brings the other one down after a deployment, and how it is asked.
 *
 * A deployment begins with scaling the idle one up, by whatever starts the deployment. Its end is an event of EventBridge, which starts a state machine: the function looks what has
 * become of the deployment, and says how long to wait before it is asked again.
 */
import type { StateChangeEvent } from './gates';

/** Environment variables of the function that settles a fleet. */
export const FLEET_ENV = {
  application: 'GREENLIGHT_APPLICATION',
  deploymentGroup: 'GREENLIGHT_DEPLOYMENT_GROUP',
  /** JSON: the names of the two groups. */
  autoScalingGroups: 'GREENLIGHT_AUTO_SCALING_GROUPS',
  /** Seconds for which the originals live on after a deployment that succeeded; `keep` to leave them running. */
  terminationWait: 'GREENLIGHT_TERMINATION_WAIT',
} as const;

/** What an execution goes on with after its first state; its input is the event itself. */
export interface FleetExecutionInput {
  readonly event: StateChangeEvent;
  readonly step: { readonly memory: object };
}

/** What the state machine sends to the function. */
export interface FleetStepEvent {
  readonly event: StateChangeEvent;
  /** When the execution began, an ISO 8601 moment by the clock of Step Functions. */
  readonly startedAt: string;
  readonly memory: object;
}

/** What a step returns. */
export type FleetStepReturn = { readonly done: true; readonly memory: object; readonly why: string } | { readonly done: false; readonly waitSeconds: number; readonly memory: object };

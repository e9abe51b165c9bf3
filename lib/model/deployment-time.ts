/**
 * How long a deployment of an ECS service, or of a Lambda alias, takes at the longest, as far as the service's limits and the rollout bound it, and into how many
 * segments CloudFormation's wait for it is cut.
 *
 * @see https://docs.aws.amazon.com/codedeploy/latest/userguide/limits.html
 */
import type { Completion } from './deployment-request';
import { SEGMENT_SECONDS } from './deployment-request';
import { ECS_LIFECYCLE_EVENTS, LAMBDA_LIFECYCLE_EVENTS } from './lifecycle';
import { HOOK_REPORT_TIMEOUT_SECONDS, INSTALL_TIMEOUT_SECONDS } from './limits';
import type { TrafficRouting } from './traffic';
import { trafficSteps } from './traffic';

/** What the service itself takes, in seconds. */
export interface ServiceTimes {
  /** Until the replacement tasks are healthy. */
  readonly install: number;
  /** An event without a hook, the gap before the next one, or an increment of traffic. */
  readonly event: number;
  /** The rollback deployment of a deployment that failed. */
  readonly rollback: number;
}

/**
 * The service's limits where it has one, else what was observed, rounded up.
 *
 * - `install`: the service gives up after 60 minutes. A Fargate task takes about two, so that this is also room for what is not counted: a
 *   service that is being scaled, for whose steady state CodeDeploy waits.
 * - `event`: events without a hook were seen to take 0.25 s, with gaps of 0.15 s.
 * - `rollback`: rollback deployments of ECS, which only move traffic back, were seen to take 3 s.
 *
 * @see https://docs.aws.amazon.com/codedeploy/latest/userguide/troubleshooting-ecs.html
 */
export const SERVICE_TIMES: ServiceTimes = { install: INSTALL_TIMEOUT_SECONDS, event: 5, rollback: 60 };

/** What of a rollout takes time. */
export interface RolloutTimes {
  readonly traffic: TrafficRouting;
  /** What each hook takes at the longest. */
  readonly hooks: readonly { readonly seconds: number }[];
  /** Absent: no wait. */
  readonly approvalWaitMinutes?: number;
  readonly terminationWaitMinutes: number;
}

/**
 * The longest that CloudFormation may have to wait for a deployment that the service itself has not given up, in seconds.
 *
 * A deployment of somebody else that runs when ours is due is not counted: nothing bounds it.
 */
export function longestWaitSeconds(rollout: RolloutTimes, completion: Completion, service: ServiceTimes = SERVICE_TIMES): number {
  if (completion === 'STARTED') {
    return 0;
  }
  const steps = trafficSteps(rollout.traffic);
  const shifted =
    service.install +
    (ECS_LIFECYCLE_EVENTS.length + steps.length) * service.event +
    rollout.hooks.reduce((sum, { seconds }) => sum + seconds, 0) +
    (rollout.approvalWaitMinutes ?? 0) * 60 +
    steps.at(-1)!.atSeconds +
    service.rollback;
  return completion === 'TRAFFIC_SHIFTED' ? shifted : shifted + rollout.terminationWaitMinutes * 60;
}

/** What of a rollout of an alias takes time. */
export type AliasTimes = Pick<RolloutTimes, 'traffic' | 'hooks'>;

/** The same for an alias: there is nothing to install, and nothing to terminate, so that a deployment has ended when traffic is shifted and the hook after that has passed. */
export function longestAliasWaitSeconds({ traffic, hooks }: AliasTimes, completion: Completion, service: Pick<ServiceTimes, 'event' | 'rollback'> = SERVICE_TIMES): number {
  if (completion === 'STARTED') {
    return 0;
  }
  const steps = trafficSteps(traffic);
  return (LAMBDA_LIFECYCLE_EVENTS.length + steps.length) * service.event + hooks.reduce((sum, { seconds }) => sum + seconds, 0) + steps.at(-1)!.atSeconds + service.rollback;
}

/** Segments of a wait: the resource that starts the deployment is the first of them. */
export const waitSegments = (seconds: number): number => Math.max(1, Math.ceil(seconds / SEGMENT_SECONDS));

/** How a hook runs, as far as that bounds it. */
export interface HookRun {
  /** How late its invocation may begin. */
  readonly lateSeconds: number;
  /** What its function takes at the longest, all invocations together; absent where that is not known. */
  readonly runSeconds?: number;
  /** Whether the guardian reports for it when it dies. */
  readonly guarded: boolean;
  /** Whether the report comes by other means, at any moment. */
  readonly reportsLater: boolean;
}

/** Until the guardian has reported for a hook that died: its own time-out of a minute, and Lambda's way to it. */
const GUARDIAN_SECONDS = 120;

/** From the service's invocation of a hook to a report, at the longest; the service gives up after an hour. */
export function longestHookSeconds({ lateSeconds, runSeconds, guarded, reportsLater }: HookRun): number {
  return reportsLater || !guarded || runSeconds === undefined
    ? HOOK_REPORT_TIMEOUT_SECONDS
    : Math.min(HOOK_REPORT_TIMEOUT_SECONDS, lateSeconds + runSeconds + GUARDIAN_SECONDS);
}

/** What a hook does between its event and its report, in the time that one invocation has for it. */
import type { HookEvent } from '../../lib/model/hook-contract';
import { REPORT_RESERVE } from '../../lib/model/hook-contract';
import { MAX_INVOCATIONS } from '../../lib/model/limits';
import { ROLLBACK_CREATOR } from '../../lib/model/status';
import { consult } from './break-glass/break-glass';
import type { HandOver, Turn } from './continuation';
import { within } from './deadline';
import { creatorOf } from './deployment-facts';
import { ConfigurationError, describeError, HandOverFailure, Overdue } from './failures';
import type { Judgement } from './judgement';
import { judged } from './judgement';
import type { Environment, HookPorts, SelfInvoker } from './ports';
import type { Subject } from './publish';
import { requireIdentity, runsInRollback } from './settings';

/** Out of the reserve: how long work that ran out of time may take to say how far it came. */
export const WORK_GRACE_MS = 1_000;

/** Of the time for the work, the share in which the override may be read. */
const OVERRIDE_SHARE = 0.1;

/** Before the work's time is up: what an attempt may take beyond its own time, such as judging an answer. */
export const HAND_OVER_MARGIN_MS = 5_000;

export interface WorkBounds {
  /** Aborted when the time for the work is up. */
  readonly signal: AbortSignal;
  readonly turn: Turn;
  /** As a function of the deployment's own rollout has it. */
  readonly environment?: Environment;
  /** Moment of the clock by which the work may hand over, where another invocation can go on. */
  readonly handOverAt?: number;
  /** Where the service itself invokes the hook again: for no longer than it is asked to wait, as often as it takes. */
  readonly recall?: Recall;
}

export interface Recall {
  /** A rest at least this long is handed over, so that no function runs meanwhile. */
  readonly restMs: number;
  /** Longest time that can lie between two invocations. */
  readonly longestGapMs: number;
}

/** What a hook does between its event and its report. A throw is a failed validation. */
export type HookWork = (hook: HookEvent, bounds: WorkBounds) => Promise<Judgement | HandOver>;

export interface HookDefinition {
  readonly by: 'checks' | 'outcome';
  readonly environment: Environment;
  readonly ports: HookPorts;
  readonly work: HookWork;
  /** Absent: the work must end within one invocation. */
  readonly self?: SelfInvoker;
}

/** One invocation of a hook. */
export interface Invocation {
  readonly turn: Turn;
  readonly remaining: number;
}

/** Time for the work out of what remains of the invocation. */
export function workBudget(remainingMs: number): number {
  return remainingMs - Math.max(REPORT_RESERVE.minimumMs, remainingMs * REPORT_RESERVE.share);
}

/** Binds an override for the next deployment to this one before its checks begin. Whether it holds is asked again when they have ended. */
async function announceOverride({ ports, environment }: HookDefinition, deploymentId: string, budget: number): Promise<void> {
  const override = await consult(ports, environment, { deploymentId, until: ports.clock.now() + budget * OVERRIDE_SHARE });
  if (override !== undefined) {
    const { by, reason, parameter } = override;
    ports.log.warn('enforcement is off for this deployment; the checks are played, and decide nothing', { deploymentId, by, reason, parameter });
  }
}

/** @throws ConfigurationError where no time is left for the work */
export function requireBudget(remainingMs: number, budget: number): void {
  if (budget <= 0) {
    throw new ConfigurationError(
      `the function has ${Math.round(remainingMs)} ms, of which ${REPORT_RESERVE.minimumMs} ms are kept back to report; raise its time-out`,
    );
  }
}

/** The work's judgement, or what it hands over; every error becomes a failed judgement. */
export async function judge(definition: HookDefinition, subject: Subject, { turn, remaining }: Invocation): Promise<Judgement | HandOver> {
  const { ports, self } = definition;
  const budget = workBudget(remaining);
  try {
    requireIdentity(subject.identity);
    requireBudget(remaining, budget);
    const until = ports.clock.now() + budget - HAND_OVER_MARGIN_MS;
    const handOver = self === undefined || turn.invocation >= MAX_INVOCATIONS ? {} : { handOverAt: until };
    return await within(ports.clock, { ms: budget, graceMs: WORK_GRACE_MS }, (signal) => work(definition, subject, budget, { signal, turn, ...handOver }));
  } catch (error) {
    return judged('fail', failureReason(error, budget));
  }
}

async function work(definition: HookDefinition, { hook }: Subject, budget: number, bounds: WorkBounds): Promise<Judgement | HandOver> {
  const runs = runsInRollback(definition.environment);
  // The first invocation has found out for the others.
  const creator = bounds.turn.invocation > 1 ? undefined : await creatorOf(definition.ports, hook.DeploymentId, { ms: budget, signal: bounds.signal });
  if (creator === ROLLBACK_CREATOR && !runs) {
    return { ...judged('pass', `not run: ${hook.DeploymentId} is a rollback (its creator is ${ROLLBACK_CREATOR}), which nothing should hold up`), exempt: true };
  }
  if (bounds.turn.invocation === 1) {
    await announceOverride(definition, hook.DeploymentId, budget);
  }
  return definition.work(hook, { ...bounds, environment: definition.environment });
}

/** Why a validation failed whose work threw. */
export function failureReason(error: unknown, budget: number, who = 'the hook'): string {
  if (error instanceof ConfigurationError) {
    return `bad configuration: ${error.message}`;
  }
  if (error instanceof HandOverFailure) {
    return handOverReason(error);
  }
  if (error instanceof Overdue) {
    return `${who} did not finish within the ${Math.round(budget)} ms that it has before it must report`;
  }
  return `${who} was stopped by an error: ${describeError(error)}`;
}

export const handOverReason = (error: HandOverFailure): string => `the checks could not be gone on with: ${describeError(error)}`;

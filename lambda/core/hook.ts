import type { HookEvent, HookReturn } from '../../lib/model/hook-contract';
import { REPORT_RESERVE } from '../../lib/model/hook-contract';
import { ROLLBACK_CREATOR } from '../../lib/model/status';
import { within } from './deadline';
import { ConfigurationError, describeError, Overdue } from './failures';
import { parseHookEvent } from './hook-event';
import type { Judgement } from './judgement';
import { judged, reportStatusFor } from './judgement';
import type { Environment, HookPorts } from './ports';
import type { Subject } from './publish';
import { logVerdict, publishVerdict, report } from './publish';
import { retrying } from './retry';
import { readIdentity, requireIdentity, runsInRollback } from './settings';

/** Out of the reserve: how long work that ran out of time may take to say how far it came. */
export const WORK_GRACE_MS = 1_000;

/** The look-up of the deployment may take this share of the time for the work, and no longer. */
const LOOKUP_SHARE = 0.25;
const LOOKUP_ATTEMPTS = 4;

/** What a hook does between its event and its report. A throw is a failed validation. */
export type HookWork = (hook: HookEvent, signal: AbortSignal) => Promise<Judgement>;

export interface HookDefinition {
  readonly by: 'checks' | 'outcome';
  readonly environment: Environment;
  readonly ports: HookPorts;
  readonly work: HookWork;
}

export interface HookContext {
  getRemainingTimeInMillis(): number;
}

/**
 * The envelope of a hook: its status begins as failed, its work ends in time, and whatever happens is reported once.
 *
 * Resolves with `reported: false` where no report got through; the guardian takes that up.
 */
export function makeHook(definition: HookDefinition): (event: unknown, context: HookContext) => Promise<HookReturn> {
  const { ports, environment, by } = definition;
  return async (event, context) => {
    const startedAt = ports.clock.now();
    const remaining = Math.max(0, context.getRemainingTimeInMillis());
    const parsed = parseHookEvent(event);
    if (parsed.kind === 'unreportable') {
      ports.log.error(`malformed hook event, and nothing to report to: ${parsed.problem}`);
      return { greenlight: { reported: false, status: 'Failed' } };
    }

    const subject: Subject = { by, identity: readIdentity(environment), hook: parsed.hook, startedAt, endsAt: startedAt + remaining };
    const malformed = parsed.kind === 'malformed' ? judged('fail', `malformed hook event: ${parsed.problem}`) : undefined;
    const judgement = malformed ?? (await judge(definition, subject, remaining));

    const reported = await report(ports, subject, judgement);
    const record = logVerdict(ports, subject, judgement, reported);
    await publishVerdict(ports, subject, record, reported);
    return { greenlight: { reported: reported.end !== 'unreported', status: reportStatusFor(judgement.verdict) } };
  };
}

/** Time for the work out of what remains of the invocation. */
export function workBudget(remainingMs: number): number {
  return remainingMs - Math.max(REPORT_RESERVE.minimumMs, remainingMs * REPORT_RESERVE.share);
}

/** @throws ConfigurationError where no time is left for the work */
export function requireBudget(remainingMs: number, budget: number): void {
  if (budget <= 0) {
    throw new ConfigurationError(
      `the function has ${Math.round(remainingMs)} ms, of which ${REPORT_RESERVE.minimumMs} ms are kept back to report; raise its time-out`,
    );
  }
}

/** The work's judgement; every error becomes a failed one. */
async function judge(definition: HookDefinition, subject: Subject, remaining: number): Promise<Judgement> {
  const budget = workBudget(remaining);
  try {
    requireIdentity(subject.identity);
    requireBudget(remaining, budget);
    return await within(definition.ports.clock, { ms: budget, graceMs: WORK_GRACE_MS }, (signal) => work(definition, subject, budget, signal));
  } catch (error) {
    return judged('fail', failureReason(error, budget));
  }
}

async function work(definition: HookDefinition, subject: Subject, budget: number, signal: AbortSignal): Promise<Judgement> {
  const runs = runsInRollback(definition.environment);
  const creator = await creatorOf(definition.ports, subject.hook.DeploymentId, budget, signal);
  if (creator === ROLLBACK_CREATOR && !runs) {
    return judged('pass', `not run: ${subject.hook.DeploymentId} is a rollback (its creator is ${ROLLBACK_CREATOR}), which nothing should hold up`);
  }
  return definition.work(subject.hook, signal);
}

/** Undefined where it cannot be found out: then the work decides, as in any other deployment. */
async function creatorOf(ports: HookPorts, deploymentId: string, budget: number, signal: AbortSignal): Promise<string | undefined> {
  try {
    const until = ports.clock.now() + budget * LOOKUP_SHARE;
    return await retrying(ports, { until, attempts: LOOKUP_ATTEMPTS, signal }, (inner) => ports.deployments.creatorOf(deploymentId, inner));
  } catch (error) {
    ports.log.warn('the creator of the deployment is unknown; it is validated as if it were no rollback', { deploymentId, error: describeError(error) });
    return undefined;
  }
}

/** Why a validation failed whose work threw. */
export function failureReason(error: unknown, budget: number): string {
  if (error instanceof ConfigurationError) {
    return `bad configuration: ${error.message}`;
  }
  if (error instanceof Overdue) {
    return `the hook did not finish within the ${Math.round(budget)} ms that it has before it must report`;
  }
  return `the hook was stopped by an error: ${describeError(error)}`;
}

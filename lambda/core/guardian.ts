/** Answers for hooks that ended without a report, so that CodeDeploy does not wait its hour for them. */
import type { GuardedHook } from '../../lib/model/hook-contract';
import { ENV } from '../../lib/model/hook-contract';
import { ECS_HOOK_EVENTS } from '../../lib/model/lifecycle';
import { HOOK_REPORT_TIMEOUT_SECONDS, MAX_INVOCATIONS } from '../../lib/model/limits';
import { ruled } from './conclude';
import type { DestinationRecord } from './destination-record';
import { parseDestinationRecord, unqualifiedArn } from './destination-record';
import { ConfigurationError } from './failures';
import type { HookContext } from './hook';
import { judged } from './judgement';
import type { Environment, HookPorts, LogFields } from './ports';
import type { Subject } from './publish';
import { logVerdict, notifyOverride, publishVerdict, report } from './publish';
import { jsonVariable, readIdentity } from './settings';
import { ownerOf } from './shared';
import { excerpt, quoted } from './text';

/** A user's error may hold anything; this much of it is shown. */
const MAX_MESSAGE_LENGTH = 300;

/** Of its time, the share in which the guardian of several rollouts may ask which of them a deployment is of. It reports in any case. */
const OWNER_SHARE = 0.3;

/** How Lambda names and words the end of a function at its time-out. */
const TIMED_OUT_TYPE = 'Sandbox.Timedout';
const TIMED_OUT_TEXT = /Task timed out after ([\d.]+) seconds/;

export interface GuardianDefinition {
  readonly environment: Environment;
  readonly ports: HookPorts;
}

/**
 * The handler of the destination.
 *
 * Throws where its configuration cannot be read or its report did not get through: Lambda then tries it again.
 */
export function makeGuardian(definition: GuardianDefinition): (event: unknown, context: HookContext) => Promise<void> {
  const { ports, environment } = definition;
  return async (event, context) => {
    const startedAt = ports.clock.now();
    const record = parseDestinationRecord(event);
    if (typeof record === 'string') {
      ports.log.error(`not a record of an asynchronous invocation, nothing is reported: ${record}`);
      return;
    }
    const guarded = guardedHooks(environment).find(({ functionArn }) => unqualifiedArn(functionArn) === record.functionArn);
    if (guarded === undefined) {
      ports.log.warn('a function that this guardian does not answer for, nothing is reported', { functionArn: excerpt(record.functionArn, MAX_MESSAGE_LENGTH) });
      return;
    }
    const reason = reasonToReport(record, guarded);
    if (reason === undefined || record.hook === undefined) {
      ports.log.info(reason === undefined ? 'the hook has reported, or will' : 'the function was not invoked by CodeDeploy', facts(record, guarded));
      return;
    }
    const remaining = Math.max(0, context.getRemainingTimeInMillis());
    const owner = await ownerOf(ports, environment, record.hook.DeploymentId, startedAt + remaining * OWNER_SHARE);
    const known = 'problem' in owner ? { environment, reason: `${reason}; ${owner.problem}` } : { ...owner, reason };
    const identity = { ...readIdentity(known.environment), event: guarded.event };
    await answer(definition, { by: 'guardian', identity, hook: record.hook, startedAt, endsAt: startedAt + remaining }, known.reason);
  };
}

/** Why the hook has to be reported as failed; undefined where it has not. */
export function reasonToReport(record: DestinationRecord, guarded: GuardedHook): string | undefined {
  const hook = `hook ${nameOf(record)}${record.invocation === undefined ? '' : `, in its invocation ${record.invocation},`}`;
  if (record.condition === 'Success') {
    return record.reported || record.idle || guarded.reportsLater ? undefined : unreported(hook, record);
  }
  // Better a report too many, which the service refuses where there was one, than an hour of silence.
  return record.reported && !FAILED.includes(record.condition) ? undefined : howItFailed(record, hook, 'reporting');
}

/** Name of the function. */
export const nameOf = ({ functionArn }: DestinationRecord): string => functionArn.split(':')[6] ?? functionArn;

/** Conditions that say that an invocation came to nothing. */
const FAILED: readonly string[] = ['EventAgeExceeded', 'RetriesExhausted'];

/** How an invocation came to nothing, in words; `deed` is what it has left undone. */
export function howItFailed(record: DestinationRecord, who: string, deed: string): string {
  if (record.condition === 'EventAgeExceeded') {
    return `${who} could not be started: its event became too old while Lambda throttled it (event age exceeded)`;
  }
  if (record.condition !== 'RetriesExhausted') {
    return `${who} ended without ${deed}, for a reason that is not known here (condition ${record.condition})`;
  }
  const seconds = TIMED_OUT_TEXT.exec(record.errorMessage ?? '')?.[1];
  if (seconds !== undefined || record.errorType === TIMED_OUT_TYPE) {
    return `${who} timed out${seconds === undefined ? '' : ` after ${Number(seconds)} s`} without ${deed}`;
  }
  const message = record.errorMessage === undefined ? 'no message' : excerpt(record.errorMessage, MAX_MESSAGE_LENGTH);
  return `${who} crashed without ${deed}: ${excerpt(record.errorType ?? 'unknown error', MAX_MESSAGE_LENGTH)}: ${message}`;
}

/** A hook that goes on is waited for, but not for ever: each invocation comes to the guardian, and none after the service's hour is of any use. */
function unreported(hook: string, { continued }: DestinationRecord): string | undefined {
  if (continued === undefined) {
    return `${hook} returned without reporting`;
  }
  const { invocation, elapsedMs } = continued;
  const seconds = Math.round(elapsedMs / 1_000);
  return invocation <= MAX_INVOCATIONS && seconds < HOOK_REPORT_TIMEOUT_SECONDS
    ? undefined
    : `${hook} says that it goes on in invocation ${invocation}, ${seconds} s after it began; at most ${MAX_INVOCATIONS} and ${HOOK_REPORT_TIMEOUT_SECONDS} s are waited for`;
}

async function answer({ ports, environment }: GuardianDefinition, subject: Subject, reason: string): Promise<void> {
  const judgement = await ruled(ports, environment, subject, judged('fail', reason));
  const reported = await report(ports, subject, judgement);
  if (reported.end === 'alreadyCompleted') {
    ports.log.info('the hook had been reported before', { deploymentId: subject.hook.DeploymentId, event: subject.identity.event });
    return;
  }
  const record = logVerdict(ports, subject, judgement, reported);
  if (reported.end === 'unreported') {
    throw new Error(`the report for ${subject.hook.DeploymentId} did not get through: ${reported.error}`);
  }
  await publishVerdict(ports, subject, record, reported);
  await notifyOverride(ports, subject, judgement, { record, reported });
}

function guardedHooks(environment: Environment): readonly GuardedHook[] {
  const hooks = jsonVariable(environment, ENV.hooks);
  if (!Array.isArray(hooks) || !hooks.every(isGuardedHook)) {
    const got = hooks === undefined ? 'nothing' : quoted(JSON.stringify(hooks));
    throw new ConfigurationError(`environment variable ${ENV.hooks} must hold a list of { functionArn, event, reportsLater }, got ${got}`);
  }
  return hooks;
}

function isGuardedHook(value: unknown): value is GuardedHook {
  const { functionArn, event, reportsLater } = (value ?? {}) as Partial<Record<keyof GuardedHook, unknown>>;
  return typeof functionArn === 'string' && ECS_HOOK_EVENTS.some((known) => known === event) && typeof reportsLater === 'boolean';
}

function facts(record: DestinationRecord, guarded: GuardedHook): LogFields {
  const deployment: LogFields = record.hook === undefined ? {} : { deploymentId: record.hook.DeploymentId };
  return { functionArn: record.functionArn, event: guarded.event, condition: record.condition, ...deployment };
}

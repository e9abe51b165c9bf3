/** What follows a judgement, in this order: report, log line, metric, alarm, event. Only the report decides; nothing after it throws. */
import type { HookEvent, VerdictRecord } from '../../lib/model/hook-contract';
import { describeError, Overdue, ServiceFailure } from './failures';
import { notification } from './break-glass/overridden';
import type { GrantedOverride, Judgement } from './judgement';
import { reportStatusFor, reportStatusOf } from './judgement';
import type { HookPorts } from './ports';
import { boundedForEvent } from './record';
import { retrying } from './retry';
import type { HookIdentity } from './settings';
import { excerpt } from './text';

/** What was to be decided is decided already: the event was reported before, or ended by the service; the deployment of a gate waits no longer, or is over. */
const ALREADY_COMPLETED: readonly string[] = ['LifecycleEventAlreadyCompletedException', 'DeploymentAlreadyCompletedException', 'DeploymentIsNotInReadyStateException'];

/** Longest reason that SetAlarmState takes, in characters. */
export const MAX_STATE_REASON_LENGTH = 1023;

/** Kept back so that the log line is written before the function is killed. */
const TAIL_MS = 1_000;

/** Metric, alarm and event inform; they get a few attempts, and never the time of a report. */
const TELEMETRY_ATTEMPTS = 3;

export type ReportEnd =
  | { readonly end: 'accepted' | 'alreadyCompleted' }
  | { readonly end: 'unreported'; readonly error: string };

export interface Subject {
  readonly by: VerdictRecord['by'];
  readonly identity: HookIdentity;
  readonly hook: HookEvent;
  /** Number of this invocation of the hook. @default 1 */
  readonly invocation?: number;
  /** Moments of the clock: when the hook began, and when Lambda will end it. */
  readonly startedAt: number;
  readonly endsAt: number;
}

export type PublishPorts = Omit<HookPorts, 'deployments'>;

/** Reports once: retried while time remains, and an event that is over already counts as reported. */
export async function report(ports: PublishPorts, subject: Subject, judgement: Judgement): Promise<ReportEnd> {
  const status = reportStatusOf(judgement);
  try {
    await retrying(ports, { until: subject.endsAt - TAIL_MS }, (signal) => ports.reporter.putStatus(subject.hook, status, signal));
    return { end: 'accepted' };
  } catch (error) {
    if (error instanceof ServiceFailure && ALREADY_COMPLETED.includes(error.code)) {
      return { end: 'alreadyCompleted' };
    }
    return { end: 'unreported', error: describeError(error) };
  }
}

/** Writes the one log line of a verdict. */
export function logVerdict(ports: PublishPorts, subject: Subject, judgement: Judgement, reported: ReportEnd): VerdictRecord {
  const record: VerdictRecord = {
    schemaVersion: 1,
    rollout: subject.identity.rollout,
    event: subject.identity.event,
    deploymentId: subject.hook.DeploymentId,
    verdict: judgement.verdict,
    reason: judgement.reason,
    report: reported.end === 'unreported' ? 'none' : reportStatusOf(judgement),
    ...(reported.end === 'unreported' ? { reportError: reported.error } : {}),
    by: subject.by,
    ...(judgement.override === undefined ? {} : { override: bare(judgement.override) }),
    ...((subject.invocation ?? 1) > 1 ? { invocations: subject.invocation } : {}),
    durationMs: Math.round(ports.clock.now() - subject.startedAt),
    checks: judgement.checks,
    ...(judgement.instances === undefined ? {} : { instances: judgement.instances }),
  };
  ports.log.verdict(record);
  return record;
}

/**
 * Metric, on failure the alarm, and the event. A failure here is a warning in the log. An event that was over before is not
 * ours to judge any more: metric and alarm would stop the deployment that goes on, or the next one.
 */
export async function publishVerdict(ports: PublishPorts, subject: Subject, record: VerdictRecord, reported: ReportEnd): Promise<void> {
  const { application, deploymentGroup, verdictAlarm } = subject.identity;
  const failed = record.override === undefined && reportStatusFor(record.verdict) === 'Failed';
  const stands = reported.end !== 'alreadyCompleted';
  const attempt = (what: string, call: (signal: AbortSignal) => Promise<void>) => telemetry(ports, subject, what, call);

  if (stands && application !== '' && deploymentGroup !== '') {
    await attempt('verdict metric', (signal) => ports.verdicts.publish({ application, deploymentGroup, failed }, signal));
  }
  if (stands && failed && verdictAlarm !== '') {
    await attempt('verdict alarm', (signal) => ports.verdicts.raise(verdictAlarm, alarmReason(record), signal));
  }
  await attempt('verdict event', (signal) => ports.events.send(boundedForEvent(record), signal));
}

/** Tells the topic of an override, where there is one and the hook was still waited for. */
export async function notifyOverride(ports: PublishPorts, subject: Subject, { override }: Judgement, told: Told): Promise<void> {
  const { topic } = override ?? {};
  if (topic !== undefined && told.reported.end !== 'alreadyCompleted') {
    await telemetry(ports, subject, 'notification of the override', (signal) => ports.notifier.publish(topic, notification(told.record), signal));
  }
}

interface Told {
  readonly record: VerdictRecord;
  readonly reported: ReportEnd;
}

const bare = ({ by, reason, parameter }: GrantedOverride) => ({ by, reason, parameter });

/** Such as `AfterAllowTestTraffic of d-A1B2C3D4E: orders answers: status was 503, expected 200`. */
export function alarmReason(record: Pick<VerdictRecord, 'event' | 'deploymentId' | 'reason'>): string {
  return excerpt(`${record.event} of ${record.deploymentId}: ${record.reason}`, MAX_STATE_REASON_LENGTH);
}

async function telemetry(ports: PublishPorts, subject: Subject, what: string, call: (signal: AbortSignal) => Promise<void>): Promise<void> {
  try {
    if (ports.clock.now() >= subject.endsAt - TAIL_MS) {
      throw new Overdue('no time was left');
    }
    await retrying(ports, { until: subject.endsAt - TAIL_MS, attempts: TELEMETRY_ATTEMPTS }, call);
  } catch (error) {
    const fields = { deploymentId: subject.hook.DeploymentId, error: describeError(error) };
    ports.log.warn(`${what} was not published; the report to CodeDeploy stands`, fields);
  }
}

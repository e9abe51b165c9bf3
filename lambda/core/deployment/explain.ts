/** Why a deployment did not succeed: what only its target, its hook's log and that of the guardian tell is looked up first, for a while. */
import type { EcsHookEvent } from '../../../lib/model/lifecycle';
import { ECS_HOOK_EVENTS } from '../../../lib/model/lifecycle';
import type { DeploymentFacts, LifecycleEventFacts, Unread } from './facts';
import { failedEvent, isSaid, isUnread } from './facts';
import { explainServers } from './explain-servers';
import { failureReason } from './reason';
import type { Action, Situation } from './situation';
import { fail, LAST_MOMENT_SECONDS, look, noted, pause, secondsSince } from './situation';
import type { Segment } from './segment';

/** How long a failure waits for what explains it, in seconds: a log's line comes some seconds after it was written. */
const EXPLAINED_WITHIN_SECONDS = 20;
const PAUSE_SECONDS = 5;

/** A hook begins after its deployment; the clocks of CodeDeploy and of the log differ a little. */
const CLOCKS_MS = 300_000;

export interface Failure {
  readonly deployment: DeploymentFacts;
  readonly rollback?: DeploymentFacts;
}

export function explain(before: Situation, task: Segment, failure: Failure): Action {
  const s = noted(before, 'failed');
  const patient = secondsSince(s, 'failed') < EXPLAINED_WITHIN_SECONDS && s.elapsed < LAST_MOMENT_SECONDS;
  return failure.deployment.servers === undefined ? explainTarget(s, task, failure, patient) : explainServers(s, task, { ...failure, servers: failure.deployment.servers }, patient);
}

/** The one target of a deployment to a service, or of an alias. */
function explainTarget(s: Situation, task: Segment, failure: Failure, patient: boolean): Action {
  const { events, verdict, guardian } = s.facts;
  const { id, createdAt } = failure.deployment;
  if (events === undefined) {
    return look(s, { at: 'events', id, optional: true });
  }
  if (patient && isUnread(events)) {
    return pause(s, PAUSE_SECONDS);
  }
  const log = unreadLog(s, task, failedHook(events));
  if (log !== undefined) {
    return look(s, { ...log, id, since: (createdAt ?? s.startedAt) - CLOCKS_MS, optional: true });
  }
  // A hook whose log is not ours to read may well have reported by itself: its guardian is not waited for.
  if (patient && verdict !== undefined && !isSaid(verdict) && !isSaid(guardian)) {
    return pause(s, PAUSE_SECONDS);
  }
  if (task.alias !== undefined && s.facts.leftAlias === undefined) {
    return look(s, { at: 'leftAlias', optional: true });
  }
  return fail(failureReason(s, task, { ...failure, events, verdict, guardian, leftAlias: s.facts.leftAlias }));
}

function failedHook(events: readonly LifecycleEventFacts[] | Unread): EcsHookEvent | undefined {
  const failed = failedEvent(events)?.name;
  return ECS_HOOK_EVENTS.find((name) => name === failed);
}

interface HookLog {
  readonly at: 'verdict' | 'guardian';
  readonly event: EcsHookEvent;
  readonly logGroup: string;
}

/** The log to look at next: that of the hook, where it is known; then that of the guardian, which speaks for hooks that do not. */
function unreadLog({ facts }: Situation, { hookLogs, guardianLog }: Segment, event: EcsHookEvent | undefined): HookLog | undefined {
  if (event === undefined || isSaid(facts.verdict)) {
    return undefined;
  }
  const own = hookLogs[event];
  if (own !== undefined && facts.verdict === undefined) {
    return { at: 'verdict', event, logGroup: own };
  }
  return guardianLog === undefined || facts.guardian !== undefined ? undefined : { at: 'guardian', event, logGroup: guardianLog };
}

/** Why a deployment did not succeed: what only its target and its hook's log tell is looked up first, for a while. */
import type { EcsHookEvent } from '../../../lib/model/lifecycle';
import { ECS_HOOK_EVENTS } from '../../../lib/model/lifecycle';
import type { DeploymentFacts, LifecycleEventFacts, Unread } from './facts';
import { failedEvent, isUnread } from './facts';
import { failureReason } from './reason';
import type { Action, Situation } from './situation';
import { fail, LAST_MOMENT_SECONDS, look, noted, pause, secondsSince } from './situation';
import type { Segment } from './task';

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
  const { events, verdict } = s.facts;
  const { id, createdAt } = failure.deployment;
  if (events === undefined) {
    return look(s, { at: 'events', id, optional: true });
  }
  if (patient && isUnread(events)) {
    return pause(s, PAUSE_SECONDS);
  }
  const hook = hookOf(task, events);
  if (hook !== undefined && verdict === undefined) {
    return look(s, { at: 'verdict', id, ...hook, since: (createdAt ?? s.startedAt) - CLOCKS_MS, optional: true });
  }
  if (patient && hook !== undefined && (verdict === 'missing' || isUnread(verdict))) {
    return pause(s, PAUSE_SECONDS);
  }
  return fail(failureReason(s, task, { ...failure, events, verdict }));
}

/** The hook of the event that failed, where its log is known. */
function hookOf({ hookLogs }: Segment, events: readonly LifecycleEventFacts[] | Unread): { readonly event: EcsHookEvent; readonly logGroup: string } | undefined {
  const failed = failedEvent(events)?.name;
  const event = ECS_HOOK_EVENTS.find((name) => name === failed);
  const logGroup = event === undefined ? undefined : hookLogs[event];
  return event === undefined || logGroup === undefined ? undefined : { event, logGroup };
}

/**
 * A request of an update that was cancelled may come to its first step when the stack already rolls back, and then looks like the rollback's own.
 * The events of the stack tell the two apart: what each of the two asked for.
 */
import type { DeploymentProperties } from '../../../lib/model/deployment-request';
import { readAppSpec, sameAppSpec } from './app-spec';
import type { StackEventFacts } from './facts';
import { isUnread } from './facts';
import { phaseOf } from './phase';
import type { Action, Situation } from './situation';
import { fail, look, noted, pause, secondsSince, segmentIsOver } from './situation';
import type { DeployTask } from './task';

/** How long CloudFormation may be asking already before its events show it, in seconds. No source says. */
const SHOWN_WITHIN_SECONDS = 30;
const SHOWN_PAUSE_SECONDS = 15;

const ASKED: readonly string[] = ['CREATE_IN_PROGRESS', 'UPDATE_IN_PROGRESS'];

/** What tells one deployment resource's requests apart, beside the AppSpec. */
const NAMES = ['ApplicationName', 'DeploymentGroupName', 'Cluster', 'Service'] as const satisfies readonly (keyof DeploymentProperties)[];

export const givenUp = ({ facts }: Situation): Action => fail(`the stack is ${facts.stack}: CloudFormation has given this request up, so no deployment is started`);

/**
 * Starts or stops a deployment, unless in a rollback the request is one of the update that is taken back.
 *
 * Where the events cannot be read, or do not tell, the rollback goes on: a deployment too many is stopped again, a rollback that fails leaves the stack
 * in UPDATE_ROLLBACK_FAILED.
 */
export function unlessLate(s: Situation, task: DeployTask, action: Action): Action {
  const { history } = s.facts;
  if (s.memory.phase !== 'rollback') {
    return action;
  }
  if (history === undefined) {
    return look(s, { at: 'history', optional: true });
  }
  const told = isUnread(history) ? 'not shown' : tell(task, history);
  if (told === 'own' || told === 'late') {
    return told === 'own' ? action : givenUp(s);
  }
  const waiting = noted(s, 'not shown');
  if (secondsSince(waiting, 'not shown') < SHOWN_WITHIN_SECONDS && !segmentIsOver(s)) {
    return pause(waiting, SHOWN_PAUSE_SECONDS);
  }
  return told === 'not asked' ? givenUp(s) : action;
}

/** `not asked`: late, as long as no more is shown. `not shown`: what could tell is missing. */
export type Told = 'own' | 'late' | 'not asked' | 'not shown';

/**
 * Late is only what the way forward has asked for, and the way back has not. Of the way back alone it cannot be told: a resource that has failed was
 * seen to be taken back without an event of it (convox/praxis#168).
 *
 * @param history newest first, back to the beginning of the operation
 */
export function tell(task: DeployTask, history: readonly StackEventFacts[]): Told {
  const begun = history.findIndex(({ of, status }) => of === 'stack' && phaseOf(status) === 'forward');
  const events = begun < 0 ? history : history.slice(0, begun);
  // Where a rollback was continued, there are several; the first one of them ended the way forward.
  const turned = events.findLastIndex(({ of, status }) => of === 'stack' && phaseOf(status) === 'rollback');
  const asked = events.map(({ of, status, properties }, index) => ({ back: index < turned, is: of === 'resource' && ASKED.includes(status) ? likeness(properties, task) : undefined }));
  const back = asked.flatMap((each) => (each.back && each.is !== undefined ? [each.is] : []));
  const forth = asked.flatMap((each) => (!each.back && each.is !== undefined ? [each.is] : []));
  if (back.length + forth.length === 0) {
    return 'not shown';
  }
  if (!forth.includes('same') || back.some((is) => is !== 'other')) {
    return 'own';
  }
  return back.length > 0 ? 'late' : turned < 0 ? 'not shown' : 'not asked';
}

/** Whether an event's properties ask for what the request asks for; `unknown` where they are left out, or cut. */
function likeness(properties: string | undefined, { request, wanted }: DeployTask): 'same' | 'other' | 'unknown' {
  const shown = parsed(properties);
  const appSpec = readAppSpec(String(shown?.AppSpec));
  if (shown === undefined || appSpec === undefined) {
    return 'unknown';
  }
  const own = request.ResourceProperties as DeploymentProperties;
  return sameAppSpec(appSpec, wanted) && NAMES.every((name) => shown[name] === own[name]) ? 'same' : 'other';
}

function parsed(text = ''): Partial<Record<string, unknown>> | undefined {
  try {
    return JSON.parse(text) as Partial<Record<string, unknown>>;
  } catch {
    return undefined;
  }
}

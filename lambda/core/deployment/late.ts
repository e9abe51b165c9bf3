/**
 * A request of an update that was cancelled may come to its first step when the stack already rolls back, and then looks like the rollback's own.
 * The events of the stack tell the two apart: what each of the two asked for.
 */
import type { DeploymentProperties } from '../../../lib/model/deployment-request';
import { asksForTheSame } from './alias-task';
import { readAppSpec, sameAppSpec } from './app-spec';
import type { StackEventFacts } from './facts';
import { isUnread } from './facts';
import { phaseOf } from './phase';
import { asksServersForTheSame } from './server-task';
import type { Action, Situation } from './situation';
import { fail, look, noted, pause, secondsSince, segmentIsOver } from './situation';
import type { AnyDeployTask, DeployTask } from './task';

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
export function unlessLate(s: Situation, task: AnyDeployTask, action: Action): Action {
  const { history } = s.facts;
  if (s.memory.phase !== 'rollback') {
    return action;
  }
  if (history === undefined) {
    return look(s, { at: 'history', optional: true });
  }
  const told = isUnread(history) ? 'not shown' : tell(task, history);
  if (told === 'own') {
    return action;
  }
  if (told === 'late') {
    return givenUp(s);
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
export function tell(task: AnyDeployTask, history: readonly StackEventFacts[]): Told {
  const begun = history.findIndex(({ of, status }) => of === 'stack' && phaseOf(status) === 'forward');
  const events = begun < 0 ? history : history.slice(0, begun);
  // Where a rollback was continued, there are several; the first one of them ended the way forward.
  const turned = events.findLastIndex(({ of, status }) => of === 'stack' && phaseOf(status) === 'rollback');
  const all = asked(events, task);
  const back = asked(events.slice(0, Math.max(turned, 0)), task);
  if (all.length === 0) {
    return 'not shown';
  }
  if (!all.includes(true) || back.some((same) => same !== false)) {
    return 'own';
  }
  return back.length > 0 ? 'late' : turned < 0 ? 'not shown' : 'not asked';
}

/** Of each event by which a create or an update begins: whether it asks for what the request asks for; undefined where its properties are left out, or cut. */
function asked(events: readonly StackEventFacts[], task: AnyDeployTask): readonly (boolean | undefined)[] {
  return events.filter(({ status }) => ASKED.includes(status)).map((event) => {
    const shown = propertiesOf(event);
    switch (task.kind) {
      case 'deploy':
        return asksTheSame(shown, task);
      case 'deploy alias':
        return asksForTheSame(shown, task);
      case 'deploy servers':
        return asksServersForTheSame(shown, task);
    }
  });
}

function asksTheSame(shown: Shown, { request, wanted }: DeployTask): boolean | undefined {
  const appSpec = readAppSpec(String(shown.AppSpec));
  const own = request.ResourceProperties as DeploymentProperties;
  return appSpec && sameAppSpec(appSpec, wanted) && NAMES.every((name) => shown[name] === own[name]);
}

type Shown = Partial<Record<string, unknown>>;

function propertiesOf({ properties = '{}' }: StackEventFacts): Shown {
  try {
    return Object(JSON.parse(properties)) as Shown;
  } catch {
    return {};
  }
}

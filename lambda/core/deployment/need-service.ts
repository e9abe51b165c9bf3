/** Whether a service needs a deployment. */
import { onlyHooksDiffer, runsAlready, taskDefinitionOf } from './app-spec';
import type { PrimaryTaskSet } from './facts';
import type { Phase } from './phase';
import type { Action, Situation } from './situation';
import { look, noted, pause, secondsSince, segmentIsOver, succeed } from './situation';
import { nothingToTakeBack, notShown, SECOND_LOOK_SECONDS, start } from './start';
import type { DeployTask } from './task';

/** How long the task set of a deployment that was rolled back may still be shown as ACTIVE, in seconds: it is scaled down and drains. */
const DRAINED_WITHIN_SECONDS = 60;

export function serviceInNeed(s: Situation, task: DeployTask, phase: Phase): Action {
  const { primary } = s.facts;
  const { service, cluster, wanted, appSpec } = task;
  if (primary === undefined) {
    return look(s, { at: 'primary' });
  }
  if (primary === 'missing') {
    return notShown(s, 'no task set', `service ${service} of cluster ${cluster} is not there, or has no PRIMARY task set; create it with the CODE_DEPLOY deployment controller`);
  }
  if (needed(task, primary, phase)) {
    return start(s, task, { appSpec });
  }
  if (phase === 'forward') {
    return succeed('', `the service already runs ${taskDefinitionOf(wanted)}`);
  }
  return primary.beside === true ? halfWay(noted(s, 'beside'), task) : nothingToTakeBack(s, `the service runs ${taskDefinitionOf(wanted)} again`);
}

function needed({ wanted, before }: DeployTask, primary: PrimaryTaskSet, phase: Phase): boolean {
  if (phase === 'rollback') {
    return !runsAlready(wanted, primary, undefined);
  }
  return !runsAlready(wanted, primary, before) || (before !== undefined && onlyHooksDiffer(before, wanted));
}

/** A deployment that was stopped without a rollback has left its task set, and perhaps traffic on it: that is not taken back until one deployment more. */
function halfWay(s: Situation, task: DeployTask): Action {
  return secondsSince(s, 'beside') < DRAINED_WITHIN_SECONDS && !segmentIsOver(s) ? pause(s, SECOND_LOOK_SECONDS) : start(s, task, { appSpec: task.appSpec });
}

/** From a request to its deployment: whether there is one already, whether one is needed, and whether it is its turn. */
import { onlyHooksDiffer, runsAlready, taskDefinitionOf } from './app-spec';
import type { DeploymentFacts, PrimaryTaskSet } from './facts';
import { follow } from './follow';
import { givenUp, unlessLate } from './late';
import { markOf, readMark } from './mark';
import type { Phase } from './phase';
import { phaseOf } from './phase';
import { settle } from './settle';
import type { Action, Situation } from './situation';
import { fail, forgotten, look, minutes, noted, pause, poll, secondsSince, segmentIsOver, stamped, succeed } from './situation';
import type { DeployTask } from './task';

/**
 * How long a deployment may be there before the lists show it, in seconds, with the time of the call that started it. No source says; and the group
 * refuses a second deployment only while the first one runs.
 */
const LISTED_WITHIN_SECONDS = 30;
const LISTED_PAUSE_SECONDS = 15;

/** How long a service may be there before it is shown with its task set, in seconds. */
const SERVICE_SHOWN_SECONDS = 120;
const SERVICE_PAUSE_SECONDS = 10;

/** How long the task set of a deployment that was rolled back may still be shown as ACTIVE, in seconds: it is scaled down and drains. */
const DRAINED_WITHIN_SECONDS = 60;

/** Between the two looks of a rollback. */
const SECOND_LOOK_SECONDS = 10;

export function begin(before: Situation, task: DeployTask): Action {
  // A step that died here may have started the deployment.
  const s = before.retries > 0 ? stamped(before, 'asked') : before;
  const inTheWay = s.memory.stopping ?? s.memory.blocker;
  if (inTheWay !== undefined) {
    return blocked(s, task, inTheWay);
  }
  if (s.facts.stack === undefined) {
    return look(s, { at: 'stack' });
  }
  const phase = phaseOf(s.facts.stack);
  if (phase === undefined || (s.memory.phase !== undefined && s.memory.phase !== phase)) {
    return givenUp(s);
  }
  return inTurn({ ...s, memory: { ...s.memory, phase } }, task, phase);
}

/** Waits for a deployment that is in the way, and for its rollback; then decides anew. */
function blocked(s: Situation, task: DeployTask, id: string): Action {
  const settled = settle(s, id);
  switch (settled.state) {
    case 'unknown':
      return look(s, settled.look);
    case 'running':
      return segmentIsOver(s) ? stillInTheWay(s, task, settled.deployment) : poll(s);
    case 'rolling back':
      return segmentIsOver(s) ? stillInTheWay(s, task, settled.deployment) : poll(settled.s);
    default:
      return begin({ ...s, memory: { ...s.memory, blocker: undefined, stopping: undefined, polls: 0 } }, task);
  }
}

const stillInTheWay = ({ elapsed }: Situation, { group }: DeployTask, { id, status }: DeploymentFacts): Action =>
  fail(`after ${minutes(elapsed)}: deployment ${id} of deployment group ${group}, which is not of this request, is still in the way (${status}); ours was not started`);

function inTurn(s: Situation, task: DeployTask, phase: Phase): Action {
  const { marked, running } = s.facts;
  if (marked === undefined) {
    return look(s, { at: 'marked' });
  }
  if (marked !== 'missing') {
    return follow({ ...s, memory: { ...s.memory, deploymentId: marked } }, task, marked);
  }
  if (running === undefined) {
    return look(s, { at: 'running' });
  }
  const [id] = running;
  return id === undefined ? inNeed(s, task, phase) : outOfTheWay(s, task, phase, id);
}

/** Our own deployment for a request that CloudFormation takes back is stopped; every other one is waited for. */
function outOfTheWay(before: Situation, task: DeployTask, phase: Phase, id: string): Action {
  const s = forgotten(before, 'quiet');
  const deployment = s.facts.deployments[id];
  const own = deployment !== undefined && deployment !== 'missing' && readMark(deployment.description)?.resource === markOf(task.request).resource;
  if (phase === 'rollback' && own) {
    return unlessLate(s, task, { do: 'stop', id, why: 'CloudFormation takes back what it was started for', memory: s.memory });
  }
  return blocked({ ...s, memory: { ...s.memory, blocker: id } }, task, id);
}

function inNeed(s: Situation, task: DeployTask, phase: Phase): Action {
  const { primary } = s.facts;
  if (primary === undefined) {
    return look(s, { at: 'primary' });
  }
  if (primary === 'missing') {
    return notShown(noted(s, 'no task set'), task);
  }
  if (needed(task, primary, phase)) {
    return start(s, task);
  }
  if (phase === 'forward') {
    return succeed('', `the service already runs ${taskDefinitionOf(task.wanted)}`);
  }
  return primary.beside === true ? halfWay(noted(s, 'beside'), task) : nothingToTakeBack(noted(s, 'quiet'), task);
}

function notShown(s: Situation, { service, cluster }: DeployTask): Action {
  const reason = `service ${service} of cluster ${cluster} is not there, or has no PRIMARY task set; create it with the CODE_DEPLOY deployment controller`;
  return secondsSince(s, 'no task set') < SERVICE_SHOWN_SECONDS && !segmentIsOver(s) ? pause(s, SERVICE_PAUSE_SECONDS) : fail(reason);
}

function needed({ wanted, before }: DeployTask, primary: PrimaryTaskSet, phase: Phase): boolean {
  if (phase === 'rollback') {
    return !runsAlready(wanted, primary, undefined);
  }
  return !runsAlready(wanted, primary, before) || (before !== undefined && onlyHooksDiffer(before, wanted));
}

/** A deployment that was stopped without a rollback has left its task set, and perhaps traffic on it: that is not taken back until one deployment more. */
function halfWay(s: Situation, task: DeployTask): Action {
  return secondsSince(s, 'beside') < DRAINED_WITHIN_SECONDS && !segmentIsOver(s) ? pause(s, SECOND_LOOK_SECONDS) : start(s, task);
}

/** Looked at twice: the request that is taken back may at this moment be starting its deployment. */
function nothingToTakeBack(s: Situation, { wanted }: DeployTask): Action {
  const why = `the service runs ${taskDefinitionOf(wanted)} again`;
  const once = secondsSince(s, 'quiet') < SECOND_LOOK_SECONDS && !segmentIsOver(s);
  return once ? pause(s, SECOND_LOOK_SECONDS) : succeed('', why);
}

/** Nothing is begun while an earlier try may come to light, or that there is no time to follow. */
function start(s: Situation, task: DeployTask): Action {
  const asked = s.memory.since['asked'] !== undefined && secondsSince(s, 'asked') < LISTED_WITHIN_SECONDS;
  if (segmentIsOver(s)) {
    return fail(`after ${minutes(s.elapsed)}: no deployment was started: ${s.memory.refusal ?? 'there is no time left to follow it'}`);
  }
  return asked ? pause(s, LISTED_PAUSE_SECONDS) : unlessLate(s, task, { do: 'start', memory: s.memory });
}

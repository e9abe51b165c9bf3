/** From a request to its deployment: whether there is one already, whether one is needed, and whether it is its turn. */
import type { DeploymentFacts } from './facts';
import { follow } from './follow';
import { givenUp, unlessLate } from './late';
import { markOf, readMark } from './mark';
import { aliasInNeed } from './need-alias';
import { serverInNeed } from './need-server';
import { serviceInNeed } from './need-service';
import type { Phase } from './phase';
import { phaseOf } from './phase';
import { settle } from './settle';
import type { Action, Situation } from './situation';
import { fail, forgotten, look, minutes, poll, segmentIsOver, stamped } from './situation';
import type { AnyDeployTask } from './task';

export function begin(before: Situation, task: AnyDeployTask): Action {
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
function blocked(s: Situation, task: AnyDeployTask, id: string): Action {
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

const stillInTheWay = ({ elapsed }: Situation, { group }: AnyDeployTask, { id, status }: DeploymentFacts): Action =>
  fail(`after ${minutes(elapsed)}: deployment ${id} of deployment group ${group}, which is not of this request, is still in the way (${status}); ours was not started`);

function inTurn(s: Situation, task: AnyDeployTask, phase: Phase): Action {
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
function outOfTheWay(before: Situation, task: AnyDeployTask, phase: Phase, id: string): Action {
  const s = forgotten(before, 'quiet');
  const deployment = s.facts.deployments[id];
  const own = deployment !== undefined && deployment !== 'missing' && readMark(deployment.description)?.resource === markOf(task.request).resource;
  if (phase === 'rollback' && own) {
    return unlessLate(s, task, { do: 'stop', id, why: 'CloudFormation takes back what it was started for', memory: s.memory });
  }
  return blocked({ ...s, memory: { ...s.memory, blocker: id } }, task, id);
}

function inNeed(s: Situation, task: AnyDeployTask, phase: Phase): Action {
  switch (task.kind) {
    case 'deploy':
      return serviceInNeed(s, task, phase);
    case 'deploy alias':
      return aliasInNeed(s, task, phase);
    case 'deploy servers':
      return serverInNeed(s, task, phase);
  }
}

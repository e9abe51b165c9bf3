/** The end of the resource: what is in flight in its deployment group is stopped, so that group and service can go. */
import { ROLLBACK_CREATOR } from '../../../lib/model/status';
import type { DeploymentFacts } from './facts';
import { markOf, readMark } from './mark';
import { isCleanup } from './phase';
import { settle } from './settle';
import type { Action, Situation } from './situation';
import { look, succeed, wait } from './situation';
import type { DeleteTask } from './task';

const PAUSE_SECONDS = 5;

export function remove(s: Situation, task: DeleteTask): Action {
  if (s.memory.stopping !== undefined) {
    return stopping(s, task, s.memory.stopping);
  }
  if (s.facts.running === undefined) {
    return look(s, { at: 'running' });
  }
  const [id] = s.facts.running;
  const deployment = id === undefined ? undefined : s.facts.deployments[id];
  return deployment === undefined || deployment === 'missing' ? succeed('', 'no deployment is in flight') : inFlight(s, task, deployment);
}

function stopping(s: Situation, task: DeleteTask, id: string): Action {
  const settled = settle(s, id);
  switch (settled.state) {
    case 'unknown':
      return look(s, settled.look);
    case 'running':
      return wait(s, { seconds: PAUSE_SECONDS, otherwise: notOver(settled.deployment) });
    case 'rolling back':
      return wait(settled.s, { seconds: PAUSE_SECONDS, otherwise: `the rollback of ${notOver(settled.deployment)}` });
    default:
      return remove({ ...s, memory: { ...s.memory, stopping: undefined } }, task);
  }
}

const notOver = ({ id, status }: DeploymentFacts): string => `deployment ${id} has not ended (${status}); wait for its end in CodeDeploy, then delete the stack again`;

/** A rollback is let run. What others have started is stopped only where the group itself is going. */
function inFlight(s: Situation, task: DeleteTask, deployment: DeploymentFacts): Action {
  if (readMark(deployment.description)?.resource !== markOf(task.request).resource || deployment.creator === ROLLBACK_CREATOR) {
    if (s.facts.stack === undefined) {
      return look(s, { at: 'stack' });
    }
    if (isCleanup(s.facts.stack)) {
      return succeed('', `deployment ${deployment.id} is not of this resource, and its group may stay`);
    }
  }
  return deployment.creator === ROLLBACK_CREATOR
    ? wait(s, { seconds: PAUSE_SECONDS, otherwise: notOver(deployment) })
    : { do: 'stop', id: deployment.id, why: 'its resource is deleted', memory: s.memory };
}

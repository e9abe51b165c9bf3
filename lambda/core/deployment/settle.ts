/** Whether a deployment is over, its rollback included. */
import type { DeploymentFacts, Look } from './facts';
import { isOver } from './facts';
import type { Situation } from './situation';
import { noted, secondsSince } from './situation';

/**
 * How long the service is given to begin the rollback of a deployment that has ended, in seconds. It was seen to begin within about a second; a
 * notification of the end came without it first.
 */
const ROLLBACK_BEGINS_SECONDS = 30;

export type Settled =
  | { readonly state: 'unknown'; readonly look: Look }
  | { readonly state: 'missing' }
  | { readonly state: 'running'; readonly deployment: DeploymentFacts }
  /** Ended; its rollback has not, or has not yet begun. `s` remembers since when. */
  | { readonly state: 'rolling back'; readonly deployment: DeploymentFacts; readonly s: Situation }
  | { readonly state: 'ended'; readonly deployment: DeploymentFacts; readonly rollback?: DeploymentFacts };

export function settle(s: Situation, id: string): Settled {
  const deployment = s.facts.deployments[id];
  if (deployment === undefined) {
    return { state: 'unknown', look: { at: 'deployment', id } };
  }
  if (deployment === 'missing') {
    return { state: 'missing' };
  }
  if (!isOver(deployment)) {
    return { state: 'running', deployment };
  }
  return deployment.status === 'Succeeded' ? { state: 'ended', deployment } : settleRollback(s, deployment);
}

function settleRollback(s: Situation, deployment: DeploymentFacts): Settled {
  const { id, rollbackId, rollsBack } = deployment;
  if (rollbackId === undefined) {
    const waiting = noted(s, `end of ${id}`);
    const expected = rollsBack || s.memory.stopping === id;
    return expected && secondsSince(waiting, `end of ${id}`) < ROLLBACK_BEGINS_SECONDS
      ? { state: 'rolling back', deployment, s: waiting }
      : { state: 'ended', deployment };
  }
  const rollback = s.facts.deployments[rollbackId];
  if (rollback === undefined) {
    return { state: 'unknown', look: { at: 'deployment', id: rollbackId } };
  }
  if (rollback === 'missing') {
    return { state: 'ended', deployment };
  }
  return isOver(rollback) ? { state: 'ended', deployment, rollback } : { state: 'rolling back', deployment, s };
}

/** How a rehearsal came out: what became of its last release. */
import type { Outcome } from '../../lib/model/report';
import { ROLLBACK_CREATOR } from '../../lib/model/status';
import type { DeploymentRecord } from './deployment-record';

type Played = Pick<DeploymentRecord, 'deploymentId' | 'creator' | 'status' | 'rollbackInfo'>;

/**
 * Outcome of the last release among deployments that are all over. A release counts as rolled back only where its rollback succeeded.
 * @throws Error where there is none, or one still runs
 */
export function outcomeOf(deployments: readonly Played[]): Outcome {
  const running = deployments.find(({ status }) => !['Succeeded', 'Failed', 'Stopped'].includes(status));
  if (running !== undefined) {
    throw new Error(`a rehearsal has no outcome while ${running.deploymentId} is ${running.status}`);
  }
  const last = deployments.findLast(({ creator }) => creator !== ROLLBACK_CREATOR);
  if (last === undefined) {
    throw new Error('a rehearsal without a deployment has no outcome');
  }
  if (last.status === 'Succeeded') {
    return 'released';
  }
  const rollbackId = last.rollbackInfo?.rollbackDeploymentId;
  if (rollbackId !== undefined) {
    return deployments.find(({ deploymentId }) => deploymentId === rollbackId)?.status === 'Succeeded' ? 'rolledBack' : 'failed';
  }
  return last.status === 'Stopped' ? 'stopped' : 'failed';
}

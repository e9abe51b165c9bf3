/** How a rehearsal came out: what became of its last release. */
import type { Outcome } from '../../lib/model/report';
import { ROLLBACK_CREATOR } from '../../lib/model/status';
import type { DeploymentRecord } from './deployment-record';

type Played = Pick<DeploymentRecord, 'deploymentId' | 'creator' | 'status' | 'rollbackInfo'>;

const OVER = ['Succeeded', 'Failed', 'Stopped'];

/**
 * Outcome of the last release among deployments that are all over. A release counts as rolled back only where its rollback succeeded.
 * @throws Error where there is none, or one still runs
 */
export function outcomeOf(deployments: readonly Played[]): Outcome {
  const last = lastRelease(deployments);
  if (last.status === 'Succeeded') {
    return 'released';
  }
  const rollbackId = last.rollbackInfo?.rollbackDeploymentId;
  if (rollbackId !== undefined) {
    return deployments.find(({ deploymentId }) => deploymentId === rollbackId)?.status === 'Succeeded' ? 'rolledBack' : 'failed';
  }
  return last.status === 'Stopped' ? 'stopped' : 'failed';
}

/** The same where CloudFormation performs the deployments: whatever fails rolls the stack back, in no deployment of its own. */
export function stackOutcome(deployments: readonly Played[]): Outcome {
  const { status, rollbackInfo } = lastRelease(deployments);
  return status === 'Succeeded' ? 'released' : rollbackInfo === undefined ? 'failed' : 'rolledBack';
}

function lastRelease<T extends Played>(deployments: readonly T[]): T {
  const running = deployments.find(({ status }) => !OVER.includes(status));
  if (running !== undefined) {
    throw new Error(`a rehearsal has no outcome while ${running.deploymentId} is ${running.status}`);
  }
  const last = deployments.findLast(({ creator }) => creator !== ROLLBACK_CREATOR);
  if (last === undefined) {
    throw new Error('a rehearsal without a deployment has no outcome');
  }
  return last;
}

import type { DeploymentStatus } from '../../../lib/model/status';
import { outcomeOf, stackOutcome } from '../../../rehearsal/engine/outcome';

function release(deploymentId: string, status: DeploymentStatus, rollbackDeploymentId?: string) {
  return { deploymentId, creator: 'user' as const, status, ...(rollbackDeploymentId === undefined ? {} : { rollbackInfo: { rollbackDeploymentId } }) };
}

function rollback(deploymentId: string, status: DeploymentStatus) {
  return { deploymentId, creator: 'codeDeployRollback' as const, status };
}

describe('outcomeOf', () => {
  test.each([
    ['released', [release('d-1', 'Succeeded')]],
    ['failed', [release('d-1', 'Failed')]],
    ['stopped', [release('d-1', 'Stopped')]],
    ['rolledBack', [release('d-1', 'Failed', 'd-2'), rollback('d-2', 'Succeeded')]],
    ['rolledBack', [release('d-1', 'Stopped', 'd-2'), rollback('d-2', 'Succeeded')]],
    ['failed', [release('d-1', 'Stopped', 'd-2'), rollback('d-2', 'Failed')]],
    ['released', [release('d-1', 'Failed', 'd-2'), rollback('d-2', 'Succeeded'), release('d-3', 'Succeeded')]],
    ['failed', [release('d-1', 'Succeeded'), release('d-2', 'Failed')]],
  ])('is %s', (outcome, deployments) => {
    expect(outcomeOf(deployments)).toBe(outcome);
  });

  test('fails when there is none yet', () => {
    expect(() => outcomeOf([])).toThrow('a rehearsal without a deployment has no outcome');
    expect(() => outcomeOf([release('d-1', 'InProgress')])).toThrow('a rehearsal has no outcome while d-1 is InProgress');
  });
});

describe('stackOutcome', () => {
  const rolledBack = (status: DeploymentStatus) => ({ ...release('d-1', status), rollbackInfo: { rollbackMessage: 'rolled back' } });

  test.each([
    ['released', [release('d-1', 'Succeeded')]],
    ['rolledBack', [rolledBack('Failed')]],
    ['rolledBack', [rolledBack('Stopped')]],
    ['failed', [release('d-1', 'Failed')]],
    ['released', [rolledBack('Failed'), release('d-2', 'Succeeded')]],
  ])('is %s', (outcome, deployments) => {
    expect(stackOutcome(deployments)).toBe(outcome);
  });

  test('fails when there is none yet', () => {
    expect(() => stackOutcome([])).toThrow('a rehearsal without a deployment has no outcome');
    expect(() => stackOutcome([release('d-1', 'Created')])).toThrow('a rehearsal has no outcome while d-1 is Created');
  });
});

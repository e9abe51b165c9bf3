import { deploymentReport } from '../../../rehearsal/engine/deployment-report';
import { Stage } from './stage';

test('a deployment is reported in virtual seconds', () => {
  const stage = new Stage();
  const id = stage.create('r1', { AfterInstall: { afterMs: 500, status: 'Failed' } });
  stage.play();

  const hook = { function: 'hook-AfterInstall', report: 'Failed', verdict: 'fail', reason: 'because', durationMs: 3, checks: [] } as const;
  const report = deploymentReport(stage.get(id), (event) => (event.hook === undefined ? undefined : hook));
  expect(report).toMatchObject({
    deploymentId: id,
    creator: 'user',
    status: 'Failed',
    createTime: 0,
    completeTime: 37.55,
    traffic: [{ at: 0, original: 100, replacement: 0 }],
  });
  expect(report.lifecycleEvents.slice(1, 4)).toEqual([
    { name: 'Install', status: 'Succeeded', start: 1.9, end: 36.9 },
    { name: 'AfterInstall', status: 'Failed', start: 37.05, end: 37.55, hook },
    { name: 'AllowTestTraffic', status: 'Skipped', start: null, end: null },
  ]);
  expect(report.errorInformation?.code).toBe('HOOK_EXECUTION_FAILURE');
  expect(report.rollbackInfo?.rollbackDeploymentId).toMatch(/^d-/);
});

test('a deployment that runs has no end', () => {
  const stage = new Stage();
  const id = stage.create();
  expect(deploymentReport(stage.get(id), () => undefined)).toMatchObject({ status: 'Created', completeTime: null });
});

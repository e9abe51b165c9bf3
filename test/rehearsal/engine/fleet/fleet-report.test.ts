/** Deployments to a fleet as the report shows them. */
import { fleetDeploymentReport, type FleetReportOptions } from '../../../../rehearsal/engine/fleet/fleet-report';
import { FleetStage, instances, revision } from './fleet-stage';

const options = (stage: FleetStage, id: string): FleetReportOptions => ({
  targets: stage.targets(id),
  predicted: [{ zone: 'a', instances: 1 }, { zone: 'a', instances: 1, monitorSeconds: 9 }, { zone: 'a', instances: 1 }, { zone: 'b', instances: 1 }],
  zonal: false,
  releaseName: (release) => `release ${release}`,
  autoScalingGroupOf: (target) => stage.fleet.byId(target)!.autoScalingGroup,
});

test('one instance at a time: equal batches are one entry, a failure is one of its own', () => {
  const stage = new FleetStage([...instances(3), ...instances(1, { zone: 'b', autoScalingGroup: undefined, tags: { role: 'web' } }, 'x')], {
    group: { minimumHealthyHosts: { type: 'HOST_COUNT', value: 2 }, targets: { autoScalingGroups: ['asg'], ec2TagGroups: [[{ key: 'role' }]], onPremisesTagGroups: [] } },
    fleet: { batches: 'rolling' },
    faults: [{ kind: 'scriptFails', event: 'ApplicationStart', instances: { ids: ['x-1'] } }],
    initialRevision: revision('r0'),
  });
  const { deploymentId } = stage.deploy(revision('r1', ['ApplicationStart']));
  const report = fleetDeploymentReport(stage.deployments.get(deploymentId), options(stage, deploymentId));
  expect(report).toMatchObject({ deploymentId, creator: 'user', status: 'Succeeded', createTime: 0, traffic: [] });
  expect(report.lifecycleEvents.map(({ name, status, start, end, instances: counts }) => [name, status, start, end, counts])).toEqual([
    ['ApplicationStop', 'Succeeded', 0, 8, { Succeeded: 4 }],
    ['DownloadBundle', 'Succeeded', 1, 9, { Succeeded: 4 }],
    ['BeforeInstall', 'Succeeded', 2, 10, { Succeeded: 4 }],
    ['Install', 'Succeeded', 3, 11, { Succeeded: 4 }],
    ['AfterInstall', 'Succeeded', 4, 12, { Succeeded: 4 }],
    ['ApplicationStart', 'Failed', 5, 13, { Succeeded: 3, Failed: 1 }],
    ['ValidateService', 'Succeeded', 6, 14, { Succeeded: 3, Skipped: 1 }],
  ]);
  const told = report.instances!;
  expect(told.counts).toEqual({ Succeeded: 3, Failed: 1 });
  expect(told.mostAtATime).toBe(2);
  // A wait ends an entry, and so does another zone.
  expect(told.predictedBatches).toEqual([{ zone: 'a', batches: 2, instances: 1, monitorSeconds: 9 }, { zone: 'a', batches: 1, instances: 1 }, { zone: 'b', batches: 1, instances: 1 }]);
  expect(told.batches).toEqual([
    { batches: 1, instances: 2, failed: 0, start: 0, end: 7 },
    { batches: 1, instances: 2, failed: 1, start: 7, end: 14 },
  ]);
  expect(told.revisions).toEqual([
    { zone: 'a', autoScalingGroup: 'asg', status: 'Succeeded', before: 'release r0', after: 'release r1', count: 3, instances: ['i-1', 'i-2', 'i-3'] },
    { zone: 'b', status: 'Failed', before: 'release r0', after: 'release r1', count: 1, instances: ['x-1'] },
  ]);
  expect(told.failures).toEqual([
    { instance: 'x-1', zone: 'b', event: 'ApplicationStart', errorCode: 'ScriptFailed', scriptName: 'ApplicationStart.sh', message: 'Script at specified location: ApplicationStart.sh failed with exit code 1' },
  ]);
});

test('batches of equal size follow each other in one entry, by zone where zones are taken one by one', () => {
  const stage = new FleetStage([...instances(2), ...instances(2, { zone: 'b' }, 'x')], { group: { minimumHealthyHosts: { type: 'HOST_COUNT', value: 3 }, zonal: {} } });
  const { deploymentId } = stage.deploy();
  const record = stage.deployments.get(deploymentId);
  expect(fleetDeploymentReport(record, { ...options(stage, deploymentId), zonal: true }).instances!.batches).toEqual([
    { zone: 'a', batches: 2, instances: 1, failed: 0, start: 0, end: 14 },
    { zone: 'b', batches: 2, instances: 1, failed: 0, start: 14, end: 28 },
  ]);
  expect(fleetDeploymentReport(record, options(stage, deploymentId)).instances!.batches).toEqual([{ batches: 4, instances: 1, failed: 0, start: 0, end: 28 }]);
});

test('where nothing begins there are no times, and no batch', () => {
  const stage = new FleetStage(instances(2), { group: { instancesPerDeployment: 1 } });
  const { deploymentId } = stage.deploy();
  const report = fleetDeploymentReport(stage.deployments.get(deploymentId), { ...options(stage, deploymentId), predicted: [] });
  expect(report.errorInformation!.code).toBe('OVER_MAX_INSTANCES');
  expect(report.lifecycleEvents[0]).toEqual({ name: 'ApplicationStop', status: 'Skipped', start: null, end: null, instances: { Skipped: 2 } });
  expect(report.instances).toMatchObject({ counts: { Skipped: 2 }, batches: [], predictedBatches: [], failures: [], revisions: [{ status: 'Skipped', before: null, after: null, count: 2 }] });
});

import { SERVER_HOOK_EVENTS } from '../../../../lib/model/lifecycle';
import type { AutoRollbackEvent } from '../../../../lib/model/status';
import { FleetStage, eventLines, instances, revision } from './fleet-stage';

const ALWAYS: readonly AutoRollbackEvent[] = ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_ALARM', 'DEPLOYMENT_STOP_ON_REQUEST'];

const SECOND_FAILS = [{ kind: 'scriptFails', event: 'ValidateService', release: 'r1', instances: { ids: ['i-2'] } }] as const;

describe('a deployment that fails', () => {
  test('is taken back by a new one with the last revision that succeeded, on the instance that failed first', () => {
    const stage = new FleetStage(instances(3), { group: { rollbackEvents: ALWAYS }, faults: SECOND_FAILS, initialRevision: revision('r0', ['ApplicationStop', 'ValidateService']) });
    const id = stage.create(revision('r1', ['ApplicationStop', 'ValidateService']), { fileExistsBehavior: 'OVERWRITE' });
    stage.play();
    const failed = stage.deployments.get(id);
    const rollback = stage.rollbackOf(failed);

    expect(failed).toMatchObject({ status: 'Failed', deploymentOverview: { Succeeded: 1, Failed: 1, Skipped: 1 }, fileExistsBehavior: 'OVERWRITE' });
    expect(failed.rollbackInfo).toEqual({
      rollbackDeploymentId: rollback.deploymentId,
      rollbackMessage: `Deployment ${id} terminated. Automatic rollback is triggered with a DeploymentId ${rollback.deploymentId}.`,
    });
    expect(rollback).toMatchObject({
      creator: 'codeDeployRollback',
      status: 'Succeeded',
      deploymentConfigName: 'CodeDeployDefault.OneAtATime',
      release: 'r0',
      revision: { s3Location: { key: 'r0' } },
      previousRevision: { s3Location: { key: 'r1' } },
      // That of the deployment of r0.
      fileExistsBehavior: 'DISALLOW',
      createTime: 15_000,
      rollbackInfo: { rollbackTriggeringDeploymentId: id },
    });
    expect(stage.statuses(rollback.deploymentId)).toEqual(['i-2 Succeeded', 'i-1 Succeeded', 'i-3 Succeeded']);
    expect(stage.installed()).toBe('r0 r0 r0');
    expect(stage.targets(id).map(({ targetId, releaseBefore, releaseAfter }) => `${targetId}: ${releaseBefore} ${releaseAfter}`)).toEqual(['i-1: r0 r1', 'i-2: r0 r1', 'i-3: r0 r0']);
    // Install of r1 had ended on i-1 and i-2, so that its scripts stop it, whatever became of the deployment.
    expect(stage.scripts).toEqual([
      'i-1 ApplicationStop of r0',
      'i-1 ValidateService of r1',
      'i-2 ApplicationStop of r0',
      'i-2 ValidateService of r1',
      'i-2 ApplicationStop of r1',
      'i-2 ValidateService of r0',
      'i-1 ApplicationStop of r1',
      'i-1 ValidateService of r0',
      'i-3 ApplicationStop of r0',
      'i-3 ValidateService of r0',
    ]);
    expect(stage.deployments.releasedRevision?.release).toBe('r0');
  });

  test('only where it had begun, where rollbacks are for those', () => {
    const stage = new FleetStage(instances(3), { group: { rollbackEvents: ALWAYS }, faults: SECOND_FAILS, initialRevision: revision('r0'), fleet: { rollbackTargets: 'attempted' } });
    const rollback = stage.rollbackOf(stage.deploy(revision('r1', ['ValidateService'])));
    expect(stage.statuses(rollback.deploymentId)).toEqual(['i-2 Succeeded', 'i-1 Succeeded']);
  });

  test.each([
    ['lastSuccessful', 'DISALLOW'],
    ['failed', 'RETAIN'],
  ] as const)('with the way with files of the %s deployment', (rollbackFileExistsBehavior, expected) => {
    const stage = new FleetStage(instances(3), { group: { rollbackEvents: ALWAYS }, faults: SECOND_FAILS, initialRevision: revision('r0'), fleet: { rollbackFileExistsBehavior } });
    expect(stage.rollbackOf(stage.deploy(revision('r1', ['ValidateService']), { fileExistsBehavior: 'RETAIN' })).fileExistsBehavior).toBe(expected);
  });

  test('is not taken back where nothing has succeeded before', () => {
    const stage = new FleetStage(instances(3), { group: { rollbackEvents: ALWAYS }, faults: SECOND_FAILS });
    expect(stage.deploy(revision('r1', ['ValidateService'])).rollbackInfo).toBeUndefined();
    expect(stage.deployments.list()).toHaveLength(1);
  });

  test('nor where the group does not want it, or the deployment', () => {
    const initialRevision = revision('r0');
    const never = new FleetStage(instances(3), { faults: SECOND_FAILS, initialRevision });
    expect(never.deploy(revision('r1', ['ValidateService'])).rollbackInfo).toBeUndefined();
    const overridden = new FleetStage(instances(3), { group: { rollbackEvents: ALWAYS }, faults: SECOND_FAILS, initialRevision });
    const record = overridden.deploy(revision('r1', ['ValidateService']), { autoRollbackConfiguration: { enabled: false, events: [] } });
    expect(record).toMatchObject({ status: 'Failed', autoRollbackConfiguration: { enabled: false } });
    expect(record.rollbackInfo).toBeUndefined();
  });

  test.each([
    [false, 2],
    [true, 1],
  ])('zone by zone: %s, so that %i are down at a time', (rollbackIsZonal, mostAtATime) => {
    const specs = [...instances(2, {}, 'a'), ...instances(2, { zone: 'b' }, 'b')];
    const stage = new FleetStage(specs, {
      group: { rollbackEvents: ALWAYS, deploymentConfigName: 'Zonal', minimumHealthyHosts: { type: 'HOST_COUNT', value: 2 }, zonal: { minimumHealthyHostsPerZone: { type: 'HOST_COUNT', value: 1 } } },
      faults: [{ kind: 'scriptFails', event: 'ValidateService', release: 'r1', instances: { ids: ['a-1'] } }],
      initialRevision: revision('r0'),
      fleet: { rollbackIsZonal },
    });
    const rollback = stage.rollbackOf(stage.deploy(revision('r1', ['ValidateService'])));
    expect(rollback).toMatchObject({ status: 'Succeeded', mostAtATime });
  });

  test('and the rollback that fails is not taken back', () => {
    const stage = new FleetStage(instances(2), { group: { rollbackEvents: ALWAYS }, faults: [{ kind: 'hostLost', event: 'Install', instances: { ids: ['i-1'] } }], initialRevision: revision('r0') });
    const rollback = stage.rollbackOf(stage.deploy());
    expect(rollback.status).toBe('Failed');
    expect(stage.deployments.list()).toHaveLength(2);
  });
});

describe('files', () => {
  const files = (more: object) => revision('r1', [], { files: ['/srv/app', '/srv/conf'], ...more });

  test.each([
    ['DISALLOW', 'Failed', '-'],
    ['OVERWRITE', 'Succeeded', 'r1'],
    ['RETAIN', 'Succeeded', 'r1'],
  ] as const)('that lie there already, with %s: %s', (fileExistsBehavior, status, installed) => {
    const stage = new FleetStage(instances(1, { files: ['/srv/conf'] }));
    const record = stage.deploy(files({}), { fileExistsBehavior });
    expect(record.status).toBe(status);
    expect(stage.installed()).toBe(installed);
    expect(stage.targets(record.deploymentId)[0].lifecycleEvents[3].diagnostics).toEqual(
      status === 'Succeeded' ? undefined : { errorCode: 'UnknownError', message: 'The deployment failed because a specified file already exists at this location: /srv/conf' },
    );
  });

  test('the AppSpec comes before the deployment', () => {
    const stage = new FleetStage(instances(1, { files: ['/srv/conf'] }));
    expect(stage.deploy(files({ fileExistsBehavior: 'RETAIN' })).status).toBe('Succeeded');
  });

  test('that were retained are nobody\'s, and stand in the way of the next deployment; those that were overwritten go with the deployment', () => {
    const retained = new FleetStage(instances(1, { files: ['/srv/conf'] }));
    retained.deploy(files({}), { fileExistsBehavior: 'RETAIN' });
    expect(retained.deploy(files({}), {}).status).toBe('Failed');
    const overwritten = new FleetStage(instances(1, { files: ['/srv/conf'] }));
    overwritten.deploy(files({}), { fileExistsBehavior: 'OVERWRITE' });
    expect(overwritten.deploy(files({}), {}).status).toBe('Succeeded');
  });

  test('that a script of the failed deployment has made are not removed, and stop its rollback', () => {
    const stage = new FleetStage(instances(1), {
      group: { rollbackEvents: ALWAYS },
      faults: [{ kind: 'scriptFails', event: 'ValidateService', release: 'r1', instances: {} }],
      initialRevision: revision('r0', [], { files: ['/srv/app', '/srv/cache'] }),
    });
    const failed = stage.deploy(revision('r1', ['ApplicationStart', 'ValidateService'], { createdFiles: ['/srv/cache'] }));
    const rollback = stage.rollbackOf(failed);
    expect(rollback.status).toBe('Failed');
    const [target] = stage.targets(rollback.deploymentId);
    expect(target.lifecycleEvents[3].diagnostics?.message).toBe('The deployment failed because a specified file already exists at this location: /srv/cache');
    expect([target.releaseBefore, target.releaseAfter]).toEqual(['r1', undefined]);
  });
});

describe('stop', () => {
  test('ends what is at work as failed, and passes over the rest', () => {
    const stage = new FleetStage(instances(3), { group: { rollbackEvents: ALWAYS }, initialRevision: revision('r0') });
    const id = stage.create();
    stage.scheduler.at(8500, 'stop', () => {
      expect(stage.deployments.stop(id)).toEqual({ status: 'Pending', statusMessage: `deployment ${id} is being stopped` });
    });
    stage.play();
    const record = stage.deployments.get(id);
    expect(record).toMatchObject({
      status: 'Stopped',
      completeTime: 9500,
      errorInformation: { code: 'MANUAL_STOP' },
      deploymentOverview: { Succeeded: 1, Failed: 1, Skipped: 1 },
    });
    expect(eventLines(stage.deployments.target(id, 'i-2')).slice(0, 3)).toEqual(['ApplicationStop Succeeded 7000-8000', 'DownloadBundle Succeeded 8000-9000', 'BeforeInstall Skipped']);
    expect(stage.rollbackOf(record)).toMatchObject({ status: 'Succeeded', createTime: 10_500 });
    expect(stage.changes.filter(({ kind }) => kind === 'stopping')).toHaveLength(1);
  });

  test('cuts an event that takes longer', () => {
    const stage = new FleetStage(instances(2), { fleet: { downloadMs: 60_000 }, service: { runningEventWhenStopped: 'Skipped' } });
    const id = stage.create();
    stage.scheduler.at(5000, 'stop', () => stage.deployments.stop(id, { autoRollbackEnabled: false }));
    stage.play();
    expect(eventLines(stage.deployments.target(id, 'i-1')).slice(0, 3)).toEqual(['ApplicationStop Succeeded 0-1000', 'DownloadBundle Skipped 1000-6000', 'BeforeInstall Skipped']);
    expect(stage.deployments.get(id).rollbackInfo).toBeUndefined();
  });

  test('between two zones is at once, and nothing begins after', () => {
    const group = { deploymentConfigName: 'Zonal', minimumHealthyHosts: { type: 'HOST_COUNT', value: 0 }, zonal: { monitorDurationSeconds: 60 } } as const;
    const stage = new FleetStage([...instances(1), ...instances(1, { zone: 'b' }, 'b')], { group });
    const id = stage.create();
    stage.scheduler.at(30_000, 'stop', () => expect(stage.deployments.stop(id).status).toBe('Succeeded'));
    stage.scheduler.advanceTo(200_000);
    expect(stage.statuses(id)).toEqual(['i-1 Succeeded', 'b-1 Skipped']);
    expect(() => stage.deployments.stop(stage.create('r2'))).not.toThrow();
  });

  test('as the scenario says of instances at work', () => {
    const stage = new FleetStage(instances(2), { fleet: { instanceStoppedStatus: 'Skipped' } });
    const id = stage.create();
    stage.scheduler.at(500, 'stop', () => stage.deployments.stop(id));
    stage.play();
    expect(stage.statuses(id)).toEqual(['i-1 Skipped', 'i-2 Skipped']);
  });
});

describe('alarms', () => {
  const group = { alarmNames: ['errors'], rollbackEvents: ALWAYS };

  test('stop a deployment, which is rolled back while they are still red', () => {
    const stage = new FleetStage(instances(4), { group, initialRevision: revision('r0', SERVER_HOOK_EVENTS) });
    stage.alarms.errors = 'OK';
    stage.scheduler.at(9000, 'red', () => (stage.alarms.errors = 'ALARM'));
    const record = stage.deploy();
    expect(record).toMatchObject({
      status: 'Stopped',
      completeTime: 10_730,
      errorInformation: {
        code: 'ALARM_ACTIVE',
        message: 'One or more alarms have been activated according to the Amazon CloudWatch metrics you selected, and the affected deployments have been stopped. Activated alarms: <errors>',
      },
    });
    expect(stage.rollbackOf(record).status).toBe('Succeeded');
  });

  test('that are red at the start stop it before an instance is begun with', () => {
    const stage = new FleetStage(instances(2), { group, service: { createdToInProgressMs: 1500 }, initialRevision: revision('r0') });
    stage.alarms.errors = 'ALARM';
    const record = stage.deploy();
    expect(record).toMatchObject({ status: 'Stopped', deploymentOverview: { Succeeded: 0, Failed: 0 } });
    expect(stage.deployments.targetIds(record.deploymentId)).toEqual([]);
  });
});

import { appSpec, eventLines, Stage, trafficLines } from './stage';

const HOOK_FAILED = 'The deployment failed because one or more of the lifecycle event validation functions failed.';
const HOOK_SILENT =
  'The deployment timed out while waiting for a status callback. CodeDeploy expects a status callback within one hour after a deployment hook is invoked.';
const ALARM_LATENCY =
  'One or more alarms have been activated according to the Amazon CloudWatch metrics you selected, ' +
  'and the affected deployments have been stopped. Activated alarms: <latency>';

describe('a good release', () => {
  test('plays eight events, shifts by canary, and ends after the termination wait', () => {
    const stage = new Stage();
    const id = stage.create('r1', { AfterAllowTestTraffic: { afterMs: 20_000, status: 'Succeeded' } });

    stage.play();

    const record = stage.get(id);
    expect(id).toMatch(/^d-[A-Z0-9]{9}$/);
    expect(eventLines(record)).toEqual([
      'BeforeInstall Succeeded 1500-1750',
      'Install Succeeded 1900-36900',
      'AfterInstall Succeeded 37050-37300',
      'AllowTestTraffic Succeeded 37450-37700',
      'AfterAllowTestTraffic Succeeded 37850-57850',
      'BeforeAllowTraffic Succeeded 58000-58250',
      'AllowTraffic Succeeded 58400-358650',
      'AfterAllowTraffic Succeeded 358800-359050',
    ]);
    expect(trafficLines(record)).toEqual(['0 100/0', '58400 90/10', '358400 0/100']);
    expect(record).toMatchObject({
      status: 'Succeeded',
      creator: 'user',
      deploymentConfigName: 'CodeDeployDefault.ECSCanary10Percent5Minutes',
      createTime: 0,
      startTime: 1500,
      completeTime: 659_050,
      deploymentOverview: { Pending: 0, InProgress: 0, Succeeded: 1, Failed: 0, Skipped: 0, Ready: 0 },
      instanceTerminationWaitTimeStarted: true,
      computePlatform: 'ECS',
      revision: { revisionType: 'AppSpecContent', appSpecContent: { sha256: 'r1' } },
    });
    expect(record.errorInformation).toBeUndefined();
    expect(record.rollbackInfo).toBeUndefined();
    expect(record.target).toMatchObject({ targetId: 'cluster:web', status: 'Succeeded' });
    expect(record.target.taskSetsInfo).toEqual([
      expect.objectContaining({
        status: 'DRAINING',
        desiredCount: 0,
        runningCount: 0,
        trafficWeight: 0,
        targetGroup: { name: 'tg-blue' },
        taskSetLabel: 'Blue',
      }),
      expect.objectContaining({
        status: 'PRIMARY',
        desiredCount: 2,
        runningCount: 2,
        trafficWeight: 100,
        targetGroup: { name: 'tg-green' },
        taskSetLabel: 'Green',
      }),
    ]);
    expect(stage.invoked).toEqual([
      {
        functionName: 'hook-AfterAllowTestTraffic',
        payload: { DeploymentId: id, LifecycleEventHookExecutionId: expect.stringMatching(/^[\w-]{64}$/) },
      },
    ]);
    expect(stage.deployments.list()).toHaveLength(1);
  });

  test('is seen from outside as Created, InProgress and Succeeded', () => {
    const stage = new Stage();
    const id = stage.create();
    const statuses: string[] = [];
    for (const at of [0, 1499, 1500, 339_300, 639_299, 639_300]) {
      stage.scheduler.advanceTo(at);
      const { status, target, completeTime } = stage.get(id);
      statuses.push(`${at} ${status} ${target.status} ${target.lifecycleEvents.filter((event) => event.status === 'Pending').length} ${completeTime ?? ''}`);
    }

    expect(statuses).toEqual([
      '0 Created Pending 8 ',
      '1499 Created Pending 8 ',
      '1500 InProgress InProgress 7 ',
      '339300 InProgress InProgress 0 ',
      '639299 InProgress InProgress 0 ',
      '639300 Succeeded Succeeded 0 639300',
    ]);
  });

  test('moves listeners and task sets at their events', () => {
    const stage = new Stage();
    const { routing } = stage.deployments;
    stage.create();
    const seen: string[] = [];
    for (const at of [0, 1900, 36_900, 37_699, 37_700, 38_650, 338_650, 639_300]) {
      stage.scheduler.advanceTo(at);
      const weights = routing.targets('production').map(({ targetGroup, weight }) => `${targetGroup} ${weight}`);
      const [test] = routing.targets('test');
      seen.push(`${at}: ${weights.join(', ')}; test ${test.targetGroup}; ${routing.release('tg-blue')} ${routing.release('tg-green')}`);
    }

    expect(seen).toEqual([
      '0: tg-blue 100, tg-green 0; test tg-blue; r0 undefined',
      '1900: tg-blue 100, tg-green 0; test tg-blue; r0 undefined',
      '36900: tg-blue 100, tg-green 0; test tg-blue; r0 r1',
      '37699: tg-blue 100, tg-green 0; test tg-blue; r0 r1',
      '37700: tg-blue 100, tg-green 0; test tg-green; r0 r1',
      '38650: tg-blue 90, tg-green 10; test tg-green; r0 r1',
      '338650: tg-blue 0, tg-green 100; test tg-green; r0 r1',
      '639300: tg-blue 0, tg-green 100; test tg-green; undefined r1',
    ]);
  });

  test.each([
    [
      'linear 25 % each minute',
      { type: 'TimeBasedLinear', percentage: 25, intervalMinutes: 1 },
      ['38650 75/25', '98650 50/50', '158650 25/75', '218650 0/100'],
      219_300,
    ],
    [
      'linear 40 %, whose last step is smaller',
      { type: 'TimeBasedLinear', percentage: 40, intervalMinutes: 2 },
      ['38650 60/40', '158650 20/80', '278650 0/100'],
      279_300,
    ],
    ['all at once', { type: 'AllAtOnce' }, ['38650 0/100'], 39_300],
  ] as const)('shifts %s', (_, traffic, steps, completeTime) => {
    const stage = new Stage({ traffic, terminationWaitMinutes: 0 });
    const id = stage.create();
    stage.play();

    expect(trafficLines(stage.get(id))).toEqual(['0 100/0', ...steps]);
    expect(stage.get(id)).toMatchObject({ status: 'Succeeded', completeTime });
  });

  test('has six events without a test listener, and calls no hook of the missing ones', () => {
    const stage = new Stage({ testListenerArn: undefined });
    const id = stage.create('r1', { AfterAllowTestTraffic: 'silent' });
    stage.play();

    expect(eventLines(stage.get(id)).map((line) => line.split(' ')[0])).toEqual([
      'BeforeInstall',
      'Install',
      'AfterInstall',
      'BeforeAllowTraffic',
      'AllowTraffic',
      'AfterAllowTraffic',
    ]);
    expect(stage.invoked).toEqual([]);
    expect(stage.get(id).status).toBe('Succeeded');
    expect(stage.deployments.routing.targets('test')).toEqual([]);
  });

  test('keeps the original alive where the group says so', () => {
    const stage = new Stage({ terminationWaitMinutes: undefined });
    const id = stage.create();
    stage.play();

    expect(stage.get(id)).toMatchObject({
      status: 'Succeeded',
      completeTime: 339_300,
      instanceTerminationWaitTimeStarted: false,
      blueGreenDeploymentConfiguration: { terminateBlueInstancesOnDeploymentSuccess: { action: 'KEEP_ALIVE' } },
    });
    expect(stage.get(id).target.taskSetsInfo.map(({ status }) => status)).toEqual(['ACTIVE', 'PRIMARY']);
    expect(stage.deployments.routing.release('tg-blue')).toBe('r0');
  });

  test('a second release shifts back to the first target group', () => {
    const stage = new Stage({ traffic: { type: 'AllAtOnce' } });
    stage.create('r1');
    stage.play();
    const second = stage.create('r2');
    stage.play();

    const { routing } = stage.deployments;
    expect(trafficLines(stage.get(second))).toEqual(['339300 100/0', '377950 0/100']);
    expect(routing.targets('production')).toEqual([
      { targetGroup: 'tg-blue', weight: 100 },
      { targetGroup: 'tg-green', weight: 0 },
    ]);
    expect(routing.targets('test')).toEqual([{ targetGroup: 'tg-blue', weight: 100 }]);
    expect([routing.release('tg-blue'), routing.release('tg-green')]).toEqual(['r2', undefined]);
    expect(stage.get(second).previousRevision).toEqual({ revisionType: 'AppSpecContent', appSpecContent: { sha256: 'r1' } });
    expect(stage.get(second).target.taskSetsInfo.map(({ targetGroup, taskSetLabel }) => `${targetGroup.name} ${taskSetLabel}`)).toEqual(['tg-green Blue', 'tg-blue Green']);
  });
});

describe('a failing hook', () => {
  test('fails its event, skips the rest, and is rolled back by a deployment of its own', () => {
    const stage = new Stage();
    const id = stage.create('r1', { AfterAllowTestTraffic: { afterMs: 4000, status: 'Failed' } });
    stage.play();

    const failed = stage.get(id);
    const rollback = stage.rollbackOf(id);
    expect(eventLines(failed)).toEqual([
      'BeforeInstall Succeeded 1500-1750',
      'Install Succeeded 1900-36900',
      'AfterInstall Succeeded 37050-37300',
      'AllowTestTraffic Succeeded 37450-37700',
      'AfterAllowTestTraffic Failed 37850-41850',
      'BeforeAllowTraffic Skipped -',
      'AllowTraffic Skipped -',
      'AfterAllowTraffic Skipped -',
    ]);
    expect(trafficLines(failed)).toEqual(['0 100/0']);
    expect(failed).toMatchObject({
      status: 'Failed',
      completeTime: 41_850,
      errorInformation: { code: 'HOOK_EXECUTION_FAILURE', message: HOOK_FAILED },
      target: { status: 'Failed' },
    });
    expect(failed.rollbackInfo).toEqual({
      rollbackDeploymentId: rollback.deploymentId,
      rollbackMessage: `Deployment ${id} terminated. Automatic rollback is triggered with a DeploymentId ${rollback.deploymentId}.`,
    });
    expect(rollback).toMatchObject({
      creator: 'codeDeployRollback',
      deploymentConfigName: 'CodeDeployDefault.ECSAllAtOnce',
      status: 'Succeeded',
      createTime: 42_850,
      startTime: 43_850,
      completeTime: 45_850,
      release: 'r0',
      rollbackInfo: {
        rollbackTriggeringDeploymentId: id,
        rollbackMessage: `Deployment ${rollback.deploymentId} is triggered to roll back deployment ${id}.`,
      },
    });
    expect(rollback.target.lifecycleEvents.map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => 'Succeeded'));
    expect(trafficLines(rollback)).toEqual(['42850 100/0']);
    expect(rollback.target.taskSetsInfo.map(({ targetGroup, status }) => `${targetGroup.name} ${status}`)).toEqual(['tg-blue PRIMARY', 'tg-green DRAINING']);
    expect(stage.deployments.routing.targets('test')).toEqual([{ targetGroup: 'tg-blue', weight: 100 }]);
    expect(stage.deployments.routing.release('tg-green')).toBeUndefined();
    expect(stage.invoked).toHaveLength(1);
  });

  test('leaves everything as it is where rollback is off', () => {
    const stage = new Stage();
    const id = stage.create(
      'r1',
      { AfterAllowTraffic: { afterMs: 1000, status: 'Failed' } },
      { autoRollbackConfiguration: { enabled: false, events: [] } },
    );
    stage.play();
    stage.scheduler.advanceTo(7_200_000);

    expect(stage.deployments.list()).toHaveLength(1);
    expect(stage.get(id)).toMatchObject({ status: 'Failed', autoRollbackConfiguration: { enabled: false } });
    expect(stage.get(id).rollbackInfo).toBeUndefined();
    expect(stage.deployments.routing.targets('test')).toEqual([{ targetGroup: 'tg-green', weight: 100 }]);
    expect(stage.deployments.routing.targets('production').map(({ weight }) => weight)).toEqual([0, 100]);
    expect([stage.deployments.routing.release('tg-blue'), stage.deployments.routing.release('tg-green')]).toEqual(['r0', 'r1']);
  });

  test('gives the original its production traffic again after the shift', () => {
    const stage = new Stage();
    const id = stage.create('r1', { AfterAllowTraffic: { afterMs: 1000, status: 'Failed' } });
    stage.play();

    expect(trafficLines(stage.rollbackOf(id))).toEqual(['341050 0/100', '343800 100/0']);
    expect(stage.deployments.routing.targets('production').map(({ weight }) => weight)).toEqual([100, 0]);
    expect(stage.rollbackOf(id).target.taskSetsInfo.map(({ status }) => status)).toEqual(['PRIMARY', 'DRAINING']);
  });

  test('in BeforeInstall there is nothing to roll back, unless the switch says that there is a record of it', () => {
    const count = (rollbackRecordAfterBeforeInstall: boolean): number => {
      const stage = new Stage({}, { rollbackRecordAfterBeforeInstall });
      stage.create('r1', { BeforeInstall: { afterMs: 10, status: 'Failed' } });
      stage.play();
      return stage.deployments.list().length;
    };
    expect([count(false), count(true)]).toEqual([1, 2]);
  });

  test('is only rolled back where the matching event is enabled', () => {
    const stage = new Stage({ rollbackEvents: ['DEPLOYMENT_STOP_ON_ALARM'] });
    const id = stage.create('r1', { AfterInstall: { afterMs: 10, status: 'Failed' } });
    stage.play();

    expect(stage.get(id).status).toBe('Failed');
    expect(stage.deployments.list()).toHaveLength(1);
  });
});

describe('a hook that does not answer', () => {
  test('fails 3,600 seconds after it was invoked', () => {
    const stage = new Stage();
    const id = stage.create('r1', { AfterAllowTestTraffic: 'silent' });
    stage.play();

    const record = stage.get(id);
    expect(eventLines(record)[4]).toBe('AfterAllowTestTraffic Failed 37850-3637850');
    expect(record).toMatchObject({
      status: 'Failed',
      completeTime: 3_637_850,
      errorInformation: { code: 'TIMEOUT', message: HOOK_SILENT },
    });
    expect(stage.rollbackOf(id).status).toBe('Succeeded');
  });

  test('fails at once where the service role may not invoke it', () => {
    const stage = new Stage();
    const id = stage.create('r1', { AfterInstall: 'denied' });
    stage.play();

    expect(stage.get(id)).toMatchObject({
      status: 'Failed',
      completeTime: 37_050,
      errorInformation: {
        code: 'IAM_ROLE_PERMISSIONS',
        message:
          'The IAM role arn:aws:iam::111122223333:role/deployer does not give you permission to perform operations in the following AWS service: AWSLambda.',
      },
    });
    expect(stage.get(id).target.lifecycleEvents[2].hook?.refused).toBe('not authorized to perform lambda:InvokeFunction on hook-AfterInstall');
  });
});

describe('Install', () => {
  test('fails when the replacement is not healthy within 60 minutes', () => {
    const stage = new Stage();
    const id = stage.create('r1', {}, { release: { id: 'r1', startupMs: 3_600_000 } });
    stage.play();

    expect(eventLines(stage.get(id))[1]).toBe('Install Failed 1900-3601900');
    expect(stage.get(id).errorInformation).toEqual({
      code: 'TIMEOUT',
      message: 'The deployment timed out while waiting for the replacement task set to become healthy. This time out period is 60 minutes.',
    });
  });

  test('fails at once where ECS makes no task set of the release, and the service keeps what it runs', () => {
    const stage = new Stage();
    const id = stage.create('r1', {}, { release: { id: 'r1', startupMs: 0, refused: 'The container web does not exist in the task definition.' } });
    stage.play();
    expect(stage.get(id)).toMatchObject({ status: 'Failed', errorInformation: { code: 'ECS_UPDATE_ERROR', message: 'The container web does not exist in the task definition.' } });
    expect(stage.get(id).target.lifecycleEvents.find(({ status }) => status === 'Failed')?.lifecycleEventName).toBe('Install');
    expect(stage.deployments.serviceTaskSets(appSpec().Resources[0].TargetService.Properties).map(({ status, externalId }) => [status, externalId])).toEqual([['PRIMARY', undefined]]);
  });
});

describe('an alarm', () => {
  test('stops the shift at the next reading, and the rollback ignores it', () => {
    const stage = new Stage();
    const id = stage.create();
    stage.scheduler.advanceTo(61_000);
    stage.alarms.latency = 'ALARM';
    stage.play();

    const stopped = stage.get(id);
    expect(eventLines(stopped).slice(5)).toEqual([
      'BeforeAllowTraffic Succeeded 38250-38500',
      'AllowTraffic Failed 38650-70730',
      'AfterAllowTraffic Skipped -',
    ]);
    expect(stopped).toMatchObject({
      status: 'Stopped',
      completeTime: 70_730,
      errorInformation: { code: 'ALARM_ACTIVE', message: ALARM_LATENCY },
      target: { status: 'Failed' },
    });
    expect(trafficLines(stopped)).toEqual(['0 100/0', '38650 90/10']);
    expect(trafficLines(stage.rollbackOf(id))).toEqual(['71730 90/10', '74480 100/0']);
    expect(stage.rollbackOf(id)).toMatchObject({ status: 'Succeeded', createTime: 71_730, completeTime: 74_730 });
  });

  test('that is red at the start stops the deployment within a second, with a rollback on record', () => {
    const stage = new Stage();
    stage.alarms.errors = 'ALARM';
    stage.alarms.latency = 'ALARM';
    const id = stage.create();
    stage.play();

    expect(stage.get(id)).toMatchObject({
      status: 'Stopped',
      completeTime: 730,
      errorInformation: { code: 'ALARM_ACTIVE', message: expect.stringMatching(/Activated alarms: <errors> <latency>$/) },
      target: { status: 'Skipped' },
    });
    expect(stage.get(id).startTime).toBeUndefined();
    expect(stage.get(id).target.lifecycleEvents.map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => 'Skipped'));
    expect(stage.rollbackOf(id)).toMatchObject({ status: 'Succeeded', createTime: 1730, completeTime: 4730 });
    expect(stage.deployments.routing.release('tg-green')).toBeUndefined();
  });

  test('stops Install, and what was starting is drained', () => {
    const stage = new Stage();
    const id = stage.create();
    stage.scheduler.advanceTo(12_000);
    stage.alarms.errors = 'ALARM';
    stage.play();

    expect(eventLines(stage.get(id)).slice(0, 3)).toEqual(['BeforeInstall Succeeded 1500-1750', 'Install Failed 1900-20730', 'AfterInstall Skipped -']);
    expect(stage.get(id).rollbackInfo).toEqual({
      rollbackDeploymentId: stage.rollbackOf(id).deploymentId,
      rollbackMessage: `Deployment ${id} terminated. Automatic rollback is triggered with a DeploymentId ${stage.rollbackOf(id).deploymentId}.`,
    });
    expect(stage.deployments.routing.release('tg-green')).toBeUndefined();
    expect(stage.deployments.routing.release('tg-blue')).toBe('r0');
  });

  test('is still watched during the termination wait', () => {
    const stage = new Stage();
    const id = stage.create();
    stage.scheduler.advanceTo(400_000);
    stage.alarms.errors = 'ALARM';
    stage.play();

    expect(stage.get(id)).toMatchObject({ status: 'Stopped', completeTime: 410_730 });
    expect(stage.get(id).target.lifecycleEvents.map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => 'Succeeded'));
    expect(trafficLines(stage.rollbackOf(id))).toEqual(['411730 0/100', '414480 100/0']);
    expect(stage.deployments.routing.release('tg-blue')).toBe('r0');
  });

  test('does not count in INSUFFICIENT_DATA', () => {
    const stage = new Stage();
    stage.alarms.errors = 'INSUFFICIENT_DATA';
    const id = stage.create();
    stage.play();
    expect(stage.get(id).status).toBe('Succeeded');
  });

  test('that cannot be read stops, unless the group ignores that', () => {
    const end = (ignorePollAlarmFailure: boolean): string => {
      const stage = new Stage({ ignorePollAlarmFailure });
      delete stage.alarms.errors;
      const id = stage.create();
      stage.play();
      return `${stage.get(id).status} ${stage.get(id).errorInformation?.message ?? ''}`;
    };
    expect(end(false)).toBe('Stopped The state of one or more alarms could not be read, and the affected deployments have been stopped. Alarms: errors');
    expect(end(true)).toBe('Succeeded ');
  });

  test('stops without a rollback where its event is not enabled', () => {
    const stage = new Stage({ rollbackEvents: ['DEPLOYMENT_FAILURE'] });
    const id = stage.create();
    stage.scheduler.advanceTo(61_000);
    stage.alarms.latency = 'ALARM';
    stage.play();

    expect(stage.get(id).status).toBe('Stopped');
    expect(stage.deployments.list()).toHaveLength(1);
    expect(stage.deployments.routing.targets('production').map(({ weight }) => weight)).toEqual([90, 10]);
  });
});

import { ServiceError } from '../../../rehearsal/engine/ports';
import { appSpec, eventLines, Stage, trafficLines } from './stage';

function refusal(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof ServiceError) {
      return `${error.code}: ${error.message}`;
    }
    throw error;
  }
  return 'accepted';
}

describe('StopDeployment', () => {
  test('answers Pending while an event runs, ends as MANUAL_STOP, and then answers Succeeded', () => {
    const stage = new Stage({ rollbackEvents: ['DEPLOYMENT_FAILURE'] });
    const id = stage.create();
    stage.scheduler.advanceTo(100_000);

    expect(stage.deployments.stop(id).status).toBe('Pending');
    expect(stage.deployments.stop(id).status).toBe('Pending');
    expect(stage.get(id).status).toBe('InProgress');
    stage.play();
    expect(stage.get(id)).toMatchObject({
      status: 'Stopped',
      completeTime: 101_000,
      errorInformation: { code: 'MANUAL_STOP', message: 'The deployment was stopped by a user request.' },
    });
    expect(eventLines(stage.get(id)).slice(6)).toEqual(['AllowTraffic Failed 38650-101000', 'AfterAllowTraffic Skipped -']);
    expect(stage.deployments.stop(id).status).toBe('Succeeded');
    expect(stage.deployments.list()).toHaveLength(1);
    expect(stage.deployments.routing.targets('production').map(({ weight }) => weight)).toEqual([90, 10]);
  });

  test('stops at once where no event runs', () => {
    const stage = new Stage();
    const id = stage.create();
    stage.scheduler.advanceTo(500_000);

    expect(stage.deployments.stop(id, { autoRollbackEnabled: false }).status).toBe('Succeeded');
    expect(stage.get(id)).toMatchObject({ status: 'Stopped', completeTime: 500_000 });
  });

  test.each([
    ['by request, without an event of the group', ['DEPLOYMENT_FAILURE'], true, 2],
    ['by the event of the group', ['DEPLOYMENT_STOP_ON_REQUEST'], undefined, 2],
    ['neither', ['DEPLOYMENT_FAILURE'], undefined, 1],
    ['not, since the request says so', ['DEPLOYMENT_STOP_ON_REQUEST'], false, 1],
  ] as const)('rolls back %s', (_, rollbackEvents, autoRollbackEnabled, deployments) => {
    const stage = new Stage({ rollbackEvents });
    const id = stage.create();
    stage.scheduler.advanceTo(100_000);
    stage.deployments.stop(id, autoRollbackEnabled === undefined ? {} : { autoRollbackEnabled });
    stage.play();

    expect(stage.deployments.list()).toHaveLength(deployments);
    expect(stage.deployments.routing.targets('production').map(({ weight }) => weight)).toEqual(deployments === 2 ? [100, 0] : [90, 10]);
  });

  test('a release after a stop without rollback replaces what was left behind', () => {
    const stage = new Stage();
    const first = stage.create('r1');
    stage.scheduler.advanceTo(100_000);
    stage.deployments.stop(first, { autoRollbackEnabled: false });
    stage.play();
    const second = stage.create('r2');
    stage.play();

    expect(trafficLines(stage.get(second))).toEqual(['101000 90/10', '439650 0/100']);
    expect(stage.deployments.routing.release('tg-green')).toBe('r2');
    expect(stage.get(first).target.taskSetsInfo.map(({ trafficWeight }) => trafficWeight)).toEqual([90, 10]);
  });

  test('a hook that reports while the stop is under way changes nothing about its end', () => {
    const stage = new Stage();
    const id = stage.create('r1', { AfterInstall: { afterMs: 5000, status: 'Failed' } });
    stage.scheduler.advanceTo(41_500);
    stage.deployments.stop(id, { autoRollbackEnabled: false });
    stage.play();

    expect(stage.get(id)).toMatchObject({ status: 'Stopped', completeTime: 42_500, errorInformation: { code: 'MANUAL_STOP' } });
    expect(eventLines(stage.get(id))[2]).toBe('AfterInstall Failed 37050-42050');
    expect(stage.refusedReports).toEqual([]);
  });

  test('a hook that reports after the stop is refused', () => {
    const stage = new Stage();
    const id = stage.create('r1', { AfterInstall: { afterMs: 5000, status: 'Succeeded' } });
    stage.scheduler.advanceTo(40_000);
    stage.deployments.stop(id, { autoRollbackEnabled: false });
    stage.scheduler.advanceTo(60_000);

    expect(eventLines(stage.get(id))[2]).toBe('AfterInstall Failed 37050-41000');
    expect(stage.refusedReports).toEqual(['LifecycleEventAlreadyCompletedException']);
  });

  test('fails when the deployment is over', () => {
    const stage = new Stage();
    const id = stage.create();
    stage.play();
    expect(refusal(() => stage.deployments.stop(id))).toBe(
      `DeploymentAlreadyCompletedException: the deployment ${id} is already Succeeded and cannot be stopped`,
    );
  });
});

describe('ContinueDeployment', () => {
  test('begins the shift after the approval', () => {
    const stage = new Stage({ approvalWaitMinutes: 60 });
    const id = stage.create();
    stage.scheduler.advanceTo(600_000);

    expect(stage.get(id)).toMatchObject({ status: 'Ready', target: { status: 'Ready' } });
    expect(eventLines(stage.get(id)).slice(4, 6)).toEqual(['AfterAllowTestTraffic Succeeded 37850-38100', 'BeforeAllowTraffic Pending -']);
    stage.deployments.continue(id);
    expect(stage.get(id).status).toBe('InProgress');
    stage.play();
    expect(stage.get(id).status).toBe('Succeeded');
    expect(eventLines(stage.get(id))[5]).toBe('BeforeAllowTraffic Succeeded 600000-600250');
    expect(trafficLines(stage.get(id))).toEqual(['0 100/0', '600400 90/10', '900400 0/100']);
  });

  test.each([
    ['afterInstall', 'AfterInstall'],
    ['beforeBeforeAllowTraffic', 'BeforeAllowTraffic'],
    ['afterBeforeAllowTraffic', 'AllowTraffic'],
  ] as const)('waits where the switch says: %s', (readyWaitPosition, next) => {
    const stage = new Stage({ approvalWaitMinutes: 60 }, { readyWaitPosition });
    const id = stage.create();
    stage.scheduler.advanceTo(600_000);
    expect(stage.get(id).target.lifecycleEvents.find(({ status }) => status === 'Pending')?.lifecycleEventName).toBe(next);
  });

  test('an approval that never comes stops the deployment', () => {
    const stage = new Stage({ approvalWaitMinutes: 60 });
    const id = stage.create();
    stage.play();

    expect(stage.get(id)).toMatchObject({
      status: 'Stopped',
      completeTime: 3_638_250,
      errorInformation: {
        code: 'TIMEOUT',
        message: 'The deployment timed out while waiting for a notification to continue. This time out period is 60 minutes.',
      },
    });
    expect(stage.rollbackOf(id).status).toBe('Succeeded');
    expect(stage.deployments.routing.targets('test')).toEqual([{ targetGroup: 'tg-blue', weight: 100 }]);
  });

  test('an alarm stops a deployment that waits for its approval', () => {
    const stage = new Stage({ approvalWaitMinutes: 60 });
    const id = stage.create();
    stage.scheduler.advanceTo(100_000);
    stage.alarms.errors = 'ALARM';
    stage.play();
    expect(stage.get(id)).toMatchObject({ status: 'Stopped', completeTime: 110_730 });
  });

  test('alarms do not count in the approval wait where the switch is off', () => {
    const stage = new Stage({ approvalWaitMinutes: 60 }, { alarmsWatchedInReadyWait: false });
    const id = stage.create();
    stage.scheduler.advanceTo(100_000);
    stage.alarms.errors = 'ALARM';
    stage.scheduler.advanceTo(1_000_000);
    expect(stage.get(id).status).toBe('Ready');
    stage.deployments.continue(id);
    stage.play();
    expect(stage.get(id)).toMatchObject({ status: 'Stopped', completeTime: 1_010_730 });
  });

  test.each([
    ['atFullTraffic', 'PRIMARY'],
    ['afterLastEvent', 'ACTIVE'],
  ] as const)('the replacement is primary when the switch says so: %s', (primaryFlip, status) => {
    const stage = new Stage({ traffic: { type: 'AllAtOnce' } }, { primaryFlip });
    const id = stage.create('r1', { AfterAllowTraffic: 'silent' });
    stage.scheduler.advanceTo(60_000);
    expect(stage.get(id).target.taskSetsInfo[1]).toMatchObject({ status, trafficWeight: 100 });
  });

  test('ends the termination wait', () => {
    const stage = new Stage();
    const id = stage.create();
    stage.scheduler.advanceTo(400_000);
    stage.deployments.continue(id, 'TERMINATION_WAIT');

    expect(stage.get(id)).toMatchObject({ status: 'Succeeded', completeTime: 400_000 });
    expect(stage.deployments.routing.release('tg-blue')).toBeUndefined();
  });

  test('fails when there is no such wait', () => {
    const stage = new Stage();
    const id = stage.create();
    stage.scheduler.advanceTo(100_000);

    expect([
      refusal(() => stage.deployments.continue(id)),
      refusal(() => stage.deployments.continue(id, 'TERMINATION_WAIT')),
      refusal(() => stage.deployments.continue(id, 'COFFEE_WAIT')),
    ]).toEqual([
      `DeploymentIsNotInReadyStateException: the deployment ${id} is not in its READY_WAIT; its status is InProgress`,
      `DeploymentIsNotInReadyStateException: the deployment ${id} is not in its TERMINATION_WAIT; its status is InProgress`,
      "InvalidDeploymentWaitTypeException: the wait type must be READY_WAIT or TERMINATION_WAIT, got 'COFFEE_WAIT'",
    ]);
    stage.play();
    expect(refusal(() => stage.deployments.continue(id))).toBe(
      `DeploymentAlreadyCompletedException: the deployment ${id} is already Succeeded and cannot be continued`,
    );
  });
});

describe('PutLifecycleEventHookExecutionStatus', () => {
  test('refuses what the service refuses', () => {
    const stage = new Stage();
    const id = stage.create('r1', { AfterInstall: 'silent' });
    stage.scheduler.advanceTo(40_000);
    const execution = stage.invoked[0].payload.LifecycleEventHookExecutionId;
    const put = (deploymentId: string, lifecycleEventHookExecutionId: string, status: string): string =>
      refusal(() => stage.deployments.putHookStatus({ deploymentId, lifecycleEventHookExecutionId, status }));

    expect([
      put('d-NOSUCHONE', execution, 'Succeeded'),
      put('', execution, 'Succeeded'),
      put('nonsense', execution, 'Succeeded'),
      put(id, 'forged', 'Succeeded'),
      put(id, execution, 'Skipped'),
      put(id, execution, 'Succeeded'),
      put(id, execution, 'Failed'),
    ]).toEqual([
      'DeploymentDoesNotExistException: the deployment d-NOSUCHONE could not be found',
      'DeploymentIdRequiredException: a deployment id is required',
      "InvalidDeploymentIdException: 'nonsense' is no deployment id; it looks like d-ABCDEF123",
      `InvalidLifecycleEventHookExecutionIdException: the hook execution id 'forged' does not belong to ${id}`,
      "InvalidLifecycleEventHookExecutionStatusException: the status of a lifecycle event hook must be Succeeded or Failed, got 'Skipped'",
      'accepted',
      `LifecycleEventAlreadyCompletedException: the lifecycle event AfterInstall of ${id} has already completed`,
    ]);
    expect(stage.get(id).target.lifecycleEvents[2]).toMatchObject({
      status: 'Succeeded',
      endTime: 40_000,
      hook: { report: 'Succeeded', reportedAt: 40_000 },
    });
  });

  test('keeps who reported, where the endpoint knows it', () => {
    const stage = new Stage();
    const id = stage.create('r1', { AfterInstall: 'silent' });
    stage.scheduler.advanceTo(40_000);
    const { LifecycleEventHookExecutionId: lifecycleEventHookExecutionId } = stage.invoked[0].payload;
    stage.deployments.putHookStatus({ deploymentId: id, lifecycleEventHookExecutionId, status: 'Failed', accessKeyId: 'GUARDIAN' });

    expect(stage.get(id).target.lifecycleEvents[2].hook?.reportedBy).toBe('GUARDIAN');
    expect(stage.changes).toContainEqual({
      at: 40_000,
      deploymentId: id,
      kind: 'hookReported',
      event: 'AfterInstall',
      status: 'Failed',
      reportedBy: 'GUARDIAN',
    });
  });

  test('a late report of a stopped deployment is answered as the switch says', () => {
    const stage = new Stage({}, { lateReportOfStoppedDeployment: 'DeploymentDoesNotExistException' });
    const id = stage.create('r1', { AfterInstall: 'silent' });
    stage.scheduler.advanceTo(40_000);
    stage.deployments.stop(id);
    stage.play();
    const { LifecycleEventHookExecutionId: lifecycleEventHookExecutionId } = stage.invoked[0].payload;

    expect(refusal(() => stage.deployments.putHookStatus({ deploymentId: id, lifecycleEventHookExecutionId, status: 'Failed' }))).toMatch(
      /^DeploymentDoesNotExistException: /,
    );
  });
});

describe('CreateDeployment', () => {
  test('fails when one runs, and until its rollback is over', () => {
    const stage = new Stage();
    const id = stage.create('r1', { BeforeInstall: 'silent' });
    const limit = `DeploymentLimitExceededException: The Deployment Group 'web-group' already has an active Deployment '${id}'`;

    expect(refusal(() => stage.create('r2'))).toBe(limit);
    stage.scheduler.advanceTo(5000);
    stage.deployments.stop(id);
    stage.scheduler.advanceTo(6500);
    expect(stage.get(id).status).toBe('Stopped');
    expect(refusal(() => stage.create('r2'))).toBe(limit);
    stage.scheduler.advanceTo(8000);
    expect(refusal(() => stage.create('r2'))).toContain(`active Deployment '${stage.rollbackOf(id).deploymentId}'`);
    stage.play();
    expect(refusal(() => stage.create('r2'))).toBe('accepted');
  });

  test.each([
    [
      'no revision',
      { appSpec: undefined },
      'RevisionRequiredException: a deployment needs a revision with an AppSpec; give one as appSpecContent',
    ],
    [
      'a long description',
      { description: 'x'.repeat(257) },
      'DescriptionTooLongException: the description may have up to 256 characters, got 257; shorten it',
    ],
    [
      'an unknown configuration',
      { deploymentConfigName: 'Mine' },
      /^DeploymentConfigDoesNotExistException: no deployment configuration 'Mine' for ECS; there are CodeDeployDefault\.ECSCanary10Percent5Minutes, /,
    ],
    [
      'a configuration for Lambda',
      { deploymentConfigName: 'CodeDeployDefault.LambdaAllAtOnce' },
      /^DeploymentConfigDoesNotExistException: /,
    ],
    [
      'rollback without events',
      { autoRollbackConfiguration: { enabled: true, events: [] } },
      'InvalidAutoRollbackConfigException: Deployment Groups need to have at least one event specified when auto rollback is enabled',
    ],
    [
      'alarms without names',
      { overrideAlarmConfiguration: { enabled: true, alarmNames: [] } },
      'InvalidAlarmConfigException: Deployment Groups need to have at least one alarms attached if they are monitored.',
    ],
  ] as const)('fails when the request has %s', (_, request, message) => {
    const stage = new Stage();
    const answer = refusal(() => stage.create('r1', {}, request));
    expect(answer).toEqual(typeof message === 'string' ? message : expect.stringMatching(message));
    expect(stage.deployments.list()).toEqual([]);
  });

  test('takes a predefined configuration and other alarms for one deployment', () => {
    const stage = new Stage();
    stage.alarms.errors = 'ALARM';
    const id = stage.create(
      'r1',
      {},
      { deploymentConfigName: 'CodeDeployDefault.ECSAllAtOnce', overrideAlarmConfiguration: { alarmNames: ['latency'] } },
    );
    stage.play();

    expect(stage.get(id)).toMatchObject({ status: 'Succeeded', deploymentConfigName: 'CodeDeployDefault.ECSAllAtOnce' });
    expect(trafficLines(stage.get(id))).toEqual(['0 100/0', '38650 0/100']);
  });

  test('hooks run in a rollback where the switch is on', () => {
    const stage = new Stage({}, { rollbackRunsHooks: true });
    const id = stage.create(
      'r1',
      { AfterAllowTestTraffic: { afterMs: 100, status: 'Failed' }, AfterInstall: { afterMs: 100, status: 'Succeeded' } },
    );
    stage.scheduler.advanceTo(39_000);
    stage.hooks['hook-AfterAllowTestTraffic'] = { afterMs: 100, status: 'Succeeded' };
    stage.play();

    expect(stage.invoked.map(({ functionName, payload }) => `${functionName} ${payload.DeploymentId === id ? 'first' : 'rollback'}`)).toEqual([
      'hook-AfterInstall first',
      'hook-AfterAllowTestTraffic first',
      'hook-AfterInstall rollback',
      'hook-AfterAllowTestTraffic rollback',
    ]);
    expect(stage.rollbackOf(id).status).toBe('Succeeded');
  });

  test('equal seeds give equal ids, and another seed others', () => {
    const ids = (seed: number): string => new Stage({}, {}, seed).create();
    expect(ids(7)).toBe(ids(7));
    expect(ids(7)).not.toBe(ids(8));
    expect(appSpec().Hooks).toBeUndefined();
  });
});

import { eventLines, trafficLines } from '../stage';
import { LambdaStage } from './lambda-stage';

const ALARM = 'One or more alarms have been activated according to the Amazon CloudWatch metrics you selected, and the affected deployments have been stopped. Activated alarms: <errors>';
const ALIAS_MOVED =
  'The deployment failed because the AppSpec file that specifies the AWS Lambda deployment configuration is missing or has an invalid configuration. ' +
  'The Lambda function alias version does not match the current version in AppSpec file.';
const HOOK_FAILED = 'The deployment failed because one or more of the lifecycle event validation functions failed.';

describe('a good release', () => {
  test('plays three events, moves the alias by canary, and leaves it without weights', () => {
    const stage = new LambdaStage();
    const id = stage.create(1, { BeforeAllowTraffic: { afterMs: 20_000, status: 'Succeeded' } });
    const before = stage.get(id);
    stage.scheduler.after(60_000, 'look', () => {
      expect(stage.deployments.alias.configuration).toEqual({ functionVersion: '1', additionalVersionWeights: { 2: 0.1 } });
      expect(stage.get(id).target.lambdaFunctionInfo.targetVersionWeight).toBe(10);
    });

    stage.play();

    const record = stage.get(id);
    expect(id).toMatch(/^d-[A-Z0-9]{9}$/);
    expect(before.target.lifecycleEvents.map(({ lifecycleEventName, status }) => `${lifecycleEventName} ${status}`)).toEqual(['BeforeAllowTraffic Pending', 'AllowTraffic Pending', 'AfterAllowTraffic Pending']);
    expect(eventLines(record)).toEqual(['BeforeAllowTraffic Succeeded 1500-21500', 'AllowTraffic Succeeded 21650-321900', 'AfterAllowTraffic Succeeded 322050-322300']);
    expect(trafficLines(record)).toEqual(['0 100/0', '21650 90/10', '321650 0/100']);
    expect(record).toMatchObject({
      status: 'Succeeded',
      creator: 'CloudFormation',
      computePlatform: 'Lambda',
      deploymentConfigName: 'CodeDeployDefault.LambdaCanary10Percent5Minutes',
      completeTime: 322_300,
      release: 'r1',
      revision: { revisionType: 'String' },
    });
    expect(record.target).toMatchObject({
      targetId: 'place-order:live',
      targetArn: 'arn:aws:lambda:eu-central-1:111122223333:function:place-order',
      status: 'Succeeded',
      lambdaFunctionInfo: { functionName: 'place-order', functionAlias: 'live', currentVersion: '1', targetVersion: '2', targetVersionWeight: 100 },
    });
    expect(stage.deployments.alias.configuration).toEqual({ functionVersion: '2', additionalVersionWeights: {} });
    expect(stage.deployments.releasedVersion).toBe('2');
    expect(record.errorInformation).toBeUndefined();
  });

  test('the next one begins where it ended, and knows its revision', () => {
    const stage = new LambdaStage();
    stage.create(1);
    stage.play();
    const second = stage.create(2);
    stage.play();
    expect(stage.get(second).target.lambdaFunctionInfo).toMatchObject({ currentVersion: '2', targetVersion: '3', targetVersionWeight: 100 });
    expect(stage.get(second).previousRevision).toEqual({ revisionType: 'String', string: { content: 'r1', sha256: 'hash of r1' } });
  });

  test('by linear steps of 25 % the alias keeps its version until the last one', () => {
    const stage = new LambdaStage({ traffic: { type: 'TimeBasedLinear', percentage: 25, intervalMinutes: 2 } });
    const id = stage.create();
    stage.play();
    expect(trafficLines(stage.get(id))).toEqual(['0 100/0', '1900 75/25', '121900 50/50', '241900 25/75', '361900 0/100']);
  });
});

describe('a release that fails', () => {
  test('in its first hook never moves the alias, and is still rolled back by a deployment of its own', () => {
    const stage = new LambdaStage();
    const id = stage.create(1, { BeforeAllowTraffic: { afterMs: 1000, status: 'Failed' } });
    stage.play();
    const record = stage.get(id);
    expect(eventLines(record)).toEqual(['BeforeAllowTraffic Failed 1500-2500', 'AllowTraffic Skipped -', 'AfterAllowTraffic Skipped -']);
    expect(record).toMatchObject({ status: 'Failed', errorInformation: { code: 'HOOK_EXECUTION_FAILURE', message: HOOK_FAILED } });
    expect(trafficLines(record)).toEqual(['0 100/0']);
    expect(stage.rollbackOf(id)).toMatchObject({ status: 'Succeeded', creator: 'codeDeployRollback', deploymentConfigName: 'CodeDeployDefault.LambdaAllAtOnce' });
    expect(stage.deployments.alias.isAt('1')).toBe(true);
  });

  test('by an alarm in the middle of the shift is stopped, and the alias is set back without weights within 3 s', () => {
    const stage = new LambdaStage();
    const id = stage.create();
    stage.scheduler.after(65_000, 'red', () => (stage.alarms.errors = 'ALARM'));
    stage.play();
    const record = stage.get(id);
    expect(eventLines(record)).toEqual(['BeforeAllowTraffic Succeeded 1500-1750', 'AllowTraffic Failed 1900-70730', 'AfterAllowTraffic Skipped -']);
    expect(record).toMatchObject({ status: 'Stopped', errorInformation: { code: 'ALARM_ACTIVE', message: ALARM } });
    expect(record.target).toMatchObject({ status: 'Failed', lambdaFunctionInfo: { targetVersionWeight: 10 } });
    const rollback = stage.rollbackOf(id)!;
    expect(rollback).toMatchObject({ createTime: 71_730, status: 'Succeeded', release: 'r0' });
    expect(rollback.completeTime! - rollback.createTime).toBeGreaterThanOrEqual(2000);
    expect(rollback.completeTime! - rollback.createTime).toBeLessThanOrEqual(3100);
    expect(rollback.target.lambdaFunctionInfo).toMatchObject({ currentVersion: '2', targetVersion: '1', targetVersionWeight: 100 });
    expect(trafficLines(rollback).map((line) => line.split(' ')[1])).toEqual(['90/10', '100/0']);
    expect(stage.deployments.alias.configuration).toEqual({ functionVersion: '1', additionalVersionWeights: {} });
    expect(stage.deployments.releasedVersion).toBe('1');
  });

  test('by an alarm that is red at the start moves nothing, and has its rollback all the same', () => {
    const stage = new LambdaStage();
    stage.alarms.errors = 'ALARM';
    const id = stage.create();
    stage.play();
    expect(stage.get(id)).toMatchObject({ status: 'Stopped', completeTime: 730, target: { status: 'Skipped' } });
    expect(trafficLines(stage.get(id))).toEqual(['0 100/0']);
    expect(stage.rollbackOf(id)).toMatchObject({ status: 'Succeeded' });
    expect(stage.deployments.alias.isAt('1')).toBe(true);
  });

  test('because its hook cannot be invoked says so at once', () => {
    const stage = new LambdaStage();
    const id = stage.create(1, { AfterAllowTraffic: 'denied' });
    stage.play();
    expect(stage.get(id)).toMatchObject({ status: 'Failed', errorInformation: { code: 'IAM_ROLE_PERMISSIONS' } });
    expect(stage.deployments.alias.isAt('1')).toBe(true);
  });

  test('because its hook is silent has waited an hour for it', () => {
    const stage = new LambdaStage();
    const id = stage.create(1, { BeforeAllowTraffic: 'silent' });
    stage.play();
    expect(stage.get(id)).toMatchObject({ status: 'Failed', completeTime: 3_601_500, errorInformation: { code: 'TIMEOUT' } });
  });
});

describe('a release that is stopped by hand', () => {
  function stopped(autoRollbackEnabled: boolean | undefined, ...stage: ConstructorParameters<typeof LambdaStage>): { stage: LambdaStage; id: string } {
    const played = new LambdaStage(...stage);
    const id = played.create();
    played.scheduler.after(60_000, 'stop', () => played.deployments.stop(id, autoRollbackEnabled === undefined ? {} : { autoRollbackEnabled }));
    played.play();
    return { stage: played, id };
  }

  test('with rollback has the alias set back', () => {
    const { stage, id } = stopped(true);
    expect(stage.get(id)).toMatchObject({ status: 'Stopped', errorInformation: { code: 'MANUAL_STOP' } });
    expect(stage.rollbackOf(id)).toMatchObject({ status: 'Succeeded' });
    expect(stage.deployments.alias.isAt('1')).toBe(true);
  });

  test('without rollback leaves the alias between two versions, for which the next deployment fails and is not taken back', () => {
    const { stage, id } = stopped(false);
    expect(stage.rollbackOf(id)).toBeUndefined();
    expect(stage.deployments.alias.configuration).toEqual({ functionVersion: '1', additionalVersionWeights: { 2: 0.1 } });

    const next = stage.create(2);
    stage.play();
    expect(stage.get(next)).toMatchObject({ status: 'Failed', errorInformation: { code: 'INVALID_LAMBDA_CONFIGURATION', message: ALIAS_MOVED } });
    expect(eventLines(stage.get(next))).toEqual(['BeforeAllowTraffic Skipped -', 'AllowTraffic Skipped -', 'AfterAllowTraffic Skipped -']);
    expect(stage.rollbackOf(next)).toBeUndefined();
    expect(stage.deployments.alias.configuration).toEqual({ functionVersion: '1', additionalVersionWeights: { 2: 0.1 } });
  });

  test('can go on once somebody has set the alias', () => {
    const { stage } = stopped(false);
    stage.deployments.alias.point('1');
    const next = stage.create(2);
    stage.play();
    expect(stage.get(next)).toMatchObject({ status: 'Succeeded' });
  });

  test('the moment at which the alias is looked at is a switch, and so is the rollback after it', () => {
    const { stage } = stopped(false, {}, { aliasCheckedBefore: 'AllowTraffic', rollbackOfMovedAlias: true });
    const next = stage.create(2);
    stage.play();
    expect(eventLines(stage.get(next))[0]).toMatch(/^BeforeAllowTraffic Succeeded/);
    expect(stage.get(next)).toMatchObject({ status: 'Failed', errorInformation: { code: 'INVALID_LAMBDA_CONFIGURATION' } });
    expect(stage.rollbackOf(next)).toMatchObject({ status: 'Succeeded' });
    expect(stage.deployments.alias.isAt('1')).toBe(true);
  });

  test('an alias that names another version than the AppSpec fails alike', () => {
    const stage = new LambdaStage();
    const id = stage.create(1, {}, { currentVersion: '9' });
    stage.play();
    expect(stage.get(id)).toMatchObject({ status: 'Failed', errorInformation: { code: 'INVALID_LAMBDA_CONFIGURATION' } });
  });
});

test.each([
  ['a configuration of another platform', { deploymentConfigName: 'CodeDeployDefault.ECSAllAtOnce' }, /^no deployment configuration 'CodeDeployDefault.ECSAllAtOnce' for Lambda; there are CodeDeployDefault.LambdaCanary10Percent5Minutes, /],
  ['a description that is too long', { description: 'x'.repeat(257) }, /^the description may have up to 256 characters, got 257/],
  ['a rollback without events', { autoRollbackConfiguration: { enabled: true, events: [] } }, /^Deployment Groups need to have at least one event specified/],
])('refuses %s', (_what, more, message) => {
  expect(() => new LambdaStage().create(1, {}, more)).toThrow(message);
});

test('takes another configuration of its own platform', () => {
  const stage = new LambdaStage();
  const id = stage.create(1, {}, { deploymentConfigName: 'CodeDeployDefault.LambdaAllAtOnce' });
  stage.play();
  expect(trafficLines(stage.get(id))).toEqual(['0 100/0', '1900 0/100']);
});

test('refuses a second deployment while one runs', () => {
  const stage = new LambdaStage();
  const id = stage.create();
  expect(() => stage.create(2)).toThrow(`The Deployment Group 'orders-group' already has an active Deployment '${id}'`);
});

test('hooks run in a rollback only where the behaviour is switched so', () => {
  const stage = new LambdaStage({}, { rollbackRunsHooks: true });
  const id = stage.create(1, { BeforeAllowTraffic: { afterMs: 1000, status: 'Succeeded' }, AfterAllowTraffic: { afterMs: 1000, status: 'Failed' } });
  stage.play();
  expect(stage.rollbackOf(id)!.target.lifecycleEvents[0].hook?.report).toBe('Succeeded');
});

import { Overdue, ServiceFailure } from '../../../../lambda/core/failures';
import { findRelease, questionOf, targetVersionOf } from '../../../../lambda/core/release/find-release';
import type { LambdaVersions, Release } from '../../../../lambda/core/release/ports';
import { ENV } from '../../../../lib/model/hook-contract';
import { fakeEnvironment, player } from '../../support/fake-ports';

const { signal } = new AbortController();
const call = <T>(make: (inner: AbortSignal) => Promise<T>) => make(signal);
const denied = (operation: string) => new ServiceFailure(`codedeploy:${operation}`, 'AccessDeniedException', 'no', false);
const throttled = (operation: string) => new ServiceFailure(`codedeploy:${operation}`, 'ThrottlingException', 'slow', true);
const events = [{ name: 'BeforeAllowTraffic', startedAt: 1 }];

const ALL: LambdaVersions = { platform: 'Lambda', functionName: 'orders', alias: 'live', currentVersion: '41', targetVersion: '42' };
const of = (versions: Partial<LambdaVersions>): Release => ({ events, versions: { platform: 'Lambda', ...versions } });
const specOf = (Properties: object) => JSON.stringify({ Resources: [{ a: { Type: 'AWS::Lambda::Function', Properties } }] });
const SPEC = specOf({ Name: 'spec-orders', Alias: 'spec-live', CurrentVersion: '1', TargetVersion: '2' });

const QUESTIONS = { configured: { releasedFunction: 'configured' }, none: {}, shared: { shared: true } } as const;

async function found(target: Release | Error, appSpec: string | Error, releasedFunction: 'configured' | 'none' | 'shared' = 'configured') {
  const asked: string[] = [];
  const source = {
    target: (deploymentId: string) => (asked.push(`target of ${deploymentId}`), player([target])()),
    appSpec: (deploymentId: string) => (asked.push(`AppSpec of ${deploymentId}`), player([appSpec])()),
  };
  const release = await findRelease(source, { deploymentId: 'd-1', ...QUESTIONS[releasedFunction] }, call);
  return { release, asked };
}

describe('a release of a function', () => {
  test('is what the target of the deployment tells, without asking for more', async () => {
    expect(await found(of(ALL), new Error('not asked'))).toEqual({ release: { events, versions: ALL }, asked: ['target of d-1'] });
  });

  test('has the configured function where the target names none', async () => {
    const { release } = await found(of({ currentVersion: '41', targetVersion: '42' }), new Error('not asked'));
    expect(release).toEqual({ events, versions: { platform: 'Lambda', functionName: 'configured', currentVersion: '41', targetVersion: '42' } });
  });

  test.each<[string, Partial<LambdaVersions>, LambdaVersions]>([
    ['all', {}, { platform: 'Lambda', functionName: 'spec-orders', alias: 'spec-live', currentVersion: '1', targetVersion: '2' }],
    ['the new version', { functionName: 'orders', alias: 'live', currentVersion: '41' }, { ...ALL, targetVersion: '2' }],
    ['the old version', { functionName: 'orders', alias: 'live', targetVersion: '42' }, { ...ALL, currentVersion: '1' }],
  ])('has from its AppSpec %s where the target does not tell it', async (_, told, versions) => {
    expect(await found(of(told), SPEC)).toEqual({ release: { events, versions }, asked: ['target of d-1', 'AppSpec of d-1'] });
  });

  test('is read from its AppSpec where the target may not be asked for, and says so', async () => {
    const { release } = await found(denied('ListDeploymentTargets'), SPEC);
    expect(release).toEqual({
      events: [],
      versions: { platform: 'Lambda', functionName: 'spec-orders', alias: 'spec-live', currentVersion: '1', targetVersion: '2' },
      unknown: { reason: 'codedeploy:ListDeploymentTargets failed: AccessDeniedException: no', retryable: false },
    });
  });

  test.each<[string, Release | Error, string | Error, string, boolean]>([
    [
      'both calls are refused',
      denied('ListDeploymentTargets'),
      denied('GetDeployment'),
      'codedeploy:ListDeploymentTargets failed: AccessDeniedException: no; codedeploy:GetDeployment failed: AccessDeniedException: no',
      false,
    ],
    [
      'one of them may be let through later',
      throttled('ListDeploymentTargets'),
      denied('GetDeployment'),
      'codedeploy:ListDeploymentTargets failed: ThrottlingException: slow; codedeploy:GetDeployment failed: AccessDeniedException: no',
      true,
    ],
    ['the other one may be let through later', of({}), throttled('GetApplicationRevision'), 'codedeploy:GetApplicationRevision failed: ThrottlingException: slow', true],
    ['neither answers', new Overdue('late'), new Overdue('late'), 'CodeDeploy did not answer in time; CodeDeploy did not answer in time', true],
    ['the AppSpec cannot be read', of({}), '- a', 'the AppSpec is no JSON: "- a"', false],
    ['the AppSpec leaves a version out', of({}), specOf({ CurrentVersion: '1' }), 'neither the target of the deployment nor its AppSpec names the function and both versions', false],
  ])('is unknown where %s', async (_, target, appSpec, reason, retryable) => {
    const { release } = await found(target, appSpec);
    expect(release.unknown).toEqual({ reason, retryable });
    expect(release.versions).toMatchObject({ functionName: 'configured' });
    expect(release.versions).not.toHaveProperty('targetVersion');
  });

  test('that is one of ECS is no matter of functions', async () => {
    const ecs: Release = { events, versions: { platform: 'ECS', taskSets: [] } };
    expect(await found(ecs, new Error('not asked'))).toEqual({ release: ecs, asked: ['target of d-1'] });
  });

  test.each([[new TypeError('oops'), SPEC], [of({}), new TypeError('oops')]])('is not made up where something is broken in here', async (target, appSpec) => {
    await expect(found(target, appSpec)).rejects.toThrow('oops');
  });
});

describe('a release in a rollout without a function', () => {
  test('is what the target tells, and nothing else is asked', async () => {
    expect(await found(of({}), new Error('not asked'), 'none')).toEqual({ release: of({}), asked: ['target of d-1'] });
  });

  test('fails as its call does', async () => {
    await expect(found(denied('ListDeploymentTargets'), SPEC, 'none')).rejects.toThrow('codedeploy:ListDeploymentTargets failed');
  });
});

describe('a release of which only the deployment knows the function', () => {
  test('is what its target tells', async () => {
    expect(await found(of(ALL), new Error('not asked'), 'shared')).toEqual({ release: { events, versions: ALL }, asked: ['target of d-1'] });
  });

  test('has its function from the AppSpec where the target names none, and no other way', async () => {
    const versions = { currentVersion: '41', targetVersion: '42' };
    expect(await found(of(versions), SPEC, 'shared')).toEqual({ release: { events, versions: { platform: 'Lambda', functionName: 'spec-orders', alias: 'spec-live', ...versions } }, asked: ['target of d-1', 'AppSpec of d-1'] });
    const { release } = await found(of(versions), specOf({ CurrentVersion: '1', TargetVersion: '2' }), 'shared');
    expect(release).toEqual({ events, versions: { platform: 'Lambda', ...versions }, unknown: { reason: 'neither the target of the deployment nor its AppSpec names the function and both versions', retryable: false } });
  });
});

test('of a function that several rollouts share, only the deployment knows', () => {
  expect(questionOf(fakeEnvironment({ [ENV.deploymentGroups]: 'shop.' }), 'd-1')).toEqual({ deploymentId: 'd-1', shared: true });
});

test.each([
  [undefined, { deploymentId: 'd-1' }],
  ['', { deploymentId: 'd-1' }],
  ['orders', { deploymentId: 'd-1', releasedFunction: 'orders' }],
])('the configured function is %j', (name, question) => {
  expect(questionOf(fakeEnvironment({ [ENV.releasedFunction]: name }), 'd-1')).toEqual(question);
});

describe('the target version', () => {
  test('is a number, of a function', () => {
    expect(targetVersionOf(of(ALL))).toEqual({ functionName: 'orders', version: '42' });
  });

  const unknown = { reason: 'codedeploy:GetDeployment failed: ThrottlingException: slow', retryable: true };
  test.each<[Release, string, boolean]>([
    [{ events, versions: { platform: 'ECS', taskSets: [] } }, 'the deployment releases task sets of ECS, and no version of a function', false],
    [{ ...of({ functionName: 'orders' }), unknown }, `the target version of the deployment is unknown: ${unknown.reason}`, true],
    [{ ...of({ targetVersion: '42' }), unknown }, `the function of the deployment is unknown: ${unknown.reason}`, true],
    [of({ functionName: 'orders' }), 'the target version of the deployment is unknown: its target does not name one', false],
    ...['$LATEST', '0', '042', 'live'].map((version): [Release, string, boolean] => [of({ ...ALL, targetVersion: version }), `the target version of the deployment must be the number of a published version, got "${version}"`, false]),
  ])('of %j is none', (release, reason, retryable) => {
    expect(targetVersionOf(release)).toEqual({ reason, retryable });
  });
});

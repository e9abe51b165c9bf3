/** What the CodeDeploy endpoint tells of deployments to instances. */
import { codeDeployService } from '../../../rehearsal/endpoints/codedeploy';
import { codeDeployBackend } from '../../../rehearsal/endpoints/codedeploy-backend';
import { Fields } from '../../../rehearsal/endpoints/fields';
import { ServerGroups } from '../../../rehearsal/engine/fleet/server-groups';
import { SETTINGS } from './servers-world';
import { FleetStage, GROUP, instances, revision } from '../engine/fleet/fleet-stage';

const PLACE = { partition: 'aws', region: 'eu-central-1', accountId: '111122223333', epochMs: 1_000_000, now: () => 0 };

const stage = new FleetStage(instances(3), {
  group: { minimumHealthyHosts: { type: 'HOST_COUNT', value: 1 } },
  faults: [{ kind: 'scriptFails', event: 'ValidateService', exitCode: 3, log: 'no answer', instances: { ids: ['i-2'] } }],
  initialRevision: revision('r0'),
});

const engine = { make: () => stage.deployments, revisionAt: () => revision('r1') };
const groups = new ServerGroups({ region: 'eu-central-1', arnPrefix: 'arn:aws:codedeploy:eu-central-1:111122223333', configs: [], instancesPerDeployment: 1000, hasAutoScalingGroup: () => true, engine });
groups.expect(GROUP, engine).create({ ...SETTINGS, applicationName: GROUP.applicationName }, true);
const backend = codeDeployBackend([], [], [], { applications: ['shop'], groups });
const service = codeDeployService(PLACE, backend);
const asked: string[] = [];
const caller = { accessKeyId: 'AKIA', authorize: (action: string, resource: string) => void asked.push(`${action} ${resource}`) };

const call = async (operation: string, input: object): Promise<Record<string, never>> => (await service.operations[operation]!(new Fields(input as never), caller as never)) as never;

const { deploymentId } = stage.deploy(revision('r1', ['ValidateService']));

test('CD-19: GetDeployment counts instances, and tells the revision', async () => {
  const { deploymentInfo } = await call('GetDeployment', { deploymentId });
  expect(deploymentInfo).toMatchObject({
    applicationName: 'shop',
    deploymentGroupName: 'web',
    status: 'Succeeded',
    computePlatform: 'Server',
    createTime: new Date(1_000_000),
    deploymentOverview: { Pending: 0, InProgress: 0, Succeeded: 2, Failed: 1, Skipped: 0, Ready: 0 },
    deploymentStyle: { deploymentType: 'IN_PLACE', deploymentOption: 'WITHOUT_TRAFFIC_CONTROL' },
    revision: { revisionType: 'S3', s3Location: { key: 'r1' } },
    previousRevision: { revisionType: 'S3', s3Location: { key: 'r0' } },
    fileExistsBehavior: 'DISALLOW',
  });
  expect(asked.at(-1)).toBe('codedeploy:GetDeployment arn:aws:codedeploy:eu-central-1:111122223333:deploymentgroup:shop/web');
});

test('CD-20: targets are instances, and the status filters them', async () => {
  expect(await call('ListDeploymentTargets', { deploymentId })).toEqual({ targetIds: ['i-1', 'i-2', 'i-3'], nextToken: undefined });
  expect(await call('ListDeploymentTargets', { deploymentId, targetFilters: { TargetStatus: ['Failed'] } })).toEqual({ targetIds: ['i-2'], nextToken: undefined });
  expect(await call('ListDeploymentInstances', { deploymentId, instanceStatusFilter: ['Succeeded'] })).toEqual({ instancesList: ['i-1', 'i-3'], nextToken: undefined });
});

test('CD-20: a target has its lifecycle events, and what its agent said', async () => {
  const { deploymentTargets } = await call('BatchGetDeploymentTargets', { deploymentId, targetIds: ['i-2', 'i-1'] });
  const [failed, good] = deploymentTargets as unknown as { deploymentTargetType: string; instanceTarget: { targetId: string; status: string; targetArn: string; lifecycleEvents: { lifecycleEventName: string; status: string; diagnostics?: object }[] } }[];
  expect([failed!.deploymentTargetType, failed!.instanceTarget.targetId, failed!.instanceTarget.status, good!.instanceTarget.status]).toEqual(['InstanceTarget', 'i-2', 'Failed', 'Succeeded']);
  expect(failed!.instanceTarget.targetArn).toBe('arn:aws:ec2:eu-central-1:111122223333:instance/i-2');
  expect(failed!.instanceTarget.lifecycleEvents.at(-1)).toMatchObject({
    lifecycleEventName: 'ValidateService',
    status: 'Failed',
    diagnostics: { errorCode: 'ScriptFailed', scriptName: 'ValidateService.sh', logTail: 'no answer', message: 'Script at specified location: ValidateService.sh failed with exit code 3' },
  });
  expect((await call('GetDeploymentTarget', { deploymentId, targetId: 'i-1' })).deploymentTarget).toEqual(good);
});

test.each([
  ['GetDeploymentTarget', { targetId: 'i-9' }, 'DeploymentTargetDoesNotExistException'],
  ['BatchGetDeploymentTargets', { targetIds: [] }, 'DeploymentTargetIdRequiredException'],
  ['BatchGetDeploymentTargets', { targetIds: Array.from({ length: 26 }, (_, index) => `i-${index}`) }, 'DeploymentTargetListSizeExceededException'],
  ['ContinueDeployment', {}, 'DeploymentAlreadyCompletedException'],
  ['StopDeployment', {}, 'DeploymentAlreadyCompletedException'],
])('CD-20: %s with %j is %s', async (operation, input, code) => {
  await expect(async () => call(operation, { deploymentId, ...input })).rejects.toMatchObject({ code });
});

test('CD-20: an unknown deployment is none to instances either', async () => {
  await expect(async () => call('ListDeploymentInstances', { deploymentId: 'd-UNKNOWN01' })).rejects.toMatchObject({ code: 'DeploymentDoesNotExistException' });
  await expect(async () => call('GetDeployment', { deploymentId: 'd-UNKNOWN01' })).rejects.toMatchObject({ code: 'DeploymentDoesNotExistException' });
});

test('CD-19: deployments are listed by application and group', async () => {
  expect(await call('ListDeployments', {})).toMatchObject({ deployments: [deploymentId] });
  expect(await call('ListDeployments', { applicationName: 'shop', deploymentGroupName: 'web' })).toMatchObject({ deployments: [deploymentId] });
  await expect(async () => call('ListDeployments', { applicationName: 'shop', deploymentGroupName: 'other' })).rejects.toMatchObject({ code: 'DeploymentGroupDoesNotExistException' });
});

test('CD-20: StopDeployment stops one that runs', async () => {
  const id = stage.create(revision('r2'));
  for (let step = 0; step < 3; step++) {
    stage.scheduler.runNext();
  }
  expect(await call('StopDeployment', { deploymentId: id, autoRollbackEnabled: false })).toMatchObject({ status: 'Pending' });
  stage.play();
  expect(stage.deployments.get(id).status).toBe('Stopped');
});

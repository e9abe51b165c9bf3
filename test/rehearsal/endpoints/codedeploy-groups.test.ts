/** Deployment groups of instances as an SDK client makes, changes and deletes them. */
import {
  BatchGetDeploymentGroupsCommand,
  BatchGetDeploymentsCommand,
  CodeDeployClient,
  ContinueDeploymentCommand,
  CreateDeploymentCommand,
  CreateDeploymentGroupCommand,
  DeleteDeploymentGroupCommand,
  GetApplicationCommand,
  GetDeploymentCommand,
  GetDeploymentGroupCommand,
  ListApplicationsCommand,
  ListDeploymentGroupsCommand,
  ListDeploymentsCommand,
  ListDeploymentTargetsCommand,
  ListTagsForResourceCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateDeploymentGroupCommand,
  type CreateDeploymentCommandInput,
  type CreateDeploymentGroupCommandInput,
  type UpdateDeploymentGroupCommandInput,
} from '@aws-sdk/client-codedeploy';

import { ACCOUNT, REGION } from './aws-world';
import { NAMES, ROLE, ServersWorld } from './servers-world';

let world: ServersWorld;
let client: CodeDeployClient;

const begin = async (isThere: boolean): Promise<void> => {
  world = await ServersWorld.start(isThere);
  client = new CodeDeployClient({ ...world.aws.client(), maxAttempts: 2 });
};

afterEach(async () => {
  client.destroy();
  await world.close();
});

const S3 = { revisionType: 'S3', s3Location: { bucket: 'bundles', key: 'v1.zip', bundleType: 'zip' } } as const;
const ARN = `arn:aws:codedeploy:${REGION}:${ACCOUNT}:deploymentgroup:fleet/web`;
const READY = { deploymentReadyOption: { actionOnTimeout: 'CONTINUE_DEPLOYMENT' } } as const;
const KEEP = { terminateBlueInstancesOnDeploymentSuccess: { action: 'KEEP_ALIVE' } } as const;
const BLUE_GREEN: CreateDeploymentGroupCommandInput = {
  ...NAMES,
  serviceRoleArn: ROLE,
  autoScalingGroups: ['blue'],
  deploymentStyle: { deploymentType: 'BLUE_GREEN', deploymentOption: 'WITH_TRAFFIC_CONTROL' },
  blueGreenDeploymentConfiguration: { ...READY, ...KEEP },
  loadBalancerInfo: { targetGroupInfoList: [{ name: 'tg' }] },
};

const info = async () => (await client.send(new GetDeploymentGroupCommand(NAMES))).deploymentGroupInfo!;
const failing = (command: object) => client.send(command as GetDeploymentGroupCommand).then(() => ['answered'], (error: Error) => [error.name, error.message]);
const deploy = async (more: Partial<CreateDeploymentCommandInput> = {}) => (await client.send(new CreateDeploymentCommand({ ...NAMES, revision: S3, targetInstances: { autoScalingGroups: ['green'] }, ...more }))).deploymentId!;
const deployment = async (deploymentId: string) => (await client.send(new GetDeploymentCommand({ deploymentId }))).deploymentInfo!;

describe('the group of the template', () => {
  beforeEach(() => begin(true));

  test('CD-21: application and group are told as they are set', async () => {
    expect((await client.send(new GetApplicationCommand({ applicationName: 'fleet' }))).application).toMatchObject({ applicationName: 'fleet', computePlatform: 'Server' });
    expect((await client.send(new ListApplicationsCommand({}))).applications).toEqual(['fleet']);
    expect((await client.send(new ListDeploymentGroupsCommand({ applicationName: 'fleet' }))).deploymentGroups).toEqual(['web']);
    const told = await info();
    expect(told).toEqual({
      applicationName: 'fleet',
      deploymentGroupName: 'web',
      deploymentGroupId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      deploymentConfigName: 'CodeDeployDefault.AllAtOnce',
      serviceRoleArn: ROLE,
      autoScalingGroups: [{ name: 'blue', hook: expect.stringMatching(/^CodeDeploy-managed-automatic-launch-deployment-hook-web-[0-9a-f-]{36}$/) }],
      ec2TagFilters: [],
      onPremisesInstanceTagFilters: [],
      triggerConfigurations: [],
      alarmConfiguration: { enabled: true, ignorePollAlarmFailure: true, alarms: [{ name: 'shop-errors' }] },
      autoRollbackConfiguration: { enabled: true, events: ['DEPLOYMENT_FAILURE'] },
      deploymentStyle: { deploymentType: 'BLUE_GREEN', deploymentOption: 'WITH_TRAFFIC_CONTROL' },
      blueGreenDeploymentConfiguration: {
        deploymentReadyOption: { actionOnTimeout: 'STOP_DEPLOYMENT', waitTimeInMinutes: 30 },
        terminateBlueInstancesOnDeploymentSuccess: { action: 'KEEP_ALIVE', terminationWaitTimeInMinutes: 0 },
        greenFleetProvisioningOption: { action: 'DISCOVER_EXISTING' },
      },
      loadBalancerInfo: { targetGroupInfoList: [{ name: 'tg' }] },
      outdatedInstancesStrategy: 'UPDATE',
      targetRevision: { revisionType: 'S3', s3Location: { key: 'r0' } },
      computePlatform: 'Server',
      terminationHookEnabled: false,
    });
    const { deploymentGroupsInfo } = await client.send(new BatchGetDeploymentGroupsCommand({ applicationName: 'fleet', deploymentGroupNames: ['web', 'other'] }));
    expect(deploymentGroupsInfo).toEqual([told]);
  });

  test('CD-22: a deployment with the replacements that it names', async () => {
    world.scaling.setDesired('green', 2);
    world.aws.playTo(60_000);
    const id = await deploy({ description: 'next', fileExistsBehavior: 'OVERWRITE', ignoreApplicationStopFailures: true });
    expect(await deployment(id)).toMatchObject({
      status: 'Created',
      creator: 'user',
      description: 'next',
      fileExistsBehavior: 'OVERWRITE',
      ignoreApplicationStopFailures: true,
      revision: S3,
      targetInstances: { autoScalingGroups: ['green'] },
      loadBalancerInfo: { targetGroupInfoList: [{ name: 'tg' }] },
      blueGreenDeploymentConfiguration: { deploymentReadyOption: { actionOnTimeout: 'STOP_DEPLOYMENT', waitTimeInMinutes: 30 } },
      instanceTerminationWaitTimeStarted: false,
    });
    expect((await failing(new CreateDeploymentCommand({ ...NAMES, revision: S3, targetInstances: { autoScalingGroups: ['green'] } })))[0]).toBe('DeploymentLimitExceededException');
    world.aws.playTo(600_000);
    expect((await deployment(id)).status).toBe('Ready');
    const touched = { TargetStatus: ['InProgress', 'Succeeded'] };
    const listed = async (targetFilters: object) => (await client.send(new ListDeploymentTargetsCommand({ deploymentId: id, targetFilters }))).targetIds!.length;
    expect([await listed({ ServerInstanceLabel: ['Blue'] }), await listed({ ServerInstanceLabel: ['Green'] }), await listed({ ...touched, ServerInstanceLabel: ['Blue'] })]).toEqual([2, 2, 0]);
    await client.send(new ContinueDeploymentCommand({ deploymentId: id, deploymentWaitType: 'READY_WAIT' }));
    world.aws.playTo(1_200_000);
    expect((await deployment(id)).status).toBe('Succeeded');
    expect([await listed({ ...touched, ServerInstanceLabel: ['Blue'] }), await listed({ TargetStatus: ['Succeeded'] })]).toEqual([2, 4]);
    const told = await info();
    expect([told.lastSuccessfulDeployment?.deploymentId, told.lastAttemptedDeployment, told.targetRevision]).toEqual([id, told.lastSuccessfulDeployment, S3]);
    // Nobody has pointed the group at the other one yet.
    expect(told.autoScalingGroups!.map(({ name }) => name)).toEqual(['blue']);
    const { deploymentsInfo } = await client.send(new BatchGetDeploymentsCommand({ deploymentIds: [id] }));
    expect(deploymentsInfo!.map(({ deploymentId, computePlatform }) => [deploymentId, computePlatform])).toEqual([[id, 'Server']]);
    expect((await client.send(new ListDeploymentsCommand(NAMES))).deployments).toEqual([id]);
  });

  test.each<[Partial<CreateDeploymentCommandInput>, string]>([
    [{ revision: undefined }, 'RevisionRequiredException'],
    [{ revision: { revisionType: 'AppSpecContent', appSpecContent: { content: '{}' } } }, 'InvalidRevisionException'],
    [{ revision: { revisionType: 'S3', s3Location: { bucket: 'bundles' } } }, 'InvalidRevisionException'],
    [{ revision: { revisionType: 'S3', s3Location: { bucket: 'bundles', key: 'a', bundleType: 'YAML' } } }, 'InvalidRevisionException'],
    [{ revision: { revisionType: 'GitHub', gitHubLocation: { repository: 'me/app' } } }, 'InvalidRevisionException'],
    [{ targetInstances: undefined }, 'InvalidTargetInstancesException'],
    [{ targetInstances: {} }, 'InvalidTargetInstancesException'],
    [{ targetInstances: { tagFilters: [{ Key: 'a' }], ec2TagSet: { ec2TagSetList: [[{ Key: 'b' }]] } } }, 'InvalidEC2TagCombinationException'],
    [{ deploymentGroupName: 'other' }, 'DeploymentGroupDoesNotExistException'],
    [{ deploymentGroupName: undefined }, 'DeploymentGroupNameRequiredException'],
    [{ deploymentConfigName: 'other' }, 'DeploymentConfigDoesNotExistException'],
    [{ fileExistsBehavior: 'KEEP' as never }, 'InvalidFileExistsBehaviorException'],
    [{ description: 'x'.repeat(257) }, 'DescriptionTooLongException'],
    [{ autoRollbackConfiguration: { enabled: true, events: [] } }, 'InvalidAutoRollbackConfigException'],
    [{ deploymentMode: 'RESTART' } as never, 'UnknownOperationException'],
  ])('CD-22: CreateDeployment with %j is refused', async (more, code) => {
    expect((await failing(new CreateDeploymentCommand({ ...NAMES, revision: S3, targetInstances: { autoScalingGroups: ['green'] }, ...more })))[0]).toBe(code);
  });

  test('CD-22: a commit of GitHub, and replacements by tags', async () => {
    const gitHub = { revisionType: 'GitHub', gitHubLocation: { repository: 'me/app', commitId: 'abc' } } as const;
    const id = await deploy({ revision: gitHub, targetInstances: { tagFilters: [{ Key: 'role', Value: 'api', Type: 'KEY_AND_VALUE' }] } });
    expect(await deployment(id)).toMatchObject({ revision: gitHub, targetInstances: { ec2TagSet: { ec2TagSetList: [[{ Key: 'role', Value: 'api', Type: 'KEY_AND_VALUE' }]] } } });
    world.aws.playTo(60_000);
    expect(await deployment(id)).toMatchObject({ status: 'Failed', errorInformation: { code: 'NO_INSTANCES' } });
  });

  test('CD-24: an update keeps what it leaves out, and clears what is empty', async () => {
    const before = await info();
    const update = (more: Partial<UpdateDeploymentGroupCommandInput>) => client.send(new UpdateDeploymentGroupCommand({ applicationName: 'fleet', currentDeploymentGroupName: 'web', ...more }));
    expect((await update({ autoScalingGroups: ['green'] })).hooksNotCleanedUp).toEqual([]);
    const { autoScalingGroups, ...others } = await info();
    const kept: Partial<typeof before> = { ...before };
    delete kept.autoScalingGroups;
    expect([autoScalingGroups!.map(({ name }) => name), others]).toEqual([['green'], kept]);
    await update({ triggerConfigurations: [{ triggerName: 't', triggerTargetArn: `arn:aws:sns:${REGION}:${ACCOUNT}:topic`, triggerEvents: ['DeploymentFailure'] }], deploymentConfigName: 'half', terminationHookEnabled: true, outdatedInstancesStrategy: 'IGNORE' });
    await update({ autoScalingGroups: [], ec2TagFilters: [{ Key: 'role', Value: 'web', Type: 'KEY_AND_VALUE' }], triggerConfigurations: [], alarmConfiguration: { enabled: false, alarms: [] }, autoRollbackConfiguration: { enabled: false } });
    expect(await info()).toMatchObject({
      autoScalingGroups: [],
      ec2TagFilters: [{ Key: 'role', Value: 'web', Type: 'KEY_AND_VALUE' }],
      triggerConfigurations: [],
      alarmConfiguration: { enabled: false, alarms: [] },
      autoRollbackConfiguration: { enabled: false, events: [] },
      deploymentConfigName: 'half',
      terminationHookEnabled: true,
      outdatedInstancesStrategy: 'IGNORE',
      deploymentGroupId: before.deploymentGroupId,
    });
    await update({ ec2TagSet: { ec2TagSetList: [[{ Key: 'a', Type: 'KEY_ONLY' }], [{ Value: 'b', Type: 'VALUE_ONLY' }]] }, onPremisesTagSet: { onPremisesTagSetList: [[{ Key: 'c', Type: 'KEY_ONLY' }]] } });
    expect(await info()).toMatchObject({ ec2TagSet: { ec2TagSetList: [[{ Key: 'a', Type: 'KEY_ONLY' }], [{ Value: 'b', Type: 'VALUE_ONLY' }]] }, onPremisesInstanceTagFilters: [{ Key: 'c', Type: 'KEY_ONLY' }] });
  });

  test('CD-24: what is updated while a deployment runs is for the next one', async () => {
    world.scaling.setDesired('green', 1);
    world.aws.playTo(60_000);
    const id = await deploy();
    await client.send(new UpdateDeploymentGroupCommand({ applicationName: 'fleet', currentDeploymentGroupName: 'web', blueGreenDeploymentConfiguration: { ...READY, ...KEEP } }));
    world.aws.playTo(600_000);
    expect((await deployment(id)).status).toBe('Ready');
    expect((await info()).blueGreenDeploymentConfiguration!.deploymentReadyOption).toEqual({ actionOnTimeout: 'CONTINUE_DEPLOYMENT', waitTimeInMinutes: 0 });
  });

  test.each<[Partial<UpdateDeploymentGroupCommandInput>, string]>([
    [{ blueGreenDeploymentConfiguration: { ...READY, ...KEEP, greenFleetProvisioningOption: { action: 'COPY_AUTO_SCALING_GROUP' } } }, 'InvalidBlueGreenDeploymentConfigurationException'],
    [{ autoScalingGroups: ['other'] }, 'InvalidAutoScalingGroupException'],
    [{ newDeploymentGroupName: 'renamed' }, 'UnknownOperationException'],
    [{ currentDeploymentGroupName: 'other' }, 'DeploymentGroupDoesNotExistException'],
    [{ currentDeploymentGroupName: undefined }, 'DeploymentGroupNameRequiredException'],
  ])('CD-24: an update to %j is refused, and changes nothing', async (more, code) => {
    const before = await info();
    expect((await failing(new UpdateDeploymentGroupCommand({ applicationName: 'fleet', currentDeploymentGroupName: 'web', ...more } as never)))[0]).toBe(code);
    expect(await info()).toEqual(before);
  });

  test('CD-25: a group is deleted, and its deployments are known still; another one of its name is another one', async () => {
    world.scaling.setDesired('green', 1);
    world.aws.playTo(60_000);
    const id = await deploy();
    const { deploymentGroupId } = await info();
    expect(await client.send(new DeleteDeploymentGroupCommand(NAMES))).toMatchObject({ hooksNotCleanedUp: [] });
    expect((await failing(new GetDeploymentGroupCommand(NAMES)))[0]).toBe('DeploymentGroupDoesNotExistException');
    expect((await client.send(new ListDeploymentGroupsCommand({ applicationName: 'fleet' }))).deploymentGroups).toEqual([]);
    expect((await deployment(id)).status).toBe('Created');
    expect(await client.send(new DeleteDeploymentGroupCommand(NAMES))).toMatchObject({ hooksNotCleanedUp: [] });
    const made = await client.send(new CreateDeploymentGroupCommand(BLUE_GREEN));
    expect(made.deploymentGroupId).not.toBe(deploymentGroupId);
    expect((await info()).lastAttemptedDeployment).toBeUndefined();
    const next = await deploy();
    expect(next).not.toBe(id);
    expect((await client.send(new ListDeploymentsCommand(NAMES))).deployments!.sort()).toEqual([id, next].sort());
  });

  test('CD-25: launches in the Auto Scaling groups of a deleted group are nobody’s business', async () => {
    await client.send(new DeleteDeploymentGroupCommand(NAMES));
    world.scaling.setDesired('blue', 3);
    world.aws.playTo(60_000);
    expect(world.scaling.inService('blue')).toBe(3);
  });
});

describe('a group that is not there', () => {
  beforeEach(() => begin(false));

  test('CD-23: it is made with what the request says, and the service’s own where it says nothing', async () => {
    expect((await failing(new GetDeploymentGroupCommand(NAMES)))[0]).toBe('DeploymentGroupDoesNotExistException');
    const { deploymentGroupId } = await client.send(new CreateDeploymentGroupCommand({ ...NAMES, serviceRoleArn: ROLE }));
    expect(await info()).toEqual({
      applicationName: 'fleet',
      deploymentGroupName: 'web',
      deploymentGroupId,
      deploymentConfigName: 'CodeDeployDefault.OneAtATime',
      serviceRoleArn: ROLE,
      autoScalingGroups: [],
      ec2TagFilters: [],
      onPremisesInstanceTagFilters: [],
      triggerConfigurations: [],
      alarmConfiguration: { enabled: false, ignorePollAlarmFailure: false, alarms: [] },
      autoRollbackConfiguration: { enabled: false, events: [] },
      deploymentStyle: { deploymentType: 'IN_PLACE', deploymentOption: 'WITHOUT_TRAFFIC_CONTROL' },
      outdatedInstancesStrategy: 'UPDATE',
      computePlatform: 'Server',
      terminationHookEnabled: false,
    });
    expect((await failing(new CreateDeploymentGroupCommand({ ...NAMES, serviceRoleArn: ROLE })))[0]).toBe('DeploymentGroupAlreadyExistsException');
  });

  test('CD-23: its first deployment has nothing before it, and gives the traffic to what gets it', async () => {
    await client.send(new CreateDeploymentGroupCommand(BLUE_GREEN));
    world.scaling.setDesired('green', 2);
    world.aws.playTo(60_000);
    const id = await deploy();
    world.aws.playTo(600_000);
    expect(await deployment(id)).toMatchObject({ status: 'Succeeded', deploymentOverview: { Succeeded: 4 } });
    expect((await deployment(id)).previousRevision).toBeUndefined();
    expect([...world.scaling.fleet.registered('tg')].map((index) => world.scaling.fleet.instance(index).autoScalingGroup)).toEqual(['green', 'green']);
  });

  test.each<[string, Partial<CreateDeploymentGroupCommandInput>, string, string]>([
    ['no ready option', { blueGreenDeploymentConfiguration: KEEP }, 'InvalidBlueGreenDeploymentConfigurationException', 'Deployment ready option cannot be null for blue green deployment'],
    ['no way with the originals', { blueGreenDeploymentConfiguration: READY }, 'InvalidBlueGreenDeploymentConfigurationException', 'Terminate blue instances option cannot be null for blue green deployment'],
    ['no configuration', { blueGreenDeploymentConfiguration: undefined }, 'InvalidBlueGreenDeploymentConfigurationException', 'Deployment ready option cannot be null for blue green deployment'],
    [
      'a copy of two groups',
      { autoScalingGroups: ['blue', 'green'], blueGreenDeploymentConfiguration: { ...READY, ...KEEP, greenFleetProvisioningOption: { action: 'COPY_AUTO_SCALING_GROUP' } } },
      'InvalidBlueGreenDeploymentConfigurationException',
      'Exactly one AutoScaling group must be specified when selecting the COPY_AUTO_SCALING_GROUP green fleet provisioning option.',
    ],
    [
      'a termination wait over two days',
      { blueGreenDeploymentConfiguration: { ...READY, terminateBlueInstancesOnDeploymentSuccess: { action: 'TERMINATE', terminationWaitTimeInMinutes: 2881 } } },
      'InvalidBlueGreenDeploymentConfigurationException',
      'terminationWaitTimeInMinutes must be from 0 to 2880, got 2881',
    ],
    [
      'a ready wait over two days',
      { blueGreenDeploymentConfiguration: { ...KEEP, deploymentReadyOption: { actionOnTimeout: 'STOP_DEPLOYMENT', waitTimeInMinutes: 2881 } } },
      'InvalidBlueGreenDeploymentConfigurationException',
      'waitTimeInMinutes must be from 0 to 2880, got 2881',
    ],
    ['an unknown way of provisioning', { blueGreenDeploymentConfiguration: { ...READY, ...KEEP, greenFleetProvisioningOption: { action: 'MAKE' as never } } }, 'InvalidGreenFleetProvisioningOptionException', "action must be DISCOVER_EXISTING or COPY_AUTO_SCALING_GROUP, got 'MAKE'"],
    ['no traffic control', { deploymentStyle: { deploymentType: 'BLUE_GREEN', deploymentOption: 'WITHOUT_TRAFFIC_CONTROL' } }, 'InvalidDeploymentStyleException', 'BLUE_GREEN deployment type not supported with WITHOUT_TRAFFIC_CONTROL option'],
    ['no load balancer', { loadBalancerInfo: {} }, 'InvalidLoadBalancerInfoException', 'Load balancer info must be specified for a deployment group with the WITH_TRAFFIC_CONTROL option'],
    ['services of ECS', { ecsServices: [{ serviceName: 'web', clusterName: 'main' }] }, 'InvalidInputException', 'Server Deployment Groups should not define a value for ecsServices, eksClusters, or targetGroupPairInfoList'],
    ['pairs of target groups', { loadBalancerInfo: { targetGroupPairInfoList: [{}] } }, 'InvalidInputException', 'Server Deployment Groups should not define a value for ecsServices, eksClusters, or targetGroupPairInfoList'],
    ['eleven triggers', { triggerConfigurations: Array.from({ length: 11 }, (_, index) => ({ triggerName: `t${index}`, triggerTargetArn: `arn:aws:sns:${REGION}:${ACCOUNT}:topic`, triggerEvents: [] })) }, 'TriggerTargetsLimitExceededException', 'Deployment Groups cannot contain more than 10 TriggerTargets.'],
    ['a topic of another region', { triggerConfigurations: [{ triggerName: 't', triggerTargetArn: `arn:aws:sns:us-east-1:${ACCOUNT}:topic`, triggerEvents: [] }] }, 'InvalidTriggerConfigException', `Topic ARN arn:aws:sns:us-east-1:${ACCOUNT}:topic is not valid`],
    ['alarms without one', { alarmConfiguration: { enabled: true, alarms: [] } }, 'InvalidAlarmConfigException', 'Deployment Groups need to have at least one alarms attached if they are monitored.'],
    ['51 alarms', { alarmConfiguration: { enabled: true, alarms: Array.from({ length: 51 }, (_, index) => ({ name: `a${index}` })) } }, 'AlarmsLimitExceededException', 'alarms must hold at most 50 entries, got 51'],
    ['rollback without events', { autoRollbackConfiguration: { enabled: true, events: [] } }, 'InvalidAutoRollbackConfigException', 'Deployment Groups need to have at least one event specified when auto rollback is enabled'],
    ['rollback by an unknown event', { autoRollbackConfiguration: { enabled: true, events: ['LATER' as never] } }, 'InvalidAutoRollbackConfigException', "events must be of DEPLOYMENT_FAILURE, DEPLOYMENT_STOP_ON_ALARM, DEPLOYMENT_STOP_ON_REQUEST, got 'LATER'"],
    ['filters beside a set', { ec2TagFilters: [{ Key: 'a' }], ec2TagSet: { ec2TagSetList: [[{ Key: 'b' }]] } }, 'InvalidEC2TagCombinationException', 'ec2TagFilters and ec2TagSet cannot be in the same request; give the one or the other'],
    ['four tag groups', { ec2TagSet: { ec2TagSetList: ['a', 'b', 'c', 'd'].map((Key) => [{ Key }]) } }, 'TagSetListLimitExceededException', 'a tag set may have 3 tag groups at most'],
    ['eleven Auto Scaling groups', { autoScalingGroups: Array.from({ length: 11 }, () => 'blue') }, 'InvalidAutoScalingGroupException', 'a deployment group may have 10 Auto Scaling groups at most, got 11'],
    ['an Auto Scaling group that is not there', { autoScalingGroups: ['other'] }, 'InvalidAutoScalingGroupException', "no Auto Scaling group 'other'; give the name of one that exists"],
    ['a configuration that is not there', { deploymentConfigName: 'other' }, 'DeploymentConfigDoesNotExistException', 'No Deployment Configuration found for name: other'],
    ['no role', { serviceRoleArn: undefined }, 'RoleRequiredException', 'the service role is missing'],
    ['a role that is none', { serviceRoleArn: 'deployer' }, 'InvalidRoleException', "'deployer' is not the ARN of a role; the service role looks like arn:aws:iam::111122223333:role/deployer"],
    ['a name that is none', { deploymentGroupName: 'a b' }, 'InvalidDeploymentGroupNameException', "'a b' is not a name of a deployment group: up to 100 letters, digits and .+=,@-_"],
  ])('CD-23: %s is refused', async (_, more, code, message) => {
    expect(await failing(new CreateDeploymentGroupCommand({ ...BLUE_GREEN, ...more }))).toEqual([code, message]);
    expect((await client.send(new ListDeploymentGroupsCommand({ applicationName: 'fleet' }))).deploymentGroups).toEqual([]);
  });

  test('CD-23: other applications are the template’s, with their groups', async () => {
    expect((await failing(new CreateDeploymentGroupCommand({ ...BLUE_GREEN, applicationName: 'other' })))[0]).toBe('UnknownOperationException');
    expect((await failing(new CreateDeploymentGroupCommand({ ...BLUE_GREEN, applicationName: undefined })))[0]).toBe('ApplicationNameRequiredException');
    expect((await failing(new GetApplicationCommand({ applicationName: 'other' })))[0]).toBe('ApplicationDoesNotExistException');
  });

  test('CD-26: tags come with the group, and afterwards', async () => {
    await client.send(new CreateDeploymentGroupCommand({ ...BLUE_GREEN, tags: [{ Key: 'mark', Value: 'one' }] }));
    const tags = async () => (await client.send(new ListTagsForResourceCommand({ ResourceArn: ARN }))).Tags;
    expect(await tags()).toEqual([{ Key: 'mark', Value: 'one' }]);
    await client.send(new TagResourceCommand({ ResourceArn: ARN, Tags: [{ Key: 'mark', Value: 'two' }, { Key: 'team', Value: 'web' }] }));
    expect(await tags()).toEqual([{ Key: 'mark', Value: 'two' }, { Key: 'team', Value: 'web' }]);
    await client.send(new UntagResourceCommand({ ResourceArn: ARN, TagKeys: ['mark'] }));
    expect(await tags()).toEqual([{ Key: 'team', Value: 'web' }]);
    const many = Array.from({ length: 50 }, (_, index) => ({ Key: `k${index}`, Value: '' }));
    expect((await failing(new TagResourceCommand({ ResourceArn: ARN, Tags: many })))[0]).toBe('InvalidTagsToAddException');
    expect((await failing(new TagResourceCommand({ ResourceArn: ARN, Tags: [{ Value: 'x' }] })))[0]).toBe('InvalidTagsToAddException');
    expect((await failing(new ListTagsForResourceCommand({ ResourceArn: 'web' })))[0]).toBe('InvalidArnException');
    expect((await failing(new ListTagsForResourceCommand({ ResourceArn: `${ARN}2` })))[0]).toBe('DeploymentGroupDoesNotExistException');
    expect((await failing(new ListTagsForResourceCommand({ ResourceArn: `arn:aws:codedeploy:${REGION}:${ACCOUNT}:application:fleet` })))[0]).toBe('UnknownOperationException');
  });

  test('CD-27: calls are decided on the ARN of the group, and the service role must be one that the caller may pass on', async () => {
    await client.send(new CreateDeploymentGroupCommand({ ...BLUE_GREEN, tags: [] }));
    await client.send(new UpdateDeploymentGroupCommand({ applicationName: 'fleet', currentDeploymentGroupName: 'web', serviceRoleArn: ROLE }));
    await client.send(new UpdateDeploymentGroupCommand({ applicationName: 'fleet', currentDeploymentGroupName: 'web' }));
    await client.send(new DeleteDeploymentGroupCommand(NAMES));
    const passed = { action: 'iam:PassRole', resource: ROLE, context: { 'iam:PassedToService': 'codedeploy.amazonaws.com' } };
    const own = (action: string) => ({ action: `codedeploy:${action}`, resource: ARN, context: {} });
    expect(world.aws.calls.map(({ accessKeyId: _, ...call }) => call)).toEqual([own('CreateDeploymentGroup'), passed, own('UpdateDeploymentGroup'), passed, own('UpdateDeploymentGroup'), own('DeleteDeploymentGroup')]);
    world.aws.denied.add('iam:PassRole');
    const other = new CodeDeployClient(world.aws.client('FUNCTION'));
    await expect(other.send(new CreateDeploymentGroupCommand(BLUE_GREEN))).rejects.toMatchObject({ name: 'AccessDeniedException' });
    other.destroy();
    expect((await failing(new GetDeploymentGroupCommand(NAMES)))[0]).toBe('DeploymentGroupDoesNotExistException');
  });
});

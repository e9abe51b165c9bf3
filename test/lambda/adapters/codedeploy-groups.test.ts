/** What is said to CodeDeploy about deployment groups of servers, held against the SDK's own client, and what is read in the answers. */
import {
  CodeDeployClient,
  CreateDeploymentGroupCommand,
  DeleteDeploymentGroupCommand,
  GetDeploymentCommand,
  GetDeploymentGroupCommand,
  ListTagsForResourceCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateDeploymentGroupCommand,
} from '@aws-sdk/client-codedeploy';

import { awsCall } from '../../../lambda/adapters/aws-call';
import { CODE_DEPLOY } from '../../../lambda/adapters/aws-endpoint';
import { codeDeployGroups } from '../../../lambda/adapters/codedeploy-groups';
import type { KeepTask } from '../../../lambda/core/server-groups/request';
import { serverGroupTask } from '../../../lambda/core/server-groups/request';
import type { AwsAnswerScript, AwsServer } from '../support/aws-server';
import { awsError, awsServer } from '../support/aws-server';
import { LAMBDA_VARIABLES } from '../support/handler-process';
import { copied, FLEET_ARN, groupRequest, ROLE } from '../support/server-groups';

const GROUP = { application: 'web', group: 'web-fleet' };
const NAMES = { applicationName: 'web', deploymentGroupName: 'web-fleet' };
const ID = '0f1e2d3c-0000-4000-8000-000000000000';
const { signal } = new AbortController();

let aws: AwsServer;
afterEach(() => aws.close());
const environmentBefore = process.env;
beforeEach(() => {
  process.env = { ...environmentBefore, ...LAMBDA_VARIABLES };
});
afterAll(() => {
  process.env = environmentBefore;
});

const groups = () => codeDeployGroups(awsCall(CODE_DEPLOY, { variables: { ...LAMBDA_VARIABLES, AWS_ENDPOINT_URL: aws.url } }));
const info = (value: object): AwsAnswerScript => ({ body: JSON.stringify({ deploymentGroupInfo: value }) });

/** Everything that there is. */
const SETTINGS = {
  ...(serverGroupTask(
    groupRequest('Create', copied({ ReadyWaitMinutes: '60', Originals: 'TERMINATE', TerminationWaitMinutes: '5', LoadBalancers: ['classic'], Triggers: [{ TriggerName: 'told', TriggerTargetArn: 'arn:aws:sns:eu-central-1:111122223333:told', TriggerEvents: ['DeploymentFailure'] }] })),
  ) as KeepTask).settings,
  autoScalingGroups: ['blue'],
};
const TAGS = { 'cdk-greenlight:resource': '0123456789abcdef' };

/** The same, spelled by hand. */
const SAID = {
  deploymentConfigName: 'CodeDeployDefault.HalfAtATime',
  serviceRoleArn: ROLE,
  autoScalingGroups: ['blue'],
  deploymentStyle: { deploymentType: 'BLUE_GREEN', deploymentOption: 'WITH_TRAFFIC_CONTROL' },
  blueGreenDeploymentConfiguration: {
    deploymentReadyOption: { actionOnTimeout: 'STOP_DEPLOYMENT', waitTimeInMinutes: 60 },
    greenFleetProvisioningOption: { action: 'COPY_AUTO_SCALING_GROUP' },
    terminateBlueInstancesOnDeploymentSuccess: { action: 'TERMINATE', terminationWaitTimeInMinutes: 5 },
  },
  loadBalancerInfo: { targetGroupInfoList: [{ name: 'web-targets' }], elbInfoList: [{ name: 'classic' }] },
  alarmConfiguration: { enabled: true, ignorePollAlarmFailure: false, alarms: [{ name: 'verdict' }, { name: 'errors' }] },
  autoRollbackConfiguration: { enabled: true, events: ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_ALARM'] },
  triggerConfigurations: [{ triggerName: 'told', triggerTargetArn: 'arn:aws:sns:eu-central-1:111122223333:told', triggerEvents: ['DeploymentFailure'] }],
  outdatedInstancesStrategy: 'UPDATE',
  terminationHookEnabled: false,
} as const;

type Input<Command extends new (input: never) => unknown> = ConstructorParameters<Command>[0];
const said = SAID as unknown as Omit<Input<typeof CreateDeploymentGroupCommand>, 'applicationName' | 'deploymentGroupName'>;

describe('requests mean what the requests of the SDK mean', () => {
  const client = () => new CodeDeployClient({ region: 'eu-central-1', endpoint: aws.url, maxAttempts: 1 });
  test.each<[string, () => Promise<unknown>, () => Promise<unknown>]>([
    ['GetDeploymentGroup', () => groups().read(GROUP, signal), () => client().send(new GetDeploymentGroupCommand(NAMES))],
    [
      'UpdateDeploymentGroup',
      () => groups().pointTo(GROUP, 'green', signal),
      () => client().send(new UpdateDeploymentGroupCommand({ applicationName: 'web', currentDeploymentGroupName: 'web-fleet', autoScalingGroups: ['green'] })),
    ],
    [
      'CreateDeploymentGroup',
      () => groups().create(GROUP, SETTINGS, TAGS, signal),
      () => client().send(new CreateDeploymentGroupCommand({ ...NAMES, ...said, tags: [{ Key: 'cdk-greenlight:resource', Value: '0123456789abcdef' }] })),
    ],
    [
      'UpdateDeploymentGroup with everything',
      () => groups().update(GROUP, SETTINGS, 'sets', signal),
      () => client().send(new UpdateDeploymentGroupCommand({ applicationName: 'web', currentDeploymentGroupName: 'web-fleet', ...said, ec2TagSet: { ec2TagSetList: [] }, onPremisesTagSet: { onPremisesTagSetList: [] } })),
    ],
    [
      'UpdateDeploymentGroup of one that selects by filters',
      () => groups().update(GROUP, SETTINGS, 'filters', signal),
      () => client().send(new UpdateDeploymentGroupCommand({ applicationName: 'web', currentDeploymentGroupName: 'web-fleet', ...said, ec2TagFilters: [], onPremisesInstanceTagFilters: [] })),
    ],
    ['DeleteDeploymentGroup', () => groups().remove(GROUP, signal), () => client().send(new DeleteDeploymentGroupCommand(NAMES))],
    ['ListTagsForResource', () => groups().tags(FLEET_ARN, signal), () => client().send(new ListTagsForResourceCommand({ ResourceArn: FLEET_ARN }))],
    ['TagResource', () => groups().tag(FLEET_ARN, { a: 'b' }, signal), () => client().send(new TagResourceCommand({ ResourceArn: FLEET_ARN, Tags: [{ Key: 'a', Value: 'b' }] }))],
    ['UntagResource', () => groups().untag(FLEET_ARN, ['a'], signal), () => client().send(new UntagResourceCommand({ ResourceArn: FLEET_ARN, TagKeys: ['a'] }))],
    ['GetDeployment', () => groups().groupOf('d-1', signal), () => client().send(new GetDeploymentCommand({ deploymentId: 'd-1' }))],
  ])('%s', async (_name, ours, theirs) => {
    aws = await awsServer({ GetDeployment: [{ body: JSON.stringify({ deploymentInfo: { applicationName: 'web', deploymentGroupName: 'web-fleet' } }) }], GetDeploymentGroup: [info({ deploymentGroupId: ID })] });
    await theirs();
    await ours();
    const [first, second] = aws.calls.map(({ method, path, headers, body }) => [method, path, headers['content-type'], headers['x-amz-target'], JSON.parse(body)]);
    expect(second).toEqual(first);
    expect(aws.calls).toHaveLength(2);
  });
});

describe('a deployment group', () => {
  test.each<[string, object, object]>([
    [
      'that has been deployed to',
      {
        autoScalingGroups: [{ name: 'green', hook: 'h', terminationHook: 't' }],
        deploymentStyle: { deploymentType: 'BLUE_GREEN', deploymentOption: 'WITH_TRAFFIC_CONTROL' },
        lastSuccessfulDeployment: { deploymentId: 'd-1', status: 'Succeeded' },
        lastAttemptedDeployment: { deploymentId: 'd-2', status: 'Failed' },
      },
      { autoScalingGroups: ['green'], blueGreen: true, lastSuccessful: 'd-1', lastAttempted: 'd-2' },
    ],
    ['in place', { autoScalingGroups: [{ name: 'a' }, { name: 'b' }], deploymentStyle: { deploymentType: 'IN_PLACE' } }, { autoScalingGroups: ['a', 'b'], blueGreen: false }],
    ['that has not been deployed to', { autoScalingGroups: [{}], lastSuccessfulDeployment: {}, lastAttemptedDeployment: { deploymentId: '' } }, { autoScalingGroups: [], blueGreen: false }],
    ['of nothing', {}, { autoScalingGroups: [], blueGreen: false }],
  ])('%s', async (_, value, expected) => {
    aws = await awsServer({ GetDeploymentGroup: [info({ deploymentGroupId: ID, ...value })] });
    expect(await groups().read(GROUP, signal)).toEqual({ id: ID, ...expected });
  });

  test.each(['ApplicationDoesNotExistException', 'DeploymentGroupDoesNotExistException'])('that is not there, says %s', async (code) => {
    aws = await awsServer({ GetDeploymentGroup: [awsError(code, 'No such thing')] });
    expect(await groups().read(GROUP, signal)).toBeUndefined();
  });

  test.each([
    ['denied', awsError('AccessDeniedException', 'no'), 'AccessDeniedException', false],
    ['throttled', awsError('ThrottlingException', 'Rate exceeded'), 'ThrottlingException', true],
    ['answered without a group', { body: '{}' }, 'UnexpectedAnswer', true],
  ])('is unknown where the call is %s', async (_, script, code, retryable) => {
    aws = await awsServer({ GetDeploymentGroup: [script] });
    await expect(groups().read(GROUP, signal)).rejects.toMatchObject({ call: 'codedeploy:GetDeploymentGroup', code, retryable });
  });

  test('that is gone cannot be pointed anywhere', async () => {
    aws = await awsServer({ UpdateDeploymentGroup: [awsError('DeploymentGroupDoesNotExistException', 'gone')] });
    await expect(groups().pointTo(GROUP, 'green', signal)).rejects.toMatchObject({ call: 'codedeploy:UpdateDeploymentGroup', code: 'DeploymentGroupDoesNotExistException', retryable: false });
  });
});

describe('a deployment group that is kept', () => {
  const find = async (value: object) => {
    aws = await awsServer({ GetDeploymentGroup: [info({ deploymentGroupId: ID, ...value })] });
    return groups().find(GROUP, signal);
  };

  test('is told as it was said', async () => {
    expect(await find({ ...NAMES, ...SAID, computePlatform: 'Server', autoScalingGroups: [{ name: 'blue', hook: 'h' }], ec2TagFilters: [], lastAttemptedDeployment: { deploymentId: 'd-1' } })).toEqual({
      id: ID,
      platform: 'Server',
      settings: SAID,
      autoScalingGroups: ['blue'],
      greenFleet: 'COPY_AUTO_SCALING_GROUP',
      attempted: true,
    });
  });

  test.each<[object, object]>([
    [{}, {}],
    [{ computePlatform: 'ECS' }, { platform: 'ECS' }],
    [{ ec2TagFilters: [{ Key: 'a' }] }, { selectsByTags: 'filters' }],
    [{ onPremisesInstanceTagFilters: [{ Key: 'a' }] }, { selectsByTags: 'filters' }],
    [{ ec2TagSet: { ec2TagSetList: [[{ Key: 'a' }]] } }, { selectsByTags: 'sets' }],
    [{ onPremisesTagSet: { onPremisesTagSetList: [[{ Key: 'a' }]] } }, { selectsByTags: 'sets' }],
    [{ ec2TagSet: { ec2TagSetList: [] }, onPremisesTagSet: {}, ec2TagFilters: [], onPremisesInstanceTagFilters: [] }, {}],
    [{ blueGreenDeploymentConfiguration: {} }, { settings: { autoScalingGroups: [], blueGreenDeploymentConfiguration: {} } }],
  ])('of %j', async (value, expected) => {
    expect(await find(value)).toEqual({ id: ID, platform: 'Server', settings: { autoScalingGroups: [] }, autoScalingGroups: [], attempted: false, ...expected });
  });

  test('that is not there is none', async () => {
    aws = await awsServer({ GetDeploymentGroup: [awsError('DeploymentGroupDoesNotExistException', 'gone')] });
    expect(await groups().find(GROUP, signal)).toBeUndefined();
  });

  test.each(['ApplicationDoesNotExistException', 'DeploymentGroupDoesNotExistException'])('that is gone already is removed: %s', async (code) => {
    aws = await awsServer({ DeleteDeploymentGroup: [awsError(code, 'gone')] });
    await expect(groups().remove(GROUP, signal)).resolves.toBeUndefined();
  });

  test('that may not be removed stays', async () => {
    aws = await awsServer({ DeleteDeploymentGroup: [awsError('AccessDeniedException', 'no')] });
    await expect(groups().remove(GROUP, signal)).rejects.toMatchObject({ call: 'codedeploy:DeleteDeploymentGroup', code: 'AccessDeniedException' });
  });
});

describe('tags', () => {
  const page = (tags: readonly object[] | undefined, NextToken?: string): AwsAnswerScript => ({ body: JSON.stringify({ Tags: tags, NextToken }) });

  test('are read over all pages', async () => {
    aws = await awsServer({ ListTagsForResource: [page([{ Key: 'a', Value: '1' }, { Key: 'b' }], 'more'), page(undefined)] });
    expect(await groups().tags(FLEET_ARN, signal)).toEqual({ a: '1', b: '' });
    expect(aws.calls.map(({ body }) => JSON.parse(body) as object)).toEqual([{ ResourceArn: FLEET_ARN }, { ResourceArn: FLEET_ARN, NextToken: 'more' }]);
  });

  test('without end are as good as unread', async () => {
    aws = await awsServer({ ListTagsForResource: [page([], 'more')] });
    await expect(groups().tags(FLEET_ARN, signal)).rejects.toMatchObject({ message: 'codedeploy:ListTagsForResource failed: UnexpectedAnswer: more than 10 pages', retryable: true });
    expect(aws.calls).toHaveLength(10);
  });
});

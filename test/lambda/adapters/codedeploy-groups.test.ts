/** What is said to CodeDeploy about deployment groups of servers, held against the SDK's own client, and what is read in the answers. */
import { CodeDeployClient, GetDeploymentGroupCommand, UpdateDeploymentGroupCommand } from '@aws-sdk/client-codedeploy';

import { awsCall } from '../../../lambda/adapters/aws-call';
import { CODE_DEPLOY } from '../../../lambda/adapters/aws-endpoint';
import { codeDeployGroups } from '../../../lambda/adapters/codedeploy-groups';
import type { AwsAnswerScript, AwsServer } from '../support/aws-server';
import { awsError, awsServer } from '../support/aws-server';
import { LAMBDA_VARIABLES } from '../support/handler-process';

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

describe('requests mean what the requests of the SDK mean', () => {
  const client = () => new CodeDeployClient({ region: 'eu-central-1', endpoint: aws.url, maxAttempts: 1 });
  test.each<[string, () => Promise<unknown>, () => Promise<unknown>]>([
    ['GetDeploymentGroup', () => groups().read(GROUP, signal), () => client().send(new GetDeploymentGroupCommand(NAMES))],
    [
      'UpdateDeploymentGroup',
      () => groups().pointTo(GROUP, 'green', signal),
      () => client().send(new UpdateDeploymentGroupCommand({ applicationName: 'web', currentDeploymentGroupName: 'web-fleet', autoScalingGroups: ['green'] })),
    ],
  ])('%s', async (_name, ours, theirs) => {
    aws = await awsServer({ GetDeploymentGroup: [info({ deploymentGroupId: ID })] });
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

/** What settling asks about the originals of a deployment, held against the SDK's own client, and what it reads in the answers. */
import { CodeDeployClient, ListDeploymentTargetsCommand } from '@aws-sdk/client-codedeploy';

import { awsCall } from '../../../lambda/adapters/aws-call';
import { CODE_DEPLOY } from '../../../lambda/adapters/aws-endpoint';
import { originalTargets } from '../../../lambda/adapters/original-targets';
import type { AwsAnswerScript, AwsServer } from '../support/aws-server';
import { awsError, awsServer } from '../support/aws-server';
import { LAMBDA_VARIABLES } from '../support/handler-process';

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

const body = (value: unknown): AwsAnswerScript => ({ body: JSON.stringify(value) });

async function ask(...answers: readonly AwsAnswerScript[]): Promise<boolean> {
  aws = await awsServer({ ListDeploymentTargets: [...answers] });
  return originalTargets(awsCall(CODE_DEPLOY, { variables: { ...LAMBDA_VARIABLES, AWS_ENDPOINT_URL: aws.url } })).touched('d-1', signal);
}

const bodies = () => aws.calls.map(({ body: sent }) => JSON.parse(sent) as unknown);

test('requests mean what the requests of the SDK mean', async () => {
  await ask(body({ targetIds: [], nextToken: 'more' }), body({ targetIds: [] }));
  const ours = bodies();
  await aws.close();
  aws = await awsServer({ ListDeploymentTargets: [body({ targetIds: [] }), body({ targetIds: [] })] });
  const client = new CodeDeployClient({ region: 'eu-central-1', endpoint: aws.url, maxAttempts: 1 });
  const targetFilters = { ServerInstanceLabel: ['Blue'], TargetStatus: ['InProgress', 'Succeeded', 'Failed', 'Unknown'] };
  await client.send(new ListDeploymentTargetsCommand({ deploymentId: 'd-1', targetFilters }));
  await client.send(new ListDeploymentTargetsCommand({ deploymentId: 'd-1', targetFilters, nextToken: 'more' }));
  expect(ours).toEqual(bodies());
});

test.each<[string, boolean, number, readonly object[]]>([
  ['none', false, 1, [{ targetIds: [] }]],
  ['none, with a token that leads nowhere', false, 1, [{ targetIds: [], nextToken: '' }]],
  ['one', true, 1, [{ targetIds: ['i-0a'], nextToken: 'more' }]],
  ['one, behind a page without any', true, 2, [{ targetIds: [], nextToken: 'more' }, { targetIds: ['i-0a'] }]],
])('%s of them is touched', async (_what, expected, calls, answers) => {
  expect(await ask(...answers.map(body))).toBe(expected);
  expect(aws.calls).toHaveLength(calls);
});

test('an answer without a list is none', async () => {
  await expect(ask(body({}))).rejects.toMatchObject({ message: 'codedeploy:ListDeploymentTargets failed: UnexpectedAnswer: the answer holds no targets', retryable: true });
});

test('pages that do not end are no answer', async () => {
  await expect(ask(...Array.from({ length: 201 }, () => body({ targetIds: [], nextToken: 'more' })))).rejects.toMatchObject({ message: 'codedeploy:ListDeploymentTargets failed: UnexpectedAnswer: more than 200 pages' });
  expect(aws.calls).toHaveLength(200);
});

test('what the service says is told', async () => {
  await expect(ask(awsError('AccessDeniedException', 'is not authorized'))).rejects.toMatchObject({ code: 'AccessDeniedException', retryable: false });
});

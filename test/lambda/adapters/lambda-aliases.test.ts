/** What the deployment provider asks Lambda of an alias, held against the SDK's own client, and what it reads in the answers; and the events of a deployment of an alias. */
import { GetAliasCommand, LambdaClient } from '@aws-sdk/client-lambda';

import { awsCall } from '../../../lambda/adapters/aws-call';
import { CODE_DEPLOY, LAMBDA } from '../../../lambda/adapters/aws-endpoint';
import { codeDeployDeployments } from '../../../lambda/adapters/codedeploy-deployments';
import { lambdaAliases } from '../../../lambda/adapters/lambda-aliases';
import type { AwsAnswerScript, AwsServer, SeenCall } from '../support/aws-server';
import { awsServer } from '../support/aws-server';
import { LAMBDA_VARIABLES } from '../support/handler-process';

const PATH = '/2015-03-31/functions/take/aliases/live';
const { signal } = new AbortController();

let aws: AwsServer;
const environmentBefore = process.env;
beforeEach(() => {
  process.env = { ...environmentBefore, ...LAMBDA_VARIABLES };
});
afterEach(() => aws.close());
afterAll(() => {
  process.env = environmentBefore;
});

const variables = () => ({ variables: { ...LAMBDA_VARIABLES, AWS_ENDPOINT_URL: aws.url } });
const read = (functionName = 'take') => lambdaAliases(awsCall(LAMBDA, variables())).alias({ functionName, name: 'live' }, signal);
const answers = (script: AwsAnswerScript, path = PATH) => awsServer({ [path]: [script] });
const body = (value: unknown): AwsAnswerScript => ({ body: JSON.stringify(value) });
const refusal = (code: string, status: number): AwsAnswerScript => ({ status, headers: { 'x-amzn-errortype': `${code}:http://internal.amazon.com/` }, body: '{"Type":"User","Message":"no"}' });

test('the request means what the request of the SDK means', async () => {
  aws = await answers(body({ FunctionVersion: '1' }));
  await new LambdaClient({ region: 'eu-central-1', endpoint: aws.url, maxAttempts: 1 }).send(new GetAliasCommand({ FunctionName: 'take', Name: 'live' }));
  await read();
  const meaning = ({ method, path, headers, body: sent }: SeenCall) => [method, path, sent, /Credential=[^/]+\/\d+\/([^,]+)/.exec(headers.authorization ?? '')?.[1]];
  const [theirs, ours] = aws.calls.map(meaning);
  expect(ours).toEqual(theirs);
  expect(ours?.[3]).toBe('eu-central-1/lambda/aws4_request');
});

test.each<[string, object, object]>([
  ['one version', { FunctionVersion: '7', Name: 'live' }, { version: '7', weights: {} }],
  ['two versions', { FunctionVersion: '7', RoutingConfig: { AdditionalVersionWeights: { '8': 0.1 } } }, { version: '7', weights: { '8': 0.1 } }],
  ['no weights', { FunctionVersion: '7', RoutingConfig: {} }, { version: '7', weights: {} }],
  ['weights that are none', { FunctionVersion: '7', RoutingConfig: { AdditionalVersionWeights: { '8': 'x' } } }, { version: '7', weights: {} }],
])('reads an alias of %s', async (_what, answer, facts) => {
  aws = await answers(body(answer));
  expect(await read()).toEqual(facts);
});

test('names the function by an ARN, too', async () => {
  const arn = 'arn:aws:lambda:eu-central-1:111122223333:function:take';
  aws = await answers(body({ FunctionVersion: '7' }), `/2015-03-31/functions/${encodeURIComponent(arn)}/aliases/live`);
  expect(await read(arn)).toEqual({ version: '7', weights: {} });
});

test('an alias or a function that is not there is none', async () => {
  aws = await answers(refusal('ResourceNotFoundException', 404));
  expect(await read()).toBeUndefined();
});

test.each<[string, AwsAnswerScript, object]>([
  ['denied', refusal('AccessDeniedException', 403), { call: 'lambda:GetAlias', code: 'AccessDeniedException', retryable: false }],
  ['throttled', refusal('TooManyRequestsException', 429), { call: 'lambda:GetAlias', code: 'TooManyRequestsException', retryable: true }],
  ['broken', refusal('ServiceException', 500), { call: 'lambda:GetAlias', code: 'ServiceException', retryable: true }],
  ['an answer without a version', body({}), { call: 'lambda:GetAlias', code: 'UnexpectedAnswer', retryable: true, message: 'lambda:GetAlias failed: UnexpectedAnswer: the answer names no version' }],
  ['an answer that is no JSON', { body: '<html>' }, { code: 'UnexpectedAnswer', retryable: true }],
  ['no answer', { reset: true }, { call: 'lambda:GetAlias', code: 'ECONNRESET', retryable: true }],
])('%s is a failure', async (_what, script, failure) => {
  aws = await answers(script);
  await expect(read()).rejects.toMatchObject(failure);
});

test('the events of a deployment of an alias are those of its one target', async () => {
  const lifecycleEvents = [
    { lifecycleEventName: 'BeforeAllowTraffic', status: 'Failed', diagnostics: { errorCode: 'UnknownError', message: 'the hook failed' } },
    { lifecycleEventName: 'AllowTraffic', status: 'Skipped' },
  ];
  aws = await awsServer({
    ListDeploymentTargets: [body({ targetIds: ['take:live'] })],
    BatchGetDeploymentTargets: [body({ deploymentTargets: [{ deploymentTargetType: 'LambdaTarget', lambdaTarget: { lifecycleEvents } }] })],
  });
  expect(await codeDeployDeployments(awsCall(CODE_DEPLOY, variables())).events('d-1', signal)).toEqual([
    { name: 'BeforeAllowTraffic', status: 'Failed', diagnostics: 'UnknownError: the hook failed' },
    { name: 'AllowTraffic', status: 'Skipped' },
  ]);
});

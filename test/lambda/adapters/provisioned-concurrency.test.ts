/** What hooks and the deployment provider say to Lambda about provisioned concurrency, held against the SDK's own client, and what they read in the answers. */
import { DeleteProvisionedConcurrencyConfigCommand, GetProvisionedConcurrencyConfigCommand, LambdaClient, PutProvisionedConcurrencyConfigCommand } from '@aws-sdk/client-lambda';

import { awsCall } from '../../../lambda/adapters/aws-call';
import { LAMBDA } from '../../../lambda/adapters/aws-endpoint';
import { provisionedConcurrency } from '../../../lambda/adapters/provisioned-concurrency';
import type { AwsAnswerScript, AwsServer } from '../support/aws-server';
import { awsServer } from '../support/aws-server';
import { LAMBDA_VARIABLES } from '../support/handler-process';

const VERSION = { functionName: 'take-order', version: '9' };
const ASKED = { FunctionName: 'take-order', Qualifier: '9' };
const PATH = '/2019-09-30/functions/take-order/provisioned-concurrency?Qualifier=9';
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

const service = () => provisionedConcurrency(awsCall(LAMBDA, { variables: { ...LAMBDA_VARIABLES, AWS_ENDPOINT_URL: aws.url } }));
const body = (value: unknown, status = 200): AwsAnswerScript => ({ status, body: JSON.stringify(value) });
const failure = (code: string, message: string, status: number): AwsAnswerScript => ({ status, headers: { 'x-amzn-errortype': code }, body: JSON.stringify({ Type: 'User', message }) });
const answer = async (script: AwsAnswerScript) => void (aws = await awsServer({ [PATH]: [script] }));

describe('requests mean what the requests of the SDK mean', () => {
  const client = () => new LambdaClient({ region: 'eu-central-1', endpoint: aws.url, maxAttempts: 1 });
  test.each<[string, () => Promise<unknown>, () => Promise<unknown>]>([
    ['Get', () => service().read(VERSION, signal), () => client().send(new GetProvisionedConcurrencyConfigCommand(ASKED))],
    ['Put', () => service().request(VERSION, 5, signal), () => client().send(new PutProvisionedConcurrencyConfigCommand({ ...ASKED, ProvisionedConcurrentExecutions: 5 }))],
    ['Delete', () => service().release(VERSION, signal), () => client().send(new DeleteProvisionedConcurrencyConfigCommand(ASKED))],
  ])('%s', async (_name, ours, theirs) => {
    await answer(body({ Status: 'READY', RequestedProvisionedConcurrentExecutions: 5 }));
    await theirs();
    await ours();
    const [first, second] = aws.calls.map(({ method, path, headers, body: text }) => [method, path, headers['content-type'], text]);
    expect(second).toEqual(first);
    expect(aws.calls).toHaveLength(2);
  });
});

test.each<[object, object]>([
  [{ Status: 'IN_PROGRESS', RequestedProvisionedConcurrentExecutions: 5, AllocatedProvisionedConcurrentExecutions: 0 }, { status: 'IN_PROGRESS', requested: 5, available: 0 }],
  [{ Status: 'READY', RequestedProvisionedConcurrentExecutions: 5, AvailableProvisionedConcurrentExecutions: 5, StatusReason: null }, { status: 'READY', requested: 5, available: 5 }],
  [{ Status: 'FAILED', RequestedProvisionedConcurrentExecutions: 5, StatusReason: 'FUNCTION_ERROR_INIT_FAILURE' }, { status: 'FAILED', requested: 5, available: 0, reason: 'FUNCTION_ERROR_INIT_FAILURE' }],
])('an answer is read: %j', async (told, expected) => {
  await answer(body(told));
  expect(await service().read(VERSION, signal)).toEqual(expected);
  expect(await service().request(VERSION, 5, signal)).toEqual(expected);
});

test.each([{}, { Status: 'READY' }, { RequestedProvisionedConcurrentExecutions: 5 }])('is asked again where the answer is %j', async (told) => {
  await answer(body(told));
  await expect(service().request(VERSION, 5, signal)).rejects.toMatchObject({
    message: 'lambda:PutProvisionedConcurrencyConfig failed: UnexpectedAnswer: the answer tells no status, or not how much was requested',
    retryable: true,
  });
});

test('a version that has none', async () => {
  await answer(failure('ProvisionedConcurrencyConfigNotFoundException', 'No Provisioned Concurrency Config found for this function', 404));
  expect(await service().read(VERSION, signal)).toBeUndefined();
  expect(await service().release(VERSION, signal)).toBeUndefined();
});

test('a version that is gone has nothing to release, and nothing to be read', async () => {
  await answer(failure('ResourceNotFoundException', 'Function not found', 404));
  expect(await service().release(VERSION, signal)).toBeUndefined();
  await expect(service().read(VERSION, signal)).rejects.toMatchObject({ code: 'ResourceNotFoundException', retryable: false });
});

test.each([
  ['AccessDeniedException', 'no', 403, false],
  ['TooManyRequestsException', 'Rate exceeded', 429, true],
  ['ResourceConflictException', 'Version is pointed by a Provisioned Concurrency alias', 409, false],
  ['InvalidParameterValueException', "decreases account's UnreservedConcurrentExecution below its minimum value of [100].", 400, false],
])('a refusal is told by its code: %s', async (code, message, status, retryable) => {
  await answer(failure(code, message, status));
  await expect(service().request(VERSION, 5, signal)).rejects.toMatchObject({ message: `lambda:PutProvisionedConcurrencyConfig failed: ${code}: ${message}`, code, retryable });
  await expect(service().release(VERSION, signal)).rejects.toMatchObject({ code });
});

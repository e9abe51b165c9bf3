/** What the deployment provider says to Lambda about versions, held against the SDK's own client, and what it reads in the answers. */
import { DeleteFunctionCommand, LambdaClient, ListAliasesCommand, ListProvisionedConcurrencyConfigsCommand, ListVersionsByFunctionCommand } from '@aws-sdk/client-lambda';

import { awsCall } from '../../../lambda/adapters/aws-call';
import { LAMBDA } from '../../../lambda/adapters/aws-endpoint';
import { functionVersions } from '../../../lambda/adapters/function-versions';
import type { AwsAnswerScript, AwsServer } from '../support/aws-server';
import { awsServer } from '../support/aws-server';
import { LAMBDA_VARIABLES } from '../support/handler-process';

const FN = 'take-order';
const VERSIONS = `/2015-03-31/functions/${FN}/versions`;
const ALIASES = `/2015-03-31/functions/${FN}/aliases`;
const PROVISIONED = `/2019-09-30/functions/${FN}/provisioned-concurrency?List=ALL`;
const DELETE = `/2015-03-31/functions/${FN}?Qualifier=3`;
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

const service = () => functionVersions(awsCall(LAMBDA, { variables: { ...LAMBDA_VARIABLES, AWS_ENDPOINT_URL: aws.url } }));
const body = (value: unknown): AwsAnswerScript => ({ body: JSON.stringify(value) });
const failure = (code: string, message: string, status: number): AwsAnswerScript => ({ status, headers: { 'x-amzn-errortype': code }, body: JSON.stringify({ Type: 'User', Message: message }) });
const arn = (qualifier: string) => `arn:aws:lambda:eu-central-1:111122223333:function:${FN}:${qualifier}`;

describe('requests mean what the requests of the SDK mean', () => {
  const client = () => new LambdaClient({ region: 'eu-central-1', endpoint: aws.url, maxAttempts: 1 });
  test.each<[string, () => Promise<unknown>, () => Promise<unknown>]>([
    ['ListVersionsByFunction', () => service().published(FN, signal), () => client().send(new ListVersionsByFunctionCommand({ FunctionName: FN }))],
    ['ListAliases', () => service().ofAliases(FN, signal), () => client().send(new ListAliasesCommand({ FunctionName: FN }))],
    ['ListProvisionedConcurrencyConfigs', () => service().provisioned(FN, signal), () => client().send(new ListProvisionedConcurrencyConfigsCommand({ FunctionName: FN }))],
    ['DeleteFunction', () => service().delete(FN, 3, signal), () => client().send(new DeleteFunctionCommand({ FunctionName: FN, Qualifier: '3' }))],
  ])('%s', async (_name, ours, theirs) => {
    aws = await awsServer({ [VERSIONS]: [body({ Versions: [] })], [ALIASES]: [body({ Aliases: [] })], [PROVISIONED]: [body({ ProvisionedConcurrencyConfigs: [] })] });
    await theirs();
    await ours();
    const [first, second] = aws.calls.map(({ method, path, headers, body: text }) => [method, path, headers['content-type'], text]);
    expect(second).toEqual(first);
    expect(aws.calls).toHaveLength(2);
  });
});

describe('published versions', () => {
  test('are numbers, of all pages', async () => {
    aws = await awsServer({ [VERSIONS]: [body({ Versions: [{ Version: '$LATEST' }, { Version: '1' }], NextMarker: 'a/b=' })], [`${VERSIONS}?Marker=a%2Fb%3D`]: [body({ Versions: [{ Version: '2' }, {}], NextMarker: '' })] });
    expect(await service().published(FN, signal)).toEqual([1, 2]);
    expect(aws.calls).toHaveLength(2);
  });

  test('are some of them where the list does not end', async () => {
    const page = body({ Versions: [{ Version: '1' }], NextMarker: 'more' });
    aws = await awsServer({ [VERSIONS]: [page], [`${VERSIONS}?Marker=more`]: [page] });
    expect(await service().published(FN, signal)).toEqual([1]);
    expect(aws.calls).toHaveLength(20);
  });

  test('are not known of a function that is not there', async () => {
    aws = await awsServer({ [VERSIONS]: [failure('ResourceNotFoundException', 'Function not found', 404)] });
    expect(await service().published(FN, signal)).toBeUndefined();
  });

  test('are asked for again where the answer has no list', async () => {
    aws = await awsServer({ [VERSIONS]: [body({})] });
    await expect(service().published(FN, signal)).rejects.toMatchObject({ message: "lambda:ListVersionsByFunction failed: UnexpectedAnswer: the answer has no list 'Versions'", retryable: true });
  });
});

describe('versions of aliases', () => {
  test('are those that they name, and those to which they give a share, each once', async () => {
    const aliases = [
      { Name: 'live', FunctionVersion: '9', RoutingConfig: { AdditionalVersionWeights: { '12': 0.1 } } },
      { Name: 'old', FunctionVersion: '3', RoutingConfig: { AdditionalVersionWeights: {} } },
      { Name: 'also', FunctionVersion: '9', RoutingConfig: null },
      { Name: 'latest', FunctionVersion: '$LATEST' },
    ];
    aws = await awsServer({ [ALIASES]: [body({ Aliases: aliases, NextMarker: 'm' })], [`${ALIASES}?Marker=m`]: [body({ Aliases: [{ Name: 'z', FunctionVersion: '1' }] })] });
    expect(await service().ofAliases(FN, signal)).toEqual([9, 12, 3, 1]);
  });

  test('are known to the last one, or not at all', async () => {
    const page = body({ Aliases: [], NextMarker: 'more' });
    aws = await awsServer({ [ALIASES]: [page], [`${ALIASES}?Marker=more`]: [page] });
    await expect(service().ofAliases(FN, signal)).rejects.toMatchObject({ message: 'lambda:ListAliases failed: TooManyPages: the list has more than 20 pages', retryable: false });
  });
});

test('provisioned concurrency is of versions, and that of aliases is theirs', async () => {
  const configs = [{ FunctionArn: arn('4'), Status: 'READY' }, { FunctionArn: arn('live') }, { FunctionArn: arn('11'), Status: 'IN_PROGRESS' }];
  aws = await awsServer({ [PROVISIONED]: [body({ ProvisionedConcurrencyConfigs: configs })] });
  expect(await service().provisioned(FN, signal)).toEqual([4, 11]);
});

describe('deleting', () => {
  test.each<[string, AwsAnswerScript]>([
    ['one that is there', { status: 204, body: '' }],
    ['one that is there no more', failure('ResourceNotFoundException', 'Function not found', 404)],
  ])('%s', async (_, answer) => {
    aws = await awsServer({ [DELETE]: [answer] });
    expect(await service().delete(FN, 3, signal)).toBeUndefined();
    expect(aws.calls.map(({ method, path }) => [method, path])).toEqual([['DELETE', DELETE]]);
  });

  test.each([
    ['AccessDeniedException', 'no', 403, false],
    ['TooManyRequestsException', 'Rate exceeded', 429, true],
    ['ServiceException', 'try again', 500, true],
    ['ResourceConflictException', 'an alias names it', 409, false],
  ])('is refused: %s', async (code, message, status, retryable) => {
    aws = await awsServer({ [DELETE]: [failure(code, message, status)] });
    await expect(service().delete(FN, 3, signal)).rejects.toMatchObject({ message: `lambda:DeleteFunction failed: ${code}: ${message}`, code, retryable });
  });
});

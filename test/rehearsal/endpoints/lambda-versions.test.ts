/** Versions of a function and their provisioned concurrency, as the SDK's client and the adapters of the handlers see them. */
import {
  DeleteFunctionCommand,
  DeleteProvisionedConcurrencyConfigCommand,
  GetProvisionedConcurrencyConfigCommand,
  LambdaClient,
  ListAliasesCommand,
  ListProvisionedConcurrencyConfigsCommand,
  ListVersionsByFunctionCommand,
  PutProvisionedConcurrencyConfigCommand,
} from '@aws-sdk/client-lambda';

import { awsCall } from '../../../lambda/adapters/aws-call';
import { LAMBDA } from '../../../lambda/adapters/aws-endpoint';
import { functionVersions } from '../../../lambda/adapters/function-versions';
import { provisionedConcurrency } from '../../../lambda/adapters/provisioned-concurrency';
import { ProvisionedConcurrency } from '../../../rehearsal/engine/alias/provisioned-concurrency';
import { AwsWorld, EPOCH_MS, REGION } from './aws-world';

const ARN = 'arn:aws:lambda:eu-central-1:111122223333:function:place-order';
const FN = { FunctionName: 'place-order' };
const { signal } = new AbortController();

let world: AwsWorld;
let lambda: LambdaClient;
let versions: string[];
let concurrency: ProvisionedConcurrency;
const environmentBefore = process.env;

beforeEach(async () => {
  versions = ['1', '2', '3'];
  world = await AwsWorld.start(({ scheduler }) => {
    concurrency = new ProvisionedConcurrency({ now: () => scheduler.now(), provisioning: (version) => ({ afterMs: 60_000, ...(version === '1' ? { fails: 'FUNCTION_ERROR_INIT_FAILURE' } : {}) }) });
    return {
      lambda: {
        find: (name) => (['place-order', ARN].includes(name) ? { arn: ARN, timeoutMs: 3000 } : undefined),
        invoke: () => Promise.reject(new Error('nothing is invoked')),
        invokeLater: () => ({ accepted: true }),
      },
      versions: {
        versions: () => versions,
        aliases: () => [{ name: 'live', functionVersion: '2', additionalVersionWeights: { '3': 0.1 } }],
        deleteVersion: (_arn, version) => (versions = versions.filter((each) => each !== version)),
        provisioned: () => concurrency.all(),
        provision: (_arn, version, executions) => concurrency.request(version, executions),
        release: (_arn, version) => concurrency.release(version),
      },
    };
  });
  const config = world.client('FUNCTION');
  lambda = new LambdaClient(config);
  process.env = { ...environmentBefore, AWS_ACCESS_KEY_ID: 'FUNCTION', AWS_SECRET_ACCESS_KEY: 'secret', AWS_SESSION_TOKEN: 'token' };
});

afterEach(async () => {
  process.env = environmentBefore;
  lambda.destroy();
  await world.close();
});

const call = () => awsCall(LAMBDA, { freshConnection: true, variables: { AWS_REGION: REGION, AWS_ENDPOINT_URL: world.endpoint.url } });
const asked = () => world.calls.map(({ action, resource }) => `${action} ${resource}`);

describe('LA-11: versions', () => {
  test('are listed with $LATEST, a page at a time', async () => {
    versions = Array.from({ length: 60 }, (_, index) => String(index + 1));
    const first = await lambda.send(new ListVersionsByFunctionCommand(FN));
    expect([first.Versions?.length, first.Versions?.[0]?.Version, first.NextMarker]).toEqual([50, '$LATEST', '50']);
    const second = await lambda.send(new ListVersionsByFunctionCommand({ ...FN, Marker: first.NextMarker }));
    expect([second.Versions?.at(-1)?.Version, second.NextMarker]).toEqual(['60', undefined]);
    expect(await functionVersions(call()).published('place-order', signal)).toHaveLength(60);
    expect(await functionVersions(call()).published('unknown', signal)).toBeUndefined();
  });

  test('of aliases are told with their weights', async () => {
    expect((await lambda.send(new ListAliasesCommand(FN))).Aliases).toEqual([{ AliasArn: `${ARN}:live`, Name: 'live', FunctionVersion: '2', RoutingConfig: { AdditionalVersionWeights: { 3: 0.1 } } }]);
    expect((await lambda.send(new ListAliasesCommand({ ...FN, FunctionVersion: '9' }))).Aliases).toEqual([]);
    expect(await functionVersions(call()).ofAliases('place-order', signal)).toEqual([2, 3]);
  });
});

describe('LA-12: a version', () => {
  test('is deleted by its number, under its own ARN', async () => {
    await functionVersions(call()).delete('place-order', 1, signal);
    expect(versions).toEqual(['2', '3']);
    expect(asked()).toEqual([`lambda:DeleteFunction ${ARN}:1`]);
    await functionVersions(call()).delete('place-order', 1, signal);
  });

  test.each(['2', '3'])('that an alias names stays: %s', async (Qualifier) => {
    await expect(lambda.send(new DeleteFunctionCommand({ ...FN, Qualifier }))).rejects.toMatchObject({ name: 'ResourceConflictException', $metadata: { httpStatusCode: 409 } });
  });

  test('is what a deletion must name, so that the function stays', async () => {
    await expect(lambda.send(new DeleteFunctionCommand(FN))).rejects.toMatchObject({ name: 'UnknownOperationException' });
    expect(asked()).toEqual([`lambda:DeleteFunction ${ARN}`]);
  });
});

describe('LA-13: provisioned concurrency', () => {
  test('is asked for, comes, and is released', async () => {
    const service = provisionedConcurrency(call());
    const version = { functionName: 'place-order', version: '3' };
    expect(await service.read(version, signal)).toBeUndefined();
    expect(await service.request(version, 5, signal)).toEqual({ status: 'IN_PROGRESS', requested: 5, available: 0 });
    world.playTo(60_000);
    const config = await lambda.send(new GetProvisionedConcurrencyConfigCommand({ ...FN, Qualifier: '3' }));
    expect(config).toMatchObject({ Status: 'READY', RequestedProvisionedConcurrentExecutions: 5, AllocatedProvisionedConcurrentExecutions: 5, AvailableProvisionedConcurrentExecutions: 5 });
    expect(config.LastModified).toBe(new Date(EPOCH_MS).toISOString().replace('Z', '+0000'));
    expect((await lambda.send(new ListProvisionedConcurrencyConfigsCommand(FN))).ProvisionedConcurrencyConfigs).toMatchObject([{ FunctionArn: `${ARN}:3`, Status: 'READY' }]);
    expect(await functionVersions(call()).provisioned('place-order', signal)).toEqual([3]);
    await service.release(version, signal);
    expect(await service.read(version, signal)).toBeUndefined();
    expect(asked()).toContain(`lambda:PutProvisionedConcurrencyConfig ${ARN}:3`);
  });

  test('fails with its reason', async () => {
    const service = provisionedConcurrency(call());
    const version = { functionName: 'place-order', version: '1' };
    await service.request(version, 5, signal);
    world.playTo(60_000);
    expect(await service.read(version, signal)).toEqual({ status: 'FAILED', requested: 5, available: 0, reason: 'FUNCTION_ERROR_INIT_FAILURE' });
  });

  test.each([
    ['a version that is not there', '9', 5, 'ResourceNotFoundException'],
    ['the code that is not published', '$LATEST', 5, 'ResourceNotFoundException'],
    ['an alias, which is not modelled', 'live', 5, 'UnknownOperationException'],
    ['nothing', '3', 0, 'ValidationException'],
  ])('is refused for %s', async (_, Qualifier, ProvisionedConcurrentExecutions, name) => {
    await expect(lambda.send(new PutProvisionedConcurrencyConfigCommand({ ...FN, Qualifier, ProvisionedConcurrentExecutions }))).rejects.toMatchObject({ name });
  });

  test('AWS-4: a denial comes before anything is done', async () => {
    world.denied.add('lambda:PutProvisionedConcurrencyConfig').add('lambda:DeleteProvisionedConcurrencyConfig');
    await expect(lambda.send(new PutProvisionedConcurrencyConfigCommand({ ...FN, Qualifier: '3', ProvisionedConcurrentExecutions: 5 }))).rejects.toMatchObject({ name: 'AccessDeniedException' });
    await expect(lambda.send(new DeleteProvisionedConcurrencyConfigCommand({ ...FN, Qualifier: '3' }))).rejects.toMatchObject({ name: 'AccessDeniedException' });
    expect(concurrency.all()).toEqual([]);
  });
});

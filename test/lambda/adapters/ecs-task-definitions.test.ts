/** What the deployment provider says to ECS about task definitions, held against the SDK's own client, and what it reads in the answers. */
import { DeregisterTaskDefinitionCommand, DescribeServicesCommand, ECSClient, ListTaskDefinitionsCommand } from '@aws-sdk/client-ecs';

import { awsCall } from '../../../lambda/adapters/aws-call';
import { ECS } from '../../../lambda/adapters/aws-endpoint';
import { ecsTaskDefinitions } from '../../../lambda/adapters/ecs-task-definitions';
import type { AwsAnswerScript, AwsServer } from '../support/aws-server';
import { awsError, awsServer } from '../support/aws-server';
import { BLUE, GREEN } from '../support/deployment-requests';
import { LAMBDA_VARIABLES } from '../support/handler-process';
import { revision } from '../support/task-definitions';

const SERVICE = { cluster: 'main', service: 'web' };
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

const taskDefinitions = () => ecsTaskDefinitions(awsCall(ECS, { variables: { ...LAMBDA_VARIABLES, AWS_ENDPOINT_URL: aws.url } }));
const body = (value: unknown): AwsAnswerScript => ({ body: JSON.stringify(value) });
const sent = () => aws.calls.map((call) => JSON.parse(call.body) as Readonly<Record<string, unknown>>);
const arns = (from: number, count: number) => Array.from({ length: count }, (_, index) => revision(from - index));

describe('requests mean what the requests of the SDK mean', () => {
  const client = () => new ECSClient({ region: 'eu-central-1', endpoint: aws.url, maxAttempts: 1 });
  test.each<[string, () => Promise<unknown>, () => Promise<unknown>]>([
    ['DescribeServices', () => taskDefinitions().inUse(SERVICE, signal), () => client().send(new DescribeServicesCommand({ cluster: 'main', services: ['web'] }))],
    [
      'ListTaskDefinitions',
      () => taskDefinitions().newest('web', 200, signal),
      () => client().send(new ListTaskDefinitionsCommand({ familyPrefix: 'web', status: 'ACTIVE', sort: 'DESC', maxResults: 100 })),
    ],
    ['DeregisterTaskDefinition', () => taskDefinitions().deregister(BLUE, signal), () => client().send(new DeregisterTaskDefinitionCommand({ taskDefinition: BLUE }))],
  ])('%s', async (_name, ours, theirs) => {
    aws = await awsServer({ DescribeServices: [body({ services: [{ status: 'ACTIVE', taskSets: [{ taskDefinition: BLUE }] }] })] });
    await theirs();
    await ours();
    const [first, second] = aws.calls.map(({ method, path, headers, body: text }) => [method, path, headers['content-type'], headers['x-amz-target'], JSON.parse(text)]);
    expect(second).toEqual(first);
    expect(aws.calls).toHaveLength(2);
  });
});

describe('what a service runs', () => {
  const inUse = async (answer: unknown) => {
    aws = await awsServer({ DescribeServices: [body(answer)] });
    return taskDefinitions().inUse(SERVICE, signal);
  };
  const service = (taskSets: unknown, more: object = {}) => ({ services: [{ status: 'ACTIVE', taskSets, ...more }], failures: [] });

  test.each<[string, unknown, readonly string[]]>([
    ['all task sets, whatever their status', service([{ status: 'PRIMARY', taskDefinition: GREEN }, { status: 'ACTIVE', taskDefinition: revision(5) }, { status: 'DRAINING', taskDefinition: BLUE }]), [GREEN, revision(5), BLUE]],
    ['each once, with what the service itself names', service([{ taskDefinition: GREEN }, { taskDefinition: GREEN }], { taskDefinition: BLUE }), [GREEN, BLUE]],
    ['one that names nothing beside one that does', service([{ status: 'ACTIVE' }, { taskDefinition: BLUE }]), [BLUE]],
  ])('%s', async (_, answer, expected) => {
    expect(await inUse(answer)).toEqual(expected);
  });

  test.each([
    ['is missing', { services: [], failures: [{ arn: 'arn', reason: 'MISSING' }] }],
    ['is deleted', { services: [{ status: 'INACTIVE', taskSets: [{ taskDefinition: BLUE }] }] }],
  ])('is not known where it %s', async (_, answer) => {
    expect(await inUse(answer)).toBeUndefined();
  });

  test.each<[string, unknown]>([
    ['no task set', service([], { taskDefinition: BLUE })],
    ['none at all', service(undefined)],
    ['no service', {}],
  ])('is to be asked again where the answer holds %s', async (_, answer) => {
    await expect(inUse(answer)).rejects.toMatchObject({ call: 'ecs:DescribeServices', code: 'UnexpectedAnswer', retryable: true });
  });
});

describe('the newest revisions', () => {
  test('are read until there are enough', async () => {
    aws = await awsServer({ ListTaskDefinitions: [body({ taskDefinitionArns: arns(300, 100), nextToken: 'a' }), body({ taskDefinitionArns: arns(200, 100), nextToken: 'b' }), body({ taskDefinitionArns: [] })] });
    expect(await taskDefinitions().newest('web', 101, signal)).toEqual(arns(300, 200));
    expect(sent().map(({ nextToken }) => nextToken)).toEqual([undefined, 'a']);
    expect(await taskDefinitions().newest('web', 100, signal)).toEqual([]);
  });

  test.each([
    ['no token', {}],
    ['an empty token', { nextToken: null }],
  ])('are all where the answer has %s', async (_, more) => {
    aws = await awsServer({ ListTaskDefinitions: [body({ taskDefinitionArns: arns(2, 2), ...more })] });
    expect(await taskDefinitions().newest('web', 50, signal)).toEqual(arns(2, 2));
    expect(aws.calls).toHaveLength(1);
  });

  test('of a list without end are those of five pages', async () => {
    aws = await awsServer({ ListTaskDefinitions: [body({ taskDefinitionArns: [BLUE, 7], nextToken: 'more' })] });
    expect(await taskDefinitions().newest('web', 50, signal)).toEqual([BLUE, BLUE, BLUE, BLUE, BLUE]);
    expect(aws.calls).toHaveLength(5);
  });
});

test.each([
  ['AccessDeniedException', 'no', 400, false],
  ['ThrottlingException', 'Rate exceeded', 400, true],
  ['ServerException', 'try again', 500, true],
  ['ClientException', 'Unable to describe task definition.', 400, false],
])('a refusal is told by its code: %s', async (code, message, status, retryable) => {
  aws = await awsServer({ DeregisterTaskDefinition: [awsError(code, message, status)] });
  await expect(taskDefinitions().deregister(BLUE, signal)).rejects.toMatchObject({ message: `ecs:DeregisterTaskDefinition failed: ${code}: ${message}`, code, retryable });
});

/** What the deployment provider asks for besides CodeDeploy: ECS, Step Functions, CloudFormation and CloudWatch Logs. */
import { CloudFormationClient, DescribeStackEventsCommand, DescribeStacksCommand, paginateDescribeStackEvents } from '@aws-sdk/client-cloudformation';
import { CloudWatchLogsClient, FilterLogEventsCommand, ResourceNotFoundException } from '@aws-sdk/client-cloudwatch-logs';
import { CodeDeployClient, CreateDeploymentCommand, PutLifecycleEventHookExecutionStatusCommand } from '@aws-sdk/client-codedeploy';
import { DescribeServicesCommand, ECSClient } from '@aws-sdk/client-ecs';
import { ExecutionAlreadyExists, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { ACCOUNT, APP_SPEC, AwsWorld, EPOCH_MS, GROUP, REGION } from './aws-world';

let world: AwsWorld;

beforeEach(async () => {
  world = await AwsWorld.start();
});

afterEach(() => world.close());

/** A request as a client signs it; the signature itself is not looked at. */
async function ask(service: string, { key = 'OPERATOR', ...init }: { key?: string; headers: Record<string, string>; body: string }): Promise<Response> {
  const authorization = `AWS4-HMAC-SHA256 Credential=${key}/20260101/${REGION}/${service}/aws4_request, SignedHeaders=host, Signature=0`;
  return fetch(world.endpoint.url, { method: 'POST', headers: { ...init.headers, authorization }, body: init.body });
}

async function json(service: string, target: string, input: object, key?: string): Promise<{ status: number; type: string | null; body: Record<string, unknown> }> {
  const version = service === 'states' ? '1.0' : '1.1';
  const response = await ask(service, { key, headers: { 'x-amz-target': target, 'content-type': `application/x-amz-json-${version}` }, body: JSON.stringify(input) });
  return { status: response.status, type: response.headers.get('content-type'), body: (await response.json()) as Record<string, unknown> };
}

describe('ECS', () => {
  let ecs: ECSClient | undefined;
  /** On a connection of its own: idle ones end as virtual time passes. */
  const describeServices = (input: Partial<ConstructorParameters<typeof DescribeServicesCommand>[0]> = {}) => {
    ecs?.destroy();
    ecs = new ECSClient(world.client());
    return ecs.send(new DescribeServicesCommand({ cluster: 'main', services: ['web'], ...input }));
  };

  afterEach(() => ecs?.destroy());

  test('EC-S1 EC-S2: before every deployment there is one task set, of the first revision', async () => {
    const { services, failures } = await describeServices();
    expect(failures).toEqual([]);
    const running = {
      taskDefinition: expect.stringMatching(/task-definition\/web:1$/) as unknown,
      launchType: 'FARGATE',
      platformVersion: '1.4.0',
      networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-1'], securityGroups: ['sg-1'], assignPublicIp: 'DISABLED' } },
      loadBalancers: [{ targetGroupArn: GROUP.targetGroups[0].arn, containerName: 'web', containerPort: 8080 }],
    };
    expect(services).toMatchObject([{ serviceName: 'web', status: 'ACTIVE', deployments: [], deploymentController: { type: 'CODE_DEPLOY' }, desiredCount: 1, runningCount: 1, ...running }]);
    expect(services?.[0]?.taskSets).toEqual([
      {
        id: expect.stringMatching(/^ecs-svc\/\d{19}$/) as unknown,
        taskSetArn: expect.stringMatching(new RegExp(`^arn:aws:ecs:${REGION}:${ACCOUNT}:task-set/main/web/ecs-svc/\\d{19}$`)) as unknown,
        serviceArn: GROUP.serviceArn,
        clusterArn: `arn:aws:ecs:${REGION}:${ACCOUNT}:cluster/main`,
        startedBy: 'CODE_DEPLOY',
        status: 'PRIMARY',
        computedDesiredCount: 1,
        pendingCount: 0,
        runningCount: 1,
        createdAt: new Date(EPOCH_MS),
        updatedAt: new Date(EPOCH_MS),
        scale: { value: 100, unit: 'PERCENT' },
        stabilityStatus: 'STEADY_STATE',
        ...running,
      },
    ]);
  });

  test('EC-S2 EC-S3: a deployment adds a task set, which becomes the primary one; what its AppSpec leaves out stays', async () => {
    const codeDeploy = new CodeDeployClient(world.client());
    const { deploymentId } = await codeDeploy.send(
      new CreateDeploymentCommand({ applicationName: 'shop', deploymentGroupName: 'shop-web', revision: { revisionType: 'AppSpecContent', appSpecContent: { content: APP_SPEC } } }),
    );
    world.playTo(2000);
    const sets = async () => (await describeServices()).services?.[0]?.taskSets?.map((set) => [set.status, set.externalId, set.taskDefinition?.split('/')[1], set.platformVersion, set.stabilityStatus, set.scale?.value]);
    expect(await sets()).toEqual([['PRIMARY', undefined, 'web:1', '1.4.0', 'STEADY_STATE', 100]]);
    const { LifecycleEventHookExecutionId: id } = world.hooks[0].payload;
    await codeDeploy.send(new PutLifecycleEventHookExecutionStatusCommand({ deploymentId, lifecycleEventHookExecutionId: id, status: 'Succeeded' }));
    world.playTo(4000);
    expect(await sets()).toEqual([
      ['PRIMARY', undefined, 'web:1', '1.4.0', 'STEADY_STATE', 100],
      ['ACTIVE', deploymentId, 'web:2', '1.4.0', 'STABILIZING', 100],
    ]);
    world.playTo(60_000);
    world.deployments.continue(String(deploymentId), 'READY_WAIT');
    world.playTo(60_000 + 302_000);
    expect(await sets()).toEqual([
      ['PRIMARY', deploymentId, 'web:2', '1.4.0', 'STEADY_STATE', 100],
      ['ACTIVE', undefined, 'web:1', '1.4.0', 'STEADY_STATE', 100],
    ]);
    world.playTo(60_000 + 660_000);
    expect(await sets()).toEqual([
      ['PRIMARY', deploymentId, 'web:2', '1.4.0', 'STEADY_STATE', 100],
      ['DRAINING', undefined, 'web:1', '1.4.0', 'STEADY_STATE', 0],
    ]);
    codeDeploy.destroy();
  });

  test.each([
    ['by ARN', { cluster: `arn:aws:ecs:${REGION}:${ACCOUNT}:cluster/main`, services: [GROUP.serviceArn] }, 1, []],
    ['a service that is not there', { services: ['web', 'other'] }, 1, [{ arn: `arn:aws:ecs:${REGION}:${ACCOUNT}:service/main/other`, reason: 'MISSING' }]],
  ])('EC-S4: %s', async (_what, input, found, failures) => {
    const answer = await describeServices(input);
    expect([answer.services?.length, answer.failures]).toEqual([found, failures]);
  });

  test.each([
    [{ cluster: 'other' }, 'ClusterNotFoundException', 'Cluster not found.'],
    [{ services: [] }, 'InvalidParameterException', 'Services cannot be empty.'],
    [{ services: Array.from({ length: 11 }, (_, index) => `web${index}`) }, 'InvalidParameterException', 'Services cannot have more than 10 elements.'],
  ])('EC-S4: %j is refused', async (input, name, message) => {
    await expect(describeServices(input)).rejects.toMatchObject({ name, message });
  });

  test('AWS-4: the role needs the service, in its cluster', async () => {
    world.denied.add('ecs:DescribeServices');
    const denied = new ECSClient(world.client('FUNCTION'));
    await expect(denied.send(new DescribeServicesCommand({ cluster: 'main', services: ['web'] }))).rejects.toMatchObject({ name: 'AccessDeniedException' });
    expect(world.calls.at(-1)).toEqual({ accessKeyId: 'FUNCTION', action: 'ecs:DescribeServices', resource: GROUP.serviceArn, context: { 'ecs:cluster': `arn:aws:ecs:${REGION}:${ACCOUNT}:cluster/main` } });
    denied.destroy();
  });
});

describe('Step Functions', () => {
  const start = (input: object, key?: string) => json('states', 'AWSStepFunctions.StartExecution', { stateMachineArn: world.machineArn, ...input }, key);
  const executionArn = (name: string) => `arn:aws:states:${REGION}:${ACCOUNT}:execution:deployer:${name}`;

  test('SF-1 SF-2: a name is taken for good; while it runs, the same start answers the same execution', async () => {
    const first = await start({ name: 'one', input: '{"a":1}' });
    expect(first).toEqual({ status: 200, type: 'application/x-amz-json-1.0', body: { executionArn: executionArn('one'), startDate: EPOCH_MS / 1000 } });
    world.playTo(30_000);
    expect((await start({ name: 'one', input: '{"a":1}' })).body).toEqual(first.body);
    const taken = { status: 400, body: { __type: 'ExecutionAlreadyExists', message: `Execution Already Exists: '${executionArn('one')}'` } };
    expect(await start({ name: 'one', input: '{"a":2}' })).toMatchObject(taken);
    world.playTo(60_000);
    expect(world.stateMachines.executions.map(({ execution }) => [execution.status, execution.endedAt])).toEqual([['SUCCEEDED', 60_000]]);
    expect(await start({ name: 'one', input: '{"a":1}' })).toMatchObject(taken);
  });

  test('AWS-1: an SDK client reads answers and errors', async () => {
    const client = new SFNClient(world.client());
    const command = (input: string) => new StartExecutionCommand({ stateMachineArn: world.machineArn, name: 'sdk', input });
    expect(await client.send(command('{}'))).toMatchObject({ executionArn: executionArn('sdk'), startDate: new Date(EPOCH_MS) });
    await expect(client.send(command('{"a":1}'))).rejects.toBeInstanceOf(ExecutionAlreadyExists);
    client.destroy();
  });

  test('SF-1: unnamed executions get names of their own', async () => {
    const names = [await start({}), await start({})].map(({ body }) => body.executionArn);
    expect(new Set(names).size).toBe(2);
  });

  test.each([
    ['no ARN', { stateMachineArn: 'deployer' }, 'InvalidArn'],
    ['an unknown state machine', { stateMachineArn: `arn:aws:states:${REGION}:${ACCOUNT}:stateMachine:other` }, 'StateMachineDoesNotExist'],
    ['a name with a space', { name: 'a b' }, 'InvalidName'],
    ['a name with a slash', { name: 'a/b' }, 'InvalidName'],
    ['an empty name', { name: '' }, 'InvalidName'],
    ['a name of 81 characters', { name: 'x'.repeat(81) }, 'InvalidName'],
    ['an input that is no JSON', { input: 'text' }, 'InvalidExecutionInput'],
    ['an input of 262,145 bytes', { input: JSON.stringify('x'.repeat(262_143)) }, 'InvalidExecutionInput'],
    ['more than is played', { traceHeader: 'x' }, 'UnknownOperationException'],
  ])('SF-3: %s', async (_what, input, type) => {
    expect(await start(input)).toMatchObject({ status: 400, body: { __type: type } });
  });

  test('SF-3: names of 80 characters pass', async () => {
    expect((await start({ name: 'x'.repeat(80) })).status).toBe(200);
  });

  test('AWS-4: the role needs the state machine', async () => {
    world.denied.add('states:StartExecution');
    expect(await start({}, 'FUNCTION')).toMatchObject({ status: 400, body: { __type: 'AccessDeniedException' } });
    expect(world.calls.at(-1)).toMatchObject({ action: 'states:StartExecution', resource: world.machineArn });
    expect(world.stateMachines.executions).toEqual([]);
  });
});

describe('CloudFormation', () => {
  const describeStacks = async (name: string | undefined, key?: string) => {
    const form = new URLSearchParams({ Action: 'DescribeStacks', Version: '2010-05-15', ...(name === undefined ? {} : { StackName: name }) });
    const response = await ask('cloudformation', { key, headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: form.toString() });
    return { status: response.status, text: await response.text() };
  };

  test('CF-1: a stack by its name or id, with its status', async () => {
    const byName = await describeStacks('shop');
    const [shop] = world.stacks;
    expect(byName.status).toBe(200);
    expect(byName.text).toContain(
      '<DescribeStacksResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><DescribeStacksResult><Stacks><member>' +
        `<StackId>${shop.stackId}</StackId><StackName>shop</StackName><CreationTime>2026-01-01T00:00:00.000Z</CreationTime><LastUpdatedTime>2026-01-01T00:01:00.000Z</LastUpdatedTime>` +
        '<StackStatus>UPDATE_IN_PROGRESS</StackStatus><DisableRollback>false</DisableRollback></member></Stacks></DescribeStacksResult>',
    );
    expect((await describeStacks(shop.stackId)).text).toContain('<StackStatus>UPDATE_IN_PROGRESS</StackStatus>');
  });

  test('AWS-1: an SDK client reads answers and errors', async () => {
    const client = new CloudFormationClient(world.client());
    const { Stacks } = await client.send(new DescribeStacksCommand({ StackName: 'shop' }));
    expect(Stacks).toMatchObject([{ StackName: 'shop', StackStatus: 'UPDATE_IN_PROGRESS', CreationTime: new Date(EPOCH_MS), LastUpdatedTime: new Date(EPOCH_MS + 60_000), DisableRollback: false }]);
    await expect(client.send(new DescribeStacksCommand({ StackName: 'gone' }))).rejects.toMatchObject({ name: 'ValidationError', message: 'Stack with id gone does not exist' });
    client.destroy();
  });

  test('CF-2: a deleted stack is found by its id only', async () => {
    expect((await describeStacks(world.stacks[1].stackId)).text).toContain('<StackStatus>DELETE_COMPLETE</StackStatus><StackStatusReason>User &amp; Co</StackStatusReason>');
    const { status, text } = await describeStacks('gone');
    expect(status).toBe(400);
    expect(text).toContain('<Type>Sender</Type><Code>ValidationError</Code><Message>Stack with id gone does not exist</Message>');
  });

  test('AWS-5: all stacks at once are not modelled', async () => {
    expect((await describeStacks(undefined)).text).toContain('<Code>InvalidAction</Code>');
    expect(world.endpoint.notModelled).toEqual([{ service: 'cloudformation', operation: 'DescribeStacks' }]);
  });

  const noted = (number: number) => ({ at: number * 1000, logicalId: `R${number}`, physicalId: '', resourceType: 'Custom::Test', status: 'CREATE_IN_PROGRESS' });

  test('CF-3, CF-4: events are newest first, with what they carry', async () => {
    const [{ stackId }, gone] = world.stacks;
    world.stackRecords.note(stackId, { ...noted(1), properties: '{"AppSpec":"{\\"a\\":1}"}' });
    world.stackRecords.note(stackId, { at: 2000, logicalId: 'shop', physicalId: stackId, resourceType: 'AWS::CloudFormation::Stack', status: 'UPDATE_ROLLBACK_IN_PROGRESS', reason: 'User & Co' });
    const client = new CloudFormationClient(world.client());
    const { StackEvents, NextToken } = await client.send(new DescribeStackEventsCommand({ StackName: stackId }));
    const common = { StackId: stackId, StackName: 'shop', EventId: expect.stringMatching(/^[0-9a-f-]{36}$/) as unknown };
    expect(StackEvents).toEqual([
      { ...common, LogicalResourceId: 'shop', PhysicalResourceId: stackId, ResourceType: 'AWS::CloudFormation::Stack', Timestamp: new Date(EPOCH_MS + 2000), ResourceStatus: 'UPDATE_ROLLBACK_IN_PROGRESS', ResourceStatusReason: 'User & Co' },
      { ...common, LogicalResourceId: 'R1', PhysicalResourceId: '', ResourceType: 'Custom::Test', Timestamp: new Date(EPOCH_MS + 1000), ResourceStatus: 'CREATE_IN_PROGRESS', ResourceProperties: '{"AppSpec":"{\\"a\\":1}"}' },
    ]);
    expect(NextToken).toBeUndefined();
    expect((await client.send(new DescribeStackEventsCommand({ StackName: gone.stackId }))).StackEvents).toEqual([]);
    await expect(client.send(new DescribeStackEventsCommand({ StackName: 'gone' }))).rejects.toMatchObject({ name: 'ValidationError', message: 'Stack [gone] does not exist' });
    await expect(client.send(new DescribeStackEventsCommand({ StackName: 'shop', NextToken: 'older-3' }))).rejects.toMatchObject({ name: 'ValidationError' });
    client.destroy();
  });

  test('CF-3: pages are not moved by what happens meanwhile', async () => {
    const [{ stackId }] = world.stacks;
    for (let number = 1; number <= 201; number++) {
      world.stackRecords.note(stackId, noted(number));
    }
    const client = new CloudFormationClient(world.client());
    const seen: string[][] = [];
    for await (const { StackEvents = [] } of paginateDescribeStackEvents({ client }, { StackName: 'shop' })) {
      seen.push(StackEvents.map(({ LogicalResourceId }) => LogicalResourceId ?? ''));
      world.stackRecords.note(stackId, noted(1000));
    }
    client.destroy();
    expect(seen.map((page) => [page.length, page[0], page.at(-1)])).toEqual([[100, 'R201', 'R102'], [100, 'R101', 'R2'], [1, 'R1', 'R1']]);
  });

  test('AWS-4: the role needs the stack for its events, too', async () => {
    world.denied.add('cloudformation:DescribeStackEvents');
    const body = new URLSearchParams({ Action: 'DescribeStackEvents', Version: '2010-05-15', StackName: 'shop' }).toString();
    const response = await ask('cloudformation', { key: 'FUNCTION', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body });
    expect([response.status, world.calls.at(-1)]).toMatchObject([403, { action: 'cloudformation:DescribeStackEvents', resource: world.stacks[0].stackId }]);
  });

  test('AWS-4: the role needs the stack', async () => {
    world.denied.add('cloudformation:DescribeStacks');
    const { status, text } = await describeStacks('shop', 'FUNCTION');
    expect(status).toBe(403);
    expect(text).toContain('<Code>AccessDenied</Code>');
    expect(world.calls.at(-1)).toMatchObject({ action: 'cloudformation:DescribeStacks', resource: world.stacks[0].stackId });
  });
});

describe('CloudWatch Logs', () => {
  const filter = (input: object, key?: string) => json('logs', 'Logs_20140328.FilterLogEvents', { logGroupName: '/aws/lambda/hook', ...input }, key);
  const messages = async (input: object) => ((await filter(input)).body.events as { message: string }[]).map(({ message }) => message);

  beforeEach(() => {
    world.logs.write('/aws/lambda/hook', 'stream', 1000, ['first d-1', '{"greenlight":{"reason":"too \\"slow\\""}} d-1']);
    world.logs.write('/aws/lambda/hook', 'json', 1000, ['{"greenlight":{"of":"d-7"}}']);
    world.logs.write('/aws/lambda/hook', 'other', 5000, ['third d-2']);
  });

  test('CL-1: what was written can be found a moment later', async () => {
    world.playTo(2999);
    expect((await filter({})).body).toEqual({ events: [], searchedLogStreams: [] });
    world.playTo(3000);
    expect((await filter({ filterPattern: 'd-1' })).body.events).toMatchObject([
      { logStreamName: 'stream', timestamp: EPOCH_MS + 1000, ingestionTime: EPOCH_MS + 1000, message: 'first d-1' },
      { message: '{"greenlight":{"reason":"too \\"slow\\""}} d-1' },
    ]);
  });

  test.each<[string, object, string[]]>([
    ['everything', {}, ['first d-1', '{"greenlight":{"reason":"too \\"slow\\""}} d-1', '{"greenlight":{"of":"d-7"}}', 'third d-2']],
    ['by a term', { filterPattern: 'd-1' }, ['first d-1', '{"greenlight":{"reason":"too \\"slow\\""}} d-1']],
    ['by terms that all are there', { filterPattern: '"d-1" first' }, ['first d-1']],
    ['by a quote', { filterPattern: '"too \\\\\\"slow\\\\\\""' }, ['{"greenlight":{"reason":"too \\"slow\\""}} d-1']],
    ['by a member', { filterPattern: '{ $.greenlight.of = "d-7" }' }, ['{"greenlight":{"of":"d-7"}}']],
    ['by a member that no message has', { filterPattern: '{$.greenlight.of="d-8"}' }, []],
    ['from a time', { startTime: EPOCH_MS + 5000 }, ['third d-2']],
    ['after it', { startTime: EPOCH_MS + 5001 }, []],
    ['to a time', { endTime: EPOCH_MS + 4999, filterPattern: 'd-1' }, ['first d-1', '{"greenlight":{"reason":"too \\"slow\\""}} d-1']],
    ['by stream', { logStreamNames: ['other'] }, ['third d-2']],
    ['by ARN', { logGroupName: undefined, logGroupIdentifier: `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:/aws/lambda/hook:*`, filterPattern: 'third' }, ['third d-2']],
    ['in a group that is empty', { logGroupName: '/aws/lambda/quiet' }, []],
  ])('CL-2: %s', async (_what, input, expected) => {
    world.playTo(60_000);
    expect(await messages(input)).toEqual(expected);
  });

  test('AWS-1: an SDK client reads answers and errors', async () => {
    world.playTo(60_000);
    const client = new CloudWatchLogsClient(world.client());
    const { events } = await client.send(new FilterLogEventsCommand({ logGroupName: '/aws/lambda/hook', filterPattern: 'third' }));
    expect(events).toMatchObject([{ logStreamName: 'other', timestamp: EPOCH_MS + 5000, message: 'third d-2' }]);
    await expect(client.send(new FilterLogEventsCommand({ logGroupName: '/aws/lambda/none' }))).rejects.toBeInstanceOf(ResourceNotFoundException);
    client.destroy();
  });

  test('CL-2: page by page', async () => {
    world.playTo(60_000);
    const { body } = await filter({ limit: 3 });
    expect(body.events).toHaveLength(3);
    expect(await messages({ limit: 3, nextToken: body.nextToken })).toEqual(['third d-2']);
  });

  test.each<[object, string]>([
    [{ logGroupName: '/aws/lambda/none' }, 'ResourceNotFoundException'],
    [{ logGroupName: undefined }, 'InvalidParameterException'],
    [{ limit: 0 }, 'InvalidParameterException'],
    [{ limit: 10_001 }, 'InvalidParameterException'],
    [{ filterPattern: '{ $.level = "err*" }' }, 'UnknownOperationException'],
    [{ filterPattern: '{ $.level != "error" }' }, 'UnknownOperationException'],
    [{ filterPattern: '?a ?b' }, 'UnknownOperationException'],
    [{ logStreamNamePrefix: 's' }, 'UnknownOperationException'],
  ])('CL-3: %j is refused', async (input, type) => {
    expect(await filter(input)).toMatchObject({ status: 400, body: { __type: type } });
  });

  test('AWS-4: the role needs all streams of the group', async () => {
    world.denied.add('logs:FilterLogEvents');
    expect(await filter({}, 'FUNCTION')).toMatchObject({ status: 400, body: { __type: 'AccessDeniedException' } });
    expect(world.calls.at(-1)).toMatchObject({ resource: `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:/aws/lambda/hook:log-stream:` });
  });
});

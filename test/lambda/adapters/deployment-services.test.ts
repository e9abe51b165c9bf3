/** What the deployment provider says to AWS, held against the SDK's own clients, and what it reads in the answers. */
import { CloudFormationClient, DescribeStackEventsCommand, DescribeStackResourceCommand, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import {
  BatchGetDeploymentsCommand,
  BatchGetDeploymentTargetsCommand,
  CodeDeployClient,
  CreateDeploymentCommand,
  GetDeploymentCommand,
  ListDeploymentsCommand,
  ListDeploymentTargetsCommand,
  StopDeploymentCommand,
} from '@aws-sdk/client-codedeploy';
import { DescribeServicesCommand, ECSClient } from '@aws-sdk/client-ecs';
import { DescribeListenersCommand, ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';

import { awsCall } from '../../../lambda/adapters/aws-call';
import { CLOUD_FORMATION, CLOUD_WATCH_LOGS, CODE_DEPLOY, ECS, ELASTIC_LOAD_BALANCING, STEP_FUNCTIONS } from '../../../lambda/adapters/aws-endpoint';
import { cloudFormation, stackResources } from '../../../lambda/adapters/cloudformation';
import { cloudWatchLogs } from '../../../lambda/adapters/cloudwatch-logs';
import { codeDeployDeployments } from '../../../lambda/adapters/codedeploy-deployments';
import { ecs } from '../../../lambda/adapters/ecs';
import { elasticLoadBalancing } from '../../../lambda/adapters/elastic-load-balancing';
import { stepFunctions } from '../../../lambda/adapters/step-functions';
import type { AwsAnswerScript, AwsServer, SeenCall } from '../support/aws-server';
import { awsError, awsServer } from '../support/aws-server';
import { BLUE, STACK } from '../support/deployment-requests';
import { LAMBDA_VARIABLES } from '../support/handler-process';

const GROUP = { application: 'web-application', group: 'web-group' };
const MACHINE = 'arn:aws:states:eu-central-1:111122223333:stateMachine:provider';
const HOOK = { logGroup: '/aws/lambda/smoke', deploymentId: 'd-1', event: 'AfterAllowTestTraffic', since: 1_767_603_600_000 } as const;
const BALANCER = 'arn:aws:elasticloadbalancing:eu-central-1:111122223333:loadbalancer/app/web/0123';
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

const options = () => ({ variables: { ...LAMBDA_VARIABLES, AWS_ENDPOINT_URL: aws.url } });
const codeDeploy = () => codeDeployDeployments(awsCall(CODE_DEPLOY, options()));
const containers = () => ecs(awsCall(ECS, options()));
const stacks = () => cloudFormation(awsCall(CLOUD_FORMATION, options()));
const resources = () => stackResources(awsCall(CLOUD_FORMATION, options()));
const logs = () => cloudWatchLogs(awsCall(CLOUD_WATCH_LOGS, options()));
const balancing = () => elasticLoadBalancing(awsCall(ELASTIC_LOAD_BALANCING, options()));
const executions = () => stepFunctions(awsCall(STEP_FUNCTIONS, options()));

const body = (value: unknown): AwsAnswerScript => ({ body: JSON.stringify(value) });
const stackAnswer = (inner: string) => `<DescribeStacksResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><DescribeStacksResult><Stacks>${inner}</Stacks></DescribeStacksResult></DescribeStacksResponse>`;
const STACK_STATUS = stackAnswer('<member><StackName>App-Web</StackName><StackStatus>UPDATE_ROLLBACK_IN_PROGRESS</StackStatus><Description>&lt;StackStatus&gt;x</Description></member>');

describe('requests mean what the requests of the SDK mean', () => {
  const config = () => ({ region: 'eu-central-1', endpoint: aws.url, maxAttempts: 1 });
  const client = () => new CodeDeployClient(config());
  const names = { applicationName: 'web-application', deploymentGroupName: 'web-group' };
  const cases: Readonly<Record<string, { readonly ours: () => Promise<unknown>; readonly theirs: () => Promise<unknown> }>> = {
    'ListDeployments since a moment': {
      ours: () => codeDeploy().search({ ...GROUP, since: 1_767_603_600_500 }, signal),
      theirs: async () => {
        await client().send(new ListDeploymentsCommand({ ...names, createTimeRange: { start: new Date(1_767_603_600_500) } }));
        await client().send(new BatchGetDeploymentsCommand({ deploymentIds: ['d-1'] }));
      },
    },
    'ListDeployments that go on': {
      ours: () => codeDeploy().search({ ...GROUP, running: true }, signal),
      theirs: async () => {
        await client().send(new ListDeploymentsCommand({ ...names, includeOnlyStatuses: ['Created', 'Queued', 'InProgress', 'Baking', 'Ready'] }));
        await client().send(new BatchGetDeploymentsCommand({ deploymentIds: ['d-1'] }));
      },
    },
    GetDeployment: { ours: () => codeDeploy().read('d-1', signal), theirs: () => client().send(new GetDeploymentCommand({ deploymentId: 'd-1' })) },
    'the lifecycle events': {
      ours: () => codeDeploy().events('d-1', signal),
      theirs: async () => {
        await client().send(new ListDeploymentTargetsCommand({ deploymentId: 'd-1' }));
        await client().send(new BatchGetDeploymentTargetsCommand({ deploymentId: 'd-1', targetIds: ['main:web'] }));
      },
    },
    CreateDeployment: {
      ours: () => codeDeploy().create({ ...GROUP, description: 'Update (mark)', appSpec: '{"version":"0.0"}' }, signal),
      theirs: () =>
        client().send(new CreateDeploymentCommand({ ...names, description: 'Update (mark)', revision: { revisionType: 'AppSpecContent', appSpecContent: { content: '{"version":"0.0"}' } } })),
    },
    StopDeployment: { ours: () => codeDeploy().stop('d-1', signal), theirs: () => client().send(new StopDeploymentCommand({ deploymentId: 'd-1', autoRollbackEnabled: true })) },
    DescribeServices: {
      ours: () => containers().primary({ cluster: 'main', service: 'web' }, signal),
      theirs: () => new ECSClient(config()).send(new DescribeServicesCommand({ cluster: 'main', services: ['web'] })),
    },
    DescribeStacks: { ours: () => stacks().statusOf(STACK, signal), theirs: () => new CloudFormationClient(config()).send(new DescribeStacksCommand({ StackName: STACK })) },
    DescribeStackEvents: {
      ours: () => stacks().history({ stackId: STACK, logicalId: 'WebDeployment' }, () => false, signal),
      theirs: () => new CloudFormationClient(config()).send(new DescribeStackEventsCommand({ StackName: STACK })),
    },
    DescribeStackResource: {
      ours: () => resources().physicalIdOf(STACK, 'Fleet', signal),
      theirs: () => new CloudFormationClient(config()).send(new DescribeStackResourceCommand({ StackName: STACK, LogicalResourceId: 'Fleet' })),
    },
    StartExecution: {
      ours: () => executions().start({ stateMachine: MACHINE, name: 'Web-1', input: '{"request":{}}' }, signal),
      theirs: () => new SFNClient(config()).send(new StartExecutionCommand({ stateMachineArn: MACHINE, name: 'Web-1', input: '{"request":{}}' })),
    },
    DescribeListeners: {
      ours: () => balancing().listeners(BALANCER, signal).catch(() => undefined),
      theirs: () => new ElasticLoadBalancingV2Client(config()).send(new DescribeListenersCommand({ LoadBalancerArn: BALANCER })).catch(() => undefined),
    },
    FilterLogEvents: {
      ours: () => logs().reason(HOOK, signal),
      theirs: () =>
        new CloudWatchLogsClient(config()).send(
          new FilterLogEventsCommand({ logGroupName: '/aws/lambda/smoke', startTime: 1_767_603_600_000, filterPattern: '{ $.greenlightVerdict.deploymentId = "d-1" }', limit: 20 }),
        ),
    },
  };
  const answers = {
    ListDeployments: [body({ deployments: ['d-1'] })],
    BatchGetDeployments: [body({ deploymentsInfo: [] })],
    GetDeployment: [body({ deploymentInfo: {} })],
    ListDeploymentTargets: [body({ targetIds: ['main:web'] })],
    CreateDeployment: [body({ deploymentId: 'd-2' })],
    DescribeServices: [body({ services: [{ status: 'ACTIVE' }] })],
    StartExecution: [body({ executionArn: 'arn', startDate: 1 })],
    '/': [{ body: STACK_STATUS }],
  };

  test.each(Object.keys(cases))('%s', async (name) => {
    aws = await awsServer(answers);
    await cases[name]?.theirs();
    const theirs = aws.calls.map(meaning);
    await cases[name]?.ours();
    expect(theirs.length).toBeGreaterThan(0);
    expect(aws.calls.slice(theirs.length).map(meaning)).toEqual(theirs);
  });
});

function meaning({ headers, method, path, body: sent }: SeenCall) {
  const type = headers['content-type'];
  return {
    method,
    path,
    scope: /Credential=[^/]+\/\d+\/([^,]+)/.exec(headers.authorization ?? '')?.[1],
    type,
    target: headers['x-amz-target'],
    body: type === 'application/x-www-form-urlencoded' ? Object.fromEntries(new URLSearchParams(sent)) : JSON.parse(sent),
  };
}

describe('deployments', () => {
  const info = {
    deploymentId: 'd-1',
    status: 'Stopped',
    creator: 'user',
    description: 'mine',
    createTime: 1_767_603_600.123,
    errorInformation: { code: 'ALARM_ACTIVE', message: 'red' },
    rollbackInfo: { rollbackDeploymentId: 'd-2' },
    autoRollbackConfiguration: { enabled: true, events: ['DEPLOYMENT_FAILURE'] },
  };
  const facts = { id: 'd-1', status: 'Stopped', creator: 'user', description: 'mine', createdAt: 1_767_603_600_123, error: { code: 'ALARM_ACTIVE', message: 'red' }, rollbackId: 'd-2', rollsBack: true };

  test('are read whole', async () => {
    aws = await awsServer({ GetDeployment: [body({ deploymentInfo: info })] });
    expect(await codeDeploy().read('d-1', signal)).toEqual(facts);
  });

  test.each([
    [{ status: 'Created' }, { id: 'd-1', status: 'Created', rollsBack: false }],
    [{ status: 'Failed', errorInformation: {}, rollbackInfo: {}, autoRollbackConfiguration: { enabled: false } }, { id: 'd-1', status: 'Failed', error: { code: 'no code', message: 'no message' }, rollsBack: false }],
    [{ status: 'Failed', rollbackInfo: { rollbackDeploymentId: '' } }, { id: 'd-1', status: 'Failed', rollsBack: false }],
  ])('are read in part: %j', async (part, expected) => {
    aws = await awsServer({ GetDeployment: [body({ deploymentInfo: part })] });
    expect(await codeDeploy().read('d-1', signal)).toEqual(expected);
  });

  test('an answer without a deployment is no answer', async () => {
    aws = await awsServer({ GetDeployment: [body({})] });
    await expect(codeDeploy().read('d-1', signal)).rejects.toMatchObject({ call: 'codedeploy:GetDeployment', code: 'UnexpectedAnswer', retryable: true });
  });

  test('are listed over all pages, and looked up in batches of 25', async () => {
    const ids = (from: number) => Array.from({ length: 20 }, (_, index) => `d-${from + index}`);
    aws = await awsServer({
      ListDeployments: [body({ deployments: ids(0), nextToken: 'more' }), body({ deployments: ids(20) })],
      BatchGetDeployments: [body({ deploymentsInfo: [info] }), body({ deploymentsInfo: [{ ...info, deploymentId: 'd-9' }] })],
    });
    expect((await codeDeploy().search({ ...GROUP, running: true }, signal)).map(({ id }) => id)).toEqual(['d-1', 'd-9']);
    const sent = aws.calls.map((call) => JSON.parse(call.body) as { readonly nextToken?: string; readonly deploymentIds?: readonly string[] });
    expect(sent.map(({ nextToken }) => nextToken)).toEqual([undefined, 'more', undefined, undefined]);
    expect(sent.map(({ deploymentIds }) => deploymentIds?.length)).toEqual([undefined, undefined, 25, 15]);
  });

  test('that are none are not looked up', async () => {
    aws = await awsServer({ ListDeployments: [body({ deployments: [] })] });
    expect(await codeDeploy().search({ ...GROUP, since: 1 }, signal)).toEqual([]);
    expect(aws.calls).toHaveLength(1);
  });

  test('a list without end is as good as unread', async () => {
    aws = await awsServer({ ListDeployments: [body({ deployments: ['d-1'], nextToken: 'more' })] });
    await expect(codeDeploy().search({ ...GROUP, since: 1 }, signal)).rejects.toMatchObject({ message: 'codedeploy:ListDeployments failed: UnexpectedAnswer: more than 10 pages', retryable: true });
    expect(aws.calls).toHaveLength(10);
  });

  test('an answer without an id is no start that we know of', async () => {
    aws = await awsServer({ CreateDeployment: [body({})] });
    await expect(codeDeploy().create({ ...GROUP, description: '', appSpec: '' }, signal)).rejects.toMatchObject({ code: 'UnexpectedAnswer', retryable: true });
  });

  test('tell their lifecycle events with what is said of them', async () => {
    const lifecycleEvents = [
      { lifecycleEventName: 'Install', status: 'Succeeded', diagnostics: { errorCode: 'Success', message: '', logTail: '' } },
      { lifecycleEventName: 'AfterInstall', status: 'Failed', diagnostics: { errorCode: 'UnknownError', message: 'no', logTail: 'tail' } },
      { lifecycleEventName: 'AllowTraffic', status: 'Skipped' },
    ];
    aws = await awsServer({ ListDeploymentTargets: [body({ targetIds: ['main:web'] })], BatchGetDeploymentTargets: [body({ deploymentTargets: [{ ecsTarget: { lifecycleEvents } }] })] });
    expect(await codeDeploy().events('d-1', signal)).toEqual([
      { name: 'Install', status: 'Succeeded' },
      { name: 'AfterInstall', status: 'Failed', diagnostics: 'UnknownError: no: tail' },
      { name: 'AllowTraffic', status: 'Skipped' },
    ]);
  });

  test.each([[{}], [{ targetIds: [] }]])('without a target tell none: %j', async (answer) => {
    aws = await awsServer({ ListDeploymentTargets: [body(answer)] });
    expect(await codeDeploy().events('d-1', signal)).toEqual([]);
    expect(aws.calls).toHaveLength(1);
  });
});

describe('the PRIMARY task set', () => {
  const primary = async (answer: unknown) => {
    aws = await awsServer({ DescribeServices: [body(answer)] });
    return containers().primary({ cluster: 'main', service: 'web' }, signal);
  };
  const service = (...taskSets: readonly object[]) => ({ services: [{ status: 'ACTIVE', taskSets }], failures: [] });

  test('is read whole', async () => {
    const whole = {
      status: 'PRIMARY',
      taskDefinition: BLUE,
      platformVersion: '1.4.0',
      networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-1'], securityGroups: ['sg-1'], assignPublicIp: 'ENABLED' } },
      capacityProviderStrategy: [{ capacityProvider: 'FARGATE_SPOT', weight: 2, base: 1 }, { capacityProvider: 'FARGATE' }],
      loadBalancers: [{ targetGroupArn: 'arn', containerName: 'web', containerPort: 8080 }],
    };
    expect(await primary(service({ status: 'ACTIVE', taskDefinition: 'other', scale: { unit: 'PERCENT', value: 100 } }, whole))).toEqual({
      taskDefinition: BLUE,
      beside: true,
      platformVersion: '1.4.0',
      network: { subnets: ['subnet-1'], securityGroups: ['sg-1'], assignPublicIp: 'ENABLED' },
      capacityProviders: [
        { provider: 'FARGATE_SPOT', base: 1, weight: 2 },
        { provider: 'FARGATE', base: 0, weight: 0 },
      ],
      loadBalancer: { container: 'web', port: 8080 },
    });
  });

  test.each([
    ['ACTIVE', 100, true],
    ['ACTIVE', undefined, true],
    ['ACTIVE', 0, undefined],
    ['DRAINING', 100, undefined],
  ])('with one that is %s at %s %% beside it', async (status, value, beside) => {
    expect(await primary(service({ status: 'PRIMARY', taskDefinition: BLUE }, { status, taskDefinition: 'other', scale: { value } }))).toEqual({ taskDefinition: BLUE, ...(beside === undefined ? {} : { beside }) });
  });

  test('is read in part', async () => {
    expect(await primary(service({ status: 'PRIMARY', taskDefinition: BLUE, networkConfiguration: { awsvpcConfiguration: { subnets: ['a'] } } }))).toEqual({
      taskDefinition: BLUE,
      network: { subnets: ['a'], securityGroups: [], assignPublicIp: 'DISABLED' },
    });
  });

  test.each([
    ['the service is missing', { services: [], failures: [{ arn: 'arn', reason: 'MISSING' }] }],
    ['the service is deleted', { services: [{ status: 'INACTIVE', taskSets: [{ status: 'PRIMARY', taskDefinition: BLUE }] }] }],
    ['there is no task set', service()],
    ['there is no PRIMARY one', service({ status: 'ACTIVE', taskDefinition: BLUE })],
  ])('is none where %s', async (_, answer) => {
    expect(await primary(answer)).toBeUndefined();
  });

  test.each([[{}], [{ services: [], failures: [{ reason: 'ACCESS' }] }]])('is unknown where the answer is %j', async (answer) => {
    await expect(primary(answer)).rejects.toMatchObject({ call: 'ecs:DescribeServices', code: 'UnexpectedAnswer', retryable: true });
  });
});

describe('the status of a stack', () => {
  const status = async (script: AwsAnswerScript) => {
    aws = await awsServer({ '/': [script] });
    return stacks().statusOf(STACK, signal);
  };
  const error = (code: string, message: string) => `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error><RequestId>r</RequestId></ErrorResponse>`;

  test('is read', async () => {
    expect(await status({ body: STACK_STATUS })).toBe('UPDATE_ROLLBACK_IN_PROGRESS');
  });

  test('is none where there is no such stack', async () => {
    expect(await status({ status: 400, body: error('ValidationError', `Stack with id ${STACK} does not exist`) })).toBeUndefined();
  });

  test.each([
    ['a throttled call', { status: 400, body: error('Throttling', 'Rate exceeded') }, 'Throttling', true],
    ['a denied call', { status: 403, body: error('AccessDenied', 'is not authorized') }, 'AccessDenied', false],
    ['another validation error', { status: 400, body: error('ValidationError', 'bad name') }, 'ValidationError', false],
    ['a fault without words', { status: 503, body: '<html/>' }, 'HTTP 503', true],
    ['no XML', { status: 502, body: 'Bad Gateway' }, 'HTTP 502', true],
    ['no stack', { body: stackAnswer('') }, 'UnexpectedAnswer', true],
  ])('fails with %s', async (_, script, code, retryable) => {
    await expect(status(script)).rejects.toMatchObject({ call: 'cloudformation:DescribeStacks', code, retryable });
  });
});

describe('what stands for a resource of a stack', () => {
  const physicalId = async (script: AwsAnswerScript) => {
    aws = await awsServer({ '/': [script] });
    return resources().physicalIdOf(STACK, 'Fleet', signal);
  };
  const detail = (inner: string) => `<DescribeStackResourceResponse><DescribeStackResourceResult><StackResourceDetail>${inner}</StackResourceDetail></DescribeStackResourceResult></DescribeStackResourceResponse>`;
  const error = (code: string, message: string): AwsAnswerScript => ({ status: 400, body: `<ErrorResponse><Error><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>` });

  test.each<[string, AwsAnswerScript, string | undefined]>([
    ['is read', { body: detail('<PhysicalResourceId>web/fleet</PhysicalResourceId><ResourceStatus>DELETE_IN_PROGRESS</ResourceStatus>') }, 'web/fleet'],
    ['is nothing yet', { body: detail('<ResourceStatus>CREATE_IN_PROGRESS</ResourceStatus>') }, undefined],
    ['is nothing where there is no such resource', error('ValidationError', `Resource Fleet does not exist for stack ${STACK}`), undefined],
  ])('%s', async (_, script, id) => {
    expect(await physicalId(script)).toBe(id);
  });

  test('is unknown where the call is denied', async () => {
    await expect(physicalId(error('AccessDenied', 'no'))).rejects.toMatchObject({ call: 'cloudformation:DescribeStackResource', code: 'AccessDenied' });
  });
});

describe('the events of a stack', () => {
  const event = (logicalId: string, physicalId: string, status: string, more = '') =>
    `<member><StackId>${STACK}</StackId><LogicalResourceId>${logicalId}</LogicalResourceId><PhysicalResourceId>${physicalId}</PhysicalResourceId><ResourceStatus>${status}</ResourceStatus>${more}</member>`;
  const page = (inner: string, token?: string): AwsAnswerScript => ({
    body: `<DescribeStackEventsResponse><DescribeStackEventsResult><StackEvents>${inner}</StackEvents>${token === undefined ? '' : `<NextToken>${token}</NextToken>`}</DescribeStackEventsResult></DescribeStackEventsResponse>`,
  });
  const history = async (pages: readonly AwsAnswerScript[]) => {
    aws = await awsServer({ '/': pages });
    return stacks().history({ stackId: STACK, logicalId: 'WebDeployment' }, (status) => status === 'UPDATE_IN_PROGRESS', signal);
  };
  const tokens = () => aws.calls.map(({ body: sent }) => new URLSearchParams(sent).get('NextToken'));
  const begun = event('App-Web', STACK, 'UPDATE_IN_PROGRESS');
  const asked = event('WebDeployment', 'web-application/web-group', 'UPDATE_IN_PROGRESS', '<ResourceProperties>{&quot;AppSpec&quot;:&quot;{}&quot;}</ResourceProperties>');

  test('are those of the stack itself and of the resource; a nested stack is neither', async () => {
    const nested = event('Nested', `${STACK}-nested`, 'UPDATE_IN_PROGRESS', '<ResourceType>AWS::CloudFormation::Stack</ResourceType>');
    expect(await history([page(event('App-Web', STACK, 'UPDATE_ROLLBACK_IN_PROGRESS') + nested + asked + event('Other', 'x', 'UPDATE_IN_PROGRESS') + event('WebDeployment', '', 'UPDATE_FAILED', '<ResourceProperties/>'))])).toEqual([
      { of: 'stack', status: 'UPDATE_ROLLBACK_IN_PROGRESS' },
      { of: 'resource', status: 'UPDATE_IN_PROGRESS', properties: '{"AppSpec":"{}"}' },
      { of: 'resource', status: 'UPDATE_FAILED' },
    ]);
  });

  test('are read page by page, until the operation began', async () => {
    expect(await history([page(event('Other', 'x', 'UPDATE_IN_PROGRESS'), 'a&amp;b'), page(asked, 'c'), page(begun + event('App-Web', STACK, 'UPDATE_COMPLETE'), 'd'), page('')])).toEqual([
      { of: 'resource', status: 'UPDATE_IN_PROGRESS', properties: '{"AppSpec":"{}"}' },
      { of: 'stack', status: 'UPDATE_IN_PROGRESS' },
      { of: 'stack', status: 'UPDATE_COMPLETE' },
    ]);
    expect(tokens()).toEqual([null, 'a&b', 'c']);
  });

  test('are read to the end, and no more than five pages', async () => {
    expect(await history([page('')])).toEqual([]);
    expect(tokens()).toEqual([null]);
    await aws.close();
    expect(await history([page(asked, 'on')])).toHaveLength(5);
    expect(tokens()).toEqual([null, 'on', 'on', 'on', 'on']);
  });

  test.each([
    ['a denied call', { status: 403, body: '<ErrorResponse><Error><Code>AccessDenied</Code><Message>no</Message></Error></ErrorResponse>' }, 'AccessDenied', false],
    ['a stack that is gone', { status: 400, body: '<ErrorResponse><Error><Code>ValidationError</Code><Message>Stack [x] does not exist</Message></Error></ErrorResponse>' }, 'ValidationError', false],
    ['no XML', { status: 502, body: 'Bad Gateway' }, 'HTTP 502', true],
  ])('fails with %s', async (_, script, code, retryable) => {
    await expect(history([script])).rejects.toMatchObject({ call: 'cloudformation:DescribeStackEvents', code, retryable });
  });
});

describe('executions', () => {
  test.each([
    ['that is there already is as good', awsError('ExecutionAlreadyExists', 'Execution Already Exists'), undefined],
    ['that is throttled is not started', awsError('ThrottlingException', 'Rate exceeded'), 'ThrottlingException'],
    ['of a machine that is gone is not started', awsError('StateMachineDoesNotExist', 'gone'), 'StateMachineDoesNotExist'],
  ])('one %s', async (_, script, code) => {
    aws = await awsServer({ StartExecution: [script] });
    const started = executions().start({ stateMachine: MACHINE, name: 'a', input: '{}' }, signal);
    await (code === undefined ? expect(started).resolves.toBeUndefined() : expect(started).rejects.toMatchObject({ call: 'states:StartExecution', code }));
  });
});

describe('the reason in a hook\'s log', () => {
  const line = (event: string, reason: unknown) => ({ message: `${JSON.stringify({ level: 'ERROR', message: 'm', greenlightVerdict: { event, reason } })}\n` });
  const reason = async (...pages: readonly unknown[]) => {
    aws = await awsServer({ FilterLogEvents: pages.map(body) });
    return logs().reason(HOOK, signal);
  };

  test('is the last one of the event, over pages that may be empty', async () => {
    const pages = [{ events: [], nextToken: 'a' }, { events: [line('AfterAllowTestTraffic', 'first'), line('AfterAllowTestTraffic', 'last')], nextToken: 'b' }, { events: [line('AfterInstall', 'other')] }];
    expect(await reason(...pages)).toBe('last');
    expect(aws.calls.map((call) => JSON.parse(call.body).nextToken)).toEqual([undefined, 'a', 'b']);
  });

  test.each([
    ['there are no lines', { events: [] }],
    ['a line is no JSON', { events: [{ message: 'START RequestId' }] }],
    ['a line holds no verdict', { events: [{ message: '{"level":"INFO"}' }] }],
    ['the reason is no text', { events: [line('AfterAllowTestTraffic', 7)] }],
  ])('is none where %s', async (_, page) => {
    expect(await reason(page)).toBeUndefined();
  });

  test('is given up in a log without end', async () => {
    expect(await reason({ events: [], nextToken: 'more' })).toBeUndefined();
    expect(aws.calls).toHaveLength(5);
  });
});

describe('listeners', () => {
  const listenersAnswer = (inner: string, more = '') =>
    `<DescribeListenersResponse xmlns="http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/"><DescribeListenersResult><Listeners>${inner}</Listeners>${more}</DescribeListenersResult></DescribeListenersResponse>`;
  const listener = (port: number, ...actions: readonly string[]) => `<member><ListenerArn>arn</ListenerArn><Port>${port}</Port><DefaultActions>${actions.map((action) => `<member>${action}</member>`).join('')}</DefaultActions></member>`;
  const group = (arn: string, weight?: number) => `<member><TargetGroupArn>${arn}</TargetGroupArn>${weight === undefined ? '' : `<Weight>${weight}</Weight>`}</member>`;
  const forward = (...groups: readonly string[]) => `<Type>forward</Type><ForwardConfig><TargetGroupStickinessConfig><Enabled>false</Enabled></TargetGroupStickinessConfig><TargetGroups>${groups.join('')}</TargetGroups></ForwardConfig>`;

  test.each<[string, string, unknown]>([
    ['none', '', []],
    ['as CodeDeploy leaves them', listener(443, forward(group('blue', 0), group('green', 100))), [{ port: 443, forwards: [{ arn: 'blue', weight: 0 }, { arn: 'green', weight: 100 }] }]],
    ['as CloudFormation makes them', listener(80, `<TargetGroupArn>blue</TargetGroupArn>${forward(group('blue', 1))}`), [{ port: 80, forwards: [{ arn: 'blue', weight: 1 }] }]],
    ['without a configuration', listener(80, '<Type>forward</Type><TargetGroupArn>blue</TargetGroupArn>'), [{ port: 80, forwards: [{ arn: 'blue', weight: 1 }] }]],
    ['without a weight', listener(80, forward(group('blue'))), [{ port: 80, forwards: [{ arn: 'blue', weight: 1 }] }]],
    ['behind a login', listener(443, '<Type>authenticate-oidc</Type><Order>1</Order>', forward(group('blue', 1))), [{ port: 443, forwards: [{ arn: 'blue', weight: 1 }] }]],
    ['that redirect', listener(80, '<Type>redirect</Type>') + listener(81), [{ port: 80 }, { port: 81 }]],
  ])('%s', async (_name, inner, expected) => {
    aws = await awsServer({ '/': [{ body: listenersAnswer(inner) }] });
    expect(await balancing().listeners(BALANCER, signal)).toEqual(expected);
  });

  test('are read over all pages', async () => {
    aws = await awsServer({ '/': [{ body: listenersAnswer(listener(80), '<NextMarker>more</NextMarker>') }, { body: listenersAnswer(listener(81)) }] });
    expect(await balancing().listeners(BALANCER, signal)).toEqual([{ port: 80 }, { port: 81 }]);
    expect(aws.calls.map((call) => new URLSearchParams(call.body).get('Marker'))).toEqual([null, 'more']);
  });

  test('a list without end is as good as unread', async () => {
    aws = await awsServer({ '/': [{ body: listenersAnswer('', '<NextMarker>more</NextMarker>') }] });
    await expect(balancing().listeners(BALANCER, signal)).rejects.toMatchObject({ message: 'elasticloadbalancing:DescribeListeners failed: UnexpectedAnswer: the answer goes on after 10 pages', retryable: true });
    expect(aws.calls).toHaveLength(10);
  });

  const failed = (code: string) => `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>not today</Message></Error></ErrorResponse>`;
  test('a load balancer that is not there', async () => {
    aws = await awsServer({ '/': [{ status: 400, body: failed('LoadBalancerNotFound') }] });
    expect(await balancing().listeners(BALANCER, signal)).toBeUndefined();
  });

  test.each([
    [{ status: 400, body: failed('Throttling') }, { code: 'Throttling', message: 'elasticloadbalancing:DescribeListeners failed: Throttling: not today', retryable: true }],
    [{ status: 403, body: failed('AccessDenied') }, { code: 'AccessDenied', retryable: false }],
    [{ status: 503, body: '<x/>' }, { code: 'HTTP 503', message: 'elasticloadbalancing:DescribeListeners failed: HTTP 503: no message', retryable: true }],
    [{ status: 200, body: 'hello' }, { code: 'HTTP 200' }],
    [{ status: 200, body: '<Other/>' }, { code: 'UnexpectedAnswer', message: 'elasticloadbalancing:DescribeListeners failed: UnexpectedAnswer: the answer holds no listeners', retryable: true }],
  ])('failures %#', async (script, failure) => {
    aws = await awsServer({ '/': [script] });
    await expect(balancing().listeners(BALANCER, signal)).rejects.toMatchObject({ call: 'elasticloadbalancing:DescribeListeners', ...failure });
  });
});

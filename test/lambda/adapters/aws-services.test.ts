import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { CloudWatchClient, DescribeAlarmsCommand, GetMetricDataCommand, PutMetricDataCommand, SetAlarmStateCommand } from '@aws-sdk/client-cloudwatch';
import { BatchGetDeploymentTargetsCommand, CodeDeployClient, ContinueDeploymentCommand, GetApplicationRevisionCommand, GetDeploymentCommand, ListDeploymentTargetsCommand, PutLifecycleEventHookExecutionStatusCommand, StopDeploymentCommand } from '@aws-sdk/client-codedeploy';
import { DescribeInstancesCommand, DescribeNetworkInterfacesCommand, EC2Client } from '@aws-sdk/client-ec2';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { GetCalendarStateCommand, GetParameterCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';

import { awsCall } from '../../../lambda/adapters/aws-call';
import { CLOUD_WATCH, CODE_DEPLOY, EC2, EVENT_BRIDGE, LAMBDA, SECRETS_MANAGER, SNS, SSM } from '../../../lambda/adapters/aws-endpoint';
import { systemClock } from '../../../lambda/adapters/clock';
import { cloudWatch } from '../../../lambda/adapters/cloudwatch';
import { codeDeploy } from '../../../lambda/adapters/codedeploy';
import { releaseSource } from '../../../lambda/adapters/deployment-targets';
import { ec2Instances } from '../../../lambda/adapters/ec2-instances';
import { eventBridge } from '../../../lambda/adapters/eventbridge';
import { gateDeployments } from '../../../lambda/adapters/gate-deployments';
import { inspectedDeployments } from '../../../lambda/adapters/inspected-deployments';
import { lambdaInvoker, selfInvoker } from '../../../lambda/adapters/lambda-invoker';
import { metricSource } from '../../../lambda/adapters/metric-data';
import { resolveByInterfaces } from '../../../lambda/adapters/private-addresses';
import { secretsManager } from '../../../lambda/adapters/secrets-manager';
import { simpleNotifications } from '../../../lambda/adapters/sns';
import { changeCalendars, overrideStore, systemsManager } from '../../../lambda/adapters/ssm';
import type { VerdictRecord } from '../../../lib/model/hook-contract';
import { ENV } from '../../../lib/model/hook-contract';
import type { AwsAnswerScript, AwsServer, SeenCall } from '../support/aws-server';
import { awsError, awsServer, close, listen } from '../support/aws-server';
import { fakeEnvironment, HOOK } from '../support/fake-ports';
import { LAMBDA_VARIABLES } from '../support/handler-process';

const TOPIC_ARN = 'arn:aws:sns:eu-central-1:111122223333:overridden';
const FUNCTION_ARN = 'arn:aws:lambda:eu-central-1:111122223333:function:smoke';
const RECORD: VerdictRecord = {
  schemaVersion: 1,
  rollout: 'App/Web',
  event: 'AfterAllowTestTraffic',
  deploymentId: HOOK.DeploymentId,
  verdict: 'fail',
  reason: 'status was 503, expected 200',
  report: 'Failed',
  by: 'checks',
  durationMs: 5,
  checks: [],
};

const LOAD_BALANCER = 'app/web/50dc6c495c0c9188';
const INTERFACES = `<?xml version="1.0" encoding="UTF-8"?>
<DescribeNetworkInterfacesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>r</requestId><networkInterfaceSet>
<item><networkInterfaceId>eni-1</networkInterfaceId><privateIpAddress>10.0.1.5</privateIpAddress><privateIpAddressesSet><item><privateIpAddress>10.0.1.5</privateIpAddress></item></privateIpAddressesSet></item>
<item><networkInterfaceId>eni-2</networkInterfaceId><privateIpAddress>10.0.2.6</privateIpAddress></item>
</networkInterfaceSet></DescribeNetworkInterfacesResponse>`;

let aws: AwsServer;
afterEach(() => aws.close());

const variables = (): Readonly<Record<string, string>> => ({ ...LAMBDA_VARIABLES, AWS_ENDPOINT_URL: aws.url });
const { signal } = new AbortController();

/** For what is answered, be the machine as busy as it likes; what never is need not be waited for. */
const timeoutFor = (script: AwsAnswerScript): number => (script.hang === true ? 150 : 20_000);

/** Fails as the adapter does, with the server answering every operation alike. */
async function failing(script: AwsAnswerScript): Promise<unknown> {
  aws = await awsServer({ GetDeployment: [script] });
  process.env = { ...process.env, ...variables() };
  return codeDeploy(awsCall(CODE_DEPLOY, { variables: variables(), requestTimeoutMs: timeoutFor(script) })).creatorOf(HOOK.DeploymentId, signal).catch((error: unknown) => error);
}

const environmentBefore = process.env;
beforeEach(() => {
  // The SDK's clients and its credential provider read the environment of the process.
  process.env = { ...environmentBefore, ...LAMBDA_VARIABLES };
});
afterAll(() => {
  process.env = environmentBefore;
});

/** Parts of a request that a service looks at, without what differs from call to call. */
function meaning(call: SeenCall | undefined) {
  const { headers, method, path, body } = call as SeenCall;
  const scope = /Credential=[^/]+\/\d+\/([^,]+)/.exec(headers.authorization ?? '')?.[1];
  const form = headers['content-type'] === 'application/x-www-form-urlencoded';
  return {
    method,
    path,
    scope,
    host: headers.host,
    token: headers['x-amz-security-token'],
    type: headers['content-type'],
    target: headers['x-amz-target'],
    queryMode: headers['x-amzn-query-mode'],
    invocationType: headers['x-amz-invocation-type'],
    logType: headers['x-amz-log-type'],
    clientContext: headers['x-amz-client-context'],
    body: form ? Object.fromEntries(new URLSearchParams(body)) : JSON.parse(body),
  };
}

describe('requests mean what the requests of the SDK mean', () => {
  interface Case {
    readonly ours: () => Promise<unknown>;
    readonly theirs: () => Promise<unknown>;
  }
  const config = () => ({ region: 'eu-central-1', endpoint: aws.url, maxAttempts: 1 });
  const answers = {
    GetCalendarState: [{ body: '{"State":"OPEN"}' }],
    GetApplicationRevision: [{ body: '{"revision":{"revisionType":"AppSpecContent","appSpecContent":{"content":"version: 0.0"}}}' }],
    GetDeployment: [{ body: '{"deploymentInfo":{"creator":"user","applicationName":"web-application","revision":{"revisionType":"AppSpecContent","appSpecContent":{"sha256":"abc"}}}}' }],
    GetMetricData: [{ body: '{"MetricDataResults":[]}' }],
    ListDeploymentTargets: [{ body: '{"targetIds":["main:web"]}' }],
    BatchGetDeploymentTargets: [{ body: '{"deploymentTargets":[{"deploymentTargetType":"ECSTarget","ecsTarget":{}}]}' }],
    PutEvents: [{ body: '{"FailedEntryCount":0,"Entries":[{"EventId":"1"}]}' }],
    GetParameter: [{ body: '{"Parameter":{"Name":"/web/token","Type":"SecureString","Value":"p4ss","Version":1,"LastModifiedDate":1767603600}}' }],
    PutParameter: [{ body: '{"Tier":"Standard","Version":2}' }],
    GetSecretValue: [{ body: '{"Name":"web/login","SecretString":"p4ss"}' }],
    '/2015-03-31/functions/smoke/invocations': [{ status: 202, body: '' }],
    '/': [{ body: INTERFACES }],
  };
  const cases: Readonly<Record<string, Case>> = {
    PutLifecycleEventHookExecutionStatus: {
      ours: () => codeDeploy(awsCall(CODE_DEPLOY, { variables: variables() })).putStatus(HOOK, 'Failed', signal),
      theirs: () =>
        new CodeDeployClient(config()).send(
          new PutLifecycleEventHookExecutionStatusCommand({ deploymentId: HOOK.DeploymentId, lifecycleEventHookExecutionId: HOOK.LifecycleEventHookExecutionId, status: 'Failed' }),
        ),
    },
    GetDeployment: {
      ours: () => codeDeploy(awsCall(CODE_DEPLOY, { variables: variables() })).creatorOf(HOOK.DeploymentId, signal),
      theirs: () => new CodeDeployClient(config()).send(new GetDeploymentCommand({ deploymentId: HOOK.DeploymentId })),
    },
    PutMetricData: {
      ours: () => cloudWatch(awsCall(CLOUD_WATCH, { variables: variables() })).publish({ application: 'a', deploymentGroup: 'g', failed: true }, signal),
      theirs: () =>
        new CloudWatchClient(config()).send(
          new PutMetricDataCommand({
            Namespace: 'cdk-greenlight',
            MetricData: [
              {
                MetricName: 'FailedValidations',
                Dimensions: [
                  { Name: 'Application', Value: 'a' },
                  { Name: 'DeploymentGroup', Value: 'g' },
                ],
                Value: 1,
                Unit: 'Count',
                StorageResolution: 1,
              },
            ],
          }),
        ),
    },
    GetMetricData: {
      ours: () =>
        metricSource(awsCall(CLOUD_WATCH, { variables: variables() })).read(
          {
            queries: [
              { id: 'm1', namespace: 'AWS/ApplicationELB', metricName: 'RequestCount', dimensions: { LoadBalancer: 'app/web/1', TargetGroup: 'targetgroup/a/1' }, statistic: 'Sum' },
              { id: 'm2', namespace: 'Shop', metricName: 'Depth', dimensions: {}, statistic: 'p99', unit: 'Count', accountId: '111122223333' },
              { id: 'e1', expression: 'm1 / m2' },
            ],
            from: Date.UTC(2026, 0, 5, 9),
            to: Date.UTC(2026, 0, 5, 9, 5),
            periodMs: 300_000,
          },
          signal,
        ),
      theirs: () =>
        new CloudWatchClient(config()).send(
          new GetMetricDataCommand({
            MetricDataQueries: [
              {
                Id: 'm1',
                MetricStat: {
                  Metric: {
                    Namespace: 'AWS/ApplicationELB',
                    MetricName: 'RequestCount',
                    Dimensions: [
                      { Name: 'LoadBalancer', Value: 'app/web/1' },
                      { Name: 'TargetGroup', Value: 'targetgroup/a/1' },
                    ],
                  },
                  Period: 300,
                  Stat: 'Sum',
                },
              },
              { Id: 'm2', MetricStat: { Metric: { Namespace: 'Shop', MetricName: 'Depth', Dimensions: [] }, Period: 300, Stat: 'p99', Unit: 'Count' }, AccountId: '111122223333' },
              { Id: 'e1', Expression: 'm1 / m2', Period: 300 },
            ],
            StartTime: new Date('2026-01-05T09:00:00Z'),
            EndTime: new Date('2026-01-05T09:05:00Z'),
            ScanBy: 'TimestampAscending',
          }),
        ),
    },
    'ListDeploymentTargets and BatchGetDeploymentTargets': {
      ours: () => releaseSource(awsCall(CODE_DEPLOY, { variables: variables() })).target(HOOK.DeploymentId, signal),
      theirs: async () => {
        const client = new CodeDeployClient(config());
        await client.send(new ListDeploymentTargetsCommand({ deploymentId: HOOK.DeploymentId }));
        await client.send(new BatchGetDeploymentTargetsCommand({ deploymentId: HOOK.DeploymentId, targetIds: ['main:web'] }));
      },
    },
    'GetApplicationRevision of a function': {
      ours: () => releaseSource(awsCall(CODE_DEPLOY, { variables: variables() })).appSpec(HOOK.DeploymentId, signal),
      theirs: async () => {
        const client = new CodeDeployClient(config());
        await client.send(new GetDeploymentCommand({ deploymentId: HOOK.DeploymentId }));
        await client.send(new GetApplicationRevisionCommand({ applicationName: 'web-application', revision: { revisionType: 'AppSpecContent', appSpecContent: { sha256: 'abc' } } }));
      },
    },
    'GetDeployment of an inspected deployment': {
      ours: () => inspectedDeployments(awsCall(CODE_DEPLOY, { variables: variables() })).read(HOOK.DeploymentId, signal),
      theirs: () => new CodeDeployClient(config()).send(new GetDeploymentCommand({ deploymentId: HOOK.DeploymentId })),
    },
    GetApplicationRevision: {
      ours: () => inspectedDeployments(awsCall(CODE_DEPLOY, { variables: variables() })).appSpec('web-application', { revisionType: 'AppSpecContent', sha256: 'abc' }, signal),
      theirs: () => new CodeDeployClient(config()).send(new GetApplicationRevisionCommand({ applicationName: 'web-application', revision: { revisionType: 'AppSpecContent', appSpecContent: { sha256: 'abc' } } })),
    },
    StopDeployment: {
      ours: () => inspectedDeployments(awsCall(CODE_DEPLOY, { variables: variables() })).stop(HOOK.DeploymentId, signal),
      theirs: () => new CodeDeployClient(config()).send(new StopDeploymentCommand({ deploymentId: HOOK.DeploymentId, autoRollbackEnabled: true })),
    },
    ContinueDeployment: {
      ours: () => gateDeployments(awsCall(CODE_DEPLOY, { variables: variables() })).continue(HOOK.DeploymentId, signal),
      theirs: () => new CodeDeployClient(config()).send(new ContinueDeploymentCommand({ deploymentId: HOOK.DeploymentId, deploymentWaitType: 'READY_WAIT' })),
    },
    SetAlarmState: {
      ours: () => cloudWatch(awsCall(CLOUD_WATCH, { variables: variables() })).raise('web-verdict', 'status was 503', signal),
      theirs: () => new CloudWatchClient(config()).send(new SetAlarmStateCommand({ AlarmName: 'web-verdict', StateValue: 'ALARM', StateReason: 'status was 503' })),
    },
    DescribeAlarms: {
      ours: () => cloudWatch(awsCall(CLOUD_WATCH, { variables: variables() })).states(['errors', 'any-red'], signal),
      theirs: () =>
        new CloudWatchClient(config()).send(new DescribeAlarmsCommand({ AlarmNames: ['errors', 'any-red'], AlarmTypes: ['MetricAlarm', 'CompositeAlarm'] })),
    },
    PutEvents: {
      ours: () => eventBridge(awsCall(EVENT_BRIDGE, { variables: variables() })).send(RECORD, signal),
      theirs: () =>
        new EventBridgeClient(config()).send(
          new PutEventsCommand({ Entries: [{ Source: 'cdk-greenlight', DetailType: 'Greenlight Hook Verdict', Detail: JSON.stringify(RECORD) }] }),
        ),
    },
    Invoke: {
      ours: () => lambdaInvoker(awsCall(LAMBDA, { variables: variables() })).invoke({ functionArn: FUNCTION_ARN, payload: JSON.stringify(HOOK) }, signal),
      theirs: () => new LambdaClient(config()).send(new InvokeCommand({ FunctionName: FUNCTION_ARN, InvocationType: 'RequestResponse', Payload: JSON.stringify(HOOK) })),
    },
    'Invoke for a check': {
      ours: () => lambdaInvoker(awsCall(LAMBDA, { variables: variables() })).invoke({ functionArn: `${FUNCTION_ARN}:live`, payload: '{"n":1}', custom: { check: 'größer' }, logTail: true }, signal),
      theirs: () =>
        new LambdaClient(config()).send(
          new InvokeCommand({
            FunctionName: `${FUNCTION_ARN}:live`,
            InvocationType: 'RequestResponse',
            LogType: 'Tail',
            ClientContext: Buffer.from('{"custom":{"check":"größer"}}').toString('base64'),
            Payload: '{"n":1}',
          }),
        ),
    },
    'Invoke of itself': {
      ours: () => selfInvoker(awsCall(LAMBDA, { variables: variables() }), { AWS_LAMBDA_FUNCTION_NAME: 'smoke' }).invokeLater({ n: 1 }, signal),
      theirs: () => new LambdaClient(config()).send(new InvokeCommand({ FunctionName: 'smoke', InvocationType: 'Event', Payload: '{"n":1}' })),
    },
    GetCalendarState: {
      ours: () => changeCalendars(awsCall(SSM, { variables: variables() })).state('sale', signal),
      theirs: () => new SSMClient(config()).send(new GetCalendarStateCommand({ CalendarNames: ['sale'] })),
    },
    GetParameter: {
      ours: () => systemsManager(awsCall(SSM, { variables: variables() })).read('/web/token', signal),
      theirs: () => new SSMClient(config()).send(new GetParameterCommand({ Name: '/web/token', WithDecryption: true })),
    },
    'GetParameter of an override': {
      ours: () => overrideStore(awsCall(SSM, { variables: variables() })).read('/shop/break-glass', signal),
      theirs: () => new SSMClient(config()).send(new GetParameterCommand({ Name: '/shop/break-glass' })),
    },
    PutParameter: {
      ours: () => overrideStore(awsCall(SSM, { variables: variables() })).write('/shop/break-glass', 'off', signal),
      theirs: () => new SSMClient(config()).send(new PutParameterCommand({ Name: '/shop/break-glass', Value: 'off', Overwrite: true })),
    },
    Publish: {
      ours: () => simpleNotifications(awsCall(SNS, { variables: variables() })).publish(TOPIC_ARN, { subject: 'Checks overridden', message: 'by größer & co\n' }, signal),
      theirs: () => new SNSClient(config()).send(new PublishCommand({ TopicArn: TOPIC_ARN, Subject: 'Checks overridden', Message: 'by größer & co\n' })),
    },
    GetSecretValue: {
      ours: () => secretsManager(awsCall(SECRETS_MANAGER, { variables: variables() })).read('web/login', signal),
      theirs: () => new SecretsManagerClient(config()).send(new GetSecretValueCommand({ SecretId: 'web/login' })),
    },
    DescribeInstances: {
      // What is answered are interfaces; the request is what counts.
      ours: () => ec2Instances(awsCall(EC2, { variables: variables() })).describe(['i-1', 'i-2'], signal).catch(() => undefined),
      theirs: () => new EC2Client(config()).send(new DescribeInstancesCommand({ Filters: [{ Name: 'instance-id', Values: ['i-1', 'i-2'] }], MaxResults: 1_000 })),
    },
    DescribeNetworkInterfaces: {
      ours: () => privateResolver()('web.example.internal', signal),
      theirs: () =>
        new EC2Client(config()).send(
          new DescribeNetworkInterfacesCommand({
            Filters: [
              { Name: 'description', Values: [`ELB ${LOAD_BALANCER}`] },
              { Name: 'status', Values: ['in-use'] },
            ],
          }),
        ),
    },
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

const privateResolver = () =>
  resolveByInterfaces({
    environment: fakeEnvironment({ [ENV.privateAddressesOf]: LOAD_BALANCER }),
    clock: systemClock,
    call: awsCall(EC2, { variables: variables() }),
    resolve: async (hostname) => [{ address: `dns of ${hostname}`, family: 4 }],
  });

describe('failures of a service', () => {
  test.each([
    ['throttling', awsError('ThrottlingException', 'Rate exceeded'), 'ThrottlingException', true],
    ['a fault of the service', awsError('InternalFailure', 'oops', 500), 'InternalFailure', true],
    ['an overloaded front', { status: 503, body: '<html>' }, 'HTTP 503', true],
    ['a status of throttling', { status: 429, body: '{}' }, 'HTTP 429', true],
    ['a denied call', awsError('AccessDeniedException', 'not authorized to perform codedeploy:GetDeployment'), 'AccessDeniedException', false],
    ['an event that is over', awsError('LifecycleEventAlreadyCompletedException', 'over'), 'LifecycleEventAlreadyCompletedException', false],
    ['a code in the query error', { ...awsError('ResourceNotFoundException', 'no alarm', 404), headers: { 'x-amzn-query-error': 'ResourceNotFound;Sender' } }, 'ResourceNotFound', false],
    ['an answer that is no JSON', { status: 200, body: 'hello' }, 'HTTP 200', false],
    ['a broken connection', { reset: true }, 'ECONNRESET', true],
    ['no answer', { hang: true }, 'ETIMEDOUT', true],
  ])('%s', async (_, script, code, retryable) => {
    expect(await failing(script)).toMatchObject({ name: 'ServiceFailure', call: 'codedeploy:GetDeployment', code, retryable });
  });

  test('carry the message of the service', async () => {
    expect(await failing(awsError('AccessDeniedException', 'is not authorized'))).toMatchObject({ message: 'codedeploy:GetDeployment failed: AccessDeniedException: is not authorized' });
  });

  test('nobody listens', async () => {
    aws = await awsServer({});
    const env = variables();
    await aws.close();
    await expect(codeDeploy(awsCall(CODE_DEPLOY, { variables: env })).creatorOf('d-1', signal)).rejects.toMatchObject({ code: 'ECONNREFUSED', retryable: true });
  });

  test('no region and no credentials are no matter of trying again', async () => {
    aws = await awsServer({});
    await expect(codeDeploy(awsCall(CODE_DEPLOY, { variables: {} })).creatorOf('d-1', signal)).rejects.toMatchObject({ message: expect.stringContaining('AWS_REGION is not set'), retryable: false });
    process.env = { ...environmentBefore };
    await expect(codeDeploy(awsCall(CODE_DEPLOY, { variables: variables() })).creatorOf('d-1', signal)).rejects.toMatchObject({ code: 'CredentialsProviderError', retryable: false });
  });

  test('the caller\'s signal ends a call with the caller\'s reason', async () => {
    aws = await awsServer({ GetDeployment: [{ hang: true }] });
    const caller = new AbortController();
    const sent = codeDeploy(awsCall(CODE_DEPLOY, { variables: variables() })).creatorOf('d-1', caller.signal);
    caller.abort(new Error('enough'));
    await expect(sent).rejects.toThrow('enough');
  });

  test('an answer that comes in drops ends with the caller\'s patience', async () => {
    const server = createServer((request, response) => {
      const drip = setInterval(() => response.write(' '), 5);
      request.resume();
      response.on('close', () => clearInterval(drip));
    });
    await listen(server);
    aws = { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, calls: [], close: () => close(server) };
    const put = codeDeploy(awsCall(CODE_DEPLOY, { variables: variables() })).putStatus(HOOK, 'Failed', AbortSignal.timeout(80));
    await expect(put).rejects.toMatchObject({ name: 'TimeoutError' });
  });

  test('an event that EventBridge did not take', async () => {
    aws = await awsServer({ PutEvents: [{ body: '{"FailedEntryCount":1,"Entries":[{"ErrorCode":"ThrottlingException","ErrorMessage":"slow down"}]}' }] });
    await expect(eventBridge(awsCall(EVENT_BRIDGE, { variables: variables() })).send(RECORD, signal)).rejects.toMatchObject({ code: 'ThrottlingException', retryable: true });
  });
});

describe('values that are read', () => {
  const read = async (script: AwsAnswerScript) => {
    aws = await awsServer({ GetParameter: [script], GetSecretValue: [script] });
    const parameter = systemsManager(awsCall(SSM, { variables: variables() })).read('/web/token', signal);
    const secret = secretsManager(awsCall(SECRETS_MANAGER, { variables: variables() })).read('web/login', signal);
    return Promise.allSettled([parameter, secret]);
  };

  test('come as they are kept', async () => {
    const kept = ' p4ss\n"word" ';
    expect(await read({ body: JSON.stringify({ Parameter: { Value: kept }, SecretString: kept }) })).toEqual([
      { status: 'fulfilled', value: kept },
      { status: 'fulfilled', value: kept },
    ]);
  });

  test('fail where there is no text', async () => {
    expect(await read({ body: '{"SecretBinary":"cDRzcw=="}' })).toMatchObject([
      { reason: { message: 'ssm:GetParameter failed: NoValue: the answer holds no value', retryable: false } },
      { reason: { message: 'secretsmanager:GetSecretValue failed: NoText: the secret is kept as binary; keep it as text (SecretString)', retryable: false } },
    ]);
  });

  test('fail where there are none of this name', async () => {
    expect(await read(awsError('ParameterNotFound', ''))).toMatchObject([{ reason: { code: 'ParameterNotFound', retryable: false } }, { reason: { code: 'ParameterNotFound' } }]);
  });
});

test('GetDeployment tells status and creation', async () => {
  aws = await awsServer({ GetDeployment: [{ body: '{"deploymentInfo":{"status":"Stopped","createTime":1767603600.123}}' }, { body: '{"deploymentInfo":{"status":"Stopped","createTime":1767603600.123}}' }, { body: '{}' }] });
  const deployments = codeDeploy(awsCall(CODE_DEPLOY, { variables: variables() }));
  expect(await deployments.statusOf(HOOK.DeploymentId, signal)).toBe('Stopped');
  expect(await deployments.createdAt(HOOK.DeploymentId, signal)).toBe(1_767_603_600_123);
  expect(await deployments.createdAt(HOOK.DeploymentId, signal)).toBeUndefined();
});

test('GetDeployment tells what a deployment is of, and an answer that does not is a failure', async () => {
  const answers = ['{"deploymentInfo":{"applicationName":"shop","deploymentGroupName":"shop.Orders"}}', '{"deploymentInfo":{"applicationName":"shop"}}', '{"deploymentInfo":{"deploymentGroupName":"shop.Orders"}}', '{}'];
  aws = await awsServer({ GetDeployment: answers.map((body) => ({ body })) });
  const { groupOf } = codeDeploy(awsCall(CODE_DEPLOY, { variables: variables() }));
  expect(await groupOf(HOOK.DeploymentId, signal)).toEqual({ application: 'shop', group: 'shop.Orders' });
  for (let answer = 1; answer < answers.length; answer++) {
    await expect(groupOf(HOOK.DeploymentId, signal)).rejects.toMatchObject({ message: 'codedeploy:GetDeployment failed: UnexpectedAnswer: the names of application and deployment group were expected', retryable: false });
  }
});

describe('lambdaInvoker', () => {
  const path = `/2015-03-31/functions/${encodeURIComponent(FUNCTION_ARN)}/invocations`;
  const invoke = async (script: AwsAnswerScript) => {
    aws = await awsServer({ [path]: [script] });
    return lambdaInvoker(awsCall(LAMBDA, { variables: variables(), requestTimeoutMs: 0 })).invoke({ functionArn: FUNCTION_ARN, payload: JSON.stringify(HOOK) }, signal);
  };

  test.each([
    ['returned', { body: '{"any":1}' }, { end: 'returned', payload: Buffer.from('{"any":1}'), log: '' }],
    ['returned nothing', { body: 'null' }, { end: 'returned', payload: Buffer.from('null'), log: '' }],
    ['said which version it is', { headers: { 'x-amz-executed-version': '42' }, body: '{}' }, { end: 'returned', payload: Buffer.from('{}'), log: '', executedVersion: '42' }],
    ['said something', { headers: { 'x-amz-log-result': Buffer.from('so\nlang').toString('base64') }, body: '{}' }, { end: 'returned', payload: Buffer.from('{}'), log: 'so\nlang' }],
    [
      'threw',
      { headers: { 'x-amz-function-error': 'Unhandled' }, body: '{"errorType":"AssertionError","errorMessage":"3 of 5 orders"}' },
      { end: 'failed', errorType: 'AssertionError', errorMessage: '3 of 5 orders' },
    ],
    ['ended without words', { headers: { 'x-amz-function-error': 'Unhandled' }, body: '' }, { end: 'failed', errorType: 'Unhandled', errorMessage: 'no message' }],
  ])('a function that %s', async (_, script, end) => {
    expect(await invoke(script)).toMatchObject(end);
  });

  test('a function may return as much as Lambda lets it', async () => {
    expect((await invoke({ body: JSON.stringify('x'.repeat(6_291_000)) })).payload).toHaveLength(6_291_002);
  });

  test('every call has a connection of its own, since none may be made twice', async () => {
    const ports: (number | undefined)[] = [];
    const server = createServer((request, response) => {
      ports.push(request.socket.remotePort);
      request.resume().on('end', () => response.end('{}'));
    });
    await listen(server);
    aws = { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, calls: [], close: () => close(server) };
    const before = process.env;
    process.env = { ...before, ...variables() };
    const invoker = lambdaInvoker();
    await invoker.invoke({ functionArn: FUNCTION_ARN, payload: '{}' }, signal);
    await invoker.invoke({ functionArn: FUNCTION_ARN, payload: '{}' }, signal);
    process.env = before;
    expect(new Set(ports).size).toBe(2);
  });

  test('fails when Lambda refuses, and calls once', async () => {
    const refusal = { status: 429, headers: { 'x-amzn-errortype': 'TooManyRequestsException:http://internal' }, body: '{"Message":"Rate Exceeded."}' };
    await expect(invoke(refusal)).rejects.toMatchObject({ code: 'TooManyRequestsException', message: 'lambda:Invoke failed: TooManyRequestsException: Rate Exceeded.', retryable: true });
    expect(aws.calls).toHaveLength(1);
  });
});

describe('overrideStore', () => {
  const store = async (scripts: Parameters<typeof awsServer>[0]) => {
    aws = await awsServer(scripts);
    return overrideStore(awsCall(SSM, { variables: variables() }));
  };

  test('reads value, version and the moment of writing, in milliseconds', async () => {
    const { read } = await store({ GetParameter: [{ body: '{"Parameter":{"Value":"off","Version":7,"LastModifiedDate":1767603600.123}}' }] });
    expect(await read('/shop/break-glass', signal)).toEqual({ value: 'off', version: 7, modifiedAt: 1_767_603_600_123 });
  });

  test.each(['{}', '{"Parameter":{"Value":"off","Version":7}}', '{"Parameter":{"Value":"off","LastModifiedDate":1}}', '{"Parameter":{"Version":7,"LastModifiedDate":1}}'])(
    'takes the answer %s for no override',
    async (body) => {
      const { read } = await store({ GetParameter: [{ body }] });
      await expect(read('/shop/break-glass', signal)).rejects.toMatchObject({ call: 'ssm:GetParameter', code: 'NoValue', retryable: false });
    },
  );

  test('says which version it has written, and fails where it is not told', async () => {
    const { write } = await store({ PutParameter: [{ body: '{"Version":8}' }, { body: '{}' }] });
    expect(await write('/shop/break-glass', 'off', signal)).toBe(8);
    await expect(write('/shop/break-glass', 'off', signal)).rejects.toMatchObject({ code: 'NoVersion' });
  });
});

describe('simpleNotifications', () => {
  const publish = async (script: AwsAnswerScript) => {
    aws = await awsServer({ '/': [script] });
    return simpleNotifications(awsCall(SNS, { variables: variables() })).publish(TOPIC_ARN, { subject: 's', message: 'm' }, signal);
  };

  test.each([
    ['is throttled', { status: 400, body: '<ErrorResponse><Error><Type>Sender</Type><Code>Throttling</Code><Message>Rate exceeded</Message></Error></ErrorResponse>' }, 'Throttling', true],
    ['is denied', { status: 403, body: '<ErrorResponse><Error><Code>AuthorizationError</Code><Message>not authorized</Message></Error></ErrorResponse>' }, 'AuthorizationError', false],
    ['is answered by no XML', { status: 502, body: 'Bad Gateway' }, 'HTTP 502', true],
  ])('fails when it %s', async (_, script, code, retryable) => {
    await expect(publish(script)).rejects.toMatchObject({ call: 'sns:Publish', code, retryable });
  });
});

describe('selfInvoker', () => {
  const queue = async (script: AwsAnswerScript, own: Readonly<Record<string, string>> = { AWS_LAMBDA_FUNCTION_NAME: 'smoke' }) => {
    aws = await awsServer({ '/2015-03-31/functions/smoke/invocations': [script] });
    return selfInvoker(awsCall(LAMBDA, { variables: variables(), requestTimeoutMs: timeoutFor(script) }), own).invokeLater({ n: 1 }, signal);
  };

  test('takes nothing but 202 for queued', async () => {
    await expect(queue({ status: 202, body: '' })).resolves.toBeUndefined();
    await aws.close();
    await expect(queue({ status: 200, body: '{}' })).rejects.toMatchObject({ call: 'lambda:Invoke', code: 'HTTP 200' });
  });

  test.each([
    ['is throttled', { status: 429, headers: { 'x-amzn-errortype': 'TooManyRequestsException' }, body: '{"Reason":"CallerRateLimitExceeded","message":"Rate Exceeded."}' }, 'TooManyRequestsException'],
    ['is denied', { status: 403, headers: { 'x-amzn-errortype': 'AccessDeniedException' }, body: '{"Message":"not authorized"}' }, 'AccessDeniedException'],
    ['is not answered', { hang: true }, 'ETIMEDOUT'],
    ['is cut off', { reset: true }, 'ECONNRESET'],
  ])('fails when it %s, and calls once', async (_, script, code) => {
    await expect(queue(script)).rejects.toMatchObject({ code });
    expect(aws.calls).toHaveLength(1);
  });

  test('fails outside of Lambda', async () => {
    await expect(queue({ status: 202 }, {})).rejects.toThrow('environment variable AWS_LAMBDA_FUNCTION_NAME is not set');
  });
});

describe('resolveByInterfaces', () => {
  test('finds the addresses of the load balancer, and asks DNS for all other hosts', async () => {
    aws = await awsServer({ '/': [{ body: INTERFACES }] });
    const resolve = privateResolver();
    expect(await resolve('web.example.internal', signal)).toEqual([
      { address: '10.0.1.5', family: 4 },
      { address: '10.0.2.6', family: 4 },
    ]);
    expect(await resolve('api.example.com', signal)).toEqual([{ address: 'dns of api.example.com', family: 4 }]);
    await resolve('web.example.internal', signal);
    expect(aws.calls).toHaveLength(1);
  });

  test('asks again when the look-up is throttled', async () => {
    const busy = '<Response><Errors><Error><Code>RequestLimitExceeded</Code><Message>Request limit exceeded.</Message></Error></Errors></Response>';
    aws = await awsServer({ '/': [{ status: 503, body: busy }, { body: INTERFACES }] });
    expect(await privateResolver()('web.example.internal', signal)).toHaveLength(2);
    expect(aws.calls).toHaveLength(2);
  });

  test('reads all pages, and one interface alone', async () => {
    const page = (address: string, token: string) =>
      `<DescribeNetworkInterfacesResponse><networkInterfaceSet><item><privateIpAddress>${address}</privateIpAddress></item></networkInterfaceSet>${token}</DescribeNetworkInterfacesResponse>`;
    aws = await awsServer({ '/': [{ body: page('10.0.0.1', '<nextToken>t&amp;2</nextToken>') }, { body: page('10.0.0.2', '') }] });
    const found = await privateResolver()('web.example.internal', signal);
    expect(found.map(({ address }) => address)).toEqual(['10.0.0.1', '10.0.0.2']);
    expect(new URLSearchParams(aws.calls[1]?.body).get('NextToken')).toBe('t&2');
  });

  test.each([
    [
      'denied',
      { status: 403, body: '<Response><Errors><Error><Code>UnauthorizedOperation</Code><Message>You are not authorized</Message></Error></Errors></Response>' },
      `the private addresses of ${LOAD_BALANCER} could not be looked up: ec2:DescribeNetworkInterfaces failed: UnauthorizedOperation: You are not authorized`,
    ],
    [
      'without interfaces',
      { body: '<DescribeNetworkInterfacesResponse><networkInterfaceSet/></DescribeNetworkInterfacesResponse>' },
      `load balancer ${LOAD_BALANCER} has no network interface with a private address in this account and region`,
    ],
    ['no XML', { body: 'hello' }, `the private addresses of ${LOAD_BALANCER} could not be looked up: ec2:DescribeNetworkInterfaces failed: HTTP 200: the answer is no XML (5 characters)`],
  ])('fails when the answer is %s', async (_, script, message) => {
    aws = await awsServer({ '/': [script] });
    await expect(privateResolver()('web.example.internal', signal)).rejects.toMatchObject({ category: 'dns', message });
  });
});

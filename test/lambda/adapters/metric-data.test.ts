import { awsCall } from '../../../lambda/adapters/aws-call';
import { CLOUD_WATCH, CODE_DEPLOY } from '../../../lambda/adapters/aws-endpoint';
import { releaseSource } from '../../../lambda/adapters/deployment-targets';
import { metricSource } from '../../../lambda/adapters/metric-data';
import { ServiceFailure } from '../../../lambda/core/failures';
import type { AwsAnswerScript, AwsServer } from '../support/aws-server';
import { awsError, awsServer } from '../support/aws-server';
import { LAMBDA_VARIABLES } from '../support/handler-process';

let aws: AwsServer;
afterEach(() => aws.close());

const environmentBefore = process.env;
beforeEach(() => {
  process.env = { ...environmentBefore, ...LAMBDA_VARIABLES };
});
afterAll(() => {
  process.env = environmentBefore;
});

const { signal } = new AbortController();
const variables = () => ({ ...LAMBDA_VARIABLES, AWS_ENDPOINT_URL: aws.url });
const json = (body: unknown): AwsAnswerScript => ({ body: JSON.stringify(body) });
const NINE = Date.UTC(2026, 0, 5, 9);

/** Reads one metric, page by page. */
async function read(...pages: readonly AwsAnswerScript[]) {
  aws = await awsServer({ GetMetricData: pages });
  const request = { queries: [{ id: 'm1', namespace: 'a', metricName: 'b', dimensions: {}, statistic: 'Sum' }], from: NINE, to: NINE + 60_000, periodMs: 60_000 };
  return metricSource(awsCall(CLOUD_WATCH, { variables: variables() })).read(request, signal);
}

const result = (overrides: object = {}) => ({ Id: 'm1', Label: 'b', Timestamps: [NINE / 1000, NINE / 1000 + 60], Values: [3, 4.5], StatusCode: 'Complete', ...overrides });
const failureOf = async (...pages: readonly AwsAnswerScript[]) => (await read(...pages).catch((error: unknown) => error)) as ServiceFailure;

describe('GetMetricData', () => {
  test('is read into points of milliseconds', async () => {
    expect(await read(json({ MetricDataResults: [result(), result({ Id: 'e1', Timestamps: [], Values: [] })], Messages: [] }))).toEqual(
      new Map([
        ['m1', { points: [{ at: NINE, value: 3 }, { at: NINE + 60_000, value: 4.5 }], messages: [] }],
        ['e1', { points: [], messages: [] }],
      ]),
    );
  });

  test('is followed page by page, whose parts are put together', async () => {
    const data = await read(
      json({ MetricDataResults: [result({ StatusCode: 'PartialData' })], NextToken: 'two' }),
      json({ MetricDataResults: [result({ Timestamps: [NINE / 1000 + 120], Values: [5] })] }),
    );
    expect(data.get('m1')?.points.map(({ value }) => value)).toEqual([3, 4.5, 5]);
    expect(aws.calls.map(({ body }) => (JSON.parse(body) as { NextToken?: string }).NextToken)).toEqual([undefined, 'two']);
  });

  test('keeps what is said about a series', async () => {
    const Messages = [{ Code: 'ArithmeticError', Value: 'One or more data-points have been dropped' }];
    expect((await read(json({ MetricDataResults: [result({ Timestamps: [], Values: [], Messages })] }))).get('m1')?.messages).toEqual(['ArithmeticError: One or more data-points have been dropped']);
  });

  test('reads numbers that JSON has no signs for', async () => {
    const data = await read(json({ MetricDataResults: [result({ Timestamps: [1, 2, 3, 4], Values: ['NaN', 'Infinity', '-Infinity', 'x'] })] }));
    expect(data.get('m1')?.points.map(({ value }) => value)).toEqual([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN]);
  });

  test.each<[string, unknown, string, boolean]>([
    ['partial data that ends', { MetricDataResults: [result({ StatusCode: 'PartialData' })] }, 'PartialData: not all data of query m1 was answered', true],
    ['an error of the service', { MetricDataResults: [result({ StatusCode: 'InternalError', Messages: [{ Code: 'x', Value: 'broken' }] })] }, 'InternalError: x: broken', true],
    ['a metric that may not be read', { MetricDataResults: [result({ StatusCode: 'Forbidden' })] }, 'Forbidden: not all data of query m1 was answered', false],
    ['a result without a status', { MetricDataResults: [result({ StatusCode: undefined })] }, 'no status: not all data of query m1 was answered', true],
    ['a message about the whole answer', { MetricDataResults: [result()], Messages: [{ Code: 'MaxMetricsExceeded', Value: 'too many' }] }, 'Incomplete: MaxMetricsExceeded: too many', false],
    ['timestamps without values', { MetricDataResults: [result({ Values: [1] })] }, 'Malformed: the answer has 2 timestamps and 1 values', true],
    ['a token that comes again', { MetricDataResults: [], NextToken: 'again' }, 'NextToken: the service answers the same page again', true],
  ])('refuses %s', async (_, body, message, retryable) => {
    expect(await failureOf(json(body))).toMatchObject({ name: 'ServiceFailure', message: `cloudwatch:GetMetricData failed: ${message}`, retryable });
  });

  test('is not followed without end', async () => {
    const pages = Array.from({ length: 25 }, (_, page) => json({ MetricDataResults: [], NextToken: `page-${page}` }));
    expect(await failureOf(...pages)).toMatchObject({ message: 'cloudwatch:GetMetricData failed: NextToken: the answer has more than 20 pages; ask for a shorter window', retryable: false });
    expect(aws.calls).toHaveLength(20);
  });

  test('tells throttling from a missing permission', async () => {
    expect(await failureOf(awsError('ThrottlingException', 'Rate exceeded'))).toMatchObject({ code: 'ThrottlingException', retryable: true });
    await aws.close();
    expect(await failureOf(awsError('AccessDeniedException', 'not authorized'))).toMatchObject({ code: 'AccessDeniedException', retryable: false });
  });
});

describe('the target of a deployment', () => {
  async function target(deploymentTarget: unknown, ids: unknown = ['main:web']) {
    aws = await awsServer({ ListDeploymentTargets: [json({ targetIds: ids })], BatchGetDeploymentTargets: [json({ deploymentTargets: deploymentTarget === undefined ? [] : [deploymentTarget] })] });
    return releaseSource(awsCall(CODE_DEPLOY, { variables: variables() })).target('d-A1B2C3D4E', signal);
  }

  test('of ECS has events with times, and task sets as the API spells them', async () => {
    const ecsTarget = {
      lifecycleEvents: [
        { lifecycleEventName: 'BeforeInstall', status: 'Succeeded', startTime: 1767603600.5, endTime: 1767603601 },
        { lifecycleEventName: 'AllowTraffic', status: 'Pending' },
      ],
      taskSetsInfo: [
        { identifer: 'ecs-svc/1', status: 'PRIMARY', trafficWeight: 90, targetGroup: { name: 'web-blue' }, taskSetLabel: 'Blue' },
        { identifer: 'ecs-svc/2', status: 'ACTIVE', targetGroup: {} },
        {},
      ],
    };
    expect(await target({ deploymentTargetType: 'ECSTarget', ecsTarget })).toEqual({
      events: [{ name: 'BeforeInstall', startedAt: NINE + 500, endedAt: NINE + 1000 }, { name: 'AllowTraffic' }],
      versions: {
        platform: 'ECS',
        taskSets: [{ id: 'ecs-svc/1', label: 'Blue', trafficWeight: 90, targetGroup: 'web-blue' }, { id: 'ecs-svc/2' }, { id: 'unknown' }],
      },
    });
  });

  test('of Lambda has the versions of the function', async () => {
    const lambdaTarget = { lifecycleEvents: [], lambdaFunctionInfo: { functionName: 'orders', functionAlias: 'live', currentVersion: '41', targetVersion: '42', targetVersionWeight: 0.1 } };
    expect(await target({ deploymentTargetType: 'LambdaTarget', lambdaTarget }, ['orders:live'])).toEqual({ events: [], versions: { platform: 'Lambda', functionName: 'orders', alias: 'live', currentVersion: '41', targetVersion: '42' } });
    await aws.close();
    expect(await target({ lambdaTarget: { lambdaFunctionInfo: { functionName: '', targetVersion: 42 } } })).toEqual({ events: [], versions: { platform: 'Lambda' } });
    await aws.close();
    expect(await target({ lambdaTarget: {} })).toEqual({ events: [], versions: { platform: 'Lambda' } });
  });

  test.each([
    [{ deploymentTargetType: 'InstanceTarget', instanceTarget: {} }, ['i-1'], 'codedeploy:BatchGetDeploymentTargets failed: UnexpectedAnswer: a target of ECS or Lambda was expected, got InstanceTarget'],
    [undefined, ['main:web'], 'codedeploy:BatchGetDeploymentTargets failed: UnexpectedAnswer: a target of ECS or Lambda was expected, got none'],
    [undefined, [], 'codedeploy:ListDeploymentTargets failed: UnexpectedAnswer: one target was expected, got 0'],
    [undefined, ['i-1', 'i-2'], 'codedeploy:ListDeploymentTargets failed: UnexpectedAnswer: one target was expected, got 2'],
    [undefined, undefined, 'codedeploy:ListDeploymentTargets failed: UnexpectedAnswer: one target was expected, got none'],
  ])('%j of %j is refused', async (answer, ids, message) => {
    const error = await target(answer, ids === undefined ? null : ids).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ServiceFailure);
    expect(error).toMatchObject({ message, retryable: false });
  });
});

describe('the AppSpec of a deployment', () => {
  const deployed = (revision: unknown) => json({ deploymentInfo: { applicationName: 'orders-app', revision } });

  async function appSpec(deployment: AwsAnswerScript, revision: AwsAnswerScript) {
    aws = await awsServer({ GetDeployment: [deployment], GetApplicationRevision: [revision] });
    return releaseSource(awsCall(CODE_DEPLOY, { variables: variables() })).appSpec('d-A1B2C3D4E', signal);
  }

  test.each([
    ['String', 'string'],
    ['AppSpecContent', 'appSpecContent'],
  ])('of type %s is asked for by its hash', async (revisionType, member) => {
    const deployment = deployed({ revisionType, [member]: { sha256: 'abc', content: null } });
    expect(await appSpec(deployment, json({ revision: { revisionType, [member]: { content: '{"version":"0.0"}', sha256: 'abc' } } }))).toBe('{"version":"0.0"}');
    expect(aws.calls.map(({ operation, body }) => [operation, JSON.parse(body)])).toEqual([
      ['GetDeployment', { deploymentId: 'd-A1B2C3D4E' }],
      ['GetApplicationRevision', { applicationName: 'orders-app', revision: { revisionType, [member]: { sha256: 'abc' } } }],
    ]);
  });

  test.each<[string, AwsAnswerScript, AwsAnswerScript, string]>([
    ['lies in a bucket', deployed({ revisionType: 'S3', s3Location: { bucket: 'b' } }), json({}), 'codedeploy:GetDeployment failed: UnexpectedAnswer: a revision that is an AppSpec with its hash was expected, got one of type S3'],
    ['has no hash', deployed({ revisionType: 'String', string: {} }), json({}), 'codedeploy:GetDeployment failed: UnexpectedAnswer: a revision that is an AppSpec with its hash was expected, got one of type String'],
    ['is not told of', json({}), json({}), 'codedeploy:GetDeployment failed: UnexpectedAnswer: a revision that is an AppSpec with its hash was expected, got one of type none'],
    ['is not handed out', deployed({ revisionType: 'String', string: { sha256: 'abc' } }), json({ revision: { string: { sha256: 'abc' } } }), 'codedeploy:GetApplicationRevision failed: UnexpectedAnswer: the answer holds no AppSpec'],
    ['may not be read', deployed({ revisionType: 'String', string: { sha256: 'abc' } }), awsError('AccessDeniedException', 'not authorized'), 'codedeploy:GetApplicationRevision failed: AccessDeniedException: not authorized'],
  ])('that %s is refused', async (_, deployment, revision, message) => {
    const error = await appSpec(deployment, revision).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ServiceFailure);
    expect(error).toMatchObject({ message, retryable: false });
  });
});

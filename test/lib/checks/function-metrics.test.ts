/** Checks that compare the versions of a Lambda alias, in the hooks of its rollout. */
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { Duration } from 'aws-cdk-lib/core';

import type { Check, LambdaRolloutProps } from '../../../lib';
import { LifecycleHook, MetricBaseline, MetricCheck, MetricThreshold, MetricWindow, TrafficShift, VersionDimension, VersionMetric } from '../../../lib';
import type { MetricCheckDocument } from '../../../lib/model/metric-document';
import { DeployTimeValues } from '../../../lib/private/deploy-time-values';
import type { HookContext } from '../../../lib/private/hook-context';
import { findCycle } from '../../support/template-graph';
import { aliasSample } from '../support/lambda-sample';
import { graphOf, only, sample, statementsOf } from '../support/sample';

const LINEAR = TrafficShift.LAMBDA_LINEAR_10_PERCENT_EVERY_1_MINUTE;

const QUEUE = new cloudwatch.Metric({ namespace: 'Shop', metricName: 'Waiting', statistic: 'Maximum' });

const errorRate = (options: Partial<Parameters<typeof MetricCheck.functionErrorRate>[0]> = {}) => MetricCheck.functionErrorRate({ window: Duration.minutes(5), minSamples: 100, ...options });

const checksAt = (event: 'beforeAllowTraffic' | 'afterAllowTraffic', checks: Check[], props: Partial<LambdaRolloutProps> = {}) =>
  aliasSample({ traffic: LINEAR, hooks: { [event]: LifecycleHook.checks({ checks }) }, ...props });

const HOOK = {
  groupArn: 'arn',
  rolloutName: 'Shop/Orders',
  event: 'AfterAllowTraffic',
  traffic: { type: 'TimeBasedLinear', percentage: 10, intervalMinutes: 1 },
  releasedFunction: { functionName: 'take-order' },
  releasedAlias: 'live',
} as unknown as HookContext;

const render = (check: MetricCheck): MetricCheckDocument => check._render({ values: new DeployTimeValues() }, HOOK);

const byVersion = (metricName: string) => ({
  namespace: 'AWS/Lambda',
  metricName,
  dimensions: { FunctionName: 'take-order', Resource: 'take-order:live' },
  version: { dimension: 'ExecutedVersion', is: 'lambdaVersion' },
});

test('the error rate is that of both versions by the alias, over the shift', () => {
  expect(render(errorRate())).toEqual({
    kind: 'metric',
    name: 'error rate',
    policy: { mode: 'ENFORCE', after: [], passes: { consecutive: 1 }, attemptMs: 20_000, intervalMs: 60_000, errorBudget: 2, deadlineMs: 180_000, inconclusive: 'FAIL' },
    window: { since: 'traffic', lengthMs: 300_000, warmUpMs: 0, lagMs: 120_000 },
    minSamples: 100,
    judge: {
      kind: 'rates',
      label: 'error rate',
      bad: byVersion('Errors'),
      total: byVersion('Invocations'),
      significance: 0.05,
      maxIncrease: 0.005,
      baseline: 'CONCURRENT',
      resolutionMs: 60_000,
      missing: 'AS_ZERO',
    },
  });
});

test('the duration is a percentile in milliseconds', () => {
  expect(render(MetricCheck.functionDuration({ window: Duration.minutes(5), minSamples: 200 })).judge).toEqual({
    kind: 'latency',
    label: 'p95 duration',
    metric: byVersion('Duration'),
    percentile: 95,
    maxRatio: 1.5,
    maxIncreaseMs: 50,
    unitMs: 1,
    baseline: 'CONCURRENT',
  });
});

test("a metric of one's own has the number of the version in a dimension of its own", () => {
  const own = (metricName: string) => VersionMetric.of({ namespace: 'Shop', metricName, version: VersionDimension.executedVersion('version'), dimensionsMap: { service: 'orders' } });
  expect(render(MetricCheck.compareRates({ errors: own('Failed'), requests: own('All'), window: Duration.minutes(5), minSamples: 100 })).judge).toMatchObject({
    bad: { namespace: 'Shop', metricName: 'Failed', dimensions: { service: 'orders' }, version: { dimension: 'version', is: 'lambdaVersion' } },
    total: { metricName: 'All' },
  });
});

test('metrics that all versions share are refused', () => {
  expect(() => VersionMetric.lambdaFunction('IteratorAge')).toThrow(
    'Lambda tells versions apart in the metrics ConcurrentExecutions, Duration, Errors, Invocations, PostRuntimeExtensionsDuration, ProvisionedConcurrencyInvocations, ' +
      "ProvisionedConcurrencySpilloverInvocations, ProvisionedConcurrencyUtilization, ProvisionedConcurrentExecutions, Throttles, got 'IteratorAge'; " +
      'take MetricCheck.absolute for what all versions of an alias share',
  );
  expect(() => VersionMetric.lambdaFunction('Throttles')).not.toThrow();
});

describe('in a rollout of an alias', () => {
  const { template, description } = checksAt('afterAllowTraffic', [errorRate(), MetricCheck.absolute({ metric: QUEUE, threshold: MetricThreshold.below(5), window: MetricWindow.last(Duration.minutes(1)), minSamples: 1 })]);

  test('the hook may find the versions and read metrics, and nothing more for it', () => {
    const group = 'Shop-Orders-A8B1F509';
    const arn = (rest: string) => ({ 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':codedeploy:', { Ref: 'AWS::Region' }, ':', { Ref: 'AWS::AccountId' }, rest]] });
    const statements = statementsOf(template, only(template, 'AWS::IAM::Role', 'OrdersAfterAllowTraffic').id);
    expect(statements.map(({ Sid }) => Sid)).toEqual(['WriteLogs', 'Report', 'LookUpDeployment', 'PublishVerdict', 'SetVerdictAlarm', 'SendEvents', 'ReadMetrics', 'FindVersions', 'ReadAppSpec', 'Invoke']);
    expect(statements.filter(({ Sid }) => ['ReadMetrics', 'FindVersions', 'ReadAppSpec'].includes(String(Sid)))).toEqual([
      { Sid: 'ReadMetrics', Effect: 'Allow', Action: 'cloudwatch:GetMetricData', Resource: '*' },
      { Sid: 'FindVersions', Effect: 'Allow', Action: ['codedeploy:BatchGetDeploymentTargets', 'codedeploy:ListDeploymentTargets'], Resource: arn(`:deploymentgroup:${group}/${group}`) },
      { Sid: 'ReadAppSpec', Effect: 'Allow', Action: 'codedeploy:GetApplicationRevision', Resource: arn(`:application:${group}`) },
    ]);
  });

  test('it waits for neither alias nor version', () => {
    expect(findCycle(graphOf(template))).toBeUndefined();
    expect(description.findings).toEqual([]);
  });

  test('a value of the last minutes asks for no versions', () => {
    const of = checksAt('beforeAllowTraffic', [MetricCheck.absolute({ metric: QUEUE, threshold: MetricThreshold.below(5), window: MetricWindow.last(Duration.minutes(1)), minSamples: 1 })]);
    const statements = statementsOf(of.template, only(of.template, 'AWS::IAM::Role', 'OrdersBeforeAllowTraffic').id);
    expect(statements.map(({ Sid }) => Sid)).toEqual(['WriteLogs', 'Report', 'LookUpDeployment', 'PublishVerdict', 'SetVerdictAlarm', 'SendEvents', 'ReadMetrics', 'Invoke']);
  });

  test.each<[string, () => unknown, string]>([
    ['before traffic has moved', () => checksAt('beforeAllowTraffic', [errorRate()]), "check 'error rate' of hook BeforeAllowTraffic measures the new version, which has no traffic yet at that event; make it at AfterAllowTraffic"],
    [
      'over a shift all at once',
      () => checksAt('afterAllowTraffic', [errorRate()], { traffic: TrafficShift.allAtOnce() }),
      "check 'error rate' compares both versions over 300 seconds of the shift, which takes 0 seconds; take 'baseline: MetricBaseline.before(...)', a shorter window, or a longer shift",
    ],
    [
      'by target group',
      () => checksAt('afterAllowTraffic', [MetricCheck.targetErrorRate({ window: Duration.minutes(5), minSamples: 100 })]),
      "hook AfterAllowTraffic asks for a metric 'HTTPCode_Target_5XX_Count' by target group, which tells apart versions of an ECS service, and 'Shop/Orders' releases a Lambda alias; take VersionMetric.lambdaFunction, or VersionDimension.executedVersion for metrics of your own",
    ],
    [
      'by task set',
      () => {
        const metric = VersionMetric.of({ namespace: 'Shop', metricName: 'Failed', version: VersionDimension.taskSet('TaskSet') });
        return checksAt('afterAllowTraffic', [MetricCheck.compareRates({ errors: metric, requests: metric, window: Duration.minutes(5), minSamples: 100 })]);
      },
      "hook AfterAllowTraffic asks for a metric by dimension 'TaskSet', which tells apart versions of an ECS service, and 'Shop/Orders' releases a Lambda alias; take VersionMetric.lambdaFunction, or VersionDimension.executedVersion for metrics of your own",
    ],
  ])('an error %s', (_what, build, message) => {
    expect(build).toThrow(message);
  });

  test('all at once is compared with the time before', () => {
    expect(() => checksAt('afterAllowTraffic', [errorRate({ baseline: MetricBaseline.before(Duration.minutes(30)) })], { traffic: TrafficShift.allAtOnce() })).not.toThrow();
  });

  test.each([
    [100, true],
    [101, false],
  ])('%d samples of a traffic that brings a hundred: enough %p', (minSamples, enough) => {
    // Half of the traffic, nine minutes long.
    const of = checksAt('afterAllowTraffic', [errorRate({ minSamples })], { expectedRequestsPerSecond: 0.371 });
    expect(of.description.findings.map(({ message }) => message)).toEqual(
      enough ? [] : ["check 'error rate' of hook AfterAllowTraffic needs 101 samples of each version, and 0.371 requests a second bring the new one about 100"],
    );
  });
});

test.each<[string, () => VersionMetric, string]>([
  ['a metric of Lambda', () => VersionMetric.lambdaFunction('Errors'), "'Errors' of a Lambda alias"],
  ['a metric by version', () => VersionMetric.of({ namespace: 'Shop', metricName: 'Failed', version: VersionDimension.executedVersion() }), "by dimension 'ExecutedVersion'"],
])('%s in a rollout of an ECS service is an error', (_what, metric, asked) => {
  const check = () => MetricCheck.compareRates({ errors: metric(), requests: metric(), window: Duration.minutes(5), minSamples: 100 });
  const traffic = TrafficShift.canary({ percentage: 10, interval: Duration.minutes(10) });
  expect(() => sample({ traffic, hooks: { afterAllowTraffic: LifecycleHook.checks({ checks: [check()] }) } })).toThrow(
    `hook AfterAllowTraffic asks for a metric ${asked}, which tells apart versions of a Lambda function, and 'Shop/Web' releases an ECS service; take VersionMetric.targetGroup, or VersionDimension.taskSet for metrics of your own`,
  );
});

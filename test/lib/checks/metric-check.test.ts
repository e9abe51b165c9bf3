import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { App, Aws, Duration, Lazy, Stack, Token } from 'aws-cdk-lib/core';

import type { AbsoluteMetricOptions, LatencyComparisonOptions, RateComparisonOptions, TargetErrorRateOptions } from '../../../lib';
import { EcsEndpoint, LifecycleHook, MetricBaseline, MetricCheck, MetricThreshold, MetricWindow, MissingData, Passes, TrafficShift, VersionDimension, VersionMetric } from '../../../lib';
import type { EcsHookEvent } from '../../../lib/model/lifecycle';
import type { TrafficRouting } from '../../../lib/model/traffic';
import { DeployTimeValues } from '../../../lib/private/deploy-time-values';
import { Findings } from '../../../lib/private/findings';
import type { HookContext } from '../../../lib/private/hook-context';
import { only, rolloutIn, sample, stackOf, statementsOf } from '../support/sample';

const CANARY: TrafficRouting = { type: 'TimeBasedCanary', percentage: 10, intervalMinutes: 5 };

interface Hook {
  readonly event?: EcsHookEvent;
  readonly traffic?: TrafficRouting;
  readonly expectedRequestsPerSecond?: number;
  readonly tested?: boolean;
}

const stack = stackOf();
const rollout = rolloutIn(stack);

/** The hook of a rollout, as far as a check looks at it. */
function hookOf({ event = 'AfterAllowTraffic', traffic = CANARY, expectedRequestsPerSecond, tested = true }: Hook = {}): HookContext {
  const endpoint = { loadBalancer: rollout.loadBalancer, blue: rollout.blueTargetGroup, green: rollout.greenTargetGroup, ...(tested ? { test: {} } : {}) };
  return { scope: rollout, rolloutName: 'Shop/Web', groupArn: 'arn', event, traffic, expectedRequestsPerSecond, endpoint, findings: new Findings(rollout) } as unknown as HookContext;
}

function render(check: MetricCheck, hook: HookContext = hookOf(), values = new DeployTimeValues()) {
  return check._render({ values, production: { protocol: 'HTTP' } }, hook);
}

const errorRate = (options: Partial<TargetErrorRateOptions> = {}) => MetricCheck.targetErrorRate({ window: Duration.minutes(5), minSamples: 100, ...options });
const depth = new cloudwatch.Metric({ namespace: 'AWS/SQS', metricName: 'Depth', dimensionsMap: { QueueName: 'orders' }, statistic: 'Maximum' });
const absolute = (options: Partial<AbsoluteMetricOptions> = {}) =>
  MetricCheck.absolute({ metric: depth, threshold: MetricThreshold.below(10), window: MetricWindow.last(Duration.minutes(5)), minSamples: 5, ...options });
const byTaskSet = (metricName: string) => VersionMetric.of({ namespace: 'Shop', metricName, version: VersionDimension.taskSet('TaskSet'), dimensionsMap: { Service: 'web' } });
const rates = (options: Partial<RateComparisonOptions> = {}) => MetricCheck.compareRates({ errors: byTaskSet('Failed'), requests: byTaskSet('All'), window: Duration.minutes(5), minSamples: 100, ...options });
const latencies = (options: Partial<LatencyComparisonOptions> = {}) => MetricCheck.compareLatency({ latency: byTaskSet('Time'), window: Duration.minutes(5), minSamples: 1000, ...options });

describe('an error rate of targets', () => {
  test('is counted by target group of the rollout, and compared over the shift', () => {
    const values = new DeployTimeValues();
    const target = (metricName: string) => ({
      namespace: 'AWS/ApplicationELB',
      metricName,
      dimensions: { LoadBalancer: '${greenlight:V1}' },
      version: { dimension: 'TargetGroup', is: 'targetGroupFullName', fullNames: ['${greenlight:V2}', '${greenlight:V3}'] },
    });
    expect(render(errorRate(), hookOf(), values)).toEqual({
      kind: 'metric',
      name: '5xx rate',
      policy: { mode: 'ENFORCE', after: [], passes: { consecutive: 1 }, attemptMs: 20_000, intervalMs: 60_000, errorBudget: 2, deadlineMs: 180_000, inconclusive: 'FAIL' },
      window: { since: 'traffic', lengthMs: 300_000, warmUpMs: 0, lagMs: 120_000 },
      minSamples: 100,
      judge: {
        kind: 'rates',
        label: '5xx rate',
        bad: target('HTTPCode_Target_5XX_Count'),
        total: target('RequestCount'),
        significance: 0.05,
        maxIncrease: 0.005,
        baseline: 'CONCURRENT',
        resolutionMs: 60_000,
        missing: 'AS_ZERO',
      },
    });
    const { V1, V2, V3 } = stack.resolve(values.all()) as Record<string, object>;
    expect(V1).toEqual({ 'Fn::Select': [1, { 'Fn::Split': [':loadbalancer/', { Ref: expect.stringMatching(/^WebLoadBalancer/) }] }] });
    expect([V2, V3]).toEqual(['Blue', 'Green'].map((name) => ({ 'Fn::Select': [5, { 'Fn::Split': [':', { Ref: expect.stringMatching(new RegExp(`^Web${name}TargetGroup`)) }] }] })));
  });

  test('takes everything that can be set', () => {
    const check = errorRate({
      name: 'errors',
      significance: 0.01,
      maxIncrease: 2,
      warmUp: Duration.seconds(30),
      publicationLag: Duration.seconds(90),
      baseline: MetricBaseline.before(Duration.minutes(30)),
      passes: Passes.inARow(3),
      interval: Duration.minutes(2),
      readRetries: 4,
    });
    expect(render(check)).toMatchObject({
      name: 'errors',
      policy: { passes: { consecutive: 3 }, intervalMs: 120_000, errorBudget: 4 },
      window: { warmUpMs: 30_000, lagMs: 90_000 },
      judge: { significance: 0.01, maxIncrease: 0.02, baseline: { beforeMs: 1_800_000 } },
    });
  });
});

describe('the time that a check takes', () => {
  // A look takes 20 s at the longest, and two may come to nothing.
  test.each<[string, MetricCheck, Hook, number]>([
    ['the publication alone, where the shift is over', errorRate(), {}, 120 + 60],
    ['the rest of the window, a period and patience', errorRate({ window: Duration.minutes(7), baseline: MetricBaseline.before(Duration.hours(1)) }), {}, 120 + 120 + 60 + 120 + 60],
    ['the whole window after a shift of all at once', errorRate({ baseline: MetricBaseline.before(Duration.hours(1)) }), { traffic: { type: 'AllAtOnce' } }, 300 + 120 + 60 + 120 + 60],
    ['the whole window of test traffic', errorRate(), { event: 'AfterAllowTestTraffic' }, 300 + 120 + 60 + 120 + 60],
    ['the looks, a minute apart', errorRate({ baseline: MetricBaseline.before(Duration.hours(1)), passes: Passes.inARow(4) }), {}, 120 + 60 + 120 + 3 * 60 + 6 * 20],
    ['no waiting for the last minutes', absolute(), { event: 'BeforeInstall' }, 60 + 120 + 60],
    ['what the user says', errorRate({ checkTimeout: Duration.minutes(4) }), {}, 240],
  ])('is %s', (_, check, hook, expected) => {
    const context = hookOf(hook);
    expect(check._longestMs(context)).toBe(expected * 1000);
    expect(render(check, context).policy.deadlineMs).toBe(expected * 1000);
  });

  test('must hold the window and its publication', () => {
    const check = errorRate({ baseline: MetricBaseline.before(Duration.hours(1)), checkTimeout: Duration.seconds(419) });
    expect(() => render(check, hookOf({ traffic: { type: 'AllAtOnce' } }))).toThrow(
      "check '5xx rate' of hook AfterAllowTraffic needs 420 seconds until its window is full and published, and has 419 seconds; raise its 'checkTimeout', or lower its window",
    );
    expect(render(errorRate({ checkTimeout: Duration.seconds(120) }))).toMatchObject({ policy: { deadlineMs: 120_000 } });
    expect(() => render(errorRate({ checkTimeout: Duration.seconds(119) }))).toThrow('needs 120 seconds');
  });
});

describe('a check that could come to nothing is refused', () => {
  test.each<[string, () => unknown, string]>([
    ['no samples', () => errorRate({ minSamples: 0 }), "'minSamples' must be a whole number from 1 to 9007199254740991, got 0"],
    ['an unknown number of samples', () => errorRate({ minSamples: Token.asNumber(Lazy.number({ produce: () => 1 })) }), "'minSamples' must be known at synth"],
    ['samples by which it could never fail', () => errorRate({ minSamples: 2 }), "check '5xx rate' could never fail: with 2 samples of each version, nothing but errors against none at all comes by chance in 17 of 100 cases, and 5.0 are asked for; raise 'minSamples'"],
    ['looks by which it could never fail', () => errorRate({ minSamples: 3, passes: Passes.inARow(2), baseline: MetricBaseline.before(Duration.hours(1)) }), 'comes by chance in 5.0 of 100 cases, and 2.5 are asked for'],
    ['no window', () => errorRate({ window: Duration.seconds(30) }), "'window' must be a whole number of minutes from 1 to 60, got 0.5 minutes"],
    ['a window of more than an hour', () => errorRate({ window: Duration.minutes(61) }), "'window' must be a whole number of minutes from 1 to 60, got 61 minutes"],
    ['more than an hour to warm up', () => errorRate({ warmUp: Duration.seconds(3601) }), "'warmUp' must be a whole number of seconds from 0 to 3600"],
    ['publication after more than half an hour', () => errorRate({ publicationLag: Duration.minutes(31) }), "'publicationLag' must be a whole number of seconds from 0 to 1800"],
    ['looks more than fifteen minutes apart', () => errorRate({ interval: Duration.minutes(16) }), "'interval' must be a whole number of milliseconds from 0 to 900000"],
    ['looks all the time', () => errorRate({ interval: Duration.seconds(0) }), "'interval' must be a whole number of seconds from 1 to 900"],
    ['looks that see the same', () => errorRate({ passes: Passes.inARow(2), interval: Duration.seconds(59) }), "check '5xx rate' looks again after 59 seconds, and data comes every 60; raise its 'interval', or every look sees the same"],
    ['too many retries', () => errorRate({ readRetries: 11 }), "'readRetries' must be a whole number from 0 to 10, got 11"],
    ['no significance', () => errorRate({ significance: 0 }), "'significance' must be a number from 1e-9 to 0.5, got 0"],
    ['a coin thrown', () => errorRate({ significance: 0.51 }), "'significance' must be a number from 1e-9 to 0.5, got 0.51"],
    ['an increase of all', () => errorRate({ maxIncrease: 100 }), "'maxIncrease' must be a number from 0 to 99, got 100"],
    ['a decrease', () => errorRate({ maxIncrease: -1 }), "'maxIncrease' must be a number from 0 to 99, got -1"],
    ['an odd resolution', () => rates({ resolution: Duration.seconds(15) }), "'resolution' must be 10, 20, 30 or 60 seconds, got 15 seconds"],
    ['a baseline of two days', () => MetricBaseline.before(Duration.days(2)), "'before' must be a whole number of minutes from 1 to 1440"],
    ['a percentile beyond the samples', () => latencies({ percentile: 99.9 }), "'minSamples' of check 'p99.9 latency' must be at least 10000, so that 10 samples lie beyond the 99.9th percentile, got 1000; raise it, or lower 'percentile'"],
    ['a percentile of all', () => latencies({ percentile: 100 }), "'percentile' must be a number from 1 to 99.99, got 100"],
    ['a ratio below one', () => latencies({ maxRatio: 0.9 }), "'maxRatio' must be a number from 1 to 1000, got 0.9"],
    ['a unit that is no time', () => latencies({ unit: cloudwatch.Unit.COUNT }), "'unit' must be seconds, milliseconds or microseconds, got Count"],
    ['an increase of more than an hour', () => latencies({ maxIncrease: Duration.hours(2) }), "'maxIncrease' must be a whole number of milliseconds from 0 to 3600000"],
    ['a window of an odd length', () => MetricWindow.last(Duration.seconds(90)), "'last' must be a whole number of minutes from 1 to 60, got 1.5 minutes; or take 10, 20 or 30 seconds of a metric of high resolution"],
    ['a window of no length', () => MetricWindow.sinceTraffic(Duration.minutes(0)), "'sinceTraffic' must be a whole number of minutes from 1 to 60"],
    ['no threshold', () => MetricThreshold.below(Number.NaN), "'below' must be a number, got NaN"],
    ['an endless threshold', () => MetricThreshold.above(Number.POSITIVE_INFINITY), "'above' must be a number, got Infinity"],
    ['a range the wrong way round', () => MetricThreshold.between(2, 1), "'min' must not be above 'max', got 2 and 1; swap them"],
    ['a version without a dimension', () => VersionDimension.taskSet(' '), "the 'name' of a version dimension must not be empty"],
    ['a dimension named twice', () => VersionMetric.of({ namespace: 'a', metricName: 'b', version: VersionDimension.taskSet('T'), dimensionsMap: { T: 'x' } }), "'dimensionsMap' of metric 'b' names 'T', which tells the versions apart; leave it out there"],
  ])('%s', (_, make, message) => {
    expect(make).toThrow(message);
  });

  test('just enough is taken', () => {
    expect(() => errorRate({ minSamples: 3, significance: 0.05 })).not.toThrow();
    expect(() => latencies({ percentile: 99 })).not.toThrow();
    expect(() => latencies({ percentile: 99, minSamples: 999 })).toThrow('must be at least 1000');
    expect(() => errorRate({ passes: Passes.inARow(2), interval: Duration.minutes(1) })).not.toThrow();
  });
});

describe('the event of a hook', () => {
  const before = { baseline: MetricBaseline.before(Duration.hours(1)) };

  test.each<[EcsHookEvent, boolean]>([
    ['BeforeInstall', true],
    ['AfterInstall', true],
    ['AfterAllowTestTraffic', false],
    ['BeforeAllowTraffic', false],
  ])('%s without traffic is refused', (event, tested) => {
    expect(() => render(errorRate(), hookOf({ event, tested }))).toThrow(`check '5xx rate' of hook ${event} measures the new version, which has no traffic yet at that event; make it at AfterAllowTraffic`);
  });

  test.each<EcsHookEvent>(['AfterAllowTestTraffic', 'BeforeAllowTraffic'])('%s with test traffic is taken', (event) => {
    expect(() => render(errorRate(), hookOf({ event, traffic: { type: 'AllAtOnce' } }))).not.toThrow();
  });

  test('a shift of all at once leaves nothing to compare at the same time', () => {
    expect(() => render(errorRate(), hookOf({ traffic: { type: 'AllAtOnce' } }))).toThrow(
      "check '5xx rate' compares both versions over 300 seconds of the shift, which takes 0 seconds; take 'baseline: MetricBaseline.before(...)', a shorter window, or a longer shift",
    );
    expect(() => render(errorRate(before), hookOf({ traffic: { type: 'AllAtOnce' } }))).not.toThrow();
  });

  test('a shift must be as long as window and warm-up', () => {
    expect(() => render(errorRate({ warmUp: Duration.seconds(1) }))).toThrow('over 301 seconds of the shift, which takes 300 seconds');
    const linear: TrafficRouting = { type: 'TimeBasedLinear', percentage: 25, intervalMinutes: 2 };
    expect(() => render(errorRate({ warmUp: Duration.minutes(1) }), hookOf({ traffic: linear }))).not.toThrow();
    expect(() => render(errorRate({ warmUp: Duration.minutes(2) }), hookOf({ traffic: linear }))).toThrow('which takes 360 seconds');
  });

  test('a shift that is over is looked at once', () => {
    expect(() => render(errorRate({ passes: Passes.inARow(2) }))).toThrow("check '5xx rate' compares both versions over the shift, which is over: 2 looks would see the same; leave out 'passes'");
    expect(() => render(errorRate({ passes: Passes.inARow(2), ...before }))).not.toThrow();
  });
});

describe('little traffic', () => {
  const found = (check: MetricCheck, hook: Hook) => {
    const context = hookOf(hook);
    render(check, context);
    return context.findings.all();
  };

  test('is warned of, where the user has told how much there is', () => {
    // A tenth of 3 requests a second for five minutes are 90.
    expect(found(errorRate(), { expectedRequestsPerSecond: 3 })).toEqual([
      {
        id: 'too-little-traffic',
        level: 'warning',
        message: "check '5xx rate' of hook AfterAllowTraffic needs 100 samples of each version, and 3 requests a second bring the new one about 90",
        remedy: "lower 'minSamples', or measure for longer; see how much traffic a verdict needs in docs/checks/metric.md",
      },
    ]);
  });

  test.each<[string, MetricCheck, Hook]>([
    ['enough', errorRate(), { expectedRequestsPerSecond: 3.4 }],
    ['unknown', errorRate(), {}],
    ['all of it on the new version', errorRate({ baseline: MetricBaseline.before(Duration.hours(1)) }), { expectedRequestsPerSecond: 1 }],
    ['that of tests', errorRate(), { event: 'AfterAllowTestTraffic', expectedRequestsPerSecond: 0.1 }],
    ['not what is counted', rates(), { expectedRequestsPerSecond: 0.1 }],
    ['rising step by step', errorRate(), { traffic: { type: 'TimeBasedLinear', percentage: 20, intervalMinutes: 2 }, expectedRequestsPerSecond: 0.5 }],
  ])('is not warned of: %s', (_, check, hook) => {
    expect(found(check, hook)).toEqual([]);
  });
});

describe('other rates and latencies', () => {
  test('are told apart by any dimension, and their gaps decide nothing', () => {
    const values = new DeployTimeValues();
    const check = rates({ label: 'failed orders', resolution: Duration.seconds(10), errors: VersionMetric.of({ namespace: 'Shop', metricName: 'Failed', version: VersionDimension.targetGroupName('Group'), dimensionsMap: { Region: Aws.REGION } }) });
    expect(render(check, hookOf(), values)).toMatchObject({
      name: 'failed orders',
      judge: {
        label: 'failed orders',
        bad: { namespace: 'Shop', metricName: 'Failed', dimensions: { Region: '${greenlight:V1}' }, version: { dimension: 'Group', is: 'targetGroupName' } },
        total: { namespace: 'Shop', metricName: 'All', dimensions: { Service: 'web' }, version: { dimension: 'TaskSet', is: 'taskSet' } },
        resolutionMs: 10_000,
        missing: 'INCONCLUSIVE',
      },
    });
    expect(render(rates({ missingData: MissingData.AS_ZERO }))).toMatchObject({ name: 'error rate', judge: { missing: 'AS_ZERO' } });
  });

  test('of latency are in the unit of their metric', () => {
    expect(render(latencies())).toMatchObject({
      name: 'p95 latency',
      judge: { kind: 'latency', label: 'p95 latency', percentile: 95, maxRatio: 1.5, maxIncreaseMs: 50, unitMs: 1000, baseline: 'CONCURRENT', metric: { metricName: 'Time' } },
    });
    const micro = latencies({ unit: cloudwatch.Unit.MICROSECONDS, percentile: 99, maxRatio: 2, maxIncrease: Duration.seconds(1), label: 'checkout' });
    expect(render(micro).judge).toMatchObject({ label: 'p99 checkout', percentile: 99, maxRatio: 2, maxIncreaseMs: 1000, unitMs: 0.001 });
    expect(render(latencies({ unit: cloudwatch.Unit.MILLISECONDS })).judge).toMatchObject({ unitMs: 1 });
  });

  test('of targets are those of the load balancer', () => {
    const check = MetricCheck.targetLatency({ window: Duration.minutes(5), minSamples: 200 });
    expect(render(check).judge).toMatchObject({ kind: 'latency', unitMs: 1000, metric: { namespace: 'AWS/ApplicationELB', metricName: 'TargetResponseTime', version: { dimension: 'TargetGroup', is: 'targetGroupFullName' } } });
  });
});

describe('a metric against limits', () => {
  test('is one value over the window, whose samples are counted', () => {
    expect(render(absolute(), hookOf({ event: 'BeforeInstall' }))).toMatchObject({
      name: 'Depth',
      window: { since: 'look', lengthMs: 300_000, warmUpMs: 0, lagMs: 120_000 },
      judge: {
        kind: 'threshold',
        label: 'Depth',
        queries: [
          { id: 'greenlight_value', namespace: 'AWS/SQS', metricName: 'Depth', dimensions: { QueueName: 'orders' }, statistic: 'Maximum' },
          { id: 'greenlight_samples', namespace: 'AWS/SQS', metricName: 'Depth', dimensions: { QueueName: 'orders' }, statistic: 'SampleCount' },
        ],
        value: 'greenlight_value',
        samples: 'greenlight_samples',
        limit: { below: 10 },
        missing: 'INCONCLUSIVE',
      },
    });
  });

  const requests = new cloudwatch.Metric({ namespace: 'Shop', metricName: 'Requests', statistic: 'Sum' });
  const failures = new cloudwatch.Metric({ namespace: 'Shop', metricName: 'Failures', statistic: 'Sum', unit: cloudwatch.Unit.COUNT });
  const share = new cloudwatch.MathExpression({ expression: '100 * failures / requests', usingMetrics: { failures, requests } });

  test('may be metric math over others', () => {
    const check = absolute({ metric: share.with({ label: 'failed share' }), samples: requests, threshold: MetricThreshold.between(0, 1), missingData: MissingData.AS_ZERO, window: MetricWindow.sinceTraffic(Duration.minutes(2)) });
    expect(render(check)).toMatchObject({
      name: 'failed share',
      window: { since: 'traffic', lengthMs: 120_000 },
      judge: {
        queries: [
          { id: 'failures', metricName: 'Failures', statistic: 'Sum', unit: 'Count' },
          { id: 'requests', metricName: 'Requests' },
          { id: 'greenlight_value', expression: '100 * failures / requests' },
          { id: 'greenlight_samples', metricName: 'Requests', statistic: 'Sum' },
        ],
        limit: { min: 0, max: 1 },
        missing: 'AS_ZERO',
      },
    });
    expect(render(absolute({ metric: share, samples: requests, threshold: MetricThreshold.above(1) }), hookOf({ event: 'AfterInstall' }))).toMatchObject({ name: '100 * failures / requests', judge: { limit: { above: 1 } } });
  });

  test('may be of high resolution', () => {
    expect(render(absolute({ window: MetricWindow.last(Duration.seconds(30)), interval: Duration.seconds(30), passes: Passes.atLeast(2, 3) })).window).toMatchObject({ lengthMs: 30_000 });
  });

  test('in metric math must say what counts its samples', () => {
    expect(() => absolute({ metric: share })).toThrow(
      "check '100 * failures / requests' is on metric math, of which CloudWatch counts no samples; name a metric in 'samples' that counts them, such as the sum of requests",
    );
  });

  test('may not mean two metrics by one id', () => {
    const other = new cloudwatch.MathExpression({ expression: 'requests + 0', usingMetrics: { requests: failures } });
    expect(() => render(absolute({ metric: share, samples: other }))).toThrow("has two metrics with the id 'requests'; give one of them another name in 'usingMetrics'");
  });

  test('may be of another account, and not of another region', () => {
    const there = new Stack(new App(), 'There', { env: { account: '111122223333', region: 'eu-central-1' } });
    expect(render(absolute({ metric: depth.with({ account: '999988887777' }) })).judge).toMatchObject({ queries: [{ accountId: '999988887777' }, { accountId: '999988887777' }] });
    expect(render(absolute({ metric: depth.attachTo(there) }), { ...hookOf(), scope: there } as unknown as HookContext).judge).not.toHaveProperty('queries.0.accountId');
    expect(() => render(absolute({ metric: depth.with({ region: 'us-east-1' }) }))).toThrow(/check 'Depth' is on metric 'Depth' of region 'us-east-1', and its hook runs in '.*'; CloudWatch answers for one region only/);
  });

  test('may not be a search', () => {
    const search = new cloudwatch.SearchExpression({ expression: "SEARCH('{Shop} Failures', 'Sum', 60)" });
    expect(() => render(absolute({ metric: search, samples: requests, name: 'search' }))).toThrow("check 'search' asks for a search, which gives a series for each metric that it finds; name one metric, or metric math");
  });
});

describe('permissions', () => {
  const statements = (check: MetricCheck) => {
    const { template, description } = sample({
      endpoint: EcsEndpoint.application({ productionPort: 80, testPort: 8080 }),
      traffic: TrafficShift.canary({ percentage: 10, interval: Duration.minutes(5) }),
      hooks: { afterAllowTraffic: LifecycleHook.checks({ checks: [check] }) },
    });
    expect(description.hooks).toHaveLength(1);
    const { id } = only(template, 'AWS::IAM::Role', 'WebAfterAllowTraffic');
    return statementsOf(template, id).filter(({ Sid }) => Sid === 'ReadMetrics' || Sid === 'FindVersions');
  };

  test('to read metrics have no narrower resource, and those to find versions are on this deployment group', () => {
    const arn = expect.objectContaining({ 'Fn::Join': ['', expect.arrayContaining([':codedeploy:'])] });
    expect(statements(errorRate())).toEqual([
      { Sid: 'ReadMetrics', Effect: 'Allow', Action: 'cloudwatch:GetMetricData', Resource: '*' },
      { Sid: 'FindVersions', Effect: 'Allow', Action: ['codedeploy:BatchGetDeploymentTargets', 'codedeploy:ListDeploymentTargets'], Resource: arn },
    ]);
  });

  test('to find versions are left out where no version is looked for', () => {
    expect(statements(absolute())).toEqual([{ Sid: 'ReadMetrics', Effect: 'Allow', Action: 'cloudwatch:GetMetricData', Resource: '*' }]);
  });
});

test('the hook waits for as long as its checks can take', () => {
  const { template } = sample({
    traffic: TrafficShift.canary({ percentage: 10, interval: Duration.minutes(5) }),
    hooks: { afterAllowTraffic: LifecycleHook.checks({ checks: [errorRate()] }) },
  });
  expect(only(template, 'AWS::Lambda::Function', 'WebAfterAllowTrafficFunction').properties['Timeout']).toBe(200);
});

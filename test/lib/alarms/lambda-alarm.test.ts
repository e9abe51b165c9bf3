/** The alarms that a rollout makes on its alias, as CloudFormation gets them, and what is refused or said of them. */
import { Template } from 'aws-cdk-lib/assertions';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import type { Stack } from 'aws-cdk-lib/core';
import { Duration, Lazy, Token } from 'aws-cdk-lib/core';

import type { LambdaRolloutProps, RollbackAlarm } from '../../../lib';
import { LambdaAlarm, LifecycleHook, TrafficShift } from '../../../lib';
import { findCycle } from '../../support/template-graph';
import type { LambdaSample } from '../support/lambda-sample';
import { aliasRolloutIn, aliasSample, calendarHook, finishedAlias, liveAlias } from '../support/lambda-sample';
import { graphOf, only, sample, stackOf, userFunction } from '../support/sample';

const LINEAR = TrafficShift.LAMBDA_LINEAR_10_PERCENT_EVERY_1_MINUTE;

function alarmed(alarm: RollbackAlarm | ((stack: Stack) => RollbackAlarm), props: Partial<LambdaRolloutProps> = {}): LambdaSample {
  return aliasSample((stack) => ({ traffic: LINEAR, ...props, rollback: { alarms: [typeof alarm === 'function' ? alarm(stack) : alarm] } }));
}

const made = ({ template }: LambdaSample) => Object.values(template.findResources('AWS::CloudWatch::Alarm')).find(({ Metadata, Properties }) => Metadata === undefined && !String(Properties.AlarmDescription).startsWith('A failed'))!.Properties;

const findings = ({ description }: LambdaSample) => description.findings.map(({ id, level }) => `${level} ${id}`);

/** Names in the template of the sample. */
function names({ template }: LambdaSample) {
  const FunctionName = { Name: 'FunctionName', Value: { Ref: only(template, 'AWS::Lambda::Function', 'Take').id } };
  const Resource = { Name: 'Resource', Value: { 'Fn::Join': ['', [FunctionName.Value, ':live']] } };
  const ExecutedVersion = { Name: 'ExecutedVersion', Value: { 'Fn::GetAtt': [only(template, 'AWS::Lambda::Version').id, 'Version'] } };
  return { function: [FunctionName], alias: [FunctionName, Resource], version: [ExecutedVersion, FunctionName, Resource] };
}

const COMMON = { ComparisonOperator: 'GreaterThanThreshold', EvaluationPeriods: 3, DatapointsToAlarm: 2, TreatMissingData: 'notBreaching' };

const query = (Id: string, MetricName: string, Stat: string, Dimensions: object[]) => ({
  Id,
  MetricStat: { Metric: { Namespace: 'AWS/Lambda', MetricName, Dimensions }, Period: 60, Stat },
  ReturnData: false,
});

describe('an alarm on a metric', () => {
  test.each<[string, RollbackAlarm, 'version' | 'alias' | 'function', object]>([
    ['errors', LambdaAlarm.errors(), 'version', { MetricName: 'Errors', Statistic: 'Sum', Threshold: 0, AlarmDescription: 'more than 0 invocations of the version failed in 2 of 3 periods of 60 s: rollout Shop/Orders' }],
    [
      'throttles',
      LambdaAlarm.throttles({ threshold: 5, period: Duration.minutes(2), evaluationPeriods: 5, datapointsToAlarm: 4 }),
      'version',
      { MetricName: 'Throttles', Statistic: 'Sum', Threshold: 5, Period: 120, EvaluationPeriods: 5, DatapointsToAlarm: 4, AlarmDescription: 'more than 5 invocations of the version were throttled in 4 of 5 periods of 120 s: rollout Shop/Orders' },
    ],
    [
      'provisionedConcurrencySpillover',
      LambdaAlarm.provisionedConcurrencySpillover(),
      'version',
      { MetricName: 'ProvisionedConcurrencySpilloverInvocations', Statistic: 'Sum', Threshold: 0, AlarmDescription: 'more than 0 invocations of the version had no provisioned concurrency in 2 of 3 periods of 60 s: rollout Shop/Orders' },
    ],
    [
      'iteratorAge',
      LambdaAlarm.iteratorAge({ threshold: Duration.minutes(5) }),
      'alias',
      { MetricName: 'IteratorAge', Statistic: 'Maximum', Threshold: 300_000, AlarmDescription: 'the last record of a batch was older than 300000 ms in 2 of 3 periods of 60 s: rollout Shop/Orders' },
    ],
    [
      'asyncEventsDropped',
      LambdaAlarm.asyncEventsDropped(),
      'function',
      { MetricName: 'AsyncEventsDropped', Statistic: 'Sum', Threshold: 0, DatapointsToAlarm: 1, AlarmDescription: 'more than 0 asynchronous events of the function were given up in 1 of 3 periods of 60 s: rollout Shop/Orders' },
    ],
  ])('%s', (_what, alarm, scope, expected) => {
    const of = alarmed(alarm);
    expect(made(of)).toEqual({ ...COMMON, Namespace: 'AWS/Lambda', Period: 60, Dimensions: names(of)[scope], ...expected });
  });
});

describe('an alarm on metric math', () => {
  const result = (Expression: string, Label: string) => ({ Id: 'expr_1', Expression, Label, ReturnData: true });

  test('errorRate judges no period with too few invocations', () => {
    const of = alarmed(LambdaAlarm.errorRate());
    const { version } = names(of);
    expect(made(of)).toEqual({
      ...COMMON,
      Threshold: 1,
      AlarmDescription: 'more than 1 percent of at least 100 invocations of the version failed in 2 of 3 periods of 60 s: rollout Shop/Orders',
      Metrics: [
        result('IF(invocations >= 100, 100 * FILL(errors, 0) / invocations, 0)', 'Share of failed invocations in percent'),
        query('errors', 'Errors', 'Sum', version),
        query('invocations', 'Invocations', 'Sum', version),
      ],
    });
  });

  test.each<[Parameters<typeof LambdaAlarm.errorRate>[0], number, number]>([
    [{ threshold: 5 }, 5, 20],
    [{ threshold: 0.3 }, 0.3, 334],
    [{ threshold: 99.9 }, 99.9, 2],
    [{ threshold: 5, minInvocations: 1 }, 5, 1],
  ])('errorRate(%j) is above %d percent of %d', (options, threshold, minInvocations) => {
    const properties = made(alarmed(LambdaAlarm.errorRate(options)));
    expect([properties.Threshold, properties.Metrics[0].Expression]).toEqual([threshold, `IF(invocations >= ${minInvocations}, 100 * FILL(errors, 0) / invocations, 0)`]);
  });

  test('duration is a percentile with ten samples beyond it', () => {
    const of = alarmed(LambdaAlarm.duration({ threshold: Duration.millis(1_500) }));
    const { version } = names(of);
    expect(made(of)).toEqual({
      ...COMMON,
      Threshold: 1_500,
      AlarmDescription: 'the 95th percentile of at least 200 invocations of the version took more than 1500 ms in 2 of 3 periods of 60 s: rollout Shop/Orders',
      Metrics: [
        result('IF(invocations >= 200, duration, 0)', 'p95 duration in milliseconds'),
        query('duration', 'Duration', 'p95', version),
        query('invocations', 'Invocations', 'Sum', version),
      ],
    });
  });

  test.each([
    [99, undefined, 1_000],
    [50, undefined, 20],
    [99.9, undefined, 10_000],
    [99.9, 1_000, 1_000],
    [95, 20, 20],
  ])('duration at p%d with minInvocations %p judges from %d', (percentile, minInvocations, expected) => {
    const properties = made(alarmed(LambdaAlarm.duration({ threshold: Duration.seconds(1), percentile, minInvocations })));
    expect([properties.Metrics[0].Expression, properties.Metrics[1].MetricStat.Stat]).toEqual([`IF(invocations >= ${expected}, duration, 0)`, `p${percentile}`]);
  });

  test('deadLetterErrors adds up what could not be delivered', () => {
    const of = alarmed(LambdaAlarm.deadLetterErrors());
    const { alias } = names(of);
    expect(made(of)).toEqual({
      ...COMMON,
      DatapointsToAlarm: 1,
      Threshold: 0,
      AlarmDescription: 'more than 0 asynchronous events of the alias were lost in 1 of 3 periods of 60 s: rollout Shop/Orders',
      Metrics: [
        result('FILL(queue, 0) + FILL(destination, 0)', 'Events that were lost'),
        query('queue', 'DeadLetterErrors', 'Sum', alias),
        query('destination', 'DestinationDeliveryFailures', 'Sum', alias),
      ],
    });
  });

  test('deadLetterGrowth is what came to a queue, whatever lay there', () => {
    const of = alarmed((stack) => LambdaAlarm.deadLetterGrowth({ queue: new sqs.Queue(stack, 'Dead'), threshold: 2 }));
    const QueueName = { Name: 'QueueName', Value: { 'Fn::GetAtt': [only(of.template, 'AWS::SQS::Queue').id, 'QueueName'] } };
    expect(made(of)).toEqual({
      ...COMMON,
      DatapointsToAlarm: 1,
      Threshold: 2,
      AlarmDescription: 'more than 2 messages came to dead-letter queue Shop/Dead in 1 of 3 periods of 60 s: rollout Shop/Orders',
      Metrics: [
        result('DIFF(FILL(messages, 0))', 'Messages more than in the period before'),
        { Id: 'messages', MetricStat: { Metric: { Namespace: 'AWS/SQS', MetricName: 'ApproximateNumberOfMessagesVisible', Dimensions: [QueueName] }, Period: 60, Stat: 'Maximum' }, ReturnData: false },
      ],
    });
  });
});

describe('of a version', () => {
  const PER_VERSION = [LambdaAlarm.errors(), LambdaAlarm.errorRate(), LambdaAlarm.throttles(), LambdaAlarm.duration({ threshold: Duration.seconds(1) }), LambdaAlarm.provisionedConcurrencySpillover()];
  const SHARED = [LambdaAlarm.iteratorAge({ threshold: Duration.minutes(5) }), LambdaAlarm.asyncEventsDropped(), LambdaAlarm.deadLetterErrors()];

  /** Logical ids of all alarms, with a function whose configuration is this. */
  function idsWith(memorySize: number): string[] {
    const stack = stackOf();
    const fn = new lambda.Function(stack, 'Take', { code: lambda.Code.fromInline('exports.handler = () => 1'), handler: 'index.handler', runtime: lambda.Runtime.NODEJS_22_X, memorySize });
    const { template } = finishedAlias(stack, aliasRolloutIn(stack, { alias: liveAlias(stack, { version: fn.currentVersion }), rollback: { alarms: [...PER_VERSION, ...SHARED] } }));
    return Object.keys(template.findResources('AWS::CloudWatch::Alarm'));
  }

  test('alarms are made anew with every version, and others stay', () => {
    const [before, after] = [idsWith(256), idsWith(512)];
    expect(idsWith(256)).toEqual(before);
    const changed = before.filter((id) => !after.includes(id));
    expect(changed.map((id) => id.replace(/^Orders([A-Za-z0-9]+?)Alarm.*$/, '$1')).sort()).toEqual(['DurationP95', 'ErrorRate', 'Errors', 'Spillover', 'Throttles']);
    // What stands before the hash of the version is as before.
    expect(changed.map((id) => id.slice(0, -8)).sort()).toEqual(after.filter((id) => !before.includes(id)).map((id) => id.slice(0, -8)).sort());
    expect(before.filter((id) => after.includes(id)).map((id) => id.replace(/Alarm.*$/, '')).sort()).toEqual(['OrdersDeadLetterErrors', 'OrdersEventsDropped', 'OrdersIteratorAge', 'OrdersVerdict']);
  });

  test('the group, the description and the rollout name them all', () => {
    const of = aliasSample({ traffic: LINEAR, rollback: { alarms: [...PER_VERSION, ...SHARED] } });
    const id = (name: string) => only(of.template, 'AWS::CloudWatch::Alarm', `Orders${name}Alarm`).id;
    const all = ['Verdict', 'Errors', 'ErrorRate', 'Throttles', 'DurationP95', 'Spillover', 'IteratorAge', 'EventsDropped', 'DeadLetterErrors'].map(id);
    expect(only(of.template, 'AWS::CodeDeploy::DeploymentGroup').properties.AlarmConfiguration).toEqual({ Enabled: true, Alarms: all.map((Ref) => ({ Name: { Ref } })) });
    expect(of.description.alarms).toEqual(all.map((logicalId) => ({ logicalId })));
    expect(of.description.versionAlarms).toEqual(all.slice(1, 6).map((logicalId) => ({ logicalId })));
    expect(of.rollout.lambdaAlarms.map(({ node }) => node.id)).toEqual(['ErrorsAlarm', 'ErrorRateAlarm', 'ThrottlesAlarm', 'DurationP95Alarm', 'SpilloverAlarm', 'IteratorAgeAlarm', 'EventsDroppedAlarm', 'DeadLetterErrorsAlarm']);
  });

  test('the alias waits for them by the group, and they do not wait for it', () => {
    const of = aliasSample({ traffic: LINEAR, hooks: { beforeAllowTraffic: calendarHook() }, rollback: { alarms: [...PER_VERSION, ...SHARED] } });
    expect(findCycle(graphOf(of.template))).toBeUndefined();
    expect(of.description.findings.filter(({ id }) => id.endsWith('after-alias'))).toEqual([]);
    expect(of.alias.DependsOn).toContain(only(of.template, 'AWS::CodeDeploy::DeploymentGroup').id);
    const alias = only(of.template, 'AWS::Lambda::Alias').id;
    expect(Object.values(of.template.findResources('AWS::CloudWatch::Alarm')).filter((alarm) => JSON.stringify(alarm).includes(alias))).toEqual([]);
  });

  test('they may be added later, one for each rollout that they are given to', () => {
    const stack = stackOf();
    const shared = LambdaAlarm.errors();
    const rollouts = ['One', 'Two'].map((id) => aliasRolloutIn(stack, { traffic: LINEAR, alias: liveAlias(stack, { version: userFunction(stack, `Take${id}`).currentVersion }, id) }, `${id}Rollout`));
    rollouts.forEach((rollout) => rollout.addAlarm(shared));
    expect(rollouts.map(({ lambdaAlarms }) => lambdaAlarms.map(({ node }) => node.path))).toEqual([['Shop/OneRollout/ErrorsAlarm'], ['Shop/TwoRollout/ErrorsAlarm']]);
    const groups = Object.values(Template.fromStack(stack).findResources('AWS::CodeDeploy::DeploymentGroup'));
    expect(groups.map(({ Properties }) => Properties.AlarmConfiguration.Alarms.length)).toEqual([2, 2]);
  });

  test('two of a kind have two names', () => {
    const of = aliasSample({ traffic: LINEAR, rollback: { alarms: [LambdaAlarm.errorRate(), LambdaAlarm.errorRate({ name: 'Storm', threshold: 50, datapointsToAlarm: 1 })] } });
    expect(of.rollout.lambdaAlarms.map(({ node }) => node.id)).toEqual(['ErrorRateAlarm', 'StormAlarm']);
    expect(() => aliasSample({ rollback: { alarms: [LambdaAlarm.errors(), LambdaAlarm.errors({ threshold: 5 })] } })).toThrow("rollout 'Shop/Orders' has an alarm 'Errors' already; give one of them another 'name'");
  });
});

describe('refused', () => {
  test.each<[string, () => RollbackAlarm, string]>([
    ['a threshold below none', () => LambdaAlarm.errors({ threshold: -1 }), "'threshold' must be a whole number from 0 to 1000000000, got -1"],
    ['a part of an invocation', () => LambdaAlarm.throttles({ threshold: 0.5 }), "'threshold' must be a whole number from 0 to 1000000000, got 0.5"],
    ['a rate of nothing', () => LambdaAlarm.errorRate({ threshold: 0 }), "'threshold' must be a number above 0 and below 100, got 0"],
    ['a rate of everything', () => LambdaAlarm.errorRate({ threshold: 100 }), "'threshold' must be a number above 0 and below 100, got 100"],
    ['a rate that is no number', () => LambdaAlarm.errorRate({ threshold: NaN }), "'threshold' must be a number above 0 and below 100, got NaN"],
    ['a rate that is not known', () => LambdaAlarm.errorRate({ threshold: Token.asNumber(Lazy.number({ produce: () => 1 })) }), "'threshold' must be known at synth, got a deploy-time value; write the number"],
    ['no minimum', () => LambdaAlarm.errorRate({ minInvocations: 0 }), "'minInvocations' must be a whole number from 1 to 1000000000, got 0"],
    ['a percentile that the slowest decides', () => LambdaAlarm.duration({ threshold: Duration.seconds(1), minInvocations: 19 }), "'minInvocations' must be a whole number from 20 to 1000000000, got 19; with fewer, the 95th percentile is the slowest invocation"],
    ['a percentile below the median', () => LambdaAlarm.duration({ threshold: Duration.seconds(1), percentile: 49.9 }), "'percentile' must be a number from 50 to 99.99, got 49.9"],
    ['the slowest', () => LambdaAlarm.duration({ threshold: Duration.seconds(1), percentile: 100 }), "'percentile' must be a number from 50 to 99.99, got 100"],
    ['no time', () => LambdaAlarm.duration({ threshold: Duration.millis(0) }), "'threshold' must be a whole number of milliseconds from 1 to 900000, got 0 milliseconds"],
    ['a stream of the year before', () => LambdaAlarm.iteratorAge({ threshold: Duration.days(366) }), "'threshold' must be a whole number of milliseconds from 1 to 31536000000, got 31622400000 milliseconds"],
    ['a period that Lambda does not fill', () => LambdaAlarm.errors({ period: Duration.seconds(30) }), "'period' must be a whole number of minutes from 1 to 60, got 0.5 minutes; Lambda sends its metrics every minute"],
    ['a period above an hour', () => LambdaAlarm.errors({ period: Duration.minutes(61) }), "'period' must be a whole number of minutes from 1 to 60, got 61 minutes; Lambda sends its metrics every minute"],
    ['no period', () => LambdaAlarm.errors({ evaluationPeriods: 0 }), "'evaluationPeriods' must be a whole number from 1 to 60, got 0"],
    ['more periods than it looks at', () => LambdaAlarm.errors({ datapointsToAlarm: 4 }), "'datapointsToAlarm' must be a whole number from 1 to 3, got 4; it is at most 'evaluationPeriods'"],
    ['more than a day', () => LambdaAlarm.errors({ period: Duration.minutes(60), evaluationPeriods: 25 }), "'evaluationPeriods' times 'period' must be at most 1440 minutes, which CloudWatch looks back over, got 1500; lower one of them"],
    ['a name that is no id', () => LambdaAlarm.errors({ name: 'too many' }), "'name' of an alarm must have 1 to 64 letters and digits, got 'too many'; leave it out for 'Errors'"],
    ['an empty name', () => LambdaAlarm.iteratorAge({ name: '', threshold: Duration.minutes(1) }), "'name' of an alarm must have 1 to 64 letters and digits, got ''; leave it out for 'IteratorAge'"],
  ])('%s', (_what, build, message) => {
    expect(build).toThrow(message);
  });

  test('a day and one period are as long as CloudWatch looks back', () => {
    expect(() => LambdaAlarm.errors({ period: Duration.minutes(60), evaluationPeriods: 24 })).not.toThrow();
    expect(made(alarmed(LambdaAlarm.errors({ evaluationPeriods: 1 })))).toMatchObject({ EvaluationPeriods: 1, DatapointsToAlarm: 1 });
  });

  test.each([
    [3_000, undefined, false],
    [2_999, undefined, true],
    [10_000, 10, false],
    [9_999, 10, true],
  ])('a duration of %d ms with a time-out of %p s: taken %p', (threshold, timeout, taken) => {
    const build = () => {
      const stack = stackOf();
      const fn = userFunction(stack, 'Take', timeout === undefined ? {} : { timeout: Duration.seconds(timeout) });
      return aliasRolloutIn(stack, { alias: liveAlias(stack, { version: fn.currentVersion }), rollback: { alarms: [LambdaAlarm.duration({ threshold: Duration.millis(threshold) })] } });
    };
    if (taken) {
      expect(build).not.toThrow();
    } else {
      expect(build).toThrow(
        `'threshold' of LambdaAlarm.duration must be below the time-out of function 'Shop/Take', ${(timeout ?? 3) * 1000} milliseconds, got ${threshold}: no invocation takes longer; lower it`,
      );
    }
  });

  test.each([
    ['errors', LambdaAlarm.errors()],
    ['errorRate', LambdaAlarm.errorRate()],
    ['throttles', LambdaAlarm.throttles()],
    ['duration', LambdaAlarm.duration({ threshold: Duration.seconds(1) })],
    ['provisionedConcurrencySpillover', LambdaAlarm.provisionedConcurrencySpillover()],
    ['iteratorAge', LambdaAlarm.iteratorAge({ threshold: Duration.seconds(1) })],
    ['asyncEventsDropped', LambdaAlarm.asyncEventsDropped()],
    ['deadLetterErrors', LambdaAlarm.deadLetterErrors()],
  ])('%s in a rollout of an ECS service', (factory, alarm) => {
    expect(() => sample({ rollback: { alarms: [alarm] } })).toThrow(
      `rollout 'Shop/Web' is given LambdaAlarm.${factory}, an alarm on the alias of a Lambda function, and releases none; make an alarm on metrics of what it releases, and give it RollbackAlarm.of(alarm)`,
    );
  });
});

describe('said', () => {
  test.each<[string, TrafficShift, Parameters<typeof LambdaAlarm.errors>[0], boolean]>([
    ['a shift all at once', TrafficShift.allAtOnce(), { datapointsToAlarm: 1 }, false],
    ['a canary of three minutes', TrafficShift.canary({ percentage: 10, interval: Duration.minutes(3) }), {}, true],
    ['a canary of two minutes', TrafficShift.canary({ percentage: 10, interval: Duration.minutes(2) }), {}, false],
    ['a canary of two minutes, and one period', TrafficShift.canary({ percentage: 10, interval: Duration.minutes(2) }), { datapointsToAlarm: 1 }, true],
    ['periods of five minutes in nine', LINEAR, { period: Duration.minutes(5) }, false],
    ['periods of four minutes in nine', LINEAR, { period: Duration.minutes(4) }, true],
  ])('of %s, whether an alarm is in time', (_what, traffic, options, inTime) => {
    expect(findings(alarmed(LambdaAlarm.errors(options), { traffic }))).toEqual(inTime ? [] : ['warning alarm-too-late']);
  });

  test('why an alarm is too late', () => {
    expect(alarmed(LambdaAlarm.errors(), { traffic: TrafficShift.allAtOnce() }).description.findings).toEqual([
      {
        id: 'alarm-too-late',
        level: 'warning',
        message:
          "alarm 'Shop/Orders/ErrorsAlarm' goes off 180 seconds after the new version has begun to fail, at the earliest (2 of 3 periods of 60 s, and 60 s until metrics are sent), " +
          'and a release is over before: the shift takes 0 seconds, and no hook follows',
        remedy: "shift more slowly, lower 'datapointsToAlarm' or 'period', or give the rollout a hook afterAllowTraffic that waits, such as a MetricCheck",
      },
    ]);
  });

  test('a hook after the shift holds a release, and one before it does not', () => {
    const traffic = TrafficShift.allAtOnce();
    const hook = (stack: Stack) => LifecycleHook.fromFunction(userFunction(stack, 'Smoke', { timeout: Duration.minutes(14) }));
    const withHook = (event: 'beforeAllowTraffic' | 'afterAllowTraffic') => findings(aliasSample((stack) => ({ traffic, hooks: { [event]: hook(stack) }, rollback: { alarms: [LambdaAlarm.errors()] } })));
    expect(withHook('afterAllowTraffic')).toEqual([]);
    expect(withHook('beforeAllowTraffic')).toEqual(['warning alarm-too-late']);
  });

  test.each<[number, TrafficShift, boolean]>([
    // A hundred in a minute, of which the last step before all of the traffic brings nine in ten.
    [1.86, LINEAR, true],
    [1.85, LINEAR, false],
    [16.67, TrafficShift.canary({ percentage: 10, interval: Duration.minutes(5) }), true],
    [16.66, TrafficShift.canary({ percentage: 10, interval: Duration.minutes(5) }), false],
  ])('%d invocations a second, whether that is enough', (expectedRequestsPerSecond, traffic, enough) => {
    expect(findings(alarmed(LambdaAlarm.errorRate(), { traffic, expectedRequestsPerSecond }))).toEqual(enough ? [] : ['warning too-little-traffic']);
  });

  test('how much traffic is too little', () => {
    expect(alarmed(LambdaAlarm.errorRate(), { expectedRequestsPerSecond: 1 }).description.findings).toEqual([
      {
        id: 'too-little-traffic',
        level: 'warning',
        message:
          "alarm 'Shop/Orders/ErrorRateAlarm' judges no period with fewer than 100 invocations of the new version, and 1 invocations a second bring it 54 in 60 seconds, at 90 % of the traffic",
        remedy: "raise 'period', lower 'minInvocations', or take LambdaAlarm.errors, which needs no minimum",
      },
    ]);
  });

  test('all of the traffic counts where a hook follows', () => {
    const after = (expectedRequestsPerSecond: number) =>
      findings(alarmed(LambdaAlarm.errorRate(), { traffic: TrafficShift.allAtOnce(), expectedRequestsPerSecond, hooks: { afterAllowTraffic: calendarHook() } }));
    expect(after(1.67)).not.toContain('warning too-little-traffic');
    expect(after(1.66)).toContain('warning too-little-traffic');
  });

  test('nothing spills over without provisioned concurrency', () => {
    const spilling = (options: Partial<lambda.AliasProps>, version?: lambda.VersionOptions, props: Partial<LambdaRolloutProps> = {}) => {
      const stack = stackOf();
      const fn = userFunction(stack, 'Take', version === undefined ? {} : { currentVersionOptions: version });
      return finishedAlias(stack, aliasRolloutIn(stack, { traffic: LINEAR, alias: liveAlias(stack, { version: fn.currentVersion, ...options }), rollback: { alarms: [LambdaAlarm.provisionedConcurrencySpillover()] }, ...props }));
    };
    expect(spilling({}).description.findings).toEqual([
      {
        id: 'no-provisioned-concurrency',
        level: 'warning',
        message: "alarm 'Shop/Orders/SpilloverAlarm' counts what provisioned concurrency does not hold, and neither alias 'Shop/Live' nor its version has any: it never goes off",
        remedy: "give the rollout 'provisionedConcurrentExecutions', or drop the alarm",
      },
    ]);
    expect(findings(spilling({ provisionedConcurrentExecutions: 1 }))).not.toContain('warning no-provisioned-concurrency');
    expect(findings(spilling({}, { provisionedConcurrentExecutions: 1 }))).not.toContain('warning no-provisioned-concurrency');
    expect(findings(spilling({}, undefined, { provisionedConcurrentExecutions: 1 }))).not.toContain('warning no-provisioned-concurrency');
  });
});


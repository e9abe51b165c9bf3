import { Alarms, type AlarmDefinition } from '../../../rehearsal/engine/alarms';
import type { MetricAlarmProperties } from '../../../rehearsal/engine/alarm-source';
import { MetricStore } from '../../../rehearsal/engine/metrics';
import { EventScheduler } from '../../../rehearsal/engine/scheduler';
import { serviceBehaviour, type ServiceBehaviour } from '../../../rehearsal/engine/service-behaviour';
import { cpuMsOf } from '../../support/cpu-time';

const EPOCH = Date.UTC(2026, 0, 1);
const METRIC = { namespace: 'app', metricName: 'Errors', dimensions: { Service: 'web' } };

const ERRORS: MetricAlarmProperties = {
  Namespace: 'app',
  MetricName: 'Errors',
  Dimensions: [{ Name: 'Service', Value: 'web' }],
  Statistic: 'Sum',
  Period: 60,
  EvaluationPeriods: 1,
  Threshold: 5,
  ComparisonOperator: 'GreaterThanOrEqualToThreshold',
  TreatMissingData: 'notBreaching',
};

function metricAlarm(name: string, properties: Partial<MetricAlarmProperties> = {}): AlarmDefinition {
  return { type: 'metric', name, arn: `arn:${name}`, logicalId: `${name}Resource`, properties: { ...ERRORS, ...properties } };
}

function composite(name: string, AlarmRule: string): AlarmDefinition {
  return { type: 'composite', name, arn: `arn:${name}`, properties: { AlarmRule } };
}

function stage(definitions: AlarmDefinition[], behaviour: Partial<ServiceBehaviour> = {}) {
  const scheduler = new EventScheduler();
  const metrics = new MetricStore();
  const alarms = new Alarms({ scheduler, metrics, definitions, epochMs: EPOCH, behaviour: serviceBehaviour(behaviour) });
  const put = (at: number, value: number, metricName = 'Errors'): void => metrics.put({ ...METRIC, metricName, at, values: [{ value, count: 1 }] });
  const lines = (): string[] => alarms.transitions().map(({ alarm, at, from, to }) => `${at} ${alarm} ${from} -> ${to}`);
  alarms.start();
  return { scheduler, metrics, alarms, put, lines };
}

describe('a metric alarm', () => {
  test('is evaluated each minute, and says why it changes', () => {
    const { scheduler, alarms, put } = stage([metricAlarm('errors')]);
    put(70_000, 6);
    put(100_000, 1);
    scheduler.advanceTo(300_000);

    expect(alarms.report()).toEqual([
      {
        name: 'errors',
        transitions: [
          {
            at: 60,
            from: 'INSUFFICIENT_DATA',
            to: 'OK',
            reason: 'Threshold Crossed: no datapoints were received for 1 period and 1 missing datapoint was treated as [NonBreaching].',
          },
          {
            at: 120,
            from: 'OK',
            to: 'ALARM',
            reason: 'Threshold Crossed: 1 datapoint [7.0 (01/01/26 00:01:00)] was greater than or equal to the threshold (5.0).',
          },
          {
            at: 300,
            from: 'ALARM',
            to: 'OK',
            reason: 'Threshold Crossed: no datapoints were received for 1 period and 1 missing datapoint was treated as [NonBreaching].',
          },
        ],
      },
    ]);
  });

  test('with a period of ten seconds is evaluated every ten', () => {
    const { scheduler, put, lines } = stage([metricAlarm('fast', { Period: 10, Threshold: 1 })], { evaluationRangeExtra: 0 });
    put(20_000, 1);
    scheduler.advanceTo(60_000);
    expect(lines()).toEqual(['10000 fast INSUFFICIENT_DATA -> OK', '30000 fast OK -> ALARM', '40000 fast ALARM -> OK']);
  });

  test('sees old points for as long as its evaluation range is', () => {
    const { scheduler, put, lines } = stage([metricAlarm('fast', { Period: 10, Threshold: 1 })]);
    put(20_000, 1);
    scheduler.advanceTo(90_000);
    expect(lines()).toEqual(['10000 fast INSUFFICIENT_DATA -> OK', '30000 fast OK -> ALARM', '60000 fast ALARM -> OK']);
  });

  test('sees data later where metrics are late', () => {
    const { scheduler, put, lines } = stage([metricAlarm('errors')], { metricDelayMs: 120_000 });
    put(0, 9);
    scheduler.advanceTo(180_000);
    expect(lines()).toEqual(['60000 errors INSUFFICIENT_DATA -> OK', '180000 errors OK -> ALARM']);
  });

  test('over more than a day is evaluated each hour', () => {
    const { scheduler, put, lines } = stage([metricAlarm('slow', { Period: 3600, EvaluationPeriods: 25, DatapointsToAlarm: 1 })]);
    put(0, 9);
    scheduler.advanceTo(3_600_000);
    expect(lines()).toEqual(['3600000 slow INSUFFICIENT_DATA -> ALARM']);
  });

  test('keeps its state on missing data with ignore', () => {
    const { scheduler, put, alarms, lines } = stage([metricAlarm('errors', { TreatMissingData: 'ignore' })]);
    put(0, 9);
    scheduler.advanceTo(3_600_000);
    expect(lines()).toEqual(['60000 errors INSUFFICIENT_DATA -> ALARM']);
    expect(alarms.state('errors')).toBe('ALARM');
  });

  test('takes percentiles and metric math', () => {
    const ratio = metricAlarm('ratio', {
      Namespace: undefined,
      MetricName: undefined,
      Statistic: undefined,
      Period: undefined,
      Threshold: 10,
      Metrics: [
        { Id: 'rate', Expression: 'IF(requests > 0, 100 * FILL(errors, 0) / requests, 0)', Label: 'rate' },
        {
          Id: 'errors',
          ReturnData: false,
          MetricStat: { Metric: { Namespace: 'app', MetricName: 'Errors', Dimensions: ERRORS.Dimensions }, Period: 60, Stat: 'Sum' },
        },
        {
          Id: 'requests',
          ReturnData: false,
          MetricStat: { Metric: { Namespace: 'app', MetricName: 'Requests', Dimensions: ERRORS.Dimensions }, Period: 60, Stat: 'Sum' },
        },
      ],
    });
    const { scheduler, put, lines, alarms } = stage(
      [ratio, metricAlarm('p50', { Statistic: undefined, ExtendedStatistic: 'p50', Threshold: 8 })],
      { evaluationRangeExtra: 0 },
    );
    put(0, 100, 'Requests');
    put(60_000, 100, 'Requests');
    put(60_000, 9);
    put(60_000, 2);
    put(120_000, 100, 'Requests');
    put(120_000, 9);
    scheduler.advanceTo(180_000);

    expect(alarms.outside()).toEqual([]);
    expect(lines()).toEqual([
      '60000 ratio INSUFFICIENT_DATA -> OK',
      '60000 p50 INSUFFICIENT_DATA -> OK',
      '120000 ratio OK -> ALARM',
      '180000 ratio ALARM -> OK',
      '180000 p50 OK -> ALARM',
    ]);
  });

  test.each<[string, Partial<MetricAlarmProperties>, string]>([
    [
      'anomaly detection',
      { ComparisonOperator: 'GreaterThanUpperThreshold', ThresholdMetricId: 'a' },
      "the comparison 'GreaterThanUpperThreshold' against an anomaly band is not evaluated",
    ],
    [
      'a trimmed mean',
      { Statistic: undefined, ExtendedStatistic: 'tm90' },
      "the statistic 'tm90' is not evaluated; known are SampleCount, Average, Sum, Minimum, Maximum and percentiles such as p99",
    ],
    [
      'a search',
      { Metrics: [{ Id: 'e1', Expression: "SEARCH('{A}', 'Sum', 60)" }] },
      'the function SEARCH is outside the metric math that a rehearsal evaluates',
    ],
    [
      'an expression in a circle',
      { Metrics: [{ Id: 'e1', Expression: 'e2 + 1' }, { Id: 'e2', Expression: 'e1 + 1', ReturnData: false }] },
      "the expression 'e1' refers to itself",
    ],
    [
      'two results',
      { Metrics: [{ Id: 'e1', Expression: 'e2' }, { Id: 'e2', Expression: 'e1' }] },
      'exactly one of the metrics of an alarm returns data, got 2',
    ],
    [
      'low sample counts ignored',
      { EvaluateLowSampleCountPercentile: 'ignore' },
      "EvaluateLowSampleCountPercentile 'ignore' is not evaluated",
    ],
    ['a strange period', { Period: 45 }, 'a period is 10, 20, 30 or a multiple of 60 seconds, got 45'],
    ['no threshold', { Threshold: undefined }, 'a threshold must be a number, got undefined'],
    [
      'too many data points to alarm',
      { DatapointsToAlarm: 2 },
      'DatapointsToAlarm must be a whole number from 1 to EvaluationPeriods, got 2 of 1',
    ],
    [
      'an unknown policy',
      { TreatMissingData: 'perhaps' },
      "TreatMissingData must be one of missing, ignore, breaching, notBreaching, got 'perhaps'",
    ],
    ['no metric', { MetricName: undefined }, 'a metric without a namespace and a name is not evaluated'],
  ])('is outside with %s, and stays INSUFFICIENT_DATA', (_, properties, reason) => {
    const { scheduler, put, alarms, lines } = stage([metricAlarm('errors', properties)]);
    put(0, 100);
    scheduler.advanceTo(600_000);
    expect(alarms.outside()).toEqual([{ name: 'errors', reason }]);
    expect(alarms.describe()[0]).toMatchObject({
      StateValue: 'INSUFFICIENT_DATA',
      StateReason: 'Unchecked: Initial alarm creation',
      outside: reason,
    });
    expect(lines()).toEqual([]);
  });
});

describe('SetAlarmState', () => {
  test('lasts until the next evaluation', () => {
    const { scheduler, alarms, lines } = stage([metricAlarm('errors')]);
    scheduler.advanceTo(70_000);
    alarms.setState('errors', 'ALARM', 'a test says so', '{"a":1}');

    expect(alarms.describe()[0]).toMatchObject({
      StateValue: 'ALARM',
      StateReason: 'a test says so',
      StateReasonData: '{"a":1}',
      StateUpdatedTimestamp: 70_000,
    });
    scheduler.advanceTo(120_000);
    expect(lines()).toEqual(['60000 errors INSUFFICIENT_DATA -> OK', '70000 errors OK -> ALARM', '120000 errors ALARM -> OK']);
  });

  test('of the same state changes the reason only', () => {
    const { scheduler, alarms, lines } = stage([metricAlarm('errors')]);
    scheduler.advanceTo(70_000);
    alarms.setState('errors', 'OK', 'still fine');
    expect(alarms.describe()[0]).toMatchObject({
      StateReason: 'still fine',
      StateUpdatedTimestamp: 70_000,
      StateTransitionedTimestamp: 60_000,
    });
    expect(lines()).toHaveLength(1);
  });

  test('fails when there is no such alarm', () => {
    const { alarms } = stage([]);
    expect(() => alarms.setState('nobody', 'OK', '')).toThrow(expect.objectContaining({
      code: 'ResourceNotFound',
      status: 404,
      message: "there is no alarm 'nobody'",
    }));
  });
});

describe('holdState', () => {
  test('holds for a time, by name or logical id, whatever the metric and SetAlarmState say', () => {
    const { scheduler, alarms, lines } = stage([metricAlarm('errors')]);
    alarms.holdState('errorsResource', 'ALARM', 150_000);
    scheduler.advanceTo(70_000);
    alarms.setState('errors', 'OK', 'by hand');
    scheduler.advanceTo(600_000);
    expect(lines()).toEqual([
      '0 errors INSUFFICIENT_DATA -> ALARM',
      '70000 errors ALARM -> OK',
      '120000 errors OK -> ALARM',
      '150000 errors ALARM -> OK',
    ]);
    expect(alarms.transitions()[0].reason).toBe('held in ALARM by the scenario');
  });

  test('holds for good, and a later hold replaces an earlier one', () => {
    const { scheduler, alarms } = stage([metricAlarm('errors')]);
    alarms.holdState('errors', 'ALARM', 60_000);
    alarms.holdState('errors', 'INSUFFICIENT_DATA');
    scheduler.advanceTo(600_000);
    expect(alarms.state('errors')).toBe('INSUFFICIENT_DATA');
  });

  test('holds an alarm that was made elsewhere', () => {
    const { scheduler, alarms } = stage([{ type: 'outside', name: 'theirs', arn: 'arn:theirs', reason: 'made elsewhere' }]);
    alarms.holdState('theirs', 'ALARM');
    scheduler.advanceTo(600_000);
    expect(alarms.state('theirs')).toBe('ALARM');
    expect(alarms.outside()).toEqual([{ name: 'theirs', reason: 'made elsewhere' }]);
  });
});

describe('a composite alarm', () => {
  test('follows its children at once', () => {
    const { scheduler, put, lines } = stage([composite('top', 'ALARM(middle)'), composite('middle', 'ALARM(errors) AND NOT ALARM(other)'), metricAlarm('errors'), metricAlarm('other', { MetricName: 'Other' })], {
      evaluationRangeExtra: 0,
    });
    put(60_000, 9);
    scheduler.advanceTo(180_000);
    expect(lines().filter((line) => line.includes('top') || line.includes('middle'))).toEqual([
      '0 top INSUFFICIENT_DATA -> OK',
      '0 middle INSUFFICIENT_DATA -> OK',
      '120000 middle OK -> ALARM',
      '120000 top OK -> ALARM',
      '180000 middle ALARM -> OK',
      '180000 top ALARM -> OK',
    ]);
  });

  test('stays as SetAlarmState made it until a child changes', () => {
    const { scheduler, alarms, put } = stage([composite('top', 'ALARM(errors)'), metricAlarm('errors')]);
    scheduler.advanceTo(60_000);
    alarms.setState('top', 'ALARM', 'by hand');
    scheduler.advanceTo(600_000);
    expect(alarms.state('top')).toBe('ALARM');
    put(600_000, 9);
    scheduler.advanceTo(900_000);
    expect(alarms.state('top')).toBe('OK');
  });

  test('is outside where it reads itself, an unknown alarm, or says what is not evaluated', () => {
    const { alarms } = stage([
      composite('a', 'ALARM(b)'),
      composite('b', 'OK(a)'),
      composite('c', 'ALARM(nobody)'),
      composite('d', 'AT_LEAST(1, OK, (a))'),
    ]);
    expect(alarms.outside()).toEqual([
      { name: 'a', reason: "its rule reads 'a' in a circle" },
      { name: 'b', reason: "its rule reads 'b' in a circle" },
      { name: 'c', reason: "its rule reads 'nobody', which is no alarm of this rehearsal" },
      { name: 'd', reason: "unexpected 'AT_LEAST' in the alarm rule 'AT_LEAST(1, OK, (a))'" },
    ]);
    expect(alarms.state('a')).toBe('INSUFFICIENT_DATA');
  });
});

describe('Alarms', () => {
  test('streams transitions, and says whether actions run', () => {
    const { scheduler, alarms } = stage([metricAlarm('errors', { ActionsEnabled: false })]);
    const seen: string[] = [];
    const cancel = alarms.onTransition(({ alarm, to, actionsEnabled }) => seen.push(`${alarm} ${to} ${actionsEnabled}`));
    scheduler.advanceTo(60_000);
    cancel();
    alarms.setState('errors', 'ALARM', '');
    expect(seen).toEqual(['errors OK false']);
  });

  test('stops to evaluate', () => {
    const { scheduler, alarms, lines } = stage([metricAlarm('errors')]);
    alarms.stop();
    scheduler.advanceTo(600_000);
    expect(lines()).toEqual([]);
  });

  test('does not know an alarm that was not given', () => {
    expect(stage([]).alarms.state('nobody')).toBeUndefined();
  });

  test('fails when two alarms have one name', () => {
    expect(() => stage([metricAlarm('a'), metricAlarm('a')])).toThrow("alarm names must be unique, got 'a' twice");
  });

  test('costs little over a wait of two days', () => {
    const { scheduler } = stage([metricAlarm('fast', { Period: 10 }), ...Array.from({ length: 5 }, (_, index) => metricAlarm(`alarm-${index}`))]);
    // An hour has a budget of 50 ms, so that two days have 2.4 s.
    expect(cpuMsOf(() => scheduler.advanceTo(172_800_000))).toBeLessThan(2400);
  });
});

describe('an alarm whose metric a stack update changes', () => {
  const of = (version: string) => metricAlarm('errors', { Dimensions: [{ Name: 'Service', Value: version }] });

  /** Red by the first version; then it watches the second one. */
  function changed(anew: boolean) {
    const staged = stage([of('web')]);
    staged.put(10_000, 6);
    staged.scheduler.advanceTo(65_000);
    expect(staged.alarms.state('errors')).toBe('ALARM');
    staged.alarms.change(of('next'), anew);
    return staged;
  }

  test('keeps its state until it is evaluated', () => {
    const { alarms, scheduler, lines } = changed(false);
    expect(alarms.state('errors')).toBe('ALARM');
    scheduler.advanceTo(125_000);
    expect(lines()).toEqual(['60000 errors INSUFFICIENT_DATA -> ALARM', '120000 errors ALARM -> OK']);
  });

  test('knows nothing where it is another one, and goes off by the new metric', () => {
    const { alarms, scheduler, lines, metrics } = changed(true);
    expect(alarms.describe()[0]).toMatchObject({ StateValue: 'INSUFFICIENT_DATA', StateReason: 'Unchecked: Initial alarm creation', StateTransitionedTimestamp: 65_000, definition: of('next') });
    metrics.put({ ...METRIC, dimensions: { Service: 'next' }, at: 70_000, values: [{ value: 6, count: 1 }] });
    scheduler.advanceTo(125_000);
    expect(lines()).toEqual(['60000 errors INSUFFICIENT_DATA -> ALARM', '65000 errors ALARM -> INSUFFICIENT_DATA', '120000 errors INSUFFICIENT_DATA -> ALARM']);
  });

  test('must be one that there is', () => {
    expect(() => stage([]).alarms.change(of('web'), true)).toThrow("there is no alarm 'errors'");
  });
});

test.each([
  ['IteratorAge', 'the metric IteratorAge of AWS/Lambda is not modelled, so that nothing is known of it'],
  ['ConcurrentExecutions', 'the metric ConcurrentExecutions of AWS/Lambda is not modelled, so that nothing is known of it'],
  ['ProvisionedConcurrencySpilloverInvocations', 'the metric ProvisionedConcurrencySpilloverInvocations of AWS/Lambda is not modelled, so that nothing is known of it'],
])('an alarm on %s of Lambda is never well', (MetricName, reason) => {
  const { alarms, scheduler } = stage([metricAlarm('age', { Namespace: 'AWS/Lambda', MetricName }), metricAlarm('errors', { Namespace: 'AWS/Lambda' })]);
  scheduler.advanceTo(300_000);
  expect(alarms.outside()).toEqual([{ name: 'age', reason }]);
  expect([alarms.state('age'), alarms.state('errors')]).toEqual(['INSUFFICIENT_DATA', 'OK']);
});

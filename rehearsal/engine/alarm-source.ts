/** What an alarm looks at: a metric, or metric math over several; made from the properties of `AWS::CloudWatch::Alarm`. */
import type { AlarmRule, ComparisonOperator, Datapoint, MissingDataPolicy } from './alarm-evaluation';
import type { Dimension, MetricDataQuery, MetricInput, SeriesReader } from './metric-queries';
import { mathReader, metricInput, OutsideError, readSeries } from './metric-queries';
import type { MetricStore } from './metrics';

export { OutsideError } from './metric-queries';
export type { Dimension, MetricDataQuery } from './metric-queries';

/** Properties of `AWS::CloudWatch::Alarm`, with every reference resolved. */
export interface MetricAlarmProperties {
  readonly AlarmDescription?: string;
  readonly ActionsEnabled?: boolean;
  readonly AlarmActions?: readonly string[];
  readonly OKActions?: readonly string[];
  readonly InsufficientDataActions?: readonly string[];
  readonly MetricName?: string;
  readonly Namespace?: string;
  readonly Dimensions?: readonly Dimension[];
  readonly Statistic?: string;
  readonly ExtendedStatistic?: string;
  readonly Period?: number;
  readonly Unit?: string;
  readonly EvaluationPeriods: number;
  readonly DatapointsToAlarm?: number;
  readonly Threshold?: number;
  readonly ThresholdMetricId?: string;
  readonly ComparisonOperator: string;
  readonly TreatMissingData?: string;
  readonly EvaluateLowSampleCountPercentile?: string;
  readonly Metrics?: readonly MetricDataQuery[];
}

export interface AlarmSource {
  readonly rule: AlarmRule;
  readonly periodMs: number;
  /** The last `periods` data points before `end`, the oldest first. */
  points(store: MetricStore, end: number, periods: number): Datapoint[];
}

const DAY_SECONDS = 86_400;
const DEFAULT_PERIOD_SECONDS = 60;
const COMPARISONS: readonly string[] = [
  'GreaterThanOrEqualToThreshold',
  'GreaterThanThreshold',
  'LessThanThreshold',
  'LessThanOrEqualToThreshold',
];
const POLICIES: readonly string[] = ['missing', 'ignore', 'breaching', 'notBreaching'];

/** @throws OutsideError for what the rehearsal does not evaluate */
export function alarmSource(properties: MetricAlarmProperties): AlarmSource {
  const rule = alarmRule(properties);
  const { series, periodSeconds } = properties.Metrics === undefined ? plainMetric(properties) : mathMetric(properties.Metrics);
  if (!(periodSeconds === 10 || periodSeconds === 20 || periodSeconds === 30 || (periodSeconds > 0 && periodSeconds % 60 === 0))) {
    throw new OutsideError(`a period is 10, 20, 30 or a multiple of 60 seconds, got ${periodSeconds}`);
  }
  const periodMs = periodSeconds * 1000;
  return {
    rule,
    periodMs,
    points: (store, end, periods) => {
      const starts = Array.from({ length: periods }, (_, index) => end - (periods - index) * periodMs);
      const values = series(store, starts, periodMs);
      return starts.map((at, index) => (values[index] === undefined ? { at } : { at, value: values[index] }));
    },
  };
}

/** How often an alarm is evaluated. */
export function evaluationIntervalMs({ rule, periodMs }: AlarmSource): number {
  if ((rule.evaluationPeriods * periodMs) / 1000 > DAY_SECONDS) {
    return 3_600_000;
  }
  return periodMs < 60_000 ? 10_000 : 60_000;
}

function alarmRule(properties: MetricAlarmProperties): AlarmRule {
  const { EvaluationPeriods: n, DatapointsToAlarm: m = n, Threshold, ComparisonOperator, TreatMissingData = 'missing' } = properties;
  if (properties.ThresholdMetricId !== undefined || !COMPARISONS.includes(ComparisonOperator)) {
    throw new OutsideError(`the comparison '${ComparisonOperator}' against an anomaly band is not evaluated`);
  }
  if (Threshold === undefined || !Number.isFinite(Threshold)) {
    throw new OutsideError(`a threshold must be a number, got ${String(Threshold)}`);
  }
  if (properties.EvaluateLowSampleCountPercentile === 'ignore') {
    throw new OutsideError("EvaluateLowSampleCountPercentile 'ignore' is not evaluated");
  }
  if (!POLICIES.includes(TreatMissingData)) {
    throw new OutsideError(`TreatMissingData must be one of ${POLICIES.join(', ')}, got '${TreatMissingData}'`);
  }
  if (!(Number.isInteger(n) && Number.isInteger(m) && m >= 1 && m <= n)) {
    throw new OutsideError(`DatapointsToAlarm must be a whole number from 1 to EvaluationPeriods, got ${m} of ${n}`);
  }
  return {
    evaluationPeriods: n,
    datapointsToAlarm: m,
    // CloudWatch ignores missing data of DynamoDB whatever the alarm says.
    treatMissingData: properties.Namespace === 'AWS/DynamoDB' ? 'ignore' : (TreatMissingData as MissingDataPolicy),
    comparison: ComparisonOperator as ComparisonOperator,
    threshold: Threshold,
  };
}

function plainMetric(properties: MetricAlarmProperties): { series: SeriesReader; periodSeconds: number } {
  const input = metricInput(properties, properties.ExtendedStatistic ?? properties.Statistic ?? '');
  return {
    series: (store, starts, periodMs) => readSeries(store, input, starts, periodMs),
    periodSeconds: properties.Period ?? DEFAULT_PERIOD_SECONDS,
  };
}

function mathMetric(queries: readonly MetricDataQuery[]): { series: SeriesReader; periodSeconds: number } {
  const returned = queries.filter(({ ReturnData }) => ReturnData !== false);
  if (returned.length !== 1) {
    throw new OutsideError(`exactly one of the metrics of an alarm returns data, got ${returned.length}`);
  }
  const inputs = new Map<string, MetricInput>();
  const expressions = new Map<string, string>();
  const periods = new Set<number>();
  for (const { Id, Expression, MetricStat, Period } of queries) {
    if (MetricStat !== undefined) {
      inputs.set(Id, metricInput(MetricStat.Metric, MetricStat.Stat));
      periods.add(MetricStat.Period);
    } else if (Expression !== undefined) {
      expressions.set(Id, Expression);
      if (Period !== undefined) {
        periods.add(Period);
      }
    }
  }
  if (periods.size > 1) {
    throw new OutsideError(`metric math over different periods is not evaluated, got ${[...periods].join(', ')} seconds`);
  }
  const series = mathReader(returned[0].Id, inputs, expressions);
  series(NO_DATA, [0], 60_000);
  return { series, periodSeconds: [...periods][0] ?? DEFAULT_PERIOD_SECONDS };
}

/** Tried once without data, so that what is outside is known before the first evaluation. */
const NO_DATA = { value: () => undefined };

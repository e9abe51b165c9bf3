/** Check documents of kind `metric`: what is read from CloudWatch, over which window, and how it is judged. */
import type {
  DeadlineMs,
  DelayMs,
  Dimensions,
  IncreaseMs,
  LeastCount,
  MinutesMs,
  Percentile,
  QueryId,
  Ratio,
  ShareIncrease,
  Significance,
  StatisticName,
  UnitMs,
  Words,
} from './quantities';
import type { CheckDocumentBase } from './suite';

export interface MetricCheckDocument extends CheckDocumentBase {
  readonly kind: 'metric';
  readonly window: MetricWindowDocument;
  /** Samples without which nothing is judged: of each version where two are compared. */
  readonly minSamples: LeastCount;
  readonly judge: MetricJudgeDocument;
}

/** @discriminator kind */
export type MetricJudgeDocument = MetricThresholdDocument | MetricRatesDocument | MetricLatencyDocument;

export interface MetricWindowDocument {
  /**
   * `traffic`: begins when the new version got its traffic, lasts at least `lengthMs`, and grows until it is judged.
   * `look`: the last `lengthMs` before each look, whoever served.
   */
  readonly since: 'traffic' | 'look';
  readonly lengthMs: DeadlineMs;
  /** Left out after the traffic began. */
  readonly warmUpMs: DelayMs;
  /** Time until what happened is published: a window ends so long before now. */
  readonly lagMs: DelayMs;
}

/** What no data means. `AS_ZERO`: nothing was counted, where the metric that counts the samples has data. */
export type MissingDataPolicy = 'INCONCLUSIVE' | 'AS_ZERO';

/** One value over the window, against fixed limits. */
export interface MetricThresholdDocument {
  readonly kind: 'threshold';
  /** What is measured, for people. */
  readonly label: Words;
  /**
   * All that is asked for; expressions refer to others by their ids.
   * @minItems 1
   * @maxItems 500
   */
  readonly queries: readonly MetricQueryDocument[];
  /** Id of the query whose value is judged, and of the one that counts its samples. */
  readonly value: QueryId;
  readonly samples: QueryId;
  /** `below` and `above` leave the limit out, `min` and `max` are let through. */
  readonly limit: { readonly below: number } | { readonly above: number } | { readonly min: number; readonly max: number };
  readonly missing: MissingDataPolicy;
}

/** Rates of two versions, by Fisher's exact test on their counts and a floor under the difference. */
export interface MetricRatesDocument {
  readonly kind: 'rates';
  readonly label: Words;
  /** Both are counted by their sums. */
  readonly bad: VersionMetricDocument;
  readonly total: VersionMetricDocument;
  /** Probability of a false alarm, shared by all looks. */
  readonly significance: Significance;
  /** Share, such as 0.005: a smaller increase of the rate is let through however sure it is. */
  readonly maxIncrease: ShareIncrease;
  readonly baseline: MetricBaselineDocument;
  /** Resolution at which the metrics are published. */
  readonly resolutionMs: 10000 | 20000 | 30000 | 60000;
  readonly missing: MissingDataPolicy;
}

/** A percentile of two versions: by ratio, and a floor under the difference. */
export interface MetricLatencyDocument {
  readonly kind: 'latency';
  readonly label: Words;
  readonly metric: VersionMetricDocument;
  /** Such as 95. */
  readonly percentile: Percentile;
  readonly maxRatio: Ratio;
  /** Milliseconds: a smaller increase is let through whatever its ratio. */
  readonly maxIncreaseMs: IncreaseMs;
  /** Milliseconds in one unit of the metric: 1000 for a metric in seconds. */
  readonly unitMs: UnitMs;
  readonly baseline: MetricBaselineDocument;
}

/** What the original is measured over: the window of the new version, or so long before the deployment. */
export type MetricBaselineDocument = 'CONCURRENT' | { readonly beforeMs: MinutesMs };

/** A metric of which each version has its own. */
export interface VersionMetricDocument {
  readonly namespace: Words;
  readonly metricName: Words;
  /** Dimensions that are equal for all versions. */
  readonly dimensions: Dimensions;
  readonly version: VersionDimensionDocument;
}

/** The dimension that tells the versions apart, and what stands there. */
export type VersionDimensionDocument =
  | TargetGroupDimensionDocument
  | { readonly dimension: Words; readonly is: 'targetGroupName' | 'taskSet' | 'lambdaVersion' };

export interface TargetGroupDimensionDocument {
  readonly dimension: Words;
  readonly is: 'targetGroupFullName';
  /**
   * Full names of all target groups, such as `targetgroup/web/6d0ecf831eec9f09`: each version has one of them.
   * @minItems 1
   */
  readonly fullNames: readonly string[];
}

/** One query of GetMetricData: a metric with its statistic, or an expression. */
export type MetricQueryDocument =
  | {
      readonly id: QueryId;
      readonly namespace: Words;
      readonly metricName: Words;
      readonly dimensions: Dimensions;
      readonly statistic: StatisticName;
      readonly unit?: Words;
      readonly accountId?: Words;
    }
  | { readonly id: QueryId; readonly expression: Words };

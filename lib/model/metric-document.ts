/** Check documents of kind `metric`: what is read from CloudWatch, over which window, and how it is judged. */
import type { CheckDocumentBase } from './suite';

export interface MetricCheckDocument extends CheckDocumentBase {
  readonly kind: 'metric';
  readonly window: MetricWindowDocument;
  /** Samples without which nothing is judged: of each version where two are compared. At least 1. */
  readonly minSamples: number;
  readonly judge: MetricThresholdDocument | MetricRatesDocument | MetricLatencyDocument;
}

export interface MetricWindowDocument {
  /**
   * `traffic`: begins when the new version got its traffic, lasts at least `lengthMs`, and grows until it is judged.
   * `look`: the last `lengthMs` before each look, whoever served.
   */
  readonly since: 'traffic' | 'look';
  readonly lengthMs: number;
  /** Left out after the traffic began. */
  readonly warmUpMs: number;
  /** Time until what happened is published: a window ends so long before now. */
  readonly lagMs: number;
}

/** What no data means. `AS_ZERO`: nothing was counted, where the metric that counts the samples has data. */
export type MissingDataPolicy = 'INCONCLUSIVE' | 'AS_ZERO';

/** One value over the window, against fixed limits. */
export interface MetricThresholdDocument {
  readonly kind: 'threshold';
  /** What is measured, for people. */
  readonly label: string;
  /** All that is asked for; expressions refer to others by their ids. */
  readonly queries: readonly MetricQueryDocument[];
  /** Id of the query whose value is judged, and of the one that counts its samples. */
  readonly value: string;
  readonly samples: string;
  /** `below` and `above` leave the limit out, `min` and `max` are let through. */
  readonly limit: { readonly below: number } | { readonly above: number } | { readonly min: number; readonly max: number };
  readonly missing: MissingDataPolicy;
}

/** Rates of two versions, by Fisher's exact test on their counts and a floor under the difference. */
export interface MetricRatesDocument {
  readonly kind: 'rates';
  readonly label: string;
  /** Both are counted by their sums. */
  readonly bad: VersionMetricDocument;
  readonly total: VersionMetricDocument;
  /** Probability of a false alarm, shared by all looks. */
  readonly significance: number;
  /** Share, such as 0.005: a smaller increase of the rate is let through however sure it is. */
  readonly maxIncrease: number;
  readonly baseline: MetricBaselineDocument;
  /** Resolution at which the metrics are published. */
  readonly resolutionMs: number;
  readonly missing: MissingDataPolicy;
}

/** A percentile of two versions: by ratio, and a floor under the difference. */
export interface MetricLatencyDocument {
  readonly kind: 'latency';
  readonly label: string;
  readonly metric: VersionMetricDocument;
  /** Such as 95. */
  readonly percentile: number;
  readonly maxRatio: number;
  /** Milliseconds: a smaller increase is let through whatever its ratio. */
  readonly maxIncreaseMs: number;
  /** Milliseconds in one unit of the metric: 1000 for a metric in seconds. */
  readonly unitMs: number;
  readonly baseline: MetricBaselineDocument;
}

/** What the original is measured over: the window of the new version, or so long before the deployment. */
export type MetricBaselineDocument = 'CONCURRENT' | { readonly beforeMs: number };

/** A metric of which each version has its own. */
export interface VersionMetricDocument {
  readonly namespace: string;
  readonly metricName: string;
  /** Dimensions that are equal for all versions. */
  readonly dimensions: Readonly<Record<string, string>>;
  readonly version: VersionDimensionDocument;
}

/** The dimension that tells the versions apart, and what stands there. */
export type VersionDimensionDocument =
  /** Such as `targetgroup/web/6d0ecf831eec9f09`: the full names of all target groups, of which each has one. */
  | { readonly dimension: string; readonly is: 'targetGroupFullName'; readonly fullNames: readonly string[] }
  | { readonly dimension: string; readonly is: 'targetGroupName' | 'taskSet' | 'lambdaVersion' };

/** One query of GetMetricData: a metric with its statistic, or an expression. */
export type MetricQueryDocument =
  | {
      readonly id: string;
      readonly namespace: string;
      readonly metricName: string;
      readonly dimensions: Readonly<Record<string, string>>;
      readonly statistic: string;
      readonly unit?: string;
      readonly accountId?: string;
    }
  | { readonly id: string; readonly expression: string };

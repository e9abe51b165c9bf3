import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { Duration } from 'aws-cdk-lib/core';

import type { CheckOptions } from './check-options';
import type { MetricBaseline } from './metric-baseline';
import type { MetricThreshold } from './metric-threshold';
import type { MetricWindow } from './metric-window';
import type { VersionMetric } from './version-metric';

/** What no data means, where the metric that counts the samples has some. */
export enum MissingData {
  /** Nothing is known: the check is undecided. */
  INCONCLUSIVE = 'INCONCLUSIVE',

  /** Nothing was counted: zero. For metrics that are published only where there is something to count, such as those of a load balancer. */
  AS_ZERO = 'AS_ZERO',
}

/** What every check of metrics has. `interval` is the time between two looks at them: a minute where it is left out, up to fifteen. */
export interface MetricCheckOptions extends CheckOptions {
  /** Samples without which nothing is judged, at least 1: of each version where two are compared. The check waits for them until its time is up. */
  readonly minSamples: number;

  /**
   * Time until what happened is published, up to half an hour. A window ends so long before now.
   *
   * @default Duration.minutes(2)
   */
  readonly publicationLag?: Duration;

  /**
   * Looks that may come to nothing, such as throttled ones, 0 to 10.
   *
   * @default 2
   */
  readonly readRetries?: number;
}

/** A metric against fixed limits. */
export interface AbsoluteMetricOptions extends MetricCheckOptions {
  /**
   * A metric or metric math. Its own period is not used: its statistic is taken over the whole window at once. In the hook's region.
   */
  readonly metric: cloudwatch.IMetric;

  /** Values that are let through. */
  readonly threshold: MetricThreshold;

  /** Time over which it is measured. */
  readonly window: MetricWindow;

  /**
   * A metric whose value over the window is the number of samples, such as the sum of requests.
   *
   * @default - the sample count of the metric; metric math must name one
   */
  readonly samples?: cloudwatch.IMetric;

  /**
   * What it means that the metric has no data, where there are enough samples.
   *
   * @default MissingData.INCONCLUSIVE
   */
  readonly missingData?: MissingData;
}

/** The new version against the original one. */
export interface CompareVersionsOptions extends MetricCheckOptions {
  /** Time that the new version is measured for at least, from when it got its traffic: whole minutes, up to an hour. */
  readonly window: Duration;

  /**
   * Time after it got its traffic that is left out, up to an hour.
   *
   * @default Duration.minutes(0)
   */
  readonly warmUp?: Duration;

  /**
   * What the original is measured over.
   *
   * @default MetricBaseline.CONCURRENT
   */
  readonly baseline?: MetricBaseline;
}

/** How sure and how large a difference between two rates must be. */
export interface RateLimitOptions {
  /**
   * Probability of a false alarm that is accepted, above 0 and at most 0.5. All looks share it.
   *
   * @default 0.05
   */
  readonly significance?: number;

  /**
   * Increase of the rate, in percentage points from 0 to 99, that is let through however sure it is.
   *
   * @default 0.5
   */
  readonly maxIncrease?: number;
}

/** How much longer the new version may take. */
export interface LatencyLimitOptions {
  /**
   * Percentile that is compared, 1 to 99.99.
   *
   * @default 95
   */
  readonly percentile?: number;

  /**
   * Times as long as the original that the new version may take, 1 to 1,000.
   *
   * @default 1.5
   */
  readonly maxRatio?: number;

  /**
   * Increase that is let through whatever its ratio, up to an hour.
   *
   * @default Duration.millis(50)
   */
  readonly maxIncrease?: Duration;
}

/** Error rates of both versions, counted by metrics of any kind. */
export interface RateComparisonOptions extends CompareVersionsOptions, RateLimitOptions {
  /** Its sum counts what went wrong. */
  readonly errors: VersionMetric;

  /** Its sum counts all there was. */
  readonly requests: VersionMetric;

  /**
   * What is compared, for people.
   *
   * @default 'error rate'
   */
  readonly label?: string;

  /**
   * Resolution at which both metrics are published: a minute, or 10, 20 or 30 seconds for metrics of high resolution.
   *
   * @default Duration.minutes(1)
   */
  readonly resolution?: Duration;

  /**
   * What it means that there are requests in a period, and no data on errors.
   *
   * @default MissingData.INCONCLUSIVE
   */
  readonly missingData?: MissingData;
}

/** Latencies of both versions, measured by metrics of any kind. */
export interface LatencyComparisonOptions extends CompareVersionsOptions, LatencyLimitOptions {
  /** A metric with a value for each sample, so that CloudWatch knows its percentiles. */
  readonly latency: VersionMetric;

  /**
   * Unit of its values: seconds, milliseconds or microseconds.
   *
   * @default cloudwatch.Unit.SECONDS
   */
  readonly unit?: cloudwatch.Unit;

  /**
   * What is compared, for people.
   *
   * @default 'latency'
   */
  readonly label?: string;
}

/** Errors that the targets of each version answered with. */
export interface TargetErrorRateOptions extends CompareVersionsOptions, RateLimitOptions {}

/** Response times of the targets of each version. */
export interface TargetLatencyOptions extends CompareVersionsOptions, LatencyLimitOptions {}

/** Invocations of each version of a function that failed. */
export interface FunctionErrorRateOptions extends CompareVersionsOptions, RateLimitOptions {}

/** Time that invocations of each version of a function take. */
export interface FunctionDurationOptions extends CompareVersionsOptions, LatencyLimitOptions {}

import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Duration, Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';

import type { MetricCheckDocument, MetricQueryDocument, MetricRatesDocument, MetricWindowDocument } from '../model/metric-document';
import { requireComparison, requireLatencyLimits, requireMetricOptions, requireRateLimits } from '../private/metric-limits';
import type { MetricTiming } from '../private/metric-timing';
import { requireFillable, waitingMs } from '../private/metric-timing';
import type { MetricReading } from '../private/metric-queries';
import { distinctQueries, isMath, metricLabel, metricQueries, sampleCount, SAMPLES_ID, VALUE_ID } from '../private/metric-queries';
import type { AnyHookContext } from '../private/hook-context';
import { requireRollout } from '../private/hook-context';
import { codedeployArn } from '../private/names';
import { findVersions, readAppSpec } from '../private/statements';
import type { _Attempt, _CheckContext } from './check';
import { Check } from './check';
import { Passes } from './check-options';
import { MetricBaseline } from './metric-baseline';
import type {
  AbsoluteMetricOptions,
  CompareVersionsOptions,
  FunctionDurationOptions,
  FunctionErrorRateOptions,
  LatencyComparisonOptions,
  MetricCheckOptions,
  RateComparisonOptions,
  TargetErrorRateOptions,
  TargetLatencyOptions,
} from './metric-options';
import { MissingData } from './metric-options';
import { VersionMetric } from './version-metric';

/** The calls of one look, and what throttling may add to them. */
const LONGEST_LOOK_MS = 20_000;

/** Beyond the first full window, for samples that come slowly. */
const PATIENCE_MS = 120_000;

const MAX_INTERVAL_MS = 900_000;
const MINUTE_MS = 60_000;

const UNITS_MS: Partial<Record<cloudwatch.Unit, number>> = {
  [cloudwatch.Unit.SECONDS]: 1_000,
  [cloudwatch.Unit.MILLISECONDS]: 1,
  [cloudwatch.Unit.MICROSECONDS]: 0.001,
};

/** What kinds of metric checks differ in. */
interface Definition {
  readonly name: string;
  readonly options: MetricCheckOptions;
  readonly window: MetricWindowDocument;
  /** Data points come at multiples of this. */
  readonly gridMs: number;
  readonly baseline?: MetricBaseline;
  /** Whether the samples are requests to the rollout's target groups, or invocations of its alias. */
  readonly targets: boolean;
  readonly judge: (context: _CheckContext, hook: AnyHookContext, check: string) => MetricCheckDocument['judge'];
  readonly validate?: (check: string, looks: number) => void;
}

/**
 * A CloudWatch metric or metric math over a window: against fixed limits, or of the new version against the original one.
 *
 * Nothing is judged before the window is full and published, and each version has its minimum of samples. No data is never a pass.
 */
export class MetricCheck extends Check {
  /**
   * A value over the window, against fixed limits.
   *
   * @throws when metric math names no metric that counts its samples
   */
  public static absolute(options: AbsoluteMetricOptions): MetricCheck {
    const { metric, threshold, missingData = MissingData.INCONCLUSIVE } = options;
    const label = metricLabel(metric);
    const window = { ...options.window._document, warmUpMs: 0, lagMs: lagOf(options) };
    return new MetricCheck({
      name: label,
      options,
      window,
      gridMs: Math.min(MINUTE_MS, window.lengthMs),
      targets: false,
      validate: (check) => requireSamples(check, options),
      judge: ({ values }, { scope }, check) => ({
        kind: 'threshold',
        label,
        queries: thresholdQueries({ check, stack: Stack.of(scope), values }, options),
        value: VALUE_ID,
        samples: SAMPLES_ID,
        limit: threshold._limit,
        missing: missingData,
      }),
    });
  }

  /** Error rates of both versions, by Fisher's exact test: the new one fails when its rate is higher, surely, and by more than is let through. */
  public static compareRates(options: RateComparisonOptions): MetricCheck {
    return MetricCheck.rates(options, options.label ?? 'error rate', false);
  }

  /** A latency percentile of both versions: the new one fails when it is too many times as long, and by more than is let through. */
  public static compareLatency(options: LatencyComparisonOptions): MetricCheck {
    return MetricCheck.latencies(options, options.label ?? 'latency', false);
  }

  /** The rate of 5xx answers of the targets behind the rollout's load balancer, from `HTTPCode_Target_5XX_Count` and `RequestCount`. */
  public static targetErrorRate(options: TargetErrorRateOptions): MetricCheck {
    const errors = VersionMetric.targetGroup('HTTPCode_Target_5XX_Count');
    const requests = VersionMetric.targetGroup('RequestCount');
    // The load balancer reports counts only where they are not zero.
    return MetricCheck.rates({ ...options, errors, requests, missingData: MissingData.AS_ZERO }, '5xx rate', true);
  }

  /** A percentile of `TargetResponseTime` of the targets behind the rollout's load balancer. */
  public static targetLatency(options: TargetLatencyOptions): MetricCheck {
    return MetricCheck.latencies({ ...options, latency: VersionMetric.targetGroup('TargetResponseTime') }, 'latency', true);
  }

  /** The rate of failed invocations of the alias that a `LambdaRollout` releases, from `Errors` and `Invocations` by the version that was invoked. */
  public static functionErrorRate(options: FunctionErrorRateOptions): MetricCheck {
    const errors = VersionMetric.lambdaFunction('Errors');
    const requests = VersionMetric.lambdaFunction('Invocations');
    // Where nothing failed there may be no data on errors; invocations without data there are none.
    return MetricCheck.rates({ ...options, errors, requests, missingData: MissingData.AS_ZERO }, 'error rate', true);
  }

  /**
   * A percentile of `Duration` of the alias that a `LambdaRollout` releases, by the version that was invoked; the initialization of a cold start is no part of it.
   *
   * Lambda publishes when an invocation is over, under the time at which it began: `publicationLag` should be a minute longer than the function's time-out.
   */
  public static functionDuration(options: FunctionDurationOptions): MetricCheck {
    return MetricCheck.latencies({ ...options, latency: VersionMetric.lambdaFunction('Duration'), unit: cloudwatch.Unit.MILLISECONDS }, 'duration', true);
  }

  private static rates(options: RateComparisonOptions, label: string, targets: boolean): MetricCheck {
    const { errors, requests, significance = 0.05, maxIncrease = 0.5, missingData = MissingData.INCONCLUSIVE } = options;
    const resolutionMs = resolutionOf(options);
    const baseline = options.baseline ?? MetricBaseline.CONCURRENT;
    return new MetricCheck({
      name: label,
      options,
      window: trafficWindow(options),
      gridMs: resolutionMs,
      baseline,
      targets,
      validate: (check, looks) => requireRateLimits(check, options, looks),
      judge: (context, hook, check) => ({
        kind: 'rates',
        label,
        bad: errors._render(context, requireRollout(hook, check)),
        total: requests._render(context, requireRollout(hook, check)),
        significance,
        maxIncrease: maxIncrease / 100,
        baseline: baseline._document,
        resolutionMs,
        missing: missingData,
      }),
    });
  }

  private static latencies(options: LatencyComparisonOptions, what: string, targets: boolean): MetricCheck {
    const { latency, percentile = 95, maxRatio = 1.5, maxIncrease = Duration.millis(50), unit = cloudwatch.Unit.SECONDS } = options;
    const unitMs = UNITS_MS[unit];
    if (unitMs === undefined) {
      throw new Error(`'unit' must be seconds, milliseconds or microseconds, got ${unit}`);
    }
    const baseline = options.baseline ?? MetricBaseline.CONCURRENT;
    const label = `p${percentile} ${what}`;
    return new MetricCheck({
      name: label,
      options,
      window: trafficWindow(options),
      gridMs: MINUTE_MS,
      baseline,
      targets,
      validate: (check) => requireLatencyLimits(check, options),
      judge: (context, hook, check) => ({
        kind: 'latency',
        label,
        metric: latency._render(context, requireRollout(hook, check)),
        percentile,
        maxRatio,
        maxIncreaseMs: maxIncrease.toMilliseconds(),
        unitMs,
        baseline: baseline._document,
      }),
    });
  }

  private readonly looks: number;
  private readonly intervalMs: number;

  private constructor(private readonly definition: Definition) {
    const { options, name, gridMs } = definition;
    super(options.name ?? name, { ...options, interval: options.interval ?? Duration.minutes(1) }, MAX_INTERVAL_MS);
    requireMetricOptions(options);
    this.looks = (options.passes ?? Passes.inARow(1))._answers;
    this.intervalMs = (options.interval ?? Duration.minutes(1)).toMilliseconds();
    definition.validate?.(this.name, this.looks);
    if (this.looks > 1 && this.intervalMs < gridMs) {
      throw new Error(`check '${this.name}' looks again after ${this.intervalMs / 1_000} seconds, and data comes every ${gridMs / 1_000}; raise its 'interval', or every look sees the same`);
    }
  }

  /** @internal */
  public get _attempt(): _Attempt {
    return { longestMs: LONGEST_LOOK_MS, errorBudget: this.definition.options.readRetries ?? 2 };
  }

  /** @internal */
  public _longestMs(hook?: AnyHookContext): number {
    const { options, gridMs } = this.definition;
    const { longestMs, errorBudget } = this._attempt;
    const waiting = waitingMs(this.timing, hook);
    const looking = (this.looks - 1) * this.intervalMs + (this.looks + errorBudget) * longestMs;
    return options.checkTimeout?.toMilliseconds() ?? waiting.window + (waiting.patient ? gridMs + PATIENCE_MS : 0) + looking;
  }

  /** @internal */
  public _statements(scope: Construct, groupArn: string, hook?: AnyHookContext): iam.PolicyStatement[] {
    // GetMetricData has no resource-level permission.
    const read = new iam.PolicyStatement({ sid: 'ReadMetrics', actions: ['cloudwatch:GetMetricData'], resources: ['*'] });
    if (this.definition.window.since === 'look') {
      return [read];
    }
    // Of a function, the AppSpec is asked where the target of the deployment says too little.
    const released = hook?.groupArn !== undefined && hook.releasedFunction !== undefined;
    return [read, findVersions(groupArn), ...(released ? [readAppSpec(codedeployArn(Stack.of(scope), 'application', hook.applicationName))] : [])];
  }

  /** @internal */
  public _render(context: _CheckContext, hook: AnyHookContext): MetricCheckDocument {
    const { options, window, judge } = this.definition;
    const deadlineMs = Math.max(1, this._longestMs(hook));
    requireFillable(this.timing, deadlineMs, hook);
    const policy = { ...this._policy(), deadlineMs };
    return { kind: 'metric', name: this.name, policy, window, minSamples: options.minSamples, judge: judge(context, hook, this.name) };
  }

  private get timing(): MetricTiming {
    const { options, window, baseline, targets } = this.definition;
    return { check: this.name, window, ...(baseline === undefined ? {} : { baseline: baseline._document }), looks: this.looks, minSamples: options.minSamples, targets };
  }
}

function lagOf({ publicationLag = Duration.minutes(2) }: MetricCheckOptions): number {
  return publicationLag.toMilliseconds();
}

function resolutionOf({ resolution = Duration.minutes(1) }: RateComparisonOptions): MetricRatesDocument['resolutionMs'] {
  const known = ([10_000, 20_000, 30_000, 60_000] as const).find((each) => !resolution.isUnresolved() && each === resolution.toMilliseconds({ integral: false }));
  if (known === undefined) {
    throw new Error(`'resolution' must be 10, 20, 30 or 60 seconds, got ${resolution.isUnresolved() ? 'a deploy-time value' : resolution.toHumanString()}`);
  }
  return known;
}

function trafficWindow(options: CompareVersionsOptions): MetricWindowDocument {
  requireComparison(options);
  return { since: 'traffic', lengthMs: options.window.toMilliseconds(), warmUpMs: (options.warmUp ?? Duration.minutes(0)).toMilliseconds(), lagMs: lagOf(options) };
}

function thresholdQueries(reading: MetricReading, { metric, samples }: AbsoluteMetricOptions): MetricQueryDocument[] {
  const counting = samples === undefined ? [sampleCount(reading, metric)] : metricQueries(reading, SAMPLES_ID, samples);
  return distinctQueries(reading, [...metricQueries(reading, VALUE_ID, metric), ...counting]);
}

function requireSamples(check: string, { metric, samples }: AbsoluteMetricOptions): void {
  if (samples === undefined && isMath(metric)) {
    throw new Error(`check '${check}' is on metric math, of which CloudWatch counts no samples; name a metric in 'samples' that counts them, such as the sum of requests`);
  }
}

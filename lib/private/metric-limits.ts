/** What a check of metrics must be, so that it can come to a verdict, and can fail. */
import { Duration, Token } from 'aws-cdk-lib/core';

import type { CompareVersionsOptions, LatencyLimitOptions, MetricCheckOptions, RateLimitOptions } from '../checks/metric-options';
import { requireDuration, requireKnown, requireWhole } from './numbers';

/** Samples that are to lie beyond a percentile, or its value is that of a few stragglers. */
const SAMPLES_BEYOND = 10;

export function requireMetricOptions(options: MetricCheckOptions): void {
  requireWhole('minSamples', options.minSamples, 1, Number.MAX_SAFE_INTEGER);
  requireDuration('publicationLag', options.publicationLag ?? Duration.minutes(2), 'seconds', 0, 1_800);
  requireDuration('interval', options.interval ?? Duration.minutes(1), 'seconds', 1, 900);
  requireWhole('readRetries', options.readRetries ?? 2, 0, 10);
}

export function requireComparison({ window, warmUp = Duration.minutes(0) }: CompareVersionsOptions): void {
  requireDuration('window', window, 'minutes', 1, 60);
  requireDuration('warmUp', warmUp, 'seconds', 0, 3_600);
}

export function requireRateLimits(check: string, { minSamples, significance = 0.05, maxIncrease = 0.5 }: RateLimitOptions & MetricCheckOptions, looks: number): void {
  requireBetween('significance', significance, 1e-9, 0.5);
  requireBetween('maxIncrease', maxIncrease, 0, 99);
  const share = significance / looks;
  if (leastChance(minSamples) > share) {
    throw new Error(
      `check '${check}' could never fail: with ${minSamples} samples of each version, nothing but errors against none at all comes by chance in ` +
        `${(leastChance(minSamples) * 100).toPrecision(2)} of 100 cases, and ${(share * 100).toPrecision(2)} are asked for; raise 'minSamples'`,
    );
  }
}

export function requireLatencyLimits(check: string, { minSamples, percentile = 95, maxRatio = 1.5, maxIncrease = Duration.millis(50) }: LatencyLimitOptions & MetricCheckOptions): void {
  requireBetween('percentile', percentile, 1, 99.99);
  requireBetween('maxRatio', maxRatio, 1, 1_000);
  requireDuration('maxIncrease', maxIncrease, 'milliseconds', 0, 3_600_000);
  const needed = Math.ceil(SAMPLES_BEYOND / (1 - percentile / 100) - 1e-6);
  if (minSamples < needed) {
    throw new Error(`'minSamples' of check '${check}' must be at least ${needed}, so that ${SAMPLES_BEYOND} samples lie beyond the ${percentile}th percentile, got ${minSamples}; raise it, or lower 'percentile'`);
  }
}

/** The smallest chance that Fisher's test can find with `n` samples each: that of n errors in one version, and none in the other. */
function leastChance(n: number): number {
  let chance = 1;
  for (let each = 1; each <= n && chance > 0; each++) {
    chance *= each / (n + each);
  }
  return chance;
}

function requireBetween(prop: string, value: number, min: number, max: number): void {
  requireKnown(`'${prop}'`, value);
  if (Token.isUnresolved(value) || !(value >= min && value <= max)) {
    throw new Error(`'${prop}' must be a number from ${min} to ${max}, got ${value}`);
  }
}

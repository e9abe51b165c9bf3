/** Draws from distributions, each from uniform numbers that come in. */

/** Where the number of hits to expect is larger than this, the normal approximation is as good as exact. */
const EXACT_UP_TO = 40;

/** How many of `trials` hit, when each does so with probability `share`. Exact where few hits (or few misses) are expected. */
export function binomial(trials: number, share: number, next: () => number): number {
  if (trials <= 0 || share <= 0) {
    return 0;
  }
  if (share >= 1) {
    return trials;
  }
  if (share > 0.5) {
    return trials - binomial(trials, 1 - share, next);
  }
  const mean = trials * share;
  if (mean <= EXACT_UP_TO) {
    return byInversion(trials, share, next());
  }
  const drawn = Math.round(mean + Math.sqrt(mean * (1 - share)) * normalQuantile(clampUniform(next())));
  return Math.min(trials, Math.max(0, drawn));
}

/** Walks the distribution from 0 on until the uniform number is used up. */
function byInversion(trials: number, share: number, uniform: number): number {
  const odds = share / (1 - share);
  let probability = (1 - share) ** trials;
  let left = uniform - probability;
  let hits = 0;
  while (left >= 0 && hits < trials) {
    hits += 1;
    probability *= (odds * (trials - hits + 1)) / hits;
    left -= probability;
  }
  return hits;
}

/** Keeps a uniform number off the ends, where the normal quantile is infinite. */
export const clampUniform = (uniform: number): number => Math.min(1 - 1e-12, Math.max(1e-12, uniform));

const CENTRAL = {
  a: [-3.969683028665376e1, 2.209460984245205e2, -2.759285104469687e2, 1.38357751867269e2, -3.066479806614716e1, 2.506628277459239],
  b: [-5.447609879822406e1, 1.615858368580409e2, -1.556989798598866e2, 6.680131188771972e1, -1.328068155288572e1, 1],
};
const TAIL = {
  c: [-7.784894002430293e-3, -3.223964580411365e-1, -2.400758277161838, -2.549732539343734, 4.374664141464968, 2.938163982698783],
  d: [7.784695709041462e-3, 3.224671290700398e-1, 2.445134137142996, 3.754408661907416, 1],
};
const TAIL_BELOW = 0.02425;

const polynomial = (coefficients: readonly number[], x: number): number => coefficients.reduce((sum, each) => sum * x + each, 0);

/** The value that a standard normal variable stays below with this probability (Acklam's approximation, relative error below 1.2e-9). */
export function normalQuantile(probability: number): number {
  if (probability < TAIL_BELOW) {
    const q = Math.sqrt(-2 * Math.log(probability));
    return polynomial(TAIL.c, q) / polynomial(TAIL.d, q);
  }
  if (probability > 1 - TAIL_BELOW) {
    return -normalQuantile(1 - probability);
  }
  const q = probability - 0.5;
  return (polynomial(CENTRAL.a, q * q) * q) / polynomial(CENTRAL.b, q * q);
}

const NORMAL_P99 = 2.3263478740408408;

/** Quantile of the log-normal distribution through these two points. */
export function logNormalQuantile(latency: { readonly p50Ms: number; readonly p99Ms: number }, probability: number): number {
  return logNormalAt(latency, normalQuantile(clampUniform(probability)));
}

/** The same for a standard normal value. A p50 of 0 is always 0; a p99 below the p50 counts as equal to it. */
export function logNormalAt(latency: { readonly p50Ms: number; readonly p99Ms: number }, standard: number): number {
  const { p50Ms, p99Ms } = latency;
  if (p50Ms <= 0) {
    return 0;
  }
  const sigma = Math.log(Math.max(p99Ms, p50Ms) / p50Ms) / NORMAL_P99;
  return p50Ms * Math.exp(sigma * standard);
}

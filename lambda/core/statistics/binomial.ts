/**
 * The binomial probability without the loss of digits that factorials of large numbers bring: Loader's saddle point expansion, whose terms
 * are as small as the logarithm of the answer.
 *
 * @see C. Loader, Fast and Accurate Computation of Binomial Probabilities (2000)
 */

const HALF_LN_TWO_PI = 0.918938533204672741780329736406;

/** `ln n!` less Stirling's approximation, for whole numbers from 0 on. */
export function stirlingError(n: number): number {
  if (n < EXACT.length) {
    return EXACT[n] ?? 0;
  }
  const square = n * n;
  return SERIES.reduceRight((sum, coefficient) => sum / square + coefficient, 0) / n;
}

/** Coefficients B(2k) / (2k (2k - 1)) of the series in 1/n, 1/n^3 and so on; from n = 16 on the rest is below the last digit. */
const SERIES = [1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188, -691 / 360360, 1 / 156];

/** Its values up to 15, where the series is not exact enough. 0! is 1 by itself. */
const EXACT: readonly number[] = [
  0,
  0.08106146679532725822,
  0.04134069595540929409,
  0.02767792568499833915,
  0.02079067210376509311,
  0.01664469118982119216,
  0.01387612882307074799,
  0.01189670994589177009,
  0.01041126526197209649,
  0.009255462182712732917,
  0.008330563433362871256,
  0.007573675487951840794,
  0.006942840107209529865,
  0.006408994188004207068,
  0.005951370112758847735,
  0.005554733551962801371,
];

/** `x ln(x / mean) + mean - x`, which is never negative; exact where x is near the mean, too. */
export function deviance(x: number, mean: number): number {
  if (x === 0) {
    return mean;
  }
  const difference = x - mean;
  if (Math.abs(difference) >= 0.1 * (x + mean)) {
    return x * Math.log(x / mean) - difference;
  }
  const ratio = difference / (x + mean);
  let term = 2 * x * ratio;
  let sum = difference * ratio;
  for (let power = 3; ; power += 2) {
    term *= ratio * ratio;
    const next = sum + term / power;
    if (next === sum) {
      return sum;
    }
    sum = next;
  }
}

/** Natural logarithm of the probability of exactly `x` hits in `n` trials that hit with probability `p`, each with `q` = 1 - p. */
export function logBinomial(x: number, n: number, p: number, q: number): number {
  if (x < 0 || x > n) {
    return -Infinity;
  }
  if (p === 0 || q === 0) {
    return (p === 0 ? x === 0 : x === n) ? 0 : -Infinity;
  }
  // Hits or misses only: the deviance from the mean, without its cancellation.
  if (x === 0) {
    return q < 0.9 ? n * Math.log(q) : n * Math.log1p(-p);
  }
  if (x === n) {
    return p < 0.9 ? n * Math.log(p) : n * Math.log1p(-q);
  }
  const errors = stirlingError(n) - stirlingError(x) - stirlingError(n - x);
  const exponent = errors - deviance(x, n * p) - deviance(n - x, n * q);
  return exponent - HALF_LN_TWO_PI - 0.5 * (Math.log(x) + Math.log1p(-x / n));
}

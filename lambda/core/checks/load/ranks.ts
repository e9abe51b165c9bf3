/** Shares and percentiles of counts. */

/** Products of decimal fractions are off by a rounding error, which must not decide. */
const ROUNDING = 1e-9;

/** Rank of a percentile among so many (nearest rank): so many of them are at most as large. */
export function rankOf(percentile: number, count: number): number {
  return Math.max(1, Math.ceil((percentile * count) / 100 - ROUNDING));
}

/** Whether a part of a whole is more than so many percent of it. */
export function exceeds(part: number, whole: number, percent: number): boolean {
  return part * 100 > percent * whole + ROUNDING * whole;
}

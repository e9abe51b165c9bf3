/** A value, and how often it was seen. */
export interface Weighted {
  readonly value: number;
  readonly count: number;
}

/**
 * The value that `percentile` percent of all values stay below: interpolated in a straight line between the two nearest of the sorted values, as
 * spreadsheets do and as NumPy does by default (definition 7 of Hyndman and Fan).
 *
 * @returns undefined where there are no values
 * @throws RangeError for a percentile outside 0 to 100, or for what is no value
 */
export function percentileOf(values: readonly Weighted[], percentile: number): number | undefined {
  if (!(percentile >= 0 && percentile <= 100)) {
    throw new RangeError(`a percentile is a number from 0 to 100, got ${percentile}`);
  }
  const wrong = values.find(({ value, count }) => !Number.isFinite(value) || !Number.isSafeInteger(count) || count < 0);
  if (wrong !== undefined) {
    throw new RangeError(`a value is a number that was seen a whole number of times, got ${wrong.value}, ${wrong.count} times`);
  }
  const sorted = values.filter(({ count }) => count > 0).sort((a, b) => a.value - b.value);
  const total = sorted.reduce((sum, { count }) => sum + count, 0);
  if (total === 0) {
    return undefined;
  }
  const rank = (percentile / 100) * (total - 1);
  const below = Math.floor(rank);
  const lower = valueAt(sorted, below);
  return rank === below ? lower : lower + (valueAt(sorted, below + 1) - lower) * (rank - below);
}

/** The value at a position, counted from 0, of the sorted list in which each stands as often as it was seen. */
function valueAt(sorted: readonly Weighted[], position: number): number {
  let seen = 0;
  const found = sorted.find(({ count }) => (seen += count) > position);
  return (found ?? sorted[sorted.length - 1]!).value;
}

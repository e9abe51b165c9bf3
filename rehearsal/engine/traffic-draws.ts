/** Draws of many requests at once. */
import type { ServiceProfile } from '../scenario/scenario';
import { binomial, logNormalAt, logNormalQuantile, normalQuantile } from './draws';

/** Edges of the bins in which latencies are kept, as shares of the requests: finer where percentiles are asked for. */
const EDGES = [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999, 1];
const BINS = EDGES.slice(1).map((edge, index) => ({ width: edge - EDGES[index], middle: normalQuantile((edge + EDGES[index]) / 2) }));
const WIDTHS = BINS.map(({ width }) => width);

/** Latencies of `count` requests: each on its own where they are few, otherwise a histogram of at most 15 values. */
export function latencies(
  latency: ServiceProfile['latency'],
  count: number,
  addMs: number,
  next: () => number,
): { value: number; count: number }[] {
  if (count <= BINS.length) {
    return Array.from({ length: count }, () => ({ value: logNormalQuantile(latency, next()) + addMs, count: 1 }));
  }
  return split(count, WIDTHS, next).flatMap((drawn, index) =>
    drawn === 0 ? [] : [{ value: logNormalAt(latency, BINS[index].middle) + addMs, count: drawn }],
  );
}

/** `count` draws over `weights`: how many fell on each. They sum to `count`. */
export function split(count: number, weights: readonly number[], next: () => number): number[] {
  let left = count;
  let rest = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight, index) => {
    const drawn = index === weights.length - 1 ? left : binomial(left, weight / rest, next);
    left -= drawn;
    rest -= weight;
    return drawn;
  });
}

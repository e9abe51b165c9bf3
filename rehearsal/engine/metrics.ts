/** Metric data as CloudWatch would hold it: put by namespace, name and dimensions, read back as a statistic over a period. */
import type { MetricDatum, MetricSink } from './ports';

export interface MetricIdentity {
  readonly namespace: string;
  readonly metricName: string;
  readonly dimensions: Readonly<Record<string, string>>;
}

/** `Sum` and its kin, or a percentile such as `p99` or `p99.9`. */
export type Statistic = 'SampleCount' | 'Average' | 'Sum' | 'Minimum' | 'Maximum' | { readonly percentile: number };

/** Shortest period of an alarm; data is kept in buckets of this length. */
export const RESOLUTION_MS = 10_000;

const DEFAULT_RETENTION_MS = 3 * 3600 * 1000;

interface Bucket {
  count: number;
  sum: number;
  min: number;
  max: number;
  /** How often each value was seen. */
  readonly values: Map<number, number>;
}

interface Series {
  readonly identity: MetricIdentity;
  readonly buckets: Map<number, Bucket>;
}

export class MetricStore implements MetricSink {
  readonly #series = new Map<string, Series>();
  #retentionMs: number;

  /** @param retentionMs data older than this, counted from the newest of its metric, is forgotten */
  constructor(retentionMs = DEFAULT_RETENTION_MS) {
    this.#retentionMs = retentionMs;
  }

  /** Keeps data for at least this long. */
  retain(ms: number): void {
    this.#retentionMs = Math.max(this.#retentionMs, ms);
  }

  /** How long data is kept at least. */
  get retentionMs(): number {
    return this.#retentionMs;
  }

  put(datum: MetricDatum): void {
    const key = metricKey(datum);
    const series = this.#series.get(key) ?? { identity: datum, buckets: new Map<number, Bucket>() };
    this.#series.set(key, series);
    const index = Math.floor(datum.at / RESOLUTION_MS);
    const bucket = series.buckets.get(index) ?? emptyBucket();
    for (const { value, count } of datum.values) {
      bucket.count += count;
      bucket.sum += value * count;
      bucket.min = Math.min(bucket.min, value);
      bucket.max = Math.max(bucket.max, value);
      bucket.values.set(value, (bucket.values.get(value) ?? 0) + count);
    }
    if (bucket.count > 0 && !series.buckets.has(index)) {
      series.buckets.set(index, bucket);
      this.#forget(series, index - Math.ceil(this.#retentionMs / RESOLUTION_MS));
    }
  }

  /** The statistic over `from` (included) to `to` (not included), multiples of ten seconds; undefined where there is no data. */
  value(metric: MetricIdentity, statistic: Statistic, from: number, to: number): number | undefined {
    const series = this.#series.get(metricKey(metric));
    if (series === undefined) {
      return undefined;
    }
    const buckets: Bucket[] = [];
    for (let index = Math.ceil(from / RESOLUTION_MS); index * RESOLUTION_MS < to; index++) {
      const bucket = series.buckets.get(index);
      if (bucket !== undefined) {
        buckets.push(bucket);
      }
    }
    return buckets.length === 0 ? undefined : aggregate(buckets, statistic);
  }

  /** Every metric that has had data. */
  metrics(): readonly MetricIdentity[] {
    return [...this.#series.values()].map(({ identity: { namespace, metricName, dimensions } }) => ({ namespace, metricName, dimensions }));
  }

  #forget(series: Series, before: number): void {
    for (const index of series.buckets.keys()) {
      if (index >= before) {
        // Data comes nearly in order: what lies behind is newer still, or is met again with the next bucket.
        return;
      }
      series.buckets.delete(index);
    }
  }
}

function emptyBucket(): Bucket {
  return { count: 0, sum: 0, min: Infinity, max: -Infinity, values: new Map<number, number>() };
}

/** Equal for the same metric, whatever the order of its dimensions. */
export function metricKey({ namespace, metricName, dimensions }: MetricIdentity): string {
  const pairs = Object.entries(dimensions).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([namespace, metricName, pairs]);
}

/** Undefined for a statistic that the rehearsal does not know (trimmed means, percentile ranks). */
export function parseStatistic(text: string): Statistic | undefined {
  if (text === 'SampleCount' || text === 'Average' || text === 'Sum' || text === 'Minimum' || text === 'Maximum') {
    return text;
  }
  const percentile = /^p(\d{1,3}(?:\.\d+)?)$/.exec(text)?.[1];
  return percentile !== undefined && Number(percentile) <= 100 ? { percentile: Number(percentile) } : undefined;
}

function aggregate(buckets: readonly Bucket[], statistic: Statistic): number {
  const count = buckets.reduce((total, bucket) => total + bucket.count, 0);
  const sum = buckets.reduce((total, bucket) => total + bucket.sum, 0);
  switch (statistic) {
    case 'SampleCount':
      return count;
    case 'Sum':
      return sum;
    case 'Average':
      return sum / count;
    case 'Minimum':
      return Math.min(...buckets.map(({ min }) => min));
    case 'Maximum':
      return Math.max(...buckets.map(({ max }) => max));
    default:
      return percentileOf(buckets, statistic.percentile, count);
  }
}

/** Linear interpolation between the two nearest of all sorted values. CloudWatch publishes no algorithm. */
function percentileOf(buckets: readonly Bucket[], percentile: number, count: number): number {
  const values = buckets.flatMap((bucket) => [...bucket.values]).sort(([a], [b]) => a - b);
  const rank = (percentile / 100) * (count - 1);
  const below = Math.max(0, Math.floor(rank));
  const at = (position: number): number => {
    let seen = 0;
    return values.find(([, times]) => (seen += times) > position)?.[0] ?? values[values.length - 1][0];
  };
  const lower = at(below);
  return rank <= below ? lower : lower + (at(below + 1) - lower) * (rank - below);
}

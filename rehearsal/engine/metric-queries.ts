/** Queries of metric data, as alarms and GetMetricData have them: a metric with its statistic, or metric math over several. */
import { evaluateMath, MathError, type Series } from './metric-math';
import { parseStatistic, type MetricIdentity, type MetricStore, type Statistic } from './metrics';
import { isUnmodelled } from './unmodelled-metrics';

export interface MetricDataQuery {
  readonly Id: string;
  readonly Expression?: string;
  readonly Label?: string;
  readonly ReturnData?: boolean;
  readonly Period?: number;
  readonly AccountId?: string;
  readonly MetricStat?: {
    readonly Metric: { readonly Namespace?: string; readonly MetricName?: string; readonly Dimensions?: readonly Dimension[] };
    readonly Period: number;
    readonly Stat: string;
    readonly Unit?: string;
  };
}

export interface Dimension {
  readonly Name: string;
  readonly Value: string;
}

/** What the rehearsal does not evaluate, with the reason. */
export class OutsideError extends Error {}

export interface MetricInput {
  readonly metric: MetricIdentity;
  readonly statistic: Statistic;
}

/** One value for each start, over a period from it. */
export type SeriesReader = (store: Pick<MetricStore, 'value'>, starts: readonly number[], periodMs: number) => Series;

interface NamedMetric {
  readonly Namespace?: string;
  readonly MetricName?: string;
  readonly Dimensions?: readonly Dimension[];
}

/** @throws OutsideError for a statistic that is not evaluated */
export function metricInput(named: NamedMetric, stat: string): MetricInput {
  const { Namespace: namespace, MetricName: metricName, Dimensions: dimensions = [] } = named;
  if (namespace === undefined || metricName === undefined) {
    throw new OutsideError('a metric without a namespace and a name is not evaluated');
  }
  if (isUnmodelled(namespace, metricName)) {
    throw new OutsideError(`the metric ${metricName} of ${namespace} is not modelled, so that nothing is known of it`);
  }
  const statistic = parseStatistic(stat);
  if (statistic === undefined) {
    const known = 'SampleCount, Average, Sum, Minimum, Maximum and percentiles such as p99';
    throw new OutsideError(`the statistic '${stat}' is not evaluated; known are ${known}`);
  }
  const pairs = Object.fromEntries(dimensions.map(({ Name, Value }) => [Name, Value]));
  return { metric: { namespace, metricName, dimensions: pairs }, statistic };
}

export function readSeries(store: Pick<MetricStore, 'value'>, { metric, statistic }: MetricInput, starts: readonly number[], periodMs: number): Series {
  return starts.map((start) => store.value(metric, statistic, start, start + periodMs));
}

type Named<T> = ReadonlyMap<string, T>;

/** Reads one of the queries, and those that it refers to. @throws OutsideError */
export function mathReader(resultId: string, inputs: Named<MetricInput>, expressions: Named<string>): SeriesReader {
  return (store, starts, periodMs) => {
    const busy = new Set<string>();
    const resolve = (id: string): Series | undefined => {
      const input = inputs.get(id);
      if (input !== undefined) {
        return readSeries(store, input, starts, periodMs);
      }
      const expression = expressions.get(id);
      if (expression === undefined) {
        return undefined;
      }
      if (busy.has(id)) {
        throw new OutsideError(`the expression '${id}' refers to itself`);
      }
      busy.add(id);
      const series = evaluateMath(expression, { periods: starts.length, series: resolve, metricIds: [...inputs.keys()] });
      busy.delete(id);
      return series;
    };
    try {
      return resolve(resultId) ?? [];
    } catch (error) {
      throw error instanceof MathError ? new OutsideError(error.message) : error;
    }
  };
}

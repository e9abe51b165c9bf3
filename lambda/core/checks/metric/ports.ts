/** What a metric check asks of AWS. Dates are milliseconds since 1970. */

/** CloudWatch, as far as metrics are read from it. */
export interface MetricSource {
  /** One series for each query. Rejects with `ServiceFailure` where CloudWatch does not answer in full. */
  read(request: MetricRequest, signal: AbortSignal): Promise<MetricData>;
}

export interface MetricRequest extends Span {
  readonly queries: readonly MetricQuery[];
  /** Length of one data point. */
  readonly periodMs: number;
}

/** From the first moment (included) to the last (not included). */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** A metric with its statistic, or an expression over others. */
export type MetricQuery =
  | {
      readonly id: string;
      readonly namespace: string;
      readonly metricName: string;
      readonly dimensions: Readonly<Record<string, string>>;
      readonly statistic: string;
      readonly unit?: string;
      readonly accountId?: string;
    }
  | { readonly id: string; readonly expression: string };

/** By the ids of the queries. */
export type MetricData = ReadonlyMap<string, MetricSeries>;

export interface MetricSeries {
  /** The oldest first. */
  readonly points: readonly MetricPoint[];
  /** What CloudWatch says about the series, such as that a division by zero gave no data point. */
  readonly messages: readonly string[];
}

export interface MetricPoint {
  /** Beginning of the period. */
  readonly at: number;
  readonly value: number;
}

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

/** CodeDeploy, as far as it tells which version is which. Rejects with `ServiceFailure`. */
export interface TargetReader {
  targetOf(deploymentId: string, signal: AbortSignal): Promise<TargetFacts>;
}

/** What is deployed, and how far the deployment has come. Plain JSON. */
export interface TargetFacts {
  readonly events: readonly EventFacts[];
  readonly versions: EcsVersions | LambdaVersions;
}

export interface EventFacts {
  readonly name: string;
  readonly startedAt?: number;
  readonly endedAt?: number;
}

export interface EcsVersions {
  readonly platform: 'ECS';
  readonly taskSets: readonly TaskSetFacts[];
}

export interface TaskSetFacts {
  /** Such as `ecs-svc/9223370493423413672`. */
  readonly id: string;
  /** `Blue` for the original, `Green` for the replacement. */
  readonly label?: string;
  readonly trafficWeight?: number;
  /** Name of its target group. */
  readonly targetGroup?: string;
}

export interface LambdaVersions {
  readonly platform: 'Lambda';
  readonly currentVersion?: string;
  readonly targetVersion?: string;
}

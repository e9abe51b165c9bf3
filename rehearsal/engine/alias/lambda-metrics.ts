/**
 * What Lambda publishes about invocations of a function.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
 */
import type { MetricSink } from '../ports';

export const LAMBDA_NAMESPACE = 'AWS/Lambda';

export interface FunctionInvocations {
  readonly at: number;
  /** The version that ran. */
  readonly version: string;
  /** The alias or version by which it was invoked. */
  readonly qualifier: string;
  readonly errors: number;
  /** Invocations that Lambda refused; they count as neither invocations nor errors. */
  readonly throttles: number;
  /** In milliseconds, with how many invocations took it: one for each that ran. */
  readonly durations: readonly { readonly value: number; readonly count: number }[];
}

export class LambdaMetrics {
  constructor(
    private readonly functionName: string,
    private readonly sink: MetricSink,
  ) {}

  record({ at, version, qualifier, errors, throttles, durations }: FunctionInvocations): void {
    const FunctionName = this.functionName;
    const Resource = `${FunctionName}:${qualifier}`;
    // Only an alias stands for several versions.
    const executed: readonly Record<string, string>[] = qualifier === version ? [] : [{ FunctionName, Resource, ExecutedVersion: version }];
    const ran = durations.reduce((sum, { count }) => sum + count, 0);
    const byResource: readonly Record<string, string>[] = [{ FunctionName }, { FunctionName, Resource }, ...executed];
    for (const dimensions of byResource) {
      const put = (metricName: string, values: FunctionInvocations['durations']): void => {
        const some = values.filter(({ count }) => count > 0);
        if (some.length > 0) {
          this.sink.put({ namespace: LAMBDA_NAMESPACE, metricName, dimensions, at, values: some });
        }
      };
      put('Invocations', [{ value: 1, count: ran }]);
      // One value for each invocation, so that the average is a rate.
      put('Errors', [{ value: 0, count: ran - errors }, { value: 1, count: errors }]);
      put('Throttles', [{ value: 0, count: ran }, { value: 1, count: throttles }]);
      put('Duration', durations);
    }
  }
}

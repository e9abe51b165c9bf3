/** Metrics of Lambda and their dimensions. */

export const LAMBDA_NAMESPACE = 'AWS/Lambda';

/**
 * Metrics that have the dimension `ExecutedVersion`, as CloudWatch lists them; the CDK has the list as `lambda-canned-metrics.generated`.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-view.html
 */
const BY_VERSION = [
  'ConcurrentExecutions',
  'Duration',
  'Errors',
  'Invocations',
  'PostRuntimeExtensionsDuration',
  'ProvisionedConcurrencyInvocations',
  'ProvisionedConcurrencySpilloverInvocations',
  'ProvisionedConcurrencyUtilization',
  'ProvisionedConcurrentExecutions',
  'Throttles',
];

/** @throws for a metric that all versions of an alias share */
export function requireVersionedMetric(metricName: string): void {
  if (!BY_VERSION.includes(metricName)) {
    throw new Error(`Lambda tells versions apart in the metrics ${BY_VERSION.join(', ')}, got '${metricName}'; take MetricCheck.absolute for what all versions of an alias share`);
  }
}

/** Made of names, so that whatever has them waits for no alias. */
export function versionedDimensions(functionName: string, aliasName: string): { readonly FunctionName: string; readonly Resource: string } {
  return { FunctionName: functionName, Resource: `${functionName}:${aliasName}` };
}

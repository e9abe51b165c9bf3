/** Metrics that nothing in a rehearsal publishes although it plays what they are of: no data would look like a function that is well. */
import { LAMBDA_NAMESPACE } from './alias/lambda-metrics';

/** What is published of the function that is released. */
const OF_LAMBDA = ['Invocations', 'Errors', 'Throttles', 'Duration'];

export function isUnmodelled(namespace: string, metricName: string): boolean {
  return namespace === LAMBDA_NAMESPACE && !OF_LAMBDA.includes(metricName);
}

/** Metrics that nothing in a rehearsal publishes: whoever reads them is told so, since no data would look like a quiet service. */
import { LAMBDA_NAMESPACE } from './alias/lambda-metrics';

/** What Lambda publishes here, of the function that is released. */
const OF_LAMBDA = ['Invocations', 'Errors', 'Throttles', 'Duration'];

/** Services of AWS whose metrics a rehearsal knows nothing of, among those that functions of a rollout meet. */
const UNKNOWN_NAMESPACES = ['AWS/SQS', 'AWS/Kinesis', 'AWS/DynamoDB'];

export function isUnmodelled(namespace: string, metricName: string): boolean {
  return UNKNOWN_NAMESPACES.includes(namespace) || (namespace === LAMBDA_NAMESPACE && !OF_LAMBDA.includes(metricName));
}

import type { InvocationEnd, Invoker } from '../core/ports';
import type { AwsAnswer, AwsCall } from './aws-call';
import { awsCall, serviceFailure } from './aws-call';
import { LAMBDA } from './aws-endpoint';
import { jsonError, parseObject } from './json-rpc';

const OPERATION = 'Invoke';

/** The answer comes when the function ends, up to 15 minutes later: only the signal ends the waiting. */
const NO_TIMEOUT = 0;

/** Invokes synchronously, and once: a second attempt would run the user's function twice. */
export function lambdaInvoker(call: AwsCall = awsCall(LAMBDA, { requestTimeoutMs: NO_TIMEOUT, freshConnection: true })): Invoker {
  return {
    invoke: async (functionArn, payload, signal) => {
      const answer = await call(
        {
          operation: OPERATION,
          path: `/2015-03-31/functions/${encodeURIComponent(functionArn)}/invocations`,
          headers: { 'content-type': 'application/octet-stream', 'x-amz-invocation-type': 'RequestResponse' },
          body: JSON.stringify(payload),
        },
        signal,
      );
      if (answer.status < 200 || answer.status >= 300) {
        throw serviceFailure(LAMBDA, OPERATION, jsonError(answer, parseObject(answer.body)));
      }
      return endOf(answer);
    },
  };
}

function endOf(answer: AwsAnswer): InvocationEnd {
  const functionError = answer.headers['x-amz-function-error'];
  if (functionError === undefined) {
    return { end: 'returned' };
  }
  const { errorType, errorMessage } = parseObject(answer.body) ?? {};
  return {
    end: 'failed',
    errorType: typeof errorType === 'string' ? errorType : functionError,
    errorMessage: typeof errorMessage === 'string' ? errorMessage : 'no message',
  };
}

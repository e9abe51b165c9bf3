import type { InvocationEnd, Invoker, SelfInvoker } from '../core/ports';
import type { AwsAnswer, AwsCall, AwsRequest } from './aws-call';
import { awsCall, serviceFailure } from './aws-call';
import type { Variables } from './aws-endpoint';
import { LAMBDA } from './aws-endpoint';
import { jsonError, parseObject } from './json-rpc';

const OPERATION = 'Invoke';

/** The answer comes when the function ends, up to 15 minutes later: only the signal ends the waiting. */
const NO_TIMEOUT = 0;

/** Invokes synchronously, and once: a second attempt would run the user's function twice. */
export function lambdaInvoker(call: AwsCall = awsCall(LAMBDA, { requestTimeoutMs: NO_TIMEOUT, freshConnection: true })): Invoker {
  return {
    invoke: async (functionArn, payload, signal) => {
      const answer = await call(invocation(functionArn, 'RequestResponse', payload), signal);
      if (answer.status < 200 || answer.status >= 300) {
        throw failureOf(answer);
      }
      return endOf(answer);
    },
  };
}

/** What Lambda answers when it has taken an event into its queue. */
const QUEUED = 202;

/** Queues an invocation of this function, and once: a second attempt might have everything done twice. */
export function selfInvoker(call: AwsCall = awsCall(LAMBDA, { freshConnection: true }), variables: Variables = process.env): SelfInvoker {
  return {
    invokeLater: async (payload, signal) => {
      const name = variables['AWS_LAMBDA_FUNCTION_NAME'];
      if (name === undefined || name === '') {
        throw new Error('environment variable AWS_LAMBDA_FUNCTION_NAME is not set');
      }
      const answer = await call(invocation(name, 'Event', payload), signal);
      if (answer.status !== QUEUED) {
        throw failureOf(answer);
      }
    },
  };
}

function invocation(functionArn: string, type: 'RequestResponse' | 'Event', payload: object): AwsRequest {
  return {
    operation: OPERATION,
    path: `/2015-03-31/functions/${encodeURIComponent(functionArn)}/invocations`,
    headers: { 'content-type': 'application/octet-stream', 'x-amz-invocation-type': type },
    body: JSON.stringify(payload),
  };
}

const failureOf = (answer: AwsAnswer) => serviceFailure(LAMBDA, OPERATION, jsonError(answer, parseObject(answer.body)));

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

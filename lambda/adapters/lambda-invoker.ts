import type { Invocation, InvocationEnd, Invoker, SelfInvoker } from '../core/ports';
import type { AwsAnswer, AwsCall } from './aws-call';
import { awsCall, serviceFailure } from './aws-call';
import type { Variables } from './aws-endpoint';
import { LAMBDA } from './aws-endpoint';
import { jsonError, parseObject } from './json-rpc';

const OPERATION = 'Invoke';

/** The answer comes when the function ends, up to 15 minutes later: only the signal ends the waiting. */
const NO_TIMEOUT = 0;

/** What Lambda answers when it has taken an event into its queue. */
const QUEUED = 202;

/** Invokes synchronously, and once: a second attempt would run the user's function twice. */
export function lambdaInvoker(call: AwsCall = awsCall(LAMBDA, { requestTimeoutMs: NO_TIMEOUT, freshConnection: true })): Invoker {
  return {
    invoke: async (invocation, signal) => {
      const { functionArn, payload } = invocation;
      const answer = await call({ operation: OPERATION, path: pathOf(functionArn), headers: headersOf(invocation), body: payload }, signal);
      if (answer.status < 200 || answer.status >= 300) {
        throw failureOf(answer);
      }
      return endOf(answer);
    },
  };
}

/** Queues an invocation of this function, and once: a second attempt might have everything done twice. */
export function selfInvoker(call: AwsCall = awsCall(LAMBDA, { freshConnection: true }), variables: Variables = process.env): SelfInvoker {
  return {
    invokeLater: async (payload, signal) => {
      const name = variables['AWS_LAMBDA_FUNCTION_NAME'];
      if (name === undefined || name === '') {
        throw new Error('environment variable AWS_LAMBDA_FUNCTION_NAME is not set');
      }
      const headers = { 'content-type': 'application/octet-stream', 'x-amz-invocation-type': 'Event' };
      const answer = await call({ operation: OPERATION, path: pathOf(name), headers, body: JSON.stringify(payload) }, signal);
      if (answer.status !== QUEUED) {
        throw failureOf(answer);
      }
    },
  };
}

const pathOf = (nameOrArn: string): string => `/2015-03-31/functions/${encodeURIComponent(nameOrArn)}/invocations`;

function headersOf({ custom, logTail }: Invocation): Readonly<Record<string, string>> {
  return {
    'content-type': 'application/octet-stream',
    'x-amz-invocation-type': 'RequestResponse',
    ...(custom === undefined ? {} : { 'x-amz-client-context': base64(JSON.stringify({ custom })) }),
    ...(logTail === true ? { 'x-amz-log-type': 'Tail' } : {}),
  };
}

const failureOf = (answer: AwsAnswer) => serviceFailure(LAMBDA, OPERATION, jsonError(answer, parseObject(answer.body)));

function endOf({ headers, body, bytes }: AwsAnswer): InvocationEnd {
  const executedVersion = headers['x-amz-executed-version'];
  const log = Buffer.from(headers['x-amz-log-result'] ?? '', 'base64').toString('utf8');
  const answer = { payload: bytes, log, ...(executedVersion === undefined ? {} : { executedVersion }) };
  const functionError = headers['x-amz-function-error'];
  if (functionError === undefined) {
    return { end: 'returned', ...answer };
  }
  const { errorType, errorMessage } = parseObject(body) ?? {};
  return {
    end: 'failed',
    errorType: typeof errorType === 'string' ? errorType : functionError,
    errorMessage: typeof errorMessage === 'string' ? errorMessage : 'no message',
    ...answer,
  };
}

const base64 = (text: string): string => Buffer.from(text, 'utf8').toString('base64');

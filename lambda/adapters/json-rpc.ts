import type { AwsCall } from './aws-call';
import { serviceFailure } from './aws-call';
import type { AwsService } from './aws-endpoint';

/** The AWS JSON protocol of a service. */
export interface JsonRpc {
  readonly service: AwsService;
  readonly version: '1.0' | '1.1';
  /** Before the dot of `x-amz-target`. */
  readonly target: string;
  /** The service used to speak the query protocol, and names its errors so. */
  readonly queryCompatible?: boolean;
}

/**
 * Calls an operation and returns its output. Rejects with `ServiceFailure`.
 *
 * @see https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html
 */
export async function callJson(call: AwsCall, rpc: JsonRpc, operation: string, input: object, signal: AbortSignal): Promise<Readonly<Record<string, unknown>>> {
  const headers = {
    'content-type': `application/x-amz-json-${rpc.version}`,
    'x-amz-target': `${rpc.target}.${operation}`,
    ...(rpc.queryCompatible === true ? { 'x-amzn-query-mode': 'true' } : {}),
  };
  const answer = await call({ operation, path: '/', headers, body: JSON.stringify(input) }, signal);
  const output = parseObject(answer.body);
  if (answer.status >= 200 && answer.status < 300 && output !== undefined) {
    return output;
  }
  const code = errorCode(answer.headers, output) ?? `HTTP ${answer.status}`;
  const message = output?.['message'] ?? output?.['Message'];
  throw serviceFailure(rpc.service, operation, answer.status, code, typeof message === 'string' ? message : `no message, ${answer.body.length} characters that are no error of the service`);
}

/** `aws.protocoltests#FooError:http://...` is spelled FooError. */
export function errorCode(headers: Readonly<Record<string, string>>, output: Readonly<Record<string, unknown>> | undefined): string | undefined {
  const query = headers['x-amzn-query-error']?.split(';')[0];
  const named = query ?? headers['x-amzn-errortype'] ?? output?.['__type'] ?? output?.['code'];
  return typeof named === 'string' && named !== '' ? named.replace(/^.*#/, '').replace(/:.*$/, '') : undefined;
}

/** An empty body is an empty output. */
export function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = text.trim() === '' ? {} : JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

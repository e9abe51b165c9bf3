import type { AwsAnswer, AwsCall, ServiceError } from './aws-call';
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

export type JsonObject = Readonly<Record<string, unknown>>;

/** Calls an operation and returns its output. Rejects with `ServiceFailure`. */
export type JsonClient = (operation: string, input: object, signal: AbortSignal) => Promise<JsonObject>;

/** @see https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html */
export function jsonClient(call: AwsCall, rpc: JsonRpc): JsonClient {
  return async (operation, input, signal) => {
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
    throw serviceFailure(rpc.service, operation, jsonError(answer, output));
  };
}

/** What an answer in JSON says of its error. `com.amazonaws.example#FooError:http://...` is spelled FooError. */
export function jsonError({ status, headers }: AwsAnswer, output: JsonObject | undefined): ServiceError {
  const query = headers['x-amzn-query-error']?.split(';')[0];
  const named = query ?? headers['x-amzn-errortype'] ?? output?.['__type'] ?? output?.['code'];
  const message = output?.['message'] ?? output?.['Message'];
  return {
    status,
    code: typeof named === 'string' && named !== '' ? named.replace(/^.*#/, '').replace(/:.*$/, '') : `HTTP ${status}`,
    message: typeof message === 'string' ? message : 'no message',
  };
}

/** An empty body is an empty output. */
export function parseObject(text: string): JsonObject | undefined {
  try {
    const value: unknown = text.trim() === '' ? {} : JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined;
  } catch {
    return undefined;
  }
}

export const objectOf = (value: unknown): JsonObject | undefined => (typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined);

/** The objects of a list. */
export const objects = (value: unknown): readonly JsonObject[] => (Array.isArray(value) ? (value as unknown[]).map(objectOf).filter((each) => each !== undefined) : []);

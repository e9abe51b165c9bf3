import type { AwsCall, AwsRequest } from './aws-call';
import { serviceFailure } from './aws-call';
import type { AwsService } from './aws-endpoint';
import type { JsonObject } from './json-rpc';
import { jsonError, parseObject } from './json-rpc';

export interface RestJsonRequest extends Pick<AwsRequest, 'operation' | 'path' | 'query'>, Required<Pick<AwsRequest, 'method'>> {
  readonly input?: object;
}

/** Calls an operation and returns its output. Rejects with `ServiceFailure`. */
export type RestJsonClient = (request: RestJsonRequest, signal: AbortSignal) => Promise<JsonObject>;

/** @see https://smithy.io/2.0/aws/protocols/aws-restjson1-protocol.html */
export function restJsonClient(call: AwsCall, service: AwsService): RestJsonClient {
  return async ({ input, ...request }, signal) => {
    const headers: AwsRequest['headers'] = input === undefined ? {} : { 'content-type': 'application/json' };
    const answer = await call({ ...request, headers, body: input === undefined ? '' : JSON.stringify(input) }, signal);
    const output = parseObject(answer.body);
    if (answer.status >= 200 && answer.status < 300 && output !== undefined) {
      return output;
    }
    throw serviceFailure(service, request.operation, jsonError(answer, output));
  };
}

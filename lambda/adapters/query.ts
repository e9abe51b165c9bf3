/** The query protocol: a form goes out, XML comes back. */
import type { AwsCall } from './aws-call';
import { serviceFailure } from './aws-call';
import type { AwsService } from './aws-endpoint';
import type { XmlFields } from './xml';
import { fields, parseDocument, text } from './xml';

/** Calls an operation and returns its result. Rejects with `ServiceFailure`. */
export type QueryClient = (operation: string, parameters: Readonly<Record<string, string>>, signal: AbortSignal) => Promise<XmlFields>;

/** @see https://smithy.io/2.0/aws/protocols/aws-query-protocol.html */
export function queryClient(call: AwsCall, service: AwsService, version: string): QueryClient {
  return async (operation, parameters, signal) => {
    const form = new URLSearchParams({ Action: operation, ...parameters, Version: version });
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const answer = await call({ operation, path: '/', headers, body: form.toString() }, signal);
    const root = parseDocument(service, operation, answer);
    const { status } = answer;
    if (status < 200 || status >= 300) {
      const error = fields(fields(root['ErrorResponse'])['Error']);
      throw serviceFailure(service, operation, { status, code: text(error['Code']) ?? `HTTP ${status}`, message: text(error['Message']) ?? 'no message' });
    }
    return fields(fields(root[`${operation}Response`])[`${operation}Result`]);
  };
}

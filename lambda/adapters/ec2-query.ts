/** EC2's own query protocol: a form goes out, XML comes back, without an element around the result. */
import type { AwsCall } from './aws-call';
import { serviceFailure } from './aws-call';
import { EC2 } from './aws-endpoint';
import type { XmlFields } from './xml';
import { fields, listed, parseDocument, text } from './xml';

const API_VERSION = '2016-11-15';

/**
 * Calls an operation and returns its result. Rejects with `ServiceFailure`.
 *
 * @see https://smithy.io/2.0/aws/protocols/aws-ec2-query-protocol.html
 */
export async function ec2Query(call: AwsCall, operation: string, parameters: Readonly<Record<string, string>>, signal: AbortSignal): Promise<XmlFields> {
  const form = new URLSearchParams({ Action: operation, Version: API_VERSION, ...parameters });
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  const answer = await call({ operation, path: '/', headers, body: form.toString() }, signal);
  const { status } = answer;
  const root = parseDocument(EC2, operation, answer);
  const response = root[`${operation}Response`];
  if (status < 200 || status >= 300 || response === undefined) {
    const error = fields(listed(fields(fields(root['Response'])['Errors'])['Error'])[0]);
    throw serviceFailure(EC2, operation, { status, code: text(error['Code']) ?? `HTTP ${status}`, message: text(error['Message']) ?? 'no message' });
  }
  return fields(response);
}

/**
 * AWS JSON 1.0 and 1.1: POST to `/`, the operation in `x-amz-target`, structures as JSON, times as seconds since 1970.
 *
 * @see https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html
 */
import { gunzipSync } from 'node:zlib';
import { ServiceError } from '../engine/ports';
import type { Outcome } from './aws-service';
import { header } from './aws-service';
import { Fields } from './fields';
import type { LoopbackRequest as Request, LoopbackResponse as Answer } from './loopback-server';

/** Largest body after decompression, in bytes: PutMetricData takes 1 MB, PutEvents less. */
export const MAX_BODY_BYTES = 4 * 1024 * 1024;

/** The body as it was before the client compressed it. */
export function plainBody(request: Request): Buffer {
  const encoding = header(request, 'content-encoding');
  if (encoding === undefined || encoding === 'identity') {
    return checkedSize(request.body);
  }
  if (encoding !== 'gzip') {
    throw new ServiceError('SerializationException', `content-encoding '${encoding}' is not supported; use gzip or none`);
  }
  try {
    return gunzipSync(request.body, { maxOutputLength: MAX_BODY_BYTES });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') {
      throw tooLarge();
    }
    throw new ServiceError('SerializationException', 'the body is not valid gzip');
  }
}

function checkedSize(body: Buffer): Buffer {
  if (body.length > MAX_BODY_BYTES) {
    throw tooLarge();
  }
  return body;
}

function tooLarge(): ServiceError {
  return new ServiceError('RequestEntityTooLargeException', `the body must not be larger than ${MAX_BODY_BYTES} bytes`, 413);
}

/** Version and operation of an AWS JSON request: `CodeDeploy_20141006.GetDeployment` has the prefix before the last point. */
export function jsonTarget(request: Request): { readonly prefix: string; readonly operation: string } | undefined {
  const target = header(request, 'x-amz-target');
  const point = target?.lastIndexOf('.') ?? -1;
  return target === undefined || point < 1 ? undefined : { prefix: target.slice(0, point), operation: target.slice(point + 1) };
}

export function readJson(request: Request): Fields {
  const text = plainBody(request).toString('utf8');
  if (text.trim() === '') {
    return new Fields({});
  }
  try {
    return Fields.of(JSON.parse(text));
  } catch (error) {
    if (error instanceof SyntaxError) {
      throw new ServiceError('SerializationException', 'the body is not valid JSON');
    }
    throw error;
  }
}

/** How a service that used to speak query names its errors there (`x-amzn-query-error`). */
export type QueryErrorName = (code: string) => string;

export function jsonAnswer(
  outcome: Outcome,
  wire: { readonly version: '1.0' | '1.1'; readonly requestId: string; readonly queryError?: QueryErrorName },
): Answer {
  const headers: Record<string, string> = { 'content-type': `application/x-amz-json-${wire.version}`, 'x-amzn-requestid': wire.requestId };
  if ('output' in outcome) {
    return { status: 200, headers, body: JSON.stringify(jsonValue(outcome.output)) };
  }
  const { error } = outcome;
  if (wire.queryError) {
    headers['x-amzn-query-error'] = queryErrorHeader(wire.queryError(error.code), error.status);
  }
  return { status: error.status, headers, body: JSON.stringify({ __type: error.code, message: error.message }) };
}

export function queryErrorHeader(code: string, status: number): string {
  return `${code};${status >= 500 ? 'Receiver' : 'Sender'}`;
}

/** Times become seconds with their fraction; absent members stay away. */
function jsonValue(value: unknown): unknown {
  if (value instanceof Date) {
    return value.getTime() / 1000;
  }
  if (Array.isArray(value)) {
    return value.map(jsonValue);
  }
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).flatMap(([name, member]) => (member === undefined ? [] : [[name, jsonValue(member)]])));
  }
  return value;
}

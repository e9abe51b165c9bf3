/** Reads requests, and where they go. */
import type { HttpRequestDocument, RequestTarget } from '../../../lib/model/suite';
import { ConfigurationError } from '../failures';
import type { Fields } from './fields';

/** Longest time-out, interval and time to settle: what a function can wait at all. */
export const MAX_MS = 900_000;
const MAX_REDIRECTS = 10;

const METHOD = /^[A-Za-z]{1,20}$/;
export const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
/** A line break or a blank would end the request line early. */
const PATH = /^\/[^\s#]*$/;
const HOST = /^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?(:\d{1,5})?$/;

/** Headers that the client itself writes. */
const RESERVED_HEADERS = ['host', 'content-length', 'transfer-encoding', 'connection'];

export function parseTarget(fields: Fields): RequestTarget {
  return fields.has('url') ? { url: fields.string('url') } : { listener: fields.oneOf('listener', ['test', 'production']) };
}

export function parseRequest(fields: Fields, target: RequestTarget): HttpRequestDocument {
  const headers = fields.strings('headers', HEADER_NAME, HEADER_VALUE);
  const reserved = Object.keys(headers).find((name) => RESERVED_HEADERS.includes(name.toLowerCase()));
  if (reserved !== undefined) {
    const remedy = "name the host with 'host', the rest is written by the client";
    throw new ConfigurationError(`suite.json: '${fields.at('headers')}' must not hold "${reserved}"; ${remedy}`);
  }
  const path =
    'url' in target
      ? fields.string('path', /^$/, 'empty, since the URL holds the path')
      : fields.string('path', PATH, 'a path that begins with / and holds no blank');
  return {
    method: fields.string('method', METHOD, 'an HTTP method').toUpperCase(),
    path,
    headers,
    ...(fields.has('body') ? { body: fields.string('body') } : {}),
    timeoutMs: fields.integer('timeoutMs', 1, MAX_MS),
    ...(fields.has('host') ? { host: fields.string('host', HOST, 'a host name, with a port where it needs one') } : {}),
    maxRedirects: fields.integer('maxRedirects', 0, MAX_REDIRECTS),
  };
}

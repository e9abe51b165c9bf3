/** Reads requests, where they go, and what is asserted of their answers. */
import type { AssertionDocument, HttpRequestDocument, RequestTarget } from '../../../lib/model/suite';
import { ConfigurationError } from '../failures';
import type { Fields } from './fields';
import { wrong } from './fields';

/** Longest time-out, interval and time to settle: what a function can wait at all. */
const MAX_MS = 900_000;
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

/** How each kind of assertion is read. */
const ASSERTIONS: { readonly [Kind in AssertionDocument['kind']]: (fields: Fields) => AssertionDocument } = {
  status: (fields) => ({ kind: 'status', equals: fields.integer('equals', 100, 599) }),
  statusBetween: (fields) => {
    const min = fields.integer('min', 100, 599);
    return { kind: 'statusBetween', min, max: fields.integer('max', min, 599) };
  },
  headerEquals: (fields) => ({ kind: 'headerEquals', name: headerName(fields), equals: fields.string('equals') }),
  headerMatches: (fields) => ({ kind: 'headerMatches', name: headerName(fields), pattern: fields.string('pattern') }),
  bodyContains: (fields) => ({ kind: 'bodyContains', text: fields.string('text', /[^]/, 'a text that is not empty') }),
  bodyMatches: (fields) => ({ kind: 'bodyMatches', pattern: fields.string('pattern') }),
  jsonPathEquals: (fields) => ({ kind: 'jsonPathEquals', path: fields.string('path'), equals: scalar(fields) }),
  jsonPathMatches: (fields) => ({ kind: 'jsonPathMatches', path: fields.string('path'), pattern: fields.string('pattern') }),
  jsonPathExists: (fields) => ({ kind: 'jsonPathExists', path: fields.string('path') }),
  latencyBelow: (fields) => ({ kind: 'latencyBelow', ms: fields.integer('ms', 1, MAX_MS) }),
};

export function parseAssertion(fields: Fields): AssertionDocument {
  return ASSERTIONS[fields.oneOf('kind', Object.keys(ASSERTIONS) as AssertionDocument['kind'][])](fields);
}

function headerName(fields: Fields): string {
  return fields.string('name', HEADER_NAME, 'a header name').toLowerCase();
}

function scalar(fields: Fields): string | number | boolean | null {
  const value = fields.raw('equals');
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
    return value;
  }
  throw wrong(fields.at('equals'), 'a string, a number, true, false or null', value);
}

/** Syntax of what a check sends and looks at. Values that the handler fills in when it runs pass where they are not known yet. */
import { Token } from 'aws-cdk-lib/core';

/** A token of RFC 9110, which methods and header names are made of. */
export const HTTP_TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/** Headers that the handler sets by itself. */
const RESERVED_HEADERS = ['host', 'content-length', 'connection', 'transfer-encoding'];

/** Longest pattern, in characters. */
const MAX_PATTERN_LENGTH = 1000;

/** What it says is judged with the whole suite, by the engine that will run it. */
export function requirePattern(pattern: string): void {
  if (!Token.isUnresolved(pattern) && (pattern.length < 1 || pattern.length > MAX_PATTERN_LENGTH)) {
    throw new Error(`a pattern must have 1 to ${MAX_PATTERN_LENGTH} characters, got ${pattern.length}; write what is to match`);
  }
}

/** Names and paths are written into the suite as they are; only values may be filled in later. */
export function requireLiteral(what: string, text: string): void {
  if (Token.isUnresolved(text)) {
    throw new Error(`${what} must be known at synth, got a deploy-time value; write the text`);
  }
}

export function requireJsonPath(path: string): void {
  requireLiteral('a JSON path', path);
  if (!/^\$(?:[.[].*)?$/s.test(path)) {
    throw new Error(`a JSON path starts with '$' and goes on with '.' or '[', got '${path}'; write '$.status' for the member 'status'`);
  }
}

export function requireHeaderName(name: string): void {
  requireLiteral('a header name', name);
  if (!HTTP_TOKEN.test(name)) {
    throw new Error(`'${name}' is not a header name; use letters, digits and '-'`);
  }
}

export function requireRequestHeader(name: string, value: string): void {
  requireHeaderName(name);
  if (RESERVED_HEADERS.includes(name.toLowerCase())) {
    const remedy = name.toLowerCase() === 'host' ? "use 'host', which sets the TLS server name too" : 'leave it out';
    throw new Error(`header '${name}' is set by the handler; ${remedy}`);
  }
  if (!Token.isUnresolved(value) && /[\r\n\0]/.test(value)) {
    throw new Error(`value of header '${name}' must be one line; remove the line breaks`);
  }
}

export function requireMethod(method: string): void {
  requireLiteral("'method'", method);
  if (!/^[A-Z]+$/.test(method)) {
    throw new Error(`'method' must be a method such as 'GET' in capital letters, got '${method}'`);
  }
}

export function requirePath(path: string): void {
  if (!Token.isUnresolved(path) && !/^\/[^\s#]*$/.test(path)) {
    throw new Error(`'path' must start with '/' and hold no space and no '#', got '${path}'; encode other characters`);
  }
}

export function requireHost(host: string): void {
  if (!Token.isUnresolved(host) && !/^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/.test(host)) {
    throw new Error(`'host' must be a host name without scheme and port, such as 'web.example.com', got '${host}'`);
  }
}

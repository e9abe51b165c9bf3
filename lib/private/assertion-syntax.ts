/** What can be said at synth about the values that assertions compare with. */
import type { Size } from 'aws-cdk-lib/core';
import { SizeRoundingBehavior, Token } from 'aws-cdk-lib/core';

import type { CookieOptions } from '../checks/cookie-options';
import type { CookieConditionDocument, JsonSchema } from '../model/suite';
import { HTTP_TOKEN } from './http-syntax';
import { requireKnown } from './numbers';

const MAX_DESCRIPTION = 200;

export function requireSha256(hash: string): void {
  if (Token.isUnresolved(hash) || !/^[0-9A-Fa-f]{64}$/.test(hash)) {
    throw new Error(`'bodySha256' must be 64 hexadecimal digits that are known at synth, got '${hash}'; write what 'sha256sum' says of the body`);
  }
}

export function requireDescription(text: string): void {
  if (Token.isUnresolved(text) || text.trim().length === 0 || text.length > MAX_DESCRIPTION) {
    throw new Error(`'describedAs' must be a text of 1 to ${MAX_DESCRIPTION} characters that is known at synth, got ${text.length}; say in a few words what it means`);
  }
}

export function requireFinalUrl(url: string): void {
  if (!Token.isUnresolved(url) && !['http:', 'https:'].includes(URL.parse(url)?.protocol ?? '')) {
    throw new Error(`'finalUrl' must be a whole URL such as 'https://web.example.com/login', got '${url}'; use 'matches' for a part of it`);
  }
  if (!Token.isUnresolved(url) && url.includes('#')) {
    throw new Error(`'finalUrl' must hold no fragment, which is never sent, got '${url}'; leave out what comes from '#' on`);
  }
}

export function requireFinite(what: string, value: number): void {
  requireKnown(`'${what}'`, value);
  if (!Number.isFinite(value)) {
    throw new Error(`'${what}' must be a finite number, got ${value}, which JSON does not have; ask for a number, or by 'equalsNull'`);
  }
}

/** Larger whole numbers lose digits when they are read. */
export function requireJsonNumber(what: string, value: number): void {
  requireFinite(what, value);
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
    throw new Error(`'${what}' must not be beyond ${Number.MAX_SAFE_INTEGER}, where numbers cannot be compared exactly, got ${value}; use 'bodyContains'`);
  }
}

export function sizeInBytes(what: string, size: Size): number {
  if (size.isUnresolved()) {
    throw new Error(`'${what}' must be known at synth, got a deploy-time value; write the size`);
  }
  return size.toBytes({ rounding: SizeRoundingBehavior.FAIL });
}

/** The schema as it is written into the suite, which is JSON. */
export function jsonSchemaOf(schema: { readonly [keyword: string]: unknown }): JsonSchema {
  const text = JSON.stringify(schema) as string | undefined;
  if (text === undefined || Token.isUnresolved(schema) || text.includes('${Token[')) {
    throw new Error('a JSON schema must be an object that is known at synth, got a deploy-time value; write the schema');
  }
  return JSON.parse(text) as JsonSchema;
}

function requireCookieName(name: string): void {
  if (Token.isUnresolved(name) || !HTTP_TOKEN.test(name)) {
    throw new Error(`'${name}' is not a cookie name that is known at synth; use letters, digits, '-' and '_'`);
  }
}

export function cookieCondition(name: string, { secure, httpOnly, sameSite, domain, path }: CookieOptions): CookieConditionDocument {
  requireCookieName(name);
  const wanted = { secure, httpOnly, sameSite, domain: domain?.replace(/^\./, ''), path };
  const token = [domain, path].find((text) => Token.isUnresolved(text));
  if (token !== undefined) {
    throw new Error(`domain and path of cookie '${name}' must be known at synth, got a deploy-time value; write the text`);
  }
  return { kind: 'cookie', name, attributes: Object.fromEntries(Object.entries(wanted).filter(([, value]) => value !== undefined)) };
}

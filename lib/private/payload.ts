/** The payload of a check that invokes a function: plain JSON in which texts alone may hold deploy-time values. */
import { Token } from 'aws-cdk-lib/core';

import type { PayloadDocument } from '../model/invoke-document';
import { MAX_SYNC_PAYLOAD_BYTES } from '../model/limits';
import type { DeployTimeValues } from './deploy-time-values';

export interface PayloadOptions {
  readonly payload?: { readonly [key: string]: unknown };
  readonly payloadJson?: string;
}

/** Throws for what can be known before the check is written into a suite. */
export function requireValidPayload(what: string, { payload, payloadJson }: PayloadOptions): void {
  if (payload !== undefined && payloadJson !== undefined) {
    throw new Error(`${what} has both 'payload' and 'payloadJson'; use one of them`);
  }
  const text = payloadJson ?? JSON.stringify(plainJson(`'payload' of ${what}`, payload ?? {}, (leaf) => leaf));
  const bytes = Buffer.byteLength(text);
  if (bytes > MAX_SYNC_PAYLOAD_BYTES) {
    throw new Error(`${what} sends ${bytes} bytes, and Lambda takes at most ${MAX_SYNC_PAYLOAD_BYTES} in a synchronous invocation; send less, or a reference to it`);
  }
  if (payloadJson !== undefined && !Token.isUnresolved(payloadJson)) {
    requireJson(what, payloadJson);
  }
}

export function renderPayload(what: string, { payload, payloadJson }: PayloadOptions, values: DeployTimeValues): PayloadDocument {
  return payloadJson === undefined
    ? { value: plainJson(`'payload' of ${what}`, payload ?? {}, (text) => values.replace(text)) }
    : { json: values.replace(payloadJson) };
}

function requireJson(what: string, text: string): void {
  try {
    JSON.parse(text);
  } catch (error) {
    throw new Error(`'payloadJson' of ${what} is not JSON: ${(error as Error).message}; write a JSON text such as '{"id":1}', or use 'payload'`);
  }
}

/** The value with its texts replaced. What JSON does not have would be dropped or changed in silence. */
function plainJson(place: string, value: unknown, replace: (text: string) => string): unknown {
  if (typeof value === 'string') {
    return replace(value);
  }
  if (value === null || typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value) && !Token.isUnresolved(value))) {
    return value;
  }
  if (Array.isArray(value) && !Token.isUnresolved(value)) {
    return value.map((entry, index) => plainJson(`${place}, entry ${index}`, entry, replace));
  }
  if (!isPlainObject(value)) {
    throw new Error(`${place} is ${kindOf(value)}, which is no JSON that is known at synth; use texts, finite numbers, true, false, null, lists and objects`);
  }
  const entries = Object.entries(value).filter(([, member]) => member !== undefined);
  const token = entries.find(([key]) => Token.isUnresolved(key));
  if (token !== undefined) {
    throw new Error(`${place} has a key that is a deploy-time value; write the key`);
  }
  return Object.fromEntries(entries.map(([key, member]) => [key, plainJson(`${place}, '${key}'`, member, replace)]));
}

function isPlainObject(value: unknown): value is object {
  const known = typeof value === 'object' && value !== null && !Token.isUnresolved(value);
  return known && [Object.prototype, null].includes(Object.getPrototypeOf(value));
}

function kindOf(value: unknown): string {
  if (Token.isUnresolved(value)) {
    return 'a deploy-time value that is no text';
  }
  if (typeof value === 'number') {
    return String(value);
  }
  return typeof value === 'object' && value !== null ? `an object of class ${value.constructor?.name ?? 'unknown'}` : `of type ${typeof value}`;
}

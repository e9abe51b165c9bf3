/** Reads what is asserted of answers. */
import type { AssertionDocument, AssertionModifiers, ConditionDocument, CookieAttributes, JsonSchema } from '../../../lib/model/suite';
import type { Fields } from './fields';
import { wrong } from './fields';
import { isVacuous } from './json-schema-engine';
import { HEADER_NAME, MAX_MS } from './parse-http';

const MAX_DAYS = 36_500;
const SHA256 = /^[0-9a-f]{64}$/;
const NOT_EMPTY = /[^]/;

/** How each kind of condition is read. */
const CONDITIONS: { readonly [Kind in ConditionDocument['kind']]: (fields: Fields) => ConditionDocument } = {
  status: (fields) => ({ kind: 'status', equals: fields.integer('equals', 100, 599) }),
  statusIn: (fields) => ({ kind: 'statusIn', values: fields.statuses('values') }),
  statusBetween: (fields) => ({ kind: 'statusBetween', ...wholeRange(fields, 100, 599) }),
  headerEquals: (fields) => ({ kind: 'headerEquals', name: headerName(fields), equals: fields.string('equals') }),
  headerMatches: (fields) => ({ kind: 'headerMatches', name: headerName(fields), pattern: fields.string('pattern') }),
  headerExists: (fields) => ({ kind: 'headerExists', name: headerName(fields) }),
  headerAbsent: (fields) => ({ kind: 'headerAbsent', name: headerName(fields) }),
  bodyContains: (fields) => ({ kind: 'bodyContains', text: fields.string('text', NOT_EMPTY, 'a text that is not empty') }),
  bodyMatches: (fields) => ({ kind: 'bodyMatches', pattern: fields.string('pattern') }),
  bodySize: (fields) => ({ kind: 'bodySize', ...wholeRange(fields, 0, Number.MAX_SAFE_INTEGER) }),
  bodySha256: (fields) => ({ kind: 'bodySha256', equals: fields.string('equals', SHA256, '64 hexadecimal digits in lower case') }),
  jsonPathEquals: (fields) => ({ kind: 'jsonPathEquals', path: fields.string('path'), equals: scalar(fields) }),
  jsonPathMatches: (fields) => ({ kind: 'jsonPathMatches', path: fields.string('path'), pattern: fields.string('pattern') }),
  jsonPathBetween: (fields) => ({ kind: 'jsonPathBetween', path: fields.string('path'), ...range(fields) }),
  jsonPathExists: (fields) => ({ kind: 'jsonPathExists', path: fields.string('path') }),
  jsonPathAbsent: (fields) => ({ kind: 'jsonPathAbsent', path: fields.string('path') }),
  jsonPathCount: (fields) => ({ kind: 'jsonPathCount', path: fields.string('path'), ...wholeRange(fields, 0, Number.MAX_SAFE_INTEGER) }),
  jsonSchema: (fields) => ({ kind: 'jsonSchema', schema: schema(fields), ...(fields.has('path') ? { path: fields.string('path') } : {}) }),
  latencyBelow: (fields) => ({ kind: 'latencyBelow', ms: fields.integer('ms', 1, MAX_MS) }),
  tlsDaysLeft: (fields) => ({ kind: 'tlsDaysLeft', atLeast: fields.integer('atLeast', 0, MAX_DAYS) }),
  finalUrlEquals: (fields) => ({ kind: 'finalUrlEquals', equals: fields.string('equals', NOT_EMPTY, 'a URL') }),
  finalUrlMatches: (fields) => ({ kind: 'finalUrlMatches', pattern: fields.string('pattern') }),
  cookie: (fields) => ({
    kind: 'cookie',
    name: fields.string('name', HEADER_NAME, 'a cookie name'),
    ...(fields.has('equals') ? { equals: fields.string('equals') } : {}),
    attributes: cookieAttributes(fields.object('attributes')),
  }),
};

export function parseAssertion(fields: Fields): AssertionDocument {
  const condition = CONDITIONS[fields.oneOf('kind', Object.keys(CONDITIONS) as ConditionDocument['kind'][])](fields);
  return { ...condition, ...modifiers(fields) };
}

export function parseAssertions(fields: Fields): readonly AssertionDocument[] {
  const assertions = fields.list('assertions', parseAssertion);
  requireDecisive(fields.at('assertions'), assertions);
  return assertions;
}

/** A check whose assertions only warn would pass whatever answers. */
export function requireDecisive(place: string, assertions: readonly AssertionDocument[]): void {
  if (assertions.every(({ warning }) => warning === true)) {
    throw wrong(place, 'a list with at least one entry that is no warning', 'warnings only');
  }
}

function modifiers(fields: Fields): AssertionModifiers {
  return {
    ...(fields.flag('negate') === true ? { negate: true } : {}),
    ...(fields.flag('warning') === true ? { warning: true } : {}),
    ...(fields.has('description') ? { description: fields.string('description', /\S/, 'a text that is not empty') } : {}),
  };
}

function cookieAttributes(fields: Fields): CookieAttributes {
  const secure = fields.flag('secure');
  const httpOnly = fields.flag('httpOnly');
  return {
    ...(secure === undefined ? {} : { secure }),
    ...(httpOnly === undefined ? {} : { httpOnly }),
    ...(fields.has('sameSite') ? { sameSite: fields.oneOf('sameSite', ['Strict', 'Lax', 'None'] as const) } : {}),
    ...(fields.has('domain') ? { domain: fields.string('domain') } : {}),
    ...(fields.has('path') ? { path: fields.string('path') } : {}),
  };
}

function headerName(fields: Fields): string {
  return fields.string('name', HEADER_NAME, 'a header name').toLowerCase();
}

function wholeRange(fields: Fields, lowest: number, highest: number): { readonly min: number; readonly max: number } {
  const min = fields.integer('min', lowest, highest);
  return { min, max: fields.integer('max', min, highest) };
}

function range(fields: Fields): { readonly min: number; readonly max: number } {
  const [min, max] = [finite(fields, 'min'), finite(fields, 'max')];
  if (min > max) {
    throw wrong(fields.at('max'), `a number from ${min}`, max);
  }
  return { min, max };
}

function finite(fields: Fields, name: string): number {
  const value = fields.raw(name);
  if (typeof value !== 'number' || !Number.isFinite(value)) {
    throw wrong(fields.at(name), 'a number', value);
  }
  return value;
}

function schema(fields: Fields): JsonSchema {
  const value = fields.raw('schema');
  if (typeof value !== 'object' || value === null || Array.isArray(value) || isVacuous(value as JsonSchema)) {
    throw wrong(fields.at('schema'), 'a JSON schema that asks for something', value);
  }
  return value as JsonSchema;
}

function scalar(fields: Fields): string | number | boolean | null {
  const value = fields.raw('equals');
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
    return value;
  }
  throw wrong(fields.at('equals'), 'a string, a number, true, false or null', value);
}

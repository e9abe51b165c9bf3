/** What a schema asks for, and what was there, in words. */
import type { AnySchemaObject } from 'ajv';

import type { Path } from './json-document';

/** Longest text that is shown, in characters. */
const MAX_SHOWN = 60;

/** What may hold a secret is not shown. */
const DISCREET = /header|body|payload|value|cookie|auth|password|token|secret/i;

const TYPES: Readonly<Record<string, string>> = { string: 'a text', boolean: 'true or false', null: 'null', object: 'an object', array: 'a list', number: 'a number', integer: 'a whole number' };

/** `'checks[0].policy'`, or the document. */
export function placeOf(path: Path): string {
  const place = path.map((step, index) => (/^\d+$/.test(String(step)) ? `[${step}]` : `${index === 0 ? '' : '.'}${step}`)).join('');
  return place === '' ? 'the document' : `'${place}'`;
}

/** What belongs where this schema stands, with its range. */
export function wanted(schema: AnySchemaObject): string {
  if (schema.const !== undefined) {
    return JSON.stringify(schema.const);
  }
  if (Array.isArray(schema.enum)) {
    return `one of ${schema.enum.join(', ')}`;
  }
  return [schema.type].flat().map((type: string) => typeInWords(type, schema)).join(' or ');
}

function typeInWords(type: string, { minimum, maximum, exclusiveMinimum, minLength, pattern, minItems, maxItems, uniqueItems }: AnySchemaObject): string {
  const word = TYPES[type] ?? type;
  switch (type) {
    case 'integer':
    case 'number': {
      const from = minimum === undefined ? (exclusiveMinimum === undefined ? '' : ` above ${exclusiveMinimum}`) : ` from ${minimum}`;
      return `${word}${from}${maximum === undefined ? '' : `${from === '' ? ' up' : ''} to ${maximum}`}`;
    }
    case 'string':
      return `${word}${pattern === '\\S' ? ' that is not blank' : pattern === undefined ? '' : ` that matches ${pattern}`}${minLength === undefined ? '' : ' that is not empty'}`;
    case 'array': {
      const size = minItems === undefined ? '' : maxItems === undefined ? ` with at least ${minItems === 1 ? 'one entry' : `${minItems} entries`}` : ` with ${minItems} to ${maxItems} entries`;
      return `${word}${size}${uniqueItems === true ? ', none of them twice' : ''}`;
    }
    default:
      return word;
  }
}

/** A value as it was found there. */
export function shown(value: unknown, path: Path): string {
  if (typeof value === 'string') {
    return path.some((step) => DISCREET.test(String(step))) ? 'another text' : JSON.stringify(value.length > MAX_SHOWN ? `${value.slice(0, MAX_SHOWN)}…` : value);
  }
  if (Array.isArray(value)) {
    return value.length === 0 ? 'an empty list' : `a list of ${value.length}`;
  }
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}

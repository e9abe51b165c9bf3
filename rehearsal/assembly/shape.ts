/** Checks that a JSON document has the shape that another program promised; every problem names its path and what stands there. */
import { suggestion } from '../../lib/model/did-you-mean';
import { isObject } from './read-json';

/** Problems found at a path; empty when the value has the shape. */
export type Shape = (value: unknown, path: string) => string[];

interface Optional {
  readonly optional: Shape;
}

const wrong = (path: string, wanted: string, value: unknown): string[] => [`${path} must be ${wanted}, got ${shown(value)}`];

function shown(value: unknown): string {
  const text = value === undefined ? 'nothing' : JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

export const text: Shape = (value, path) => (typeof value === 'string' ? [] : wrong(path, 'a text', value));

export const flag: Shape = (value, path) => (typeof value === 'boolean' ? [] : wrong(path, 'true or false', value));

export const number = (min: number, max = Number.MAX_SAFE_INTEGER): Shape => (value, path) => {
  const range = max === Number.MAX_SAFE_INTEGER ? `of at least ${min}` : `from ${min} to ${max}`;
  return typeof value === 'number' && value >= min && value <= max ? [] : wrong(path, `a number ${range}`, value);
};

export const oneOf = (...allowed: readonly string[]): Shape => (value, path) =>
  typeof value === 'string' && allowed.includes(value) ? [] : wrong(path, `one of ${allowed.join(', ')}`, value);

export const optional = (shape: Shape): Optional => ({ optional: shape });

export const listOf = (item: Shape, length?: number): Shape => (value, path) => {
  if (!Array.isArray(value) || (length !== undefined && value.length !== length)) {
    return wrong(path, length === undefined ? 'a list' : `a list of ${length}`, value);
  }
  return value.flatMap((one, index) => item(one, `${path}[${index}]`));
};

/** Exactly these keys: an unknown one is a problem too, since it may carry a meaning that would be lost. */
export const object = (keys: Readonly<Record<string, Shape | Optional>>): Shape => (value, path) => {
  if (!isObject(value)) {
    return wrong(path, 'an object', value);
  }
  const unknown = Object.keys(value)
    .filter((key) => !Object.hasOwn(keys, key))
    .map((key) => `${path}.${key} is not known${suggestion(key, Object.keys(keys))}`);
  const problems = Object.entries(keys).flatMap(([key, shape]) => {
    const at = `${path}.${key}`;
    return typeof shape === 'function' ? shape(value[key], at) : value[key] === undefined ? [] : shape.optional(value[key], at);
  });
  return [...unknown, ...problems];
};

/** The variant whose key is there, or the one whose `discriminator` has its value. */
export const variant = (choose: (value: { readonly [key: string]: unknown }) => Shape): Shape => (value, path) =>
  isObject(value) ? choose(value)(value, path) : wrong(path, 'an object', value);

import { ConfigurationError } from '../failures';
import { quoted } from '../text';

/** Reads an object of the suite strictly; every mistake names its place, what was expected and what was there. */
export class Fields {
  private readonly values: Readonly<Record<string, unknown>>;

  constructor(
    value: unknown,
    readonly place: string,
  ) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw wrong(place, 'an object', value);
    }
    this.values = value as Record<string, unknown>;
  }

  has(name: string): boolean {
    return this.values[name] !== undefined;
  }

  raw(name: string): unknown {
    return this.values[name];
  }

  at(name: string): string {
    return this.place === '' ? name : `${this.place}.${name}`;
  }

  object(name: string): Fields {
    return new Fields(this.values[name], this.at(name));
  }

  string(name: string, pattern = /[^]*/, expected = 'a string'): string {
    const value = this.values[name];
    if (typeof value !== 'string' || !pattern.test(value)) {
      throw wrong(this.at(name), expected, value);
    }
    return value;
  }

  /** A whole number in a range, both ends included. */
  integer(name: string, min: number, max: number): number {
    const value = this.values[name];
    if (typeof value !== 'number' || !Number.isInteger(value) || value < min || value > max) {
      throw wrong(this.at(name), `a whole number from ${min} to ${max}`, value);
    }
    return value;
  }

  /** A number in a range, both ends included. */
  number(name: string, min: number, max: number): number {
    const value = this.values[name];
    if (typeof value !== 'number' || !(value >= min && value <= max)) {
      throw wrong(this.at(name), `a number from ${min} to ${max}`, value);
    }
    return value;
  }

  /** HTTP status codes, at least one. */
  statuses(name: string): readonly number[] {
    const values = this.values[name];
    if (!Array.isArray(values) || values.length === 0 || !values.every((value) => Number.isInteger(value) && value >= 100 && value <= 599)) {
      throw wrong(this.at(name), 'a list of whole numbers from 100 to 599', values);
    }
    return values as number[];
  }

  oneOf<T extends string>(name: string, known: readonly T[]): T {
    const found = known.find((candidate) => candidate === this.values[name]);
    if (found === undefined) {
      throw wrong(this.at(name), `one of ${known.join(', ')}`, this.values[name]);
    }
    return found;
  }

  /** A list that has at least one entry. */
  list<T>(name: string, read: (entry: Fields) => T): readonly T[] {
    const value = this.values[name];
    if (!Array.isArray(value) || value.length === 0) {
      throw wrong(this.at(name), 'a list with at least one entry', value);
    }
    return value.map((entry, index) => read(new Fields(entry, `${this.at(name)}[${index}]`)));
  }

  /** A list of names, which may be empty. */
  names(name: string): readonly string[] {
    const value = this.values[name];
    if (!Array.isArray(value) || value.some((entry) => typeof entry !== 'string')) {
      throw wrong(this.at(name), 'a list of names', value);
    }
    return value as string[];
  }

  atLeastOne<T>(name: string, values: readonly T[]): readonly T[] {
    if (values.length === 0) {
      throw wrong(this.at(name), 'a list with at least one entry', values);
    }
    return values;
  }

  /** Names with strings. Values are not shown in errors: they may be secrets. */
  strings(name: string, nameRule: RegExp, valueRule: RegExp): Readonly<Record<string, string>> {
    const entries = Object.entries(this.object(name).values);
    for (const [key, value] of entries) {
      if (!nameRule.test(key) || typeof value !== 'string' || !valueRule.test(value)) {
        throw new ConfigurationError(`suite.json: '${this.at(name)}' has the entry ${quoted(key)}, which is no header that can be sent`);
      }
    }
    return Object.fromEntries(entries) as Record<string, string>;
  }
}

export function wrong(place: string, expected: string, got: unknown): ConfigurationError {
  return new ConfigurationError(`suite.json: '${place}' must be ${expected}, got ${shown(got)}`);
}

function shown(value: unknown): string {
  if (typeof value === 'string') {
    return quoted(value, 60);
  }
  if (Array.isArray(value)) {
    return value.length === 0 ? 'an empty list' : 'a list';
  }
  return typeof value === 'object' && value !== null ? 'an object' : String(value ?? 'nothing');
}

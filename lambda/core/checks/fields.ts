import { ConfigurationError } from '../failures';
import { quoted } from '../text';
import { refersToDeployTime } from './deploy-time-values';

/** Reads an object of the suite strictly; every mistake names its place, what was expected and what was there. */
export class Fields {
  private readonly given: Readonly<Record<string, unknown>>;
  private readonly asked = new Set<string>();
  private readonly inner = new Map<string, Fields>();

  /** @param open texts may still hold references to deploy-time values, which can become whatever is expected */
  constructor(
    value: unknown,
    readonly place: string,
    private readonly open = false,
  ) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw wrong(place, 'an object', value);
    }
    this.given = value as Record<string, unknown>;
  }

  has(name: string): boolean {
    return this.raw(name) !== undefined;
  }

  raw(name: string): unknown {
    this.asked.add(name);
    return this.given[name];
  }

  at(name: string): string {
    return this.place === '' ? name : `${this.place}.${name}`;
  }

  object(name: string): Fields {
    return this.within(this.raw(name), this.at(name));
  }

  string(name: string, pattern = /[^]*/, expected = 'a string'): string {
    const value = this.raw(name);
    if (typeof value !== 'string' || !(pattern.test(value) || (this.open && refersToDeployTime(value)))) {
      throw wrong(this.at(name), expected, value);
    }
    return value;
  }

  flag(name: string): boolean | undefined {
    const value = this.raw(name);
    if (value !== undefined && typeof value !== 'boolean') {
      throw wrong(this.at(name), 'true or false', value);
    }
    return value;
  }

  /** A whole number in a range, both ends included. */
  integer(name: string, min: number, max: number): number {
    const value = this.raw(name);
    if (typeof value !== 'number' || !Number.isInteger(value) || value < min || value > max) {
      throw wrong(this.at(name), `a whole number from ${min} to ${max}`, value);
    }
    return value;
  }

  /** A number in a range, both ends included. */
  number(name: string, min: number, max: number): number {
    const value = this.raw(name);
    if (typeof value !== 'number' || !(value >= min && value <= max)) {
      throw wrong(this.at(name), `a number from ${min} to ${max}`, value);
    }
    return value;
  }

  /** HTTP status codes, at least one. */
  statuses(name: string): readonly number[] {
    const values = this.raw(name);
    if (!Array.isArray(values) || values.length === 0 || !values.every((value) => Number.isInteger(value) && value >= 100 && value <= 599)) {
      throw wrong(this.at(name), 'a list of whole numbers from 100 to 599', values);
    }
    return values as number[];
  }

  oneOf<T extends string>(name: string, known: readonly T[]): T {
    const found = known.find((candidate) => candidate === this.raw(name));
    if (found === undefined) {
      throw wrong(this.at(name), `one of ${known.join(', ')}`, this.raw(name));
    }
    return found;
  }

  /** A list that has at least one entry. */
  list<T>(name: string, read: (entry: Fields) => T): readonly T[] {
    const value = this.raw(name);
    if (!Array.isArray(value) || value.length === 0) {
      throw wrong(this.at(name), 'a list with at least one entry', value);
    }
    return value.map((entry, index) => read(this.within(entry, `${this.at(name)}[${index}]`)));
  }

  /** A list that may be empty. */
  entriesOf<T>(name: string, read: (entry: Fields) => T): readonly T[] {
    const value = this.raw(name);
    return Array.isArray(value) && value.length === 0 ? [] : this.list(name, read);
  }

  /** Objects by names of a form. */
  map<T>(name: string, nameRule: RegExp, read: (entry: Fields) => T): Readonly<Record<string, T>> {
    const entries = this.object(name).entries();
    const wrongName = entries.find(([key]) => !nameRule.test(key));
    if (wrongName !== undefined) {
      throw wrong(this.at(name), `an object whose names match ${String(nameRule)}`, wrongName[0]);
    }
    return Object.fromEntries(entries.map(([key, value]) => [key, read(this.object(name).within(value, `${this.at(name)}.${key}`))]));
  }

  /** A list of names, which may be empty. */
  names(name: string): readonly string[] {
    const value = this.raw(name);
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
  strings(name: string, nameRule: RegExp, valueRule: RegExp, otherwise = 'no header that can be sent'): Readonly<Record<string, string>> {
    const entries = this.object(name).entries();
    for (const [key, value] of entries) {
      if (!nameRule.test(key) || typeof value !== 'string' || !valueRule.test(value)) {
        throw new ConfigurationError(`suite.json: '${this.at(name)}' has the entry ${quoted(key)}, which is ${otherwise}`);
      }
    }
    return Object.fromEntries(entries) as Record<string, string>;
  }

  /** What nobody has asked for means nothing here: a misspelt name must not be taken for one that was left out. */
  requireNothingElse(): void {
    const unknown = Object.keys(this.given).find((name) => !this.asked.has(name));
    if (unknown !== undefined) {
      throw new ConfigurationError(`suite.json: '${this.at(unknown)}' has no meaning here; remove it, or correct its name`);
    }
    this.inner.forEach((fields) => fields.requireNothingElse());
  }

  private entries(): readonly (readonly [string, unknown])[] {
    return Object.keys(this.given).map((name) => [name, this.raw(name)]);
  }

  /** One for each place, so that whoever reads a part of it adds to what was asked for. */
  private within(value: unknown, place: string): Fields {
    const fields = this.inner.get(place) ?? new Fields(value, place, this.open);
    this.inner.set(place, fields);
    return fields;
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

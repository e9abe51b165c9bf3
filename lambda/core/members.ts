import type { CheckMeasurement } from '../../lib/model/hook-contract';
import { HandOverFailure } from './failures';
import { quoted } from './text';

/** The members of an object that came over a wire: those that it must have, those that it may have, and no others. */
export class Members {
  private readonly members: Readonly<Record<string, unknown>>;

  /** @throws HandOverFailure */
  constructor(
    value: unknown,
    private readonly place: string,
    required: readonly string[],
    optional: readonly string[] = [],
  ) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw new HandOverFailure(`${place} must be an object`);
    }
    this.members = value as Readonly<Record<string, unknown>>;
    const missing = required.find((name) => !this.has(name));
    if (missing !== undefined) {
      throw new HandOverFailure(`${place} lacks '${missing}'`);
    }
    const unknown = Object.keys(value).find((name) => !required.includes(name) && !optional.includes(name));
    if (unknown !== undefined) {
      throw new HandOverFailure(`${place} has the unknown member ${quoted(unknown)}`);
    }
  }

  has(name: string): boolean {
    return Object.hasOwn(this.members, name);
  }

  raw(name: string): unknown {
    return this.members[name];
  }

  /** A number in a range, both ends included. */
  number(name: string, min: number, max: number): number {
    const value = this.members[name];
    if (typeof value !== 'number' || !(value >= min && value <= max)) {
      throw this.wrong(name, `a number from ${min} to ${max}`);
    }
    return value;
  }

  whole(name: string, min: number, max: number): number {
    const value = this.number(name, min, max);
    if (!Number.isInteger(value)) {
      throw this.wrong(name, 'a whole number');
    }
    return value;
  }

  text(name: string): string {
    const value = this.members[name];
    if (typeof value !== 'string') {
      throw this.wrong(name, 'a text');
    }
    return value;
  }

  /** What was measured, or asked for. */
  measured(name: string): CheckMeasurement['measured'] {
    const value = this.members[name];
    if (value !== null && typeof value !== 'string' && typeof value !== 'number') {
      throw this.wrong(name, 'a text, a number or nothing');
    }
    return value;
  }

  wrong(name: string, expected: string | number): HandOverFailure {
    return new HandOverFailure(`'${name}' of ${this.place} must be ${expected}`);
  }
}

/**
 * Ranges of numbers and durations.
 *
 * A value that is not known yet is refused: its range could not be checked, and suites and rollout descriptions are files that are written
 * at synth, where a deploy-time value would stand as a number without meaning.
 */
import type { Duration } from 'aws-cdk-lib/core';
import { Token } from 'aws-cdk-lib/core';

import { requireKind } from './kinds';

/** Throws unless the value is a whole number in the range. */
export function requireWhole(prop: string, value: number, min: number, max: number, remedy?: string): void {
  requireKnown(`'${prop}'`, value);
  if (!Number.isInteger(value) || value < min || value > max) {
    throw new Error(`'${prop}' must be a whole number from ${min} to ${max}, got ${value}${remedy === undefined ? '' : `; ${remedy}`}`);
  }
}

/** Throws when the ends of a range are the wrong way round. */
export function requireRange(min: number, max: number): void {
  if (min > max) {
    throw new Error(`'min' must not be above 'max', got ${min} and ${max}; swap them`);
  }
}

/** Throws when a number is a deploy-time value. */
export function requireKnown(what: string, value: number): void {
  if (Token.isUnresolved(value)) {
    throw new Error(`${what} must be known at synth, got a deploy-time value; write the number`);
  }
}

const MILLISECONDS = { milliseconds: 1, seconds: 1_000, minutes: 60_000 } as const;

/** Throws unless the duration is a whole number of units in the range. */
export function requireDuration(prop: string, value: Duration, unit: keyof typeof MILLISECONDS, min: number, max: number, remedy?: string): void {
  requireKind(`'${prop}'`, value, 'toMilliseconds', `give such as Duration.${unit === 'milliseconds' ? 'millis' : unit}(${max})`);
  if (value.isUnresolved()) {
    throw new Error(`'${prop}' must be known at synth, got a deploy-time value; write the number`);
  }
  const amount = value.toMilliseconds({ integral: false }) / MILLISECONDS[unit];
  if (!Number.isInteger(amount) || amount < min || amount > max) {
    const range = `'${prop}' must be a whole number of ${unit} from ${min} to ${max}, got ${amount} ${unit}`;
    throw new Error(remedy === undefined ? range : `${range}; ${remedy}`);
  }
}

/**
 * How far a suite has come, written down for a later invocation: in the payload of a Lambda function that invokes itself, or in the hook details
 * of an ECS service. Both are kept and shown by AWS, so that nothing stands in it that a report could not show.
 */
import { createHash } from 'node:crypto';

import type { CheckMeasurement } from '../../../lib/model/hook-contract';
import type { CheckSuite } from '../../../lib/model/suite';
import { HandOverFailure } from '../failures';
import { excerpt } from '../text';
import type { Standing } from './play';
import type { CheckState, EndedCheck, JsonValue, Plan, RunningCheck, SuiteState } from './state';

/** Far below what Lambda takes as an asynchronous payload (1 MB), which the destination gets once more within its record. */
export const MAX_SAVED_BYTES = 200_000;

/** Longest reason that is kept whole, and what is left of one, and of a measured value, where room is short. */
const REASON_LENGTH = 4_000;
const SHORT_REASON_LENGTH = 400;
const SHORT_VALUE_LENGTH = 80;
const SHORT_MEASUREMENTS = 20;

export interface SavedPlay {
  readonly schemaVersion: 1;
  /** Fingerprint of the suite: a state means nothing to another one. */
  readonly suite: string;
  /** Milliseconds since 1970 at which it was written. */
  readonly writtenAt: number;
  /** Milliseconds since the suite began, when it was written. */
  readonly playedMs: number;
  readonly state: SuiteState;
}

/** Hides what must not be shown in a text. */
export type Redact = (text: string) => string;

export interface Saving {
  readonly suite: string;
  readonly epochMs: number;
  readonly redact: Redact;
}

/** The same for the same suite, its deploy-time values included. */
export function fingerprint(suite: CheckSuite): string {
  return createHash('sha256').update(JSON.stringify(suite)).digest('hex').slice(0, 32);
}

/**
 * Writes a play down. What is measured may be left out where it would be too much: first the tails and the cases of suites, then the measurements; what decides stays.
 *
 * This is the one place where a state leaves the process: every text in it is redacted here, memories included.
 *
 * @throws HandOverFailure where it is too much even so: a check remembers more than it may
 */
export function savePlay({ state, playedMs }: Standing, { suite, epochMs, redact }: Saving): SavedPlay {
  const saved = (checks: SuiteState['checks']): SavedPlay => ({ schemaVersion: 1, suite, writtenAt: epochMs, playedMs, state: { ...state, checks } });
  const redacted = mapChecks(state.checks, (check) => shortened(redactedCheck(check, redact), REASON_LENGTH, (all) => all));
  const caseless = mapChecks(redacted, withoutCases);
  const short = mapChecks(caseless, (check) => shortened(check, SHORT_REASON_LENGTH, shortMeasurements));
  const bare = mapChecks(caseless, (check) => shortened(check, SHORT_REASON_LENGTH, () => []));
  const fitting = [redacted, short, bare].map(saved).find((candidate) => sizeOf(candidate) <= MAX_SAVED_BYTES);
  if (fitting === undefined) {
    throw new HandOverFailure(`the state of ${Object.keys(bare).length} checks has ${sizeOf(saved(bare))} bytes, of which another invocation takes ${MAX_SAVED_BYTES}`);
  }
  return fitting;
}

export const sizeOf = (value: unknown): number => new TextEncoder().encode(JSON.stringify(value)).length;

/** A plan and what it is a state of: each check once, and no other. */
export function sameChecks(plan: Plan, checks: object): boolean {
  const names = Object.keys(checks);
  return names.length === plan.checks.length && plan.checks.every(({ name }) => Object.hasOwn(checks, name));
}

function mapChecks(checks: SuiteState['checks'], change: (check: CheckState) => CheckState): SuiteState['checks'] {
  return Object.fromEntries(Object.entries(checks).map(([name, check]) => [name, change(check)]));
}

function redactedCheck(check: CheckState, redact: Redact): CheckState {
  return redactedValue(check as unknown as JsonValue, redact) as unknown as CheckState;
}

/** Every text but the words of the state itself, which are the engine's own. */
function redactedValue(value: JsonValue, redact: Redact, key = ''): JsonValue {
  if (typeof value === 'string') {
    return key === 'phase' || key === 'verdict' || key === 'status' ? value : redact(value);
  }
  if (Array.isArray(value)) {
    return (value as readonly JsonValue[]).map((entry) => redactedValue(entry, redact));
  }
  return typeof value === 'object' && value !== null
    ? Object.fromEntries(Object.entries(value).map(([name, entry]) => [name, redactedValue(entry as JsonValue, redact, name)]))
    : value;
}

function withoutCases(check: CheckState): CheckState {
  return check.phase === 'waiting' ? check : withoutItsCases(check);
}

function withoutItsCases({ cases: _cases, ...rest }: RunningCheck | EndedCheck): CheckState {
  return rest;
}

type Keep = (measurements: readonly CheckMeasurement[]) => readonly CheckMeasurement[];

function shortened(check: CheckState, reasonLength: number, keep: Keep): CheckState {
  switch (check.phase) {
    case 'waiting':
      return check;
    case 'running':
      return {
        ...check,
        ...(check.measurements === undefined ? {} : { measurements: keep(check.measurements) }),
        ...(check.lastReason === undefined ? {} : { lastReason: excerpt(check.lastReason, reasonLength) }),
      };
    case 'ended':
      return { ...check, measurements: keep(check.measurements), reason: excerpt(check.reason, reasonLength) };
  }
}

/** Those that did not hold come first. */
function shortMeasurements(all: readonly CheckMeasurement[]): readonly CheckMeasurement[] {
  const telling = [...all.filter(({ ok }) => !ok), ...all.filter(({ ok }) => ok)].slice(0, SHORT_MEASUREMENTS);
  return telling.map(({ what, measured, threshold, ok }) => ({ what: excerpt(what, SHORT_VALUE_LENGTH), measured: shortValue(measured), threshold: shortValue(threshold), ok }));
}

const shortValue = (value: CheckMeasurement['measured']) => (typeof value === 'string' ? excerpt(value, SHORT_VALUE_LENGTH) : value);

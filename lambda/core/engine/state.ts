/**
 * The state of a suite in play: plain JSON, so that a later invocation can go on where this one ends. Its times are milliseconds since the suite
 * began, and mean the same on every clock.
 */
import type { CheckPolicy, SuitePolicy } from '../../../lib/model/check-policy';
import type { CheckMeasurement } from '../../../lib/model/hook-contract';
import type { Verdict } from '../../../lib/model/status';
import type { ReportedCases } from '../../../lib/model/suite-result';

/** What is played: the checks in the order in which they are reported. */
export interface Plan {
  readonly suite: SuitePolicy;
  readonly checks: readonly PlannedCheck[];
}

export interface PlannedCheck {
  readonly name: string;
  readonly kind: string;
  readonly policy: CheckPolicy;
}

/** A value that survives being written down as JSON. */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | { readonly [name: string]: JsonValue };

/** One attempt of a check, as the engine tells it to the probe. */
export interface Attempt {
  /** 1 for the first one; errors count. */
  readonly number: number;
  /** Moment of the clock at which the check began; before this clock's zero where an earlier invocation began it. */
  readonly startedAt: number;
  /** What an earlier attempt left behind. */
  readonly memory?: JsonValue;
}

/** What one attempt came to. `error` could not measure; `inconclusive` measured, and cannot tell. */
export interface Measurement {
  readonly outcome: 'pass' | 'fail' | 'inconclusive' | 'error';
  /** With the measured value and the threshold. */
  readonly reason: string;
  readonly measurements: readonly CheckMeasurement[];
  /** Answers, requests or data points that were judged; 0 for an error. */
  readonly samples: number;
  /** Cases of a suite of the user's own, where it was one. */
  readonly cases?: ReportedCases;
  /** Whether another attempt may help; taken for true where absent. */
  readonly retryable?: boolean;
  /** What the next attempt is to know, instead of what it knew before. A later invocation may make it: it must hold no secret. */
  readonly memory?: JsonValue;
  /** Milliseconds until another attempt has something new to see; absent: the interval of the check's policy. */
  readonly continueInMs?: number;
}

export type CheckState = WaitingCheck | RunningCheck | EndedCheck;

export interface WaitingCheck {
  readonly phase: 'waiting';
  readonly dueAt?: undefined;
}

export interface RunningCheck {
  readonly phase: 'running';
  readonly startedAt: number;
  /** When the next attempt may begin; absent while one is under way. */
  readonly dueAt?: number;
  /** Attempts that have begun. */
  readonly attempts: number;
  readonly memory?: JsonValue;
  readonly passes: number;
  readonly failures: number;
  /** Passes since the last answer that was none, or the last error. */
  readonly row: number;
  readonly errors: number;
  readonly samples: number;
  /** Of the last attempt that measured anything. */
  readonly measurements?: readonly CheckMeasurement[];
  readonly cases?: ReportedCases;
  /** What the last attempt came to, an error included. */
  readonly lastReason?: string;
}

export interface EndedCheck {
  readonly phase: 'ended';
  readonly dueAt?: undefined;
  readonly startedAt: number;
  readonly endedAt: number;
  readonly verdict: Verdict;
  readonly reason: string;
  readonly measurements: readonly CheckMeasurement[];
  readonly samples: number;
  readonly errors: number;
  readonly cases?: ReportedCases;
}

export interface SuiteState {
  readonly startedAt: number;
  readonly checks: Readonly<Record<string, CheckState>>;
}

/** How the measurements of a check become its verdict, and the verdicts of checks that of the suite; the same for every kind of check. */

import type { Allowance, DeadlineMs, IntervalMs, Repeats } from './quantities';

/** `ENFORCE`: decides. `SHADOW`: is played and reported as what it would have decided, and never decides. */
export type CheckMode = 'ENFORCE' | 'SHADOW';

/**
 * What an undecided check comes to at its deadline. `FAIL`: the release is not let through. `PASS`: it is, and the report says so.
 * `EXTEND`: the check goes on to the end of the suite's time, and then fails.
 */
export type InconclusivePolicy = 'FAIL' | 'PASS' | 'EXTEND';

/**
 * So many passes in a row, where the first failure ends it, unless it is patient: then failures are waited out to the deadline.
 * Or so many passes among at most `of` answers. Errors are no answers.
 */
export type PassRule =
  | {
      readonly consecutive: Repeats;
      /** @hidden Only for what the handler adds itself. */
      readonly patient?: boolean;
    }
  | { readonly atLeast: Repeats; readonly of: Repeats };

export interface CheckPolicy {
  readonly mode: CheckMode;
  /** Names of checks that must have passed before this one begins. */
  readonly after: readonly string[];
  readonly passes: PassRule;
  /** Longest time of one attempt: where less is left of an invocation, the attempt is left to the next one. */
  readonly attemptMs: DeadlineMs;
  /** Time from the end of one attempt to the beginning of the next. */
  readonly intervalMs: IntervalMs;
  /** Attempts that may come to nothing (could not be measured); one more, and the check is undecided. */
  readonly errorBudget: Allowance;
  /** Time from its beginning; then it is undecided. */
  readonly deadlineMs: DeadlineMs;
  readonly inconclusive: InconclusivePolicy;
}

export interface SuitePolicy {
  /** `ALL`: every check is played, so that one run shows everything. `FAIL_FAST`: the first failure of an enforced check ends all. */
  readonly run: 'ALL' | 'FAIL_FAST';
  /**
   * Checks in play at the same time.
   * @asType integer
   * @minimum 1
   * @maximum 50
   */
  readonly concurrency: number;
  /** Time for all checks together. */
  readonly deadlineMs: DeadlineMs;
  /**
   * Invocations that they may take; absent: one.
   * @asType integer
   * @minimum 1
   * @maximum 12
   */
  readonly invocations?: number;
}

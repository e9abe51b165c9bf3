import type { Duration } from 'aws-cdk-lib/core';

import type { PassRule } from '../model/check-policy';
import { requireWhole } from '../private/numbers';
import type { Check } from './check';

/** Whether a check decides. */
export enum CheckMode {
  /** Its verdict counts. */
  ENFORCE = 'ENFORCE',

  /** It is played and reported as what it would have decided, and decides nothing. For a new check whose thresholds are not proven yet. */
  SHADOW = 'SHADOW',
}

/** What a check comes to that could not be decided: no answer, no data, or no end within its time. */
export enum InconclusivePolicy {
  /** The release is not let through. */
  FAIL = 'FAIL',

  /** The release is let through, and the report says that nothing was proven. */
  PASS = 'PASS',

  /** The check goes on to the end of the hook's time, and fails then. */
  EXTEND = 'EXTEND',
}

/** How many passes make a check pass. */
export class Passes {
  /**
   * So many in a row; the first failure ends the check.
   *
   * @param count 1 to 100
   */
  public static inARow(count: number): Passes {
    requireWhole('count', count, 1, 100);
    return new Passes({ consecutive: count }, count);
  }

  /**
   * So many among at most so many answers; the check fails as soon as that is out of reach.
   *
   * @param count 1 to `outOf`
   * @param outOf 1 to 100
   */
  public static atLeast(count: number, outOf: number): Passes {
    requireWhole('outOf', outOf, 1, 100);
    requireWhole('count', count, 1, outOf);
    return new Passes({ atLeast: count, of: outOf }, outOf);
  }

  private constructor(
    private readonly rule: PassRule,
    private readonly answers: number,
  ) {}

  /** @internal */
  public get _rule(): PassRule {
    return this.rule;
  }

  /**
   * Answers that it takes at the most.
   *
   * @internal
   */
  public get _answers(): number {
    return this.answers;
  }
}

/** What every check has. */
export interface CheckOptions {
  /**
   * Name of the check, unique in its hook.
   *
   * @default - what it asks
   */
  readonly name?: string;

  /**
   * Whether the check decides.
   *
   * @default CheckMode.ENFORCE
   */
  readonly mode?: CheckMode;

  /**
   * Checks that must have passed before this one begins. They stand before it in the hook's list, and are enforced where this one is.
   *
   * @default - it waits for no other check
   */
  readonly after?: Check[];

  /**
   * Passes that make the check pass.
   *
   * @default Passes.inARow(1)
   */
  readonly passes?: Passes;

  /**
   * Time between two attempts, up to a minute; between two looks at metrics, up to fifteen.
   *
   * @default Duration.seconds(1) - of metrics, Duration.minutes(1)
   */
  readonly interval?: Duration;

  /**
   * Time from its beginning until the check is undecided, one second to one hour.
   *
   * @default - what its attempts can take at the longest
   */
  readonly checkTimeout?: Duration;

  /**
   * What the check comes to that could not be decided.
   *
   * @default InconclusivePolicy.FAIL
   */
  readonly inconclusive?: InconclusivePolicy;
}

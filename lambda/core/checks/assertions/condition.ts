/** What an assertion asks of an answer, before it is negated, described or only warned about. */
import type { AssertionModifiers } from '../../../../lib/model/suite';
import type { HttpAnswer } from '../../ports';

/** What one assertion found in an answer. */
export interface Finding {
  /** `undecided`: the part of the answer that was read does not tell. */
  readonly outcome: 'holds' | 'fails' | 'undecided';
  readonly what: string;
  readonly measured: string | number | null;
  readonly threshold: string | number | null;
  /** Such as `status was 503, expected 200`. */
  readonly statement: string;
  /** It is only reported. */
  readonly warning: boolean;
}

export type Assertion = (answer: HttpAnswer) => Finding;

/** What an answer says about a condition. */
export type Observation =
  /** `shown`: the measured value in a sentence, where it is not the value itself. */
  | { readonly holds: boolean; readonly measured: string | number | null; readonly shown?: string }
  /** There is nothing to judge, as `was absent,`: that fails, whether the condition is negated or not. */
  | { readonly missing: string }
  /** Why it cannot be told. */
  | { readonly undecided: string };

export interface Condition {
  readonly what: string;
  readonly threshold: string | number;
  /** The threshold in a sentence, where it is not the threshold itself. */
  readonly expected?: string;
  /** The same of the negated condition; `anything but` the expected where absent. */
  readonly unexpected?: string;
  readonly observe: (answer: HttpAnswer) => Observation;
}

/** How a condition is compiled: one that looks at several values is negated for each of them. */
export type Polarity = (holds: boolean) => boolean;

export function polarityOf({ negate }: AssertionModifiers): Polarity {
  return negate === true ? (holds) => !holds : (holds) => holds;
}

/** Makes the finding: which way the condition counts, and the sentence that says so. `observe` already answers in the right polarity. */
export function assertionOf(condition: Condition, { negate, warning, description }: AssertionModifiers): Assertion {
  const plain = condition.expected ?? String(condition.threshold);
  const expected = negate === true ? (condition.unexpected ?? `anything but ${plain}`) : plain;
  const { what } = condition;
  const said = description === undefined ? '' : `${description}: `;
  const common = { what: `${said}${what}`, threshold: negate === true ? expected : condition.threshold, warning: warning === true };
  return (answer) => {
    const observed = condition.observe(answer);
    if ('undecided' in observed) {
      return { ...common, outcome: 'undecided', measured: null, statement: `${said}${what} could not be decided: ${observed.undecided}; expected ${expected}` };
    }
    if ('missing' in observed) {
      return { ...common, outcome: 'fails', measured: null, statement: `${said}${what} ${observed.missing} expected ${expected}` };
    }
    const statement = `${said}${what} was ${observed.shown ?? String(observed.measured)}, expected ${expected}`;
    return { ...common, outcome: observed.holds ? 'holds' : 'fails', measured: observed.measured, statement };
  };
}

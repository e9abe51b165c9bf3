import type { ConditionDocument } from '../../../../lib/model/suite';
import { describeError } from '../../failures';
import type { HttpAnswer } from '../../ports';
import { excerpt, quoted } from '../../text';
import type { Engines } from '../engines';
import { encodedBody, TOO_LARGE } from './body';
import type { Condition, Observation, Polarity } from './condition';

export type JsonPathDocument = Extract<ConditionDocument, { readonly kind: `jsonPath${string}` }>;

/** `asText`: a number or a boolean equals the text that it is written as. */
interface Comparing {
  readonly polarity: Polarity;
  readonly asText: boolean;
}

type JudgeValues = (values: readonly unknown[]) => Observation;

export function jsonPath(document: JsonPathDocument, engines: Engines, comparing: Comparing): Condition {
  const select = engines.jsonPath(document.path);
  const { judge, ...expected } = ruleOf(document, engines, comparing);
  const path = `JSON path ${excerpt(document.path)}`;
  return {
    what: document.kind === 'jsonPathCount' ? `count of ${path}` : path,
    ...expected,
    observe: (answer) => observeJson(answer, (document) => judge(select(document))),
  };
}

export function observeJson(answer: HttpAnswer, judge: (document: unknown) => Observation): Observation {
  const unread = encodedBody(answer) ?? (answer.bodyTruncated ? TOO_LARGE : undefined);
  if (unread !== undefined) {
    return { undecided: unread };
  }
  const parsed = parseJson(answer.body);
  if (parsed === undefined) {
    return { missing: `has no value, since the body is not JSON: ${quoted(answer.body)};` };
  }
  try {
    return judge(parsed.document);
  } catch (error) {
    // Nested deeper than the evaluation, or the writing of a value, goes.
    return { undecided: describeError(error) };
  }
}

type Rule = Pick<Condition, 'threshold' | 'expected' | 'unexpected'> & { readonly judge: JudgeValues };

function ruleOf(document: JsonPathDocument, engines: Engines, { polarity, asText }: Comparing): Rule {
  switch (document.kind) {
    case 'jsonPathEquals':
      return {
        threshold: shown(document.equals),
        judge: everyValue((value) => {
          const compared = asText && (typeof value === 'number' || typeof value === 'boolean') ? String(value) : value;
          return isInexact(value) && (asText || typeof document.equals === 'number') ? undefined : polarity(compared === document.equals);
        }),
      };
    case 'jsonPathMatches': {
      const pattern = engines.pattern(document.pattern);
      const text = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));
      const match = `match of /${excerpt(document.pattern)}/`;
      return { threshold: `a ${match}`, unexpected: `no ${match}`, judge: everyValue((value) => polarity(pattern.found(text(value)))) };
    }
    case 'jsonPathBetween': {
      const { min, max } = document;
      const range = `${min} to ${max}`;
      // What is no number is neither within nor outside.
      const holds = (value: unknown) => (isInexact(value) ? undefined : typeof value === 'number' && polarity(value >= min && value <= max));
      return { threshold: range, expected: `a number from ${range}`, unexpected: `a number outside ${range}`, judge: everyValue(holds) };
    }
    case 'jsonPathExists':
    case 'jsonPathAbsent':
      return presence(document.kind === 'jsonPathExists', polarity);
    case 'jsonPathCount': {
      const { min, max } = document;
      const threshold = min === max ? min : `${min} to ${max}`;
      return { threshold, judge: ({ length }) => ({ holds: polarity(length >= min && length <= max), measured: length }) };
    }
  }
}

/** Every value that the path selects must hold, and it must select at least one. Negated, not a single one may have held. */
function everyValue(holds: (value: unknown) => boolean | undefined): JudgeValues {
  return (values) => {
    if (values.length === 0) {
      return { missing: 'selected nothing,' };
    }
    const verdicts = values.map(holds);
    const other = verdicts.indexOf(false);
    if (other < 0 && verdicts.includes(undefined)) {
      return { undecided: 'the number is larger than can be compared exactly' };
    }
    return { holds: other < 0, measured: shown(values[Math.max(0, other)]) };
  };
}

function presence(present: boolean, polarity: Polarity): Rule {
  const [threshold, unexpected] = present ? ['a value', 'no value'] : ['no value', 'a value'];
  return {
    threshold,
    unexpected,
    judge: (values) => {
      const holds = polarity(values.length > 0 === present);
      // Where one was wanted, the path is to be looked at; else the value is.
      return values.length === 0 ? (holds ? { holds, measured: null, shown: 'absent' } : { missing: 'selected nothing,' }) : { holds, measured: shown(values[0]) };
    },
  };
}

/** Whole numbers beyond 2^53 have lost digits when they were read. */
function isInexact(value: unknown): boolean {
  return typeof value === 'number' && (!Number.isFinite(value) || (Number.isInteger(value) && !Number.isSafeInteger(value)));
}

/** A JSON value as it is written, so that "5" and 5 are told apart. */
export function shown(value: unknown): string {
  return excerpt(JSON.stringify(value));
}

function parseJson(text: string): { readonly document: unknown } | undefined {
  try {
    return { document: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

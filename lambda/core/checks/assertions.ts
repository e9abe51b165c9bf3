import type { AssertionDocument } from '../../../lib/model/suite';
import { describeError, Overdue } from '../failures';
import type { HttpAnswer, RunBounded } from '../ports';
import { MAX_BODY_BYTES } from '../ports';
import { excerpt, milliseconds, quoted } from '../text';
import type { Engines } from './engines';

/** What one assertion found in an answer. */
export interface Finding {
  /** `undecided`: the part of the answer that was read does not tell. */
  readonly outcome: 'holds' | 'fails' | 'undecided';
  readonly what: string;
  readonly measured: string | number | null;
  readonly threshold: string | number | null;
  /** Such as `status was 503, expected 200`. */
  readonly statement: string;
}

export type Assertion = (answer: HttpAnswer) => Finding;

/**
 * All assertions on one answer together: nothing else happens meanwhile, so that this must fit into the time that is kept
 * back to report. A path or a pattern may take an answer's nodes times its nodes.
 */
export const MAX_JUDGING_MS = 3_000;

/** Judges an answer; what cannot be computed in time, and what comes after it, is undecided. */
export function judgeAnswer(assertions: readonly Assertion[], answer: HttpAnswer, run: RunBounded): readonly Finding[] {
  const findings: Finding[] = [];
  try {
    run(MAX_JUDGING_MS, () => assertions.forEach((assertion) => findings.push(assertion(answer))));
    return findings;
  } catch (error) {
    if (!(error instanceof Overdue)) {
      throw error;
    }
    const what = `assertion ${findings.length + 1} of ${assertions.length}`;
    const statement = `${what} could not be decided: judging the answer took longer than ${MAX_JUDGING_MS} ms; use a simpler JSON path or pattern`;
    return [...findings, undecided(what, `${MAX_JUDGING_MS} ms`, statement)];
  }
}

/** Compiles an assertion. A pattern or a path that cannot be used is a bad configuration. */
export function compileAssertion(document: AssertionDocument, engines: Engines): Assertion {
  switch (document.kind) {
    case 'status':
      return ({ status }) => finding(status === document.equals, { what: 'status', measured: status, threshold: document.equals });
    case 'statusBetween':
      return ({ status }) => {
        const measured = { what: 'status', measured: status, threshold: `${document.min} to ${document.max}` };
        return finding(status >= document.min && status <= document.max, measured);
      };
    case 'latencyBelow':
      return ({ durationMs }) => latency(durationMs, document.ms);
    case 'headerEquals':
      return header(document.name, quoted(document.equals), (value) => value === document.equals);
    case 'headerMatches': {
      const pattern = engines.pattern(document.pattern);
      return header(document.name, `a match of /${excerpt(document.pattern)}/`, pattern.found);
    }
    case 'bodyContains':
      // What is found in the beginning of a body holds for all of it.
      return (answer) => body(answer, `it to contain ${quoted(document.text)}`, () => answer.body.includes(document.text));
    case 'bodyMatches': {
      const pattern = engines.pattern(document.pattern);
      // An expression may look at the end of the text, which a truncated body does not have.
      return (answer) => body(answer, `a match of /${excerpt(document.pattern)}/`, () => !answer.bodyTruncated && pattern.found(answer.body));
    }
    default:
      return jsonPath(document, engines);
  }
}

type JsonPathDocument = Extract<AssertionDocument, { readonly path: string }>;

/** Every value that the path selects must hold, and it must select at least one. */
function jsonPath(document: JsonPathDocument, engines: Engines): Assertion {
  const select = engines.jsonPath(document.path);
  const { expected, holds } = jsonPathRule(document, engines);
  const what = `JSON path ${excerpt(document.path)}`;
  return (answer) => {
    if (encoding(answer) !== undefined) {
      return encoded(what, answer, expected);
    }
    if (answer.bodyTruncated) {
      return tooLarge(what, expected);
    }
    const parsed = parseJson(answer.body);
    if (parsed === undefined) {
      const statement = `${what} has no value, since the body is not JSON: ${quoted(answer.body)}; expected ${expected}`;
      return finding(false, { what, measured: null, threshold: expected, statement });
    }
    try {
      return judgeValues({ what, expected, holds }, select(parsed.document));
    } catch (error) {
      // Nested deeper than the evaluation, or the writing of a value, goes.
      return undecided(what, expected, `${what} could not be decided: ${describeError(error)}; expected ${expected}`);
    }
  };
}

function judgeValues({ what, expected, holds }: JsonPathRule & { readonly what: string }, values: readonly unknown[]): Finding {
  if (values.length === 0) {
    return finding(false, { what, measured: null, threshold: expected, statement: `${what} selected nothing, expected ${expected}` });
  }
  const other = values.findIndex((value) => !holds(value));
  const measured = shown(values[Math.max(0, other)]);
  return finding(other < 0, { what, measured, threshold: expected });
}

interface JsonPathRule {
  readonly expected: string;
  readonly holds: (value: unknown) => boolean;
}

function jsonPathRule(document: JsonPathDocument, engines: Engines): JsonPathRule {
  if (document.kind === 'jsonPathEquals') {
    return { expected: shown(document.equals), holds: (value) => value === document.equals };
  }
  if (document.kind === 'jsonPathExists') {
    return { expected: 'a value', holds: () => true };
  }
  const pattern = engines.pattern(document.pattern);
  const text = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));
  return { expected: `a match of /${excerpt(document.pattern)}/`, holds: (value) => pattern.found(text(value)) };
}

function latency(durationMs: number, limit: number): Finding {
  // Rounded up, so that the measured value never seems to be within the limit that it broke.
  const measured = Math.ceil(durationMs * 10) / 10;
  const statement = `latency was ${measured} ms, expected below ${limit} ms`;
  return finding(durationMs < limit, { what: 'latency', measured, threshold: limit, statement });
}

function header(name: string, expected: string, holds: (value: string) => boolean): Assertion {
  const what = `header ${name}`;
  return ({ headers }) => {
    const value = Object.hasOwn(headers, name) ? headers[name] : undefined;
    return value === undefined
      ? finding(false, { what, measured: null, threshold: expected, statement: `${what} was absent, expected ${expected}` })
      : finding(holds(value), { what, measured: quoted(value), threshold: expected });
  };
}

/** A beginning in which nothing was found says nothing about the rest. */
function body(answer: HttpAnswer, expected: string, found: () => boolean): Finding {
  if (encoding(answer) !== undefined) {
    return encoded('body', answer, expected);
  }
  const holds = found();
  return answer.bodyTruncated && !holds ? tooLarge('body', expected) : finding(holds, { what: 'body', measured: quoted(answer.body), threshold: expected });
}

/** Bodies are asked for as they are and never decoded, so that a small answer cannot become a large one here. */
function encoding({ headers }: HttpAnswer): string | undefined {
  const named = Object.hasOwn(headers, 'content-encoding') ? headers['content-encoding'] : undefined;
  return named === undefined || ['', 'identity'].includes(named.trim().toLowerCase()) ? undefined : named;
}

function encoded(what: string, answer: HttpAnswer, threshold: string): Finding {
  const why = `the body is encoded as ${quoted(encoding(answer) ?? '', 40)}, although it was asked for as it is`;
  return undecided(what, threshold, `${what} could not be decided: ${why}; expected ${threshold}`);
}

function tooLarge(what: string, threshold: string): Finding {
  const why = `the body is larger than ${MAX_BODY_BYTES} bytes, and no more is read`;
  return undecided(what, threshold, `${what} could not be decided: ${why}; expected ${threshold}`);
}

function undecided(what: string, threshold: string, statement: string): Finding {
  return { outcome: 'undecided', what, measured: null, threshold, statement };
}

/** Without a statement of its own, one is made of the rest. */
function finding(holds: boolean, found: Omit<Finding, 'outcome' | 'statement'> & { readonly statement?: string }): Finding {
  const { what, measured, threshold } = found;
  return { outcome: holds ? 'holds' : 'fails', statement: `${what} was ${measured}, expected ${threshold}`, ...found };
}

/** A JSON value as it is written, so that "5" and 5 are told apart. */
function shown(value: unknown): string {
  return excerpt(JSON.stringify(value));
}

function parseJson(text: string): { readonly document: unknown } | undefined {
  try {
    return { document: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

/** `200 in 18 ms`. */
export function answerFacts(answer: HttpAnswer): string {
  return `${answer.status} in ${milliseconds(answer.durationMs)} ms`;
}

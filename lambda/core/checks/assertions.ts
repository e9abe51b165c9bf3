import type { AssertionDocument } from '../../../lib/model/suite';
import { Overdue } from '../failures';
import type { HttpAnswer, RunBounded } from '../ports';
import { excerpt, milliseconds, quoted } from '../text';
import { bodySha256, bodySize, bodyText } from './assertions/body';
import type { Assertion, Condition, Finding } from './assertions/condition';
import { assertionOf, polarityOf } from './assertions/condition';
import { cookie, headerPresence, headerValue } from './assertions/headers';
import { jsonPath } from './assertions/json-path';
import { jsonSchema } from './assertions/json-schema';
import { finalUrlEquals, finalUrlMatches, latency, status, tlsDaysLeft } from './assertions/status-and-time';
import type { Engines } from './engines';
import type { EngineTexts } from './kind';
import type { Values } from './templates';
import { fill, referencesIn } from './templates';

export type { Assertion, Finding } from './assertions/condition';

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
    // Not a warning, whatever it was: those that follow have not been judged either.
    return [...findings, { outcome: 'undecided', what, measured: null, threshold: `${MAX_JUDGING_MS} ms`, statement, warning: false }];
  }
}

/** What the engines must compile for these assertions. */
export function textsOf(assertions: readonly AssertionDocument[]): Required<Omit<EngineTexts, 'groups'>> {
  return {
    patterns: assertions.flatMap((assertion) => ('pattern' in assertion ? [assertion.pattern] : [])),
    jsonPaths: assertions.flatMap((assertion) => (assertion.kind.startsWith('json') && 'path' in assertion && assertion.path !== undefined ? [assertion.path] : [])),
    schemas: assertions.flatMap((assertion) => (assertion.kind === 'jsonSchema' ? [assertion.schema] : [])),
  };
}

/** Puts values into the text that an assertion compares with. A JSON value is then compared as text: a number was captured as one too. */
export function fillAssertion(document: AssertionDocument, values: Values): { readonly document: AssertionDocument; readonly asText: boolean } {
  if (document.kind === 'bodyContains') {
    return { document: { ...document, text: fill(document.text, values) }, asText: false };
  }
  if (!('equals' in document) || typeof document.equals !== 'string') {
    return { document, asText: false };
  }
  return { document: { ...document, equals: fill(document.equals, values) } as AssertionDocument, asText: referencesIn(document.equals).length > 0 };
}

/** Compiles an assertion. A pattern, a path or a schema that cannot be used is a bad configuration. */
export function compileAssertion(document: AssertionDocument, engines: Engines, asText = false): Assertion {
  return assertionOf(conditionOf(document, engines, asText), document);
}

function conditionOf(document: AssertionDocument, engines: Engines, asText: boolean): Condition {
  const polarity = polarityOf(document);
  switch (document.kind) {
    case 'status':
      return status(document.equals, (code) => code === document.equals, polarity);
    case 'statusIn':
      return status(`one of ${document.values.join(', ')}`, (code) => document.values.includes(code), polarity);
    case 'statusBetween':
      return status(`${document.min} to ${document.max}`, (code) => code >= document.min && code <= document.max, polarity);
    case 'latencyBelow':
      return latency(document.ms, polarity);
    case 'tlsDaysLeft':
      return tlsDaysLeft(document.atLeast, polarity);
    case 'finalUrlEquals':
      return finalUrlEquals(document.equals, polarity);
    case 'finalUrlMatches':
      return finalUrlMatches(document.pattern, engines.pattern(document.pattern), polarity);
    case 'headerEquals':
      return headerValue(document.name, { threshold: quoted(document.equals) }, (value) => polarity(value === document.equals));
    case 'headerMatches': {
      const pattern = engines.pattern(document.pattern);
      return headerValue(document.name, matchOf(document.pattern), (value) => polarity(pattern.found(value)));
    }
    case 'headerExists':
    case 'headerAbsent':
      return headerPresence(document.name, document.kind === 'headerExists', polarity);
    case 'cookie':
      return cookie(document, polarity);
    case 'bodyContains': {
      const text = quoted(document.text);
      // What is found in the beginning of a body holds for all of it.
      return bodyText({ threshold: `it to contain ${text}`, unexpected: `it not to contain ${text}` }, ({ body }) => body.includes(document.text), polarity);
    }
    case 'bodyMatches': {
      const pattern = engines.pattern(document.pattern);
      // An expression may look at the end of the text, which a truncated body does not have.
      return bodyText(matchOf(document.pattern), ({ body, bodyTruncated }) => !bodyTruncated && pattern.found(body), polarity);
    }
    case 'bodySize':
      return bodySize(document, polarity);
    case 'bodySha256':
      return bodySha256(document.equals, polarity);
    case 'jsonSchema':
      return jsonSchema(document, engines, polarity);
    default:
      return jsonPath(document, engines, { polarity, asText });
  }
}

function matchOf(pattern: string): { readonly threshold: string; readonly unexpected: string } {
  const match = `match of /${excerpt(pattern)}/`;
  return { threshold: `a ${match}`, unexpected: `no ${match}` };
}

/** `200 in 18 ms`. */
export function answerFacts(answer: HttpAnswer): string {
  return `${answer.status} in ${milliseconds(answer.durationMs)} ms`;
}

/** Steps of an HTTP check, ready to be played: what is asserted and captured, and what comes of one answer. */
import type { AssertionDocument, HttpCheckDocument, HttpStepDocument } from '../../../../lib/model/suite';
import { Overdue } from '../../failures';
import type { HttpAnswer, RunBounded } from '../../ports';
import type { Assertion, Finding } from '../assertions';
import { compileAssertion, fillAssertion, judgeAnswer, MAX_JUDGING_MS } from '../assertions';
import type { Engines } from '../engines';
import { prepareRequest } from '../requests';
import type { Values } from '../templates';
import type { ProbeTools } from '../tools';
import type { Captured, Capture, Uncaptured } from './captures';
import { captureFailed, compileCapture } from './captures';

export interface CompiledStep {
  readonly document: HttpStepDocument;
  /** With the values of an attempt. */
  readonly assertions: (values: Values) => readonly Assertion[];
  readonly captures: readonly CompiledCapture[];
}

interface CompiledCapture {
  readonly name: string;
  readonly take: Capture;
  /** The finding where nothing could be taken. */
  readonly failed: (found: Uncaptured) => Finding;
}

/** Finds every step playable. @throws ConfigurationError */
export function compileSteps({ steps, values = {} }: HttpCheckDocument, { engines, environment }: ProbeTools): readonly CompiledStep[] {
  // Any values will do to see that a URL can be asked, and that assertions can be compiled.
  const names = [...Object.keys(values), ...steps.flatMap(({ captures }) => Object.keys(captures ?? {}))];
  const samples = Object.fromEntries(names.map((name) => [name, '0']));
  return steps.map((document) => {
    prepareRequest(environment, document.target, document.request, { values: samples });
    const assertions = (filling: Values) => document.assertions.map((assertion) => compileFilled(assertion, engines, filling));
    assertions(samples);
    const captures = Object.entries(document.captures ?? {}).map(([name, capture]) => {
      return { name, take: compileCapture(capture, engines), failed: (found: Uncaptured) => captureFailed(name, capture, found) };
    });
    return { document, assertions, captures };
  });
}

function compileFilled(assertion: AssertionDocument, engines: Engines, values: Values): Assertion {
  const { document, asText } = fillAssertion(assertion, values);
  return compileAssertion(document, engines, asText);
}

export interface JudgedStep {
  readonly findings: readonly Finding[];
  readonly captured: Values;
  /** Nothing stands in the way of the next step. */
  readonly goesOn: boolean;
}

/** Values are taken only out of an answer that is as it should be: else the assertions say better what is wrong. */
export function judgeStep(step: CompiledStep, { answer, values, run }: { readonly answer: HttpAnswer; readonly values: Values; readonly run: RunBounded }): JudgedStep {
  const findings = judgeAnswer(step.assertions(values), answer, run);
  if (findings.some(({ outcome, warning }) => outcome !== 'holds' && !warning)) {
    return { findings, captured: {}, goesOn: false };
  }
  const taken = step.captures.map((capture) => ({ capture, result: takeBounded(capture, answer, run) }));
  const failed = taken.flatMap(({ capture, result }) => ('value' in result ? [] : [capture.failed(result)]));
  const captured = Object.fromEntries(taken.flatMap(({ capture, result }) => ('value' in result ? [[capture.name, result.value]] : [])));
  return { findings: [...findings, ...failed], captured, goesOn: failed.length === 0 };
}

function takeBounded({ take }: CompiledCapture, answer: HttpAnswer, run: RunBounded): Captured {
  try {
    return run(MAX_JUDGING_MS, () => take(answer));
  } catch (error) {
    if (error instanceof Overdue) {
      return { undecided: `taking it took longer than ${MAX_JUDGING_MS} ms; use a simpler JSON path or pattern` };
    }
    throw error;
  }
}

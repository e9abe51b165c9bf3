import type { HttpCheckDocument } from '../../../lib/model/suite';
import type { Measurement } from '../engine/state';
import type { Probe } from '../engine/play';
import { describeError, TransportFailure } from '../failures';
import type { HttpAnswer, HttpClient } from '../ports';
import type { ProbeTools } from './tools';
import { counted, excerpt } from '../text';
import type { Finding } from './assertions';
import type { CheckKind } from './kind';
import { parseAssertions } from './parse-assertion';
import { parseRequest, parseTarget } from './parse-http';
import { answerFacts, compileAssertion, judgeAnswer, textsOf } from './assertions';
import type { PreparedRequest } from './requests';
import { prepareRequest } from './requests';

/** Longest reason of a check, in characters. */
const MAX_REASON_LENGTH = 1000;

export const httpKind: CheckKind<HttpCheckDocument> = {
  parse: (fields, base) => {
    const target = parseTarget(fields.object('target'));
    return { kind: 'http', ...base, target, request: parseRequest(fields.object('request'), target), assertions: parseAssertions(fields) };
  },
  texts: ({ assertions }) => textsOf(assertions),
  probe: httpProbe,
};

/** A check whose configuration has been found good: each attempt sends the request once and judges the answer. */
function httpProbe(document: HttpCheckDocument, { environment, engines, http, run }: ProbeTools): Probe {
  const prepared = prepareRequest(environment, document.target, document.request);
  const assertions = document.assertions.map((assertion) => compileAssertion(assertion, engines));
  return async (signal) => {
    const answer = await ask(prepared, http, signal);
    return 'outcome' in answer ? answer : judged(prepared, answer, judgeAnswer(assertions, answer, run));
  };
}

/** The answer, or the measurement that came to nothing. */
export async function ask({ request, label }: PreparedRequest, http: HttpClient, signal: AbortSignal): Promise<HttpAnswer | Measurement> {
  try {
    return await http.send(request, signal);
  } catch (error) {
    if (signal.aborted || !(error instanceof TransportFailure)) {
      throw error;
    }
    return { outcome: 'error', reason: `${describeError(error)} (${label})`, measurements: [], samples: 0, retryable: error.retryable };
  }
}

function judged({ label }: PreparedRequest, answer: HttpAnswer, findings: readonly Finding[]): Measurement {
  const decisive = findings.filter(({ warning }) => !warning);
  const failed = decisive.filter(({ outcome }) => outcome === 'fails');
  const undecided = decisive.filter(({ outcome }) => outcome === 'undecided');
  const telling = failed.length > 0 ? failed : undecided;
  const because = telling.length > 0 ? telling.map(({ statement }) => statement) : [`${counted(decisive.length, 'assertion')} held`];
  const warnings = findings.filter(({ warning, outcome }) => warning && outcome !== 'holds').map(({ statement }) => `warning: ${statement}`);
  return {
    // Warnings alone prove nothing.
    outcome: failed.length > 0 ? 'fail' : undecided.length > 0 || decisive.length === 0 ? 'inconclusive' : 'pass',
    reason: excerpt(`${[...because, ...warnings].join('; ')} (${label}, ${answerFacts(answer)})`, MAX_REASON_LENGTH),
    measurements: findings.map(({ what, measured, threshold, outcome }) => ({ what, measured, threshold, ok: outcome === 'holds' })),
    samples: 1,
    // The same answer would be as undecided the next time: its body is too large, or too deep.
    ...(failed.length === 0 && undecided.length > 0 ? { retryable: false } : {}),
  };
}

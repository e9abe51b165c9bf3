import type { HttpCheckDocument } from '../../../lib/model/suite';
import type { Measurement } from '../engine/state';
import type { Probe } from '../engine/play';
import { describeError, TransportFailure } from '../failures';
import type { HttpAnswer, HttpClient } from '../ports';
import type { ProbeTools } from './tools';
import { judged } from './judged';
import type { CheckKind } from './kind';
import { parseAssertions } from './parse-assertion';
import { parseRequest, parseTarget } from './parse-http';
import { answerFacts, compileAssertion, judgeAnswer, textsOf } from './assertions';
import type { PreparedRequest } from './requests';
import { prepareRequest } from './requests';

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
    return 'outcome' in answer ? answer : judged(judgeAnswer(assertions, answer, run), `${prepared.label}, ${answerFacts(answer)}`);
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

/** Whether an invoked function ended as it was to, and answered what it was to. */
import type { Invoked } from '../invocation';
import { lastWords } from '../log-tail';
import type { HttpAnswer, RunBounded } from '../ports';
import { excerpt, quoted } from '../text';
import type { Assertion, Finding } from './assertions';
import { judgeAnswer } from './assertions';

export interface ExpectedInvocation {
  /** `errorType` that the function must fail with; absent: it must return. */
  readonly expectedErrorType?: string;
  readonly assertions: readonly Assertion[];
}

export function judgeInvocation(expected: ExpectedInvocation, functionArn: string, invoked: Invoked, run: RunBounded): readonly Finding[] {
  const end = judgeEnd(expected, invoked);
  // An answer of the wrong sort is not looked into: what it lacks would only hide what it is.
  return end.outcome === 'holds' ? [end, ...judgeAnswer(expected.assertions, payloadAsAnswer(functionArn, invoked), run)] : [end];
}

function judgeEnd({ expectedErrorType }: ExpectedInvocation, { answer }: Invoked): Finding {
  const threshold = expectedErrorType === undefined ? 'returned' : `failed with ${excerpt(expectedErrorType)}`;
  const expected = expectedErrorType === undefined ? 'it to return' : `it to fail with ${excerpt(expectedErrorType)}`;
  const finding = (holds: boolean, measured: string, did: string): Finding => ({
    outcome: holds ? 'holds' : 'fails',
    what: 'end',
    measured,
    threshold,
    statement: holds ? `it ${did}` : `it ${did}, expected ${expected}${lastWords(answer.log)}`,
    warning: false,
  });
  if (answer.end === 'returned') {
    return finding(expectedErrorType === undefined, 'returned', `returned ${quoted(textOf(answer.payload))}`);
  }
  const { errorType, errorMessage } = answer;
  return finding(errorType === expectedErrorType, `failed with ${excerpt(errorType)}`, `failed with ${excerpt(errorType)}: ${quoted(errorMessage, 300)}`);
}

/** The payload as the assertions look at it. */
function payloadAsAnswer(url: string, { answer: { payload }, durationMs }: Invoked): HttpAnswer {
  return { status: 200, headers: {}, setCookies: [], body: textOf(payload), bytes: payload, bodyTruncated: false, url, durationMs };
}

const textOf = (payload: Uint8Array): string => new TextDecoder().decode(payload);

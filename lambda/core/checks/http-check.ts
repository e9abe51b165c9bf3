import type { CheckResult } from '../../../lib/model/hook-contract';
import type { HttpCheckDocument } from '../../../lib/model/suite';
import type { Verdict } from '../../../lib/model/status';
import { describeError, Overdue, TransportFailure } from '../failures';
import type { Clock, Environment, HttpAnswer, HttpClient, RunBounded } from '../ports';
import { counted, excerpt } from '../text';
import type { Assertion, Finding } from './assertions';
import { answerFacts, compileAssertion, judgeAnswer } from './assertions';
import type { Engines } from './engines';
import type { PreparedRequest } from './requests';
import { prepareRequest } from './requests';

/** Longest reason of a check, in characters. */
const MAX_REASON_LENGTH = 1000;

export interface CheckPorts {
  readonly clock: Clock;
  readonly http: HttpClient;
  readonly run: RunBounded;
}

/** A check whose configuration has been found good. */
export type ReadyCheck = (ports: CheckPorts, signal: AbortSignal) => Promise<CheckResult>;

export function prepareHttpCheck(document: HttpCheckDocument, environment: Environment, engines: Engines): ReadyCheck {
  const prepared = prepareRequest(environment, document.target, document.request);
  const assertions = document.assertions.map((assertion) => compileAssertion(assertion, engines));
  return (ports, signal) => runHttpCheck({ document, prepared, assertions }, ports, signal);
}

interface HttpCheck {
  readonly document: HttpCheckDocument;
  readonly prepared: PreparedRequest;
  readonly assertions: readonly Assertion[];
}

/** What has been seen of a check so far. */
interface Progress {
  samples: number;
  errors: number;
  passes: number;
  findings: readonly Finding[];
  answer?: HttpAnswer;
  lastError?: string;
}

/**
 * Attempts until enough of them passed in a row. The first answer that fails an assertion fails the check; a transport
 * error breaks the row, and is tried again within its budget.
 */
async function runHttpCheck(check: HttpCheck, ports: CheckPorts, signal: AbortSignal): Promise<CheckResult> {
  const { document, prepared } = check;
  const startedAt = ports.clock.now();
  const seen: Progress = { samples: 0, errors: 0, passes: 0, findings: [] };
  const result = (verdict: Verdict, because: string): CheckResult => ({
    name: document.name,
    kind: document.kind,
    verdict,
    reason: excerpt(`${because} (${prepared.label}${seen.answer ? `, ${answerFacts(seen.answer)}` : ''})`, MAX_REASON_LENGTH),
    measurements: seen.findings.map(({ what, measured, threshold, outcome }) => ({ what, measured, threshold, ok: outcome === 'holds' })),
    samples: seen.samples,
    errors: seen.errors,
    windowMs: Math.round(ports.clock.now() - startedAt),
  });

  try {
    for (;;) {
      const ended = await attempt(check, ports, signal, seen);
      if (ended !== undefined) {
        return result(ended.verdict, ended.because);
      }
      await ports.clock.sleep(document.intervalMs, signal);
    }
  } catch (error) {
    if (!signal.aborted) {
      throw error;
    }
    return result('inconclusive', `time was up${signal.reason instanceof Overdue ? '' : ' (aborted)'} after ${progress(document, seen)}`);
  }
}

/** One attempt; undefined where the check goes on. */
async function attempt(
  check: HttpCheck,
  ports: CheckPorts,
  signal: AbortSignal,
  seen: Progress,
): Promise<{ readonly verdict: Verdict; readonly because: string } | undefined> {
  const { document, prepared, assertions } = check;
  let answer: HttpAnswer;
  try {
    answer = await ports.http.send(prepared.request, signal);
  } catch (error) {
    if (signal.aborted || !(error instanceof TransportFailure)) {
      throw error;
    }
    seen.errors += 1;
    seen.passes = 0;
    seen.lastError = describeError(error);
    const over = !error.retryable || seen.errors > document.transportRetries;
    return over ? { verdict: 'inconclusive', because: `could not be measured: ${seen.lastError}; ${progress(document, seen)}` } : undefined;
  }
  seen.samples += 1;
  seen.answer = answer;
  seen.findings = judgeAnswer(assertions, answer, ports.run);
  const failed = seen.findings.filter(({ outcome }) => outcome === 'fails');
  const undecided = seen.findings.filter(({ outcome }) => outcome === 'undecided');
  if (failed.length > 0 || undecided.length > 0) {
    const statements = (failed.length > 0 ? failed : undecided).map(({ statement }) => statement);
    return { verdict: failed.length > 0 ? 'fail' : 'inconclusive', because: statements.join('; ') };
  }
  seen.passes += 1;
  return seen.passes >= document.consecutive ? { verdict: 'pass', because: passed(document, seen) } : undefined;
}

function passed(document: HttpCheckDocument, seen: Progress): string {
  const held = `${counted(document.assertions.length, 'assertion')} held`;
  const row = document.consecutive === 1 ? held : `${held} in ${document.consecutive} answers in a row`;
  return seen.errors === 0 ? row : `${row}, after ${counted(seen.errors, 'transport error')}, the last one ${seen.lastError}`;
}

function progress(document: HttpCheckDocument, seen: Progress): string {
  return `${seen.passes} of ${document.consecutive} passes in a row, ${counted(seen.samples, 'answer')}, ${counted(seen.errors, 'transport error')}`;
}

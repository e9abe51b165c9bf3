/** Test traffic may reach the new version later than the event does: this proves first that it answers. */
import type { CheckResult } from '../../../lib/model/hook-contract';
import type { SettleDocument } from '../../../lib/model/suite';
import type { Bounds } from '../deadline';
import { within } from '../deadline';
import { describeError, Overdue, TransportFailure } from '../failures';
import type { Environment, HttpAnswer } from '../ports';
import { counted, excerpt } from '../text';
import type { Assertion, Finding } from './assertions';
import { answerFacts, compileAssertion, judgeAnswer } from './assertions';
import type { Engines } from './engines';
import type { CheckPorts, ReadyCheck } from './http-check';
import { prepareRequest } from './requests';

/** What CheckResult calls it. */
const NAME = 'settle';

/** Without a version to look for, an answer proves that something stands behind the listener. */
const LEAST_SERVER_ERROR = 500;

interface Progress {
  row: number;
  samples: number;
  errors: number;
  last: string;
}

export function prepareSettle(document: SettleDocument, environment: Environment, engines: Engines): ReadyCheck {
  const { request, label } = prepareRequest(environment, document.target, document.request);
  const proves = compileProof(document, engines);
  return async (ports, signal) => {
    const startedAt = ports.clock.now();
    const seen: Progress = { row: 0, samples: 0, errors: 0, last: 'nothing yet' };
    const settled = await inTime(ports, { ms: document.timeoutMs, signal }, async (inner) => {
      for (;;) {
        await look(seen, () => ports.http.send(request, inner), (answer) => judgeAnswer([proves], answer, ports.run));
        if (seen.row >= document.consecutive) {
          return;
        }
        inner.throwIfAborted();
        await ports.clock.sleep(document.intervalMs, inner);
      }
    });
    return result(document, { ...seen, settled, tookMs: Math.round(ports.clock.now() - startedAt), label });
  };
}

/** Whether the new version was proven; false when time was up, and only then. */
async function inTime(ports: CheckPorts, bounds: Bounds, work: (inner: AbortSignal) => Promise<void>): Promise<boolean> {
  try {
    await within(ports.clock, bounds, work);
    return true;
  } catch (error) {
    if (error instanceof Overdue || bounds.signal?.aborted) {
      return false;
    }
    throw error;
  }
}

/** One look, noted in the progress. */
async function look(seen: Progress, send: () => Promise<HttpAnswer>, judge: (answer: HttpAnswer) => readonly Finding[]): Promise<void> {
  try {
    const answer = await send();
    const findings = judge(answer);
    seen.samples += 1;
    seen.row = findings.length > 0 && findings.every(({ outcome }) => outcome === 'holds') ? seen.row + 1 : 0;
    seen.last = `${findings.map(({ statement }) => statement).join('; ')} (${answerFacts(answer)})`;
  } catch (error) {
    if (!(error instanceof TransportFailure)) {
      throw error;
    }
    seen.errors += 1;
    seen.row = 0;
    seen.last = describeError(error);
  }
}

function compileProof(document: SettleDocument, engines: Engines): Assertion {
  const { version } = document;
  if (version === undefined) {
    return compileAssertion({ kind: 'statusBetween', min: 100, max: LEAST_SERVER_ERROR - 1 }, engines);
  }
  return 'header' in version
    ? compileAssertion({ kind: 'headerEquals', name: version.header.toLowerCase(), equals: version.equals }, engines)
    : compileAssertion({ kind: 'jsonPathEquals', path: version.jsonPath, equals: version.equals }, engines);
}

interface End extends Progress {
  readonly settled: boolean;
  readonly tookMs: number;
  readonly label: string;
}

function result(document: SettleDocument, seen: End): CheckResult {
  const { settled, tookMs, label } = seen;
  const answers = `${counted(seen.samples, 'answer')}, ${counted(seen.errors, 'transport error')}`;
  const reason = settled
    ? `the new version answered ${document.consecutive} times in a row after ${tookMs} ms (${label})`
    : `the new version did not answer ${document.consecutive} times in a row within ${tookMs} ms; ` +
      `last seen: ${seen.last} (${label}; ${answers})`;
  return {
    name: NAME,
    kind: NAME,
    verdict: settled ? 'pass' : 'fail',
    reason: excerpt(reason, 1000),
    measurements: [{ what: 'answers of the new version in a row', measured: seen.row, threshold: document.consecutive, ok: settled }],
    samples: seen.samples,
    errors: seen.errors,
    windowMs: tookMs,
  };
}

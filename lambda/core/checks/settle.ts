/** Test traffic may reach the new version later than the event does: this proves first that it answers. */
import type { SettleDocument } from '../../../lib/model/suite';
import type { PlannedCheck } from '../engine/state';
import type { Probe } from '../engine/play';
import { ask } from './ask';
import type { Assertion } from './assertions';
import { answerFacts, compileAssertion, judgeAnswer } from './assertions';
import type { Engines } from './engines';
import { prepareRequest } from './requests';
import type { ProbeTools } from './tools';

/** What the report calls it; every other check comes after it. */
export const SETTLE = 'settle';

/** Without a version to look for, an answer proves that something stands behind the listener. */
const LEAST_SERVER_ERROR = 500;

/** Waits: neither the old version nor a refused connection ends it before its time is up. */
export function settleCheck({ consecutive, intervalMs, timeoutMs, request }: SettleDocument): PlannedCheck {
  return {
    name: SETTLE,
    kind: SETTLE,
    policy: {
      mode: 'ENFORCE',
      after: [],
      passes: { consecutive, patient: true },
      attemptMs: request.timeoutMs,
      intervalMs,
      errorBudget: Number.MAX_SAFE_INTEGER,
      deadlineMs: timeoutMs,
      inconclusive: 'FAIL',
    },
  };
}

export function settleProbe(document: SettleDocument, { environment, engines, http, run }: ProbeTools): Probe {
  const prepared = prepareRequest(environment, document.target, document.request);
  const proves = compileProof(document, engines);
  return async (signal) => {
    const answer = await ask(prepared, http, signal);
    if ('outcome' in answer) {
      // Whatever stands in the way of an answer may pass: that is what settling waits for.
      return { ...answer, retryable: true };
    }
    const findings = judgeAnswer([proves], answer, run);
    const holds = findings.length > 0 && findings.every(({ outcome }) => outcome === 'holds');
    const because = holds ? 'the new version answered' : findings.map(({ statement }) => statement).join('; ');
    return {
      outcome: holds ? 'pass' : 'fail',
      reason: `${because} (${prepared.label}, ${answerFacts(answer)})`,
      measurements: findings.map(({ what, measured, threshold, outcome }) => ({ what, measured, threshold, ok: outcome === 'holds' })),
      samples: 1,
    };
  };
}

function compileProof({ version }: SettleDocument, engines: Engines): Assertion {
  if (version === undefined) {
    return compileAssertion({ kind: 'statusBetween', min: 100, max: LEAST_SERVER_ERROR - 1 }, engines);
  }
  return 'header' in version
    ? compileAssertion({ kind: 'headerEquals', name: version.header.toLowerCase(), equals: version.equals }, engines)
    : compileAssertion({ kind: 'jsonPathEquals', path: version.jsonPath, equals: version.equals }, engines);
}

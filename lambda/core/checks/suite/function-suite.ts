/** A suite that is a function: it is invoked once, and what it returns is its result. */
import { Overdue } from '../../failures';
import type { Probe } from '../../engine/play';
import type { Measurement } from '../../engine/state';
import { functionName, invokeForCheck } from '../../invocation';
import type { CheckInvocation } from '../../invocation';
import { lastWords } from '../../log-tail';
import type { Clock, InvocationEnd, Invoker, RunBounded } from '../../ports';
import { excerpt, milliseconds, quoted } from '../../text';
import { MAX_JUDGING_MS } from '../assertions';
import { judgeCases, outcomeOfCases } from './cases';
import type { ParseXml } from './junit';
import { readResult } from './result-document';
import { UnreadableResult } from './unreadable';

export interface FunctionSuitePorts {
  readonly invoker: Invoker;
  readonly parseXml: ParseXml;
  readonly clock: Clock;
  readonly run: RunBounded;
}

export function functionSuite(call: CheckInvocation, rule: Parameters<typeof judgeCases>[0], ports: FunctionSuitePorts): Probe {
  return async (signal) => {
    const invoked = await invokeForCheck(ports, call, signal);
    if ('outcome' in invoked) {
      return invoked;
    }
    const { answer, durationMs } = invoked;
    const facts = `function ${functionName(call.functionArn)}, ${answer.end} after ${milliseconds(durationMs)} ms`;
    return answer.end === 'failed' ? broken(answer, facts) : measured(answer.payload, rule, facts, ports);
  };
}

function measured(payload: Uint8Array, rule: Parameters<typeof judgeCases>[0], facts: string, { parseXml, run }: FunctionSuitePorts): Measurement {
  try {
    return judgeCases(rule, outcomeOfCases(run(MAX_JUDGING_MS, () => readResult(payload, parseXml))), facts);
  } catch (error) {
    if (!(error instanceof UnreadableResult || error instanceof Overdue)) {
      throw error;
    }
    return { outcome: 'error', reason: excerpt(`the result of the suite cannot be read: ${error.message} (${facts})`, 1000), measurements: [], samples: 0, retryable: false };
  }
}

/** A suite that breaks has not passed: whether the release broke it is for people to find out. */
function broken({ errorType, errorMessage, log }: Extract<InvocationEnd, { readonly end: 'failed' }>, facts: string): Measurement {
  const error = `failed with ${excerpt(errorType)}`;
  return {
    outcome: 'fail',
    reason: excerpt(`the suite ${error}: ${quoted(errorMessage, 300)}, expected a result${lastWords(log)} (${facts})`, 1000),
    measurements: [{ what: 'end', measured: error, threshold: 'returned', ok: false }],
    samples: 1,
  };
}

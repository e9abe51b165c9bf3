import type { LoadCheckDocument } from '../../../lib/model/load-document';
import { LOAD_LOOKUP_MS } from '../../../lib/model/load-document';
import { within } from '../deadline';
import type { Measurement } from '../engine/state';
import { describeError, Overdue, TransportFailure } from '../failures';
import type { CheckKind, CheckProbe } from './kind';
import { judgeLoad } from './load/judge-load';
import { parseLoad } from './load/parse-load';
import type { LoadGenerator, LoadLine, MakeHistogram } from './load/ports';
import { runLoad } from './load/run-load';
import type { PreparedRequest } from './requests';
import { prepareRequest } from './requests';
import type { Values } from './templates';
import type { ProbeTools } from './tools';

export interface LoadKindPorts {
  readonly generator: LoadGenerator;
  readonly histogram: MakeHistogram;
}

export function loadKind(ports: LoadKindPorts): CheckKind<LoadCheckDocument> {
  return { parse: parseLoad, probe: (document, tools) => loadProbe(document, ports, tools) };
}

/** A load is started by the first attempt only, and that one plays all of it. */
function loadProbe(document: LoadCheckDocument, { generator, histogram }: LoadKindPorts, { environment, clock }: ProbeTools): CheckProbe {
  const prepare = (values: Values) => document.requests.map(({ target, request }) => prepareRequest(environment, target, request, { values }));
  // Any values will do to see that the requests can be sent.
  prepare(Object.fromEntries(Object.keys(document.values ?? {}).map((name) => [name, '0'])));
  return async (signal, attempt) => {
    if (attempt.number > 1 || attempt.memory !== undefined) {
      return NOT_AGAIN;
    }
    const prepared = prepare(attempt.values);
    let line: LoadLine;
    try {
      const open = (inner: AbortSignal) => generator.open(prepared.map(({ request }) => request), { environment, maxInFlight: document.maxInFlight }, inner);
      line = await within(clock, { ms: LOAD_LOOKUP_MS, signal }, open);
    } catch (error) {
      return notSent(error, signal);
    }
    try {
      const summary = await runLoad(document, { clock, histogram, line }, signal);
      return { ...judgeLoad(document, summary, labelOf(prepared)), memory: STARTED };
    } finally {
      line.close();
    }
  };
}

const STARTED = { started: true } as const;

const NOT_AGAIN: Measurement = {
  outcome: 'inconclusive',
  reason: 'the load was started by an earlier attempt, whose outcome is not known, and a load is never started twice; release again to repeat it',
  measurements: [],
  samples: 0,
  retryable: false,
};

/** Nothing has left yet. */
function notSent(error: unknown, signal: AbortSignal): Measurement {
  if (signal.aborted || !(error instanceof TransportFailure || error instanceof Overdue)) {
    throw error;
  }
  const why = error instanceof Overdue ? `its targets could not be looked up within ${LOAD_LOOKUP_MS / 1_000} s` : describeError(error);
  return { outcome: 'error', reason: `no load was sent: ${why}`, measurements: [], samples: 0, retryable: false };
}

function labelOf([first, ...others]: readonly PreparedRequest[]): string {
  return `${first?.label ?? ''}${others.length === 0 ? '' : ` and ${others.length} more in turn`}`;
}

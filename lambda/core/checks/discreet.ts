import type { CheckDocument } from '../../../lib/model/suite';
import type { Probe } from '../engine/play';
import { describeError, UnusableValue } from '../failures';
import { Redaction } from '../redaction';
import type { CheckProbe } from './kind';
import type { RuntimeValues } from './runtime-values';

export interface Discretion {
  readonly document: CheckDocument;
  readonly values: RuntimeValues;
  /** Of all checks: an answer may hold what another check has sent. */
  readonly hidden: Redaction;
}

/** Gives a probe the values of its check, and takes them out of whatever comes of it. */
export function discreet(probe: CheckProbe, { document, values, hidden }: Discretion): Probe {
  return async (signal, attempt) => {
    const own = new Redaction(hidden);
    const discretion = { hide: (text: string) => own.hide(text), isSecret: (text: string) => own.isIn(text) };
    try {
      const read = await values.read(document.values ?? {});
      return own.measurement(await probe(signal, { ...attempt, ...discretion, values: read }));
    } catch (error) {
      if (error instanceof UnusableValue) {
        return { outcome: 'error', reason: own.text(describeError(error)), measurements: [], samples: 0, retryable: error.retryable };
      }
      throw own.error(error);
    }
  };
}

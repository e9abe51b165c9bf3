/** One threshold, and what was measured for it. */
import type { LoadLatencyDocument, LoadThresholdDocument } from '../../../../lib/model/load-document';
import type { CheckMeasurement } from '../../../../lib/model/hook-contract';
import { faithful, grouped, percentOf } from './figures';
import { exceeds, rankOf } from './ranks';
import type { LoadSummary } from './tally';

export interface JudgedThreshold {
  readonly outcome: 'holds' | 'fails' | 'undecided';
  /** What was measured, such as `p95 was 412 ms over 1,200 requests`. */
  readonly fact: string;
  /** What was asked for, such as `expected below 300 ms`. */
  readonly expected: string;
  readonly measurement: CheckMeasurement;
}

export function judgeThreshold(threshold: LoadThresholdDocument, summary: LoadSummary): JudgedThreshold {
  const { samples } = summary;
  const judged = observe(threshold, summary);
  const tooFew = samples < threshold.minSamples || samples === 0;
  const outcome = tooFew || judged.holds === undefined ? 'undecided' : judged.holds ? 'holds' : 'fails';
  const enough = tooFew ? ` and at least ${grouped(threshold.minSamples)} requests to decide` : '';
  return {
    outcome,
    fact: judged.fact,
    expected: `expected ${judged.limit}${enough}`,
    measurement: { what: `${judged.what} of ${grouped(samples)} requests`, measured: judged.measured, threshold: judged.limit, ok: outcome === 'holds' },
  };
}

interface Observed {
  readonly what: string;
  readonly limit: string;
  /** Undefined: there is nothing to compare. */
  readonly holds: boolean | undefined;
  readonly measured: string | null;
  readonly fact: string;
}

function observe(threshold: LoadThresholdDocument, summary: LoadSummary): Observed {
  switch (threshold.kind) {
    case 'latency':
      return latency(threshold, summary);
    case 'errorRate':
      return errorRate(threshold.atMostPercent, summary);
    case 'throughput':
      return throughput(threshold.atLeastPerSecond, summary);
  }
}

/** Requests that failed rank behind all that were answered: an error that comes fast must not make a service look fast. */
function latency({ percentile, belowMs }: LoadLatencyDocument, { samples, answered, failed, latency: histogram }: LoadSummary): Observed {
  const what = `p${percentile}`;
  const limit = `below ${belowMs} ms`;
  const rank = rankOf(percentile, samples);
  if (samples === 0) {
    return { what, limit, holds: undefined, measured: null, fact: `${what} is unknown, since no request was measured` };
  }
  if (rank > answered) {
    const fact = `${what} was no answer, since ${grouped(failed)} of ${grouped(samples)} requests failed`;
    return { what, limit, holds: false, measured: 'no answer', fact };
  }
  const value = histogram.atRank(rank);
  if (Number.isNaN(value)) {
    return { what, limit, holds: undefined, measured: null, fact: `${what} is unknown` };
  }
  const holds = value < belowMs;
  const measured = `${grouped(faithful(value, value < 10 ? 1 : 0, (shown) => shown < belowMs, holds))} ms`;
  return { what, limit, holds, measured, fact: `${what} was ${measured} over ${grouped(samples)} requests` };
}

function errorRate(atMostPercent: number, { samples, failed }: LoadSummary): Observed {
  const what = 'error rate';
  const limit = `at most ${atMostPercent} %`;
  if (samples === 0) {
    return { what, limit, holds: undefined, measured: null, fact: `${what} is unknown, since no request was measured` };
  }
  const holds = !exceeds(failed, samples, atMostPercent);
  const percent = percentOf(failed, samples);
  const measured = `${faithful(percent, 2, (shown) => shown <= atMostPercent, holds)} %`;
  return { what, limit, holds, measured, fact: `${what} was ${measured} of ${grouped(samples)}` };
}

/** Answers without error, for each second until the last of them. */
function throughput(atLeast: number, { answered, answeringMs }: LoadSummary): Observed {
  const what = 'throughput';
  const limit = `at least ${atLeast}/s`;
  const perSecond = perSecondOf(answered, answeringMs);
  if (perSecond === undefined) {
    return { what, limit, holds: undefined, measured: null, fact: `${what} is unknown, since no request was measured` };
  }
  const holds = perSecond >= atLeast;
  const measured = `${grouped(faithful(perSecond, 1, (shown) => shown >= atLeast, holds))}/s`;
  return { what, limit, holds, measured, fact: `${what} was ${measured}` };
}

/** Undefined over no time at all. */
export function perSecondOf(count: number, ms: number): number | undefined {
  return ms > 0 ? (count * 1_000) / ms : undefined;
}

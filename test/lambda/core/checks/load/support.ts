/** Loads without a network: requests that take so long, on a clock that jumps. */
import type { LoadCheckDocument } from '../../../../../lib/model/load-document';
import { histogram } from '../../../../../lambda/adapters/histogram';
import type { LoadEnd, LoadLine } from '../../../../../lambda/core/checks/load/ports';
import type { LoadSummary } from '../../../../../lambda/core/checks/load/tally';
import type { Clock } from '../../../../../lambda/core/ports';

export const LOAD: LoadCheckDocument = {
  kind: 'load',
  name: 'orders under load',
  policy: { mode: 'ENFORCE', after: [], passes: { consecutive: 1 }, intervalMs: 1_000, errorBudget: 0, deadlineMs: 600_000, attemptMs: 100_000, inconclusive: 'FAIL' },
  requests: [{ target: { listener: 'test' }, request: { method: 'GET', path: '/api/orders', headers: {}, timeoutMs: 5_000, maxRedirects: 0 } }],
  shape: { ratePerSecond: 10, warmUpMs: 0, warmUpRate: 'CONSTANT', durationMs: 10_000 },
  maxInFlight: 100,
  thresholds: [{ kind: 'latency', percentile: 95, belowMs: 300, minSamples: 100 }],
};

export interface FakeLine extends LoadLine {
  /** When each request left, in milliseconds since the clock began. */
  readonly sentAt: readonly number[];
  readonly sent: readonly number[];
  readonly cancelled: () => number;
  readonly mostUnderWay: () => number;
}

export type Answering = (count: number, now: number) => { readonly afterMs: number; readonly end?: LoadEnd } | 'hang';

/** `answering` is asked for each request, with how many there were before. */
export function fakeLine(clock: Clock, answering: Answering): FakeLine {
  const sentAt: number[] = [];
  const sent: number[] = [];
  let cancelled = 0;
  let underWay = 0;
  let most = 0;
  return {
    sentAt,
    sent,
    cancelled: () => cancelled,
    mostUnderWay: () => most,
    send: (request, done) => {
      const answer = answering(sent.length, clock.now());
      sent.push(request);
      sentAt.push(clock.now());
      underWay += 1;
      most = Math.max(most, underWay);
      const stop = new AbortController();
      if (answer !== 'hang') {
        const { afterMs, end = { status: 200 } } = answer;
        clock.sleep(afterMs, stop.signal).then(
          () => {
            underWay -= 1;
            done(end);
          },
          () => undefined,
        );
      }
      return () => {
        cancelled += 1;
        underWay -= 1;
        stop.abort();
      };
    },
    close: () => undefined,
  };
}

/** What came of so many requests: latencies of those that were answered, and of the errors. */
export function summaryOf(answered: readonly number[], errors: Readonly<Record<string, number>> = {}, overrides: Partial<LoadSummary> = {}): LoadSummary {
  const latency = histogram();
  answered.forEach((ms) => latency.record(ms));
  const lateness = histogram();
  const failed = Object.values(errors).reduce((sum, count) => sum + count, 0);
  const samples = answered.length + failed;
  return {
    planned: samples,
    samples,
    answered: answered.length,
    errors: new Map(Object.entries(errors)),
    failed,
    latency,
    lateness,
    late: 0,
    waited: 0,
    sent: samples,
    sendingMs: 10_000,
    answeringMs: 10_000,
    ...overrides,
  };
}

export const times = (count: number, ms: number): number[] => Array.from({ length: count }, () => ms);

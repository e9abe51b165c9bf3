/** What holds for every load check, whatever becomes of its requests. */
import type { LoadCheckDocument, LoadThresholdDocument } from '../../../../../lib/model/load-document';
import { histogram } from '../../../../../lambda/adapters/histogram';
import { judgeLoad } from '../../../../../lambda/core/checks/load/judge-load';
import type { LoadEnd } from '../../../../../lambda/core/checks/load/ports';
import { loadKind } from '../../../../../lambda/core/checks/load-check';
import type { ProbeTools } from '../../../../../lambda/core/checks/tools';
import type { TransportCategory } from '../../../../../lambda/core/failures';
import { Overdue, TransportFailure } from '../../../../../lambda/core/failures';
import { fakeEnvironment, FIRST_ATTEMPT, HOOK } from '../../../support/fake-ports';
import { fc, RUNS } from '../../../../support/properties';
import { virtualClock } from '../../../support/virtual-clock';
import { fakeLine, LOAD, summaryOf, times } from './support';

/** Milliseconds, far enough from every limit below that a histogram keeps them on their side of it. */
const LATENCIES = [20, 90, 150, 400];
const thresholds: fc.Arbitrary<LoadThresholdDocument[]> = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant('latency' as const), percentile: fc.constantFrom(1, 50, 90, 95, 99.9), belowMs: fc.constantFrom(50, 120, 300, 600), minSamples: fc.constantFrom(1, 5, 10) }),
    fc.record({ kind: fc.constant('errorRate' as const), atMostPercent: fc.constantFrom(0, 10, 25, 50), minSamples: fc.constantFrom(1, 5, 10) }),
    fc.record({ kind: fc.constant('throughput' as const), atLeastPerSecond: fc.constantFrom(0.5, 1, 5), minSamples: fc.constantFrom(1, 5, 10) }),
  ),
  { minLength: 1, maxLength: 3 },
);

/** What became of each request that counts: how long its answer took, or Infinity. */
type Outcomes = readonly number[];

function met(threshold: LoadThresholdDocument, outcomes: Outcomes, seconds: number): boolean {
  const failed = outcomes.filter((ms) => ms === Infinity).length;
  if (outcomes.length === 0 || outcomes.length < threshold.minSamples) {
    return false;
  }
  switch (threshold.kind) {
    case 'latency':
      // So many of them, and no fewer, were faster.
      return outcomes.filter((ms) => ms < threshold.belowMs).length * 100 >= threshold.percentile * outcomes.length;
    case 'errorRate':
      return failed * 100 <= threshold.atMostPercent * outcomes.length;
    case 'throughput':
      return outcomes.length - failed >= threshold.atLeastPerSecond * seconds;
  }
}

test('a load passes if every threshold was met on as many requests as it needs, the client was in time and nothing ended it, and else never', () => {
  const outcomes = fc.array(fc.oneof({ weight: 5, arbitrary: fc.constantFrom(...LATENCIES) }, { weight: 1, arbitrary: fc.constant(Infinity) }), { maxLength: 24 });
  const late = fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.integer({ min: 1, max: 4 }) });
  const stopped = fc.option(fc.constant('more than 50 % of the requests failed'), { nil: undefined, freq: 6 });
  return fc.assert(
    fc.property(outcomes, thresholds, late, stopped, (all, asked, tardy, ended) => {
      const answered = all.filter((ms) => ms !== Infinity);
      const lateness = histogram();
      [...times(200 - tardy, 1), ...times(tardy, 40)].forEach((ms) => lateness.record(ms));
      const summary = summaryOf(answered, all.length === answered.length ? {} : { timeout: all.length - answered.length }, { lateness, late: tardy, ...(ended === undefined ? {} : { stopped: ended }) });
      const { outcome, samples, measurements } = judgeLoad({ ...LOAD, thresholds: asked }, summary, 'GET /');
      // More than two of 200 are more than 1 %.
      const passes = tardy <= 2 && ended === undefined && asked.every((threshold) => met(threshold, all, 10));
      expect(outcome === 'pass').toBe(passes);
      expect(samples).toBe(all.length);
      expect(outcome !== 'pass' || measurements.every(({ ok }) => ok)).toBe(true);
    }),
    { numRuns: RUNS / 4 },
  );
});

type Fate = { readonly afterMs: number; readonly end: LoadEnd } | 'hang';

const statusIn = (status: number) => ({ status });
const answered = (status: fc.Arbitrary<number>): fc.Arbitrary<Fate> => fc.record({ afterMs: fc.constantFrom(...LATENCIES), end: status.map(statusIn) });
const broken = fc
  .constantFrom<TransportCategory>('dns', 'connect', 'tls', 'timeout', 'reset', 'protocol')
  .map((category): Fate => ({ afterMs: 1, end: { failure: new TransportFailure(category, 'no answer') } }));
const hopeless = fc.oneof(answered(fc.constantFrom(500, 503)), broken, fc.constant<Fate>('hang'));
const fate = fc.oneof({ weight: 8, arbitrary: answered(fc.constantFrom(200, 200, 404)) }, { weight: 1, arbitrary: hopeless });

const SHORT: LoadCheckDocument = { ...LOAD, shape: { ...LOAD.shape, durationMs: 1_000 } };

interface Playing {
  readonly document: LoadCheckDocument;
  readonly fates: readonly Fate[];
  readonly attempt?: object;
  readonly open?: Error;
  readonly abortAfterMs?: number;
}

/** One attempt at ten requests in a second; undefined where it was stopped. */
async function play({ document, fates, attempt = {}, open, abortAfterMs }: Playing) {
  const clock = virtualClock();
  const line = fakeLine(clock, (count) => fates[count] ?? 'hang');
  const generator = { open: () => (open === undefined ? Promise.resolve(line) : Promise.reject(open)) };
  const tools = { clock, environment: fakeEnvironment(), hook: HOOK } as unknown as ProbeTools;
  const stop = new AbortController();
  if (abortAfterMs !== undefined) {
    void clock.sleep(abortAfterMs).then(() => stop.abort(new Error('out of time')));
  }
  return loadKind({ generator, histogram })
    .probe(document, tools)(stop.signal, { ...FIRST_ATTEMPT, ...attempt })
    .catch(() => undefined);
}

const outcomeOf = (each: Fate): number => (each === 'hang' || 'failure' in each.end || each.end.status >= 500 ? Infinity : each.afterMs);
const tenOf = (each: fc.Arbitrary<Fate>) => fc.array(each, { minLength: 10, maxLength: 10 });

describe('a load that is played', () => {
  test('passes if every threshold was met by what became of its requests, and else never', () => {
    return fc.assert(
      fc.asyncProperty(tenOf(fate), thresholds.map((all) => all.filter(({ kind }) => kind !== 'throughput')).filter((all) => all.length > 0), async (fates, asked) => {
        const measurement = await play({ document: { ...SHORT, thresholds: asked }, fates });
        expect(measurement?.outcome === 'pass').toBe(asked.every((threshold) => met(threshold, fates.map(outcomeOf), 1)));
        expect(measurement?.samples).toBe(10);
      }),
      { numRuns: RUNS / 10 },
    );
  });

  test('on which no request was answered as expected never passes', () => {
    const unexpected = fc.oneof(hopeless, answered(fc.constantFrom(201, 404)));
    const playing = fc.oneof(fc.record({ fates: tenOf(hopeless), more: fc.constant({}) }), fc.record({ fates: tenOf(unexpected), more: fc.constant({ expectedStatuses: [200] }) }));
    return fc.assert(
      fc.asyncProperty(playing, thresholds, async ({ fates, more }, asked) => {
        expect((await play({ document: { ...SHORT, ...more, thresholds: asked }, fates }))?.outcome).toBe('fail');
      }),
      { numRuns: RUNS / 20 },
    );
  });

  test('that is ended early, started again, stopped or not sent never passes', () => {
    const abort = fc.record({ document: fc.constant({ ...SHORT, abort: { kind: 'errorRate', abovePercent: 0, minSamples: 1 } } as const), fates: tenOf(hopeless) });
    const again = fc.record({ document: fc.constant(SHORT), fates: tenOf(fate), attempt: fc.constantFrom({ number: 2 }, { memory: { started: true } }, { number: 3, memory: null }) });
    const stopped = fc.record({ document: fc.constant(SHORT), fates: tenOf(fate), abortAfterMs: fc.integer({ min: 0, max: 900 }) });
    const unsent = fc.record({ document: fc.constant(SHORT), fates: tenOf(fate), open: fc.constantFrom<Error>(new TransportFailure('dns', 'no such name'), new TransportFailure('refused-address', 'loopback'), new Overdue('too slow'), new TypeError('broken')) });
    return fc.assert(
      fc.asyncProperty(fc.oneof(abort, again, stopped, unsent) as fc.Arbitrary<Playing>, async (playing) => {
        expect((await play(playing))?.outcome).not.toBe('pass');
      }),
      { numRuns: RUNS / 10 },
    );
  });
});

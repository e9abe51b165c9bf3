/** What holds for every metric check, whatever CloudWatch has, has in part, has not, or does not tell. */
import type { CheckSuite } from '../../../../../lib/model/suite';
import type { MetricCheckDocument, MetricThresholdDocument, MissingDataPolicy } from '../../../../../lib/model/metric-document';
import { runBounded } from '../../../../../lambda/adapters/bounded-run';
import type { LoadedKinds } from '../../../../../lambda/core/checks/kind';
import { metricKind } from '../../../../../lambda/core/checks/metric-check';
import type { MetricData, MetricPoint, MetricSeries } from '../../../../../lambda/core/checks/metric/ports';
import { runSuite } from '../../../../../lambda/core/checks/run-suite';
import { ServiceFailure } from '../../../../../lambda/core/failures';
import type { Judgement } from '../../../../../lambda/core/judgement';
import { fakeEnvironment, fakeHttp, fakeSources, HOOK } from '../../../support/fake-ports';
import { fc, RUNS } from '../../../../support/properties';
import { virtualClock } from '../../../support/virtual-clock';
import { attempt, DOCUMENT, FULL_NAMES, LATENCY, MINUTE, NINE, RATES, SHIFTED, THRESHOLD } from './fixtures';

const [BLUE, GREEN] = FULL_NAMES as [string, string];

/** Of the window that the fixtures' shift makes. */
const FROM = NINE + 10 * MINUTE;
const failure = (code: string) => new ServiceFailure('cloudwatch:GetMetricData', code, 'no', code === 'Throttling');
const failures = fc.constantFrom(failure('Throttling'), failure('AccessDenied'), failure('PartialData'));
const missing = fc.constantFrom<MissingDataPolicy>('INCONCLUSIVE', 'AS_ZERO');
const seriesOf = (points: readonly MetricPoint[]): MetricSeries => ({ points, messages: [] });

/** One value over the window, mostly: else none, several, that of another time, or no number. */
function overWindow(value: fc.Arbitrary<number>): fc.Arbitrary<MetricSeries | undefined> {
  const points = (length: fc.ArrayConstraints, at: fc.Arbitrary<number>) => fc.array(fc.record({ at, value: fc.oneof({ weight: 6, arbitrary: value }, { weight: 1, arbitrary: fc.constantFrom(Number.NaN, Infinity, -Infinity) }) }), length).map(seriesOf);
  return fc.oneof(
    { weight: 8, arbitrary: points({ minLength: 1, maxLength: 1 }, fc.constant(FROM)) },
    { weight: 1, arbitrary: points({ maxLength: 2 }, fc.constantFrom(FROM - MINUTE, FROM, FROM + MINUTE)) },
    { weight: 1, arbitrary: fc.constant(undefined) },
  );
}
/** The only value there is, at the time that was asked for. */
const known = (each: MetricSeries | undefined) => (each?.points.length === 1 && each.points[0]!.at === FROM && Number.isFinite(each.points[0]!.value) ? each.points[0]!.value : undefined);
const none = (each: MetricSeries | undefined) => (each?.points ?? []).length === 0;
const present = (data: Readonly<Record<string, MetricSeries | undefined>>) => Object.fromEntries(Object.entries(data).flatMap(([id, each]) => (each === undefined ? [] : [[id, each]]))) as Record<string, MetricSeries>;
const sampleCount = overWindow(fc.constantFrom(0, 1, 99, 100, 100, 250, 100.5));

describe('one look', () => {
  const limits = fc.constantFrom<[MetricThresholdDocument['limit'], (value: number) => boolean]>(
    [{ below: 10 }, (value) => value < 10],
    [{ above: -1 }, (value) => value > -1],
    [{ min: 0, max: 10 }, (value) => value >= 0 && value <= 10],
  );

  test('at a value passes if it is within its limit, on enough samples, and else never', () => {
    return fc.assert(
      fc.asyncProperty(overWindow(fc.constantFrom(-1, 0, 5, 9.99, 10, 12)), sampleCount, limits, missing, fc.option(failures), async (value, samples, [limit, within], policy, broken) => {
        const judge = { ...THRESHOLD, limit, missing: policy };
        const { measurement } = await attempt({ document: { judge }, data: { all: broken ?? present({ value, samples }) } });
        const taken = known(value) ?? (none(value) && policy === 'AS_ZERO' ? 0 : undefined);
        const enough = [100, 250].includes(known(samples) ?? 0);
        expect(measurement.outcome === 'pass').toBe(broken === null && enough && taken !== undefined && within(taken));
        expect(measurement.outcome !== 'pass' || measurement.samples >= 100).toBe(true);
      }),
      { numRuns: RUNS / 4 },
    );
  });

  test('at two latencies passes if the new one is hardly longer, on enough samples of both, and else never', () => {
    const version = fc.oneof({ weight: 9, arbitrary: fc.record({ value: overWindow(fc.constantFrom(-1, 0, 20, 100, 101, 140, 150, 400)), samples: sampleCount }) }, { weight: 1, arbitrary: failures });
    return fc.assert(
      fc.asyncProperty(version, version, async (newer, older) => {
        const data = { [GREEN]: newer instanceof Error ? newer : present(newer), [BLUE]: older instanceof Error ? older : present(older) };
        const { measurement } = await attempt({ document: { judge: { ...LATENCY, unitMs: 1 } }, data });
        const [now, before] = [newer, older].map((each) => (!(each instanceof Error) && [100, 250].includes(known(each.samples) ?? 0) ? (known(each.value) ?? -1) : -1)) as [number, number];
        const longer = now - before > 50 && now > 1.5 * before;
        expect(measurement.outcome === 'pass').toBe(now >= 0 && before >= 0 && !longer);
        expect(measurement.outcome === 'fail').toBe(now >= 0 && before >= 0 && longer);
      }),
      { numRuns: RUNS / 4 },
    );
  });

  /** Counts of each of the window's minutes; absent: no data. */
  interface Minute {
    readonly bad?: number;
    readonly total?: number;
  }
  const minutes = (bad: fc.Arbitrary<number>) => fc.array(fc.record({ bad, total: fc.constantFrom(0, 40, 40, 200, Number.NaN) }, { requiredKeys: [] }), { maxLength: 6 });
  const versionOf = (bad: fc.Arbitrary<number>): fc.Arbitrary<readonly Minute[] | ServiceFailure> => {
    const sound = fc.array(fc.record({ bad, total: fc.constantFrom(40, 200) }), { minLength: 3, maxLength: 6 });
    return fc.oneof({ weight: 6, arbitrary: sound }, { weight: 4, arbitrary: minutes(bad) }, { weight: 1, arbitrary: failures });
  };
  const pick = (all: readonly Minute[], which: keyof Minute) => seriesOf(all.flatMap((each, index) => (each[which] === undefined ? [] : [{ at: FROM + index * MINUTE, value: each[which] }])));
  const total = (all: readonly Minute[], which: keyof Minute) => all.reduce((sum, each) => sum + (each[which] ?? 0), 0);

  test('at two rates passes only on enough requests of both, without a gap, and never where the new version is far worse', () => {
    return fc.assert(
      fc.asyncProperty(versionOf(fc.constantFrom(0, 0, 1, 30, 100)), versionOf(fc.constantFrom(0, 0, 1, 2)), missing, async (newer, older, policy) => {
        const answered = [newer, older].map((each) => (each instanceof Error ? each : { bad: pick(each, 'bad'), total: pick(each, 'total') }));
        const { measurement } = await attempt({ document: { judge: { ...RATES, missing: policy } }, data: { [GREEN]: answered[0]!, [BLUE]: answered[1]! } });
        const usable = [newer, older].every((each) => {
          const gap = each instanceof Error || each.some(({ bad, total: served = 0 }) => served > 0 && bad === undefined);
          return !(each instanceof Error) && total(each, 'total') >= 100 && total(each, 'bad') <= total(each, 'total') && (policy === 'AS_ZERO' || !gap);
        });
        if (!usable || newer instanceof Error || older instanceof Error) {
          expect(measurement.outcome).not.toBe('pass');
          expect(measurement.outcome).not.toBe('fail');
          return;
        }
        const [now, before] = [newer, older].map((each) => total(each, 'bad') / total(each, 'total')) as [number, number];
        // Of a hundred requests each, 30 errors against at most 5 come by chance in fewer than 1 of 10,000 cases.
        const sure = now >= 0.3 && before <= 0.05 ? 'fail' : now <= before ? 'pass' : undefined;
        expect(sure ?? measurement.outcome).toBe(measurement.outcome);
      }),
      { numRuns: RUNS / 4 },
    );
  });

  test.each(['threshold', 'rates', 'latency'] as const)('at no data never passes: %s', (kind) => {
    const judge = { threshold: THRESHOLD, rates: RATES, latency: LATENCY }[kind];
    const zero = kind === 'latency' ? judge : ({ ...judge, missing: 'AS_ZERO' } as MetricCheckDocument['judge']);
    const empty = fc.subarray(['value', 'samples', 'bad', 'total']).map((ids) => Object.fromEntries(ids.map((id) => [id, seriesOf([])])));
    return fc.assert(
      fc.asyncProperty(fc.oneof(empty, failures), fc.oneof(empty, failures), async (newer, older) => {
        const { measurement } = await attempt({ document: { judge: zero, minSamples: 1 }, data: { [GREEN]: newer, [BLUE]: older, all: newer } });
        expect(['inconclusive', 'error']).toContain(measurement.outcome);
        expect(measurement.samples).toBe(0);
      }),
      { numRuns: RUNS / 20 },
    );
  });
});

describe('looks one after the other', () => {
  type Word = 'good' | 'bad' | 'few' | 'empty' | 'throttled' | 'denied' | 'hangs';
  const DATA: Readonly<Record<string, readonly [number | undefined, number | undefined]>> = { good: [5, 100], bad: [12, 100], few: [5, 99], empty: [undefined, undefined] };
  const word = fc.oneof({ weight: 3, arbitrary: fc.constant<Word>('good') }, { weight: 2, arbitrary: fc.constantFrom<Word>('bad', 'few', 'empty', 'throttled', 'denied', 'hangs') });

  /** Plays a check on what CloudWatch says in turn; after that it has nothing. Notes which window was answered how. */
  async function play(words: readonly Word[], policy: Partial<MetricCheckDocument['policy']>, since: 'look' | 'traffic') {
    const told: { readonly to: number; readonly word: Word }[] = [];
    let calls = 0;
    const source = {
      read: async ({ from, to }: { readonly from: number; readonly to: number }, signal: AbortSignal): Promise<MetricData> => {
        const next = words[calls++] ?? 'empty';
        if (next === 'throttled' || next === 'denied') {
          throw failure(next === 'denied' ? 'AccessDenied' : 'Throttling');
        }
        if (next === 'hangs') {
          return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));
        }
        told.push({ to, word: next });
        const [value, samples] = DATA[next]!;
        return new Map(Object.entries(present({ value: value === undefined ? undefined : seriesOf([{ at: from, value }]), samples: samples === undefined ? undefined : seriesOf([{ at: from, value: samples }]) })));
      },
    };
    const open = { ...SHIFTED, events: SHIFTED.events.slice(0, 1).concat({ name: 'AllowTestTraffic', startedAt: NINE + 2 * MINUTE }) };
    const document: MetricCheckDocument = { ...DOCUMENT, judge: THRESHOLD, window: { ...DOCUMENT.window, since }, policy: { ...DOCUMENT.policy, ...policy } };
    const suite: CheckSuite = { schemaVersion: 1, event: 'AfterAllowTestTraffic', policy: { run: 'ALL', concurrency: 1, deadlineMs: 1_800_000 }, checks: [document] };
    const kinds = new Map([['metric', metricKind(source, { target: async () => open, appSpec: () => Promise.reject(new Error('not asked')) })]]) as unknown as LoadedKinds;
    const ports = { clock: virtualClock(NINE + 3 * MINUTE), random: () => 0.5, http: fakeHttp([]).http, run: runBounded, sources: fakeSources({}) };
    const judgement = (await runSuite({ suite, kinds, hook: HOOK }, fakeEnvironment(), ports, { signal: new AbortController().signal })) as Judgement;
    return { judgement, told };
  }

  const policies = fc.record({
    passes: fc.oneof(fc.integer({ min: 1, max: 3 }).map((consecutive) => ({ consecutive })), fc.integer({ min: 1, max: 3 }).chain((of) => fc.record({ atLeast: fc.integer({ min: 1, max: of }), of: fc.constant(of) }))),
    errorBudget: fc.integer({ min: 0, max: 3 }),
    // Data comes every minute. Whoever looks more often, which constructs refuse, must not be told the same twice.
    intervalMs: fc.constantFrom(MINUTE, 10_000),
    inconclusive: fc.constantFrom<'FAIL' | 'EXTEND'>('FAIL', 'EXTEND'),
  });
  const leastOf = ({ passes }: MetricCheckDocument['policy']) => ('consecutive' in passes ? passes.consecutive : passes.atLeast);

  test('pass only with as many good windows as were asked for, none of them twice', () => {
    return fc.assert(
      fc.asyncProperty(fc.array(word, { maxLength: 10 }), policies, fc.constantFrom<'look' | 'traffic'>('look', 'traffic'), async (words, policy, since) => {
        const least = leastOf({ ...DOCUMENT.policy, ...policy });
        const { judgement, told } = await play(words, policy, since);
        const good = told.filter((each) => each.word === 'good');
        expect(new Set(good.map(({ to }) => to)).size).toBe(good.length);
        if (policy.intervalMs === MINUTE && words.length >= least && words.every((each) => each === 'good')) {
          expect(judgement.verdict).toBe('pass');
        }
        if (judgement.verdict === 'pass') {
          expect(good.length).toBeGreaterThanOrEqual(least);
          expect(told.at(-1)?.word).toBe('good');
          expect(judgement.checks[0]?.samples).toBeGreaterThanOrEqual(100);
          expect('consecutive' in policy.passes && told.some((each) => each.word === 'bad')).toBe(false);
        }
      }),
      { numRuns: RUNS / 20 },
    );
  });

  test('at nothing but missing data and failures never pass', () => {
    return fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom<Word>('few', 'empty', 'throttled', 'denied', 'hangs'), { maxLength: 10 }), policies, async (words, policy) => {
        expect((await play(words, policy, 'look')).judgement.verdict).toBe('inconclusive');
      }),
      { numRuns: RUNS / 20 },
    );
  });
});

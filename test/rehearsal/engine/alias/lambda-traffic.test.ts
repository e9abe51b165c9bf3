/** Invocations by users, as the metrics of AWS/Lambda show them. */
import type { FaultProfile, ServiceProfile } from '../../../../rehearsal/scenario/scenario';
import { behaviourOf } from '../../../../rehearsal/engine/alias/function-profile';
import { LambdaMetrics } from '../../../../rehearsal/engine/alias/lambda-metrics';
import { LambdaTraffic, type LambdaTrafficOptions } from '../../../../rehearsal/engine/alias/lambda-traffic';
import type { MetricDatum } from '../../../../rehearsal/engine/ports';
import { seededRandom } from '../../../../rehearsal/engine/random';
import { EventScheduler } from '../../../../rehearsal/engine/scheduler';

const HEALTHY: ServiceProfile = { latency: { p50Ms: 20, p99Ms: 120 }, startupMs: 0, routes: [], faults: [] };
const withFaults = (...faults: readonly (Partial<FaultProfile> & Pick<FaultProfile, 'effect'>)[]): ServiceProfile => ({ ...HEALTHY, faults: faults.map((fault) => ({ rate: 1, afterMs: 0, ...fault })) });

const ERROR = { kind: 'error', message: 'no stock' } as const;

function played(options: Partial<LambdaTrafficOptions> & { readonly profiles?: Readonly<Record<string, ServiceProfile>> } = {}, forMs = 60_000): readonly MetricDatum[] {
  const { profiles = {}, ...more } = options;
  const data: MetricDatum[] = [];
  const random = seededRandom(1);
  const scheduler = new EventScheduler();
  const traffic = new LambdaTraffic({
    requestsPerSecond: 100,
    aliasName: 'live',
    shares: () => [{ version: '1', percent: 100 }],
    version: (version) => ({ profile: profiles[version] ?? HEALTHY, publishedAt: 0 }),
    timeoutMs: 3000,
    metrics: new LambdaMetrics('place-order', { put: (datum) => data.push(datum) }),
    random,
    ...more,
  });
  const stop = traffic.start(scheduler);
  while ((scheduler.nextAt() ?? Infinity) <= forMs) {
    scheduler.runNext();
  }
  stop();
  return data;
}

/** Sum and number of values of a metric, over all data with exactly these dimensions. */
function total(data: readonly MetricDatum[], metricName: string, dimensions: Readonly<Record<string, string>>): { readonly sum: number; readonly samples: number } {
  const key = JSON.stringify(Object.entries(dimensions).sort());
  const values = data.filter((datum) => datum.metricName === metricName && JSON.stringify(Object.entries(datum.dimensions).sort()) === key).flatMap((datum) => datum.values);
  return { sum: values.reduce((all, { value, count }) => all + value * count, 0), samples: values.reduce((all, { count }) => all + count, 0) };
}

const FUNCTION = { FunctionName: 'place-order' };
const ALIAS = { ...FUNCTION, Resource: 'place-order:live' };
const version = (name: string) => ({ ...ALIAS, ExecutedVersion: name });

test('a healthy version has invocations and durations by function, alias and version, and no error', () => {
  const data = played();
  for (const dimensions of [FUNCTION, ALIAS, version('1')]) {
    expect(total(data, 'Invocations', dimensions)).toEqual({ sum: 6000, samples: 6000 });
    expect(total(data, 'Errors', dimensions)).toEqual({ sum: 0, samples: 6000 });
    expect(total(data, 'Throttles', dimensions)).toEqual({ sum: 0, samples: 6000 });
    expect(total(data, 'Duration', dimensions).samples).toBe(6000);
  }
  const { sum, samples } = total(data, 'Duration', ALIAS);
  expect(sum / samples).toBeGreaterThan(18);
  expect(sum / samples).toBeLessThan(35);
  expect(new Set(data.map(({ namespace }) => namespace))).toEqual(new Set(['AWS/Lambda']));
});

test('between two versions each has its share, and the errors are those of its own', () => {
  const data = played({ shares: () => [{ version: '1', percent: 90 }, { version: '2', percent: 10 }], profiles: { 2: withFaults({ effect: ERROR, rate: 0.5 }) } });
  const invoked = total(data, 'Invocations', version('2')).sum;
  expect(invoked).toBeGreaterThan(500);
  expect(invoked).toBeLessThan(700);
  expect(total(data, 'Invocations', version('1')).sum).toBe(6000 - invoked);
  expect(total(data, 'Errors', version('1')).sum).toBe(0);
  const errors = total(data, 'Errors', version('2')).sum;
  expect(errors / invoked).toBeGreaterThan(0.42);
  expect(errors / invoked).toBeLessThan(0.58);
  expect(total(data, 'Errors', ALIAS)).toEqual({ sum: errors, samples: 6000 });
});

test.each<[string, ServiceProfile, { errors: number; throttles: number; invocations: number; duration: number }]>([
  ['throws', withFaults({ effect: ERROR }), { errors: 6000, throttles: 0, invocations: 6000, duration: 26 }],
  ['hangs', withFaults({ effect: { kind: 'hang' } }), { errors: 6000, throttles: 0, invocations: 6000, duration: 3000 }],
  ['is slow', withFaults({ effect: { kind: 'latency', addMs: 1000 } }), { errors: 0, throttles: 0, invocations: 6000, duration: 1026 }],
  ['is too slow', withFaults({ effect: { kind: 'latency', addMs: 3000 } }), { errors: 6000, throttles: 0, invocations: 6000, duration: 3000 }],
  ['is throttled', withFaults({ effect: { kind: 'throttled' } }), { errors: 0, throttles: 6000, invocations: 0, duration: Number.NaN }],
])('a version that %s', (_what, profile, { errors, throttles, invocations, duration }) => {
  const data = played({ profiles: { 1: profile } });
  expect(total(data, 'Errors', ALIAS).sum).toBe(errors);
  expect(total(data, 'Throttles', ALIAS).sum).toBe(throttles);
  expect(total(data, 'Invocations', ALIAS).sum).toBe(invocations);
  const { sum, samples } = total(data, 'Duration', ALIAS);
  if (invocations > 0) {
    expect(Math.abs(sum / samples - duration)).toBeLessThan(5);
  } else {
    expect(samples).toBe(0);
  }
});

test('the first fault that hits counts, and a fault shows once its time has come', () => {
  const data = played({ profiles: { 1: withFaults({ effect: ERROR, afterMs: 30_000 }, { effect: { kind: 'throttled' } }) } });
  expect(total(data, 'Throttles', ALIAS).sum).toBe(3000);
  expect(total(data, 'Errors', ALIAS).sum).toBe(3000);
});

test('stretches of any length add up to the rate', () => {
  const data: MetricDatum[] = [];
  const traffic = new LambdaTraffic({
    requestsPerSecond: 7,
    aliasName: 'live',
    shares: () => [{ version: '1', percent: 100 }],
    version: () => ({ profile: HEALTHY, publishedAt: 0 }),
    timeoutMs: 3000,
    metrics: new LambdaMetrics('place-order', { put: (datum) => data.push(datum) }),
    random: seededRandom(1),
  });
  [333, 333, 1000, 2500, 10_000].forEach((at) => traffic.playTo(at));
  expect(total(data, 'Invocations', ALIAS).sum).toBe(70);
});

test('an invocation by version is none of an alias', () => {
  const data: MetricDatum[] = [];
  new LambdaMetrics('place-order', { put: (datum) => data.push(datum) }).record({ at: 5, version: '2', qualifier: '2', errors: 1, throttles: 0, durations: [{ value: 12, count: 1 }] });
  expect(data.map(({ metricName, dimensions, values, at }) => [metricName, Object.values(dimensions).join(' '), values, at])).toEqual(
    ['place-order', 'place-order place-order:2'].flatMap((dimensions) => [
      ['Invocations', dimensions, [{ value: 1, count: 1 }], 5],
      ['Errors', dimensions, [{ value: 1, count: 1 }], 5],
      ['Throttles', dimensions, [{ value: 0, count: 1 }], 5],
      ['Duration', dimensions, [{ value: 12, count: 1 }], 5],
    ]),
  );
});

describe('a single invocation', () => {
  const draw = (profile: ServiceProfile, identity = 'a', sincePublishedMs = 0) => behaviourOf(profile, { release: 'r1', identity, sincePublishedMs }, seededRandom(1));

  test.each<[string, ServiceProfile, object]>([
    ['runs', HEALTHY, { kind: 'run' }],
    ['throws', withFaults({ effect: ERROR }), { kind: 'error', message: 'no stock' }],
    ['hangs', withFaults({ effect: { kind: 'hang' } }), { kind: 'hang' }],
    ['is throttled', withFaults({ effect: { kind: 'throttled' } }), { kind: 'throttled' }],
    ['runs while its fault is still to come', withFaults({ effect: ERROR, afterMs: 1 }), { kind: 'run' }],
  ])('%s', (_what, profile, behaviour) => {
    expect(draw(profile)).toMatchObject(behaviour);
  });

  test('takes longer by what a fault adds, and equal identities are drawn alike', () => {
    const plain = draw(HEALTHY) as { readonly latencyMs: number };
    expect(draw(withFaults({ effect: { kind: 'latency', addMs: 500 } }))).toEqual({ kind: 'run', latencyMs: plain.latencyMs + 500 });
    expect(draw(HEALTHY)).toEqual(plain);
    expect(draw(HEALTHY, 'b')).not.toEqual(plain);
  });

  test('a rate hits that share of them', () => {
    const profile = withFaults({ effect: ERROR, rate: 0.2 });
    const hits = Array.from({ length: 1000 }, (_, index) => draw(profile, String(index))).filter(({ kind }) => kind === 'error').length;
    expect(hits).toBeGreaterThan(160);
    expect(hits).toBeLessThan(240);
  });
});

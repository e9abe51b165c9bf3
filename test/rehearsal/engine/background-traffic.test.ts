import type { ObservedRequest, TrafficSource } from '../../../rehearsal/engine/background-traffic';
import { BackgroundTraffic, productionPaths } from '../../../rehearsal/engine/background-traffic';
import { MetricStore } from '../../../rehearsal/engine/metrics';
import type { MetricDatum, ReleaseId } from '../../../rehearsal/engine/ports';
import { seededRandom } from '../../../rehearsal/engine/random';
import { EventScheduler } from '../../../rehearsal/engine/scheduler';
import type { FaultProfile, ServiceProfile } from '../../../rehearsal/scenario/scenario';

const profile = (more: Partial<ServiceProfile> = {}): ServiceProfile => ({
  latency: { p50Ms: 20, p99Ms: 200 },
  startupMs: 0,
  routes: [],
  faults: [],
  ...more,
});
const fault = (effect: FaultProfile['effect'], more: Partial<FaultProfile> = {}): FaultProfile => ({
  rate: 1,
  afterMs: 0,
  effect,
  ...more,
});

interface World {
  readonly weights?: readonly [number, number];
  readonly requestsPerSecond?: number;
  readonly blue?: ServiceProfile;
  readonly green?: ServiceProfile | null;
  readonly sample?: readonly ObservedRequest[];
  readonly seed?: number;
  readonly loadBalancer?: string;
}

function world(options: World = {}) {
  const { weights = [100, 0], requestsPerSecond = 20, blue = profile(), green = profile(), sample, seed = 1, loadBalancer = 'app/shop/1' } = options;
  const data: MetricDatum[] = [];
  const profiles: Record<ReleaseId, ServiceProfile | null> = { r0: blue, r1: green };
  const source = (release: ReleaseId): TrafficSource =>
    sample !== undefined && release === 'r1'
      ? { kind: 'observed', sample }
      : { kind: 'synthetic', profile: profiles[release] ?? profile(), upSince: 0 };
  const traffic = new BackgroundTraffic({
    requestsPerSecond,
    routing: {
      targets: () => [
        { targetGroup: 'blue', weight: weights[0] },
        { targetGroup: 'green', weight: weights[1] },
      ],
      release: (targetGroup) => (targetGroup === 'blue' ? 'r0' : green === null ? undefined : 'r1'),
    },
    source,
    sink: { put: (datum) => void data.push(datum) },
    random: seededRandom(seed),
    loadBalancer,
    targetGroupDimension: (targetGroup) => `targetgroup/${targetGroup}/1`,
  });
  const total = (metricName: string, dimensions: Record<string, string>) =>
    data
      .filter((each) => each.metricName === metricName && JSON.stringify(each.dimensions) === JSON.stringify(dimensions))
      .flatMap(({ values }) => values)
      .reduce((sum, { value, count }) => sum + value * count, 0);
  return { traffic, data, total };
}

const ALL = { LoadBalancer: 'app/shop/1' };
const BLUE = { TargetGroup: 'targetgroup/blue/1' };
const GREEN = { TargetGroup: 'targetgroup/green/1' };
const BOTH_GREEN = { LoadBalancer: 'app/shop/1', TargetGroup: 'targetgroup/green/1' };

test('an hour at 20 requests a second is 72,000 requests, all of them good', () => {
  const { traffic, total, data } = world();
  traffic.playTo(3_600_000);
  expect([total('RequestCount', ALL), total('HTTPCode_Target_2XX_Count', ALL), total('RequestCount', BLUE)]).toEqual([
    72_000, 72_000, 72_000,
  ]);
  expect(new Set(data.map(({ metricName }) => metricName))).toEqual(
    new Set(['RequestCount', 'HTTPCode_Target_2XX_Count', 'TargetResponseTime']),
  );
  expect(new Set(data.map(({ namespace }) => namespace))).toEqual(new Set(['AWS/ApplicationELB']));
});

test('a Network Load Balancer publishes nothing about requests', () => {
  const { traffic, data } = world({ loadBalancer: 'net/shop/1' });
  traffic.playTo(10_000);
  traffic.recordRequest({ at: 10_000, targetGroup: 'blue', outcome: { kind: 'elb', status: 503 } });
  expect(data).toEqual([]);
});

test('stretches of any length add up to the rate', () => {
  const { traffic, total } = world({ requestsPerSecond: 0.7 });
  for (const at of [1, 3333, 10_000, 10_001, 59_999, 100_000]) {
    traffic.playTo(at);
  }
  expect(total('RequestCount', ALL)).toBe(70);
});

test('nothing is published for a stretch without requests', () => {
  const { traffic, data } = world({ requestsPerSecond: 0.01 });
  expect(traffic.playTo(50_000)?.requests).toEqual(new Map([['blue', 0]]));
  expect(traffic.playTo(50_000)).toBeUndefined();
  expect(data).toEqual([]);
});

test('the weights split the requests', () => {
  const { traffic, total } = world({ weights: [90, 10], requestsPerSecond: 100 });
  traffic.playTo(1_000_000);
  expect(total('RequestCount', BLUE) + total('RequestCount', GREEN)).toBe(100_000);
  // Ten thousand are due; one standard deviation is 95.
  expect(Math.abs(total('RequestCount', GREEN) - 10_000)).toBeLessThan(475);
  expect(total('RequestCount', BOTH_GREEN)).toBe(total('RequestCount', GREEN));
});

test('an empty target group is 503 of the load balancer, and no request', () => {
  const { traffic, data, total } = world({ weights: [0, 100], green: null });
  traffic.playTo(10_000);
  expect(data.map(({ metricName, dimensions }) => [metricName, dimensions])).toEqual([
    ['HTTPCode_ELB_5XX_Count', ALL],
    ['HTTPCode_ELB_503_Count', ALL],
  ]);
  expect(total('HTTPCode_ELB_5XX_Count', ALL)).toBe(200);
});

describe('faults of the version', () => {
  const played = (faults: readonly FaultProfile[], requestsPerSecond = 100) => {
    const { traffic, total, data } = world({ weights: [0, 100], green: profile({ faults }), requestsPerSecond });
    traffic.playTo(10_000);
    traffic.playTo(20_000);
    return { total, data };
  };

  test('a status at a rate', () => {
    const { total } = played([fault({ kind: 'status', status: 500, body: '' }, { rate: 0.2 })], 1000);
    expect(Math.abs(total('HTTPCode_Target_5XX_Count', GREEN) - 4000)).toBeLessThan(283);
    expect(total('HTTPCode_Target_5XX_Count', GREEN) + total('HTTPCode_Target_2XX_Count', GREEN)).toBe(20_000);
  });

  test('on the test listener only: nothing', () => {
    expect(played([fault({ kind: 'status', status: 500, body: '' }, { listener: 'test' })]).total('HTTPCode_Target_5XX_Count', GREEN)).toBe(
      0,
    );
  });

  test('from its time on', () => {
    const { data } = played([fault({ kind: 'status', status: 500, body: '' }, { afterMs: 10_000 })]);
    expect(data.filter(({ metricName }) => metricName === 'HTTPCode_Target_5XX_Count').map(({ at }) => at)).toEqual([
      10_000, 10_000, 10_000,
    ]);
  });

  test('silence and broken connections are errors of the load balancer, without a response time', () => {
    const { total, data } = played([fault({ kind: 'hang' }, { rate: 0.5 }), fault({ kind: 'reset' })]);
    expect(total('HTTPCode_ELB_502_Count', ALL) + total('HTTPCode_ELB_504_Count', ALL)).toBe(2000);
    expect(total('RequestCount', GREEN)).toBe(2000);
    expect(data.some(({ metricName }) => metricName === 'TargetResponseTime')).toBe(false);
  });

  test('on its path only: users ask for the paths that the profile names', () => {
    expect(productionPaths(profile())).toEqual(['/']);
    expect(
      productionPaths(
        profile({ faults: [fault({ kind: 'hang' }, { path: '/pay/*' }), fault({ kind: 'hang' }, { path: '/x', listener: 'test' })] }),
      ),
    ).toEqual(['/pay/']);
    const { total } = played(
      [fault({ kind: 'status', status: 500, body: '' }, { path: '/a' }), fault({ kind: 'status', status: 404, body: '' }, { path: '/b' })],
      1000,
    );
    expect(total('HTTPCode_Target_5XX_Count', GREEN) + total('HTTPCode_Target_4XX_Count', GREEN)).toBe(20_000);
    expect(Math.abs(total('HTTPCode_Target_5XX_Count', GREEN) - 10_000)).toBeLessThan(354);
  });
});

test('response times are in seconds, and follow the profile', () => {
  const store = new MetricStore();
  const { traffic, data } = world({ requestsPerSecond: 200 });
  traffic.playTo(60_000);
  data.forEach((datum) => store.put(datum));
  const metric = { namespace: 'AWS/ApplicationELB', metricName: 'TargetResponseTime', dimensions: ALL };
  const percentile = (percent: number) => store.value(metric, { percentile: percent }, 0, 60_000);
  expect(percentile(50)).toBeGreaterThan(0.014);
  expect(percentile(50)).toBeLessThan(0.028);
  expect(percentile(99)).toBeGreaterThan(0.14);
  expect(percentile(99)).toBeLessThan(0.3);
  expect(store.value(metric, 'SampleCount', 0, 60_000)).toBe(12_000);
});

describe('a version that is real', () => {
  test('its sample is scaled', () => {
    const sample = [
      ...Array.from({ length: 9 }, () => ({ status: 200, latencyMs: 12 })),
      { status: 500, latencyMs: 40 },
      { elb: 504 as const },
    ];
    const { traffic, total } = world({ weights: [0, 100], requestsPerSecond: 1100, sample });
    traffic.playTo(10_000);
    expect(total('RequestCount', GREEN)).toBe(11_000);
    expect(Math.abs(total('HTTPCode_Target_5XX_Count', GREEN) - 1000)).toBeLessThan(150);
    expect(Math.abs(total('HTTPCode_ELB_504_Count', ALL) - 1000)).toBeLessThan(150);
  });

  test('without a sample nothing is published', () => {
    const { traffic, data } = world({ weights: [0, 100], sample: [] });
    traffic.playTo(10_000);
    expect(data).toEqual([]);
  });
});

describe('single requests', () => {
  test('an answer of a target', () => {
    const { traffic, data } = world();
    traffic.recordRequest({ at: 5, targetGroup: 'green', outcome: { kind: 'target', status: 404, latencyMs: 250 } });
    expect(data.filter(({ dimensions }) => Object.keys(dimensions).length === 2)).toEqual([
      { namespace: 'AWS/ApplicationELB', at: 5, metricName: 'RequestCount', dimensions: BOTH_GREEN, values: [{ value: 1, count: 1 }] },
      {
        namespace: 'AWS/ApplicationELB',
        at: 5,
        metricName: 'HTTPCode_Target_4XX_Count',
        dimensions: BOTH_GREEN,
        values: [{ value: 1, count: 1 }],
      },
      {
        namespace: 'AWS/ApplicationELB',
        at: 5,
        metricName: 'TargetResponseTime',
        dimensions: BOTH_GREEN,
        values: [{ value: 0.25, count: 1 }],
      },
    ]);
  });

  test.each([
    ['an empty target group', { targetGroup: 'green', outcome: { kind: 'elb', status: 503 } } as const, 0, 1],
    ['a silent target', { targetGroup: 'green', outcome: { kind: 'elb', status: 504 } } as const, 1, 1],
    ['no rule', { outcome: { kind: 'elb', status: 404 } } as const, 0, 0],
  ])('%s', (_what, request, requests, errors) => {
    const { traffic, total } = world();
    traffic.recordRequest({ at: 5, ...request });
    expect([total('RequestCount', ALL), total('HTTPCode_ELB_5XX_Count', ALL)]).toEqual([requests, errors]);
  });
});

test('equal seeds give equal data; another seed other data', () => {
  const played = (seed: number) => {
    const { traffic, data } = world({ weights: [50, 50], seed });
    traffic.playTo(10_000);
    return JSON.stringify(data);
  };
  expect(played(1)).toBe(played(1));
  expect(played(1)).not.toBe(played(2));
});

test('as events: one every ten seconds, until it is cancelled', () => {
  const scheduler = new EventScheduler();
  const { traffic, total } = world();
  scheduler.advanceTo(4000);
  const cancel = traffic.start(scheduler);
  while ((scheduler.nextAt() ?? Infinity) <= 30_000) {
    scheduler.runNext();
  }
  expect(total('RequestCount', ALL)).toBe(520);
  cancel();
  expect(scheduler.nextAt()).toBeUndefined();
});

import { MetricStore, parseStatistic, type Statistic } from '../../../rehearsal/engine/metrics';

const METRIC = {
  namespace: 'AWS/ApplicationELB',
  metricName: 'TargetResponseTime',
  dimensions: { LoadBalancer: 'app/a/1', TargetGroup: 'tg/b/2' },
};

function store(...data: [at: number, ...values: [value: number, count: number][]][]): MetricStore {
  const metrics = new MetricStore();
  for (const [at, ...values] of data) {
    metrics.put({ ...METRIC, at, values: values.map(([value, count]) => ({ value, count })) });
  }
  return metrics;
}

describe('MetricStore', () => {
  const metrics = store([0, [1, 2], [4, 1]], [59_999, [10, 1]], [60_000, [100, 1]]);

  test.each([
    ['SampleCount', 4],
    ['Sum', 16],
    ['Average', 4],
    ['Minimum', 1],
    ['Maximum', 10],
    [{ percentile: 0 }, 1],
    [{ percentile: 50 }, 2.5],
    [{ percentile: 100 }, 10],
    [{ percentile: 90 }, 8.2],
  ] as [Statistic, number][])('aggregates a period: %j', (statistic, value) => {
    expect(metrics.value(METRIC, statistic, 0, 60_000)).toBeCloseTo(value, 10);
  });

  test('belongs to the period that begins at its time', () => {
    expect(metrics.value(METRIC, 'Sum', 60_000, 120_000)).toBe(100);
    expect(metrics.value(METRIC, 'Sum', 120_000, 180_000)).toBeUndefined();
  });

  test('compares dimensions as a set', () => {
    const { LoadBalancer, TargetGroup } = METRIC.dimensions;
    expect(metrics.value({ ...METRIC, dimensions: { TargetGroup, LoadBalancer } }, 'Sum', 0, 60_000)).toBe(16);
    expect(metrics.value({ ...METRIC, dimensions: { LoadBalancer } }, 'Sum', 0, 60_000)).toBeUndefined();
    expect(metrics.metrics()).toEqual([METRIC]);
  });

  test('no values are no data', () => {
    expect(store([0]).value(METRIC, 'SampleCount', 0, 60_000)).toBeUndefined();
  });

  test('forgets what is older than its retention, which an alarm may lengthen', () => {
    const kept = (retain: number): number | undefined => {
      const short = new MetricStore(60_000);
      short.retain(retain);
      for (let at = 0; at <= 300_000; at += 10_000) {
        short.put({ ...METRIC, at, values: [{ value: 1, count: 1 }] });
      }
      return short.value(METRIC, 'SampleCount', 0, 400_000);
    };
    expect([kept(0), kept(120_000)]).toEqual([7, 13]);
  });

  test.each([
    ['Sum', 'Sum'],
    ['p99', { percentile: 99 }],
    ['p99.9', { percentile: 99.9 }],
    ['p101', undefined],
    ['tm95', undefined],
    ['', undefined],
  ])('reads the statistic %j', (text, statistic) => {
    expect(parseStatistic(text)).toEqual(statistic);
  });
});

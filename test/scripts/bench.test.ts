import { inScript } from '../support/module';

const run = (overrides: { throughput?: object; accuracy?: object } = {}) => ({
  throughput: { sentPerSecond: 2_000, answeredPerSecond: 1_999.5, failed: 0, lateMs: { p99: 2 }, cpuMs: 6_600, samples: 60_000, maxRssMb: 100, ...overrides.throughput },
  accuracy: { latencyMs: [11, 40, 460, 505], openModel: [10, 40, 460, 500], closedLoop: [10, 18, 30, 500], ...overrides.accuracy },
});
const judged = (...runs: object[]) => inScript<{ missed: string[]; throughput: object; accuracy: object[] }>('bench.mjs', 'script.judge(argv[0])', runs);

describe('npm run bench', () => {
  test('tells the medians of its runs', () => {
    const { throughput, accuracy, missed } = judged(run(), run({ throughput: { answeredPerSecond: 100, maxRssMb: 900 } }), run({ throughput: { maxRssMb: 110 } }));
    expect(throughput).toEqual({ sentPerSecond: 2_000, answeredPerSecond: 1_999.5, failed: 0, lateP99Ms: 2, cpuMicrosecondsPerRequest: 110, maxRssMb: 110 });
    expect(accuracy[2]).toEqual({ name: 'p99', injected: 460, measured: 460, deviation: 0, closedLoop: 30 });
    expect(missed).toEqual([]);
  });

  test.each([
    [{ throughput: { answeredPerSecond: 1_989 } }, 'answered 1989 requests a second, to be 2000'],
    [{ throughput: { failed: 1 } }, '1 requests failed, to be none'],
    [{ throughput: { maxRssMb: 256 } }, 'took 256 MB, to be below 256'],
    [{ accuracy: { latencyMs: [11, 40, 484, 505] } }, 'p99 was 5.2 % off what was injected, to be within 5.0 %'],
    [{ accuracy: { latencyMs: [11, 40, 436, 505] } }, 'p99 was -5.2 % off what was injected, to be within 5.0 %'],
  ])('misses an aim: %j', (overrides, missed) => {
    expect(judged(run(overrides)).missed).toEqual([missed]);
  });
});

describe('the injected latency', () => {
  const INJECTION = { seed: 7, p50Ms: 10, sigma: 0, stallEveryMs: 1_000, stallMs: 100, ratePerSecond: 100, warmUpMs: 1_000, durationMs: 1_000 };
  const of = <T>(expression: string, ...argv: unknown[]) => inScript<T>('../bench/injected-latency.mjs', expression, ...argv);

  test.each([
    [0, 10],
    [499, 10],
    [500, 110],
    [599, 11],
    [600, 10],
    [1_550, 60],
  ])('at %i ms is %i ms', (atMs, latency) => {
    expect(of('script.latencyAt(argv[0], argv[1], 10)', INJECTION, atMs)).toBe(latency);
  });

  test('is seen by whoever asks at even distances, and hardly by a client that waits', () => {
    // Ten requests are due in the stall: 110, 100, ... 20 ms.
    expect(of('script.openModel(argv[0]).slice(-11)', INJECTION)).toEqual([10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110]);
    expect(of('script.closedLoop(argv[0]).slice(-2)', INJECTION)).toEqual([10, 110]);
  });

  test('is log-normal, and the same for the same seed', () => {
    const draw = 'Array.from({ length: 10001 }, script.ownTimes(argv[0])).sort((a, b) => a - b)';
    const times = of<number[]>(draw, { ...INJECTION, sigma: 0.5 });
    expect([times[5_000]! > 9.7 && times[5_000]! < 10.3, times[9_900]! > 30 && times[9_900]! < 34]).toEqual([true, true]);
    expect(of<number[]>(draw, { ...INJECTION, sigma: 0.5 })).toEqual(times);
  });
});

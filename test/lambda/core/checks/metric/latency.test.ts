import type { VersionLatency } from '../../../../../lambda/core/checks/metric/latency';
import { judgeLatency } from '../../../../../lambda/core/checks/metric/latency';
import type { MetricLatencyDocument } from '../../../../../lib/model/metric-document';
import { LATENCY } from './fixtures';

const of = (ms: number | undefined, samples = 200, messages: readonly string[] = []): VersionLatency => ({ ...(ms === undefined ? {} : { ms }), samples, messages });

function judge(replacement: VersionLatency, original: VersionLatency, overrides: Partial<MetricLatencyDocument> = {}, closed = false) {
  return judgeLatency({ document: { ...LATENCY, ...overrides }, minSamples: 200, replacement, original, closed, originally: 'in the 30 min before the deployment', span: 'in 5 min' });
}

test.each([
  // Ratio 1.5 and floor 50 ms: both must be exceeded.
  [of(300), of(100), 'fail', '3 times as long (limit 1.5), and 200 ms longer (limit 50 ms)'],
  [of(150.1), of(100), 'fail', '1.5 times as long (limit 1.5), and 50.1 ms longer (limit 50 ms)'],
  [of(150), of(99.9), 'fail', '1.5 times as long (limit 1.5), and 50.1 ms longer (limit 50 ms)'],
  [of(150), of(100), 'pass', '1.5 times as long (limit 1.5), and 50 ms longer (limit 50 ms)'],
  [of(70), of(20), 'pass', '3.5 times as long (limit 1.5), and 50 ms longer (limit 50 ms)'],
  [of(1400), of(1000), 'pass', '1.4 times as long (limit 1.5), and 400 ms longer (limit 50 ms)'],
  [of(100), of(100), 'pass', 'it is not longer'],
  [of(80), of(100), 'pass', 'it is not longer'],
  [of(51), of(0), 'fail', 'where it took no time (limit 1.5), and 51 ms longer (limit 50 ms)'],
  [of(0), of(0), 'pass', 'it is not longer'],
] as const)('%j against %j: %s', (replacement, original, outcome, why) => {
  const measurement = judge(replacement, original);
  expect(measurement).toMatchObject({ outcome, samples: 400 });
  expect(measurement.reason).toMatch(/^p95 latency of the new version was [\d.,]+ ms \(200 samples in 5 min\), of the old one [\d.,]+ ms \(200 in the 30 min before the deployment\): /);
  expect(measurement.reason.endsWith(`: ${why}`)).toBe(true);
});

test('everything that was measured is told', () => {
  expect(judge(of(300), of(100)).measurements).toEqual([
    { what: 'samples of the new version', measured: 200, threshold: 200, ok: true },
    { what: 'samples of the old version', measured: 200, threshold: 200, ok: true },
    { what: 'p95 latency, new to old', measured: 3, threshold: 1.5, ok: false },
    { what: 'increase of the p95 latency in ms', measured: 200, threshold: 50, ok: false },
  ]);
  expect(judge(of(60), of(0)).measurements[2]).toEqual({ what: 'p95 latency, new to old', measured: null, threshold: 1.5, ok: false });
  expect(judge(of(150), of(100)).measurements.map(({ ok }) => ok)).toEqual([true, true, true, true]);
});

test.each([
  [of(300, 199), of(100), 'the new version has 199 of the 200 samples that a verdict needs (in 5 min)', 199],
  [of(300), of(100, 0), 'the old version has 0 of the 200 samples that a verdict needs (in the 30 min before the deployment)', 200],
  [of(undefined), of(100), 'CloudWatch has no data for the new version', 200],
  [of(300), of(undefined, 200, ['ArithmeticError: dropped', 'and more']), 'CloudWatch has no data for the old version (ArithmeticError: dropped; and more)', 200],
] as const)('%j against %j decide nothing', (replacement, original, reason, newSamples) => {
  expect(judge(replacement, original)).toMatchObject({ outcome: 'inconclusive', reason: `p95 latency: ${reason}`, retryable: true, measurements: [{ measured: newSamples }, {}] });
  expect(judge(replacement, original, {}, true)).toMatchObject({ outcome: 'inconclusive', reason: `p95 latency: ${reason}; no more will come`, retryable: false });
});

test('the time before the deployment gets no more samples', () => {
  const baseline = { beforeMs: 60_000 };
  expect(judge(of(300, 10), of(100, 20), { baseline })).toMatchObject({ reason: expect.stringMatching(/the old version has 20 .*; no more will come$/), retryable: false });
  expect(judge(of(300, 10), of(undefined), { baseline })).toMatchObject({ reason: expect.stringMatching(/no data for the old version; no more will come$/), retryable: false });
  expect(judge(of(300, 10), of(100), { baseline })).toMatchObject({ reason: expect.stringMatching(/the new version has 10 /), retryable: true });
});

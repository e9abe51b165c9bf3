import { judgeThreshold } from '../../../../../lambda/core/checks/metric/threshold';
import type { MetricThresholdDocument } from '../../../../../lib/model/metric-document';
import { THRESHOLD } from './fixtures';

function judge(value: number | undefined, limit: MetricThresholdDocument['limit'], { samples = 5, missing = 'INCONCLUSIVE', closed = false, messages = [] }: { samples?: number; missing?: MetricThresholdDocument['missing']; closed?: boolean; messages?: readonly string[] } = {}) {
  return judgeThreshold({ document: { ...THRESHOLD, limit, missing }, minSamples: 5, ...(value === undefined ? {} : { value }), messages, samples, span: 'in the last 5 min', closed });
}

test.each([
  [9.99, { below: 10 }, 'pass', '9.99', 'below 10'],
  [10, { below: 10 }, 'fail', '10', 'below 10'],
  [10.01, { above: 10 }, 'pass', '10', 'above 10'],
  [10, { above: 10 }, 'fail', '10', 'above 10'],
  [-3, { above: -2.5 }, 'fail', '-3', 'above -2.5'],
  [1, { min: 1, max: 2 }, 'pass', '1', '1 to 2'],
  [2, { min: 1, max: 2 }, 'pass', '2', '1 to 2'],
  [0.99, { min: 1, max: 2 }, 'fail', '0.99', '1 to 2'],
  [2.01, { min: 1, max: 2 }, 'fail', '2.01', '1 to 2'],
  [1234567, { below: 1000 }, 'fail', '1,234,567', 'below 1,000'],
] as const)('%d against %j: %s', (value, limit, outcome, shown, expected) => {
  expect(judge(value, limit)).toEqual({
    outcome,
    reason: `backlog was ${shown} (5 samples in the last 5 min), expected ${expected}`,
    measurements: [
      { what: 'samples', measured: 5, threshold: 5, ok: true },
      { what: 'backlog', measured: value, threshold: expected, ok: outcome === 'pass' },
    ],
    samples: 5,
  });
});

test('too few samples decide nothing, whatever the value', () => {
  expect(judge(1, { below: 10 }, { samples: 4 })).toEqual({
    outcome: 'inconclusive',
    reason: 'backlog has 4 of the 5 samples that a verdict needs (in the last 5 min)',
    measurements: [{ what: 'samples', measured: 4, threshold: 5, ok: false }],
    samples: 4,
    retryable: true,
  });
  expect(judge(1, { below: 10 }, { samples: 4, closed: true })).toMatchObject({ reason: expect.stringMatching(/; no more will come$/), retryable: false });
});

test('no data is undecided, or zero where somebody has typed that out', () => {
  expect(judge(undefined, { below: 10 }, { messages: ['ArithmeticError: divided by zero'] })).toMatchObject({
    outcome: 'inconclusive',
    reason: 'CloudWatch has no data for backlog (ArithmeticError: divided by zero)',
    samples: 5,
    retryable: true,
  });
  expect(judge(undefined, { below: 10 }, { missing: 'AS_ZERO' })).toMatchObject({ outcome: 'pass', reason: 'backlog was 0 (5 samples in the last 5 min), expected below 10' });
  expect(judge(undefined, { above: 0 }, { missing: 'AS_ZERO' }).outcome).toBe('fail');
  expect(judge(undefined, { below: 10 }, { missing: 'AS_ZERO', samples: 0 }).outcome).toBe('inconclusive');
});

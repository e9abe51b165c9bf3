import type { Finding } from '../../../../lambda/core/checks/assertions';
import { judged } from '../../../../lambda/core/checks/judged';

const finding = (outcome: Finding['outcome'], more: Partial<Finding> = {}): Finding => ({ outcome, what: 'status', measured: 503, threshold: 200, statement: `it ${outcome}`, warning: false, ...more });
const warning = (outcome: Finding['outcome']) => finding(outcome, { warning: true });

test.each<[readonly Finding[], string, string, boolean | undefined]>([
  [[finding('holds')], 'pass', '1 assertion held (facts)', undefined],
  [[finding('holds'), finding('holds'), warning('holds')], 'pass', '2 assertions held (facts)', undefined],
  [[finding('holds'), finding('fails'), finding('fails')], 'fail', 'it fails; it fails (facts)', undefined],
  [[finding('undecided'), finding('fails')], 'fail', 'it fails (facts)', undefined],
  [[finding('undecided'), finding('holds')], 'inconclusive', 'it undecided (facts)', false],
  [[finding('holds'), warning('fails'), warning('undecided')], 'pass', '1 assertion held; warning: it fails; warning: it undecided (facts)', undefined],
  [[finding('fails'), warning('fails')], 'fail', 'it fails; warning: it fails (facts)', undefined],
  [[warning('fails')], 'inconclusive', '0 assertions held; warning: it fails (facts)', undefined],
  [[], 'inconclusive', '0 assertions held (facts)', undefined],
])('%# comes to what its decisive findings say', (findings, outcome, reason, retryable) => {
  const measurement = judged(findings, 'facts');
  expect(measurement).toMatchObject({ outcome, reason, samples: 1 });
  expect(measurement.retryable).toBe(retryable);
  expect('retryable' in measurement).toBe(retryable !== undefined);
  expect(measurement.measurements.map(({ ok }) => ok)).toEqual(findings.map((each) => each.outcome === 'holds'));
});

test('has a reason of bounded length', () => {
  expect(judged([finding('fails', { statement: 'x'.repeat(5000) })], 'facts').reason).toHaveLength(1000);
});

import { judgeCases, outcomeOfCases } from '../../../../../lambda/core/checks/suite/cases';
import type { SuiteCase } from '../../../../../lib/model/suite-result';

const STRICT = { minCases: 2, allowSkipped: false };
const LENIENT = { minCases: 2, allowSkipped: true };
const made = (status: SuiteCase['status'], count: number): SuiteCase[] => Array.from({ length: count }, (_, index) => ({ name: `${status} ${index}`, status }));
const judge = (rule: Parameters<typeof judgeCases>[0], ...cases: SuiteCase[]) => judgeCases(rule, outcomeOfCases(cases), 'facts');

describe('cases that were run', () => {
  test('and passed are a pass that another attempt would not change, and is not forbidden', () => {
    expect(judge(STRICT, ...made('passed', 2))).toEqual({
      outcome: 'pass',
      reason: '2 cases passed (facts)',
      measurements: [
        { what: 'cases that did not pass', measured: 0, threshold: 0, ok: true },
        { what: 'cases that were run', measured: 2, threshold: 2, ok: true },
        { what: 'skipped cases', measured: 0, threshold: 0, ok: true },
      ],
      samples: 2,
      cases: { listed: [{ name: 'passed 0', status: 'passed' }, { name: 'passed 1', status: 'passed' }], leftOut: 0 },
    });
  });

  test('and failed are measured as such', () => {
    const { outcome, measurements, samples } = judge(LENIENT, ...made('failed', 1), ...made('errored', 1), ...made('passed', 1));
    expect([outcome, samples]).toEqual(['fail', 3]);
    expect(measurements).toEqual([
      { what: 'cases that did not pass', measured: 2, threshold: 0, ok: false },
      { what: 'cases that were run', measured: 3, threshold: 2, ok: true },
    ]);
  });

  test('one too few are undecided, for good', () => {
    const { outcome, reason, measurements, retryable } = judge(LENIENT, ...made('passed', 1), ...made('skipped', 2));
    expect([outcome, reason, retryable]).toEqual(['inconclusive', '1 case run (2 skipped), expected at least 2 (facts)', false]);
    expect(measurements[1]).toEqual({ what: 'cases that were run', measured: 1, threshold: 2, ok: false });
  });

  test.each([
    [STRICT, 'inconclusive', '1 case skipped, expected none (facts)', false],
    [LENIENT, 'pass', '2 cases passed, 1 skipped (facts)', undefined],
  ] as const)('beside one that was skipped: %j', (rule, outcome, reason, retryable) => {
    const judged = judge(rule, ...made('passed', 2), ...made('skipped', 1));
    expect([judged.outcome, judged.reason, judged.retryable]).toEqual([outcome, reason, retryable]);
    expect(judged.measurements.slice(2)).toEqual(rule.allowSkipped ? [] : [{ what: 'skipped cases', measured: 1, threshold: 0, ok: false }]);
  });
});

test('a report lists a hundred cases with their durations and messages, those that did not pass first', () => {
  const slow: SuiteCase = { name: 'n'.repeat(201), status: 'failed', durationMs: 0, message: 'm'.repeat(301) };
  const { cases, reason } = judge(STRICT, ...made('passed', 100), slow);
  expect(cases?.leftOut).toBe(1);
  expect(cases?.listed).toHaveLength(100);
  expect(cases?.listed[0]).toEqual({ name: `${'n'.repeat(199)}…`, status: 'failed', durationMs: 0, message: `${'m'.repeat(299)}…` });
  expect(cases?.listed[1]).toEqual({ name: 'passed 0', status: 'passed' });
  expect(reason).toMatch(/^1 of 101 cases did not pass: n+…: "m+…" \(facts\)$/);
});

test('a reason names three of the cases that did not pass', () => {
  expect(judge(STRICT, ...made('errored', 2), ...made('failed', 3)).reason).toBe('5 of 5 cases did not pass (2 of them errored): failed 0; failed 1; failed 2; and 2 more (facts)');
});

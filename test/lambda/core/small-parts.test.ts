import type { CheckResult, VerdictRecord } from '../../../lib/model/hook-contract';
import type { Verdict } from '../../../lib/model/status';
import { within } from '../../../lambda/core/deadline';
import { Overdue } from '../../../lambda/core/failures';
import { combinedVerdict, reportStatusFor } from '../../../lambda/core/judgement';
import { boundedForEvent } from '../../../lambda/core/record';
import { pauseBefore } from '../../../lambda/core/retry';
import { excerpt, milliseconds, quoted } from '../../../lambda/core/text';
import { virtualClock } from '../support/virtual-clock';

describe('text', () => {
  test.each([
    ['short', 10, 'short'],
    ['exactly ten', 11, 'exactly ten'],
    ['one too many', 11, 'one too ma…'],
    ['a\nb\tc\r\u0000\u001b[31m\u2028', 40, 'a\\nb\\tc\\r\\u0000\\u001b[31m\\u2028'],
    ['abc😀def', 5, 'abc…'],
    ['😀 is whole, \ud83d is not', 40, '😀 is whole, \\ud83d is not'],
    ['\n\n\n\n', 4, '\\n\\…'],
  ])('excerpt of %j within %i', (text, length, shown) => {
    expect(excerpt(text, length)).toBe(shown);
  });

  test('an excerpt has 120 characters by default', () => {
    expect(quoted('x'.repeat(200))).toHaveLength(122);
  });

  test.each([
    [0.04, 0],
    [0.16, 0.2],
    [9.94, 9.9],
    [17.6, 18],
  ])('%f ms reads %f', (ms, shown) => {
    expect(milliseconds(ms)).toBe(shown);
  });
});

describe('verdicts', () => {
  test.each<[readonly Verdict[], Verdict]>([
    [[], 'inconclusive'],
    [['pass'], 'pass'],
    [['pass', 'pass'], 'pass'],
    [['pass', 'inconclusive'], 'inconclusive'],
    [['inconclusive', 'fail'], 'fail'],
    [['pass', 'fail'], 'fail'],
  ])('%j together are %s', (verdicts, together) => {
    expect(combinedVerdict(verdicts)).toBe(together);
  });

  test.each([
    ['pass', 'FAIL', 'Succeeded'],
    ['fail', 'FAIL', 'Failed'],
    ['inconclusive', 'FAIL', 'Failed'],
    ['inconclusive', 'SUCCEED', 'Succeeded'],
    ['fail', 'SUCCEED', 'Failed'],
  ] as const)('%s under %s is reported as %s', (verdict, policy, status) => {
    expect(reportStatusFor(verdict, policy)).toBe(status);
  });
});

test.each([
  [1, 0, 100],
  [1, 0.5, 150],
  [2, 0.5, 300],
  [5, 0, 1_600],
  [20, 0, 5_000],
  [20, 0.999, 9_995],
])('pause %i for a draw of %f is %i ms', (attempt, draw, ms) => {
  expect(pauseBefore(attempt, draw)).toBeCloseTo(ms, 6);
});

describe('within', () => {
  const never = () => new Promise<never>(() => undefined);

  test('returns what the work returns', async () => {
    expect(await within(virtualClock(), { ms: 5 }, async () => 7)).toBe(7);
  });

  test('gives up at the deadline, after the grace', async () => {
    const clock = virtualClock();
    await expect(within(clock, { ms: 100, graceMs: 20 }, never)).rejects.toThrow(Overdue);
    expect(clock.now()).toBe(120);
  });

  test('ends with the outer signal, for the outer reason', async () => {
    const outer = new AbortController();
    const clock = virtualClock();
    const work = within(clock, { ms: 100, signal: outer.signal }, never);
    outer.abort(new Error('enough'));
    await expect(work).rejects.toThrow('enough');
    await expect(within(clock, { ms: 100, signal: outer.signal }, never)).rejects.toThrow('enough');
    expect(clock.now()).toBe(0);
  });

  test('leaves no sleeper behind', async () => {
    const clock = virtualClock();
    await within(clock, { ms: 1_000 }, () => clock.sleep(10));
    await clock.sleep(5);
    expect(clock.now()).toBe(15);
  });
});

describe('boundedForEvent', () => {
  const check = (name: string, verdict: Verdict): CheckResult => ({
    name,
    kind: 'http',
    verdict,
    reason: 'r'.repeat(200),
    measurements: [{ what: 'status', measured: 'm'.repeat(500), threshold: 200, ok: true }],
    samples: 1,
    errors: 0,
    windowMs: 1,
  });
  const record = (checks: readonly CheckResult[]): VerdictRecord => ({
    schemaVersion: 1,
    rollout: 'r',
    event: 'e',
    deploymentId: 'd-1',
    verdict: 'fail',
    reason: 'because',
    report: 'Failed',
    by: 'checks',
    durationMs: 1,
    checks,
  });

  test('leaves a record alone that fits', () => {
    const small = record([check('a', 'pass')]);
    expect(boundedForEvent(small)).toBe(small);
  });

  test('drops the cases of suites before anything else', () => {
    const cases = { listed: [{ name: 'n'.repeat(200), status: 'failed' }], leftOut: 0 } as const;
    const bounded = boundedForEvent(record([{ ...check('a', 'fail'), cases }]), 1_100);
    expect(bounded.checks).toEqual([check('a', 'fail')]);
    expect(bounded.reason).toBe('because');
  });

  test('drops measurements first', () => {
    const bounded = boundedForEvent(record([check('a', 'pass'), check('b', 'fail')]), 1_200);
    expect(bounded.checks.map(({ name, measurements }) => [name, measurements.length])).toEqual([['a', 0], ['b', 0]]);
    expect(bounded.reason).toBe('because');
  });

  test('then drops checks, those that passed before the others, and says so', () => {
    const bounded = boundedForEvent(record([check('a', 'pass'), check('b', 'fail')]), 700);
    expect(bounded.checks.map(({ name }) => name)).toEqual(['b']);
    expect(bounded.reason).toBe('because (1 check left out here; the log line has them)');
  });

  test('stays under the limit of an event with a thousand checks', () => {
    const many = record(Array.from({ length: 1_000 }, (_, index) => check(`c${index}`, 'fail')));
    expect(Buffer.byteLength(JSON.stringify(boundedForEvent(many)))).toBeLessThanOrEqual(200_000);
  });
});

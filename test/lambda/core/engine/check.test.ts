import type { PassRule } from '../../../../lib/model/check-policy';
import { hasPassed, overdue, recorded, started } from '../../../../lambda/core/engine/check';
import type { Measurement, PlannedCheck, RunningCheck } from '../../../../lambda/core/engine/state';

const RUNNING: RunningCheck = { phase: 'running', startedAt: 100, attempts: 1, passes: 0, failures: 0, row: 0, errors: 0, samples: 0 };
const MEASURED = [{ what: 'status', measured: 200, threshold: 200, ok: true }];
const OTHER = [{ what: 'status', measured: 503, threshold: 200, ok: false }];

const check = (passes: PassRule, errorBudget = 0): PlannedCheck => ({
  name: 'a',
  kind: 'http',
  policy: { mode: 'ENFORCE', after: [], passes, attemptMs: 1000, intervalMs: 500, errorBudget, deadlineMs: 60_000, inconclusive: 'FAIL' },
});
const measurement = (outcome: Measurement['outcome'], more: Partial<Measurement> = {}): Measurement => ({ outcome, reason: `it was ${outcome}`, measurements: MEASURED, samples: 1, ...more });
const ends = (passes: PassRule, before: Partial<RunningCheck>, of: Measurement, errorBudget = 0) => recorded(check(passes, errorBudget), { ...RUNNING, ...before }, of, 900);

describe('an attempt', () => {
  test('is counted from the first one on, and under way until it has been recorded', () => {
    const first = started({ phase: 'waiting' }, 100);
    expect(first).toEqual(RUNNING);
    expect(started({ ...RUNNING, dueAt: 1400, memory: { build: 7 }, passes: 2 }, 1500)).toEqual({ ...RUNNING, dueAt: undefined, attempts: 2, memory: { build: 7 }, passes: 2 });
  });

  test('that decides nothing leaves the next one due after the interval', () => {
    expect(ends({ consecutive: 2 }, {}, measurement('pass'))).toEqual({ ...RUNNING, dueAt: 1400, passes: 1, row: 1, samples: 1, measurements: MEASURED, lastReason: 'it was pass' });
    expect(ends({ consecutive: 2, patient: true }, { row: 1, passes: 1, samples: 1 }, measurement('fail', { samples: 3, measurements: OTHER }))).toEqual({
      ...RUNNING,
      dueAt: 1400,
      passes: 1,
      failures: 1,
      row: 0,
      samples: 4,
      measurements: OTHER,
      lastReason: 'it was fail',
    });
  });

  test('that could not measure leaves what was measured before', () => {
    const before = { measurements: OTHER, samples: 2, row: 1, passes: 1 };
    expect(ends({ consecutive: 2 }, before, measurement('error', { samples: 0, measurements: [] }), 1)).toEqual({ ...RUNNING, ...before, dueAt: 1400, row: 0, errors: 1, lastReason: 'it was error' });
  });

  test.each([
    ['leaves a memory', undefined, { build: 1 }, { build: 1 }],
    ['replaces a memory', { build: 1 }, { build: 2 }, { build: 2 }],
    ['keeps a memory', { build: 1 }, undefined, { build: 1 }],
    ['leaves none', undefined, undefined, undefined],
  ])('%s', (_, before, memory, after) => {
    const left = ends({ consecutive: 2 }, before === undefined ? {} : { memory: before }, measurement('inconclusive', memory === undefined ? {} : { memory }));
    expect((left as RunningCheck).memory).toEqual(after);
    expect('memory' in left).toBe(after !== undefined);
  });

  test('that decides ends the check at its moment, with what was measured', () => {
    expect(ends({ consecutive: 1 }, { samples: 2, errors: 1 }, measurement('fail', { measurements: OTHER }))).toEqual({
      phase: 'ended',
      startedAt: 100,
      endedAt: 900,
      verdict: 'fail',
      reason: 'it was fail',
      measurements: OTHER,
      samples: 3,
      errors: 1,
    });
  });
});

describe('the reason of a check', () => {
  test.each<[PassRule, Partial<RunningCheck>, Measurement, number, string, string]>([
    [{ consecutive: 1 }, {}, measurement('pass'), 0, 'pass', 'it was pass'],
    [{ consecutive: 1 }, { errors: 1 }, measurement('pass'), 2, 'pass', 'it was pass, after 1 attempt that could not be measured'],
    [{ atLeast: 1, of: 1 }, { errors: 2 }, measurement('pass'), 2, 'pass', 'it was pass, after 2 attempts that could not be measured'],
    [{ consecutive: 2 }, { row: 1, passes: 1, errors: 1 }, measurement('pass'), 2, 'pass', 'it was pass; 2 of 2 passes in a row, 1 attempt not measured'],
    [{ atLeast: 2, of: 3 }, { passes: 1, failures: 1 }, measurement('pass'), 0, 'pass', 'it was pass; 2 of 2 passes in 3 answers, 0 attempts not measured'],
    [{ atLeast: 1, of: 2 }, {}, measurement('error'), 0, 'inconclusive', 'could not be measured: it was error; 0 of 1 passes in 0 answers, 1 attempt not measured'],
    [{ atLeast: 2, of: 2 }, { passes: 1 }, measurement('error', { retryable: false }), 9, 'inconclusive', 'could not be measured: it was error; 1 of 2 passes in 1 answer, 1 attempt not measured'],
    [{ consecutive: 1 }, {}, measurement('inconclusive', { retryable: false }), 9, 'inconclusive', 'it was inconclusive'],
  ])('by the rule %j, after %j, is that of the last attempt and how far it came', (rule, before, of, errorBudget, verdict, reason) => {
    expect(ends(rule, before, of, errorBudget)).toMatchObject({ verdict, reason });
  });

  test.each<[PassRule, Partial<RunningCheck>, string, string]>([
    [{ consecutive: 1 }, {}, 'inconclusive', 'time was up after 0 of 1 passes in a row, 0 attempts not measured'],
    [{ consecutive: 3 }, { row: 2, failures: 1, lastReason: 'it was pass' }, 'inconclusive', 'time was up after 2 of 3 passes in a row, 0 attempts not measured; last: it was pass'],
    [{ consecutive: 3, patient: false }, { failures: 1 }, 'inconclusive', 'time was up after 0 of 3 passes in a row, 0 attempts not measured'],
    [{ consecutive: 3, patient: true }, { failures: 1 }, 'fail', 'time was up after 0 of 3 passes in a row, 0 attempts not measured'],
    [{ consecutive: 3, patient: true }, { errors: 4 }, 'inconclusive', 'time was up after 0 of 3 passes in a row, 4 attempts not measured'],
    [{ atLeast: 2, of: 3 }, { failures: 1 }, 'inconclusive', 'time was up after 0 of 2 passes in 1 answer, 0 attempts not measured'],
  ])('whose time is up, by the rule %j after %j, is how far it came', (rule, before, verdict, reason) => {
    expect(overdue(check(rule), { ...RUNNING, ...before }, 900)).toEqual({ verdict, reason, now: 900 });
  });
});

describe('a rule of passes', () => {
  test.each<[PassRule, { row: number; passes: number; samples: number }, boolean]>([
    [{ consecutive: 2 }, { row: 2, passes: 2, samples: 2 }, true],
    [{ consecutive: 2 }, { row: 1, passes: 9, samples: 9 }, false],
    [{ atLeast: 2, of: 3 }, { row: 0, passes: 2, samples: 2 }, true],
    [{ atLeast: 2, of: 3 }, { row: 9, passes: 1, samples: 9 }, false],
    [{ consecutive: 2 }, { row: 2, passes: 2, samples: 0 }, false],
    [{ atLeast: 1, of: 1 }, { row: 1, passes: 1, samples: 0 }, false],
  ])('%j holds for %j: %s', (rule, counts, holds) => {
    expect(hasPassed(rule, counts)).toBe(holds);
  });
});

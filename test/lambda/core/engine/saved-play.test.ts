import { HandOverFailure } from '../../../../lambda/core/failures';
import { readPlay } from '../../../../lambda/core/engine/read-play';
import { MAX_SAVED_BYTES, savePlay, sizeOf } from '../../../../lambda/core/engine/saved-play';
import type { EndedCheck, Plan, RunningCheck, SuiteState } from '../../../../lambda/core/engine/state';
import type { CheckPolicy } from '../../../../lib/model/check-policy';

const EPOCH = Date.UTC(2026, 0, 5, 9);
const POLICY: CheckPolicy = { mode: 'ENFORCE', after: [], passes: { consecutive: 41 }, attemptMs: 5_000, intervalMs: 60_000, errorBudget: 2, deadlineMs: 2_700_000, inconclusive: 'FAIL' };
const PLAN: Plan = { suite: { run: 'ALL', concurrency: 1, deadlineMs: 3_240_000 }, checks: ['done', 'bake', 'later'].map((name) => ({ name, kind: 'http', policy: POLICY })) };

const MEASUREMENT = { what: 'status', measured: 200, threshold: 200, ok: true };
const DONE: EndedCheck = { phase: 'ended', startedAt: 0, endedAt: 4_000, verdict: 'pass', reason: 'it held', measurements: [MEASUREMENT], samples: 1, errors: 0 };
const BAKE: RunningCheck = {
  phase: 'running',
  startedAt: 4_000,
  dueAt: 830_000,
  attempts: 14,
  passes: 14,
  failures: 0,
  row: 14,
  errors: 0,
  samples: 14,
  memory: { build: 'b-1' },
  measurements: [MEASUREMENT],
  lastReason: 'it held',
};
const STATE: SuiteState = { startedAt: 0, checks: { done: DONE, bake: BAKE, later: { phase: 'waiting' } } };

const same = (text: string) => text;
const save = (state: SuiteState = STATE, redact = same) => savePlay({ state, playedMs: 805_000 }, { suite: 's', epochMs: EPOCH, redact });
const read = (value: unknown, suite = 's') => readPlay(value, PLAN, { suite, epochMs: EPOCH + 2_000, longestGapMs: 900_000 });
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- JSON that a test breaks at any place
type Broken = any;

const sent = (change: (saved: Broken) => void): unknown => {
  const saved = JSON.parse(JSON.stringify(save()));
  change(saved);
  return saved;
};

describe('savePlay', () => {
  test('is read back as it was, with the time between added', () => {
    expect(read(JSON.parse(JSON.stringify(save())))).toEqual({ state: STATE, playedMs: 807_000 });
  });

  test('redacts every text that may have come from an answer, memories and measured values included', () => {
    const hide = (text: string) => text.replaceAll('hunter2', '***');
    const secret = 'token hunter2';
    const measurements = [{ what: secret, measured: secret, threshold: secret, ok: false }];
    const saved = save({ startedAt: 0, checks: { done: { ...DONE, reason: secret, measurements }, bake: { ...BAKE, lastReason: secret, memory: { deep: [secret] }, measurements } } }, hide);
    expect(JSON.stringify(saved)).not.toContain('hunter2');
    expect(saved.state.checks['bake']).toMatchObject({ phase: 'running', lastReason: 'token ***', memory: { deep: ['token ***'] } });
  });

  test('leaves the words of the engine alone, whatever is hidden', () => {
    const saved = save(STATE, () => '***');
    expect(saved.state.checks['done']).toMatchObject({ phase: 'ended', verdict: 'pass', reason: '***' });
  });

  test('cuts reasons first, then measurements, and keeps what decides', () => {
    const long = { ...MEASUREMENT, measured: 'x'.repeat(2_000) };
    const bad = { ...long, what: 'orders', ok: false };
    const checks = Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`c${index}`, { ...DONE, measurements: [...Array(40).fill(long), bad], reason: 'r'.repeat(9_000) }]));
    const saved = save({ startedAt: 0, checks });
    expect(sizeOf(saved)).toBeLessThanOrEqual(MAX_SAVED_BYTES);
    const { measurements, reason, ...rest } = saved.state.checks['c0'] as EndedCheck;
    expect(rest).toEqual({ phase: 'ended', startedAt: 0, endedAt: 4_000, verdict: 'pass', samples: 1, errors: 0 });
    expect([measurements.length, measurements[0]?.what, String(measurements[0]?.measured).length, reason.length]).toEqual([20, 'orders', 80, 400]);
  });

  test('does without measurements where they are still too much', () => {
    const checks = Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`c${index}`, { ...DONE, measurements: Array(100).fill(MEASUREMENT) }]));
    const saved = save({ startedAt: 0, checks });
    expect(sizeOf(saved)).toBeLessThanOrEqual(MAX_SAVED_BYTES);
    expect((saved.state.checks['c0'] as EndedCheck).measurements).toEqual([]);
  });

  test('fails where a check remembers too much, since forgetting would decide', () => {
    const checks = { bake: { ...BAKE, memory: 'x'.repeat(250_000) } };
    expect(() => save({ startedAt: 0, checks })).toThrow(/^the state of 1 checks has 250\d{3} bytes, of which another invocation takes 200000$/);
  });
});

describe('readPlay refuses', () => {
  test('the state of another suite', () => {
    expect(() => read(save(), 'other')).toThrow('the checks of this hook were deployed anew while it ran, so that what was measured before says nothing about them; release again');
  });

  test.each<[string, (saved: Broken) => void, string]>([
    ['another version', (s) => (s.schemaVersion = 2), "'schemaVersion' of the state must be 1"],
    ['something unknown', (s) => (s.x = 1), 'the state has the unknown member "x"'],
    ['a lack', (s) => delete s.writtenAt, "the state lacks 'writtenAt'"],
    ['a play before its beginning', (s) => (s.playedMs = -1), "'playedMs' of the state must be a number from 0 to 1209600000"],
    ['a play without end', (s) => (s.playedMs = null), "'playedMs' of the state must be"],
    ['another beginning', (s) => (s.state.startedAt = 5), "'startedAt' of state must be a number from 0 to 0"],
    ['a missing check', (s) => delete s.state.checks.later, "'checks' of state must be those of the suite"],
    ['a check too many', (s) => (s.state.checks.other = { phase: 'waiting' }), "'checks' of state must be those of the suite"],
    ['checks as a list', (s) => (s.state.checks = []), "'checks' of state must be those of the suite"],
    ['an unknown phase', (s) => (s.state.checks.bake.phase = 'x'), 'check "bake" is neither waiting, nor running, nor ended'],
    ['no check at all', (s) => (s.state.checks.bake = null), 'check "bake" is neither waiting, nor running, nor ended'],
    ['a waiting check that has measured', (s) => (s.state.checks.later.passes = 1), 'check "later" has the unknown member "passes"'],
    ['a check begun in the future', (s) => (s.state.checks.bake.startedAt = 805_001), "'startedAt' of check \"bake\" must be a number from 0 to 805000"],
    ['an attempt due before its check began', (s) => (s.state.checks.bake.dueAt = 3_999), "'dueAt' of check \"bake\" must be a number from 4000 to 1209600000"],
    ['an attempt that is never due', (s) => (s.state.checks.bake.dueAt = null), "'dueAt' of check \"bake\" must be a number from 4000 to 1209600000"],
    ['more passes than attempts', (s) => (s.state.checks.bake.passes = 15), "'passes' of check \"bake\" must be a number from 0 to 14"],
    ['a longer row than passes', (s) => (s.state.checks.bake.row = 15), "'row' of check \"bake\" must be a number from 0 to 14"],
    ['half an error', (s) => (s.state.checks.bake.errors = 0.5), "'errors' of check \"bake\" must be a whole number"],
    ['a running check that has passed', (s) => Object.assign(s.state.checks.bake, { attempts: 41, passes: 41, row: 41 }), "'passes' of check \"bake\" must be fewer than make it pass"],
    ['a pass without a sample', (s) => (s.state.checks.done.samples = 0), "'samples' of check \"done\" must be a number from 1 to"],
    ['another verdict', (s) => (s.state.checks.done.verdict = 'yes'), "'verdict' of check \"done\" must be pass, fail or inconclusive"],
    ['an end in the future', (s) => (s.state.checks.done.endedAt = 805_001), "'endedAt' of check \"done\" must be a number from 0 to 805000"],
    ['a reason that is no text', (s) => (s.state.checks.done.reason = 5), "'reason' of check \"done\" must be a text"],
    ['measurements that are no list', (s) => (s.state.checks.done.measurements = {}), "'measurements' of check \"done\" must be a list"],
    ['a measured object', (s) => (s.state.checks.done.measurements[0].measured = {}), "'measured' of a measurement must be a text, a number or nothing"],
    ['a measurement that neither held nor not', (s) => (s.state.checks.done.measurements[0].ok = 1), "'ok' of a measurement must be true or false"],
    ['too much', (s) => (s.state.checks.bake.memory = 'x'.repeat(250_000)), 'bytes, of which 200000 are taken'],
  ])('%s', (_name, change, message) => {
    expect(() => read(sent(change))).toThrow(HandOverFailure);
    expect(() => read(sent(change))).toThrow(message);
  });

  test.each([undefined, null, 'x', 5, []])('%j', (value) => {
    expect(() => read(value)).toThrow('the state must be an object');
  });
});

test('an attempt that was under way is never begun a second time: the check is undecided', () => {
  const { state } = read(sent((saved) => delete saved.state.checks.bake.dueAt));
  expect(state.checks['bake']).toEqual({
    phase: 'ended',
    startedAt: 4_000,
    endedAt: 805_000,
    verdict: 'inconclusive',
    reason: 'an attempt was under way when an earlier invocation ended, and what came of it is not known',
    measurements: [MEASUREMENT],
    samples: 14,
    errors: 0,
  });
});

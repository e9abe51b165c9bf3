import { readPlay } from '../../../../lambda/core/engine/read-play';
import { savePlay } from '../../../../lambda/core/engine/saved-play';
import type { CheckState, Plan } from '../../../../lambda/core/engine/state';
import type { ReportedCases } from '../../../../lib/model/suite-result';

const POLICY = { mode: 'ENFORCE', after: [], passes: { consecutive: 1 }, attemptMs: 1_000, intervalMs: 1_000, errorBudget: 0, deadlineMs: 60_000, inconclusive: 'FAIL' } as const;
const PLAN: Plan = { suite: { run: 'ALL', concurrency: 1, deadlineMs: 60_000 }, checks: [{ name: 'shop', kind: 'suite', policy: POLICY }] };
const CASES: ReportedCases = { listed: [{ name: 'pays', status: 'failed', durationMs: 5, message: 'no card' }, { name: 'ships', status: 'passed' }], leftOut: 3 };
const ENDED: CheckState = { phase: 'ended', startedAt: 0, endedAt: 10, verdict: 'fail', reason: 'because', measurements: [], samples: 5, errors: 0, cases: CASES };
const RUNNING: CheckState = { phase: 'running', startedAt: 0, dueAt: 10, attempts: 1, passes: 0, failures: 0, row: 0, errors: 0, samples: 0, measurements: [], cases: CASES };

const save = (check: CheckState, redact = (text: string) => text) => savePlay({ state: { startedAt: 0, checks: { shop: check } }, playedMs: 10 }, { suite: 's', epochMs: 0, redact });
const read = (saved: unknown) => readPlay(JSON.parse(JSON.stringify(saved)), PLAN, { suite: 's', epochMs: 0, longestGapMs: 1_000 }).state.checks['shop'];

test.each([ENDED, RUNNING])('the cases of a suite come along: $phase', (check) => {
  expect(read(save(check))).toEqual(check);
});

test('what must not be shown is hidden in them, and their status is none of it', () => {
  expect(read(save(ENDED, (text) => text.replace(/no card|failed/, '***')))).toMatchObject({ cases: { listed: [{ status: 'failed', message: '***' }, { status: 'passed' }] } });
});

test('they go first where there is no room', () => {
  const listed = Array.from({ length: 1_000 }, (_, index) => ({ name: `${index}${'x'.repeat(300)}`, status: 'passed' as const }));
  expect(read(save({ ...ENDED, cases: { listed, leftOut: 0 } }))).toEqual({ phase: 'ended', startedAt: 0, endedAt: 10, verdict: 'fail', reason: 'because', measurements: [], samples: 5, errors: 0 });
});

test.each<[unknown, string]>([
  [[], 'cases must be an object'],
  [{ listed: {}, leftOut: 0 }, "'listed' of cases must be a list"],
  [{ listed: [], leftOut: -1 }, "'leftOut' of cases must be a number from 0"],
  [{ listed: [{ name: 'a' }], leftOut: 0 }, "a case lacks 'status'"],
  [{ listed: [{ name: 'a', status: 'ok' }], leftOut: 0 }, "'status' of a case must be passed, failed, errored, skipped"],
  [{ listed: [{ name: 5, status: 'passed' }], leftOut: 0 }, "'name' of a case must be a text"],
  [{ listed: [{ name: 'a', status: 'passed', durationMs: -1 }], leftOut: 0 }, "'durationMs' of a case must be a number from 0"],
  [{ listed: [{ name: 'a', status: 'passed', secret: 1 }], leftOut: 0 }, 'a case has the unknown member "secret"'],
])('%j is refused', (cases, message) => {
  expect(() => read({ ...save(ENDED), state: { startedAt: 0, checks: { shop: { ...ENDED, cases } } } })).toThrow(message);
});

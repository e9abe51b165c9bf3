import type { VerdictRecord } from '../../../lib/model/hook-contract';
import type { GateModel } from '../../../rehearsal/assembly/server-gates';
import type { InvocationResult } from '../../../rehearsal/engine/ports';
import { GateRuns, type GateRun } from '../../../rehearsal/stage/gate-runs';

const INSTANCE: GateModel = { gate: 'instance', event: 'ValidateService', function: 'ask' };
const READY: GateModel = { gate: 'readyWait', event: 'ReadyWait', function: 'ready' };

function run(more: Partial<GateRun> & { readonly at?: number; readonly record?: Partial<VerdictRecord>; readonly ended?: Partial<InvocationResult> } = {}): GateRun {
  const { at = 1000, record, ended = {}, ...rest } = more;
  const log = record === undefined ? ['noise'] : ['noise', JSON.stringify({ greenlightVerdict: { verdict: 'pass', reason: 'all passed', report: 'Succeeded', checks: [], ...record } })];
  return { gate: INSTANCE, function: 'ask', deploymentId: 'd-1', result: { end: 'returned', log, startedAt: at, endedAt: at + 500, wallMs: 10.4, ...ended }, ...rest };
}

function reported(...runs: readonly GateRun[]) {
  const all = new GateRuns();
  runs.forEach((one) => all.note(one));
  return all.report('d-1');
}

test('what passed for the same reason is one entry, by the time and the instance; each failure has its own', () => {
  const check = { name: 'c', kind: 'http', verdict: 'pass', reason: 'r', measurements: [], samples: 1, errors: 0, windowMs: 0 } as const;
  expect(
    reported(
      run({ instanceId: 'i-3', at: 5000, record: { verdict: 'fail', report: 'Failed', reason: '503' } }),
      run({ instanceId: 'i-2', record: {} }),
      run({ instanceId: 'i-1', record: { checks: [check] } }),
      run({ instanceId: 'i-4', at: 5000, record: { verdict: 'fail', report: 'Failed', reason: '503' } }),
      run({ instanceId: 'i-9', deploymentId: 'd-2', record: {} }),
    ),
  ).toEqual([
    { gate: 'ValidateService', function: 'ask', verdict: 'pass', report: 'Succeeded', reason: 'all passed', at: 1, durationMs: 20, runs: 2, checks: [check], instances: ['i-1', 'i-2'] },
    { gate: 'ValidateService', function: 'ask', verdict: 'fail', report: 'Failed', reason: '503', at: 5, durationMs: 10, checks: [], instances: ['i-3'] },
    { gate: 'ValidateService', function: 'ask', verdict: 'fail', report: 'Failed', reason: '503', at: 5, durationMs: 10, checks: [], instances: ['i-4'] },
  ]);
});

test('what somebody has overridden stands for itself', () => {
  const override = { by: 'Jo', reason: 'fire', parameter: '/off' } as unknown as NonNullable<VerdictRecord['override']>;
  expect(reported(run({ instanceId: 'i-1', record: { override } }), run({ instanceId: 'i-2', record: {} }))).toMatchObject([{ override, instances: ['i-1'] }, { instances: ['i-2'] }]);
});

test('a gate that has checked several instances names them', () => {
  const one = { verdict: 'pass', reason: 'fine' } as const;
  const instances = { total: 3, checked: 2, passed: 2, failed: 0, undecided: 0, listed: [{ ...one, instanceId: 'i-2' }, { ...one, instanceId: 'i-1' }] };
  expect(reported(run({ gate: READY, record: { instances } }))).toMatchObject([{ gate: 'ReadyWait', instances: ['i-2', 'i-1'] }]);
});

test.each<[Partial<InvocationResult>, string]>([
  [{ end: 'threw', error: { errorType: 'TypeError', errorMessage: 'broken' } }, 'TypeError: broken'],
  [{ end: 'silent' }, 'ended: without an answer'],
  [{ payload: { reason: 'in rollback' } }, 'in rollback'],
  [{ payload: { verdict: 'pass' } }, 'returned without a verdict'],
  [{}, 'returned without a verdict'],
])('without a record: %j', (ended, reason) => {
  expect(reported(run({ ended }))).toMatchObject([{ verdict: 'none', report: 'none', reason, instances: [] }]);
});

test('of real time it tells each reason once', () => {
  const all = new GateRuns();
  [run({ ended: { realTime: 'busy' } }), run({ ended: { realTime: 'busy' } }), run()].forEach((one) => all.note(one));
  expect(all.realTime).toEqual(['busy']);
});

test('a pass whose decision did not get through stands for itself, with what its guardian did in its place', () => {
  const guardian = run({ gate: READY, function: 'ready', byGuardian: true, at: 9000, record: { verdict: 'fail', report: 'Failed', reason: 'gate ready crashed', by: 'guardian' } });
  expect(reported(guardian, run({ gate: READY, function: 'ready', record: { report: 'none' } }))).toEqual([
    { gate: 'ReadyWait', function: 'ready', verdict: 'pass', report: 'none', reason: 'all passed', guardian: { report: 'Failed', reason: 'gate ready crashed', at: 9 }, at: 1, durationMs: 10, checks: [], instances: [] },
  ]);
});

test('a guardian that could not decide either says how it ended', () => {
  const guardian = run({ gate: READY, function: 'ready', byGuardian: true, at: 9000, ended: { end: 'timedOut', error: { errorType: 'Sandbox.Timedout', errorMessage: 'timed out' } } });
  expect(reported(run({ gate: READY, function: 'ready', record: { report: 'none' } }), guardian)[0]!.guardian).toEqual({ report: 'none', reason: 'Sandbox.Timedout: timed out', at: 9 });
});

test('a guardian of a gate that Lambda never ran is an entry of its own; of each instance its own', () => {
  const record = { verdict: 'fail', report: 'Failed', reason: 'gate ready expired' } as const;
  expect(reported(run({ function: 'ready', byGuardian: true, instanceId: 'i-2', at: 9000, record }), run({ function: 'ready', instanceId: 'i-1', record: {} }))).toEqual([
    { gate: 'ValidateService', function: 'ready', verdict: 'pass', report: 'Succeeded', reason: 'all passed', at: 1, durationMs: 10, checks: [], instances: ['i-1'] },
    { gate: 'ValidateService', function: 'ready', verdict: 'none', report: 'none', reason: 'the gate was never run', guardian: { report: 'Failed', reason: 'gate ready expired', at: 9 }, at: 9, durationMs: 10, checks: [], instances: ['i-2'] },
  ]);
});

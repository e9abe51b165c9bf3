/** One check of a suite: how its attempts add up. */
import type { PassRule } from '../../../lib/model/check-policy';
import type { Verdict } from '../../../lib/model/status';
import { counted } from '../text';
import type { CheckState, EndedCheck, Measurement, PlannedCheck, RunningCheck, WaitingCheck } from './state';

const UNTOUCHED = { attempts: 1, passes: 0, failures: 0, row: 0, errors: 0, samples: 0 } as const;

/** An attempt is under way from now on. */
export function started(check: WaitingCheck | RunningCheck, now: number): RunningCheck {
  if (check.phase === 'waiting') {
    return { phase: 'running', startedAt: now, ...UNTOUCHED };
  }
  return { ...check, dueAt: undefined, attempts: check.attempts + 1 };
}

/** What becomes of a check whose attempt came to this. */
export function recorded(check: PlannedCheck, before: RunningCheck, measurement: Measurement, now: number): CheckState {
  const after = tally(before, measurement);
  const decided = decide(check, after, measurement);
  return decided === undefined ? { ...after, dueAt: now + (measurement.continueInMs ?? check.policy.intervalMs) } : ended(after, { ...decided, now });
}

export interface Ending {
  readonly verdict: Verdict;
  readonly reason: string;
  readonly now: number;
}

export function ended({ startedAt, samples, errors, measurements = [], cases }: RunningCheck, { verdict, reason, now }: Ending): EndedCheck {
  return { phase: 'ended', startedAt, endedAt: now, verdict, reason, measurements, samples, errors, ...(cases === undefined ? {} : { cases }) };
}

/** What a check comes to whose time is up. A patient one that has seen failures was measured, and is bad. */
export function overdue({ policy }: PlannedCheck, running: RunningCheck, now: number): Ending {
  const last = running.lastReason === undefined ? '' : `; last: ${running.lastReason}`;
  const waitedOut = 'patient' in policy.passes && policy.passes.patient === true && running.failures > 0;
  return { verdict: waitedOut ? 'fail' : 'inconclusive', reason: `time was up after ${progress(policy.passes, running)}${last}`, now };
}

function tally(before: RunningCheck, measurement: Measurement): RunningCheck {
  const { outcome, samples, measurements, cases = before.cases, memory = before.memory } = measurement;
  const passed = outcome === 'pass' && samples > 0;
  const measured = outcome === 'error' ? before : { ...before, measurements, ...(cases === undefined ? {} : { cases }) };
  return {
    ...measured,
    ...(memory === undefined ? {} : { memory }),
    lastReason: measurement.reason,
    passes: before.passes + (passed ? 1 : 0),
    failures: before.failures + (outcome === 'fail' ? 1 : 0),
    row: passed ? before.row + 1 : 0,
    errors: before.errors + (outcome === 'error' ? 1 : 0),
    samples: before.samples + samples,
  };
}

/** Undefined where the check goes on. */
function decide({ policy }: PlannedCheck, check: RunningCheck, measurement: Measurement): { verdict: Verdict; reason: string } | undefined {
  switch (measurement.outcome) {
    case 'pass':
      return hasPassed(policy.passes, check) ? { verdict: 'pass', reason: passReason(policy.passes, check, measurement) } : undefined;
    case 'fail':
      return hasFailed(policy.passes, check) ? { verdict: 'fail', reason: measurement.reason } : undefined;
    case 'inconclusive':
      return measurement.retryable === false ? { verdict: 'inconclusive', reason: measurement.reason } : undefined;
    case 'error': {
      const over = measurement.retryable === false || check.errors > policy.errorBudget;
      return over ? { verdict: 'inconclusive', reason: `could not be measured: ${measurement.reason}; ${progress(policy.passes, check)}` } : undefined;
    }
  }
}

/** A pass without a single sample is none. */
export function hasPassed(rule: PassRule, { row, passes, samples }: Pick<RunningCheck, 'row' | 'passes' | 'samples'>): boolean {
  return samples > 0 && ('consecutive' in rule ? row >= rule.consecutive : passes >= rule.atLeast);
}

function hasFailed(rule: PassRule, { failures }: RunningCheck): boolean {
  return 'consecutive' in rule ? rule.patient !== true : failures > rule.of - rule.atLeast;
}

function passReason(rule: PassRule, check: RunningCheck, { reason }: Measurement): string {
  const errors = check.errors === 0 ? '' : `, after ${counted(check.errors, 'attempt')} that could not be measured`;
  const needed = 'consecutive' in rule ? rule.consecutive : rule.atLeast;
  return needed === 1 ? `${reason}${errors}` : `${reason}; ${progress(rule, check)}`;
}

function progress(rule: PassRule, { row, passes, failures, errors }: RunningCheck): string {
  const passed = 'consecutive' in rule ? `${row} of ${rule.consecutive} passes in a row` : `${passes} of ${rule.atLeast} passes in ${counted(passes + failures, 'answer')}`;
  return `${passed}, ${counted(errors, 'attempt')} not measured`;
}

/**
 * The engine of all checks: what to do next, from what is known. Pure: it measures nothing, waits for nothing, and knows no clock.
 * A driver plays it: begin, then advance, measure what it says, record what came out, and advance again.
 */
import type { Verdict } from '../../../lib/model/status';
import { ended, overdue, recorded, started } from './check';
import type { CheckState, Measurement, Plan, PlannedCheck, RunningCheck, SuiteState, WaitingCheck } from './state';

export interface Step {
  readonly state: SuiteState;
  /** Checks that an attempt is to be begun for now, in the order of the plan. */
  readonly begin: readonly string[];
  /** Checks whose attempt under way is of no use any more. */
  readonly abandon: readonly string[];
  /** What the suite came to; the play is over. Absent: go on at `continueAt`, or sooner when an attempt has ended. */
  readonly verdict?: Verdict;
  readonly continueAt?: number;
  /** Nothing is under way, and what is to be begun next would not end in time: another play is to go on from this state at `continueAt`. */
  readonly handOver?: true;
}

export function begin(plan: Plan, now: number): SuiteState {
  return { startedAt: now, checks: Object.fromEntries(plan.checks.map(({ name }) => [name, { phase: 'waiting' }])) };
}

/** Notes what an attempt came to. One that comes after its check has ended is of no use. */
export function record(plan: Plan, state: SuiteState, name: string, measurement: Measurement, now: number): SuiteState {
  const check = plan.checks.find((each) => each.name === name);
  if (check === undefined) {
    throw new Error(`no check '${name}' in this suite; it has ${plan.checks.map((each) => each.name).join(', ')}`);
  }
  const before = state.checks[name];
  return before.phase !== 'running' || before.dueAt !== undefined ? state : withCheck(state, name, recorded(check, before, measurement, now));
}

/** @param until moment by which every attempt of this play must have ended; what does not fit is left to another play */
export function advance(plan: Plan, state: SuiteState, now: number, until = Infinity): Step {
  const timed = endOverdue(plan, state, now);
  const settled = endHopeless(plan, timed, now);
  const due = dueChecks(plan, settled, now);
  const fits = due.every((check) => endOfAttempt(plan, settled, check, now) <= until);
  const next = fits ? due.reduce((each, { name }) => withCheck(each, name, started(each.checks[name] as WaitingCheck | RunningCheck, now)), settled) : settled;
  const begin = fits ? due.map(({ name }) => name) : [];
  const abandon = plan.checks.filter(({ name }) => underWay(state.checks[name]) && next.checks[name].phase === 'ended').map(({ name }) => name);
  if (plan.checks.every(({ name }) => next.checks[name].phase === 'ended')) {
    return { state: next, begin: [], abandon, verdict: suiteVerdict(plan, next) };
  }
  const idle = !plan.checks.some(({ name }) => underWay(next.checks[name]));
  if (idle && (!fits || now >= until)) {
    return { state: next, begin, abandon, handOver: true, continueAt: fits ? nextMoment(plan, next, now) : now };
  }
  const continueAt = nextMoment(plan, next, now);
  return { state: next, begin, abandon, continueAt: now < until ? Math.min(until, continueAt) : continueAt };
}

/** What the enforced checks come to. Where somebody has put every check in shadow, nothing stands in the way; no check at all is no pass. */
export function suiteVerdict(plan: Plan, state: SuiteState): Verdict {
  const verdicts = plan.checks.filter(({ policy }) => policy.mode === 'ENFORCE').map((check) => decisive(check, state.checks[check.name]));
  if (verdicts.includes('fail')) {
    return 'fail';
  }
  return plan.checks.length > 0 && verdicts.every((verdict) => verdict === 'pass') ? 'pass' : 'inconclusive';
}

/** A check that was tried and is undecided may pass by policy, since somebody typed that out; one that was never played never does. */
function decisive({ policy }: PlannedCheck, state: CheckState): Verdict {
  if (state.phase !== 'ended') {
    return 'inconclusive';
  }
  return state.verdict === 'inconclusive' && policy.inconclusive === 'PASS' && state.samples + state.errors > 0 ? 'pass' : state.verdict;
}

/** Checks whose own time, or the suite's, is up. */
function endOverdue(plan: Plan, state: SuiteState, now: number): SuiteState {
  const suiteEnd = state.startedAt + plan.suite.deadlineMs;
  return plan.checks.reduce((next, check) => {
    const current = next.checks[check.name];
    if (current.phase === 'running' && now >= Math.min(checkEnd(plan, state, check, current.startedAt), suiteEnd)) {
      return withCheck(next, check.name, ended(current, overdue(check, current, now)));
    }
    if (current.phase === 'waiting' && now >= suiteEnd) {
      return withCheck(next, check.name, notPlayed('not run, time was up before it', now));
    }
    return next;
  }, state);
}

/** Checks that can decide nothing any more: what they come after did not pass, or a failure ends all. */
function endHopeless(plan: Plan, state: SuiteState, now: number): SuiteState {
  const failed = plan.suite.run === 'FAIL_FAST' ? plan.checks.find((check) => check.policy.mode === 'ENFORCE' && verdictOf(state, check.name) === 'fail') : undefined;
  return plan.checks.reduce((next, check) => {
    const current = next.checks[check.name];
    if (current.phase === 'ended') {
      return next;
    }
    if (failed !== undefined) {
      const reason = `not finished, since ${failed.name} has failed`;
      return withCheck(next, check.name, current.phase === 'running' ? ended(current, { verdict: 'inconclusive', reason, now }) : notPlayed(reason, now));
    }
    const broken = current.phase === 'waiting' ? check.policy.after.find((name) => ![undefined, 'pass'].includes(verdictOf(next, name))) : undefined;
    return broken === undefined ? next : withCheck(next, check.name, notPlayed(`not run, since ${broken} did not pass`, now));
  }, state);
}

/** Checks that an attempt may be begun for, in the order of the plan. */
function dueChecks(plan: Plan, state: SuiteState, now: number): readonly PlannedCheck[] {
  let free = plan.suite.concurrency - plan.checks.filter(({ name }) => state.checks[name].phase === 'running').length;
  return plan.checks.filter((check) => {
    const current = state.checks[check.name];
    const fresh = current.phase === 'waiting' && free > 0 && check.policy.after.every((name) => verdictOf(state, name) === 'pass');
    free -= fresh ? 1 : 0;
    return fresh || isDue(current, now);
  });
}

/** When an attempt that is begun now has ended at the latest: the end of its check ends it too. */
function endOfAttempt(plan: Plan, state: SuiteState, check: PlannedCheck, now: number): number {
  const current = state.checks[check.name];
  return Math.min(now + check.policy.attemptMs, checkEnd(plan, state, check, current.phase === 'running' ? current.startedAt : now));
}

/** The next moment after now at which something changes by itself. What is due already waits for an attempt to end. */
function nextMoment(plan: Plan, state: SuiteState, now: number): number {
  const moments = plan.checks.flatMap((check) => {
    const current = state.checks[check.name];
    return current.phase === 'running' ? [checkEnd(plan, state, check, current.startedAt), current.dueAt ?? Infinity] : [];
  });
  return Math.min(state.startedAt + plan.suite.deadlineMs, ...moments.filter((moment) => moment > now));
}

/** An extended check has the suite's time. */
function checkEnd({ suite }: Plan, { startedAt }: SuiteState, { policy }: PlannedCheck, checkStartedAt: number): number {
  return policy.inconclusive === 'EXTEND' ? startedAt + suite.deadlineMs : checkStartedAt + policy.deadlineMs;
}

function notPlayed(reason: string, now: number): CheckState {
  return { phase: 'ended', startedAt: now, endedAt: now, verdict: 'inconclusive', reason, measurements: [], samples: 0, errors: 0 };
}

function verdictOf({ checks }: SuiteState, name: string): Verdict | undefined {
  const check = checks[name];
  return check.phase === 'ended' ? check.verdict : undefined;
}

const underWay = ({ phase, dueAt }: CheckState): boolean => phase === 'running' && dueAt === undefined;
const isDue = ({ dueAt = Infinity }: CheckState, now: number): boolean => dueAt <= now;
const withCheck = (state: SuiteState, name: string, check: CheckState): SuiteState => ({ ...state, checks: { ...state.checks, [name]: check } });

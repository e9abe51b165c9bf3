/**
 * The engine of all checks: what to do next, from what is known. Pure: it measures nothing, waits for nothing, and knows no clock.
 * A driver plays it: begin, then advance, measure what it says, record what came out, and advance again.
 */
import type { Verdict } from '../../../lib/model/status';
import { ended, overdue, recorded, started } from './check';
import type { CheckState, Measurement, Plan, PlannedCheck, SuiteState } from './state';

export interface Step {
  readonly state: SuiteState;
  /** Checks that an attempt is to be begun for now, in the order of the plan. */
  readonly begin: readonly string[];
  /** Checks whose attempt under way is of no use any more. */
  readonly abandon: readonly string[];
  /** What the suite came to; the play is over. Absent: go on at `continueAt`, or sooner when an attempt has ended. */
  readonly verdict?: Verdict;
  readonly continueAt?: number;
}

export function begin(plan: Plan, now: number): SuiteState {
  return { startedAt: now, checks: Object.fromEntries(plan.checks.map(({ name }) => [name, { phase: 'waiting' }])) };
}

/** Notes what an attempt came to. One that comes after its check has ended is of no use. */
export function record(plan: Plan, state: SuiteState, name: string, measurement: Measurement, now: number): SuiteState {
  const check = plan.checks.find((each) => each.name === name);
  const before = state.checks[name];
  if (check === undefined || before === undefined) {
    throw new Error(`no check '${name}' in this suite; it has ${plan.checks.map((each) => each.name).join(', ')}`);
  }
  return before.phase !== 'running' || before.dueAt !== undefined ? state : withCheck(state, name, recorded(check, before, measurement, now));
}

export function advance(plan: Plan, state: SuiteState, now: number): Step {
  const timed = endOverdue(plan, state, now);
  const settled = endHopeless(plan, timed, now);
  const { state: next, begin: toBegin } = beginDue(plan, settled, now);
  const abandon = plan.checks.filter(({ name }) => underWay(state.checks[name]) && next.checks[name]?.phase === 'ended').map(({ name }) => name);
  const over = plan.checks.every(({ name }) => next.checks[name]?.phase === 'ended');
  return over ? { state: next, begin: [], abandon, verdict: suiteVerdict(plan, next) } : { state: next, begin: toBegin, abandon, continueAt: nextMoment(plan, next, now) };
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
function decisive({ policy }: PlannedCheck, state: CheckState | undefined): Verdict {
  if (state?.phase !== 'ended') {
    return 'inconclusive';
  }
  return state.verdict === 'inconclusive' && policy.inconclusive === 'PASS' && state.samples + state.errors > 0 ? 'pass' : state.verdict;
}

/** Checks whose own time, or the suite's, is up. */
function endOverdue(plan: Plan, state: SuiteState, now: number): SuiteState {
  const suiteEnd = state.startedAt + plan.suite.deadlineMs;
  return plan.checks.reduce((next, check) => {
    const current = next.checks[check.name];
    if (current?.phase === 'running' && now >= Math.min(checkEnd(plan, state, check, current.startedAt), suiteEnd)) {
      return withCheck(next, check.name, ended(current, overdue(check, current, now)));
    }
    if (current?.phase === 'waiting' && now >= suiteEnd) {
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
    if (current === undefined || current.phase === 'ended') {
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

function beginDue(plan: Plan, state: SuiteState, now: number): { readonly state: SuiteState; readonly begin: readonly string[] } {
  let free = plan.suite.concurrency - plan.checks.filter(({ name }) => state.checks[name]?.phase === 'running').length;
  const begun: string[] = [];
  const next = plan.checks.reduce((each, check) => {
    const current = each.checks[check.name];
    const fresh = current?.phase === 'waiting' && free > 0 && check.policy.after.every((name) => verdictOf(each, name) === 'pass');
    if (current === undefined || current.phase === 'ended' || !(fresh || isDue(current, now))) {
      return each;
    }
    free -= fresh ? 1 : 0;
    begun.push(check.name);
    return withCheck(each, check.name, started(current, now));
  }, state);
  return { state: next, begin: begun };
}

/** The next moment after now at which something changes by itself. What is due already waits for an attempt to end. */
function nextMoment(plan: Plan, state: SuiteState, now: number): number {
  const moments = plan.checks.flatMap((check) => {
    const current = state.checks[check.name];
    return current?.phase === 'running' ? [checkEnd(plan, state, check, current.startedAt), ...(current.dueAt === undefined ? [] : [current.dueAt])] : [];
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
  return check?.phase === 'ended' ? check.verdict : undefined;
}

const underWay = (check: CheckState | undefined): boolean => check?.phase === 'running' && check.dueAt === undefined;
const isDue = (check: CheckState | undefined, now: number): boolean => check?.phase === 'running' && check.dueAt !== undefined && check.dueAt <= now;
const withCheck = (state: SuiteState, name: string, check: CheckState): SuiteState => ({ ...state, checks: { ...state.checks, [name]: check } });

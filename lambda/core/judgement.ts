import type { Override } from '../../lib/model/break-glass';
import type { CheckedInstances, CheckResult } from '../../lib/model/hook-contract';
import type { HookReportStatus, Verdict } from '../../lib/model/status';

/** What a hook came to. */
export interface Judgement {
  readonly verdict: Verdict;
  readonly reason: string;
  readonly checks: readonly CheckResult[];
  /** Of a gate of a fleet. */
  readonly instances?: CheckedInstances;
  /** Nothing was validated, since nothing is to be held up. */
  readonly exempt?: true;
  /** Enforcement is off: the hook reports Succeeded whatever it came to. */
  readonly override?: GrantedOverride;
}

/** An override, and the topic that is told of it. */
export interface GrantedOverride extends Override {
  readonly topic?: string;
}

/** What CodeDeploy is told. */
export function reportStatusOf({ verdict, override }: Judgement): HookReportStatus {
  return override === undefined ? reportStatusFor(verdict) : 'Succeeded';
}

/** A judgement without checks. */
export function judged(verdict: Verdict, reason: string): Judgement {
  return { verdict, reason, checks: [] };
}

/** What an undecided validation becomes, since CodeDeploy takes two answers only. */
export type InconclusivePolicy = 'FAIL' | 'SUCCEED';

/** A release that could not be judged is not let through, unless somebody says otherwise. */
export const DEFAULT_INCONCLUSIVE_POLICY: InconclusivePolicy = 'FAIL';

export function reportStatusFor(verdict: Verdict, inconclusive: InconclusivePolicy = DEFAULT_INCONCLUSIVE_POLICY): HookReportStatus {
  if (verdict === 'inconclusive') {
    return inconclusive === 'FAIL' ? 'Failed' : 'Succeeded';
  }
  return verdict === 'pass' ? 'Succeeded' : 'Failed';
}

/** One failed check fails all; one undecided check leaves them undecided. No check at all decides nothing. */
export function combinedVerdict(verdicts: readonly Verdict[]): Verdict {
  if (verdicts.includes('fail')) {
    return 'fail';
  }
  return verdicts.length > 0 && verdicts.every((verdict) => verdict === 'pass') ? 'pass' : 'inconclusive';
}

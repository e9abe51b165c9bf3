/** What the instances of a gate come to together. */
import type { CheckedInstance, CheckedInstances, CheckResult } from '../../../lib/model/hook-contract';
import { MAX_LISTED_INSTANCES } from '../../../lib/model/hook-contract';
import type { Verdict } from '../../../lib/model/status';
import type { Judgement } from '../judgement';
import { combinedVerdict } from '../judgement';
import { excerpt } from '../text';
import type { PlayedInstance } from './play-instances';

/** Instances whose checks a verdict holds: the log takes lines of a bounded size. */
const MAX_WITH_CHECKS = 20;

/** Longest reason of an instance in the list of them. */
const MAX_REASON_LENGTH = 300;

/** In which order they are told. */
const FIRST_TOLD: readonly Verdict[] = ['fail', 'inconclusive', 'pass'];

/** Any that failed fails all; any undecided one leaves them undecided. `total`: instances that the gate is for. */
export function combined(played: readonly PlayedInstance[], total: number): Judgement {
  const ordered = FIRST_TOLD.flatMap((verdict) => played.filter(({ judgement }) => judgement.verdict === verdict));
  return {
    verdict: combinedVerdict(played.map(({ judgement }) => judgement.verdict)),
    reason: reasonOf(ordered, total),
    checks: ordered.slice(0, MAX_WITH_CHECKS).flatMap((each) => checksOf(each, ordered.length > 1)),
    instances: summary(ordered, total),
  };
}

function reasonOf(ordered: readonly PlayedInstance[], total: number): string {
  const [first] = ordered;
  if (first === undefined) {
    return 'no instance was checked';
  }
  const words = `${nameOf(first)}: ${first.judgement.reason}`;
  return total === 1 ? words : `${counts(ordered, total)}; ${words}`;
}

/** Such as `2 of 6 instances failed, 1 could not be judged`, or `20 of 45 instances were checked: 2 failed`. */
function counts(ordered: readonly PlayedInstance[], total: number): string {
  const { checked, failed, undecided } = summary(ordered, total);
  const sampled = checked < total ? `${checked} of ${total} instances were checked: ` : '';
  if (failed + undecided === 0) {
    return `${sampled}${sampled === '' ? `all ${total} instances` : 'all'} passed`;
  }
  const of = sampled === '' ? ` of ${total} instances` : '';
  if (failed === 0) {
    return `${sampled}${undecided}${of} could not be judged`;
  }
  return `${sampled}${failed}${of} failed${undecided === 0 ? '' : `, ${undecided} could not be judged`}`;
}

function summary(ordered: readonly PlayedInstance[], total: number): CheckedInstances {
  const count = (verdict: Verdict) => ordered.filter(({ judgement }) => judgement.verdict === verdict).length;
  return { total, checked: ordered.length, passed: count('pass'), failed: count('fail'), undecided: count('inconclusive'), listed: ordered.slice(0, MAX_LISTED_INSTANCES).map(listed) };
}

function listed({ instance, judgement }: PlayedInstance): CheckedInstance {
  const { id, address, zone } = instance;
  return {
    instanceId: id,
    ...(address === undefined ? {} : { address }),
    ...(zone === undefined ? {} : { zone }),
    verdict: judgement.verdict,
    reason: excerpt(judgement.reason, MAX_REASON_LENGTH),
  };
}

/** `i-0123456789abcdef0 (10.0.1.2)`. */
const nameOf = ({ instance: { id, address } }: PlayedInstance): string => (address === undefined ? id : `${id} (${address})`);

/** Where there are several, each check is named with its instance. */
const checksOf = ({ instance, judgement }: PlayedInstance, several: boolean): readonly CheckResult[] =>
  several ? judgement.checks.map((check) => ({ ...check, name: `${check.name} (${instance.id})` })) : judgement.checks;

/**
 * Whether an alarm is in ALARM: M of the last N data points, and what missing ones count as.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
 */
import type { AlarmState } from '../../lib/model/status';

export type MissingDataPolicy = 'missing' | 'ignore' | 'breaching' | 'notBreaching';

export type ComparisonOperator =
  | 'GreaterThanOrEqualToThreshold'
  | 'GreaterThanThreshold'
  | 'LessThanThreshold'
  | 'LessThanOrEqualToThreshold';

export interface AlarmRule {
  readonly evaluationPeriods: number;
  readonly datapointsToAlarm: number;
  readonly treatMissingData: MissingDataPolicy;
  readonly comparison: ComparisonOperator;
  readonly threshold: number;
}

/** One data point of the evaluation range; no value where data is missing. */
export interface Datapoint {
  /** Start of its period. */
  readonly at: number;
  readonly value?: number;
}

export interface Judgement {
  /** `keep`: the alarm stays as it is. */
  readonly state: AlarmState | 'keep';
  /** The points that were judged, the oldest first. */
  readonly judged: readonly Required<Datapoint>[];
  /** Missing points that were filled by the policy. */
  readonly filled: number;
}

/** @param range the evaluation range, the oldest first; longer than the evaluation periods */
export function judge(range: readonly Datapoint[], rule: AlarmRule): Judgement {
  const { evaluationPeriods: n, datapointsToAlarm: m, treatMissingData: policy } = rule;
  const real = range.filter((point): point is Required<Datapoint> => point.value !== undefined);
  const judged = real.slice(-n);
  const breaching = judged.filter(({ value }) => breaches(value, rule)).length;
  const filled = n - judged.length;
  const answer = (state: Judgement['state']): Judgement => ({ state, judged, filled });
  const enough = breaching >= m;
  if (filled === 0 || policy === 'notBreaching') {
    return answer(enough ? 'ALARM' : 'OK');
  }
  if (policy === 'breaching') {
    return answer(breaching + filled >= m ? 'ALARM' : 'OK');
  }
  if (enough) {
    return answer('ALARM');
  }
  if (real.length === 0) {
    return answer(policy === 'missing' ? 'INSUFFICIENT_DATA' : 'keep');
  }
  if (breaching < judged.length) {
    return answer('OK');
  }
  if (policy === 'ignore') {
    return answer('keep');
  }
  // Few points, all of them breaching: an old one is proof enough, a new one alone would be premature.
  const oldest = range.findIndex(({ value }) => value !== undefined);
  return answer(range.length - oldest >= m ? 'ALARM' : 'OK');
}

export function breaches(value: number, { comparison, threshold }: Pick<AlarmRule, 'comparison' | 'threshold'>): boolean {
  switch (comparison) {
    case 'GreaterThanOrEqualToThreshold':
      return value >= threshold;
    case 'GreaterThanThreshold':
      return value > threshold;
    case 'LessThanThreshold':
      return value < threshold;
    case 'LessThanOrEqualToThreshold':
      return value <= threshold;
  }
}

const COMPARISON_WORDS: Readonly<Record<ComparisonOperator, string>> = {
  GreaterThanOrEqualToThreshold: 'greater than or equal to',
  GreaterThanThreshold: 'greater than',
  LessThanThreshold: 'less than',
  LessThanOrEqualToThreshold: 'less than or equal to',
};

/** The reason that CloudWatch gives for a state. @param epochMs time of day of virtual zero */
export function stateReason(judgement: Judgement, rule: AlarmRule, epochMs: number): string {
  const { state, judged, filled } = judgement;
  const { evaluationPeriods: n, datapointsToAlarm: m } = rule;
  if (state === 'INSUFFICIENT_DATA') {
    return `Insufficient Data: ${count(n, 'datapoint')} ${n === 1 ? 'was' : 'were'} unknown.`;
  }
  const counted = rule.treatMissingData === 'breaching' ? 'Breaching' : 'NonBreaching';
  const treated = `${count(filled, 'missing datapoint')} ${filled === 1 ? 'was' : 'were'} treated as [${counted}]`;
  if (judged.length === 0) {
    return `Threshold Crossed: no datapoints were received for ${count(n, 'period')} and ${treated}.`;
  }
  const alarm = state === 'ALARM';
  const shown = judged.filter(({ value }) => breaches(value, rule) === alarm).toReversed();
  const values = shown.map(({ at, value }) => `${decimal(value)} (${dateTime(epochMs + at)})`).join(', ');
  const be = `${shown.length === 1 ? 'was' : 'were'}${alarm ? '' : ' not'}`;
  const verb = `${be} ${COMPARISON_WORDS[rule.comparison]} the threshold (${decimal(rule.threshold)})`;
  const policyCounted = filled > 0 && (rule.treatMissingData === 'breaching' || rule.treatMissingData === 'notBreaching');
  const also = policyCounted ? ` and ${treated}` : '';
  if (n === 1) {
    return `Threshold Crossed: 1 datapoint [${values}] ${verb}${also}.`;
  }
  const needed = alarm ? m : n - m + 1;
  const transition = `(minimum ${count(needed, 'datapoint')} for ${alarm ? 'OK -> ALARM' : 'ALARM -> OK'} transition)`;
  return `Threshold Crossed: ${shown.length} out of the last ${judged.length} datapoints [${values}] ${verb}${also} ${transition}.`;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

function decimal(value: number): string {
  return Number.isInteger(value) ? `${value}.0` : String(value);
}

/** `09/08/26 01:36:00`, in UTC. */
function dateTime(epochMs: number): string {
  const iso = new Date(epochMs).toISOString();
  return `${iso.slice(8, 10)}/${iso.slice(5, 7)}/${iso.slice(2, 4)} ${iso.slice(11, 19)}`;
}

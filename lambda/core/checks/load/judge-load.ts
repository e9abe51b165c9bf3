/** What a load came to. */
import type { LoadCheckDocument } from '../../../../lib/model/load-document';
import type { CheckMeasurement } from '../../../../lib/model/hook-contract';
import type { Measurement } from '../../engine/state';
import { excerpt } from '../../text';
import { grouped, rounded } from './figures';
import type { JudgedThreshold } from './judge-threshold';
import { judgeThreshold, perSecondOf } from './judge-threshold';
import { exceeds, rankOf } from './ranks';
import type { LoadSummary } from './tally';
import { LATE_MS } from './tally';

/** Longest reason of a check, in characters. */
const MAX_REASON_LENGTH = 1_000;

/** Late at more of the moments than this, and the client was the limit. */
const LATE_PERCENT = 1;

/** `label`: what was sent, for people. */
export function judgeLoad(document: Pick<LoadCheckDocument, 'shape' | 'thresholds' | 'maxInFlight'>, summary: LoadSummary, label: string): Measurement {
  const judged = document.thresholds.map((threshold) => judgeThreshold(threshold, summary));
  const saturated = isSaturated(summary);
  const because = saturated ? saturation(summary) : reasonOf(judged, summary);
  return {
    outcome: saturated ? 'inconclusive' : outcomeOf(judged, summary),
    reason: excerpt(`${because} (${[label, ...factsOf(document, summary)].join('; ')})`, MAX_REASON_LENGTH),
    measurements: [...judged.map(({ measurement }) => (saturated ? { ...measurement, ok: false } : measurement)), ...sendingRates(document, summary)],
    samples: summary.samples,
    retryable: false,
  };
}

/** What the service was asked for came too late, by the fault of the asking one. */
function isSaturated({ late, lateness }: LoadSummary): boolean {
  return exceeds(late, lateness.count, LATE_PERCENT);
}

function lateP99({ lateness }: LoadSummary): number {
  return rounded(lateness.atRank(rankOf(99, lateness.count)), 1);
}

function saturation(summary: LoadSummary): string {
  const { late, lateness } = summary;
  return (
    `the client was the limit, not the service: it was ${LATE_MS} ms late or more at ${grouped(late)} of ${grouped(lateness.count)} moments at which nothing ` +
    `else held it up (p99 ${lateP99(summary)} ms), so that what it measured says nothing about the service; raise the hook's 'memorySize', with which CPU ` +
    `comes, or lower the rate`
  );
}

function outcomeOf(judged: readonly JudgedThreshold[], { stopped, samples }: LoadSummary): 'pass' | 'fail' | 'inconclusive' {
  if (stopped !== undefined || judged.some(({ outcome }) => outcome === 'fails')) {
    return 'fail';
  }
  return samples > 0 && judged.length > 0 && judged.every(({ outcome }) => outcome === 'holds') ? 'pass' : 'inconclusive';
}

/** What did not hold comes first, with what was asked for. */
function reasonOf(judged: readonly JudgedThreshold[], { stopped, samples, planned }: LoadSummary): string {
  const worst = (['fails', 'undecided', 'holds'] as const).flatMap((outcome) => judged.filter((each) => each.outcome === outcome));
  const allHold = judged.every(({ outcome }) => outcome === 'holds');
  const facts = worst.map(({ outcome, fact, expected }) => (outcome === 'holds' && !allHold ? fact : `${fact}, ${expected}`));
  const early = stopped === undefined ? [] : [`ended early after ${grouped(samples)} of ${grouped(planned)} requests: ${stopped}`];
  return [...early, ...facts].join('; ');
}

function factsOf({ shape, maxInFlight }: Pick<LoadCheckDocument, 'shape' | 'maxInFlight'>, summary: LoadSummary): readonly string[] {
  const errors = [...summary.errors].sort(([, a], [, b]) => b - a).map(([what, count]) => `${grouped(count)} ${what}`);
  const first = summary.firstFailure === undefined ? [] : [`the first without an answer: ${summary.firstFailure}`];
  const waited = summary.waited === 0 ? [] : [`${grouped(summary.waited)} waited, since ${grouped(maxInFlight)} were under way`];
  const warmUp = shape.warmUpMs === 0 ? '' : ` after ${shape.warmUpMs / 1_000} s of warm-up`;
  return [`${grouped(shape.ratePerSecond)}/s for ${shape.durationMs / 1_000} s${warmUp}`, ...(errors.length === 0 ? [] : [`errors: ${errors.join(', ')}`]), ...first, ...waited];
}

/** For information: whether the load was what it was to be. */
function sendingRates({ shape }: Pick<LoadCheckDocument, 'shape'>, summary: LoadSummary): readonly CheckMeasurement[] {
  const perSecond = (count: number, ms: number) => {
    const rate = perSecondOf(count, ms);
    return rate === undefined ? null : `${grouped(rounded(rate, 1))}/s`;
  };
  const late = summary.lateness.count === 0 ? null : `${lateP99(summary)} ms`;
  return [
    { what: 'sent', measured: perSecond(summary.sent, summary.sendingMs), threshold: `${shape.ratePerSecond}/s`, ok: true },
    { what: 'answered without error', measured: perSecond(summary.answered, summary.answeringMs), threshold: null, ok: true },
    { what: 'client late (p99)', measured: late, threshold: `${LATE_MS} ms`, ok: true },
  ];
}

/** A percentile of two versions: by ratio, and a floor under the difference. */
import type { MetricLatencyDocument } from '../../../../lib/model/metric-document';
import type { Measurement } from '../../engine/state';
import type { Look } from './look';
import { noData, ofNeeded, samplesMeasurement, tooFew } from './look';
import { figure, whole } from './words';

/** What one version took. */
export interface VersionLatency {
  /** Absent: no data. */
  readonly ms?: number;
  readonly samples: number;
  readonly messages: readonly string[];
}

export interface LatencyQuestion extends Pick<Look, 'closed'> {
  readonly document: MetricLatencyDocument;
  readonly minSamples: number;
  readonly replacement: VersionLatency;
  readonly original: VersionLatency;
  readonly originally: string;
  readonly span: string;
}

export function judgeLatency(question: LatencyQuestion): Measurement {
  const { document, replacement, original, minSamples, span } = question;
  const samples = replacement.samples + original.samples;
  const enough = [
    samplesMeasurement('samples of the new version', replacement.samples, minSamples),
    samplesMeasurement('samples of the old version', original.samples, minSamples),
  ];
  // What was before the deployment gets no more samples, whatever the new version gets.
  const over = question.closed || document.baseline !== 'CONCURRENT';
  const order = over ? (['old', 'new'] as const) : (['new', 'old'] as const);
  for (const whose of order) {
    const { ms, samples: own, messages } = whose === 'new' ? replacement : original;
    const closed = whose === 'new' ? question.closed : over;
    if (own < minSamples) {
      return tooFew(`${document.label}: the ${whose} version has ${ofNeeded(own, minSamples)} (${whose === 'new' ? span : question.originally})`, closed, { measurements: enough, samples });
    }
    if (ms === undefined) {
      return tooFew(`${document.label}: ${noData(`the ${whose} version`, messages)}`, closed, { measurements: enough, samples });
    }
  }
  return { ...verdict(question, replacement.ms ?? 0, original.ms ?? 0, enough), samples };
}

function verdict({ document, replacement, original, originally, span }: LatencyQuestion, now: number, before: number, enough: Measurement['measurements']): Omit<Measurement, 'samples'> {
  const { label, maxRatio, maxIncreaseMs } = document;
  const difference = now - before;
  const slow = now > before * maxRatio;
  const large = difference > maxIncreaseMs;
  const ratio = before > 0 ? now / before : undefined;
  const times = ratio === undefined ? 'where it took no time' : `${figure(ratio)} times as long`;
  const longer = `${milliseconds(difference)} longer`;
  const why = difference <= 0 ? 'it is not longer' : `${times} (limit ${figure(maxRatio)}), and ${longer} (limit ${milliseconds(maxIncreaseMs)})`;
  return {
    outcome: slow && large ? 'fail' : 'pass',
    reason:
      `${label} of the new version was ${milliseconds(now)} (${whole(replacement.samples)} samples ${span}), of the old one ${milliseconds(before)} ` +
      `(${whole(original.samples)} ${originally}): ${why}`,
    measurements: [
      ...enough,
      { what: `${label}, new to old`, measured: ratio ?? null, threshold: maxRatio, ok: !slow },
      { what: `increase of the ${label} in ms`, measured: difference, threshold: maxIncreaseMs, ok: !large },
    ],
  };
}

const milliseconds = (ms: number): string => `${figure(ms)} ms`;

/** One value over the window, against fixed limits. */
import type { MetricThresholdDocument } from '../../../../lib/model/metric-document';
import type { Measurement } from '../../engine/state';
import type { Look } from './look';
import { filled, noData, ofNeeded, samplesMeasurement, tooFew } from './look';
import { figure, whole } from './words';

export interface ThresholdQuestion extends Pick<Look, 'closed'> {
  readonly document: MetricThresholdDocument;
  readonly minSamples: number;
  /** Absent: no data. */
  readonly value?: number;
  readonly messages: readonly string[];
  readonly samples: number;
  readonly span: string;
}

export function judgeThreshold(question: ThresholdQuestion): Measurement {
  const { document, minSamples, samples, span } = question;
  const enough = [samplesMeasurement('samples', samples, minSamples)];
  if (samples < minSamples) {
    return tooFew(`${document.label} has ${ofNeeded(samples, minSamples)} (${span})`, question.closed, { measurements: enough, samples });
  }
  const value = question.value ?? filled(document.missing);
  if (value === undefined) {
    return tooFew(noData(document.label, question.messages), question.closed, { measurements: enough, samples });
  }
  const { limit, label } = document;
  const ok = within(value, limit);
  return {
    outcome: ok ? 'pass' : 'fail',
    reason: `${label} was ${figure(value)} (${whole(samples)} samples ${span}), expected ${expected(limit)}`,
    measurements: [...enough, { what: label, measured: value, threshold: expected(limit), ok }],
    samples,
  };
}

type Limit = MetricThresholdDocument['limit'];

function within(value: number, limit: Limit): boolean {
  if ('below' in limit) {
    return value < limit.below;
  }
  return 'above' in limit ? value > limit.above : value >= limit.min && value <= limit.max;
}

function expected(limit: Limit): string {
  if ('below' in limit) {
    return `below ${figure(limit.below)}`;
  }
  return 'above' in limit ? `above ${figure(limit.above)}` : `${figure(limit.min)} to ${figure(limit.max)}`;
}

/** What every look at metrics has in common: what it was given, and what it comes to. */
import type { MissingDataPolicy } from '../../../../lib/model/metric-document';
import type { CheckMeasurement } from '../../../../lib/model/hook-contract';
import type { Measurement } from '../../engine/state';
import type { MetricData, MetricSeries, Span } from './ports';
import { Unmeasurable } from './versions';
import { whole } from './words';

/** One look among those that are planned. */
export interface Look {
  /** 1 for the first one that has judged. */
  readonly number: number;
  readonly planned: number;
  /** Whether more data will come in. */
  readonly closed: boolean;
}

export function seriesOf(data: MetricData, id: string): MetricSeries {
  return data.get(id) ?? { points: [], messages: [] };
}

/**
 * The value over a window that is one period long; undefined where there is no data. That its data point begins with the window is what the CloudWatch
 * user guide shows for windows that begin at odd times; an answer of another shape is refused.
 */
export function valueOver(series: MetricSeries, span: Span, what: string): number | undefined {
  const [point, ...more] = series.points;
  if (point === undefined) {
    return undefined;
  }
  if (more.length > 0 || point.at !== span.from) {
    throw new Unmeasurable(`CloudWatch answered ${series.points.length} data points for ${what}, of which the first begins ${(point.at - span.from) / 1000} s after the window; one that begins with it was asked for`, false);
  }
  return finite(point.value, what);
}

export function finite(value: number, what: string): number {
  if (!Number.isFinite(value)) {
    throw new Unmeasurable(`CloudWatch answered ${value} for ${what}, which is no number`, true);
  }
  return value;
}

/** A count, whose sum may come with the rounding of floating point. */
export function counted(value: number, what: string): number {
  const count = Math.round(finite(value, what));
  if (count < 0 || Math.abs(value - count) > 1e-6 * Math.max(1, count) || !Number.isSafeInteger(count)) {
    throw new Unmeasurable(`CloudWatch answered ${value} for ${what}, which is no count; name a metric whose sum counts`, false);
  }
  return count;
}

/** Undecided: there is too little to judge. More may come, unless the window lies in the past. */
export function tooFew(what: string, closed: boolean, found: Pick<Measurement, 'measurements' | 'samples'>): Measurement {
  return { outcome: 'inconclusive', reason: `${what}${closed ? '; no more will come' : ''}`, ...found, retryable: !closed };
}

export function samplesMeasurement(what: string, samples: number, least: number): CheckMeasurement {
  return { what, measured: samples, threshold: least, ok: samples >= least };
}

/** What stands for no data at all where there are samples; undefined where it is undecided. */
export function filled(missing: MissingDataPolicy): 0 | undefined {
  return missing === 'AS_ZERO' ? 0 : undefined;
}

export function noData(what: string, messages: readonly string[]): string {
  return `CloudWatch has no data for ${what}${messages.length === 0 ? '' : ` (${messages.join('; ')})`}`;
}

export const ofNeeded = (samples: number, least: number): string => `${whole(samples)} of the ${whole(least)} samples that a verdict needs`;

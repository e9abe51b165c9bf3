/** Rates of two versions: Fisher's exact test on the counts, and a floor under the difference. */
import type { MetricRatesDocument, MissingDataPolicy } from '../../../../lib/model/metric-document';
import type { Measurement } from '../../engine/state';
import type { Count } from '../../statistics/fisher';
import { fisherGreater } from '../../statistics/fisher';
import type { Look } from './look';
import { counted, finite, ofNeeded, samplesMeasurement, tooFew } from './look';
import type { MetricSeries } from './ports';
import type { Role } from './versions';
import { Unmeasurable } from './versions';
import { chance, percent, points, whole } from './words';

/** Counts of one version; `gap` says where there is none. */
export type VersionCount = Count & { readonly gap?: string };

/** Adds up two series. A period in which requests were counted and errors were not is a gap, unless that means zero. */
export function countOf(bad: MetricSeries, total: MetricSeries, missing: MissingDataPolicy, whose: string): VersionCount {
  const sum = ({ points: all }: MetricSeries, what: string) => all.reduce((before, { value }) => before + finite(value, what), 0);
  const count = { hits: counted(sum(bad, `errors of ${whose}`), `errors of ${whose}`), total: counted(sum(total, `requests of ${whose}`), `requests of ${whose}`) };
  if (count.hits > count.total) {
    throw new Unmeasurable(`CloudWatch counted ${whole(count.hits)} errors and ${whole(count.total)} requests of ${whose}; the two metrics do not go together, or are not published in full yet`, true);
  }
  const known = new Set(bad.points.map(({ at }) => at));
  const served = total.points.filter(({ value }) => value > 0);
  const gaps = missing === 'AS_ZERO' ? [] : served.filter(({ at }) => !known.has(at));
  return gaps.length === 0 ? count : { ...count, gap: `errors of ${whose} have no data in ${gaps.length} of the ${served.length} periods with requests` };
}

export interface RatesQuestion extends Look {
  readonly document: MetricRatesDocument;
  readonly minSamples: number;
  readonly replacement: VersionCount;
  readonly original: VersionCount;
  /** What the original was measured over, in words. */
  readonly originally: string;
  readonly span: string;
}

/** Undefined `spent`: nothing was tested, so that the look costs nothing. */
export function judgeRates(question: RatesQuestion): Measurement & { readonly spent: boolean } {
  const { document, replacement, original, minSamples } = question;
  const found = { measurements: samplesOf(question), samples: replacement.total + original.total };
  // What was before the deployment gets no more samples, whatever the new version gets.
  const over = question.closed || document.baseline !== 'CONCURRENT';
  if (original.total < minSamples && (over || replacement.total >= minSamples)) {
    return { ...tooFew(few(question, 'old', original), over, found), spent: false };
  }
  if (replacement.total < minSamples) {
    return { ...tooFew(few(question, 'new', replacement), question.closed, found), spent: false };
  }
  const gap = replacement.gap ?? original.gap;
  if (gap !== undefined) {
    return { ...tooFew(`${document.label}: ${gap}`, question.closed, found), spent: false };
  }
  return { ...verdict(question), samples: found.samples, spent: true };
}

function few({ document, minSamples, span, originally }: RatesQuestion, whose: 'new' | 'old', { total }: Count): string {
  return `${document.label}: the ${whose} version has ${ofNeeded(total, minSamples)} (${whose === 'new' ? span : originally})`;
}

function samplesOf({ replacement, original, minSamples }: RatesQuestion) {
  return [
    samplesMeasurement('requests of the new version', replacement.total, minSamples),
    samplesMeasurement('requests of the old version', original.total, minSamples),
  ];
}

function verdict(question: RatesQuestion): Omit<Measurement, 'samples'> {
  const { document, replacement, original, planned, number } = question;
  const limit = document.significance / planned;
  const { p, lnP } = fisherGreater(replacement, original);
  const difference = replacement.hits / replacement.total - original.hits / original.total;
  const sure = p <= limit;
  const large = difference > document.maxIncrease;
  const look = planned === 1 ? '' : `, look ${number} of ${planned}`;
  const odds = `a difference this large comes by chance in ${chance(p, lnP)} cases (limit ${chance(limit)}${look})`;
  const size = large ? `exceeds ${points(document.maxIncrease)}` : `${points(difference)} do not exceed ${points(document.maxIncrease)}`;
  const why = difference <= 0 ? 'it is not higher' : sure || large ? `${odds}, and ${size}` : odds;
  return {
    outcome: sure && large ? 'fail' : 'pass',
    reason: `${rates(question)}: ${why}`,
    measurements: [
      ...samplesOf(question),
      { what: 'chance of such a difference', measured: p, threshold: limit, ok: !sure },
      { what: `increase of the ${document.label}`, measured: points(difference), threshold: points(document.maxIncrease), ok: !large },
    ],
  };
}

function rates({ document, replacement, original, originally, span }: RatesQuestion): string {
  const shown = ({ hits, total }: Count) => `${percent(hits / total)} (${whole(hits)} of ${whole(total)}`;
  return `${document.label} of the new version was ${shown(replacement)} ${span}), of the old one ${shown(original)} ${originally})`;
}

/** The document knows roles by these words. */
export const WHOSE: Readonly<Record<Role, string>> = { replacement: 'the new version', original: 'the old version' };

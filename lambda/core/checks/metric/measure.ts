/** Reads what one look needs, and judges it. */
import type { MetricCheckDocument, MetricLatencyDocument, MetricRatesDocument, MetricThresholdDocument } from '../../../../lib/model/metric-document';
import type { Measurement } from '../../engine/state';
import type { Release } from '../../release/ports';
import { judgeLatency } from './latency';
import type { Look } from './look';
import { counted, seriesOf, valueOver } from './look';
import type { MetricData, MetricQuery, Span } from './ports';
import { countOf, judgeRates, WHOSE } from './rates';
import { judgeThreshold } from './threshold';
import type { Role, VersionNames } from './versions';
import { Unmeasurable, versionQuery, versionsOf } from './versions';
import type { Windows } from './windows';
import { duration } from './words';

/** Reads metrics for one look. */
export interface Reader {
  read(queries: readonly MetricQuery[], span: Span, periodMs: number): Promise<MetricData>;
  /** Absent where the deployment was not asked. */
  readonly facts: Release | undefined;
}

/** `spent`: the look has judged, and so used its share of the significance. */
export type Judged = Measurement & { readonly spent: boolean };

export function measure(document: MetricCheckDocument, windows: Windows, current: Look, reader: Reader): Promise<Judged> {
  const { judge } = document;
  switch (judge.kind) {
    case 'threshold':
      return threshold(document, judge, windows, current, reader);
    case 'rates':
      return rates(document, judge, windows, current, reader);
    case 'latency':
      return latency(document, judge, windows, current, reader);
  }
}

async function threshold({ window, minSamples }: MetricCheckDocument, judge: MetricThresholdDocument, { replacement: span }: Windows, current: Look, reader: Reader): Promise<Judged> {
  const data = await reader.read(judge.queries, span, span.to - span.from);
  const series = seriesOf(data, judge.value);
  const value = valueOver(series, span, judge.label);
  const samples = valueOver(seriesOf(data, judge.samples), span, `the samples of ${judge.label}`) ?? 0;
  const spanned = window.since === 'look' ? `in the last ${length(span)}` : `in ${length(span)}`;
  const measurement = judgeThreshold({ document: judge, minSamples, ...(value === undefined ? {} : { value }), samples: counted(samples, `the samples of ${judge.label}`), messages: series.messages, span: spanned, closed: current.closed });
  return { ...measurement, spent: decided(measurement) };
}

async function rates({ minSamples }: MetricCheckDocument, judge: MetricRatesDocument, windows: Windows, current: Look, reader: Reader): Promise<Judged> {
  const { replacement, original } = await bothVersions(windows, reader, async (role, names, span) => {
    const queries = [versionQuery('bad', judge.bad, 'Sum', names), versionQuery('total', judge.total, 'Sum', names)];
    const data = await reader.read(queries, span, judge.resolutionMs);
    return countOf(seriesOf(data, 'bad'), seriesOf(data, 'total'), judge.missing, WHOSE[role]);
  });
  return judgeRates({ ...current, document: judge, minSamples, replacement, original, ...inWords(judge.baseline, windows) });
}

async function latency({ minSamples }: MetricCheckDocument, judge: MetricLatencyDocument, windows: Windows, current: Look, reader: Reader): Promise<Judged> {
  const { replacement, original } = await bothVersions(windows, reader, async (role, names, span) => {
    const queries = [versionQuery('value', judge.metric, `p${judge.percentile}`, names), versionQuery('samples', judge.metric, 'SampleCount', names)];
    const data = await reader.read(queries, span, span.to - span.from);
    const series = seriesOf(data, 'value');
    const value = valueOver(series, span, `${judge.label} of ${WHOSE[role]}`);
    const samples = valueOver(seriesOf(data, 'samples'), span, `samples of ${WHOSE[role]}`) ?? 0;
    return { ...(value === undefined ? {} : { ms: notNegative(value, judge.label) * judge.unitMs }), samples: counted(samples, `samples of ${WHOSE[role]}`), messages: series.messages };
  });
  const measurement = judgeLatency({ ...current, document: judge, minSamples, replacement, original, ...inWords(judge.baseline, windows) });
  return { ...measurement, spent: decided(measurement) };
}

async function bothVersions<T>({ replacement, original }: Windows, { facts }: Reader, read: (role: Role, names: VersionNames, span: Span) => Promise<T>): Promise<Record<Role, T>> {
  if (facts === undefined || original === undefined) {
    throw new Error('versions are compared, and the deployment was not asked which they are');
  }
  const names = versionsOf(facts);
  return { replacement: await read('replacement', names.replacement, replacement), original: await read('original', names.original, original) };
}

function notNegative(value: number, what: string): number {
  if (value < 0) {
    throw new Unmeasurable(`CloudWatch answered ${value} for ${what}, which is no time`, false);
  }
  return value;
}

function inWords(baseline: MetricRatesDocument['baseline'], { replacement, original }: Windows): { readonly span: string; readonly originally: string } {
  const before = original === undefined || baseline === 'CONCURRENT' ? 'at the same time' : `in the ${length(original)} before the deployment`;
  return { span: `in ${length(replacement)}`, originally: before };
}

const length = ({ from, to }: Span): string => duration(to - from);
const decided = ({ outcome }: Measurement): boolean => outcome === 'pass' || outcome === 'fail';

import type { MetricCheckDocument, MetricLatencyDocument, MetricRatesDocument, MetricThresholdDocument } from '../../../lib/model/metric-document';
import type { PassRule } from '../../../lib/model/check-policy';
import type { Probe } from '../engine/play';
import type { Attempt, JsonValue, Measurement } from '../engine/state';
import { describeError, ServiceFailure } from '../failures';
import { retrying } from '../retry';
import type { CheckKind } from './kind';
import { judgeLatency } from './metric/latency';
import type { Look } from './metric/look';
import { counted, seriesOf, valueOver } from './metric/look';
import { parseMetricCheck } from './metric/parse';
import type { MetricData, MetricQuery, MetricSource, Span, TargetFacts, TargetReader } from './metric/ports';
import { countOf, judgeRates, WHOSE } from './metric/rates';
import { judgeThreshold } from './metric/threshold';
import type { Role, VersionNames } from './metric/versions';
import { Unmeasurable, versionQuery, versionsOf } from './metric/versions';
import type { TooEarly, Windows } from './metric/windows';
import { windowsAt } from './metric/windows';
import { duration } from './metric/words';
import type { ProbeTools } from './tools';

const MINUTE_MS = 60_000;

/** After a call that did not work, however far away the next look is. */
const RETRY_MS = 5_000;
const CALL_ATTEMPTS = 3;
const CALLS_MS = 20_000;

export function metricKind(source: MetricSource, targets: TargetReader): CheckKind<MetricCheckDocument> {
  return {
    parse: parseMetricCheck,
    probe: (document, tools) => metricProbe(document, { source, targets, tools }),
  };
}

interface Sources {
  readonly source: MetricSource;
  readonly targets: TargetReader;
  readonly tools: ProbeTools;
}

/** What later attempts know. */
interface Memory {
  /** Looks that have judged: each has spent its share of the significance. */
  readonly looks: number;
  /** End of the last window that was judged. */
  readonly to?: number;
  readonly facts?: TargetFacts;
}

/** One look: what has been published by now, if the window is full. Nothing here waits; the engine comes back. */
function metricProbe(document: MetricCheckDocument, sources: Sources): Probe {
  return async (signal, attempt) => {
    const memory = memoryOf(attempt);
    try {
      return await look(document, sources, memory, signal);
    } catch (error) {
      if (signal.aborted || !(error instanceof ServiceFailure || error instanceof Unmeasurable)) {
        throw error;
      }
      return error instanceof ServiceFailure
        ? notMeasured(`the metrics could not be read: ${describeError(error)}`, 'error', error.retryable)
        : notMeasured(error.message, error.passing ? 'error' : 'inconclusive', error.passing);
    }
  };
}

function notMeasured(reason: string, outcome: 'error' | 'inconclusive', retryable: boolean): Measurement {
  return { outcome, reason, measurements: [], samples: 0, retryable, continueInMs: RETRY_MS };
}

async function look(document: MetricCheckDocument, { source, targets, tools }: Sources, memory: Memory, signal: AbortSignal): Promise<Measurement> {
  const call = <T>(make: (inner: AbortSignal) => Promise<T>) => retrying(tools, { until: tools.clock.now() + CALLS_MS, attempts: CALL_ATTEMPTS, signal }, make);
  const facts = memory.facts ?? (needsDeployment(document) ? await call((inner) => targets.targetOf(tools.hook.DeploymentId, inner)) : undefined);
  const known: Memory = { ...memory, ...(facts === undefined ? {} : { facts }) };
  const windows = windowsAt({ window: document.window, baseline: baselineOf(document), gridMs: gridOf(document), facts, now: source.now() });
  const planned = plannedLooks(document.policy.passes);
  if ('inMs' in windows) {
    return tooEarly(windows, known);
  }
  if (windows.replacement.to === memory.to) {
    return sameAgain(windows, gridOf(document), known);
  }
  if (memory.looks >= planned) {
    throw new Unmeasurable(`all ${planned} looks are used up, which share the significance; let the check pass by fewer of them`, false);
  }
  const reader: Reader = { read: (queries, span, periodMs) => call((inner) => source.read({ queries, ...span, periodMs }, inner)), facts };
  const { spent, ...measurement } = await judged(document, windows, { number: memory.looks + 1, planned, closed: windows.closed }, reader);
  return { ...measurement, memory: remembered(spent ? { ...known, looks: memory.looks + 1, to: windows.replacement.to } : known) };
}

function tooEarly({ inMs, reason }: TooEarly, known: Memory): Measurement {
  return { outcome: 'inconclusive', reason, measurements: [], samples: 0, continueInMs: inMs, memory: remembered(known) };
}

/** The same data would give the same verdict, which proves nothing more. */
function sameAgain({ closed, replacement }: Windows, gridMs: number, known: Memory): Measurement {
  if (closed) {
    throw new Unmeasurable(`the ${duration(replacement.to - replacement.from)} in which both versions had traffic have been judged; ask for one pass`, false);
  }
  return tooEarly({ inMs: gridMs, reason: 'no data has come in since the last look' }, known);
}

interface Reader {
  read(queries: readonly MetricQuery[], span: Span, periodMs: number): Promise<MetricData>;
  readonly facts: TargetFacts | undefined;
}

type Judged = Measurement & { readonly spent: boolean };

function judged(document: MetricCheckDocument, windows: Windows, current: Look, reader: Reader): Promise<Judged> {
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
  const [newer, older] = await Promise.all([read('replacement', names.replacement, replacement), read('original', names.original, original)]);
  return { replacement: newer, original: older };
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

/** A window over which one value is asked for is one period, which CloudWatch takes in whole minutes; short ones of high resolution aside. */
function gridOf({ judge, window }: MetricCheckDocument): number {
  return judge.kind === 'rates' ? judge.resolutionMs : Math.min(MINUTE_MS, window.lengthMs);
}

function baselineOf({ judge }: MetricCheckDocument): MetricRatesDocument['baseline'] | undefined {
  return judge.kind === 'threshold' ? undefined : judge.baseline;
}

const needsDeployment = ({ window, judge }: MetricCheckDocument): boolean => judge.kind !== 'threshold' || window.since === 'traffic';

/** Looks that may judge: as many as there are answers at the most. */
function plannedLooks(passes: PassRule): number {
  return 'consecutive' in passes ? passes.consecutive : passes.of;
}

/** What an earlier attempt of this very check left behind. */
function memoryOf({ memory }: Attempt): Memory {
  return (memory as unknown as Memory | undefined) ?? { looks: 0 };
}

const remembered = (memory: Memory): JsonValue => JSON.parse(JSON.stringify(memory)) as JsonValue;

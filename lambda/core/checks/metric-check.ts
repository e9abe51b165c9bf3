import type { PassRule } from '../../../lib/model/check-policy';
import type { MetricCheckDocument, MetricRatesDocument } from '../../../lib/model/metric-document';
import type { Probe } from '../engine/play';
import type { Attempt, JsonValue, Measurement } from '../engine/state';
import { describeError, Overdue, ServiceFailure } from '../failures';
import { findRelease, questionOf } from '../release/find-release';
import type { Release, ReleaseSource } from '../release/ports';
import { retrying } from '../retry';
import type { CheckKind } from './kind';
import type { Reader } from './metric/measure';
import { measure } from './metric/measure';
import { parseMetricCheck } from './metric/parse';
import type { MetricSource } from './metric/ports';
import { Unmeasurable } from './metric/versions';
import type { TooEarly, Windows } from './metric/windows';
import { windowsAt } from './metric/windows';
import { duration } from './metric/words';
import type { ProbeTools } from './tools';

const MINUTE_MS = 60_000;

/** After a call that did not work, however far away the next look is. */
const RETRY_MS = 5_000;
const CALL_ATTEMPTS = 3;
/** All calls of one look: the last attempt at one may begin at the end of it, and takes a few seconds more. */
const CALLS_MS = 14_000;

export function metricKind(source: MetricSource, releases: ReleaseSource): CheckKind<MetricCheckDocument> {
  return {
    parse: parseMetricCheck,
    probe: (document, tools) => metricProbe(document, { source, releases, tools }),
  };
}

interface Sources {
  readonly source: MetricSource;
  readonly releases: ReleaseSource;
  readonly tools: ProbeTools;
}

/** What later attempts know. */
interface Memory {
  /** Looks that have judged: each has spent its share of the significance. */
  readonly looks: number;
  /** End of the last window that was judged. */
  readonly to?: number;
  readonly facts?: Release;
}

/** One look: what has been published by now, if the window is full. Nothing here waits; the engine comes back. */
function metricProbe(document: MetricCheckDocument, sources: Sources): Probe {
  return async (signal, attempt) => {
    const memory = memoryOf(attempt);
    try {
      return await look(document, sources, memory, signal);
    } catch (error) {
      const end = signal.aborted ? undefined : endOf(error);
      if (end === undefined) {
        throw error;
      }
      return end;
    }
  };
}

/** What a look comes to that could not be made; undefined where something is broken. */
function endOf(error: unknown): Measurement | undefined {
  if (error instanceof Unmeasurable) {
    return notMeasured(error.message, error.passing ? 'error' : 'inconclusive', error.passing);
  }
  if (error instanceof ServiceFailure) {
    return notMeasured(`the metrics could not be read: ${describeError(error)}`, 'error', error.retryable);
  }
  // The time of the hook is not up: only that of the last call.
  return error instanceof Overdue ? notMeasured('the metrics could not be read: no answer came in time', 'error', true) : undefined;
}

function notMeasured(reason: string, outcome: 'error' | 'inconclusive', retryable: boolean): Measurement {
  return { outcome, reason, measurements: [], samples: 0, retryable, continueInMs: RETRY_MS };
}

async function look(document: MetricCheckDocument, { source, releases, tools }: Sources, memory: Memory, signal: AbortSignal): Promise<Measurement> {
  const until = tools.clock.now() + CALLS_MS;
  const call = <T>(make: (inner: AbortSignal) => Promise<T>) => retrying(tools, { until, attempts: CALL_ATTEMPTS, signal }, make);
  const facts = memory.facts ?? (needsDeployment(document) ? await findRelease(releases, questionOf(tools.environment, codeDeployId(tools)), call) : undefined);
  // What is not known yet is asked for again.
  const known: Memory = { ...memory, ...(facts === undefined || facts.unknown !== undefined ? {} : { facts }) };
  const windows = windowsAt({ window: document.window, baseline: baselineOf(document), gridMs: gridOf(document), facts, now: tools.clock.epoch() });
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
  const { spent, ...measurement } = await measure(document, windows, { number: memory.looks + 1, planned, closed: windows.closed }, reader);
  return { ...measurement, memory: remembered(spent ? { ...known, looks: memory.looks + 1, to: windows.replacement.to } : known) };
}

/** A deployment by ECS itself tells of no task sets. */
function codeDeployId({ hook }: ProbeTools): string {
  if (hook.DeploymentId.startsWith('arn:')) {
    throw new Unmeasurable('versions are found in deployments of CodeDeploy, and this one is of ECS itself; judge a metric of the last minutes there', false);
  }
  return hook.DeploymentId;
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

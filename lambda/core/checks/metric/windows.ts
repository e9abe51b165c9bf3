/** Over which time each version is measured, and whether that time is over and published. */
import type { MetricBaselineDocument, MetricWindowDocument } from '../../../../lib/model/metric-document';
import type { Release } from '../../release/ports';
import type { Span } from './ports';
import { endOf, startOf, Unmeasurable } from './versions';
import { duration } from './words';

export interface Windows {
  readonly replacement: Span;
  /** Absent where nothing is compared. */
  readonly original?: Span;
  /** Whether it lies in the past for good: later looks would see nothing new. */
  readonly closed: boolean;
}

/** Not yet; why, and when to look again. */
export interface TooEarly {
  readonly inMs: number;
  readonly reason: string;
}

export interface WindowQuestion {
  readonly window: MetricWindowDocument;
  readonly baseline?: MetricBaselineDocument;
  /** Data points begin at multiples of this. */
  readonly gridMs: number;
  /** Absent where no deployment has to be asked. */
  readonly facts?: Release;
  readonly now: number;
}

/** @throws Unmeasurable where the window can never be filled */
export function windowsAt(question: WindowQuestion): Windows | TooEarly {
  const { window, gridMs, now, facts } = question;
  if (window.since === 'look' || facts === undefined) {
    const to = floor(now - window.lagMs, gridMs);
    return { replacement: { from: to - window.lengthMs, to }, closed: false };
  }
  const began = startOf(facts, 'AllowTraffic') ?? startOf(facts, 'AllowTestTraffic');
  if (began === undefined && facts.unknown !== undefined && facts.events.length === 0) {
    throw new Unmeasurable(`since when the new version has traffic is unknown: ${facts.unknown.reason}`, facts.unknown.retryable);
  }
  if (began === undefined) {
    throw new Unmeasurable('no traffic has reached the new version yet; make the check at a later event', false);
  }
  const begin = began + window.warmUpMs;
  // Before its traffic began a version has nothing to count, so that the whole of the first period can be taken.
  const from = window.warmUpMs === 0 ? floor(begin, gridMs) : ceil(begin, gridMs);
  const originalUntil = endOf(facts, 'AllowTraffic');
  return question.baseline === 'CONCURRENT' && originalUntil !== undefined
    ? shiftWindow(question, { from, to: ceil(originalUntil, gridMs) })
    : openWindow(question, begin, from, facts);
}

/** Both versions had traffic during the shift, and the original has none any more. */
function shiftWindow({ window, now }: WindowQuestion, span: Span): Windows | TooEarly {
  if (span.to - span.from < window.lengthMs) {
    throw new Unmeasurable(`both versions had traffic for ${duration(Math.max(0, span.to - span.from))}, and are to be compared over ${duration(window.lengthMs)}`, false);
  }
  const ready = span.to + window.lagMs;
  return now < ready
    ? { inMs: ready - now, reason: `the metrics of the shift are published ${duration(window.lagMs)} after its end, in ${duration(ready - now)}` }
    : { replacement: span, original: span, closed: true };
}

/** It lasts from when the new version got its traffic until what is published now. */
function openWindow({ window, baseline, gridMs, now }: WindowQuestion, begin: number, from: number, facts: Release): Windows | TooEarly {
  const ready = ceil(begin + window.lengthMs, gridMs) + window.lagMs;
  if (now < ready) {
    const published = window.lagMs === 0 ? '' : `, published ${duration(window.lagMs)} later`;
    return { inMs: ready - now, reason: `${duration(window.lengthMs)} of the new version's traffic are needed${published}; they are there in ${duration(ready - now)}` };
  }
  const replacement = { from, to: floor(now - window.lagMs, gridMs) };
  const original = baseline === undefined ? {} : { original: originalSpan(baseline, replacement, facts, gridMs) };
  return { replacement, ...original, closed: false };
}

function originalSpan(baseline: MetricBaselineDocument, replacement: Span, facts: Release, gridMs: number): Span {
  if (baseline === 'CONCURRENT') {
    return replacement;
  }
  const starts = facts.events.flatMap(({ startedAt }) => (startedAt === undefined ? [] : [startedAt]));
  const to = floor(Math.min(...starts), gridMs);
  return { from: to - baseline.beforeMs, to };
}

const floor = (at: number, grid: number): number => Math.floor(at / grid) * grid;
const ceil = (at: number, grid: number): number => Math.ceil(at / grid) * grid;

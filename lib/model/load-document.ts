/** Load: what a `LoadCheck` writes into the suite, and the limits that both sides hold to. */
import type { CheckDocumentBase, HttpRequestDocument, RequestTarget } from './suite';

/** Requests that come at their times whether the service keeps up or not, and what must hold for their answers. */
export interface LoadCheckDocument extends CheckDocumentBase {
  readonly kind: 'load';
  /** Sent in turn. Never empty. Redirects are not followed. */
  readonly requests: readonly LoadRequestDocument[];
  readonly shape: LoadShape;
  /** Requests under way at the same time; what is due beyond them waits. */
  readonly maxInFlight: number;
  /** Any other status is an error. Absent: those from 500 on are. */
  readonly expectedStatuses?: readonly number[];
  /** All of them must hold. Never empty. */
  readonly thresholds: readonly LoadThresholdDocument[];
  /** Ends the load early, and the check has failed. Absent: all of it is sent. */
  readonly abort?: LoadAbortDocument;
}

export interface LoadRequestDocument {
  readonly target: RequestTarget;
  readonly request: HttpRequestDocument;
}

/** When requests are due. */
export interface LoadShape {
  readonly ratePerSecond: number;
  /** Requests of this time are sent, and do not count. */
  readonly warmUpMs: number;
  /** `CONSTANT`: the warm-up has the full rate. `LINEAR`: it begins at none and grows evenly. */
  readonly warmUpRate: 'CONSTANT' | 'LINEAR';
  /** Time after the warm-up: that of the requests that count. */
  readonly durationMs: number;
}

/** Fewer than `minSamples` requests decide nothing. */
export type LoadThresholdDocument =
  | { readonly kind: 'latency'; readonly percentile: number; readonly belowMs: number; readonly minSamples: number }
  | { readonly kind: 'errorRate'; readonly atMostPercent: number; readonly minSamples: number }
  | { readonly kind: 'throughput'; readonly atLeastPerSecond: number; readonly minSamples: number };

/** `errorRate`: more errors than this, from so many requests on. `outOfReach`: whatever is still to come, a threshold cannot be met. */
export type LoadAbortDocument = { readonly kind: 'errorRate'; readonly abovePercent: number; readonly minSamples: number } | { readonly kind: 'outOfReach' };

/** One core sends 2,000 requests a second; what a function really sustains is measured, and said. */
export const MAX_LOAD_RATE = 5_000;

/** Requests of one check: they are played in turn, and each has to come often enough to tell anything. */
export const MAX_LOAD_REQUESTS = 50;

/**
 * A function has 1,024 file descriptors, and a connection takes one; those that rest between two requests count too.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
export const MAX_IN_FLIGHT = 500;

/** Time to look up the addresses of all targets, once, before the first request. */
export const LOAD_LOOKUP_MS = 20_000;

/** Requests that count. */
export function measuredRequests({ ratePerSecond, durationMs }: LoadShape): number {
  return Math.ceil((ratePerSecond * durationMs) / 1_000);
}

/** Longest time of a load: every request has been answered or given up by then. */
export function longestLoadMs({ warmUpMs, durationMs }: LoadShape, timeoutsMs: readonly number[]): number {
  return LOAD_LOOKUP_MS + warmUpMs + durationMs + Math.max(...timeoutsMs);
}

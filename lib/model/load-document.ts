/** Load: what a `LoadCheck` writes into the suite, and the limits that both sides hold to. */
import type { IntervalMs, StatusCodes, TimeoutMs } from './quantities';
import type { CheckDocumentBase, HttpRequestDocument, RequestTarget } from './suite';

/** Requests that come at their times whether the service keeps up or not, and what must hold for their answers. */
export interface LoadCheckDocument extends CheckDocumentBase {
  readonly kind: 'load';
  /**
   * Sent in turn. Redirects are not followed.
   * @minItems 1
   * @maxItems 50
   */
  readonly requests: readonly LoadRequestDocument[];
  readonly shape: LoadShape;
  /**
   * Requests under way at the same time; what is due beyond them waits.
   * @asType integer
   * @minimum 1
   * @maximum 500
   */
  readonly maxInFlight: number;
  /** Any other status is an error. Absent: those from 500 on are. */
  readonly expectedStatuses?: StatusCodes;
  /**
   * All of them must hold.
   * @minItems 1
   */
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
  /**
   * @asType integer
   * @minimum 1
   * @maximum 5000
   */
  readonly ratePerSecond: number;
  /** Requests of this time are sent, and do not count. */
  readonly warmUpMs: IntervalMs;
  /** `CONSTANT`: the warm-up has the full rate. `LINEAR`: it begins at none and grows evenly. */
  readonly warmUpRate: 'CONSTANT' | 'LINEAR';
  /** Time after the warm-up: that of the requests that count. */
  readonly durationMs: TimeoutMs;
}

/**
 * Fewer than `minSamples` requests decide nothing.
 *
 * @discriminator kind
 */
export type LoadThresholdDocument = LoadLatencyDocument | LoadErrorRateDocument | LoadThroughputDocument;

export interface LoadLatencyDocument {
  readonly kind: 'latency';
  /**
   * @minimum 1
   * @maximum 99.999
   */
  readonly percentile: number;
  readonly belowMs: TimeoutMs;
  readonly minSamples: LoadSamples;
}

export interface LoadErrorRateDocument {
  readonly kind: 'errorRate';
  readonly atMostPercent: LoadPercent;
  readonly minSamples: LoadSamples;
}

export interface LoadThroughputDocument {
  readonly kind: 'throughput';
  /**
   * @minimum 0.001
   * @maximum 5000
   */
  readonly atLeastPerSecond: number;
  readonly minSamples: LoadSamples;
}

/**
 * `errorRate`: more errors than this, from so many requests on. `outOfReach`: whatever is still to come, a threshold cannot be met.
 *
 * @discriminator kind
 */
export type LoadAbortDocument = LoadAbortErrorRateDocument | LoadAbortOutOfReachDocument;

export interface LoadAbortErrorRateDocument {
  readonly kind: 'errorRate';
  readonly abovePercent: LoadPercent;
  readonly minSamples: LoadSamples;
}

export interface LoadAbortOutOfReachDocument {
  readonly kind: 'outOfReach';
}

/**
 * Requests, as many as any load can send in the 15 minutes of a function.
 * @asType integer
 * @minimum 1
 * @maximum 4500000
 */
export type LoadSamples = number;

/**
 * Percent of the requests that may fail: all of them would be no limit.
 * @minimum 0
 * @maximum 99.999
 */
export type LoadPercent = number;

/** One core sends 2,000 requests a second; what a function really sustains is measured, and said. */
export const MAX_LOAD_RATE = 5_000;

/** Requests of one check: they are played in turn, and each has to come often enough to tell anything. */
export const MAX_LOAD_REQUESTS = 50;

export const MAX_LOAD_SAMPLES = 4_500_000;

export const MAX_LOAD_PERCENT = 99.999;

export const MIN_LOAD_THROUGHPUT = 0.001;

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

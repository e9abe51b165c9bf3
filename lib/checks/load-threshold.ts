import type { Duration } from 'aws-cdk-lib/core';

import type { LoadThresholdDocument } from '../model/load-document';
import { MAX_LOAD_PERCENT, MAX_LOAD_RATE, MIN_LOAD_THROUGHPUT } from '../model/load-document';
import { requireKnown, requireDuration } from '../private/numbers';
import { requirePercent, requireSamples } from '../private/load-numbers';

/** What every threshold of a load has. */
export interface LoadThresholdOptions {
  /**
   * Requests that it takes at least to decide, those of the warm-up left out; with fewer, the threshold is undecided. A load that cannot send so
   * many is an error at synth.
   */
  readonly minSamples: number;
}

/** A percentile of the latency. */
export interface LoadLatencyOptions extends LoadThresholdOptions {
  /** From 1 to 99.999, by nearest rank: so many percent of the requests are at most as slow. Below `100 / (100 - percentile)` requests it is the slowest one. */
  readonly percentile: number;

  /** What it must be below, from 1 millisecond to 5 minutes. */
  readonly below: Duration;
}

/** A share of errors. */
export interface LoadErrorRateOptions extends LoadThresholdOptions {
  /** Percent of the requests that may fail, from 0 to 99.999. */
  readonly atMost: number;
}

/** A rate of answers. */
export interface LoadThroughputOptions extends LoadThresholdOptions {
  /** Answers without error that must come per second, up to the rate of the load. */
  readonly atLeast: number;
}

/** What must hold for the answers to a load. */
export class LoadThreshold {
  /**
   * A percentile of the latency, from the moment at which a request was due to the last byte of its answer.
   *
   * A request that failed counts as slower than any answer: a service that fails fast is not a fast one.
   */
  public static latency(options: LoadLatencyOptions): LoadThreshold {
    const { percentile, below, minSamples } = options;
    requireKnown("'percentile'", percentile);
    if (!(percentile >= 1 && percentile <= MAX_LOAD_PERCENT)) {
      throw new Error(`'percentile' must be a number from 1 to ${MAX_LOAD_PERCENT}, got ${percentile}; write 95 for the p95`);
    }
    requireDuration('below', below, 'milliseconds', 1, 300_000);
    requireSamples(minSamples);
    return new LoadThreshold({ kind: 'latency', percentile, belowMs: below.toMilliseconds(), minSamples });
  }

  /** The share of requests that failed: no answer, or a status that is not expected. */
  public static errorRate(options: LoadErrorRateOptions): LoadThreshold {
    requirePercent('atMost', options.atMost);
    requireSamples(options.minSamples);
    return new LoadThreshold({ kind: 'errorRate', atMostPercent: options.atMost, minSamples: options.minSamples });
  }

  /** Answers without error per second, from the end of the warm-up to the last answer, which may come after the last request. */
  public static throughput(options: LoadThroughputOptions): LoadThreshold {
    requireKnown("'atLeast'", options.atLeast);
    if (!(options.atLeast >= MIN_LOAD_THROUGHPUT && options.atLeast <= MAX_LOAD_RATE)) {
      throw new Error(`'atLeast' must be a number from ${MIN_LOAD_THROUGHPUT} to ${MAX_LOAD_RATE}, got ${options.atLeast}; it is counted per second`);
    }
    requireSamples(options.minSamples);
    return new LoadThreshold({ kind: 'throughput', atLeastPerSecond: options.atLeast, minSamples: options.minSamples });
  }

  private constructor(private readonly document: LoadThresholdDocument) {}

  /** @internal */
  public get _document(): LoadThresholdDocument {
    return this.document;
  }

  /**
   * What it is called in errors.
   *
   * @internal
   */
  public get _label(): string {
    switch (this.document.kind) {
      case 'latency':
        return `p${this.document.percentile} below ${this.document.belowMs} ms`;
      case 'errorRate':
        return `error rate at most ${this.document.atMostPercent} %`;
      case 'throughput':
        return `throughput at least ${this.document.atLeastPerSecond}/s`;
    }
  }
}

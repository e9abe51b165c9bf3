import { requirePercent, requireSamples } from '../private/load-numbers';
import type { LoadAbortDocument } from '../model/load-document';

/** When so many errors are enough. */
export interface LoadAbortErrorRateOptions {
  /** Percent of the requests that may fail, from 0 to 99.999. */
  readonly percent: number;

  /** Requests that must have been answered or failed before, those of the warm-up left out. */
  readonly minSamples: number;
}

/** What ends a load early. The check has failed then. */
export class LoadAbort {
  /**
   * More of the requests so far failed than this. It is looked at after every error, and the thresholds are not judged any more, so that it
   * should leave room: a load that would have kept its thresholds in the end can be ended by a bad moment.
   */
  public static errorRateAbove(options: LoadAbortErrorRateOptions): LoadAbort {
    requirePercent('percent', options.percent);
    requireSamples(options.minSamples);
    return new LoadAbort({ kind: 'errorRate', abovePercent: options.percent, minSamples: options.minSamples });
  }

  /**
   * A threshold on latency or error rate cannot be met any more, whatever becomes of the requests to come. The verdict is the one that the
   * whole load would have had; the service is spared the rest.
   */
  public static outOfReach(): LoadAbort {
    return new LoadAbort({ kind: 'outOfReach' });
  }

  private constructor(private readonly document: LoadAbortDocument) {}

  /** @internal */
  public get _document(): LoadAbortDocument {
    return this.document;
  }
}

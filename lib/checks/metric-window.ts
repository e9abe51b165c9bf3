import type { Duration } from 'aws-cdk-lib/core';

import type { MetricWindowDocument } from '../model/metric-document';
import { requireDuration } from '../private/numbers';

/** Shorter windows are for metrics of high resolution. */
const SHORT_SECONDS = [10, 20, 30];

/** Time over which a metric is measured that is held against fixed limits. */
export class MetricWindow {
  /**
   * From when the new version got its traffic, for at least so long: the check waits for it.
   *
   * @param duration whole minutes, from one to an hour
   */
  public static sinceTraffic(duration: Duration): MetricWindow {
    requireDuration('sinceTraffic', duration, 'minutes', 1, 60);
    return new MetricWindow('traffic', duration);
  }

  /**
   * So long before each look, whichever version served then. For what must be well before traffic moves.
   *
   * @param duration whole minutes up to an hour; 10, 20 or 30 seconds for a metric of high resolution
   */
  public static last(duration: Duration): MetricWindow {
    if (duration.isUnresolved() || !SHORT_SECONDS.includes(duration.toSeconds({ integral: false }))) {
      requireDuration('last', duration, 'minutes', 1, 60, 'or take 10, 20 or 30 seconds of a metric of high resolution');
    }
    return new MetricWindow('look', duration);
  }

  private constructor(
    private readonly since: MetricWindowDocument['since'],
    private readonly duration: Duration,
  ) {}

  /** @internal */
  public get _document(): Pick<MetricWindowDocument, 'since' | 'lengthMs'> {
    return { since: this.since, lengthMs: this.duration.toMilliseconds() };
  }
}

import type { Duration } from 'aws-cdk-lib/core';

import type { MetricBaselineDocument } from '../model/metric-document';
import { requireDuration } from '../private/numbers';

/** What the original version is measured over. */
export class MetricBaseline {
  /**
   * The time in which both versions had traffic: after AllowTraffic that of a canary or a linear shift, before it the time since AllowTestTraffic.
   * Whatever happens to both at that time speaks for neither.
   */
  public static readonly CONCURRENT = new MetricBaseline('CONCURRENT');

  /**
   * So long before the deployment began. For a shift of all traffic at once, after which the original has none.
   *
   * @param duration whole minutes, from one to a day
   */
  public static before(duration: Duration): MetricBaseline {
    requireDuration('before', duration, 'minutes', 1, 1_440);
    return new MetricBaseline({ beforeMs: duration.toMilliseconds() });
  }

  private constructor(private readonly document: MetricBaselineDocument) {}

  /** @internal */
  public get _document(): MetricBaselineDocument {
    return this.document;
  }
}

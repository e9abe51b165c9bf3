import type { MetricThresholdDocument } from '../model/metric-document';
import { requireKnown, requireRange } from '../private/numbers';

/** Values of a metric that are let through. */
export class MetricThreshold {
  /** Below this value. */
  public static below(value: number): MetricThreshold {
    requireNumber('below', value);
    return new MetricThreshold({ below: value });
  }

  /** Above this value. */
  public static above(value: number): MetricThreshold {
    requireNumber('above', value);
    return new MetricThreshold({ above: value });
  }

  /** In this range, both ends included. */
  public static between(min: number, max: number): MetricThreshold {
    requireNumber('min', min);
    requireNumber('max', max);
    requireRange(min, max);
    return new MetricThreshold({ min, max });
  }

  private constructor(private readonly limit: MetricThresholdDocument['limit']) {}

  /** @internal */
  public get _limit(): MetricThresholdDocument['limit'] {
    return this.limit;
  }
}

function requireNumber(prop: string, value: number): void {
  requireKnown(`'${prop}'`, value);
  if (!Number.isFinite(value)) {
    throw new Error(`'${prop}' must be a number, got ${value}`);
  }
}

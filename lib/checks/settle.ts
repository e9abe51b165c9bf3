import { Duration } from 'aws-cdk-lib/core';

import type { SettleDocument } from '../model/suite';
import { requireDuration, requireWhole } from '../private/numbers';
import { renderRequest, renderTarget, requireValidRequest, timeoutOf } from '../private/render-request';
import type { _CheckContext } from './check';
import type { HttpRequestOptions } from './http-request';
import type { VersionProof } from './version-proof';

/** When the new version counts as reached. */
export interface SettleOptions extends HttpRequestOptions {
  /**
   * Responses in a row that must come from the new version, 1 to 100.
   *
   * @default 3
   */
  readonly consecutive?: number;

  /**
   * Time between two attempts, up to a minute.
   *
   * @default Duration.seconds(1)
   */
  readonly interval?: Duration;

  /**
   * Time within which the new version must have answered; otherwise the hook fails. One second to ten minutes.
   *
   * @default Duration.minutes(2)
   */
  readonly settleTimeout?: Duration;

  /**
   * How a response proves its version.
   *
   * @default - any answer below 500 counts
   */
  readonly version?: VersionProof;
}

/**
 * Proves first that the new version answers, and only then starts the checks: test traffic may lag behind the event that announces it,
 * and a check would then judge the old version.
 */
export class Settle {
  /** Asks the target again and again until enough responses in a row came from the new version. */
  public static until(options: SettleOptions): Settle {
    return new Settle(options);
  }

  private readonly consecutive: number;
  private readonly interval: Duration;
  private readonly patience: Duration;

  private constructor(private readonly options: SettleOptions) {
    this.consecutive = options.consecutive ?? 3;
    this.interval = options.interval ?? Duration.seconds(1);
    this.patience = options.settleTimeout ?? Duration.minutes(2);
    requireValidRequest(options);
    requireWhole('consecutive', this.consecutive, 1, 100);
    requireDuration('interval', this.interval, 'milliseconds', 0, 60_000);
    requireDuration('settleTimeout', this.patience, 'seconds', 1, 600);
  }

  /** @internal */
  public get _request(): HttpRequestOptions {
    return this.options;
  }

  /** @internal */
  public _longestMs(): number {
    return this.patience.toMilliseconds();
  }

  /**
   * Longest time of one attempt.
   *
   * @internal
   */
  public _attemptMs(): number {
    return timeoutOf(this.options).toMilliseconds();
  }

  /** @internal */
  public _render(context: _CheckContext): SettleDocument {
    return {
      target: renderTarget('the settle phase', this.options, context),
      request: renderRequest(this.options, context),
      consecutive: this.consecutive,
      intervalMs: this.interval.toMilliseconds(),
      timeoutMs: this.patience.toMilliseconds(),
      ...(this.options.version === undefined ? {} : { version: this.options.version._render(context.values) }),
    };
  }
}

import type { Duration } from 'aws-cdk-lib/core';

import type { CheckOptions } from './check-options';
import type { HttpRequestOptions } from './http-request';
import type { LoadAbort } from './load-abort';
import type { LoadThreshold } from './load-threshold';
import type { RuntimeValue } from './runtime-value';

/** How the warm-up begins. */
export enum LoadWarmUp {
  /** At the full rate. */
  CONSTANT = 'CONSTANT',

  /** At none, growing evenly to the full rate. */
  LINEAR = 'LINEAR',
}

/** A load, without what it sends. `passes` and `interval` are not for it: a load is played once. */
export interface LoadOptions extends CheckOptions {
  /** Requests per second, a whole number from 1 to 5,000. They are due at even distances, whether the service keeps up or not. */
  readonly rate: number;

  /** Time in which the requests are due that count, one second to thirteen minutes; the warm-up comes before it. */
  readonly duration: Duration;

  /**
   * Time before, in whole seconds, whose requests are sent and do not count: caches fill, connections are made.
   *
   * @default Duration.seconds(0)
   */
  readonly warmUp?: Duration;

  /**
   * How the warm-up begins.
   *
   * @default LoadWarmUp.CONSTANT
   */
  readonly warmUpRate?: LoadWarmUp;

  /** What must hold, all of it. At least one. */
  readonly thresholds: LoadThreshold[];

  /**
   * Requests that may be under way at the same time, 1 to 500. What is due beyond them waits, and its latency counts from when it was due; what
   * waits longer than its time-out is never sent, and counts as an error.
   *
   * @default - as many as are due in one second, at least 10 and at most 500
   */
  readonly maxInFlight?: number;

  /**
   * Status codes that are no errors, 100 to 599; every other one is.
   *
   * @default - those below 500
   */
  readonly expectedStatuses?: number[];

  /**
   * What ends the load early.
   *
   * @default - all of it is sent
   */
  readonly abortWhen?: LoadAbort;

  /**
   * Values that are read when the hook runs, once, by the names that path, headers, body and URL refer to as `{{name}}`.
   *
   * @default - none
   */
  readonly values?: { [name: string]: RuntimeValue };

  /**
   * Says that a load on the production listener is meant: users are served by what it loads. Needed where a request goes there, and nowhere else.
   *
   * @default false
   */
  readonly loadsProduction?: boolean;
}

/** A load and what it sends. */
export interface LoadCheckOptions extends LoadOptions {
  /**
   * The requests, played in turn, 1 to 50. Redirects are not followed: a redirect is the answer. `timeout` counts from when a request was due.
   */
  readonly requests: HttpRequestOptions[];
}

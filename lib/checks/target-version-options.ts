import type { Duration } from 'aws-cdk-lib/core';

import type { CheckOptions } from './check-options';
import type { HttpAssertion } from './http-assertion';

/** One invocation of the version that is released, and what must come of it. */
export interface InvokeCase {
  /** Name of the case, unique in its check. The function is told it. */
  readonly name: string;

  /**
   * What the function is sent: an object, up to 6 MB as JSON. Texts in it may be deploy-time values.
   *
   * @default - an empty object
   */
  readonly payload?: { readonly [key: string]: unknown };

  /**
   * The same as a JSON text, for a payload that is no object.
   *
   * @default - `payload` is sent
   */
  readonly payloadJson?: string;

  /**
   * The same in a JSON file, up to 6 MB. It is read at synth, from the working directory where the path is not absolute, and sent as it is.
   *
   * @default - `payload` is sent
   */
  readonly payloadFile?: string;

  /**
   * What must hold for the response: its payload counts as the body of an answer, and `HttpAssertion.latencyBelow` is about the time from sending the
   * invocation to the response, a cold start included. Assertions on status, headers, cookies, certificate and URL are refused.
   *
   * @default - the function must return, whatever it returns
   */
  readonly assertions?: HttpAssertion[];

  /**
   * Type of the error that the function must fail with, its `errorType`. The assertions are then about the error's document, such as `$.errorMessage`.
   *
   * @default - the function must return; an error of it fails the case
   */
  readonly expectedErrorType?: string;
}

/** A check of the version that a rollout of a Lambda alias releases. */
export interface TargetVersionOptions extends CheckOptions {
  /** What it is invoked with, 1 to 100 cases. Each is invoked once for each pass of the check. */
  readonly cases: InvokeCase[];

  /**
   * Cases that are invoked at the same time, 1 to 50. Each takes an execution environment of its own, so that there are as many cold starts.
   *
   * @default 1 - one after the other, in the order of the list
   */
  readonly concurrency?: number;

  /**
   * Time from sending an invocation to its response, one second to fifteen minutes. All cases must fit into the hook's time-out. Afterwards the case is
   * undecided, and the function may still run.
   *
   * @default - ten seconds for a cold start more than the function's own time-out; one minute where that is not known
   */
  readonly timeout?: Duration;

  /**
   * Every cold start takes less than this from sending the invocation to the response, one millisecond to fifteen minutes. Without a single one the check
   * is undecided: put it first into `beforeAllowTraffic`, where nobody has invoked the version yet, and leave it out for provisioned concurrency.
   *
   * @default - no limit
   */
  readonly coldBelow?: Duration;

  /**
   * Every other invocation takes less than this. Where all of them were cold starts, the cases are invoked once more.
   *
   * @default - no limit
   */
  readonly warmBelow?: Duration;

  /**
   * Attempts in which Lambda may refuse to start a case, as it does when it throttles, 0 to 10. A case that may have begun is never invoked again.
   *
   * @default 2
   */
  readonly startRetries?: number;
}

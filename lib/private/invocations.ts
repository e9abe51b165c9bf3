/** What checks that invoke a function share. */
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { Duration, Token } from 'aws-cdk-lib/core';

import type { HttpAssertion } from '../checks/http-assertion';
import { INVOCATION_CONDITIONS } from '../model/invoke-document';
import { MAX_FUNCTION_TIMEOUT_SECONDS } from '../model/limits';
import { requireDuration } from './numbers';
import { unqualified } from './qualified-function';

/** Time-out that Lambda gives a function that names none. */
const LAMBDA_DEFAULT_TIMEOUT = Duration.seconds(3);

/** Longest load of a function's code, which its time-out does not count. */
const INIT = Duration.seconds(10);

/** What an invocation takes that Lambda does not start. */
export const LONGEST_REFUSAL_MS = 5_000;

const UNKNOWN_TIMEOUT = Duration.minutes(1);

/** The function's own time-out; undefined for one that was imported, or whose time-out is a deploy-time value. */
export function knownTimeout(fn: lambda.IFunction): Duration | undefined {
  const { base } = unqualified(fn);
  if (!(base instanceof lambda.Function) || base.timeout?.isUnresolved() === true) {
    return undefined;
  }
  return base.timeout ?? LAMBDA_DEFAULT_TIMEOUT;
}

/** The function's own time-out and the load of its code; undefined where that is not known. */
export const longestRun = (fn: lambda.IFunction): Duration | undefined => knownTimeout(fn)?.plus(INIT);

/** How long its answer is waited for where the user says nothing. */
export function invocationTimeout(fn: lambda.IFunction): Duration {
  const longest = longestRun(fn);
  return longest === undefined ? UNKNOWN_TIMEOUT : Duration.seconds(Math.min(MAX_FUNCTION_TIMEOUT_SECONDS, longest.toSeconds()));
}

export function requireInvocationTimeout(timeout: Duration): void {
  requireDuration('timeout', timeout, 'seconds', 1, MAX_FUNCTION_TIMEOUT_SECONDS);
}

export function requireErrorType(what: string, type: string | undefined): void {
  if (type !== undefined && (Token.isUnresolved(type) || type.trim() === '')) {
    throw new Error(`'expectedErrorType' of ${what} must be a text that is known at synth and not empty; name the type, such as 'OrderRejected'`);
  }
}

export function requireInvocationConditions(what: string, assertions: readonly HttpAssertion[]): void {
  const foreign = assertions.map(({ _kind }) => _kind).find((kind) => !INVOCATION_CONDITIONS.some((known) => known === kind));
  if (foreign !== undefined) {
    throw new Error(
      `${what} asserts '${foreign}', which an invocation does not have; use assertions on the body, which is the payload of the response, on JSON paths in it, or 'latencyBelow'`,
    );
  }
}

import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type { Duration } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';

import type { InvokeCheckDocument } from '../model/invoke-document';
import { invocationTimeout, LONGEST_REFUSAL_MS, requireErrorType, requireInvocationConditions, requireInvocationTimeout } from '../private/invocations';
import { requireWhole } from '../private/numbers';
import { renderPayload, requireValidPayload } from '../private/payload';
import { invokeChecked } from '../private/statements';
import type { _Attempt, _CheckContext } from './check';
import { Check } from './check';
import type { CheckOptions } from './check-options';
import type { HttpAssertion } from './http-assertion';
import { TargetVersionCheck } from './target-version-check';
import type { TargetVersionOptions } from './target-version-options';

/** A check of a Lambda function. */
export interface InvokeCheckOptions extends CheckOptions {
  /** The function that is invoked, or a version or an alias of it. Every attempt invokes it once. */
  readonly function: lambda.IFunction;

  /**
   * What it is sent, up to 6 MB as JSON. Texts in it may be deploy-time values.
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
   * What must hold for the response: its payload counts as the body of an answer, and `HttpAssertion.latencyBelow` is about the time from
   * sending the invocation to the response, a cold start included. Assertions on status, headers, cookies, certificate and URL are refused.
   *
   * @default - the function must return, whatever it returns
   */
  readonly assertions?: HttpAssertion[];

  /**
   * Type of the error that the function must fail with, its `errorType`. The assertions are then about the error's document, such as
   * `$.errorMessage`. Returning, or failing otherwise, fails the check.
   *
   * @default - the function must return; an error of it fails the check
   */
  readonly expectedErrorType?: string;

  /**
   * Time from sending the invocation to its response, one second to fifteen minutes. It must fit into the hook's time-out. Afterwards the check is
   * undecided, and the function may still run.
   *
   * @default - ten seconds for a cold start more than the function's own time-out; one minute where that is not known
   */
  readonly timeout?: Duration;

  /**
   * Invocations that Lambda may refuse to start, as it does when it throttles, 0 to 10. A function that may have begun is never invoked again.
   *
   * @default 2
   */
  readonly startRetries?: number;
}

/**
 * Invokes a Lambda function synchronously, and judges what it returns, or how it fails. The version that a rollout of a Lambda alias releases is invoked by
 * `InvokeCheck.targetVersion`.
 *
 * The function knows that a check invokes it: its client context has the texts `greenlight.deploymentId`, `greenlight.event` and `greenlight.check`
 * under `custom`. When it fails, the reason of the check holds its error and the last lines of its log.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
 */
export class InvokeCheck extends Check {
  /**
   * Invokes the version that a rollout of a Lambda alias releases, once with each case; no alias needs to have traffic on it.
   *
   * The hook finds the version in the deployment. Where it cannot, the check is undecided, and says which calls did not work. Cold starts are told from
   * other invocations by the REPORT line in the function's log, and both are reported apart.
   *
   * @param options the cases, and limits for all of them
   * @throws when a payload is no JSON or too large, an assertion has nothing to judge in an invocation, or the hook is not one of a rollout of a Lambda alias
   */
  public static targetVersion(options: TargetVersionOptions): Check {
    return new TargetVersionCheck(options);
  }

  private readonly options: InvokeCheckOptions;
  private readonly timeout: Duration;

  /** @throws when the payload is no JSON or too large, or an assertion has nothing to judge in an invocation */
  constructor(options: InvokeCheckOptions) {
    super(options.name ?? `invoke ${options.function.node.id}`, options);
    this.options = options;
    this.timeout = options.timeout ?? invocationTimeout(options.function);
    requireValidPayload(this.what, options);
    requireInvocationConditions(this.what, options.assertions ?? []);
    requireInvocationTimeout(this.timeout);
    requireWhole('startRetries', this.startRetries, 0, 10);
    requireErrorType(this.what, options.expectedErrorType);
  }

  /** @internal */
  public get _services(): string[] {
    return ['lambda'];
  }

  /** @internal */
  public get _attempt(): _Attempt {
    return { longestMs: this.timeout.toMilliseconds(), errorBudget: this.startRetries, refusalMs: LONGEST_REFUSAL_MS };
  }

  /** @internal */
  public _statements(_scope: Construct): iam.PolicyStatement[] {
    return [invokeChecked(this.options.function.functionArn)];
  }

  /** @internal */
  public _render(context: _CheckContext): InvokeCheckDocument {
    const { assertions = [], expectedErrorType } = this.options;
    return {
      kind: 'invoke',
      name: this.name,
      policy: this._policy(),
      functionArn: context.values.replace(this.options.function.functionArn),
      payload: renderPayload(this.what, this.options, context.values),
      timeoutMs: this.timeout.toMilliseconds(),
      ...(expectedErrorType === undefined ? {} : { expectedErrorType }),
      ...(assertions.length === 0 ? {} : { assertions: assertions.map((assertion) => assertion._render(context.values)) }),
    };
  }

  private get what(): string {
    return `check '${this.name}'`;
  }

  private get startRetries(): number {
    return this.options.startRetries ?? 2;
  }
}

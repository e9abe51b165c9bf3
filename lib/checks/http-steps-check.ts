import type * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';

import type { HttpCheckDocument } from '../model/suite';
import type { ValuesByName } from '../private/check-values';
import { HttpFlow, labelOf } from '../private/http-flow';
import type { _Attempt, _CheckContext } from './check';
import { Check } from './check';
import type { CheckOptions } from './check-options';
import type { HttpRequestOptions } from './http-request';
import type { HttpStep } from './http-step';
import type { RuntimeValue } from './runtime-value';

/** A check by HTTP that sends several requests. */
export interface HttpStepsOptions extends CheckOptions {
  /** The steps in their order, 1 to 20; the first that does not pass is the end of them, and the check's outcome. */
  readonly steps: HttpStep[];

  /**
   * Values that are read when the hook runs, by the names that texts of the steps refer to as `{{name}}`.
   *
   * @default - none
   */
  readonly values?: { [name: string]: RuntimeValue };

  /**
   * Whether cookies that a step is given are sent along by later steps, as a browser does: within the origin that set them, whatever
   * `Domain` they name.
   *
   * @default false
   */
  readonly keepCookies?: boolean;

  /**
   * Transport errors that are made up for, such as a refused connection or a time-out, 0 to 10. Before the first answer the check begins
   * anew; later on only the step without an answer is sent again. What has been answered is never sent again.
   *
   * @default 2
   */
  readonly transportRetries?: number;
}

/** Sends several requests, one after the other, and judges their answers: a login, and what it opens. Made by `HttpCheck.steps`. */
export class HttpStepsCheck extends Check {
  private readonly flow: HttpFlow;

  /** @throws when a step is not valid, or nothing is asserted */
  constructor(options: HttpStepsOptions) {
    super(options.name ?? options.steps.map((step) => labelOf(step._options)).join(', '), options);
    const { steps, values, keepCookies, transportRetries } = options;
    this.flow = new HttpFlow(this.name, { steps: steps.map((step) => step._options), values, keepCookies, transportRetries });
  }

  /** @internal */
  public get _requests(): HttpRequestOptions[] {
    return this.flow.steps;
  }

  /** @internal */
  public get _values(): ValuesByName {
    return this.flow.values;
  }

  /** @internal */
  public get _attempt(): _Attempt {
    return this.flow.attempt(this._interval);
  }

  /** @internal */
  public _statements(_scope: Construct): iam.PolicyStatement[] {
    return this.flow.statements;
  }

  /** @internal */
  public _render(context: _CheckContext): HttpCheckDocument {
    return { kind: 'http', name: this.name, policy: this._policy(), ...this.flow.render(context) };
  }
}

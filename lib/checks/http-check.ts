import type * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';

import type { HttpCheckDocument } from '../model/suite';
import type { ValuesByName } from '../private/check-values';
import { HttpFlow, labelOf } from '../private/http-flow';
import type { _Attempt, _CheckContext } from './check';
import { Check } from './check';
import type { CheckOptions } from './check-options';
import type { HttpAssertion } from './http-assertion';
import type { HttpAuth } from './http-auth';
import type { HttpRequestOptions } from './http-request';
import type { HttpStepsOptions } from './http-steps-check';
import { HttpStepsCheck } from './http-steps-check';
import type { RuntimeValue } from './runtime-value';

/** A check by HTTP, without its path. */
export interface HttpCheckOptions extends CheckOptions, HttpRequestOptions {
  /** What must hold for the response, all of it. At least one. */
  readonly assertions: HttpAssertion[];

  /**
   * How the request proves who sends it.
   *
   * @default - it does not
   */
  readonly auth?: HttpAuth;

  /**
   * Values that are read when the hook runs, by the names that path, headers, body, URL and assertions refer to as `{{name}}`.
   *
   * @default - none
   */
  readonly values?: { [name: string]: RuntimeValue };

  /**
   * Further attempts after a transport error, such as a refused connection or a time-out, 0 to 10. An answer of the application is
   * never asked for again, whatever it says.
   *
   * @default 2
   */
  readonly transportRetries?: number;
}

/**
 * Asks over HTTP and judges the answer.
 *
 * Loopback and link-local addresses are refused after name resolution, and the body is read up to 1 MB.
 */
export class HttpCheck extends Check {
  /**
   * A GET request for a path.
   *
   * @param requestPath path and query on the target listener
   */
  public static get(requestPath: string, options: HttpCheckOptions): HttpCheck {
    return new HttpCheck({ ...options, method: 'GET', path: requestPath });
  }

  /** Several requests, one after the other, of which later ones may use what earlier ones were answered. */
  public static steps(options: HttpStepsOptions): HttpStepsCheck {
    return new HttpStepsCheck(options);
  }

  private readonly flow: HttpFlow;

  /** @throws when the request is not valid, or nothing is asserted */
  constructor(options: HttpCheckOptions) {
    super(options.name ?? labelOf(options), options);
    const { values, transportRetries } = options;
    this.flow = new HttpFlow(this.name, { steps: [options], values, transportRetries });
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

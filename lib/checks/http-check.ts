import type { HttpCheckDocument } from '../model/suite';
import { requireWhole } from '../private/numbers';
import { renderRequest, renderTarget, requireValidRequest, timeoutOf } from '../private/render-request';
import type { _Attempt, _CheckContext } from './check';
import { Check } from './check';
import type { CheckOptions } from './check-options';
import type { HttpAssertion } from './http-assertion';
import type { HttpRequestOptions } from './http-request';

/** A check by HTTP, without its path. */
export interface HttpCheckOptions extends CheckOptions, HttpRequestOptions {
  /** What must hold for the response, all of it. At least one. */
  readonly assertions: HttpAssertion[];

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

  private readonly options: HttpCheckOptions;

  /** @throws when the request is not valid, or nothing is asserted */
  constructor(options: HttpCheckOptions) {
    super(options.name ?? defaultName(options), options);
    this.options = options;
    requireValidRequest(options);
    requireWhole('transportRetries', this.transportRetries, 0, 10);
    if (options.assertions.length === 0) {
      throw new Error(
        `check '${this.name}' asserts nothing, and would pass whatever answers; add an assertion such as ` +
          `HttpAssertion.status(200)`,
      );
    }
    if (options.assertions.every((assertion) => assertion._isWarning)) {
      throw new Error(`check '${this.name}' only warns, and would pass whatever answers; enforce an assertion, or put the check in shadow with 'mode'`);
    }
  }

  /** @internal */
  public get _requests(): HttpRequestOptions[] {
    return [this.options];
  }

  /** @internal */
  public get _attempt(): _Attempt {
    return { longestMs: timeoutOf(this.options).toMilliseconds(), errorBudget: this.transportRetries };
  }

  /** @internal */
  public _render(context: _CheckContext): HttpCheckDocument {
    return {
      kind: 'http',
      name: this.name,
      policy: this._policy(),
      target: renderTarget(`check '${this.name}'`, this.options, context),
      request: renderRequest(this.options, context),
      assertions: this.options.assertions.map((assertion) => assertion._render(context.values)),
    };
  }

  private get transportRetries(): number {
    return this.options.transportRetries ?? 2;
  }
}

function defaultName(options: HttpCheckOptions): string {
  const target = options.target?._target;
  const where = target !== undefined && 'url' in target ? target.url : (options.path ?? '/');
  return `${options.method ?? 'GET'} ${where}`;
}

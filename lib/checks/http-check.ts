import { Duration } from 'aws-cdk-lib/core';

import type { HttpCheckDocument } from '../model/suite';
import { requireDuration, requireWhole } from '../private/numbers';
import { renderRequest, renderTarget, requireValidRequest, timeoutOf } from '../private/render-request';
import type { _CheckContext } from './check';
import { Check } from './check';
import type { HttpAssertion } from './http-assertion';
import type { HttpRequestOptions } from './http-request';

/** A check by HTTP, without its path. */
export interface HttpCheckOptions extends HttpRequestOptions {
  /** What must hold for the response, all of it. At least one. */
  readonly assertions: HttpAssertion[];

  /**
   * Name of the check, unique in its hook.
   *
   * @default - method and path or URL
   */
  readonly name?: string;

  /**
   * Passes in a row that make the check pass, 1 to 100. The first failure ends it.
   *
   * @default 1
   */
  readonly consecutive?: number;

  /**
   * Time between two attempts, up to a minute.
   *
   * @default Duration.seconds(1)
   */
  readonly interval?: Duration;

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
  private readonly consecutive: number;
  private readonly interval: Duration;
  private readonly transportRetries: number;

  /** @throws when the request is not valid, or nothing is asserted */
  constructor(options: HttpCheckOptions) {
    super(options.name ?? defaultName(options));
    this.options = options;
    this.consecutive = options.consecutive ?? 1;
    this.interval = options.interval ?? Duration.seconds(1);
    this.transportRetries = options.transportRetries ?? 2;

    requireValidRequest(options);
    requireWhole('consecutive', this.consecutive, 1, 100);
    requireWhole('transportRetries', this.transportRetries, 0, 10);
    requireDuration('interval', this.interval, 'milliseconds', 0, 60_000);
    if (options.assertions.length === 0) {
      throw new Error(
        `check '${this.name}' asserts nothing, and would pass whatever answers; add an assertion such as ` +
          `HttpAssertion.status(200)`,
      );
    }
  }

  /** @internal */
  public get _request(): HttpRequestOptions {
    return this.options;
  }

  /** @internal */
  public _longestMs(): number {
    const attempt = timeoutOf(this.options).toMilliseconds() + this.interval.toMilliseconds();
    return attempt * (this.consecutive + this.transportRetries);
  }

  /** @internal */
  public _render(context: _CheckContext): HttpCheckDocument {
    return {
      kind: 'http',
      name: this.name,
      target: renderTarget(`check '${this.name}'`, this.options, context),
      request: renderRequest(this.options, context),
      assertions: this.options.assertions.map((assertion) => assertion._render(context.values)),
      consecutive: this.consecutive,
      intervalMs: this.interval.toMilliseconds(),
      transportRetries: this.transportRetries,
    };
  }
}

function defaultName(options: HttpCheckOptions): string {
  const target = options.target?._target;
  const where = target !== undefined && 'url' in target ? target.url : (options.path ?? '/');
  return `${options.method ?? 'GET'} ${where}`;
}

import type { Capture } from './capture';
import type { HttpAssertion } from './http-assertion';
import type { HttpAuth } from './http-auth';
import type { HttpRequestOptions } from './http-request';

/** One request among several. Path, headers, body and URL, and what assertions compare with, may refer to values as `{{name}}`. */
export interface HttpStepOptions extends HttpRequestOptions {
  /**
   * What must hold for the response, all of it.
   *
   * @default - nothing is asserted, which only a step may that captures something and is not the last
   */
  readonly assertions?: HttpAssertion[];

  /**
   * Values that are taken out of the response, by the names that later steps refer to as `{{name}}`.
   *
   * @default - none
   */
  readonly captures?: { [name: string]: Capture };

  /**
   * How the request proves who sends it.
   *
   * @default - it does not
   */
  readonly auth?: HttpAuth;
}

/** A step of a check that sends several requests, one after the other. */
export class HttpStep {
  /**
   * A GET request for a path.
   *
   * @param requestPath path and query on the target listener
   */
  public static get(requestPath: string, options: HttpStepOptions = {}): HttpStep {
    return new HttpStep({ ...options, method: 'GET', path: requestPath });
  }

  /**
   * A POST request to a path.
   *
   * @param requestPath path and query on the target listener
   */
  public static post(requestPath: string, options: HttpStepOptions = {}): HttpStep {
    return new HttpStep({ ...options, method: 'POST', path: requestPath });
  }

  /** A request with whatever method, path or URL. */
  public static request(options: HttpStepOptions): HttpStep {
    return new HttpStep(options);
  }

  private constructor(private readonly options: HttpStepOptions) {}

  /** @internal */
  public get _options(): HttpStepOptions {
    return this.options;
  }
}

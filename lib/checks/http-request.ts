import type { Duration } from 'aws-cdk-lib/core';

import type { CheckTarget } from './check-target';

/** A request that a hook sends. */
export interface HttpRequestOptions {
  /**
   * Where the request goes.
   *
   * @default - the test listener
   */
  readonly target?: CheckTarget;

  /**
   * Path and query, for a listener; a URL holds its own.
   *
   * @default '/'
   */
  readonly path?: string;

  /**
   * Method, in capital letters.
   *
   * @default 'GET'
   */
  readonly method?: string;

  /**
   * Headers of the request. `Host` is set by `host`.
   *
   * @default - none but those that HTTP asks for
   */
  readonly headers?: { [name: string]: string };

  /**
   * Body of the request.
   *
   * @default - no body
   */
  readonly body?: string;

  /**
   * Time for one attempt, from connecting to the end of the response, from 1 millisecond to 5 minutes.
   *
   * @default Duration.seconds(5)
   */
  readonly timeout?: Duration;

  /**
   * Name of the host: the Host header, the TLS server name, and the name that the certificate is verified for.
   *
   * An HTTPS listener needs it, since no certificate names a load balancer's own address.
   *
   * @default - the load balancer's address, or the URL's host
   */
  readonly host?: string;

  /**
   * Redirects to follow, at most 10.
   *
   * @default 0 - a redirect is the answer
   */
  readonly maxRedirects?: number;
}

import { Token } from 'aws-cdk-lib/core';

import type { RequestTarget } from '../model/suite';
import { refusedHost } from '../private/addresses';

/** Where a request goes. */
export class CheckTarget {
  /** The test listener, where the new version answers before production traffic reaches it. */
  public static readonly TEST_LISTENER = new CheckTarget({ listener: 'test' });
  /** The production listener, where the new version answers once traffic has been shifted. */
  public static readonly PRODUCTION_LISTENER = new CheckTarget({ listener: 'production' });

  /**
   * A URL with its path and query.
   *
   * @param url an `http` or `https` URL; the hook must be able to reach it
   * @throws when it is no such URL, holds a user name, or names a loopback or link-local address
   */
  public static url(url: string): CheckTarget {
    if (!Token.isUnresolved(url)) {
      requireAllowed(url);
    }
    return new CheckTarget({ url });
  }

  private constructor(private readonly target: RequestTarget) {}

  /** @internal */
  public get _target(): RequestTarget {
    return this.target;
  }
}

function requireAllowed(text: string): void {
  if (!URL.canParse(text)) {
    throw new Error(`'${text}' is not a URL; write it in full, such as 'https://api.example.com/health'`);
  }
  const url = new URL(text);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new Error(`'${text}' must be an http or https URL, got '${url.protocol.slice(0, -1)}'`);
  }
  if (url.username !== '' || url.password !== '') {
    throw new Error(`URL of host '${url.host}' holds a user name or password, which would be stored in plain text; send a header instead`);
  }
  const refused = refusedHost(url.hostname);
  if (refused !== undefined) {
    throw new Error(`'${text}' names ${refused} address, which a hook may never ask; use the address that clients use`);
  }
}

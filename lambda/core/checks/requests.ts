import { ENV } from '../../../lib/model/hook-contract';
import type { HttpRequestDocument, RequestTarget } from '../../../lib/model/suite';
import { ConfigurationError } from '../failures';
import type { Environment, OutgoingRequest } from '../ports';
import { excerpt, quoted } from '../text';

/** A request that is ready to be sent, and how it is spoken of. */
export interface PreparedRequest {
  readonly request: OutgoingRequest;
  /** Method and path with the listener, or the URL. The values of a query are left out: they may be secrets. */
  readonly label: string;
}

/** Fails when the listener has no URL here, or the URL is none that can be asked. */
export function prepareRequest(environment: Environment, target: RequestTarget, document: HttpRequestDocument): PreparedRequest {
  const url = parseUrl('url' in target ? target.url : `${baseUrl(environment, target.listener)}${document.path}`);
  const { method, headers, body, timeoutMs, host, maxRedirects } = document;
  const optional = { ...(body === undefined ? {} : { body }), ...(host === undefined ? {} : { host }) };
  const request = { method, url: url.href, headers, timeoutMs, maxRedirects, ...optional };
  const query = url.search === '' ? '' : '?…';
  const place = 'url' in target ? '' : ` on the ${target.listener} listener`;
  return { request, label: `${method} ${excerpt(`${place === '' ? url.origin : ''}${url.pathname}${query}`, 300)}${place}` };
}

function baseUrl(environment: Environment, listener: 'test' | 'production'): string {
  const variable = listener === 'test' ? ENV.testUrl : ENV.productionUrl;
  const value = environment.variable(variable);
  if (value === undefined || value === '') {
    const remedy = 'give the rollout that listener, or the check a URL';
    throw new ConfigurationError(`a check asks the ${listener} listener, but environment variable ${variable} is not set; ${remedy}`);
  }
  return value.replace(/\/+$/, '');
}

function parseUrl(text: string): URL {
  const url = URL.parse(text);
  if (url === null || !['http:', 'https:'].includes(url.protocol) || url.hostname === '') {
    throw new ConfigurationError(`a check's URL must begin with http:// or https:// and name a host, got ${quoted(text)}`);
  }
  if (url.username !== '' || url.password !== '') {
    throw new ConfigurationError(`a check's URL must not hold a user name or password; send them in a header (host ${quoted(url.host)})`);
  }
  return url;
}

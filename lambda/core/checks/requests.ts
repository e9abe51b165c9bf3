import { ENV } from '../../../lib/model/hook-contract';
import type { HttpAuthDocument } from '../../../lib/model/http-document';
import type { HttpRequestDocument, RequestTarget } from '../../../lib/model/suite';
import { inUrl } from '../encodings';
import { ConfigurationError, UnusableValue } from '../failures';
import type { CookieSession, Environment, OutgoingRequest } from '../ports';
import { excerpt, quoted } from '../text';
import { fillBody } from './bodies';
import type { Encode, Values } from './templates';
import { fill, referencesIn } from './templates';

/** A request that is ready to be sent, and how it is spoken of. */
export interface PreparedRequest {
  readonly request: OutgoingRequest;
  /** Method and path with the listener, or the URL, as the document has them. What follows a question mark is left out. */
  readonly label: string;
}

/** What a request is filled with. */
export interface Filling {
  readonly values: Values;
  readonly auth?: HttpAuthDocument;
  /** Whether a text holds what must not go to another origin. */
  readonly isSecret?: (text: string) => boolean;
  readonly cookies?: CookieSession;
}

const NOTHING: Filling = { values: {} };

/** What a header's value may hold; a line break would begin another header. */
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/**
 * Fails when the listener has no URL here, or the URL is none that can be asked: both are configurations that cannot be played.
 * A value that cannot be sent where it is to go is an `UnusableValue`.
 */
export function prepareRequest(environment: Environment, target: RequestTarget, document: HttpRequestDocument, filling: Filling = NOTHING): PreparedRequest {
  const { values, auth, isSecret, cookies } = filling;
  const text = 'url' in target ? target.url : `${baseUrl(environment, target.listener)}${document.path}`;
  const url = parseUrl(fill(text, values, inUrlPart(values)));
  const { method, timeoutMs, host, maxRedirects } = document;
  const body = fillBody(document, values);
  const optional = {
    ...(body === undefined ? {} : { body }),
    ...(host === undefined ? {} : { host }),
    ...(isSecret === undefined ? {} : { isSecret }),
    ...(cookies === undefined ? {} : { cookies }),
    ...(auth?.kind === 'sigV4' ? { sign: { service: auth.service, ...(auth.region === undefined ? {} : { region: auth.region }) } } : {}),
  };
  const request = { method, url: url.href, headers: headersOf(document, filling), timeoutMs, maxRedirects, ...optional };
  return { request, label: labelOf(target, document, url) };
}

function headersOf({ headers }: HttpRequestDocument, { values, auth }: Filling): Readonly<Record<string, string>> {
  const filled = Object.entries(headers).map(([name, text]) => [name, fill(text, values)] as const);
  const all = [...filled, ...authorization(auth, values)];
  const broken = all.find(([, value]) => !HEADER_VALUE.test(value));
  if (broken !== undefined) {
    throw new UnusableValue(`header ${broken[0]} cannot be sent: a value in it holds a line break or a character that no header may have`, false);
  }
  return Object.fromEntries(all);
}

/** @see https://www.rfc-editor.org/rfc/rfc7617 @see https://www.rfc-editor.org/rfc/rfc6750 */
function authorization(auth: HttpAuthDocument | undefined, values: Values): readonly (readonly [string, string])[] {
  switch (auth?.kind) {
    case 'basic':
      return [['authorization', `Basic ${Buffer.from(`${fill(auth.user, values)}:${fill(auth.password, values)}`, 'utf8').toString('base64')}`]];
    case 'bearer':
      return [['authorization', `Bearer ${fill(auth.token, values)}`]];
    default:
      return [];
  }
}

/** Values may not climb up a path. */
function inUrlPart(values: Values): Encode {
  return (value) => {
    if (value === '.' || value === '..') {
      const name = Object.keys(values).find((known) => values[known] === value) ?? '';
      throw new UnusableValue(`value "${name}" is "${value}", which would lead to another path`, false);
    }
    return inUrl(value);
  };
}

function labelOf(target: RequestTarget, { method, path }: HttpRequestDocument, url: URL): string {
  const text = 'url' in target ? target.url : path;
  const refers = referencesIn(text).length > 0;
  const shown = refers ? text.replace(/[?#].*$/s, '') : `${'url' in target ? url.origin : ''}${url.pathname}`;
  const place = 'url' in target ? '' : ` on the ${target.listener} listener`;
  return `${method} ${excerpt(`${shown}${url.search === '' ? '' : '?…'}`, 300)}${place}`;
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

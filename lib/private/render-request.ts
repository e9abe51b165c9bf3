/** Renders a request of a check or of the settle phase, and says what is wrong with it. */
import { Duration, Token } from 'aws-cdk-lib/core';

import type { _CheckContext } from '../checks/check';
import { CheckTarget } from '../checks/check-target';
import type { HttpRequestOptions } from '../checks/http-request';
import type { HttpRequestDocument, RequestTarget } from '../model/suite';
import { requireHost, requireMethod, requirePath, requireRequestHeader } from './http-syntax';
import { requireDuration, requireWhole } from './numbers';

const DEFAULT_TIMEOUT = Duration.seconds(5);
const MAX_TIMEOUT_MS = 300_000;
const MAX_REDIRECTS = 10;

/** Throws for what can be known before the request is bound to a rollout. */
export function requireValidRequest(options: HttpRequestOptions): void {
  requireMethod(options.method ?? 'GET');
  requirePath(options.path ?? '/');
  Object.entries(options.headers ?? {}).forEach(([name, value]) => requireRequestHeader(name, value));
  requireDuration('timeout', timeoutOf(options), 'milliseconds', 1, MAX_TIMEOUT_MS);
  requireWhole('maxRedirects', options.maxRedirects ?? 0, 0, MAX_REDIRECTS);
  if (options.host !== undefined) {
    requireHost(options.host);
  }
  if ('url' in targetOf(options) && options.path !== undefined) {
    throw new Error(`'path' is for listeners, got '${options.path}' with a URL; write the path into the URL`);
  }
}

export const targetOf = (options: HttpRequestOptions): RequestTarget => (options.target ?? CheckTarget.TEST_LISTENER)._target;

export const timeoutOf = (options: HttpRequestOptions): Duration => options.timeout ?? DEFAULT_TIMEOUT;

export function renderTarget(name: string, options: HttpRequestOptions, context: _CheckContext): RequestTarget {
  const target = targetOf(options);
  if ('url' in target) {
    return { url: context.values.replace(target.url) };
  }
  const listener = context[target.listener];
  if (listener === undefined) {
    const remedy = context.remedies?.[target.listener] ?? "which the rollout does not have; give the endpoint a 'testPort' or set 'target'";
    throw new Error(`${name} asks the ${target.listener} listener, ${remedy}`);
  }
  if (listener.protocol === 'HTTPS' && listener.ownName !== true && options.host === undefined) {
    throw new Error(
      `${name} asks an HTTPS listener without 'host'; set 'host' to a name of its certificate, since no ` +
        `certificate names ${listener.whose ?? "the load balancer"}'s address`,
    );
  }
  return target;
}

export function renderRequest(options: HttpRequestOptions, context: _CheckContext): HttpRequestDocument {
  const replace = (text: string) => context.values.replace(text);
  const headers = Object.entries(options.headers ?? {}).map(([name, value]) => [name, replace(value)]);
  return {
    method: options.method ?? 'GET',
    path: 'url' in targetOf(options) ? '' : replace(options.path ?? '/'),
    headers: Object.fromEntries(headers),
    ...(options.body === undefined ? {} : { body: replace(options.body) }),
    timeoutMs: timeoutOf(options).toMilliseconds(),
    ...(options.host === undefined ? {} : { host: replace(options.host) }),
    maxRedirects: options.maxRedirects ?? 0,
  };
}

/** The port of a URL target, where it is known. */
export function urlPort(target: RequestTarget): number | undefined {
  if (!('url' in target) || Token.isUnresolved(target.url)) {
    return undefined;
  }
  const url = new URL(target.url);
  return url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port);
}

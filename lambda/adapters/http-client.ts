import type { AddressPolicy } from './address-policy';
import { refuseLocalAddresses } from './address-policy';
import type { AddressResolver } from './address-resolver';
import { resolveByDns } from './address-resolver';
import type { Hop, HopAnswer, Sender } from './http-exchange';
import { httpSender } from './http-exchange';
import { within } from '../core/deadline';
import { Overdue, TransportFailure } from '../core/failures';
import type { Clock, HttpClient, OutgoingRequest } from '../core/ports';

export interface HttpClientOptions {
  readonly clock: Clock;
  readonly resolve?: AddressResolver;
  readonly policy?: AddressPolicy;
  /** Certificate authorities instead of the system's. */
  readonly authorities?: readonly string[];
  /** Milliseconds since 1970. */
  readonly today?: () => number;
}

const REDIRECTS: readonly number[] = [301, 302, 303, 307, 308];

/** Headers that another origin must not get to see. */
const CREDENTIALS: readonly string[] = ['authorization', 'cookie', 'proxy-authorization'];

/**
 * Sends requests over HTTP/1.1 with kept-alive connections. Names are resolved before every connection, addresses that a
 * hook must not reach are refused, and what was checked is what is connected to. Certificates are always verified.
 */
export function httpClient(options: HttpClientOptions): HttpClient {
  const { clock, resolve = resolveByDns, policy = refuseLocalAddresses, authorities, today = Date.now } = options;
  const sender = httpSender({ clock, resolve, policy, authorities, today });
  return {
    send: async (request, signal) => {
      const startedAt = clock.now();
      try {
        const answer = await within(clock, { ms: request.timeoutMs, signal }, (inner) => follow(sender, request, inner));
        const { lookupMs, ...rest } = answer;
        return { ...rest, durationMs: clock.now() - startedAt - lookupMs };
      } catch (error) {
        if (error instanceof Overdue && !signal.aborted) {
          throw new TransportFailure('timeout', `no complete answer within ${request.timeoutMs} ms`);
        }
        throw error;
      }
    },
  };
}

/** The redirect after the last one that may be followed is the answer. */
async function follow(sender: Sender, request: OutgoingRequest, signal: AbortSignal): Promise<HopAnswer & { readonly url: string }> {
  let hop: Hop = { method: request.method, url: new URL(request.url), headers: request.headers, host: request.host, body: request.body };
  let lookupMs = 0;
  for (let followed = 0; ; followed++) {
    const answer = await sender(hop, signal);
    lookupMs += answer.lookupMs;
    const next = followed < request.maxRedirects ? nextHop(hop, answer) : undefined;
    if (next === undefined) {
      return { ...answer, lookupMs, url: withoutFragment(hop.url) };
    }
    hop = next;
  }
}

/** A fragment is never sent, and says nothing about what answered. */
function withoutFragment(url: URL): string {
  return url.hash === '' ? url.href : url.href.slice(0, -url.hash.length);
}

/** Where a redirect leads; undefined where the answer is none, or leads to what cannot be asked. */
function nextHop(hop: Hop, answer: HopAnswer): Hop | undefined {
  const location = answer.headers['location'];
  const url = location === undefined || !REDIRECTS.includes(answer.status) ? null : URL.parse(location, hop.url.href);
  if (url === null || !['http:', 'https:'].includes(url.protocol)) {
    return undefined;
  }
  const sameOrigin = url.origin === hop.url.origin;
  const asGet = answer.status === 303 ? hop.method !== 'HEAD' : hop.method === 'POST' && answer.status < 303;
  return {
    method: asGet ? 'GET' : hop.method,
    url,
    headers: Object.fromEntries(Object.entries(hop.headers).filter(([name]) => travels(name.toLowerCase(), sameOrigin, asGet))),
    host: sameOrigin ? hop.host : undefined,
    body: asGet ? undefined : hop.body,
  };
}

/** Whether a header is sent on: credentials stay within the origin, and what describes a body stays with the body. */
function travels(name: string, sameOrigin: boolean, withoutBody: boolean): boolean {
  return (sameOrigin || !CREDENTIALS.includes(name)) && !(withoutBody && name.startsWith('content-'));
}

import type { AddressPolicy } from './address-policy';
import { refuseLocalAddresses } from './address-policy';
import type { AddressResolver } from './address-resolver';
import { resolveByDns } from './address-resolver';
import { CookieJar } from './cookie-jar';
import type { Hop, HopAnswer, Sender } from './http-exchange';
import { httpSender } from './http-exchange';
import type { SignRequest } from './request-signer';
import { requestSigner } from './request-signer';
import { within } from '../core/deadline';
import { Overdue, TransportFailure } from '../core/failures';
import type { Clock, CookieSession, HttpClient, OutgoingRequest } from '../core/ports';

export interface HttpClientOptions {
  readonly clock: Clock;
  readonly resolve?: AddressResolver;
  readonly policy?: AddressPolicy;
  /** Certificate authorities instead of the system's. */
  readonly authorities?: readonly string[];
  /** Milliseconds since 1970. */
  readonly today?: () => number;
  readonly sign?: SignRequest;
}

const REDIRECTS: readonly number[] = [301, 302, 303, 307, 308];

/** Headers that another origin must not get to see. */
const CREDENTIALS: readonly string[] = ['authorization', 'cookie', 'proxy-authorization'];

/**
 * Sends requests over HTTP/1.1 with kept-alive connections. Names are resolved before every connection, addresses that a
 * hook must not reach are refused, and what was checked is what is connected to. Certificates are always verified.
 */
export function httpClient(options: HttpClientOptions): HttpClient {
  const { clock, resolve = resolveByDns, policy = refuseLocalAddresses, authorities, today = Date.now, sign = requestSigner() } = options;
  const send = httpSender({ clock, resolve, policy, authorities, today });
  const jars = new WeakMap<CookieSession, CookieJar>();
  const jarOf = (session: CookieSession): CookieJar => {
    const jar = jars.get(session) ?? new CookieJar(today);
    jars.set(session, jar);
    return jar;
  };
  return {
    send: async (request, signal) => {
      const startedAt = clock.now();
      try {
        const answer = await within(clock, { ms: request.timeoutMs, signal }, (inner) => follow({ send, sign, jar: request.cookies === undefined ? undefined : jarOf(request.cookies) }, request, inner));
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

interface Legs {
  readonly send: Sender;
  readonly sign: SignRequest;
  readonly jar: CookieJar | undefined;
}

/** The redirect after the last one that may be followed is the answer. */
async function follow(legs: Legs, request: OutgoingRequest, signal: AbortSignal): Promise<HopAnswer & { readonly url: string }> {
  const first = new URL(request.url);
  let hop: Hop = { method: request.method, url: first, headers: request.headers, host: request.host, body: request.body };
  let lookupMs = 0;
  for (let followed = 0; ; followed++) {
    const answer = await leg(legs, request, { hop, sameOrigin: hop.url.origin === first.origin }, signal);
    lookupMs += answer.lookupMs;
    const next = followed < request.maxRedirects ? nextHop(hop, answer, request) : undefined;
    if (next === undefined) {
      return { ...answer, lookupMs, url: withoutFragment(hop.url) };
    }
    hop = next;
  }
}

/** One leg with the cookies of its origin, and with a signature of its own where it stays within the first origin. */
async function leg({ send, sign, jar }: Legs, request: OutgoingRequest, { hop, sameOrigin }: { readonly hop: Hop; readonly sameOrigin: boolean }, signal: AbortSignal): Promise<HopAnswer> {
  const kept = jar?.header(hop.url);
  const headers = kept === undefined ? hop.headers : withCookies(hop.headers, kept);
  const ready = { ...hop, headers };
  const answer = await send(request.sign !== undefined && sameOrigin ? { ...ready, headers: await sign(ready, request.sign) } : ready, signal);
  jar?.keep(hop.url, answer.setCookies).forEach((value) => request.cookies?.received(value));
  return answer;
}

/** Those of the request come first. */
function withCookies(headers: Readonly<Record<string, string>>, kept: string): Readonly<Record<string, string>> {
  const name = Object.keys(headers).find((known) => known.toLowerCase() === 'cookie') ?? 'cookie';
  return { ...headers, [name]: headers[name] === undefined ? kept : `${headers[name]}; ${kept}` };
}

/** A fragment is never sent, and says nothing about what answered. */
function withoutFragment(url: URL): string {
  return url.hash === '' ? url.href : url.href.slice(0, -url.hash.length);
}

/**
 * Where a redirect leads; undefined where the answer is none, or leads to what cannot be asked. Nor is one followed that would carry a
 * secret to another origin in its URL or in its body: it is the answer then.
 */
function nextHop(hop: Hop, answer: HopAnswer, { isSecret = () => false }: OutgoingRequest): Hop | undefined {
  const location = answer.headers['location'];
  const url = location === undefined || !REDIRECTS.includes(answer.status) ? null : URL.parse(location, hop.url.href);
  if (url === null || !['http:', 'https:'].includes(url.protocol)) {
    return undefined;
  }
  const sameOrigin = url.origin === hop.url.origin;
  const asGet = answer.status === 303 ? hop.method !== 'HEAD' : hop.method === 'POST' && answer.status < 303;
  const body = asGet ? undefined : hop.body;
  if (!sameOrigin && (isSecret(url.href) || isSecret(body ?? ''))) {
    return undefined;
  }
  const kept = Object.entries(hop.headers).filter(([name, value]) => travels(name.toLowerCase(), sameOrigin, asGet) && (sameOrigin || !isSecret(value)));
  return { method: asGet ? 'GET' : hop.method, url, headers: Object.fromEntries(kept), host: sameOrigin ? hop.host : undefined, body };
}

/** Whether a header is sent on: credentials stay within the origin, and what describes a body stays with the body. */
function travels(name: string, sameOrigin: boolean, withoutBody: boolean): boolean {
  return (sameOrigin || !CREDENTIALS.includes(name)) && !(withoutBody && name.startsWith('content-'));
}

/** One request and its answer over node:http(s). */
import type { ClientRequest, IncomingMessage, RequestOptions } from 'node:http';
import * as http from 'node:http';
import * as https from 'node:https';
import type { LookupFunction } from 'node:net';
import { TLSSocket } from 'node:tls';

import { TransportFailure } from '../core/failures';
import type { Clock, ServerCertificate } from '../core/ports';
import { MAX_BODY_BYTES } from '../core/ports';
import type { Address, AddressPolicy } from './address-policy';
import type { AddressResolver } from './address-resolver';
import { isAddress } from './address-resolver';
import { transportFailure } from './transport-errors';

/** One leg of a request: redirects make several. */
export interface Hop {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly host: string | undefined;
  readonly body: string | undefined;
}

export interface HopAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly setCookies: readonly string[];
  readonly body: string;
  readonly bytes: Uint8Array;
  readonly bodyTruncated: boolean;
  readonly certificate?: ServerCertificate;
  /** How long it took to find the addresses. */
  readonly lookupMs: number;
}

export type Sender = (hop: Hop, signal: AbortSignal) => Promise<HopAnswer>;

export interface SenderOptions {
  readonly clock: Clock;
  readonly resolve: AddressResolver;
  readonly policy: AddressPolicy;
  readonly authorities: readonly string[] | undefined;
  /** Milliseconds since 1970: certificates end on a date. */
  readonly today: () => number;
}

const DAY_MS = 86_400_000;

/** Sending these twice does no harm. */
const SAFE_METHODS: readonly string[] = ['GET', 'HEAD', 'OPTIONS'];

export function httpSender(options: SenderOptions): Sender {
  const agents = {
    'http:': new http.Agent({ keepAlive: true }),
    'https:': new https.Agent({ keepAlive: true, ...tlsOptions(options) }),
  };
  return async (hop, signal) => {
    const startedAt = options.clock.now();
    const addresses = await allowedAddresses(options, hop.url, signal);
    const lookupMs = options.clock.now() - startedAt;
    const kept = hop.url.protocol === 'https:' ? agents['https:'] : agents['http:'];
    // What must not be sent twice never meets a connection that the server is just closing.
    const agent = SAFE_METHODS.includes(hop.method) ? kept : freshAgent(hop, options);
    try {
      return { ...(await exchange(hop, requestOptions(hop, addresses, agent), options, signal)), lookupMs };
    } catch (error) {
      if (!(error instanceof StaleConnection)) {
        throw error;
      }
      return { ...(await exchange(hop, requestOptions(hop, addresses, freshAgent(hop, options)), options, signal)), lookupMs };
    }
  };
}

/** The server closed a kept-alive connection just before it was used again: that says nothing about the server. */
class StaleConnection extends Error {}

function freshAgent(hop: Hop, options: SenderOptions): http.Agent {
  return hop.url.protocol === 'https:' ? new https.Agent(tlsOptions(options)) : new http.Agent();
}

/** Certificates are verified whatever NODE_TLS_REJECT_UNAUTHORIZED says. A resumed session would show none: each connection asks for its own. */
export function tlsOptions({ authorities }: Pick<SenderOptions, 'authorities'>): https.AgentOptions {
  return { rejectUnauthorized: true, maxCachedSessions: 0, ...(authorities === undefined ? {} : { ca: [...authorities] }) };
}

/** One refused address is enough to refuse the name: which of them is connected to must not be a matter of luck. */
export async function allowedAddresses({ resolve, policy }: Pick<SenderOptions, 'resolve' | 'policy'>, url: URL, signal: AbortSignal): Promise<readonly Address[]> {
  const hostname = bareHostname(url);
  const addresses = await resolve(hostname, signal);
  signal.throwIfAborted();
  for (const { address } of addresses) {
    const why = policy(address);
    if (why !== undefined) {
      const name = address === hostname ? address : `${hostname} (${address})`;
      const remedy = 'name the load balancer or a public URL';
      throw new TransportFailure('refused-address', `${name} is a ${why} address, which a hook must not reach; ${remedy}`);
    }
  }
  if (addresses.length === 0) {
    throw new TransportFailure('dns', `${hostname} has no address`);
  }
  return addresses;
}

export function requestOptions(hop: Hop, addresses: readonly Address[], agent: http.Agent): RequestOptions {
  const hostname = bareHostname(hop.url);
  const serverName = hop.host?.replace(/:\d+$/, '') ?? hostname;
  return {
    method: hop.method,
    protocol: hop.url.protocol,
    hostname,
    ...(hop.url.port === '' ? {} : { port: Number(hop.url.port) }),
    path: `${hop.url.pathname}${hop.url.search}`,
    agent,
    lookup: pinned(addresses),
    // An IP address is no server name; the certificate is then verified for the address itself.
    ...(hop.url.protocol === 'https:' ? { servername: isAddress(serverName) ? '' : serverName } : {}),
    headers: {
      'accept-encoding': 'identity',
      'user-agent': 'cdk-greenlight',
      ...hop.headers,
      host: hop.host ?? hop.url.host,
      ...(hop.body === undefined ? {} : { 'content-length': String(Buffer.byteLength(hop.body)) }),
    },
  } as RequestOptions;
}

/** Answers the look-up of a connection with the addresses that were checked, and asks nobody again. */
function pinned(addresses: readonly Address[]): LookupFunction {
  return (_hostname, options, callback) => {
    if (options.all === true) {
      callback(null, [...addresses]);
    } else {
      const [first] = addresses;
      callback(null, first?.address ?? '', first?.family);
    }
  };
}

function exchange(hop: Hop, options: RequestOptions, { today }: SenderOptions, signal: AbortSignal): Promise<Omit<HopAnswer, 'lookupMs'>> {
  return new Promise((resolve, reject) => {
    let answered = false;
    const request = (hop.url.protocol === 'https:' ? https : http).request(options);
    const stop = () => request.destroy(signal.reason instanceof Error ? signal.reason : new Error('aborted'));
    signal.addEventListener('abort', stop, { once: true });
    request.once('close', () => {
      signal.removeEventListener('abort', stop);
      // An answer that switches the protocol ends here, without an error and without a response.
      if (!answered) {
        reject(new TransportFailure('protocol', 'the connection was closed without an answer to the request, or the answer switched to another protocol'));
      }
    });
    request.on('error', (error: NodeJS.ErrnoException) => {
      const failure = !answered && isStale(hop, request, error) ? new StaleConnection() : transportFailure(error);
      reject(signal.aborted ? signal.reason : failure);
    });
    request.on('response', (response) => {
      answered = true;
      // Asked now: a connection that is closed knows its certificate no more.
      const certificate = certificateOf(response, today());
      readBody(response).then(
        (body) => resolve({ status: response.statusCode ?? 0, headers: joined(response.rawHeaders), setCookies: response.headers['set-cookie'] ?? [], ...certificate, ...body }),
        (error) => reject(signal.aborted ? signal.reason : transportFailure(error)),
      );
    });
    request.end(hop.body);
  });
}

function certificateOf({ socket }: IncomingMessage, now: number): { readonly certificate?: ServerCertificate } {
  const validTo = socket instanceof TLSSocket ? Date.parse(socket.getPeerCertificate().valid_to) : Number.NaN;
  return Number.isNaN(validTo) ? {} : { certificate: { validTo: new Date(validTo).toISOString(), daysLeft: (validTo - now) / DAY_MS } };
}

function isStale(hop: Hop, request: ClientRequest, error: NodeJS.ErrnoException): boolean {
  return request.reusedSocket && SAFE_METHODS.includes(hop.method) && (error.code === 'ECONNRESET' || error.code === 'EPIPE');
}

/** Reads to the end or to the limit, and then lets go of the connection. */
async function readBody(response: IncomingMessage): Promise<Pick<HopAnswer, 'body' | 'bytes' | 'bodyTruncated'>> {
  // One buffer for all of it: a body may come in a million chunks, each of which is an object far larger than its byte.
  const kept = Buffer.allocUnsafe(MAX_BODY_BYTES);
  let size = 0;
  for await (const chunk of response) {
    (chunk as Buffer).copy(kept, size);
    size += (chunk as Buffer).length;
    if (size > MAX_BODY_BYTES) {
      // Leaving the loop destroys the response and its connection.
      break;
    }
  }
  const bytes = kept.subarray(0, Math.min(size, MAX_BODY_BYTES));
  return { body: bytes.toString('utf8'), bytes, bodyTruncated: size > MAX_BODY_BYTES };
}

/** Names and values in turn. Node's own headers drop the second value of some, and cannot hold every name. */
function joined(raw: readonly string[]): Readonly<Record<string, string>> {
  const headers = new Map<string, string>();
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const name = (raw[index] ?? '').toLowerCase();
    const before = headers.get(name);
    headers.set(name, `${before === undefined ? '' : `${before}, `}${raw[index + 1] ?? ''}`);
  }
  return Object.fromEntries(headers);
}

/** Without the brackets of an IPv6 address. */
function bareHostname(url: URL): string {
  return url.hostname.replace(/^\[(.*)\]$/, '$1');
}

/** One request and its answer over node:http(s). */
import type { ClientRequest, IncomingMessage, RequestOptions } from 'node:http';
import * as http from 'node:http';
import * as https from 'node:https';
import type { LookupFunction } from 'node:net';

import { TransportFailure } from '../core/failures';
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
  readonly body: string;
  readonly bodyTruncated: boolean;
}

export type Sender = (hop: Hop, signal: AbortSignal) => Promise<HopAnswer>;

export interface SenderOptions {
  readonly resolve: AddressResolver;
  readonly policy: AddressPolicy;
  readonly authorities: readonly string[] | undefined;
}

/** Sending these twice does no harm. */
const SAFE_METHODS: readonly string[] = ['GET', 'HEAD', 'OPTIONS'];

export function httpSender(options: SenderOptions): Sender {
  const agents = {
    'http:': new http.Agent({ keepAlive: true }),
    'https:': new https.Agent({ keepAlive: true, ...(options.authorities === undefined ? {} : { ca: [...options.authorities] }) }),
  };
  return async (hop, signal) => {
    const addresses = await allowedAddresses(options, hop.url, signal);
    const agent = hop.url.protocol === 'https:' ? agents['https:'] : agents['http:'];
    try {
      return await exchange(hop, requestOptions(hop, addresses, agent), signal);
    } catch (error) {
      if (!(error instanceof StaleConnection)) {
        throw error;
      }
      return exchange(hop, { ...requestOptions(hop, addresses, agent), agent: freshAgent(hop, options) }, signal);
    }
  };
}

/** The server closed a kept-alive connection just before it was used again: that says nothing about the server. */
class StaleConnection extends Error {}

function freshAgent(hop: Hop, { authorities }: SenderOptions): http.Agent {
  return hop.url.protocol === 'https:' ? new https.Agent(authorities === undefined ? {} : { ca: [...authorities] }) : new http.Agent();
}

/** One refused address is enough to refuse the name: which of them is connected to must not be a matter of luck. */
async function allowedAddresses({ resolve, policy }: SenderOptions, url: URL, signal: AbortSignal): Promise<readonly Address[]> {
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

function requestOptions(hop: Hop, addresses: readonly Address[], agent: http.Agent): RequestOptions {
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

function exchange(hop: Hop, options: RequestOptions, signal: AbortSignal): Promise<HopAnswer> {
  return new Promise((resolve, reject) => {
    let answered = false;
    const request = (hop.url.protocol === 'https:' ? https : http).request(options);
    const stop = () => request.destroy(signal.reason instanceof Error ? signal.reason : new Error('aborted'));
    signal.addEventListener('abort', stop, { once: true });
    request.once('close', () => signal.removeEventListener('abort', stop));
    request.on('error', (error: NodeJS.ErrnoException) => {
      const failure = !answered && isStale(hop, request, error) ? new StaleConnection() : transportFailure(error);
      reject(signal.aborted ? signal.reason : failure);
    });
    request.on('response', (response) => {
      answered = true;
      readBody(response).then(
        (body) => resolve({ status: response.statusCode ?? 0, headers: joined(response.headers), ...body }),
        (error) => reject(signal.aborted ? signal.reason : transportFailure(error)),
      );
    });
    request.end(hop.body);
  });
}

function isStale(hop: Hop, request: ClientRequest, error: NodeJS.ErrnoException): boolean {
  return request.reusedSocket && SAFE_METHODS.includes(hop.method) && (error.code === 'ECONNRESET' || error.code === 'EPIPE');
}

/** Reads to the end or to the limit, and then lets go of the connection. */
async function readBody(response: IncomingMessage): Promise<{ readonly body: string; readonly bodyTruncated: boolean }> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response) {
    size += (chunk as Buffer).length;
    chunks.push(chunk as Buffer);
    if (size > MAX_BODY_BYTES) {
      // Leaving the loop destroys the response and its connection.
      break;
    }
  }
  return { body: Buffer.concat(chunks).subarray(0, MAX_BODY_BYTES).toString('utf8'), bodyTruncated: size > MAX_BODY_BYTES };
}

function joined(headers: IncomingMessage['headers']): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : (value ?? '')]));
}

/** Without the brackets of an IPv6 address. */
function bareHostname(url: URL): string {
  return url.hostname.replace(/^\[(.*)\]$/, '$1');
}

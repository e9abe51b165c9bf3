/** Sends many requests over node:http(s): each one as cheaply as it can be. */
import type { RequestOptions } from 'node:http';
import * as http from 'node:http';
import * as https from 'node:https';
import type { LookupFunction } from 'node:net';

import type { LineOptions, LoadEnd, LoadGenerator, LoadLine } from '../core/checks/load/ports';
import { TransportFailure } from '../core/failures';
import { MAX_BODY_BYTES } from '../core/ports';
import type { Address, AddressPolicy } from './address-policy';
import { refuseLocalAddresses } from './address-policy';
import type { AddressResolver } from './address-resolver';
import { systemClock } from './clock';
import type { Hop } from './http-exchange';
import { allowedAddresses, requestOptions, tlsOptions } from './http-exchange';
import { resolveByInterfaces } from './private-addresses';
import { transportFailure } from './transport-errors';

export interface LoadGeneratorOptions {
  /** @default the load balancer's private addresses where the hook is set to, else DNS */
  readonly resolve?: AddressResolver;
  readonly policy?: AddressPolicy;
  /** Certificate authorities instead of the system's. */
  readonly authorities?: readonly string[];
}

/**
 * A connection that has rested for so long is not used again: servers close resting ones, some after two seconds, and a request that meets such a
 * closing would look like an error of the service. Nothing is sent a second time, since a service that resets connections must not hide that.
 */
const MAX_REST_MS = 1_500;

/**
 * Names are resolved once, before the first request; addresses that a hook must not reach are refused, and what was checked is what is
 * connected to. Certificates are always verified.
 */
export function loadGenerator(options: LoadGeneratorOptions = {}): LoadGenerator {
  const { policy = refuseLocalAddresses, authorities } = options;
  return {
    open: async (requests, line, signal) => {
      const resolve = options.resolve ?? resolveByInterfaces({ environment: line.environment, clock: systemClock });
      const agents = makeAgents(line, authorities);
      const found = new Map<string, readonly Address[]>();
      const sendable: Sendable[] = [];
      for (const request of requests) {
        const hop: Hop = { ...request, url: new URL(request.url), host: request.host, body: request.body };
        const addresses = found.get(hop.url.hostname) ?? (await allowedAddresses({ resolve, policy }, hop.url, signal));
        found.set(hop.url.hostname, addresses);
        sendable.push(sendableOf(hop, addresses, agents));
      }
      return new HttpLine(sendable, agents);
    },
  };
}

interface Agents {
  readonly 'http:': http.Agent;
  readonly 'https:': https.Agent;
}

/** A request with all that is the same each time it is sent. */
interface Sendable {
  readonly start: typeof http.request;
  readonly options: RequestOptions;
  readonly body: string | undefined;
}

function makeAgents({ maxInFlight }: LineOptions, authorities: readonly string[] | undefined): Agents {
  const kept: http.AgentOptions = { keepAlive: true, maxSockets: maxInFlight, maxFreeSockets: maxInFlight, timeout: MAX_REST_MS };
  return { 'http:': new http.Agent(kept), 'https:': new https.Agent({ ...kept, ...tlsOptions({ authorities }) }) };
}

function sendableOf(hop: Hop, addresses: readonly Address[], agents: Agents): Sendable {
  const secure = hop.url.protocol === 'https:';
  const options = { ...requestOptions(hop, addresses, secure ? agents['https:'] : agents['http:']), lookup: spread(addresses) };
  return { start: secure ? https.request : http.request, options, body: hop.body };
}

/** Answers the look-up of every connection with the addresses that were checked, each time beginning with the next one: load is for all of them. */
function spread(addresses: readonly Address[]): LookupFunction {
  let turn = 0;
  return (_hostname, options, callback) => {
    const first = turn++ % addresses.length;
    const rotated = [...addresses.slice(first), ...addresses.slice(0, first)];
    if (options.all === true) {
      callback(null, rotated);
    } else {
      callback(null, rotated[0]?.address ?? '', rotated[0]?.family);
    }
  };
}

class HttpLine implements LoadLine {
  constructor(
    private readonly requests: readonly Sendable[],
    private readonly agents: Agents,
  ) {}

  send(index: number, done: (end: LoadEnd) => void): () => void {
    const request = this.requests[index];
    if (request === undefined) {
      throw new RangeError(`there is no request ${index}, only ${this.requests.length}`);
    }
    return exchange(request, done);
  }

  close(): void {
    this.agents['http:'].destroy();
    this.agents['https:'].destroy();
  }
}

/** One request, whose answer is read to its end and thrown away. Returns what ends it. */
function exchange({ start, options, body }: Sendable, done: (end: LoadEnd) => void): () => void {
  let over = false;
  const end = (how: LoadEnd) => {
    if (!over) {
      over = true;
      done(how);
    }
  };
  const fail = (failure: TransportFailure) => end({ failure });

  const request = start(options);
  request.on('response', (response) => {
    let size = 0;
    response.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > MAX_BODY_BYTES) {
        fail(new TransportFailure('too-large', `the body of the answer is larger than ${MAX_BODY_BYTES} bytes`));
        response.destroy();
      }
    });
    response.on('end', () => end({ status: response.statusCode ?? 0 }));
    response.on('error', (error) => fail(transportFailure(error)));
  });
  request.on('error', (error) => fail(transportFailure(error)));
  // An answer that switches the protocol ends here, without an error and without a response.
  request.on('close', () => {
    if (!over) {
      fail(new TransportFailure('protocol', 'the connection was closed without an answer, or the answer switched to another protocol'));
    }
  });
  request.end(body);
  return () => {
    over = true;
    request.destroy();
  };
}

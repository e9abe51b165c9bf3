/** Sends many requests over node:http(s): each one as cheaply as it can be. */
import type { ClientRequest, IncomingMessage, RequestOptions } from 'node:http';
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
import { allowedAddresses, requestOptions, SAFE_METHODS, tlsOptions } from './http-exchange';
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
 * A connection that has rested for so long is not used again: servers close resting ones, Node's own after 5 s and a load balancer after 60 s,
 * and a request that meets such a closing would count as an error of the service.
 */
const MAX_REST_MS = 4_000;

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
  /** It may be sent again when its connection was closed just before. */
  readonly safe: boolean;
}

function makeAgents({ maxInFlight }: LineOptions, authorities: readonly string[] | undefined): Agents {
  const kept: http.AgentOptions = { keepAlive: true, maxSockets: maxInFlight, maxFreeSockets: maxInFlight, timeout: MAX_REST_MS };
  return { 'http:': new http.Agent(kept), 'https:': new https.Agent({ ...kept, ...tlsOptions({ authorities }) }) };
}

function sendableOf(hop: Hop, addresses: readonly Address[], agents: Agents): Sendable {
  const secure = hop.url.protocol === 'https:';
  const options = { ...requestOptions(hop, addresses, secure ? agents['https:'] : agents['http:']), lookup: spread(addresses) };
  return { start: secure ? https.request : http.request, options, body: hop.body, safe: SAFE_METHODS.includes(hop.method) };
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
    const exchange = new Exchange(request, done);
    exchange.begin();
    return () => exchange.cancel();
  }

  close(): void {
    this.agents['http:'].destroy();
    this.agents['https:'].destroy();
  }
}

/** One request, whose answer is read to its end and thrown away. */
class Exchange {
  private request: ClientRequest | undefined;
  private over = false;
  private answered = false;

  constructor(
    private readonly sendable: Sendable,
    private readonly done: (end: LoadEnd) => void,
  ) {}

  begin(): void {
    const { start, options, body } = this.sendable;
    const request = start(options);
    this.request = request;
    request.on('response', (response) => this.read(response));
    request.on('error', (error: NodeJS.ErrnoException) => {
      if (this.isStale(request, error)) {
        this.begin();
      } else {
        this.fail(transportFailure(error));
      }
    });
    request.on('close', () => {
      // An answer that switches the protocol ends here, without an error and without a response.
      if (this.request === request && !this.answered) {
        this.fail(new TransportFailure('protocol', 'the connection was closed without an answer, or the answer switched to another protocol'));
      }
    });
    request.end(body);
  }

  cancel(): void {
    this.over = true;
    this.request?.destroy();
  }

  private read(response: IncomingMessage): void {
    this.answered = true;
    let size = 0;
    response.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > MAX_BODY_BYTES) {
        this.fail(new TransportFailure('too-large', `the body of the answer is larger than ${MAX_BODY_BYTES} bytes`));
        response.destroy();
      }
    });
    response.on('end', () => this.end({ status: response.statusCode ?? 0 }));
    response.on('error', (error) => this.fail(transportFailure(error)));
  }

  /** The server closed a resting connection just before it was used again: that says nothing about the server. */
  private isStale(request: ClientRequest, error: NodeJS.ErrnoException): boolean {
    return !this.over && !this.answered && request.reusedSocket && this.sendable.safe && (error.code === 'ECONNRESET' || error.code === 'EPIPE');
  }

  private fail(failure: TransportFailure): void {
    this.end({ failure });
  }

  private end(end: LoadEnd): void {
    if (!this.over) {
      this.over = true;
      this.done(end);
    }
  }
}

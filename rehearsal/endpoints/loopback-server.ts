/** The base of every local endpoint: a server on loopback whose answers take declared, virtual time. */
import http from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import https from 'node:https';
import type { AddressInfo, Server, Socket } from 'node:net';

import { UserError } from '../report/user-error';
import type { Conductor } from '../sandbox/conductor';

import { LoopbackExchange } from './loopback-exchange';

export interface LoopbackServerOptions {
  /** For messages, such as `codedeploy`. */
  readonly name: string;
  readonly conductor: Conductor;
  readonly handle: (request: LoopbackRequest) => LoopbackAnswer | Promise<LoopbackAnswer>;
  /** PEM texts; with them the server speaks HTTPS. @default HTTP */
  readonly tls?: { readonly key: string; readonly cert: string };
  /** @default a free port */
  readonly port?: number;
  /** Longest body that is read; beyond it the client gets 413. @default 10 MiB */
  readonly maxBodyBytes?: number;
}

export interface LoopbackRequest {
  readonly method: string;
  /** Path and query, as sent. */
  readonly url: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
  readonly remotePort: number;
  /** Virtual milliseconds. */
  readonly arrivedAt: number;
}

/**
 * `status`: an answer, after a latency that passes on the virtual clock. `hang`: silence until the client goes away. `reset`: the connection is
 * reset. `forward`: real work, whose measured time is the latency; it must not begin before the function is called. `later`: silence until the
 * promise settles, while virtual time passes; for an answer that waits for another child or for an event of the engine. Everything that an
 * endpoint does before it gives its answer happens at the moment of the arrival.
 */
export type LoopbackAnswer =
  | LoopbackResponse
  | { readonly hang: true }
  | { readonly reset: true; readonly afterMs?: number }
  | { readonly forward: () => Promise<LoopbackAnswer> }
  | { readonly later: () => Promise<LoopbackAnswer> };

export interface LoopbackResponse {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string | Uint8Array;
  /** Virtual latency since the arrival. @default 0 */
  readonly afterMs?: number;
}

export interface LoopbackServer {
  readonly name: string;
  readonly port: number;
  /** Such as `http://127.0.0.1:40001`. */
  readonly url: string;
  /** Ends every connection and frees the port. */
  close(): Promise<void>;
}


const HOST = '127.0.0.1';
const MAX_BODY_BYTES = 10 * 1024 * 1024;
/** Virtual time after which an idle connection is closed, as an Application Load Balancer does by default. */
const IDLE_MS = 60_000;

/** Starts a server on 127.0.0.1. Rejects, naming the port, where it is in use. */
export async function startLoopbackServer(options: LoopbackServerOptions): Promise<LoopbackServer> {
  const { name, tls, port = 0 } = options;
  const connections = new IdleConnections(options.conductor);
  const serve = (request: IncomingMessage, response: ServerResponse) => void answer(options, connections, request, response);
  // Connections are closed by events of the engine, never by a real clock.
  const patience = { keepAliveTimeout: 0, requestTimeout: 0, headersTimeout: 0 };
  const server = tls ? https.createServer({ ...patience, ...tls }, serve) : http.createServer(patience, serve);
  server.on('clientError', (_error, socket) => socket.destroy());
  server.on('connection', (socket: Socket) => connections.opened(socket));
  await listen(server, name, port);
  const { port: bound } = server.address() as AddressInfo;
  return {
    name,
    port: bound,
    url: `${tls ? 'https' : 'http'}://${HOST}:${bound}`,
    close: () => {
      connections.closeAll();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

async function answer(options: LoopbackServerOptions, connections: IdleConnections, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { conductor, name, handle } = options;
  const exchange = new LoopbackExchange(conductor, name, response, connections.raw(request.socket));
  connections.used(request.socket);
  response.once('finish', () => connections.rests(request.socket));
  let body: Buffer | undefined;
  try {
    body = await readBody(request, options.maxBodyBytes ?? MAX_BODY_BYTES);
  } catch {
    // The client went away within its own request; nobody is left to answer.
    return;
  }
  if (body === undefined) {
    response.setHeader('connection', 'close');
    exchange.play({ status: 413, body: 'the body of the request is too large' });
    return;
  }
  const done = conductor.busy(`${name}: ${request.method} ${request.url}`);
  try {
    exchange.play(
      await handle({
        method: request.method ?? 'GET',
        url: request.url ?? '/',
        headers: request.headers,
        body,
        remotePort: exchange.clientPort,
        arrivedAt: exchange.arrivedAt,
      }),
    );
  } catch (error) {
    conductor.fail(error);
    exchange.play({ status: 500, body: `the rehearsal's ${name} failed` });
  } finally {
    done();
  }
}

/** Reads to the end, so that the client is done writing; undefined for a body beyond the limit. */
async function readBody(request: IncomingMessage, limit: number): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length <= limit) {
      chunks.push(chunk);
    }
  }
  return length > limit ? undefined : Buffer.concat(chunks);
}

function listen(server: Server, name: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const taken = error.code === 'EADDRINUSE';
      reject(taken ? new UserError(`port ${port} on ${HOST} is in use, so that ${name} cannot listen there; choose another port, or 0 for a free one`) : error);
    });
    server.listen(port, HOST, () => resolve());
  });
}

/** The connections of a server, and which of them rest between two requests. */
class IdleConnections {
  private readonly sockets = new Map<number, Socket>();
  private readonly resting = new Map<number, () => void>();

  constructor(private readonly conductor: Conductor) {}

  opened(socket: Socket): void {
    const port = socket.remotePort ?? 0;
    this.sockets.set(port, socket);
    socket.once('close', () => {
      this.sockets.delete(port);
      this.wake(port);
    });
    // An error is followed by the end of the connection, which is all that concerns us.
    socket.on('error', () => undefined);
  }

  /** The TCP connection below, which differs from the request's own under TLS. */
  raw(socket: Socket): Socket {
    return this.sockets.get(socket.remotePort ?? 0) ?? socket;
  }

  used(socket: Socket): void {
    this.wake(socket.remotePort ?? 0);
  }

  rests(socket: Socket): void {
    const port = socket.remotePort;
    const raw = port === undefined ? undefined : this.sockets.get(port);
    if (port !== undefined && raw !== undefined) {
      this.resting.set(port, this.conductor.scheduler.after(IDLE_MS, 'end of an idle connection', () => raw.destroy()));
    }
  }

  closeAll(): void {
    for (const socket of this.sockets.values()) {
      socket.destroy();
    }
  }

  private wake(port: number): void {
    this.resting.get(port)?.();
    this.resting.delete(port);
  }
}

/** Passes a request on to a real upstream, as a load balancer does. */
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { IncomingMessage } from 'node:http';

/** Longest answer that is passed on, in bytes. */
export const MAX_RESPONSE_BYTES = 10 * 1024 * 1024;

export interface ForwardedRequest {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: Buffer;
  /** How the client reached the load balancer. */
  readonly protocol: 'HTTP' | 'HTTPS';
  readonly port: number;
}

export type ForwardResult =
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly headers: Readonly<Record<string, string | readonly string[]>>;
      readonly body: Buffer;
    }
  /** The upstream refused, broke the connection, or answered too much: a 502 of the load balancer. */
  | { readonly kind: 'broken'; readonly reason: string }
  /** No answer in time: a 504 of the load balancer. */
  | { readonly kind: 'timeout' };

/** Headers that belong to one connection, and are not passed on. */
const HOP_BY_HOP = [
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'proxy-connection',
];

const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|::1)$/;

/** Never rejects. `timeoutMs` is wall time without a byte. */
export function forwardTo(origin: URL, request: ForwardedRequest, timeoutMs: number): Promise<ForwardResult> {
  const send = origin.protocol === 'https:' ? httpsRequest : httpRequest;
  const hostname = origin.hostname.replace(/^\[|\]$/g, '');
  const path = `${origin.pathname.replace(/\/$/, '')}${request.url}`;
  return new Promise((resolve) => {
    const outgoing = send(
      {
        protocol: origin.protocol,
        hostname,
        port: origin.port,
        method: request.method,
        path,
        headers: outgoingHeaders(origin, request),
        timeout: timeoutMs,
        agent: false,
        // A load balancer does not verify its targets; ours only spares those on this machine.
        rejectUnauthorized: !LOOPBACK.test(hostname),
      },
      (answer) => void collect(answer).then(resolve, (error: Error) => resolve({ kind: 'broken', reason: error.message })),
    );
    outgoing.once('timeout', () => {
      resolve({ kind: 'timeout' });
      outgoing.destroy();
    });
    outgoing.once('error', (error) => resolve({ kind: 'broken', reason: error.message }));
    outgoing.end(request.body);
  });
}

function outgoingHeaders(origin: URL, request: ForwardedRequest): Record<string, string | string[]> {
  const headers: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined && !HOP_BY_HOP.includes(name)) {
      headers[name] = typeof value === 'string' ? value : [...value];
    }
  }
  const before = request.headers['x-forwarded-for'];
  return {
    ...headers,
    host: String(request.headers.host ?? origin.host),
    'content-length': String(request.body.length),
    'x-forwarded-for': before === undefined ? '127.0.0.1' : `${String(before)}, 127.0.0.1`,
    'x-forwarded-proto': request.protocol.toLowerCase(),
    'x-forwarded-port': String(request.port),
  };
}

async function collect(answer: IncomingMessage): Promise<ForwardResult> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_RESPONSE_BYTES) {
      answer.destroy();
      return { kind: 'broken', reason: `the answer is larger than ${MAX_RESPONSE_BYTES} bytes` };
    }
    chunks.push(chunk);
  }
  const headers: Record<string, string | readonly string[]> = {};
  for (const [name, value] of Object.entries(answer.headers)) {
    // The length is known anew; a chunked answer has become a whole one.
    if (value !== undefined && !HOP_BY_HOP.includes(name) && name !== 'content-length') {
      headers[name] = value;
    }
  }
  return { kind: 'answer', status: answer.statusCode ?? 502, headers, body: Buffer.concat(chunks) };
}

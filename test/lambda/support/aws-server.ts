import type { IncomingHttpHeaders, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface SeenCall {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** Such as `PutMetricData`; for calls without `x-amz-target`, the path. */
  readonly operation: string;
}

export interface AwsAnswerScript {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Closes the connection instead. */
  readonly reset?: boolean;
  /** Never answers. */
  readonly hang?: boolean;
}

export interface AwsServer {
  readonly url: string;
  readonly calls: readonly SeenCall[];
  close(): Promise<void>;
}

/** A loopback server that answers by operation; the last answer of a list is repeated. */
export async function awsServer(scripts: Readonly<Record<string, readonly AwsAnswerScript[]>>): Promise<AwsServer> {
  const calls: SeenCall[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const target = request.headers['x-amz-target'];
      const operation = typeof target === 'string' ? (target.split('.')[1] ?? '') : (request.url ?? '');
      const index = calls.filter((call) => call.operation === operation).length;
      calls.push({ method: request.method ?? '', path: request.url ?? '', headers: request.headers, body: Buffer.concat(chunks).toString('utf8'), operation });
      const script = scripts[operation] ?? [{}];
      play(response, script[Math.min(index, script.length - 1)] ?? {});
    });
  });
  await listen(server);
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, calls, close: () => close(server) };
}

function play(response: ServerResponse, script: AwsAnswerScript): void {
  if (script.reset === true) {
    response.socket?.resetAndDestroy();
  } else if (script.hang !== true) {
    response.writeHead(script.status ?? 200, script.headers ?? {}).end(script.body ?? '{}');
  }
}

export function awsError(code: string, message: string, status = 400): AwsAnswerScript {
  return { status, body: JSON.stringify({ __type: `com.amazonaws.example#${code}`, message }) };
}

export function listen(server: Server): Promise<void> {
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
}

export function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

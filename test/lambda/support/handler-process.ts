import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';

/** Runs in the child: loads the bundle, calls its handler once, and says what came of it on the last line. */
const DRIVER = `
const begun = performance.now();
const { handler } = require(process.argv[1]);
const loadMs = performance.now() - begun;
const deadline = performance.now() + Number(process.argv[3]);
const context = { getRemainingTimeInMillis: () => deadline - performance.now() };
const finish = (end) => process.stdout.write('\\n' + JSON.stringify({ ...end, loadMs, totalMs: performance.now() - begun, version: process.versions.node }));
Promise.resolve(handler(JSON.parse(process.argv[2]), context)).then((returned) => finish({ returned: returned ?? null }), (error) => finish({ thrown: String(error) }));
`;

export interface HandlerEnd {
  readonly returned?: unknown;
  readonly thrown?: string;
  /** Lines that the handler wrote, parsed. */
  readonly lines: readonly Readonly<Record<string, unknown>>[];
  readonly stderr: string;
  /** Loading the bundle; and loading it with the first call. */
  readonly loadMs: number;
  readonly totalMs: number;
  readonly version: string;
}

export interface HandlerCall {
  readonly remainingMs?: number;
  /** Port of a loopback server that stands for `web.example.internal`. */
  readonly webPort?: number;
  /** Ports of loopback servers that stand for instances, by the addresses of these. */
  readonly instances?: Readonly<Record<string, number>>;
  /** Is handed the process, to kill it. */
  readonly started?: (child: ChildProcess) => void;
}

/** Runs in the child first: one name gets a private address, and connections to it end at a loopback port. */
const redirection = (port: number) => `
const dns = require('node:dns');
const net = require('node:net');
dns.lookup = (hostname, options, callback) => callback(null, [{ address: '10.20.30.40', family: 4 }]);
const connect = net.Socket.prototype.connect;
net.Socket.prototype.connect = function (args, ...rest) {
  const [options] = Array.isArray(args) ? args : [args];
  if (options.host === 'web.example.internal') {
    options.lookup(options.host, { all: true }, (_, found) => { if (found[0].address !== '10.20.30.40') { throw new Error('not pinned'); } });
    Object.assign(options, { host: '127.0.0.1', port: ${port} });
  }
  return connect.call(this, args, ...rest);
};
`;

/** Runs in the child first: connections to these addresses end at loopback ports. */
const instancesAt = (ports: Readonly<Record<string, number>>) => `
{
  const { Socket } = require('node:net');
  const ports = ${JSON.stringify(ports)};
  const connect = Socket.prototype.connect;
  Socket.prototype.connect = function (args, ...rest) {
    const [options] = Array.isArray(args) ? args : [args];
    if (options.host in ports) {
      Object.assign(options, { host: '127.0.0.1', port: ports[options.host] });
    }
    return connect.call(this, args, ...rest);
  };
}
`;

/** Calls a bundled handler in a fresh process whose environment holds nothing but what is given. */
export function runHandler(node: string, bundle: string, event: unknown, env: Readonly<Record<string, string>>, call: HandlerCall = {}): Promise<HandlerEnd> {
  const program = `${call.webPort === undefined ? '' : redirection(call.webPort)}${instancesAt(call.instances ?? {})}${DRIVER}`;
  return new Promise((resolve, reject) => {
    const child = spawn(node, ['-e', program, bundle, JSON.stringify(event), String(call.remainingMs ?? 60_000)], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    call.started?.(child);
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    child.on('error', reject);
    child.on('close', (code) => {
      const lines = stdout.split('\n').filter((line) => line !== '');
      const last = lines.pop();
      if (code !== 0 || last === undefined) {
        reject(new Error(`the process ended with ${code}: ${stderr}`));
        return;
      }
      resolve({ ...JSON.parse(last), lines: lines.map((line) => JSON.parse(line)), stderr });
    });
  });
}

export const LAMBDA_VARIABLES: Readonly<Record<string, string>> = {
  AWS_REGION: 'eu-central-1',
  AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
  AWS_SECRET_ACCESS_KEY: 'secret',
  AWS_SESSION_TOKEN: 'token',
};

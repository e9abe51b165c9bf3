/** The smallest rehearsal around a sandbox: a clock, a place for handlers, servers that end with the test. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { startLoopbackServer } from '../../../rehearsal/endpoints/loopback-server';
import type { LoopbackServer, LoopbackServerOptions } from '../../../rehearsal/endpoints/loopback-server';
import type { FunctionSpec, InvocationResult } from '../../../rehearsal/engine/ports';
import { EventScheduler } from '../../../rehearsal/engine/scheduler';
import { Conductor } from '../../../rehearsal/sandbox/conductor';
import type { ConductorOptions } from '../../../rehearsal/sandbox/conductor';
import { LambdaSandbox } from '../../../rehearsal/sandbox/lambda-runner';
import type { LambdaSandboxOptions } from '../../../rehearsal/sandbox/lambda-runner';
import type { NetworkMap } from '../../../rehearsal/sandbox/network-map';

const ROOT = path.resolve(__dirname, '../../..');
export const MODULES = path.join(ROOT, 'node_modules');

export const NODES = [
  { node: 'Node 24', nodePath: process.execPath },
  { node: 'Node 22', nodePath: path.join(MODULES, 'node22', 'bin', 'node') },
];

/** The child's program, as `npm run build` leaves it. */
export const PRELOAD = path.join(ROOT, 'build', 'rehearsal', 'preload.js');

export const EPOCH = Date.UTC(2026, 0, 15, 12);

export class World {
  readonly scheduler = new EventScheduler();
  readonly conductor: Conductor;
  readonly sandbox: LambdaSandbox;
  readonly network: { routes: { host: string; port: number; to: number }[]; loopback: number[]; allowHosts: string[] } = {
    routes: [],
    loopback: [],
    allowHosts: [],
  };

  private readonly folder = mkdtempSync(path.join(os.tmpdir(), 'greenlight-world-'));
  private readonly servers: { close(): Promise<void> }[] = [];
  private handlers = 0;
  private requests = 0;

  constructor(preloadFile: string, options: Partial<LambdaSandboxOptions> & { clock?: Partial<ConductorOptions> } = {}) {
    const { clock, ...sandbox } = options;
    this.conductor = new Conductor({ scheduler: this.scheduler, epochMs: EPOCH, ...clock });
    this.sandbox = new LambdaSandbox({
      conductor: this.conductor,
      seed: 1,
      preloadFile,
      network: (): NetworkMap => this.network,
      ...sandbox,
    });
  }

  /** A function whose asset holds this file. */
  handler(source: string, overrides: Partial<FunctionSpec> & { file?: string } = {}): FunctionSpec {
    const { file = 'index.js', ...spec } = overrides;
    const directory = mkdtempSync(path.join(this.folder, `asset${this.handlers++}-`));
    writeFileSync(path.join(directory, file), source);
    const name = spec.name ?? `fn${this.handlers}`;
    return {
      name,
      arn: `arn:aws:lambda:us-east-1:123456789012:function:${name}`,
      directory,
      handler: 'index.handler',
      runtime: 'nodejs22.x',
      timeoutMs: 900_000,
      memoryMb: 256,
      environment: {},
      roleArn: 'arn:aws:iam::123456789012:role/role',
      inVpc: false,
      ...spec,
    };
  }

  /** An invocation, played to its end. */
  async invoke(spec: FunctionSpec, payload: unknown = {}, clientContext?: object): Promise<InvocationResult> {
    const result = this.sandbox.run(spec, { requestId: `request-${++this.requests}`, payload, ...(clientContext === undefined ? {} : { clientContext }) });
    await this.conductor.run(result);
    return result;
  }

  /** A server that a child reaches as `http://HOST` (or HTTPS). */
  async serve(host: string, handle: LoopbackServerOptions['handle'], tls?: LoopbackServerOptions['tls']): Promise<LoopbackServer> {
    const server = await startLoopbackServer({ name: host, conductor: this.conductor, handle, ...(tls ? { tls } : {}) });
    this.servers.push(server);
    this.network.routes.push({ host, port: tls ? 443 : 80, to: server.port });
    return server;
  }

  /** Something that ends with the test. */
  owns(server: { close(): Promise<void> }): void {
    this.servers.push(server);
  }

  async close(): Promise<void> {
    await this.sandbox.close();
    await Promise.all(this.servers.map((server) => server.close()));
    rmSync(this.folder, { recursive: true, force: true });
  }
}

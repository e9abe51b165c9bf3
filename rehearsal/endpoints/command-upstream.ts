/** A real program as the upstream of a version: started without a shell, in an environment of its own, ended with all its processes. */
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Interrupted, UserError } from '../report/user-error';

export interface CommandUpstreamOptions {
  /** Program and arguments. */
  readonly command: readonly string[];
  /** Added to the environment, which holds PATH, HOME, PORT, HOST, VERSION and nothing else. */
  readonly environment?: Readonly<Record<string, string>>;
  /** The program's PATH. */
  readonly path: string;
  /** @default the current folder */
  readonly directory?: string;
  /** The version that it plays, as VERSION. */
  readonly release: string;
  /** Wall time until it must listen. @default 30,000 */
  readonly startTimeoutMs?: number;
  /** Wall time that it has to end by itself. @default 3,000 */
  readonly stopTimeoutMs?: number;
  /** Resolves when nobody waits for it any longer. */
  readonly interrupted?: Promise<void>;
}

export interface CommandUpstream {
  /** Such as `http://127.0.0.1:40001`. */
  readonly origin: URL;
  /** Ends the program and everything that it started. */
  stop(): Promise<void>;
}

const LOOK_EVERY_MS = 25;
const LOG_LINES = 20;

/** Starts the program, and waits until it listens. @throws UserError with its last lines where it ends or stays silent */
export async function startCommandUpstream(options: CommandUpstreamOptions): Promise<CommandUpstream> {
  const [program, ...args] = options.command;
  if (!program) {
    throw new UserError("'command' must name a program, got an empty list");
  }
  const home = await mkdtemp(join(tmpdir(), 'greenlight-service-'));
  const port = await freePort();
  const child = spawn(program, args, {
    cwd: options.directory,
    env: { ...options.environment, PATH: options.path, HOME: home, HOST: '127.0.0.1', PORT: String(port), VERSION: options.release },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A process group of its own, so that what it starts ends with it.
    detached: true,
    shell: false,
  });
  const log = lastLines(child);
  const stop = async (): Promise<void> => {
    await endGroup(child, options.stopTimeoutMs ?? 3000);
    await rm(home, { recursive: true, force: true });
  };
  try {
    await listening(child, port, options, log);
  } catch (error) {
    await stop();
    throw error;
  }
  return { origin: new URL(`http://127.0.0.1:${port}`), stop };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') {
    throw new Error('no free port could be found on 127.0.0.1');
  }
  return address.port;
}

function lastLines(child: ChildProcess): () => string {
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      lines.push(...text.split('\n').filter((line) => line !== ''));
      lines.splice(0, Math.max(0, lines.length - LOG_LINES));
    });
  }
  return () => (lines.length === 0 ? 'it wrote nothing' : `its last lines were:\n${lines.join('\n')}`);
}

/** Looks whether the port is open until it is, the program ends, or time is up. */
async function listening(child: ChildProcess, port: number, options: CommandUpstreamOptions, log: () => string): Promise<void> {
  const shown = options.command.join(' ');
  const timeout = options.startTimeoutMs ?? 30_000;
  let ended: string | undefined;
  child.once('error', (error) => (ended = `could not be started: ${error.message}`));
  child.once('exit', (code, signal) => (ended ??= `ended with ${signal ?? `status ${code}`} before it listened; ${log()}`));
  let interrupted = false;
  void options.interrupted?.then(() => (interrupted = true));
  const deadline = AbortSignal.timeout(timeout);
  while (!(await opens(port))) {
    if (ended !== undefined) {
      throw new UserError(`the service of ${options.release} ('${shown}') ${ended}`);
    }
    if (interrupted) {
      throw new Interrupted();
    }
    if (deadline.aborted) {
      throw new UserError(`the service of ${options.release} ('${shown}') did not listen on PORT ${port} within ${timeout / 1000} s; ${log()}`);
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}

function opens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}

/** Asks the whole group to end, then ends it. */
async function endGroup(child: ChildProcess, graceMs: number): Promise<void> {
  if (child.pid === undefined) {
    return;
  }
  const pid = child.pid;
  const gone = child.exitCode !== null || child.signalCode !== null ? Promise.resolve() : once(child, 'exit').then(() => undefined);
  signalGroup(pid, 'SIGTERM');
  const cancel = new AbortController();
  const grace = new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, graceMs);
    cancel.signal.addEventListener('abort', () => clearTimeout(timer));
  });
  await Promise.race([gone, grace]);
  cancel.abort();
  // Members of the group may outlive the program that led it.
  signalGroup(pid, 'SIGKILL');
  await gone;
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') {
      throw error;
    }
  }
}

/** One simulated instance that is running: programs are started in it until it is closed, and everything in it ends with it. */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync, chmodSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import type { Readable, Writable } from 'node:stream';

import type { Reaper } from '../reaper';
import { SYSTEM_PATH } from './agent-paths';
import { INIT_PROGRAM, isolated, type Tool } from './isolation';
import { Lines, makePipes, readPipe, type OutputName } from './outputs';
import type { Owner, ReadOnly } from './root-folder';

export type End =
  | { readonly kind: 'exited'; readonly status: number }
  | { readonly kind: 'timedOut' }
  /** It has exited, and something that it began still holds this output. */
  | { readonly kind: 'leftOpen'; readonly output: OutputName }
  /** The instance itself has ended. */
  | { readonly kind: 'gone'; readonly reason: string };

export type Ended = End & { readonly wallMs: number };

export interface ServerSandboxOptions {
  readonly tool: Tool;
  /** The folders `root`, which is made, and `control`, which is not. */
  readonly directory: string;
  readonly seen: readonly ReadOnly[];
  /** Whom it runs as; absent: this process's user. */
  readonly owner?: Owner;
  readonly reaper: Reaper;
}

export interface ProgramOptions {
  readonly timeoutMs: number;
  readonly onLine?: (output: OutputName, line: string) => void;
}

interface Running {
  readonly exited: (status: number) => void;
  group?: string;
}

const START_MS = 60_000;
const LONGEST_REASON = 2000;

export class ServerSandbox {
  private readonly process: ChildProcess;
  private readonly control: string;
  private readonly running = new Map<string, Running>();
  private readonly gone: Promise<End>;
  private readonly ready: Promise<void>;
  private readonly closed: Promise<void>;
  private reason = '';
  private runs = 0;

  private constructor(options: ServerSandboxOptions) {
    const { tool, directory, seen, owner, reaper } = options;
    this.control = join(directory, 'control');
    const { program, args } = isolated(tool, join(directory, 'root'), seen);
    // Nothing of this machine's environment; and a process group of its own, so that it ends with all that it began.
    this.process = spawn(program, args, { cwd: '/', env: { PATH: SYSTEM_PATH }, stdio: ['pipe', 'pipe', 'pipe'], detached: true, ...owner });
    this.closed = new Promise((resolve) => {
      this.process.once('close', () => resolve());
      this.process.once('error', (error) => {
        this.reason = error.message;
        resolve();
      });
    });
    this.gone = this.closed.then(() => ({ kind: 'gone', reason: this.reason.trim() || 'it ended' }));
    const { pid } = this.process;
    if (pid !== undefined) {
      reaper.watch(pid);
      void this.closed.then(() => reaper.forget(pid));
    }
    this.process.stdin!.on('error', () => undefined);
    this.process.stderr!.setEncoding('utf8').on('data', (text: string) => (this.reason = (this.reason + text).slice(0, LONGEST_REASON)));
    this.ready = new Promise((resolve) => {
      const lines = new Lines((line) => (line.trim() === 'ready' ? resolve() : this.hear(line.trim())));
      (this.process.stdout as Readable).setEncoding('utf8').on('data', (text: string) => lines.add(text));
    });
  }

  /** @throws Error with what the tool says where it does not come up */
  static async open(options: ServerSandboxOptions): Promise<ServerSandbox> {
    const control = join(options.directory, 'control');
    mkdirSync(control);
    chmodSync(control, 0o755);
    write(join(control, 'init'), INIT_PROGRAM);
    const sandbox = new ServerSandbox(options);
    const timer = deadline(START_MS);
    const late = timer.passed.then((): End => ({ kind: 'gone', reason: `it did not come up within ${START_MS / 1000} s` }));
    const problem = await Promise.race([sandbox.ready, sandbox.gone, late]);
    timer.cancel();
    if (problem !== undefined && problem.kind === 'gone') {
      await sandbox.close();
      throw new Error(problem.reason);
    }
    return sandbox;
  }

  /** Runs a program of `sh`, until it has exited and its outputs are closed or its time is over. */
  async run(program: string, { timeoutMs, onLine = () => undefined }: ProgramOptions): Promise<Ended> {
    this.runs += 1;
    const name = String(this.runs);
    const folder = join(this.control, name);
    mkdirSync(folder);
    chmodSync(folder, 0o755);
    write(join(folder, 'run'), program);
    await makePipes(folder);
    const outputs = (['out', 'err'] as const).map((output) => ({ output, ...readPipe(folder, output, (line) => onLine(output, line)) }));
    const exited = new Promise<End>((resolve) => this.running.set(name, { exited: (status) => resolve({ kind: 'exited', status }) }));
    const timer = deadline(timeoutMs);
    const started = performance.now();
    this.say(`run ${name}`);
    try {
      const timedOut = timer.passed.then((): End => ({ kind: 'timedOut' }));
      let end = await Promise.race([exited, timedOut, this.gone]);
      for (const { output, ended } of end.kind === 'exited' ? outputs : []) {
        end = await Promise.race([ended.then(() => end), timer.passed.then((): End => ({ kind: 'leftOpen', output }))]);
        if (end.kind !== 'exited') {
          break;
        }
      }
      return { ...end, wallMs: performance.now() - started };
    } finally {
      timer.cancel();
      this.end(name);
      outputs.forEach(({ close }) => close());
      rmSync(folder, { recursive: true, force: true });
    }
  }

  async close(): Promise<void> {
    this.kill();
    await this.closed;
  }

  /** Ends it with everything in it: its first process is of this group. */
  kill(): void {
    const { pid } = this.process;
    try {
      if (pid !== undefined && this.process.exitCode === null && this.process.signalCode === null) {
        process.kill(-pid, 'SIGKILL');
      }
    } catch {
      // It has ended.
    }
  }

  /** What still runs of a program whose time is over is asked to end, as the agent does; one that has exited is left with what it began. */
  private end(name: string): void {
    const running = this.running.get(name);
    this.running.delete(name);
    if (running?.group !== undefined) {
      this.say(`end ${running.group}`);
    }
  }

  /** Anything may write here that runs in the instance: what is not understood is passed over. */
  private hear(line: string): void {
    const [, verb, name = '', value = ''] = /^(group|exit) (\d{1,9}) (\d{1,9})$/.exec(line) ?? [];
    const running = this.running.get(name);
    if (verb === 'group' && running === undefined) {
      this.say(`end ${value}`);
    } else if (verb === 'group') {
      running!.group = value;
    } else if (verb === 'exit' && running !== undefined) {
      delete running.group;
      running.exited(Number(value));
    }
  }

  private say(line: string): void {
    (this.process.stdin as Writable).write(`${line}\n`);
  }
}

/** Readable for whoever it runs as, whatever the umask. */
function write(path: string, text: string): void {
  writeFileSync(path, text);
  chmodSync(path, 0o644);
}

interface Deadline {
  readonly passed: Promise<void>;
  cancel(): void;
}

function deadline(ms: number): Deadline {
  let cancel = (): void => undefined;
  const passed = new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, ms);
    cancel = () => clearTimeout(timer);
  });
  return { passed, cancel: () => cancel() };
}

/** A child and its two channels, as the conductor's side sees them. */
import { spawn } from 'node:child_process';
import type { ChildProcess as Process } from 'node:child_process';
import type { Duplex, Readable } from 'node:stream';

import type { ChildWire } from './conductor';
import { ASK_FD, askOf, childTellOf, TELL_FD } from './protocol';
import type { Ask, ChildTell, Stamp, Tell } from './protocol';

export interface ChildOptions {
  readonly nodePath: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly onAsk: (ask: Ask) => void;
  readonly onTell: (tell: ChildTell) => void;
}

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** Wall time for which outputs are still read once the process has ended. */
const LAST_OUTPUT_MS = 500;

export class ChildProcess implements ChildWire {
  /** The process has ended and its outputs have been read. Rejects where it could not be started. */
  readonly closed: Promise<Exit>;
  readonly outputs: readonly Readable[];

  private readonly process: Process;

  constructor(options: ChildOptions) {
    const { nodePath, args, cwd, environment } = options;
    // A process group of its own, so that what it starts ends with it.
    this.process = spawn(nodePath, args, { cwd, env: environment, stdio: ['ignore', 'pipe', 'pipe', 'pipe', 'pipe'], detached: true });
    this.closed = new Promise((resolve, reject) => {
      this.process.once('close', (code, signal) => resolve({ code, signal }));
      this.process.once('exit', () => this.clearUp());
      this.process.once('error', (error) => reject(new Error(`cannot start ${nodePath}: ${error.message}`)));
    });
    this.outputs = [this.process.stdout as Readable, this.process.stderr as Readable];
    jsonLines(this.channel(ASK_FD), (line) => this.heed(askOf(line), options.onAsk));
    jsonLines(this.channel(TELL_FD), (line) => this.heed(childTellOf(line), options.onTell));
  }

  get pid(): number | undefined {
    return this.process.pid;
  }

  answer(message: Stamp): void {
    this.channel(ASK_FD).write(JSON.stringify(message) + '\n');
  }

  tell(message: Tell): void {
    this.channel(TELL_FD).write(JSON.stringify(message) + '\n');
  }

  /** Ends it with everything that it started. */
  kill(): void {
    try {
      process.kill(-(this.process.pid ?? Number.NaN), 'SIGKILL');
    } catch {
      // The group has ended, or never began.
      this.process.kill('SIGKILL');
    }
  }

  /** A line that is none of ours can only come from the user's code, which has broken its process by that. */
  private heed<T>(line: T | undefined, listener: (line: T) => void): void {
    if (line === undefined) {
      this.kill();
    } else {
      listener(line);
    }
  }

  /** What the process started may live on and keep our ends of its pipes open; nobody waits for that. */
  private clearUp(): void {
    this.kill();
    const timer = setTimeout(() => this.process.stdio.forEach((stream) => stream?.destroy()), LAST_OUTPUT_MS);
    this.process.once('close', () => clearTimeout(timer));
  }

  private channel(fd: number): Duplex {
    return this.process.stdio[fd] as Duplex;
  }
}

function jsonLines(stream: Duplex, onLine: (line: unknown) => void): void {
  let rest: string[] = [];
  stream.setEncoding('utf8');
  stream.on('data', (chunk: string) => {
    const lines = chunk.split('\n');
    for (const end of lines.splice(0, lines.length - 1)) {
      const line = rest.join('') + end;
      rest = [];
      onLine(parsed(line));
    }
    rest.push(lines[0]);
  });
  // A child that was killed leaves its channels broken; that it has ended is told by its exit.
  stream.on('error', () => undefined);
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

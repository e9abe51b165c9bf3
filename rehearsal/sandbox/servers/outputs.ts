/** What a script writes, by named pipes: each run has its own, so that whoever still holds one afterwards writes to nobody. */
import { execFile } from 'node:child_process';
import { constants, openSync } from 'node:fs';
import { Socket } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { SYSTEM_PATH } from './agent-paths';

export type OutputName = 'out' | 'err';

/** Longer lines are cut: the agent keeps none that has 2,048 characters. */
const LONGEST_LINE = 4096;

const run = promisify(execFile);

export async function makePipes(folder: string): Promise<void> {
  // Whoever runs in the instance may be another user.
  await run('mkfifo', ['-m', '622', join(folder, 'out'), join(folder, 'err')], { env: { PATH: SYSTEM_PATH } });
}

export interface Output {
  /** Everybody who could write has closed it. */
  readonly ended: Promise<void>;
  close(): void;
}

/** @param onLine gets each line as it is, with its line break where there is one */
export function readPipe(folder: string, name: OutputName, onLine: (line: string) => void): Output {
  // Opening it for reading only waits for a writer, but for this flag.
  const socket = new Socket({ fd: openSync(join(folder, name), constants.O_RDONLY | constants.O_NONBLOCK), readable: true, writable: false });
  socket.setEncoding('utf8');
  const lines = new Lines(onLine);
  socket.on('data', (chunk: string) => lines.add(chunk));
  const ended = new Promise<void>((resolve) => {
    socket.once('end', () => {
      lines.end();
      resolve();
    });
    socket.once('close', () => resolve());
    socket.on('error', () => socket.destroy());
  });
  return { ended, close: () => socket.destroy() };
}

/** Splits what comes into lines; of a line that never ends no more than its beginning is kept. */
export class Lines {
  #rest = '';

  constructor(private readonly onLine: (line: string) => void) {}

  add(chunk: string): void {
    const pieces = chunk.split('\n');
    const last = pieces.pop()!;
    for (const piece of pieces) {
      this.#grow(piece);
      this.onLine(`${this.#rest}\n`);
      this.#rest = '';
    }
    this.#grow(last);
  }

  end(): void {
    if (this.#rest !== '') {
      this.onLine(this.#rest);
    }
    this.#rest = '';
  }

  #grow(piece: string): void {
    this.#rest += piece.slice(0, LONGEST_LINE - this.#rest.length);
  }
}

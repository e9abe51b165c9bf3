/** The child's ends of the two channels to the conductor. */
import { readSync, writeSync } from 'node:fs';
import { Socket } from 'node:net';

import { ASK_FD, TELL_FD } from '../protocol';
import type { Ask, ChildTell, Stamp, Tell } from '../protocol';

export class Channel {
  /** Lines that the conductor has told so far. */
  heard = 0;

  private readonly buffer = Buffer.alloc(1 << 16);
  private readonly socket = new Socket({ fd: TELL_FD, readable: true, writable: true });
  private rest = '';

  constructor(onTell: (message: Tell) => void) {
    this.socket.setEncoding('utf8');
    this.socket.on('data', (chunk: string) => {
      const lines = (this.rest + chunk).split('\n');
      this.rest = lines.pop() ?? '';
      for (const line of lines) {
        this.heard += 1;
        onTell(JSON.parse(line) as Tell);
      }
    });
    this.socket.on('end', die);
    this.socket.on('error', die);
    this.socket.unref();
  }

  /** Asks, and blocks until the answer is there. */
  ask<T extends Stamp>(question: Ask): T {
    write(JSON.stringify(question) + '\n');
    const parts: Buffer[] = [];
    for (;;) {
      const length = read(this.buffer);
      parts.push(Buffer.from(this.buffer.subarray(0, length)));
      if (this.buffer[length - 1] === 10) {
        return JSON.parse(Buffer.concat(parts).toString()) as T;
      }
    }
  }

  tell(message: ChildTell): void {
    this.socket.write(JSON.stringify(message) + '\n');
  }

  /** While it counts, the event loop waits for the conductor's next line. */
  count(yes: boolean): void {
    if (yes) {
      this.socket.ref();
    } else {
      this.socket.unref();
    }
  }
}

function write(line: string): void {
  const bytes = Buffer.from(line);
  try {
    for (let sent = 0; sent < bytes.length; ) {
      sent += writeSync(ASK_FD, bytes, sent);
    }
  } catch {
    die();
  }
}

function read(buffer: Buffer): number {
  let length = 0;
  try {
    length = readSync(ASK_FD, buffer);
  } catch {
    die();
  }
  return length > 0 ? length : die();
}

/** Nobody is left to work for: exit handlers of the user's code shall not run either. */
function die(): never {
  process.kill(process.pid, 'SIGKILL');
  throw new Error('the conductor is gone');
}

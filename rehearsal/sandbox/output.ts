/** What a child writes: lines, bounded. */
import type { Readable } from 'node:stream';

import { END_OF_OUTPUT } from './protocol';

const MAX_CHARACTERS = 1_000_000;

/** The lines of one invocation, of both outputs together. */
export class OutputLines {
  private readonly lines: string[] = [];
  private characters = 0;
  private full = false;

  constructor(private readonly maxLines: number) {}

  add(line: string): void {
    if (this.full) {
      return;
    }
    if (this.lines.length >= this.maxLines || this.characters + line.length > MAX_CHARACTERS) {
      this.full = true;
      this.lines.push(`(output beyond ${this.maxLines} lines or ${MAX_CHARACTERS} characters is left out)`);
      return;
    }
    this.characters += line.length;
    this.lines.push(line);
  }

  all(): readonly string[] {
    return this.lines;
  }
}

/** Splits a stream into lines, without the empty line that precedes a mark, and calls `onMark` at each mark. */
export function readLines(stream: Readable, onLine: (line: string) => void, onMark: () => void): void {
  let rest = '';
  const take = (line: string) => (line.startsWith(END_OF_OUTPUT) ? onMark() : line === '' ? undefined : onLine(line));
  stream.setEncoding('utf8');
  stream.on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    // A program that never ends its line must not fill our memory.
    rest = (lines.pop() ?? '').slice(0, MAX_CHARACTERS + 1);
    lines.forEach(take);
  });
  stream.on('end', () => take(rest));
}

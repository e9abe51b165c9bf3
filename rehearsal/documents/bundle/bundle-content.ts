/** What an archive is made of, and how its content is read: a piece at a time, however long a file is. */
import { createHash } from 'node:crypto';
import { closeSync, constants, openSync, readSync } from 'node:fs';

import type { BundleEntry } from '../../../lib/model/appspec/bundle-entry';
import { HEAD_BYTES } from '../../../lib/model/appspec/bundle-entry';

export interface ArchiveEntry {
  /** From the root, with slashes. */
  readonly path: string;
  readonly kind: 'file' | 'folder' | 'link';
  readonly executable: boolean;
  readonly content: Content;
}

/** A file of the disk with the bytes that it had when it was listed, or bytes. */
export type Content = { readonly file: string; readonly size: number } | { readonly bytes: Buffer };

/** The same files give the same pieces on every machine. */
export const PIECE = 65_536;

export const sizeOf = (content: Content): number => ('bytes' in content ? content.bytes.length : content.size);

/** Hands on all bytes in pieces of one size, the last one excepted. @throws where a file has another size than it had */
export function readContent(content: Content, use: (piece: Buffer) => void): void {
  if ('bytes' in content) {
    for (let at = 0; at < content.bytes.length; at += PIECE) {
      use(content.bytes.subarray(at, at + PIECE));
    }
    return;
  }
  withFile(content.file, (descriptor) => {
    let rest = content.size;
    while (rest > 0) {
      const piece = read(descriptor, Math.min(PIECE, rest));
      if (piece.length === 0) {
        throw changed(content.file);
      }
      use(piece);
      rest -= piece.length;
    }
    if (read(descriptor, 1).length > 0) {
      throw changed(content.file);
    }
  });
}

const changed = (file: string): Error => new Error(`${file} has changed while it was read; synthesize again when nothing writes to it`);

/** The first of the pieces that `readContent` hands on; empty where there is none. */
export function firstPiece(content: Content): Buffer {
  return 'bytes' in content ? content.bytes.subarray(0, PIECE) : withFile(content.file, (descriptor) => read(descriptor, Math.min(PIECE, content.size)));
}

/** First bytes of a file, each byte as one character. */
export function headOf(file: string): string {
  return withFile(file, (descriptor) => read(descriptor, HEAD_BYTES).toString('latin1'));
}

/** What a bundle is to be told apart by: everything that an archive of it holds. */
export function fingerprint(entries: readonly ArchiveEntry[]): string {
  const whole = createHash('sha256');
  entries.forEach(({ path, kind, executable, content }) => {
    const own = createHash('sha256');
    readContent(content, (piece) => own.update(piece));
    whole.update(JSON.stringify([path, kind, executable, own.digest('hex')]));
  });
  return whole.digest('hex');
}

/** A listed file as a part of an archive. */
export function archived(entry: BundleEntry, file: string, executable: boolean): ArchiveEntry {
  const { path, kind, size, target = '' } = entry;
  switch (kind) {
    case 'file':
      return { path, kind, executable, content: { file, size } };
    case 'link':
      return { path, kind, executable: true, content: { bytes: Buffer.from(target) } };
    default:
      return { path, kind: 'folder', executable: true, content: { bytes: Buffer.alloc(0) } };
  }
}

/** What was a file when it was listed may be a pipe or a link by now, and is not waited for or followed; Windows has neither flag. */
function withFile<T>(file: string, use: (descriptor: number) => T): T {
  const descriptor = openSync(file, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
  try {
    return use(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** As many bytes as there are, and no more than asked for. */
function read(descriptor: number, most: number): Buffer {
  const buffer = Buffer.alloc(most);
  let length = 0;
  for (let more = -1; more !== 0 && length < most; length += more) {
    more = readSync(descriptor, buffer, length, most - length, null);
  }
  return buffer.subarray(0, length);
}

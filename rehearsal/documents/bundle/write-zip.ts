/** Writes an archive whose bytes depend on nothing but its entries: no time, no owner, no library of the machine. */
import { closeSync, openSync, writeSync } from 'node:fs';
import { crc32 } from 'node:zlib';

import { Deflate, deflateSync } from 'fflate';

import type { ArchiveEntry, Content } from './bundle-content';
import { firstPiece, readContent, sizeOf } from './bundle-content';
import type { ZipRecord } from './zip-format';
import { centralHeader, endOfArchive, localHeader } from './zip-format';

const MODES = { file: 0o100644, executable: 0o100755, folder: 0o040755, link: 0o120777 } as const;

/** A file is deflated where that saves a twentieth of its first bytes: archives in a bundle would only cost time. */
const LEAST_SAVING = 0.95;

const LEVEL = 6;

/** Names that are not ASCII. */
const BEYOND_ASCII = /[^\x00-\x7f]/;

export interface ZipOptions {
  /**
   * Whether names beyond ASCII are marked as UTF-8. What unpacks archives on Windows reads them in another encoding otherwise; `unzip` on Linux
   * takes names as they are without the mark, and with it writes `#U00e9` where its locale has no UTF-8, as that of a service.
   */
  readonly markUtf8: boolean;
}

/** Writes a file that is not there yet. */
export function writeZip(file: string, entries: readonly ArchiveEntry[], { markUtf8 }: ZipOptions): void {
  const descriptor = openSync(file, 'wx');
  try {
    const archive = new Archive(descriptor);
    const records = entries.map((entry) => archive.add(entry, markUtf8));
    archive.end(records);
  } finally {
    closeSync(descriptor);
  }
}

class Archive {
  private length = 0;

  constructor(private readonly descriptor: number) {}

  public add({ path, kind, executable, content }: ArchiveEntry, markUtf8: boolean): ZipRecord {
    const method: ZipRecord['method'] = kind === 'file' && deflatesWell(content) ? 8 : 0;
    const started: ZipRecord = {
      name: Buffer.from(kind === 'folder' ? `${path}/` : path),
      marked: markUtf8 && BEYOND_ASCII.test(path),
      method,
      crc: 0,
      compressed: 0,
      size: sizeOf(content),
      offset: this.length,
      mode: kind === 'file' && executable ? MODES.executable : MODES[kind],
    };
    this.append(localHeader(started));
    const begin = this.length;
    const crc = method === 0 ? this.store(content) : this.deflate(content);
    const record = { ...started, crc, compressed: this.length - begin };
    // Only now are they known.
    writeAll(this.descriptor, localHeader(record), record.offset);
    return record;
  }

  public end(records: readonly ZipRecord[]): void {
    const begin = this.length;
    records.forEach((record) => this.append(centralHeader(record)));
    this.append(endOfArchive(records.length, begin, this.length - begin));
  }

  private store(content: Content): number {
    let crc = 0;
    readContent(content, (piece) => {
      crc = crc32(piece, crc);
      this.append(piece);
    });
    return crc;
  }

  private deflate(content: Content): number {
    let crc = 0;
    const deflate = new Deflate({ level: LEVEL }, (piece) => this.append(piece));
    readContent(content, (piece) => {
      crc = crc32(piece, crc);
      deflate.push(piece);
    });
    deflate.push(new Uint8Array(0), true);
    return crc;
  }

  private append(bytes: Uint8Array): void {
    writeAll(this.descriptor, bytes, this.length);
    this.length += bytes.length;
  }
}

function deflatesWell(content: Content): boolean {
  const piece = firstPiece(content);
  return deflateSync(piece, { level: LEVEL }).length < piece.length * LEAST_SAVING;
}

function writeAll(descriptor: number, bytes: Uint8Array, position: number): void {
  for (let written = 0; written < bytes.length; ) {
    written += writeSync(descriptor, bytes, written, bytes.length - written, position + written);
  }
}

/** Writes an archive whose bytes depend on nothing but its entries: no time, no owner, no library of the machine. */
import { closeSync, openSync, writeSync } from 'node:fs';
import { crc32 } from 'node:zlib';

import { Deflate, deflateSync } from 'fflate';

import type { ArchiveEntry, Content } from './bundle-content';
import { PIECE, firstPiece, readContent, sizeOf } from './bundle-content';
import type { ZipRecord } from './zip-format';
import { centralHeader, endOfArchive, localHeader } from './zip-format';

const MODES = { file: 0o100644, executable: 0o100755, folder: 0o040755, link: 0o120777 } as const;

/** A file is deflated where that saves a twentieth of its first bytes: archives in a bundle would only cost time. */
const LEAST_SAVING = 0.95;

/** A shorter one is not deflated: each costs as much time as a long one to begin with, and a bundle may have very many. */
const LEAST_BYTES = 128;

const LEVEL = 6;
const STORED = 0 as const;
const DEFLATED = 8 as const;

/** Names that are not ASCII. */
const BEYOND_ASCII = /[^\x00-\x7f]/;

/** Writes a file that is not there yet. */
export function writeZip(file: string, entries: readonly ArchiveEntry[]): void {
  const descriptor = openSync(file, 'wx');
  try {
    const archive = new Archive(descriptor);
    const records = entries.map((entry) => archive.add(entry));
    archive.end(records);
  } finally {
    closeSync(descriptor);
  }
}

class Archive {
  private length = 0;

  constructor(private readonly descriptor: number) {}

  public add({ path, kind, executable, content }: ArchiveEntry): ZipRecord {
    const started: ZipRecord = {
      name: Buffer.from(kind === 'folder' ? `${path}/` : path),
      marked: BEYOND_ASCII.test(path),
      method: STORED,
      crc: 0,
      compressed: 0,
      size: sizeOf(content),
      offset: this.length,
      mode: kind === 'file' && executable ? MODES.executable : MODES[kind],
    };
    return started.size <= PIECE ? this.addShort(started, content, kind === 'file') : this.addLong(started, content);
  }

  public end(records: readonly ZipRecord[]): void {
    const begin = this.length;
    records.forEach((record) => this.append(centralHeader(record)));
    this.append(endOfArchive(records.length, begin, this.length - begin));
  }

  /** Most files are short, and there are many of them: each is one write. */
  private addShort(started: ZipRecord, content: Content, mayDeflate: boolean): ZipRecord {
    const bytes = wholeOf(content);
    const deflated = mayDeflate && bytes.length >= LEAST_BYTES ? deflateSync(bytes, { level: LEVEL }) : bytes;
    const method = saves(deflated, bytes) ? DEFLATED : STORED;
    const data = method === DEFLATED ? deflated : bytes;
    const record: ZipRecord = { ...started, method, crc: crc32(bytes), compressed: data.length };
    this.append(Buffer.concat([localHeader(record), data]));
    return record;
  }

  private addLong(started: ZipRecord, content: Content): ZipRecord {
    const piece = firstPiece(content);
    const method = saves(deflateSync(piece, { level: LEVEL }), piece) ? DEFLATED : STORED;
    this.append(localHeader({ ...started, method }));
    const begin = this.length;
    const crc = method === STORED ? this.store(content) : this.deflate(content);
    const record: ZipRecord = { ...started, method, crc, compressed: this.length - begin };
    // Only now are they known.
    writeAll(this.descriptor, localHeader(record), record.offset);
    return record;
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

const saves = (deflated: Uint8Array, bytes: Uint8Array): boolean => deflated.length < bytes.length * LEAST_SAVING;

function wholeOf(content: Content): Buffer {
  const pieces: Buffer[] = [];
  readContent(content, (piece) => pieces.push(piece));
  return Buffer.concat(pieces);
}

function writeAll(descriptor: number, bytes: Uint8Array, position: number): void {
  for (let written = 0; written < bytes.length; ) {
    written += writeSync(descriptor, bytes, written, bytes.length - written, position + written);
  }
}

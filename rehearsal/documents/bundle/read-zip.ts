/** Reads the archives that `writeZip` writes, without unpacking them: the rehearsal finds them in the cloud assembly. */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { crc32, inflateRawSync } from 'node:zlib';

import type { BundleEntry } from '../../../lib/model/appspec/bundle-entry';
import { MAX_BUNDLE_ENTRIES } from '../../../lib/model/limits';

export interface ZippedBundle {
  /** In the order of the archive. */
  readonly entries: readonly BundleEntry[];
  /** The content of a file. @throws where there is none, it is longer than `most`, or the archive is damaged */
  read(path: string, most: number): Buffer;
}

interface Place {
  readonly entry: BundleEntry;
  readonly method: number;
  readonly crc: number;
  readonly compressed: number;
  readonly offset: number;
}

const END_SIGNATURE = 0x06054b50;
const LONG_END_SIGNATURE = 0x06064b50;
const CENTRAL_SIGNATURE = 0x02014b50;
const LOCAL_SIGNATURE = 0x04034b50;

const LIMIT_32 = 0xffffffff;
const LIMIT_16 = 0xffff;

/** Bytes of headers that are read: a path of 4 kB for each of the most entries would be a hundred times more than any bundle has. */
const MAX_HEADER_BYTES = 64 * 1024 * 1024;
const LONGEST_LINK = 4096;

const LINK = 0o120000;
const KIND = 0o170000;
const EXECUTABLE = 0o111;

/** @throws where the file is no archive of ours */
export function readZip(file: string): ZippedBundle {
  const places = new Map(withFile(file, (archive) => centralHeaders(archive).map((place) => [place.entry.path, place])));
  return {
    entries: [...places.values()].map(({ entry }) => entry),
    read(path, most) {
      const place = places.get(path);
      if (place === undefined || place.entry.kind === 'folder') {
        throw new Error(`${file} has no file ${JSON.stringify(path)}`);
      }
      if (place.entry.size > most) {
        throw new Error(`${JSON.stringify(path)} of ${file} has ${place.entry.size} bytes, and ${most} are read`);
      }
      return withFile(file, (archive) => contentOf(archive, place));
    },
  };
}

class Archive {
  constructor(
    private readonly descriptor: number,
    public readonly file: string,
    public readonly length: number,
  ) {}

  public bytes(at: number, length: number): Buffer {
    if (at < 0 || at + length > this.length) {
      return this.damaged();
    }
    const bytes = Buffer.alloc(length);
    let got = 0;
    for (let more = -1; more !== 0 && got < length; got += more) {
      more = readSync(this.descriptor, bytes, got, length - got, at + got);
    }
    return got < length ? this.damaged() : bytes;
  }

  public damaged(): never {
    throw this.damagedError();
  }

  public damagedError(): Error {
    return new Error(`${this.file} is no archive of a bundle, or a damaged one; synthesize again`);
  }
}

function withFile<T>(file: string, use: (archive: Archive) => T): T {
  const descriptor = openSync(file, 'r');
  const archive = new Archive(descriptor, file, fstatSync(descriptor).size);
  try {
    return use(archive);
  } catch (error) {
    // A header that is cut short, or lengths that no buffer has.
    throw error instanceof RangeError ? archive.damagedError() : error;
  } finally {
    closeSync(descriptor);
  }
}

function centralHeaders(archive: Archive): readonly Place[] {
  const { count, length, at } = endOf(archive);
  if (count > MAX_BUNDLE_ENTRIES || length > MAX_HEADER_BYTES || at + length > archive.length) {
    return archive.damaged();
  }
  const headers = archive.bytes(at, length);
  const places: Place[] = [];
  for (let from = 0; places.length < count; ) {
    if (from + 46 > length || headers.readUInt32LE(from) !== CENTRAL_SIGNATURE) {
      return archive.damaged();
    }
    const next = from + 46 + headers.readUInt16LE(from + 28) + headers.readUInt16LE(from + 30) + headers.readUInt16LE(from + 32);
    places.push(placeOf(archive, headers.subarray(from, next)));
    from = next;
  }
  return places;
}

function endOf(archive: Archive): { readonly count: number; readonly length: number; readonly at: number } {
  const end = archive.bytes(archive.length - 22, 22);
  if (end.readUInt32LE(0) !== END_SIGNATURE) {
    return archive.damaged();
  }
  const short = { count: end.readUInt16LE(10), length: end.readUInt32LE(12), at: end.readUInt32LE(16) };
  if (short.count < LIMIT_16 && short.length < LIMIT_32 && short.at < LIMIT_32) {
    return short;
  }
  const long = archive.bytes(archive.length - 98, 56);
  if (long.readUInt32LE(0) !== LONG_END_SIGNATURE) {
    return archive.damaged();
  }
  const [count, length, at] = [32, 40, 48].map((field) => Number(long.readBigUInt64LE(field))) as [number, number, number];
  return { count, length, at };
}

function placeOf(archive: Archive, header: Buffer): Place {
  const nameLength = header.readUInt16LE(28);
  const name = header.subarray(46, 46 + nameLength).toString('utf8');
  const [size, compressed, offset] = sizesOf(header, 46 + nameLength);
  const mode = header.readUInt32LE(38) >>> 16;
  const place = { method: header.readUInt16LE(10), crc: header.readUInt32LE(16), compressed, offset };
  if (name.endsWith('/')) {
    return { ...place, entry: { path: name.slice(0, -1), kind: 'folder', size: 0 } };
  }
  if ((mode & KIND) !== LINK) {
    return { ...place, entry: { path: name, kind: 'file', size, executable: (mode & EXECUTABLE) !== 0 } };
  }
  const link: Place = { ...place, entry: { path: name, kind: 'link', size: 0 } };
  const target = compressed > LONGEST_LINK ? archive.damaged() : contentOf(archive, link).toString('utf8');
  return { ...link, entry: { ...link.entry, target } };
}

/** Numbers that do not fit stand in an extra field, in this order. */
function sizesOf(header: Buffer, extra: number): readonly [size: number, compressed: number, offset: number] {
  let field = extra + 4;
  const [size, compressed, offset] = [header.readUInt32LE(24), header.readUInt32LE(20), header.readUInt32LE(42)].map((value) => {
    if (value < LIMIT_32) {
      return value;
    }
    field += 8;
    return Number(header.readBigUInt64LE(field - 8));
  }) as [number, number, number];
  return [size, compressed, offset];
}

function contentOf(archive: Archive, { entry, method, crc, compressed, offset }: Place): Buffer {
  const header = archive.bytes(offset, 30);
  if (header.readUInt32LE(0) !== LOCAL_SIGNATURE) {
    return archive.damaged();
  }
  const at = offset + 30 + header.readUInt16LE(26) + header.readUInt16LE(28);
  const bytes = archive.bytes(at, compressed);
  const content = method === 0 ? bytes : inflated(archive, bytes, entry.size);
  return crc32(content) === crc ? content : archive.damaged();
}

function inflated(archive: Archive, bytes: Buffer, size: number): Buffer {
  try {
    return inflateRawSync(bytes, { maxOutputLength: Math.max(size, 1) });
  } catch {
    return archive.damaged();
  }
}

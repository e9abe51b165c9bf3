/**
 * The records of a zip archive, with 64-bit sizes where they are needed.
 *
 * @see https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
 */

export interface ZipRecord {
  readonly name: Buffer;
  /** Whether the name is marked as UTF-8. */
  readonly marked: boolean;
  /** 0: as it is. 8: deflated. */
  readonly method: 0 | 8;
  readonly crc: number;
  readonly compressed: number;
  readonly size: number;
  /** Where the local header stands. */
  readonly offset: number;
  /** Type and permissions as Unix has them. */
  readonly mode: number;
}

/** From here on, a number stands in the 64-bit field. */
const LIMIT_32 = 0xffffffff;
const LIMIT_16 = 0xffff;

/** Version that an archive asks for: 2.0 has folders and deflate, 4.5 the 64-bit fields. */
const BASIC = 20;
const ZIP64 = 45;

const UNIX = 3;
const UTF8 = 0x0800;
/** 1980-01-01 00:00, the first that the format has. */
const TIME = 0;
const DATE = 0x0021;

const FOLDER = 0x10;

/** A local header has 64-bit sizes where deflating might bring a file over the limit. */
export const isLarge = ({ size }: { readonly size: number }): boolean => size >= 0xfff00000;

export function localHeader(record: ZipRecord): Buffer {
  const large = isLarge(record);
  const extra = large ? longFields([record.size, record.compressed]) : Buffer.alloc(0);
  const header = Buffer.alloc(30);
  header.writeUInt32LE(0x04034b50, 0);
  header.writeUInt16LE(large ? ZIP64 : BASIC, 4);
  writeShared(header, 6, record, large);
  header.writeUInt16LE(extra.length, 28);
  return Buffer.concat([header, record.name, extra]);
}

export function centralHeader(record: ZipRecord): Buffer {
  const long = [record.size, record.compressed, record.offset].filter((value) => value >= LIMIT_32);
  const large = isLarge(record);
  const extra = long.length === 0 ? Buffer.alloc(0) : longFields(long);
  const header = Buffer.alloc(46);
  const version = large || long.length > 0 ? ZIP64 : BASIC;
  header.writeUInt32LE(0x02014b50, 0);
  header.writeUInt16LE((UNIX << 8) | version, 4);
  header.writeUInt16LE(version, 6);
  writeShared(header, 8, record, false);
  header.writeUInt16LE(extra.length, 30);
  header.writeUInt32LE(((record.mode << 16) | (record.name.at(-1) === 0x2f ? FOLDER : 0)) >>> 0, 38);
  header.writeUInt32LE(Math.min(record.offset, LIMIT_32), 42);
  return Buffer.concat([header, record.name, extra]);
}

/** @param at where the central headers begin */
export function endOfArchive(count: number, at: number, length: number): Buffer {
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(Math.min(count, LIMIT_16), 8);
  end.writeUInt16LE(Math.min(count, LIMIT_16), 10);
  end.writeUInt32LE(Math.min(length, LIMIT_32), 12);
  end.writeUInt32LE(Math.min(at, LIMIT_32), 16);
  return count < LIMIT_16 && length < LIMIT_32 && at < LIMIT_32 ? end : Buffer.concat([longEnd(count, at, length), end]);
}

function longEnd(count: number, at: number, length: number): Buffer {
  const end = Buffer.alloc(76);
  end.writeUInt32LE(0x06064b50, 0);
  end.writeBigUInt64LE(44n, 4);
  end.writeUInt16LE((UNIX << 8) | ZIP64, 12);
  end.writeUInt16LE(ZIP64, 14);
  [count, count, length, at].forEach((value, index) => end.writeBigUInt64LE(BigInt(value), 24 + index * 8));
  // Where it stands.
  end.writeUInt32LE(0x07064b50, 56);
  end.writeBigUInt64LE(BigInt(at + length), 64);
  end.writeUInt32LE(1, 72);
  return end;
}

/** What both headers have, in the same order: from the flags to the length of the name. */
function writeShared(header: Buffer, from: number, { name, marked, method, crc, compressed, size }: ZipRecord, large: boolean): void {
  header.writeUInt16LE(marked ? UTF8 : 0, from);
  header.writeUInt16LE(method, from + 2);
  header.writeUInt16LE(TIME, from + 4);
  header.writeUInt16LE(DATE, from + 6);
  header.writeUInt32LE(crc, from + 8);
  header.writeUInt32LE(large ? LIMIT_32 : Math.min(compressed, LIMIT_32), from + 12);
  header.writeUInt32LE(large ? LIMIT_32 : Math.min(size, LIMIT_32), from + 16);
  header.writeUInt16LE(name.length, from + 20);
}

function longFields(values: readonly number[]): Buffer {
  const field = Buffer.alloc(4 + values.length * 8);
  field.writeUInt16LE(1, 0);
  field.writeUInt16LE(values.length * 8, 2);
  values.forEach((value, index) => field.writeBigUInt64LE(BigInt(value), 4 + index * 8));
  return field;
}

/** Reads what is in a folder that is to be a bundle: names, kinds and sizes, and no content. */
import { lstatSync, opendirSync, readlinkSync } from 'node:fs';
import type { Stats } from 'node:fs';
import { sep } from 'node:path';

import type { BundleEntry } from '../../../lib/model/appspec/bundle-entry';
import { MAX_BUNDLE_ENTRIES } from '../../../lib/model/limits';

export interface ListOptions {
  /** What is left out; folders with everything in them. `path` is absolute, a folder ends with a slash. */
  readonly ignores?: (path: string) => boolean;
  /** Time now, in milliseconds. */
  readonly now?: () => number;
  /** @default 300,000 */
  readonly timeoutMs?: number;
  /** How many entries a bundle may have. @default 100,000 */
  readonly most?: number;
}

/** Names come as bytes: those that are no UTF-8 would else be lost. */
const SLASH = Buffer.from('/');
const EXECUTABLE = 0o111;
const DEFAULT_TIMEOUT_MS = 300_000;

/**
 * Everything below a folder, sorted by the bytes of the paths. Links are told and not followed.
 *
 * Reading ends one entry after the most that a bundle may have, so that a wrong folder, such as `/`, costs no more than a large bundle.
 *
 * @throws where something cannot be read, or takes too long
 */
export function listDirectory(root: string, { ignores = () => false, now = () => performance.now(), timeoutMs = DEFAULT_TIMEOUT_MS, most = MAX_BUNDLE_ENTRIES }: ListOptions = {}): readonly BundleEntry[] {
  const end = now() + timeoutMs;
  const entries: BundleEntry[] = [];
  const folders: Buffer[] = [Buffer.alloc(0)];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    for (const name of namesIn(at(root, folder), most)) {
      if (now() > end) {
        throw new Error(`the files below ${root} could not be listed in ${timeoutMs / 1000} seconds, and ${entries.length} were found; name a smaller folder, or leave folders out by 'exclude'`);
      }
      const path = folder.length === 0 ? name : Buffer.concat([folder, SLASH, name]);
      const stats = lstatSync(at(root, path));
      if (ignores(`${root}${sep}${path.toString()}${stats.isDirectory() ? '/' : ''}`)) {
        continue;
      }
      entries.push(entryOf(root, path, stats));
      if (stats.isDirectory()) {
        folders.push(path);
      }
      if (entries.length > most) {
        return sorted(entries);
      }
    }
  }
  return sorted(entries);
}

/** Sorted by UTF-8, which every machine does alike. */
export function sorted<T extends { readonly path: string }>(entries: readonly T[]): readonly T[] {
  return entries.map((entry) => ({ entry, bytes: Buffer.from(entry.path) })).sort((a, b) => Buffer.compare(a.bytes, b.bytes)).map(({ entry }) => entry);
}

/** No more names than a bundle may have, however many there are. */
function namesIn(folder: Buffer, most: number): readonly Buffer[] {
  // The types know texts only.
  const directory = opendirSync(folder, { encoding: 'buffer' as BufferEncoding });
  const names: Buffer[] = [];
  try {
    for (let entry = directory.readSync(); entry !== null && names.length <= most; entry = directory.readSync()) {
      names.push(entry.name as unknown as Buffer);
    }
  } finally {
    directory.closeSync();
  }
  return names;
}

const at = (root: string, path: Buffer): Buffer => (path.length === 0 ? Buffer.from(root) : Buffer.concat([Buffer.from(root), SLASH, path]));

function entryOf(root: string, name: Buffer, stats: Stats): BundleEntry {
  const path = decoded(name);
  if (stats.isDirectory()) {
    return { ...path, kind: 'folder', size: 0 };
  }
  if (stats.isSymbolicLink()) {
    const target = decoded(readlinkSync(at(root, name), { encoding: 'buffer' }));
    return { ...path, ...(target.notUtf8 ? { notUtf8: true } : {}), kind: 'link', size: 0, target: target.path.replaceAll(sep, '/') };
  }
  if (!stats.isFile()) {
    return { ...path, kind: 'special', size: 0 };
  }
  // Windows has no such bits.
  return { ...path, kind: 'file', size: stats.size, ...(process.platform === 'win32' ? {} : { executable: (stats.mode & EXECUTABLE) !== 0 }) };
}

function decoded(bytes: Buffer): { readonly path: string; readonly notUtf8?: true } {
  const path = bytes.toString('utf8');
  if (Buffer.from(path).equals(bytes)) {
    return { path };
  }
  return { path: bytes.toString('latin1').replace(/[^\x20-\x7e]/g, (byte) => `\\x${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`), notUtf8: true };
}

/** Unpacks a bundle for simulated instances: bounded, with nothing that leads out of the folder. */
import { chmodSync, copyFileSync, existsSync, mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, posix } from 'node:path';

import type { BundleEntry } from '../../../lib/model/appspec/bundle-entry';
import { listDirectory } from '../../documents/bundle/list-directory';
import { readZip } from '../../documents/bundle/read-zip';
import { UserError } from '../../report/user-error';

/** What is unpacked for real scripts; the service takes more. */
export const MOST_ENTRIES = 2000;
export const MOST_BYTES = 100 * 1024 * 1024;

/** @throws UserError where it is too large, or a path or a link leads out of it */
export function unpackBundle(path: string, into: string): void {
  const isFolder = statSync(path).isDirectory();
  const zip = isFolder ? undefined : readZip(path);
  const entries = zip?.entries ?? listDirectory(path, { most: MOST_ENTRIES });
  check(path, entries);
  makeFolders(into, '.');
  for (const entry of entries) {
    const target = join(into, entry.path);
    makeFolders(into, entry.kind === 'folder' ? entry.path : posix.dirname(entry.path));
    if (entry.kind === 'file') {
      if (zip === undefined) {
        copyFileSync(join(path, entry.path), target);
      } else {
        writeFileSync(target, zip.read(entry.path, MOST_BYTES), { flag: 'wx' });
      }
      chmodSync(target, entry.executable === true ? 0o755 : 0o644);
    }
  }
  // Last, so that nothing is written through one.
  entries.filter(({ kind }) => kind === 'link').forEach((entry) => symlinkSync(entry.target!, join(into, entry.path)));
}

/** Readable for everybody, whatever the umask: scripts run as another user where this process is root. */
function makeFolders(into: string, path: string): void {
  let folder = into;
  for (const name of ['.', ...path.split('/')]) {
    folder = join(folder, name);
    if (!existsSync(folder)) {
      mkdirSync(folder);
      chmodSync(folder, 0o755);
    }
  }
}

function check(path: string, entries: readonly BundleEntry[]): void {
  const refuse = (why: string): never => {
    throw new UserError(`the scripts of the bundle ${path} cannot be run: ${why}; rehearse it without --run-scripts`);
  };
  const bytes = entries.reduce((sum, { size }) => sum + size, 0);
  if (entries.length > MOST_ENTRIES) {
    refuse(`it has more than ${MOST_ENTRIES} files and folders`);
  }
  if (bytes > MOST_BYTES) {
    refuse(`its files come to ${bytes} bytes, and ${MOST_BYTES} are unpacked`);
  }
  const kinds = new Map(entries.map((entry) => [entry.path, entry.kind]));
  for (const entry of entries) {
    const problem = problemOf(entry, kinds);
    if (problem !== undefined) {
      refuse(`${JSON.stringify(entry.path)} ${problem}`);
    }
  }
}

function problemOf({ path, kind, target = '', notUtf8 }: BundleEntry, kinds: ReadonlyMap<string, BundleEntry['kind']>): string | undefined {
  const names = path.split('/');
  if (names.some((name) => name === '' || name === '.' || name === '..') || /[\x00-\x1f\x7f\\]/.test(path) || notUtf8 === true) {
    return 'is no name of a file in it';
  }
  if (kind === 'special') {
    return 'is a socket, a pipe or a device';
  }
  const above = names.slice(0, -1).map((_, index) => names.slice(0, index + 1).join('/'));
  if (above.some((folder) => (kinds.get(folder) ?? 'folder') !== 'folder')) {
    return 'lies below what is no folder';
  }
  const leadsTo = posix.join(posix.dirname(path), target);
  return kind === 'link' && (target === '' || posix.isAbsolute(target) || leadsTo === '..' || leadsTo.startsWith('../')) ? `is a link that leads out of it, to ${JSON.stringify(target)}` : undefined;
}

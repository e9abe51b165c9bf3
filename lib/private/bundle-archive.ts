/** What lists folders and writes archives: a bundle of the package, which is loaded where there is a folder, and nowhere else. */
import * as fs from 'fs';
import { createRequire } from 'module';
import * as path from 'path';

import type { BundleEntry } from '../model/appspec/bundle-entry';
import { packageRoot } from './handler-code';

export interface ArchiveEntry {
  readonly path: string;
  readonly kind: 'file' | 'folder' | 'link';
  readonly executable: boolean;
  readonly content: { readonly file: string; readonly size: number } | { readonly bytes: Buffer };
}

export interface BundleArchives {
  archived(entry: BundleEntry, file: string, executable: boolean): ArchiveEntry;
  fingerprint(entries: readonly ArchiveEntry[]): string;
  headOf(file: string): string;
  listDirectory(root: string, options: { readonly ignores: (path: string) => boolean }): readonly BundleEntry[];
  sorted<T extends { readonly path: string }>(entries: readonly T[]): readonly T[];
  writeZip(file: string, entries: readonly ArchiveEntry[]): void;
}

let loaded: BundleArchives | undefined;

export function bundleArchives(): BundleArchives {
  loaded ??= load();
  return loaded;
}

function load(): BundleArchives {
  const file = path.join(packageRoot(), 'build', 'synth', 'bundle.js');
  if (!fs.existsSync(file)) {
    throw new Error(`what makes archives of bundles is not built, expected ${file}; run 'npm run build'`);
  }
  return createRequire(__filename)(file) as BundleArchives;
}

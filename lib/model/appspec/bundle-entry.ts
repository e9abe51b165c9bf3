/** What is in the bundle of a server, as the rules see it, wherever it was read from. */

export type EntryKind = 'file' | 'folder' | 'link' | 'special';

export interface BundleEntry {
  /** From the root of the bundle, with slashes. Bytes that are no UTF-8 stand as `\xFF`. */
  readonly path: string;
  readonly kind: EntryKind;
  /** In bytes; 0 for what is no file. */
  readonly size: number;
  /** Whether the file is executable; absent where that cannot be told, as on Windows. */
  readonly executable?: boolean;
  /** Where a link leads, as it is written. */
  readonly target?: string;
  /** Only `true`: the name is not UTF-8. */
  readonly notUtf8?: true;
}

export interface Bundle {
  /** In any order. */
  readonly entries: readonly BundleEntry[];
  /** First bytes of files, each byte as one character, by path. What is not there is not looked at. */
  readonly heads: ReadonlyMap<string, string>;
}

/** How much of a script is looked at, in bytes. */
export const HEAD_BYTES = 4096;

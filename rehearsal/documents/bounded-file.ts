import { closeSync, openSync, readSync } from 'node:fs';

import { UserError } from '../report/user-error';

export interface FileKind {
  /** Such as `scenario`. */
  readonly what: string;
  /** Bytes that one may have. */
  readonly most: number;
  /** What to do about a file that is longer. */
  readonly remedy: string;
}

/** The bytes of a file that a user names. @throws UserError where it cannot be read, or is longer than such a file may be */
export function boundedFile(file: string, { what, most, remedy }: FileKind): Buffer {
  let bytes: Buffer;
  try {
    bytes = firstBytes(file, most + 1);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    throw new UserError(code === 'ENOENT' ? `no such ${what} file: ${file}` : `${what} file ${file} cannot be read (${code ?? String(error)})`);
  }
  if (bytes.length > most) {
    throw new UserError(`${file} is longer than the ${most} bytes that ${/^[aeiou]/i.test(what) ? 'an' : 'a'} ${what} may have; ${remedy}`);
  }
  return bytes;
}

/** No more of a file than this, whatever it is: a wrong name, such as that of a device, must not fill the memory. */
function firstBytes(file: string, most: number): Buffer {
  const bytes = Buffer.alloc(most);
  const descriptor = openSync(file, 'r');
  try {
    let length = 0;
    for (let read = -1; read !== 0 && length < most; length += read) {
      read = readSync(descriptor, bytes, length, most - length, null);
    }
    return bytes.subarray(0, length);
  } finally {
    closeSync(descriptor);
  }
}

/** Files that a command leaves behind: checked before the work begins, and whole or not there at all. */
import { accessSync, constants, mkdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

import { UserError } from '../report/user-error';

const REMEDY = 'name another file with --json';

/** Makes the folder of a file. @throws UserError where the file could not be written there later on */
export function prepareFile(file: string): void {
  const folder = dirname(file);
  attempt(`the folder of ${file} cannot be made`, () => mkdirSync(folder, { recursive: true }));
  attempt(`${file} cannot be written`, () => accessSync(folder, constants.W_OK));
  if (statSync(file, { throwIfNoEntry: false })?.isDirectory()) {
    throw new UserError(`${file} is a directory; ${REMEDY}`);
  }
}

/** Renamed into place, so that nobody ever reads half a file. @throws UserError where that fails; nothing is left behind then */
export function writeWhole(file: string, text: string): void {
  const unfinished = `${file}.${process.pid}.tmp`;
  try {
    attempt(`${file} cannot be written`, () => {
      writeFileSync(unfinished, text);
      renameSync(unfinished, file);
    });
  } catch (error) {
    rmSync(unfinished, { force: true });
    throw error;
  }
}

function attempt(what: string, action: () => void): void {
  try {
    action();
  } catch (error) {
    throw new UserError(`${what} (${(error as NodeJS.ErrnoException).code ?? String(error)}); ${REMEDY}`);
  }
}

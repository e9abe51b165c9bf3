/** `greenlight suite lint`: whether a check suite is one that the handler plays, and where it is not. */
import { resolve } from 'node:path';

import { boundedFile } from '../documents/bounded-file';
import type { Problem } from '../documents/json-document';
import { readJsonDocument } from '../documents/json-document';
import { lintRules } from '../documents/suite-linter';
import { EXIT } from '../report/exit-status';
import type { SuiteLintOptions } from './lint-arguments';
import type { Terminal } from './terminal';

const SUITE = { what: 'suite', most: 8 * 1024 * 1024, remedy: 'name the suite.json of a hook' };

/** @returns the exit status: whether there was anything to find */
export async function lintSuite({ file }: SuiteLintOptions, { out, err, workingDirectory }: Terminal): Promise<number> {
  const problems = await problemsOf(boundedFile(resolve(workingDirectory, file), SUITE));
  problems.forEach(({ line, message }) => out(`${file}:${line}: ${message}\n`));
  if (problems.length > 0) {
    return EXIT.notReleased;
  }
  err(`${file} is a sound suite\n`);
  return EXIT.released;
}

async function problemsOf(bytes: Uint8Array): Promise<readonly Problem[]> {
  const document = readJsonDocument(bytes);
  if (!('value' in document)) {
    return document;
  }
  const { suiteJudge } = await import('./suite-schema');
  const misfits = suiteJudge().misfits(document.value);
  // The rules are for documents whose parts are what they are to be; else they would only say the same again.
  const found = misfits.length > 0 ? misfits : lintRules(document.value);
  return found.map(({ path, message }) => ({ line: document.lineOf(path), message })).sort((a, b) => a.line - b.line);
}

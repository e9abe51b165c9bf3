/** The corpus: folders of AppSpecs, each with what the command prints for it. A file that breaks a rule is called after it. */
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';

import { lintServerFileName } from '../../lib/model/appspec/file-name';
import { lintAppSpec } from '../../lib/model/appspec/lint';
import type { AppSpecFinding, Platform } from '../../lib/model/appspec/rules';
import { formatOf, readAppSpecFile } from '../../rehearsal/documents/appspec/read-appspec';

export const CORPUS = join(__dirname, 'corpus');

/** Files below a folder, relative to it; those of servers stand in folders of their own, since agents look for one name. */
export function filesOf(folder: string): readonly string[] {
  const files = readdirSync(join(CORPUS, folder)).filter((entry) => entry !== 'expected.txt').sort();
  return files.flatMap((entry) => {
    const path = join(CORPUS, folder, entry);
    return statSync(path).isDirectory() ? readdirSync(path).map((name) => join(entry, name)) : [entry];
  });
}

export const isSound = (file: string): boolean => file.startsWith('valid-');

/** The rule of `12-container-port-range.word.yaml`. */
export const ruleOf = (file: string): string => /^\d+-([a-z0-9-]+)/.exec(file)?.[1] ?? '';

/** What the command prints, line by line. */
export const expected = (folder: string): readonly string[] => readFileSync(join(CORPUS, folder, 'expected.txt'), 'utf8').trimEnd().split('\n');

/** The rules as the command applies them. */
export function judge(folder: string, file: string, platform?: Platform): readonly AppSpecFinding[] {
  const reading = readAppSpecFile(readFileSync(join(CORPUS, folder, file)), formatOf(file));
  const named = platform === 'server' ? lintServerFileName(basename(file)) : [];
  return [...named, ...('root' in reading ? lintAppSpec(reading.root, platform) : reading).findings];
}

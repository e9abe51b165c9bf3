/** Proves a suite with the engines that will play it. They are loaded where there is a suite, and nowhere else. */
import * as fs from 'fs';
import { createRequire } from 'module';
import * as path from 'path';

import type { CheckSuite } from '../model/suite';
import { packageRoot } from './handler-code';

interface SuiteLinter {
  lintSuite(document: unknown): readonly { readonly place: string; readonly check?: string; readonly message: string }[];
}

let loaded: SuiteLinter | undefined;

/** @throws with everything that is wrong, each with the name of its check */
export function requireSoundSuite(suite: CheckSuite): void {
  loaded ??= load();
  // As the handler will read it.
  const problems = loaded.lintSuite(JSON.parse(JSON.stringify(suite)));
  if (problems.length > 0) {
    throw new Error(problems.map(({ check, place, message }) => `${subject(suite, check)}: ${withoutCheck(place, message)}`).join('\n'));
  }
}

function subject({ event }: CheckSuite, check: string | undefined): string {
  return check === undefined ? `checks of hook ${event}` : `check '${check}' of hook ${event}`;
}

/** Who is meant has been said; where in it remains. */
function withoutCheck(place: string, message: string): string {
  const [prefix = ''] = /^checks\[\d+\]\./.exec(place) ?? [];
  return message.startsWith(`'${prefix}`) ? message.replace(prefix, '') : message;
}

function load(): SuiteLinter {
  const file = path.join(packageRoot(), 'build', 'synth', 'suite-linter.js');
  if (!fs.existsSync(file)) {
    throw new Error(`what proves check suites is not built, expected ${file}; run 'npm run build'`);
  }
  return createRequire(__filename)(file) as SuiteLinter;
}

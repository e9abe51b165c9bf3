/** The rules that no schema can say, by the handlers' own parser and engines: a bundle of the package, which the constructs prove suites with too. */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

import type { Path } from './json-document';
import type { Misfit } from './schema-problems';

interface SuiteLinter {
  lintSuite(document: unknown): readonly { readonly place: string; readonly message: string }[];
}

/** What keeps the handler from playing a suite that conforms to the schema. */
export function lintRules(document: unknown, from = __dirname): readonly Misfit[] {
  const { lintSuite } = createRequire(__filename)(linterPath(from)) as SuiteLinter;
  return lintSuite(document).map(({ place, message }) => ({ path: pathOf(place), message }));
}

/** Looks beside the folder of the bundled command, then in the build folder of a checkout. */
function linterPath(from: string): string {
  const candidates = [path.join(from, '..', 'synth', 'suite-linter.js'), path.join(from, '..', '..', 'build', 'synth', 'suite-linter.js')];
  const found = candidates.find((candidate) => existsSync(candidate));
  if (found === undefined) {
    throw new Error(`what proves check suites is missing (looked for ${candidates.join(', ')}); run 'npm run build'`);
  }
  return found;
}

/** Of `checks[0].steps[1].request.path`. A header's name may hold dots; its line is then that of the headers. */
export function pathOf(place: string): Path {
  return [...place.matchAll(/\[(\d+)\]|([^.[\]]+)/g)].map(([, index, name]) => index ?? (name as string));
}

/** Where the child's program lies: one file, bundled from `preload/index.ts`. */
import { existsSync } from 'node:fs';
import path from 'node:path';

/** Looks beside the bundled command, then in the build folder of a checkout. Throws where it has not been built. */
export function preloadPath(from = __dirname): string {
  const candidates = [path.join(from, 'preload.js'), path.join(from, '..', '..', 'build', 'rehearsal', 'preload.js')];
  const found = candidates.find((candidate) => existsSync(candidate));
  if (found === undefined) {
    throw new Error(`the sandbox's program is missing (looked for ${candidates.join(', ')}); run 'npm run build'`);
  }
  return found;
}

/** Sees to it that the handlers are built before a test makes a hook: constructs only ever take prebuilt bundles. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '..', '..');
const HANDLERS = join(ROOT, 'build', 'handlers');
const BUNDLE = "import { bundleHandlers } from './scripts/bundle-handlers.mjs'; await bundleHandlers({ outDir: process.argv[1] });";

/** Bundles into a folder of its own and moves it into place, so that tests that run side by side never see half a bundle. */
export function ensureHandlers(): void {
  if (existsSync(join(HANDLERS, 'guardian', 'index.js'))) {
    return;
  }
  mkdirSync(join(ROOT, 'build'), { recursive: true });
  const scratch = mkdtempSync(join(ROOT, 'build', 'handlers-'));
  try {
    execFileSync(process.execPath, ['--input-type=module', '--eval', BUNDLE, scratch], { cwd: ROOT, stdio: 'pipe' });
    if (!existsSync(HANDLERS)) {
      renameSync(scratch, HANDLERS);
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

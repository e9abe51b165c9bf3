/** Bundles a piece of TypeScript for a process of its own. By esbuild's command: its API would keep a service running beside the tests. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

const ESBUILD = join(__dirname, '..', '..', 'node_modules', '.bin', 'esbuild');

/** @param folder what the imports of `source` are relative to */
export function bundleText(source: string, folder: string): string {
  return execFileSync(ESBUILD, ['--bundle', '--platform=node', '--format=cjs', '--target=node22', '--loader=ts', '--log-level=warning'], {
    cwd: folder,
    input: source,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
}

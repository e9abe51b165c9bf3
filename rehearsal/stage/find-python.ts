/** Python's own executable: what a name on the PATH leads to may be a wrapper that needs more of the environment than a function has. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const SECONDS = 10;

/** @returns undefined where there is no python3 that runs */
export function findPython(searchPath: string): string | undefined {
  for (const folder of searchPath.split(delimiter).filter((entry) => entry !== '')) {
    const candidate = join(folder, 'python3');
    if (existsSync(candidate)) {
      const asked = spawnSync(candidate, ['-c', 'import sys; print(sys.executable)'], { env: { PATH: searchPath }, encoding: 'utf8', timeout: SECONDS * 1000 });
      const executable = asked.stdout.trim();
      if (asked.status === 0 && existsSync(executable)) {
        return executable;
      }
    }
  }
  return undefined;
}

/** The temporary folder in which the root folders of simulated instances are, with the bundles: nothing of it is left at the end. */
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { CONTROL_FOLDER, SYSTEM_PATH } from './agent-paths';
import type { Owner, ReadOnly } from './root-folder';

/** The number that every Linux has for nobody. */
const NOBODY = 65_534;

/** Instances are never run as root of this machine. @returns undefined where this process is an ordinary user */
export function ownerOfInstances(): Owner | undefined {
  return process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : undefined;
}

export class Workshop {
  readonly directory = mkdtempSync(join(tmpdir(), 'greenlight-servers-'));

  constructor() {
    // To be passed through by whoever runs the instances, and not to be listed.
    chmodSync(this.directory, ownerOfInstances() === undefined ? 0o700 : 0o711);
  }

  /** Makes a folder that everybody may read. */
  folder(...names: readonly string[]): string {
    const path = join(this.directory, ...names);
    if (!existsSync(path)) {
      mkdirSync(path);
      chmodSync(path, 0o755);
    }
    return path;
  }

  control(directory: string): ReadOnly {
    return { from: join(directory, 'control'), to: CONTROL_FOLDER, programs: false };
  }

  /** Nothing runs in it any more. */
  remove(): void {
    try {
      rmSync(this.directory, { recursive: true, force: true });
    } catch {
      // Scripts have made folders that may not be listed; links are not followed.
      spawnSync('chmod', ['-R', 'u+rwX', this.directory], { env: { PATH: SYSTEM_PATH }, stdio: 'ignore' });
      rmSync(this.directory, { recursive: true, force: true });
    }
  }
}

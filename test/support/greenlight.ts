/** The built command, run as users run it. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Report } from '../../lib/model/report';

export const ROOT = join(__dirname, '..', '..');
const COMMAND = join(ROOT, 'build', 'rehearsal', 'greenlight.js');

export interface Run {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly wallMs: number;
}

/** @param nodePath Node executable. @default the one that runs the tests. `path`: PATH of the command. @default that of the tests. `temporary`: folder for temporary files. @default that of the system */
export function greenlight(args: readonly string[], options: { readonly cwd?: string; readonly nodePath?: string; readonly path?: string; readonly temporary?: string } = {}): Run {
  const started = performance.now();
  const { status, stdout, stderr, error } = spawnSync(options.nodePath ?? process.execPath, [COMMAND, ...args], {
    cwd: options.cwd ?? ROOT,
    encoding: 'utf8',
    env: { PATH: options.path ?? process.env.PATH, LANG: 'C.UTF-8', ...(options.temporary === undefined ? {} : { TMPDIR: options.temporary }) },
    timeout: 180_000,
    maxBuffer: 64 * 1024 * 1024,
  });
  if (error !== undefined) {
    throw error;
  }
  return { status, stdout, stderr, wallMs: performance.now() - started };
}

/** Plays a scenario of the example, and reads its report from standard output. */
export function rehearse(...args: readonly string[]): Run & { readonly report: Report } {
  const run = greenlight(['rehearse', ...args, '--json', '-']);
  if (run.stdout === '') {
    throw new Error(`no report on standard output; standard error:\n${run.stderr}`);
  }
  return { ...run, report: JSON.parse(run.stdout) as Report };
}

/** A folder of its own for one test. */
export function inTemporaryFolder<T>(use: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'greenlight-test-'));
  try {
    return use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export const NODE_22 = join(ROOT, 'node_modules', 'node22', 'bin', 'node');

/** The sandboxes that are to be tried on this machine: at least one, or the tests fail. */
import { chmodSync, existsSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { tmpdir } from 'node:os';

import type { Instance } from '../../../../rehearsal/engine/fleet/fleet';
import { findTool, type FoundTool } from '../../../../rehearsal/sandbox/servers/find-tool';
import type { ToolName } from '../../../../rehearsal/sandbox/servers/isolation';

export function programOf(name: ToolName): string | undefined {
  return process.env.PATH!.split(delimiter).map((folder) => join(folder, name)).find((path) => existsSync(path));
}

/** Names of those that are installed. */
export const INSTALLED: readonly ToolName[] = (['bwrap', 'unshare'] as const).filter((name) => programOf(name) !== undefined);

/** A PATH on which there is only this one. */
export function pathWith(...programs: readonly string[]): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'greenlight-path-'));
  // Where these tests run as root, whoever runs the tool is somebody else.
  chmodSync(path, 0o755);
  programs.forEach((program) => symlinkSync(program, join(path, program.split('/').at(-1)!)));
  return { path, remove: () => rmSync(path, { recursive: true }) };
}

export async function toolNamed(name: ToolName): Promise<FoundTool> {
  const { path, remove } = pathWith(programOf(name)!);
  try {
    return { ...(await findTool(path)), program: programOf(name)! };
  } finally {
    remove();
  }
}

export const instance = (index: number, more: Partial<Instance> = {}): Instance => ({ id: `i-${index}`, index, zone: 'us-east-1a', platform: 'ec2', tags: {}, state: 'inService', ...more });

/** Bundles as literals, and what is wrong with them. */
import { lintBundle } from '../../../../lib/model/appspec/bundle';
import type { BundleEntry } from '../../../../lib/model/appspec/bundle-entry';
import type { AppSpecFinding } from '../../../../lib/model/appspec/rules';
import { readAppSpecText } from '../../../../rehearsal/documents/appspec/read-appspec';

export const file = (path: string, size = 10): BundleEntry => ({ path, kind: 'file', size, executable: true });
export const folder = (path: string): BundleEntry => ({ path, kind: 'folder', size: 0 });
export const link = (path: string, target: string): BundleEntry => ({ path, kind: 'link', size: 0, target });
export const special = (path: string): BundleEntry => ({ path, kind: 'special', size: 0 });

export const SCRIPT = '#!/bin/sh\nexit 0\n';

export interface Case {
  /** What stands after `version` and `os`: from line 3. */
  readonly appSpec?: string;
  readonly os?: 'linux' | 'windows';
  readonly entries: readonly BundleEntry[];
  readonly heads?: Readonly<Record<string, string>>;
}

export function findingsOf({ appSpec = '', os = 'linux', entries, heads = {} }: Case): readonly AppSpecFinding[] {
  const reading = readAppSpecText(`version: 0.0\nos: ${os}\n${appSpec}`, 'yaml');
  if (!('root' in reading)) {
    throw new Error(JSON.stringify(reading.findings));
  }
  const scripts = entries.filter(({ kind }) => kind === 'file').map(({ path }) => [path, SCRIPT] as const);
  return lintBundle(reading.root, { entries, heads: new Map([...scripts, ...Object.entries(heads)]) });
}

/** `rule:line: message` of each finding. */
export const told = (bundle: Case): readonly string[] => findingsOf(bundle).map(({ rule, line, message }) => `${rule}:${line}: ${message}`);

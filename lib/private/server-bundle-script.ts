/** Puts the script of a gate into a bundle: as a file, and at the end of what its AppSpec runs at ValidateService. */
import * as fs from 'fs';
import * as path from 'path';

import type { BundleEntry } from '../model/appspec/bundle-entry';
import { SERVER_GATE_EVENTS } from '../model/server/gates';
import { addScript, readAppSpec } from './app-spec-text';
import type { ArchiveEntry } from './bundle-archive';
import { bundleArchives } from './bundle-archive';
import type { InstanceScript } from './instance-script';
import { instanceScript, SCRIPT_PATH, scriptSeconds } from './instance-script';
import type { CheckedBundle } from './server-bundle';
import { APPSPEC_FILE } from './server-bundle';

const FOLDER = path.posix.dirname(SCRIPT_PATH);

/**
 * The bundle with the script. It runs as the agent does, whatever users other scripts have: by default root, who reads what an on-premises instance is told about itself.
 *
 * @throws where the bundle has such a file, is for Windows, or leaves the script no time
 */
export function withInstanceScript(bundle: CheckedBundle, script: InstanceScript): CheckedBundle {
  requireRoom(bundle);
  const seconds = scriptSeconds(script);
  const before = bundle.text ?? fs.readFileSync(path.join(bundle.directory, APPSPEC_FILE), 'utf8');
  const text = addScript(before, { event: SERVER_GATE_EVENTS.instance, location: SCRIPT_PATH, timeout: seconds });
  const { document, root } = read(text, bundle, seconds);
  const bytes = Buffer.from(instanceScript(script));
  const folder: BundleEntry = { path: FOLDER, kind: 'folder', size: 0 };
  const made: BundleEntry[] = [
    ...(bundle.entries.some(({ path: name }) => name === FOLDER) ? [] : [folder]),
    { path: SCRIPT_PATH, kind: 'file', size: bytes.length, executable: true },
  ];
  const appSpec = Buffer.from(text);
  const contents = new Map([
    [APPSPEC_FILE, appSpec],
    [SCRIPT_PATH, bytes],
  ]);
  const archiveEntry = (entry: BundleEntry): ArchiveEntry => ({ path: entry.path, kind: entry.kind === 'folder' ? 'folder' : 'file', executable: entry.executable ?? entry.kind === 'folder', content: { bytes: contents.get(entry.path) ?? Buffer.alloc(0) } });
  return {
    ...bundle,
    text,
    document,
    root,
    entries: bundleArchives().sorted([...bundle.entries.map((entry) => (entry.path === APPSPEC_FILE ? { ...entry, size: appSpec.length } : entry)), ...made]),
    archive: bundleArchives().sorted([...bundle.archive.map((entry) => (entry.path === APPSPEC_FILE ? { ...entry, content: { bytes: appSpec } } : entry)), ...made.map(archiveEntry)]),
  };
}

/** Links, too: what lies behind one is no place of its own. */
function requireRoom({ directory, document, entries }: CheckedBundle): void {
  if ((document as { readonly os?: unknown }).os !== 'linux') {
    throw new Error(
      `gate 'instance' asks by a script for Linux, and the AppSpec of bundle '${directory}' is for Windows; take the gate 'fleet', or write a script that invokes the function and set 'scriptInBundle'`,
    );
  }
  const taken = entries.find(({ path: name, kind }) => name === SCRIPT_PATH || (name === FOLDER && kind !== 'folder'));
  if (taken !== undefined) {
    throw new Error(
      `gate 'instance' puts its script into the bundle as '${SCRIPT_PATH}', and bundle '${directory}' has '${taken.path}' already; rename it or leave it out by 'exclude'; where it is the script of the gate, set 'scriptInBundle'`,
    );
  }
}

function read(text: string, { directory }: CheckedBundle, seconds: number): Pick<CheckedBundle, 'document' | 'root'> {
  try {
    return readAppSpec(text, 'server');
  } catch (error) {
    throw new Error(`the script of gate 'instance', which may take ${seconds} seconds, comes after yours in the AppSpec of bundle '${directory}': ${(error as Error).message}`);
  }
}

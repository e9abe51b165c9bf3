/** What a bundle does on an instance, by the AppSpec in it: its scripts with their time-outs, and the files that it copies. */
import { existsSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

import type { BundleEntry } from '../../lib/model/appspec/bundle-entry';
import type { Part } from '../../lib/model/appspec/part';
import { serverDocumentOf, type CopiedFile, type PlacedPermission } from '../../lib/model/appspec/server-document';
import { SERVER_HOOK_EVENTS, type ServerHookEvent } from '../../lib/model/lifecycle';
import { EVENT_TIMEOUT_SECONDS, MAX_APPSPEC_BYTES } from '../../lib/model/limits';
import type { FileExistsBehavior } from '../../lib/model/server/events';
import type { ServerRevisionDescription } from '../../lib/model/server/rollout';
import { readAppSpecFile } from '../documents/appspec/read-appspec';
import { boundedFile } from '../documents/bounded-file';
import { listDirectory } from '../documents/bundle/list-directory';
import { readZip } from '../documents/bundle/read-zip';
import { UserError } from '../report/user-error';
import type { Assembly } from './assembly';
import type { Stack } from './stack';

export interface BundleScript {
  /** Path in the bundle. */
  readonly location: string;
  readonly timeoutSeconds: number;
  /** `runas`. */
  readonly runAs?: string;
}

export interface BundlePermission {
  readonly object: string;
  readonly pattern: string;
  readonly except: readonly string[];
  readonly types: readonly string[];
  /** Octal digits, as the agent reads them. */
  readonly mode?: string;
  /** What of it needs more than a mode: `owner`, `group`, `acls`, `context`. */
  readonly others: readonly string[];
}

export interface BundleModel {
  /** The archive or folder on this machine. */
  readonly path: string;
  readonly os?: 'linux' | 'windows';
  readonly copies: readonly { readonly source: string; readonly destination: string }[];
  readonly permissions: readonly BundlePermission[];
  readonly scripts: Partial<Record<ServerHookEvent, readonly BundleScript[]>>;
  /** Paths to which its files are copied. */
  readonly files: readonly string[];
  readonly fileExistsBehavior?: FileExistsBehavior;
}

const APPSPEC = 'appspec.yml';
const BEHAVIORS: readonly FileExistsBehavior[] = ['DISALLOW', 'OVERWRITE', 'RETAIN'];

/** Undefined where the bundle is no asset of the assembly. @throws UserError where it is one, and cannot be read */
export function bundleOf(assembly: Assembly, stack: Stack, revision: ServerRevisionDescription | undefined): BundleModel | undefined {
  if (revision === undefined || revision.source === 'gitHub' || revision.path === undefined) {
    return undefined;
  }
  const path = located(assembly, stack, revision.path);
  try {
    return statSync(path).isDirectory() ? ofDirectory(path) : ofZip(path);
  } catch (error) {
    throw error instanceof UserError ? error : new UserError(`the bundle ${path} cannot be read: ${(error as Error).message}; synthesize the app again with 'cdk synth'`);
  }
}

/** Paths begin at the assembly of the stack, which is a folder of its own for a stage. */
function located(assembly: Assembly, { templateFile }: Stack, path: string): string {
  const candidates = [resolve(dirname(templateFile), path), resolve(assembly.directory, path)];
  const found = candidates.find((candidate) => existsSync(candidate));
  if (found === undefined) {
    throw new UserError(`no such bundle: ${candidates[0]}; synthesize the app again with 'cdk synth'`);
  }
  return found;
}

function ofDirectory(path: string): BundleModel {
  const bytes = boundedFile(join(path, APPSPEC), { what: 'AppSpec', most: MAX_APPSPEC_BYTES, remedy: 'shorten it' });
  return bundleModel(bytes, listDirectory(path), path);
}

function ofZip(path: string): BundleModel {
  const zip = readZip(path);
  return bundleModel(zip.read(APPSPEC, MAX_APPSPEC_BYTES), zip.entries, path);
}

function bundleModel(bytes: Uint8Array, entries: readonly BundleEntry[], path: string): BundleModel {
  const reading = readAppSpecFile(bytes, 'yaml');
  if (!('root' in reading)) {
    throw new UserError(`${APPSPEC} of the bundle ${path} is no AppSpec: ${reading.findings.map(({ message }) => message).join('; ')}`);
  }
  const behavior = BEHAVIORS.find((one) => one === scalarAt(reading.root, 'file_exists_behavior'));
  const document = serverDocumentOf(reading.root);
  return {
    path,
    ...(document.os === undefined ? {} : { os: document.os }),
    copies: document.files.map(({ source, destination }) => ({ source: source.text, destination: destination.text })),
    permissions: permissionsOf(reading.root, document.permissions),
    scripts: scriptsOf(reading.root),
    files: document.files.flatMap((file) => copies(file, entries)),
    ...(behavior === undefined ? {} : { fileExistsBehavior: behavior }),
  };
}

function scriptsOf(root: Part): BundleModel['scripts'] {
  const hooks = childOf(root, 'hooks');
  return Object.fromEntries(
    SERVER_HOOK_EVENTS.flatMap((event) => {
      const list = hooks && childOf(hooks, event);
      const scripts = (list?.kind === 'list' ? list.items : []).flatMap((item): readonly BundleScript[] => {
        const location = scalarAt(item, 'location');
        const timeout = Number(scalarAt(item, 'timeout') ?? EVENT_TIMEOUT_SECONDS);
        const runAs = scalarAt(item, 'runas');
        return location === undefined
          ? []
          : [{ location: String(location).trim(), timeoutSeconds: timeout > 0 ? timeout : EVENT_TIMEOUT_SECONDS, ...(runAs === undefined ? {} : { runAs: String(runAs) }) }];
      });
      return scripts.length === 0 ? [] : [[event, scripts]];
    }),
  );
}

function permissionsOf(root: Part, placed: readonly PlacedPermission[]): readonly BundlePermission[] {
  const list = childOf(root, 'permissions');
  const items = list?.kind === 'list' ? list.items : [];
  return placed.map(({ object, pattern, except, types }) => {
    const item = items[Number(/\d+/.exec(object.place)![0])]!;
    const mode = modeOf(childOf(item, 'mode'));
    return {
      object: object.text,
      pattern: pattern?.text ?? '**',
      except: except.map(({ text }) => text),
      types,
      ...(mode === undefined ? {} : { mode }),
      others: ['owner', 'group', 'acls', 'context'].filter((key) => childOf(item, key) !== undefined),
    };
  });
}

/** A number that begins with 0 is octal to the agent, which takes its decimal digits for the mode. */
function modeOf(part: Part | undefined): string | undefined {
  if (part?.kind !== 'scalar' || part.value === null) {
    return undefined;
  }
  const written = part.plain ?? String(part.value);
  return part.plain !== undefined && /^0[0-7]+$/.test(written) ? String(Number.parseInt(written, 8)) : written;
}

/** A file goes into its destination by its name; of a folder everything that is in it does. */
function copies({ source, destination }: CopiedFile, entries: readonly BundleEntry[]): readonly string[] {
  const wanted = trimmed(source.text);
  const into = destination.text.replace(/[/\\]+$/, '');
  return entries.flatMap(({ path, kind }) => {
    if (kind === 'folder') {
      return [];
    }
    if (path === wanted) {
      return [`${into}/${path.split('/').at(-1)}`];
    }
    return wanted === '' || path.startsWith(`${wanted}/`) ? [`${into}/${wanted === '' ? path : path.slice(wanted.length + 1)}`] : [];
  });
}

const trimmed = (path: string): string => path.replaceAll('\\', '/').replace(/^(\.?\/)+/, '').replace(/\/+$/, '').replace(/^\.$/, '');

function childOf(part: Part, key: string): Part | undefined {
  return part.kind === 'map' ? part.entries.find((entry) => entry.key === key)?.part : undefined;
}

function scalarAt(part: Part, key: string): string | number | boolean | undefined {
  const child = childOf(part, key);
  return child?.kind === 'scalar' && child.value !== null ? child.value : undefined;
}

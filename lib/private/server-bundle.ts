/** A folder that is to be the bundle of a revision: read, checked with its AppSpec, and made into an archive of the cloud assembly. */
import * as crypto from 'crypto';
import * as fs from 'fs';
import * as os from 'os';
import * as path from 'path';

import * as s3assets from 'aws-cdk-lib/aws-s3-assets';
import { AssetHashType, IgnoreStrategy, Stage, Token } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';

import type { AppSpecDocument } from '../appspec/app-spec-document';
import { lintBundle, scriptsOfBundle } from '../model/appspec/bundle';
import type { BundleEntry } from '../model/appspec/bundle-entry';
import { lintAppSpec } from '../model/appspec/lint';
import type { Part } from '../model/appspec/part';
import type { AppSpecFinding } from '../model/appspec/rules';
import { PLATFORM_NAMES } from '../model/appspec/rules';
import { partOf, warningsOf } from './app-spec-rules';
import { printFile, readAppSpecFile } from './app-spec-text';
import type { ArchiveEntry } from './bundle-archive';
import { bundleArchives } from './bundle-archive';
import { requireList } from './kinds';

export const APPSPEC_FILE = 'appspec.yml';

/** Goes into the hash of an archive: another one where the same files make other bytes. */
const FORMAT = 'cdk-greenlight-bundle-1';

/** Set by the CDK CLI's `--no-staging`: assets are then used where they lie, instead of being copied into the assembly. */
const STAGING_DISABLED = 'aws:cdk:disable-asset-staging';

export interface BundleSource {
  readonly directory: string;
  /** Absent: it is a file of the folder. */
  readonly appSpec?: AppSpecDocument;
  /** Patterns as .gitignore has them. */
  readonly exclude: readonly string[];
}

/** A bundle that breaks no rule. */
export interface CheckedBundle {
  readonly directory: string;
  /** The text of the AppSpec; absent: it is that of the file. */
  readonly text?: string;
  readonly document: object;
  readonly root: Part;
  readonly entries: readonly BundleEntry[];
  readonly archive: readonly ArchiveEntry[];
  readonly warnings: readonly AppSpecFinding[];
}

/** The AppSpec of a bundle, wherever it comes from. */
interface BundleAppSpec {
  readonly document: object;
  readonly root: Part;
  readonly warnings: readonly AppSpecFinding[];
  /** Where it is made, and no file of the folder. */
  readonly text?: string;
}

/** @throws with each rule that is broken */
export function checkBundle({ directory, appSpec, exclude }: BundleSource): CheckedBundle {
  requirePath(directory);
  requireList("'exclude'", exclude, "put the patterns into one, such as ['*.log']");
  const root = path.resolve(directory);
  if (!fs.statSync(root, { throwIfNoEntry: false })?.isDirectory()) {
    throw new Error(`a bundle must be a folder, and there is none at '${root}'; relative paths begin where synth runs`);
  }
  const listed = bundleArchives().listDirectory(root, { ignores: ignoring(root, exclude) });
  const made = appSpecOf(root, listed, appSpec);
  const withAppSpec = made.text === undefined ? listed : [...listed, { path: APPSPEC_FILE, kind: 'file' as const, size: Buffer.byteLength(made.text) }];
  const scripts = new Set(scriptsOfBundle(made.root, withAppSpec));
  const entries = bundleArchives().sorted(withAppSpec.map((entry) => withExecutable(root, entry, scripts, isLinux(made))));
  const heads = new Map([...scripts].map((script) => [script, script === APPSPEC_FILE ? '' : bundleArchives().headOf(path.join(root, script))]));
  const told = ({ rule, line, message }: AppSpecFinding) => (rule.startsWith('bundle-') ? `bundle ${root}: ${message}` : `${made.text === undefined ? `${path.join(root, APPSPEC_FILE)}:${line}` : 'AppSpec of the bundle'}: ${message}`);
  const warnings = warningsOf(lintBundle(made.root, { entries, heads }), told);
  return { directory: root, ...(made.text === undefined ? {} : { text: made.text }), document: made.document, root: made.root, entries, archive: entries.map((entry) => archived(root, entry, made.text)), warnings: [...made.warnings, ...warnings] };
}

function requirePath(directory: string): void {
  if (typeof directory !== 'string' || directory === '' || Token.isUnresolved(directory)) {
    const got = Token.isUnresolved(directory) ? 'a deploy-time value' : directory === '' ? 'an empty text' : 'none';
    throw new Error(`a bundle must be a folder that is there at synth, got ${got}; give its path, '.' for where synth runs`);
  }
}

function ignoring(root: string, exclude: readonly string[]): (file: string) => boolean {
  const strategy = IgnoreStrategy.git(root, [...exclude]);
  return (file) => (file.endsWith('/') ? strategy.completelyIgnores(file) : strategy.ignores(file));
}

function appSpecOf(root: string, entries: readonly BundleEntry[], made: AppSpecDocument | undefined): BundleAppSpec {
  const file = entries.find(({ path: name }) => name === APPSPEC_FILE);
  if (made === undefined) {
    if (file?.kind !== 'file') {
      if (file !== undefined) {
        throw new Error(`the AppSpec of a bundle must be a file, and '${APPSPEC_FILE}' in '${root}' is a ${file.kind === 'link' ? 'link' : 'folder'}; put the file in its place, or give 'appSpec' and leave this one out by 'exclude'`);
      }
      const near = entries.find(({ path: name }) => /^appspec\.(ya?ml|json)$/i.test(name));
      throw new Error(`a bundle must have its AppSpec, and the file '${APPSPEC_FILE}' is not in the root of '${root}'; ${near === undefined ? "write one, or give 'appSpec'" : `rename '${near.path}', agents look for no other name`}`);
    }
    return readAppSpecFile(path.join(root, APPSPEC_FILE), 'server');
  }
  if (file !== undefined) {
    throw new Error(`a bundle must have one AppSpec, got 'appSpec' and the file '${APPSPEC_FILE}' in '${root}'; remove one of them, or leave the file out by 'exclude'`);
  }
  if (made.platform !== 'server') {
    throw new Error(`'appSpec' of a bundle must be one for ${PLATFORM_NAMES.server}, got one for ${PLATFORM_NAMES[made.platform]}; give a ServerAppSpec`);
  }
  const document = made._document();
  const part = partOf(document);
  return { document, root: part, warnings: lintAppSpec(part, 'server').findings, text: printFile(document) };
}

const isLinux = ({ document }: BundleAppSpec): boolean => (document as { readonly os?: unknown }).os === 'linux';

/** What the AppSpec runs is made executable. Windows has no such bits, and where synth runs on Windows files tell by how they begin. */
function withExecutable(root: string, entry: BundleEntry, scripts: ReadonlySet<string>, linux: boolean): BundleEntry {
  if (entry.kind !== 'file') {
    return entry;
  }
  const told = () => entry.executable ?? (entry.path !== APPSPEC_FILE && /^(#!|\x7fELF)/.test(bundleArchives().headOf(path.join(root, entry.path))));
  return { ...entry, executable: linux && (scripts.has(entry.path) || told()) };
}

function archived(root: string, entry: BundleEntry, appSpec: string | undefined): ArchiveEntry {
  if (entry.path === APPSPEC_FILE && appSpec !== undefined) {
    return { path: entry.path, kind: 'file', executable: false, content: { bytes: Buffer.from(appSpec) } };
  }
  return bundleArchives().archived(entry, path.join(root, entry.path), entry.executable === true);
}

/** The archive as an asset; it is written only where the assembly does not have it yet. */
export function stageBundle(scope: Construct, bundle: CheckedBundle): s3assets.Asset {
  requireApart(scope, bundle);
  const assetHash = `${FORMAT} ${bundleArchives().fingerprint(bundle.archive)}`;
  const staged = path.join(Stage.of(scope)?.assetOutdir ?? '', `asset.${crypto.createHash('sha256').update(assetHash).digest('hex')}.zip`);
  const asset = (file: string) => new s3assets.Asset(scope, 'Revision', { path: file, assetHash, assetHashType: AssetHashType.CUSTOM });
  if (fs.existsSync(staged)) {
    return asset(staged);
  }
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'cdk-greenlight-'));
  try {
    const file = path.join(directory, 'revision.zip');
    bundleArchives().writeZip(file, bundle.archive);
    return asset(file);
  } finally {
    if (!scope.node.tryGetContext(STAGING_DISABLED)) {
      fs.rmSync(directory, { recursive: true, force: true });
    }
  }
}

/** A bundle that holds the assembly would hold itself. */
function requireApart(scope: Construct, { directory, entries }: CheckedBundle): void {
  const outdir = Stage.of(scope)?.assetOutdir;
  const inside = outdir === undefined ? undefined : path.relative(directory, path.resolve(outdir)).split(path.sep).join('/');
  if (inside !== undefined && (inside === '' || entries.some(({ path: name }) => name === inside))) {
    throw new Error(`the bundle '${directory}' must not hold the cloud assembly that it goes into, which is '${outdir}'; leave it out by 'exclude'`);
  }
}

/** Rules about the files of a bundle themselves, whatever its AppSpec says. */
import { MAX_BUNDLE_BYTES, MAX_BUNDLE_ENTRIES } from '../limits';
import type { BundleEntry } from './bundle-entry';
import type { BundleTree } from './bundle-tree';
import { quoted } from './part';
import type { Findings } from './section';
import type { OperatingSystem } from './server';

/** Where a finding stands that is about no part of the document. */
const LINE = 1;

/** Longest name in a folder, in bytes of UTF-8. */
const MAX_NAME_BYTES = 255;

/**
 * What is left of 4,095 bytes below `/opt/codedeploy-agent/deployment-root/<deployment group>/<deployment>/deployment-archive/`.
 *
 * @see https://github.com/aws/aws-codedeploy-agent/blob/master/conf/codedeployagent.yml
 */
const MAX_LINUX_PATH_BYTES = 3_989;

/**
 * What is left of 259 characters below `C:\ProgramData\Amazon\CodeDeploy\<deployment group>\<deployment>\deployment-archive\`.
 *
 * @see https://docs.aws.amazon.com/codedeploy/latest/userguide/troubleshooting-deployments.html
 * @see https://learn.microsoft.com/en-us/windows/win32/fileio/maximum-file-path-limitation
 */
const MAX_WINDOWS_PATH_CHARACTERS = 158;

/** The file that agents keep of what they have copied has one path a line. */
const CONTROL_CHARACTERS = /[\x00-\x1f\x7f]/;

/** @see https://learn.microsoft.com/en-us/windows/win32/fileio/naming-a-file */
const NOT_ON_WINDOWS = /[<>:"|?*\\]|[. ]$|^(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)/i;

/** So many of a kind are told one by one. */
const MOST_TOLD = 20;

export function lintListing(findings: Findings, entries: readonly BundleEntry[], tree: BundleTree, os: OperatingSystem): void {
  lintSize(findings, entries);
  const problems: readonly (readonly [Parameters<Findings['add']>[0], (entry: BundleEntry) => string | undefined])[] = [
    ['bundle-special-file', ({ kind }) => (kind === 'special' ? 'is a socket, a pipe or a device, which no archive carries; remove it, or leave it out of the bundle' : undefined)],
    ['bundle-name-utf8', ({ notUtf8 }) => (notUtf8 ? 'has a name that is not UTF-8; rename it' : undefined)],
    ['bundle-name-characters', ({ path, notUtf8 }) => (notUtf8 ? undefined : nameProblem(path, os))],
    ['bundle-path-length', ({ path }) => lengthProblem(path, os)],
    ['bundle-link-on-windows', ({ kind }) => (kind === 'link' && os === 'windows' ? "is a link, and what unpacks bundles on Windows makes none; put a copy in its place" : undefined)],
    ['bundle-link-outside', (entry) => linkProblem(entry, tree, os, 'outside')],
    ['bundle-link-dangling', (entry) => linkProblem(entry, tree, os, 'absent')],
  ];
  problems.forEach(([rule, problemOf]) => {
    const told = entries.flatMap((entry) => {
      const problem = problemOf(entry);
      return problem === undefined ? [] : [`${quoted(entry.path)} ${problem}`];
    });
    told.slice(0, MOST_TOLD).forEach((message) => findings.add(rule, LINE, message));
    if (told.length > MOST_TOLD) {
      findings.add(rule, LINE, `so it is with ${told.length - MOST_TOLD} more; begin with those that are told`);
    }
  });
  if (os === 'windows') {
    lintCase(findings, entries);
  }
}

function lintSize(findings: Findings, entries: readonly BundleEntry[]): void {
  const bytes = entries.reduce((sum, { size }) => sum + size, 0);
  if (bytes > MAX_BUNDLE_BYTES) {
    const [largest] = [...entries].sort((a, b) => b.size - a.size);
    findings.add('bundle-size', LINE, `the files of a bundle must come to ${MAX_BUNDLE_BYTES} bytes at most, got ${bytes}, ${largest?.size ?? 0} of them in ${quoted(largest?.path ?? '')}; leave out what hosts can fetch by themselves`);
  }
  if (entries.length > MAX_BUNDLE_ENTRIES) {
    findings.add('bundle-entries', LINE, `a bundle must have ${MAX_BUNDLE_ENTRIES} files and folders at most, got ${entries.length}; put what belongs together into an archive, and unpack it in AfterInstall`);
  }
}

function nameProblem(path: string, os: OperatingSystem): string | undefined {
  if (CONTROL_CHARACTERS.test(path)) {
    return 'has a control character in its name, and agents could not remove it again; rename it';
  }
  const name = os === 'windows' ? path.split('/').find((part) => NOT_ON_WINDOWS.test(part)) : undefined;
  return name === undefined ? undefined : `has the name ${quoted(name)}, which Windows does not take; use none of <>:"|?*\\, no dot or space at the end, and no name of a device`;
}

function lengthProblem(path: string, os: OperatingSystem): string | undefined {
  const name = path.split('/').find((part) => utf8Length(part) > MAX_NAME_BYTES);
  if (name !== undefined) {
    return `has a name of ${utf8Length(name)} bytes, and hosts take ${MAX_NAME_BYTES}; shorten it`;
  }
  if (os === 'windows' && path.length > MAX_WINDOWS_PATH_CHARACTERS) {
    return `is ${path.length} characters long, and Windows takes ${MAX_WINDOWS_PATH_CHARACTERS} below the folder that agents unpack into; shorten it`;
  }
  return utf8Length(path) > MAX_LINUX_PATH_BYTES ? `is ${utf8Length(path)} bytes long, and hosts take ${MAX_LINUX_PATH_BYTES} below the folder that agents unpack into; shorten it` : undefined;
}

function linkProblem(entry: BundleEntry, tree: BundleTree, os: OperatingSystem, wanted: 'outside' | 'absent'): string | undefined {
  if (entry.kind !== 'link' || os === 'windows') {
    return undefined;
  }
  const to = `is a link to ${quoted(entry.target ?? '')}`;
  const result = tree.follow(entry);
  if (wanted === 'outside') {
    return 'outside' in result ? `${to}, which is outside of the bundle; put a copy in its place, or link to something in the bundle by a relative path` : undefined;
  }
  return 'absent' in result ? `${to}, which is not in the bundle; add it, or remove the link` : undefined;
}

function lintCase(findings: Findings, entries: readonly BundleEntry[]): void {
  const seen = new Map<string, string>();
  entries.forEach(({ path }) => {
    const key = path.toLowerCase();
    const other = seen.get(key);
    if (other !== undefined) {
      findings.add('bundle-name-case', LINE, `${quoted(path)} and ${quoted(other)} are one path on Windows; rename one`);
    }
    seen.set(key, path);
  });
}

/** Nothing of Node is known here. */
export const utf8Length = (text: string): number => [...text].reduce((sum, character) => sum + bytesOf(character.codePointAt(0) ?? 0), 0);

const bytesOf = (codePoint: number): number => (codePoint < 0x80 ? 1 : codePoint < 0x800 ? 2 : codePoint < 0x10000 ? 3 : 4);

/** `files` against the bundle: what is copied, and where to. */
import { MAX_COPIED_ENTRIES } from '../limits';
import type { BundleTree, Lookup, TreeNode } from './bundle-tree';
import { quoted } from './part';
import type { Rule } from './rules';
import type { Findings } from './section';
import type { OperatingSystem } from './server';
import type { CopiedFile, Placed } from './server-document';

/** What there is on a host after the files have been copied, as far as the AppSpec tells it. */
export interface Targets {
  /** Paths as `key` has them. */
  readonly files: ReadonlySet<string>;
  /** Folders that are copied, and those above them. */
  readonly folders: ReadonlySet<string>;
  key(path: string): string;
}

/** Longest path that Windows takes, in characters. */
const MAX_WINDOWS_PATH = 259;

export function lintCopies(findings: Findings, files: readonly CopiedFile[], tree: BundleTree, os: OperatingSystem): Targets {
  const copies = new Copies(findings, os);
  files.forEach(({ source, destination }) => {
    const found = sourceOf(findings, source, tree);
    if (found !== undefined) {
      copies.add(source, destination, found.node, found.name);
    }
  });
  return copies;
}

function sourceOf(findings: Findings, source: Placed, tree: BundleTree): { readonly node: TreeNode; readonly name: string } | undefined {
  const result = tree.lookup(source.text);
  if (!('found' in result)) {
    refuse(findings, 'file-source', source, result);
    return undefined;
  }
  if (result.link !== undefined && result.found.kind === 'folder') {
    findings.add('file-source-link', source.line, `'${source.place}' ${quoted(source.text)} is a link to the folder ${quoted(result.found.path)}; agent 1 copies the link and agent 2 the folder: name the folder`);
  }
  // Agents name a copied file by the path that is given, and not by where a link leads.
  const name = tree.steps(source.text).filter((step) => step !== '..').pop() ?? '';
  return { node: result.found, name };
}

/** Says why a path of the AppSpec leads to nothing. */
export function refuse(findings: Findings, rules: 'file-source' | 'script', { place, text, line }: Placed, result: Exclude<Lookup, { readonly found: TreeNode }>): void {
  const what = `'${place}' ${quoted(text)}`;
  if ('outside' in result) {
    const rule: Rule = `${rules}-outside`;
    findings.add(rule, line, `${what} leads out of the bundle; name something in it, relative to its root`);
    return;
  }
  const absent: Rule = `${rules}-absent`;
  findings.add(absent, line, `${what} is not in the bundle; ${result.meant === undefined ? 'add it, or correct the path, which begins at the root of the bundle' : `did you mean ${quoted(result.meant)}? Linux tells case apart`}`);
}

class Copies implements Targets {
  public readonly folders = new Set<string>();
  private readonly sources = new Map<string, string>();
  private full = false;

  constructor(
    private readonly findings: Findings,
    private readonly os: OperatingSystem,
  ) {}

  public get files(): ReadonlySet<string> {
    return new Set(this.sources.keys());
  }

  public key(path: string): string {
    const parts: string[] = [];
    (this.os === 'windows' ? path.replaceAll('\\', '/').toLowerCase() : path).split('/').forEach((part) => {
      if (part === '..') {
        parts.pop();
      } else if (part !== '' && part !== '.') {
        parts.push(part);
      }
    });
    return `/${parts.join('/')}`;
  }

  public add(source: Placed, destination: Placed, node: TreeNode, name: string): void {
    const folder = this.key(destination.text);
    this.addAbove(folder);
    const told = { said: false };
    if (node.kind === 'folder') {
      this.addFolder(source, node, folder, told);
    } else {
      this.folders.add(folder);
      this.addFile(source, node.path, this.key(`${folder}/${name}`), told);
    }
  }

  private addAbove(folder: string): void {
    for (let path = folder; path !== ''; path = path.slice(0, path.lastIndexOf('/'))) {
      this.folders.add(path);
    }
    this.folders.add('/');
  }

  private addFolder(source: Placed, node: TreeNode, folder: string, told: { said: boolean }): void {
    if (this.sources.has(folder) || !this.fits(source)) {
      this.collide(source, node.path, folder, told);
      return;
    }
    this.folders.add(folder);
    node.children.forEach((child, name) => {
      const target = this.key(`${folder}/${name}`);
      if (child.kind === 'folder') {
        this.addFolder(source, child, target, told);
      } else {
        this.addFile(source, child.path, target, told);
      }
    });
  }

  private addFile(source: Placed, path: string, target: string, told: { said: boolean }): void {
    if (this.sources.has(target) || this.folders.has(target)) {
      this.collide(source, path, target, told);
    } else if (this.fits(source)) {
      this.sources.set(target, path);
      this.lintLength(source, target, told);
    }
  }

  /** One of each entry of `files` is told. */
  private collide(source: Placed, path: string, target: string, told: { said: boolean }): void {
    if (told.said || this.full) {
      return;
    }
    told.said = true;
    const other = this.sources.get(target);
    const there = other === undefined ? 'a folder is' : `${quoted(other)} is copied to`;
    this.findings.add('file-target-twice', source.line, `'${source.place}' ${quoted(source.text)} copies ${quoted(path)} to ${quoted(target)}, where ${there} already, which the agent refuses; change a destination, or take one of them out`);
  }

  private lintLength(source: Placed, target: string, told: { said: boolean }): void {
    // The key of a path begins with a slash that Windows does not have.
    const length = target.length - 1;
    if (this.os === 'windows' && length > MAX_WINDOWS_PATH && !told.said) {
      told.said = true;
      this.findings.add('bundle-path-length', source.line, `'${source.place}' ${quoted(source.text)} copies a file to a path of ${length} characters, and Windows takes ${MAX_WINDOWS_PATH}; choose a shorter destination`);
    }
  }

  private fits(source: Placed): boolean {
    if (this.sources.size + this.folders.size >= MAX_COPIED_ENTRIES && !this.full) {
      this.full = true;
      this.findings.add('bundle-entries', source.line, `'files' must copy ${MAX_COPIED_ENTRIES} files and folders at most, and with '${source.place}' it copies more; copy a folder once`);
    }
    return !this.full;
  }
}

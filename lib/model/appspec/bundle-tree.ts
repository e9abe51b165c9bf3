/** The files of a bundle as a tree, in which paths of an AppSpec are looked up as agents do it: relative to the root, whatever slash they begin with. */
import type { BundleEntry, EntryKind } from './bundle-entry';
import type { OperatingSystem } from './server';

export interface TreeNode {
  readonly path: string;
  readonly kind: EntryKind;
  /** Absent for folders that only the paths below them name. */
  readonly entry?: BundleEntry;
  readonly children: Map<string, TreeNode>;
}

export type Lookup =
  | { readonly found: TreeNode; /** A link on the last step of the path. */ readonly link?: TreeNode }
  /** `meant`: what is there in another case of letters. */
  | { readonly absent: true; readonly meant?: string }
  | { readonly outside: true };

/** As Linux has it. */
const MAX_LINKS = 40;

export class BundleTree {
  public readonly root: TreeNode = { path: '', kind: 'folder', children: new Map() };
  private readonly anyCase: boolean;

  constructor(entries: readonly BundleEntry[], os: OperatingSystem) {
    this.anyCase = os === 'windows';
    entries.forEach((entry) => this.put(entry));
  }

  /** @param path as it stands in an AppSpec */
  public lookup(path: string): Lookup {
    return this.walk(this.steps(path));
  }

  /** What a link leads to. */
  public follow(link: BundleEntry): Lookup {
    return this.walk(stepsOf(link.path));
  }

  public key(name: string): string {
    return this.anyCase ? name.toLowerCase() : name;
  }

  /** Names of a path; agents on Windows take both slashes. */
  public steps(path: string): readonly string[] {
    return stepsOf(this.anyCase ? path.replaceAll('\\', '/') : path);
  }

  private put(entry: BundleEntry): void {
    const names = stepsOf(entry.path);
    const last = names.pop();
    if (last === undefined) {
      return;
    }
    const parent = names.reduce<TreeNode>((folder, name) => this.folder(folder, name), this.root);
    const key = this.key(last);
    const known = parent.children.get(key);
    parent.children.set(key, { path: entry.path, kind: entry.kind, entry, children: known?.children ?? new Map() });
  }

  private folder(parent: TreeNode, name: string): TreeNode {
    const key = this.key(name);
    const known = parent.children.get(key) ?? { path: join(parent.path, name), kind: 'folder', children: new Map() };
    parent.children.set(key, known);
    return known;
  }

  private walk(names: readonly string[]): Lookup {
    const ahead = [...names].reverse();
    const way: TreeNode[] = [];
    let last: TreeNode | undefined;
    let links = 0;
    while (ahead.length > 0) {
      const name = ahead.pop() as string;
      const here = way.at(-1) ?? this.root;
      if (name === '..') {
        if (way.length === 0) {
          return { outside: true };
        }
        way.pop();
        continue;
      }
      const node = here.children.get(this.key(name));
      if (node === undefined) {
        return { absent: true, ...this.meant(here, name, ahead) };
      }
      if (node.kind !== 'link') {
        way.push(node);
        continue;
      }
      links += 1;
      const target = node.entry?.target ?? '';
      if (links > MAX_LINKS) {
        return { absent: true };
      }
      if (isAbsolute(target)) {
        return { outside: true };
      }
      last = ahead.length === 0 && last === undefined ? node : last;
      ahead.push(...stepsOf(target).reverse());
    }
    return { found: way.at(-1) ?? this.root, ...(last === undefined ? {} : { link: last }) };
  }

  /** What the rest of a path would be if case did not count. */
  private meant(from: TreeNode, name: string, ahead: readonly string[]): { readonly meant?: string } {
    let here: TreeNode | undefined = from;
    for (const wanted of [name, ...[...ahead].reverse()]) {
      here = [...here.children.values()].find(({ path }) => path.split('/').pop()?.toLowerCase() === wanted.toLowerCase());
      if (here === undefined) {
        return {};
      }
    }
    return { meant: here.path };
  }
}

/** Names of a path without empty ones and those that stay where they are. */
export const stepsOf = (path: string): string[] => path.split('/').filter((name) => name !== '' && name !== '.');

/** Absolute on any system. */
export const isAbsolute = (path: string): boolean => /^([\\/]|[A-Za-z]:)/.test(path);

const join = (folder: string, name: string): string => (folder === '' ? name : `${folder}/${name}`);

/** The file system of a simulated instance: a folder of its own, with this machine's system read-only in it, and what scripts expect in `/etc`. Made before anything runs there. */
import { chmodSync, lchownSync, lstatSync, mkdirSync, readdirSync, readFileSync, readlinkSync, realpathSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';

import { AGENT_FOLDER, BUNDLES_FOLDER, CONTROL_FOLDER, SYSTEM_FOLDER } from './agent-paths';

export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/** A folder of this machine that is seen read-only at a path of the instance. */
export interface ReadOnly {
  readonly from: string;
  readonly to: string;
  /** Programs are run from it. */
  readonly programs: boolean;
}

export interface RootOptions {
  /** Absent: this process's user. */
  readonly owner?: Owner;
  readonly hostName: string;
  /** Users that there are besides root, with their numbers. */
  readonly users: ReadonlyMap<string, number>;
  /** Folders to which files are copied; where they lie in the system, these folders are writable. */
  readonly destinations: readonly string[];
}

const SYSTEM = ['/usr', '/bin', '/sbin', '/lib', '/lib32', '/lib64', '/libx32'];

/** Without secrets: no private keys, no passwords, no configuration of services. */
const ETC_FOLDERS = /^(alternatives|crypto-policies|ld\.so\.conf\.d|perl|java.*|python.*)$/;
const ETC_DEEP_FOLDERS = ['ssl/certs', 'pki/ca-trust', 'pki/tls/certs'];
const ETC_FILES = ['ld.so.cache', 'ld.so.conf', 'os-release', 'services', 'protocols', 'mime.types', 'ssl/openssl.cnf'];
const LONGEST_ETC_FILE = 4 * 1024 * 1024;

const FOLDERS = ['/dev', '/proc', '/run', '/opt', AGENT_FOLDER, '/srv', '/mnt', '/media', '/home', '/root', '/var', '/var/log', '/var/lib', '/var/cache', '/var/spool', '/var/www', '/etc', '/etc/systemd', '/etc/systemd/system', '/etc/init.d', '/etc/cron.d', '/etc/profile.d', '/etc/default'];
const OPEN_FOLDERS = ['/tmp', '/var/tmp'];

/** Names of a folder of the system that are led to one by one. */
const MOST_NAMES = 20_000;

/** @param directory which is made. @returns what is to be seen in it, outermost first */
export function makeRoot(directory: string, options: RootOptions): readonly ReadOnly[] {
  const root = new RootFolder(directory, options.owner);
  FOLDERS.forEach((path) => root.folder(path));
  OPEN_FOLDERS.forEach((path) => root.folder(path, 0o1777));
  [CONTROL_FOLDER, BUNDLES_FOLDER, SYSTEM_FOLDER].forEach((path) => root.folder(path));
  const opened = openedFolders(options.destinations);
  return [...system(root, opened), ...etc(root, options)];
}

function system(root: RootFolder, opened: ReadonlySet<string>): readonly ReadOnly[] {
  return SYSTEM.flatMap((path): readonly ReadOnly[] => {
    const kind = kindOf(path);
    if (kind === 'link') {
      root.link(path, readlinkSync(path));
      return [];
    }
    if (kind !== 'folder') {
      return [];
    }
    if (!opened.has(path)) {
      root.folder(path);
      return [{ from: path, to: path, programs: true }];
    }
    const to = `${SYSTEM_FOLDER}${path}`;
    root.folder(to);
    openFolder(root, path, opened);
    return [{ from: path, to, programs: true }];
  });
}

/** A folder of the instance's own, in which every name leads to that of the system. */
function openFolder(root: RootFolder, path: string, opened: ReadonlySet<string>): void {
  root.folder(path);
  for (const name of readdirSync(path).slice(0, MOST_NAMES)) {
    const child = posix.join(path, name);
    if (opened.has(child)) {
      openFolder(root, child, opened);
    } else {
      root.link(child, `${SYSTEM_FOLDER}${child}`);
    }
  }
}

/** Folders of the system, with those above them, in which something is put. */
function openedFolders(destinations: readonly string[]): ReadonlySet<string> {
  const opened = new Set<string>();
  for (const destination of destinations) {
    const [first, ...names] = posix.normalize(destination).split('/').filter((name) => name !== '');
    const top = `/${first ?? ''}`;
    if (!SYSTEM.includes(top) || kindOf(top) === undefined) {
      continue;
    }
    let folder = kindOf(top) === 'link' ? realpathSync(top) : top;
    const parts = [...folder.split('/').filter((name) => name !== ''), ...names];
    for (folder = ''; parts.length > 0 && kindOf(`${folder}/${parts[0]}`) === 'folder'; parts.shift()) {
      folder = `${folder}/${parts[0]}`;
      opened.add(folder);
    }
  }
  return opened;
}

function etc(root: RootFolder, { hostName, users }: RootOptions): readonly ReadOnly[] {
  const all = [['root', 0], ...users] as readonly (readonly [string, number])[];
  const home = (name: string): string => (name === 'root' ? '/root' : `/home/${name}`);
  all.forEach(([name]) => root.folder(home(name)));
  root.file('/etc/passwd', [...all.map(([name, id]) => `${name}:x:${id}:${id}::${home(name)}:/bin/sh`), 'nobody:x:65534:65534::/:/bin/false', ''].join('\n'));
  root.file('/etc/group', [...all.map(([name, id]) => `${name}:x:${id}:`), 'nogroup:x:65534:', ''].join('\n'));
  root.file('/etc/nsswitch.conf', 'passwd: files\ngroup: files\nhosts: files dns\n');
  root.file('/etc/hosts', `127.0.0.1 localhost ${hostName}\n::1 localhost\n`);
  root.file('/etc/hostname', `${hostName}\n`);
  root.file('/etc/resolv.conf', '');
  for (const name of ETC_FILES) {
    const path = `/etc/${name}`;
    if (isReadable(path) && statSync(path).size <= LONGEST_ETC_FILE) {
      root.file(path, readFileSync(path));
    }
  }
  const folders = [...(kindOf('/etc') === 'folder' ? readdirSync('/etc').filter((name) => ETC_FOLDERS.test(name)) : []), ...ETC_DEEP_FOLDERS].map((name) => `/etc/${name}`);
  return folders.filter((path) => kindOf(path) === 'folder').map((path) => {
    root.folder(path);
    return { from: path, to: path, programs: false };
  });
}

function isReadable(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

function kindOf(path: string): 'folder' | 'link' | undefined {
  try {
    const stats = lstatSync(path);
    return stats.isSymbolicLink() ? 'link' : stats.isDirectory() ? 'folder' : undefined;
  } catch {
    return undefined;
  }
}

class RootFolder {
  constructor(
    private readonly directory: string,
    private readonly owner: Owner | undefined,
  ) {}

  /** With the folders above it. */
  folder(path: string, mode = 0o755): void {
    if (kindOf(join(this.directory, path)) === undefined) {
      if (path !== '/') {
        this.folder(dirname(path));
      }
      mkdirSync(join(this.directory, path));
      chmodSync(join(this.directory, path), mode);
      this.own(path);
    }
  }

  file(path: string, content: string | Buffer): void {
    this.folder(dirname(path));
    writeFileSync(join(this.directory, path), content);
    chmodSync(join(this.directory, path), 0o644);
    this.own(path);
  }

  link(path: string, target: string): void {
    symlinkSync(target, join(this.directory, path));
    this.own(path);
  }

  private own(path: string): void {
    if (this.owner !== undefined) {
      lchownSync(join(this.directory, path), this.owner.uid, this.owner.gid);
    }
  }
}

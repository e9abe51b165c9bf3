/** The simulated instances of a rehearsal whose scripts run for real: each has a sandbox of its own, which is opened when something first happens on it. */
import { join } from 'node:path';

import type { Instance } from '../../engine/fleet/fleet';
import { UserError } from '../../report/user-error';
import { Reaper } from '../reaper';
import { BUNDLES_FOLDER } from './agent-paths';
import type { FoundTool } from './find-tool';
import { makeRoot, type Owner } from './root-folder';
import { ServerSandbox } from './server-sandbox';
import { Turns } from './turns';
import { unpackBundle } from './unpack-bundle';
import { quoted } from './shell';
import { ownerOfInstances, Workshop } from './workshop';

/** Instances on which scripts run for real, in one rehearsal. */
export const MOST_HOSTS = 50;

/** Programs that run at the same time. */
const AT_ONCE = 4;

/** Users that images of AWS have; more are those that scripts run as. */
const FIRST_USER_ID = 1000;
const KNOWN_USERS = ['ec2-user', 'ubuntu'];

const SETTLE_MS = 60_000;

export interface ServerHostsOptions {
  readonly tool: FoundTool;
  /** Of all bundles. */
  readonly destinations: readonly string[];
  /** Users that scripts run as. */
  readonly users: readonly string[];
}

/** What is to be done on an instance before anything else. */
export type Prepare = (sandbox: ServerSandbox, instance: Instance) => Promise<void>;

export class ServerHosts {
  readonly tool: FoundTool;
  readonly userIds: ReadonlyMap<string, number>;
  private readonly owner: Owner | undefined = ownerOfInstances();
  private readonly workshop = new Workshop();
  private readonly reaper = new Reaper();
  private readonly sandboxes = new Map<number, Promise<ServerSandbox>>();
  private readonly open = new Set<ServerSandbox>();
  private readonly prepares: Prepare[] = [];
  private readonly turns = new Turns(AT_ONCE);
  private readonly atExit = (): void => this.abandon();
  private bundles = 0;
  private closed = false;

  constructor(private readonly options: ServerHostsOptions) {
    this.tool = options.tool;
    const users = [...new Set([...KNOWN_USERS, ...options.users])].filter((name) => name !== 'root' && name !== 'nobody' && USER_NAME.test(name));
    this.userIds = new Map(users.map((name, index) => [name, FIRST_USER_ID + index]));
    this.workshop.folder('bundles');
    this.workshop.folder('hosts');
    process.on('exit', this.atExit);
  }

  /** Where everything of theirs is while they run. */
  get directory(): string {
    return this.workshop.directory;
  }

  /** Unpacks a bundle. @returns its name among the bundles. @throws UserError where it is too large, or leads out of its folder */
  addBundle(path: string): string {
    this.bundles += 1;
    const name = String(this.bundles);
    unpackBundle(path, join(this.workshop.directory, 'bundles', name));
    return name;
  }

  /** Done on every instance before anything else. */
  prepare(first: Prepare): void {
    this.prepares.push(first);
  }

  /** Waits for its turn, and then for the work. @throws UserError where there are more instances than can be */
  async work<T>(instance: Instance, action: (sandbox: ServerSandbox) => Promise<T>): Promise<T> {
    return this.turns.take(async () => action(await this.sandboxOf(instance)));
  }

  async close(): Promise<void> {
    this.closed = true;
    process.off('exit', this.atExit);
    this.open.forEach((sandbox) => sandbox.kill());
    await Promise.allSettled([...this.sandboxes.values()]);
    await Promise.all([...this.open].map((sandbox) => sandbox.close()));
    this.reaper.close();
    this.workshop.remove();
  }

  private sandboxOf(instance: Instance): Promise<ServerSandbox> {
    const { index } = instance;
    const known = this.sandboxes.get(index);
    if (known !== undefined) {
      return known;
    }
    if (this.sandboxes.size >= MOST_HOSTS) {
      return Promise.reject(tooManyHosts(this.sandboxes.size + 1));
    }
    const opened = this.openFor(instance);
    this.sandboxes.set(index, opened);
    return opened;
  }

  private async openFor(instance: Instance): Promise<ServerSandbox> {
    const { owner, workshop, tool, reaper } = this;
    const ownedBy = owner === undefined ? {} : { owner };
    const directory = workshop.folder('hosts', String(instance.index));
    const seen = makeRoot(join(directory, 'root'), { ...ownedBy, hostName: instance.id.replace(/[^A-Za-z0-9-]/g, '-'), users: this.userIds, destinations: this.options.destinations });
    const bundles = { from: join(workshop.directory, 'bundles'), to: BUNDLES_FOLDER, programs: false };
    const sandbox = await ServerSandbox.open({ tool, directory, seen: [...seen, workshop.control(directory), bundles], reaper, ...ownedBy });
    this.open.add(sandbox);
    if (this.closed) {
      sandbox.kill();
    }
    await sandbox.run(filesProgram(instance.files ?? []), { timeoutMs: SETTLE_MS });
    for (const prepare of this.prepares) {
      await prepare(sandbox, instance);
    }
    return sandbox;
  }

  /** This process ends without having closed them. */
  private abandon(): void {
    this.open.forEach((sandbox) => sandbox.kill());
    this.workshop.remove();
  }
}

/** Names that may stand in `/etc/passwd`. */
const USER_NAME = /^[a-z_][a-z0-9_.-]{0,31}$/i;

export const tooManyHosts = (count: number): UserError =>
  new UserError(`--run-scripts runs the scripts of at most ${MOST_HOSTS} instances, and the fleet has ${count}; give it fewer in a scenario, such as "fleet: { instances: 6 }"`);

/** Files that lie on an instance, and are empty here. */
function filesProgram(paths: readonly string[]): string {
  return paths.map((path) => `mkdir -p ${quoted(path.replace(/[^/]*$/, '') || '/')} && : >${quoted(path)}\n`).join('');
}

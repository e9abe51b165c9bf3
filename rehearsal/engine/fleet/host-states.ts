/**
 * What the agents keep for one deployment group: which revision was downloaded last, which was installed last, and the files of it. Groups on the same host know nothing
 * of each other, but find each other's files.
 *
 * @see https://github.com/aws/aws-codedeploy-agent/blob/master/lib/instance_agent/plugins/codedeploy/command_executor.rb
 * @see https://github.com/aws/aws-codedeploy-agent/blob/master/lib/instance_agent/plugins/codedeploy/installer.rb
 */
import type { FileExistsBehavior, ScriptRevision } from '../../../lib/model/server/events';
import type { Fleet } from './fleet';
import { fileExistsMessage } from './fleet-messages';
import type { RevisionModel } from './revision';

/** What the cleanup file lists: the files that this installation has copied. */
interface Installation {
  readonly revision: RevisionModel;
  readonly copied: readonly string[];
}

/** Everything that agents keep, by deployment group; one for all groups of a fleet. */
export class Agents {
  readonly fleet: Fleet;
  readonly #groups = new Map<string, HostStates>();

  constructor(fleet: Fleet) {
    this.fleet = fleet;
  }

  group(id: string): HostStates {
    const states = this.#groups.get(id) ?? new HostStates(this);
    this.#groups.set(id, states);
    return states;
  }

  /** Whether a file lies on an instance. */
  hasFile(instance: number, path: string): boolean {
    return this.fleet.foreignFiles(instance)?.has(path) === true || [...this.#groups.values()].some((group) => group.copied(instance, path));
  }

  /** Whether any file of a revision lies on an instance, without looking at each of them where nothing can. */
  firstOf(instance: number, paths: readonly string[]): string | undefined {
    if (this.#groups.size === 1 && this.fleet.foreignFiles(instance) === undefined) {
      return undefined;
    }
    return paths.find((path) => this.hasFile(instance, path));
  }
}

export class HostStates {
  readonly #agents: Agents;
  readonly #mostRecent: (RevisionModel | undefined)[] = [];
  readonly #lastSuccessful: (RevisionModel | undefined)[] = [];
  readonly #installed: (Installation | undefined)[] = [];
  /** One list for all instances on which nothing was retained. */
  readonly #sets = new WeakMap<readonly string[], Set<string>>();

  constructor(agents: Agents) {
    this.#agents = agents;
  }

  /** The revision whose files are on an instance. */
  installed(instance: number): RevisionModel | undefined {
    return this.#installed[instance]?.revision;
  }

  /** The revision that an event's scripts come from; undefined where the instance has none of that kind. */
  revisionFor(kind: ScriptRevision, instance: number, current: RevisionModel): RevisionModel | undefined {
    switch (kind) {
      case 'current':
        return current;
      case 'lastSuccessful':
        return this.#lastSuccessful[instance];
      case 'mostRecent':
        return this.#mostRecent[instance];
    }
  }

  copied(instance: number, path: string): boolean {
    const files = this.#installed[instance]?.copied;
    if (files === undefined) {
      return false;
    }
    const set = this.#sets.get(files) ?? new Set(files);
    this.#sets.set(files, set);
    return set.has(path);
  }

  /** DownloadBundle has ended. */
  downloaded(instance: number, revision: RevisionModel): void {
    this.#mostRecent[instance] = revision;
  }

  /**
   * Install: first removes what the installation before has copied, then copies, whatever becomes of the deployment later.
   * @returns why it fails, after the removal
   */
  install(instance: number, revision: RevisionModel, ofDeployment: FileExistsBehavior): string | undefined {
    this.#installed[instance] = undefined;
    const behavior = revision.fileExistsBehavior ?? ofDeployment;
    const existing = this.#agents.firstOf(instance, revision.files);
    if (existing !== undefined && behavior === 'DISALLOW') {
      return fileExistsMessage(existing);
    }
    this.#installed[instance] = { revision, copied: existing === undefined ? revision.files : this.#copy(instance, revision.files, behavior) };
    this.#lastSuccessful[instance] = revision;
    return undefined;
  }

  /** The same where it was really done: what came of it is known. */
  reallyInstalled(instance: number, revision: RevisionModel, succeeded: boolean): void {
    this.#installed[instance] = succeeded ? { revision, copied: revision.files } : undefined;
    if (succeeded) {
      this.#lastSuccessful[instance] = revision;
    }
  }

  /** As if a deployment had succeeded before the rehearsal. */
  preinstall(instance: number, revision: RevisionModel): void {
    this.#mostRecent[instance] = this.#lastSuccessful[instance] = revision;
    this.#installed[instance] = { revision, copied: revision.files };
  }

  #copy(instance: number, paths: readonly string[], behavior: FileExistsBehavior): readonly string[] {
    if (behavior === 'RETAIN') {
      return paths.filter((path) => !this.#agents.hasFile(instance, path));
    }
    paths.forEach((path) => this.#agents.fleet.removeFile(instance, path));
    return paths;
  }
}

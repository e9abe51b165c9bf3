/**
 * The instances that deployments of all groups share, and which of them the load balancers send requests to. An instance is known by its index, which it keeps for ever.
 */
import type { SelectableInstance } from '../../../lib/model/server/tag-groups';
import type { Cancel } from '../ports';

export interface InstanceSpec extends SelectableInstance {
  /** `i-` and 17 hexadecimal digits, or the name of an on-premises instance. */
  readonly id: string;
  /** Availability Zone; on premises any name. */
  readonly zone: string;
  /** Load balancers that send requests to it from the beginning; those of `Fleet.register` where absent. */
  readonly loadBalancers?: readonly string[];
  /** Files that lie on it and that no deployment has installed. */
  readonly files?: readonly string[];
}

/** `pending`: boots, or waits for its launch deployments. `terminating`: waits for its termination deployments. */
export type InstanceState = 'pending' | 'inService' | 'terminating' | 'terminated';

export interface Instance extends InstanceSpec {
  readonly index: number;
  readonly state: InstanceState;
}

export interface FleetListener {
  /** Auto Scaling has launched an instance, which waits in Pending:Wait for every listener's answer; `done` says whether it may go into service. */
  launched?(instance: Instance, done: (goOn: boolean) => void): void;
  /** Auto Scaling is about to end an instance. */
  terminating?(instance: Instance, done: () => void): void;
}

export class Fleet {
  readonly #instances: { -readonly [K in keyof Instance]: Instance[K] }[] = [];
  readonly #indexById = new Map<string, number>();
  readonly #registered = new Map<string, Set<number>>();
  readonly #foreignFiles = new Map<number, Set<string>>();
  readonly #lost = new Set<number>();
  /** Those that have booted, and wait for launch deployments. */
  readonly #waiting = new Set<number>();
  readonly #listeners = new Set<FleetListener>();

  constructor(instances: readonly InstanceSpec[] = []) {
    instances.forEach((spec) => this.add(spec));
  }

  get instances(): readonly Instance[] {
    return this.#instances;
  }

  instance(index: number): Instance {
    return this.#instances[index];
  }

  byId(id: string): Instance | undefined {
    const index = this.#indexById.get(id);
    return index === undefined ? undefined : this.#instances[index];
  }

  /** @throws RangeError where there is one of that id */
  add(spec: InstanceSpec, state: InstanceState = 'inService'): Instance {
    if (this.#indexById.has(spec.id)) {
      throw new RangeError(`there is an instance '${spec.id}' already; every instance has an id of its own`);
    }
    const instance = { ...spec, index: this.#instances.length, state };
    this.#instances.push(instance);
    this.#indexById.set(spec.id, instance.index);
    spec.loadBalancers?.forEach((name) => this.register(instance.index, [name]));
    if (spec.files !== undefined && spec.files.length > 0) {
      this.#foreignFiles.set(instance.index, new Set(spec.files));
    }
    return instance;
  }

  /** Auto Scaling launches an instance: into service where no group wants to deploy to it first, or once all of them have; one that fails ends it at once. */
  launch(spec: InstanceSpec): Instance {
    const instance = this.add(spec, 'pending');
    this.booted(instance.index);
    return instance;
  }

  /** A pending instance runs: it goes into service, as `launch` says; one that was ended meanwhile does not. */
  booted(index: number): void {
    const instance = this.#instances[index];
    if (instance.state !== 'pending') {
      return;
    }
    this.#waiting.add(index);
    let waiting = 1;
    const answer = (goOn: boolean): void => {
      waiting -= 1;
      if (!goOn) {
        this.terminate(index);
      } else if (waiting === 0 && instance.state === 'pending') {
        this.#set(index, 'inService');
      }
    };
    for (const listener of this.#listeners) {
      if (listener.launched !== undefined) {
        waiting += 1;
        listener.launched(instance, answer);
      }
    }
    answer(true);
  }

  /** Whether a pending instance has booted, and waits for launch deployments. */
  isWaiting(index: number): boolean {
    return this.#waiting.has(index) && this.#instances[index].state === 'pending';
  }

  /** Auto Scaling ends an instance: at once, or when all groups that want to deploy to it first have. */
  scaleIn(index: number): void {
    if (this.#instances[index].state === 'terminating' || this.#instances[index].state === 'terminated') {
      return;
    }
    this.#set(index, 'terminating');
    let waiting = 1;
    const answer = (): void => {
      waiting -= 1;
      if (waiting === 0) {
        this.terminate(index);
      }
    };
    for (const listener of this.#listeners) {
      if (listener.terminating !== undefined) {
        waiting += 1;
        listener.terminating(this.#instances[index], answer);
      }
    }
    answer();
  }

  /** The host, or its agent, is gone: for every deployment from now on. */
  lose(index: number): void {
    this.#lost.add(index);
  }

  /** Whether an agent fetches commands on it. */
  answers(index: number): boolean {
    return this.#instances[index].state !== 'terminated' && !this.#lost.has(index);
  }

  terminate(index: number): void {
    this.#set(index, 'terminated');
  }

  /** How many wait for what Auto Scaling launches and ends. */
  get hooks(): number {
    return this.#listeners.size;
  }

  onScaling(listener: FleetListener): Cancel {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  register(index: number, loadBalancers: readonly string[]): void {
    for (const name of loadBalancers) {
      const registered = this.#registered.get(name) ?? new Set();
      this.#registered.set(name, registered.add(index));
    }
  }

  deregister(index: number, loadBalancers: readonly string[]): void {
    loadBalancers.forEach((name) => this.#registered.get(name)?.delete(index));
  }

  /** Indices of the instances that a load balancer sends requests to. */
  registered(loadBalancer: string): ReadonlySet<number> {
    return this.#registered.get(loadBalancer) ?? new Set();
  }

  /** Whether all of these load balancers send requests to an instance. */
  isRegistered(index: number, loadBalancers: readonly string[]): boolean {
    return loadBalancers.every((name) => this.#registered.get(name)?.has(index) === true);
  }

  /** Files on an instance that no deployment has installed. */
  foreignFiles(index: number): ReadonlySet<string> | undefined {
    return this.#foreignFiles.get(index);
  }

  createFiles(index: number, paths: readonly string[]): void {
    const files = this.#foreignFiles.get(index) ?? new Set();
    paths.forEach((path) => files.add(path));
    this.#foreignFiles.set(index, files);
  }

  removeFile(index: number, path: string): void {
    this.#foreignFiles.get(index)?.delete(path);
  }

  #set(index: number, state: InstanceState): void {
    this.#instances[index].state = state;
    if (state === 'terminated') {
      this.#registered.forEach((registered) => registered.delete(index));
    }
  }
}

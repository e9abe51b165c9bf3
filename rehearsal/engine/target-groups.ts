/** The pair of target groups behind the listeners: which task set is in which, and how production and test traffic is routed. */
import type { TargetGroupModel } from './deployment-group';
import type { ListenerName, ReleaseId, Routing } from './ports';

export interface TaskSet {
  /** `ecs-svc/<19 digits>` */
  readonly id: string;
  readonly release: ReleaseId;
  /** Id of the deployment that made it; the first task set of a service has none. */
  readonly deploymentId?: string;
  /** Virtual milliseconds; absent for the first one, which is there from the beginning. */
  readonly createdAt?: number;
  /** The primary one when it was made. */
  readonly before?: TaskSet;
  readonly state: 'starting' | 'running' | 'draining';
}

/** Weights always sum to 100. What is not CodeDeploy may let a listener forward to a third target group, in which nothing of the service runs. */
export class TargetGroups implements Routing {
  readonly #names: readonly [string, string];
  readonly #sets = new Map<string, TaskSet>();
  readonly #weights = new Map<string, number>();
  #primary: string;
  #test: string | undefined;
  /** Whether production is a forward to one target group, as CloudFormation writes it, and CodeDeploy has not written it since. */
  #written = false;

  /** The first target group is the original; production is a forward to both, 100 to 0, and the test listener is on the original. */
  constructor(
    targetGroups: readonly [TargetGroupModel, TargetGroupModel],
    hasTestListener: boolean,
    first: Pick<TaskSet, 'id' | 'release'>,
  ) {
    const [blue, green] = targetGroups;
    if (blue.name === green.name) {
      throw new Error(`the two target groups of a deployment group must differ, got '${blue.name}' twice`);
    }
    this.#names = [blue.name, green.name];
    this.#primary = blue.name;
    this.#test = hasTestListener ? blue.name : undefined;
    this.#weights.set(blue.name, 100).set(green.name, 0);
    this.#sets.set(blue.name, { ...first, state: 'running' });
  }

  targets(listener: ListenerName): readonly { readonly targetGroup: string; readonly weight: number }[] {
    if (listener === 'test') {
      return this.#test === undefined ? [] : [{ targetGroup: this.#test, weight: 100 }];
    }
    const others = [...this.#weights.keys()].filter((name) => !this.#names.includes(name));
    return [...this.#names, ...others].map((targetGroup) => ({ targetGroup, weight: this.weight(targetGroup) }));
  }

  release(targetGroup: string): ReleaseId | undefined {
    const set = this.#sets.get(targetGroup);
    return set?.state === 'running' ? set.release : undefined;
  }

  weight(targetGroup: string): number {
    return this.#weights.get(targetGroup) ?? 0;
  }

  taskSet(targetGroup: string): TaskSet | undefined {
    return this.#sets.get(targetGroup);
  }

  /** Target group of the primary task set: the original of the next deployment. */
  get primary(): string {
    return this.#primary;
  }

  /** Target group that the test listener is on. */
  get test(): string | undefined {
    return this.#test;
  }

  /** The other one of the pair. */
  other(targetGroup: string): string {
    return this.#names[0] === targetGroup ? this.#names[1] : this.#names[0];
  }

  place(targetGroup: string, taskSet: TaskSet): void {
    this.#sets.set(targetGroup, taskSet);
  }

  /** From here on the load balancer finds its tasks healthy. */
  healthy(targetGroup: string): void {
    this.#update(targetGroup, 'running');
  }

  drain(targetGroup: string): void {
    this.#update(targetGroup, 'draining');
  }

  /** Gives a target group this share of production traffic, and the rest to the other one. */
  shift(targetGroup: string, percent: number): void {
    this.#written = false;
    this.#weights.clear();
    this.#weights.set(targetGroup, percent).set(this.other(targetGroup), 100 - percent);
  }

  /** What is not CodeDeploy writes a listener: a forward to one target group, of the pair or not. */
  write(listener: ListenerName, targetGroup: string): void {
    if (listener === 'test') {
      this.pointTestAt(targetGroup);
    } else {
      this.shift(targetGroup, 100);
      this.#written = true;
    }
  }

  /** The forward of a listener, as the load balancer tells it. */
  forward(listener: ListenerName): ReturnType<Routing['targets']> {
    const targets = this.targets(listener);
    return listener === 'production' && this.#written ? targets.filter(({ weight }) => weight > 0) : targets;
  }

  pointTestAt(targetGroup: string): void {
    if (this.#test !== undefined) {
      this.#test = targetGroup;
    }
  }

  makePrimary(targetGroup: string): void {
    this.#primary = targetGroup;
  }

  #update(targetGroup: string, state: TaskSet['state']): void {
    const set = this.#sets.get(targetGroup);
    if (set !== undefined) {
      this.#sets.set(targetGroup, { ...set, state });
    }
  }
}

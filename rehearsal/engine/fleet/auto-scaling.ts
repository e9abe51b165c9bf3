/**
 * EC2 Auto Scaling as far as deployments need it: groups with a number of instances that they are to have, which they launch and end.
 *
 * @see https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_Operations.html
 */
import { instanceId } from '../identifiers';
import { ServiceError, type RandomFor, type Scheduler } from '../ports';
import type { Fleet, Instance, InstanceSpec } from './fleet';

export interface AutoScalingGroupSpec {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  /** Never empty. */
  readonly zones: readonly string[];
  /** Those that it gives to instances. */
  readonly tags: Readonly<Record<string, string>>;
}

export interface AutoScalingGroup extends AutoScalingGroupSpec {
  readonly desired: number;
  /** Virtual milliseconds. */
  readonly createdAt: number;
  /** It is being deleted. */
  readonly leaving: boolean;
}

/** From when on a group is to have so many instances; virtual milliseconds. */
export interface DesiredChange {
  readonly at: number;
  readonly desired: number;
}

/** What an update changes; what is absent stays. */
export interface GroupSizes {
  readonly min?: number;
  readonly max?: number;
  readonly desired?: number;
}

export interface AutoScalingOptions {
  readonly fleet: Fleet;
  readonly scheduler: Scheduler;
  readonly random: RandomFor;
  /** Time until an instance that is launched has booted. */
  readonly launchMs: number;
  /** Time that ending instances takes where a group is deleted. */
  readonly terminateMs: number;
}

type Mutable = { -readonly [Name in keyof AutoScalingGroup]: AutoScalingGroup[Name] };

export class AutoScaling {
  readonly fleet: Fleet;
  readonly #options: AutoScalingOptions;
  readonly #groups = new Map<string, Mutable>();
  readonly #changes = new Map<string, DesiredChange[]>();
  #launched = 0;

  constructor(options: AutoScalingOptions) {
    this.#options = options;
    this.fleet = options.fleet;
  }

  /** In the order of their names. */
  get groups(): readonly AutoScalingGroup[] {
    return [...this.#groups.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  find(name: string): AutoScalingGroup | undefined {
    return this.#groups.get(name);
  }

  /** Since the group is there, the first number included; of several at a moment, the last one counts. */
  desiredOf(name: string): readonly DesiredChange[] {
    return this.#changes.get(name) ?? [];
  }

  /** A group that is there, with the instances that the fleet has of it. */
  add(spec: AutoScalingGroupSpec): void {
    const desired = this.instances(spec.name).length;
    this.#groups.set(spec.name, { ...spec, min: Math.min(spec.min, desired), max: Math.max(spec.max, desired), desired, createdAt: this.#options.scheduler.now(), leaving: false });
    this.#changes.set(spec.name, []);
    this.#note(spec.name, desired);
  }

  /** A new group after the model of another one, whose instances are in the fleet already. */
  copy(model: string, name: string): void {
    const found = this.#groups.get(model);
    const zones = [...new Set(this.instances(name).map(({ zone }) => zone))];
    this.add({ min: 0, max: this.instances(name).length, zones, tags: {}, ...found, name });
  }

  /** Those of a group that have not ended, the oldest first. */
  instances(name: string): readonly Instance[] {
    return this.fleet.instances.filter(({ autoScalingGroup, state }) => autoScalingGroup === name && state !== 'terminated');
  }

  inService(name: string): number {
    return this.instances(name).filter(({ state }) => state === 'inService').length;
  }

  /** @throws ServiceError ValidationError where there is no such group, or its limits do not allow the number */
  setDesired(name: string, desired: number): void {
    const { min, max } = this.#required(name);
    if (desired > max) {
      throw invalid(`New SetDesiredCapacity value ${desired} is above max value ${max} for the AutoScalingGroup.`);
    }
    if (desired < min) {
      throw invalid(`New SetDesiredCapacity value ${desired} is below min value ${min} for the AutoScalingGroup.`);
    }
    this.#resize(this.#required(name), desired);
  }

  /** Limits that the number is outside of move it, unless it is given. @throws ServiceError ValidationError */
  update(name: string, { min, max, desired }: GroupSizes): void {
    const group = this.#required(name);
    const [least, most] = [min ?? group.min, max ?? group.max];
    if (least > most) {
      throw invalid(`Max bound, ${most}, must be greater than or equal to min bound, ${least}`);
    }
    const wanted = desired ?? Math.min(Math.max(group.desired, least), most);
    if (wanted < least || wanted > most) {
      throw invalid(`Desired capacity:${wanted} must be between the specified min size:${least} and max size:${most}`);
    }
    group.min = least;
    group.max = most;
    this.#resize(group, wanted);
  }

  /** With its instances only where that is forced; it is gone when they are. @throws ServiceError ResourceInUse, ValidationError */
  delete(name: string, force: boolean): void {
    if (force && this.#groups.get(name)?.leaving === true) {
      return;
    }
    const group = this.#required(name);
    const instances = this.instances(name);
    if (instances.length > 0 && !force) {
      throw new ServiceError('ResourceInUse', 'You cannot delete an AutoScalingGroup while there are instances or pending Spot instance request(s) still in the group.');
    }
    group.leaving = true;
    group.min = group.max = group.desired = 0;
    this.#note(name, 0);
    if (instances.length === 0) {
      this.#groups.delete(name);
      return;
    }
    this.#options.scheduler.after(this.#options.terminateMs, `delete ${name}`, () => {
      this.instances(name).forEach(({ index }) => this.fleet.terminate(index));
      this.#groups.delete(name);
    });
  }

  /** CodeDeploy has ended the instances of a group, and deletes it. */
  forget(name: string): void {
    this.#groups.delete(name);
  }

  /** One more instance, whatever the limits, that has booted already: in a zone, or in the one with the fewest. */
  launch(name: string, zone?: string, tags: InstanceSpec['tags'] = {}): Instance {
    const group = this.#required(name);
    group.desired += 1;
    group.max = Math.max(group.max, group.desired);
    this.#note(group.name, group.desired);
    return this.fleet.launch(this.#spec(group, zone, tags));
  }

  /** One instance less, whatever the limits. */
  scaleIn({ index, autoScalingGroup = '' }: Instance): void {
    const group = this.#required(autoScalingGroup);
    group.desired = Math.max(0, group.desired - 1);
    group.min = Math.min(group.min, group.desired);
    this.#note(autoScalingGroup, group.desired);
    this.fleet.scaleIn(index);
  }

  #required(name: string): Mutable {
    const group = this.#groups.get(name);
    if (group === undefined) {
      throw invalid(`AutoScalingGroup name not found - AutoScalingGroup ${name} not found`);
    }
    if (group.leaving) {
      throw new ServiceError('ValidationError', `AutoScalingGroup ${name} is pending delete`);
    }
    return group;
  }

  #note(name: string, desired: number): void {
    const at = this.#options.scheduler.now();
    const [first, ...more] = this.desiredOf(name);
    const before = first === undefined ? [] : [first, ...more.filter((change) => change.at < at)];
    this.#changes.set(name, before.at(-1)?.desired === desired ? before : [...before, { at, desired }]);
  }

  #resize(group: Mutable, desired: number): void {
    group.desired = desired;
    this.#note(group.name, desired);
    const alive = this.instances(group.name).filter(({ state }) => state !== 'terminating');
    for (let missing = desired - alive.length; missing > 0; missing--) {
      this.#boot(group);
    }
    alive.slice(0, Math.max(0, alive.length - desired)).forEach(({ index, state }) => {
      if (state === 'pending') {
        this.fleet.terminate(index);
      } else {
        this.fleet.scaleIn(index);
      }
    });
  }

  #boot(group: AutoScalingGroup): void {
    const { index } = this.fleet.add(this.#spec(group), 'pending');
    this.#options.scheduler.after(this.#options.launchMs, `launch in ${group.name}`, () => this.fleet.booted(index));
  }

  #spec({ name, zones, tags }: AutoScalingGroup, zone?: string, more: InstanceSpec['tags'] = {}): InstanceSpec {
    this.#launched += 1;
    const id = instanceId(this.#options.random, `launch ${this.#launched}`);
    return { id, zone: zone ?? this.#emptiestZone(name, zones), platform: 'ec2', tags: { ...tags, 'aws:autoscaling:groupName': name, ...more }, autoScalingGroup: name };
  }

  #emptiestZone(name: string, zones: readonly string[]): string {
    const size = (zone: string): number => this.instances(name).filter((one) => one.zone === zone && one.state !== 'terminating').length;
    return zones.reduce((best, zone) => (size(zone) < size(best) ? zone : best));
  }
}

const invalid = (message: string): ServiceError => new ServiceError('ValidationError', message);

/** The instances that the rollouts of a rehearsal share: those of the template's Auto Scaling groups, or those that the scenario has. */
import type { TagGroup } from '../../lib/model/server/tag-groups';
import type { AutoScalingGroupModel } from '../assembly/auto-scaling-groups';
import { meant } from '../assembly/meant';
import type { ServerRolloutModel } from '../assembly/server-rollout-model';
import { AutoScaling, type AutoScalingGroupSpec } from '../engine/fleet/auto-scaling';
import { Fleet, type Instance, type InstanceSpec } from '../engine/fleet/fleet';
import { fleetBehaviour } from '../engine/fleet/fleet-behaviour';
import { Agents } from '../engine/fleet/host-states';
import { instanceId } from '../engine/identifiers';
import type { RandomFor, Scheduler } from '../engine/ports';
import { UserError } from '../report/user-error';
import type { FleetInstances, InstanceSelector, ScalingAction } from '../scenario/fleet-scenario';
import type { Scenario } from '../scenario/scenario';

const ON_PREMISES_ZONE = 'onPremises';

/** Limit of a group that is made elsewhere. */
const UNKNOWN_MAX = 10_000;

/** Where the instances of a rollout come from, as far as the assembly tells. */
const groupsOf = ({ autoScalingGroups, taggedGroups }: ServerRolloutModel): readonly AutoScalingGroupModel[] => [...autoScalingGroups, ...taggedGroups];

const specOf = ({ name, zones, tags, min = 0, max = UNKNOWN_MAX }: AutoScalingGroupModel): AutoScalingGroupSpec => ({ name, zones, tags, min, max });

export class StagedFleet {
  readonly agents: Agents;
  readonly autoScaling: AutoScaling;
  readonly #groups: readonly AutoScalingGroupModel[];
  /** Those of pairs that do not serve at the beginning. */
  readonly #idle: readonly string[];
  readonly #models: readonly ServerRolloutModel[];
  readonly #file: string;
  readonly #random: RandomFor;
  #made = 0;

  /**
   * @param isThere whether the Auto Scaling groups of the template have been made
   * @throws UserError where neither the template nor the scenario tells the instances
   */
  constructor(models: readonly ServerRolloutModel[], { file, fleet }: Scenario, random: RandomFor, scheduler: Scheduler, isThere = true) {
    this.#models = models;
    this.#file = file;
    this.#random = random;
    // How many instances those that alternate have, their rollout says, and no other that finds them.
    const alternating = models.filter((model) => model.alternating !== undefined).flatMap(({ autoScalingGroups }) => autoScalingGroups);
    this.#groups = [...new Map([...models.flatMap(groupsOf), ...alternating].map((group) => [group.name, group])).values()];
    this.#idle = models.flatMap(({ alternating: pair }) => (pair === undefined ? [] : [pair[1]]));
    const specs = isThere ? (fleet?.instances ?? this.#ofTemplate()).flatMap((some) => this.#specs(some)) : [];
    this.#checkIds(specs);
    this.agents = new Agents(new Fleet(specs));
    const { launchMs, terminateMs } = fleetBehaviour();
    this.autoScaling = new AutoScaling({ fleet: this.fleet, scheduler, random, launchMs, terminateMs });
    if (isThere) {
      this.#groups.forEach((group) => this.autoScaling.add(specOf(group)));
    }
  }

  /** A stack makes its Auto Scaling group of this name: without instances, which it gets as it is told how many it is to have. */
  make(name: string): void {
    this.autoScaling.add(specOf(this.#groups.find((group) => group.name === name)!));
  }

  get fleet(): Fleet {
    return this.agents.fleet;
  }

  /** What the template does not tell of them. */
  get approximated(): readonly string[] {
    return this.#groups
      .filter(({ zonesAreKnown }) => !zonesAreKnown)
      .map(({ name, zones }) => `zones of Auto Scaling group ${name}, which the assembly does not tell: ${zones.join(' and ')}`);
  }

  /** What an Auto Scaling group of the template is called in its stack, and a copy by the deployment that it was made for. */
  called(name: string): string {
    const path = this.#groups.find((group) => group.name === name)?.path?.split('/');
    return path?.[1] ?? name.split('_').at(-1)!;
  }

  autoScalingGroupOf(id: string): string | undefined {
    return this.fleet.byId(id)?.autoScalingGroup;
  }

  /** Name of the Auto Scaling group that is meant. @throws UserError where none is, or several are */
  groupName(wanted: string | undefined): string | undefined {
    return this.#groupMeant(wanted)?.name;
  }

  /** Instances in service that a selector fits, its share left aside. @throws UserError where it fits too few, or names what there is not */
  selected(selector: InstanceSelector, what: string): readonly Instance[] {
    const { ids, zone, count } = selector;
    const group = this.#groupMeant(selector.autoScalingGroup);
    const all = this.fleet.instances.filter(({ state }) => state === 'inService');
    const stranger = ids?.find((id) => this.fleet.byId(id) === undefined);
    if (stranger !== undefined) {
      throw this.#error(`${what} names instance ${stranger}, which the fleet does not have; name one of its ids, give instances "ids" in "fleet", or select them by "zone", "autoScalingGroup" or "count"`);
    }
    const fitting = all.filter((one) => (ids === undefined || ids.includes(one.id)) && (zone === undefined || one.zone === zone) && (group === undefined || one.autoScalingGroup === group.name));
    if (fitting.length < (count ?? 1)) {
      const zones = [...new Set(all.map((one) => one.zone))].sort().join(', ');
      throw this.#error(`${what} is about ${count ?? 1} of ${fitting.length} instances that fit; the fleet has ${all.length}, in ${zones || 'no zone'}`);
    }
    return count === undefined ? fitting : fitting.slice(0, count);
  }

  /** Auto Scaling launches instances, or ends the oldest ones. @throws UserError where the scenario names what there is not */
  scale(action: ScalingAction): void {
    const { kind, count, zone } = action;
    const what = `the scenario's action "${kind}"`;
    const group = this.#groupMeant(action.autoScalingGroup) ?? this.#onlyGroup(what);
    if (kind === 'scaleIn') {
      this.selected({ count, ...(zone === undefined ? {} : { zone }), autoScalingGroup: group.name }, what).forEach((instance) => this.autoScaling.scaleIn(instance));
      return;
    }
    for (let launched = 0; launched < count; launched++) {
      this.autoScaling.launch(group.name, zone);
    }
  }

  #ofTemplate(): readonly FleetInstances[] {
    const some = this.#groups.flatMap(({ name, capacity }) => (capacity === undefined ? [] : [{ count: capacity, autoScalingGroup: name }]));
    const unknown = this.#models.find((model) => groupsOf(model).every(({ capacity }) => capacity === undefined));
    if (unknown !== undefined) {
      throw this.#error(`the template does not tell the instances of rollout ${unknown.name}, which it finds by ${groupsOf(unknown).length > 0 ? 'an Auto Scaling group that is made elsewhere' : 'tags'}; give their number in a scenario: "fleet: { instances: 6 }"`);
    }
    return some;
  }

  #specs(some: FleetInstances): readonly InstanceSpec[] {
    const { count, tags, onPremises } = some;
    const wanted = this.#groupMeant(some.autoScalingGroup);
    const groups = wanted !== undefined ? [wanted] : tags === undefined && onPremises !== true ? this.#groups.filter(({ name }) => !this.#idle.includes(name)) : [];
    return Array.from({ length: count }, (_, number): InstanceSpec => {
      const given = { ...(some.ids === undefined ? {} : { id: some.ids[number]! }), ...(some.files === undefined ? {} : { files: some.files }) };
      const group = groups[number % groups.length];
      if (group !== undefined) {
        const { zones } = group;
        return { ...this.#inGroup(group, some.zone ?? zones[Math.floor(number / groups.length) % zones.length]!, tags ?? {}), ...given };
      }
      const isOnPremises = onPremises ?? this.#isOnPremisesOnly();
      const region = this.#models[0]!.region;
      const zone = some.zone ?? (isOnPremises ? ON_PREMISES_ZONE : `${region}${number % 2 === 0 ? 'a' : 'b'}`);
      return { id: this.#id(isOnPremises), zone, platform: isOnPremises ? 'onPremises' : 'ec2', tags: tags ?? this.#tagsOfAll(isOnPremises), ...given };
    });
  }

  #inGroup({ name, tags }: AutoScalingGroupModel, zone: string, more: Readonly<Record<string, string>>): InstanceSpec {
    return { id: this.#id(false), zone, platform: 'ec2', tags: { ...tags, 'aws:autoscaling:groupName': name, ...more }, autoScalingGroup: name };
  }

  #id(onPremises: boolean): string {
    this.#made += 1;
    return onPremises ? `onPremises-${this.#made}` : instanceId(this.#random, String(this.#made));
  }

  /** Where nothing is said, an instance has what all rollouts look for. */
  #tagsOfAll(onPremises: boolean): Readonly<Record<string, string>> {
    const groups = this.#models.flatMap(({ targets }): readonly TagGroup[] => (onPremises ? targets.onPremisesTagGroups : targets.ec2TagGroups));
    return Object.fromEntries(groups.flatMap(([first]) => (first === undefined ? [] : [[first.key ?? 'Name', first.value ?? '']])));
  }

  #isOnPremisesOnly(): boolean {
    return this.#models.every(({ targets }) => targets.ec2TagGroups.length === 0 && targets.onPremisesTagGroups.length > 0);
  }

  #groupMeant(wanted: string | undefined): AutoScalingGroupModel | undefined {
    if (wanted === undefined) {
      return undefined;
    }
    const found = meant(this.#groups, wanted);
    if (found.length !== 1) {
      throw this.#error(`"autoScalingGroup" names ${wanted}, which stands for ${found.length} of the rollout's Auto Scaling groups; it has ${this.#groups.map(({ path, name }) => path ?? name).join(', ') || 'none'}`);
    }
    return found[0];
  }

  #onlyGroup(what: string): AutoScalingGroupModel {
    const [only, ...others] = this.#groups;
    if (only === undefined || others.length > 0) {
      throw this.#error(`${what} must name an "autoScalingGroup" where there is not exactly one; there ${this.#groups.length === 0 ? 'is none' : `are ${this.#groups.map(({ path, name }) => path ?? name).join(', ')}`}`);
    }
    return only;
  }

  #checkIds(specs: readonly InstanceSpec[]): void {
    const seen = new Set<string>();
    for (const { id } of specs) {
      if (seen.has(id)) {
        throw this.#error(`"fleet" has two instances with the id ${id}; give each an id of its own`);
      }
      seen.add(id);
    }
  }

  #error(message: string): UserError {
    return new UserError(this.#file === '' ? message : `${this.#file}: ${message}`);
  }
}

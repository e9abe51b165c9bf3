/** Auto Scaling groups of the assembly: how many instances they have, in which zones, and with which tags. */
import type { ResourceReference } from '../../lib/model/rollout';
import type { TagGroup } from '../../lib/model/server/tag-groups';
import { inTagGroups } from '../../lib/model/server/tag-groups';
import type { Assembly, PlacedResource } from './assembly';
import { pathOf, type Called } from './meant';
import { isObject, type JsonObject } from './read-json';
import { follow } from './rollouts';
import type { Stack } from './stack';

export interface AutoScalingGroupModel extends Called {
  /** Absent where it is made elsewhere, or the template has it in no number. */
  readonly capacity?: number;
  /** Absent as `capacity` is. */
  readonly min?: number;
  readonly max?: number;
  /** In the order of their names; never empty. */
  readonly zones: readonly string[];
  /** Whether the template tells the zones. */
  readonly zonesAreKnown: boolean;
  /** Those that it gives to instances. */
  readonly tags: Readonly<Record<string, string>>;
}

export function autoScalingGroupOf(assembly: Assembly, stack: Stack, reference: ResourceReference): AutoScalingGroupModel {
  const target = follow(assembly, stack, reference);
  if ('value' in target) {
    return { name: target.value, zones: madeUpZones(stack), zonesAreKnown: false, tags: {} };
  }
  return madeHere(assembly, target);
}

/** Those of the account and region whose instances have the tags that a rollout looks for. */
export function taggedGroups(assembly: Assembly, { account, region }: Stack, tagGroups: readonly TagGroup[]): readonly AutoScalingGroupModel[] {
  return assembly
    .resources('AWS::AutoScaling::AutoScalingGroup')
    .filter(({ stack }) => tagGroups.length > 0 && stack.account === account && stack.region === region)
    .map((place) => madeHere(assembly, place))
    .filter(({ tags }) => inTagGroups(tagGroups, tags));
}

function madeHere(assembly: Assembly, target: PlacedResource): AutoScalingGroupModel {
  const properties = assembly.properties(target);
  const [min, max] = [wholeNumber(properties.MinSize), wholeNumber(properties.MaxSize)];
  const capacity = wholeNumber(properties.DesiredCapacity) ?? min;
  const zones = zonesOf(assembly, target.stack, properties);
  const path = pathOf(target);
  return {
    name: assembly.ref(target.stack, target.logicalId),
    logicalId: target.logicalId,
    ...(path === undefined ? {} : { path }),
    ...(capacity === undefined ? {} : { capacity }),
    ...(min === undefined ? {} : { min }),
    ...(max === undefined ? {} : { max }),
    zones: zones.length > 0 ? zones : madeUpZones(target.stack),
    zonesAreKnown: zones.length > 0,
    tags: tagsOf(properties.Tags),
  };
}

function wholeNumber(value: unknown): number | undefined {
  const number = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isInteger(number) && number >= 0 ? number : undefined;
}

const madeUpZones = ({ region }: Stack): readonly string[] => ['a', 'b'].map((letter) => `${region}${letter}`);

/** Those of its subnets, or those that it names itself. */
function zonesOf(assembly: Assembly, stack: Stack, { VPCZoneIdentifier, AvailabilityZones }: JsonObject): readonly string[] {
  const subnets = textsOf(VPCZoneIdentifier);
  const zones = subnets.length > 0 ? subnets.map((id) => zoneOfSubnet(assembly, stack, id)) : textsOf(AvailabilityZones);
  return [...new Set(zones.filter((zone) => zone !== undefined))].sort();
}

function zoneOfSubnet(assembly: Assembly, stack: Stack, id: string): string | undefined {
  const subnets = assembly.resources('AWS::EC2::Subnet').filter((place) => place.stack.account === stack.account && place.stack.region === stack.region);
  const subnet = subnets.find((place: PlacedResource) => assembly.ref(place.stack, place.logicalId) === id);
  const zone = subnet && assembly.properties(subnet).AvailabilityZone;
  return typeof zone === 'string' && zone !== '' ? zone : undefined;
}

/** A list, or one text with commas. */
function textsOf(value: unknown): readonly string[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : typeof value === 'string' && value !== '' ? value.split(',') : [];
  return list.filter((item) => typeof item === 'string').map((item) => item.trim());
}

function tagsOf(value: unknown): Readonly<Record<string, string>> {
  const tags: readonly unknown[] = Array.isArray(value) ? value : [];
  return Object.fromEntries(tags.flatMap((tag) => (isObject(tag) && tag.PropagateAtLaunch === true && typeof tag.Key === 'string' ? [[tag.Key, String(tag.Value ?? '')]] : [])));
}

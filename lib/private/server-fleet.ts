/** How large the Auto Scaling groups of a rollout are, as far as the app tells. */
import * as autoscaling from 'aws-cdk-lib/aws-autoscaling';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { Stack } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';

import type { FleetSize } from '../model/server/batches';
import { cfnElementOf } from './references';

/** Instances of all groups together. */
export interface FleetBounds {
  readonly min: number;
  /** As many as there are until something scales them. */
  readonly desired: number;
  readonly max: number;
  /** Names of the Availability Zones, as the template has them; undefined where some are not known. */
  readonly zones: readonly (readonly string[])[] | undefined;
  /** Instances by group, in the order of `zones`. */
  readonly groups: readonly { readonly min: number; readonly desired: number; readonly max: number }[];
}

/** Undefined where the size of a group is not known: it is imported, or comes by a parameter. */
export function fleetBounds(groups: readonly autoscaling.IAutoScalingGroup[], constructs: readonly IConstruct[]): FleetBounds | undefined {
  const sizes = groups.map(sizeOf);
  if (!sizes.every((size) => size !== undefined)) {
    return undefined;
  }
  const sum = (of: 'min' | 'desired' | 'max') => sizes.reduce((total, size) => total + size[of], 0);
  const zones = groups.map((group) => zonesOf(group, constructs));
  return { min: sum('min'), desired: sum('desired'), max: sum('max'), groups: sizes, zones: zones.every((names) => names !== undefined) ? zones : undefined };
}

/** Of two groups one serves at a time, with so many instances to begin with, and never more than the smaller one may have; `unknown` where nobody knows that. */
export function alternatingBounds(capacity: number, both: FleetBounds | undefined, unknown: number): FleetBounds {
  const most = both === undefined ? unknown : Math.min(...both.groups.map(({ max }) => max));
  const size = { min: capacity, desired: capacity, max: Math.max(capacity, most) };
  return { ...size, groups: [size], zones: undefined };
}

function sizeOf(group: autoscaling.IAutoScalingGroup): FleetBounds['groups'][number] | undefined {
  const element = cfnElementOf(group);
  if (!(element instanceof autoscaling.CfnAutoScalingGroup)) {
    return undefined;
  }
  const { minSize, maxSize, desiredCapacity = minSize } = Stack.of(element).resolve({ minSize: element.minSize, maxSize: element.maxSize, desiredCapacity: element.desiredCapacity }) as Record<string, unknown>;
  const [min, max, desired] = [minSize, maxSize, desiredCapacity].map(wholeNumber);
  return min === undefined || max === undefined || desired === undefined ? undefined : { min, desired, max };
}

const wholeNumber = (value: unknown): number | undefined => (typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : undefined);

/** Those of the subnets of a group, which are of this app. */
function zonesOf(group: autoscaling.IAutoScalingGroup, constructs: readonly IConstruct[]): readonly string[] | undefined {
  const element = cfnElementOf(group) as autoscaling.CfnAutoScalingGroup;
  const stack = Stack.of(element);
  const ids: unknown = stack.resolve(element.vpcZoneIdentifier);
  if (!Array.isArray(ids) || ids.length === 0) {
    return undefined;
  }
  const subnets = new Map(constructs.filter((construct) => construct instanceof ec2.CfnSubnet).map((subnet) => [JSON.stringify(stack.resolve(subnet.ref)), subnet]));
  const zones = ids.map((id) => {
    const zone: unknown = stack.resolve(subnets.get(JSON.stringify(id))?.availabilityZone);
    return zone === undefined ? undefined : nameOf(zone);
  });
  return zones.every((zone) => zone !== undefined) ? [...new Set(zones)].sort() : undefined;
}

/** `{"Fn::Select":[0,{"Fn::GetAZs":""}]}`, in a stack for any region, becomes `#1`: the first zone of the region. */
function nameOf(zone: unknown): string {
  const { 'Fn::Select': [index] = [] } = Object(zone) as { readonly 'Fn::Select'?: readonly unknown[] };
  return typeof zone === 'string' ? zone : typeof index === 'number' ? `#${index + 1}` : JSON.stringify(zone);
}

/**
 * A fleet of this size over its zones, over which Auto Scaling spreads each group as evenly as it can.
 *
 * @see https://docs.aws.amazon.com/autoscaling/ec2/userguide/auto-scaling-benefits.html#AutoScalingBehavior.InstanceUsage
 */
export function spread({ groups, zones, ...totals }: FleetBounds, size: 'min' | 'desired' | 'max'): FleetSize {
  if (zones === undefined) {
    return { all: totals[size] };
  }
  const fleet: Record<string, number> = {};
  groups.forEach((group, index) => {
    const names = zones[index]!;
    names.forEach((zone, place) => {
      const share = Math.floor(group[size] / names.length) + (place < group[size] % names.length ? 1 : 0);
      fleet[zone] = (fleet[zone] ?? 0) + share;
    });
  });
  return fleet;
}

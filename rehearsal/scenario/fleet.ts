/** Reads what a scenario says of instances of EC2/on-premises. */
import type { Node } from 'yaml';

import { SERVER_HOOK_EVENTS, SERVER_LIFECYCLE_EVENTS, type ServerHookEvent } from '../../lib/model/lifecycle';
import type { FleetInstances, FleetScenario, InstanceFault, InstanceSelector, ScalingAction, ScriptDurations } from './fleet-scenario';
import type { MapReader, Reader } from './reader';
import { readDuration } from './service-profile';
import { parseShare } from './units';

/** Instances that a scenario may have: ten times the largest fleet that anybody is known to deploy to. */
const MAX_INSTANCES = 100_000;
const MAX_SLOWNESS = 1000;

const FLEET_KEYS = ['instances', 'instancesPerDeployment', 'deployed'];
const INSTANCE_KEYS = ['count', 'zone', 'autoScalingGroup', 'tags', 'ids', 'onPremises', 'files'];
const SELECTOR_KEYS = ['ids', 'zone', 'autoScalingGroup', 'share', 'count'];
const EFFECTS = ['scriptFails', 'hostLost', 'slow', 'unhealthy'] as const;
const FAULT_KEYS = [...EFFECTS, 'exitCode', 'log', 'when', ...SELECTOR_KEYS];

/** Of an action. */
export const SCALING_KEYS = ['count', 'zone', 'autoScalingGroup'];

export function readFleet(reader: Reader, node: Node): FleetScenario | undefined {
  const map = reader.map(node, 'fleet', FLEET_KEYS);
  return map && defined({
    instances: map.optional('instances', (value) => readInstances(reader, value)),
    instancesPerDeployment: map.optional('instancesPerDeployment', (value) => reader.number(value, '"instancesPerDeployment"', 1, MAX_INSTANCES)),
    deployed: map.optional('deployed', (value) => reader.toggle(value, '"deployed"')),
  });
}

function readInstances(reader: Reader, node: Node): readonly FleetInstances[] | undefined {
  if (typeof reader.scalar(node) === 'number') {
    const count = reader.number(node, '"instances"', 0, MAX_INSTANCES);
    return count === undefined ? undefined : [{ count }];
  }
  const list = reader.list(node, '"instances", where it is no number,', (item) => readSome(reader, item));
  const sum = list?.reduce((total, { count }) => total + count, 0) ?? 0;
  return sum > MAX_INSTANCES ? reader.problem(node, `"instances" must be ${MAX_INSTANCES} at most, got ${sum}`) : list;
}

function readSome(reader: Reader, node: Node): FleetInstances | undefined {
  const map = reader.map(node, 'instances', INSTANCE_KEYS);
  if (map === undefined) {
    return undefined;
  }
  const ids = map.optional('ids', (value) => readTexts(reader, value, 'ids'));
  const count = map.optional('count', (value) => reader.number(value, '"count"', 0, MAX_INSTANCES)) ?? ids?.length ?? 1;
  if (ids !== undefined && ids.length !== count) {
    return reader.problem(node, `"ids" must be as many as "count", got ${ids.length} and ${count}; leave "count" out`);
  }
  const onPremises = map.optional('onPremises', (value) => reader.toggle(value, '"onPremises"'));
  if (onPremises === true && map.has('autoScalingGroup')) {
    return reader.problem(node, '"autoScalingGroup" does not go with "onPremises: on"; take one of them out');
  }
  return {
    count,
    ...placeOf(reader, map),
    ...defined({
      tags: map.optional('tags', (value) => reader.free(value, '"tags"', (tag) => reader.parsed(tag, 'a tag', 'a text', String))),
      ids,
      onPremises,
      files: map.optional('files', (value) => readTexts(reader, value, 'files')),
    }),
  };
}

export function readInstanceFaults(reader: Reader, node: Node): readonly InstanceFault[] | undefined {
  return reader.list(node, '"instanceFaults"', (fault) => readFault(reader, fault));
}

function readFault(reader: Reader, node: Node): InstanceFault | undefined {
  const map = reader.map(node, 'an instance fault', FAULT_KEYS);
  if (map === undefined) {
    return undefined;
  }
  const kinds = EFFECTS.filter((kind) => map.has(kind));
  if (kinds.length !== 1) {
    return reader.problem(node, `an instance fault must have exactly one of ${EFFECTS.join(', ')}, got ${kinds.join(' and ') || 'none'}`);
  }
  const [kind] = kinds;
  const allowed: Record<string, boolean> = { exitCode: kind === 'scriptFails', log: kind === 'scriptFails', when: kind === 'hostLost' };
  const stray = Object.keys(allowed).find((key) => map.has(key) && !allowed[key]);
  const effect = stray === undefined ? readEffect(reader, map, kind) : reader.problem(map.get(stray)!, `"${stray}" does not go with "${kind}"`);
  return effect === undefined ? undefined : { instances: readSelector(reader, map), effect };
}

function readEffect(reader: Reader, map: MapReader, kind: (typeof EFFECTS)[number]): InstanceFault['effect'] | undefined {
  switch (kind) {
    case 'scriptFails': {
      const event = map.required(kind, (value) => reader.oneOf(value, '"scriptFails"', SERVER_HOOK_EVENTS));
      const exitCode = map.optional('exitCode', (value) => reader.number(value, '"exitCode"', 1, 255));
      const log = map.optional('log', (value) => reader.text(value, '"log"'));
      return event === undefined ? undefined : { kind, event, ...defined({ exitCode, log }) };
    }
    case 'hostLost': {
      const event = map.required(kind, (value) => reader.oneOf(value, '"hostLost"', SERVER_LIFECYCLE_EVENTS));
      const when = map.optional('when', (value) => reader.oneOf(value, '"when"', ['before', 'during']));
      return event === undefined ? undefined : { kind, event, when: when ?? 'before' };
    }
    case 'slow': {
      const factor = map.required(kind, (value) => reader.number(value, '"slow"', 1, MAX_SLOWNESS, false));
      return factor === undefined ? undefined : { kind, factor };
    }
    case 'unhealthy': {
      const on = map.required(kind, (value) => (reader.toggle(value, '"unhealthy"') === false ? reader.problem(value, '"unhealthy" can only be on; leave the fault out') : true));
      return on === undefined ? undefined : { kind };
    }
  }
}

function readSelector(reader: Reader, map: MapReader): InstanceSelector {
  return {
    ...placeOf(reader, map),
    ...defined({
      ids: map.optional('ids', (value) => readTexts(reader, value, 'ids')),
      share: map.optional('share', (value) => reader.parsed(value, '"share"', 'a share from 0 to 1, or a percentage such as 5%', parseShare)),
      count: map.optional('count', (value) => reader.number(value, '"count"', 1, MAX_INSTANCES)),
    }),
  };
}

export function readScriptDurations(reader: Reader, node: Node): ScriptDurations | undefined {
  const map = reader.map(node, '"scriptDurations"', SERVER_HOOK_EVENTS);
  return map && (defined(Object.fromEntries(SERVER_HOOK_EVENTS.map((event: ServerHookEvent) => [event, map.optional(event, readDuration(reader, `"${event}"`))]))) as ScriptDurations);
}

export function readScaling(reader: Reader, map: MapReader, kind: ScalingAction['kind']): ScalingAction {
  const count = map.optional('count', (value) => reader.number(value, '"count"', 1, MAX_INSTANCES)) ?? 1;
  return { kind, count, ...placeOf(reader, map) };
}

function placeOf(reader: Reader, map: MapReader): { readonly zone?: string; readonly autoScalingGroup?: string } {
  return defined({
    zone: map.optional('zone', (value) => reader.text(value, '"zone"')),
    autoScalingGroup: map.optional('autoScalingGroup', (value) => reader.text(value, '"autoScalingGroup"')),
  });
}

function readTexts(reader: Reader, node: Node, name: string): readonly string[] | undefined {
  return reader.list(node, `"${name}"`, (item) => reader.text(item, `an entry of "${name}"`));
}

type Defined<T> = { [Name in keyof T]?: Exclude<T[Name], undefined> };

function defined<T extends object>(values: T): Defined<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Defined<T>;
}

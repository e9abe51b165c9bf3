/** Reads a scenario from YAML. The grammar, with an example, is in docs/scenario.md. */
import { LineCounter, isMap, parseDocument } from 'yaml';
import type { Node } from 'yaml';

import { ECS_HOOK_EVENTS } from '../../lib/model/lifecycle';
import { ECS_NATIVE_HOOK_STAGES } from '../../lib/model/ecs-native';
import { SERVER_GATE_EVENTS } from '../../lib/model/server/gates';
import { UserError } from '../report/user-error';
import { readBuild } from './builds';
import { readCalendars } from './calendars';
import { SCALING_KEYS, readFleet, readInstanceFaults, readScaling, readScriptDurations } from './fleet';
import type { BesideRelease } from './fleet-scenario';
import { readMoment } from './moments';
import { Reader } from './reader';
import type { MapReader } from './reader';
import type { ReleaseAction, ReleaseScenario, Scenario, ServiceProfile } from './scenario';
import { scenarioError } from './scenario-error';
import { readStackUpdates } from './stack-updates';
import { readParameters, readSecrets } from './stored-values';
import { DEFAULT_PROFILE, PROFILE_KEYS, readDuration, readProfile } from './service-profile';

/** Largest scenario file, in bytes. */
export const MAX_SCENARIO_BYTES = 256 * 1024;


const KEYS = ['description', 'rollout', 'seed', 'expect', 'requestsPerSecond', 'service', 'releases', 'stackUpdates', 'alarms', 'throttle', 'deny', 'builds', 'calendars', 'parameters', 'secrets', 'fleet'];
const RELEASE_KEYS = ['name', 'after', 'rollback', 'leaveOut', 'provisioning', 'actions', 'instanceFaults', 'scriptDurations', 'beside', ...PROFILE_KEYS];
const BESIDE_KEYS = ['rollout', 'at', 'expect', 'name', 'rollback', 'instanceFaults', 'scriptDurations'];
const ACTION_KEYS = ['at', 'do', 'rollback', 'hook', 'status', ...SCALING_KEYS];

const ONE_DOCUMENT = 'a scenario is one YAML document, and here a second one begins; give it a file of its own';

/**
 * A scenario from the text of its file.
 *
 * @throws UserError that shows every problem (at most ten) with its line and a marker
 */
export function parseScenario(file: string, text: string): Scenario {
  if (Buffer.byteLength(text) > MAX_SCENARIO_BYTES) {
    const size = `${Buffer.byteLength(text)} bytes long`;
    throw new UserError(`${file} is ${size}, and a scenario may have at most ${MAX_SCENARIO_BYTES}; shorten the bodies of its routes`);
  }
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, schema: 'core', customTags: [], prettyErrors: false, uniqueKeys: true });
  const broken = [...document.errors, ...document.warnings].map(({ code, message, pos: [start, end] }) => {
    return { message: code === 'MULTIPLE_DOCS' ? ONE_DOCUMENT : lowerFirst(message), start, end };
  });
  if (broken.length > 0) {
    throw scenarioError(file, text, lines, broken);
  }
  if (!isMap(document.contents)) {
    throw new UserError(`${file} is not a scenario: it must be a map with the keys ${KEYS.join(', ')}`);
  }
  const reader = new Reader(document);
  const scenario = readScenario(reader, file, document.contents as Node);
  if (scenario === undefined || reader.problems.length > 0) {
    throw scenarioError(file, text, lines, reader.problems);
  }
  return scenario;
}

function readScenario(reader: Reader, file: string, node: Node): Scenario | undefined {
  const map = reader.map(node, 'a scenario', KEYS);
  if (map === undefined) {
    return undefined;
  }
  const serviceMap = map.optional('service', (value) => reader.map(value, 'service', PROFILE_KEYS));
  const service = serviceMap === undefined ? DEFAULT_PROFILE : readProfile(reader, serviceMap, DEFAULT_PROFILE);
  const releases = readReleases(reader, map, service);
  const given = {
    description: map.optional('description', (value) => reader.text(value, '"description"')),
    rollout: map.optional('rollout', (value) => reader.text(value, '"rollout"')),
    seed: map.optional('seed', (value) => reader.number(value, '"seed"', 0, Number.MAX_SAFE_INTEGER)),
    expect: map.optional('expect', (value) => readExpect(reader, value)),
    requestsPerSecond: map.optional('requestsPerSecond', (value) => reader.number(value, '"requestsPerSecond"', 0, 100_000, false)),
    fleet: map.optional('fleet', (value) => readFleet(reader, value)),
  };
  return {
    file,
    ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
    service,
    releases,
    stackUpdates: map.optional('stackUpdates', (value) => readStackUpdates(reader, value, releases, service)) ?? [],
    alarms: map.optional('alarms', (value) => reader.list(value, '"alarms"', (alarm) => readAlarm(reader, alarm))) ?? [],
    throttle: map.optional('throttle', (value) => reader.list(value, '"throttle"', (one) => readThrottle(reader, one))) ?? [],
    deny: map.optional('deny', (value) => reader.list(value, '"deny"', (one) => readDeny(reader, one))) ?? [],
    builds: map.optional('builds', (value) => reader.list(value, '"builds"', (one) => readBuild(reader, one))) ?? [],
    calendars: map.optional('calendars', (value) => readCalendars(reader, value)) ?? [],
    parameters: map.optional('parameters', (value) => readParameters(reader, value)) ?? [],
    secrets: map.optional('secrets', (value) => readSecrets(reader, value)) ?? [],
  };
}

function readExpect(reader: Reader, node: Node): Scenario['expect'] {
  const map = reader.map(node, 'expect', ['outcome']);
  const outcome = map?.required('outcome', (value) => reader.oneOf(value, '"outcome"', ['released', 'rolledBack', 'stopped', 'failed']));
  return outcome === undefined ? undefined : { outcome };
}

function readReleases(reader: Reader, map: MapReader, service: ServiceProfile): readonly ReleaseScenario[] {
  const releases = map.required('releases', (value) => {
    const list = reader.list(value, '"releases"', (release) => readRelease(reader, release, service));
    const none = list?.length === 0 && reader.problems.length === 0;
    return none ? reader.problem(value, '"releases" must have at least one release, got none') : list;
  });
  return releases ?? [];
}

function readRelease(reader: Reader, node: Node, service: ServiceProfile): ReleaseScenario | undefined {
  const map = reader.map(node, 'a release', RELEASE_KEYS);
  const name = map?.required('name', (value) => reader.text(value, '"name"'));
  if (map === undefined || name === undefined) {
    return undefined;
  }
  const rollback = map.optional('rollback', (value) => reader.toggle(value, '"rollback"'));
  const afterMs = map.optional('after', readDuration(reader, '"after"'));
  const provisioning = map.optional('provisioning', (value) => readProvisioning(reader, value));
  return {
    name,
    ...(afterMs === undefined ? {} : { afterMs }),
    profile: readProfile(reader, map, service),
    ...(rollback === undefined ? {} : { rollback }),
    leaveOut: map.optional('leaveOut', (value) => reader.list(value, '"leaveOut"', (event) => reader.oneOf(event, 'a hook of "leaveOut"', ECS_HOOK_EVENTS))) ?? [],
    ...(provisioning === undefined ? {} : { provisioning }),
    actions: map.optional('actions', (value) => reader.list(value, '"actions"', (action) => readAction(reader, action))) ?? [],
    ...readOnInstances(reader, map),
    ...(map.has('beside') ? { beside: map.optional('beside', (value) => reader.list(value, '"beside"', (one) => readBeside(reader, one, service))) ?? [] } : {}),
  };
}

function readOnInstances(reader: Reader, map: MapReader): Pick<ReleaseScenario, 'instanceFaults' | 'scriptDurations'> {
  const instanceFaults = map.optional('instanceFaults', (value) => readInstanceFaults(reader, value));
  const scriptDurations = map.optional('scriptDurations', (value) => readScriptDurations(reader, value));
  return { ...(instanceFaults === undefined ? {} : { instanceFaults }), ...(scriptDurations === undefined ? {} : { scriptDurations }) };
}

/** A release of another rollout that begins during one. */
function readBeside(reader: Reader, node: Node, profile: ServiceProfile): BesideRelease | undefined {
  const map = reader.map(node, 'a release of "beside"', BESIDE_KEYS);
  const rollout = map?.required('rollout', (value) => reader.text(value, '"rollout"'));
  const name = map?.required('name', (value) => reader.text(value, '"name"'));
  if (map === undefined || rollout === undefined || name === undefined) {
    return undefined;
  }
  const expect = map.optional('expect', (value) => readExpect(reader, value));
  const rollback = map.optional('rollback', (value) => reader.toggle(value, '"rollback"'));
  return {
    rollout,
    moment: map.optional('at', (value) => readMoment(reader, value)) ?? { delayMs: 0 },
    ...(expect === undefined ? {} : { expect }),
    release: { name, profile, ...(rollback === undefined ? {} : { rollback }), leaveOut: [], actions: [], ...readOnInstances(reader, map) },
  };
}

function readProvisioning(reader: Reader, node: Node): ReleaseScenario['provisioning'] {
  const map = reader.map(node, '"provisioning"', ['after', 'fails']);
  const afterMs = map?.optional('after', readDuration(reader, '"after"'));
  const fails = map?.optional('fails', (value) => reader.text(value, '"fails"'));
  return map === undefined ? undefined : { ...(afterMs === undefined ? {} : { afterMs }), ...(fails === undefined ? {} : { fails }) };
}

function readAction(reader: Reader, node: Node): ReleaseAction | undefined {
  const map = reader.map(node, 'an action', ACTION_KEYS);
  const moment = map?.required('at', (value) => readMoment(reader, value));
  const action = map?.required('do', (value) => readDeed(reader, map, value));
  return moment === undefined || action === undefined ? undefined : { ...moment, action };
}

function readDeed(reader: Reader, map: MapReader, node: Node): ReleaseAction['action'] | undefined {
  const kind = reader.oneOf(node, '"do"', ['stop', 'continue', 'report', 'launch', 'scaleIn']);
  const allowed = { stop: ['rollback'], continue: [], report: ['hook', 'status'], launch: SCALING_KEYS, scaleIn: SCALING_KEYS }[kind ?? 'continue'];
  for (const key of ['rollback', 'hook', 'status', ...SCALING_KEYS].filter((one) => kind !== undefined && !allowed.some((other) => other === one))) {
    map.optional(key, (value) => reader.problem(value, `"${key}" does not go with "do: ${kind}"`));
  }
  if (kind === 'launch' || kind === 'scaleIn') {
    return readScaling(reader, map, kind);
  }
  if (kind === 'report') {
    const hook = map.required('hook', (value) => reader.oneOf(value, '"hook"', ECS_HOOK_EVENTS));
    const status = map.required('status', (value) => reader.oneOf(value, '"status"', ['Succeeded', 'Failed']));
    return hook === undefined || status === undefined ? undefined : { kind, hook, status };
  }
  if (kind === 'stop') {
    const rollback = map.optional('rollback', (value) => reader.toggle(value, '"rollback"'));
    return { kind, ...(rollback === undefined ? {} : { rollback }) };
  }
  return kind === undefined ? undefined : { kind };
}

function readAlarm(reader: Reader, node: Node): Scenario['alarms'][number] | undefined {
  const map = reader.map(node, 'an alarm', ['alarm', 'state', 'for']);
  const alarm = map?.required('alarm', (value) => reader.text(value, '"alarm"'));
  const state = map?.required('state', (value) => reader.oneOf(value, '"state"', ['OK', 'ALARM', 'INSUFFICIENT_DATA']));
  const forMs = map?.optional('for', readDuration(reader, '"for"'));
  return alarm === undefined || state === undefined ? undefined : { alarm, state, ...(forMs === undefined ? {} : { forMs }) };
}

const GATES = Object.values(SERVER_GATE_EVENTS);

function readThrottle(reader: Reader, node: Node): Scenario['throttle'][number] | undefined {
  const map = reader.map(node, 'a throttle', ['hook', 'for']);
  const hook = map?.required('hook', (value) => reader.oneOf(value, '"hook"', [...ECS_HOOK_EVENTS, ...GATES]));
  const forMs = map?.required('for', readDuration(reader, '"for"'));
  return hook === undefined || forMs === undefined ? undefined : { hook, forMs };
}

function readDeny(reader: Reader, node: Node): Scenario['deny'][number] | undefined {
  const map = reader.map(node, 'a denial', ['hook', 'action']);
  const hook = map?.required('hook', (value) => reader.oneOf(value, '"hook"', [...ECS_HOOK_EVENTS, ...ECS_NATIVE_HOOK_STAGES, ...GATES, 'guardian' as const]));
  const wanted = 'an action such as codedeploy:PutLifecycleEventHookExecutionStatus';
  const parse = (text: string | number): string | undefined => /^[a-z0-9-]+:[A-Za-z*?]+$/.exec(String(text))?.[0];
  const action = map?.required('action', (value) => reader.parsed(value, '"action"', wanted, parse));
  return hook === undefined || action === undefined ? undefined : { hook, action };
}

function lowerFirst(message: string): string {
  return `${message.charAt(0).toLowerCase()}${message.slice(1)}`.replace(/\.$/, '');
}

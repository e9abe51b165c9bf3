/** How one version of the service answers: the keys that `service` and every release share. */
import { isMap, isScalar, isSeq } from 'yaml';
import type { Node } from 'yaml';

import type { MapReader, Reader } from './reader';
import type { FaultProfile, RouteProfile, ServiceProfile } from './scenario';
import { parseDuration, parseShare } from './units';

export const PROFILE_KEYS = ['latency', 'startup', 'routes', 'faults', 'command', 'environment'];

/** A small, healthy web service. */
export const DEFAULT_PROFILE: ServiceProfile = { latency: { p50Ms: 20, p99Ms: 120 }, startupMs: 30_000, routes: [], faults: [] };

const FAULT_KEYS = ['listener', 'path', 'rate', 'after', 'status', 'latency', 'hang', 'reset', 'error', 'throttled', 'body'];
const EFFECTS = ['status', 'latency', 'hang', 'reset', 'error', 'throttled'] as const;

export const DURATION = 'a duration such as 250ms, 90s, 10m or 1h30m, of at most 31 days';

export function readDuration(reader: Reader, what: string): (node: Node) => number | undefined {
  return (node) => reader.parsed(node, what, DURATION, (value) => (value === 0 ? 0 : parseDuration(String(value))));
}

/** The profile that the keys of a map give; each key replaces the one of `base` as a whole. */
export function readProfile(reader: Reader, map: MapReader, base: ServiceProfile): ServiceProfile {
  const command = map.optional('command', (node) => readCommand(reader, node)) ?? base.command;
  const variable = (node: Node): string | undefined => scalarText(reader, node, 'environment variable');
  const environment = map.optional('environment', (node) => reader.free(node, 'environment', variable)) ?? base.environment;
  return {
    latency: map.optional('latency', (node) => readLatency(reader, node)) ?? base.latency,
    startupMs: map.optional('startup', readDuration(reader, '"startup"')) ?? base.startupMs,
    routes: map.optional('routes', (node) => reader.list(node, '"routes"', (route) => readRoute(reader, route))) ?? base.routes,
    faults: map.optional('faults', (node) => reader.list(node, '"faults"', (fault) => readFault(reader, fault))) ?? base.faults,
    ...(command === undefined ? {} : { command }),
    ...(environment === undefined ? {} : { environment }),
  };
}

function readLatency(reader: Reader, node: Node): ServiceProfile['latency'] | undefined {
  const map = reader.map(node, 'latency', ['p50', 'p99']);
  const p50Ms = map?.required('p50', readDuration(reader, '"p50"'));
  const p99Ms = map?.required('p99', readDuration(reader, '"p99"'));
  if (p50Ms === undefined || p99Ms === undefined) {
    return undefined;
  }
  return p50Ms > p99Ms ? reader.problem(node, `"p99" must be at least "p50", got ${p99Ms} ms and ${p50Ms} ms`) : { p50Ms, p99Ms };
}

function readCommand(reader: Reader, node: Node): readonly string[] | undefined {
  const command = reader.list(node, '"command"', (word) => scalarText(reader, word, 'word of "command"'));
  return command?.length === 0 ? reader.problem(node, '"command" must name a program, got an empty list') : command;
}

function readPath(reader: Reader, node: Node): string | undefined {
  const wanted = 'a path that starts with / and may end in *, such as /api/*';
  return reader.parsed(node, '"path"', wanted, (value) => (/^\/[^*]*\*?$/.test(String(value)) ? String(value) : undefined));
}

function readRoute(reader: Reader, node: Node): RouteProfile | undefined {
  const map = reader.map(node, 'a route', ['path', 'status', 'headers', 'body']);
  const path = map?.required('path', (value) => readPath(reader, value));
  if (map === undefined || path === undefined) {
    return undefined;
  }
  const body = map.optional('body', (value) => readBody(reader, value)) ?? { body: '', type: undefined };
  const headers = map.optional('headers', (value) => reader.free(value, 'headers', (one) => scalarText(reader, one, 'header'))) ?? {};
  const typed = body.type === undefined || Object.keys(headers).some((name) => name.toLowerCase() === 'content-type');
  return {
    path,
    status: map.optional('status', (value) => reader.number(value, '"status"', 200, 599)) ?? 200,
    headers: typed ? headers : { 'content-type': body.type ?? '', ...headers },
    body: body.body,
  };
}

/** A text goes out as it is; any other value goes out as JSON. */
function readBody(reader: Reader, node: Node): { readonly body: string; readonly type: string | undefined } | undefined {
  const found = reader.follow(node);
  if (isScalar(found) && typeof found.value === 'string') {
    return { body: found.value, type: 'text/plain; charset=utf-8' };
  }
  const body = isMap(found) || isSeq(found) || isScalar(found) ? reader.json(found, '"body"') : undefined;
  return body === undefined ? undefined : { body, type: 'application/json' };
}

function readFault(reader: Reader, node: Node): FaultProfile | undefined {
  const map = reader.map(node, 'a fault', FAULT_KEYS);
  const effect = map === undefined ? undefined : readEffect(reader, node, map);
  if (map === undefined || effect === undefined) {
    return undefined;
  }
  const listener = map.optional('listener', (value) => reader.oneOf(value, '"listener"', ['production', 'test']));
  const path = map.optional('path', (value) => readPath(reader, value));
  return {
    ...(listener === undefined ? {} : { listener }),
    ...(path === undefined ? {} : { path }),
    rate: map.optional('rate', (value) => reader.parsed(value, '"rate"', 'a share such as 20% or 0.2, from 0% to 100%', parseShare)) ?? 1,
    afterMs: map.optional('after', readDuration(reader, '"after"')) ?? 0,
    effect,
  };
}

function readEffect(reader: Reader, node: Node, map: MapReader): FaultProfile['effect'] | undefined {
  const [kind, ...others] = EFFECTS.filter((effect) => map.has(effect));
  if (kind === undefined || others.length > 0) {
    const got = kind === undefined ? 'none' : [kind, ...others].join(' and ');
    return reader.problem(node, `a fault must have exactly one of ${EFFECTS.join(', ')}, got ${got}`);
  }
  if (map.has('body') && kind !== 'status') {
    return reader.problem(map.get('body') ?? node, `"body" goes with "status" only; this fault has "${kind}"`);
  }
  if (kind === 'status') {
    const status = map.required('status', (value) => reader.number(value, '"status"', 200, 599));
    const body = map.optional('body', (value) => readBody(reader, value))?.body ?? '';
    return status === undefined ? undefined : { kind, status, body };
  }
  if (kind === 'latency') {
    const addMs = map.required('latency', readDuration(reader, '"latency"'));
    return addMs === undefined ? undefined : { kind, addMs };
  }
  if (kind === 'error') {
    const message = map.required('error', (value) => reader.text(value, '"error"'));
    return message === undefined ? undefined : { kind, message };
  }
  const meant = map.required(kind, (value) => reader.toggle(value, `"${kind}"`));
  if (meant === false) {
    return reader.problem(map.get(kind) ?? node, `"${kind}" must be on; take the fault away to switch it off`);
  }
  return meant === undefined ? undefined : { kind };
}

export function scalarText(reader: Reader, node: Node, what: string): string | undefined {
  const value = reader.scalar(node);
  const simple = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
  return simple ? String(value) : reader.problem(node, `${what} must be a text, a number, true or false`);
}

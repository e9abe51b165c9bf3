/** Stack updates beside the releases, as a scenario tells them. */
import type { Node } from 'yaml';

import { suggestion } from '../../lib/model/did-you-mean';
import { readMoment } from './moments';
import type { MapReader, Reader } from './reader';
import type { ReleaseScenario, ServiceProfile, StackUpdateScenario, TemplateChange } from './scenario';
import { PROFILE_KEYS, readProfile } from './service-profile';

const KEYS = ['name', 'release', 'at', 'changes', 'to', 'version', 'fails', 'expect'];
/** Assemblies that one scenario may name: each is read. */
const MAX_ASSEMBLIES = 10;
const PROPERTY = /^[A-Za-z]\w*(\.(\w+))*$/;

export function readStackUpdates(reader: Reader, node: Node, releases: readonly ReleaseScenario[], service: ServiceProfile): readonly StackUpdateScenario[] | undefined {
  const updates = reader.list(node, '"stackUpdates"', (update) => readStackUpdate(reader, update, releases, service));
  const assemblies = new Set(updates?.flatMap(({ to }) => to ?? [])).size;
  return assemblies > MAX_ASSEMBLIES ? reader.problem(node, `"stackUpdates" may go to at most ${MAX_ASSEMBLIES} cloud assemblies, got ${assemblies}; give some of them a scenario of their own`) : updates;
}

function readStackUpdate(reader: Reader, node: Node, releases: readonly ReleaseScenario[], service: ServiceProfile): StackUpdateScenario | undefined {
  const map = reader.map(node, 'a stack update', KEYS);
  const name = map?.required('name', (value) => reader.text(value, '"name"'));
  const target = map === undefined ? undefined : readTarget(reader, map);
  const release = map?.has('release') === true ? map.optional('release', (value) => readRelease(reader, value, releases)) : releases.at(-1)?.name;
  if (map === undefined || name === undefined || release === undefined || target === undefined) {
    return undefined;
  }
  const moment = map.optional('at', (value) => readMoment(reader, value));
  const fails = map.optional('fails', (value) => reader.toggle(value, '"fails"')) ?? false;
  const expect = map.optional('expect', (value) => reader.oneOf(value, '"expect"', ['updated', 'rolledBack'])) ?? (fails ? 'rolledBack' : 'updated');
  const version = map.optional('version', (value) => reader.map(value, '"version"', PROFILE_KEYS));
  return { name, release, ...(version === undefined ? {} : { version: readProfile(reader, version, service) }), ...(moment === undefined ? {} : { moment }), ...target, fails, expect };
}

/** Single changes, or another assembly. */
function readTarget(reader: Reader, map: MapReader): Pick<StackUpdateScenario, 'changes' | 'to'> | undefined {
  const to = map.optional('to', (value) => reader.parsed(value, '"to"', 'the directory of a cloud assembly, relative to this file', (text) => (String(text).trim() === '' ? undefined : String(text))));
  const changes = map.has('to') && !map.has('changes') ? [] : map.required('changes', (value) => readChanges(reader, value), ', or "to"');
  if (map.has('to') && map.has('changes')) {
    return map.optional('to', (value) => reader.problem(value, 'a stack update has either "changes" or "to", got both; leave one of them out'));
  }
  return changes === undefined || (map.has('to') && to === undefined) ? undefined : { changes, ...(to === undefined ? {} : { to }) };
}

function readRelease(reader: Reader, node: Node, releases: readonly ReleaseScenario[]): string | undefined {
  const names = releases.map(({ name }) => name);
  const release = reader.text(node, '"release"');
  return release === undefined || names.includes(release) ? release : reader.problem(node, `"${release}" is not a release of this scenario${suggestion(release, names) || `; it has ${names.join(', ')}`}`);
}

function readChanges(reader: Reader, node: Node): readonly TemplateChange[] | undefined {
  const before = reader.problems.length;
  const changes = reader.list(node, '"changes"', (change) => readChange(reader, change));
  return changes?.length === 0 && reader.problems.length === before ? reader.problem(node, '"changes" must have at least one change, got none') : changes;
}

function readChange(reader: Reader, node: Node): TemplateChange | undefined {
  const map = reader.map(node, 'a change', ['resource', 'property', 'value']);
  const resource = map?.required('resource', (value) => reader.text(value, '"resource"'));
  const wanted = 'the name of a property, such as SslPolicy or Certificates.0.CertificateArn';
  const property = map?.required('property', (value) => reader.parsed(value, '"property"', wanted, (text) => PROPERTY.exec(String(text))?.[0]));
  const value = map?.required('value', (found) => reader.json(found, '"value"'));
  return resource === undefined || property === undefined || value === undefined ? undefined : { resource, property, value: JSON.parse(value) as unknown };
}

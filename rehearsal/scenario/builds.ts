/** What comes of builds in CodeBuild, as a scenario tells it. */
import type { Node } from 'yaml';

import type { BuildScenario } from './scenario';
import type { Reader } from './reader';
import { readDuration } from './service-profile';

const KEYS = ['project', 'after', 'status', 'cases'];
const CASE_KEYS = ['name', 'status', 'duration', 'message'];
const STATUSES = ['SUCCEEDED', 'FAILED', 'FAULT', 'TIMED_OUT', 'STOPPED'] as const;
const CASE_STATUSES = ['passed', 'failed', 'errored', 'skipped'] as const;

const DEFAULT_AFTER_MS = 60_000;

export function readBuild(reader: Reader, node: Node): BuildScenario | undefined {
  const map = reader.map(node, 'a build', KEYS);
  const project = map?.required('project', (value) => reader.text(value, '"project"'));
  const cases = map?.optional('cases', (value) => reader.list(value, '"cases"', (one) => readCase(reader, one)));
  const status = map?.optional('status', (value) => reader.oneOf(value, '"status"', STATUSES));
  if (map === undefined || project === undefined) {
    return undefined;
  }
  const bad = cases?.some((each) => each.status === 'failed' || each.status === 'errored') === true;
  return {
    project,
    afterMs: map.optional('after', readDuration(reader, '"after"')) ?? DEFAULT_AFTER_MS,
    status: status ?? (bad ? 'FAILED' : 'SUCCEEDED'),
    ...(cases === undefined ? {} : { cases }),
  };
}

function readCase(reader: Reader, node: Node): NonNullable<BuildScenario['cases']>[number] | undefined {
  const map = reader.map(node, 'a case', CASE_KEYS);
  const name = map?.required('name', (value) => reader.text(value, '"name"'));
  const status = map?.required('status', (value) => reader.oneOf(value, '"status"', CASE_STATUSES));
  const durationMs = map?.optional('duration', readDuration(reader, '"duration"'));
  const message = map?.optional('message', (value) => reader.text(value, '"message"'));
  if (name === undefined || status === undefined) {
    return undefined;
  }
  return { name, status, ...(durationMs === undefined ? {} : { durationMs }), ...(message === undefined ? {} : { message }) };
}

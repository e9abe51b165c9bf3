/** Reads what a suite hands over: the result document, or JUnit XML. What cannot be read whole is not read in part. */
import type { SuiteCase } from '../../../../lib/model/suite-result';
import { SUITE_CASE_STATUSES } from '../../../../lib/model/suite-result';
import { quoted } from '../../text';
import { casesOfJUnit } from './junit';
import type { ParseXml } from './junit';
import { UnreadableResult } from './unreadable';

/** Largest result, in bytes, and most cases of one. */
export const MAX_RESULT_BYTES = 1_048_576;
export const MAX_CASES = 10_000;

/** @throws UnreadableResult that says what is wrong and where */
export function readResult(payload: Uint8Array, parseXml: ParseXml): readonly SuiteCase[] {
  if (payload.length > MAX_RESULT_BYTES) {
    throw new UnreadableResult(`it has ${payload.length} bytes, and at most ${MAX_RESULT_BYTES} are read`);
  }
  const value = jsonOf(textOf(payload));
  if (typeof value !== 'string') {
    return casesOf(value);
  }
  const text = value.replace(/^\ufeff/, '').trim();
  return text.startsWith('<') ? bounded(casesOfJUnit(text, parseXml)) : casesOf(jsonOf(text));
}

function textOf(payload: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(payload);
  } catch {
    throw new UnreadableResult('it is not valid UTF-8');
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new UnreadableResult(`it is neither a result document nor JUnit XML: ${quoted(text)}`);
  }
}

function casesOf(document: unknown): readonly SuiteCase[] {
  const { schemaVersion, cases } = membersOf(document, 'it');
  if (schemaVersion !== 1) {
    throw new UnreadableResult(`'schemaVersion' must be 1, got ${shown(schemaVersion)}`);
  }
  if (!Array.isArray(cases)) {
    throw new UnreadableResult(`'cases' must be a list, got ${shown(cases)}`);
  }
  const read = bounded(cases).map((entry, index) => caseOf(membersOf(entry, `'cases[${index}]'`), `cases[${index}]`));
  const names = new Map<string, number>();
  read.forEach(({ name }, index) => {
    if (names.has(name)) {
      throw new UnreadableResult(`'cases[${index}].name' is that of 'cases[${names.get(name)}]' too: ${quoted(name)}; give every case a name of its own`);
    }
    names.set(name, index);
  });
  return read;
}

function bounded<T>(cases: readonly T[]): readonly T[] {
  if (cases.length > MAX_CASES) {
    throw new UnreadableResult(`it has ${cases.length} cases, and at most ${MAX_CASES} are read`);
  }
  return cases;
}

function caseOf(members: Readonly<Record<string, unknown>>, place: string): SuiteCase {
  const { name, status, durationMs, message } = members;
  if (typeof name !== 'string' || name.trim() === '') {
    throw new UnreadableResult(`'${place}.name' must be a text that is not empty, got ${shown(name)}`);
  }
  const known = SUITE_CASE_STATUSES.find((each) => each === status);
  if (known === undefined) {
    throw new UnreadableResult(`'${place}.status' must be one of ${SUITE_CASE_STATUSES.join(', ')}, got ${shown(status)}`);
  }
  if (durationMs !== undefined && (typeof durationMs !== 'number' || !Number.isFinite(durationMs) || durationMs < 0)) {
    throw new UnreadableResult(`'${place}.durationMs' must be a number from 0, got ${shown(durationMs)}`);
  }
  if (message !== undefined && typeof message !== 'string') {
    throw new UnreadableResult(`'${place}.message' must be a text, got ${shown(message)}`);
  }
  return { name, status: known, ...(durationMs === undefined ? {} : { durationMs }), ...(message === undefined ? {} : { message }) };
}

function membersOf(value: unknown, place: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new UnreadableResult(`${place} must be an object, got ${shown(value)}`);
  }
  return value as Readonly<Record<string, unknown>>;
}

function shown(value: unknown): string {
  if (typeof value === 'string') {
    return quoted(value, 60);
  }
  return Array.isArray(value) ? 'a list' : typeof value === 'object' && value !== null ? 'an object' : String(value ?? 'nothing');
}

/** Properties as CloudFormation hands them on to a custom resource. */
import { isObject, type JsonObject } from '../assembly/read-json';

/** Every number and every truth value becomes a text. */
export function stringified(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(stringified);
  }
  if (isObject(value)) {
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, stringified(member)]));
  }
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : value;
}

/** Whether two sets of properties are the same, in whatever order. */
export function sameProperties(a: JsonObject, b: JsonObject): boolean {
  return sorted(a) === sorted(b);
}

/** Names of those that differ. */
export function changedProperties(before: JsonObject, after: JsonObject): readonly string[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].filter((name) => !sameProperties({ value: before[name] }, { value: after[name] }));
}

function sorted(value: unknown): string {
  return JSON.stringify(value, (_key, member: unknown) =>
    isObject(member) ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1))) : member,
  );
}

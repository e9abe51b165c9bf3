/** The hooks that an AppSpec names, as CodeDeploy reads it: JSON or YAML, whatever the case of its keys. */
import { parseDocument } from 'yaml';

import type { EcsHookEvent } from '../../../lib/model/lifecycle';
import { ECS_HOOK_EVENTS } from '../../../lib/model/lifecycle';
import { describeError } from '../failures';
import { excerpt } from '../text';

/** Far more than an AppSpec of an ECS service needs, in characters. */
export const MAX_APP_SPEC_LENGTH = 100_000;

/** Functions by event, as they are named. An event has one, unless somebody has written it down twice. */
export type NamedHooks = ReadonlyMap<EcsHookEvent, readonly string[]>;

/** A text is why the AppSpec cannot be read: it may then name anything. */
export function namedHooks(content: string): NamedHooks | string {
  if (content.length > MAX_APP_SPEC_LENGTH) {
    return `it has ${content.length} characters, at most ${MAX_APP_SPEC_LENGTH} are read`;
  }
  let root: unknown;
  try {
    // JSON is YAML.
    const document = parseDocument(content, { prettyErrors: false });
    const [error] = document.errors;
    if (error !== undefined) {
      return `it is neither JSON nor YAML: ${excerpt(error.message)}`;
    }
    // The library refuses a document whose aliases multiply.
    root = document.toJS();
  } catch (error) {
    return `it cannot be read: ${describeError(error)}`;
  }
  return isMap(root) ? hooksOf(root) : 'it is not a map';
}

function hooksOf(root: Readonly<Record<string, unknown>>): NamedHooks | string {
  const sections = valuesOf(root, 'hooks').filter((section) => section !== null);
  const entries = sections.flat(1);
  if (!sections.every(Array.isArray) || !entries.every(isMap)) {
    return 'its Hooks are not a list of maps';
  }
  return new Map(
    ECS_HOOK_EVENTS.map((event) => [event, entries.flatMap((entry) => valuesOf(entry, event.toLowerCase())).filter((value) => typeof value === 'string')] as const),
  );
}

function valuesOf(map: Readonly<Record<string, unknown>>, lowerCaseName: string): readonly unknown[] {
  return Object.entries(map).flatMap(([name, value]) => (name.toLowerCase() === lowerCaseName ? [value] : []));
}

const isMap = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null && !Array.isArray(value);

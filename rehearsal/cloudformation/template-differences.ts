/** How two versions of a stack's template differ, resource by resource. */
import type { JsonObject } from '../assembly/read-json';
import { changedProperties, stringified } from './properties';
import type { TemplateVersion } from './stack-version';

export interface ResourceDifference {
  readonly logicalId: string;
  /** That of before for a resource that is removed. */
  readonly type: string;
  readonly action: 'added' | 'removed' | 'changed';
  /** Set where a resource of another type has the logical id now. */
  readonly typeBefore?: string;
  /** Names of the properties that differ, of a changed one. */
  readonly properties: readonly string[];
  /** Empty for one that is added, and for one that is removed. */
  readonly before: JsonObject;
  readonly after: JsonObject;
}

interface Resolved {
  readonly type: string;
  readonly properties: JsonObject;
}

/** In the order of the template of after; what is removed comes last. Resources count where their condition holds. */
export function differences(before: TemplateVersion, after: TemplateVersion): readonly ResourceDifference[] {
  const old = resolved(before);
  const now = resolved(after);
  const found = [...now].flatMap(([logicalId, resource]) => difference(logicalId, old.get(logicalId), resource));
  const removed = [...old].filter(([logicalId]) => !now.has(logicalId));
  return [...found, ...removed.map(([logicalId, { type, properties }]) => ({ logicalId, type, action: 'removed' as const, properties: [], before: properties, after: {} }))];
}

function difference(logicalId: string, old: Resolved | undefined, { type, properties: after }: Resolved): readonly ResourceDifference[] {
  if (old === undefined) {
    return [{ logicalId, type, action: 'added', properties: [], before: {}, after }];
  }
  const { type: typeBefore, properties: before } = old;
  const properties = changedProperties(before, after);
  const otherType = typeBefore === type ? {} : { typeBefore };
  return properties.length === 0 && typeBefore === type ? [] : [{ logicalId, type, action: 'changed', ...otherType, properties, before, after }];
}

/** Properties with their functions resolved, as if every resource had the name that the template alone lets guess. */
function resolved({ assembly, stack }: TemplateVersion): ReadonlyMap<string, Resolved> {
  const types = new Set(Object.values(stack.template.resources).map(({ type }) => type));
  const own = assembly.withStack(stack, { ref: () => undefined, attribute: () => undefined });
  const places = own.resources(...types).filter((place) => place.stack === stack);
  return new Map(places.map((place) => [place.logicalId, { type: place.resource.type, properties: stringified(own.properties(place)) as JsonObject }]));
}

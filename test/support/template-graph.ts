/** The dependencies between the resources of a template, as CloudFormation sees them, and the cycles in them. */

export interface GraphTemplate {
  readonly Resources: Readonly<Record<string, object>>;
}

/** Logical ids that each resource waits for: Ref, GetAtt, Sub and DependsOn, anywhere in it, update policy and metadata included. */
export function dependencies(template: GraphTemplate): Map<string, Set<string>> {
  const known = new Set(Object.keys(template.Resources));
  return new Map(
    Object.entries(template.Resources).map(([id, resource]) => {
      const references = [...referencesIn(resource), ...dependsOn(resource)];
      return [id, new Set(references.filter((reference) => known.has(reference)))];
    }),
  );
}

/** A cycle as the ids along it, or nothing. */
export function findCycle(template: GraphTemplate): string[] | undefined {
  const edges = dependencies(template);
  const done = new Set<string>();
  const walk = (id: string, path: readonly string[]): string[] | undefined => {
    if (path.includes(id)) {
      return [...path.slice(path.indexOf(id)), id];
    }
    if (done.has(id)) {
      return undefined;
    }
    for (const next of edges.get(id) ?? []) {
      const cycle = walk(next, [...path, id]);
      if (cycle !== undefined) {
        return cycle;
      }
    }
    done.add(id);
    return undefined;
  };
  for (const id of edges.keys()) {
    const cycle = walk(id, []);
    if (cycle !== undefined) {
      return cycle;
    }
  }
  return undefined;
}

function dependsOn(resource: object): string[] {
  const value: unknown = 'DependsOn' in resource ? resource.DependsOn : [];
  return (Array.isArray(value) ? value : [value]).map(String);
}

function referencesIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) {
    return [];
  }
  return Object.entries(value).flatMap(([key, inner]: [string, unknown]) => {
    if (key === 'Ref') {
      return [String(inner)];
    }
    if (key === 'Fn::GetAtt') {
      return [Array.isArray(inner) ? String(inner[0]) : String(inner).split('.')[0]!];
    }
    if (key === 'Fn::Sub') {
      return [...namesIn(Array.isArray(inner) ? String(inner[0]) : String(inner)), ...referencesIn(inner)];
    }
    return referencesIn(inner);
  });
}

/** `${Name}` and `${Name.Attribute}`; `${!Literal}` is text. */
const namesIn = (text: string): string[] => [...text.matchAll(/\$\{([^!}][^}]*)\}/g)].map(([, name]) => name!.split('.')[0]!);

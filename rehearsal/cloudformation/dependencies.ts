/** Which resources of a template CloudFormation makes before which others. */
import { isObject } from '../assembly/read-json';
import type { Template } from '../assembly/stack';

/** Logical ids that a resource needs, directly or by way of others. */
export function needed(template: Template, logicalId: string): ReadonlySet<string> {
  const found = new Set<string>();
  const waiting = direct(template, logicalId);
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (!found.has(next)) {
      found.add(next);
      waiting.push(...direct(template, next));
    }
  }
  return found;
}

function direct({ resources }: Template, logicalId: string): string[] {
  const resource = resources[logicalId];
  const named = resource === undefined ? [] : [...(resource.dependsOn ?? []), ...references(resource.properties)];
  return named.filter((name) => name !== logicalId && resources[name] !== undefined);
}

/** Logical ids that a value refers to. */
export function references(value: unknown): readonly string[] {
  if (Array.isArray(value)) {
    return value.flatMap(references);
  }
  if (!isObject(value)) {
    return [];
  }
  return Object.entries(value).flatMap(([name, argument]) => {
    switch (name) {
      case 'Ref':
        return typeof argument === 'string' ? [argument] : [];
      case 'Fn::GetAtt':
        return [String(Array.isArray(argument) ? argument[0] : argument).split('.')[0] ?? '', ...references(argument)];
      case 'Fn::Sub': {
        const [text, variables] = Array.isArray(argument) ? (argument as unknown[]) : [argument];
        const names = [...String(text).matchAll(/\$\{([^!}.]+)[^}]*\}/g)].map(([, inner]) => (inner ?? '').trim());
        return [...names, ...references(variables)];
      }
      default:
        return references(argument);
    }
  });
}

/** What AppSpecs of ECS and Lambda share: the one resource that a deployment replaces. */
import type { Entry, ListPart, MapPart, Part } from './part';
import { shown } from './part';
import { PLATFORM_NAMES } from './rules';
import type { Findings } from './section';
import { Section, asMap } from './section';

export const RESOURCE_TYPES = { ecs: 'AWS::ECS::Service', lambda: 'AWS::Lambda::Function' } as const;

type FunctionPlatform = keyof typeof RESOURCE_TYPES;

/** Sections of the other platform. */
const SERVER_SECTIONS = ['os', 'files', 'file_exists_behavior', 'permissions'];

export const SECTIONS = ['version', 'Resources', 'Hooks'];

export function foreignToFunctions(platform: FunctionPlatform) {
  return (key: string) =>
    SERVER_SECTIONS.includes(key.toLowerCase())
      ? {
          rule: 'foreign-section' as const,
          message: `'${key}' is a section of AppSpecs for ${PLATFORM_NAMES.server}, and this one is for ${PLATFORM_NAMES[platform]}; remove it, or give --platform server`,
        }
      : undefined;
}

export interface Resource {
  readonly name: Entry;
  /** Absent where there are none. */
  readonly properties?: Section;
}

/** @param propertyKeys keys that have a meaning among the resource's properties */
export function lintResource(findings: Findings, document: Section, platform: FunctionPlatform, propertyKeys: readonly string[]): Resource | undefined {
  const list = document.list('Resources', document.required('Resources', 'resources-missing', `add the resource, of type ${RESOURCE_TYPES[platform]}`));
  if (list === undefined) {
    return undefined;
  }
  const name = onlyEntry(findings, document, list, platform);
  const map = name === undefined ? undefined : asMap(findings, name.part, name.key, name.line);
  if (name === undefined || map === undefined) {
    return undefined;
  }
  const resource = new Section(findings, map, { line: name.line, place: name.key, keys: ['Type', 'Properties'], anyCase: true });
  lintType(findings, resource, platform);
  const properties = resource.map('Properties', resource.required('Properties', 'properties-missing', `add ${propertyKeys.slice(0, 2).join(', ')} and the others`));
  if (properties === undefined) {
    return { name };
  }
  return { name, properties: new Section(findings, properties, { line: resource.lineOf('Properties'), place: 'Properties', keys: propertyKeys, anyCase: true }) };
}

function onlyEntry(findings: Findings, document: Section, { items }: ListPart, platform: FunctionPlatform): Entry | undefined {
  const [item, second] = items;
  if (item === undefined || second !== undefined) {
    const line = second?.line ?? document.lineOf('Resources');
    findings.add('resources-count', line, `'Resources' must hold exactly one resource, got ${items.length}; a deployment is for ${PLATFORM_NAMES[platform]}`);
    return undefined;
  }
  if (item.kind === 'late') {
    return undefined;
  }
  const [entry, ...others] = item.kind === 'map' ? item.entries : [];
  if (entry === undefined || others.length > 0) {
    findings.add('resource-keys', item.line, `the resource must be a map with its name as the only key, got ${keysOf(item)}; indent what belongs to it below its name`);
    return undefined;
  }
  return entry;
}

const keysOf = (part: Part): string => (part.kind === 'map' && part.entries.length > 0 ? `the keys ${listed(part)}` : shown(part));
const listed = ({ entries }: MapPart): string => entries.slice(0, 5).map(({ key }) => key.slice(0, 40)).join(', ');

function lintType(findings: Findings, resource: Section, platform: FunctionPlatform): void {
  const wanted = RESOURCE_TYPES[platform];
  const type = resource.requiredText('Type', 'type-missing', `write Type: ${wanted}`);
  if (type !== undefined && type.text !== wanted) {
    const other = Object.entries(RESOURCE_TYPES).find(([, known]) => known === type.text)?.[0];
    const remedy = other === undefined ? 'write it exactly so' : `give --platform ${other} where it is meant`;
    findings.add('type-wrong', type.line, `'Type' must be ${wanted}, got ${shown(type.part)}; ${remedy}`);
  }
}

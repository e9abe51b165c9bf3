/** What a scenario means by a name. */
import type { PlacedResource } from './assembly';

/** Something of the assembly that people call by several names. */
export interface Called {
  readonly name: string;
  /** Absent for what is made elsewhere. */
  readonly logicalId?: string;
  /** Path of the construct in the app where the template says it. */
  readonly path?: string;
}

/** Those that are meant: by name, logical id or construct path, else by an ending of the path, else by a piece of a name. */
export function meant<T extends Called>(candidates: readonly T[], wanted: string): readonly T[] {
  const finders: readonly ((one: Called) => boolean)[] = [
    ({ name, logicalId, path }) => [name, logicalId, path].includes(wanted),
    ({ path }) => path?.endsWith(`/${wanted}`) === true,
    ({ name, logicalId }) => [name, logicalId].some((text) => text?.toLowerCase().includes(wanted.toLowerCase())),
  ];
  return finders.map((finds) => candidates.filter(finds)).find((found) => found.length > 0) ?? [];
}

/** Path of the construct that made a resource, without the name that the CDK gives the resource in it. */
export function pathOf({ resource }: PlacedResource): string | undefined {
  const path = resource.metadata['aws:cdk:path'];
  return typeof path === 'string' ? path.replace(/\/Resource$/, '') : undefined;
}

/** Which revisions of a family are no longer kept. */

export interface Revision {
  readonly family: string;
  readonly number: number;
}

const REVISION = /(?:^|\/)([\w-]{1,255}):([1-9]\d{0,9})$/;

/** Of an ARN, or of `family:revision`; undefined for anything else. */
export function readRevision(taskDefinition: string): Revision | undefined {
  const [, family, number] = REVISION.exec(taskDefinition) ?? [];
  return family === undefined ? undefined : { family, number: Number(number) };
}

export interface Kept {
  readonly family: string;
  /** How many of the newest. */
  readonly newest: number;
  /** Further ones, as ARNs or `family:revision`. */
  readonly besides: readonly string[];
}

/** Those of the family that are neither among the newest nor kept besides; the newest first. */
export function surplus(active: readonly string[], { family, newest, besides }: Kept): readonly string[] {
  const kept = new Set(besides.map(readRevision).map((revision) => revision?.family === family && revision.number));
  return active
    .map((taskDefinition) => ({ taskDefinition, revision: readRevision(taskDefinition) }))
    .flatMap(({ taskDefinition, revision }) => (revision?.family === family ? [{ taskDefinition, number: revision.number }] : []))
    .sort((one, other) => other.number - one.number)
    .slice(newest)
    .flatMap(({ taskDefinition, number }) => (kept.has(number) ? [] : [taskDefinition]));
}

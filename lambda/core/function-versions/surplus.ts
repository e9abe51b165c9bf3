/** Which versions of a function are no longer kept. */

const VERSION = /^[1-9]\d{0,9}$/;

/** The number of a published version; undefined for anything else, such as `$LATEST` or the name of an alias. */
export const versionNumber = (text: unknown): number | undefined => (typeof text === 'string' && VERSION.test(text) ? Number(text) : undefined);

export interface KeptVersions {
  /** The version that is released; newer ones are somebody else's, or to come. */
  readonly target: number;
  /** How many of the newest, counted from the target. */
  readonly newest: number;
  /** Further ones. */
  readonly besides: readonly number[];
}

/** Those that are neither among the newest nor kept besides; the oldest first. */
export function surplusVersions(published: readonly number[], { target, newest, besides }: KeptVersions): readonly number[] {
  return published
    .filter((version) => version <= target)
    .sort((one, other) => other - one)
    .slice(newest)
    .filter((version) => !besides.includes(version))
    .reverse();
}

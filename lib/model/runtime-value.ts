/** Values that are read when a suite is played, and references to them. */

/** Where a value is read. */
export type RuntimeValueDocument =
  /** `id`: name or ARN. With `jsonField`, the secret is a JSON object and this field of it is the value. */
  | { readonly source: 'secret'; readonly id: string; readonly jsonField?: string }
  /** `name`: or ARN. */
  | { readonly source: 'parameter'; readonly name: string };

/** What values and captures may be called. */
export const VALUE_NAME = /^[A-Za-z][A-Za-z0-9_]{0,63}$/;

/** Shorter values stand in any text by chance: they cannot be told apart there, and so not be hidden. */
export const MIN_SECRET_LENGTH = 4;

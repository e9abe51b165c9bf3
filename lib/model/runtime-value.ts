/** Values that are read when a suite is played, and references to them. */
import type { NonEmptyText, Words } from './quantities';

/**
 * Where values are read, by the names that texts refer to as `{{name}}`.
 * @propertyNames { "pattern": "^[A-Za-z][A-Za-z0-9_]{0,63}$" }
 */
export type RuntimeValues = Readonly<Record<string, RuntimeValueDocument>>;

/**
 * Where a value is read.
 *
 * @discriminator source
 */
export type RuntimeValueDocument = SecretValueDocument | ParameterValueDocument;

export interface SecretValueDocument {
  readonly source: 'secret';
  /** Name or ARN. */
  readonly id: Words;
  /** The secret is a JSON object, and this field of it is the value. Absent: the secret itself is. */
  readonly jsonField?: NonEmptyText;
}

export interface ParameterValueDocument {
  readonly source: 'parameter';
  /** Or ARN. */
  readonly name: Words;
}

/** What values and captures may be called. */
export const VALUE_NAME = /^[A-Za-z][A-Za-z0-9_]{0,63}$/;

/** Shorter values stand in any text by chance: they cannot be told apart there, and so not be hidden. */
export const MIN_SECRET_LENGTH = 4;

/** Versions of functions and aliases, as CloudFormation deals with them. */
import type { JsonObject } from '../assembly/read-json';
import type { ResourceOutcome } from './custom-resources';

/** An alias, and the version that the template gives it. */
export interface AliasPlace {
  /** Name or ARN. */
  readonly function: string;
  readonly alias: string;
  readonly version: string;
}

export interface PlayedAliases {
  /** Physical id of a version that was there before: what stands for it in the play. @param told by the template alone; undefined: that one */
  adopted(properties: JsonObject, told: string): string | undefined;
  /** Publishes a version; undefined where versions of this function are not played. */
  publish(properties: JsonObject): ResourceOutcome | undefined;
  /** Resolves when an alias is where it is to be, with why it could not be brought there. */
  move(from: AliasPlace, to: AliasPlace): Promise<string | undefined>;
  /** The same while the update is rolled back. */
  moveBack(from: AliasPlace, to: AliasPlace): Promise<string | undefined>;
  /** Deletes a version, by its ARN. @returns why it cannot be deleted */
  remove(arn: string): string | undefined;
}

export function aliasPlace({ FunctionName, Name, FunctionVersion }: JsonObject): AliasPlace {
  return { function: String(FunctionName), alias: String(Name), version: String(FunctionVersion) };
}

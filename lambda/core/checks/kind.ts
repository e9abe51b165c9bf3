/** A kind of check: how it is read, and what it measures with. */
import type { CheckDocument, CheckDocumentBase, JsonSchema } from '../../../lib/model/suite';
import type { Attempt, Measurement } from '../engine/state';
import type { Fields } from './fields';
import type { Values } from './templates';
import type { ProbeTools } from './tools';

export interface CheckKind<D extends CheckDocument = CheckDocument> {
  /** Reads what is its own, strictly. @throws ConfigurationError */
  parse(fields: Fields, base: CheckDocumentBase): D;
  /** What the engines must be able to compile before anything is played; absent: nothing. */
  texts?(document: D): EngineTexts;
  /** Finds the document playable, and tells how to make one attempt. @throws ConfigurationError */
  probe(document: D, tools: ProbeTools): CheckProbe;
}

/** Makes one attempt, as a `Probe` does. The values are hidden in whatever comes of it, whether it is resolved or thrown. */
export type CheckProbe = (signal: AbortSignal, attempt: CheckAttempt) => Promise<Measurement>;

export interface CheckAttempt extends Attempt {
  /** The values of the check's document. */
  readonly values: Values;
  /** Hides another text in what comes of this attempt, such as a token that an answer held. */
  hide(text: string): void;
  /** Whether a text holds a value that is hidden: it must not go to another origin. */
  isSecret(text: string): boolean;
}

export interface EngineTexts {
  readonly patterns?: readonly string[];
  /** Patterns of which the only group is taken. */
  readonly groups?: readonly string[];
  readonly jsonPaths?: readonly string[];
  readonly schemas?: readonly JsonSchema[];
}

/** Kinds by name. Each is loaded only where a suite has such a check: most of a cold start is code that is read. */
export type CheckKinds = { readonly [K in CheckDocument['kind']]?: () => Promise<CheckKind<Extract<CheckDocument, { readonly kind: K }>>> };

export type LoadedKinds = ReadonlyMap<string, CheckKind>;

/** Loads the kinds that a document names; those that are not known are found when it is parsed. */
export async function loadKinds(kinds: CheckKinds, document: unknown): Promise<LoadedKinds> {
  const checks = (document as { readonly checks?: unknown } | null)?.checks;
  const named = new Set((Array.isArray(checks) ? checks : []).map((check) => (check as { readonly kind?: unknown } | null)?.kind));
  const wanted = Object.entries(kinds).filter(([kind]) => named.has(kind));
  return new Map(await Promise.all(wanted.map(async ([kind, load]) => [kind, (await load()) as CheckKind] as const)));
}

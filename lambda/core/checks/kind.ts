/** A kind of check: how it is read, and what it measures with. */
import type { CheckDocument, CheckDocumentBase } from '../../../lib/model/suite';
import type { Probe } from '../engine/play';
import type { Fields } from './fields';
import type { ProbeTools } from './tools';

export interface CheckKind<D extends CheckDocument = CheckDocument> {
  /** Reads what is its own, strictly. @throws ConfigurationError */
  parse(fields: Fields, base: CheckDocumentBase): D;
  /** What the engines must be able to compile before anything is played; absent: nothing. */
  texts?(document: D): EngineTexts;
  /** Finds the document playable, and tells how to make one attempt. @throws ConfigurationError */
  probe(document: D, tools: ProbeTools): Probe;
}

export interface EngineTexts {
  readonly patterns?: readonly string[];
  readonly jsonPaths?: readonly string[];
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

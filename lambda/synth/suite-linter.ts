/**
 * Proves a suite before anything is deployed, with the very parser and the very engines that will play it. The constructs and the command load
 * the bundle of this file where they have a suite.
 *
 * References to deploy-time values pass wherever a text is expected, and what holds them is not compiled.
 */
import Ajv from 'ajv/dist/2020';
import * as jsonP3 from 'json-p3';
import { RE2JS } from 're2js';

import type { CheckDocument } from '../../lib/model/suite';
import { refersToDeployTime } from '../core/checks/deploy-time-values';
import type { CompileSchema } from '../core/checks/engines';
import { enginesOf, settleTexts } from '../core/checks/engines';
import { Fields } from '../core/checks/fields';
import { jsonP3Compiler } from '../core/checks/json-path-engine';
import { ajvCompiler } from '../core/checks/json-schema-engine';
import type { CheckKind, EngineTexts, LoadedKinds } from '../core/checks/kind';
import { parseCheck, parseSuite } from '../core/checks/parse-suite';
import { re2Compilers } from '../core/checks/pattern-engine';
import { ConfigurationError } from '../core/failures';
import { KINDS } from './kinds';

export interface SuiteProblem {
  /** Such as `checks[0].steps[1].request.path`; empty for the whole document. */
  readonly place: string;
  /** Name of the check, where it is in one that has a name. */
  readonly check?: string;
  /** What was expected and what is there. */
  readonly message: string;
}

const kinds: LoadedKinds = new Map(Object.entries(KINDS) as [string, CheckKind][]);
const { pattern, groups } = re2Compilers(RE2JS);
/** Made when the first schema comes: it is the only engine that costs something before it is used. */
let schemas: CompileSchema | undefined;
const schema: CompileSchema = (document) => (schemas ??= ajvCompiler(Ajv, pattern))(document);
const engines = enginesOf({ pattern, groups, jsonPath: jsonP3Compiler(jsonP3, pattern), schema });

/** Everything that is wrong with a suite; nothing, where a handler plays it. */
export function lintSuite(document: unknown): readonly SuiteProblem[] {
  const checks = checksOf(document);
  const parsed = attempt(() => parseSuite(document, { event: eventOf(document) }, kinds));
  if ('value' in parsed) {
    return [
      ...textProblems(settleTexts(parsed.value), { place: 'settle' }),
      ...parsed.value.checks.flatMap((check, index) => textProblems(kinds.get(check.kind)?.texts?.(check) ?? {}, { place: `checks[${index}]`, check: check.name })),
    ];
  }
  // Each check for itself, so that all of them are heard; what is wrong between them is heard when they are sound.
  const own = checks.flatMap((check, index) => checkProblems(check, index));
  return own.length > 0 ? own : [problemOf(parsed.message, checks)];
}

function checkProblems(check: unknown, index: number): readonly SuiteProblem[] {
  const place = `checks[${index}]`;
  const name = nameOf(check);
  const at = { place, ...(name === undefined ? {} : { check: name }) };
  const parsed = attempt(() => {
    const fields = new Fields(check, place, true);
    const document = parseCheck(fields, kinds);
    fields.requireNothingElse();
    return document;
  });
  return 'value' in parsed ? textProblems(textsOf(parsed.value), at) : [{ ...at, ...problemOf(parsed.message, []) }];
}

function textsOf(check: CheckDocument): EngineTexts {
  return kinds.get(check.kind)?.texts?.(check) ?? {};
}

type Compilation = readonly [text: string, compile: () => unknown];

/** Compiles what can be compiled already. */
function textProblems(texts: EngineTexts, at: Pick<SuiteProblem, 'place' | 'check'>): readonly SuiteProblem[] {
  const compilations = [
    ...(texts.patterns ?? []).map((text): Compilation => [text, () => engines.pattern(text)]),
    ...(texts.groups ?? []).map((text): Compilation => [text, () => engines.groups(text)]),
    ...(texts.jsonPaths ?? []).map((text): Compilation => [text, () => engines.jsonPath(text)]),
    ...(texts.schemas ?? []).map((schema): Compilation => [JSON.stringify(schema), () => engines.schema(schema)]),
  ];
  return compilations.flatMap(([text, compile]) => {
    const compiled = refersToDeployTime(text) ? undefined : attempt(compile);
    return compiled === undefined || 'value' in compiled ? [] : [{ ...at, message: withoutFile(compiled.message) }];
  });
}

type Attempted<T> = { readonly value: T } | { readonly message: string };

/** Only what is wrong with the suite is a problem of it. */
function attempt<T>(read: () => T): Attempted<T> {
  try {
    return { value: read() };
  } catch (error) {
    if (error instanceof ConfigurationError) {
      return { message: error.message };
    }
    throw error;
  }
}

/** Errors of the parser name a place first, or a check. */
function problemOf(message: string, checks: readonly unknown[]): SuiteProblem {
  const text = withoutFile(message);
  const place = /^'([^']*)'/.exec(text)?.[1] ?? '';
  const index = /^checks\[(\d+)\]/.exec(place)?.[1];
  const check = index === undefined ? undefined : nameOf(checks[Number(index)]);
  return { place, ...(check === undefined ? {} : { check }), message: text };
}

function withoutFile(message: string): string {
  return message.replace(/^suite\.json: /, '');
}

function checksOf(document: unknown): readonly unknown[] {
  const checks = (document as { readonly checks?: unknown } | null)?.checks;
  return Array.isArray(checks) ? checks : [];
}

/** A suite is proved for the event that it names; which ones there are is for its schema to say. */
function eventOf(document: unknown): string {
  return String((document as { readonly event?: unknown } | null)?.event);
}

function nameOf(check: unknown): string | undefined {
  const name = (check as { readonly name?: unknown } | null)?.name;
  return typeof name === 'string' ? name : undefined;
}

/** Patterns, JSON paths and JSON schemas. Each engine is loaded when a suite needs it: most of a cold start is code that is read. */
import type { CheckSuite, JsonSchema } from '../../../lib/model/suite';
import { ConfigurationError, describeError } from '../failures';
import { quoted } from '../text';
import { jsonPathCompiler } from './json-path-engine';
import { schemaCompiler } from './json-schema-engine';
import type { EngineTexts, LoadedKinds } from './kind';
import { patternCompilers } from './pattern-engine';

export interface Pattern {
  /** Somewhere in the text. */
  found(text: string): boolean;
  /** From its beginning to its end. */
  all(text: string): boolean;
}

export type CompilePattern = (pattern: string) => Pattern;

/** What the only group of a pattern matches, for each match in a text. */
export type Groups = (text: string) => readonly string[];

export type CompileGroups = (pattern: string) => Groups;

/** The values that a path selects in a document. */
export type CompileJsonPath = (path: string) => (document: unknown) => readonly unknown[];

/** Where a document is not as a schema says. */
export interface SchemaProblem {
  /** RFC 6901; empty for the whole document. */
  readonly pointer: string;
  readonly found: unknown;
  /** Such as `must be number`. */
  readonly expected: string;
  /** Where the schema says so. */
  readonly keyword: string;
}

/** Undefined where the document matches the schema. */
export type CompileSchema = (schema: JsonSchema) => (document: unknown) => SchemaProblem | undefined;

/** Compilers whose mistakes are bad configurations that name the text. */
export interface Engines {
  readonly pattern: CompilePattern;
  readonly groups: CompileGroups;
  readonly jsonPath: CompileJsonPath;
  readonly schema: CompileSchema;
}

/** Functions of RFC 9535 that take a pattern. */
const PATTERN_FUNCTION = /\b(match|search)\s*\(/;

export async function loadEngines(suite: CheckSuite, kinds: LoadedKinds): Promise<Engines> {
  return compilers(textsOfSuite(suite, kinds));
}

/** What must be compiled before a suite can be played. */
export function textsOfSuite(suite: CheckSuite, kinds: LoadedKinds): Required<EngineTexts> {
  const texts = [settleTexts(suite), ...suite.checks.map((check) => kinds.get(check.kind)?.texts?.(check) ?? {})];
  return {
    patterns: texts.flatMap(({ patterns = [] }) => patterns),
    groups: texts.flatMap(({ groups = [] }) => groups),
    jsonPaths: texts.flatMap(({ jsonPaths = [] }) => jsonPaths),
    schemas: texts.flatMap(({ schemas = [] }) => schemas),
  };
}

/** Loads what these texts need. */
export async function compilers({ patterns = [], groups = [], jsonPaths = [], schemas = [] }: EngineTexts): Promise<Engines> {
  const needsPatterns = patterns.length + groups.length > 0 || schemas.length > 0 || jsonPaths.some((path) => PATTERN_FUNCTION.test(path));
  const compile = needsPatterns ? await patternCompilers() : undefined;
  return enginesOf({
    pattern: compile?.pattern,
    groups: compile?.groups,
    jsonPath: jsonPaths.length > 0 ? await jsonPathCompiler(compile?.pattern) : undefined,
    schema: schemas.length > 0 && compile !== undefined ? await schemaCompiler(compile.pattern) : undefined,
  });
}

/** @param loaded what was needed */
export function enginesOf(loaded: { readonly [Name in keyof Engines]: Engines[Name] | undefined }): Engines {
  return {
    pattern: named('pattern', loaded.pattern),
    groups: named('pattern', loaded.groups),
    jsonPath: named('JSON path', loaded.jsonPath),
    schema: named('JSON schema', loaded.schema),
  };
}

export function settleTexts({ settle }: CheckSuite): EngineTexts {
  return settle?.version !== undefined && 'jsonPath' in settle.version ? { jsonPaths: [settle.version.jsonPath] } : {};
}

function named<S, T>(what: string, compile: ((source: S) => T) | undefined): (source: S) => T {
  return (source) => {
    if (compile === undefined) {
      throw new Error(`no ${what} was announced by the suite`);
    }
    try {
      return compile(source);
    } catch (error) {
      const shown = quoted(typeof source === 'string' ? source : JSON.stringify(source));
      throw new ConfigurationError(`suite.json: ${what} ${shown} cannot be used: ${describeError(error)}`);
    }
  };
}

/** Patterns and JSON paths. Each engine is loaded when a suite needs it: most of a cold start is code that is read. */
import type { CheckSuite } from '../../../lib/model/suite';
import { ConfigurationError, describeError } from '../failures';
import { quoted } from '../text';
import { jsonPathCompiler } from './json-path-engine';
import type { EngineTexts, LoadedKinds } from './kind';
import { patternCompiler } from './pattern-engine';

export interface Pattern {
  /** Somewhere in the text. */
  found(text: string): boolean;
  /** From its beginning to its end. */
  all(text: string): boolean;
}

export type CompilePattern = (pattern: string) => Pattern;

/** The values that a path selects in a document. */
export type CompileJsonPath = (path: string) => (document: unknown) => readonly unknown[];

/** Compilers whose mistakes are bad configurations that name the text. */
export interface Engines {
  readonly pattern: CompilePattern;
  readonly jsonPath: CompileJsonPath;
}

/** Functions of RFC 9535 that take a pattern. */
const PATTERN_FUNCTION = /\b(match|search)\s*\(/;

export async function loadEngines(suite: CheckSuite, kinds: LoadedKinds): Promise<Engines> {
  const texts = [settleTexts(suite), ...suite.checks.map((check) => kinds.get(check.kind)?.texts?.(check) ?? {})];
  return compilers({ patterns: texts.flatMap(({ patterns = [] }) => patterns), jsonPaths: texts.flatMap(({ jsonPaths = [] }) => jsonPaths) });
}

/** Loads what these texts need. */
export async function compilers({ patterns = [], jsonPaths = [] }: EngineTexts): Promise<Engines> {
  const needsPatterns = patterns.length > 0 || jsonPaths.some((path) => PATTERN_FUNCTION.test(path));
  const compilePattern = needsPatterns ? await patternCompiler() : undefined;
  const compileJsonPath = jsonPaths.length > 0 ? await jsonPathCompiler(compilePattern) : undefined;
  return { pattern: named('pattern', compilePattern), jsonPath: named('JSON path', compileJsonPath) };
}

function settleTexts({ settle }: CheckSuite): EngineTexts {
  return settle?.version !== undefined && 'jsonPath' in settle.version ? { jsonPaths: [settle.version.jsonPath] } : {};
}

function named<T>(what: string, compile: ((text: string) => T) | undefined): (text: string) => T {
  return (text) => {
    if (compile === undefined) {
      throw new Error(`no ${what} was announced by the suite`);
    }
    try {
      return compile(text);
    } catch (error) {
      throw new ConfigurationError(`suite.json: ${what} ${quoted(text)} cannot be used: ${describeError(error)}`);
    }
  };
}

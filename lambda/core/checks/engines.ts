/** Patterns and JSON paths. Each engine is loaded when a suite needs it: most of a cold start is code that is read. */
import type { AssertionDocument, CheckSuite } from '../../../lib/model/suite';
import { ConfigurationError, describeError } from '../failures';
import { quoted } from '../text';
import { jsonPathCompiler } from './json-path-engine';
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

export async function loadEngines(suite: CheckSuite): Promise<Engines> {
  const paths = jsonPathsOf(suite);
  const asserted = assertionsOf(suite).some((assertion) => 'pattern' in assertion);
  const needsPatterns = asserted || paths.some((path) => PATTERN_FUNCTION.test(path));
  const compilePattern = needsPatterns ? await patternCompiler() : undefined;
  const compileJsonPath = paths.length > 0 ? await jsonPathCompiler(compilePattern) : undefined;
  return { pattern: named('pattern', compilePattern), jsonPath: named('JSON path', compileJsonPath) };
}

function jsonPathsOf(suite: CheckSuite): readonly string[] {
  const version = suite.settle?.version;
  const settle = version !== undefined && 'jsonPath' in version ? [version.jsonPath] : [];
  return [...settle, ...assertionsOf(suite).flatMap((assertion) => ('path' in assertion ? [assertion.path] : []))];
}

function assertionsOf({ checks }: CheckSuite): readonly AssertionDocument[] {
  return checks.flatMap((check) => (check.kind === 'http' ? check.assertions : []));
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

import type * as JsonP3 from 'json-p3';
import type { FilterFunction, FunctionExpressionType } from 'json-p3';

import type { CompileJsonPath, CompilePattern, Pattern } from './engines';

/** Deeper documents are an error of the evaluation instead of one of the stack. */
const MAX_DEPTH = 500;

/** A path may take its patterns from the document: no more of them are kept. */
const MAX_PATTERNS = 100;

export async function jsonPathCompiler(compilePattern: CompilePattern | undefined): Promise<CompileJsonPath> {
  return jsonP3Compiler(await import('json-p3'), compilePattern);
}

/** RFC 9535, and nothing beyond it. `match` and `search` run on the patterns that are given; without any, paths cannot use them. */
export function jsonP3Compiler({ FunctionExpressionType, JSONPathEnvironment }: typeof JsonP3, compilePattern: CompilePattern | undefined): CompileJsonPath {
  const types = { value: FunctionExpressionType.ValueType, logical: FunctionExpressionType.LogicalType };
  const environment = new JSONPathEnvironment({ maxRecursionDepth: MAX_DEPTH });
  // Those that the library brings run on backtracking expressions.
  environment.functionRegister.delete('match');
  environment.functionRegister.delete('search');
  if (compilePattern !== undefined) {
    environment.functionRegister.set('match', patternFunction(types, compilePattern, (pattern, text) => pattern.all(text)));
    environment.functionRegister.set('search', patternFunction(types, compilePattern, (pattern, text) => pattern.found(text)));
  }
  return (path) => {
    const query = environment.compile(path);
    return (document) => query.query(document as Parameters<typeof query.query>[0]).values();
  };
}

interface Types {
  readonly value: FunctionExpressionType;
  readonly logical: FunctionExpressionType;
}

function patternFunction(types: Types, compile: CompilePattern, test: (pattern: Pattern, text: string) => boolean): FilterFunction {
  const compiled = new Map<string, Pattern | undefined>();
  return {
    argTypes: [types.value, types.value],
    returnType: types.logical,
    call: (text: unknown, pattern: unknown) => {
      if (typeof text !== 'string' || typeof pattern !== 'string') {
        return false;
      }
      if (!compiled.has(pattern)) {
        if (compiled.size >= MAX_PATTERNS) {
          compiled.clear();
        }
        compiled.set(pattern, orUndefined(compile, pattern));
      }
      const known = compiled.get(pattern);
      return known !== undefined && test(known, text);
    },
  };
}

/** RFC 9535: a pattern that is none matches nothing. */
function orUndefined(compile: CompilePattern, pattern: string): Pattern | undefined {
  try {
    return compile(pattern);
  } catch {
    return undefined;
  }
}

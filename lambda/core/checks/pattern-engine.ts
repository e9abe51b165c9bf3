import type { CompilePattern } from './engines';

/** RE2 syntax, in time that grows with the length of the text only: no look-around, no back-references. */
export async function patternCompiler(): Promise<CompilePattern> {
  const { RE2JS } = await import('re2js');
  return (pattern) => {
    const compiled = RE2JS.compile(pattern);
    return {
      found: (text) => compiled.test(text),
      all: (text) => compiled.testExact(text),
    };
  };
}

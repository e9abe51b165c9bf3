import type { RE2JS } from 're2js';

import { ConfigurationError } from '../failures';
import type { CompileGroups, CompilePattern } from './engines';

/** A body may hold as many matches as it has characters; so many different values are too many already. */
const MAX_MATCHES = 1_000;

export interface PatternCompilers {
  readonly pattern: CompilePattern;
  readonly groups: CompileGroups;
}

export async function patternCompilers(): Promise<PatternCompilers> {
  return re2Compilers((await import('re2js')).RE2JS);
}

const REMEDY = 'in linear time there is no look-around, back-reference, atomic group or possessive quantifier; use plain groups, classes and repetitions';

function compile(re2: typeof RE2JS, pattern: string): RE2JS {
  try {
    return re2.compile(pattern);
  } catch (error) {
    throw new ConfigurationError(`${(error as Error).message}; ${REMEDY}`);
  }
}

/** RE2 syntax, in time that grows with the length of the text only: no look-around, no back-references. */
export function re2Compilers(re2: typeof RE2JS): PatternCompilers {
  return {
    pattern: (pattern) => {
      const compiled = compile(re2, pattern);
      return {
        found: (text) => compiled.test(text),
        all: (text) => compiled.testExact(text),
      };
    },
    groups: (pattern) => {
      const compiled = compile(re2, pattern);
      if (compiled.groupCount() !== 1) {
        throw new Error(`it must have one group in parentheses, which is what is taken, and it has ${compiled.groupCount()}`);
      }
      return (text) => {
        const matcher = compiled.matcher(text);
        const groups: string[] = [];
        while (groups.length < MAX_MATCHES && matcher.find()) {
          const group = matcher.group(1);
          groups.push(...(group === null ? [] : [group]));
        }
        return groups;
      };
    },
  };
}

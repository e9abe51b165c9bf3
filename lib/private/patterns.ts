/** What can be said at synth about a pattern that the handler will run in linear time (RE2 syntax). */

/** Longest pattern, in characters. */
const MAX_PATTERN_LENGTH = 1000;

/** Most repetitions that RE2 takes in `{n,m}`. */
const MAX_REPETITIONS = 1000;

const UNSUPPORTED: readonly { readonly syntax: RegExp; readonly what: string }[] = [
  { syntax: /\(\?<?[=!]/, what: 'look-around' },
  { syntax: /\(\?>/, what: 'an atomic group' },
  { syntax: /\\[1-9]|\\k</, what: 'a back-reference' },
  { syntax: /[*+?}]\+/, what: 'a possessive quantifier' },
];

/** Spellings of RE2 that the JavaScript parser does not know, and what it knows instead. */
const RE2_ONLY: readonly { readonly syntax: RegExp; readonly instead: string }[] = [
  { syntax: /\(\?P</g, instead: '(?<' },
  { syntax: /\(\?[imsU]+(?:-[imsU]+)?\)/g, instead: '' },
  { syntax: /\(\?[imsU]+(?:-[imsU]+)?:/g, instead: '(?:' },
];

/** Why the pattern cannot run, or nothing. */
export function patternProblem(pattern: string): string | undefined {
  if (pattern.length < 1 || pattern.length > MAX_PATTERN_LENGTH) {
    return `a pattern must have 1 to ${MAX_PATTERN_LENGTH} characters, got ${pattern.length}`;
  }
  const bare = withoutClassesAndEscapes(pattern);
  const unsupported = UNSUPPORTED.find(({ syntax }) => syntax.test(bare));
  if (unsupported !== undefined) {
    return `pattern '${pattern}' uses ${unsupported.what}, which cannot run in linear time; use plain groups, classes and repetitions`;
  }
  const repetitions = [...bare.matchAll(/\{(\d+)(?:,(\d*))?\}/g)].flatMap(([, from, to]) => [from, to]).map((count) => Number(count ?? 0));
  if (repetitions.some((count) => count > MAX_REPETITIONS)) {
    return `pattern '${pattern}' repeats more than ${MAX_REPETITIONS} times; split it into several assertions`;
  }
  return syntaxProblem(pattern);
}

function syntaxProblem(pattern: string): string | undefined {
  const javascript = RE2_ONLY.reduce((text, { syntax, instead }) => text.replace(syntax, instead), pattern);
  try {
    RegExp(javascript);
    return undefined;
  } catch (error) {
    return `pattern '${pattern}' is not a regular expression: ${(error as Error).message}`;
  }
}

/** The pattern with escaped literals and bracketed classes blanked, so that their characters are not taken for syntax. */
function withoutClassesAndEscapes(pattern: string): string {
  return pattern.replace(/\\[^1-9k]/g, '__').replace(/\[\^?\]?[^\]]*\]/g, '_');
}

/** Whether something applies. What the template cannot tell is neither yes nor no, and says why. */
export type Match = { readonly is: 'yes' } | { readonly is: 'no' } | { readonly is: 'unknown'; readonly reason: string };

export const YES: Match = { is: 'yes' };
export const NO: Match = { is: 'no' };
export const unknown = (reason: string): Match => ({ is: 'unknown', reason });
export const matched = (condition: boolean): Match => (condition ? YES : NO);

/** No where one is no, else unknown where one is unknown. */
export function allOf(matches: readonly Match[]): Match {
  return matches.find(({ is }) => is === 'no') ?? matches.find(({ is }) => is === 'unknown') ?? YES;
}

/** Yes where one is yes, else unknown where one is unknown. */
export function anyOf(matches: readonly Match[]): Match {
  return matches.find(({ is }) => is === 'yes') ?? matches.find(({ is }) => is === 'unknown') ?? NO;
}

export function not(match: Match): Match {
  return match.is === 'unknown' ? match : matched(match.is === 'no');
}

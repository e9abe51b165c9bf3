/** Texts in programs for `sh`. */

/** One word, whatever is in it. */
export const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/** A pattern of `case` in which only the star has its meaning. */
export const starPattern = (pattern: string): string => pattern.replace(/[^A-Za-z0-9*/._-]/g, (character) => `\\${character}`);

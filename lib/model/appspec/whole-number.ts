import type { Part } from './part';

/** The number of a part, in digits or as a text of digits; undefined where it is none, or outside the range. */
export function wholeNumber(part: Part, min: number, max: number): number | undefined {
  if (part.kind !== 'scalar' || (typeof part.value !== 'number' && typeof part.value !== 'string')) {
    return undefined;
  }
  const text = typeof part.value === 'string' ? part.value : (part.plain ?? String(part.value));
  const number = /^-?\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  return number >= min && number <= max ? number : undefined;
}

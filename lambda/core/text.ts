/** Longest piece of a body, header or value in a reason, in characters. */
export const EXCERPT_LENGTH = 120;

/** The beginning of a text, on one line: control characters are escaped, and what was cut is marked. */
export function excerpt(text: string, length = EXCERPT_LENGTH): string {
  const cut = text.length > length ? `${wholeCharacters(text, length - 1)}…` : text;
  return cut.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, escapeControl);
}

/** An excerpt in quotation marks. */
export function quoted(text: string, length = EXCERPT_LENGTH): string {
  return `"${excerpt(text, length)}"`;
}

/** `1 check`, `2 checks`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** Milliseconds as people read them: whole, save below ten. */
export function milliseconds(ms: number): number {
  return ms < 10 ? Math.round(ms * 10) / 10 : Math.round(ms);
}

/** The first characters of a text without half of a surrogate pair at the end. */
function wholeCharacters(text: string, length: number): string {
  const last = text.charCodeAt(length - 1);
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? length - 1 : length);
}

function escapeControl(character: string): string {
  const known: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };
  return known[character] ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

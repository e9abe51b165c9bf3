/** Longest piece of a body, header or value in a reason, in characters. */
export const EXCERPT_LENGTH = 120;

/** The beginning of a text, on one line: control characters and halves of characters are escaped, what was cut is marked. */
export function excerpt(text: string, length = EXCERPT_LENGTH): string {
  const line = text.slice(0, length + 1).replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\p{Surrogate}]/gu, escapeControl);
  return line.length > length ? `${wholeCharacters(line, length - 1)}…` : line;
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

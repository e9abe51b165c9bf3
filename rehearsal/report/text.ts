/** Text for people: line breaks, times and durations. */

/** Text as it may be shown: what came from a server must not move the cursor or change colours. */
export function clean(text: string): string {
  return [...text].map((char) => (isControl(char) ? ' ' : char)).join('').replace(/ {2,}/g, ' ').trim();
}

/** Control characters, and those that turn the direction of writing. */
const CONTROLS: readonly (readonly [number, number])[] = [
  [0x00, 0x1f],
  [0x7f, 0x9f],
  [0x200e, 0x200f],
  [0x202a, 0x202e],
  [0x2066, 0x2069],
];

function isControl(char: string): boolean {
  const code = char.codePointAt(0) ?? 0;
  return CONTROLS.some(([first, last]) => code >= first && code <= last);
}

/** Lines of at most `width` characters, broken between words, and within a word only where it is longer than a line. */
export function wrap(text: string, width: number): string[] {
  const room = Math.max(10, width);
  const lines: string[] = [''];
  for (const word of clean(text).split(' ')) {
    const last = lines.at(-1) ?? '';
    const joined = last === '' ? word : `${last} ${word}`;
    if (joined.length <= room) {
      lines[lines.length - 1] = joined;
      continue;
    }
    const pieces = word.length <= room ? [word] : (word.match(new RegExp(`.{1,${room}}`, 'gu')) ?? []);
    lines.splice(last === '' ? lines.length - 1 : lines.length, last === '' ? 1 : 0, ...pieces);
  }
  return lines;
}

/** The same, with what goes beyond so many lines cut off. */
export function wrapAtMost(count: number, text: string, width: number, ellipsis: string): string[] {
  const lines = wrap(text, width);
  const last = lines[count - 1] ?? '';
  // With the line after it the last one is too long, and so gets its mark.
  return lines.length <= count ? lines : [...lines.slice(0, count - 1), shorten(`${last} ${lines[count] ?? ''}`, width, ellipsis)];
}

/** One line of at most `width` characters. */
export function shorten(text: string, width: number, ellipsis: string): string {
  const cleaned = clean(text);
  return cleaned.length <= width ? cleaned : `${cleaned.slice(0, Math.max(0, width - ellipsis.length))}${ellipsis}`;
}

/** Seconds since the beginning as a clock: `12:03`, `1:02:03`. */
export function clock(seconds: number): string {
  const whole = Math.floor(seconds);
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const tail = `${String(minutes).padStart(2, '0')}:${String(rest).padStart(2, '0')}`;
  return hours === 0 ? tail : `${hours}:${tail}`;
}

/** A duration in words: `250 ms`, `4.2 s`, `5m 00s`, `1h 00m 05s`. */
export function duration(seconds: number): string {
  const tenths = Math.round(seconds * 10) / 10;
  if (tenths < 1) {
    return `${Math.round(seconds * 1000)} ms`;
  }
  if (tenths < 60) {
    return `${tenths} s`;
  }
  const whole = Math.round(seconds);
  const two = (value: number): string => String(value).padStart(2, '0');
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  return hours === 0 ? `${minutes}m ${two(rest)}s` : `${hours}h ${two(minutes)}m ${two(rest)}s`;
}

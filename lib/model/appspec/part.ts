/** A document as the rules see it: values, and the line where each of them stands, whatever text or object it was read from. */

/** Where no text is known, as for what constructs make. */
export const NO_LINE = 0;

export type Part = ScalarPart | MapPart | ListPart | LatePart;

export interface ScalarPart {
  readonly kind: 'scalar';
  readonly line: number;
  readonly value: string | number | boolean | null;
  /** As it is written, where it stands without quotes: agents read `0644` as another number than we do. */
  readonly plain?: string;
}

export interface MapPart {
  readonly kind: 'map';
  readonly line: number;
  /** In the order of the document; no key twice. */
  readonly entries: readonly Entry[];
}

export interface Entry {
  readonly key: string;
  /** Line of the key. */
  readonly line: number;
  readonly part: Part;
}

export interface ListPart {
  readonly kind: 'list';
  readonly line: number;
  readonly items: readonly Part[];
}

/** A value that only deploying makes known. Rules about values leave it alone. */
export interface LatePart {
  readonly kind: 'late';
  readonly line: number;
}

/** Longest text that is shown, in characters. */
const MAX_SHOWN = 60;

/** A part in words, for messages of one line. */
export function shown(part: Part | undefined): string {
  switch (part?.kind) {
    case 'map':
      return 'a map';
    case 'list':
      return part.items.length === 0 ? 'an empty list' : `a list of ${part.items.length}`;
    case 'late':
      return 'a deploy-time value';
    case 'scalar':
      return typeof part.value === 'string' ? quoted(part.value) : part.value === null ? 'nothing' : (part.plain ?? String(part.value));
    default:
      return 'nothing';
  }
}

/** A text in quotes, on one line and not too long. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text);
}

/** The value of a part, as `JSON.parse` would give it. @throws where a part is known at deploy time only */
export function valueOf(part: Part): unknown {
  switch (part.kind) {
    case 'map':
      return Object.fromEntries(part.entries.map(({ key, part: value }) => [key, valueOf(value)]));
    case 'list':
      return part.items.map(valueOf);
    case 'scalar':
      return part.value;
    case 'late':
      throw new Error('a deploy-time value has no value yet');
  }
}

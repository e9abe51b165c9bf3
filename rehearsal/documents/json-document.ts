/** Reads JSON strictly, and knows the line of every part of it. */
import { parseTree, printParseErrorCode } from 'jsonc-parser';
import type { Node, ParseError } from 'jsonc-parser';

/** Keys and indices that lead from the document to a part of it. */
export type Path = readonly (string | number)[];

/** Something wrong in a file, and the line where it stands; lines begin with 1. */
export interface Problem {
  readonly line: number;
  readonly message: string;
}

export interface JsonDocument {
  readonly value: unknown;
  /** Line of a part; where it is not there, of what it would stand in. */
  lineOf(path: Path): number;
}

/** What each error of the parser means, where it stands. */
const SYNTAX: Readonly<Record<string, string>> = {
  InvalidSymbol: 'this is no value; texts stand in double quotes',
  InvalidNumberFormat: 'this is no number',
  PropertyNameExpected: 'a key in double quotes must stand here; a comma after the last entry is none of JSON',
  ValueExpected: 'a value must stand here; a comma after the last entry is none of JSON',
  ColonExpected: 'a colon must stand here, between the key and its value',
  CommaExpected: 'a comma must stand here, between two entries',
  CloseBraceExpected: 'a closing brace must stand here',
  CloseBracketExpected: 'a closing bracket must stand here',
  EndOfFileExpected: 'the document has ended, and something follows it',
  InvalidCommentToken: 'JSON has no comments; remove it',
  UnexpectedEndOfComment: 'JSON has no comments; remove it',
  UnexpectedEndOfString: 'this text has no closing quote on its line',
  UnexpectedEndOfNumber: 'this number has no digits where they must stand',
  InvalidUnicode: 'an escape \\u must have four hexadecimal digits',
  InvalidEscapeCharacter: 'this escape is none of JSON; a backslash is written twice',
  InvalidCharacter: 'a control character must be written as an escape, such as \\n',
};

/** The document, or what stands in the way of reading it. */
export function readJsonDocument(bytes: Uint8Array): JsonDocument | readonly Problem[] {
  const text = readUtf8(bytes);
  if (typeof text !== 'string') {
    return [text];
  }
  try {
    return parsed(text);
  } catch (error) {
    if (error instanceof RangeError) {
      return [{ line: 1, message: 'values are nested too deeply in each other' }];
    }
    throw error;
  }
}

/** The text of a file, or the line where it is none. */
export function readUtf8(bytes: Uint8Array): string | Problem {
  return decoded(bytes) ?? { line: lineOfInvalidByte(bytes), message: 'this is not UTF-8; save the file in that encoding' };
}

/** Nodes of a JSON text, and where its lines are. */
export interface JsonTree {
  readonly root: Node;
  lineAt(offset: number): number;
}

function parsed(text: string): JsonDocument | readonly Problem[] {
  const tree = readJsonTree(text);
  if (!('root' in tree)) {
    return tree;
  }
  const { root, lineAt: line } = tree;
  const twice = repeatedKeys(root).map(({ offset, value }) => ({ line: line(offset), message: `the key ${JSON.stringify(value)} stands here for the second time; keep one` }));
  return twice.length > 0 ? twice : { value: JSON.parse(text), lineOf: (path) => line(offsetOf(root, path)) };
}

/** The nodes of a text, whose keys may repeat, or what stands in the way of reading it. @throws RangeError where it goes down too deep */
export function readJsonTree(text: string): JsonTree | readonly Problem[] {
  if (text.startsWith('\ufeff')) {
    return [{ line: 1, message: 'a byte order mark stands before the document; save the file as UTF-8 without one' }];
  }
  const lines = lineStarts(text);
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, { disallowComments: true, allowTrailingComma: false });
  const [error] = errors;
  if (error !== undefined || root === undefined) {
    const why = text.trim() === '' ? 'the file is empty' : SYNTAX[printParseErrorCode(error?.error ?? 0)];
    // What comes after the first mistake is often only its consequence.
    return [{ line: lineAt(lines, error?.offset ?? 0), message: `not JSON: ${why}` }];
  }
  return { root, lineAt: (offset) => lineAt(lines, offset) };
}

/** The nodes of keys that their objects have had before; JSON.parse would silently take the last one. */
function repeatedKeys(node: Node): readonly Node[] {
  const keys = node.type === 'object' ? (node.children ?? []).flatMap(({ children: [key] = [] }) => (key === undefined ? [] : [key])) : [];
  const seen = new Set<unknown>();
  const repeated = keys.filter(({ value }) => seen.size === seen.add(value).size);
  return [...repeated, ...(node.children ?? []).flatMap(repeatedKeys)];
}

/** A property stands where its key does. */
function offsetOf(node: Node, [step, ...rest]: Path): number {
  const [key, value] = step === undefined ? [] : childAt(node, step);
  if (value === undefined || key === undefined) {
    return node.offset;
  }
  return rest.length === 0 ? key.offset : offsetOf(value, rest);
}

/** What is named by a step, and the value there; for a list they are the same. */
function childAt({ type, children = [] }: Node, step: string | number): readonly Node[] {
  if (type === 'array') {
    const entry = children[Number(step)];
    return entry === undefined ? [] : [entry, entry];
  }
  return children.find(({ children: [key] = [] }) => key?.value === String(step))?.children ?? [];
}

function decoded(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** Halves its way to the first byte that cannot go on a UTF-8 text. */
function lineOfInvalidByte(bytes: Uint8Array): number {
  let [good, bad] = [0, bytes.length];
  while (bad - good > 1) {
    const middle = Math.floor((good + bad) / 2);
    [good, bad] = canGoOn(bytes.subarray(0, middle)) ? [middle, bad] : [good, middle];
  }
  return bytes.subarray(0, good).filter((byte) => byte === 0x0a).length + 1;
}

function canGoOn(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true });
    return true;
  } catch {
    return false;
  }
}

function lineStarts(text: string): readonly number[] {
  return [0, ...[...text.matchAll(/\n/g)].map(({ index }) => index + 1)];
}

/** How many lines begin at this place or before it. */
function lineAt(starts: readonly number[], offset: number): number {
  let [low, high] = [0, starts.length];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    [low, high] = (starts[middle] as number) <= offset ? [middle + 1, high] : [low, middle];
  }
  return low;
}

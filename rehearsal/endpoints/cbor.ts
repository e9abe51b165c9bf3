/**
 * CBOR as RPC v2 uses it, read and written by Smithy's codec. That codec trusts its input: it sets memory aside for as many items as a list
 * claims to have, nests without end, and skips bytes that are left over. So the shape of a message is checked before it is read.
 *
 * @see https://www.rfc-editor.org/rfc/rfc8949
 * @see https://smithy.io/2.0/additional-specs/protocols/smithy-rpc-v2.html
 */
import { cbor, dateToTag, tagSymbol } from '@smithy/core/cbor';
import { isRecord } from './fields';

/** Deepest nesting that is read. */
const MAX_DEPTH = 64;
const EPOCH_TIME_TAG = 1;

const enum Major {
  Text = 3,
  List = 4,
  Map = 5,
  Tag = 6,
}

/** Reads one value; tag 1 becomes a `Date`, other tags fall away. @throws SyntaxError where the bytes are not that. */
export function decodeCbor(bytes: Uint8Array): unknown {
  const body = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  checkShape(body);
  let value: unknown;
  try {
    value = cbor.deserialize(body);
  } catch (error) {
    throw new SyntaxError(error instanceof Error ? error.message.replace(/\.$/, '') : String(error), { cause: error });
  }
  return fromWire(value);
}

/** Writes a value; members that are undefined stay away, `Date`s become times. */
export function encodeCbor(value: unknown): Uint8Array {
  return cbor.serialize(toWire(value));
}

/** What holds other values: a list, a map, a tag, or a text or bytes in pieces. */
interface Holder {
  readonly keyed: boolean;
  /** Infinity where a break ends it. */
  readonly due: number;
  read: number;
}

/** Walks over the heads of all values, in the memory of the deepest nesting alone. */
function checkShape(body: Buffer): void {
  const holders: Holder[] = [{ keyed: false, due: 1, read: 0 }];
  let at = 0;
  for (let holder = holders.at(-1); holder !== undefined; holder = holders.at(-1)) {
    if (holder.read === holder.due) {
      holders.pop();
      continue;
    }
    const head = headAt(body, at);
    at = head.end;
    if (head.ends && holder.due === Infinity) {
      holders.pop();
      continue;
    }
    // The codec takes any key for a text; with another one it would read on where this walk has not been.
    if (holder.keyed && holder.read % 2 === 0 && head.major !== Major.Text) {
      throw new SyntaxError('a key of a CBOR map is no text');
    }
    // The codec would set the prototype of the map by it, or lose it.
    if (holder.keyed && holder.read % 2 === 0 && body.toString('latin1', head.start, head.end) === '__proto__') {
      throw new SyntaxError('a CBOR map has the key __proto__');
    }
    holder.read += 1;
    if (head.due > 0) {
      holders.push({ keyed: head.major === Major.Map, due: head.due, read: 0 });
    }
    if (holders.length > MAX_DEPTH + 1) {
      throw new SyntaxError(`CBOR is nested deeper than ${MAX_DEPTH}`);
    }
  }
  if (at < body.length) {
    throw new SyntaxError('there must be exactly one CBOR value');
  }
}

interface Head {
  readonly major: number;
  /** Values that belong to this one. */
  readonly due: number;
  readonly ends: boolean;
  /** Where what follows the length starts. */
  readonly start: number;
  /** Where the next value starts. */
  readonly end: number;
}

function headAt(body: Buffer, at: number): Head {
  const first = within(body, at, 1).readUInt8();
  const [major, info] = [first >> 5, first & 31];
  if (info > 27 && info < 31) {
    throw new SyntaxError(`CBOR length code ${info} is reserved`);
  }
  const inPieces = info === 31;
  const width = info < 24 || inPieces ? 0 : 2 ** (info - 24);
  const start = at + 1 + width;
  const argument = width === 0 ? info : toNumber(within(body, at + 1, width));
  const head = { major, due: 0, ends: major === 7 && inPieces, start, end: start };
  switch (major) {
    case 2:
    case Major.Text:
      return inPieces ? { ...head, due: Infinity } : { ...head, end: start + within(body, start, argument).length };
    case Major.List:
      return { ...head, due: inPieces ? Infinity : argument };
    case Major.Map:
      return { ...head, due: inPieces ? Infinity : 2 * argument };
    case Major.Tag:
      // No operation takes them, and a short one can stand for a number of any size.
      if (argument >= 2 && argument <= 4) {
        throw new SyntaxError(`CBOR tag ${argument} is not supported`);
      }
      return { ...head, due: 1 };
    default:
      return head;
  }
}

function within(body: Buffer, at: number, length: number): Buffer {
  if (length > body.length - at) {
    throw new SyntaxError('CBOR ends in the middle of a value');
  }
  return body.subarray(at, at + length);
}

const toNumber = (bytes: Buffer): number => (bytes.length === 8 ? Number(bytes.readBigUInt64BE()) : bytes.readUIntBE(0, bytes.length));

function fromWire(value: unknown): unknown {
  if (typeof value === 'bigint') {
    return Number(value);
  }
  if (Array.isArray(value)) {
    return value.map(fromWire);
  }
  if (!isRecord(value)) {
    return value;
  }
  if (Object.hasOwn(value, tagSymbol)) {
    return fromTag(value.tag, fromWire(value.value));
  }
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, fromWire(member)]));
}

function fromTag(tag: unknown, value: unknown): unknown {
  if (tag !== EPOCH_TIME_TAG) {
    return value;
  }
  if (typeof value !== 'number' || !Number.isFinite(value)) {
    throw new SyntaxError('a CBOR time must be a number of seconds');
  }
  return new Date(value * 1000);
}

function toWire(value: unknown): unknown {
  if (value === undefined) {
    return null;
  }
  if (value instanceof Date) {
    return dateToTag(value);
  }
  if (Array.isArray(value)) {
    return value.map(toWire);
  }
  if (!isRecord(value)) {
    return value;
  }
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(members.map(([name, member]) => [name, toWire(member)]));
}

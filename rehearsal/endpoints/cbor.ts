/**
 * The part of CBOR that RPC v2 uses: numbers, texts, bytes, lists, maps with text keys, booleans, null, and times (tag 1).
 * Lists, maps, texts and bytes of indefinite length are read; what is written is definite.
 *
 * @see https://www.rfc-editor.org/rfc/rfc8949
 * @see https://smithy.io/2.0/additional-specs/protocols/smithy-rpc-v2.html
 */

/** Deepest nesting that is read. */
const MAX_DEPTH = 64;
const EPOCH_TIME_TAG = 1;
const BREAK = Symbol('break');

/** Reads one value. @throws SyntaxError where the bytes are not that. */
export function decodeCbor(bytes: Uint8Array): unknown {
  const reader = new Reader(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  const value = reader.value(0);
  if (value === BREAK || reader.left > 0) {
    throw new SyntaxError('there must be exactly one CBOR value');
  }
  return value;
}

class Reader {
  private at = 0;

  constructor(private readonly bytes: Buffer) {}

  get left(): number {
    return this.bytes.length - this.at;
  }

  value(depth: number): unknown {
    if (depth > MAX_DEPTH) {
      throw new SyntaxError(`CBOR is nested deeper than ${MAX_DEPTH}`);
    }
    const head = this.take(1)[0];
    const [major, info] = [head >> 5, head & 31];
    if (major === 7) {
      return this.simple(info);
    }
    const indefinite = info === 31;
    const length = indefinite ? 0 : this.argument(info);
    switch (major) {
      case 0:
        return definite(indefinite, length);
      case 1:
        return definite(indefinite, -1 - length);
      case 2:
        return indefinite ? Buffer.concat(this.untilBreak(depth).map(asBytes)) : this.take(length);
      case 3:
        return indefinite ? this.untilBreak(depth).map(asText).join('') : this.take(length).toString('utf8');
      case 4:
        return indefinite ? this.untilBreak(depth) : this.items(length, depth);
      case 5:
        return toMap(indefinite ? this.untilBreak(depth) : this.items(length * 2, depth));
      default:
        return tagged(definite(indefinite, length), this.item(depth));
    }
  }

  private item(depth: number): unknown {
    const value = this.value(depth + 1);
    if (value === BREAK) {
      throw new SyntaxError('a CBOR break stands where a value is due');
    }
    return value;
  }

  private items(count: number, depth: number): unknown[] {
    // Each item takes a byte at least, so that a wrong count cannot ask for more memory than was sent.
    if (count > this.left) {
      throw new SyntaxError('a CBOR length is larger than what follows');
    }
    return Array.from({ length: count }, () => this.item(depth));
  }

  private untilBreak(depth: number): unknown[] {
    const items: unknown[] = [];
    for (let next = this.value(depth + 1); next !== BREAK; next = this.value(depth + 1)) {
      items.push(next);
    }
    return items;
  }

  private argument(info: number): number {
    switch (info) {
      case 24:
        return this.take(1).readUInt8();
      case 25:
        return this.take(2).readUInt16BE();
      case 26:
        return this.take(4).readUInt32BE();
      case 27:
        return Number(this.take(8).readBigUInt64BE());
      default:
        if (info > 27) {
          throw new SyntaxError(`CBOR length code ${info} is reserved`);
        }
        return info;
    }
  }

  private simple(info: number): unknown {
    switch (info) {
      case 20:
        return false;
      case 21:
        return true;
      case 22:
      case 23:
        return null;
      case 25:
        return halfFloat(this.take(2).readUInt16BE());
      case 26:
        return this.take(4).readFloatBE();
      case 27:
        return this.take(8).readDoubleBE();
      case 31:
        return BREAK;
      default:
        throw new SyntaxError(`CBOR simple value ${info} is not supported`);
    }
  }

  private take(count: number): Buffer {
    if (count > this.left) {
      throw new SyntaxError('CBOR ends in the middle of a value');
    }
    this.at += count;
    return this.bytes.subarray(this.at - count, this.at);
  }
}

function definite(indefinite: boolean, value: number): number {
  if (indefinite) {
    throw new SyntaxError('a CBOR number has no indefinite length');
  }
  return value;
}

function asBytes(value: unknown): Uint8Array {
  if (value instanceof Uint8Array) {
    return value;
  }
  throw new SyntaxError('a part of a CBOR byte string is no byte string');
}

function asText(value: unknown): string {
  if (typeof value === 'string') {
    return value;
  }
  throw new SyntaxError('a part of a CBOR text is no text');
}

function toMap(items: readonly unknown[]): Record<string, unknown> {
  if (items.length % 2 !== 0) {
    throw new SyntaxError('a CBOR map ends after a key');
  }
  const pairs = Array.from({ length: items.length / 2 }, (_, index) => [asText(items[2 * index]), items[2 * index + 1]] as const);
  return Object.fromEntries(pairs);
}

function tagged(tag: number, value: unknown): unknown {
  if (tag !== EPOCH_TIME_TAG) {
    return value;
  }
  if (typeof value !== 'number' || !Number.isFinite(value)) {
    throw new SyntaxError('a CBOR time must be a number of seconds');
  }
  return new Date(value * 1000);
}

function halfFloat(bits: number): number {
  const [exponent, fraction] = [(bits >> 10) & 31, bits & 1023];
  const size = exponent === 0 ? fraction * 2 ** -24 : exponent === 31 ? (fraction === 0 ? Infinity : Number.NaN) : (1 + fraction / 1024) * 2 ** (exponent - 15);
  return bits & 0x8000 ? -size : size;
}

/** Writes a value; members that are undefined stay away, `Date`s become times. */
export function encodeCbor(value: unknown): Buffer {
  if (value === null || value === undefined) {
    return Buffer.of(0xf6);
  }
  if (typeof value === 'boolean') {
    return Buffer.of(value ? 0xf5 : 0xf4);
  }
  if (typeof value === 'number') {
    return encodeNumber(value);
  }
  if (typeof value === 'string') {
    const text = Buffer.from(value, 'utf8');
    return Buffer.concat([encodeHead(3, text.length), text]);
  }
  if (value instanceof Uint8Array) {
    return Buffer.concat([encodeHead(2, value.length), value]);
  }
  if (value instanceof Date) {
    return Buffer.concat([encodeHead(6, EPOCH_TIME_TAG), encodeNumber(value.getTime() / 1000)]);
  }
  if (Array.isArray(value)) {
    return Buffer.concat([encodeHead(4, value.length), ...value.map(encodeCbor)]);
  }
  const entries = Object.entries(value).filter(([, member]) => member !== undefined);
  return Buffer.concat([encodeHead(5, entries.length), ...entries.flatMap(([name, member]) => [encodeCbor(name), encodeCbor(member)])]);
}

function encodeNumber(value: number): Buffer {
  if (Number.isSafeInteger(value) && !Object.is(value, -0)) {
    return value >= 0 ? encodeHead(0, value) : encodeHead(1, -1 - value);
  }
  const bytes = Buffer.alloc(9, 0xfb);
  bytes.writeDoubleBE(value, 1);
  return bytes;
}

function encodeHead(major: number, argument: number): Buffer {
  const kind = major << 5;
  if (argument < 24) {
    return Buffer.of(kind | argument);
  }
  if (argument < 0x1_0000_0000) {
    const bytes = Buffer.alloc(5, kind | 26);
    bytes.writeUInt32BE(argument, 1);
    return bytes;
  }
  const bytes = Buffer.alloc(9, kind | 27);
  bytes.writeBigUInt64BE(BigInt(argument), 1);
  return bytes;
}

/** Reading the members of a decoded request, whatever protocol it came by. */
import { ServiceError } from '../engine/ports';

/**
 * One structure of a request. A member that is `null` counts as absent, as it does at the services.
 * Where `text` is set (query protocols) every scalar arrived as text and is read into its type.
 */
export class Fields {
  constructor(
    private readonly members: Readonly<Record<string, unknown>>,
    private readonly text = false,
  ) {}

  /** @throws ServiceError `SerializationException` where the value is no structure. */
  static of(value: unknown, text = false): Fields {
    if (!isRecord(value)) {
      throw wrongType(value, 'structure');
    }
    return new Fields(value, text);
  }

  string(name: string): string | undefined {
    const value = this.value(name);
    if (value === undefined || typeof value === 'string') {
      return value;
    }
    throw wrongType(value, 'String');
  }

  number(name: string): number | undefined {
    const value = this.value(name);
    return value === undefined ? undefined : this.toNumber(value);
  }

  boolean(name: string): boolean | undefined {
    const value = this.value(name);
    if (value === undefined || typeof value === 'boolean') {
      return value;
    }
    if (this.text && (value === 'true' || value === 'false')) {
      return value === 'true';
    }
    throw wrongType(value, 'Boolean');
  }

  /** Milliseconds since 1970: seconds in JSON, a tagged time in CBOR, an ISO text in query protocols. */
  timestamp(name: string): number | undefined {
    const value = this.value(name);
    if (value === undefined) {
      return undefined;
    }
    const at = value instanceof Date ? value.getTime() : typeof value === 'number' ? value * 1000 : Date.parse(String(value));
    if (!Number.isFinite(at) || (typeof value === 'string' && !this.text)) {
      throw wrongType(value, 'Timestamp');
    }
    return at;
  }

  strings(name: string): readonly string[] | undefined {
    return this.list(name)?.map((item) => {
      if (typeof item !== 'string') {
        throw wrongType(item, 'String');
      }
      return item;
    });
  }

  numbers(name: string): readonly number[] | undefined {
    return this.list(name)?.map((item) => this.toNumber(item));
  }

  structure(name: string): Fields | undefined {
    const value = this.value(name);
    return value === undefined ? undefined : Fields.of(value, this.text);
  }

  structures(name: string): readonly Fields[] | undefined {
    return this.list(name)?.map((item) => Fields.of(item, this.text));
  }

  /** A list of lists of structures; empty where it is absent. */
  lists(name: string): readonly (readonly Fields[])[] {
    return (this.list(name) ?? []).map((item) => {
      if (!Array.isArray(item)) {
        throw wrongType(item, 'List');
      }
      return item.map((each: unknown) => Fields.of(each, this.text));
    });
  }

  has(name: string): boolean {
    return this.value(name) !== undefined;
  }

  /** The members that are there. */
  names(): readonly string[] {
    return Object.keys(this.members).filter((name) => this.has(name));
  }

  private list(name: string): readonly unknown[] | undefined {
    const value = this.value(name);
    if (value === undefined || Array.isArray(value)) {
      return value;
    }
    // An empty list has no members in a query body: only its name is sent.
    if (this.text && value === '') {
      return [];
    }
    throw wrongType(value, 'List');
  }

  private toNumber(value: unknown): number {
    const number = this.text && typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
    // Not a number and infinity are legal here: each operation says what it makes of them.
    if (typeof number !== 'number' || (Number.isNaN(number) && value !== 'NaN' && typeof value === 'string')) {
      throw wrongType(value, 'Double');
    }
    return number;
  }

  private value(name: string): unknown {
    return this.members[name] ?? undefined;
  }
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date) && !(value instanceof Uint8Array);
}

function wrongType(value: unknown, wanted: string): ServiceError {
  const kind = Array.isArray(value) ? 'START_ARRAY' : isRecord(value) ? 'START_OBJECT' : `${typeof value}_VALUE`.toUpperCase();
  return new ServiceError('SerializationException', `${kind} cannot be converted to ${wanted}`);
}

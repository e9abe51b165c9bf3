/** Walks a YAML document and keeps every problem with the place where it stands, instead of stopping at the first. */
import { isAlias, isMap, isScalar, isSeq } from 'yaml';
import type { Document, Node, YAMLMap } from 'yaml';

import { didYouMean, suggestion } from '../../lib/model/did-you-mean';

/** A problem, and where it stands: offsets into the text. */
export interface Problem {
  readonly message: string;
  readonly start: number;
  readonly end: number;
}

/** Reads one kind of value; undefined after a problem. */
export type Read<T> = (node: Node) => T | undefined;

/** Aliases in one file; more of them are no scenario but an attack on memory. */
const MAX_ALIASES = 100;

export class Reader {
  readonly problems: Problem[] = [];
  private aliases = 0;

  constructor(private readonly document: Document) {}

  problem(node: Node, message: string): undefined {
    const [start, end] = node.range ?? [0, 1];
    this.problems.push({ message, start, end });
    return undefined;
  }

  /** A map of known keys; a key that is not among them is a problem. Undefined where there is no map. */
  map(node: Node, what: string, keys: readonly string[]): MapReader | undefined {
    const map = this.follow(node);
    if (!isMap(map)) {
      return this.problem(node, `${what} must be a map with the keys ${keys.join(', ')}, got ${shown(map)}`);
    }
    const values = new Map<string, Node>();
    const misspelt = new Set<string | undefined>();
    for (const { key, value } of map.items as { key: Node; value: Node | null }[]) {
      const name = isScalar(key) ? String(key.value) : String(key);
      if (!keys.includes(name)) {
        misspelt.add(didYouMean(name, keys));
        this.problem(key, `"${name}" is not a key of ${what}${suggestion(name, keys) || `; it has ${keys.join(', ')}`}`);
      } else if (value !== null) {
        values.set(name, value);
      }
    }
    return new MapReader(this, map, what, values, misspelt);
  }

  /** A map whose keys are free, such as headers. */
  free<T>(node: Node, what: string, read: Read<T>): Readonly<Record<string, T>> | undefined {
    const map = this.follow(node);
    if (!isMap(map)) {
      return this.problem(node, `${what} must be a map, got ${shown(map)}`);
    }
    const entries = (map.items as { key: Node; value: Node | null }[]).flatMap(({ key, value }) => {
      const entry = value === null ? this.problem(key, `"${String(key)}" of ${what} has no value`) : read(value);
      return entry === undefined ? [] : [[String(isScalar(key) ? key.value : key), entry] as const];
    });
    return Object.fromEntries(entries);
  }

  list<T>(node: Node, what: string, read: Read<T>): readonly T[] | undefined {
    const list = this.follow(node);
    if (!isSeq(list)) {
      return this.problem(node, `${what} must be a list, got ${shown(list)}`);
    }
    return (list.items as Node[]).flatMap((item) => {
      const value = read(item);
      return value === undefined ? [] : [value];
    });
  }

  text(node: Node, what: string): string | undefined {
    const value = this.scalar(node);
    return typeof value === 'string' ? value : this.problem(node, `${what} must be a text, got ${shown(this.follow(node))}`);
  }

  oneOf<const T extends string>(node: Node, what: string, allowed: readonly T[]): T | undefined {
    const value = this.scalar(node);
    const found = allowed.find((one) => one === value);
    const got = `${shown(this.follow(node))}${suggestion(String(value), allowed)}`;
    return found ?? this.problem(node, `${what} must be one of ${allowed.join(', ')}, got ${got}`);
  }

  /** `on` or `off`; true and false are taken too. */
  toggle(node: Node, what: string): boolean | undefined {
    const value = this.scalar(node);
    const on = value === 'on' || value === true;
    return on || value === 'off' || value === false ? on : this.problem(node, `${what} must be on or off, got ${shown(this.follow(node))}`);
  }

  number(node: Node, what: string, min: number, max: number, whole = true): number | undefined {
    const value = this.scalar(node);
    const fits = typeof value === 'number' && value >= min && value <= max && (!whole || Number.isInteger(value));
    const wanted = `a ${whole ? 'whole number' : 'number'} from ${min} to ${max}`;
    return fits ? value : this.problem(node, `${what} must be ${wanted}, got ${shown(this.follow(node))}`);
  }

  /** A scalar, read by a function of its own; `wanted` says what it must be. */
  parsed<T>(node: Node, what: string, wanted: string, parse: (value: string | number) => T | undefined): T | undefined {
    const value = this.scalar(node);
    const read = typeof value === 'string' || typeof value === 'number' ? parse(value) : undefined;
    return read ?? this.problem(node, `${what} must be ${wanted}, got ${shown(this.follow(node))}`);
  }

  /** Any value of YAML, as JSON has it. */
  json(node: Node, what: string): string | undefined {
    try {
      return JSON.stringify(node.toJS(this.document, { maxAliasCount: MAX_ALIASES }));
    } catch (error) {
      return this.problem(node, `${what} cannot be written as JSON: ${(error as Error).message.split('\n')[0]}`);
    }
  }

  scalar(node: Node): unknown {
    const found = this.follow(node);
    return isScalar(found) ? found.value : undefined;
  }

  follow(node: Node): Node | undefined {
    if (!isAlias(node)) {
      return node;
    }
    this.aliases += 1;
    return this.aliases > MAX_ALIASES
      ? this.problem(node, `a scenario may use at most ${MAX_ALIASES} aliases; write this one out`)
      : node.resolve(this.document);
  }
}

/** The keys of one map that are there. */
export class MapReader {
  constructor(
    private readonly reader: Reader,
    readonly node: YAMLMap,
    private readonly what: string,
    private readonly values: ReadonlyMap<string, Node>,
    private readonly misspelt: ReadonlySet<string | undefined>,
  ) {}

  get(key: string): Node | undefined {
    return this.values.get(key);
  }

  has(key: string): boolean {
    return this.values.has(key);
  }

  /** What `read` makes of a key; undefined where the key is not there. */
  optional<T>(key: string, read: Read<T>): T | undefined {
    const node = this.values.get(key);
    return node === undefined ? undefined : read(node);
  }

  /**
   * The same; a key that is not there is a problem.
   * @param otherwise what may be there in its place, for the message
   */
  required<T>(key: string, read: Read<T>, otherwise = ''): T | undefined {
    const node = this.values.get(key);
    if (node !== undefined) {
      return read(node);
    }
    // Said already where the key is there in another spelling.
    return this.misspelt.has(key) ? undefined : this.reader.problem(this.node, `${this.what} needs the key "${key}"${otherwise}`);
  }
}

function shown(node: Node | undefined): string {
  if (isScalar(node)) {
    const text = typeof node.value === 'string' ? JSON.stringify(node.value) : String(node.value);
    return text.length > 60 ? `${text.slice(0, 57)}...` : text;
  }
  return isMap(node) ? 'a map' : isSeq(node) ? 'a list' : 'nothing';
}

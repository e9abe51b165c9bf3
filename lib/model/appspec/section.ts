/** Reads the maps and lists of a document, and keeps what breaks a rule instead of stopping at it. */
import { didYouMean } from '../did-you-mean';
import type { Entry, ListPart, MapPart, Part, ScalarPart } from './part';
import { quoted, shown } from './part';
import type { AppSpecFinding, Rule } from './rules';
import { finding } from './rules';

export class Findings {
  private readonly found: AppSpecFinding[] = [];

  public add(rule: Rule, line: number, message: string): void {
    this.found.push(finding(rule, line, message));
  }

  /** In the order of the document. */
  public all(): readonly AppSpecFinding[] {
    return [...this.found].sort((a, b) => a.line - b.line);
  }
}

/** A text or number of a document, as a text. */
export interface Text {
  readonly text: string;
  readonly line: number;
  readonly part: ScalarPart;
}

/** A longer word is a slip of no key. */
const MAX_KEY_LENGTH = 60;

export interface SectionOptions {
  /** Line of the key or of the entry of a list that the map is the value of. */
  readonly line: number;
  /** Such as `files[1]`; empty for the document. */
  readonly place: string;
  /** The keys that have a meaning here. */
  readonly keys: readonly string[];
  /** Whether `resources` is `Resources`. */
  readonly anyCase: boolean;
  /** What the rules of another place say of a key that has no meaning here; undefined where they say nothing. */
  readonly foreign?: (key: string) => { readonly rule: Rule; readonly message: string } | undefined;
}

/** A map whose keys are known. */
export class Section {
  private readonly members = new Map<string, Entry>();
  /** Keys that are not there because they are misspelt; that has been said. */
  private readonly misspelt = new Set<string>();

  constructor(
    private readonly findings: Findings,
    { entries }: MapPart,
    private readonly options: SectionOptions,
  ) {
    entries.forEach((entry) => this.take(entry));
  }

  public get line(): number {
    return this.options.line;
  }

  public has(key: string): boolean {
    return this.members.has(key);
  }

  /** Line of a key; where it is not there, of the map. */
  public lineOf(key: string): number {
    return this.members.get(key)?.line ?? this.options.line;
  }

  /** Such as `files[1].source`. */
  public placeOf(key: string): string {
    return this.options.place === '' ? key : `${this.options.place}.${key}`;
  }

  /** The value of a key, if there is one; `null` is none. */
  public optional(key: string): Part | undefined {
    const part = this.members.get(key)?.part;
    return part?.kind === 'scalar' && part.value === null ? undefined : part;
  }

  /** The value of a key that has to be there. Blank texts are none. */
  public required(key: string, rule: Rule, remedy: string): Part | undefined {
    const part = this.optional(key);
    const blank = part?.kind === 'scalar' && typeof part.value === 'string' && part.value.trim() === '';
    if (part !== undefined && !blank) {
      return part;
    }
    if (!this.misspelt.has(key)) {
      this.findings.add(rule, this.lineOf(key), `'${this.placeOf(key)}' ${this.has(key) ? 'must not be empty' : 'is missing'}; ${remedy}`);
    }
    return undefined;
  }

  public requiredText(key: string, rule: Rule, remedy: string): Text | undefined {
    return this.text(key, this.required(key, rule, remedy));
  }

  public optionalText(key: string): Text | undefined {
    return this.text(key, this.optional(key));
  }

  /** The map of a key. */
  public map(key: string, part: Part | undefined): MapPart | undefined {
    return asMap(this.findings, part, this.placeOf(key), this.lineOf(key));
  }

  /** The list of a key. */
  public list(key: string, part: Part | undefined): ListPart | undefined {
    return asList(this.findings, part, this.placeOf(key), this.lineOf(key));
  }

  private text(key: string, part: Part | undefined): Text | undefined {
    return asText(this.findings, part, this.placeOf(key), this.lineOf(key));
  }

  private take(entry: Entry): void {
    const { keys, anyCase } = this.options;
    const key = anyCase ? keys.find((known) => known.toLowerCase() === entry.key.toLowerCase()) : keys.find((known) => known === entry.key);
    if (key === undefined) {
      this.refuse(entry);
    } else if (this.members.has(key)) {
      this.findings.add('duplicate-key', entry.line, `${quoted(entry.key)} is '${this.placeOf(key)}' for the second time; keep one`);
    } else {
      this.members.set(key, entry);
    }
  }

  private refuse({ key, line }: Entry): void {
    const { keys, foreign } = this.options;
    const known = foreign?.(key);
    if (known !== undefined) {
      this.findings.add(known.rule, line, known.message);
      return;
    }
    const meant = key.length > MAX_KEY_LENGTH ? undefined : didYouMean(key, keys);
    const remedy = meant === undefined ? `remove it; what may stand here is ${keys.join(', ')}` : `did you mean ${quoted(meant)}?`;
    this.findings.add('unknown-key', line, `${quoted(key)} has no meaning in ${this.options.place === '' ? 'the document' : `'${this.options.place}'`}; ${remedy}`);
    if (meant !== undefined) {
      this.misspelt.add(meant);
    }
  }
}

export function asMap(findings: Findings, part: Part | undefined, place: string, line: number): MapPart | undefined {
  return part?.kind === 'map' ? part : wrongType(findings, part, place, line, 'a map', 'write keys and their values below it');
}

export function asList(findings: Findings, part: Part | undefined, place: string, line: number): ListPart | undefined {
  return part?.kind === 'list' ? part : wrongType(findings, part, place, line, 'a list', 'begin each entry with "- "');
}

/** Numbers are texts as they are written. */
export function asText(findings: Findings, part: Part | undefined, place: string, line: number): Text | undefined {
  if (part?.kind === 'scalar' && (typeof part.value === 'string' || typeof part.value === 'number')) {
    return { text: typeof part.value === 'string' ? part.value : (part.plain ?? String(part.value)), line, part };
  }
  return wrongType(findings, part, place, line, 'a text', 'write one value, in quotes where it looks like none');
}

/** What is not there, or not known yet, is of no wrong type. */
function wrongType(findings: Findings, part: Part | undefined, place: string, line: number, wanted: string, remedy: string): undefined {
  if (part !== undefined && part.kind !== 'late') {
    findings.add('wrong-type', line, `'${place}' must be ${wanted}, got ${shown(part)}; ${remedy}`);
  }
  return undefined;
}

/** Takes secrets out of everything that leaves the handler, however they are spelled there. */
import { MIN_SECRET_LENGTH } from '../../lib/model/runtime-value';
import { inBase64, inForm, inJsonString, inUrl, wellFormed } from './encodings';
import type { JsonValue, Measurement } from './engine/state';
import { excerpt } from './text';

const HIDDEN = '***';

/** Ends of excerpts that may be the beginning of a secret: shorter ones stand in any text. */
const MIN_BEGINNING = 3;
const CUT = '…';

/** Values that must not be shown. Those of a parent are hidden too. */
export class Redaction {
  private readonly spellings = new Set<string>();

  constructor(private readonly parent?: Redaction) {}

  /** Shorter values than a secret may have stand in any text by chance, and are not hidden. */
  hide(value: string): void {
    if (value.length >= MIN_SECRET_LENGTH) {
      spellingsOf(value).forEach((spelling) => this.spellings.add(spelling));
    }
  }

  /** Whether one of the values stands in the text. */
  isIn(text: string): boolean {
    return this.all().some((spelling) => text.includes(spelling));
  }

  /** The text without the values, overlapping ones included, and without the beginning of one where an excerpt has been cut. */
  text(text: string): string {
    const spans = this.all().flatMap((spelling) => [...occurrences(text, spelling), ...beginnings(text, spelling)]);
    const merged = spans.sort((a, b) => a.from - b.from).reduce<Span[]>(merge, []);
    return merged.reduceRight((shown, { from, to }) => `${shown.slice(0, from)}${HIDDEN}${shown.slice(to)}`, text);
  }

  measurement(measurement: Measurement): Measurement {
    const { reason, measurements, memory } = measurement;
    return {
      ...measurement,
      reason: this.text(reason),
      measurements: measurements.map(({ what, measured, threshold, ok }) => ({ what: this.text(what), measured: this.scalar(measured), threshold: this.scalar(threshold), ok })),
      ...(memory === undefined ? {} : { memory: this.json(memory) }),
    };
  }

  /** The same error, so that what it is stays known. */
  error(error: unknown): unknown {
    if (!(error instanceof Error)) {
      return typeof error === 'string' ? this.text(error) : error;
    }
    error.message = this.text(error.message);
    error.stack = this.text(error.stack ?? '');
    error.cause = error.cause === undefined ? undefined : this.error(error.cause);
    return error;
  }

  private all(): readonly string[] {
    return [...this.spellings, ...(this.parent?.all() ?? [])];
  }

  private scalar(value: string | number | null): string | number | null {
    const shown = value === null ? null : this.text(String(value));
    return shown === String(value) ? value : shown;
  }

  private json(value: JsonValue): JsonValue {
    if (typeof value === 'string' || typeof value === 'number') {
      return this.scalar(value);
    }
    if (Array.isArray(value)) {
      return (value as readonly JsonValue[]).map((entry) => this.json(entry));
    }
    return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value).map(([key, entry]) => [this.text(key), this.json(entry)])) : value;
  }
}

interface Span {
  readonly from: number;
  readonly to: number;
}

function occurrences(text: string, spelling: string): readonly Span[] {
  const spans: Span[] = [];
  // By one step each, since a value may overlap itself.
  for (let from = text.indexOf(spelling); from >= 0; from = text.indexOf(spelling, from + 1)) {
    spans.push({ from, to: from + spelling.length });
  }
  return spans;
}

/** Where an excerpt ends in the middle of a value. */
function beginnings(text: string, spelling: string): readonly Span[] {
  return occurrences(text, CUT).flatMap(({ from: end }) => {
    for (let length = Math.min(spelling.length - 1, end); length >= MIN_BEGINNING; length--) {
      if (text.startsWith(spelling.slice(0, length), end - length)) {
        return [{ from: end - length, to: end }];
      }
    }
    return [];
  });
}

function merge(merged: Span[], next: Span): Span[] {
  const last = merged.at(-1);
  if (last === undefined || next.from > last.to) {
    return [...merged, next];
  }
  return [...merged.slice(0, -1), { from: last.from, to: Math.max(last.to, next.to) }];
}

/** A value as it is, in URLs, in forms, in JSON, in our own excerpts, and in base64 wherever it begins there. */
function spellingsOf(value: string): readonly string[] {
  const urls = [inUrl(value), encodeURIComponent(wellFormed(value)), encodeURI(wellFormed(value)), inForm(value)];
  const json = inJsonString(value);
  const asciiJson = json.replace(/[^\x20-\x7e]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
  const base64 = inBase64(value).flatMap((encoded) => [encoded, encoded.replaceAll('+', '-').replaceAll('/', '_')]);
  return [value, ...urls, ...urls.map(lowerEscapes), json, json.replaceAll('/', '\\/'), asciiJson, excerpt(value, value.length), ...base64];
}

function lowerEscapes(url: string): string {
  return url.replace(/%[0-9A-F]{2}/g, (escape) => escape.toLowerCase());
}

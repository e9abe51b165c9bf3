/** Values that a suite reads when it is played: secrets and parameters. They stay in memory, and are hidden in all that is reported. */
import type { RuntimeValueDocument } from '../../../lib/model/runtime-value';
import { MIN_SECRET_LENGTH } from '../../../lib/model/runtime-value';
import { describeError, Overdue, ServiceFailure, UnusableValue } from '../failures';
import type { Clock, ParameterReader, Random, SecretReader } from '../ports';
import type { Redaction } from '../redaction';
import { retrying } from '../retry';
import { excerpt } from '../text';
import type { Values } from './templates';

/** Where values are read. */
export interface ValueSources {
  readonly secrets: SecretReader;
  readonly parameters: ParameterReader;
}

/** A throttled call says nothing about what is checked. */
const READING = { ms: 10_000, attempts: 4 } as const;

export interface RuntimeValuesPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly sources: ValueSources;
}

/** The values of one suite. Each source is read once; one that could not be read is read again by the next attempt that needs it. */
export class RuntimeValues {
  private readonly texts = new Map<string, Promise<string>>();

  constructor(
    private readonly ports: RuntimeValuesPorts,
    private readonly hidden: Redaction,
    private readonly signal: AbortSignal,
  ) {}

  /** Rejects with `UnusableValue`. */
  async read(documents: Readonly<Record<string, RuntimeValueDocument>>): Promise<Values> {
    const entries = Object.entries(documents).map(async ([name, document]) => {
      const value = field(name, document, await this.text(name, document));
      if (value.length < MIN_SECRET_LENGTH) {
        throw unusable(name, `has ${value.length} characters, and fewer than ${MIN_SECRET_LENGTH} cannot be hidden in what is reported; use a longer one`);
      }
      this.hidden.hide(value);
      return [name, value] as const;
    });
    return Object.fromEntries(await Promise.all(entries));
  }

  private async text(name: string, document: RuntimeValueDocument): Promise<string> {
    const key = `${document.source} ${sourceOf(document)}`;
    const reading = this.texts.get(key) ?? this.fetch(document);
    this.texts.set(key, reading);
    try {
      return await reading;
    } catch (error) {
      this.texts.delete(key);
      if (this.signal.aborted || !(error instanceof ServiceFailure || error instanceof Overdue)) {
        throw error;
      }
      // The time of the hook is not up: only that of the last reading.
      const what = error instanceof Overdue ? `${document.source} ${excerpt(sourceOf(document))} gave no answer in time` : describeError(error);
      throw new UnusableValue(`value "${name}" could not be read: ${what}`, error instanceof Overdue || error.retryable);
    }
  }

  private fetch(document: RuntimeValueDocument): Promise<string> {
    const { clock, sources } = this.ports;
    const reader = document.source === 'secret' ? sources.secrets : sources.parameters;
    const bounds = { until: clock.now() + READING.ms, attempts: READING.attempts, signal: this.signal };
    return retrying(this.ports, bounds, (signal) => reader.read(sourceOf(document), signal));
  }
}

function sourceOf(document: RuntimeValueDocument): string {
  return document.source === 'secret' ? document.id : document.name;
}

/** Nothing of the secret is shown where it is not what it should be. */
function field(name: string, document: RuntimeValueDocument, text: string): string {
  if (document.source !== 'secret' || document.jsonField === undefined) {
    return text;
  }
  const { jsonField } = document;
  const value = Object.entries(parseObject(name, text)).find(([key]) => key === jsonField)?.[1];
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') {
    throw unusable(name, `has no text, number or boolean in the field "${excerpt(jsonField, 60)}" of its secret; correct the secret or the field`);
  }
  return String(value);
}

function parseObject(name: string, text: string): object {
  try {
    const document: unknown = JSON.parse(text);
    if (typeof document === 'object' && document !== null && !Array.isArray(document)) {
      return document;
    }
  } catch {
    // Said below; the parser's own words would show a piece of the secret.
  }
  throw unusable(name, 'is to be a field of a secret that is no JSON object; leave the field out, or keep the secret as JSON');
}

function unusable(name: string, what: string): UnusableValue {
  return new UnusableValue(`value "${name}" ${what}`, false);
}

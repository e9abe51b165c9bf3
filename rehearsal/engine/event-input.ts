/**
 * What a target of EventBridge is given for an event: the event itself, a constant, a part of it, or a text that is made of parts.
 *
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html
 */
import { look, referencePath, type Json } from './state-machine/paths';

export interface TargetInput {
  /** A JSON text. */
  readonly constant?: string;
  readonly path?: string;
  readonly transformer?: {
    /** Paths by the names that the template uses. */
    readonly paths: Readonly<Record<string, string>>;
    readonly template: string;
  };
}

export interface Rule {
  readonly name: string;
  readonly arn: string;
}

export type MadeInput =
  | { readonly input: Json }
  /** Why there is none. */
  | { readonly problem: string };

const NAMES = /<([A-Za-z0-9_.-]+)>/g;

/** @param event as it stands on the bus; `time` is when it came there */
export function targetInput({ constant, path, transformer }: TargetInput, event: Json & { readonly time: string }, rule: Rule): MadeInput {
  if (constant !== undefined) {
    return parsed(constant, 'Input');
  }
  if (path !== undefined) {
    const found = at(path, event);
    return 'problem' in found ? found : found.value === undefined ? { problem: `InputPath ${path} leads to nothing` } : { input: found.value };
  }
  return transformer === undefined ? { input: event } : transformed(transformer, event, rule);
}

function transformed({ paths, template }: NonNullable<TargetInput['transformer']>, event: Json & { readonly time: string }, rule: Rule): MadeInput {
  const values = new Map<string, Json | undefined>([
    ['aws.events.rule-arn', rule.arn],
    ['aws.events.rule-name', rule.name],
    ['aws.events.event.ingestion-time', event.time],
    ['aws.events.event', withoutDetail(event)],
    ['aws.events.event.json', event],
  ]);
  for (const [name, path] of Object.entries(paths)) {
    const found = at(path, event);
    if ('problem' in found) {
      return found;
    }
    values.set(name, found.value);
  }
  return parsed(filled(template, values), 'InputTemplate');
}

/** Within quotation marks a value goes in as text, elsewhere as JSON. A path that leads to nothing leaves nothing, which is an empty text where a value must stand. */
function filled(template: string, values: ReadonlyMap<string, Json | undefined>): string {
  let quoted = false;
  let text = '';
  let position = 0;
  for (const match of template.matchAll(NAMES)) {
    const [whole, name] = match as unknown as [string, string];
    const before = template.slice(position, match.index);
    quoted = quotedAfter(before, quoted);
    text += before + (values.has(name) ? shown(values.get(name), quoted) : whole);
    position = match.index + whole.length;
  }
  return text + template.slice(position);
}

function quotedAfter(text: string, before: boolean): boolean {
  const marks = text.replace(/\\./g, '').split('"').length - 1;
  return marks % 2 === 0 ? before : !before;
}

function shown(value: Json | undefined, quoted: boolean): string {
  const json = JSON.stringify(value ?? (value === null ? null : ''));
  if (!quoted) {
    return json;
  }
  return typeof value === 'string' || value === undefined ? json.slice(1, -1) : JSON.stringify(json).slice(1, -1);
}

function at(path: string, event: Json): { readonly value: Json | undefined } | { readonly problem: string } {
  const reference = referencePath(path);
  return reference === undefined || reference.context ? { problem: `the path ${path} is not modelled: it has more than names and numbers` } : { value: look(reference, event) };
}

function withoutDetail(event: Json): Json {
  return Object.fromEntries(Object.entries(event as Readonly<Record<string, Json>>).filter(([name]) => name !== 'detail'));
}

function parsed(text: string, what: string): MadeInput {
  try {
    return { input: JSON.parse(text) as Json };
  } catch {
    return { problem: `${what} makes no JSON: ${text}` };
  }
}

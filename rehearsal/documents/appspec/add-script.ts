/** Adds a script to the AppSpec of a server, after those that the event has. */
import { YAMLMap, YAMLSeq, isMap, isScalar, isSeq, parseDocument } from 'yaml';
import type { Document, Pair } from 'yaml';

import { valueOf } from '../../../lib/model/appspec/part';
import { printYaml } from './print-appspec';
import { readAppSpecText } from './read-appspec';

export interface AddedScript {
  readonly event: string;
  readonly location: string;
  /** In seconds. */
  readonly timeout: number;
}

/**
 * The text with the script in it. Comments, and numbers as they are written, stay: agents read some of them otherwise than we do.
 *
 * @param text of an AppSpec that breaks no rule
 */
export function addScript(text: string, script: AddedScript): string {
  const wanted = withScript(documentOf(text), script);
  const edited = edit(text, script);
  // A map may be shared by anchors, or merged from elsewhere; what it says is then written out.
  return JSON.stringify(documentOf(edited)) === JSON.stringify(wanted) ? edited : printYaml(wanted);
}

type Hooks = Readonly<Record<string, readonly object[] | null>>;

function withScript(document: Readonly<Record<string, unknown>>, { event, ...script }: AddedScript): object {
  const hooks = (document.hooks ?? {}) as Hooks;
  return { ...document, hooks: { ...hooks, [event]: [...(hooks[event] ?? []), script] } };
}

function documentOf(text: string): Readonly<Record<string, unknown>> {
  const reading = readAppSpecText(text, 'yaml');
  return 'root' in reading ? (valueOf(reading.root) as Readonly<Record<string, unknown>>) : {};
}

/** Read as texts alone, so that each is written as it was. */
function edit(text: string, { event, location, timeout }: AddedScript): string {
  const document = parseDocument(text, { schema: 'failsafe', uniqueKeys: false, logLevel: 'error' });
  const item = document.createNode({ location, timeout: String(timeout) });
  const hooks = childOf(document.contents, 'hooks', YAMLMap, document);
  const scripts = hooks === undefined ? undefined : childOf(hooks, event, YAMLSeq, document);
  scripts?.add(item);
  return document.toString({ lineWidth: 0 });
}

/** The map or list at a key, which is made where there is none. */
function childOf<T extends YAMLMap | YAMLSeq>(parent: unknown, key: string, kind: new (schema?: Document['schema']) => T, document: Document): T | undefined {
  if (!isMap(parent)) {
    return undefined;
  }
  const pair = parent.items.find((item: Pair) => isScalar(item.key) && item.key.value === key);
  if (pair === undefined) {
    const made = new kind(document.schema);
    parent.add(document.createPair(key, made));
    return made;
  }
  const { value } = pair;
  if (value instanceof kind && (isMap(value) || isSeq(value))) {
    return value;
  }
  if (value === null || (isScalar(value) && ['', '~', 'null', 'Null', 'NULL'].includes(String(value.value)))) {
    const made = new kind(document.schema);
    pair.value = made;
    return made;
  }
  return undefined;
}

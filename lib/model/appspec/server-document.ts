/** What an AppSpec of servers says about its bundle. What is malformed is left out: the rules of the document tell it. */
import type { MapPart, Part } from './part';
import type { OperatingSystem } from './server';
import { SERVER_HOOK_EVENTS } from '../lifecycle';
import type { ServerHookEvent } from '../lifecycle';

/** A text, and where it stands. */
export interface Placed {
  readonly text: string;
  readonly line: number;
  /** Such as `files[1].source`. */
  readonly place: string;
}

export interface CopiedFile {
  readonly source: Placed;
  readonly destination: Placed;
}

export interface PlacedPermission {
  readonly object: Placed;
  readonly pattern?: Placed;
  readonly except: readonly Placed[];
  readonly acls: readonly Placed[];
  /** Both where nothing is said. */
  readonly types: readonly string[];
}

export interface PlacedScript {
  readonly event: ServerHookEvent;
  readonly location: Placed;
}

export interface ServerDocument {
  readonly os: OperatingSystem;
  readonly files: readonly CopiedFile[];
  readonly permissions: readonly PlacedPermission[];
  readonly scripts: readonly PlacedScript[];
}

export function serverDocumentOf(root: Part): ServerDocument {
  const os = textAt(root, 'os', '')?.text;
  return {
    os: os === 'linux' || os === 'windows' ? os : undefined,
    files: itemsAt(root, 'files').flatMap(copiedFile),
    permissions: itemsAt(root, 'permissions').flatMap(permission),
    scripts: entriesOf(childOf(root, 'hooks')).flatMap(({ key, part }) => SERVER_HOOK_EVENTS.filter((event) => event === key).flatMap((event) => scriptsOf(event, part))),
  };
}

function copiedFile(item: Part, index: number): readonly CopiedFile[] {
  const source = textAt(item, 'source', `files[${index}]`);
  const destination = textAt(item, 'destination', `files[${index}]`);
  return source === undefined || destination === undefined ? [] : [{ source, destination }];
}

function permission(item: Part, index: number): readonly PlacedPermission[] {
  const place = `permissions[${index}]`;
  const object = textAt(item, 'object', place);
  const pattern = textAt(item, 'pattern', place);
  const types = textsAt(item, 'type', place).map(({ text }) => text);
  return object === undefined
    ? []
    : [{ object, ...(pattern === undefined ? {} : { pattern }), except: textsAt(item, 'except', place), acls: textsAt(item, 'acls', place), types: types.length === 0 ? ['file', 'directory'] : types }];
}

function scriptsOf(event: ServerHookEvent, part: Part): readonly PlacedScript[] {
  return (part.kind === 'list' ? part.items : []).flatMap((item, index) => {
    const location = textAt(item, 'location', `hooks.${event}[${index}]`);
    // Agents take the spaces around it away.
    return location === undefined ? [] : [{ event, location: { ...location, text: location.text.trim() } }];
  });
}

const entriesOf = (part: Part | undefined): MapPart['entries'] => (part?.kind === 'map' ? part.entries : []);

const entryOf = (part: Part, key: string) => entriesOf(part).find((entry) => entry.key === key);

const childOf = (part: Part, key: string): Part | undefined => entryOf(part, key)?.part;

function itemsAt(part: Part, key: string): readonly Part[] {
  const child = childOf(part, key);
  return child?.kind === 'list' ? child.items : [];
}

function textAt(part: Part, key: string, place: string): Placed | undefined {
  const entry = entryOf(part, key);
  return entry === undefined ? undefined : placed(entry.part, entry.line, place === '' ? key : `${place}.${key}`);
}

function textsAt(part: Part, key: string, place: string): readonly Placed[] {
  return itemsAt(part, key).flatMap((item, index) => placed(item, item.line, `${place}.${key}[${index}]`) ?? []);
}

function placed(part: Part, line: number, place: string): Placed | undefined {
  if (part.kind !== 'scalar' || (typeof part.value !== 'string' && typeof part.value !== 'number') || String(part.value).trim() === '') {
    return undefined;
  }
  return { text: typeof part.value === 'string' ? part.value : (part.plain ?? String(part.value)), line, place };
}

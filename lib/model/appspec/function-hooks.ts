/** `Hooks` of ECS and Lambda: a list of maps, each of which binds one event to a Lambda function. */
import { didYouMean } from '../did-you-mean';
import { isInvocable } from './lambda-names';
import type { Entry, MapPart, Part } from './part';
import { quoted, shown } from './part';
import type { Platform } from './rules';
import { PLATFORM_NAMES } from './rules';
import type { Findings, Section } from './section';

export interface PlatformEvents {
  readonly platform: Platform;
  /** Events that can have a hook. */
  readonly hookable: readonly string[];
  readonly all: readonly string[];
}

export function lintFunctionHooks(findings: Findings, document: Section, events: PlatformEvents): void {
  const hooks = document.optional('Hooks');
  if (hooks === undefined || hooks.kind === 'late') {
    return;
  }
  if (hooks.kind !== 'list') {
    findings.add('function-hooks-not-list', document.lineOf('Hooks'), `'Hooks' must be a list of maps such as "- ${events.hookable[0]}: function", got ${shown(hooks)}; begin each event with "- "`);
    return;
  }
  const seen = new Set<string>();
  hooks.items.forEach((item) => entriesOf(findings, item).forEach((entry) => lintHook(findings, entry, events, seen)));
}

function entriesOf(findings: Findings, item: Part): readonly Entry[] {
  const entries = item.kind === 'map' ? item.entries : [];
  if (item.kind !== 'late' && entries.length !== 1) {
    findings.add('function-hook-keys', item.line, `an entry of 'Hooks' must bind exactly one event, got ${bound(item)}; begin each event with "- "`);
  }
  return entries;
}

const bound = (item: Part): string => (item.kind === 'map' ? `${(item as MapPart).entries.length} in one map` : shown(item));

function lintHook(findings: Findings, { key, line, part }: Entry, events: PlatformEvents, seen: Set<string>): void {
  const event = events.hookable.find((name) => name.toLowerCase() === key.toLowerCase());
  if (event === undefined) {
    lintUnknown(findings, key, line, events);
    return;
  }
  if (seen.has(event)) {
    findings.add('function-hook-twice', line, `the event ${event} has a hook for the second time; each event takes one function`);
  }
  seen.add(event);
  lintFunction(findings, event, part, line);
}

function lintUnknown(findings: Findings, key: string, line: number, { platform, hookable, all }: PlatformEvents): void {
  const reserved = all.find((name) => name.toLowerCase() === key.toLowerCase());
  if (reserved !== undefined) {
    findings.add('function-hook-reserved', line, `the event ${reserved} is the service's own and takes no hook; use one of ${hookable.join(', ')}`);
    return;
  }
  const nearest = key.length > 60 ? undefined : didYouMean(key, hookable);
  const remedy = nearest === undefined ? `use one of ${hookable.join(', ')}` : `did you mean "${nearest}"?`;
  findings.add('function-hook-unknown', line, `${quoted(key)} is no event at which a deployment to ${PLATFORM_NAMES[platform]} has hooks; ${remedy}`);
}

function lintFunction(findings: Findings, event: string, part: Part, line: number): void {
  if (part.kind === 'late') {
    return;
  }
  const value = part.kind === 'scalar' ? part.value : undefined;
  if (value === null || (typeof value === 'string' && value.trim() === '')) {
    findings.add('function-hook-empty', line, `the hook at ${event} must not be empty; name a Lambda function, or remove the entry`);
  } else if (typeof value !== 'string' || !isInvocable(value)) {
    findings.add('function-hook-invalid', line, `the hook at ${event} must be the name or the ARN of a Lambda function, got ${shown(part)}; a name has 1 to 64 letters, digits, - and _`);
  }
}

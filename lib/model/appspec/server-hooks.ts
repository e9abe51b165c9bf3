/**
 * `hooks` of servers: scripts of the bundle, by lifecycle event.
 *
 * @see https://docs.aws.amazon.com/codedeploy/latest/userguide/reference-appspec-file-structure-hooks.html#appspec-hooks-server
 */
import { didYouMean } from '../did-you-mean';
import { SERVER_HOOK_EVENTS, SERVER_LIFECYCLE_EVENTS } from '../lifecycle';
import { EVENT_TIMEOUT_SECONDS } from '../limits';
import type { Entry, Part } from './part';
import { quoted, shown } from './part';
import { PLATFORM_NAMES } from './rules';
import type { Findings } from './section';
import { Section, asMap } from './section';
import type { OperatingSystem } from './server';
import { wholeNumber } from './whole-number';

const KEYS = ['location', 'timeout', 'runas', 'sudo'];

export function lintScriptHooks(findings: Findings, document: Section, os: OperatingSystem): void {
  const hooks = document.optional('hooks');
  if (hooks === undefined || hooks.kind === 'late') {
    return;
  }
  if (hooks.kind !== 'map') {
    findings.add('script-hooks-not-map', document.lineOf('hooks'), `'hooks' must be a map of events such as "BeforeInstall:", got ${shown(hooks)}; remove the "- " before each event`);
    return;
  }
  hooks.entries.forEach((entry) => lintEvent(findings, entry, os));
}

function lintEvent(findings: Findings, { key, line, part }: Entry, os: OperatingSystem): void {
  if (!SERVER_HOOK_EVENTS.some((event) => event === key)) {
    lintUnknown(findings, key, line);
    return;
  }
  if (part.kind === 'scalar' && part.value === null) {
    findings.add('script-hook-empty', line, `the event ${key} has no scripts, and nothing is run; add one, or remove the event`);
  } else if (part.kind === 'list') {
    lintScripts(findings, `hooks.${key}`, line, part.items, os);
  } else if (part.kind !== 'late') {
    findings.add('script-hook-not-list', line, `'hooks.${key}' must be a list of scripts, got ${shown(part)}; begin each with "- location:"`);
  }
}

function lintUnknown(findings: Findings, key: string, line: number): void {
  if (SERVER_LIFECYCLE_EVENTS.some((event) => event === key)) {
    findings.add('script-hook-reserved', line, `the event ${key} is CodeDeploy's own and runs no script; use one of ${SERVER_HOOK_EVENTS.join(', ')}`);
    return;
  }
  const nearest = key.length > 60 ? undefined : didYouMean(key, SERVER_HOOK_EVENTS);
  const remedy = nearest === undefined ? `use one of ${SERVER_HOOK_EVENTS.join(', ')}` : `did you mean "${nearest}"?`;
  findings.add('script-hook-unknown', line, `${quoted(key)} is no event at which a deployment to ${PLATFORM_NAMES.server} runs scripts; ${remedy}`);
}

function lintScripts(findings: Findings, place: string, line: number, items: readonly Part[], os: OperatingSystem): void {
  if (items.length === 0) {
    findings.add('script-hook-empty', line, `'${place}' has no scripts, and nothing is run; add one, or remove the event`);
  }
  const timeouts = items.map((item, index) => lintScript(findings, item, `${place}[${index}]`, os));
  const sum = timeouts.reduce((total, timeout) => total + timeout, 0);
  if (sum > EVENT_TIMEOUT_SECONDS) {
    findings.add('script-timeout-sum', line, `the timeouts of '${place}' must come to ${EVENT_TIMEOUT_SECONDS} seconds at most, which is what an event has, got ${sum}; lower them`);
  }
}

/** @returns the seconds that it is given, 0 where nothing is said */
function lintScript(findings: Findings, item: Part, place: string, os: OperatingSystem): number {
  const map = asMap(findings, item, place, item.line);
  if (map === undefined) {
    return 0;
  }
  const script = new Section(findings, map, { line: item.line, place, keys: KEYS, anyCase: false });
  script.requiredText('location', 'script-location-missing', 'write the path of the script, relative to the root of the bundle');
  ['runas', 'sudo'].filter((key) => os === 'windows' && script.optional(key) !== undefined).forEach((key) => {
    findings.add('runas-on-windows', script.lineOf(key), `'${script.placeOf(key)}' has no effect where 'os' is windows; remove it, scripts run as the agent does`);
  });
  const timeout = script.optional('timeout');
  const seconds = timeout === undefined ? undefined : wholeNumber(timeout, 1, Number.MAX_SAFE_INTEGER);
  if (timeout !== undefined && timeout.kind !== 'late' && seconds === undefined) {
    findings.add('script-timeout', script.lineOf('timeout'), `'${script.placeOf('timeout')}' must be a whole number of seconds from 1 to ${EVENT_TIMEOUT_SECONDS}, got ${shown(timeout)}; leave it out for what the event has`);
  }
  return seconds ?? 0;
}

/** One deployment as lines: its events with what their hooks found, traffic and alarms between them, and how it ended. */
import type { DeploymentReport, GateReport, HookRunReport, LifecycleEventReport, Report } from '../../lib/model/report';
import { ROLLBACK_CREATOR } from '../../lib/model/status';
import type { CheckResult } from '../../lib/model/hook-contract';
import { MAX_CHECKED, allPass, checksByInstance, gateText, instanceText } from './gate-lines';
import { countsText, instanceLines } from './instance-lines';
import type { Style } from './style';
import { clean, clock, duration, shorten, wrap, wrapAtMost } from './text';
import { MAX_GATES, notBegun, timelineOf } from './timeline';
import type { Entry } from './timeline';

/** Columns of the clock, and of the bar that shows traffic. */
const CLOCK = 8;
const BAR = 20;
/** On a wide terminal durations stay near the names that they belong to. */
const DURATION_EDGE = 77;
/** Longest name of a check that the column of names makes room for. */
const CHECK_NAME = 24;
/** Cases of a suite that are shown below its check. */
const MAX_CASES = 10;

/** Width of what stands before an event's name: clock, space, mark, space. */
const LEAD = CLOCK + 5;

export function deploymentLines(report: Report, deployment: DeploymentReport, style: Style, indent: string): string[] {
  const { paint, signs } = style;
  const trunk = `${indent}${paint.dim(signs.trunk)}`;
  const width = style.width - indent.length - 1;
  const quiet = isQuietRollback(deployment);
  const body = timelineOf(report, deployment).flatMap((entry) => {
    if (quiet && entry.kind === 'event') {
      return entry.event === deployment.lifecycleEvents[0] ? quietLines(deployment, style, width) : [];
    }
    // What never began is told just before the end.
    const skipped = entry.kind === 'end' ? beforeEnd(deployment, style, width) : [];
    return [...skipped, ...entryLines(entry, deployment, style, width)];
  });
  const open = deployment.completeTime === null ? skippedLine(deployment, style, width) : [];
  return [heading(deployment, style, indent), ...[...body, ...open].map((line) => `${trunk}${line}`.trimEnd())];
}

/** A rollback whose events all pass without a hook tells nothing by its single events. */
function isQuietRollback({ creator, lifecycleEvents }: DeploymentReport): boolean {
  return creator === ROLLBACK_CREATOR && lifecycleEvents.length > 0 && lifecycleEvents.every(({ status, hook }) => status === 'Succeeded' && hook === undefined);
}

function quietLines({ lifecycleEvents, instances }: DeploymentReport, style: Style, width: number): string[] {
  const [first] = lifecycleEvents;
  const { status, start } = first!;
  const event = { status, start, name: `${lifecycleEvents.length} events, ${instances === undefined ? 'no hook runs' : `${instances.counts.Succeeded ?? 0} instances`}`, end: lifecycleEvents.at(-1)!.end };
  return [eventLine(event, style.paint.dim(clock(start ?? 0).padStart(CLOCK)), style, width)];
}

/** What never began, what became of instances, and how many gates stand nowhere above. */
function beforeEnd(deployment: DeploymentReport, style: Style, width: number): string[] {
  const { instances } = deployment;
  const lines = instances === undefined ? [] : instanceLines(instances, style, width - LEAD);
  const more = (deployment.gates ?? []).length - MAX_GATES;
  const untold = more > 0 ? [style.paint.dim(`and ${more} more runs of gates, which the JSON report lists`)] : [];
  return [...skippedLine(deployment, style, width), ...[...lines, ...untold].map((text) => `${' '.repeat(LEAD - 1)}${text}`)];
}

function heading(deployment: DeploymentReport, style: Style, indent: string): string {
  const { paint, signs } = style;
  const by = deployment.creator === 'user' ? '' : ` ${signs.dot} ${deployment.creator}`;
  const room = style.width - indent.length - deployment.deploymentId.length - by.length - 2;
  const config = shorten(deployment.deploymentConfigName, room, signs.ellipsis);
  return `${indent}${paint.bold(deployment.deploymentId)}  ${paint.dim(`${config}${by}`)}`;
}

function entryLines(entry: Entry, deployment: DeploymentReport, style: Style, width: number): string[] {
  const { paint, signs } = style;
  const at = paint.dim(clock(entry.at).padStart(CLOCK));
  switch (entry.kind) {
    case 'event':
      return [eventLine(entry.event, at, style, width), ...hookLines(entry.event, style, width)];
    case 'wait':
      return [timedLine({ text: entry.name, mark: paint.dim(signs.running), start: entry.at, end: entry.end }, at, style, width)];
    case 'gate':
      return [`${at}  ${gateText(entry.gate, style, width - LEAD)}`, ...gateLines(entry.gate, style, width)];
    case 'traffic':
      return [`${at}    ${trafficBar(entry.traffic.replacement, style)} ${paint.dim(`${entry.traffic.replacement} % on the replacement`)}`];
    case 'alarm': {
      const { from, to, reason } = entry.transition;
      const color = to === 'ALARM' ? paint.red : to === 'OK' ? paint.green : paint.yellow;
      const room = width - LEAD - `${from} ${signs.arrow} ${to}`.length - 2;
      const name = shorten(entry.name, room, signs.ellipsis);
      const line = `${at}  ${color(signs.alarm)} ${name}  ${paint.dim(from)} ${signs.arrow} ${color(to)}`;
      // Why an alarm is quiet is of no interest; the JSON report has every reason.
      const why = to === 'ALARM' && reason !== '' ? wrapAtMost(2, reason, width - LEAD, signs.ellipsis) : [];
      return [line, ...why.map((text) => `${' '.repeat(LEAD - 1)}${paint.dim(text)}`)];
    }
    case 'end':
      return endLines(deployment, at, style, width);
  }
}

function eventLine(event: LifecycleEventReport, at: string, style: Style, width: number): string {
  const { paint } = style;
  const counted = event.instances === undefined ? '' : ` (${countsText(event.instances)})`;
  const shown = event.rollback === true ? `${event.name} (rollback)` : `${event.name}${counted}`;
  const emphasize = event.status === 'Failed' ? (text: string): string => paint.red(paint.bold(text)) : undefined;
  return timedLine({ text: shown, mark: statusMark(event.status, style), start: event.start, end: event.end, ...(emphasize === undefined ? {} : { emphasize }) }, at, style, width);
}

interface Timed {
  readonly text: string;
  readonly mark: string;
  readonly start: number | null;
  readonly end: number | null;
  readonly emphasize?: (text: string) => string;
}

function timedLine({ text, mark, start, end, emphasize = (same) => same }: Timed, at: string, { paint }: Style, width: number): string {
  const spent = start === null || end === null ? '' : duration(end - start);
  const gap = ' '.repeat(Math.max(1, Math.min(width, DURATION_EDGE) - LEAD - text.length - spent.length));
  return `${at}  ${mark} ${emphasize(text)}${gap}${paint.dim(spent)}`;
}

function statusMark(status: string, { paint, signs }: Style): string {
  switch (status) {
    case 'Succeeded':
    case 'SUCCESSFUL':
      return paint.green(signs.good);
    case 'Failed':
    case 'Stopped':
    case 'STOPPED':
    case 'ROLLBACK_SUCCESSFUL':
    case 'ROLLBACK_FAILED':
      return paint.red(signs.bad);
    case 'Skipped':
      return paint.dim(signs.skipped);
    case 'Unknown':
      return paint.yellow(signs.unknown);
    default:
      return paint.dim(signs.running);
  }
}

function hookLines({ hook, otherHooks = [] }: LifecycleEventReport, style: Style, width: number): string[] {
  return (hook === undefined ? [] : [hook, ...otherHooks]).flatMap((each) => oneHookLines(each, style, width));
}

function oneHookLines(hook: HookRunReport, style: Style, width: number): string[] {
  const { paint, signs } = style;
  const pad = ' '.repeat(LEAD - 1);
  const room = width - LEAD;
  const after = hook.invocations === undefined ? '' : ` in ${hook.invocations} invocations`;
  const said = `${hook.report === 'none' ? 'did not report' : `reported ${hook.report}`}${after}`;
  const color = hook.report === 'Succeeded' ? paint.green : paint.red;
  const who = shorten(hook.function, room - said.length - 1, signs.ellipsis);
  return [
    `${pad}${who} ${color(said)}`,
    ...foundLines(hook, style, width),
    ...guardianLines(hook, style, width),
  ];
}

/** What checks found, and what somebody made of it. */
type Found = Pick<HookRunReport, 'reason' | 'checks' | 'override'>;

function foundLines(found: Found, style: Style, width: number): string[] {
  return toldLines(found, found.checks.flatMap((check) => checkLines(check, found.checks, style, width - LEAD)), style, width);
}

function toldLines(found: Found, checks: readonly string[], style: Style, width: number): string[] {
  const room = width - LEAD;
  return [...overrideLines(found, style, room), ...reasonLines(found, room, style.signs.ellipsis), ...checks].map((text) => `${' '.repeat(LEAD - 1)}${text}`);
}

/** Of several instances each has a line, and those that did not pass have the checks that say why. */
function gateLines(gate: GateReport, style: Style, width: number): string[] {
  const groups = checksByInstance(gate);
  const guardian = guardianLines(gate, style, width);
  if (groups === undefined) {
    return [...foundLines(gate, style, width), ...guardian];
  }
  const lines = groups.slice(0, MAX_CHECKED).flatMap((group) => {
    const bad = group.checks.filter(({ verdict }) => verdict !== 'pass');
    return [instanceText(group, style), ...(allPass(group) ? [] : bad.flatMap((check) => checkLines(check, bad, style, width - LEAD - 2)).map((line) => `  ${line}`))];
  });
  const more = groups.length - MAX_CHECKED;
  return [...toldLines(gate, [...lines, ...(more > 0 ? [style.paint.dim(`and ${more} more, which the JSON report lists`)] : [])], style, width), ...guardian];
}

function reasonLines(hook: Found, room: number, ellipsis: string): string[] {
  // Where the checks beneath say the same, once is enough.
  const told = hook.checks.some(({ verdict, reason }) => verdict !== 'pass' && clean(hook.reason).includes(clean(reason)));
  return hook.reason === '' || told ? [] : wrapAtMost(4, hook.reason, room, ellipsis);
}

/** Whoever reads the report must not take the release for one that the checks let through. */
function overrideLines({ override }: Found, { paint, signs }: Style, room: number): string[] {
  if (override === undefined) {
    return [];
  }
  const text = `${signs.alarm} NOT ENFORCED: override by ${override.by} in ${override.parameter}: ${override.reason}`;
  return wrapAtMost(3, text, room, signs.ellipsis).map((line) => paint.yellow(paint.bold(line)));
}

function guardianLines({ guardian }: Pick<HookRunReport, 'guardian'>, { paint, signs }: Style, width: number): string[] {
  return guardian === undefined ? [] : wrapAtMost(3, guardianText(guardian), width - LEAD, signs.ellipsis).map((text) => `${' '.repeat(LEAD - 1)}${paint.yellow(text)}`);
}

function guardianText(guardian: NonNullable<HookRunReport['guardian']>): string {
  const said = guardian.report === 'none' ? 'did not report either' : `reported ${guardian.report}`;
  return `guardian ${said} at ${clock(guardian.at)}: ${guardian.reason}`;
}

function checkLines(check: CheckResult, all: readonly CheckResult[], style: Style, room: number): string[] {
  const { paint, signs } = style;
  // A shadow decides nothing, and must not look as if it had.
  const color = check.shadow === true && check.verdict !== 'pass' ? paint.yellow : { pass: paint.green, fail: paint.red, inconclusive: paint.yellow }[check.verdict];
  const mark = color({ pass: signs.good, fail: signs.bad, inconclusive: signs.unknown }[check.verdict]);
  const column = Math.min(CHECK_NAME, Math.max(...all.map(({ name }) => name.length)));
  const name = shorten(check.name, column, signs.ellipsis).padEnd(column);
  const text = `${shadowText(check)}${briefReason(check, style)}${countedSamples(check)}`;
  const width = room - column - 4;
  // One line is enough for what passed without a warning.
  const quiet = check.verdict === 'pass' && check.measurements.every(({ ok }) => ok);
  const [first = '', ...rest] = quiet ? [shorten(text, width, signs.ellipsis)] : wrap(text, width);
  const shown = quiet ? paint.dim(first) : first;
  return [`${mark} ${name}  ${shown}`, ...[...rest, ...caseLines(check, style, width)].map((line) => `${' '.repeat(column + 4)}${line}`)];
}

/** Cases that did not pass, one below the other, save those that the reason names. */
function caseLines({ cases, reason }: CheckResult, { paint, signs }: Style, width: number): string[] {
  const bad = (cases?.listed ?? []).filter(({ status }) => status === 'failed' || status === 'errored');
  const untold = bad.filter(({ name }) => !clean(reason).includes(clean(name)));
  const lines = untold.slice(0, MAX_CASES).map(({ name, message }) => `${paint.red(signs.bad)} ${shorten(message === undefined ? name : `${name}: ${message}`, width - 2, signs.ellipsis)}`);
  const more = untold.length - MAX_CASES;
  return more > 0 ? [...lines, paint.dim(`and ${more} more ${more === 1 ? 'case' : 'cases'}, which the JSON report lists`)] : lines;
}

function shadowText({ shadow, verdict }: CheckResult): string {
  return shadow !== true ? '' : verdict === 'pass' ? 'in shadow: ' : 'in shadow, would have stopped it: ';
}

/** Without the name of the check, which stands beside it, and without host names of load balancers, which nobody can read. */
function briefReason({ name, reason }: CheckResult, { signs }: Style): string {
  const bare = reason.startsWith(`${name}: `) ? reason.slice(name.length + 2) : reason;
  return clean(bare).replace(/(https?:\/\/)[a-z0-9.-]+\.elb\.amazonaws\.com/g, `$1${signs.ellipsis}`);
}

/** Said only where it is news: several samples, none, or attempts that came to nothing. */
function countedSamples({ samples, errors }: CheckResult): string {
  const parts = [...(samples === 1 ? [] : [`${samples} samples`]), ...(errors === 0 ? [] : [`${errors} not measured`])];
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`;
}

/** `▕██░░░▏`: the share of the replacement, a step that is not nothing or everything never looks so. */
function trafficBar(replacement: number, { paint, signs }: Style): string {
  const cells = replacement <= 0 ? 0 : replacement >= 100 ? BAR : Math.min(BAR - 1, Math.max(1, Math.round((replacement * BAR) / 100)));
  const bar = `${paint.green(signs.full.repeat(cells))}${paint.dim(signs.empty.repeat(BAR - cells))}`;
  return `${paint.dim(signs.left)}${bar}${paint.dim(signs.right)}`;
}

function skippedLine(deployment: DeploymentReport, style: Style, width: number): string[] {
  const events = notBegun(deployment);
  const word = events.every(({ status }) => status === 'Skipped') ? 'skipped' : 'not begun';
  const lines = events.length === 0 ? [] : wrap(`${[...new Set(events.map(({ name }) => name))].join(', ')} ${word}`, width - LEAD);
  return lines.map((text, index) => `${' '.repeat(CLOCK + 2)}${style.paint.dim(`${index === 0 ? style.signs.skipped : ' '} ${text}`)}`);
}

function endLines(deployment: DeploymentReport, at: string, style: Style, width: number): string[] {
  const { paint } = style;
  const status = ['Succeeded', 'SUCCESSFUL'].includes(deployment.status) ? paint.green(deployment.status) : paint.red(deployment.status);
  const { errorInformation: error, rollbackInfo } = deployment;
  // A rollback that is a deployment of its own tells itself.
  const back = rollbackInfo?.rollbackDeploymentId === undefined && rollbackInfo?.rollbackTriggeringDeploymentId === undefined ? rollbackInfo?.rollbackMessage : undefined;
  const line = `${at}  ${statusMark(deployment.status, style)} ${paint.bold(status)}${error === undefined ? '' : ` ${error.code}`}`;
  const said = [...(error === undefined ? [] : [error.message]), ...(back === undefined ? [] : [back])];
  return [line, ...said.flatMap((text) => wrap(text, width - LEAD)).map((text) => `${' '.repeat(LEAD - 1)}${text}`)];
}

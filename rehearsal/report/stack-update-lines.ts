/** One stack update as lines: what it changes, what CloudFormation wrote to the listeners, and how it ended. */
import type { AliasDeploymentReport, ListenerWriteReport, StackUpdateReport } from '../../lib/model/report';
import { isCustom } from '../cloudformation/custom-types';
import type { Style } from './style';
import { clean, clock, shorten, wrap, wrapAtMost } from './text';

/** Column of the clock, and what stands before the text: clock, space, mark, space. */
const CLOCK = 8;
const LEAD = CLOCK + 5;
const REASON_LINES = 6;

/** How CloudFormation begins the reason of a custom resource: the rest is what the resource says. */
const FROM_CUSTOM_RESOURCE = /^Received response status \[FAILED\] from custom resource\. Message returned: /;

export function stackUpdateLines(update: StackUpdateReport, style: Style, indent: string): string[] {
  const { paint, signs } = style;
  const trunk = `${indent}${paint.dim(signs.trunk)}`;
  const width = style.width - indent.length - 1;
  const body = [
    ...changeLines(update, style, width),
    ...courseLines(update, style, width),
    ...endLines(update, style, width),
  ];
  return [heading(update, style, indent), ...body.map((line) => `${trunk}${line}`.trimEnd())];
}

function heading({ name, stackName }: StackUpdateReport, { paint, width, signs }: Style, indent: string): string {
  const lead = 'stack update';
  const room = width - indent.length - lead.length - stackName.length - 4;
  return `${indent}${paint.bold(`${lead} "${shorten(name, room, signs.ellipsis)}"`)}  ${paint.dim(shorten(stackName, width, signs.ellipsis))}`;
}

/** What is played by its names, what is not by its types: a new version of an app may change hundreds of resources. */
function changeLines({ start, changes }: StackUpdateReport, style: Style, width: number): string[] {
  const { paint, signs } = style;
  const line = (text: string): string[] => told(start, paint.dim(signs.dot), text, style, width);
  const atOnce = changes.filter((change) => change.atOnce === true);
  const played = changes.filter((change) => change.atOnce === undefined);
  const resources = [...new Set(played.map(({ logicalId }) => logicalId))].map((id) => changeText(id, played.filter(({ logicalId }) => logicalId === id)));
  const types = [...new Map(atOnce.map(({ logicalId, resourceType = '' }) => [logicalId, resourceType])).values()];
  const [custom, others] = [types.filter(isCustom), types.filter((type) => !isCustom(type))];
  return [
    ...(resources.length === 0 ? line('changes nothing that is played') : line(`changes ${resources.join('; ')}`)),
    ...(others.length === 0 ? [] : line(`taken to be done at once: ${counted(others)}`)),
    ...(custom.length === 0 ? [] : line(`not run: ${counted(custom)}`)),
  ];
}

function changeText(logicalId: string, changes: StackUpdateReport['changes']): string {
  const [first] = changes;
  return first?.action === undefined ? `${changes.map(({ property }) => property).join(', ')} of ${logicalId}` : `${logicalId} (${first.action})`;
}

function counted(types: readonly string[]): string {
  const distinct = [...new Set(types)].sort();
  return distinct.map((type) => `${types.filter((other) => other === type).length} ${type}`).join(', ');
}

/** What was written before CloudFormation gave the update up, why it did, and what was written after that. */
function courseLines({ events, listeners, deployments = [], reason }: StackUpdateReport, style: Style, width: number): string[] {
  const { paint, signs } = style;
  const lines = (back: boolean): string[] => [
    ...listeners.filter(({ rollback = false }) => rollback === back).flatMap((write) => told(write.at, ...writeText(write, style), style, width)),
    ...deployments.filter(({ rollback = false }) => rollback === back).flatMap((deployment) => told(deployment.at, paint.dim(signs.dot), deploymentText(deployment, signs.arrow), style, width)),
  ];
  const back = events.find(({ status }) => status === 'UPDATE_ROLLBACK_IN_PROGRESS');
  if (back === undefined) {
    return lines(false);
  }
  const why = reason === undefined ? [] : wrapAtMost(REASON_LINES, clean(reason).replace(FROM_CUSTOM_RESOURCE, ''), width - LEAD, signs.ellipsis);
  return [
    ...lines(false),
    ...told(back.at, paint.red(signs.bad), 'fails, and is rolled back', style, width),
    ...why.map((line) => `${' '.repeat(LEAD - 1)}${paint.dim(line)}`),
    ...lines(true),
  ];
}

const deploymentText = ({ deploymentId, currentVersion, targetVersion, rollback }: AliasDeploymentReport, arrow: string): string =>
  `starts ${deploymentId}, ${rollback === true ? 'back, ' : ''}version ${currentVersion} ${arrow} ${targetVersion}`;

function writeText({ listener, targetGroup, version, versionBefore }: ListenerWriteReport, { paint, signs }: Style): [string, string] {
  const to = `${listener} listener ${signs.arrow} ${targetGroup === 'other' ? 'another target group' : targetGroup}`;
  if (version === null) {
    const before = versionBefore === null ? '' : ` (before: ${versionBefore})`;
    // The test listener of a service that has not been released yet is on an empty target group by right.
    return listener === 'production' ? [paint.red(signs.bad), paint.red(`${to}, in which no task runs${before}`)] : [paint.dim(signs.dot), `${to}, in which no task runs`];
  }
  const moved = version !== versionBefore;
  return [moved && listener === 'production' ? paint.yellow(signs.alarm) : paint.green(signs.good), `${to}, which runs ${version}${moved ? ` (before: ${versionBefore ?? 'no task'})` : ''}`];
}

function endLines({ status, expected, end, listeners, deployments }: StackUpdateReport, style: Style, width: number): string[] {
  const { paint, signs } = style;
  const good = status === expected;
  const mark = good ? (status === 'UPDATE_COMPLETE' ? paint.green(signs.good) : paint.yellow(signs.back)) : paint.red(signs.bad);
  const untouched = deployments === undefined ? (listeners.length === 0 ? ', no listener was written' : '') : deployments.length === 0 ? ', no deployment was started' : '';
  const text = `${status}${good ? (status === 'UPDATE_COMPLETE' ? '' : ', as expected') : `, expected ${expected}`}${untouched}`;
  return told(end, mark, text, style, width);
}

function told(at: number, mark: string, text: string, { paint }: Style, width: number): string[] {
  const [first = '', ...rest] = wrap(text, width - LEAD);
  return [`${paint.dim(clock(at).padStart(CLOCK))}  ${mark} ${first}`, ...rest.map((line) => `${' '.repeat(LEAD - 1)}${line}`)];
}

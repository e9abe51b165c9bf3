/** A story as a table for the terminal. */
import { wrapAtMost } from '../report/text';
import type { Style } from '../report/style';
import type { PlayedStep, Story } from './scribe';

const COLUMNS: readonly { readonly title: string; readonly of: (step: PlayedStep) => string }[] = [
  { title: 'step', of: ({ name }) => name },
  { title: 'started', of: ({ started, wanted }) => (started === wanted ? `${started}` : `${started}, wanted ${wanted}`) },
  { title: 'stack', of: ({ stackStatus, wantedStatus }) => (stackStatus === wantedStatus ? stackStatus : `${stackStatus}, wanted ${wantedStatus}`) },
  { title: 'revision', of: ({ running }) => running.split(':').at(-1) ?? running },
  { title: 'answer', of: ({ answer }) => answer },
];

/** Lines that the reason of a failure may take. */
const REASON_LINES = 4;

export function replayTable({ title, steps, requests, badlyAnswered, leftBehind }: Story, { width, paint, signs }: Style): string {
  const widths = COLUMNS.map((column) => Math.max(column.title.length, ...steps.map((step) => column.of(step).length)));
  const line = (cells: readonly string[]): string => cells.map((cell, index) => cell.padEnd(widths[index] ?? 0)).join('  ').trimEnd();
  const row = (step: PlayedStep): readonly string[] => [
    `${isGood(step) ? paint.green(signs.good) : paint.red(signs.bad)} ${line(COLUMNS.map(({ of }) => of(step)))}`,
    ...wrapAtMost(REASON_LINES, step.reason ?? '', width - 4, signs.ellipsis).filter((text) => text !== '').map((text) => `    ${paint.dim(text)}`),
  ];
  const answered = badlyAnswered === 0 ? `each of ${requests} requests got one answer` : `${badlyAnswered} of ${requests} requests got no answer, or more than one`;
  const left = leftBehind === undefined ? '' : leftBehind.length === 0 ? '; nothing is left behind' : `; left behind: ${leftBehind.join(', ')}`;
  return [paint.bold(title), '', `  ${paint.dim(line(COLUMNS.map((column) => column.title)))}`, ...steps.flatMap(row), '', `  ${summary(steps)}; ${answered}${left}`, ''].join('\n');
}

/** Whether everything went as it should. */
export function isAsWanted({ steps, badlyAnswered, leftBehind = [] }: Story): boolean {
  return badlyAnswered === 0 && leftBehind.length === 0 && steps.every(isGood);
}

const isGood = ({ started, wanted, stackStatus, wantedStatus }: PlayedStep): boolean => started === wanted && stackStatus === wantedStatus;

function summary(steps: readonly PlayedStep[]): string {
  const { started = 0, wanted = 0 } = steps.at(-1) ?? {};
  return `${started} ${started === 1 ? 'deployment' : 'deployments'} started, ${wanted} wanted`;
}

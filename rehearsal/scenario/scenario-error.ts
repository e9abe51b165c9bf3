import type { LineCounter } from 'yaml';

import { UserError } from '../report/user-error';
import type { Problem } from './reader';

/** Problems that are shown of one file; the rest is only counted. */
const MAX_SHOWN = 10;

/** Longest piece of a line that is shown, in characters. */
const MAX_WIDTH = 100;

/** The error about a scenario file: each problem with its line, and a marker below what is wrong. */
export function scenarioError(file: string, text: string, lines: LineCounter, problems: readonly Problem[]): UserError {
  const sorted = [...problems].sort((a, b) => a.start - b.start);
  const shown = sorted.slice(0, MAX_SHOWN).map((problem) => drawn(file, text, lines, problem));
  const rest = sorted.length - shown.length;
  const more = rest > 0 ? [`and ${rest} more ${rest === 1 ? 'problem' : 'problems'} in ${file}`] : [];
  return new UserError([...shown, ...more].join('\n\n'));
}

function drawn(file: string, text: string, lines: LineCounter, problem: Problem): string {
  const { line, col } = lines.linePos(Math.min(problem.start, Math.max(0, text.length - 1)));
  const source = (text.split('\n')[line - 1] ?? '').replace(/\r$/, '').replaceAll('\t', ' ');
  // A value may go on over several lines; the marker stays on the first.
  const length = Math.max(1, Math.min(problem.end - problem.start, source.length - col + 1));
  const from = Math.max(0, col - 1 + Math.min(length, 20) - MAX_WIDTH);
  const gutter = ' '.repeat(String(line).length);
  const marker = ' '.repeat(Math.max(0, col - 1 - from)) + '^'.repeat(Math.min(length, MAX_WIDTH));
  return [
    `${file}:${line}:${col}: ${problem.message}`,
    `  ${line} | ${source.slice(from, from + MAX_WIDTH)}`,
    `  ${gutter} | ${marker}`,
  ].join('\n');
}

/** The report of a rehearsal as a timeline for the terminal. */
import type { Outcome, Report } from '../../lib/model/report';
import { autoScalingLines } from './auto-scaling-lines';
import { deploymentLines } from './deployment-lines';
import { fidelityLines, findingLines, permissionLines } from './report-sections';
import { stackUpdateLines } from './stack-update-lines';
import type { Style } from './style';
import { duration, shorten } from './text';
import { deploymentTrees } from './timeline';

/** What the report itself does not say. */
export interface Surroundings {
  /** Files that hold the report in other forms. */
  readonly files?: readonly string[];
}

/** Lines of text that end with a line end. */
export function renderReport(report: Report, style: Style, { files = [] }: Surroundings = {}): string {
  const sections = [
    headerLines(report, style),
    ...inOrder(report, style),
    autoScalingLines(report, style),
    permissionLines(report, style),
    findingLines(report, style),
    [...fidelityLines(report, style), ...fileLines(files, style), ...timingLines(report, style)],
  ];
  return `${sections.filter((lines) => lines.length > 0).map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

/** Deployments with their rollbacks, and stack updates, by the time at which they began. */
function inOrder(report: Report, style: Style): string[][] {
  const deployments = deploymentTrees(report).map(({ deployment, rollback }) => ({
    at: deployment.createTime,
    lines: [...deploymentLines(report, deployment, style, '  '), ...(rollback === undefined ? [] : rollbackLines(report, rollback, style))],
  }));
  const updates = report.stackUpdates.map((update) => ({ at: update.start, lines: stackUpdateLines(update, style, '  ') }));
  return [...deployments, ...updates].sort((a, b) => a.at - b.at).map(({ lines }) => lines);
}

function headerLines(report: Report, style: Style): string[] {
  const { paint, signs } = style;
  const [word, sign, color] = outcomeStyle(report.outcome, style);
  const badge = `${sign} ${word}`;
  const { expected, outcome } = report;
  const aim = expected === undefined ? '' : expected === outcome ? ', as expected' : `, expected ${outcomeStyle(expected, style)[0]}`;
  const details = [report.scenario, `seed ${report.seed}`].filter((part) => part !== undefined).join(` ${signs.dot} `);
  const name = shorten(report.rollout, Math.floor(style.width / 2), signs.ellipsis);
  const shown = shorten(details, style.width - name.length - badge.length - aim.length - 6, signs.ellipsis);
  const gap = ' '.repeat(Math.max(1, style.width - 4 - name.length - shown.length - badge.length - aim.length));
  const rule = paint.dim(signs.line.repeat(style.width - 2));
  const verdict = `${color(paint.bold(badge))}${expected === outcome ? paint.dim(aim) : paint.red(aim)}`;
  return [`  ${paint.bold(name)}  ${paint.dim(shown)}${gap}${verdict}`, `  ${rule}`];
}

function outcomeStyle(outcome: Outcome, { paint, signs }: Style): [string, string, (text: string) => string] {
  switch (outcome) {
    case 'released':
      return ['released', signs.good, paint.green];
    case 'rolledBack':
      return ['rolled back', signs.back, paint.yellow];
    case 'stopped':
      return ['stopped', signs.bad, paint.red];
    case 'failed':
      return ['failed', signs.bad, paint.red];
  }
}

function rollbackLines(report: Report, rollback: Report['deployments'][number], style: Style): string[] {
  const { paint, signs } = style;
  const trunk = `  ${paint.dim(signs.trunk)}`;
  const [heading = '', ...rest] = deploymentLines(report, rollback, style, '     ');
  return [trunk, `  ${paint.dim(signs.branch)} ${heading.trimStart()}`, ...rest];
}

function fileLines(files: readonly string[], { paint }: Style): string[] {
  return files.map((file, index) => `  ${paint.dim((index === 0 ? 'Report' : '').padEnd(10))}${file}`);
}

function timingLines({ timing }: Report, { paint }: Style): string[] {
  return [`  ${paint.dim('Time'.padEnd(10))}${duration(timing.virtualSeconds)} of virtual time in ${duration(timing.wallMs / 1000)}`];
}

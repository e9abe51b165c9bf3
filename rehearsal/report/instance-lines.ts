/** The instances of a deployment as a few lines, however many there are: batches, revisions before and after, and what failed. */
import type { InstanceBatchesReport, InstanceCounts, InstancesReport } from '../../lib/model/report';
import type { Style } from './style';
import { clean, shorten, wrapAtMost } from './text';

/** What a terminal shows; the JSON report has all. */
const MAX_GROUPS = 12;
const MAX_FAILURES = 5;

/** Lines as wide as this, which stand below the events of the deployment. */
export function instanceLines(instances: InstancesReport, style: Style, width: number): string[] {
  return [...batchLines(instances, style, width), ...revisionLines(instances, style, width), ...failureLines(instances, style, width)];
}

/** `3 succeeded, 1 failed`; the number alone where it is the same for all. */
export function countsText(counts: InstanceCounts): string {
  const parts = Object.entries(counts).filter(([, count]) => count > 0);
  const total = parts.reduce((sum, [, count]) => sum + count, 0);
  return parts.length === 1 ? `${total}` : parts.map(([status, count]) => `${count} ${status.toLowerCase()}`).join(', ');
}

function batchLines({ batches, predictedBatches, mostAtATime, revisions }: InstancesReport, { paint, signs }: Style, width: number): string[] {
  if (batches.length === 0) {
    return predictedBatches.length === 0 && !nothingIsInstalled(revisions) ? [paint.dim('no batch can start')] : [];
  }
  const played = batches.map(batchText).join(` ${signs.arrow} `);
  const predicted = predictedBatches.map(batchText).join(` ${signs.arrow} `);
  const differs = played === predicted ? 'as predicted' : `predicted ${predicted || 'none'}`;
  return wrapAtMost(3, `batches: ${played} (${differs}), ${mostAtATime} at a time at most`, width, signs.ellipsis).map((line) => paint.dim(line));
}

/** A rollback of blue/green brings back the traffic alone. */
const nothingIsInstalled = (revisions: InstancesReport['revisions']): boolean => revisions.length > 0 && revisions.every(({ environment, before, after }) => environment !== undefined && before === after);

const batchText = ({ zone, batches, instances }: InstanceBatchesReport): string => `${batches === 1 ? '' : `${batches} × `}${instances}${zone === undefined ? '' : ` in ${zone}`}`;

function revisionLines({ revisions }: InstancesReport, { paint, signs }: Style, width: number): string[] {
  const widest = (texts: readonly string[]): number => Math.max(...texts.map(({ length }) => length));
  const most = widest(revisions.map(({ count }) => String(count)));
  const longest = widest(revisions.map(({ status }) => status));
  const place = widest(revisions.map(({ zone }) => zone));
  const side = widest(revisions.map(({ environment = '' }) => environment));
  // Which environment they are of tells more than the name of their group.
  const several = side === 0 && new Set(revisions.map(({ autoScalingGroup }) => autoScalingGroup)).size > 1;
  const lines = revisions.map(({ environment, zone, autoScalingGroup, status, before, after, count }) => {
    const change = before === after ? (before ?? 'nothing installed') : `${before ?? 'nothing'} ${signs.arrow} ${after ?? 'nothing'}`;
    const color = status === 'Succeeded' ? paint.green : status === 'Failed' ? paint.red : paint.dim;
    const group = several && autoScalingGroup !== undefined ? ` in ${autoScalingGroup}` : '';
    const where = side === 0 ? zone.padEnd(place) : `${(environment ?? '').padEnd(side)}  ${zone.padEnd(place)}`;
    const text = shorten(`${change}${group}`, width - most - longest - where.length - 6, signs.ellipsis);
    return `${String(count).padStart(most)}  ${color(status.padEnd(longest))}  ${where}  ${text}`;
  });
  return bounded(lines, MAX_GROUPS, 'groups of instances', paint.dim);
}

/** Each with what its agent said below, and what the script said last. */
function failureLines({ failures }: InstancesReport, { paint, signs }: Style, width: number): string[] {
  const blocks = failures.map(({ instance, zone, event, errorCode, message, logTail }) => {
    const said = logTail === undefined ? message : `${message} ${signs.dot} ${clean(logTail.trim().split('\n').at(-1)!)}`;
    const head = shorten(`${instance} ${zone} ${event} ${errorCode}`, width - 2, signs.ellipsis);
    return [`${paint.red(signs.bad)} ${head}`, ...wrapAtMost(3, said, width - 2, signs.ellipsis).map((line) => `  ${paint.dim(line)}`)].join('\n');
  });
  return bounded(blocks, MAX_FAILURES, 'failures', paint.dim).flatMap((block) => block.split('\n'));
}

function bounded(lines: readonly string[], most: number, what: string, dim: (text: string) => string): string[] {
  const more = lines.length - most;
  return more > 0 ? [...lines.slice(0, most), dim(`and ${more} more ${what}, which the JSON report lists`)] : [...lines];
}

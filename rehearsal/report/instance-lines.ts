/** The instances of a deployment as a few lines, however many there are: batches, revisions before and after, and what failed. */
import type { InstanceBatchesReport, InstanceCounts, InstanceFailureReport, InstancesReport } from '../../lib/model/report';
import type { Style } from './style';
import { clean, shorten, wrapAtMost } from './text';

/** Lines of one kind that a terminal shows; the JSON report has all. */
const MAX_LINES = 12;

/** Lines as wide as this, which stand below the events of the deployment. */
export function instanceLines(instances: InstancesReport, style: Style, width: number): string[] {
  return [...batchLines(instances, style, width), ...revisionLines(instances, style, width), ...failureLines(instances, style, width)];
}

/** `3 of 4 succeeded`; nothing where an event came to the same on all. */
export function countsText(counts: InstanceCounts): string {
  const parts = Object.entries(counts).filter(([, count]) => count > 0);
  const total = parts.reduce((sum, [, count]) => sum + count, 0);
  return parts.length === 1 ? `${total}` : parts.map(([status, count]) => `${count} ${status.toLowerCase()}`).join(', ');
}

function batchLines({ batches, predictedBatches, mostAtATime }: InstancesReport, { paint, signs }: Style, width: number): string[] {
  if (batches.length === 0) {
    return predictedBatches.length === 0 ? [paint.dim('no batch can start')] : [];
  }
  const played = batches.map(batchText).join(` ${signs.arrow} `);
  const predicted = predictedBatches.map(batchText).join(` ${signs.arrow} `);
  const differs = played === predicted ? 'as predicted' : `predicted ${predicted || 'none'}`;
  return wrapAtMost(3, `batches: ${played} (${differs}), ${mostAtATime} at a time at most`, width, signs.ellipsis).map((line) => paint.dim(line));
}

const batchText = ({ zone, batches, instances }: InstanceBatchesReport): string => `${batches === 1 ? '' : `${batches} × `}${instances}${zone === undefined ? '' : ` in ${zone}`}`;

function revisionLines({ revisions }: InstancesReport, { paint, signs }: Style, width: number): string[] {
  const most = Math.max(...revisions.map(({ count }) => String(count).length));
  const lines = revisions.map(({ zone, autoScalingGroup, status, before, after, count }) => {
    const change = before === after ? `${before ?? 'nothing'}` : `${before ?? 'nothing'} ${signs.arrow} ${after ?? 'nothing'}`;
    const color = status === 'Succeeded' ? paint.green : status === 'Failed' ? paint.red : paint.dim;
    const room = width - most - 4 - status.length;
    const text = `${zone}  ${change}${autoScalingGroup === undefined ? '' : `  ${autoScalingGroup}`}`;
    return `${String(count).padStart(most)}  ${color(status)}  ${shorten(text, room, signs.ellipsis)}`;
  });
  return bounded(lines, 'groups of instances', paint.dim);
}

function failureLines({ failures }: InstancesReport, style: Style, width: number): string[] {
  const { paint } = style;
  return bounded(failures.flatMap((failure) => [failureLine(failure, style, width)]), 'failures', paint.dim);
}

function failureLine({ instance, zone, event, errorCode, message, logTail }: InstanceFailureReport, { paint, signs }: Style, width: number): string {
  const said = logTail === undefined ? '' : ` ${signs.dot} ${clean(logTail)}`;
  const text = shorten(`${zone}  ${event}: ${message}${said} (${errorCode})`, width - instance.length - 4, signs.ellipsis);
  return `${paint.red(signs.bad)} ${instance}  ${text}`;
}

function bounded(lines: readonly string[], what: string, dim: (text: string) => string): string[] {
  const more = lines.length - MAX_LINES;
  return more > 0 ? [...lines.slice(0, MAX_LINES), dim(`and ${more} more ${what}, which the JSON report lists`)] : [...lines];
}

/** The gates of a deployment to EC2/on-premises, and its ready wait, as lines. */
import type { GateReport } from '../../lib/model/report';
import { shorten } from './text';
import type { Style } from './style';

/** Instances that a line names; the JSON report names all. */
const NAMED = 3;

/** `4 instances`, or those that there are by name. */
export function instancesText(instances: readonly string[]): string {
  return instances.length > NAMED ? `${instances.length} instances` : instances.join(', ');
}

/** What a gate came to, for the line of it. */
export function gateText({ gate, function: name, verdict, instances }: GateReport, { paint, signs }: Style, width: number): string {
  const color = { pass: paint.green, fail: paint.red, inconclusive: paint.yellow, none: paint.yellow }[verdict];
  const mark = color({ pass: signs.good, fail: signs.bad, inconclusive: signs.unknown, none: signs.unknown }[verdict]);
  const said = verdict === 'none' ? 'came to no verdict' : verdict;
  const about = instances.length === 0 ? '' : ` ${signs.dot} ${instancesText(instances)}`;
  const room = width - gate.length - said.length - about.length - 10;
  return `${mark} gate ${gate} ${color(said)}${about} ${paint.dim(shorten(name, Math.max(room, 8), signs.ellipsis))}`;
}

/** The Auto Scaling groups that there are at the end of a rollout in blue/green. */
import type { AutoScalingGroupReport, Report } from '../../lib/model/report';
import type { Style } from './style';
import { clock, shorten, wrapAtMost } from './text';

/** What a terminal shows; the JSON report has all. */
const MAX_GROUPS = 6;

export function autoScalingLines({ autoScalingGroups = [] }: Report, { paint, signs, width }: Style): string[] {
  const groups = autoScalingGroups.map(({ name, instances, isOfDeploymentGroup, desired }) => {
    const count = `${instances} instance${instances === 1 ? '' : 's'}`;
    const serves = isOfDeploymentGroup ? ', of the deployment group' : '';
    const head = `${shorten(name, width - 14 - count.length - serves.length, signs.ellipsis)}  ${paint.dim(`${count}${serves}`)}`;
    return [head, ...changesLines(desired, signs, width - 14).map((line) => `  ${paint.dim(line)}`)];
  });
  const more = groups.length - MAX_GROUPS;
  const shown = more > 0 ? [...groups.slice(0, MAX_GROUPS), [paint.dim(`and ${more} more, which the JSON report lists`)]] : groups;
  return shown.flat().map((text, index) => `  ${paint.dim((index === 0 ? 'Groups' : '').padEnd(10))}${text}`);
}

/** `4 → 0 at 33:39`: nothing where it never changed. */
function changesLines(desired: AutoScalingGroupReport['desired'], { arrow, ellipsis }: Style['signs'], width: number): string[] {
  const [first, ...changes] = desired;
  return first === undefined || changes.length === 0 ? [] : wrapAtMost(2, `${first.instances} ${changes.map(({ at, instances }) => `${arrow} ${instances} at ${clock(at)}`).join(' ')}`, width, ellipsis);
}

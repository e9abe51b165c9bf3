/** The Auto Scaling groups that there are at the end of a rollout in blue/green. */
import type { Report } from '../../lib/model/report';
import type { Style } from './style';
import { shorten } from './text';

/** What a terminal shows; the JSON report has all. */
const MAX_GROUPS = 6;

export function autoScalingLines({ autoScalingGroups = [] }: Report, { paint, signs, width }: Style): string[] {
  const groups = autoScalingGroups.map(({ name, instances, isOfDeploymentGroup }) => {
    const count = `${instances} instance${instances === 1 ? '' : 's'}`;
    const serves = isOfDeploymentGroup ? `, the deployment group's own` : '';
    return `${shorten(name, width - 14 - count.length - serves.length, signs.ellipsis)}  ${paint.dim(`${count}${serves}`)}`;
  });
  const more = groups.length - MAX_GROUPS;
  const shown = more > 0 ? [...groups.slice(0, MAX_GROUPS), paint.dim(`and ${more} more, which the JSON report lists`)] : groups;
  return shown.map((text, index) => `  ${paint.dim((index === 0 ? 'Groups' : '').padEnd(10))}${text}`);
}

/** The gates of a deployment to EC2/on-premises, and its ready wait, as lines. */
import type { CheckResult } from '../../lib/model/hook-contract';
import type { GateReport } from '../../lib/model/report';
import { shorten } from './text';
import type { Style } from './style';

/** Instances that a line names; the JSON report names all. */
const NAMED = 3;
/** Less of a function's name tells nobody anything. */
const NARROWEST_NAME = 8;

/** `4 instances`, or those that there are by name. */
export function instancesText(instances: readonly string[]): string {
  return instances.length > NAMED ? `${instances.length} instances` : instances.join(', ');
}

/** What a gate came to, for the line of it. */
export function gateText({ gate, function: name, verdict, report, instances }: GateReport, { paint, signs }: Style, width: number): string {
  const held = verdict === 'pass' && report !== 'none';
  const color = held ? paint.green : verdict === 'inconclusive' ? paint.yellow : paint.red;
  const mark = color(held ? signs.good : verdict === 'inconclusive' ? signs.unknown : signs.bad);
  const said = verdict === 'none' ? 'came to no verdict' : report === 'none' ? `${verdict}, which did not get through` : verdict;
  const about = instances.length === 0 ? '' : ` ${signs.dot} ${instancesText(instances)}`;
  const room = width - gate.length - said.length - about.length - 10;
  const whose = room < NARROWEST_NAME ? '' : ` ${paint.dim(shorten(name, room, signs.ellipsis))}`;
  return `${mark} gate ${gate} ${color(said)}${about}${whose}`;
}

export interface InstanceChecks {
  readonly instance: string;
  /** Without the instance, which the handler names with each. */
  readonly checks: readonly CheckResult[];
}

/** The checks of several instances, those first that did not all pass; undefined where they are not about several. */
export function checksByInstance({ checks, instances }: Pick<GateReport, 'checks' | 'instances'>): readonly InstanceChecks[] | undefined {
  const groups = instances.map((instance) => {
    const suffix = ` (${instance})`;
    return { instance, checks: checks.filter(({ name }) => name.endsWith(suffix)).map((check) => ({ ...check, name: check.name.slice(0, -suffix.length) })) };
  });
  const told = groups.filter(({ checks: own }) => own.length > 0);
  const several = told.length > 1 && told.reduce((sum, { checks: own }) => sum + own.length, 0) === checks.length;
  return several ? [...told.filter((group) => !allPass(group)), ...told.filter(allPass)] : undefined;
}

export const allPass = ({ checks }: InstanceChecks): boolean => checks.every(({ verdict }) => verdict === 'pass');

/** Instances whose checks a terminal shows; the JSON report has all. */
export const MAX_CHECKED = 4;

/** `✔ i-0a1b  3 checks passed`. */
export function instanceText(group: InstanceChecks, { paint, signs }: Style): string {
  const { instance, checks } = group;
  const passed = checks.filter(({ verdict }) => verdict === 'pass').length;
  const of = allPass(group) ? `${passed}` : `${passed} of ${checks.length}`;
  return `${allPass(group) ? paint.green(signs.good) : paint.red(signs.bad)} ${instance}  ${paint.dim(`${of} check${checks.length === 1 ? '' : 's'} passed`)}`;
}

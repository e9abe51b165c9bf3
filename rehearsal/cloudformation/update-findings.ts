/** What stack updates did to production, as findings. */
import type { ListenerWriteReport, StackUpdateReport } from '../../lib/model/report';
import type { Finding } from '../../lib/model/rollout';

/** Where production is when everything is over. */
export interface ProductionInTheEnd {
  /** Requests in a second. */
  readonly load: number;
  /** The version that the service's primary task set runs. */
  readonly primary: string | null;
  /** Target groups with a share of the traffic, and what runs in them. */
  readonly production: readonly { readonly name: ListenerWriteReport['targetGroup']; readonly version: string | null }[];
}

const GROUPS: Readonly<Record<ListenerWriteReport['targetGroup'], string>> = {
  blue: 'the blue target group',
  green: 'the green target group',
  other: "a target group that is neither of the rollout's two",
};

const GUARD = "let the rollout guard its listeners ('listenerGuard', which is on by default), or keep changes of the listener out of stacks whose traffic CodeDeploy moves";

export function updateFindings(updates: readonly StackUpdateReport[], end: ProductionInTheEnd): readonly Finding[] {
  const emptied = updates.flatMap((update) => update.listeners.filter(({ listener, version }) => listener === 'production' && version === null).map((write) => onEmpty(update, write, end)));
  const unlike = otherEnds(updates);
  const last = updates.findLast(({ listeners }) => listeners.some(({ listener }) => listener === 'production'));
  return [...emptied, ...(emptied.length > 0 || last === undefined ? [] : inTheEnd(last, end)), ...unlike];
}

/** Whether a rehearsal has failed by this. */
export const isFailure = ({ level }: Finding): boolean => level === 'error';

function onEmpty({ name }: StackUpdateReport, { targetGroup, versionBefore }: ListenerWriteReport, { load }: ProductionInTheEnd): Finding {
  const from = versionBefore === null ? '' : `, away from ${versionBefore}`;
  const requests = load === 0 ? 'every request is' : `${load} requests a second are`;
  return {
    id: 'production-on-empty-target-group',
    level: 'error',
    message: `stack update "${name}" sent production traffic to ${GROUPS[targetGroup]}, in which no task runs${from}: ${requests} answered with 503`,
    remedy: GUARD,
  };
}

/** An update can also send production to what was on its way out. */
function inTheEnd({ name }: StackUpdateReport, { primary, production }: ProductionInTheEnd): readonly Finding[] {
  return production
    .filter(({ version }) => version !== primary)
    .map(({ name: group, version }) => ({
      id: version === null ? 'production-on-empty-target-group' : 'production-on-other-version',
      level: 'error' as const,
      message: `after stack update "${name}" production traffic goes to ${GROUPS[group]}, in which ${version === null ? 'no task' : version} runs; the service's primary task set runs ${primary ?? 'nothing'}`,
      remedy: GUARD,
    }));
}

/** Updates that have not ended as the scenario expects. */
export const otherEnds = (updates: readonly StackUpdateReport[]): readonly Finding[] => updates.filter(({ status, expected }) => status !== expected).map(otherEnd);

function otherEnd({ name, status, expected, reason }: StackUpdateReport): Finding {
  return {
    id: 'stack-update-not-as-expected',
    level: 'error',
    message: `stack update "${name}" ended in ${status}, and the scenario expects ${expected}${reason === undefined ? '' : `: ${reason}`}`,
    remedy: "look at the update's events in the JSON report, or change its 'expect'",
  };
}

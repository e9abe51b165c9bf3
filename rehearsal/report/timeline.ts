/** Puts what happened during one deployment into the order of time. */
import type { AlarmReport, DeploymentReport, GateReport, LifecycleEventReport, Report } from '../../lib/model/report';

type Transition = AlarmReport['transitions'][number];
type Traffic = DeploymentReport['traffic'][number];

export type Entry =
  | { readonly kind: 'event'; readonly at: number; readonly event: LifecycleEventReport }
  | { readonly kind: 'traffic'; readonly at: number; readonly traffic: Traffic }
  | { readonly kind: 'alarm'; readonly at: number; readonly name: string; readonly transition: Transition }
  | { readonly kind: 'wait'; readonly at: number; readonly end: number | null; readonly name: 'ready wait' | 'termination wait' }
  | { readonly kind: 'gate'; readonly at: number; readonly gate: GateReport }
  | { readonly kind: 'end'; readonly at: number };

/** What stands first where several things happen at the same moment. */
const RANK = { event: 0, wait: 1, traffic: 2, gate: 3, alarm: 4, end: 5 } as const;

/** Runs of gates that a timeline shows; the JSON report has all. */
export const MAX_GATES = 12;

/** Events that began, the ready wait, traffic that moved, gates, the alarm transitions that fall into this deployment, and its end. */
export function timelineOf(report: Report, deployment: DeploymentReport): readonly Entry[] {
  const events = deployment.lifecycleEvents.flatMap((event): Entry[] =>
    event.start === null ? [] : [{ kind: 'event', at: event.start, event }],
  );
  const moves = deployment.traffic.filter(({ replacement }, index, all) => replacement !== (all[index - 1]?.replacement ?? 0));
  const traffic = moves.map((change): Entry => ({ kind: 'traffic', at: change.at, traffic: change }));
  const alarms = report.alarms.flatMap(({ name, transitions }) =>
    transitions
      .filter((transition) => isNews(transition) && belongsTo(report, deployment, transition.at))
      .map((transition): Entry => ({ kind: 'alarm', at: transition.at, name, transition })),
  );
  const end: Entry[] = deployment.completeTime === null ? [] : [{ kind: 'end', at: deployment.completeTime }];
  const { readyWait, terminationWait } = deployment;
  const waits = [...(readyWait === undefined ? [] : [waitEntry('ready wait', readyWait)]), ...(terminationWait === undefined ? [] : [waitEntry('termination wait', terminationWait)])];
  const gates = (deployment.gates ?? []).slice(0, MAX_GATES).map((gate): Entry => ({ kind: 'gate', at: gate.at, gate }));
  return [...events, ...waits, ...traffic, ...gates, ...alarms, ...end].sort((a, b) => a.at - b.at || RANK[a.kind] - RANK[b.kind]);
}

const waitEntry = (name: 'ready wait' | 'termination wait', { start, end }: { readonly start: number; readonly end: number | null }): Entry => ({ kind: 'wait', at: start, end, name });

/** Every alarm gets its first data at some time; that alone tells nobody anything. */
function isNews({ from, to }: Transition): boolean {
  return !(from === 'INSUFFICIENT_DATA' && to === 'OK');
}

/** A moment belongs to the deployment that was created last before it; what came before all of them to the first. */
function belongsTo(report: Report, deployment: DeploymentReport, at: number): boolean {
  const inOrder = report.deployments.toSorted((a, b) => a.createTime - b.createTime);
  const owner = inOrder.findLast(({ createTime }) => createTime <= at) ?? inOrder[0];
  return owner?.deploymentId === deployment.deploymentId;
}

/** Names of the events that never began. */
export function notBegun(deployment: DeploymentReport): readonly LifecycleEventReport[] {
  return deployment.lifecycleEvents.filter(({ start }) => start === null);
}

export interface DeploymentTree {
  readonly deployment: DeploymentReport;
  readonly rollback?: DeploymentReport;
}

/** Deployments that no other one caused, each with the rollback that it caused, if any. */
export function deploymentTrees(report: Report): readonly DeploymentTree[] {
  const known = new Set(report.deployments.map(({ deploymentId }) => deploymentId));
  const cause = (deployment: DeploymentReport): string | undefined => deployment.rollbackInfo?.rollbackTriggeringDeploymentId;
  const roots = report.deployments.filter((deployment) => !known.has(cause(deployment) ?? ''));
  return roots.map((deployment) => {
    const rollback = report.deployments.find((other) => cause(other) === deployment.deploymentId);
    return rollback === undefined ? { deployment } : { deployment, rollback };
  });
}

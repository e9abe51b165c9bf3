/** The task sets of a deployment, as GetDeploymentTarget tells them. */
import type { TaskSetInfo } from './deployment-record';
import type { TargetGroups, TaskSet } from './target-groups';

interface Pair {
  readonly original: string;
  readonly replacement: string;
  readonly replacementMadeBy: string;
}

/** The replacement is listed once this deployment made it; what an earlier one left there is not its business. */
export function taskSetsInfo(targets: TargetGroups, pair: Pair, desiredCount: number): readonly TaskSetInfo[] {
  const other = targets.taskSet(pair.replacement);
  const replacement = other?.deploymentId === pair.replacementMadeBy ? other : undefined;
  return [
    ...info(targets, pair.original, targets.taskSet(pair.original), 'Blue', desiredCount),
    ...info(targets, pair.replacement, replacement, 'Green', desiredCount),
  ];
}

type Label = TaskSetInfo['taskSetLabel'];

function info(targets: TargetGroups, name: string, set: TaskSet | undefined, taskSetLabel: Label, count: number): TaskSetInfo[] {
  if (set === undefined) {
    return [];
  }
  const status = set.state === 'draining' ? 'DRAINING' : targets.primary === name ? 'PRIMARY' : 'ACTIVE';
  return [
    {
      identifer: set.id,
      desiredCount: set.state === 'draining' ? 0 : count,
      pendingCount: set.state === 'starting' ? count : 0,
      runningCount: set.state === 'running' ? count : 0,
      status,
      trafficWeight: targets.weight(name),
      targetGroup: { name },
      taskSetLabel,
    },
  ];
}

/** The task sets of a service whose deployments CodeDeploy controls, as ECS tells them. */
import type { EcsTargetService } from '../../lib/model/appspec';
import type { DeploymentGroupModel } from './deployment-group';
import type { TargetGroups, TaskSet } from './target-groups';

/** What a task set runs, and where. */
export type ServiceRevision = EcsTargetService['Properties'];

export interface ServiceTaskSet {
  /** `ecs-svc/<19 digits>` */
  readonly id: string;
  readonly status: 'PRIMARY' | 'ACTIVE' | 'DRAINING';
  /** Id of the deployment that made it; the first task set has none. */
  readonly externalId?: string;
  readonly targetGroupArn: string;
  /** What the AppSpec leaves out is as in the task set before. */
  readonly revision: ServiceRevision;
  readonly desiredCount: number;
  readonly pendingCount: number;
  readonly runningCount: number;
  readonly createdAt: number;
}

/**
 * @param first what the task set runs that no deployment made
 * @param appSpecOf what a deployment's AppSpec says
 */
export function serviceTaskSets(
  group: DeploymentGroupModel,
  targets: TargetGroups,
  first: ServiceRevision,
  appSpecOf: (deploymentId: string) => ServiceRevision,
): readonly ServiceTaskSet[] {
  const revisionOf = (set: TaskSet | undefined): ServiceRevision =>
    set?.deploymentId === undefined ? first : { ...revisionOf(set.before), ...appSpecOf(set.deploymentId) };
  return group.targetGroups
    .flatMap(({ name, arn }) => {
      const set = targets.taskSet(name);
      return set === undefined ? [] : [told(set, targets.primary === name, arn, revisionOf(set), group.desiredCount ?? 1)];
    })
    .sort((a, b) => Number(b.status === 'PRIMARY') - Number(a.status === 'PRIMARY') || b.createdAt - a.createdAt);
}

function told({ id, deploymentId, state, createdAt = 0 }: TaskSet, primary: boolean, targetGroupArn: string, revision: ServiceRevision, wanted: number): ServiceTaskSet {
  const desiredCount = state === 'draining' ? 0 : wanted;
  return {
    id,
    status: state === 'draining' ? 'DRAINING' : primary ? 'PRIMARY' : 'ACTIVE',
    ...(deploymentId === undefined ? {} : { externalId: deploymentId }),
    targetGroupArn,
    revision,
    desiredCount,
    pendingCount: state === 'starting' ? desiredCount : 0,
    runningCount: state === 'running' ? desiredCount : 0,
    createdAt,
  };
}

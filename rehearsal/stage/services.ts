/** The services of the rollouts as ECS describes them. */
import type { EcsServiceView } from '../endpoints/ecs';
import type { PlayedRollout } from './played-rollout';

export function servicesOf(rollouts: readonly PlayedRollout[]): readonly EcsServiceView[] {
  return rollouts.map(({ model, deployments }) => ({
    clusterName: model.service.cluster,
    serviceName: model.service.name,
    serviceArn: model.service.arn,
    ...(model.service.launchType === undefined ? {} : { launchType: model.service.launchType }),
    taskSets: () => deployments.serviceTaskSets(model.service.firstRevision),
  }));
}

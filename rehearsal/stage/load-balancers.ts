/** Load balancers of the rollouts as Elastic Load Balancing describes them. */
import type { RolloutModel } from '../assembly/rollout-model';
import type { ListenerView, LoadBalancerView } from '../endpoints/elastic-load-balancing';
import type { ListenerName } from '../engine/ports';
import type { CodeDeployRollout } from './codedeploy-rollout';

/** Two rollouts may be behind one load balancer. */
export function loadBalancersOf(rollouts: readonly CodeDeployRollout[]): readonly LoadBalancerView[] {
  const views = new Map<string, LoadBalancerView>();
  for (const rollout of rollouts) {
    const { loadBalancer, targetGroups } = rollout.model;
    const known = views.get(loadBalancer.arn);
    views.set(loadBalancer.arn, {
      arn: loadBalancer.arn,
      listeners: [...(known?.listeners ?? []), ...listenersOf(rollout)],
      targetGroups: [...(known?.targetGroups ?? []), ...targetGroups.map(({ arn, name }) => ({ arn, name }))],
    });
  }
  return [...views.values()];
}

function listenersOf({ model, deployments }: CodeDeployRollout): readonly ListenerView[] {
  const view = (name: ListenerName, { arn, port, protocol }: NonNullable<RolloutModel['test']>): ListenerView => ({
    arn,
    port,
    protocol,
    forward: deployments.forward(name).map(({ targetGroup, weight }) => ({ arn: model.targetGroups.find((group) => group.name === targetGroup)?.arn ?? targetGroup, weight })),
  });
  return [view('production', model.production), ...(model.test === undefined ? [] : [view('test', model.test)])];
}

/** What scales the instances of a rollout to servers otherwise than its deployments can stand. */
import * as autoscaling from 'aws-cdk-lib/aws-autoscaling';
import { Stack } from 'aws-cdk-lib/core';

import type { ConstructsOf } from './complete-app';
import { cfnElementOf } from './references';
import { ResourceGraph } from './resource-graph';
import type { ServerSubject } from './server-findings';

export function noteScaling({ targets, blueGreen, findings }: Pick<ServerSubject, 'targets' | 'blueGreen' | 'findings'>, constructsOf: ConstructsOf): void {
  for (const group of targets._autoScalingGroups) {
    const element = cfnElementOf(group);
    if (!(element instanceof autoscaling.CfnAutoScalingGroup)) {
      continue;
    }
    const referring = ResourceGraph.of(Stack.of(element), constructsOf).referringTo(element);
    const pool = referring.find((resource) => resource instanceof autoscaling.CfnWarmPool);
    if (pool !== undefined) {
      // https://github.com/aws/aws-codedeploy-agent/issues/390
      findings.add({
        id: 'warm-pool',
        level: 'warning',
        message: `Auto Scaling group '${group.node.path}' has the warm pool '${pool.node.path}', which CodeDeploy does not support: what is deployed to an instance that enters the pool is not what is released when it leaves it`,
        remedy: 'remove the warm pool',
      });
    }
    const schedule = referring.find((resource) => resource instanceof autoscaling.CfnScheduledAction);
    if (schedule !== undefined && blueGreen?.fleet.type === 'ALTERNATING') {
      findings.add({
        id: 'alternating-group-scheduled',
        level: 'warning',
        message: `Auto Scaling group '${group.node.path}' is scaled by the schedule '${schedule.node.path}', and alternates: at its time it may be the one that does not serve, and would then start instances that nothing is deployed to, or end those of a deployment that is under way`,
        remedy: 'scale both groups by policies on their own metrics, which leave a group without instances alone',
      });
    }
  }
}

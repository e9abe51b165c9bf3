import { BlueGreenFleet, CodeDeployAgent, CodeDeployAgentHosts, CodeDeployAgentSystem, HealthyHosts, RollbackAlarm, ServerDeployment, ServerDeploymentTrigger, ServerLoadBalancer, ServerRevision, ServerRollout, ServerTargets } from 'cdk-greenlight';
import * as autoscaling from 'aws-cdk-lib/aws-autoscaling';
import { Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';

import { errorRateAlarm } from '../ecs-web/error-rate-alarm.ts';
import { Shop, SHOP } from './shop.ts';

/** One Auto Scaling group, of which CodeDeploy makes a copy for each release: from the first one on, what CloudFormation has made does not serve any more. */
export class ServerCopiedStack extends Stack {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    const shop = new Shop(this, 'Shop');
    const fleet = new autoscaling.AutoScalingGroup(this, 'Fleet', { vpc: shop.vpc, launchTemplate: shop.launchTemplate, minCapacity: 2, maxCapacity: 4 });
    fleet.attachToApplicationTargetGroup(shop.targetGroup);
    new CodeDeployAgent(this, 'Agent', { hosts: [CodeDeployAgentHosts.fromAutoScalingGroup(fleet)], system: CodeDeployAgentSystem.AMAZON_LINUX_2023 });

    const rollout = new ServerRollout(this, 'Rollout', {
      targets: ServerTargets.autoScalingGroups(fleet),
      deployment: ServerDeployment.blueGreen({ fleet: BlueGreenFleet.copyAutoScalingGroup(), healthyHosts: HealthyHosts.allAtOnce() }),
      revision: ServerRevision.fromDirectory(SHOP),
      loadBalancers: [ServerLoadBalancer.targetGroup(shop.targetGroup)],
      rollback: { alarms: [RollbackAlarm.of(errorRateAlarm(this, 'ErrorRate', [shop.targetGroup]))] },
      expectedRequestsPerSecond: 20,
    });
    new ServerDeploymentTrigger(this, 'Release', { rollout });
  }
}

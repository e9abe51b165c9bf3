import { BlueGreenFleet, CodeDeployAgent, CodeDeployAgentHosts, CodeDeployAgentSystem, HealthyHosts, OriginalFleet, RollbackAlarm, ServerDeployment, ServerLoadBalancer, ServerRevision, ServerRollout, ServerTargets } from 'cdk-greenlight';
import * as autoscaling from 'aws-cdk-lib/aws-autoscaling';
import { Duration, Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';

import { errorRateAlarm } from '../ecs-web/error-rate-alarm.ts';
import { Shop, SHOP } from './shop.ts';

/** Two Auto Scaling groups behind an internal load balancer, of which one serves; a release goes to the other one, which then serves in its place. */
export class ServerBlueGreenStack extends Stack {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    const shop = new Shop(this, 'Shop');
    const fleets = ['FleetA', 'FleetB'].map((name) => this.fleet(name, shop)) as [autoscaling.AutoScalingGroup, autoscaling.AutoScalingGroup];
    new CodeDeployAgent(this, 'Agent', { hosts: fleets.map((fleet) => CodeDeployAgentHosts.fromAutoScalingGroup(fleet)), system: CodeDeployAgentSystem.AMAZON_LINUX_2023 });

    new ServerRollout(this, 'Rollout', {
      targets: ServerTargets.autoScalingGroups(...fleets),
      deployment: ServerDeployment.blueGreen({
        fleet: BlueGreenFleet.alternating({ capacity: 4, originals: OriginalFleet.terminate({ wait: Duration.minutes(30) }) }),
        healthyHosts: HealthyHosts.halfAtATime(),
        readyWait: Duration.minutes(30),
      }),
      revision: ServerRevision.fromDirectory(SHOP),
      loadBalancers: [ServerLoadBalancer.targetGroup(shop.targetGroup)],
      rollback: { alarms: [RollbackAlarm.of(errorRateAlarm(this, 'ErrorRate', [shop.targetGroup]))] },
      expectedRequestsPerSecond: 20,
    });
  }

  /** No size but the largest: the rollout scales the one that serves. */
  private fleet(id: string, { vpc, launchTemplate }: Shop): autoscaling.AutoScalingGroup {
    return new autoscaling.AutoScalingGroup(this, id, { vpc, launchTemplate, minCapacity: 0, maxCapacity: 8 });
  }
}

import { BlueGreenFleet, CodeDeployAgent, CodeDeployAgentHosts, CodeDeployAgentSystem, HealthyHosts, HttpAssertion, HttpCheck, OriginalFleet, RollbackAlarm, ServerDeployment, ServerDeploymentTrigger, ServerGate, ServerLoadBalancer, ServerRevision, ServerRollout, ServerTargets, Settle } from 'cdk-greenlight';
import * as autoscaling from 'aws-cdk-lib/aws-autoscaling';
import { Duration, Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';

import { errorRateAlarm } from '../ecs-web/error-rate-alarm.ts';
import { PORT, Shop, SHOP } from './shop.ts';

/** Two Auto Scaling groups behind an internal load balancer, of which one serves; a release goes to the other one, whose instances are asked before they serve in its place. */
export class ServerBlueGreenStack extends Stack {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    const shop = new Shop(this, 'Shop');
    const fleets = ['FleetA', 'FleetB'].map((name) => this.fleet(name, shop)) as [autoscaling.AutoScalingGroup, autoscaling.AutoScalingGroup];
    new CodeDeployAgent(this, 'Agent', { hosts: fleets.map((fleet) => CodeDeployAgentHosts.fromAutoScalingGroup(fleet)), system: CodeDeployAgentSystem.AMAZON_LINUX_2023 });

    const rollout = new ServerRollout(this, 'Rollout', {
      targets: ServerTargets.autoScalingGroups(...fleets),
      deployment: ServerDeployment.blueGreen({
        fleet: BlueGreenFleet.alternating({ capacity: 4, originals: OriginalFleet.terminate({ wait: Duration.minutes(30) }) }),
        healthyHosts: HealthyHosts.halfAtATime(),
        readyWait: Duration.minutes(30),
      }),
      revision: ServerRevision.fromDirectory(SHOP),
      loadBalancers: [ServerLoadBalancer.targetGroup(shop.targetGroup)],
      gates: { readyWait: this.gate() },
      rollback: { alarms: [RollbackAlarm.of(errorRateAlarm(this, 'ErrorRate', [shop.targetGroup]))] },
      expectedRequestsPerSecond: 20,
    });
    new ServerDeploymentTrigger(this, 'Release', { rollout });
  }

  /** What each replacement instance must answer before any of them gets traffic. */
  private gate(): ServerGate {
    return ServerGate.checks({
      port: PORT,
      settle: Settle.until({ path: '/health', consecutive: 3 }),
      checks: [
        HttpCheck.get('/health', { assertions: [HttpAssertion.status(200)] }),
        HttpCheck.get('/api/orders', { assertions: [HttpAssertion.jsonPath('$.status').equalsText('ok'), HttpAssertion.latencyBelow(Duration.millis(500))] }),
      ],
    });
  }

  /** No size but the largest: the rollout scales the one that serves. */
  private fleet(id: string, { vpc, launchTemplate }: Shop): autoscaling.AutoScalingGroup {
    return new autoscaling.AutoScalingGroup(this, id, { vpc, launchTemplate, minCapacity: 0, maxCapacity: 8 });
  }
}

import { EcsEndpoint, EcsRollout, HttpAssertion, HttpCheck, LifecycleHook, RollbackAlarm, Settle, TrafficShift } from 'cdk-greenlight';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { Duration, Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';

import { errorRateAlarm } from './error-rate-alarm.ts';
import { WebService } from './web-service.ts';

/** A service behind an internal load balancer: validated on its test listener, shifted as a canary, watched by an alarm. */
export class EcsWebStack extends Stack {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    const { vpc, service } = new WebService(this, 'App');

    const rollout = new EcsRollout(this, 'Web', {
      service,
      endpoint: EcsEndpoint.application({
        productionPort: 80,
        testPort: 8080,
        targetGroups: { healthCheck: { path: '/health', interval: Duration.seconds(10) }, deregistrationDelay: Duration.seconds(30) },
      }),
      traffic: TrafficShift.canary({ percentage: 10, interval: Duration.minutes(5) }),
      hooks: {
        afterAllowTestTraffic: LifecycleHook.checks({
          settle: Settle.until({ path: '/health', consecutive: 3 }),
          checks: [
            HttpCheck.get('/health', { assertions: [HttpAssertion.status(200)] }),
            HttpCheck.get('/api/orders', {
              assertions: [HttpAssertion.jsonPath('$.status').equalsText('ok'), HttpAssertion.latencyBelow(Duration.millis(500))],
            }),
          ],
        }),
      },
      terminationWait: Duration.minutes(10),
      expectedRequestsPerSecond: 20,
    });

    rollout.addAlarm(RollbackAlarm.of(errorRateAlarm(this, 'ErrorRate', rollout.applicationTargetGroups)));
    rollout.connections.allowDefaultPortFrom(ec2.Peer.ipv4(vpc.vpcCidrBlock), 'Clients in the VPC');
  }
}

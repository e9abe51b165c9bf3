import { EcsEndpoint, EcsRollout, LifecycleHook, LoadAbort, LoadCheck, LoadThreshold, LoadWarmUp, TrafficShift } from 'cdk-greenlight';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { Duration, Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';

import { WebService } from '../ecs-web/web-service.ts';

/** A release that must keep its latency under load on the test listener before users get to see it. */
export class LoadChecksStack extends Stack {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    const { vpc, service } = new WebService(this, 'App');
    const rollout = new EcsRollout(this, 'Web', {
      service,
      endpoint: EcsEndpoint.application({ productionPort: 80, testPort: 8080 }),
      traffic: TrafficShift.allAtOnce(),
      hooks: { afterAllowTestTraffic: LifecycleHook.checks({ checks: [ordersUnderLoad()] }) },
      terminationWait: Duration.minutes(5),
      expectedRequestsPerSecond: 20,
    });
    rollout.connections.allowDefaultPortFrom(ec2.Peer.ipv4(vpc.vpcCidrBlock), 'Clients in the VPC');
  }
}

// docs/checks/load.md shows what follows.
function ordersUnderLoad(): LoadCheck {
  return new LoadCheck({
    name: 'orders under load',
    requests: [{ path: '/api/orders' }, { path: '/api/orders/latest', timeout: Duration.seconds(2) }],
    rate: 20,
    warmUp: Duration.seconds(10),
    warmUpRate: LoadWarmUp.LINEAR,
    duration: Duration.seconds(60),
    thresholds: [
      LoadThreshold.latency({ percentile: 95, below: Duration.millis(300), minSamples: 1000 }),
      LoadThreshold.errorRate({ atMost: 1, minSamples: 1000 }),
      LoadThreshold.throughput({ atLeast: 19, minSamples: 1000 }),
    ],
    abortWhen: LoadAbort.errorRateAbove({ percent: 50, minSamples: 100 }),
  });
}

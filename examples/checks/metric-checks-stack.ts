import { EcsEndpoint, EcsRollout, LifecycleHook, MetricCheck, TrafficShift } from 'cdk-greenlight';
import { Duration, Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';

import { WebService } from '../ecs-web/web-service.ts';

/** A release whose canary is compared with the original version once all traffic has been shifted. */
export class MetricChecksStack extends Stack {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    const { service } = new WebService(this, 'App');
    new EcsRollout(this, 'Web', {
      service,
      endpoint: EcsEndpoint.application({ productionPort: 80 }),
      traffic: TrafficShift.canary({ percentage: 10, interval: Duration.minutes(5) }),
      hooks: { afterAllowTraffic: LifecycleHook.checks({ checks: [errors, latency] }) },
      terminationWait: Duration.minutes(10),
      expectedRequestsPerSecond: 40,
    });
  }
}

// docs/checks/metric.md shows what follows.
const errors = MetricCheck.targetErrorRate({ window: Duration.minutes(5), minSamples: 1000, significance: 0.01, maxIncrease: 0.5 });
const latency = MetricCheck.targetLatency({ window: Duration.minutes(5), minSamples: 1000, percentile: 95, maxRatio: 1.5, maxIncrease: Duration.millis(50) });

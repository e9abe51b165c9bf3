import type { Check } from 'cdk-greenlight';
import { EcsEndpoint, EcsRollout, LifecycleHook, MetricBaseline, MetricCheck, MetricThreshold, MetricWindow, Passes, TrafficShift } from 'cdk-greenlight';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Duration, Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';

import { WebService } from '../ecs-web/web-service.ts';

/** Two services: one is compared over its canary, the other one, which gets all traffic at once, with the time before the release. */
export class MetricChecksStack extends Stack {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.release('Web', TrafficShift.canary({ percentage: 10, interval: Duration.minutes(5) }), () => [errors, latency]);
    this.release('Swift', TrafficShift.allAtOnce(), (loadBalancer) => [baked, answered(loadBalancer)]);
  }

  private release(name: string, traffic: TrafficShift, checks: (loadBalancer: elbv2.IApplicationLoadBalancer) => Check[]): void {
    const { service, vpc } = new WebService(this, `${name}App`);
    const loadBalancer = new elbv2.ApplicationLoadBalancer(this, `${name}LoadBalancer`, { vpc, dropInvalidHeaderFields: true });
    new EcsRollout(this, name, {
      service,
      endpoint: EcsEndpoint.application({ loadBalancer, productionPort: 80 }),
      traffic,
      hooks: { afterAllowTraffic: LifecycleHook.checks({ checks: checks(loadBalancer), concurrency: 2 }) },
      terminationWait: Duration.minutes(10),
      expectedRequestsPerSecond: 40,
    });
  }
}

// docs/checks/metric.md shows what follows.
const errors = MetricCheck.targetErrorRate({ window: Duration.minutes(5), minSamples: 1000, significance: 0.01, maxIncrease: 0.5 });
const latency = MetricCheck.targetLatency({ window: Duration.minutes(5), minSamples: 1000, percentile: 95, maxRatio: 1.5, maxIncrease: Duration.millis(50) });

const baked = MetricCheck.targetErrorRate({
  window: Duration.minutes(2),
  minSamples: 2000,
  baseline: MetricBaseline.before(Duration.minutes(10)),
  passes: Passes.inARow(5),
  interval: Duration.minutes(1),
});

function answered(loadBalancer: elbv2.IApplicationLoadBalancer): MetricCheck {
  const usingMetrics = { gone: loadBalancer.metrics.httpCodeElb(elbv2.HttpCodeElb.ELB_5XX_COUNT), requests: loadBalancer.metrics.requestCount() };
  return MetricCheck.absolute({
    metric: new cloudwatch.MathExpression({ expression: '100 * FILL(gone, 0) / requests', usingMetrics, label: 'share of unanswered requests in percent' }),
    samples: usingMetrics.requests,
    minSamples: 2000,
    window: MetricWindow.sinceTraffic(Duration.minutes(3)),
    threshold: MetricThreshold.below(0.5),
  });
}

import { EcsEndpoint, EcsRollout, HttpAssertion, HttpCheck, LifecycleHook, TrafficShift } from 'cdk-greenlight';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Duration, Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';

import { WebService } from '../ecs-web/web-service.ts';

export interface ListenerGuardStackProps {
  /** @default true */
  readonly listenerGuard?: boolean;
}

/** A service whose listeners have a certificate, which a stack update changes one day; by then production may be on either target group. */
export class ListenerGuardStack extends Stack {
  constructor(scope: Construct, id: string, props: ListenerGuardStackProps = {}) {
    super(scope, id);
    const { service } = new WebService(this, 'App');

    new EcsRollout(this, 'Web', {
      service,
      endpoint: EcsEndpoint.application({
        certificates: [elbv2.ListenerCertificate.fromArn(this.formatArn({ service: 'acm', resource: 'certificate', resourceName: '5f0d2c6e-2026' }))],
        testPort: 8443,
        listenerGuard: props.listenerGuard,
        targetGroups: { healthCheck: { path: '/health' }, deregistrationDelay: Duration.seconds(30) },
      }),
      traffic: TrafficShift.canary({ percentage: 10, interval: Duration.minutes(5) }),
      hooks: { afterAllowTestTraffic: LifecycleHook.checks({ checks: [HttpCheck.get('/health', { host: 'web.example.com', assertions: [HttpAssertion.status(200)] })] }) },
      terminationWait: Duration.minutes(5),
      expectedRequestsPerSecond: 20,
    });
  }
}

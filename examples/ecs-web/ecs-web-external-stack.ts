import { EcsDeployments, EcsEndpoint, EcsRollout, HttpAssertion, HttpCheck, LifecycleHook, TrafficShift } from 'cdk-greenlight';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { Duration, Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';

import { WebService } from './web-service.ts';

/** The service as a pipeline deploys it: a stack update changes what is to run, and the command in the output `CreateDeployment` runs it. */
export class EcsWebExternalStack extends Stack {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    const { service } = new WebService(this, 'App', { image: ecs.ContainerImage.fromRegistry('public.ecr.aws/docker/library/httpd:2.4') });

    new EcsRollout(this, 'Web', {
      service,
      deployments: EcsDeployments.external(),
      endpoint: EcsEndpoint.application({
        productionPort: 80,
        testPort: 8080,
        // Without a custom resource an emulator can deploy this stack too. In an account of AWS, leave the guard on.
        listenerGuard: false,
        targetGroups: { healthCheck: { path: '/health' }, deregistrationDelay: Duration.seconds(30) },
      }),
      traffic: TrafficShift.ECS_CANARY_10_PERCENT_5_MINUTES,
      hooks: {
        afterAllowTestTraffic: LifecycleHook.checks({ checks: [HttpCheck.get('/health', { assertions: [HttpAssertion.status(200)] })] }),
      },
    });
  }
}

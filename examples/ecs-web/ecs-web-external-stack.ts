import { EcsDeployments, EcsEndpoint, EcsRollout, HttpAssertion, HttpCheck, LifecycleHook, TrafficShift } from 'cdk-greenlight';
import * as ecr from 'aws-cdk-lib/aws-ecr';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { Duration, Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';

import { WebService } from './web-service.ts';

/**
 * The service as a pipeline deploys it (`examples/pipeline/release-stack.ts`), or somebody with the command in the output `CreateDeployment`: a stack update changes what is
 * to run, and does not run it.
 */
export class EcsWebExternalStack extends Stack {
  readonly rollout: EcsRollout;
  /** Images that releases bring. The first one, which the service is made with, comes from elsewhere. */
  readonly images: ecr.Repository;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    const { service } = new WebService(this, 'App', { image: ecs.ContainerImage.fromRegistry('public.ecr.aws/docker/library/httpd:2.4') });
    this.images = new ecr.Repository(this, 'Images', { repositoryName: 'ecs-web-external', imageScanOnPush: true });
    this.images.grantPull(service.taskDefinition.obtainExecutionRole());

    this.rollout = new EcsRollout(this, 'Web', {
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

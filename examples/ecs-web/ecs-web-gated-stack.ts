import { fileURLToPath } from 'node:url';

import { DeploymentCompletion, EcsDeployments, EcsEndpoint, EcsRollout, LifecycleHook, TrafficShift } from 'cdk-greenlight';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { Duration, Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';

import { WebService } from './web-service.ts';

const folder = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** The same service with hooks of its own, which no deployment may leave out: a smoke test that reports by itself, and an approval that somebody gives later. */
export class EcsWebGatedStack extends Stack {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    const { vpc, service } = new WebService(this, 'App');

    const smokeTest = new lambda.Function(this, 'SmokeTest', {
      code: lambda.Code.fromAsset(folder('../functions/smoke-test')),
      handler: 'index.handler',
      runtime: lambda.Runtime.NODEJS_24_X,
      memorySize: 512,
      timeout: Duration.seconds(15),
      vpc,
    });
    const approval = new lambda.Function(this, 'Approval', {
      code: lambda.Code.fromAsset(folder('../functions/approval')),
      handler: 'index.handler',
      runtime: lambda.Runtime.NODEJS_24_X,
      timeout: Duration.seconds(10),
    });

    const rollout = new EcsRollout(this, 'Web', {
      service,
      endpoint: EcsEndpoint.application({
        productionPort: 80,
        testPort: 8080,
        targetGroups: { healthCheck: { path: '/health', interval: Duration.seconds(10) }, deregistrationDelay: Duration.seconds(30) },
      }),
      // Somebody may take an hour to approve; the stack is done when traffic has moved, and the original tasks go later.
      deployments: EcsDeployments.byCloudFormation({ completion: DeploymentCompletion.TRAFFIC_SHIFTED }),
      traffic: TrafficShift.canary({ percentage: 10, interval: Duration.minutes(5) }),
      hooks: {
        afterAllowTestTraffic: LifecycleHook.fromFunction(smokeTest),
        beforeAllowTraffic: LifecycleHook.fromFunction(approval, { reportsLater: true }),
      },
      requireHooks: true,
      expectedRequestsPerSecond: 20,
    });

    smokeTest.addEnvironment('TEST_URL', `${rollout.testUrl}`);
    rollout.connections.allowFrom(smokeTest, ec2.Port.tcp(8080), 'Smoke test');
    rollout.connections.allowDefaultPortFrom(ec2.Peer.ipv4(vpc.vpcCidrBlock), 'Clients in the VPC');
  }
}

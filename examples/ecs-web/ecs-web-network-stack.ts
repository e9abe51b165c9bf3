import { DeploymentCompletion, EcsDeployments, EcsEndpoint, EcsRollout, HttpAssertion, HttpCheck, LifecycleHook, TrafficShift } from 'cdk-greenlight';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Duration, Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';

import { WebService } from './web-service.ts';

/** The service behind a Network Load Balancer, whose traffic moves all at once. A stack update is done when it has moved. */
export class EcsWebNetworkStack extends Stack {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    const { vpc, service } = new WebService(this, 'App');

    const rollout = new EcsRollout(this, 'Web', {
      service,
      deployments: EcsDeployments.byCloudFormation({ completion: DeploymentCompletion.TRAFFIC_SHIFTED }),
      endpoint: EcsEndpoint.network({
        productionPort: 80,
        testPort: 8080,
        targetGroups: { healthCheck: { protocol: elbv2.Protocol.HTTP, path: '/health' }, deregistrationDelay: Duration.seconds(30) },
      }),
      traffic: TrafficShift.allAtOnce(),
      hooks: {
        afterAllowTestTraffic: LifecycleHook.checks({
          checks: [
            HttpCheck.get('/health', { assertions: [HttpAssertion.status(200)] }),
            HttpCheck.get('/api/orders', { assertions: [HttpAssertion.jsonPath('$.status').equalsText('ok')] }),
          ],
        }),
      },
      expectedRequestsPerSecond: 20,
    });
    rollout.connections.allowDefaultPortFrom(ec2.Peer.ipv4(vpc.vpcCidrBlock), 'Clients in the VPC');
  }
}

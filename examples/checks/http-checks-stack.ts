import { CheckMode, EcsEndpoint, EcsRollout, HttpAssertion, HttpCheck, LifecycleHook, TrafficShift } from 'cdk-greenlight';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { Duration, RemovalPolicy, Size, Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';

/** Two services in one cluster, released after the same check: one enforces it, the other one only watches it. */
export class HttpChecksStack extends Stack {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    const vpc = new ec2.Vpc(this, 'Vpc', { maxAzs: 2, natGateways: 1 });
    const cluster = new ecs.Cluster(this, 'Cluster', { vpc });
    this.release('Http', cluster, CheckMode.ENFORCE);
    this.release('Shadow', cluster, CheckMode.SHADOW);
  }

  private release(name: string, cluster: ecs.Cluster, mode: CheckMode): void {
    const taskDefinition = new ecs.FargateTaskDefinition(this, `${name}Task`);
    // Keeps the revisions of earlier releases, so that they can be deployed again.
    taskDefinition.applyRemovalPolicy(RemovalPolicy.RETAIN);
    taskDefinition.addContainer('web', { image: ecs.ContainerImage.fromRegistry('public.ecr.aws/nginx/nginx:stable'), portMappings: [{ containerPort: 80 }] });
    const service = new ecs.FargateService(this, `${name}Service`, {
      cluster,
      taskDefinition,
      minHealthyPercent: 100,
      deploymentController: { type: ecs.DeploymentControllerType.CODE_DEPLOY },
    });
    const rollout = new EcsRollout(this, name, {
      service,
      endpoint: EcsEndpoint.application({ productionPort: 80, testPort: 8080 }),
      traffic: TrafficShift.allAtOnce(),
      hooks: { afterAllowTestTraffic: LifecycleHook.checks({ checks: [orders(mode)] }) },
      terminationWait: Duration.minutes(5),
      expectedRequestsPerSecond: 5,
    });
    rollout.connections.allowDefaultPortFrom(ec2.Peer.ipv4(cluster.vpc.vpcCidrBlock), 'Clients in the VPC');
  }
}

// docs/checks/http.md shows what follows.
function orders(mode: CheckMode): HttpCheck {
  return HttpCheck.get('/api/orders', {
    name: 'orders',
    mode,
    timeout: Duration.seconds(2),
    assertions: [
      HttpAssertion.statusIn(200, 203),
      HttpAssertion.header('content-type').matches('^application/json'),
      HttpAssertion.header('x-powered-by').absent(),
      HttpAssertion.bodySizeBetween(Size.bytes(2), Size.kibibytes(64)),
      HttpAssertion.jsonPath('$.status').equalsText('degraded').negate().describedAs('orders are served in full'),
      HttpAssertion.jsonPath('$.queue').between(0, 100),
      HttpAssertion.jsonPath('$.error').absent(),
      HttpAssertion.latencyBelow(Duration.millis(250)).asWarning(),
    ],
  });
}

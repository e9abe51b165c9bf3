import { fileURLToPath } from 'node:url';

import { CheckTarget, EcsCloudFormationRollout, EcsEndpoint, HttpAssertion, HttpCheck, LifecycleHook, RollbackAlarm, Settle, TrafficShift } from 'cdk-greenlight';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { Duration, Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';

import { errorRateAlarm } from '../ecs-web/error-rate-alarm.ts';

const SOURCE = fileURLToPath(new URL('../services/web', import.meta.url));

/** What users see is well: before, while and after traffic moves. */
const production = () =>
  LifecycleHook.checks({ checks: [HttpCheck.get('/health', { target: CheckTarget.PRODUCTION_LISTENER, assertions: [HttpAssertion.status(200)] })] });

/** A service that CloudFormation itself releases: a stack update that changes its image is a blue/green deployment, with a gate at each lifecycle event. */
export class EcsCloudFormationStack extends Stack {
  constructor(scope: Construct, id: string) {
    super(scope, id, { analyticsReporting: false });
    const vpc = new ec2.Vpc(this, 'Vpc', { maxAzs: 2, natGateways: 1 });
    const taskDefinition = new ecs.FargateTaskDefinition(this, 'Task', { cpu: 256, memoryLimitMiB: 512 });
    taskDefinition.addContainer('web', { image: ecs.ContainerImage.fromAsset(SOURCE), portMappings: [{ containerPort: 8080 }] });

    const rollout = new EcsCloudFormationRollout(this, 'Web', {
      cluster: new ecs.Cluster(this, 'Cluster', { vpc }),
      taskDefinition,
      desiredCount: 2,
      endpoint: EcsEndpoint.application({
        productionPort: 80,
        testPort: 8080,
        targetGroups: { healthCheck: { path: '/health', interval: Duration.seconds(10) }, deregistrationDelay: Duration.seconds(30) },
      }),
      traffic: TrafficShift.canary({ percentage: 20, interval: Duration.minutes(5) }),
      hooks: {
        beforeInstall: production(),
        afterInstall: production(),
        afterAllowTestTraffic: LifecycleHook.checks({
          settle: Settle.until({ path: '/health', consecutive: 3 }),
          checks: [
            HttpCheck.get('/health', { assertions: [HttpAssertion.status(200)] }),
            HttpCheck.get('/api/orders', {
              assertions: [HttpAssertion.jsonPath('$.status').equalsText('ok'), HttpAssertion.latencyBelow(Duration.millis(500))],
            }),
          ],
        }),
        beforeAllowTraffic: production(),
        afterAllowTraffic: production(),
      },
      terminationWait: Duration.minutes(10),
      expectedRequestsPerSecond: 20,
    });
    rollout.addAlarm(RollbackAlarm.of(errorRateAlarm(this, 'ErrorRate', rollout.applicationTargetGroups)));
    rollout.connections.allowDefaultPortFrom(ec2.Peer.ipv4(vpc.vpcCidrBlock), 'Clients in the VPC');

    // cfn-lint does not know the section that the blue/green hook is in.
    this.templateOptions.metadata = { ...this.templateOptions.metadata, 'cfn-lint': { config: { ignore_checks: ['E1001'] } } };
  }
}

import { fileURLToPath } from 'node:url';

import { AlarmCheck, EcsNativeStage, HttpAssertion, HttpCheck, LifecycleHook, Passes, Settle } from 'cdk-greenlight';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Duration, Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';

import { errorRateAlarm } from '../ecs-web/error-rate-alarm.ts';

const SOURCE = fileURLToPath(new URL('../services/web', import.meta.url));

/** A service whose canary deployments ECS itself controls, gated on its test listener by the same hook as one that CodeDeploy releases. */
export class EcsNativeStack extends Stack {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    const vpc = new ec2.Vpc(this, 'Vpc', { maxAzs: 2, natGateways: 1 });
    const taskDefinition = new ecs.FargateTaskDefinition(this, 'Task', { cpu: 256, memoryLimitMiB: 512 });
    taskDefinition.addContainer('web', { image: ecs.ContainerImage.fromAsset(SOURCE), portMappings: [{ containerPort: 8080 }] });

    const service = new ecs.FargateService(this, 'Web', {
      cluster: new ecs.Cluster(this, 'Cluster', { vpc }),
      taskDefinition,
      desiredCount: 2,
      minHealthyPercent: 100,
      deploymentStrategy: ecs.DeploymentStrategy.CANARY,
      canaryConfiguration: { stepPercent: 10, stepBakeTime: Duration.minutes(5) },
      bakeTime: Duration.minutes(10),
    });
    const { loadBalancer, targetGroups } = this.balance(vpc, service);

    const gate = LifecycleHook.checks({
      settle: Settle.until({ path: '/health', consecutive: 3 }),
      checks: [
        HttpCheck.get('/health', { assertions: [HttpAssertion.status(200)] }),
        HttpCheck.get('/api/orders', {
          assertions: [HttpAssertion.jsonPath('$.status').equalsText('ok'), HttpAssertion.latencyBelow(Duration.millis(500))],
        }),
      ],
    });
    gate
      .onEcsNative({ stages: [EcsNativeStage.POST_TEST_TRAFFIC_SHIFT], baseUrl: `http://${loadBalancer.loadBalancerDnsName}:8080`, vpc, loadBalancer })
      .attachTo(service);

    const errorRate = errorRateAlarm(this, 'ErrorRate', targetGroups);
    service.enableDeploymentAlarms([errorRate.alarmName], { behavior: ecs.AlarmBehavior.ROLLBACK_ON_ALARM });

    // Half an hour of quiet, in which no function runs but for a moment every minute: ECS invokes the hook again and again.
    const quiet = new AlarmCheck({ name: 'quiet for 30 minutes', alarms: [errorRate], passes: Passes.inARow(31), interval: Duration.minutes(1) });
    LifecycleHook.checks({ checks: [quiet] })
      .onEcsNative({ stages: [EcsNativeStage.POST_PRODUCTION_TRAFFIC_SHIFT] })
      .attachTo(service);
  }

  /** An internal load balancer with a production and a test listener, between two target groups that ECS moves traffic between. */
  private balance(vpc: ec2.IVpc, service: ecs.FargateService) {
    const loadBalancer = new elbv2.ApplicationLoadBalancer(this, 'LoadBalancer', { vpc, internetFacing: false });
    const [blue, green] = ['Blue', 'Green'].map(
      (name) => new elbv2.ApplicationTargetGroup(this, name, { vpc, port: 8080, protocol: elbv2.ApplicationProtocol.HTTP, targetType: elbv2.TargetType.IP, healthCheck: { path: '/health' } }),
    ) as [elbv2.ApplicationTargetGroup, elbv2.ApplicationTargetGroup];
    const [production, test] = [80, 8080].map((port) => {
      const none = elbv2.ListenerAction.fixedResponse(404);
      const listener = loadBalancer.addListener(`Listener${port}`, { port, protocol: elbv2.ApplicationProtocol.HTTP, open: false, defaultAction: none });
      const action = elbv2.ListenerAction.weightedForward([{ targetGroup: blue, weight: 1 }, { targetGroup: green, weight: 0 }]);
      return new elbv2.ApplicationListenerRule(this, `Rule${port}`, { listener, priority: 1, conditions: [elbv2.ListenerCondition.pathPatterns(['/*'])], action });
    }) as [elbv2.ApplicationListenerRule, elbv2.ApplicationListenerRule];
    loadBalancer.connections.allowFrom(ec2.Peer.ipv4(vpc.vpcCidrBlock), ec2.Port.tcp(80), 'Clients in the VPC');

    const alternateTarget = new ecs.AlternateTarget('Alternate', {
      alternateTargetGroup: green,
      productionListener: ecs.ListenerRuleConfiguration.applicationListenerRule(production),
      testListener: ecs.ListenerRuleConfiguration.applicationListenerRule(test),
    });
    blue.addTarget(service.loadBalancerTarget({ containerName: 'web', containerPort: 8080, alternateTarget }));
    return { loadBalancer, targetGroups: [blue, green] };
  }
}

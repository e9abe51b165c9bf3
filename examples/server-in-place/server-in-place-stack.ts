import { fileURLToPath } from 'node:url';

import { CodeDeployAgent, CodeDeployAgentHosts, CodeDeployAgentSystem, HealthyHosts, RollbackAlarm, ServerDeployment, ServerLoadBalancer, ServerRevision, ServerRollout, ServerTargets } from 'cdk-greenlight';
import * as autoscaling from 'aws-cdk-lib/aws-autoscaling';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Duration, Stack, Tags } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';

import { errorRateAlarm } from '../ecs-web/error-rate-alarm.ts';

const PORT = 8080;

/** Six instances in two zones behind an internal load balancer, released in place: one zone after the other, two instances at a time, with a look at the first zone before the second; and a second application on them. */
export class ServerInPlaceStack extends Stack {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    const vpc = new ec2.Vpc(this, 'Vpc', { maxAzs: 2, natGateways: 1 });
    const fleet = this.fleetIn(vpc);
    const targetGroup = this.targetGroupIn(vpc, fleet);

    new ServerRollout(this, 'Fleet', {
      targets: ServerTargets.autoScalingGroups(fleet),
      deployment: ServerDeployment.inPlace({
        healthyHosts: HealthyHosts.percent(50),
        zonal: { firstZoneMonitorDuration: Duration.minutes(10), monitorDuration: Duration.minutes(5), minimumHealthyHostsPerZone: HealthyHosts.count(1) },
      }),
      revision: ServerRevision.fromDirectory(fileURLToPath(new URL('app', import.meta.url))),
      loadBalancers: [ServerLoadBalancer.targetGroup(targetGroup)],
      rollback: { alarms: [RollbackAlarm.of(errorRateAlarm(this, 'ErrorRate', [targetGroup]))] },
      expectedRequestsPerSecond: 20,
    });
    this.sidecarOn(fleet);
  }

  /** A second application on the same instances, found by their tag: Auto Scaling would have two rollouts of one group deploy to a new instance in no order. */
  private sidecarOn(fleet: autoscaling.AutoScalingGroup): void {
    Tags.of(fleet).add('Fleet', 'shop');
    new ServerRollout(this, 'Sidecar', {
      targets: ServerTargets.ec2Tags([{ key: 'Fleet', value: 'shop' }]),
      deployment: ServerDeployment.inPlace({ healthyHosts: HealthyHosts.halfAtATime() }),
      revision: ServerRevision.fromDirectory(fileURLToPath(new URL('sidecar', import.meta.url))),
      rollback: { alarms: [RollbackAlarm.of(this.busy(fleet))] },
    });
  }

  private busy(fleet: autoscaling.AutoScalingGroup): cloudwatch.Alarm {
    const metric = new cloudwatch.Metric({ namespace: 'AWS/EC2', metricName: 'CPUUtilization', dimensionsMap: { AutoScalingGroupName: fleet.autoScalingGroupName }, period: Duration.minutes(5) });
    return new cloudwatch.Alarm(this, 'Busy', { metric, threshold: 90, evaluationPeriods: 2, alarmDescription: 'The instances are busy beyond what the shop needs', treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING });
  }

  private fleetIn(vpc: ec2.Vpc): autoscaling.AutoScalingGroup {
    const launchTemplate = new ec2.LaunchTemplate(this, 'Instances', {
      instanceType: new ec2.InstanceType('t3.micro'),
      machineImage: ec2.MachineImage.latestAmazonLinux2023(),
      role: new iam.Role(this, 'InstanceRole', { assumedBy: new iam.ServicePrincipal('ec2.amazonaws.com') }),
      securityGroup: new ec2.SecurityGroup(this, 'InstanceGroup', { vpc, description: 'Instances of the shop' }),
      requireImdsv2: true,
      userData: ec2.UserData.forLinux(),
    });
    const fleet = new autoscaling.AutoScalingGroup(this, 'Asg', { vpc, launchTemplate, minCapacity: 6, maxCapacity: 12 });
    new CodeDeployAgent(this, 'Agent', { hosts: [CodeDeployAgentHosts.fromAutoScalingGroup(fleet)], system: CodeDeployAgentSystem.AMAZON_LINUX_2023 });
    return fleet;
  }

  private targetGroupIn(vpc: ec2.Vpc, fleet: autoscaling.AutoScalingGroup): elbv2.ApplicationTargetGroup {
    const loadBalancer = new elbv2.ApplicationLoadBalancer(this, 'LoadBalancer', { vpc });
    const targetGroup = new elbv2.ApplicationTargetGroup(this, 'Targets', {
      vpc,
      port: PORT,
      protocol: elbv2.ApplicationProtocol.HTTP,
      targets: [fleet],
      healthCheck: { path: '/health', interval: Duration.seconds(10) },
      deregistrationDelay: Duration.seconds(30),
    });
    const listener = loadBalancer.addListener('Listener', { port: 80, open: false, defaultTargetGroups: [targetGroup] });
    listener.connections.allowDefaultPortFrom(ec2.Peer.ipv4(vpc.vpcCidrBlock), 'Clients in the VPC');
    return targetGroup;
  }
}

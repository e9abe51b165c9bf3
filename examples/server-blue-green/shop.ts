import { fileURLToPath } from 'node:url';

import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';

/** Where the shop listens on its instances. */
export const PORT = 8080;

/** The shop of `server-in-place`: what is released does not tell how. */
export const SHOP = fileURLToPath(new URL('../server-in-place/app', import.meta.url));

/** What the instances of the shop are launched by, and an internal load balancer that reaches them. */
export class Shop extends Construct {
  readonly vpc: ec2.Vpc;
  readonly launchTemplate: ec2.LaunchTemplate;
  readonly targetGroup: elbv2.ApplicationTargetGroup;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.vpc = new ec2.Vpc(this, 'Vpc', { maxAzs: 2, natGateways: 1 });
    const instances = new ec2.SecurityGroup(this, 'InstanceGroup', { vpc: this.vpc, description: 'Instances of the shop' });
    this.launchTemplate = new ec2.LaunchTemplate(this, 'Instances', {
      instanceType: new ec2.InstanceType('t3.micro'),
      machineImage: ec2.MachineImage.latestAmazonLinux2023(),
      role: new iam.Role(this, 'InstanceRole', { assumedBy: new iam.ServicePrincipal('ec2.amazonaws.com') }),
      securityGroup: instances,
      requireImdsv2: true,
      userData: ec2.UserData.forLinux(),
    });
    this.targetGroup = new elbv2.ApplicationTargetGroup(this, 'Targets', {
      vpc: this.vpc,
      port: PORT,
      protocol: elbv2.ApplicationProtocol.HTTP,
      targetType: elbv2.TargetType.INSTANCE,
      healthCheck: { path: '/health', interval: Duration.seconds(10) },
      deregistrationDelay: Duration.seconds(30),
    });
    const loadBalancer = new elbv2.ApplicationLoadBalancer(this, 'LoadBalancer', { vpc: this.vpc });
    const listener = loadBalancer.addListener('Listener', { port: 80, open: false, defaultTargetGroups: [this.targetGroup] });
    listener.connections.allowDefaultPortFrom(ec2.Peer.ipv4(this.vpc.vpcCidrBlock), 'Clients in the VPC');
    // A group that is a target of the load balancer would get this rule by itself; these are not, since CodeDeploy registers the instances.
    loadBalancer.connections.allowTo(instances, ec2.Port.tcp(PORT), 'From the load balancer');
  }
}

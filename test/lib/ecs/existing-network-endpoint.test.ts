import { Annotations, Match } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as ecs from 'aws-cdk-lib/aws-ecs';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { Stack } from 'aws-cdk-lib/core';
import { Duration, Lazy } from 'aws-cdk-lib/core';

import type { ExistingNetworkEndpointOptions } from '../../../lib';
import { EcsEndpoint, TestAccess, TrafficShift } from '../../../lib';
import { findCycle } from '../../support/template-graph';
import { checksHook, fargate, graphOf, only, sample, statementsOf } from '../support/sample';

interface Own {
  readonly service: ecs.FargateService;
  readonly loadBalancer: elbv2.NetworkLoadBalancer;
  readonly existing: ExistingNetworkEndpointOptions;
}

/** Everything made by the user: two listeners that lead to two target groups. */
function own(stack: Stack, overrides: (made: Own) => Partial<ExistingNetworkEndpointOptions> = () => ({}), internetFacing = false) {
  const service = fargate(stack);
  const { vpc } = service.cluster;
  const securityGroups = [new ec2.SecurityGroup(stack, 'Balancer', { vpc, allowAllOutbound: false })];
  const loadBalancer = new elbv2.NetworkLoadBalancer(stack, 'Own', { vpc, securityGroups, internetFacing });
  const group = (id: string) => new elbv2.NetworkTargetGroup(stack, id, { vpc, port: 8080, targetType: elbv2.TargetType.IP });
  const [blueTargetGroup, greenTargetGroup] = [group('B'), group('G')];
  const productionListener = loadBalancer.addListener('Production', { port: 80, defaultTargetGroups: [blueTargetGroup] });
  const testListener = loadBalancer.addListener('Test', { port: 9000, defaultTargetGroups: [greenTargetGroup] });
  const existing = { loadBalancer, productionListener, testListener, blueTargetGroup, greenTargetGroup };
  return { service, endpoint: EcsEndpoint.existingNetwork({ ...existing, ...overrides({ service, loadBalancer, existing }) }) };
}

const certificate = elbv2.ListenerCertificate.fromArn('arn:aws:acm:eu-west-1:111122223333:certificate/abc');

const arn = (rest: string) => `arn:aws:elasticloadbalancing:eu-west-1:111122223333:${rest}`;

/** Nothing of it is of this app. */
function imported(stack: Stack, overrides: Partial<ExistingNetworkEndpointOptions> = {}) {
  const listener = (id: string) => elbv2.NetworkListener.fromNetworkListenerArn(stack, id, arn(`listener/net/shop/abc/${id}`));
  const group = (id: string) => elbv2.NetworkTargetGroup.fromTargetGroupAttributes(stack, id, { targetGroupArn: arn(`targetgroup/${id}/123`) });
  const loadBalancer = elbv2.NetworkLoadBalancer.fromNetworkLoadBalancerAttributes(stack, 'Lb', {
    loadBalancerArn: arn('loadbalancer/net/shop/abc'),
    loadBalancerDnsName: 'shop.example.com',
    loadBalancerSecurityGroups: ['sg-1'],
  });
  const options = { loadBalancer, productionListener: listener('p'), testListener: listener('t'), blueTargetGroup: group('blue'), greenTargetGroup: group('green') };
  return { endpoint: EcsEndpoint.existingNetwork({ ...options, ...overrides }) };
}

describe('EcsEndpoint.existingNetwork', () => {
  test('takes what is there and makes nothing', () => {
    const { template, description, rollout } = sample((stack) => own(stack));
    template.resourceCountIs('AWS::ElasticLoadBalancingV2::LoadBalancer', 1);
    template.resourceCountIs('AWS::ElasticLoadBalancingV2::Listener', 2);
    template.resourceCountIs('AWS::ElasticLoadBalancingV2::TargetGroup', 2);
    expect(description).toMatchObject({ scheme: 'internal', production: { port: 80, protocol: 'HTTP' }, test: { port: 9000, protocol: 'HTTP' }, traffic: { type: 'AllAtOnce' } });
    expect(rollout.networkTargetGroups.map(({ node }) => node.path)).toEqual(['Shop/B', 'Shop/G']);
    expect(() => rollout.applicationTargetGroups).toThrow("rollout 'Shop/Web' is behind a Network Load Balancer; use 'networkTargetGroups'");
  });

  test('gives CodeDeploy both listeners and groups, and the permissions for them', () => {
    const { template } = sample((stack) => own(stack));
    const names = ['B', 'G'].map((prefix) => ({ Name: { 'Fn::GetAtt': [only(template, 'AWS::ElasticLoadBalancingV2::TargetGroup', prefix).id, 'TargetGroupName'] } }));
    const [production, testing] = ['OwnProduction', 'OwnTest'].map((prefix) => ({ Ref: only(template, 'AWS::ElasticLoadBalancingV2::Listener', prefix).id }));
    expect(only(template, 'AWS::CodeDeploy::DeploymentGroup').properties.LoadBalancerInfo).toEqual({
      TargetGroupPairInfoList: [{ TargetGroups: names, ProdTrafficRoute: { ListenerArns: [production] }, TestTrafficRoute: { ListenerArns: [testing] } }],
    });
    expect(statementsOf(template, only(template, 'AWS::IAM::Role', 'WebServiceRole').id)[3]).toMatchObject({ Action: 'elasticloadbalancing:ModifyListener', Resource: [production, testing] });
  });

  test('puts the service behind the blue target group, waits for the listener, lets the load balancer and hooks in, and closes no cycle', () => {
    const { template } = sample((stack) => ({ ...own(stack), hooks: { afterAllowTestTraffic: checksHook() } }));
    const [service] = Object.values(template.findResources('AWS::ECS::Service'));
    expect(service!.Properties.LoadBalancers).toMatchObject([{ TargetGroupArn: { Ref: only(template, 'AWS::ElasticLoadBalancingV2::TargetGroup', 'B').id } }]);
    expect(only(template, 'Custom::GreenlightServiceSettings').properties).toMatchObject({ ContainerName: 'web', ContainerPort: 8080 });
    expect(service!.DependsOn).toContain(only(template, 'AWS::ElasticLoadBalancingV2::Listener', 'OwnProduction').id);
    expect(Object.values(template.findResources('AWS::EC2::SecurityGroupIngress')).map(({ Properties: { FromPort, Description } }) => [Description, FromPort])).toEqual([
      ['Load balancer to target', 8080],
      ['hook AfterAllowTestTraffic to port 9000', 9000],
    ]);
    expect(findCycle(graphOf(template))).toBeUndefined();
  });

  test('takes a service that is attached to the blue target group already', () => {
    const { template } = sample((stack) => {
      const made = own(stack);
      (stack.node.findChild('B') as elbv2.NetworkTargetGroup).addTarget(made.service.loadBalancerTarget({ containerName: 'web', containerPort: 8080 }));
      return made;
    });
    expect(only(template, 'AWS::ECS::Service').properties.LoadBalancers).toHaveLength(1);
  });

  test('lets named ranges into the test listener', () => {
    const { template } = sample((stack) => ({ ...own(stack), testAccess: TestAccess.fromCidrs('10.1.0.0/16') }));
    expect(only(template, 'AWS::EC2::SecurityGroup', 'Balancer').properties.SecurityGroupIngress).toEqual([expect.objectContaining({ CidrIp: '10.1.0.0/16', FromPort: 9000, ToPort: 9000 })]);
  });

  test('tells of a load balancer without security groups', () => {
    const { stack, description } = sample((within) => {
      const service = fargate(within);
      const { vpc } = service.cluster;
      const loadBalancer = new elbv2.NetworkLoadBalancer(within, 'Shared', { vpc, disableSecurityGroups: true });
      const group = (id: string) => new elbv2.NetworkTargetGroup(within, id, { vpc, port: 8080, targetType: elbv2.TargetType.IP });
      const blueTargetGroup = group('B');
      const productionListener = loadBalancer.addListener('Production', { port: 80, defaultTargetGroups: [blueTargetGroup] });
      return { service, endpoint: EcsEndpoint.existingNetwork({ loadBalancer, productionListener, blueTargetGroup, greenTargetGroup: group('G') }) };
    });
    expect(description.test).toBeUndefined();
    expect(description.findings.map(({ id }) => id)).toContain('load-balancer-without-security-groups');
    Annotations.fromStack(stack).hasWarning('/Shop/Web', Match.stringLikeRegexp("load balancer 'Shop/Shared' has no security groups"));
  });

  test.each<[string, elbv2.BaseNetworkListenerProps, elbv2.BaseNetworkListenerProps, Partial<ExistingNetworkEndpointOptions>, string, string]>([
    ['TCP', { port: 80 }, { port: 8080 }, {}, 'HTTP', 'HTTP'],
    ['TCP at 443', { port: 443 }, { port: 8080 }, {}, 'HTTPS', 'HTTPS'],
    ['TCP at 443, and the user knows better', { port: 443 }, { port: 8080 }, { https: false }, 'HTTP', 'HTTP'],
    ['TCP, and the user knows better', { port: 80 }, { port: 8080 }, { https: true }, 'HTTPS', 'HTTPS'],
    ['TLS on both', { port: 9443, certificates: [certificate] }, { port: 9444, certificates: [certificate] }, {}, 'HTTPS', 'HTTPS'],
    ['TLS in production alone', { port: 9443, certificates: [certificate] }, { port: 8080 }, {}, 'HTTPS', 'HTTP'],
    ['TLS in the test alone', { port: 80 }, { port: 9443, certificates: [certificate] }, {}, 'HTTP', 'HTTPS'],
  ])('asks by the protocol of the listeners: %s', (_what, production, testing, options, inProduction, inTest) => {
    const { description } = sample((stack) =>
      own(stack, ({ existing, service }) => {
        const { vpc } = service.cluster;
        const loadBalancer = new elbv2.NetworkLoadBalancer(stack, 'Second', { vpc, securityGroups: [new ec2.SecurityGroup(stack, 'SecondGroup', { vpc })] });
        const { blueTargetGroup, greenTargetGroup } = existing;
        return {
          loadBalancer,
          productionListener: loadBalancer.addListener('P', { ...production, defaultTargetGroups: [blueTargetGroup] }),
          testListener: loadBalancer.addListener('T', { ...testing, defaultTargetGroups: [greenTargetGroup] }),
          ...options,
        };
      }),
    );
    expect([description.production, description.test]).toMatchObject([{ port: production.port, protocol: inProduction }, { port: testing.port, protocol: inTest }]);
  });

  test('takes imported listeners and target groups, and says which by their ARN', () => {
    const { description, template } = sample((stack) => imported(stack, { https: true, internetFacing: true }));
    expect(description).toMatchObject({
      scheme: 'internet-facing',
      loadBalancer: { value: arn('loadbalancer/net/shop/abc') },
      production: { listener: { value: arn('listener/net/shop/abc/p') }, port: 443, protocol: 'HTTPS' },
      test: { listener: { value: arn('listener/net/shop/abc/t') }, port: 8443, protocol: 'HTTPS' },
      targetGroups: [{ value: arn('targetgroup/blue/123') }, { value: arn('targetgroup/green/123') }],
    });
    template.hasResourceProperties('AWS::EC2::SecurityGroupIngress', { FromPort: 8080, SourceSecurityGroupId: 'sg-1' });
  });

  test.each<[Partial<ExistingNetworkEndpointOptions>, object, object]>([
    [{}, { port: 80, protocol: 'HTTP' }, { port: 8080, protocol: 'HTTP' }],
    [{ productionPort: 443 }, { port: 443, protocol: 'HTTPS' }, { port: 8443, protocol: 'HTTPS' }],
    [{ productionPort: 1, testPort: 65_535 }, { port: 1, protocol: 'HTTP' }, { port: 65_535, protocol: 'HTTP' }],
    [{ https: true, productionPort: 9443, testPort: 9444 }, { port: 9443, protocol: 'HTTPS' }, { port: 9444, protocol: 'HTTPS' }],
  ])('is told the ports of imported listeners: %j', (options, production, testing) => {
    const { description } = sample((stack) => imported(stack, options));
    expect(description).toMatchObject({ scheme: 'internal', production, test: testing });
  });

  test.each([
    [{ productionPort: 0 }, "'productionPort' must be a whole number from 1 to 65535, got 0"],
    [{ testPort: 65_536 }, "'testPort' must be a whole number from 1 to 65535, got 65536"],
    [{ productionPort: Lazy.number({ produce: () => 80 }) }, "'productionPort' must be known at synth, got a deploy-time value; write the number"],
  ])('fails when imported listeners are said to have %j', (options, message) => {
    expect(() => sample((stack) => imported(stack, options))).toThrow(message);
  });

  test('fails when a listener of the app has a port that is not known', () => {
    expect(() =>
      sample((stack) =>
        own(stack, ({ loadBalancer, existing }) => ({
          testListener: loadBalancer.addListener('Later', { port: Lazy.number({ produce: () => 81 }), defaultTargetGroups: [existing.greenTargetGroup] }),
        })),
      ),
    ).toThrow("the port of listener 'Shop/Own/Later' must be known at synth, got a deploy-time value; write the number");
  });

  test.each([
    ['a canary', TrafficShift.canary({ percentage: 10, interval: Duration.minutes(5) })],
    ['a predefined linear shift', TrafficShift.ECS_LINEAR_10_PERCENT_EVERY_1_MINUTES],
  ])('fails when traffic is shifted by %s', (_what, traffic) => {
    expect(() => sample((stack) => ({ ...own(stack), traffic }))).toThrow(
      "rollout 'Shop/Web' shifts traffic in increments of 10 %, which CodeDeploy refuses behind a Network Load Balancer (\"Only ALB supports gradual traffic routing",
    );
  });

  test('fails when the load balancer is another kind', () => {
    expect(() =>
      sample((stack) =>
        imported(stack, { loadBalancer: elbv2.NetworkLoadBalancer.fromNetworkLoadBalancerAttributes(stack, 'Alb', { loadBalancerArn: arn('loadbalancer/app/shop/abc') }) }),
      ),
    ).toThrow("is an Application Load Balancer; this endpoint takes a Network Load Balancer; use EcsEndpoint.existing for an Application Load Balancer");
  });

  test('fails when blue and green are one', () => {
    expect(() => sample((stack) => own(stack, ({ existing }) => ({ greenTargetGroup: existing.blueTargetGroup })))).toThrow(
      "blue and green target group are both 'Shop/B'; a release needs two, between which traffic is moved",
    );
  });

  test('fails when production and test listener are one', () => {
    expect(() => sample((stack) => own(stack, ({ existing }) => ({ testListener: existing.productionListener })))).toThrow(
      "production and test listener are both 'Shop/Own/Production'; give the new version a listener of its own to be tested on",
    );
  });

  test.each(['productionListener', 'testListener'])('fails when the %s is on another load balancer', (which) => {
    expect(() =>
      sample((stack) =>
        own(stack, ({ service, existing }) => {
          const other = new elbv2.NetworkLoadBalancer(stack, 'Other', { vpc: service.cluster.vpc });
          return { [which]: other.addListener('Foreign', { port: 80, defaultTargetGroups: [existing.blueTargetGroup] }) };
        }),
      ),
    ).toThrow("listener 'Shop/Other/Foreign' is on another load balancer than 'Shop/Own'; CodeDeploy moves listeners of one load balancer only");
  });

  test('fails when an imported listener names another load balancer', () => {
    expect(() =>
      sample((stack) => imported(stack, { productionListener: elbv2.NetworkListener.fromNetworkListenerArn(stack, 'Foreign', arn('listener/net/other/def/1')) })),
    ).toThrow("production listener 'Shop/Foreign' is on another load balancer than 'Shop/Lb'");
  });

  test.each([
    ['blueTargetGroup', elbv2.TargetType.INSTANCE, 'blue'],
    ['greenTargetGroup', elbv2.TargetType.INSTANCE, 'green'],
    ['greenTargetGroup', undefined, 'green'],
  ])('fails when %s takes targets of type %s, and tasks have addresses of their own', (prop, targetType, what) => {
    expect(() =>
      sample((stack) => own(stack, ({ service }) => ({ [prop]: new elbv2.NetworkTargetGroup(stack, 'Odd', { vpc: service.cluster.vpc, port: 80, targetType }) }))),
    ).toThrow(`${what} target group 'Shop/Odd' takes targets of type 'instance', but the network mode of the service's tasks asks for 'ip'; set its 'targetType'`);
  });

  test('fails when nothing leads to the blue target group', () => {
    expect(() =>
      sample((stack) => own(stack, ({ loadBalancer, existing }) => ({ productionListener: loadBalancer.addListener('Closed', { port: 81, defaultTargetGroups: [existing.greenTargetGroup] }) }))),
    ).toThrow(
      "blue target group 'Shop/B' is behind no action of production listener 'Shop/Own/Closed', so that the service could not be made; make it the listener's default target group",
    );
  });
});

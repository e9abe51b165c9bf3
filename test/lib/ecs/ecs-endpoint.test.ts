import type { Template } from 'aws-cdk-lib/assertions';
import { Match } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as ecs from 'aws-cdk-lib/aws-ecs';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { Stack } from 'aws-cdk-lib/core';
import { Duration } from 'aws-cdk-lib/core';

import type { ApplicationEndpointOptions, ExistingEndpointOptions } from '../../../lib';
import { EcsEndpoint, EcsListenerRule, TestAccess } from '../../../lib';
import { fargate, onInstances, only, sample } from '../support/sample';

const application = (options: ApplicationEndpointOptions) => sample({ endpoint: EcsEndpoint.application(options) });

const certificate = elbv2.ListenerCertificate.fromArn('arn:aws:acm:eu-west-1:111122223333:certificate/abc');

/** Whatever can reach the load balancer by address rather than by security group. */
const openTo = (template: Template): unknown =>
  only(template, 'AWS::EC2::SecurityGroup', 'WebLoadBalancer').properties.SecurityGroupIngress ?? [];

describe('EcsEndpoint.application', () => {
  test('is internal, with nothing open, and listeners that lead to blue and green', () => {
    const { template } = application({ productionPort: 80, testPort: 8080 });
    template.hasResourceProperties('AWS::ElasticLoadBalancingV2::LoadBalancer', { Scheme: 'internal' });
    expect(openTo(template)).toEqual([]);
    const blue = only(template, 'AWS::ElasticLoadBalancingV2::TargetGroup', 'WebBlue').id;
    const green = only(template, 'AWS::ElasticLoadBalancingV2::TargetGroup', 'WebGreen').id;
    expect(only(template, 'AWS::ElasticLoadBalancingV2::Listener', 'WebProduction').properties).toMatchObject({
      Port: 80,
      Protocol: 'HTTP',
      DefaultActions: [{ Type: 'forward', TargetGroupArn: { Ref: blue } }],
    });
    expect(only(template, 'AWS::ElasticLoadBalancingV2::Listener', 'WebTest').properties).toMatchObject({
      Port: 8080,
      DefaultActions: [{ Type: 'forward', TargetGroupArn: { Ref: green } }],
    });
    const { properties } = only(template, 'AWS::ECS::Service');
    expect(properties.LoadBalancers).toEqual([{ ContainerName: 'web', ContainerPort: 8080, TargetGroupArn: { Ref: blue } }]);
  });

  test('has no test listener unless it is asked for', () => {
    const { template, rollout, description } = application({});
    template.resourceCountIs('AWS::ElasticLoadBalancingV2::Listener', 1);
    template.hasResourceProperties('AWS::CodeDeploy::DeploymentGroup', { LoadBalancerInfo: { TargetGroupPairInfoList: [{ TestTrafficRoute: Match.absent() }] } });
    expect([rollout.testListener, rollout.testUrl, description.test]).toEqual([undefined, undefined, undefined]);
  });

  test('opens the production listener only, where it is internet-facing', () => {
    const { template, description } = application({ internetFacing: true, testPort: 8080 });
    expect(openTo(template)).toEqual([expect.objectContaining({ CidrIp: '0.0.0.0/0', FromPort: 80, ToPort: 80 })]);
    expect(description.scheme).toBe('internet-facing');
  });

  test('keeps the production listener closed when told so, and opens it when told so', () => {
    expect(openTo(application({ internetFacing: true, openProduction: false }).template)).toEqual([]);
    expect(openTo(application({ openProduction: true }).template)).toEqual([expect.objectContaining({ CidrIp: '0.0.0.0/0', FromPort: 80 })]);
  });

  test('speaks HTTPS on both listeners with a certificate', () => {
    const { template, description } = application({ certificates: [certificate], testPort: 8443, sslPolicy: elbv2.SslPolicy.TLS13_RES });
    const common = { Protocol: 'HTTPS', SslPolicy: 'ELBSecurityPolicy-TLS13-1-2-2021-06', Certificates: [{ CertificateArn: 'arn:aws:acm:eu-west-1:111122223333:certificate/abc' }] };
    expect(only(template, 'AWS::ElasticLoadBalancingV2::Listener', 'WebProduction').properties).toMatchObject({ Port: 443, ...common });
    expect(only(template, 'AWS::ElasticLoadBalancingV2::Listener', 'WebTest').properties).toMatchObject({ Port: 8443, ...common });
    expect([description.production.protocol, description.test?.protocol]).toEqual(['HTTPS', 'HTTPS']);
  });

  test('makes both target groups alike', () => {
    const { template } = application({
      targetGroups: {
        healthCheck: { path: '/up', port: '9000' },
        protocol: elbv2.ApplicationProtocol.HTTPS,
        protocolVersion: elbv2.ApplicationProtocolVersion.HTTP2,
        stickinessCookieDuration: Duration.hours(1),
        deregistrationDelay: Duration.seconds(20),
      },
    });
    const groups = Object.values(template.findResources('AWS::ElasticLoadBalancingV2::TargetGroup')).map(({ Properties }) => Properties);
    expect(groups).toHaveLength(2);
    expect(groups[0]).toEqual(groups[1]);
    expect(groups[0]).toMatchObject({ Port: 8080, Protocol: 'HTTPS', ProtocolVersion: 'HTTP2', TargetType: 'ip', HealthCheckPath: '/up', HealthCheckPort: '9000' });
    expect(groups[0].TargetGroupAttributes).toEqual(
      expect.arrayContaining([
        { Key: 'stickiness.lb_cookie.duration_seconds', Value: '3600' },
        { Key: 'deregistration_delay.timeout_seconds', Value: '20' },
      ]),
    );
  });

  test('lets the load balancer reach traffic port and health check port of the service', () => {
    const { template } = application({ targetGroups: { healthCheck: { port: '9000' } } });
    const ports = Object.values(template.findResources('AWS::EC2::SecurityGroupIngress')).map(({ Properties }) => Properties.FromPort);
    expect(ports.sort()).toEqual([8080, 9000]);
  });

  test('registers instances and opens the dynamic ports for bridge networking', () => {
    const { template } = sample((stack) => ({ service: onInstances(stack) }));
    template.allResourcesProperties('AWS::ElasticLoadBalancingV2::TargetGroup', { TargetType: 'instance' });
    template.hasResourceProperties('AWS::EC2::SecurityGroupIngress', { FromPort: 32768, ToPort: 65535 });
  });

  test('takes a load balancer of the app', () => {
    const { template, stack } = sample((within) => {
      const service = fargate(within);
      const loadBalancer = new elbv2.ApplicationLoadBalancer(within, 'Shared', { vpc: service.cluster.vpc, internetFacing: true });
      return { service, endpoint: EcsEndpoint.application({ loadBalancer, productionPort: 8000 }) };
    });
    template.resourceCountIs('AWS::ElasticLoadBalancingV2::LoadBalancer', 1);
    expect(stack.node.tryFindChild('Web')?.node.tryFindChild('LoadBalancer')).toBeUndefined();
  });

  test.each([
    [{ productionPort: 80, testPort: 80 }, "'testPort' must differ from 'productionPort', got 80 for both"],
    [{ certificates: [certificate], testPort: 443 }, "'testPort' must differ from 'productionPort', got 443 for both"],
    [{ productionPort: 0 }, "'productionPort' must be a whole number from 1 to 65535, got 0"],
    [{ testPort: 65536 }, "'testPort' must be a whole number from 1 to 65535, got 65536"],
    [{ targetGroups: { targetType: elbv2.TargetType.INSTANCE } }, "'targetType' is 'instance', but the network mode of the service's tasks asks for 'ip'"],
  ])('fails when the options are %j', (options, message) => {
    expect(() => application(options)).toThrow(message);
  });

  test('fails when the load balancer is no Application Load Balancer', () => {
    expect(() => application({ loadBalancer: undefined })).not.toThrow();
    expect(() =>
      sample((stack) => ({
        endpoint: EcsEndpoint.application({
          loadBalancer: elbv2.ApplicationLoadBalancer.fromApplicationLoadBalancerAttributes(stack, 'Nlb', {
            loadBalancerArn: 'arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/net/shop/abc',
            securityGroupId: 'sg-1',
          }),
        }),
      })),
    ).toThrow('is a Network Load Balancer; this endpoint takes an Application Load Balancer, which alone shifts traffic in increments');
  });

  test('fails when a load balancer of the app is said to be what it is not', () => {
    expect(() =>
      sample((stack) => {
        const service = fargate(stack);
        const loadBalancer = new elbv2.ApplicationLoadBalancer(stack, 'Shared', { vpc: service.cluster.vpc });
        return { service, endpoint: EcsEndpoint.application({ loadBalancer, internetFacing: true }) };
      }),
    ).toThrow("'internetFacing' is true, but load balancer 'Shop/Shared' is internal; leave it out for a load balancer of this app");
  });

  test('fails when test access is given without a test listener', () => {
    expect(() => sample({ endpoint: EcsEndpoint.application(), testAccess: TestAccess.open() })).toThrow("'testAccess' needs a test listener; give the endpoint a 'testPort' or leave it out");
  });
});

describe('TestAccess', () => {
  test('lets the named ranges into the test listener and no further', () => {
    const { template } = sample({ endpoint: EcsEndpoint.application({ internetFacing: true, openProduction: false, testPort: 8080 }), testAccess: TestAccess.fromCidrs('203.0.113.10/32', '2001:db8::/32') });
    expect(openTo(template)).toEqual([
      expect.objectContaining({ CidrIp: '203.0.113.10/32', FromPort: 8080, ToPort: 8080 }),
      expect.objectContaining({ CidrIpv6: '2001:db8::/32', FromPort: 8080, ToPort: 8080 }),
    ]);
  });

  test('opens the test listener only when that is typed out', () => {
    const { template } = sample({ endpoint: EcsEndpoint.application({ internetFacing: true, openProduction: false, testPort: 8080 }), testAccess: TestAccess.open() });
    expect(openTo(template)).toEqual([expect.objectContaining({ CidrIp: '0.0.0.0/0', FromPort: 8080 })]);
  });

  test('fails when no range is named', () => {
    expect(() => TestAccess.fromCidrs()).toThrow("'fromCidrs' needs at least one range such as '203.0.113.10/32', got none");
  });
});

interface Own {
  readonly service: ecs.FargateService;
  readonly loadBalancer: elbv2.ApplicationLoadBalancer;
  readonly existing: ExistingEndpointOptions;
}

/** Everything made by the user: two listeners that lead to two target groups. */
function own(stack: Stack, overrides: (made: Own) => Partial<ExistingEndpointOptions> = () => ({})) {
  const service = fargate(stack);
  const { vpc } = service.cluster;
  const loadBalancer = new elbv2.ApplicationLoadBalancer(stack, 'Own', { vpc });
  const group = (id: string) => new elbv2.ApplicationTargetGroup(stack, id, { vpc, port: 8080, targetType: elbv2.TargetType.IP });
  const [blueTargetGroup, greenTargetGroup] = [group('B'), group('G')];
  const productionListener = loadBalancer.addListener('Production', { port: 80, open: false, defaultTargetGroups: [blueTargetGroup] });
  const testListener = loadBalancer.addListener('Test', { port: 9000, protocol: elbv2.ApplicationProtocol.HTTP, open: false, defaultTargetGroups: [greenTargetGroup] });
  const existing = { loadBalancer, productionListener, testListener, blueTargetGroup, greenTargetGroup };
  return { service, endpoint: EcsEndpoint.existing({ ...existing, ...overrides({ service, loadBalancer, existing }) }) };
}

describe('EcsEndpoint.existing', () => {
  test('takes what is there and makes nothing', () => {
    const { template, description, rollout } = sample((stack) => own(stack));
    template.resourceCountIs('AWS::ElasticLoadBalancingV2::LoadBalancer', 1);
    template.resourceCountIs('AWS::ElasticLoadBalancingV2::Listener', 2);
    template.resourceCountIs('AWS::ElasticLoadBalancingV2::TargetGroup', 2);
    expect(description).toMatchObject({ scheme: 'internal', production: { port: 80, protocol: 'HTTP' }, test: { port: 9000, protocol: 'HTTP' } });
    expect(rollout.blueTargetGroup.node.path).toBe('Shop/B');
  });

  test('takes a service that is attached to the blue target group already', () => {
    const { template } = sample((stack) => {
      const made = own(stack);
      const blue = stack.node.findChild('B') as elbv2.ApplicationTargetGroup;
      blue.addTarget(made.service.loadBalancerTarget({ containerName: 'web', containerPort: 8080 }));
      return made;
    });
    expect(only(template, 'AWS::ECS::Service').properties.LoadBalancers).toHaveLength(1);
  });

  test('makes rules on shared listeners, and may move these rules only', () => {
    const { template, description } = sample((stack) =>
      own(stack, () => ({
        productionRules: [EcsListenerRule.forward({ priority: 10, paths: ['/orders/*'] }), EcsListenerRule.forward({ priority: 11, hosts: ['orders.example.com'] })],
        testRules: [EcsListenerRule.forward({ priority: 20, paths: ['/orders/*'] })],
      })),
    );
    const rules = Object.entries(template.findResources('AWS::ElasticLoadBalancingV2::ListenerRule'));
    expect(rules.map(([, { Properties }]) => [Properties.Priority, Properties.Conditions[0].Field])).toEqual([
      [10, 'path-pattern'],
      [11, 'host-header'],
      [20, 'path-pattern'],
    ]);
    expect(description.production.rules).toEqual([
      { rule: { logicalId: rules[0]![0] }, priority: 10, paths: ['/orders/*'] },
      { rule: { logicalId: rules[1]![0] }, priority: 11, hosts: ['orders.example.com'] },
    ]);
    template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: { Statement: Match.arrayWith([Match.objectLike({ Action: 'elasticloadbalancing:ModifyRule', Resource: rules.map(([id]) => ({ Ref: id })) })]) },
    });
    template.hasResource('AWS::ECS::Service', { DependsOn: Match.arrayWith([rules[0]![0], rules[1]![0]]) });
  });

  test('takes a rule of the app', () => {
    const { template } = sample((stack) =>
      own(stack, ({ existing }) => {
        const rule = new elbv2.ApplicationListenerRule(stack, 'Mine', {
          listener: existing.productionListener,
          priority: 5,
          conditions: [elbv2.ListenerCondition.pathPatterns(['/a'])],
          targetGroups: [existing.blueTargetGroup],
        });
        return { productionRules: [EcsListenerRule.existing(rule, { priority: 5, paths: ['/a'] })] };
      }),
    );
    template.resourceCountIs('AWS::ElasticLoadBalancingV2::ListenerRule', 1);
  });

  test('takes imported listeners and target groups, and says which by their ARN', () => {
    const arn = (rest: string) => `arn:aws:elasticloadbalancing:eu-west-1:111122223333:${rest}`;
    const { description, template } = sample((stack) => {
      const securityGroup = ec2.SecurityGroup.fromSecurityGroupId(stack, 'Group', 'sg-1');
      const listener = (id: string) => elbv2.ApplicationListener.fromApplicationListenerAttributes(stack, id, { listenerArn: arn(`listener/app/shop/abc/${id}`), securityGroup });
      const group = (id: string) => elbv2.ApplicationTargetGroup.fromTargetGroupAttributes(stack, id, { targetGroupArn: arn(`targetgroup/${id}/123`) });
      const loadBalancer = elbv2.ApplicationLoadBalancer.fromApplicationLoadBalancerAttributes(stack, 'Lb', {
        loadBalancerArn: arn('loadbalancer/app/shop/abc'),
        loadBalancerDnsName: 'shop.example.com',
        securityGroupId: 'sg-1',
      });
      return {
        endpoint: EcsEndpoint.existing({
          loadBalancer,
          productionListener: listener('p'),
          testListener: listener('t'),
          blueTargetGroup: group('blue'),
          greenTargetGroup: group('green'),
          https: true,
          internetFacing: true,
        }),
      };
    });
    expect(description).toMatchObject({
      scheme: 'internet-facing',
      loadBalancer: { value: arn('loadbalancer/app/shop/abc') },
      production: { listener: { value: arn('listener/app/shop/abc/p') }, port: 443, protocol: 'HTTPS' },
      test: { listener: { value: arn('listener/app/shop/abc/t') }, port: 8443, protocol: 'HTTPS' },
      targetGroups: [{ value: arn('targetgroup/blue/123') }, { value: arn('targetgroup/green/123') }],
    });
    template.hasResourceProperties('AWS::EC2::SecurityGroupIngress', { FromPort: 8080, SourceSecurityGroupId: 'sg-1' });
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
          const other = new elbv2.ApplicationLoadBalancer(stack, 'Other', { vpc: service.cluster.vpc });
          return { [which]: other.addListener('Foreign', { port: 80, defaultTargetGroups: [existing.blueTargetGroup] }) };
        }),
      ),
    ).toThrow("listener 'Shop/Other/Foreign' is on another load balancer than 'Shop/Own'; CodeDeploy moves listeners of one load balancer only");
  });

  test('fails when an imported listener names another load balancer', () => {
    expect(() =>
      sample((stack) => {
        const securityGroup = ec2.SecurityGroup.fromSecurityGroupId(stack, 'Group', 'sg-1');
        const prefix = 'arn:aws:elasticloadbalancing:eu-west-1:111122223333';
        const loadBalancer = elbv2.ApplicationLoadBalancer.fromApplicationLoadBalancerAttributes(stack, 'Lb', { loadBalancerArn: `${prefix}:loadbalancer/app/shop/abc`, securityGroupId: 'sg-1' });
        const foreign = elbv2.ApplicationListener.fromApplicationListenerAttributes(stack, 'Foreign', { listenerArn: `${prefix}:listener/app/other/def/1`, securityGroup });
        return own(stack, () => ({ loadBalancer, productionListener: foreign }));
      }),
    ).toThrow("production listener 'Shop/Foreign' is on another load balancer than 'Shop/Lb'");
  });

  test.each([
    [{ priority: 0, paths: ['/a'] }, "'priority' must be a whole number from 1 to 50000, got 0"],
    [{ priority: 1 }, "a listener rule needs 'paths' or 'hosts', got neither"],
  ])('fails when a rule is %j', (options, message) => {
    expect(() => EcsListenerRule.forward(options)).toThrow(message);
  });
});

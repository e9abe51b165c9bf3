import { Match } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as ecs from 'aws-cdk-lib/aws-ecs';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { Stack } from 'aws-cdk-lib/core';

import type { ExistingEndpointOptions } from '../../../lib';
import { EcsEndpoint, EcsListenerRule } from '../../../lib';
import { fargate, only, sample } from '../support/sample';

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
    [{ priority: 1, paths: [] }, "'paths' of a listener rule must not be empty; name at least one, or leave it out"],
    [{ priority: 1, paths: ['/a'], hosts: [] }, "'hosts' of a listener rule must not be empty; name at least one, or leave it out"],
  ])('fails when a rule is %j', (options, message) => {
    expect(() => EcsListenerRule.forward(options)).toThrow(message);
  });

  test('fails when two rules of one listener have the same priority', () => {
    const rule = (path: string) => EcsListenerRule.forward({ priority: 10, paths: [path] });
    expect(() => sample((stack) => own(stack, () => ({ productionRules: [rule('/a'), rule('/b')] })))).toThrow(
      "two rules of listener 'Shop/Own/Production' have the priority 10; a listener has one rule for each, so change one",
    );
  });

  test('the group waits for the rules of both listeners, which it does not name', () => {
    const rules = { productionRules: [EcsListenerRule.forward({ priority: 1, paths: ['/a'] })], testRules: [EcsListenerRule.forward({ priority: 2, paths: ['/a'] })] };
    const { template } = sample((stack) => own(stack, () => rules));
    const ids = Object.keys(template.findResources('AWS::ElasticLoadBalancingV2::ListenerRule'));
    expect(ids).toHaveLength(2);
    template.hasResource('AWS::CodeDeploy::DeploymentGroup', { DependsOn: Match.arrayWith(ids) });
  });

  test.each([
    ['blueTargetGroup', elbv2.TargetType.INSTANCE, 'blue'],
    ['greenTargetGroup', elbv2.TargetType.INSTANCE, 'green'],
    ['greenTargetGroup', undefined, 'green'],
  ])('fails when %s takes targets of type %s, and tasks have addresses of their own', (prop, targetType, what) => {
    expect(() =>
      sample((stack) => own(stack, ({ service }) => ({ [prop]: new elbv2.ApplicationTargetGroup(stack, 'Odd', { vpc: service.cluster.vpc, port: 80, targetType }) }))),
    ).toThrow(`${what} target group 'Shop/Odd' takes targets of type 'instance', but the network mode of the service's tasks asks for 'ip'; set its 'targetType'`);
  });

  test('gives a blue target group without a type that of the service', () => {
    const { template } = sample((stack) =>
      own(stack, ({ service, existing }) => {
        const blueTargetGroup = new elbv2.ApplicationTargetGroup(stack, 'Bare', { vpc: service.cluster.vpc, port: 80 });
        existing.productionListener.addTargetGroups('Bare', { targetGroups: [blueTargetGroup], priority: 1, conditions: [elbv2.ListenerCondition.pathPatterns(['/a'])] });
        return { blueTargetGroup };
      }),
    );
    expect(only(template, 'AWS::ElasticLoadBalancingV2::TargetGroup', 'Bare').properties.TargetType).toBe('ip');
  });

  test('fails when nothing leads to the blue target group', () => {
    expect(() =>
      sample((stack) =>
        own(stack, ({ loadBalancer }) => ({
          productionListener: loadBalancer.addListener('Closed', { port: 81, protocol: elbv2.ApplicationProtocol.HTTP, open: false, defaultAction: elbv2.ListenerAction.fixedResponse(404) }),
        })),
      ),
    ).toThrow(
      "blue target group 'Shop/B' is behind no action of production listener 'Shop/Own/Closed', so that the service could not be made; make it the listener's default target group, or name rules by 'productionRules'",
    );
  });
});

import type { Template } from 'aws-cdk-lib/assertions';
import { Match } from 'aws-cdk-lib/assertions';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Duration, Lazy } from 'aws-cdk-lib/core';

import type { ApplicationEndpointOptions } from '../../../lib';
import { EcsEndpoint, TestAccess } from '../../../lib';
import { guardedBy } from '../support/listener-guard';
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
      DefaultActions: [{ Type: 'forward', TargetGroupArn: guardedBy(template, 'WebProduction', [blue, green]) }],
    });
    expect(only(template, 'AWS::ElasticLoadBalancingV2::Listener', 'WebTest').properties).toMatchObject({
      Port: 8080,
      DefaultActions: [{ Type: 'forward', TargetGroupArn: guardedBy(template, 'WebTest', [green, blue]) }],
    });
    expect(only(template, 'AWS::ECS::Service').properties).toMatchObject({ LoadBalancers: [{ TargetGroupArn: { Ref: blue } }] });
    expect(only(template, 'Custom::GreenlightServiceSettings').properties).toMatchObject({ ContainerName: 'web', ContainerPort: 8080, TargetGroupArn: { Ref: blue } });
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
    const common = { Protocol: 'HTTPS', SslPolicy: 'ELBSecurityPolicy-TLS13-1-2-Res-2021-06', Certificates: [{ CertificateArn: 'arn:aws:acm:eu-west-1:111122223333:certificate/abc' }] };
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
    expect(groups[0]).toMatchObject({ Port: 80, Protocol: 'HTTPS', ProtocolVersion: 'HTTP2', TargetType: 'ip', HealthCheckPath: '/up', HealthCheckPort: '9000' });
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

  test.each(['productionPort', 'testPort'])('fails when %s is a deploy-time value', (prop) => {
    expect(() => application({ [prop]: Lazy.number({ produce: () => 80 }) })).toThrow(`'${prop}' must be known at synth, got a deploy-time value; write the number`);
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

import type { Template } from 'aws-cdk-lib/assertions';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Duration } from 'aws-cdk-lib/core';

import type { EcsRolloutProps, NetworkEndpointOptions } from '../../../lib';
import { EcsEndpoint, LifecycleHook, MetricBaseline, MetricCheck, MetricThreshold, MetricWindow, TestAccess, TrafficShift, VersionMetric } from '../../../lib';
import { findCycle } from '../../support/template-graph';
import { guardedBy } from '../support/listener-guard';
import { checksHook, fargate, graphOf, onInstances, only, sample, statementsOf } from '../support/sample';

const BALANCER = 'AWS::ElasticLoadBalancingV2::LoadBalancer';
const LISTENER = 'AWS::ElasticLoadBalancingV2::Listener';
const GROUP = 'AWS::ElasticLoadBalancingV2::TargetGroup';
const SECURITY_GROUP = 'AWS::EC2::SecurityGroup';

const network = (options: NetworkEndpointOptions = {}, props: Partial<EcsRolloutProps> = {}) => sample({ endpoint: EcsEndpoint.network(options), ...props });

const certificate = elbv2.ListenerCertificate.fromArn('arn:aws:acm:eu-west-1:111122223333:certificate/abc');

const openTo = (template: Template): unknown => only(template, SECURITY_GROUP, 'WebLoadBalancer').properties.SecurityGroupIngress ?? [];

/** Rules that let one group into another. */
const letIn = (template: Template): unknown[] => Object.values(template.findResources('AWS::EC2::SecurityGroupIngress')).map(({ Properties: { FromPort, Description } }) => [Description, FromPort]);

describe('EcsEndpoint.network', () => {
  test('is internal, with nothing open, and TCP listeners that lead to blue and green', () => {
    const { template, description } = network({ testPort: 8080 });
    expect(only(template, BALANCER).properties).toMatchObject({
      Type: 'network',
      Scheme: 'internal',
      SecurityGroups: [{ 'Fn::GetAtt': [only(template, SECURITY_GROUP, 'WebLoadBalancer').id, 'GroupId'] }],
    });
    expect(openTo(template)).toEqual([]);
    const [blue, green] = ['WebBlue', 'WebGreen'].map((prefix) => only(template, GROUP, prefix).id);
    const guard = (prefix: string, ...arns: readonly (string | undefined)[]) => guardedBy(template, prefix, arns);
    expect(only(template, LISTENER, 'WebProduction').properties).toEqual({
      LoadBalancerArn: { Ref: only(template, BALANCER).id },
      Port: 80,
      Protocol: 'TCP',
      DefaultActions: [{ Type: 'forward', TargetGroupArn: guard('WebProduction', blue, green) }],
    });
    expect(only(template, LISTENER, 'WebTest').properties).toMatchObject({ Port: 8080, Protocol: 'TCP', DefaultActions: [{ TargetGroupArn: guard('WebTest', green, blue) }] });
    expect(only(template, 'AWS::ECS::Service').properties).toMatchObject({ LoadBalancers: [{ TargetGroupArn: { Ref: blue } }] });
    expect(only(template, 'Custom::GreenlightServiceSettings').properties).toMatchObject({ ContainerName: 'web', ContainerPort: 8080, TargetGroupArn: { Ref: blue } });
    expect(description).toMatchObject({ scheme: 'internal', production: { port: 80, protocol: 'HTTP' }, test: { port: 8080, protocol: 'HTTP' }, traffic: { type: 'AllAtOnce' } });
  });

  test('gives CodeDeploy both listeners and groups, and the permissions for them', () => {
    const { template } = network({ testPort: 8080 });
    const names = ['WebBlue', 'WebGreen'].map((prefix) => ({ Name: { 'Fn::GetAtt': [only(template, GROUP, prefix).id, 'TargetGroupName'] } }));
    const [production, testing] = ['WebProduction', 'WebTest'].map((prefix) => ({ Ref: only(template, LISTENER, prefix).id }));
    expect(only(template, 'AWS::CodeDeploy::DeploymentGroup').properties).toMatchObject({
      DeploymentConfigName: 'CodeDeployDefault.ECSAllAtOnce',
      LoadBalancerInfo: {
        TargetGroupPairInfoList: [{ TargetGroups: names, ProdTrafficRoute: { ListenerArns: [production] }, TestTrafficRoute: { ListenerArns: [testing] } }],
      },
    });
    // Such listeners have no rules.
    const statements = statementsOf(template, only(template, 'AWS::IAM::Role', 'WebServiceRole').id);
    expect(statements.map(({ Sid }) => Sid)).toEqual(['CreateTaskSets', 'MoveTaskSets', 'PassTaskRoles', 'MoveListeners', 'LookAtListeners', 'WatchAlarms']);
    expect(statements[3]).toMatchObject({ Action: 'elasticloadbalancing:ModifyListener', Resource: [production, testing] });
  });

  test('has the service wait for its listener, and closes no cycle', () => {
    const { template } = network({ testPort: 8080 }, { hooks: { afterAllowTestTraffic: checksHook() } });
    const [service] = Object.values(template.findResources('AWS::ECS::Service'));
    expect(service!.DependsOn).toContain(only(template, LISTENER, 'WebProduction').id);
    expect(findCycle(graphOf(template))).toBeUndefined();
  });

  test('lets the load balancer reach the tasks, and hooks the test listener, from group to group', () => {
    const { template } = network({ testPort: 8080, targetGroups: { healthCheck: { port: '9000' } } }, { hooks: { afterAllowTestTraffic: checksHook() } });
    expect(letIn(template)).toEqual([
      ['Load balancer to target', 8080],
      ['Load balancer to health check', 9000],
      ['hook AfterAllowTestTraffic to port 8080', 8080],
    ]);
  });

  test('ends TLS with certificates', () => {
    const { template, description, rollout, stack } = network({ certificates: [certificate], testPort: 8443, sslPolicy: elbv2.SslPolicy.TLS13_RES, targetGroups: { protocol: elbv2.Protocol.TLS } });
    const common = { Protocol: 'TLS', SslPolicy: 'ELBSecurityPolicy-TLS13-1-2-Res-2021-06', Certificates: [{ CertificateArn: 'arn:aws:acm:eu-west-1:111122223333:certificate/abc' }] };
    expect(only(template, LISTENER, 'WebProduction').properties).toMatchObject({ Port: 443, ...common });
    expect(only(template, LISTENER, 'WebTest').properties).toMatchObject({ Port: 8443, ...common });
    expect([description.production.protocol, description.test?.protocol]).toEqual(['HTTPS', 'HTTPS']);
    expect(stack.resolve(rollout.testUrl)['Fn::Join'][1]).toEqual(['https://', { 'Fn::GetAtt': [only(template, BALANCER).id, 'DNSName'] }, ':8443']);
    template.allResourcesProperties(GROUP, { Protocol: 'TLS' });
  });

  test.each<[NetworkEndpointOptions, string]>([
    [{ productionPort: 443 }, 'HTTPS'],
    [{ productionPort: 443, https: false }, 'HTTP'],
    [{ productionPort: 9000 }, 'HTTP'],
    [{ productionPort: 9000, https: true }, 'HTTPS'],
    [{ productionPort: 9000, certificates: [certificate] }, 'HTTPS'],
  ])('with %j is asked by %s', (options, protocol) => {
    expect(network(options).description.production.protocol).toBe(protocol);
  });

  test('makes both target groups alike', () => {
    const { template } = network({
      targetGroups: {
        healthCheck: { protocol: elbv2.Protocol.HTTP, path: '/up' },
        deregistrationDelay: Duration.seconds(20),
        connectionTermination: true,
        preserveClientIp: true,
        proxyProtocolV2: true,
      },
    });
    const groups = Object.values(template.findResources(GROUP)).map(({ Properties }) => Properties);
    expect(groups).toHaveLength(2);
    expect(groups[0]).toEqual(groups[1]);
    expect(groups[0]).toMatchObject({ Port: 80, Protocol: 'TCP', TargetType: 'ip', HealthCheckProtocol: 'HTTP', HealthCheckPath: '/up' });
    expect(groups[0].TargetGroupAttributes).toEqual(
      expect.arrayContaining([
        { Key: 'deregistration_delay.timeout_seconds', Value: '20' },
        { Key: 'deregistration_delay.connection_termination.enabled', Value: 'true' },
        { Key: 'preserve_client_ip.enabled', Value: 'true' },
        { Key: 'proxy_protocol_v2.enabled', Value: 'true' },
      ]),
    );
  });

  test('registers instances for bridge networking', () => {
    const { template } = sample((stack) => ({ service: onInstances(stack), endpoint: EcsEndpoint.network() }));
    template.allResourcesProperties(GROUP, { TargetType: 'instance' });
    expect(letIn(template)).toEqual([['Load balancer to target', 32_768]]);
  });

  test('opens the production listener only, where it is internet-facing', () => {
    const production = { CidrIp: '0.0.0.0/0', FromPort: 80, ToPort: 80 };
    const { template, description } = network({ internetFacing: true, testPort: 8080 });
    expect([openTo(template), description.scheme]).toEqual([[expect.objectContaining(production)], 'internet-facing']);
    expect(openTo(network({ internetFacing: true, openProduction: false }).template)).toEqual([]);
    expect(openTo(network({ openProduction: true }).template)).toEqual([expect.objectContaining(production)]);
  });

  test('lets named ranges into the test listener', () => {
    const { template } = network({ internetFacing: true, openProduction: false, testPort: 8080 }, { testAccess: TestAccess.fromCidrs('203.0.113.10/32') });
    expect(openTo(template)).toEqual([expect.objectContaining({ CidrIp: '203.0.113.10/32', FromPort: 8080, ToPort: 8080 })]);
  });

  test('takes a load balancer of the app; one without security groups lets nothing in, which is told', () => {
    const taken = (secured: boolean) =>
      sample((within) => {
        const service = fargate(within);
        const { vpc } = service.cluster;
        const securityGroups = secured ? [new ec2.SecurityGroup(within, 'Balancer', { vpc, allowAllOutbound: false })] : undefined;
        const loadBalancer = new elbv2.NetworkLoadBalancer(within, 'Shared', { vpc, securityGroups, disableSecurityGroups: secured ? undefined : true });
        return { service, endpoint: EcsEndpoint.network({ loadBalancer, testPort: 8080 }), hooks: { afterAllowTestTraffic: checksHook() } };
      });
    const { template, description } = taken(true);
    template.resourceCountIs(BALANCER, 1);
    expect(letIn(template)).toEqual([['Load balancer to target', 8080], ['hook AfterAllowTestTraffic to port 8080', 8080]]);
    expect(description.findings.map(({ id }) => id)).toEqual([]);

    const bare = taken(false);
    expect(letIn(bare.template)).toEqual([]);
    // The hook must still be let out.
    expect(only(bare.template, SECURITY_GROUP, 'WebAfterAllowTestTraffic').properties.SecurityGroupEgress).toContainEqual(expect.objectContaining({ CidrIp: '0.0.0.0/0', FromPort: 8080 }));
    const message = "load balancer 'Shop/Shared' has no security groups, so that nothing lets it reach the tasks, and everybody with a route may use the test listener";
    expect(bare.description.findings).toContainEqual(expect.objectContaining({ id: 'load-balancer-without-security-groups', level: 'warning', message }));
    Annotations.fromStack(bare.stack).hasWarning('/Shop/Web', Match.stringLikeRegexp('has no security groups'));
  });

  test.each<[NetworkEndpointOptions, string]>([
    [{ productionPort: 80, testPort: 80 }, "'testPort' must differ from 'productionPort', got 80 for both"],
    [{ productionPort: 0 }, "'productionPort' must be a whole number from 1 to 65535, got 0"],
    [{ targetGroups: { targetType: elbv2.TargetType.INSTANCE } }, "'targetType' is 'instance', but the network mode of the service's tasks asks for 'ip'"],
    [{ targetGroups: { protocol: elbv2.Protocol.UDP } }, "'protocol' of the target groups must be TCP or TLS, got UDP; the listeners of a rollout speak TCP, or TLS with certificates"],
    [{ targetGroups: { protocol: elbv2.Protocol.TLS } }, "'protocol' of the target groups is TLS, which a listener without certificates does not speak; set 'certificates'"],
  ])('fails when the options are %j', (options, message) => {
    expect(() => network(options)).toThrow(message);
  });

  test('fails when the load balancer is another kind', () => {
    expect(() =>
      sample((stack) => ({
        endpoint: EcsEndpoint.network({
          loadBalancer: elbv2.NetworkLoadBalancer.fromNetworkLoadBalancerAttributes(stack, 'Alb', {
            loadBalancerArn: 'arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/app/shop/abc',
          }),
        }),
      })),
    ).toThrow("is an Application Load Balancer; this endpoint takes a Network Load Balancer; use EcsEndpoint.application for an Application Load Balancer");
  });
});

describe('traffic behind a Network Load Balancer', () => {
  test.each([
    ['a canary', TrafficShift.canary({ percentage: 10, interval: Duration.minutes(5) })],
    ['a predefined linear shift', TrafficShift.ECS_LINEAR_10_PERCENT_EVERY_1_MINUTES],
  ])('fails when it is %s', (_what, traffic) => {
    expect(() => network({}, { traffic })).toThrow(
      "rollout 'Shop/Web' shifts traffic in increments of 10 %, which CodeDeploy refuses behind a Network Load Balancer (\"Only ALB supports gradual traffic routing, use " +
        'AllAtOnce Traffic routing instead when you create/update Deployment group."); use TrafficShift.allAtOnce(), or EcsEndpoint.application',
    );
  });

  test.each([['allAtOnce', TrafficShift.allAtOnce()], ['the predefined one', TrafficShift.ECS_ALL_AT_ONCE]])('may be %s', (_what, traffic) => {
    expect(network({}, { traffic }).description.traffic).toEqual({ type: 'AllAtOnce' });
  });
});

describe('metrics of a Network Load Balancer', () => {
  const baseline = MetricBaseline.before(Duration.hours(1));
  const checked = (check: MetricCheck) => network({}, { hooks: { afterAllowTraffic: LifecycleHook.checks({ checks: [check] }) } });

  test('are not those of requests', () => {
    expect(() => checked(MetricCheck.targetErrorRate({ window: Duration.minutes(5), minSamples: 100, baseline }))).toThrow(
      "hook AfterAllowTraffic asks for the metric 'HTTPCode_Target_5XX_Count' by target group, which a Network Load Balancer does not have, since it sees no requests; use a metric of " +
        'the service itself, by VersionMetric.of or MetricCheck.absolute',
    );
  });

  test('can be told by target group', () => {
    const metric = (name: string) => VersionMetric.targetGroup(name);
    expect(() => checked(MetricCheck.compareRates({ errors: metric('UnHealthyHostCount'), requests: metric('HealthyHostCount'), window: Duration.minutes(5), minSamples: 100, baseline }))).not.toThrow();
  });

  test('can be a metric of the service', () => {
    const failed = new cloudwatch.Metric({ namespace: 'Shop', metricName: 'Failed', statistic: 'Sum' });
    expect(() => checked(MetricCheck.absolute({ metric: failed, threshold: MetricThreshold.below(10), window: MetricWindow.last(Duration.minutes(5)), minSamples: 1 }))).not.toThrow();
  });
});

describe('what a rollout shows of its load balancer', () => {
  test('is target groups with the metrics of their kind', () => {
    const [application, networked] = [sample().rollout, network().rollout];
    expect(application.applicationTargetGroups).toEqual([application.blueTargetGroup, application.greenTargetGroup]);
    expect(networked.networkTargetGroups).toEqual([networked.blueTargetGroup, networked.greenTargetGroup]);
    expect(() => application.networkTargetGroups).toThrow("rollout 'Shop/Web' is behind an Application Load Balancer; use 'applicationTargetGroups'");
    expect(() => networked.applicationTargetGroups).toThrow("rollout 'Shop/Web' is behind a Network Load Balancer; use 'networkTargetGroups'");
  });

  test.each([['application', sample], ['network', network]] as const)('is what lets clients in, by the port of the production listener: %s', (_kind, make) => {
    const { rollout, stack } = make();
    expect(stack.resolve(rollout.connections.defaultPort?.toRuleJson())).toMatchObject({ fromPort: 80 });
    expect(rollout.connections.securityGroups).toHaveLength(1);
  });
});

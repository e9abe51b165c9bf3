import { Match, Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';

import type { ChecksHookOptions, EcsRolloutProps } from '../../../lib';
import { CheckTarget, EcsEndpoint, HttpAssertion, HttpCheck, LifecycleHook, TestAccess } from '../../../lib';
import { healthCheck, only, rolloutIn, sample, stackOf } from '../support/sample';

const OK = [HttpAssertion.status(200)];

const withHook = (options: Partial<ChecksHookOptions> = {}, props: Partial<EcsRolloutProps> = {}) =>
  sample({ hooks: { afterAllowTestTraffic: LifecycleHook.checks({ checks: [healthCheck()], ...options }) }, ...props });

const hookFunction = (template: Template) => only(template, 'AWS::Lambda::Function', 'WebAfterAllowTestTraffic');

describe('reach', () => {
  const ingress = (template: Template, port: number) =>
    Object.values(template.findResources('AWS::EC2::SecurityGroupIngress', { Properties: { FromPort: port } })).map(({ Properties }) => Properties);

  test('an internal load balancer lets the hook in from group to group, and the hook goes nowhere else', () => {
    const { template } = withHook({}, { endpoint: EcsEndpoint.application({ productionPort: 80, testPort: 9000 }) });
    const group = only(template, 'AWS::EC2::SecurityGroup', 'WebAfterAllowTestTraffic');
    const id = { 'Fn::GetAtt': [group.id, 'GroupId'] };
    expect(ingress(template, 9000)).toEqual([expect.objectContaining({ SourceSecurityGroupId: id, ToPort: 9000 })]);
    expect(ingress(template, 80)).toEqual([]);
    expect(group.properties.SecurityGroupEgress).toEqual([expect.objectContaining({ CidrIp: '0.0.0.0/0', FromPort: 443, ToPort: 443 })]);
    expect(hookFunction(template).properties.VpcConfig).toEqual({
      SecurityGroupIds: [id],
      SubnetIds: [{ Ref: expect.stringMatching(/^VpcPrivateSubnet1/) }, { Ref: expect.stringMatching(/^VpcPrivateSubnet2/) }],
    });
  });

  test('the production port is opened where a check asks it', () => {
    const check = HttpCheck.get('/', { target: CheckTarget.PRODUCTION_LISTENER, assertions: OK });
    const { template } = withHook({ checks: [check] });
    expect(ingress(template, 80)).toHaveLength(1);
    expect(hookFunction(template).properties).toMatchObject({ Environment: { Variables: { GREENLIGHT_PRODUCTION_URL: expect.anything() } } });
  });

  test('the port of a URL is opened on the way out', () => {
    const check = new HttpCheck({ target: CheckTarget.url('http://api.example.com:8081/'), assertions: OK });
    const { template } = withHook({ checks: [check, healthCheck()] });
    expect(only(template, 'AWS::EC2::SecurityGroup', 'WebAfterAllowTestTraffic').properties.SecurityGroupEgress).toContainEqual(
      expect.objectContaining({ CidrIp: '0.0.0.0/0', FromPort: 8081 }),
    );
  });

  const facing = { endpoint: EcsEndpoint.application({ internetFacing: true, testPort: 8080 }) };

  test('fails when an internet-facing load balancer gives no access', () => {
    expect(() => withHook({}, facing)).toThrow(
      "hook AfterAllowTestTraffic asks the test listener of an internet-facing load balancer, which nothing may reach yet; set 'testAccess' to " +
        'TestAccess.privateAddresses(), TestAccess.fromCidrs(...) or TestAccess.open()',
    );
  });

  test('fails when it asks a production listener that is closed', () => {
    const check = HttpCheck.get('/', { target: CheckTarget.PRODUCTION_LISTENER, assertions: OK });
    const endpoint = EcsEndpoint.application({ internetFacing: true, openProduction: false, testPort: 8080 });
    expect(() => withHook({ checks: [check] }, { endpoint, testAccess: TestAccess.open() })).toThrow(
      "hook AfterAllowTestTraffic asks the production listener, which is not open; use TestAccess.privateAddresses(), or open it by 'openProduction'",
    );
  });

  test('goes by private addresses from inside the VPC, with the handler that looks them up', () => {
    const { template } = withHook({}, { ...facing, testAccess: TestAccess.privateAddresses() });
    expect(ingress(template, 8080)).toContainEqual(expect.objectContaining({ SourceSecurityGroupId: expect.anything() }));
    const loadBalancer = { Ref: only(template, 'AWS::ElasticLoadBalancingV2::LoadBalancer').id };
    expect(hookFunction(template).properties).toMatchObject({
      VpcConfig: expect.anything(),
      Environment: { Variables: { GREENLIGHT_PRIVATE_ADDRESSES_OF: { 'Fn::Select': [1, { 'Fn::Split': [':loadbalancer/', loadBalancer] }] } } },
    });
  });

  test('goes out through NAT gateways to a test listener for named ranges', () => {
    const { template } = withHook({}, { ...facing, testAccess: TestAccess.fromCidrs('203.0.113.10/32') });
    expect(hookFunction(template).properties).toHaveProperty('VpcConfig');
    expect(only(template, 'AWS::EC2::SecurityGroup', 'WebAfterAllowTestTraffic').properties.SecurityGroupEgress).toContainEqual(
      expect.objectContaining({ CidrIp: '0.0.0.0/0', FromPort: 8080 }),
    );
  });

  test('goes over the internet to a test listener that is open', () => {
    expect(hookFunction(withHook({}, { ...facing, testAccess: TestAccess.open() }).template).properties).not.toHaveProperty('VpcConfig');
  });

  test('fails when the hook is placed in another VPC than the load balancer that it asks', () => {
    const stack = stackOf();
    const vpc = new ec2.Vpc(stack, 'Other', { maxAzs: 1 });
    expect(() => rolloutIn(stack, { hooks: { afterAllowTestTraffic: LifecycleHook.checks({ checks: [healthCheck()], vpc }) } })).toThrow(
      "hook AfterAllowTestTraffic is placed in VPC 'Shop/Other', but the load balancer that it asks lets it in from VPC 'Shop/Vpc' only; drop 'vpc' of the hook",
    );
  });

  test('takes VPC and subnets from the user', () => {
    const { template } = sample((stack) => {
      const vpc = new ec2.Vpc(stack, 'Other', { maxAzs: 1 });
      const check = new HttpCheck({ target: CheckTarget.url('https://api.internal.example.com/'), assertions: OK });
      return { hooks: { afterInstall: LifecycleHook.checks({ checks: [check], vpc, vpcSubnets: { subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS } }) } };
    });
    template.hasResourceProperties('AWS::Lambda::Function', { VpcConfig: { SubnetIds: [{ Ref: Match.stringLikeRegexp('^OtherPrivateSubnet1') }] } });
  });
});

describe('a VPC without a route out', () => {
  function inIsolated(endpoints: (vpc: ec2.Vpc) => void) {
    const stack = stackOf();
    const vpc = new ec2.Vpc(stack, 'Closed', { subnetConfiguration: [{ name: 'isolated', subnetType: ec2.SubnetType.PRIVATE_ISOLATED }] });
    const check = new HttpCheck({ target: CheckTarget.url('https://api.internal.example.com/'), assertions: OK });
    rolloutIn(stack, { hooks: { afterInstall: LifecycleHook.checks({ checks: [check], vpc }) } });
    endpoints(vpc);
    return () => Template.fromStack(stack);
  }

  const add = (vpc: ec2.Vpc, ...services: ec2.InterfaceVpcEndpointAwsService[]) => services.forEach((service) => vpc.addInterfaceEndpoint(service.shortName, { service }));

  test('fails when it lacks endpoints, and names those that are missing', () => {
    expect(inIsolated((vpc) => add(vpc, ec2.InterfaceVpcEndpointAwsService.CLOUDWATCH_MONITORING))).toThrow(
      "hook AfterInstall of rollout 'Shop/Web' runs in isolated subnets of VPC 'Shop/Closed' without interface endpoints for codedeploy, events, so that it could never report",
    );
  });

  test('passes with all of them, added after the rollout', () => {
    expect(
      inIsolated((vpc) =>
        add(
          vpc,
          ec2.InterfaceVpcEndpointAwsService.CLOUDWATCH_MONITORING,
          ec2.InterfaceVpcEndpointAwsService.CODEDEPLOY,
          ec2.InterfaceVpcEndpointAwsService.EVENTBRIDGE,
        ),
      ),
    ).not.toThrow();
  });

  test('is not taken in by an endpoint whose name only ends alike', () => {
    expect(
      inIsolated((vpc) =>
        add(
          vpc,
          ec2.InterfaceVpcEndpointAwsService.CLOUDWATCH_MONITORING,
          ec2.InterfaceVpcEndpointAwsService.CODEDEPLOY_COMMANDS_SECURE,
          ec2.InterfaceVpcEndpointAwsService.EVENTBRIDGE,
        ),
      ),
    ).toThrow('without interface endpoints for codedeploy, so that');
  });

  test('that was imported is a finding, since its endpoints cannot be seen', () => {
    const { description } = sample((stack) => {
      const vpc = ec2.Vpc.fromVpcAttributes(stack, 'Theirs', { vpcId: 'vpc-1', availabilityZones: ['a'], isolatedSubnetIds: ['subnet-1'] });
      const check = new HttpCheck({ target: CheckTarget.url('https://api.internal.example.com/'), assertions: OK });
      return { hooks: { afterInstall: LifecycleHook.checks({ checks: [check], vpc }) } };
    });
    expect(description.findings).toContainEqual(expect.objectContaining({ id: 'endpoints-unverified', level: 'warning' }));
  });

  test('fails when there are public subnets only', () => {
    expect(() =>
      sample((stack) => {
        const vpc = new ec2.Vpc(stack, 'Open', { subnetConfiguration: [{ name: 'public', subnetType: ec2.SubnetType.PUBLIC }] });
        const check = new HttpCheck({ target: CheckTarget.url('https://api.example.com/'), assertions: OK });
        return { hooks: { afterInstall: LifecycleHook.checks({ checks: [check], vpc }) } };
      }),
    ).toThrow("hook AfterInstall needs private subnets, VPC 'Shop/Open' has public ones only, where a function has no way out");
  });
});

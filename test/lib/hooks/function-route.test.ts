/** Functions of the user's that report by themselves, in a VPC: whether they come to CodeDeploy. */
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { App, CfnParameter, Stack } from 'aws-cdk-lib/core';

import { CalendarCheck, LifecycleHook } from '../../../lib';
import { aliasRolloutIn, finishedAlias } from '../support/lambda-sample';
import { rolloutIn, stackOf } from '../support/sample';

const { PRIVATE_ISOLATED, PRIVATE_WITH_EGRESS, PUBLIC } = ec2.SubnetType;

const vpcOf = (scope: Stack, ...types: ec2.SubnetType[]) =>
  new ec2.Vpc(scope, 'Vpc', { maxAzs: 2, natGateways: types.includes(PRIVATE_WITH_EGRESS) ? 1 : 0, subnetConfiguration: types.map((subnetType) => ({ name: subnetType.toLowerCase(), subnetType })) });

const inVpc = (scope: Stack, vpc: ec2.IVpc, options: Partial<lambda.FunctionProps> = {}) =>
  new lambda.Function(scope, 'Smoke', { code: lambda.Code.fromInline('x'), handler: 'index.handler', runtime: lambda.Runtime.NODEJS_24_X, vpc, ...options });

const codeDeploy = (vpc: ec2.IVpc, options: Partial<ec2.InterfaceVpcEndpointOptions> = {}) =>
  vpc.addInterfaceEndpoint('CodeDeploy', { service: ec2.InterfaceVpcEndpointAwsService.CODEDEPLOY, ...options });

/** Synthesizes a rollout of an alias with this hook; what is done after the rollout is made is returned by `make`. */
function synth(make: (stack: Stack) => lambda.IFunction, later: (stack: Stack) => void = () => undefined, reportsLater = false) {
  const stack = stackOf();
  const rollout = aliasRolloutIn(stack, { hooks: { beforeAllowTraffic: LifecycleHook.fromFunction(make(stack), { reportsLater }) } });
  later(stack);
  return finishedAlias(stack, rollout);
}

const vpcIn = (stack: Stack) => stack.node.findChild('Vpc') as ec2.Vpc;

const noRoute = (kind: string) =>
  `hook BeforeAllowTraffic of rollout 'Shop/Orders' runs in ${kind} subnets of VPC 'Shop/Vpc' without interface endpoints for codedeploy, so that it could never report; add them by ` +
  "'addInterfaceEndpoint', with private DNS, or place function 'Shop/Smoke' where there is a NAT gateway, or set 'reportsLater' where something else reports for it";

describe('a function in subnets without a way out', () => {
  const isolated = (stack: Stack) => inVpc(stack, vpcOf(stack, PRIVATE_ISOLATED), { vpcSubnets: { subnetType: PRIVATE_ISOLATED } });

  test('fails', () => {
    expect(() => synth(isolated)).toThrow(noRoute('isolated'));
  });

  test.each([
    ['a version', (fn: lambda.Function) => fn.currentVersion],
    ['an alias', (fn: lambda.Function) => fn.addAlias('smoke')],
  ])('fails by %s of it', (_what, qualified) => {
    expect(() => synth((stack) => qualified(isolated(stack)))).toThrow(noRoute('isolated'));
  });

  test('fails in public subnets, where a function has no public address', () => {
    const make = (stack: Stack) => inVpc(stack, vpcOf(stack, PUBLIC), { allowPublicSubnet: true });
    expect(() => synth(make)).toThrow(noRoute('public'));
  });

  test('fails where some of the subnets have a way out', () => {
    const make = (stack: Stack) => {
      const vpc = vpcOf(stack, PUBLIC, PRIVATE_WITH_EGRESS, PRIVATE_ISOLATED);
      return inVpc(stack, vpc, { vpcSubnets: { subnets: [vpc.isolatedSubnets[0]!, vpc.privateSubnets[0]!] } });
    };
    expect(() => synth(make)).toThrow(noRoute('isolated'));
  });

  test('fails with an endpoint that the name of the service does not lead to', () => {
    expect(() => synth(isolated, (stack) => codeDeploy(vpcIn(stack), { privateDnsEnabled: false }))).toThrow(noRoute('isolated'));
    const bare = (stack: Stack) => new ec2.CfnVPCEndpoint(stack, 'Bare', { vpcId: vpcIn(stack).vpcId, serviceName: `com.amazonaws.${stack.region}.codedeploy`, vpcEndpointType: 'Interface' });
    expect(() => synth(isolated, bare)).toThrow(noRoute('isolated'));
  });

  test('passes with an endpoint that is added after the rollout', () => {
    expect(() => synth(isolated, (stack) => codeDeploy(vpcIn(stack)))).not.toThrow();
  });

  const route = (all: boolean, target: Partial<ec2.CfnRouteProps>) => (stack: Stack) =>
    vpcIn(stack)
      .isolatedSubnets.slice(0, all ? 2 : 1)
      .forEach(({ routeTable: { routeTableId } }, index) => new ec2.CfnRoute(stack, `Route${index}`, { routeTableId, destinationCidrBlock: '0.0.0.0/0', ...target }));

  test('passes with a default route of its own, and not by one over an internet gateway, to somewhere, or of one subnet of two', () => {
    expect(() => synth(isolated, route(true, { transitGatewayId: 'tgw-1' }))).not.toThrow();
    expect(() => synth(isolated, route(true, { gatewayId: 'igw-1' }))).toThrow(noRoute('isolated'));
    expect(() => synth(isolated, route(true, { transitGatewayId: 'tgw-1', destinationCidrBlock: '10.0.0.0/8' }))).toThrow(noRoute('isolated'));
    expect(() => synth(isolated, route(false, { transitGatewayId: 'tgw-1' }))).toThrow(noRoute('isolated'));
  });

  test('passes where something else reports for it', () => {
    expect(() => synth(isolated, undefined, true)).not.toThrow();
  });

  test('passes behind our adapter, which runs in no VPC', () => {
    const stack = stackOf();
    const rollout = aliasRolloutIn(stack, { hooks: { beforeAllowTraffic: LifecycleHook.fromOutcome(isolated(stack)) } });
    expect(finishedAlias(stack, rollout).description.findings.map(({ id }) => id)).not.toContain('endpoints-unverified');
  });

  test('fails as a hook of an ECS service, too', () => {
    const stack = stackOf();
    const closed = new Stack(stack, 'Closed');
    rolloutIn(stack, { hooks: { afterInstall: LifecycleHook.fromFunction(isolated(closed)) } });
    expect(() => Template.fromStack(stack)).toThrow("hook AfterInstall of rollout 'Shop/Web' runs in isolated subnets of VPC 'Shop/Closed/Vpc' without interface endpoints for codedeploy, so that it could never report");
  });

  test('fails where function and VPC are in other stacks', () => {
    const app = new App();
    const vpc = vpcOf(new Stack(app, 'Net'), PRIVATE_ISOLATED);
    const fn = inVpc(new Stack(app, 'Functions'), vpc, { vpcSubnets: { subnetType: PRIVATE_ISOLATED } });
    const stack = stackOf(app);
    aliasRolloutIn(stack, { hooks: { beforeAllowTraffic: LifecycleHook.fromFunction(fn) } });
    expect(() => Template.fromStack(stack)).toThrow("runs in isolated subnets of VPC 'Net/Vpc' without interface endpoints for codedeploy, so that it could never report");
  });
});

describe('a function whose VPC cannot be seen', () => {
  test('is a finding in isolated subnets of an imported VPC', () => {
    const { stack, description } = synth((scope) =>
      inVpc(scope, ec2.Vpc.fromVpcAttributes(scope, 'Theirs', { vpcId: 'vpc-1', availabilityZones: ['a'], isolatedSubnetIds: ['subnet-1'] }), { vpcSubnets: { subnetType: PRIVATE_ISOLATED } }),
    );
    expect(description.findings).toContainEqual({
      id: 'endpoints-unverified',
      level: 'warning',
      message: 'hook BeforeAllowTraffic runs in isolated subnets of an imported VPC, whose endpoints cannot be seen here',
      remedy: 'make sure that it has interface endpoints for codedeploy, or the hook will never report',
    });
    Annotations.fromStack(stack).hasWarning('/Shop/Orders', Match.stringLikeRegexp('ack: cdk-greenlight:endpoints-unverified'));
  });

  test('is no finding in its private subnets', () => {
    const { description } = synth((scope) => inVpc(scope, ec2.Vpc.fromVpcAttributes(scope, 'Theirs', { vpcId: 'vpc-1', availabilityZones: ['a'], privateSubnetIds: ['subnet-1'] })));
    expect(description.findings.map(({ id }) => id)).toEqual([]);
  });

  test('is a finding when it is imported with a security group', () => {
    const imported = (securityGroup: boolean) => (scope: Stack) =>
      lambda.Function.fromFunctionAttributes(scope, 'Theirs', {
        functionArn: 'arn:aws:lambda:eu-west-1:111122223333:function:theirs',
        ...(securityGroup ? { securityGroup: ec2.SecurityGroup.fromSecurityGroupId(scope, 'Group', 'sg-1') } : {}),
      });
    expect(synth(imported(true)).description.findings).toContainEqual({
      id: 'route-unverified',
      level: 'warning',
      message: "function 'Shop/Theirs' of hook BeforeAllowTraffic runs in a VPC that cannot be seen here",
      remedy: 'make sure that it has a NAT gateway or an interface endpoint for codedeploy, and a security group that lets HTTPS out, or the hook will never report',
    });
    expect(synth(imported(false)).description.findings.map(({ id }) => id)).not.toContain('route-unverified');
  });
});

describe('a function whose security groups let nothing out', () => {
  const CLOSED =
    "function 'Shop/Smoke' of hook BeforeAllowTraffic of rollout 'Shop/Orders' has security group 'Shop/Group', which lets nothing out by port 443, so that it could never report; " +
    "add 'addEgressRule(ec2.Peer.anyIpv4(), ec2.Port.tcp(443))'";
  const group = (stack: Stack, vpc: ec2.IVpc, id = 'Group') => new ec2.SecurityGroup(stack, id, { vpc, allowAllOutbound: false });

  function grouped(rules: (group: ec2.SecurityGroup, stack: Stack) => void, more: (stack: Stack) => ec2.ISecurityGroup[] = () => []) {
    return () =>
      synth(
        (stack) => {
          const vpc = vpcOf(stack, PUBLIC, PRIVATE_WITH_EGRESS);
          return inVpc(stack, vpc, { securityGroups: [group(stack, vpc), ...more(stack)] });
        },
        (stack) => rules(stack.node.findChild('Group') as ec2.SecurityGroup, stack),
      );
  }

  test.each<[string, (group: ec2.SecurityGroup, stack: Stack) => void]>([
    ['without a rule', () => undefined],
    ['to ports below', (own) => own.addEgressRule(ec2.Peer.anyIpv4(), ec2.Port.tcpRange(80, 442))],
    ['to ports above', (own) => own.addEgressRule(ec2.Peer.anyIpv4(), ec2.Port.tcpRange(444, 9000))],
    ['by UDP', (own) => own.addEgressRule(ec2.Peer.anyIpv4(), ec2.Port.udp(443))],
    ['by a rule of another group', (own, stack) => new ec2.CfnSecurityGroupEgress(stack, 'Rule', { groupId: 'sg-1', ipProtocol: '-1', cidrIp: `0.0.0.0/${own.allowAllOutbound ? 1 : 0}` })],
  ])('fails %s', (_how, rules) => {
    expect(grouped(rules)).toThrow(CLOSED);
  });

  test.each<[string, (group: ec2.SecurityGroup, stack: Stack) => void]>([
    ['a port', (own) => own.addEgressRule(ec2.Peer.ipv4('10.0.0.0/16'), ec2.Port.tcp(443))],
    ['a range that begins there', (own) => own.addEgressRule(ec2.Peer.anyIpv4(), ec2.Port.tcpRange(443, 500))],
    ['a port of the deployment', (own, stack) => own.addEgressRule(ec2.Peer.anyIpv4(), ec2.Port.tcp(new CfnParameter(stack, 'Port', { type: 'Number' }).valueAsNumber))],
    ['a rule beside the group', (own, stack) => new ec2.CfnSecurityGroupEgress(stack, 'Rule', { groupId: own.securityGroupId, ipProtocol: '-1', cidrIp: '0.0.0.0/0' })],
    ['the number of TCP', (own, stack) => new ec2.CfnSecurityGroupEgress(stack, 'Rule', { groupId: own.securityGroupId, ipProtocol: '6', fromPort: 443, toPort: 443, cidrIp: '0.0.0.0/0' })],
  ])('passes by %s', (_how, rules) => {
    expect(grouped(rules)).not.toThrow();
  });

  test('passes with another group that lets out, or is not of this app, and with the rule that EC2 gives', () => {
    expect(grouped(() => undefined, (stack) => [ec2.SecurityGroup.fromSecurityGroupId(stack, 'Theirs', 'sg-1')])).not.toThrow();
    expect(grouped(() => undefined, (stack) => [new ec2.SecurityGroup(stack, 'Open', { vpc: vpcIn(stack) })])).not.toThrow();
    expect(grouped((own) => ((own.node.defaultChild as ec2.CfnSecurityGroup).securityGroupEgress = undefined))).not.toThrow();
    expect(grouped((own) => ((own.node.defaultChild as ec2.CfnSecurityGroup).securityGroupEgress = []))).not.toThrow();
  });

  test('names all of them', () => {
    expect(grouped(() => undefined, (stack) => [group(stack, vpcIn(stack), 'Other')])).toThrow("has security group 'Shop/Group', 'Shop/Other', which lets nothing out");
  });
});

test('a function in private subnets, with the group that the CDK gives it, passes', () => {
  const { description } = synth((stack) => inVpc(stack, vpcOf(stack, PUBLIC, PRIVATE_WITH_EGRESS)));
  expect(description.findings).toEqual([]);
});

test('a hook of checks in isolated subnets passes by a default route, too', () => {
  const make = (routes: boolean) => () => {
    const stack = stackOf();
    const vpc = vpcOf(stack, PRIVATE_ISOLATED);
    const hook = LifecycleHook.checks({ checks: [new CalendarCheck({ calendars: ['Release'] })], vpc });
    const rollout = aliasRolloutIn(stack, { hooks: { beforeAllowTraffic: hook } });
    if (routes) {
      vpc.isolatedSubnets.forEach(({ routeTable: { routeTableId } }, index) => new ec2.CfnRoute(stack, `Route${index}`, { routeTableId, destinationCidrBlock: '0.0.0.0/0', transitGatewayId: 'tgw-1' }));
    }
    return finishedAlias(stack, rollout);
  };
  expect(make(false)).toThrow("with private DNS, or place the hook by 'vpcSubnets' where there is a NAT gateway");
  expect(make(true)).not.toThrow();
});

/** What the gates of a rollout to servers make. */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

import type { Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import { App, Duration, Size, Stack } from 'aws-cdk-lib/core';

import type { ServerBlueGreenOptions, ServerRolloutGates } from '../../../lib';
import { CheckTarget, HttpAssertion, HttpCheck, ServerLoadBalancer, ServerRevision, ServerTargets } from '../../../lib';
import type { BlueGreenDescription } from '../../../lib/model/server/rollout';
import { findCycle } from '../../support/template-graph';
import { copiedBy, groupIn } from '../support/blue-green-sample';
import { blueGreenSample, gate, gatedSample, privateFleet, privateVpc } from '../support/gate-sample';
import { graphOf, only, stackOf, statementsOf, waitingFor } from '../support/sample';
import { finishedServer, serverRolloutIn, serverSample, targetGroupIn, WEB_TAG } from '../support/server-sample';

const GROUP_ARN = {
  'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':codedeploy:', { Ref: 'AWS::Region' }, ':', { Ref: 'AWS::AccountId' }, ':deploymentgroup:Shop-Fleet-A75F5430/Shop-Fleet-A75F5430']],
};
const BUS = { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':events:', { Ref: 'AWS::Region' }, ':', { Ref: 'AWS::AccountId' }, ':event-bus/default']] };
const NETWORK = ['ec2:AssignPrivateIpAddresses', 'ec2:CreateNetworkInterface', 'ec2:DeleteNetworkInterface', 'ec2:DescribeNetworkInterfaces', 'ec2:DescribeSubnets', 'ec2:UnassignPrivateIpAddresses'];

const allow = (Sid: string, Action: string | string[], Resource: unknown, Condition?: object) => ({ Sid, Effect: 'Allow', Action, Resource, ...(Condition === undefined ? {} : { Condition }) });
const logsOf = (template: Template, prefix: string) => allow('WriteLogs', ['logs:CreateLogStream', 'logs:PutLogEvents'], { 'Fn::GetAtt': [only(template, 'AWS::Logs::LogGroup', prefix).id, 'Arn'] });
const publish = allow('PublishVerdict', 'cloudwatch:PutMetricData', '*', { StringEquals: { 'cloudwatch:namespace': 'cdk-greenlight' } });
const functionOf = (template: Template, prefix: string) => only(template, 'AWS::Lambda::Function', prefix);
const roleOf = (template: Template, prefix: string) => statementsOf(template, only(template, 'AWS::IAM::Role', `${prefix}Role`).id);

describe('the gate of a fleet', () => {
  test('is a function that knows its rollout and where instances answer', () => {
    const { template, description } = gatedSample({ fleet: gate() });
    const { id, properties } = functionOf(template, 'FleetFleetGate');
    expect(properties).toMatchObject({ Handler: 'index.handler', MemorySize: 512, Runtime: 'nodejs24.x', Timeout: 60, Description: 'Gate InstanceSuccess of rollout Shop/Fleet: plays 1 checks' });
    expect(properties).not.toHaveProperty('FunctionName');
    expect(properties.Environment).toEqual({
      Variables: {
        GREENLIGHT_EVENT: 'InstanceSuccess',
        GREENLIGHT_ROLLOUT: 'Shop/Fleet',
        GREENLIGHT_APPLICATION: 'Shop-Fleet-A75F5430',
        GREENLIGHT_DEPLOYMENT_GROUP: 'Shop-Fleet-A75F5430',
        GREENLIGHT_VERDICT_ALARM: { Ref: only(template, 'AWS::CloudWatch::Alarm').id },
        GREENLIGHT_INSTANCE_SCHEME: 'http',
        GREENLIGHT_INSTANCE_PORT: '8080',
      },
    });
    expect(description.gates).toEqual({ fleet: { logicalId: id } });
    expect(description.guardian).toEqual({ logicalId: functionOf(template, 'FleetGateGuardian').id });
    expect(findCycle(graphOf(template))).toBeUndefined();
  });

  test('is led to by the success of an instance of just this group', () => {
    const { template } = gatedSample({ fleet: gate({ maxEventAge: Duration.minutes(2) }) });
    const { id } = functionOf(template, 'FleetFleetGate');
    const rule = only(template, 'AWS::Events::Rule');
    expect(rule.properties).toEqual({
      Description: 'An instance is deployed to: rollout Shop/Fleet',
      State: 'ENABLED',
      EventPattern: {
        source: ['aws.codedeploy'],
        'detail-type': ['CodeDeploy Instance State-change Notification'],
        detail: { state: ['SUCCESS'], application: ['Shop-Fleet-A75F5430'], deploymentGroup: ['Shop-Fleet-A75F5430'] },
      },
      Targets: [{ Id: 'Target0', Arn: { 'Fn::GetAtt': [id, 'Arn'] }, RetryPolicy: { MaximumEventAgeInSeconds: 120, MaximumRetryAttempts: 185 } }],
    });
    expect(only(template, 'AWS::Lambda::Permission').properties).toEqual({
      Action: 'lambda:InvokeFunction',
      FunctionName: { 'Fn::GetAtt': [id, 'Arn'] },
      Principal: 'events.amazonaws.com',
      SourceArn: { 'Fn::GetAtt': [rule.id, 'Arn'] },
    });
    const guardian = functionOf(template, 'FleetGateGuardian');
    const configuration = only(template, 'AWS::Lambda::EventInvokeConfig');
    expect(configuration.properties).toEqual({
      FunctionName: { Ref: id },
      Qualifier: '$LATEST',
      MaximumRetryAttempts: 0,
      MaximumEventAgeInSeconds: 120,
      DestinationConfig: { OnFailure: { Destination: { 'Fn::GetAtt': [guardian.id, 'Arn'] } } },
    });
    expect(waitingFor(template, only(template, 'AWS::IAM::Policy', 'FleetFleetGateToGuardian').id)).toEqual([configuration.id]);
  });

  test('may do what it does, and so may its guardian', () => {
    const { template } = gatedSample({ fleet: gate() });
    const alarm = { 'Fn::GetAtt': [only(template, 'AWS::CloudWatch::Alarm').id, 'Arn'] };
    const guardian = functionOf(template, 'FleetGateGuardian');
    expect(roleOf(template, 'FleetFleetGate')).toEqual([
      logsOf(template, 'FleetFleetGate'),
      allow('LookUpDeployment', 'codedeploy:GetDeployment', GROUP_ARN),
      allow('LookUpTarget', 'codedeploy:BatchGetDeploymentTargets', GROUP_ARN),
      allow('FindAddresses', 'ec2:DescribeInstances', '*'),
      publish,
      allow('SetVerdictAlarm', 'cloudwatch:SetAlarmState', alarm),
      allow('SendEvents', 'events:PutEvents', BUS),
      allow('NetworkInterfaces', NETWORK, '*'),
      allow('Invoke', 'lambda:InvokeFunction', { 'Fn::GetAtt': [guardian.id, 'Arn'] }),
    ]);
    expect(roleOf(template, 'FleetGateGuardian')).toEqual([
      logsOf(template, 'FleetGateGuardian'),
      allow('LookUpDeployment', 'codedeploy:GetDeployment', GROUP_ARN),
      publish,
      allow('SetVerdictAlarm', 'cloudwatch:SetAlarmState', alarm),
      allow('SendEvents', 'events:PutEvents', BUS),
    ]);
    expect(guardian.properties.Environment).toEqual({
      Variables: {
        GREENLIGHT_ROLLOUT: 'Shop/Fleet',
        GREENLIGHT_APPLICATION: 'Shop-Fleet-A75F5430',
        GREENLIGHT_DEPLOYMENT_GROUP: 'Shop-Fleet-A75F5430',
        GREENLIGHT_VERDICT_ALARM: { Ref: only(template, 'AWS::CloudWatch::Alarm').id },
      },
    });
  });

  test('takes memory, runtime, log retention, time-out and the wish to run in rollbacks', () => {
    const { template } = gatedSample({
      fleet: gate({ memorySize: Size.gibibytes(1), runtime: lambda.Runtime.NODEJS_22_X, logRetention: logs.RetentionDays.ONE_WEEK, timeout: Duration.minutes(3), runInRollback: true, protocol: elbv2.ApplicationProtocol.HTTPS, checks: [HttpCheck.get('/', { host: 'shop.example.com', assertions: [HttpAssertion.status(200)] })] }),
    });
    expect(functionOf(template, 'FleetFleetGate').properties).toMatchObject({
      MemorySize: 1024,
      Runtime: 'nodejs22.x',
      Timeout: 180,
      Environment: { Variables: { GREENLIGHT_IN_ROLLBACK: 'run', GREENLIGHT_INSTANCE_SCHEME: 'https' } },
    });
    expect(functionOf(template, 'FleetGateGuardian').properties).toMatchObject({ Environment: { Variables: { GREENLIGHT_IN_ROLLBACK: 'run' } } });
    template.hasResourceProperties('AWS::Logs::LogGroup', { RetentionInDays: 7 });
  });

  test('runs beside the instances, which let it in', () => {
    const { template } = gatedSample({ fleet: gate() });
    const own = only(template, 'AWS::EC2::SecurityGroup', 'FleetFleetGate');
    const theirs = only(template, 'AWS::EC2::SecurityGroup', 'AsgInstance').id;
    const id = (group: string) => ({ 'Fn::GetAtt': [group, 'GroupId'] });
    expect(own.properties).toMatchObject({
      GroupDescription: 'Gate InstanceSuccess of rollout Shop/Fleet',
      SecurityGroupEgress: [{ CidrIp: '0.0.0.0/0', IpProtocol: 'tcp', FromPort: 443, ToPort: 443, Description: 'AWS APIs and checked URLs' }],
    });
    const rule = { IpProtocol: 'tcp', FromPort: 8080, ToPort: 8080, Description: 'gate InstanceSuccess to port 8080' };
    expect(only(template, 'AWS::EC2::SecurityGroupEgress').properties).toEqual({ ...rule, GroupId: id(own.id), DestinationSecurityGroupId: id(theirs) });
    expect(only(template, 'AWS::EC2::SecurityGroupIngress').properties).toEqual({ ...rule, GroupId: id(theirs), SourceSecurityGroupId: id(own.id) });
    expect(functionOf(template, 'FleetFleetGate').properties.VpcConfig).toEqual({
      SecurityGroupIds: [id(own.id)],
      SubnetIds: [{ Ref: expect.stringMatching(/^NetPrivateSubnet1/) }, { Ref: expect.stringMatching(/^NetPrivateSubnet2/) }],
    });
  });

  test('needs neither VPC nor addresses where it asks no instance', () => {
    const { template } = gatedSample({ fleet: gate({ checks: [new HttpCheck({ name: 'shop', target: CheckTarget.url('https://shop.example.com/health'), assertions: [HttpAssertion.status(200)] })] }) }, () => ({ targets: ServerTargets.onPremisesTags([WEB_TAG]) }));
    const { properties } = functionOf(template, 'FleetFleetGate');
    expect(properties).not.toHaveProperty('VpcConfig');
    expect(Object.keys((properties.Environment as { Variables: object }).Variables)).not.toContain('GREENLIGHT_INSTANCE_PORT');
    expect(roleOf(template, 'FleetFleetGate').map(({ Sid }) => Sid)).toEqual(['WriteLogs', 'LookUpDeployment', 'LookUpTarget', 'PublishVerdict', 'SetVerdictAlarm', 'SendEvents', 'Invoke']);
  });

  test('plays the suite of its checks', () => {
    const app = new App({ context: { 'aws:cdk:enable-asset-metadata': true } });
    const stack = stackOf(app);
    const { template } = gatedSample({ fleet: gate() }, {}, stack);
    const { Metadata } = template.findResources('AWS::Lambda::Function')[functionOf(template, 'FleetFleetGate').id]!;
    const suite: unknown = JSON.parse(readFileSync(join(resolve(app.outdir, Metadata['aws:asset:path']), 'suite.json'), 'utf8'));
    expect(suite).toMatchObject({ schemaVersion: 1, event: 'InstanceSuccess', policy: { run: 'ALL', concurrency: 1, deadlineMs: 35_000 }, checks: [{ kind: 'http' }] });
  });
});

describe('security groups', () => {
  test('of your own are let in by the instances', () => {
    const { template, description } = gatedSample(
      {},
      (stack) => {
        const vpc = privateVpc(stack);
        const mine = ['One', 'Two'].map((id) => new ec2.SecurityGroup(stack, id, { vpc }));
        return { targets: ServerTargets.autoScalingGroups(privateFleet(stack, 'Asg', vpc)).and(ServerTargets.ec2Tags([WEB_TAG])), gates: { fleet: gate({ securityGroups: mine }) } };
      },
    );
    expect(Object.values(template.findResources('AWS::EC2::SecurityGroupIngress')).map(({ Properties }) => [Properties.FromPort, Properties.SourceSecurityGroupId['Fn::GetAtt'][0]])).toEqual([
      [8080, only(template, 'AWS::EC2::SecurityGroup', 'One').id],
      [8080, only(template, 'AWS::EC2::SecurityGroup', 'Two').id],
    ]);
    template.resourcePropertiesCountIs('AWS::EC2::SecurityGroup', { GroupDescription: 'Gate InstanceSuccess of rollout Shop/Fleet' }, 0);
    expect(description.findings.find(({ id }) => id === 'gate-instances-not-open')).toEqual({
      id: 'gate-instances-not-open',
      level: 'info',
      message: 'gate InstanceSuccess asks EC2 instances that are selected by tags at port 8080, whose security groups are not of this app: they may not let it in, and it then fails every deployment',
      remedy: "let 'Shop/One' and 'Shop/Two' in at TCP port 8080 in the security groups of the instances",
    });
  });

  test('of a fleet in another stack are opened from the stack of the gate', () => {
    const app = new App();
    const fleet = privateFleet(new Stack(app, 'Net'));
    const sample = gatedSample({ fleet: gate(), instance: gate({ scriptInBundle: true }) }, () => ({ targets: ServerTargets.autoScalingGroups(fleet) }), stackOf(app));
    expect(() => app.synth()).not.toThrow();
    sample.template.resourceCountIs('AWS::EC2::SecurityGroupIngress', 2);
  });

  test('of instances that the app does not know must let the gate in', () => {
    const { template, description } = gatedSample({}, (stack) => {
      const vpc = privateVpc(stack);
      return { targets: ServerTargets.ec2Tags([WEB_TAG]), gates: { fleet: gate({ vpc }) } };
    });
    expect(only(template, 'AWS::EC2::SecurityGroup', 'FleetFleetGate').properties.SecurityGroupEgress).toEqual([
      { CidrIp: '0.0.0.0/0', IpProtocol: 'tcp', FromPort: 443, ToPort: 443, Description: 'AWS APIs and checked URLs' },
      { CidrIp: '0.0.0.0/0', IpProtocol: 'tcp', FromPort: 8080, ToPort: 8080, Description: 'instances whose security groups the app does not know' },
    ]);
    expect(description.findings.find(({ id }) => id === 'gate-instances-not-open')).toEqual({
      id: 'gate-instances-not-open',
      level: 'warning',
      message: 'gate InstanceSuccess asks EC2 instances that are selected by tags at port 8080, whose security groups are not of this app: they may not let it in, and it then fails every deployment',
      remedy: "give the gate 'securityGroups', and let those in at TCP port 8080 in the security groups of the instances",
    });
  });
});

describe('the gate of an instance', () => {
  test('has a name that a script can say, and answers instances of the Auto Scaling groups', () => {
    const { template, rollout, description, group } = gatedSample({ instance: gate({ scriptInBundle: true }) });
    const { id, properties } = functionOf(template, 'FleetInstanceGate');
    expect(properties).toMatchObject({ FunctionName: 'Shop-Fleet-InstanceGate-051DF183' });
    expect(description.gates).toEqual({ instance: { logicalId: id } });
    expect(description.guardian).toBeUndefined();
    template.resourceCountIs('AWS::Events::Rule', 0);
    template.resourceCountIs('AWS::Lambda::EventInvokeConfig', 0);
    expect(roleOf(template, 'FleetInstanceGate').map(({ Sid }) => Sid)).toEqual(['WriteLogs', 'LookUpDeployment', 'LookUpTarget', 'FindAddresses', 'SendEvents', 'NetworkInterfaces']);
    const policy = only(template, 'AWS::IAM::Policy', 'FleetAskGatePolicy');
    expect(policy.properties).toEqual({
      PolicyName: policy.id,
      PolicyDocument: { Version: '2012-10-17', Statement: [allow('Invoke', 'lambda:InvokeFunction', { 'Fn::GetAtt': [id, 'Arn'] })] },
      Roles: [{ Ref: only(template, 'AWS::IAM::Role', 'AsgInstanceRole').id }],
    });
    expect(group.DeploymentGroupName).toBe('Shop-Fleet-A75F5430');
    expect(waitingFor(template, policy.id)).toEqual([only(template, 'AWS::CodeDeploy::DeploymentGroup').id]);
    expect(rollout.validateServiceScript).toContain("\nfunction_name='Shop-Fleet-InstanceGate-051DF183'\nregion=''\nread_timeout=80\ntime_limit=165\n");
    expect(findCycle(graphOf(template))).toBeUndefined();
  });

  test('leaves the roles of others to them', () => {
    const { description, template } = gatedSample({}, (stack) => ({ targets: ServerTargets.ec2Tags([WEB_TAG]), gates: { instance: gate({ vpc: privateVpc(stack), scriptInBundle: true }) } }));
    template.resourceCountIs('AWS::IAM::InstanceProfile', 0);
    expect(description.findings.filter(({ id }) => id === 'instance-role-not-managed')).toEqual([
      {
        id: 'instance-role-not-managed',
        level: 'info',
        message: "the roles of EC2 instances that are selected by tags are not of this app, so that nothing was added to what they may do, and gate 'instance' must be asked",
        remedy: "give them lambda:InvokeFunction on the gate's function",
      },
    ]);
  });

  test('may be too slow for the connections of instances', () => {
    const levels = (seconds: number) => gatedSample({ instance: gate({ timeout: Duration.seconds(seconds), scriptInBundle: true }) }).description.findings.filter(({ id }) => id === 'gate-connection-idle');
    expect(levels(349)).toEqual([]);
    expect(levels(350)).toEqual([
      {
        id: 'gate-connection-idle',
        level: 'warning',
        message: 'gate ValidateService may answer after 350 seconds, and NAT gateways and interface endpoints drop a connection on which nothing is sent for 350: the instance would then never get its answer',
        remedy: "lower the gate's 'timeout', or what its checks can take",
      },
    ]);
  });

  test('without one there is no script, and nothing is made', () => {
    const { rollout, template, description } = gatedSample({});
    expect(rollout.validateServiceScript).toBeUndefined();
    expect(description.gates).toEqual({});
    template.resourceCountIs('AWS::Lambda::Function', 0);
  });
});

describe('the gate of a ready wait', () => {
  test('is led to by deployments that wait, and may go on or stop', () => {
    const { template, bound, stack } = blueGreenSample({ readyWait: gate() });
    const { id, properties } = functionOf(template, 'FleetReadyWaitGate');
    expect(properties.Environment).toEqual({
      Variables: {
        GREENLIGHT_EVENT: 'ReadyWait',
        GREENLIGHT_ROLLOUT: 'Shop/Fleet',
        GREENLIGHT_APPLICATION: 'shop',
        GREENLIGHT_DEPLOYMENT_GROUP: 'fleet',
        GREENLIGHT_VERDICT_ALARM: 'verdict',
        GREENLIGHT_INSTANCE_SCHEME: 'http',
        GREENLIGHT_INSTANCE_PORT: '8080',
        GREENLIGHT_MAX_INSTANCES: '20',
        GREENLIGHT_INSTANCES_AT_ONCE: '5',
      },
    });
    expect(only(template, 'AWS::Events::Rule').properties).toMatchObject({
      Description: 'A deployment waits: rollout Shop/Fleet',
      EventPattern: { source: ['aws.codedeploy'], 'detail-type': ['CodeDeploy Deployment State-change Notification'], detail: { state: ['READY'], application: ['shop'], deploymentGroup: ['fleet'] } },
      Targets: [{ Id: 'Target0', Arn: { 'Fn::GetAtt': [id, 'Arn'] }, RetryPolicy: { MaximumEventAgeInSeconds: 300, MaximumRetryAttempts: 185 } }],
    });
    const sids = (prefix: string) => roleOf(template, prefix).map(({ Sid, Action, Resource }) => [Sid, Action, Resource]);
    expect(sids('FleetReadyWaitGate').slice(1, 6)).toEqual([
      ['LookUpDeployment', 'codedeploy:GetDeployment', 'arn:of:shop/fleet'],
      ['FindTargets', ['codedeploy:BatchGetDeploymentTargets', 'codedeploy:ListDeploymentTargets'], 'arn:of:shop/fleet'],
      ['FindAddresses', 'ec2:DescribeInstances', '*'],
      ['GoOn', 'codedeploy:ContinueDeployment', 'arn:of:shop/fleet'],
      ['StopDeployment', 'codedeploy:StopDeployment', 'arn:of:shop/fleet'],
    ]);
    expect(sids('FleetGateGuardian')[2]).toEqual(['StopDeployment', 'codedeploy:StopDeployment', 'arn:of:shop/fleet']);
    expect(bound.readyWait).toEqual({ longestSeconds: properties.Timeout === undefined ? 0 : Number(properties.Timeout) + 720 });
    expect(stack.resolve(bound.gateLogs.ReadyWait?.logGroupName)).toEqual({ Ref: only(template, 'AWS::Logs::LogGroup', 'FleetReadyWaitGate').id });
  });

  test('holds the wait of a blue/green rollout', () => {
    const waits = (options: ServerBlueGreenOptions, gates: ServerRolloutGates) => {
      const sample = serverSample((stack) => {
        const fleet = privateFleet(stack);
        const targetGroup = targetGroupIn(stack);
        fleet.attachToApplicationTargetGroup(targetGroup);
        return { targets: ServerTargets.autoScalingGroups(fleet), deployment: copiedBy({}, options), loadBalancers: [ServerLoadBalancer.targetGroup(targetGroup)], gates };
      });
      expect(findCycle(graphOf(sample.template))).toBeUndefined();
      const { deployment, gates: named } = sample.description;
      return [groupIn(sample.template).properties.ReadyWaitMinutes, (deployment as BlueGreenDescription).readyWaitMinutes, Object.keys(named)];
    };
    expect(waits({}, {})).toEqual([undefined, undefined, []]);
    expect(waits({}, { readyWait: gate() })).toEqual(['60', 60, ['readyWait']]);
    expect(waits({ readyWait: Duration.hours(2) }, { readyWait: gate() })).toEqual(['120', 120, ['readyWait']]);
    expect(() => waits({ readyWait: Duration.minutes(5) }, { readyWait: gate() })).toThrow("'readyWait' must be at least the ");
  });

  test('shares its guardian with the gate of the fleet', () => {
    const { template, bound } = blueGreenSample({ readyWait: gate(), fleet: gate(), instance: gate() });
    expect(Object.keys(template.findResources('AWS::Lambda::EventInvokeConfig'))).toHaveLength(2);
    expect(Object.keys(template.findResources('AWS::Lambda::Function')).map((id) => id.replace(/[0-9A-F]{8}$/, '')).sort()).toEqual(['FleetFleetGateFunction', 'FleetGateGuardianFunction', 'FleetInstanceGateFunction', 'FleetReadyWaitGateFunction']);
    expect(Object.keys(bound.functions)).toEqual(['readyWait', 'instance', 'fleet']);
    expect(Object.keys(bound.gateLogs)).toEqual(['ReadyWait', 'ValidateService', 'InstanceSuccess']);
  });

  test('has time for its instances, so many at a time', () => {
    const timeout = (options: Parameters<typeof gate>[0]) => functionOf(blueGreenSample({ readyWait: gate(options) }).template, 'FleetReadyWaitGate').properties.Timeout;
    const slow = [HttpCheck.get('/', { timeout: Duration.seconds(49), assertions: [HttpAssertion.status(200)], transportRetries: 0 })];
    // 50 seconds for each, 15 to find them, and a tenth to decide.
    expect(timeout({ checks: slow, instances: 1 })).toBe(75);
    expect(timeout({ checks: slow, instances: 5 })).toBe(75);
    expect(timeout({ checks: slow, instances: 6 })).toBe(128);
    expect(timeout({ checks: slow })).toBe(239);
    expect(timeout({ checks: slow, instances: 1_000, instancesAtOnce: 100 })).toBe(573);
  });
});

test('a rollout tells who looks for its gates', () => {
  const stack = stackOf();
  const rollout = serverRolloutIn(stack, { targets: ServerTargets.autoScalingGroups(privateFleet(stack)), gates: { fleet: gate(), instance: gate({ scriptInBundle: true }) }, revision: ServerRevision.fromGitHub({ repository: 'my-org/shop', commitId: '0123456789abcdef0123456789abcdef01234567', connection: 'shop' }) });
  const { template, description } = finishedServer(stack, rollout);
  expect(description.gates).toEqual({ instance: { logicalId: functionOf(template, 'FleetInstanceGate').id }, fleet: { logicalId: functionOf(template, 'FleetFleetGate').id } });
  expect(description.findings.map(({ id }) => id)).not.toContain('nothing-stops-a-release');
});

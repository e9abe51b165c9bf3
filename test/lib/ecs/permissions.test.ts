import type { Template } from 'aws-cdk-lib/assertions';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import type { Stack } from 'aws-cdk-lib/core';

import type { EcsRolloutProps } from '../../../lib';
import { CheckTarget, EcsEndpoint, HttpAssertion, HttpCheck, LifecycleHook, TestAccess } from '../../../lib';
import { checksHook, fargate, finished, only, rolloutIn, sample, stackOf, statementsOf, testable, userFunction, waitingFor } from '../support/sample';

/** An ARN as the template joins it. */
const arn = (service: string, ...rest: unknown[]) => ({
  'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:${service}:`, { Ref: 'AWS::Region' }, ':', { Ref: 'AWS::AccountId' }, ...rest]],
});

const GROUP = arn('codedeploy', ':deploymentgroup:Shop-Web-6AD1A95E/Shop-Web-6AD1A95E');

const ref = (template: Template, type: string, prefix: string) => ({ Ref: only(template, type, prefix).id });

const attribute = (template: Template, type: string, prefix: string, name = 'Arn') => ({ 'Fn::GetAtt': [only(template, type, prefix).id, name] });

const allow = (Sid: string, Action: string | string[], Resource: unknown, Condition?: object) => ({
  Sid,
  Effect: 'Allow',
  Action,
  Resource,
  ...(Condition === undefined ? {} : { Condition }),
});

const roleOf = (template: Template, prefix: string) => only(template, 'AWS::IAM::Role', prefix).id;

function everyStatement(template: Template): { Action: string | string[]; Resource: unknown; Sid?: string }[] {
  return Object.values(template.findResources('AWS::IAM::Policy')).flatMap(({ Properties }) => Properties.PolicyDocument.Statement);
}

const whatHooksShare = (template: Template) => [
  allow('Report', 'codedeploy:PutLifecycleEventHookExecutionStatus', GROUP),
  allow('LookUpDeployment', 'codedeploy:GetDeployment', GROUP),
  allow('PublishVerdict', 'cloudwatch:PutMetricData', '*', { StringEquals: { 'cloudwatch:namespace': 'cdk-greenlight' } }),
  allow('SetVerdictAlarm', 'cloudwatch:SetAlarmState', attribute(template, 'AWS::CloudWatch::Alarm', 'WebVerdictAlarm')),
  allow('SendEvents', 'events:PutEvents', arn('events', ':event-bus/default')),
];

const NETWORK = allow(
  'NetworkInterfaces',
  [
    'ec2:AssignPrivateIpAddresses',
    'ec2:CreateNetworkInterface',
    'ec2:DeleteNetworkInterface',
    'ec2:DescribeNetworkInterfaces',
    'ec2:DescribeSubnets',
    'ec2:UnassignPrivateIpAddresses',
  ],
  '*',
);

const logs = (template: Template, prefix: string) =>
  allow('WriteLogs', ['logs:CreateLogStream', 'logs:PutLogEvents'], attribute(template, 'AWS::Logs::LogGroup', prefix));

const toGuardian = (template: Template) => allow('Invoke', 'lambda:InvokeFunction', attribute(template, 'AWS::Lambda::Function', 'WebGuardian'));

describe('the service role', () => {
  const { template } = sample({ hooks: { afterAllowTestTraffic: checksHook() } });

  test('is taken on by CodeDeploy for deployments of this application only', () => {
    const { properties } = only(template, 'AWS::IAM::Role', 'WebServiceRole');
    expect(properties.AssumeRolePolicyDocument).toEqual({
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Action: 'sts:AssumeRole',
          Principal: { Service: 'codedeploy.amazonaws.com' },
          Condition: {
            StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } },
            ArnLike: { 'aws:SourceArn': arn('codedeploy', ':deploymentgroup:Shop-Web-6AD1A95E/*') },
          },
        },
      ],
    });
    expect(properties).not.toHaveProperty('ManagedPolicyArns');
  });

  test('may do just this', () => {
    const service = [{ Ref: only(template, 'AWS::ECS::Cluster').id }, '/', attribute(template, 'AWS::ECS::Service', 'Service', 'Name')];
    const listeners = ['WebProduction', 'WebTest'].map((prefix) => ref(template, 'AWS::ElasticLoadBalancingV2::Listener', prefix));
    const rules = listeners.map((listener) => {
      const part = (index: number) => ({ 'Fn::Select': [index, { 'Fn::Split': [':listener/', listener] }] });
      return { 'Fn::Join': ['', [part(0), ':listener-rule/', part(1), '/*']] };
    });
    expect(statementsOf(template, roleOf(template, 'WebServiceRole'))).toEqual([
      // IAM decides CreateTaskSet on no resource: a statement that names one would allow nothing.
      allow('CreateTaskSets', 'ecs:CreateTaskSet', '*', { ArnEquals: { 'ecs:service': arn('ecs', ':service/', ...service) } }),
      allow(
        'MoveTaskSets',
        ['ecs:DeleteTaskSet', 'ecs:DescribeServices', 'ecs:UpdateServicePrimaryTaskSet'],
        [arn('ecs', ':service/', ...service), arn('ecs', ':task-set/', ...service, '/*')],
      ),
      allow('PassTaskRoles', 'iam:PassRole', [attribute(template, 'AWS::IAM::Role', 'TaskTaskRole')], {
        StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' },
      }),
      allow('MoveListeners', 'elasticloadbalancing:ModifyListener', listeners),
      allow('MoveRules', 'elasticloadbalancing:ModifyRule', rules),
      allow(
        'LookAtListeners',
        ['elasticloadbalancing:DescribeListeners', 'elasticloadbalancing:DescribeRules', 'elasticloadbalancing:DescribeTargetGroups'],
        '*',
      ),
      allow('WatchAlarms', 'cloudwatch:DescribeAlarms', '*'),
      allow('Invoke', 'lambda:InvokeFunction', attribute(template, 'AWS::Lambda::Function', 'WebAfterAllowTestTraffic')),
    ]);
  });

  test('has a policy that the group waits for, and one that only a deployment waits for', () => {
    const { DependsOn } = Object.values(template.findResources('AWS::CodeDeploy::DeploymentGroup'))[0]!;
    expect(DependsOn).toContain(only(template, 'AWS::IAM::Policy', 'WebDeployPolicy').id);
    const invoke = only(template, 'AWS::IAM::Policy', 'WebInvokeHooks').id;
    expect(waitingFor(template, invoke)).toEqual([only(template, 'Custom::GreenlightDeployment').id]);
  });

  test('passes an execution role that comes with a container added after the rollout', () => {
    const stack = stackOf();
    const service = fargate(stack);
    const rollout = rolloutIn(stack, { service });
    service.taskDefinition.obtainExecutionRole();
    const { template: later } = finished(stack, rollout);
    const [, , pass] = statementsOf(later, roleOf(later, 'WebServiceRole'));
    expect(pass!.Resource).toEqual([attribute(later, 'AWS::IAM::Role', 'TaskTaskRole'), attribute(later, 'AWS::IAM::Role', 'TaskExecutionRole')]);
  });

  test('has no statement about hooks where there are none', () => {
    const { template: bare } = sample();
    expect(statementsOf(bare, roleOf(bare, 'WebServiceRole')).map(({ Sid }) => Sid)).toEqual([
      'CreateTaskSets',
      'MoveTaskSets',
      'PassTaskRoles',
      'MoveListeners',
      'MoveRules',
      'LookAtListeners',
      'WatchAlarms',
    ]);
  });

  test('gets the same two policies when it is a role of the app, and no managed policy', () => {
    const { template: theirs } = sample((stack) => ({
      role: new iam.Role(stack, 'Mine', { assumedBy: new iam.ServicePrincipal('codedeploy.amazonaws.com') }),
      hooks: { afterAllowTestTraffic: checksHook() },
    }));
    expect(only(theirs, 'AWS::IAM::Role', 'Mine').properties).not.toHaveProperty('ManagedPolicyArns');
    expect(statementsOf(theirs, roleOf(theirs, 'Mine'))).toHaveLength(8);
  });

  test.each([true, false])('is left as it is when imported, mutable or not, which is a finding (%s)', (mutable) => {
    const { stack: within, template: theirs, description } = sample((stack) => ({
      role: iam.Role.fromRoleArn(stack, 'Imported', 'arn:aws:iam::111122223333:role/deploy', { mutable }),
    }));
    expect(JSON.stringify(theirs.findResources('AWS::IAM::Policy'))).not.toContain('"deploy"');
    expect(description.serviceRole).toEqual({ value: 'arn:aws:iam::111122223333:role/deploy' });
    expect(description.findings).toContainEqual(expect.objectContaining({ id: 'service-role-not-managed', level: 'warning' }));
    // The L2 would warn that it could not add the wide managed policy, which nobody asked it to.
    Annotations.fromStack(within).hasNoWarning('*', Match.stringLikeRegexp('IManagedPolicy'));
    theirs.hasResourceProperties('AWS::CodeDeploy::DeploymentGroup', { ServiceRoleArn: 'arn:aws:iam::111122223333:role/deploy' });
  });
});

describe('the role of a hook', () => {
  test('of checks that ask a listener from inside', () => {
    const { template } = sample({ hooks: { afterAllowTestTraffic: checksHook() } });
    expect(statementsOf(template, roleOf(template, 'WebAfterAllowTestTraffic'))).toEqual([
      logs(template, 'WebAfterAllowTestTraffic'),
      ...whatHooksShare(template),
      NETWORK,
      toGuardian(template),
    ]);
  });

  test('of checks that ask a URL, which need no VPC', () => {
    const check = new HttpCheck({ target: CheckTarget.url('https://example.com/health'), assertions: [HttpAssertion.status(200)] });
    const { template } = sample({ hooks: { afterInstall: LifecycleHook.checks({ checks: [check] }) } });
    expect(statementsOf(template, roleOf(template, 'WebAfterInstall'))).toEqual([
      logs(template, 'WebAfterInstall'),
      ...whatHooksShare(template),
      toGuardian(template),
    ]);
  });

  test('of checks that look the private addresses up', () => {
    const { template } = sample({
      endpoint: EcsEndpoint.application({ internetFacing: true, testPort: 8080 }),
      testAccess: TestAccess.privateAddresses(),
      hooks: { afterAllowTestTraffic: checksHook() },
    });
    expect(statementsOf(template, roleOf(template, 'WebAfterAllowTestTraffic'))).toContainEqual(
      allow('FindPrivateAddresses', 'ec2:DescribeNetworkInterfaces', '*'),
    );
  });

  test('of an outcome, which may invoke that one function', () => {
    const { template } = sample((stack) => ({ hooks: { afterInstall: LifecycleHook.fromOutcome(userFunction(stack, 'Mine')) } }));
    expect(statementsOf(template, roleOf(template, 'WebAfterInstall'))).toEqual([
      logs(template, 'WebAfterInstall'),
      ...whatHooksShare(template),
      allow('Invoke', 'lambda:InvokeFunction', attribute(template, 'AWS::Lambda::Function', 'Mine')),
      toGuardian(template),
    ]);
  });

  test("of the user's own function, which gets the report on this one group", () => {
    const { template } = sample((stack) => ({ hooks: { afterInstall: LifecycleHook.fromFunction(userFunction(stack, 'Mine')) } }));
    expect(statementsOf(template, roleOf(template, 'Mine'))).toEqual([
      allow('Report', 'codedeploy:PutLifecycleEventHookExecutionStatus', GROUP),
      toGuardian(template),
    ]);
  });
});

describe('the guardian', () => {
  test('may report on this one group, and say so', () => {
    const { template } = sample({ hooks: { afterAllowTestTraffic: checksHook() } });
    const shared = whatHooksShare(template).filter(({ Sid }) => Sid !== 'LookUpDeployment');
    expect(statementsOf(template, roleOf(template, 'WebGuardian'))).toEqual([logs(template, 'WebGuardian'), ...shared]);
  });
});

const everything = (stack: Stack): Partial<EcsRolloutProps> => ({
  endpoint: testable(),
  hooks: {
    beforeInstall: LifecycleHook.fromOutcome(userFunction(stack, 'A')),
    afterInstall: LifecycleHook.fromFunction(userFunction(stack, 'B')),
    afterAllowTestTraffic: checksHook(),
    beforeAllowTraffic: LifecycleHook.fromFunction(userFunction(stack, 'C'), { reportsLater: true }),
    afterAllowTraffic: LifecycleHook.fromOutcome(lambda.Function.fromFunctionName(stack, 'D', 'theirs')),
  },
});

describe('all statements together', () => {
  const { template } = sample(everything);

  test('name no wildcard action', () => {
    const actions = everyStatement(template).flatMap(({ Action }) => Action);
    expect(actions.filter((action) => action.includes('*'))).toEqual([]);
  });

  test('go to every resource only where the service knows no resource', () => {
    const wide = everyStatement(template).filter(({ Resource }) => Resource === '*');
    expect([...new Set(wide.map(({ Sid }) => Sid))].sort()).toEqual(['CreateTaskSets', 'LookAtListeners', 'NetworkInterfaces', 'PublishVerdict', 'WatchAlarms']);
  });

  test('come without a managed policy on any role of ours', () => {
    const ours = Object.entries(template.findResources('AWS::IAM::Role')).filter(([id]) => id.startsWith('Web'));
    expect(ours).not.toHaveLength(0);
    ours.forEach(([, { Properties }]) => expect(Properties).not.toHaveProperty('ManagedPolicyArns'));
  });
});

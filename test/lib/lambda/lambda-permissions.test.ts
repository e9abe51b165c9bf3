/** What every role around a released alias may do, statement by statement. */
import type { Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as sns from 'aws-cdk-lib/aws-sns';

import { DeploymentTrigger, LifecycleHook } from '../../../lib';
import { aliasSample, calendarHook, outcomeHook } from '../support/lambda-sample';
import { only, statementsOf, userFunction, waitingFor } from '../support/sample';

const arn = (service: string, ...rest: unknown[]) => ({
  'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:${service}:`, { Ref: 'AWS::Region' }, ':', { Ref: 'AWS::AccountId' }, ...rest]],
});

const GROUP = arn('codedeploy', ':deploymentgroup:Shop-Orders-A8B1F509/Shop-Orders-A8B1F509');

const attribute = (template: Template, type: string, prefix: string) => ({ 'Fn::GetAtt': [only(template, type, prefix).id, 'Arn'] });

const functionArn = (template: Template, prefix: string) => attribute(template, 'AWS::Lambda::Function', prefix);

const allow = (Sid: string, Action: string | string[], Resource: unknown, Condition?: object) => ({ Sid, Effect: 'Allow', Action, Resource, ...(Condition === undefined ? {} : { Condition }) });

const of = (template: Template, prefix: string) => statementsOf(template, only(template, 'AWS::IAM::Role', prefix).id);

const logs = (template: Template, prefix: string) => allow('WriteLogs', ['logs:CreateLogStream', 'logs:PutLogEvents'], attribute(template, 'AWS::Logs::LogGroup', prefix));

const reporting = (template: Template) => [
  allow('PublishVerdict', 'cloudwatch:PutMetricData', '*', { StringEquals: { 'cloudwatch:namespace': 'cdk-greenlight' } }),
  allow('SetVerdictAlarm', 'cloudwatch:SetAlarmState', attribute(template, 'AWS::CloudWatch::Alarm', 'OrdersVerdictAlarm')),
  allow('SendEvents', 'events:PutEvents', arn('events', ':event-bus/default')),
];

const { template } = aliasSample((stack) => ({ hooks: { beforeAllowTraffic: calendarHook(), afterAllowTraffic: outcomeHook(stack) } }));

describe('the service role', () => {
  test('is taken on by CodeDeploy for deployments of this application only', () => {
    const { properties } = only(template, 'AWS::IAM::Role', 'OrdersServiceRole');
    expect(properties.AssumeRolePolicyDocument).toEqual({
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Action: 'sts:AssumeRole',
          Principal: { Service: 'codedeploy.amazonaws.com' },
          Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } }, ArnLike: { 'aws:SourceArn': arn('codedeploy', ':deploymentgroup:Shop-Orders-A8B1F509/*') } },
        },
      ],
    });
    expect(properties).not.toHaveProperty('ManagedPolicyArns');
  });

  test('may move this alias, read alarms, and invoke these hooks', () => {
    expect(of(template, 'OrdersServiceRole')).toEqual([
      allow('MoveAlias', ['lambda:GetAlias', 'lambda:GetProvisionedConcurrencyConfig', 'lambda:UpdateAlias'], [
        functionArn(template, 'Take'),
        { 'Fn::Join': ['', [functionArn(template, 'Take'), ':live']] },
      ]),
      allow('WatchAlarms', 'cloudwatch:DescribeAlarms', '*'),
      allow('Invoke', 'lambda:InvokeFunction', [
        arn('lambda', ':function:CodeDeployHook_Shop-Orders-BeforeAllowTraffic-870D3404'),
        arn('lambda', ':function:CodeDeployHook_Shop-Orders-AfterAllowTraffic-2763D051'),
      ]),
    ]);
  });

  test('has what the group waits for in a policy of its own', () => {
    expect(waitingFor(template, only(template, 'AWS::IAM::Policy', 'OrdersDeployPolicy').id)).toEqual([only(template, 'AWS::CodeDeploy::DeploymentGroup').id]);
    expect(waitingFor(template, only(template, 'AWS::IAM::Policy', 'OrdersInvokeHooksPolicy').id)).toEqual([only(template, 'AWS::Lambda::Alias').id]);
  });

  test('of the app gets the same, and one that is imported is left alone, which is a finding', () => {
    const own = aliasSample((stack) => ({ role: new iam.Role(stack, 'Own', { assumedBy: new iam.ServicePrincipal('codedeploy.amazonaws.com') }) }));
    expect(of(own.template, 'Own').map(({ Sid }) => Sid)).toEqual(['MoveAlias', 'WatchAlarms']);
    expect(only(own.template, 'AWS::IAM::Role', 'Own').properties).not.toHaveProperty('ManagedPolicyArns');
    const foreign = aliasSample((stack) => ({ role: iam.Role.fromRoleArn(stack, 'Foreign', 'arn:aws:iam::111122223333:role/deploy'), hooks: { beforeAllowTraffic: calendarHook() } }));
    expect(foreign.description.findings.map(({ id }) => id)).toEqual(['service-role-not-managed']);
    expect(JSON.stringify(foreign.template.toJSON())).not.toContain('MoveAlias');
  });
});

test('with triggers the service role may publish to exactly these topics, and use the key of those that have one', () => {
  const told = aliasSample((stack) => ({
    hooks: { beforeAllowTraffic: calendarHook() },
    triggers: [DeploymentTrigger.topic(new sns.Topic(stack, 'Open')), DeploymentTrigger.topic(new sns.Topic(stack, 'Sealed', { masterKey: new kms.Key(stack, 'Key') }))],
  })).template;
  const topic = (prefix: string) => ({ Ref: only(told, 'AWS::SNS::Topic', prefix).id });
  expect(of(told, 'OrdersServiceRole').slice(2)).toEqual([
    allow('TellTopics', 'sns:Publish', [topic('Open'), topic('Sealed')]),
    allow('UseTopicKey', ['kms:Decrypt', 'kms:GenerateDataKey'], attribute(told, 'AWS::KMS::Key', 'Key')),
    allow('Invoke', 'lambda:InvokeFunction', arn('lambda', ':function:CodeDeployHook_Shop-Orders-BeforeAllowTraffic-870D3404')),
  ]);
});

test('a hook of checks may report, look its deployment up, say its verdict, and what its checks need', () => {
  expect(of(template, 'OrdersBeforeAllowTraffic')).toEqual([
    logs(template, 'OrdersBeforeAllowTraffic'),
    allow('Report', 'codedeploy:PutLifecycleEventHookExecutionStatus', GROUP),
    allow('LookUpDeployment', 'codedeploy:GetDeployment', GROUP),
    ...reporting(template),
    allow('ReadCalendars', 'ssm:GetCalendarState', arn('ssm', ':document/Release')),
    allow('Invoke', 'lambda:InvokeFunction', functionArn(template, 'OrdersGuardian')),
  ]);
});

test('an adapter may do the same, and invoke its function', () => {
  expect(of(template, 'OrdersAfterAllowTraffic')).toEqual([
    logs(template, 'OrdersAfterAllowTraffic'),
    allow('Report', 'codedeploy:PutLifecycleEventHookExecutionStatus', GROUP),
    allow('LookUpDeployment', 'codedeploy:GetDeployment', GROUP),
    ...reporting(template),
    allow('Invoke', 'lambda:InvokeFunction', functionArn(template, 'Smoke')),
    allow('Invoke', 'lambda:InvokeFunction', functionArn(template, 'OrdersGuardian')),
  ]);
});

test('the guardian may report and say its verdict', () => {
  expect(of(template, 'OrdersGuardian')).toEqual([
    logs(template, 'OrdersGuardian'),
    allow('Report', 'codedeploy:PutLifecycleEventHookExecutionStatus', GROUP),
    ...reporting(template),
  ]);
});

test('a function of the user may report and reach the guardian, and is invoked by its ARN', () => {
  const user = aliasSample((stack) => ({ hooks: { beforeAllowTraffic: LifecycleHook.fromFunction(userFunction(stack, 'Smoke')) } })).template;
  expect(of(user, 'Smoke')).toEqual([
    allow('Report', 'codedeploy:PutLifecycleEventHookExecutionStatus', GROUP),
    allow('Invoke', 'lambda:InvokeFunction', functionArn(user, 'OrdersGuardian')),
  ]);
  expect(of(user, 'OrdersServiceRole').at(-1)).toEqual(allow('Invoke', 'lambda:InvokeFunction', functionArn(user, 'Smoke')));
});

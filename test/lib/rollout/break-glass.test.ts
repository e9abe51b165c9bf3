import * as kms from 'aws-cdk-lib/aws-kms';
import * as sns from 'aws-cdk-lib/aws-sns';
import * as ssm from 'aws-cdk-lib/aws-ssm';
import { Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { Stack } from 'aws-cdk-lib/core';

import type { EcsRolloutProps } from '../../../lib';
import { BreakGlass, CheckTarget, EcsEndpoint, EcsRollout, HttpAssertion, HttpCheck, LifecycleHook } from '../../../lib';
import { findCycle } from '../../support/template-graph';
import { checksHook, fargate, graphOf, only, rolloutIn, sample, stackOf, statementsOf, testable, userFunction } from '../support/sample';

const parameterOf = (stack: Stack) => new ssm.StringParameter(stack, 'Override', { parameterName: '/shop/break-glass', stringValue: 'off' });
const roleOf = (template: Template, prefix: string) => only(template, 'AWS::IAM::Role', prefix).id;
const own = (template: Template, prefix: string) => statementsOf(template, roleOf(template, prefix)).filter(({ Sid }) => ['UseOverride', 'NotifyOverride', 'UseTopicKey'].includes(String(Sid)));

const everyHook = (stack: Stack): Partial<EcsRolloutProps> => ({
  hooks: {
    beforeInstall: LifecycleHook.fromOutcome(userFunction(stack, 'A')),
    afterAllowTestTraffic: checksHook(),
    afterAllowTraffic: LifecycleHook.fromFunction(userFunction(stack, 'B')),
  },
});

const overridable = (make: (stack: Stack) => BreakGlass) => sample((stack) => ({ ...everyHook(stack), endpoint: testable(), breakGlass: make(stack) }));

describe('a break-glass parameter', () => {
  const { template } = overridable((stack) => BreakGlass.parameter(parameterOf(stack), { topic: new sns.Topic(stack, 'Overridden') }));
  const parameter = only(template, 'AWS::SSM::Parameter').id;
  const topic = only(template, 'AWS::SNS::Topic').id;
  const arn = { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':ssm:', { Ref: 'AWS::Region' }, ':', { Ref: 'AWS::AccountId' }, ':parameter', { Ref: parameter }]] };

  test.each(['WebBeforeInstall', 'WebAfterAllowTestTraffic', 'WebGuardian'])('may be read and written by %s, and the topic be told, and no more', (role) => {
    expect(own(template, role)).toEqual([
      { Sid: 'UseOverride', Effect: 'Allow', Action: ['ssm:GetParameter', 'ssm:PutParameter'], Resource: arn },
      { Sid: 'NotifyOverride', Effect: 'Allow', Action: 'sns:Publish', Resource: { Ref: topic } },
    ]);
  });

  test('is nothing to a function that reports by itself', () => {
    expect(own(template, 'B')).toEqual([]);
  });

  test('makes the guardian look deployments up, since an override may be for the next one', () => {
    expect(statementsOf(template, roleOf(template, 'WebGuardian')).map(({ Sid }) => Sid)).toContain('LookUpDeployment');
  });

  const settings = (prefix: string) => {
    const { Environment } = only(template, 'AWS::Lambda::Function', prefix).properties as { Environment: { Variables: Record<string, unknown> } };
    return Environment.Variables['GREENLIGHT_BREAK_GLASS'];
  };

  test('is told to every function of ours; the last hook that is ours sets it back', () => {
    const told = (last: string) => ({ 'Fn::Join': ['', ['{"parameter":"', { Ref: parameter }, '","topic":"', { Ref: topic }, `"${last}}`]] });
    expect(settings('WebBeforeInstall')).toEqual(told(''));
    expect(settings('WebAfterAllowTestTraffic')).toEqual(told(',"last":true'));
    expect(settings('WebGuardian')).toEqual(told(''));
  });

  test('closes no cycle', () => {
    expect(findCycle(graphOf(template))).toBeUndefined();
  });

  test('needs no topic', () => {
    const { template: quiet } = overridable((stack) => BreakGlass.parameter(parameterOf(stack)));
    expect(own(quiet, 'WebGuardian').map(({ Sid }) => Sid)).toEqual(['UseOverride']);
  });

  test('may have a topic that is encrypted with a key of its own', () => {
    const { template: encrypted } = overridable((stack) =>
      BreakGlass.parameter(parameterOf(stack), { topic: new sns.Topic(stack, 'Overridden', { masterKey: new kms.Key(stack, 'Key') }) }),
    );
    const key = { 'Fn::GetAtt': [only(encrypted, 'AWS::KMS::Key').id, 'Arn'] };
    expect(own(encrypted, 'WebAfterAllowTestTraffic').at(-1)).toEqual({ Sid: 'UseTopicKey', Effect: 'Allow', Action: ['kms:Decrypt', 'kms:GenerateDataKey'], Resource: key });
  });

  test('is nothing where there is none', () => {
    const { template: plain } = sample(everyHook);
    expect(JSON.stringify(plain.toJSON())).not.toContain('GREENLIGHT_BREAK_GLASS');
    expect(own(plain, 'WebGuardian')).toEqual([]);
    expect(statementsOf(plain, roleOf(plain, 'WebGuardian')).map(({ Sid }) => Sid)).not.toContain('LookUpDeployment');
  });
});

describe('fails when', () => {
  test('two rollouts share a parameter', () => {
    const stack = stackOf();
    const breakGlass = BreakGlass.parameter(parameterOf(stack));
    const service = fargate(stack);
    rolloutIn(stack, { service, breakGlass });
    const second = () => new EcsRollout(stack, 'Second', { service: fargate(new Stack(stack, 'Beside')), endpoint: EcsEndpoint.application(), breakGlass });
    expect(second).toThrow("break-glass parameter 'Shop/Override' is that of rollout 'Shop/Web' already, and an override is for one rollout; give 'Shop/Second' a parameter of its own");
  });

  test('a hook in isolated subnets has no way to it', () => {
    const stack = stackOf();
    const vpc = new ec2.Vpc(stack, 'Closed', { subnetConfiguration: [{ name: 'isolated', subnetType: ec2.SubnetType.PRIVATE_ISOLATED }] });
    const check = new HttpCheck({ target: CheckTarget.url('https://api.internal.example.com/'), assertions: [HttpAssertion.status(200)] });
    const breakGlass = BreakGlass.parameter(parameterOf(stack), { topic: new sns.Topic(stack, 'Overridden') });
    rolloutIn(stack, { breakGlass, hooks: { afterInstall: LifecycleHook.checks({ checks: [check], vpc }) } });
    expect(() => Template.fromStack(stack)).toThrow('without interface endpoints for codedeploy, monitoring, events, ssm, sns, so that it could never report');
  });
});

/** What a rollout of a Lambda alias makes. */
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as codedeploy from 'aws-cdk-lib/aws-codedeploy';
import { Duration } from 'aws-cdk-lib/core';

import type { RollbackOptions } from '../../../lib';
import { LifecycleHook, RollbackAlarm, TrafficShift } from '../../../lib';
import { PREDEFINED_CONFIGS } from '../../../lib/model/traffic';
import { aliasRolloutIn, aliasSample, calendarHook, finishedAlias, liveAlias, outcomeHook } from '../support/lambda-sample';
import { only, stackOf, userFunction } from '../support/sample';

const groupOf = ({ template }: ReturnType<typeof aliasSample>) => only(template, 'AWS::CodeDeploy::DeploymentGroup').properties;

describe('the deployment group', () => {
  test('shifts an alias, and says everything that it does not have', () => {
    const sample = aliasSample();
    expect(groupOf(sample)).toEqual({
      ApplicationName: { Ref: only(sample.template, 'AWS::CodeDeploy::Application').id },
      DeploymentGroupName: 'Shop-Orders-A8B1F509',
      DeploymentConfigName: 'CodeDeployDefault.LambdaAllAtOnce',
      DeploymentStyle: { DeploymentType: 'BLUE_GREEN', DeploymentOption: 'WITH_TRAFFIC_CONTROL' },
      ServiceRoleArn: { 'Fn::GetAtt': [only(sample.template, 'AWS::IAM::Role', 'OrdersServiceRole').id, 'Arn'] },
      AlarmConfiguration: { Enabled: true, Alarms: [{ Name: { Ref: only(sample.template, 'AWS::CloudWatch::Alarm').id } }] },
      AutoRollbackConfiguration: { Enabled: true, Events: ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_ALARM'] },
      TriggerConfigurations: [],
    });
  });

  test('has an application for Lambda, with a literal name', () => {
    expect(only(aliasSample().template, 'AWS::CodeDeploy::Application').properties).toEqual({ ApplicationName: 'Shop-Orders-A8B1F509', ComputePlatform: 'Lambda' });
  });

  test.each<[RollbackOptions, { Enabled: boolean; Events?: string[] }]>([
    [{ onFailure: false, onAlarm: false }, { Enabled: false }],
    [{ onFailure: false, onAlarm: false, onRequest: true }, { Enabled: true, Events: ['DEPLOYMENT_STOP_ON_REQUEST'] }],
    [{ onRequest: true }, { Enabled: true, Events: ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_REQUEST', 'DEPLOYMENT_STOP_ON_ALARM'] }],
  ])('rolls back by %j', (rollback, expected) => {
    const sample = aliasSample({ rollback });
    expect(groupOf(sample).AutoRollbackConfiguration).toEqual(expected);
    expect(sample.description.rollbackEvents.toSorted()).toEqual([...(expected.Events ?? [])].sort());
  });

  test('has the alarms that are given and those that are added', () => {
    const stack = stackOf();
    const alias = liveAlias(stack);
    const alarm = (id: string, metric: cloudwatch.Metric) => RollbackAlarm.of(new cloudwatch.Alarm(stack, id, { metric, threshold: 1, evaluationPeriods: 1 }));
    const rollout = aliasRolloutIn(stack, { alias, rollback: { alarms: [alarm('Errors', alias.metricErrors())], ignorePollAlarmFailure: true } });
    rollout.addAlarm(alarm('Throttles', alias.metricThrottles()));
    const sample = finishedAlias(stack, rollout);
    const name = (prefix: string) => ({ Name: { Ref: only(sample.template, 'AWS::CloudWatch::Alarm', prefix).id } });
    expect(groupOf(sample).AlarmConfiguration).toEqual({ Enabled: true, IgnorePollAlarmFailure: true, Alarms: [name('OrdersVerdict'), name('Errors'), name('Throttles')] });
    expect(sample.description.alarms).toHaveLength(3);
  });

  test('takes names, an application and a role that are given', () => {
    const stack = stackOf();
    const application = new codedeploy.LambdaApplication(stack, 'App', { applicationName: 'shop' });
    const sample = finishedAlias(stack, aliasRolloutIn(stack, { application, deploymentGroupName: 'orders' }));
    expect(groupOf(sample)).toMatchObject({ ApplicationName: { Ref: only(sample.template, 'AWS::CodeDeploy::Application', 'App').id }, DeploymentGroupName: 'orders' });
    expect(sample.alias.UpdatePolicy.CodeDeployLambdaAliasUpdate.DeploymentGroupName).toBe('orders');
    expect(() => aliasRolloutIn(stack, { alias: liveAlias(stack, { version: userFunction(stack, 'Other').currentVersion }, 'OtherLive'), application, deploymentGroupName: 'orders' }, 'Other2')).toThrow(
      "'deploymentGroupName' 'orders' is that of rollout 'Shop/Orders' already",
    );
  });
});

describe('traffic', () => {
  const predefined = Object.entries(PREDEFINED_CONFIGS).filter(([, { platform }]) => platform === 'Lambda');

  test('has nine predefined shifts', () => expect(predefined).toHaveLength(9));

  test.each(predefined)('shifts by %s', (name, { routing }) => {
    const sample = aliasSample({ traffic: TrafficShift.predefined(name) });
    expect(groupOf(sample).DeploymentConfigName).toBe(name);
    expect(sample.description).toMatchObject({ deploymentConfigName: { value: name }, traffic: routing });
    sample.template.resourceCountIs('AWS::CodeDeploy::DeploymentConfig', 0);
  });

  test('shifts by a configuration of its own, whose name changes with it', () => {
    const sample = aliasSample({ traffic: TrafficShift.linear({ percentage: 20, interval: Duration.minutes(2) }) });
    const { id, properties } = only(sample.template, 'AWS::CodeDeploy::DeploymentConfig');
    expect(properties).toEqual({
      ComputePlatform: 'Lambda',
      DeploymentConfigName: 'Shop-Orders-A8B1F509-Linear20Percent2Minutes',
      TrafficRoutingConfig: { Type: 'TimeBasedLinear', TimeBasedLinear: { LinearPercentage: 20, LinearInterval: 2 } },
    });
    expect(groupOf(sample).DeploymentConfigName).toEqual({ Ref: id });
    expect(sample.description.deploymentConfigName).toEqual({ logicalId: id });
  });

  test('does not shift by a configuration for ECS', () => {
    expect(() => aliasSample({ traffic: TrafficShift.ECS_CANARY_10_PERCENT_5_MINUTES })).toThrow(
      "'CodeDeployDefault.ECSCanary10Percent5Minutes' is a configuration for ECS; a rollout of a Lambda alias takes one of the TrafficShift.LAMBDA_... constants",
    );
  });
});

describe('hooks', () => {
  test('are told the function, and no alias, version or URL', () => {
    const { template } = aliasSample((stack) => ({ hooks: { beforeAllowTraffic: calendarHook(), afterAllowTraffic: outcomeHook(stack) } }));
    const variables = (prefix: string) => (only(template, 'AWS::Lambda::Function', prefix).properties.Environment as { Variables: Record<string, unknown> }).Variables;
    expect(variables('OrdersBeforeAllowTraffic')).toEqual({
      GREENLIGHT_ROLLOUT: 'Shop/Orders',
      GREENLIGHT_APPLICATION: 'Shop-Orders-A8B1F509',
      GREENLIGHT_DEPLOYMENT_GROUP: 'Shop-Orders-A8B1F509',
      GREENLIGHT_EVENT: 'BeforeAllowTraffic',
      GREENLIGHT_VERDICT_ALARM: { Ref: only(template, 'AWS::CloudWatch::Alarm').id },
      GREENLIGHT_RELEASED_FUNCTION: { Ref: only(template, 'AWS::Lambda::Function', 'Take').id },
    });
    expect(Object.keys(variables('OrdersAfterAllowTraffic')).sort()).toEqual([
      'GREENLIGHT_APPLICATION',
      'GREENLIGHT_DEPLOYMENT_GROUP',
      'GREENLIGHT_EVENT',
      'GREENLIGHT_FUNCTION',
      'GREENLIGHT_RELEASED_FUNCTION',
      'GREENLIGHT_ROLLOUT',
      'GREENLIGHT_VERDICT_ALARM',
    ]);
  });

  test('of ours have literal names that the managed policies of CodeDeploy allow; the guardian has none', () => {
    const { template } = aliasSample((stack) => ({ hooks: { beforeAllowTraffic: calendarHook(), afterAllowTraffic: outcomeHook(stack) } }));
    const name = (prefix: string) => only(template, 'AWS::Lambda::Function', prefix).properties.FunctionName;
    expect([name('OrdersBefore'), name('OrdersAfter'), name('OrdersGuardian')]).toEqual([
      'CodeDeployHook_Shop-Orders-BeforeAllowTraffic-870D3404',
      'CodeDeployHook_Shop-Orders-AfterAllowTraffic-2763D051',
      undefined,
    ]);
  });

  test('are described, and guarded', () => {
    const { rollout, description, template } = aliasSample((stack) => ({
      hooks: { beforeAllowTraffic: calendarHook(), afterAllowTraffic: LifecycleHook.fromFunction(userFunction(stack, 'Smoke'), { reportsLater: true }) },
      expectedRequestsPerSecond: 3,
    }));
    expect(description).toEqual({
      schemaVersion: 1,
      platform: 'Lambda',
      name: 'Shop/Orders',
      application: { logicalId: only(template, 'AWS::CodeDeploy::Application').id },
      deploymentGroup: { logicalId: only(template, 'AWS::CodeDeploy::DeploymentGroup').id },
      deploymentConfigName: { value: 'CodeDeployDefault.LambdaAllAtOnce' },
      serviceRole: { logicalId: only(template, 'AWS::IAM::Role', 'OrdersServiceRole').id },
      function: { logicalId: only(template, 'AWS::Lambda::Function', 'Take').id },
      alias: { logicalId: only(template, 'AWS::Lambda::Alias').id },
      traffic: { type: 'AllAtOnce' },
      rollbackEvents: ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_ALARM'],
      alarms: [{ logicalId: only(template, 'AWS::CloudWatch::Alarm').id }],
      verdictAlarm: { logicalId: only(template, 'AWS::CloudWatch::Alarm').id },
      hooks: [
        { event: 'BeforeAllowTraffic', kind: 'checks', function: { logicalId: only(template, 'AWS::Lambda::Function', 'OrdersBefore').id }, reportsLater: false, guarded: true },
        { event: 'AfterAllowTraffic', kind: 'function', function: { logicalId: only(template, 'AWS::Lambda::Function', 'Smoke').id }, reportsLater: true, guarded: true },
      ],
      hookInspector: { logicalId: expect.stringMatching(/^OrdersHookInspectorFunction/) },
      guardian: { logicalId: only(template, 'AWS::Lambda::Function', 'OrdersGuardian').id },
      expectedRequestsPerSecond: 3,
      findings: [expect.objectContaining({ id: 'shift-starts-cold', level: 'info' })],
    });
    expect(rollout.hookFunctions).toHaveLength(2);
  });
});

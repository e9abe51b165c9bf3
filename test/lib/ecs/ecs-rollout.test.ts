import { Template } from 'aws-cdk-lib/assertions';
import * as codedeploy from 'aws-cdk-lib/aws-codedeploy';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { App, NestedStack, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';

import { CheckTarget, EcsRollout, HttpAssertion, HttpCheck, LifecycleHook } from '../../../lib';
import { findCycle } from '../../support/template-graph';
import { checksHook, fargate, finished, graphOf, only, rolloutIn, sample, stackOf, testable, userFunction } from '../support/sample';

describe('EcsRollout', () => {
  test('makes a deployment group that moves traffic blue/green', () => {
    const { template } = sample();
    const { properties } = only(template, 'AWS::CodeDeploy::DeploymentGroup');
    expect(properties).toMatchObject({
      DeploymentGroupName: 'Shop-Web-6AD1A95E',
      DeploymentStyle: { DeploymentOption: 'WITH_TRAFFIC_CONTROL', DeploymentType: 'BLUE_GREEN' },
      BlueGreenDeploymentConfiguration: {
        DeploymentReadyOption: { ActionOnTimeout: 'CONTINUE_DEPLOYMENT', WaitTimeInMinutes: 0 },
        TerminateBlueInstancesOnDeploymentSuccess: { Action: 'TERMINATE', TerminationWaitTimeInMinutes: 10 },
      },
    });
    template.hasResourceProperties('AWS::CodeDeploy::Application', { ApplicationName: 'Shop-Web-6AD1A95E', ComputePlatform: 'ECS' });
  });

  test('has a verdict alarm that falls back by itself, fed by literals', () => {
    const { template } = sample();
    expect(only(template, 'AWS::CloudWatch::Alarm', 'WebVerdictAlarm').properties).toMatchObject({
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      EvaluationPeriods: 1,
      Threshold: 1,
      TreatMissingData: 'notBreaching',
      Metrics: [
        { Expression: 'FILL(m, 0)', ReturnData: true },
        {
          Id: 'm',
          ReturnData: false,
          MetricStat: {
            Period: 10,
            Stat: 'Maximum',
            Metric: {
              Namespace: 'cdk-greenlight',
              MetricName: 'FailedValidations',
              Dimensions: [
                { Name: 'Application', Value: 'Shop-Web-6AD1A95E' },
                { Name: 'DeploymentGroup', Value: 'Shop-Web-6AD1A95E' },
              ],
            },
          },
        },
      ],
    });
  });

  test('hands the dimensions of its metric to its hooks', () => {
    const { template } = sample((stack) => ({
      application: new codedeploy.EcsApplication(stack, 'App'),
      deploymentGroupName: 'web',
      hooks: { afterAllowTestTraffic: checksHook() },
    }));
    const application = { Ref: only(template, 'AWS::CodeDeploy::Application').id };
    expect(only(template, 'AWS::CloudWatch::Alarm', 'WebVerdict').properties).toMatchObject({
      Metrics: [{}, { MetricStat: { Metric: { Dimensions: [{ Value: application }, { Value: 'web' }] } } }],
    });
    expect(only(template, 'AWS::Lambda::Function', 'WebAfterAllow').properties).toMatchObject({
      Environment: { Variables: { GREENLIGHT_APPLICATION: application, GREENLIGHT_DEPLOYMENT_GROUP: 'web' } },
    });
  });

  test('has the service wait for its listener, and the group for the service', () => {
    const { template } = sample();
    const { DependsOn } = Object.values(template.findResources('AWS::ECS::Service'))[0]!;
    expect(DependsOn).toContain(only(template, 'AWS::ElasticLoadBalancingV2::Listener', 'WebProduction').id);
    expect(only(template, 'AWS::CodeDeploy::DeploymentGroup').properties).toMatchObject({
      ECSServices: [{ ServiceName: { 'Fn::GetAtt': [only(template, 'AWS::ECS::Service').id, 'Name'] } }],
    });
  });

  test('shows all that it made', () => {
    const { rollout } = sample({ hooks: { afterAllowTestTraffic: checksHook() } });
    const made = [
      rollout.application,
      rollout.deploymentGroup,
      rollout.role,
      rollout.loadBalancer,
      rollout.productionListener,
      rollout.testListener,
      rollout.blueTargetGroup,
      rollout.greenTargetGroup,
      rollout.verdictAlarm,
      ...rollout.hookFunctions,
      rollout.guardian,
      rollout.hookInspector,
    ];
    expect(made.map((construct) => construct?.node.path.replace('Shop/Web/', ''))).toEqual([
      'Application',
      'DeploymentGroup',
      'ServiceRole',
      'LoadBalancer',
      'ProductionListener',
      'TestListener',
      'BlueTargetGroup',
      'GreenTargetGroup',
      'VerdictAlarm',
      'AfterAllowTestTraffic/Function',
      'Guardian/Function',
      'HookInspector/Function',
    ]);
  });

  test('tells the base URLs of its listeners', () => {
    const { rollout, stack, template } = sample();
    const dns = { 'Fn::GetAtt': [only(template, 'AWS::ElasticLoadBalancingV2::LoadBalancer').id, 'DNSName'] };
    expect(stack.resolve(rollout.productionUrl)).toEqual({ 'Fn::Join': ['', ['http://', dns, ':80']] });
    expect(stack.resolve(rollout.testUrl)).toEqual({ 'Fn::Join': ['', ['http://', dns, ':8080']] });
  });

  test('gives each rollout of an app its own literal names, in nested stacks and stages too', () => {
    const stack = stackOf();
    const nested = new NestedStack(stack, 'Inner');
    const names = [rolloutIn(stack), rolloutIn(nested, { service: fargate(nested) })].map(({ deploymentGroup }) => Template.fromStack(Stack.of(deploymentGroup)));
    expect(names.map((template) => only(template, 'AWS::CodeDeploy::DeploymentGroup').properties.DeploymentGroupName)).toEqual([
      'Shop-Web-6AD1A95E',
      expect.stringMatching(/^Shop-Inner-Web-[0-9A-F]{8}$/),
    ]);
  });
});

const productionCheck = () => HttpCheck.get('/', { target: CheckTarget.PRODUCTION_LISTENER, assertions: [HttpAssertion.status(200)] });

describe('no template has a dependency cycle', () => {
  test('with every kind of hook, functions that know the rollout, and alarms on what it made', () => {
    const app = new App();
    const stack = stackOf(app);
    const fn = userFunction(stack, 'Mine');
    const approval = userFunction(stack, 'Approval');
    const target = userFunction(stack, 'Target');
    const rollout = rolloutIn(stack, {
      hooks: {
        beforeInstall: LifecycleHook.fromOutcome(target),
        afterInstall: LifecycleHook.fromFunction(fn),
        afterAllowTestTraffic: checksHook(),
        beforeAllowTraffic: LifecycleHook.fromFunction(approval, { reportsLater: true }),
        afterAllowTraffic: LifecycleHook.checks({ checks: [productionCheck()] }),
      },
    });
    fn.addEnvironment('GROUP', rollout.deploymentGroup.deploymentGroupName);
    fn.addEnvironment('TEST_URL', `${rollout.testUrl}`);
    target.addEnvironment('ALARM', rollout.verdictAlarm.alarmName);
    approval.node.addDependency(fn);
    expect(findCycle(graphOf(Template.fromStack(stack)))).toBeUndefined();
  });

  test('with an alias, whose function the guardian watches over by its qualifier', () => {
    const { template } = sample((stack) => {
      const alias = new lambda.Alias(stack, 'Live', { aliasName: 'live', version: userFunction(stack, 'Mine').currentVersion });
      return { hooks: { afterInstall: LifecycleHook.fromFunction(alias) } };
    });
    expect(findCycle(graphOf(template))).toBeUndefined();
  });
});

test('descriptions stay within what each service takes, however long and odd the path', () => {
  const stack = stackOf();
  const rollout = new EcsRollout(new Construct(stack, `${'x'.repeat(240)}ü'`), 'Web', { service: fargate(stack), endpoint: testable(), hooks: { afterAllowTestTraffic: checksHook() } });
  const { template } = finished(stack, rollout);
  const texts = ['AWS::Lambda::Function', 'AWS::IAM::Role', 'AWS::EC2::SecurityGroup', 'AWS::CloudWatch::Alarm', 'AWS::Events::Rule']
    .flatMap((type) => Object.entries(template.findResources(type)))
    .filter(([id]) => id.startsWith('x'))
    .map(([, { Properties }]) => Properties.Description ?? Properties.GroupDescription ?? Properties.AlarmDescription)
    // The load balancer's security group is described by the CDK.
    .filter((text) => !text.startsWith('Automatically created Security Group for ELB'));
  expect(texts.length).toBeGreaterThanOrEqual(10);
  texts.forEach((text) => expect(text).toMatch(/^[A-Za-z0-9 ._:,/()-]{1,255}$/));
});

import { Template } from 'aws-cdk-lib/assertions';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as codedeploy from 'aws-cdk-lib/aws-codedeploy';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { App, Duration, RemovalPolicy, Stack, Stage } from 'aws-cdk-lib/core';

import { EcsDeployments, EcsEndpoint, LifecycleHook, RollbackAlarm, TrafficShift } from '../../../lib';
import { checksHook, descriptionIn, fargate, finished, rolloutIn, sample, stackOf, testable, userFunction } from '../support/sample';

const alarm = (stack: Stack, id: string) =>
  new cloudwatch.Alarm(stack, id, { metric: new cloudwatch.Metric({ namespace: 'Shop', metricName: id }), threshold: 1, evaluationPeriods: 1 });

describe('the rollout description', () => {
  test('says all that a rehearsal needs, by logical ids', () => {
    const { description, template } = sample((stack) => ({
      traffic: TrafficShift.canary({ percentage: 10, interval: Duration.minutes(5) }),
      hooks: { afterAllowTestTraffic: checksHook(), beforeAllowTraffic: LifecycleHook.fromOutcome(userFunction(stack, 'Ask')) },
      rollback: { alarms: [RollbackAlarm.of(alarm(stack, 'Errors'))], onRequest: true },
      approvalWait: Duration.hours(1),
      expectedRequestsPerSecond: 20,
    }));
    const id = (start: string) => ({ logicalId: expect.stringMatching(new RegExp(`^${start}[0-9A-F]{8}$`)) });
    expect(description).toEqual({
      schemaVersion: 1,
      platform: 'ECS',
      name: 'Shop/Web',
      application: id('WebApplication'),
      deploymentGroup: id('WebDeploymentGroup'),
      deploymentConfigName: id('WebDeploymentConfig'),
      serviceRole: id('WebServiceRole'),
      service: id('Service'),
      container: { name: 'web', port: 8080 },
      loadBalancer: id('WebLoadBalancer'),
      scheme: 'internal',
      production: { listener: id('WebProductionListener'), port: 80, protocol: 'HTTP' },
      test: { listener: id('WebTestListener'), port: 8080, protocol: 'HTTP' },
      targetGroups: [id('WebBlueTargetGroup'), id('WebGreenTargetGroup')],
      traffic: { type: 'TimeBasedCanary', percentage: 10, intervalMinutes: 5 },
      approvalWaitMinutes: 60,
      terminationWaitMinutes: 10,
      rollbackEvents: ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_ALARM', 'DEPLOYMENT_STOP_ON_REQUEST'],
      alarms: [id('WebVerdictAlarm'), id('Errors')],
      verdictAlarm: id('WebVerdictAlarm'),
      hooks: [
        { event: 'AfterAllowTestTraffic', kind: 'checks', function: id('WebAfterAllowTestTrafficFunction'), reportsLater: false, guarded: true },
        {
          event: 'BeforeAllowTraffic',
          kind: 'outcome',
          function: id('WebBeforeAllowTrafficFunction'),
          target: id('Ask'),
          reportsLater: false,
          guarded: true,
        },
      ],
      guardian: id('WebGuardianFunction'),
      hookInspector: id('WebHookInspectorFunction'),
      appSpecOutput: expect.stringMatching(/^WebAppSpec/),
      expectedRequestsPerSecond: 20,
      findings: [],
    });
    const { resources, outputs } = { resources: template.toJSON().Resources, outputs: template.toJSON().Outputs };
    const ids = [...JSON.stringify(description).matchAll(/"logicalId":"([^"]+)"/g)].map(([, name]) => name!);
    ids.forEach((name) => expect(resources).toHaveProperty(name));
    expect(outputs).toHaveProperty(description.appSpecOutput);
  });

  test('holds an alarm that was added after the rollout', () => {
    const stack = stackOf();
    const rollout = rolloutIn(stack);
    rollout.addAlarm(RollbackAlarm.of(alarm(stack, 'Late')));
    const { description, template } = finished(stack, rollout);
    expect(description.alarms[1]).toEqual({ logicalId: expect.stringMatching(/^Late/) });
    template.hasResourceProperties('AWS::CodeDeploy::DeploymentGroup', { AlarmConfiguration: { Enabled: true, Alarms: [{}, { Name: description.alarms[1] && { Ref: (description.alarms[1] as { logicalId: string }).logicalId } }] } });
  });

  test('names an imported alarm and application by their names, an imported function by its ARN', () => {
    const arn = 'arn:aws:lambda:eu-west-1:111122223333:function:theirs';
    const { description } = sample((stack) => ({
      application: codedeploy.EcsApplication.fromEcsApplicationName(stack, 'App', 'shop'),
      rollback: { alarms: [RollbackAlarm.of(cloudwatch.Alarm.fromAlarmName(stack, 'Theirs', 'errors'))] },
      hooks: { afterInstall: LifecycleHook.fromFunction(lambda.Function.fromFunctionArn(stack, 'Fn', arn)) },
    }));
    expect(description.application).toEqual({ value: 'shop' });
    expect(description.alarms[1]).toEqual({ value: 'errors' });
    expect(description.hooks[0]).toMatchObject({ function: { value: arn }, guarded: false });
  });

  test('names a resource of another stack by that stack', () => {
    const app = new App();
    const base = new Stack(app, 'Base');
    const stack = stackOf(app);
    const rollout = rolloutIn(stack, { rollback: { alarms: [RollbackAlarm.of(alarm(base, 'Errors'))] } });
    expect(finished(stack, rollout).description.alarms[1]).toEqual({ logicalId: expect.stringMatching(/^Errors/), stack: 'Base' });
  });

  test('is named by its path in a stage too', () => {
    const stage = new Stage(new App(), 'Prod');
    const stack = new Stack(stage, 'Shop');
    rolloutIn(stack);
    expect(descriptionIn(Template.fromStack(stack)).name).toBe('Prod/Shop/Web');
  });

  test.each([
    [{}, ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_ALARM'], { Enabled: true, Events: ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_ALARM'] }],
    [{ onFailure: false }, ['DEPLOYMENT_STOP_ON_ALARM'], { Enabled: true, Events: ['DEPLOYMENT_STOP_ON_ALARM'] }],
    [{ onFailure: false, onAlarm: false, onRequest: true }, ['DEPLOYMENT_STOP_ON_REQUEST'], { Enabled: true, Events: ['DEPLOYMENT_STOP_ON_REQUEST'] }],
    [{ onFailure: false, onAlarm: false }, [], { Enabled: false }],
  ])('agrees with the group on rollback %j', (rollback, events, configuration) => {
    const { description, template } = sample({ rollback });
    expect(description.rollbackEvents).toEqual(events);
    const [group] = Object.values(template.findResources('AWS::CodeDeploy::DeploymentGroup'));
    expect(group!.Properties.AutoRollbackConfiguration).toEqual(configuration);
  });

  test('tells that a task definition is deregistered where the user wants it so', () => {
    const findings = (policy: RemovalPolicy) =>
      sample((stack) => {
        const service = fargate(stack);
        service.taskDefinition.applyRemovalPolicy(policy);
        return { service, deployments: EcsDeployments.external() };
      }).description.findings;
    expect(findings(RemovalPolicy.RETAIN)).toEqual([]);
    expect(findings(RemovalPolicy.DESTROY)).toEqual([
      {
        id: 'task-definition-deregistered',
        level: 'info',
        message: "a change of task definition 'Shop/Task' deregisters the revision before it, which then cannot be deployed again by hand",
        remedy: 'drop the removal policy of the task definition: a rollout keeps revisions by itself',
      },
    ]);
  });

  test('of a rollout without hooks has no guardian', () => {
    const { description, rollout } = sample();
    expect([description.guardian, rollout.guardian, description.hooks, rollout.hookFunctions]).toEqual([undefined, undefined, [], []]);
  });
});

function taskOf(stack: Stack): ecs.FargateTaskDefinition {
  const taskDefinition = new ecs.FargateTaskDefinition(stack, 'Other');
  taskDefinition.addContainer('app', { image: ecs.ContainerImage.fromRegistry('example'), portMappings: [{ containerPort: 9000 }] });
  return taskDefinition;
}

describe('an imported service', () => {
  test('is released without being touched', () => {
    const { template, description } = sample((stack) => {
      const vpc = fargate(stack).cluster.vpc;
      return {
        service: ecs.BaseService.fromServiceArnWithCluster(stack, 'Theirs', 'arn:aws:ecs:eu-west-1:111122223333:service/shop/web'),
        taskDefinition: taskOf(stack),
        container: 'app',
        containerPort: 9000,
        endpoint: EcsEndpoint.application({ vpc, testPort: 8080 }),
      };
    });
    template.hasResourceProperties('AWS::CodeDeploy::DeploymentGroup', { ECSServices: [{ ClusterName: 'shop', ServiceName: 'web' }] });
    expect(description.service).toEqual({ value: 'arn:aws:ecs:eu-west-1:111122223333:service/shop/web' });
    expect(description.container).toEqual({ name: 'app', port: 9000 });
  });

  test('fails when nothing tells the VPC of its endpoint', () => {
    expect(() =>
      sample((stack) => ({
        service: ecs.BaseService.fromServiceArnWithCluster(stack, 'Theirs', 'arn:aws:ecs:eu-west-1:111122223333:service/shop/web'),
        taskDefinition: taskOf(stack),
        container: 'app',
        containerPort: 9000,
        endpoint: testable(),
      })),
    ).toThrow("the endpoint's VPC is not known; set 'vpc', since neither the load balancer nor an imported service tells it");
  });
});

import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import { App, CfnParameter, Duration, Stack } from 'aws-cdk-lib/core';

import { EcsCloudFormationRollout, EcsEndpoint, LifecycleHook, RollbackAlarm, TestAccess, TrafficShift } from '../../../lib';
import { findCycle } from '../../support/template-graph';
import { checksHook, graphOf, only, stackOf, statementsOf, testable, userFunction } from '../support/sample';
import { serviceParts, stackSample } from '../support/stack-sample';

const ARN = (service: string, rest: string) => ({
  'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:${service}:`, { Ref: 'AWS::Region' }, ':', { Ref: 'AWS::AccountId' }, rest]],
});

const allHooks = () => ({
  beforeInstall: checksOf(), afterInstall: checksOf(), afterAllowTestTraffic: checksOf(), beforeAllowTraffic: checksOf(), afterAllowTraffic: checksOf(),
});
const checksOf = checksHook;

const alarm = (stack: Stack, id: string, alarmName?: string) =>
  RollbackAlarm.of(new cloudwatch.Alarm(stack, id, { alarmName, metric: new cloudwatch.Metric({ namespace: 'Shop', metricName: id }), threshold: 1, evaluationPeriods: 1 }));

describe('the template', () => {
  const { template, hook } = stackSample({ hooks: allHooks(), desiredCount: 3, healthCheckGracePeriod: Duration.seconds(60), traffic: TrafficShift.linear({ percentage: 14, interval: Duration.minutes(2) }) });
  const id = (type: string, prefix = '') => only(template, type, prefix).id;
  const listener = (prefix: string) => ({ Type: 'AWS::ElasticLoadBalancingV2::Listener', LogicalID: id('AWS::ElasticLoadBalancingV2::Listener', prefix) });
  const group = (prefix: string) => id('AWS::ElasticLoadBalancingV2::TargetGroup', prefix);

  test('has the transform, and a hook that names everything by a literal', () => {
    const { Transform } = template.toJSON() as { Transform: unknown };
    expect(Transform).toBe('AWS::CodeDeployBlueGreen');
    expect(hook).toEqual({
      ServiceRole: 'Shop-Web-6AD1A95E',
      TrafficRoutingConfig: { Type: 'TimeBasedLinear', TimeBasedLinear: { StepPercentage: 14, BakeTimeMins: 2 } },
      AdditionalOptions: { TerminationWaitTimeInMinutes: 10 },
      LifecycleEventHooks: {
        BeforeInstall: 'CodeDeployHook_Shop-Web-BeforeInstall-DABED583',
        AfterInstall: 'CodeDeployHook_Shop-Web-AfterInstall-C2AE21FF',
        AfterAllowTestTraffic: expect.stringMatching(/^CodeDeployHook_Shop-Web-AfterAllowTestTraffic-[0-9A-F]{8}$/),
        BeforeAllowTraffic: expect.stringMatching(/^CodeDeployHook_Shop-Web-BeforeAllowTraffic-[0-9A-F]{8}$/),
        AfterAllowTraffic: expect.stringMatching(/^CodeDeployHook_Shop-Web-AfterAllowTraffic-[0-9A-F]{8}$/),
      },
      Applications: [
        {
          Target: { Type: 'AWS::ECS::Service', LogicalID: id('AWS::ECS::Service') },
          ECSAttributes: {
            TaskDefinitions: [id('AWS::ECS::TaskDefinition'), `${id('AWS::ECS::TaskDefinition')}Green`],
            TaskSets: [id('AWS::ECS::TaskSet'), `${id('AWS::ECS::TaskSet')}Green`],
            TrafficRouting: {
              ProdTrafficRoute: listener('WebProduction'),
              TestTrafficRoute: listener('WebTest'),
              TargetGroups: [group('WebBlue'), group('WebGreen')],
            },
          },
        },
      ],
    });
  });

  test('gives the functions and the role the names that the hook has for them', () => {
    const names = Object.values(template.findResources('AWS::Lambda::Function')).flatMap(({ Properties }) => Properties.FunctionName ?? []);
    expect(names.sort()).toEqual(Object.values(hook.LifecycleEventHooks as Record<string, string>).sort());
    expect(names.every((name: string) => name.length <= 64)).toBe(true);
    expect(only(template, 'AWS::IAM::Role', 'WebServiceRole').properties.RoleName).toBe('Shop-Web-6AD1A95E');
  });

  test('has a service of which the task set says what is to run', () => {
    const cluster = { Ref: id('AWS::ECS::Cluster') };
    const service = { Ref: id('AWS::ECS::Service') };
    expect(only(template, 'AWS::ECS::Service').properties).toEqual({
      Cluster: cluster,
      DeploymentController: { Type: 'EXTERNAL' },
      DesiredCount: 3,
      HealthCheckGracePeriodSeconds: 60,
      PropagateTags: 'SERVICE',
    });
    expect(only(template, 'AWS::ECS::TaskSet').properties).toEqual({
      Cluster: cluster,
      Service: service,
      TaskDefinition: { Ref: id('AWS::ECS::TaskDefinition') },
      LaunchType: 'FARGATE',
      PlatformVersion: 'LATEST',
      Scale: { Unit: 'PERCENT', Value: 100 },
      LoadBalancers: [{ ContainerName: 'web', ContainerPort: 8080, TargetGroupArn: { Ref: group('WebBlue') } }],
      NetworkConfiguration: {
        AwsVpcConfiguration: {
          AssignPublicIp: 'DISABLED',
          SecurityGroups: [{ 'Fn::GetAtt': [id('AWS::EC2::SecurityGroup', 'WebSecurityGroup'), 'GroupId'] }],
          Subnets: [{ Ref: expect.stringContaining('PrivateSubnet1') }, { Ref: expect.stringContaining('PrivateSubnet2') }],
        },
      },
    });
    expect(only(template, 'AWS::ECS::PrimaryTaskSet').properties).toEqual({ Cluster: cluster, Service: service, TaskSetId: { 'Fn::GetAtt': [id('AWS::ECS::TaskSet'), 'Id'] } });
  });

  test('starts both listeners on the blue group, and the task set after them', () => {
    const actions = ['WebProduction', 'WebTest'].map((prefix) => only(template, 'AWS::ElasticLoadBalancingV2::Listener', prefix).properties.DefaultActions);
    expect(actions).toEqual([[{ Type: 'forward', TargetGroupArn: { Ref: group('WebBlue') } }], [{ Type: 'forward', TargetGroupArn: { Ref: group('WebBlue') } }]]);
    const [{ DependsOn }] = Object.values(template.findResources('AWS::ECS::TaskSet')) as [{ DependsOn: string[] }];
    expect(DependsOn).toEqual(expect.arrayContaining([listener('WebProduction').LogicalID, listener('WebTest').LogicalID]));
  });

  test('lets the load balancer in to the tasks, has no cycle, no output and no resource of CodeDeploy', () => {
    template.hasResourceProperties('AWS::EC2::SecurityGroupIngress', { Description: 'Load balancer to target', FromPort: 8080, ToPort: 8080 });
    expect(findCycle(graphOf(template))).toBeUndefined();
    const { Outputs, Resources } = template.toJSON() as { Outputs?: object; Resources: Record<string, { Type: string }> };
    expect(Outputs).toBeUndefined();
    expect(Object.values(Resources).filter(({ Type }) => Type.startsWith('AWS::CodeDeploy::') || Type.startsWith('Custom::'))).toEqual([]);
  });
});

test('its listeners have no guard, since CloudFormation itself moves them, and none can be asked for', () => {
  const { template } = stackSample();
  expect(template.findResources('Custom::GreenlightLiveListener')).toEqual({});
  expect(() => stackSample({ endpoint: EcsEndpoint.application({ listenerGuard: true }) })).toThrow(/cannot have 'listenerGuard': CloudFormation itself moves it .*; leave 'listenerGuard' out$/);
  expect(() => stackSample({ endpoint: EcsEndpoint.application({ listenerGuard: false }) })).not.toThrow();
});

describe('traffic', () => {
  test.each([
    ['none told', undefined, { Type: 'AllAtOnce' }],
    ['all at once, by name', TrafficShift.ECS_ALL_AT_ONCE, { Type: 'AllAtOnce' }],
    ['a canary', TrafficShift.canary({ percentage: 14, interval: Duration.minutes(5) }), { Type: 'TimeBasedCanary', TimeBasedCanary: { StepPercentage: 14, BakeTimeMins: 5 } }],
    ['a linear shift', TrafficShift.linear({ percentage: 50, interval: Duration.hours(1) }), { Type: 'TimeBasedLinear', TimeBasedLinear: { StepPercentage: 50, BakeTimeMins: 60 } }],
  ])('%s', (_, traffic, config) => {
    expect(stackSample({ traffic }).hook.TrafficRoutingConfig).toEqual(config);
  });

  test.each([
    ['a step of 13 %', () => TrafficShift.canary({ percentage: 13, interval: Duration.minutes(5) }), 13],
    ['a step of 1 %', () => TrafficShift.linear({ percentage: 1, interval: Duration.minutes(5) }), 1],
    ['a configuration with steps of 10 %', () => TrafficShift.ECS_CANARY_10_PERCENT_5_MINUTES, 10],
  ])('not %s', (_, traffic, percentage) => {
    expect(() => stackSample({ traffic: traffic() })).toThrow(
      `'percentage' must be a whole number from 14 to 99 where CloudFormation performs the deployment, got ${percentage}; take a larger step, TrafficShift.allAtOnce(), or EcsRollout, whose steps may be smaller`,
    );
  });

  test('not a configuration for Lambda', () => {
    expect(() => stackSample({ traffic: TrafficShift.LAMBDA_ALL_AT_ONCE })).toThrow("'CodeDeployDefault.LambdaAllAtOnce' is a configuration for Lambda");
  });

  test('in increments not behind a Network Load Balancer', () => {
    const endpoint = EcsEndpoint.network({ testPort: 8080 });
    expect(() => stackSample({ endpoint, traffic: TrafficShift.canary({ percentage: 20, interval: Duration.minutes(5) }) })).toThrow('which CodeDeploy refuses behind a Network Load Balancer');
    expect(stackSample({ endpoint }).rollout.networkTargetGroups).toHaveLength(2);
  });
});

describe('without a test listener', () => {
  const endpoint = EcsEndpoint.application();

  test('the hook names none', () => {
    const { hook, rollout } = stackSample({ endpoint });
    const [{ ECSAttributes }] = hook.Applications as [{ ECSAttributes: { TrafficRouting: Record<string, unknown> } }];
    expect(Object.keys(ECSAttributes.TrafficRouting)).toEqual(['ProdTrafficRoute', 'TargetGroups']);
    expect(hook.LifecycleEventHooks).toBeUndefined();
    expect([rollout.testListener, rollout.testUrl, rollout.guardian, rollout.hookFunctions]).toEqual([undefined, undefined, undefined, []]);
  });

  test('what needs one is refused', () => {
    expect(() => stackSample({ endpoint, hooks: { afterAllowTestTraffic: checksHook() } })).toThrow('hook AfterAllowTestTraffic would never run');
    expect(() => stackSample({ endpoint, testAccess: TestAccess.fromCidrs('10.0.0.0/8') })).toThrow("'testAccess' needs a test listener");
  });
});

describe('permissions', () => {
  const { template } = stackSample({ hooks: { afterAllowTestTraffic: checksHook() } });
  const attribute = (type: string, prefix: string) => ({ 'Fn::GetAtt': [only(template, type, prefix).id, 'Arn'] });
  const ANY_GROUP = ARN('codedeploy', ':deploymentgroup:*/*');

  test('CodeDeploy may invoke the hooks, and do nothing else', () => {
    expect(statementsOf(template, only(template, 'AWS::IAM::Role', 'WebServiceRole').id)).toEqual([
      { Sid: 'Invoke', Effect: 'Allow', Action: 'lambda:InvokeFunction', Resource: attribute('AWS::Lambda::Function', 'WebAfterAllowTestTraffic') },
    ]);
    expect(only(template, 'AWS::IAM::Role', 'WebServiceRole').properties.AssumeRolePolicyDocument).toEqual({
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Action: 'sts:AssumeRole',
          Principal: { Service: 'codedeploy.amazonaws.com' },
          Condition: { StringEqualsIfExists: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
        },
      ],
    });
  });

  test('a hook may report on deployments without a group, whose ARN nobody documents, and nothing by a wildcard action', () => {
    expect(statementsOf(template, only(template, 'AWS::IAM::Role', 'WebAfterAllowTestTrafficRole').id)).toEqual([
      { Sid: 'WriteLogs', Effect: 'Allow', Action: ['logs:CreateLogStream', 'logs:PutLogEvents'], Resource: attribute('AWS::Logs::LogGroup', 'WebAfterAllowTestTraffic') },
      { Sid: 'Report', Effect: 'Allow', Action: 'codedeploy:PutLifecycleEventHookExecutionStatus', Resource: ANY_GROUP },
      { Sid: 'LookUpDeployment', Effect: 'Allow', Action: 'codedeploy:GetDeployment', Resource: ANY_GROUP },
      { Sid: 'PublishVerdict', Effect: 'Allow', Action: 'cloudwatch:PutMetricData', Resource: '*', Condition: { StringEquals: { 'cloudwatch:namespace': 'cdk-greenlight' } } },
      { Sid: 'SetVerdictAlarm', Effect: 'Allow', Action: 'cloudwatch:SetAlarmState', Resource: attribute('AWS::CloudWatch::Alarm', 'WebVerdictAlarm') },
      { Sid: 'SendEvents', Effect: 'Allow', Action: 'events:PutEvents', Resource: ARN('events', ':event-bus/default') },
      {
        Sid: 'NetworkInterfaces',
        Effect: 'Allow',
        Action: [
          'ec2:AssignPrivateIpAddresses', 'ec2:CreateNetworkInterface', 'ec2:DeleteNetworkInterface', 'ec2:DescribeNetworkInterfaces', 'ec2:DescribeSubnets',
          'ec2:UnassignPrivateIpAddresses',
        ],
        Resource: '*',
      },
      { Sid: 'Invoke', Effect: 'Allow', Action: 'lambda:InvokeFunction', Resource: attribute('AWS::Lambda::Function', 'WebGuardian') },
    ]);
  });

  test('a role of the app gets the same, and an imported one is left as it is', () => {
    const own = stackSample((stack) => ({ hooks: { beforeInstall: LifecycleHook.fromFunction(userFunction(stack, 'Gate', { functionName: 'gate' })) }, role: new iam.Role(stack, 'Deployer', { roleName: 'deployer', assumedBy: new iam.ServicePrincipal('codedeploy.amazonaws.com') }) }));
    expect(own.hook.ServiceRole).toBe('deployer');
    expect(statementsOf(own.template, only(own.template, 'AWS::IAM::Role', 'Deployer').id)).toEqual([
      { Sid: 'Invoke', Effect: 'Allow', Action: 'lambda:InvokeFunction', Resource: { 'Fn::GetAtt': [only(own.template, 'AWS::Lambda::Function', 'Gate').id, 'Arn'] } },
    ]);
    const foreign = stackSample((stack) => ({ role: iam.Role.fromRoleName(stack, 'Deployer', 'AWSCodeDeployRoleForECS') }));
    expect(foreign.hook.ServiceRole).toBe('AWSCodeDeployRoleForECS');
    expect(foreign.description.findings.map(({ id }) => id)).toEqual(['service-role-not-managed', 'rollback-triggers']);
  });

  test('without hooks there is nothing to allow', () => {
    const bare = stackSample();
    expect(statementsOf(bare.template, only(bare.template, 'AWS::IAM::Role', 'WebServiceRole').id)).toEqual([]);
  });
});

describe('names', () => {
  test('of roles differ by region, since roles are of all regions', () => {
    const stack = new Stack(new App(), 'Shop', { env: { region: 'eu-central-1', account: '111122223333' } });
    expect(stackSample({}, undefined, stack).hook.ServiceRole).toBe('Shop-Web-6AD1A95E-eu-central-1');
  });

  const gate = (make: (stack: Stack) => lambda.IFunction) => stackSample((stack) => ({ hooks: { beforeInstall: LifecycleHook.fromFunction(make(stack)) } }));
  const named = (make: (stack: Stack) => lambda.IFunction) => (gate(make).hook.LifecycleEventHooks as Record<string, string>).BeforeInstall;

  test.each<[string, (stack: Stack) => lambda.IFunction, string]>([
    ['a function with a name', (stack) => userFunction(stack, 'Gate', { functionName: 'gate' }), 'gate'],
    ['an alias of it', (stack) => userFunction(stack, 'Gate', { functionName: 'gate' }).addAlias('live'), 'gate:live'],
    ['an imported one', (stack) => lambda.Function.fromFunctionArn(stack, 'Gate', 'arn:aws:lambda:us-east-1:111122223333:function:gate'), 'gate'],
  ])('of %s', (_, make, name) => {
    expect(named(make)).toBe(name);
  });

  const UNKNOWN = "whose name is known only when it is deployed, and CloudFormation finds a hook by its literal name; set 'functionName' on it";

  test.each<[string, (stack: Stack) => lambda.IFunction, string]>([
    ['a function without one', (stack) => userFunction(stack, 'Gate'), 'Shop/Gate'],
    ['a version', (stack) => userFunction(stack, 'Gate', { functionName: 'gate' }).currentVersion, 'Shop/Gate/CurrentVersion'],
    ['a function with a deploy-time name', (stack) => userFunction(stack, 'Gate', { functionName: new CfnParameter(stack, 'Name').valueAsString }), 'Shop/Gate'],
  ])('not of %s', (_, make, path) => {
    expect(() => gate(make)).toThrow(`hook BeforeInstall is function '${path}', ${UNKNOWN}`);
  });

  test('not of a role without one', () => {
    const role = (stack: Stack) => new iam.Role(stack, 'Deployer', { assumedBy: new iam.ServicePrincipal('codedeploy.amazonaws.com') });
    expect(() => stackSample((stack) => ({ role: role(stack) }))).toThrow(
      "the name of role 'Shop/Deployer' is known only when it is deployed, and CloudFormation finds it by its literal name; set 'roleName' on it, or leave 'role' out",
    );
  });
});

describe('alarms', () => {
  const COMMAND = 'once the stack is made, deploy by: cdk deploy Shop';
  const ARNS = ' --rollback-trigger-alarm-arns arn:aws:cloudwatch:REGION:ACCOUNT:alarm:';

  test('are told as rollback triggers, by the command that sets them', () => {
    expect(stackSample().description.findings).toEqual([
      {
        id: 'rollback-triggers',
        level: 'info',
        message: "the alarm of rollout 'Shop/Web' can roll a release back as rollback triggers of the stack only, which no template can set",
        remedy: `${COMMAND}${ARNS}Shop-Web-6AD1A95E`,
      },
    ]);
    const { template, description } = stackSample((stack) => ({ rollbackAlarms: [alarm(stack, 'Errors', 'errors')] }), (stack, rollout) => rollout.addAlarm(alarm(stack, 'Latency')));
    expect(description.findings[0]!.remedy).toBe(`${COMMAND}${ARNS}Shop-Web-6AD1A95E${ARNS}errors${ARNS}NAME-OF-Latency`);
    expect(description.alarms).toEqual(['WebVerdictAlarm', 'Errors', 'Latency'].map((prefix) => ({ logicalId: only(template, 'AWS::CloudWatch::Alarm', prefix).id })));
    expect(only(template, 'AWS::CloudWatch::Alarm', 'WebVerdictAlarm').properties.AlarmName).toBe('Shop-Web-6AD1A95E');
  });

  test('name account and region where they are known', () => {
    const stack = new Stack(new App(), 'Shop', { env: { region: 'eu-central-1', account: '111122223333' } });
    expect(stackSample({}, undefined, stack).description.findings[0]!.remedy).toBe(`${COMMAND} --rollback-trigger-alarm-arns arn:aws:cloudwatch:eu-central-1:111122223333:alarm:Shop-Web-6AD1A95E`);
  });

  test('may be five in all, each once', () => {
    const many = (count: number) => stackSample((stack) => ({ rollbackAlarms: Array.from({ length: count }, (_, index) => alarm(stack, `Alarm${index}`)) }));
    expect(many(4).description.alarms).toHaveLength(5);
    expect(() => many(5)).toThrow("rollout 'Shop/Web' would have 6 alarms, its verdict alarm counted, and a stack takes 5 rollback triggers; join some in a composite alarm");
    const twice = (stack: Stack) => {
      const one = alarm(stack, 'Errors');
      return { rollbackAlarms: [one, one] };
    };
    expect(() => stackSample(twice)).toThrow("alarm 'Shop/Errors' is in rollout 'Shop/Web' already; name each alarm once");
  });
});

describe('what may surprise', () => {
  test('an image by a parameter is no release', () => {
    const { description, stack } = stackSample((inside) => {
      const tag = new CfnParameter(inside, 'Tag').valueAsString;
      const parts = serviceParts(inside);
      parts.taskDefinition.defaultContainer!.addEnvironment('TAG', tag);
      return parts;
    });
    const message = "task definition 'Shop/Task' depends on parameter 'Tag' of the stack, and CloudFormation does not take another value of a parameter for a release";
    expect(description.findings.find(({ id }) => id === 'release-by-parameter')).toMatchObject({ level: 'warning', message });
    Annotations.fromStack(stack).hasWarning('/Shop/Web', Match.stringLikeRegexp('does not take another value'));
  });

  test("the CDK's own metadata changes with a release, unless they are off", () => {
    const app = () => new App({ context: { 'aws:cdk:version-reporting': true } });
    const ids = (stack: Stack) => stackSample({}, undefined, stack).description.findings.map(({ id }) => id);
    expect(ids(new Stack(app(), 'Shop'))).toEqual(['rollback-triggers', 'cdk-metadata']);
    expect(ids(new Stack(app(), 'Shop', { analyticsReporting: false }))).toEqual(['rollback-triggers']);
  });
});

test('the description is in the metadata of the template, beside others', () => {
  const { description, rollout } = stackSample({ expectedRequestsPerSecond: 5, terminationWait: Duration.minutes(0) }, (stack) => {
    stack.templateOptions.metadata = { ...stack.templateOptions.metadata, other: 1 };
  });
  expect(description).toMatchObject({
    schemaVersion: 1, platform: 'ECS', controller: 'CLOUDFORMATION', name: 'Shop/Web', container: { name: 'web', port: 8080 }, scheme: 'internal',
    traffic: { type: 'AllAtOnce' }, terminationWaitMinutes: 0, expectedRequestsPerSecond: 5, hooks: [], production: { port: 80, protocol: 'HTTP' }, test: { port: 8080, protocol: 'HTTP' },
  });
  expect(Stack.of(rollout).templateOptions.metadata).toMatchObject({ other: 1 });
});

test('tasks on container instances share the groups of the instances', () => {
  const { template, rollout } = stackSample((stack) => {
    const { cluster } = serviceParts(stack);
    (cluster as ecs.Cluster).addCapacity('Instances', { instanceType: new ec2.InstanceType('t3.small') });
    const taskDefinition = new ecs.Ec2TaskDefinition(stack, 'Bridge');
    taskDefinition.addContainer('web', { image: ecs.ContainerImage.fromRegistry('example'), memoryLimitMiB: 128, portMappings: [{ containerPort: 8080 }] });
    return { cluster, taskDefinition };
  });
  const { properties } = only(template, 'AWS::ECS::TaskSet');
  expect([properties.LaunchType, properties.PlatformVersion, properties.NetworkConfiguration]).toEqual(['EC2', undefined, undefined]);
  template.hasResourceProperties('AWS::EC2::SecurityGroupIngress', { Description: 'Load balancer to target', FromPort: 32_768, ToPort: 65_535 });
  expect(rollout.taskConnections.securityGroups).toHaveLength(1);
});

test('tasks with public addresses are in public subnets', () => {
  const { template } = stackSample({ assignPublicIp: true });
  expect(only(template, 'AWS::ECS::TaskSet').properties).toMatchObject({ NetworkConfiguration: { AwsVpcConfiguration: { AssignPublicIp: 'ENABLED', Subnets: [{ Ref: expect.stringContaining('PublicSubnet1') }, {}] } } });
});

test('two are told apart by their stacks', () => {
  const stack = stackOf();
  const parts = serviceParts(stack);
  const first = new EcsCloudFormationRollout(stack, 'Web', { ...parts, endpoint: testable() });
  expect(first.productionUrl).toMatch(/^http:\/\/.*:80$/);
  expect(() => new EcsCloudFormationRollout(stack, 'Other', parts)).toThrow(
    "stack 'Shop' is deployed by rollout 'Shop/Web' already, and CloudFormation deploys one service of a stack blue/green; give 'Shop/Other' a stack of its own, or use EcsRollout",
  );
});

import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { Template } from 'aws-cdk-lib/assertions';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { App, Duration, Stack, Tags } from 'aws-cdk-lib/core';

import type { ChecksHookOptions, EcsNativeHook, EcsNativeHookOptions } from '../../../lib';
import { AlarmCheck, CheckTarget, EcsNativeStage, HttpAssertion, HttpCheck, InconclusivePolicy, LifecycleHook, Passes, MetricCheck } from '../../../lib';
import { ECS_NATIVE_METADATA_KEY } from '../../../lib/model/ecs-native';
import type { CheckSuite } from '../../../lib/model/suite';
import { findCycle } from '../../support/template-graph';

const OK = [HttpAssertion.status(200)];
const BASE = 'https://test.example.com:8443';
const gate = (options: Partial<ChecksHookOptions> = {}) => LifecycleHook.checks({ checks: [HttpCheck.get('/health', { assertions: OK })], ...options });

interface Setting {
  readonly app?: App;
  readonly service?: Partial<ecs.FargateServiceProps>;
  /** Behind a load balancer, with a test listener unless it is said otherwise. */
  readonly balanced?: { readonly test: boolean };
}

function setting({ app = new App(), service: props, balanced }: Setting = {}) {
  const stack = new Stack(app, 'Shop', { env: { account: '111122223333', region: 'eu-central-1' } });
  const vpc = new ec2.Vpc(stack, 'Vpc', { maxAzs: 2, natGateways: 1 });
  const taskDefinition = new ecs.FargateTaskDefinition(stack, 'Task');
  taskDefinition.addContainer('web', { image: ecs.ContainerImage.fromRegistry('web'), portMappings: [{ containerPort: 8080 }] });
  const service = new ecs.FargateService(stack, 'Web', {
    cluster: new ecs.Cluster(stack, 'Cluster', { vpc }),
    taskDefinition,
    deploymentStrategy: ecs.DeploymentStrategy.BLUE_GREEN,
    ...props,
  });
  const loadBalancer = new elbv2.ApplicationLoadBalancer(stack, 'Balancer', { vpc });
  if (balanced !== undefined) {
    balance(stack, vpc, service, loadBalancer, balanced.test);
  }
  return { app, stack, vpc, service, loadBalancer };
}

function balance(stack: Stack, vpc: ec2.IVpc, service: ecs.FargateService, loadBalancer: elbv2.ApplicationLoadBalancer, test: boolean): void {
  const [blue, green] = ['Blue', 'Green'].map((id) => new elbv2.ApplicationTargetGroup(stack, id, { vpc, port: 80, targetType: elbv2.TargetType.IP })) as [elbv2.ApplicationTargetGroup, elbv2.ApplicationTargetGroup];
  const rule = (port: number) => {
    const listener = loadBalancer.addListener(`L${port}`, { port, protocol: elbv2.ApplicationProtocol.HTTP, open: false, defaultAction: elbv2.ListenerAction.fixedResponse(404) });
    return new elbv2.ApplicationListenerRule(stack, `R${port}`, { listener, priority: 1, conditions: [elbv2.ListenerCondition.pathPatterns(['*'])], action: elbv2.ListenerAction.forward([blue, green]) });
  };
  const alternateTarget = new ecs.AlternateTarget('Alternate', {
    alternateTargetGroup: green,
    productionListener: ecs.ListenerRuleConfiguration.applicationListenerRule(rule(80)),
    ...(test ? { testListener: ecs.ListenerRuleConfiguration.applicationListenerRule(rule(8080)) } : {}),
  });
  blue.addTarget(service.loadBalancerTarget({ containerName: 'web', containerPort: 8080, alternateTarget }));
}

const AFTER_TEST: EcsNativeHookOptions = { stages: [EcsNativeStage.POST_TEST_TRAFFIC_SHIFT], baseUrl: BASE };

/** A service with one hook, attached at once. */
function attached(options: Partial<EcsNativeHookOptions> = {}, checks: Partial<ChecksHookOptions> = {}, own: Setting = {}) {
  const made = setting(own);
  const hook = gate(checks).onEcsNative({ ...AFTER_TEST, ...options });
  hook.attachTo(made.service);
  return { ...made, hook, template: () => Template.fromStack(made.stack) };
}

const serviceOf = (template: Template) => Object.values(template.findResources('AWS::ECS::Service'))[0]!;
const hooksOf = (template: Template) => serviceOf(template).Properties.DeploymentConfiguration.LifecycleHooks as { HookTargetArn: unknown; RoleArn: unknown; LifecycleStages: string[] }[];
const idOf = (template: Template, type: string, prefix: string) => Object.keys(template.findResources(type)).find((id) => id.startsWith(prefix))!;
const getAtt = (id: string, name = 'Arn') => ({ 'Fn::GetAtt': [id, name] });
const PREFIX = 'WebPostTestTrafficShiftHook';

describe('a hook of ECS', () => {
  test('is one entry of the lifecycle hooks of its service, with the function and the role of its own', () => {
    const template = attached().template();
    expect(hooksOf(template)).toEqual([
      {
        HookTargetArn: getAtt(idOf(template, 'AWS::Lambda::Function', PREFIX)),
        RoleArn: getAtt(idOf(template, 'AWS::IAM::Role', `${PREFIX}InvokeRole`)),
        LifecycleStages: ['POST_TEST_TRAFFIC_SHIFT'],
      },
    ]);
  });

  test('takes every stage, the one that the L2 lacks too, in the order of the lifecycle and whatever hooks there are besides', () => {
    const { service, stack } = setting();
    const all = Object.values(EcsNativeStage).reverse();
    gate().onEcsNative({ stages: all, baseUrl: BASE }).attachTo(service);
    service.addLifecycleHook(new ecs.DeploymentLifecycleLambdaTarget(inline(stack), 'Mine', { lifecycleStages: [ecs.DeploymentLifecycleStage.PRE_SCALE_UP] }));
    gate().onEcsNative({ stages: [EcsNativeStage.PRE_PRODUCTION_TRAFFIC_SHIFT], baseUrl: BASE }).attachTo(service);
    expect(hooksOf(Template.fromStack(stack)).map(({ LifecycleStages }) => LifecycleStages)).toEqual([
      ['RECONCILE_SERVICE', 'PRE_SCALE_UP', 'POST_SCALE_UP', 'TEST_TRAFFIC_SHIFT', 'POST_TEST_TRAFFIC_SHIFT', 'PRE_PRODUCTION_TRAFFIC_SHIFT', 'PRODUCTION_TRAFFIC_SHIFT', 'POST_PRODUCTION_TRAFFIC_SHIFT'],
      ['PRE_SCALE_UP'],
      ['PRE_PRODUCTION_TRAFFIC_SHIFT'],
    ]);
  });

  test('tells the function its stages and where to ask, and plays a suite for ECS', () => {
    const app = new App({ context: { 'aws:cdk:enable-asset-metadata': true } });
    const { template } = attached({ productionUrl: 'http://shop.example.com' }, { checks: [HttpCheck.get('/a', { assertions: OK }), HttpCheck.get('/b', { assertions: OK, target: CheckTarget.PRODUCTION_LISTENER })] }, { app });
    const { Properties, Metadata } = Object.values(template().findResources('AWS::Lambda::Function'))[0]!;
    expect(Properties).toMatchObject({
      Handler: 'index.handler',
      Timeout: 61,
      Environment: {
        Variables: {
          GREENLIGHT_EVENT: 'EcsNative',
          GREENLIGHT_STAGES: '["POST_TEST_TRAFFIC_SHIFT"]',
          GREENLIGHT_ROLLOUT: 'Shop/Web',
          GREENLIGHT_TEST_URL: BASE,
          GREENLIGHT_PRODUCTION_URL: 'http://shop.example.com',
        },
      },
    });
    const suite: CheckSuite = JSON.parse(readFileSync(join(resolve(app.outdir, Metadata['aws:asset:path']), 'suite.json'), 'utf8'));
    expect([suite.event, suite.checks.length, suite.policy.invocations]).toEqual(['EcsNative', 2, undefined]);
  });

  test('marks its service for the rehearsal', () => {
    expect(serviceOf(attached().template()).Metadata[ECS_NATIVE_METADATA_KEY]).toEqual({ schemaVersion: 1, platform: 'ECS', controller: 'ECS', name: 'Shop/Web', findings: [] });
  });

  test('closes no cycle, with the load balancer that it asks in front of the service', () => {
    const { service, stack, loadBalancer, vpc } = setting({ balanced: { test: true } });
    gate().onEcsNative({ ...AFTER_TEST, baseUrl: `http://${loadBalancer.loadBalancerDnsName}:8080`, vpc, loadBalancer }).attachTo(service);
    expect(findCycle(Template.fromStack(stack).toJSON() as Parameters<typeof findCycle>[0])).toBeUndefined();
  });

  test('is the same value that a rollout of CodeDeploy takes', () => {
    const hook = gate();
    expect(hook.onEcsNative(AFTER_TEST)).not.toBe(hook.onEcsNative(AFTER_TEST));
  });
});

const inline = (stack: Stack) => new lambda.Function(stack, 'Fn', { runtime: lambda.Runtime.NODEJS_24_X, handler: 'index.handler', code: lambda.Code.fromInline('exports.handler = async () => ({ hookStatus: "SUCCEEDED" })') });

describe('permissions', () => {
  const statements = (template: Template, prefix: string) =>
    Object.entries(template.findResources('AWS::IAM::Policy')).filter(([id]) => id.startsWith(prefix)).flatMap(([, { Properties }]) => Properties.PolicyDocument.Statement);
  const write = (template: Template) => ({ Sid: 'WriteLogs', Effect: 'Allow', Action: ['logs:CreateLogStream', 'logs:PutLogEvents'], Resource: getAtt(idOf(template, 'AWS::Logs::LogGroup', PREFIX)) });
  const SEND = { Sid: 'SendEvents', Effect: 'Allow', Action: 'events:PutEvents', Resource: { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':events:eu-central-1:111122223333:event-bus/default']] } };

  test('the function writes its log and sends its event, and asks nothing of CodeDeploy or CloudWatch', () => {
    const template = attached().template();
    expect(statements(template, PREFIX)).toEqual([write(template), SEND]);
  });

  test('what its checks need is added', () => {
    const made = setting();
    const alarm = cloudwatch.Alarm.fromAlarmName(made.stack, 'Alarm', 'errors');
    LifecycleHook.checks({ checks: [new AlarmCheck({ alarms: [alarm] })] }).onEcsNative({ stages: [EcsNativeStage.POST_TEST_TRAFFIC_SHIFT] }).attachTo(made.service);
    const template = Template.fromStack(made.stack);
    expect(statements(template, PREFIX).slice(2)).toEqual([{ Sid: 'ReadAlarms', Effect: 'Allow', Action: 'cloudwatch:DescribeAlarms', Resource: '*' }]);
  });

  test('ECS may invoke this function and no other, for this account', () => {
    const template = attached().template();
    const { Properties } = template.findResources('AWS::IAM::Role')[idOf(template, 'AWS::IAM::Role', `${PREFIX}InvokeRole`)]!;
    expect(Properties.Policies).toEqual([
      {
        PolicyName: 'Invoke',
        PolicyDocument: {
          Version: '2012-10-17',
          Statement: [{ Sid: 'Invoke', Effect: 'Allow', Action: 'lambda:InvokeFunction', Resource: getAtt(idOf(template, 'AWS::Lambda::Function', PREFIX)) }],
        },
      },
    ]);
    expect(Properties.AssumeRolePolicyDocument.Statement).toEqual([
      {
        Effect: 'Allow',
        Action: 'sts:AssumeRole',
        Principal: { Service: 'ecs.amazonaws.com' },
        Condition: {
          StringEqualsIfExists: { 'aws:SourceAccount': '111122223333' },
          ArnLikeIfExists: { 'aws:SourceArn': { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':ecs:eu-central-1:111122223333:*']] } },
        },
      },
    ]);
    expect(statements(template, `${PREFIX}InvokeRole`)).toEqual([]);
  });
});

describe('a hook that the service itself asks for while the app is synthesized', () => {
  function late(options: Partial<EcsNativeHookOptions> = {}, own: Setting = {}) {
    const made = setting(own);
    made.service.addLifecycleHook(gate().onEcsNative({ ...AFTER_TEST, ...options }));
    return made;
  }

  test('is there all the same, with its tags and what it depends on', () => {
    const { stack, app } = late();
    Tags.of(app).add('team', 'shop');
    const template = Template.fromStack(stack);
    const fn = template.findResources('AWS::Lambda::Function')[idOf(template, 'AWS::Lambda::Function', PREFIX)]!;
    expect(fn.Properties.Tags).toEqual([{ Key: 'team', Value: 'shop' }]);
    expect(fn.DependsOn).toContain(idOf(template, 'AWS::IAM::Policy', `${PREFIX}RoleDefaultPolicy`));
    expect(hooksOf(template)).toHaveLength(1);
    expect(serviceOf(template).Metadata[ECS_NATIVE_METADATA_KEY]).toMatchObject({ name: 'Shop/Web' });
  });

  test('is what it is when it is attached at once', () => {
    const { stack } = late();
    // What is made at once waits for what the service waits for, too: in a hook made late that would be the service's own dependencies twice.
    const strip = (template: Template) =>
      Object.entries(template.toJSON().Resources as Record<string, { DependsOn?: string[] }>).map(([id, { DependsOn = [], ...rest }]) => ({ id, ...rest, waits: DependsOn.filter((other) => !other.startsWith('TaskTaskRole')) }));
    expect(strip(Template.fromStack(stack))).toEqual(strip(attached().template()));
  });

  test('comes too late for security groups', () => {
    const made = setting();
    made.service.addLifecycleHook(gate().onEcsNative({ ...AFTER_TEST, vpc: made.vpc }));
    expect(() => Template.fromStack(made.stack)).toThrow("runs in a VPC, whose security groups are settled before a service asks for its hooks; attach it by 'attachTo(service)'");
  });

  test('comes too late for resources of other stacks, and takes those of its own', () => {
    const app = new App();
    const other = new Stack(app, 'Network', { env: { account: '111122223333', region: 'eu-central-1' } });
    const foreign = new elbv2.ApplicationLoadBalancer(other, 'Balancer', { vpc: new ec2.Vpc(other, 'Vpc') });
    const { stack } = late({ baseUrl: `http://${foreign.loadBalancerDnsName}` }, { app });
    expect(() => Template.fromStack(stack)).toThrow("needs 'Network/Balancer/Resource' of another stack, and references between stacks are settled before a service asks for its hooks; attach it by 'attachTo(service)'");
    const own = setting();
    own.service.addLifecycleHook(gate().onEcsNative({ ...AFTER_TEST, baseUrl: `http://${own.loadBalancer.loadBalancerDnsName}` }));
    expect(hooksOf(Template.fromStack(own.stack))).toHaveLength(1);
  });
});

describe('in a VPC', () => {
  test('a hook is let into the load balancer on the port that it asks, and goes nowhere else but to AWS', () => {
    const made = setting();
    const hook = gate().onEcsNative({ ...AFTER_TEST, baseUrl: `http://${made.loadBalancer.loadBalancerDnsName}:8080`, vpc: made.vpc, loadBalancer: made.loadBalancer });
    hook.attachTo(made.service);
    const template = Template.fromStack(made.stack);
    const group = idOf(template, 'AWS::EC2::SecurityGroup', PREFIX);
    expect(template.findResources('AWS::EC2::SecurityGroup')[group]!.Properties.SecurityGroupEgress.map(({ FromPort }: { FromPort: number }) => FromPort)).toEqual([443]);
    template.hasResourceProperties('AWS::EC2::SecurityGroupIngress', { FromPort: 8080, ToPort: 8080, SourceSecurityGroupId: getAtt(group, 'GroupId'), GroupId: getAtt(idOf(template, 'AWS::EC2::SecurityGroup', 'Balancer'), 'GroupId') });
    expect(hook.connections.securityGroups).toHaveLength(1);
  });

  test('without a load balancer it may go out to the port that it asks', () => {
    const made = setting();
    gate().onEcsNative({ ...AFTER_TEST, vpc: made.vpc }).attachTo(made.service);
    const template = Template.fromStack(made.stack);
    const ports = template.findResources('AWS::EC2::SecurityGroup')[idOf(template, 'AWS::EC2::SecurityGroup', PREFIX)]!.Properties.SecurityGroupEgress.map(({ FromPort }: { FromPort: number }) => FromPort);
    expect(ports).toEqual([443, 8443]);
  });

  test('isolated subnets need an endpoint for its events', () => {
    const made = setting();
    const vpc = new ec2.Vpc(made.stack, 'Closed', { maxAzs: 1, natGateways: 0, subnetConfiguration: [{ name: 'closed', subnetType: ec2.SubnetType.PRIVATE_ISOLATED }] });
    gate().onEcsNative({ ...AFTER_TEST, vpc }).attachTo(made.service);
    expect(() => Template.fromStack(made.stack)).toThrow("hook POST_TEST_TRAFFIC_SHIFT of rollout 'Shop/Web' runs in isolated subnets of VPC 'Shop/Closed' without interface endpoints for events");
  });
});

describe('bad input', () => {
  const make = (options: Partial<EcsNativeHookOptions>, checks: Partial<ChecksHookOptions> = {}, own: Setting = {}) => () => attached(options, checks, own).template();

  test.each<[string, () => unknown, string]>([
    ['no stage', make({ stages: [] }), "'stages' must name at least one stage, got none; the hook would never run"],
    ['a stage twice', make({ stages: [EcsNativeStage.PRE_SCALE_UP, EcsNativeStage.PRE_SCALE_UP] }), "'stages' names PRE_SCALE_UP twice; drop one of them"],
    ['no checks', make({}, { checks: [] }), 'hook POST_TEST_TRAFFIC_SHIFT has no checks, and would pass whatever is released'],
    ['no base URL', make({ baseUrl: undefined }), "asks the test listener, of which the hook knows no address; set 'baseUrl' of 'onEcsNative' to its base URL, or set 'target' of the check"],
    [
      'no URL of the production listener',
      make({}, { checks: [HttpCheck.get('/', { assertions: OK, target: CheckTarget.PRODUCTION_LISTENER })] }),
      "asks the production listener, of which the hook knows no address; set 'productionUrl' of 'onEcsNative' to its base URL",
    ],
    ['a base URL with a path', make({ baseUrl: 'https://shop.example.com/app' }), "'baseUrl' must be a base URL such as 'https://test.example.com:8443', without a path and a query, got 'https://shop.example.com/app'"],
    ['a base URL that is none', make({ baseUrl: 'shop.example.com' }), "'baseUrl' must be a base URL such as"],
    ['a base URL with a port that is none', make({ baseUrl: 'http://shop.example.com:99999' }), "'baseUrl' is not a URL: 'http://shop.example.com:99999'"],
    ['a loopback address', make({ baseUrl: 'http://localhost:8080' }), "'baseUrl' names a loopback address, 'localhost'"],
    ['a load balancer without a VPC', () => { const made = setting(); gate().onEcsNative({ ...AFTER_TEST, loadBalancer: made.loadBalancer }).attachTo(made.service); }, "'loadBalancer' lets the hook's security group in, and the hook runs in no VPC; set 'vpc', or drop 'loadBalancer'"],
    ['the controller of CodeDeploy', make({}, {}, { service: { deploymentController: { type: ecs.DeploymentControllerType.CODE_DEPLOY }, deploymentStrategy: undefined } }), "service 'Shop/Web' has the deployment controller CODE_DEPLOY, which never runs a hook of ECS; give the hook to an EcsRollout"],
    ['a rolling service', make({}, {}, { service: { deploymentStrategy: undefined } }), "service 'Shop/Web' has the deployment strategy ROLLING, whose deployments move no traffic from one revision to another"],
    ['test traffic without a test listener', make({}, {}, { balanced: { test: false } }), "hook POST_TEST_TRAFFIC_SHIFT of service 'Shop/Web' runs when test traffic has moved, and the service has no test listener; set 'testListener' of its ecs.AlternateTarget"],
    ['checks that take longer than ECS waits', make({}, { checks: Array.from({ length: 24 }, (_, index) => HttpCheck.get(`/${index}`, { assertions: OK, checkTimeout: Duration.hours(1) })) }), 'and ECS takes a deployment back whose hook is in progress for more than 1440 minutes'],
    ['an attempt that fits into no invocation', make({}, { timeout: Duration.seconds(30), checks: [HttpCheck.get('/', { assertions: OK, timeout: Duration.seconds(60) })] }), "one attempt of check 'GET /' of hook POST_TEST_TRAFFIC_SHIFT can take"],
    [
      'a comparison of versions',
      make({}, { checks: [MetricCheck.targetErrorRate({ window: Duration.minutes(5), minSamples: 1000 })] }),
      "finds the versions of a release in a deployment of CodeDeploy, and ECS itself controls those of 'Shop/Web'; measure the new version by a metric of its own",
    ],
  ])('%s', (_, action, message) => {
    expect(action).toThrow(message);
  });

  test('a test listener is not asked for where none could be seen, or where no stage needs one', () => {
    expect(make({}, {}, { balanced: { test: true } })).not.toThrow();
    expect(make({ stages: [EcsNativeStage.POST_PRODUCTION_TRAFFIC_SHIFT] }, {}, { balanced: { test: false } })).not.toThrow();
  });

  test('two hooks of one service need two ids', () => {
    const { service } = attached();
    expect(() => gate().onEcsNative(AFTER_TEST).attachTo(service)).toThrow("service 'Shop/Web' has a construct 'PostTestTrafficShiftHook' already; give one of the two hooks another 'hookId'");
    expect(() => gate().onEcsNative({ ...AFTER_TEST, hookId: 'Second' }).attachTo(service)).not.toThrow();
  });

  test('a hook is for one service, and shows what it has once it is attached', () => {
    const hook: EcsNativeHook = gate().onEcsNative(AFTER_TEST);
    expect(() => hook.handler).toThrow("'handler' is there once the hook is attached to a service; call 'attachTo' before");
    hook.attachTo(setting().service);
    expect(hook.handler.functionArn).toBeDefined();
    expect(hook.invokeRole.roleArn).toBeDefined();
    expect(() => hook.connections).toThrow("the hook runs in no VPC and has no security group; set 'vpc', or drop the use of 'connections'");
    expect(() => hook.attachTo(setting().service)).toThrow("the hook is attached to 'Shop/Web' already, and 'Shop/Web' needs one of its own; call 'onEcsNative' once for each service");
  });

  test('hooks that play no checks are told what to use instead', () => {
    const { stack } = setting();
    expect(() => LifecycleHook.fromOutcome(inline(stack)).onEcsNative(AFTER_TEST)).toThrow("'onEcsNative' is for hooks that play checks, made by LifecycleHook.checks; give a function of your own to ecs.DeploymentLifecycleLambdaTarget");
  });

  test('only services of this app can have one', () => {
    const made = setting();
    const hook = gate().onEcsNative(AFTER_TEST);
    expect(() => hook.bind(made.stack)).toThrow("'Shop' is no ECS service of this app; attach the hook to an ecs.FargateService or ecs.Ec2Service that it makes");
  });
});

test('checks may take longer than a function can run: ECS invokes the hook again', () => {
  const made = setting();
  const alarm = cloudwatch.Alarm.fromAlarmName(made.stack, 'Alarm', 'errors');
  const quiet = new AlarmCheck({ alarms: [alarm], passes: Passes.inARow(41), interval: Duration.minutes(1), inconclusive: InconclusivePolicy.EXTEND });
  LifecycleHook.checks({ checks: [quiet] }).onEcsNative({ stages: [EcsNativeStage.POST_PRODUCTION_TRAFFIC_SHIFT] }).attachTo(made.service);
  const [fn] = Object.values(Template.fromStack(made.stack).findResources('AWS::Lambda::Function'));
  expect(fn!.Properties.Timeout).toBe(900);
});

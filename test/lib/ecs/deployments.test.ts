import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import type { Stack } from 'aws-cdk-lib/core';
import { Duration, NestedStack } from 'aws-cdk-lib/core';

import type { EcsRolloutProps } from '../../../lib';
import { DeploymentCompletion, EcsDeployments, EcsEndpoint, EcsRollout, LifecycleHook, TrafficShift } from '../../../lib';
import { deploymentMachine } from '../../../lib/model/deployment-machine';
import { dependencies, findCycle } from '../../support/template-graph';
import { checksHook, fargate, graphOf, only, rolloutIn, sample, stackOf, testable, userFunction } from '../support/sample';

const DEPLOYMENT = 'Custom::GreenlightDeployment';
const WAIT = 'Custom::GreenlightDeploymentWait';

const deploymentOf = (template: Template, prefix = '') => only(template, DEPLOYMENT, prefix);

const waitsOf = (template: Template) => Object.entries(template.findResources(WAIT)).map(([id, { Properties, DependsOn }]) => ({ id, Properties, DependsOn }));

const countsOf = (template: Template) => {
  const counts: Record<string, number> = {};
  Object.values(template.toJSON().Resources as Record<string, { Type: string }>).forEach(({ Type }) => (counts[Type] = (counts[Type] ?? 0) + 1));
  return counts;
};

/** A second service in the cluster of the first. */
function another({ cluster, stack }: ecs.FargateService): ecs.FargateService {
  const taskDefinition = new ecs.FargateTaskDefinition(stack, 'OtherTask');
  taskDefinition.addContainer('api', { image: ecs.ContainerImage.fromRegistry('example'), portMappings: [{ containerPort: 9000 }] });
  return new ecs.FargateService(stack, 'Other', { cluster, taskDefinition, minHealthyPercent: 100, deploymentController: { type: ecs.DeploymentControllerType.CODE_DEPLOY } });
}

const everyHook = (stack: Stack): EcsRolloutProps['hooks'] => ({
  beforeInstall: LifecycleHook.fromOutcome(userFunction(stack, 'A')),
  afterInstall: LifecycleHook.fromFunction(userFunction(stack, 'B')),
  afterAllowTestTraffic: checksHook(),
  beforeAllowTraffic: LifecycleHook.fromFunction(userFunction(stack, 'C'), { reportsLater: true }),
  afterAllowTraffic: LifecycleHook.fromOutcome(userFunction(stack, 'D')),
});

const UNGUARDED = EcsEndpoint.application({ productionPort: 80, testPort: 8080, listenerGuard: false });

describe('EcsDeployments.byCloudFormation', () => {
  test('is what a rollout does by itself', () => {
    const { template, stack, rollout } = sample({ hooks: { afterAllowTestTraffic: checksHook() } });
    expect(deploymentOf(template).properties).toEqual({
      ServiceToken: { 'Fn::GetAtt': [only(template, 'AWS::Lambda::Function', 'GreenlightDeploymentsIntake').id, 'Arn'] },
      ServiceTimeout: '3600',
      ApplicationName: 'Shop-Web-6AD1A95E',
      DeploymentGroupName: 'Shop-Web-6AD1A95E',
      Completion: 'COMPLETED',
      HookLogs: { AfterAllowTestTraffic: { Ref: only(template, 'AWS::Logs::LogGroup', 'WebAfterAllowTestTraffic').id } },
      GuardianLog: { Ref: only(template, 'AWS::Logs::LogGroup', 'WebGuardian').id },
      Segments: '2',
      Cluster: { Ref: only(template, 'AWS::ECS::Cluster').id },
      Service: { 'Fn::GetAtt': [only(template, 'AWS::ECS::Service').id, 'Name'] },
      AppSpec: stack.resolve(rollout.appSpec),
    });
    expect(rollout.deployment?.node.path).toBe('Shop/Web/Deployment');
  });

  test('deploys a revision by its ARN, not the newest of its family', () => {
    const { stack, rollout, template } = sample();
    const [, [before, taskDefinition]] = stack.resolve(rollout.appSpec)['Fn::Join'];
    expect(before).toBe('{"version":"0.0","Resources":[{"TargetService":{"Type":"AWS::ECS::Service","Properties":{"TaskDefinition":"');
    expect(taskDefinition).toEqual({ Ref: only(template, 'AWS::ECS::TaskDefinition').id });
    expect(only(template, 'Custom::GreenlightServiceSettings').properties.TaskDefinition).toBe('ShopTaskBFE43ACD');
  });

  test('waits for all that a deployment needs', () => {
    const { template } = sample((stack) => ({ hooks: everyHook(stack) }));
    const edges = dependencies(graphOf(template));
    const reached = new Set<string>();
    const walk = (id: string): void => edges.get(id)!.forEach((next) => reached.has(next) || (reached.add(next), walk(next)));
    walk(deploymentOf(template).id);
    const needed = Object.entries(template.toJSON().Resources as Record<string, { Type: string }>).filter(([id]) => id.startsWith('Web') || id.startsWith('Greenlight'));
    const missed = needed.map(([id, { Type }]) => `${Type} ${id}`.replace(/[0-9A-F]{8}$/, '')).filter((_, index) => !reached.has(needed[index]![0]));
    // Rules of security groups: CloudFormation makes them at its leisure, and hooks retry until they reach what they ask. The inspector looks
    // for hooks that were left out, which those of CloudFormation's deployments never are.
    const own = (name: string) => !name.startsWith('AWS::EC2::SecurityGroup') && !name.includes(' WebHookInspector');
    expect(missed.filter(own)).toEqual([
      'Custom::GreenlightDeployment WebDeployment',
      'Custom::GreenlightDeploymentWait WebDeploymentWait2',
      'Custom::GreenlightDeploymentWait WebDeploymentWait3',
      'Custom::GreenlightDeploymentWait WebDeploymentWait4',
    ]);
  });

  test('closes no cycle, whatever the hooks', () => {
    const { template } = sample((stack) => ({ hooks: everyHook(stack) }));
    expect(findCycle(graphOf(template))).toBeUndefined();
  });

  test('cuts the wait for a shift of three hours into segments, one after the other', () => {
    const { template } = sample({ traffic: TrafficShift.linear({ percentage: 10, interval: Duration.minutes(20) }) });
    const deployment = deploymentOf(template);
    expect(deployment.properties.Segments).toBe('6');
    expect(waitsOf(template)).toEqual(
      [2, 3, 4, 5, 6].map((segment, index) => ({
        id: expect.stringMatching(new RegExp(`^WebDeploymentWait${segment}`)),
        Properties: {
          ServiceToken: deployment.properties.ServiceToken,
          ServiceTimeout: '3600',
          ApplicationName: 'Shop-Web-6AD1A95E',
          DeploymentGroupName: 'Shop-Web-6AD1A95E',
          Completion: 'COMPLETED',
          Segments: '6',
          Segment: `${segment}`,
          DeploymentId: { 'Fn::GetAtt': [deployment.id, 'DeploymentId'] },
        },
        DependsOn: [index === 0 ? deployment.id : waitsOf(template)[index - 1]!.id],
      })),
    );
  });

  test.each([
    [DeploymentCompletion.STARTED, '1'],
    [DeploymentCompletion.TRAFFIC_SHIFTED, '2'],
    [DeploymentCompletion.COMPLETED, '59'],
  ])('until %s waits %s segments where the tasks live on for two days', (completion, segments) => {
    const { template } = sample({ deployments: EcsDeployments.byCloudFormation({ completion }), terminationWait: Duration.days(2) });
    expect(deploymentOf(template).properties).toMatchObject({ Completion: completion, Segments: segments });
    expect(waitsOf(template)).toHaveLength(Number(segments) - 1);
  });

  test.each([
    ['a hook that reports later', (stack: Stack) => LifecycleHook.fromFunction(userFunction(stack, 'Ask'), { reportsLater: true }), 3600],
    ['a function that reports', (stack: Stack) => LifecycleHook.fromFunction(userFunction(stack, 'Ask', { timeout: Duration.minutes(1) })), 490],
    ['checks', () => checksHook(), 480],
    ['an outcome', (stack: Stack) => LifecycleHook.fromOutcome(userFunction(stack, 'Ask', { timeout: Duration.minutes(2) })), 559],
  ])('counts what %s takes at the longest', (_what, hook, seconds) => {
    // Without the hook, the longest wait is 3,705 seconds and the termination wait, which is chosen so that one second more would be a segment more.
    const segments = (terminationMinutes: number) =>
      deploymentOf(sample((stack) => ({ hooks: { afterInstall: hook(stack) }, terminationWait: Duration.minutes(terminationMinutes) })).template).properties.Segments;
    const room = Math.floor((30_000 - 3705 - seconds) / 60);
    expect([segments(room), segments(room + 1)]).toEqual(['10', '11']);
  });

  test('warns of a stack update that takes more than a day', () => {
    const { description } = sample({ terminationWait: Duration.hours(23) });
    expect(description.findings).toContainEqual({
      id: 'long-stack-update',
      level: 'warning',
      message: "a stack update waits up to 25 hours for a deployment of rollout 'Shop/Web', and no other update of the stack is possible until then",
      remedy: "shorten the shift or the waits, wait for less by 'completion' of EcsDeployments.byCloudFormation, or deploy by EcsDeployments.external()",
    });
    expect(sample({ terminationWait: Duration.hours(22) }).description.findings.map(({ id }) => id)).toEqual([]);
  });
});

describe('EcsDeployments.external', () => {
  test('makes nothing that deploys', () => {
    const { template, rollout } = sample((stack) => ({ deployments: EcsDeployments.external(), hooks: everyHook(stack), endpoint: UNGUARDED }));
    expect(Object.keys(countsOf(template)).filter((type) => type.startsWith('Custom::') || type.startsWith('AWS::StepFunctions'))).toEqual([]);
    expect(Object.keys(template.toJSON().Resources).filter((id) => /Greenlight|Deployment(Policy|Wait)/.test(id))).toEqual([]);
    expect(rollout.deployment).toBeUndefined();
  });

  test('guards its listeners all the same', () => {
    const { template } = sample({ deployments: EcsDeployments.external() });
    const counts = countsOf(template);
    expect([counts['Custom::GreenlightLiveListener'], counts[DEPLOYMENT], counts['AWS::StepFunctions::StateMachine']]).toEqual([2, undefined, 1]);
  });
});

describe('what deployments by CloudFormation add to a stack', () => {
  const added = (hooks?: (stack: Stack) => EcsRolloutProps['hooks']) => {
    const counts = (deployments: EcsDeployments) => countsOf(sample((stack) => ({ deployments, hooks: hooks?.(stack), endpoint: UNGUARDED })).template);
    const [without, within] = [counts(EcsDeployments.external()), counts(EcsDeployments.byCloudFormation({ completion: DeploymentCompletion.STARTED }))];
    return Object.fromEntries(Object.entries(within).flatMap(([type, count]) => (count === without[type] ? [] : [[type, count - (without[type] ?? 0)]])));
  };

  test('is a provider, and three resources for a rollout', () => {
    expect(added()).toEqual({
      'AWS::IAM::Role': 3,
      'AWS::IAM::Policy': 3 + 1,
      'AWS::Logs::LogGroup': 2,
      'AWS::Lambda::Function': 2,
      'AWS::Lambda::EventInvokeConfig': 1,
      'AWS::StepFunctions::StateMachine': 1,
      [DEPLOYMENT]: 1,
      'Custom::GreenlightServiceSettings': 1,
    });
  });

  test('does not grow with hooks', () => {
    expect(added(everyHook)).toEqual(added());
  });

  test('is one provider for all rollouts of a stack, and one more for a nested one', () => {
    const stack = stackOf();
    const counted = (template: Template) => [countsOf(template)[DEPLOYMENT], countsOf(template)['AWS::StepFunctions::StateMachine']];
    const first = fargate(stack);
    rolloutIn(stack, { service: first });
    new EcsRollout(stack, 'Api', { service: another(first), endpoint: testable() });
    const nested = new NestedStack(stack, 'Inner');
    rolloutIn(nested, { service: fargate(nested) });
    expect([counted(Template.fromStack(stack)), counted(Template.fromStack(nested))]).toEqual([[2, 1], [1, 1]]);
  });
});

test('many rollouts of a stack are warned of, whose policies a role would not take', () => {
  const warnings = (rollouts: number) => {
    const stack = stackOf();
    const vpc = new ec2.Vpc(stack, 'Vpc');
    const taskDefinition = new ecs.FargateTaskDefinition(stack, 'Task');
    taskDefinition.addContainer('web', { image: ecs.ContainerImage.fromRegistry('example'), portMappings: [{ containerPort: 8080 }] });
    Array.from({ length: rollouts }, (_, index) => {
      const service = ecs.BaseService.fromServiceArnWithCluster(stack, `Service${index}`, `arn:aws:ecs:eu-west-1:111122223333:service/shop/web${index}`);
      return new EcsRollout(stack, `Web${index}`, { service, taskDefinition, container: 'web', containerPort: 8080, endpoint: EcsEndpoint.application({ vpc }) });
    });
    return Annotations.fromStack(stack).findWarning('/Shop/GreenlightDeployments', Match.anyValue()).map(({ entry }) => entry.data);
  };
  expect(warnings(9)).toEqual([]);
  expect(warnings(10)).toEqual([
    expect.stringMatching(
      /^CloudFormation deploys 10 rollouts of stack 'Shop', for which the provider's role needs policies of about 1\d{4} characters, and a role has 10240 at most; make some of the rollouts in another stack/,
    ),
  ]);
});

describe('the provider', () => {
  const { template } = sample();
  const id = (type: string, name: string) => only(template, type, `GreenlightDeployments${name}`).id;
  const step = () => ({ 'Fn::GetAtt': [id('AWS::Lambda::Function', 'Step'), 'Arn'] });

  test('runs the agreed state machine, which logs nothing', () => {
    const { properties } = only(template, 'AWS::StepFunctions::StateMachine');
    expect(properties).toEqual({
      StateMachineType: 'STANDARD',
      RoleArn: { 'Fn::GetAtt': [id('AWS::IAM::Role', 'MachineRole'), 'Arn'] },
      Definition: deploymentMachine({ stepFunctionArn: step() as unknown as string }),
    });
  });

  test('leads an intake that fails for good to the step function', () => {
    expect(only(template, 'AWS::Lambda::EventInvokeConfig').properties).toEqual({
      FunctionName: { Ref: id('AWS::Lambda::Function', 'Intake') },
      Qualifier: '$LATEST',
      MaximumRetryAttempts: 2,
      MaximumEventAgeInSeconds: 300,
      DestinationConfig: { OnFailure: { Destination: step() } },
    });
  });

  test('tells the intake its state machine', () => {
    expect(only(template, 'AWS::Lambda::Function', 'GreenlightDeploymentsIntake').properties).toMatchObject({
      Environment: { Variables: { GREENLIGHT_STATE_MACHINE: { 'Fn::GetAtt': [only(template, 'AWS::StepFunctions::StateMachine').id, 'Arn'] } } },
      Timeout: 900,
      MemorySize: 256,
      Runtime: 'nodejs24.x',
    });
  });
});

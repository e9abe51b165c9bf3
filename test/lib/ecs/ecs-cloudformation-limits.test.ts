/** The limits that AWS documents for such stacks, as the app of a user meets them. */
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import * as sns from 'aws-cdk-lib/aws-sns';
import { CfnOutput, CfnParameter, Duration, Fn, NestedStack, SecretValue, Stack } from 'aws-cdk-lib/core';

import type { EcsCloudFormationRolloutProps } from '../../../lib';
import { EcsCloudFormationRollout, EcsEndpoint, EcsListenerRule, LifecycleHook, MetricCheck } from '../../../lib';
import { serviceParts, stackSample } from '../support/stack-sample';
import { stackOf } from '../support/sample';

const OF = "rollout 'Shop/Web' is deployed by CloudFormation, which";

describe('at synthesis', () => {
  test.each<[string, (stack: Stack) => void, string]>([
    ['an output', (stack) => new CfnOutput(stack, 'Url', { value: 'x' }), `${OF} supports no outputs in its stack, and there is 'Url'`],
    ['an export', (stack) => new CfnOutput(stack, 'Url', { value: 'x', exportName: 'url' }), "there is 'Url' (exported"],
    ['a reference of another stack to this one', (stack) => new sns.Topic(new Stack(stack.node.root, 'Other'), 'Copy', { displayName: new sns.Topic(stack, 'Topic').topicName }), '(exported'],
    ['a reference to another stack', (stack) => new sns.Topic(stack, 'Copy', { displayName: new sns.Topic(new Stack(stack.node.root, 'Other'), 'Topic').topicName }), "'Copy1ED8A51E' has Fn::ImportValue"],
    ['an import by name', (stack) => new sns.Topic(stack, 'Copy', { displayName: Fn.importValue('name') }), "'Copy1ED8A51E' has Fn::ImportValue"],
    ['a dynamic reference', (stack) => new sns.Topic(stack, 'Copy', { displayName: SecretValue.ssmSecure('/key', '1').unsafeUnwrap() }), "'Copy1ED8A51E' has '{{resolve:ssm-secure:/key:1}}'"],
    ['a hidden parameter', (stack) => new CfnParameter(stack, 'Password', { noEcho: true }), `${OF} fails on parameters with 'NoEcho', and there is 'Password'`],
    ['a nested stack', (stack) => new sns.Topic(new NestedStack(stack, 'Nested'), 'Topic'), `${OF} takes no nested stacks in its stack, and there is 'NestedNestedStack`],
  ])('%s', (_, more, problem) => {
    expect(() => stackSample({}, more)).toThrow(problem);
  });

  test('nothing of a stack beside it', () => {
    expect(() => stackSample({}, (stack) => new CfnOutput(new Stack(stack.node.root, 'Other'), 'Url', { value: 'x' }))).not.toThrow();
  });
});

describe('at once', () => {
  const other = (stack: Stack) => new Stack(stack.node.root, 'Other');

  test('within a nested stack', () => {
    const nested = new NestedStack(stackOf(), 'Nested');
    expect(() => new EcsCloudFormationRollout(nested, 'Web', serviceParts(nested))).toThrow(
      "rollout 'Shop/Nested/Web' is in the nested stack 'Shop/Nested', which CloudFormation does not deploy blue/green; make it in a stack of its own, or use EcsRollout",
    );
  });

  test('a task definition of another stack', () => {
    expect(() => stackSample((stack) => serviceParts(other(stack)))).toThrow(
      "task definition 'Other/Task' is in stack 'Other', and CloudFormation releases what is in the template of the rollout only; make it in stack 'Shop'",
    );
  });

  const balancer = (stack: Stack) => {
    const { cluster, taskDefinition } = serviceParts(stack);
    const { vpc } = cluster;
    const loadBalancer = new elbv2.ApplicationLoadBalancer(stack, 'Balancer', { vpc });
    const [blueTargetGroup, greenTargetGroup] = ['Blue', 'Green'].map((id) => new elbv2.ApplicationTargetGroup(stack, id, { vpc, port: 8080, targetType: elbv2.TargetType.IP })) as [elbv2.ApplicationTargetGroup, elbv2.ApplicationTargetGroup];
    const productionListener = loadBalancer.addListener('Listener', { port: 80, open: false, defaultTargetGroups: [blueTargetGroup] });
    return { cluster, taskDefinition, loadBalancer, blueTargetGroup, greenTargetGroup, productionListener };
  };

  test('rules of a listener', () => {
    const withRule = (stack: Stack): Partial<EcsCloudFormationRolloutProps> => {
      const { cluster, taskDefinition, ...endpoint } = balancer(stack);
      return { cluster, taskDefinition, endpoint: EcsEndpoint.existing({ ...endpoint, productionRules: [EcsListenerRule.forward({ priority: 1, paths: ['/shop/*'] })] }) };
    };
    expect(() => stackSample(withRule)).toThrow(
      "rollout 'Shop/Web' is to move rules of listener 'Shop/Balancer/Listener', and CloudFormation moves default actions only; give the service listeners of its own, or use EcsRollout",
    );
  });

  test('a listener that is imported, and what is in another stack', () => {
    const imported = (stack: Stack): Partial<EcsCloudFormationRolloutProps> => {
      const { cluster, taskDefinition, ...endpoint } = balancer(stack);
      const securityGroup = new ec2.SecurityGroup(stack, 'Group', { vpc: cluster.vpc });
      const productionListener = elbv2.ApplicationListener.fromApplicationListenerAttributes(stack, 'Imported', { listenerArn: 'arn:listener', securityGroup });
      return { cluster, taskDefinition, endpoint: EcsEndpoint.existing({ ...endpoint, productionListener }) };
    };
    expect(() => stackSample(imported)).toThrow(
      "production listener 'Shop/Imported' is imported, and CloudFormation moves what is in the template of the rollout only; make it in stack 'Shop'",
    );
    const elsewhere = (stack: Stack): Partial<EcsCloudFormationRolloutProps> => {
      const { cluster, taskDefinition, ...endpoint } = balancer(stack);
      const greenTargetGroup = new elbv2.ApplicationTargetGroup(other(stack), 'Green', { vpc: cluster.vpc, port: 8080, targetType: elbv2.TargetType.IP });
      return { cluster, taskDefinition, endpoint: EcsEndpoint.existing({ ...endpoint, greenTargetGroup }) };
    };
    expect(() => stackSample(elsewhere)).toThrow("green target group 'Other/Green' is in stack 'Other', and CloudFormation moves");
  });

  test.each<[string, Partial<EcsCloudFormationRolloutProps>, string]>([
    ['less than no task', { desiredCount: -1 }, "'desiredCount' must be a whole number from 0 to 5000, got -1"],
    ['too many tasks', { desiredCount: 5001 }, "'desiredCount' must be a whole number from 0 to 5000, got 5001"],
    ['a grace period of parts', { healthCheckGracePeriod: Duration.millis(1500) }, "'healthCheckGracePeriod' must be a whole number of seconds from 0 to 2147483647, got 1.5 seconds"],
    ['too long a termination wait', { terminationWait: Duration.minutes(2881) }, "'terminationWait' must be a whole number of minutes from 0 to 2880, got 2881 minutes"],
    ['no traffic expected', { expectedRequestsPerSecond: 0 }, "'expectedRequestsPerSecond' must be above 0, got 0; leave it out where it is not known"],
    ['a container that is not there', { container: 'api' }, "container 'api' is not in task definition 'Shop/Task', which has 'web'; name one of them"],
    ['a port that is not mapped', { containerPort: 81 }, "container 'web' maps port 8080, not the 'containerPort' 81"],
  ])('%s', (_, props, message) => {
    expect(() => stackSample(props)).toThrow(message);
  });

  test("what is Fargate's on container instances", () => {
    const onInstances = (more: Partial<EcsCloudFormationRolloutProps>) => () =>
      stackSample((stack) => {
        const taskDefinition = new ecs.Ec2TaskDefinition(stack, 'Bridge');
        return { ...serviceParts(stack), taskDefinition, ...more };
      });
    expect(onInstances({ assignPublicIp: true })).toThrow("'assignPublicIp' is for tasks on Fargate, and task definition 'Shop/Bridge' is not for Fargate; leave it out");
    expect(onInstances({ platformVersion: ecs.FargatePlatformVersion.LATEST })).toThrow("'platformVersion' is for tasks on Fargate");
  });

  test('a check that compares the versions of a release', () => {
    const check = MetricCheck.targetErrorRate({ name: 'errors', window: Duration.minutes(5), minSamples: 100 });
    expect(() => stackSample({ hooks: { afterAllowTraffic: LifecycleHook.checks({ checks: [check] }) } })).toThrow(
      "check 'errors' of hook AfterAllowTraffic finds the versions of a release in the task sets of its deployment, and those that CloudFormation performs, as for 'Shop/Web', show a stack instead; " +
        'measure the new version by a metric of its own, with MetricCheck.absolute',
    );
  });
});

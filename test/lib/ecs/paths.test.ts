/** The paths of docs/ecs-deployments.md, as far as templates show them: what a stack update would touch, and what it would leave alone. */
import { Template } from 'aws-cdk-lib/assertions';
import * as codedeploy from 'aws-cdk-lib/aws-codedeploy';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { CfnResource } from 'aws-cdk-lib/core';
import type { Stack } from 'aws-cdk-lib/core';

import { EcsDeployments, EcsEndpoint, EcsRollout } from '../../../lib';
import { findCycle } from '../../support/template-graph';
import { graphOf, only, stackOf } from '../support/sample';

interface Resource {
  readonly Type: string;
  readonly Properties: Record<string, unknown>;
}

function resourcesOf(build: (stack: Stack) => void): Record<string, Resource> {
  const stack = stackOf();
  build(stack);
  const template = Template.fromStack(stack);
  expect(findCycle(graphOf(template))).toBeUndefined();
  return template.toJSON().Resources;
}

/** What an update from one template to the other would do, resources that only one of them has aside. */
function changed(before: Record<string, Resource>, after: Record<string, Resource>): Record<string, string[]> {
  const common = Object.keys(before).filter((id) => after[id] !== undefined);
  const properties = (id: string) => {
    const [one, other] = [before[id]!.Properties ?? {}, after[id]!.Properties ?? {}];
    return [...new Set([...Object.keys(one), ...Object.keys(other)])].filter((name) => JSON.stringify(one[name]) !== JSON.stringify(other[name]));
  };
  return Object.fromEntries(common.map((id) => [`${after[id]!.Type} ${id}`, properties(id)] as const).filter(([, names]) => names.length > 0));
}

/** What the kept settings have from a service. */
const network = ({ Properties }: Resource) => (Properties.NetworkConfiguration as { AwsvpcConfiguration: object }).AwsvpcConfiguration;
const balancer = ({ Properties }: Resource) => (Properties.LoadBalancers as object[])[0];

const removed = (before: Record<string, Resource>, after: Record<string, Resource>) => Object.keys(before).filter((id) => after[id] === undefined);

interface Options {
  readonly image?: string;
  readonly family?: string;
  readonly controller?: ecs.DeploymentControllerType;
}

/** A service behind a load balancer of the app, as many stacks have it. */
function shop(stack: Stack, { image = 'shop:1', family = 'shop', controller = ecs.DeploymentControllerType.CODE_DEPLOY }: Options = {}) {
  const vpc = new ec2.Vpc(stack, 'Vpc', { maxAzs: 2 });
  const taskDefinition = new ecs.FargateTaskDefinition(stack, 'Task', { family });
  taskDefinition.addContainer('web', { image: ecs.ContainerImage.fromRegistry(image), portMappings: [{ containerPort: 8080 }] });
  const service = new ecs.FargateService(stack, 'Service', {
    cluster: new ecs.Cluster(stack, 'Cluster', { vpc }),
    taskDefinition,
    minHealthyPercent: 100,
    desiredCount: 2,
    deploymentController: { type: controller },
  });
  const loadBalancer = new elbv2.ApplicationLoadBalancer(stack, 'LoadBalancer', { vpc });
  const listener = loadBalancer.addListener('Production', { port: 80 });
  const blue = listener.addTargets('Web', { port: 8080, protocol: elbv2.ApplicationProtocol.HTTP, targets: [service] });
  return { vpc, service, loadBalancer, listener, blue };
}

/** What both paths add: a green target group, and a rollout that takes the rest as it is. */
function released(stack: Stack, { vpc, service, loadBalancer, listener, blue }: ReturnType<typeof shop>, names: { application?: codedeploy.IEcsApplication; deploymentGroupName?: string; deployments?: EcsDeployments } = {}): EcsRollout {
  const green = new elbv2.ApplicationTargetGroup(stack, 'Green', { vpc, port: 8080, protocol: elbv2.ApplicationProtocol.HTTP, targetType: elbv2.TargetType.IP });
  const endpoint = EcsEndpoint.existing({ loadBalancer, productionListener: listener, blueTargetGroup: blue, greenTargetGroup: green });
  return new EcsRollout(stack, 'Rollout', { service, endpoint, ...names });
}

test('a release changes the task definition alone; its new ARN reaches the deployment, and the service is not touched', () => {
  const release = (image: string) => resourcesOf((stack) => void released(stack, shop(stack, { image })));
  const [before, after] = [release('shop:1'), release('shop:2')];
  expect(changed(before, after)).toEqual({ 'AWS::ECS::TaskDefinition Task79114B6B': ['ContainerDefinitions'] });
  expect(JSON.stringify(Object.values(after).find(({ Type }) => Type === 'Custom::GreenlightDeployment'))).toContain('{"Ref":"Task79114B6B"}');
});

test('going back to the code of before is such a release too', () => {
  const release = (image: string) => resourcesOf((stack) => void released(stack, shop(stack, { image })));
  expect(changed(release('shop:2'), release('shop:1'))).toEqual({ 'AWS::ECS::TaskDefinition Task79114B6B': ['ContainerDefinitions'] });
});

describe('another task definition family', () => {
  const unkept = EcsDeployments.byCloudFormation({ keepServiceSettings: false });
  const release = (options: Options, keep?: string, deployments?: EcsDeployments) =>
    resourcesOf((stack) => {
      const parts = shop(stack, options);
      released(stack, parts, { deployments });
      if (keep !== undefined) {
        (parts.service.node.defaultChild as CfnResource).addPropertyOverride('TaskDefinition', keep);
      }
    });

  test('is shipped by a deployment, and the service is not touched', () => {
    expect(changed(release({ family: 'shop' }), release({ family: 'store' }))).toEqual({
      'AWS::ECS::TaskDefinition Task79114B6B': ['Family'],
      'Custom::GreenlightServiceSettings ServiceGreenlightSettings184E414C': ['TaskDefinition'],
    });
  });

  test('changes the service where its settings are not kept, which CloudFormation cannot', () => {
    expect(changed(release({ family: 'shop' }, undefined, unkept), release({ family: 'store' }, undefined, unkept))['AWS::ECS::Service ServiceD69D759B']).toEqual(['TaskDefinition']);
  });

  test('is shipped by a deployment there where the service is told the family that it was made with', () => {
    expect(changed(release({ family: 'shop' }, undefined, unkept), release({ family: 'store' }, 'shop', unkept))).toEqual({ 'AWS::ECS::TaskDefinition Task79114B6B': ['Family'] });
  });
});

test('a service of the CODE_DEPLOY controller is adopted with its group, whose names and place in the stack stay', () => {
  const before = resourcesOf((stack) => {
    const { service, listener, blue, vpc } = shop(stack);
    const green = new elbv2.ApplicationTargetGroup(stack, 'Green', { vpc, port: 8080, protocol: elbv2.ApplicationProtocol.HTTP, targetType: elbv2.TargetType.IP });
    const application = new codedeploy.EcsApplication(stack, 'App', { applicationName: 'shop' });
    new codedeploy.EcsDeploymentGroup(stack, 'Group', {
      application,
      deploymentGroupName: 'web',
      service,
      blueGreenDeploymentConfig: { blueTargetGroup: blue, greenTargetGroup: green, listener },
    });
  });
  const [logicalId] = Object.entries(before).find(([, { Type }]) => Type === 'AWS::CodeDeploy::DeploymentGroup')!;
  const after = resourcesOf((stack) => {
    const application = new codedeploy.EcsApplication(stack, 'App', { applicationName: 'shop' });
    const rollout = released(stack, shop(stack), { application, deploymentGroupName: 'web' });
    (rollout.deploymentGroup.node.defaultChild as CfnResource).overrideLogicalId(logicalId);
  });
  const group = `AWS::CodeDeploy::DeploymentGroup ${logicalId}`;
  const changes = changed(before, after);
  // What the service takes from its kept settings is what the template said before: CloudFormation finds it unchanged.
  const service = 'AWS::ECS::Service ServiceD69D759B';
  expect(Object.keys(changes)).toEqual([service, group]);
  expect(changes[service]).toEqual(['LoadBalancers', 'NetworkConfiguration', 'TaskDefinition']);
  expect(after['ServiceGreenlightSettings184E414C']!.Properties).toMatchObject({ TaskDefinition: 'shop', ...network(before['ServiceD69D759B']!), ...balancer(before['ServiceD69D759B']!) });
  // Neither of the names, whose change would replace it: a service takes one group, and the second would be refused.
  expect(changes[group]).toEqual(['AutoRollbackConfiguration', 'BlueGreenDeploymentConfiguration', 'ServiceRoleArn', 'AlarmConfiguration']);
  expect(removed(before, after)).toEqual([expect.stringMatching(/^GroupServiceRole/)]);
});

test('a service of the CODE_DEPLOY controller behind a Network Load Balancer is adopted in the same way', () => {
  const parts = (stack: Stack) => {
    const vpc = new ec2.Vpc(stack, 'Vpc', { maxAzs: 2 });
    const taskDefinition = new ecs.FargateTaskDefinition(stack, 'Task', { family: 'shop' });
    taskDefinition.addContainer('web', { image: ecs.ContainerImage.fromRegistry('shop:1'), portMappings: [{ containerPort: 8080 }] });
    const cluster = new ecs.Cluster(stack, 'Cluster', { vpc });
    const service = new ecs.FargateService(stack, 'Service', { cluster, taskDefinition, minHealthyPercent: 100, desiredCount: 2, deploymentController: { type: ecs.DeploymentControllerType.CODE_DEPLOY } });
    const loadBalancer = new elbv2.NetworkLoadBalancer(stack, 'LoadBalancer', { vpc, securityGroups: [new ec2.SecurityGroup(stack, 'LoadBalancerGroup', { vpc })] });
    service.connections.allowFrom(loadBalancer, ec2.Port.tcp(8080), 'mine');
    const productionListener = loadBalancer.addListener('Production', { port: 80 });
    const blueTargetGroup = productionListener.addTargets('Web', { port: 8080, targets: [service] });
    const greenTargetGroup = new elbv2.NetworkTargetGroup(stack, 'Green', { vpc, port: 8080, targetType: elbv2.TargetType.IP });
    const application = new codedeploy.EcsApplication(stack, 'App', { applicationName: 'shop' });
    return { service, application, endpoint: { loadBalancer, productionListener, blueTargetGroup, greenTargetGroup } };
  };
  const before = resourcesOf((stack) => {
    const { service, application, endpoint } = parts(stack);
    const { productionListener: listener, blueTargetGroup, greenTargetGroup } = endpoint;
    new codedeploy.EcsDeploymentGroup(stack, 'Group', { application, deploymentGroupName: 'web', service, blueGreenDeploymentConfig: { blueTargetGroup, greenTargetGroup, listener } });
  });
  const [logicalId] = Object.entries(before).find(([, { Type }]) => Type === 'AWS::CodeDeploy::DeploymentGroup')!;
  const after = resourcesOf((stack) => {
    const { service, application, endpoint } = parts(stack);
    const rollout = new EcsRollout(stack, 'Rollout', { service, application, deploymentGroupName: 'web', endpoint: EcsEndpoint.existingNetwork(endpoint) });
    (rollout.deploymentGroup.node.defaultChild as CfnResource).overrideLogicalId(logicalId);
  });
  const group = `AWS::CodeDeploy::DeploymentGroup ${logicalId}`;
  const changes = changed(before, after);
  // The way to the tasks, which the user has opened already, is not opened a second time: the service would refuse it.
  const service = 'AWS::ECS::Service ServiceD69D759B';
  expect(Object.keys(changes)).toEqual([service, group]);
  expect(changes[service]).toEqual(['LoadBalancers', 'NetworkConfiguration', 'TaskDefinition']);
  expect(after['ServiceGreenlightSettings184E414C']!.Properties).toMatchObject({ TaskDefinition: 'shop', ...network(before['ServiceD69D759B']!), ...balancer(before['ServiceD69D759B']!) });
  expect(changes[group]).toEqual(['AutoRollbackConfiguration', 'BlueGreenDeploymentConfiguration', 'ServiceRoleArn', 'AlarmConfiguration']);
  expect(Object.values(after).filter(({ Type }) => Type === 'AWS::EC2::SecurityGroupIngress')).toHaveLength(1);
  expect(removed(before, after)).toEqual([expect.stringMatching(/^GroupServiceRole/)]);
});

test('a service that ECS updates in place is replaced by one that CodeDeploy releases, behind the same listener and target group', () => {
  const before = resourcesOf((stack) => void shop(stack, { controller: ecs.DeploymentControllerType.ECS }));
  const stack = stackOf();
  released(stack, shop(stack));
  const template = Template.fromStack(stack);
  const after = template.toJSON().Resources as Record<string, Resource>;
  const service = 'AWS::ECS::Service ServiceD69D759B';
  const changes = changed(before, after);
  expect(Object.keys(changes)).toEqual([service]);
  expect(changes[service]).toEqual(expect.arrayContaining(['DeploymentController', 'TaskDefinition']));
  expect(removed(before, after)).toEqual([]);
  // A replacement has no name of its own, or it would meet the one of before.
  expect(only(template, 'AWS::ECS::Service').properties).not.toHaveProperty('ServiceName');
  expect(only(template, 'AWS::ECS::Service').properties).toMatchObject({ DesiredCount: 2, DeploymentController: { Type: 'CODE_DEPLOY' } });
});

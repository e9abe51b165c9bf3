import { Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import type { Stack } from 'aws-cdk-lib/core';
import { NestedStack, App } from 'aws-cdk-lib/core';

import { EcsDeployments, EcsEndpoint } from '../../../lib';
import { findCycle } from '../../support/template-graph';
import { checksHook, fargate, finished, graphOf, onInstances, only, rolloutIn, sample, stackOf } from '../support/sample';

const SETTINGS = 'Custom::GreenlightServiceSettings';

const settingsOf = (template: Template) => only(template, SETTINGS);
const serviceOf = (template: Template) => only(template, 'AWS::ECS::Service');
const elementOf = (service: ecs.BaseService) => service.node.defaultChild as ecs.CfnService;

/** An attribute of the resource, and a list of it. */
const kept = (template: Template, name: string) => ({ 'Fn::GetAtt': [settingsOf(template).id, name] });
const list = (template: Template, name: string) => ({ 'Fn::Split': [',', kept(template, name)] });

/** A service with everything that there is to keep. */
function particular(stack: Stack, given: Partial<ecs.FargateServiceProps> = {}): ecs.FargateService {
  const { cluster, taskDefinition } = fargate(stack);
  return new ecs.FargateService(stack, 'Particular', {
    cluster,
    taskDefinition,
    serviceName: 'web',
    minHealthyPercent: 100,
    platformVersion: ecs.FargatePlatformVersion.VERSION1_4,
    capacityProviderStrategies: [{ capacityProvider: 'FARGATE_SPOT', weight: 2, base: 1 }, { capacityProvider: 'FARGATE', weight: 1 }],
    deploymentController: { type: ecs.DeploymentControllerType.CODE_DEPLOY },
    ...given,
  });
}

/** The template of a stack with a rollout of this service. */
const particularTemplate = (given?: Partial<ecs.FargateServiceProps>) => sample((stack) => ({ service: particular(stack, given) }));

describe('the service', () => {
  test('is in the template as it was made, in all that a deployment carries', () => {
    const { template } = sample();
    expect(serviceOf(template).properties).toMatchObject({
      TaskDefinition: { 'Fn::Select': [0, { 'Fn::Split': [',', kept(template, 'TaskDefinition')] }] },
      NetworkConfiguration: { AwsvpcConfiguration: { Subnets: list(template, 'Subnets'), SecurityGroups: list(template, 'SecurityGroups'), AssignPublicIp: kept(template, 'AssignPublicIp') } },
      LoadBalancers: [{ ContainerName: kept(template, 'ContainerName'), ContainerPort: kept(template, 'ContainerPort'), TargetGroupArn: { Ref: only(template, 'AWS::ElasticLoadBalancingV2::TargetGroup', 'WebBlue').id } }],
    });
    expect(serviceOf(template).properties).not.toHaveProperty('PlatformVersion');
  });

  test('has a platform version where the code says one, and its capacity providers as they are', () => {
    const { template } = particularTemplate();
    expect(only(template, 'AWS::ECS::Service', 'Particular').properties).toMatchObject({
      PlatformVersion: kept(template, 'PlatformVersion'),
      CapacityProviderStrategy: [{ Base: 1, CapacityProvider: 'FARGATE_SPOT', Weight: 2 }, { CapacityProvider: 'FARGATE', Weight: 1 }],
    });
  });

  test('has no network outside awsvpc', () => {
    const { template } = sample((stack) => ({ service: onInstances(stack) }));
    expect(serviceOf(template).properties).not.toHaveProperty('NetworkConfiguration');
    expect(settingsOf(template).properties).not.toHaveProperty('Subnets');
    expect(serviceOf(template).properties).toMatchObject({ TaskDefinition: { 'Fn::Select': [0, { 'Fn::Split': [',', kept(template, 'TaskDefinition')] }] } });
  });

  test('says what is set on it later, and so does the AppSpec', () => {
    const stack = stackOf();
    const service = particular(stack);
    const rollout = rolloutIn(stack, { service });
    elementOf(service).networkConfiguration = { awsvpcConfiguration: { subnets: ['subnet-mine'], securityGroups: ['sg-mine'] } };
    elementOf(service).addPropertyOverride('TaskDefinition', 'the-family-of-before');
    const { template } = finished(stack, rollout);
    expect(only(template, 'AWS::ECS::Service', 'Particular').properties).toMatchObject({
      TaskDefinition: 'the-family-of-before',
      PlatformVersion: kept(template, 'PlatformVersion'),
      NetworkConfiguration: { AwsvpcConfiguration: { Subnets: ['subnet-mine'], SecurityGroups: ['sg-mine'] } },
    });
    expect(settingsOf(template).properties).toMatchObject({ Subnets: ['subnet-mine'], SecurityGroups: ['sg-mine'] });
    expect(JSON.stringify(stack.resolve(rollout.appSpec))).toContain('\\"NetworkConfiguration\\":{\\"AwsvpcConfiguration\\":{\\"Subnets\\":[\\"subnet-mine\\"],\\"SecurityGroups\\":[\\"sg-mine\\"]}}');
  });
});

describe('the resource that keeps them', () => {
  test('has as properties what the code wants, and what tells the service from another', () => {
    const { template } = particularTemplate({ assignPublicIp: true, vpcSubnets: { subnetType: ec2.SubnetType.PUBLIC } });
    const { id, properties } = settingsOf(template);
    expect(id).toMatch(/^ParticularGreenlightSettings[0-9A-F]{8}$/);
    expect(properties).toEqual({
      ServiceToken: { 'Fn::GetAtt': [only(template, 'AWS::Lambda::Function', 'GreenlightDeploymentsIntake').id, 'Arn'] },
      ServiceTimeout: '3600',
      Service: only(template, 'AWS::ECS::Service', 'Particular').id,
      Cluster: { Ref: only(template, 'AWS::ECS::Cluster').id },
      ServiceName: 'web',
      TaskDefinition: 'ShopTaskBFE43ACD',
      Subnets: ['VpcPublicSubnet1', 'VpcPublicSubnet2'].map((name) => ({ Ref: Object.keys(template.findResources('AWS::EC2::Subnet')).find((subnet) => subnet.startsWith(name)) })),
      SecurityGroups: [{ 'Fn::GetAtt': [only(template, 'AWS::EC2::SecurityGroup', 'ParticularSecurityGroup').id, 'GroupId'] }],
      AssignPublicIp: 'ENABLED',
      PlatformVersion: '1.4.0',
      ContainerName: 'web',
      ContainerPort: 8080,
      TargetGroupArn: { Ref: only(template, 'AWS::ElasticLoadBalancingV2::TargetGroup', 'WebBlue').id },
      CapacityProviderStrategy: [{ Base: 1, CapacityProvider: 'FARGATE_SPOT', Weight: 2 }, { CapacityProvider: 'FARGATE', Weight: 1 }],
    });
  });

  test('has the launch type where there is one', () => {
    expect(settingsOf(sample().template).properties).toMatchObject({ LaunchType: 'FARGATE', Service: 'ServiceD69D759B' });
  });

  test('refers neither to the service nor to its group, and is there before the service', () => {
    const { template } = sample({ hooks: { afterAllowTestTraffic: checksHook() } });
    const resource = template.toJSON().Resources[settingsOf(template).id] as { DependsOn: string[] };
    expect(JSON.stringify(resource)).not.toMatch(/"(Ref|Fn::GetAtt)":\[?"(ServiceD69D759B|Web\w*DeploymentGroup)/);
    expect(resource.DependsOn).toContain(only(template, 'AWS::Lambda::EventInvokeConfig', 'GreenlightDeployments').id);
    expect(findCycle(graphOf(template))).toBeUndefined();
  });

  test('is in the stack of the service', () => {
    const app = new App();
    const stack = stackOf(app);
    const nested = new NestedStack(stack, 'Inner');
    const service = fargate(nested);
    rolloutIn(nested, { service });
    expect([Template.fromStack(nested), Template.fromStack(stack)].map((template) => Object.keys(template.findResources(SETTINGS)).length)).toEqual([1, 0]);
  });
});

describe('nothing is kept', () => {
  test.each([
    ['where something else deploys', EcsDeployments.external()],
    ['where it is turned off', EcsDeployments.byCloudFormation({ keepServiceSettings: false })],
  ])('%s', (_what, deployments) => {
    const { template } = sample({ deployments });
    expect(Object.keys(template.findResources(SETTINGS))).toEqual([]);
    expect(serviceOf(template).properties).toMatchObject({
      TaskDefinition: 'ShopTaskBFE43ACD',
      NetworkConfiguration: { AwsvpcConfiguration: { AssignPublicIp: 'DISABLED' } },
      LoadBalancers: [{ ContainerName: 'web', ContainerPort: 8080 }],
    });
  });

  test('of an imported service', () => {
    const { template } = sample((stack) => {
      const { cluster, taskDefinition } = fargate(stack);
      const service = ecs.BaseService.fromServiceArnWithCluster(stack, 'Theirs', 'arn:aws:ecs:eu-west-1:111122223333:service/shop/web');
      return { service, taskDefinition, container: 'web', containerPort: 8080, endpoint: EcsEndpoint.application({ vpc: cluster.vpc }) };
    });
    expect(Object.keys(template.findResources(SETTINGS))).toEqual([]);
  });
});

describe('settings that do not fit into a physical id', () => {
  /** So many characters of family, beside what else there is. */
  const withFamily = (characters: number, given?: Partial<ecs.FargateServiceProps>) => () =>
    sample((stack) => {
      const service = particular(stack, given);
      elementOf(service).taskDefinition = 'w'.repeat(characters);
      (service.taskDefinition as unknown as { family: string }).family = 'w'.repeat(characters);
      return { service };
    });
  // Two subnets and one group of the shortest ids, and everything else as it is written.
  const REST = '[{"id":"123456789012","family":"","subnets":"subnet-12345678,subnet-12345678","groups":"sg-12345678","ip":"DISABLED","platform":"1.4.0","container":"web","port":"8080","tg":"123456789012","cp":"123456789012"}]'.length;

  test('are an error at synth where that is known', () => {
    expect(withFamily(1000 - REST)).not.toThrow();
    expect(withFamily(1001 - REST)).toThrow(
      "the settings of service 'Shop/Particular' take at least 1001 characters, at most 1000 can be kept; name fewer subnets or security groups, or shorten " +
        "the family or the container's name, or set 'keepServiceSettings: false' in EcsDeployments.byCloudFormation",
    );
  });
});

import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { App, Stack, Token } from 'aws-cdk-lib/core';

import type { EcsTaskSetOptions } from '../../../lib';
import { EcsAppSpec, LifecycleHook } from '../../../lib';
import { checksHook, sample, userFunction } from '../support/sample';

const literalTask = (stack: Stack) => ecs.TaskDefinition.fromTaskDefinitionArn(stack, 'Task', 'arn:aws:ecs:eu-west-1:111122223333:task-definition/web:7');

function parsed(taskSet?: EcsTaskSetOptions): unknown {
  const stack = new Stack(new App(), 'Shop');
  const spec = new EcsAppSpec({ taskDefinition: literalTask(stack), containerName: 'web', containerPort: 8080, ...(taskSet === undefined ? {} : { taskSet }) });
  return JSON.parse(stack.resolve(spec.toJson(stack)));
}

const service = (properties: object) => ({
  version: '0.0',
  Resources: [
    {
      TargetService: {
        Type: 'AWS::ECS::Service',
        Properties: {
          TaskDefinition: 'arn:aws:ecs:eu-west-1:111122223333:task-definition/web:7',
          LoadBalancerInfo: { ContainerName: 'web', ContainerPort: 8080 },
          ...properties,
        },
      },
    },
  ],
});

describe('EcsAppSpec', () => {
  test('names task definition, container and port, and nothing else by itself', () => {
    expect(parsed()).toEqual(service({}));
  });

  test('carries platform version, network and capacity providers', () => {
    const stack = new Stack(new App(), 'Net');
    expect(
      parsed({
        platformVersion: ecs.FargatePlatformVersion.VERSION1_4,
        network: {
          subnets: [ec2.Subnet.fromSubnetId(stack, 'S', 'subnet-1')],
          securityGroups: [ec2.SecurityGroup.fromSecurityGroupId(stack, 'G', 'sg-1')],
        },
        capacityProviderStrategies: [{ capacityProvider: 'FARGATE_SPOT', weight: 1 }, { capacityProvider: 'FARGATE', base: 1 }],
      }),
    ).toEqual(
      service({
        PlatformVersion: '1.4.0',
        NetworkConfiguration: { AwsvpcConfiguration: { Subnets: ['subnet-1'], SecurityGroups: ['sg-1'], AssignPublicIp: 'DISABLED' } },
        CapacityProviderStrategy: [
          { CapacityProvider: 'FARGATE_SPOT', Weight: 1 },
          { CapacityProvider: 'FARGATE', Base: 1 },
        ],
      }),
    );
  });

  test('fails when a network names no subnets', () => {
    expect(() => parsed({ network: { subnets: [], securityGroups: [] } })).toThrow("'network' of a task set needs subnets and security groups, got 0 and 0; name at least one each, or leave it out");
  });
});

/** Puts a name in the place of every intrinsic function, as the deployed stack would put a value. */
function deployed(value: unknown): string {
  const { 'Fn::Join': join } = value as { 'Fn::Join': [string, unknown[]] };
  return join[1].map((part) => (typeof part === 'string' ? part : Object.values(part as object).flat()[0])).join(join[0]);
}

describe('the stack outputs', () => {
  const { template, description } = sample((stack) => ({
    hooks: {
      afterAllowTraffic: LifecycleHook.fromFunction(userFunction(stack, 'Last')),
      beforeInstall: LifecycleHook.fromFunction(userFunction(stack, 'First')),
      afterAllowTestTraffic: checksHook(),
    },
  }));
  const { Outputs } = template.toJSON();
  const appSpec = JSON.parse(deployed(Outputs[description.appSpecOutput].Value));

  test('hold the AppSpec with its hooks in the order of the lifecycle', () => {
    expect(appSpec.Hooks).toEqual([
      { BeforeInstall: expect.stringMatching(/^First/) },
      { AfterAllowTestTraffic: expect.stringMatching(/^WebAfterAllowTestTrafficFunction/) },
      { AfterAllowTraffic: expect.stringMatching(/^Last/) },
    ]);
    expect(appSpec.Resources[0].TargetService.Properties.TaskDefinition).toMatch(/^Task/);
  });

  test('hold the line that starts a release, with the same AppSpec in its revision', () => {
    const [line] = Object.entries(Outputs as Record<string, { Value: unknown }>)
      .filter(([id]) => id.startsWith('WebCreateDeployment'))
      .map(([, { Value }]) => deployed(Value));
    const [, revision] = /^aws deploy create-deployment --application-name Shop-Web-6AD1A95E --deployment-group-name Shop-Web-6AD1A95E --revision '([^']*)'$/.exec(line!)!;
    const { revisionType, appSpecContent } = JSON.parse(revision!);
    expect(revisionType).toBe('AppSpecContent');
    expect(JSON.parse(appSpecContent.content)).toEqual(appSpec);
  });

  test('say what they are', () => {
    expect(Object.values(Outputs as Record<string, { Description: string }>).map(({ Description }) => Description)).toEqual([
      'AppSpec of a release of Shop/Web',
      'Starts a release of Shop/Web',
    ]);
  });
});

describe('the rules', () => {
  const specOf = (more: { containerName?: string; containerPort?: number; taskSet?: EcsTaskSetOptions }) => {
    const stack = new Stack(new App(), 'Rules');
    return { stack, spec: new EcsAppSpec({ taskDefinition: literalTask(stack), containerName: 'web', containerPort: 8080, ...more }) };
  };

  test('hold for what is known', () => {
    expect(() => specOf({ containerName: ' ', containerPort: 65536, taskSet: { platformVersion: 'newest' as ecs.FargatePlatformVersion } })).toThrow(
      new Error(
        "AppSpec for an ECS service: 'LoadBalancerInfo.ContainerName' must not be empty; name a container of the task definition\n" +
          "AppSpec for an ECS service: 'LoadBalancerInfo.ContainerPort' must be a whole number from 1 to 65535, got 65536; write the port that the container listens on\n" +
          "AppSpec for an ECS service: 'PlatformVersion' must be LATEST or three numbers such as 1.4.0, got \"newest\"; leave it out for the service's own",
      ),
    );
  });

  test('leave alone what deploying makes known', () => {
    const stack = new Stack(new App(), 'Late');
    const subnetIds = Token.asList({ Ref: 'Subnets' });
    const spec = new EcsAppSpec({
      taskDefinition: new ecs.FargateTaskDefinition(stack, 'Task'),
      containerName: Token.asString({ Ref: 'Name' }),
      containerPort: Token.asNumber({ Ref: 'Port' }),
      taskSet: {
        network: {
          subnets: subnetIds.map((subnetId, index) => ec2.Subnet.fromSubnetId(stack, `S${index}`, subnetId)),
          securityGroups: [ec2.SecurityGroup.fromSecurityGroupId(stack, 'G', Token.asString({ Ref: 'Group' }))],
        },
      },
    });
    const { 'Fn::Join': join } = stack.resolve(spec.toJson(stack));
    expect(join[1]).toEqual(expect.arrayContaining([{ Ref: 'Name' }, { Ref: 'Port' }, { Ref: 'Group' }]));
    expect(stack.resolve(spec.toYaml(stack))).toEqual({ 'Fn::Join': join });
  });

  test('print YAML where all of it is known', () => {
    const { stack, spec } = specOf({});
    expect(spec.toYaml(stack)).toBe(
      'version: "0.0"\nResources:\n  - TargetService:\n      Type: AWS::ECS::Service\n      Properties:\n        TaskDefinition: arn:aws:ecs:eu-west-1:111122223333:task-definition/web:7\n        LoadBalancerInfo:\n          ContainerName: web\n          ContainerPort: 8080\n',
    );
  });
});

import { Annotations, Match } from 'aws-cdk-lib/assertions';
import * as appscaling from 'aws-cdk-lib/aws-applicationautoscaling';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { App, RemovalPolicy, Stack } from 'aws-cdk-lib/core';

import type { EcsRolloutProps } from '../../../lib';
import { EcsDeployments, EcsEndpoint } from '../../../lib';
import { fargate, finished, onInstances, only, rolloutIn, sample, stackOf, testable } from '../support/sample';

interface AppSpec {
  readonly Resources: [{ readonly TargetService: { readonly Properties: Record<string, unknown> } }];
}

/** The AppSpec with `{Ref}` and the like as texts of their own: `<Ref Task>`. */
function appSpecIn(stack: Stack, text: string): Record<string, unknown> {
  const resolved = stack.resolve(text);
  const parts: unknown[] = typeof resolved === 'string' ? [resolved] : resolved['Fn::Join'][1];
  const joined = parts.map((part) => (typeof part === 'string' ? part : `<${Object.entries(part as object).flat(2).join(' ')}>`)).join('');
  return (JSON.parse(joined) as AppSpec).Resources[0].TargetService.Properties;
}

const settings = (props: Partial<EcsRolloutProps> | ((stack: Stack) => Partial<EcsRolloutProps>)) => {
  const { stack, rollout } = sample(props);
  const { TaskDefinition, LoadBalancerInfo, ...rest } = appSpecIn(stack, rollout.appSpec);
  expect([TaskDefinition, LoadBalancerInfo]).toEqual([expect.stringMatching(/^<Ref Task/), { ContainerName: 'web', ContainerPort: 8080 }]);
  return rest;
};

const NETWORK = {
  AwsvpcConfiguration: {
    AssignPublicIp: 'DISABLED',
    Subnets: ['<Ref VpcPrivateSubnet1Subnet536B997A>', '<Ref VpcPrivateSubnet2Subnet3788AAA1>'],
    SecurityGroups: ['<Fn::GetAtt ServiceSecurityGroupC96ED6A7 GroupId>'],
  },
};

/** Listener and target groups of another stack, so that a rollout makes none of its own there. */
function existingIn(stack: Stack): EcsEndpoint {
  const vpc = new ec2.Vpc(stack, 'BalancerVpc');
  const loadBalancer = new elbv2.ApplicationLoadBalancer(stack, 'LoadBalancer', { vpc });
  const group = (id: string) => new elbv2.ApplicationTargetGroup(stack, id, { vpc, port: 8080, protocol: elbv2.ApplicationProtocol.HTTP, targetType: elbv2.TargetType.IP });
  const blueTargetGroup = group('Blue');
  const productionListener = loadBalancer.addListener('Production', { port: 80, defaultTargetGroups: [blueTargetGroup] });
  return EcsEndpoint.existing({ loadBalancer, productionListener, blueTargetGroup, greenTargetGroup: group('Green') });
}

/** A Fargate service with what a deployment alone can change. */
function particular(stack: Stack): ecs.FargateService {
  const { cluster, taskDefinition } = fargate(stack);
  return new ecs.FargateService(stack, 'Particular', {
    cluster,
    taskDefinition,
    minHealthyPercent: 100,
    platformVersion: ecs.FargatePlatformVersion.VERSION1_4,
    capacityProviderStrategies: [{ capacityProvider: 'FARGATE_SPOT', weight: 2, base: 1 }, { capacityProvider: 'FARGATE', weight: 1 }],
    vpcSubnets: { subnetType: ec2.SubnetType.PUBLIC },
    assignPublicIp: true,
    deploymentController: { type: ecs.DeploymentControllerType.CODE_DEPLOY },
  });
}

describe('the AppSpec of deployments by CloudFormation', () => {
  test("says the service's network, so that a release goes back to it", () => {
    expect(settings({})).toEqual({ NetworkConfiguration: NETWORK });
  });

  test('says platform version and capacity providers where the service has them', () => {
    expect(settings((stack) => ({ service: particular(stack) }))).toEqual({
      PlatformVersion: '1.4.0',
      NetworkConfiguration: {
        AwsvpcConfiguration: {
          AssignPublicIp: 'ENABLED',
          Subnets: [expect.stringMatching(/^<Ref VpcPublicSubnet1/), expect.stringMatching(/^<Ref VpcPublicSubnet2/)],
          SecurityGroups: [expect.stringMatching(/^<Fn::GetAtt ParticularSecurityGroup/)],
        },
      },
      CapacityProviderStrategy: [{ Base: 1, CapacityProvider: 'FARGATE_SPOT', Weight: 2 }, { CapacityProvider: 'FARGATE', Weight: 1 }],
    });
  });

  test("says what 'taskSet' says instead, and leaves the service as it is", () => {
    const within = (taskSet: boolean) =>
      sample((stack) => {
        const service = particular(stack);
        const group = new ec2.SecurityGroup(stack, 'New', { vpc: service.cluster.vpc });
        return {
          service,
          taskSet: !taskSet
            ? undefined
            : {
                platformVersion: ecs.FargatePlatformVersion.LATEST,
                network: { subnets: service.cluster.vpc.privateSubnets, securityGroups: [group] },
                capacityProviderStrategies: [{ capacityProvider: 'FARGATE', weight: 1 }],
              },
        };
      });
    const { stack, rollout, template } = within(true);
    expect(appSpecIn(stack, rollout.appSpec)).toMatchObject({
      PlatformVersion: 'LATEST',
      NetworkConfiguration: { AwsvpcConfiguration: { AssignPublicIp: 'DISABLED', Subnets: NETWORK.AwsvpcConfiguration.Subnets, SecurityGroups: [expect.stringMatching(/^<Fn::GetAtt New/)] } },
      CapacityProviderStrategy: [{ CapacityProvider: 'FARGATE', Weight: 1 }],
    });
    expect(only(template, 'AWS::ECS::Service', 'Particular')).toEqual(only(within(false).template, 'AWS::ECS::Service', 'Particular'));
  });

  test('says nothing of what the service has not: a network outside awsvpc', () => {
    expect(settings((stack) => ({ service: onInstances(stack) }))).toEqual({});
  });

  test('says nothing of an imported service, nor where something else deploys', () => {
    expect(settings({ deployments: EcsDeployments.external() })).toEqual({});
    expect(
      settings((stack) => {
        const { cluster, taskDefinition } = fargate(stack);
        const service = ecs.BaseService.fromServiceArnWithCluster(stack, 'Theirs', 'arn:aws:ecs:eu-west-1:111122223333:service/shop/web');
        return { service, taskDefinition, container: 'web', containerPort: 8080, endpoint: EcsEndpoint.application({ vpc: cluster.vpc }) };
      }),
    ).toEqual({});
  });
});

describe('a task definition that is replaced', () => {
  const policies = (policy?: RemovalPolicy) => {
    const { template } = sample((stack) => {
      const service = fargate(stack);
      if (policy !== undefined) {
        service.taskDefinition.applyRemovalPolicy(policy);
      }
      return { service };
    });
    const [{ UpdateReplacePolicy, DeletionPolicy }] = Object.values(template.findResources('AWS::ECS::TaskDefinition')) as [Record<string, unknown>];
    return { UpdateReplacePolicy, DeletionPolicy };
  };

  test('is kept, so that it can be deployed again, and goes with the stack', () => {
    expect(policies()).toEqual({ UpdateReplacePolicy: 'Retain', DeletionPolicy: 'Delete' });
  });

  test('is what the user says', () => {
    expect(policies(RemovalPolicy.DESTROY)).toEqual({ UpdateReplacePolicy: 'Delete', DeletionPolicy: 'Delete' });
    expect(policies(RemovalPolicy.RETAIN)).toEqual({ UpdateReplacePolicy: 'Retain', DeletionPolicy: 'Retain' });
  });

  test('must be in the stack of the rollout, which would hold it fast', () => {
    const app = new App();
    const base = new Stack(app, 'Base');
    const service = fargate(base);
    expect(() => rolloutIn(stackOf(app), { service, endpoint: existingIn(base) })).toThrow(
      "task definition 'Base/Task' is in stack 'Base', the rollout in 'Shop', which would import the ARN of its revision, and CloudFormation refuses to " +
        "replace what another stack imports; make the rollout in 'Base'",
    );
  });

  test('must have the container and the port that an imported service is released by', () => {
    const release = (container: string, containerPort: number) =>
      sample((stack) => {
        const { cluster, taskDefinition } = fargate(stack);
        const service = ecs.BaseService.fromServiceArnWithCluster(stack, 'Theirs', 'arn:aws:ecs:eu-west-1:111122223333:service/shop/web');
        return { service, taskDefinition, container, containerPort, endpoint: EcsEndpoint.application({ vpc: cluster.vpc }) };
      });
    expect(() => release('api', 8080)).toThrow("container 'api' is not in task definition 'Shop/Task', which has 'web'; name one of them");
    expect(() => release('web', 80)).toThrow("container 'web' maps port 8080, not the 'containerPort' 80; map it by 'addPortMappings' or name a mapped one");
  });
});

describe('the desired count of a service', () => {
  function withCount(desiredCount: number | undefined, scale?: (service: ecs.FargateService) => void) {
    const stack = stackOf();
    const service = fargate(stack);
    (service.node.defaultChild as ecs.CfnService).desiredCount = desiredCount;
    const rollout = rolloutIn(stack, { service, endpoint: testable() });
    scale?.(service);
    return { ...finished(stack, rollout), warnings: Annotations.fromStack(stack).findWarning('*', Match.anyValue()).map(({ entry }) => entry.data) };
  }

  const byMethod = (service: ecs.FargateService) => void service.autoScaleTaskCount({ maxCapacity: 4 });

  const byTarget = (service: ecs.FargateService) =>
    void new appscaling.ScalableTarget(service.stack, 'Target', {
      serviceNamespace: appscaling.ServiceNamespace.ECS,
      resourceId: `service/${service.cluster.clusterName}/${service.serviceName}`,
      scalableDimension: 'ecs:service:DesiredCount',
      minCapacity: 1,
      maxCapacity: 4,
    });

  test.each([['autoScaleTaskCount', byMethod], ['a scalable target', byTarget]])('is warned of beside %s, wherever that is made', (_what, scale) => {
    const { description, warnings } = withCount(2, scale);
    const message =
      "service 'Shop/Service' is scaled automatically and has 'desiredCount' 2 in its template, so that each update of the service sets it back to that, " +
      'in the middle of a deployment too';
    const remedy = "drop 'desiredCount', and let 'minCapacity' of the scaling say how many tasks there are at least";
    expect(description.findings.filter(({ id }) => id === 'desired-count-scaled')).toEqual([{ id: 'desired-count-scaled', level: 'warning', message, remedy }]);
    expect(warnings).toContainEqual(expect.stringContaining(`${message}; ${remedy}`));
  });

  test.each<[string, number | undefined, ((service: ecs.FargateService) => void) | undefined]>([
    ['without scaling', 2, undefined],
    ['that is left to the scaling', undefined, byMethod],
  ])('is nothing to warn of %s', (_what, count, scale) => {
    expect(withCount(count, scale).description.findings.map(({ id }) => id)).toEqual([]);
  });

  test('of another service is none of ours', () => {
    const stack = stackOf();
    const service = fargate(stack);
    (service.node.defaultChild as ecs.CfnService).desiredCount = 2;
    const other = new ecs.FargateService(stack, 'Other', { cluster: service.cluster, taskDefinition: service.taskDefinition, minHealthyPercent: 100 });
    other.autoScaleTaskCount({ maxCapacity: 4 });
    const { description } = finished(stack, rolloutIn(stack, { service }));
    expect(description.findings.map(({ id }) => id)).toEqual([]);
  });
});

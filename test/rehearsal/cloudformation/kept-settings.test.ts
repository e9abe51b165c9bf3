/** A service edited in code, against the built handlers: what ships by a deployment, and what is refused before anything is deployed. */
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import type { Stack as CdkStack } from 'aws-cdk-lib/core';

import { EcsDeployments, type EcsRolloutProps } from '../../../lib';
import type { EcsTargetService } from '../../../lib/model/appspec';
import type { Stack } from '../../../rehearsal/assembly/stack';
import { cloudFormationBehaviour } from '../../../rehearsal/cloudformation/behaviour';
import { edited, idsOf } from '../../../rehearsal/cloudformation/edits';
import type { ReplayOptions } from '../../../rehearsal/cloudformation/replay-world';
import { servicesOf } from '../../../rehearsal/stage/services';
import { ALWAYS_SOUND, QUICK, ReplayStage, synthesized } from './stage';

interface Shop {
  readonly family?: string;
  readonly container?: string;
  readonly port?: number;
  readonly image?: string;
  readonly subnets?: ec2.SubnetType;
  readonly platformVersion?: ecs.FargatePlatformVersion;
  readonly capacityProviders?: readonly string[];
  readonly serviceName?: string;
  readonly desiredCount?: number;
  readonly keep?: boolean;
  readonly taskSet?: EcsRolloutProps['taskSet'];
}

const HANDED_ON = { ContainerName: 'web', ContainerPort: 8080 };

function rolloutOf(stack: CdkStack, shop: Shop): Partial<EcsRolloutProps> {
  const vpc = new ec2.Vpc(stack, 'Vpc', { maxAzs: 2, natGateways: 1 });
  const taskDefinition = new ecs.FargateTaskDefinition(stack, 'Task', { family: shop.family ?? 'web' });
  taskDefinition.addContainer(shop.container ?? 'web', { image: ecs.ContainerImage.fromRegistry(shop.image ?? 'web:v1'), portMappings: [{ containerPort: shop.port ?? 8080 }] });
  const service = new ecs.FargateService(stack, 'Service', {
    cluster: new ecs.Cluster(stack, 'Cluster', { vpc }),
    taskDefinition,
    minHealthyPercent: 100,
    vpcSubnets: { subnetType: shop.subnets ?? ec2.SubnetType.PRIVATE_WITH_EGRESS },
    assignPublicIp: shop.subnets === ec2.SubnetType.PUBLIC,
    deploymentController: { type: ecs.DeploymentControllerType.CODE_DEPLOY },
    ...(shop.platformVersion === undefined ? {} : { platformVersion: shop.platformVersion }),
    ...(shop.capacityProviders === undefined ? {} : { capacityProviderStrategies: shop.capacityProviders.map((capacityProvider) => ({ capacityProvider, weight: 1 })) }),
    ...(shop.serviceName === undefined ? {} : { serviceName: shop.serviceName }),
    ...(shop.desiredCount === undefined ? {} : { desiredCount: shop.desiredCount }),
  });
  return { ...QUICK, service, deployments: EcsDeployments.byCloudFormation({ keepServiceSettings: shop.keep ?? true }), ...(shop.taskSet === undefined ? {} : { taskSet: shop.taskSet }) };
}

const synthesizedShops = new Map<string, ReturnType<typeof synthesized>>();
afterAll(() => synthesizedShops.forEach((shop) => shop.remove()));

function written(shop: Shop): ReturnType<typeof synthesized> {
  const key = JSON.stringify(shop);
  const made = synthesizedShops.get(key) ?? synthesized((stack) => rolloutOf(stack, shop));
  synthesizedShops.set(key, made);
  return made;
}

/** The stack of this code, as a version of the one that is played. */
const stackOf = (shop: Shop): Stack => written(shop).rollout.stack;

/** The service's own target group is another one. */
function otherTargetGroup(stack: Stack): Stack {
  const [settings] = idsOf(stack, 'Custom::GreenlightServiceSettings');
  const [service] = idsOf(stack, 'AWS::ECS::Service');
  const arn = 'arn:aws:elasticloadbalancing:us-east-1:111111111111:targetgroup/other/0123456789abcdef';
  const there = edited(stack, settings!, (properties) => ({ ...properties, TargetGroupArn: arn }));
  return edited(there, service!, (properties) => ({ ...properties, LoadBalancers: [{ ...(properties.LoadBalancers as object[])[0], TargetGroupArn: arn }] }));
}

type Revision = EcsTargetService['Properties'];

const revisionOf = (s: ReplayStage): Revision => servicesOf(s.replay.world.codeDeployRollouts)[0]!.taskSets()[0]!.revision;

const settingsAnswers = (s: ReplayStage): readonly string[] =>
  s.replay.customResources.requests
    .filter(({ event }) => event.ResourceType === 'Custom::GreenlightServiceSettings')
    .map((request) => `${request.event.RequestType} ${(JSON.parse(request.answers()[0]!.body) as { Status: string }).Status}`);

async function playing(first: Shop, play: (s: ReplayStage) => Promise<void>, scenario: Partial<ReplayOptions> = { scenario: ALWAYS_SOUND }): Promise<void> {
  const s = await ReplayStage.open({ ...written(first), ...scenario });
  try {
    await s.replay.play(s.stack.create());
    expect([s.outcome, s.reasons]).toEqual([[0, 'CREATE_COMPLETE', '1', 0], []]);
    await play(s);
  } finally {
    await s.close();
  }
}

const update = (s: ReplayStage, stack: Stack): Promise<void> => s.replay.play(s.stack.update(stack));

const FIRST: Shop = { platformVersion: ecs.FargatePlatformVersion.VERSION1_3 };

interface Shipped {
  readonly first?: Shop;
  readonly then: Shop;
  /** Of the revision that runs in the end. */
  readonly runs: object;
  /** Number of the task definition in its family. */
  readonly revision?: string;
}

const SHIPPED: Readonly<Record<string, Shipped>> = {
  network: { then: { subnets: ec2.SubnetType.PUBLIC }, runs: { NetworkConfiguration: { AwsvpcConfiguration: { AssignPublicIp: 'ENABLED', Subnets: [expect.stringContaining('subnet-'), expect.stringContaining('subnet-')] } } } },
  'container port': { then: { port: 9000 }, runs: { LoadBalancerInfo: { ContainerName: 'web', ContainerPort: 9000 } }, revision: '2' },
  container: { then: { container: 'app' }, runs: { LoadBalancerInfo: { ContainerName: 'app', ContainerPort: 8080 } }, revision: '2' },
  family: { then: { family: 'shop' }, runs: { TaskDefinition: expect.stringMatching(/task-definition\/shop:1$/), LoadBalancerInfo: HANDED_ON } },
  'platform version': { first: { platformVersion: ecs.FargatePlatformVersion.VERSION1_3 }, then: { platformVersion: ecs.FargatePlatformVersion.VERSION1_4 }, runs: { PlatformVersion: '1.4.0' } },
};

describe('a change of the service itself', () => {
  test.each(Object.entries(SHIPPED))('its %s ships by one deployment, and goes back by another', (_what, { first = {}, then, runs, revision = '1' }) =>
    playing(first, async (s) => {
      const before = revisionOf(s);
      await update(s, stackOf(then));
      expect([s.outcome, s.reasons]).toEqual([[1, 'UPDATE_COMPLETE', revision, 0], []]);
      expect(revisionOf(s)).toMatchObject(runs);
      await update(s, s.first);
      expect([s.replay.started.length, s.stack.status, s.reasons]).toEqual([2, 'UPDATE_COMPLETE', []]);
      expect({ ...revisionOf(s), TaskDefinition: '' }).toEqual({ ...before, TaskDefinition: '' });
      expect(settingsAnswers(s)).toEqual(['Create SUCCESS', 'Update SUCCESS', 'Update SUCCESS']);
    }),
  );

  test('without it, ECS refuses', () =>
    playing({ keep: false }, async (s) => {
      await update(s, stackOf({ keep: false, subnets: ec2.SubnetType.PUBLIC }));
      expect([s.outcome, s.reasons]).toEqual([[0, 'UPDATE_ROLLBACK_COMPLETE', '1', 0], [expect.stringMatching(/Unable to update network parameters/)]]);
    }));

  test('the count of tasks goes to the service, whatever was changed before it', () =>
    playing({}, async (s) => {
      await update(s, stackOf({ subnets: ec2.SubnetType.PUBLIC }));
      await update(s, stackOf({ subnets: ec2.SubnetType.PUBLIC, desiredCount: 3 }));
      expect([s.outcome, s.reasons]).toEqual([[1, 'UPDATE_COMPLETE', '1', 0], []]);
    }));

  test.each<[string, Shop, RegExp | undefined]>([
    ['nothing but the task definition', { image: 'web:v2' }, undefined],
    ['the network', { subnets: ec2.SubnetType.PUBLIC }, /Unable to update network parameters/],
    ['the family', { family: 'shop' }, /Unable to update task definition/],
    ['the platform version', { platformVersion: ecs.FargatePlatformVersion.VERSION1_4 }, /Unable to update platform version/],
    ['the port', { port: 9000 }, /Unable to update load balancers/],
  ])('where ECS compares everything with what runs, a count is refused once a deployment has changed %s, until that is as it was made', (_what, then, reason) =>
    playing(FIRST, async (s) => {
      const count = (of: Shop): Promise<void> => update(s, stackOf({ ...FIRST, ...of, desiredCount: 3 }));
      await update(s, stackOf({ ...FIRST, ...then }));
      await count(then);
      expect([s.stack.status, s.reasons]).toEqual(reason === undefined ? ['UPDATE_COMPLETE', []] : ['UPDATE_ROLLBACK_COMPLETE', [expect.stringMatching(reason)]]);
      await update(s, s.first);
      await count({});
      expect([s.replay.started.length, s.stack.status]).toEqual([2, 'UPDATE_COMPLETE']);
    }, { scenario: ALWAYS_SOUND, behaviour: cloudFormationBehaviour({ comparesWithWhatRuns: true }) }),
  );
});

describe('what no deployment can carry is refused before anything is deployed', () => {
  test.each<[string, Shop, (stack: Stack) => Stack, Shop, RegExp]>([
    ['another target group', {}, otherTargetGroup, { image: 'web:v2' }, /service ServiceD69D759B was made with target group "arn:\S+", and neither an update nor a deployment changes it, got "arn:\S+other\/0123456789abcdef"; leave it/],
    ['other capacity providers', { capacityProviders: ['FARGATE'] }, (stack) => stack, { image: 'web:v2', capacityProviders: ['FARGATE_SPOT'] }, /was made with capacity providers .*FARGATE.*, and an update does not change them.*'capacityProviderStrategies' of the rollout's 'taskSet'/],
    ['a platform version where there was none', {}, (stack) => stack, { image: 'web:v2', platformVersion: ecs.FargatePlatformVersion.VERSION1_4 }, /was made with PlatformVersion none.*'platformVersion' of the rollout's 'taskSet'/],
  ])('%s', (_what, first, edit, then, reason) =>
    playing(first, async (s) => {
      const before = revisionOf(s);
      await update(s, edit(stackOf(then)));
      expect([s.outcome, s.reasons]).toEqual([[0, 'UPDATE_ROLLBACK_COMPLETE', '1', 0], expect.arrayContaining([expect.stringMatching(reason)])]);
      expect(revisionOf(s)).toEqual(before);
      expect(settingsAnswers(s)).toEqual(['Create SUCCESS', 'Update FAILED', 'Update SUCCESS']);
      // The stack is not stuck: a release goes on as before.
      await update(s, stackOf({ ...first, image: 'web:v2' }));
      expect([s.replay.started.length, s.stack.status]).toEqual([1, 'UPDATE_COMPLETE']);
      expect(settingsAnswers(s)).toHaveLength(3);
    }),
  );

  test('other capacity providers ship by the task set', () =>
    playing({ capacityProviders: ['FARGATE'] }, async (s) => {
      await update(s, stackOf({ capacityProviders: ['FARGATE'], taskSet: { capacityProviderStrategies: [{ capacityProvider: 'FARGATE_SPOT', weight: 1 }] } }));
      expect([s.outcome, s.reasons]).toEqual([[1, 'UPDATE_COMPLETE', '1', 0], []]);
      expect(revisionOf(s)).toMatchObject({ CapacityProviderStrategy: [{ CapacityProvider: 'FARGATE_SPOT', Weight: 1 }] });
    }));
});

test("a release that fails takes a changed network back with it, and CloudFormation's rollback finds nothing to do", () =>
  playing({}, async (s) => {
    const before = revisionOf(s);
    await update(s, stackOf({ image: 'web:v2' }));
    const released = revisionOf(s);
    await update(s, stackOf({ image: 'web:broken', subnets: ec2.SubnetType.PUBLIC }));
    expect([s.outcome, s.reasons]).toEqual([[2, 'UPDATE_ROLLBACK_COMPLETE', '2', 0], [expect.stringMatching(/HOOK_EXECUTION_FAILURE/)]]);
    expect([released.NetworkConfiguration, revisionOf(s)]).toEqual([before.NetworkConfiguration, released]);
    expect(settingsAnswers(s)).toEqual(['Create SUCCESS', 'Update SUCCESS', 'Update SUCCESS']);
  }, {}));

describe('a stack that was made without it', () => {
  test('gets it in an update, without a deployment, and ships the next change', () =>
    playing({ keep: false }, async (s) => {
      await update(s, stackOf({}));
      expect([s.outcome, s.reasons]).toEqual([[0, 'UPDATE_COMPLETE', '1', 0], []]);
      expect(s.stack.events.filter(({ logicalId }) => logicalId === 'ServiceD69D759B').map(({ status }) => status)).toEqual(['CREATE_IN_PROGRESS', 'CREATE_COMPLETE']);
      await update(s, stackOf({ subnets: ec2.SubnetType.PUBLIC }));
      expect([s.outcome, s.reasons]).toEqual([[1, 'UPDATE_COMPLETE', '1', 0], []]);
    }));

  test('loses it again, as long as the service is as it was made', () =>
    playing({}, async (s) => {
      await update(s, stackOf({ keep: false }));
      expect([s.outcome, s.reasons, settingsAnswers(s)]).toEqual([[0, 'UPDATE_COMPLETE', '1', 0], [], ['Create SUCCESS', 'Delete SUCCESS']]);
    }));
});

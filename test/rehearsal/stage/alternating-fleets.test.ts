/** Two releases to a fleet whose groups alternate, with what points the deployment group at the one that serves, and with deployment groups that are not there at first. */
import { rmSync } from 'node:fs';

import { AutoScalingClient, SetDesiredCapacityCommand } from '@aws-sdk/client-auto-scaling';
import { CodeDeployClient, CreateDeploymentCommand, CreateDeploymentGroupCommand, UpdateDeploymentGroupCommand } from '@aws-sdk/client-codedeploy';

import { readAssembly } from '../../../rehearsal/assembly/read-assembly';
import { selectRollout } from '../../../rehearsal/assembly/rollouts';
import { DEFAULT_SCENARIO } from '../../../rehearsal/commands/default-scenario';
import type { Scenario } from '../../../rehearsal/scenario/scenario';
import { Player } from '../../../rehearsal/stage/player';
import { SYNTHETIC_EPOCH_MS, World, type WorldOptions } from '../../../rehearsal/stage/world';
import { synthesizeBlueGreen } from '../server/blue-green-app';

const outdir = synthesizeBlueGreen();
const assembly = readAssembly(outdir);
const found = selectRollout(assembly);
afterAll(() => rmSync(outdir, { recursive: true, force: true }));

const release = (name: string) => ({ name, profile: DEFAULT_SCENARIO.service, leaveOut: [], actions: [] });
const ONE: Scenario = { ...DEFAULT_SCENARIO, releases: [release('v2')] };
const GROUP = { applicationName: 'shop', currentDeploymentGroupName: 'web' };

let world: World;
afterEach(() => world.close());

const open = async (more: Partial<WorldOptions> = {}): Promise<World> => {
  world = await World.open({ assembly: assembly.seenFrom(found.stack), rollouts: [found], scenario: { ...ONE, releases: [release('v2'), release('v3')] }, seed: 1, epochMs: SYNTHETIC_EPOCH_MS, allowHosts: [], directory: outdir, path: '', ...more });
  return world;
};

const rollout = () => world.serverRollouts[0]!;
const play = (name: string) => new Player(world, rollout()).play({ ...ONE, releases: [release(name)] });
const at = (accessKeyId = 'OPERATOR') => ({ endpoint: world.url, region: 'us-east-1', credentials: { accessKeyId, secretAccessKey: 'x' }, maxAttempts: 2 });

/** Asks the endpoint, which answers while virtual time stands or goes on. */
async function ask<T>(request: Promise<T>): Promise<T> {
  let over = false;
  const answer = request.finally(() => (over = true));
  await world.conductor.run(() => over);
  return answer;
}

const deployments = () =>
  rollout().played().deployments.map(({ status, instances }) => [status, ...instances!.revisions.filter(({ environment }) => environment === 'replacement').map(({ autoScalingGroup, before, after, count }) => `${count} ${autoScalingGroup}: ${before} -> ${after}`)]);
const own = () => rollout().played().autoScalingGroups!.filter(({ isOfDeploymentGroup }) => isOfDeploymentGroup).map(({ name }) => name);
const total = (lines: readonly (readonly unknown[])[]) => lines.map(([status, ...groups]) => [status, ...new Set(groups.map((line) => String(line).replace(/^\d+ /, '')))]);

test('where the service points the group at what it discovered, the second release goes back', async () => {
  await open({ fleetBehaviour: { groupFollowsDiscovered: true } });
  await play('v2');
  expect(own()).toEqual(['web-green']);
  await play('v3');
  expect(own()).toEqual(['web-blue']);
  expect(total(deployments())).toEqual([['Succeeded', 'web-green: null -> v2'], ['Succeeded', 'web-blue: the version before -> v3']]);
});

test('where it does not, somebody else does, and then it goes back, too', async () => {
  await open();
  await play('v2');
  expect(own()).toEqual(['web-blue']);
  const client = new CodeDeployClient(at());
  await ask(client.send(new UpdateDeploymentGroupCommand({ ...GROUP, autoScalingGroups: ['web-green'] })));
  client.destroy();
  expect(own()).toEqual(['web-green']);
  await play('v3');
  expect(total(deployments())).toEqual([['Succeeded', 'web-green: null -> v2'], ['Succeeded', 'web-blue: the version before -> v3']]);
});

test('the idle one is scaled to as many as serve, and was brought down before', async () => {
  await open({ fleetBehaviour: { groupFollowsDiscovered: true } });
  await play('v2');
  const scaling = new AutoScalingClient(at());
  await ask(scaling.send(new SetDesiredCapacityCommand({ AutoScalingGroupName: 'web-blue', DesiredCapacity: 0 })));
  await ask(scaling.send(new SetDesiredCapacityCommand({ AutoScalingGroupName: 'web-green', DesiredCapacity: 5 })));
  scaling.destroy();
  await play('v3');
  const last = rollout().played().deployments.at(-1)!;
  expect(last.instances!.revisions.filter(({ environment }) => environment === 'replacement').reduce((sum, { count }) => sum + count, 0)).toBe(5);
  expect(last.instances!.revisions.every(({ environment, before }) => environment === 'original' || before === null)).toBe(true);
});

test('a release is not over before whatever brings fleets up and down is', async () => {
  await open();
  let asked = 0;
  Object.assign((rollout() as unknown as { options: object }).options, { isFleetSettled: () => (asked += 1) > 3 });
  await play('v2');
  expect(asked).toBe(4);
});

test('a stack whose deployment group is still to be made: made by a request, its first deployment is that of the bundle', async () => {
  await open({ groupsAreThere: false });
  expect(rollout().settled).toBe(true);
  const heard: string[] = [];
  rollout().follow((_, __, text) => heard.push(text));
  const client = new CodeDeployClient(at());
  const { serviceRole, revision } = rollout().model;
  await ask(
    client.send(
      new CreateDeploymentGroupCommand({
        applicationName: 'shop',
        deploymentGroupName: 'web',
        serviceRoleArn: serviceRole.arn,
        deploymentConfigName: 'CodeDeployDefault.AllAtOnce',
        autoScalingGroups: ['web-blue'],
        deploymentStyle: { deploymentType: 'BLUE_GREEN', deploymentOption: 'WITH_TRAFFIC_CONTROL' },
        loadBalancerInfo: { targetGroupInfoList: [{ name: 'web' }] },
        blueGreenDeploymentConfiguration: { deploymentReadyOption: { actionOnTimeout: 'CONTINUE_DEPLOYMENT' }, terminateBlueInstancesOnDeploymentSuccess: { action: 'KEEP_ALIVE' } },
      }),
    ),
  );
  const scaling = new AutoScalingClient(at());
  await ask(scaling.send(new SetDesiredCapacityCommand({ AutoScalingGroupName: 'web-green', DesiredCapacity: 1 })));
  scaling.destroy();
  await world.conductor.run(() => rollout().settled);
  await ask(client.send(new CreateDeploymentCommand({ applicationName: 'shop', deploymentGroupName: 'web', revision: revision as never, targetInstances: { autoScalingGroups: ['web-green'] } })));
  client.destroy();
  await world.conductor.run(() => rollout().settled);
  expect(deployments()).toEqual([['Succeeded', '1 web-green: null -> v2']]);
  expect([heard[0], heard.at(-1)]).toEqual(['Created', 'Succeeded']);
  // Scripts of the bundle ran, which are known by the place of it.
  expect(rollout().played().deployments[0]!.lifecycleEvents.find(({ name }) => name === 'ValidateService')!.end! - rollout().played().deployments[0]!.lifecycleEvents.find(({ name }) => name === 'ValidateService')!.start!).toBe(1);
});

/** `greenlight serve` of rollouts to EC2: its command lines, and deployments by the SDK. */
import { spawn, type ChildProcess } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

import { AutoScalingClient, DescribeAutoScalingGroupsCommand, SetDesiredCapacityCommand } from '@aws-sdk/client-auto-scaling';
import { CodeDeployClient, CreateDeploymentCommand, GetDeploymentCommand, GetDeploymentGroupCommand, ListApplicationsCommand, ListDeploymentsCommand } from '@aws-sdk/client-codedeploy';

import { readAssembly } from '../../../rehearsal/assembly/read-assembly';
import { DEFAULT_SCENARIO } from '../../../rehearsal/commands/default-scenario';
import { commandsOf } from '../../../rehearsal/commands/serve-commands';
import { servedRollouts } from '../../../rehearsal/commands/served-rollouts';
import { SYNTHETIC_EPOCH_MS, World } from '../../../rehearsal/stage/world';
import { ROOT } from '../../support/greenlight';
import { synthesizeBlueGreen } from '../server/blue-green-app';
import { synthesizeFleet } from '../server/fleet-app';

const folders: string[] = [];
afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

async function commandLines(folder: string): Promise<readonly (readonly string[])[]> {
  folders.push(folder);
  const { assembly, rollouts } = servedRollouts(readAssembly(folder));
  const world = await World.open({ assembly, rollouts, scenario: DEFAULT_SCENARIO, seed: 1, epochMs: SYNTHETIC_EPOCH_MS, allowHosts: [], directory: folder, path: '' });
  const lines = world.serverRollouts.map((rollout) => commandsOf(rollout, 'URL'));
  await world.close();
  return lines;
}

const revision = (key: string): string => `--revision '{"revisionType":"S3","s3Location":{"bucket":"assets","key":"${key}","bundleType":"zip"}}'`;

test('in place: a deployment of the revision of the template, of each rollout', async () => {
  expect(await commandLines(synthesizeFleet())).toEqual([
    [`aws deploy create-deployment --endpoint-url URL --application-name shop-Fleet --deployment-group-name Fleet ${revision('Fleet.zip')}`],
    [`aws deploy create-deployment --endpoint-url URL --application-name shop-Sidecar --deployment-group-name Sidecar ${revision('Sidecar.zip')}`],
  ]);
});

test('without a revision of the template there are places for one; what the rollout says of a deployment is said', async () => {
  const changed = ({ revision: _, ...others }: object & { readonly revision?: unknown }): object => ({ ...others, fileExistsBehavior: 'RETAIN', ignoreApplicationStopFailures: true });
  const [[line]] = (await commandLines(synthesizeFleet({ description: changed }))) as [[string], [string]];
  expect(line).toBe(
    `aws deploy create-deployment --endpoint-url URL --application-name shop-Fleet --deployment-group-name Fleet --revision '{"revisionType":"S3","s3Location":{"bucket":"BUCKET","key":"KEY","bundleType":"zip"}}' --file-exists-behavior RETAIN --ignore-application-stop-failures`,
  );
});

test('of two groups that alternate: the idle one is scaled up first, and is what is deployed to; of one that is copied it is the deployment alone', async () => {
  const create = `aws deploy create-deployment --endpoint-url URL --application-name shop --deployment-group-name web ${revision('web.zip')}`;
  expect(await commandLines(synthesizeBlueGreen())).toEqual([
    ['aws autoscaling set-desired-capacity --endpoint-url URL --auto-scaling-group-name web-green --desired-capacity 3', `${create} --target-instances autoScalingGroups=web-green --file-exists-behavior OVERWRITE`],
  ]);
  expect(await commandLines(synthesizeBlueGreen({ fleet: 'COPIED' }))).toEqual([[`${create} --file-exists-behavior OVERWRITE`]]);
});

describe('the command', () => {
  const NAMES = { applicationName: 'shop', deploymentGroupName: 'web' };
  let child: ChildProcess;
  let printed: string;
  let codeDeploy: CodeDeployClient;
  let scaling: AutoScalingClient;

  beforeAll(async () => {
    const outdir = synthesizeBlueGreen();
    folders.push(outdir);
    child = spawn(process.execPath, [join(ROOT, 'build', 'rehearsal', 'greenlight.js'), 'serve', '--app', outdir, '--port', '0', '--realtime', '100', '--no-color'], { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'] });
    const endpoint = await new Promise<string>((resolve) => {
      let url = '';
      createInterface({ input: child.stdout! }).on('line', (line) => {
        url ||= /http:\/\/127\.0\.0\.1:\d+/.exec(line)?.[0] ?? '';
        const found = /aws deploy create-deployment .*--revision '(.*)' --target-instances/.exec(line)?.[1];
        if (found !== undefined) {
          printed = found;
          resolve(url);
        }
      });
    });
    const config = { endpoint, region: 'us-east-1', credentials: { accessKeyId: 'AKIAOPERATOR', secretAccessKey: 'x' } };
    codeDeploy = new CodeDeployClient(config);
    scaling = new AutoScalingClient(config);
  }, 120_000);

  afterAll(() => {
    codeDeploy.destroy();
    scaling.destroy();
    child.kill('SIGINT');
  });

  test('serves application, group and deployments, and the Auto Scaling groups', async () => {
    expect((await codeDeploy.send(new ListApplicationsCommand({}))).applications).toEqual(['shop']);
    expect((await codeDeploy.send(new GetDeploymentGroupCommand(NAMES))).deploymentGroupInfo).toMatchObject({ computePlatform: 'Server', autoScalingGroups: [{ name: 'web-blue' }], triggerConfigurations: [{ triggerName: 'all' }] });
    await scaling.send(new SetDesiredCapacityCommand({ AutoScalingGroupName: 'web-green', DesiredCapacity: 3 }));
    const inService = async (): Promise<number> => {
      const { AutoScalingGroups } = await scaling.send(new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: ['web-green'] }));
      return AutoScalingGroups![0]!.Instances!.filter(({ LifecycleState }) => LifecycleState === 'InService').length;
    };
    while ((await inService()) < 3) {
      await sleep(50);
    }
    const { deploymentId } = await codeDeploy.send(new CreateDeploymentCommand({ ...NAMES, revision: JSON.parse(printed) as never, targetInstances: { autoScalingGroups: ['web-green'] } }));
    const seen = new Set<string>();
    for (;;) {
      const { status, deploymentOverview } = (await codeDeploy.send(new GetDeploymentCommand({ deploymentId }))).deploymentInfo!;
      seen.add(status!);
      if (['Succeeded', 'Failed', 'Stopped'].includes(status!)) {
        expect(deploymentOverview).toMatchObject({ Succeeded: 6 });
        break;
      }
      await sleep(50);
    }
    expect([...seen]).toEqual(['Created', 'InProgress', 'Succeeded']);
    expect((await codeDeploy.send(new ListDeploymentsCommand(NAMES))).deployments).toEqual([deploymentId]);
  }, 120_000);
});

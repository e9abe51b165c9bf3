/** What one endpoint serves of an app with several accounts, regions and stages. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { App, Stack, Stage } from 'aws-cdk-lib/core';
import type { StackProps } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';

import { EcsDeployments, EcsEndpoint, EcsRollout } from '../../../lib';
import { readAssembly } from '../../../rehearsal/assembly/read-assembly';
import { elsewhereLines, servedRollouts } from '../../../rehearsal/commands/served-rollouts';
import '../../lib/support/sample';

const folder = mkdtempSync(join(tmpdir(), 'greenlight-served-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

class Web extends Stack {
  constructor(scope: Construct, id: string, props: StackProps = {}) {
    super(scope, id, props);
    const taskDefinition = new ecs.FargateTaskDefinition(this, 'Task');
    taskDefinition.addContainer('web', { image: ecs.ContainerImage.fromRegistry('example'), portMappings: [{ containerPort: 8080 }] });
    const cluster = new ecs.Cluster(this, 'Cluster', { vpc: new ec2.Vpc(this, 'Vpc', { natGateways: 1 }) });
    const service = new ecs.FargateService(this, 'Service', { cluster, taskDefinition, minHealthyPercent: 100, deploymentController: { type: ecs.DeploymentControllerType.CODE_DEPLOY } });
    new EcsRollout(this, 'Rollout', { service, deployments: EcsDeployments.external(), endpoint: EcsEndpoint.application({ listenerGuard: false }) });
  }
}

const FRANKFURT = { account: '222222222222', region: 'eu-central-1' };

function served(name: string, make: (app: App) => void) {
  const outdir = join(folder, name);
  const app = new App({ outdir });
  make(app);
  app.synth();
  const found = servedRollouts(readAssembly(outdir));
  const names = (rollouts: typeof found.rollouts) => rollouts.map((rollout) => rollout.name);
  return { here: names(found.rollouts), elsewhere: names(found.elsewhere), lines: elsewhereLines(found, folder) };
}

test('those of the app come before those of its stages, though they stand behind them in the assembly', () => {
  const { here, elsewhere, lines } = served('app', (app) => {
    new Web(new Stage(app, 'Prod', { env: FRANKFURT }), 'Web');
    new Web(app, 'Web');
  });
  expect([here, elsewhere]).toEqual([['Web/Rollout'], ['Prod/Web/Rollout']]);
  expect(lines).toEqual(['An endpoint is one account and region. Not served here:', '  Prod/Web/Rollout (account 222222222222, region eu-central-1): --app app/assembly-Prod', '']);
});

test('of several accounts and regions it is those of the first', () => {
  const { here, elsewhere, lines } = served('regions', (app) => {
    new Web(app, 'First');
    new Web(app, 'Second');
    new Web(app, 'Third', { env: FRANKFURT });
  });
  expect([here, elsewhere]).toEqual([['First/Rollout', 'Second/Rollout'], ['Third/Rollout']]);
  expect(lines[1]).toBe('  Third/Rollout (account 222222222222, region eu-central-1): synthesize its stack into a directory of its own');
});

test('where there are stages alone it is the first one; another that has the same names is left out', () => {
  const { here, elsewhere } = served('stages', (app) => {
    ['One', 'Two'].forEach((id) => new Web(new Stage(app, id), 'Web', { stackName: 'web' }));
  });
  expect([here, elsewhere]).toEqual([['One/Web/Rollout'], ['Two/Web/Rollout']]);
});

test('nothing is said where all are served', () => {
  expect(served('all', (app) => new Web(app, 'Web')).lines).toEqual([]);
});

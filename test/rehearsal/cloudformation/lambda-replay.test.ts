/** `npm run replay` for an imported alias: the built command, with a hook that refuses the third version. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { App, Duration } from 'aws-cdk-lib/core';

import { LifecycleHook, TrafficShift } from '../../../lib';
import { deploymentOf, importedRollout } from '../../lib/support/imported-alias';
import { stackOf, userFunction } from '../../lib/support/sample';
import { ROOT } from '../../support/greenlight';

process.env.CDK_VALIDATION = 'false';
jest.setTimeout(120_000);

/** Asks CodeDeploy which version is released, as a hook of a user's own would. */
const SMOKE = `
const { BatchGetDeploymentTargetsCommand, CodeDeployClient, ListDeploymentTargetsCommand } = require('@aws-sdk/client-codedeploy');
exports.handler = async ({ DeploymentId: deploymentId }) => {
  const client = new CodeDeployClient({});
  const { targetIds } = await client.send(new ListDeploymentTargetsCommand({ deploymentId }));
  const { deploymentTargets } = await client.send(new BatchGetDeploymentTargetsCommand({ deploymentId, targetIds }));
  const { targetVersion } = deploymentTargets[0].lambdaTarget.lambdaFunctionInfo;
  if (targetVersion === '3') {
    throw new Error('version 3 takes no orders');
  }
};`;

const scratch = mkdtempSync(join(tmpdir(), 'lambda-replay-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

function synthesized(): string {
  const outdir = join(scratch, 'cdk.out');
  const app = new App({ outdir });
  const stack = stackOf(app);
  const smoke = userFunction(stack, 'Smoke', { code: lambda.Code.fromInline(SMOKE), timeout: Duration.seconds(20), memorySize: 512 });
  const rollout = importedRollout(stack, { traffic: TrafficShift.canary({ percentage: 10, interval: Duration.minutes(5) }), hooks: { beforeAllowTraffic: LifecycleHook.fromOutcome(smoke) } });
  const actions = ['codedeploy:BatchGetDeploymentTargets', 'codedeploy:ListDeploymentTargets'];
  smoke.addToRolePolicy(new iam.PolicyStatement({ actions, resources: [rollout.deploymentGroup.deploymentGroupArn] }));
  deploymentOf(rollout, stack);
  app.synth();
  return outdir;
}

test('the life of a stack ends with two deployments started, a cancelled update with one; every request gets one answer', () => {
  const scenario = join(scratch, 'scenario.yaml');
  writeFileSync(scenario, 'rollout: Shop/Orders\nexpect: { outcome: rolledBack }\nreleases:\n  - name: v2\n  - name: v3\n');
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(ROOT, 'build', 'rehearsal', 'replay.js'), synthesized(), 'Shop/Orders', scenario], {
    cwd: ROOT,
    encoding: 'utf8',
    env: { PATH: process.env.PATH, LANG: 'C.UTF-8' },
    timeout: 100_000,
  });
  const rows = stdout.split('\n').flatMap((line) => {
    const [, sign, step, started, stack, version, answer] = /^(\S) (\w[\w ]*?) {2,}(\d+) +([A-Z_]+) +(\d+(?: \d+ %, \d+ \d+ %)?) +(.*)$/.exec(line) ?? [];
    return sign === undefined ? [] : [[sign, step, started, stack, version, answer?.replace(/d-\w{9}/, 'd-ID')].join(' | ')];
  });
  expect([rows, stderr]).toEqual([
    [
      '✔ | create | 0 | CREATE_COMPLETE | 1 | SUCCESS',
      '✔ | update | 1 | UPDATE_COMPLETE | 2 | SUCCESS d-ID',
      '✔ | redelivery | 1 | UPDATE_COMPLETE | 2 | not asked',
      '✔ | description edit | 1 | UPDATE_COMPLETE | 2 | SUCCESS',
      '✔ | failing update | 2 | UPDATE_ROLLBACK_IN_PROGRESS | 2 | FAILED',
      '✔ | its rollback | 2 | UPDATE_ROLLBACK_COMPLETE | 2 | SUCCESS',
      '✔ | delete | 2 | DELETE_COMPLETE | 2 | SUCCESS',
      '✔ | create | 0 | CREATE_COMPLETE | 1 | SUCCESS',
      '✔ | cancel | 1 | UPDATE_ROLLBACK_IN_PROGRESS | 1 90 %, 2 10 % | none yet',
      '✔ | its rollback | 1 | UPDATE_ROLLBACK_COMPLETE | 1 | SUCCESS',
      '✔ | delete | 1 | DELETE_COMPLETE | 1 | SUCCESS',
    ],
    '',
  ]);
  expect(stdout.replace(/\s+/g, ' ')).toContain('BeforeAllowTraffic failed; its hook says: arn:aws:lambda:');
  expect(status).toBe(0);
});

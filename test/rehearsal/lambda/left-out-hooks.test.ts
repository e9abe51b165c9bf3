/** Deployments of an alias that somebody starts by hand, without the rollout's hooks. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import * as lambda from 'aws-cdk-lib/aws-lambda';
import { App, Stack } from 'aws-cdk-lib/core';

import { LambdaRollout, LifecycleHook, TrafficShift } from '../../../lib';
import type { Report } from '../../../lib/model/report';
import { greenlight } from '../../support/greenlight';
import { ensureHandlers } from '../../support/handlers';

process.env.CDK_VALIDATION = 'false';
ensureHandlers();

const scratch = mkdtempSync(join(tmpdir(), 'lambda-left-out-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

function app(requireHooks: boolean): string {
  const outdir = mkdtempSync(join(scratch, 'app-'));
  const cdk = new App({ outdir });
  const stack = new Stack(cdk, 'Shop');
  const code = { runtime: lambda.Runtime.NODEJS_22_X, handler: 'index.handler', code: lambda.Code.fromInline('exports.handler = async () => {};') };
  const alias = new lambda.Alias(stack, 'Live', { aliasName: 'live', version: new lambda.Function(stack, 'Take', code).currentVersion });
  const hook = (id: string) => LifecycleHook.fromOutcome(new lambda.Function(stack, id, code));
  new LambdaRollout(stack, 'Orders', { alias, requireHooks, traffic: TrafficShift.LAMBDA_LINEAR_10_PERCENT_EVERY_1_MINUTE, hooks: { beforeAllowTraffic: hook('Before'), afterAllowTraffic: hook('After') } });
  cdk.synth();
  return outdir;
}

function play(folder: string, release: object, more: object = {}) {
  const file = join(scratch, 'scenario.json');
  writeFileSync(file, JSON.stringify({ releases: [{ name: 'v2', ...release }], ...more }));
  const run = greenlight(['rehearse', '--app', folder, '--scenario', file, '--json', '-']);
  return { ...run, report: run.stdout === '' ? undefined : (JSON.parse(run.stdout) as Report) };
}

const ended = (report?: Report) => report?.deployments.map(({ status, creator }) => [status, creator]);
const hooksMissing = (report?: Report) => report?.findings.filter(({ id }) => id === 'hooks-missing').map(({ message }) => message.replace(/^d-\w+ /, '').replace(/CodeDeployHook_[\w-]+/g, 'HOOK'));

describe('where hooks are required', () => {
  const folder = app(true);

  test('a deployment by hand that leaves one out is stopped, and taken back', () => {
    const { report } = play(folder, { leaveOut: ['AfterAllowTraffic'] }, { expect: { outcome: 'rolledBack' } });
    expect(report?.outcome).toBe('rolledBack');
    expect(ended(report)).toEqual([['Stopped', 'user'], ['Succeeded', 'codeDeployRollback']]);
    expect(hooksMissing(report)).toEqual(['leaves out AfterAllowTraffic (HOOK); it is stopped and rolled back']);
    expect(report?.findings.find(({ id }) => id === 'hooks-missing')?.remedy).toBe('let CloudFormation start deployments, by another version of the alias, or name the hooks of its update policy');
    expect(report?.iam.filter(({ decision }) => decision !== 'allow')).toEqual([]);
  });

  test('one that CloudFormation starts names every hook, and is let through', () => {
    const { report } = play(folder, {});
    expect(ended(report)).toEqual([['Succeeded', 'CloudFormation']]);
    expect(hooksMissing(report)).toEqual([]);
    expect(report?.iam.filter(({ decision }) => decision !== 'allow')).toEqual([]);
    expect(report?.iam.map(({ action }) => action)).toContain('codedeploy:GetApplicationRevision');
  });
});

test('where they are not, it is reported', () => {
  const { report } = play(app(false), { leaveOut: ['BeforeAllowTraffic', 'AfterAllowTraffic'] });
  expect(ended(report)).toEqual([['Succeeded', 'user']]);
  expect(hooksMissing(report)).toEqual(["leaves out BeforeAllowTraffic (HOOK), AfterAllowTraffic (HOOK); it goes on, since 'requireHooks' is off"]);
});

test('a hook that the rollout has not cannot be left out', () => {
  const { status, stderr } = play(app(false), { leaveOut: ['AfterInstall'] });
  expect(status).toBe(2);
  expect(stderr).toContain('release v2 leaves out AfterInstall, which rollout Shop/Orders has no hook for; it has BeforeAllowTraffic, AfterAllowTraffic');
});

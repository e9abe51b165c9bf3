/** `greenlight serve` of a rollout for Lambda, asked by the SDK. */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

import { CodeDeployClient, CreateDeploymentCommand, GetDeploymentCommand, GetDeploymentTargetCommand, ListDeploymentTargetsCommand, StopDeploymentCommand } from '@aws-sdk/client-codedeploy';
import { GetAliasCommand, LambdaClient } from '@aws-sdk/client-lambda';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { App, Stack } from 'aws-cdk-lib/core';

import { LambdaRollout, LifecycleHook, TrafficShift } from '../../../lib';
import { ensureHandlers } from '../../support/handlers';
import { ROOT } from '../../support/greenlight';

process.env.CDK_VALIDATION = 'false';
ensureHandlers();

const NAMES = { applicationName: 'orders', deploymentGroupName: 'orders-live' };
const OVER: readonly (string | undefined)[] = ['Succeeded', 'Failed', 'Stopped'];

let outdir: string;
let child: ChildProcess;
let codeDeploy: CodeDeployClient;
let functions: LambdaClient;
/** The revision that the command prints. */
let printed: string;

beforeAll(async () => {
  outdir = mkdtempSync(join(tmpdir(), 'greenlight-serve-'));
  const app = new App({ outdir });
  const stack = new Stack(app, 'Shop');
  const code = { runtime: lambda.Runtime.NODEJS_22_X, handler: 'index.handler', code: lambda.Code.fromInline('exports.handler = async () => {};') };
  const alias = new lambda.Alias(stack, 'Live', { aliasName: 'live', version: new lambda.Function(stack, 'Take', { ...code, functionName: 'take' }).currentVersion });
  const hook = LifecycleHook.fromOutcome(new lambda.Function(stack, 'Smoke', code));
  new LambdaRollout(stack, 'Orders', { alias, ...NAMES, traffic: TrafficShift.LAMBDA_CANARY_10_PERCENT_30_MINUTES, hooks: { beforeAllowTraffic: hook } });
  app.synth();
  child = spawn(process.execPath, [join(ROOT, 'build', 'rehearsal', 'greenlight.js'), 'serve', '--app', outdir, '--port', '0', '--realtime', '100', '--no-color'], { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'] });
  const endpoint = await new Promise<string>((resolve) => {
    let url = '';
    createInterface({ input: child.stdout! }).on('line', (line) => {
      url ||= /http:\/\/127\.0\.0\.1:\d+/.exec(line)?.[0] ?? '';
      const revision = /aws deploy create-deployment .* --revision '(.*)'/.exec(line)?.[1];
      if (revision !== undefined) {
        printed = revision;
        resolve(url);
      }
    });
  });
  const config = { endpoint, region: 'us-east-1', credentials: { accessKeyId: 'AKIAOPERATOR', secretAccessKey: 'x' } };
  codeDeploy = new CodeDeployClient(config);
  functions = new LambdaClient(config);
}, 120_000);

afterAll(() => {
  codeDeploy.destroy();
  functions.destroy();
  child.kill('SIGINT');
  rmSync(outdir, { recursive: true, force: true });
});

const appSpec = (current: string, target: string, hook?: string) =>
  JSON.stringify({
    version: '0.0',
    Resources: [{ take: { Type: 'AWS::Lambda::Function', Properties: { Name: 'take', Alias: 'live', CurrentVersion: current, TargetVersion: target } } }],
    ...(hook === undefined ? {} : { Hooks: [{ BeforeAllowTraffic: hook }] }),
  });

async function start(revision: object): Promise<string> {
  const { deploymentId } = await codeDeploy.send(new CreateDeploymentCommand({ ...NAMES, revision: revision as never }));
  return deploymentId!;
}

const byText = (content: string) => start({ revisionType: 'AppSpecContent', appSpecContent: { content } });

const infoOf = async (deploymentId: string) => (await codeDeploy.send(new GetDeploymentCommand({ deploymentId }))).deploymentInfo!;

async function until(deploymentId: string, seen: (info: Awaited<ReturnType<typeof infoOf>>) => Promise<boolean> | boolean) {
  for (;;) {
    const info = await infoOf(deploymentId);
    if ((await seen(info)) || OVER.includes(info.status)) {
      return info;
    }
    await sleep(50);
  }
}

const ended = (deploymentId: string) => until(deploymentId, () => false);
const alias = () => functions.send(new GetAliasCommand({ FunctionName: 'take', Name: 'live' }));

test('a deployment by the printed command runs its hook, weighs the alias, and moves it', async () => {
  const before = await alias();
  expect([before.FunctionVersion, before.RoutingConfig]).toEqual(['1', undefined]);
  const deploymentId = await start(JSON.parse(printed));
  await until(deploymentId, async () => (await alias()).RoutingConfig !== undefined);
  expect((await alias()).RoutingConfig).toEqual({ AdditionalVersionWeights: { 2: 0.1 } });

  const info = await ended(deploymentId);
  expect([info.status, info.creator, info.computePlatform]).toEqual(['Succeeded', 'user', 'Lambda']);
  const after = await alias();
  expect([after.FunctionVersion, after.RoutingConfig]).toEqual(['2', undefined]);

  const { targetIds = [] } = await codeDeploy.send(new ListDeploymentTargetsCommand({ deploymentId }));
  const { deploymentTarget } = await codeDeploy.send(new GetDeploymentTargetCommand({ deploymentId, targetId: targetIds[0] }));
  expect(deploymentTarget?.lambdaTarget).toMatchObject({ status: 'Succeeded', lambdaFunctionInfo: { functionName: 'take', functionAlias: 'live', currentVersion: '1', targetVersion: '2', targetVersionWeight: 100 } });
  expect(deploymentTarget?.lambdaTarget?.lifecycleEvents?.map(({ lifecycleEventName, status }) => `${lifecycleEventName} ${status}`)).toEqual(['BeforeAllowTraffic Succeeded', 'AllowTraffic Succeeded', 'AfterAllowTraffic Succeeded']);
}, 120_000);

test('refuses and fails what the service does', async () => {
  await expect(byText('{}')).rejects.toMatchObject({ name: 'InvalidRevisionException' });
  const code = async (content: string) => (await ended(await byText(content))).errorInformation?.code;
  // Version 2 is live by now.
  expect(await code(appSpec('1', '2'))).toBe('INVALID_LAMBDA_CONFIGURATION');
  expect(await code(appSpec('2', '9'))).toBe('INVALID_LAMBDA_FUNCTION');
  const unknown = await ended(await byText(appSpec('2', '1', 'nobody')));
  expect(unknown.status).toBe('Failed');
  // The group rolls back what has failed.
  for (let info = unknown; info.rollbackInfo?.rollbackDeploymentId === undefined; info = await infoOf(unknown.deploymentId!)) {
    await sleep(50);
  }
  await ended((await infoOf(unknown.deploymentId!)).rollbackInfo!.rollbackDeploymentId!);
  expect((await alias()).FunctionVersion).toBe('2');
}, 120_000);

test('a stop without rollback leaves the alias weighted, which the next deployment fails for', async () => {
  const deploymentId = await byText(appSpec('2', '1'));
  await until(deploymentId, async () => (await alias()).RoutingConfig !== undefined);
  await codeDeploy.send(new StopDeploymentCommand({ deploymentId, autoRollbackEnabled: false }));
  expect((await ended(deploymentId)).status).toBe('Stopped');
  expect((await alias()).RoutingConfig).toEqual({ AdditionalVersionWeights: { 1: 0.1 } });
  const next = await ended(await byText(appSpec('2', '1')));
  expect([next.status, next.errorInformation?.code]).toEqual(['Failed', 'INVALID_LAMBDA_CONFIGURATION']);
}, 120_000);

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
import { App, Duration, Stack } from 'aws-cdk-lib/core';

import { LambdaRollout, LifecycleHook, TrafficShift } from '../../../lib';
import { ensureHandlers } from '../../support/handlers';
import { ROOT } from '../../support/greenlight';

process.env.CDK_VALIDATION = 'false';
ensureHandlers();

const NAMES = { applicationName: 'orders', deploymentGroupName: 'orders-live' };
/** One whose shift takes half an hour here, so that it is in the middle of it however busy the machine is. */
const SLOW_NAMES = { applicationName: 'refunds', deploymentGroupName: 'refunds-live' };
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
  const live = (id: string, functionName: string) => new lambda.Alias(stack, `${id}Live`, { aliasName: 'live', version: new lambda.Function(stack, id, { ...code, functionName }).currentVersion });
  const hook = LifecycleHook.fromOutcome(new lambda.Function(stack, 'Smoke', code));
  new LambdaRollout(stack, 'Orders', { alias: live('Take', 'take'), ...NAMES, traffic: TrafficShift.LAMBDA_CANARY_10_PERCENT_5_MINUTES, hooks: { beforeAllowTraffic: hook } });
  new LambdaRollout(stack, 'Refunds', { alias: live('Refund', 'refund'), ...SLOW_NAMES, traffic: TrafficShift.canary({ percentage: 10, interval: Duration.minutes(2_880) }) });
  app.synth();
  child = spawn(process.execPath, [join(ROOT, 'build', 'rehearsal', 'greenlight.js'), 'serve', '--app', outdir, '--port', '0', '--realtime', '100', '--no-color'], { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'] });
  const endpoint = await new Promise<string>((resolve) => {
    let url = '';
    createInterface({ input: child.stdout! }).on('line', (line) => {
      url ||= /http:\/\/127\.0\.0\.1:\d+/.exec(line)?.[0] ?? '';
      const revision = /aws deploy create-deployment .*orders-live .*--revision '(.*)'/.exec(line)?.[1];
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

const appSpec = (current: string, target: string, hook?: string, name = 'take') =>
  JSON.stringify({
    version: '0.0',
    Resources: [{ function: { Type: 'AWS::Lambda::Function', Properties: { Name: name, Alias: 'live', CurrentVersion: current, TargetVersion: target } } }],
    ...(hook === undefined ? {} : { Hooks: [{ BeforeAllowTraffic: hook }] }),
  });

async function start(revision: object, names = NAMES): Promise<string> {
  const { deploymentId } = await codeDeploy.send(new CreateDeploymentCommand({ ...names, revision: revision as never }));
  return deploymentId!;
}

const byText = (content: string, names = NAMES) => start({ revisionType: 'AppSpecContent', appSpecContent: { content } }, names);

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
const alias = (name = 'take') => functions.send(new GetAliasCommand({ FunctionName: name, Name: 'live' }));

test('a deployment by the printed command runs its hook, and moves the alias', async () => {
  const before = await alias();
  expect([before.FunctionVersion, before.RoutingConfig]).toEqual(['1', undefined]);
  const deploymentId = await start(JSON.parse(printed));
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
  const content = appSpec('1', '2', undefined, 'refund');
  const deploymentId = await byText(content, SLOW_NAMES);
  await until(deploymentId, async () => (await alias('refund')).RoutingConfig !== undefined);
  expect((await alias('refund')).RoutingConfig).toEqual({ AdditionalVersionWeights: { 2: 0.1 } });
  await codeDeploy.send(new StopDeploymentCommand({ deploymentId, autoRollbackEnabled: false }));
  expect((await ended(deploymentId)).status).toBe('Stopped');
  const left = await alias('refund');
  expect([left.FunctionVersion, left.RoutingConfig]).toEqual(['1', { AdditionalVersionWeights: { 2: 0.1 } }]);
  const next = await ended(await byText(content, SLOW_NAMES));
  expect([next.status, next.errorInformation?.code]).toEqual(['Failed', 'INVALID_LAMBDA_CONFIGURATION']);
}, 120_000);

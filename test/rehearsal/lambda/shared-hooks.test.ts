/** Rollouts of a set share their hooks and their guardian: each is rehearsed by its name, and its verdict is its own. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import * as lambda from 'aws-cdk-lib/aws-lambda';
import { App, Duration, Stack } from 'aws-cdk-lib/core';

import { HttpAssertion, InvokeCheck, LambdaRollout, LifecycleHook } from '../../../lib';
import type { Report } from '../../../lib/model/report';
import { ensureHandlers } from '../../support/handlers';
import { greenlight, rehearse } from '../../support/greenlight';

process.env.CDK_VALIDATION = 'false';
ensureHandlers();

const folder = mkdtempSync(join(tmpdir(), 'shared-hooks-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const app = join(folder, 'cdk.out');

const inline = (stack: Stack, id: string, code: string) =>
  new lambda.Function(stack, id, { code: lambda.Code.fromInline(`exports.handler = ${code};`), handler: 'index.handler', runtime: lambda.Runtime.NODEJS_24_X, timeout: Duration.seconds(10) });

function synthesize(): void {
  const shop = new App({ outdir: app });
  const stack = new Stack(shop, 'Shop');
  const aliases = Object.entries({ Takes: 'async () => ({ ok: true })', Refuses: 'async () => ({ ok: false })', Other: 'async () => ({ ok: true })' }).map(
    ([id, code]) => new lambda.Alias(stack, `${id}Live`, { aliasName: 'live', version: inline(stack, id, code).currentVersion }),
  );
  LambdaRollout.forAll(stack, 'Functions', {
    aliases,
    hooks: {
      beforeAllowTraffic: LifecycleHook.checks({ checks: [InvokeCheck.targetVersion({ name: 'takes', cases: [{ name: 'one', payload: {}, assertions: [HttpAssertion.jsonPath('$.ok').equalsBoolean(true)] }] })] }),
    },
  });
  shop.synth();
}
synthesize();

const hookOf = ({ deployments }: Report) => deployments[0]!.lifecycleEvents.find(({ name }) => name === 'BeforeAllowTraffic')!.hook!;
const alarmed = ({ alarms }: Report) => alarms.filter(({ transitions }) => transitions.some(({ to }) => to === 'ALARM')).map(({ name }) => name);

const takes = rehearse('Shop/Functions/TakesLive', '--app', app);
const refuses = rehearse('Shop/Functions/RefusesLive', '--app', app);

test('one is released, another is not, by the same function', () => {
  expect([takes.status, takes.report.outcome, hookOf(takes.report).verdict]).toEqual([0, 'released', 'pass']);
  expect([refuses.status, refuses.report.outcome, hookOf(refuses.report).verdict]).toEqual([1, 'rolledBack', 'fail']);
  expect(hookOf(takes.report).function).toBe(hookOf(refuses.report).function);
  expect(hookOf(refuses.report).reason).toContain('$.ok');
});

test('each invokes the version of its own function', () => {
  const invoked = ({ iam }: Report) => iam.filter(({ action }) => action === 'lambda:InvokeFunction').flatMap(({ resource }) => /:function:(Shop-\w+-\w+:\d+)$/.exec(resource)?.[1] ?? []);
  expect(invoked(takes.report)).toEqual([expect.stringMatching(/^Shop-TakesC3025485-\w+:2$/)]);
  expect(invoked(refuses.report)).toEqual([expect.stringMatching(/^Shop-Refuses\w+-\w+:2$/)]);
});

const alarmOf = (rollout: string) => `Shop-Functions-0FD71163/Shop-Functions-0FD71163.${rollout}`;

test('a failed validation sets the alarm of its own rollout, and of no other', () => {
  expect(refuses.report.alarms.map(({ name }) => name).sort()).toEqual(['OtherLive', 'RefusesLive', 'TakesLive'].map(alarmOf));
  expect([alarmed(takes.report), alarmed(refuses.report)]).toEqual([[], [alarmOf('RefusesLive')]]);
});

test('everything that is asked for is allowed', () => {
  expect([...takes.report.iam, ...refuses.report.iam].filter(({ decision }) => decision !== 'allow')).toEqual([]);
});

function denied(hook: string, action: string): Report {
  const file = join(folder, 'denied.yaml');
  writeFileSync(file, `rollout: Shop/Functions/OtherLive\nreleases: [{ name: v2 }]\ndeny: [{ hook: ${hook}, action: '${action}' }]\n`);
  return rehearse('--app', app, '--scenario', file).report;
}

test('a hook that may not ask which rollout a deployment is of reports Failed, and says why', () => {
  const report = denied('BeforeAllowTraffic', 'codedeploy:GetDeployment');
  expect([report.outcome, hookOf(report).report, hookOf(report).verdict]).toEqual(['rolledBack', 'Failed', 'fail']);
  expect(hookOf(report).reason).toMatch(/^the rollout of d-\w+ is unknown, and with it what is to be validated: codedeploy:GetDeployment failed: AccessDeniedException: /);
});

test('the guardian answers for a hook that cannot report, and sets the alarm of its rollout', () => {
  const report = denied('BeforeAllowTraffic', 'codedeploy:PutLifecycleEventHookExecutionStatus');
  expect([report.outcome, hookOf(report).report, hookOf(report).guardian?.report]).toEqual(['rolledBack', 'none', 'Failed']);
  expect(alarmed(report)).toEqual([alarmOf('OtherLive')]);
});

test('without a name, all are rehearsed in turn', () => {
  const { stdout, status } = greenlight(['rehearse', '--app', app, '--no-color']);
  expect(status).toBe(1);
  expect(['TakesLive', 'RefusesLive', 'OtherLive'].filter((name) => !stdout.includes(`Shop/Functions/${name}`))).toEqual([]);
});

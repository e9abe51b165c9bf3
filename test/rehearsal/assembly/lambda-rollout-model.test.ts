import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { resolveLambdaRollout, type LambdaRolloutModel } from '../../../rehearsal/assembly/lambda-rollout-model';
import { readAssembly } from '../../../rehearsal/assembly/read-assembly';
import { findRollouts, selectRollout, type FoundLambdaRollout } from '../../../rehearsal/assembly/rollouts';
import { synthesizeOrders, type OrdersOptions } from '../lambda/orders-app';

const folders: string[] = [];
afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

function synthesized(options: OrdersOptions = {}): string {
  const folder = synthesizeOrders(options);
  folders.push(folder);
  return folder;
}

function modelOf(folder: string): LambdaRolloutModel {
  const assembly = readAssembly(folder);
  return resolveLambdaRollout(assembly, selectRollout(assembly) as FoundLambdaRollout);
}

/** Changes the template. */
function edited(edit: (resources: Record<string, { Type: string; Properties: Record<string, unknown> }>) => void): string {
  const folder = synthesized();
  const file = join(folder, readdirSync(folder).find((name) => name.endsWith('.template.json'))!);
  const template = JSON.parse(readFileSync(file, 'utf8')) as { Resources: Parameters<typeof edit>[0] };
  edit(template.Resources);
  writeFileSync(file, JSON.stringify(template));
  return folder;
}

const aliasIn = (resources: Parameters<Parameters<typeof edited>[0]>[0]) => Object.values(resources).find(({ Type }) => Type === 'AWS::Lambda::Alias')!;

test('is found by the description in the metadata of its group', () => {
  expect(findRollouts(readAssembly(synthesized())).map(({ controller, name, logicalId }) => [controller, name, logicalId])).toEqual([['LAMBDA', 'LambdaOrders/Orders', 'Group']]);
});

test('has names, versions and hooks as they would be in an account', () => {
  const model = modelOf(synthesized());
  expect(model).toMatchObject({
    controller: 'LAMBDA',
    name: 'LambdaOrders/Orders',
    application: { name: 'LambdaOrders', arn: 'arn:aws:codedeploy:us-east-1:111111111111:application:LambdaOrders' },
    deploymentGroup: { name: 'LambdaOrders-Orders', arn: 'arn:aws:codedeploy:us-east-1:111111111111:deploymentgroup:LambdaOrders/LambdaOrders-Orders' },
    deploymentConfig: { name: 'CodeDeployDefault.LambdaLinear10PercentEvery1Minute' },
    aliasName: 'live',
    version: 2,
    timeoutMs: 30_000,
    hooks: { BeforeAllowTraffic: 'CodeDeployHook_orders_before', AfterAllowTraffic: 'CodeDeployHook_orders_after' },
    verdictAlarm: 'orders-verdict',
    ignorePollAlarmFailure: false,
    expectedRequestsPerSecond: 20,
  });
  expect(model.released.arn).toBe(`arn:aws:lambda:us-east-1:111111111111:function:${model.released.name}`);
  expect(model.alarms.map(({ name }) => name)).toEqual(['orders-verdict', 'orders-errors']);
  expect(model.hookFunctions.map(({ event }) => event)).toEqual(['BeforeAllowTraffic', 'AfterAllowTraffic']);
});

test.each([
  [7, 7],
  ['12', 12],
  [1, 2],
])('an alias at version %p is released to version %d', (named, version) => {
  expect(modelOf(edited((resources) => (aliasIn(resources).Properties.FunctionVersion = named))).version).toBe(version);
});

test('an alias at $LATEST is refused', () => {
  const folder = edited((resources) => (aliasIn(resources).Properties.FunctionVersion = '$LATEST'));
  expect(() => modelOf(folder)).toThrow('the alias of rollout LambdaOrders/Orders names version "$LATEST", and a release needs a published one, which is a number; use the function\'s currentVersion');
});

test('an alias without its update policy is refused, since nothing would ever deploy', () => {
  expect(() => modelOf(synthesized({ withoutPolicy: true }))).toThrow(/has no UpdatePolicy\.CodeDeployLambdaAliasUpdate that names group LambdaOrders-Orders of application LambdaOrders/);
});

test('of an alias that is made elsewhere the description tells', () => {
  const model = modelOf(synthesized({ description: (same) => ({ ...same, alias: { value: 'arn:aws:lambda:us-east-1:111111111111:function:orders:live' }, function: { value: 'orders' } }) }));
  expect(model).toMatchObject({
    aliasName: 'live',
    version: 2,
    timeoutMs: 3000,
    released: { name: 'orders', arn: 'arn:aws:lambda:us-east-1:111111111111:function:orders' },
    hooks: { BeforeAllowTraffic: 'CodeDeployHook_orders_before' },
  });
});

test('a description of another shape is refused with what is wrong', () => {
  const folder = synthesized({ description: (same) => ({ ...same, hooks: [{ ...same.hooks[0], event: 'AfterInstall' }] }) });
  expect(() => modelOf(folder)).toThrow('rollout.hooks[0].event must be one of BeforeAllowTraffic, AfterAllowTraffic, got "AfterInstall"');
});

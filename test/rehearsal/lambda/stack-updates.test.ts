/** Stack updates of a rollout for Lambda: what CloudFormation starts when an update gives the alias another version. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import * as lambda from 'aws-cdk-lib/aws-lambda';
import { App, RemovalPolicy, Stack } from 'aws-cdk-lib/core';

import { LambdaRollout, LifecycleHook, TrafficShift, type LambdaRolloutProps } from '../../../lib';
import type { Report } from '../../../lib/model/report';
import { ensureHandlers } from '../../support/handlers';
import { greenlight } from '../../support/greenlight';

process.env.CDK_VALIDATION = 'false';
ensureHandlers();

const scratch = mkdtempSync(join(tmpdir(), 'lambda-updates-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

interface Orders {
  /** What the hook says when it is asked: of the app that is deployed, and of the hook that runs. */
  readonly verdict?: 'good' | 'bad';
  readonly price?: string;
  readonly description?: string;
  readonly retained?: boolean;
  /** The hook has the ARN of the alias, so that CloudFormation comes to it after the alias. */
  readonly late?: boolean;
  readonly rollout?: Partial<LambdaRolloutProps>;
  readonly aliasName?: string;
  readonly id?: string;
}

const HOOK = `exports.handler = async () => { if (process.env.VERDICT === 'bad') { throw new Error('the smoke test of ' + process.env.PRICE + ' says no'); } };`;

/** Synthesizes a version of the app. @returns its folder */
function app({ verdict = 'good', price = '1', description, retained, late, rollout, aliasName = 'live', id = 'Orders' }: Orders = {}): string {
  const outdir = mkdtempSync(join(scratch, 'app-'));
  const stack = new Stack(new App({ outdir }), 'Shop');
  const node = { runtime: lambda.Runtime.NODEJS_22_X, handler: 'index.handler' };
  const take = new lambda.Function(stack, 'Take', {
    ...node,
    code: lambda.Code.fromInline('exports.handler = async () => ({ price: process.env.PRICE });'),
    environment: { PRICE: price },
    currentVersionOptions: { description, ...(retained === true ? { removalPolicy: RemovalPolicy.RETAIN } : {}) },
  });
  const alias = new lambda.Alias(stack, 'Live', { aliasName, version: take.currentVersion });
  const smoke = new lambda.Function(stack, 'Smoke', { ...node, code: lambda.Code.fromInline(HOOK), environment: { VERDICT: verdict, PRICE: price, ...(late === true ? { ALIAS: alias.functionArn } : {}) } });
  new LambdaRollout(stack, id, { alias, traffic: TrafficShift.allAtOnce(), hooks: { beforeAllowTraffic: LifecycleHook.fromOutcome(smoke) }, ...rollout });
  (stack.node.root as App).synth();
  return outdir;
}

function play(first: string, updates: readonly object[], more: object = {}) {
  const file = join(scratch, 'scenario.json');
  // JSON is YAML.
  writeFileSync(file, JSON.stringify({ releases: [{ name: 'v2' }], stackUpdates: updates, ...more }));
  const run = greenlight(['rehearse', '--app', first, '--scenario', file, '--json', '-']);
  return { ...run, report: run.stdout === '' ? undefined : (JSON.parse(run.stdout) as Report) };
}

const update = (more: object) => ({ name: 'next', ...more });
const started = (report?: Report) => report?.stackUpdates.flatMap(({ deployments = [] }) => deployments.map(({ currentVersion, targetVersion, rollback }) => [currentVersion, targetVersion, rollback === true ? 'back' : 'release']));
const told = (report: Report | undefined, logicalId: RegExp) => report?.stackUpdates.flatMap(({ events }) => events.filter((event) => logicalId.test(event.logicalId)).map(({ status, reason }) => (reason === undefined ? status : `${status}: ${reason}`)));
const VERSION = /^TakeCurrentVersion/;
const ALIAS = /^Live/;

const first = app();

describe('an update that changes the function', () => {
  const { report, status } = play(first, [update({ to: app({ price: '2' }) })]);

  test('is a deployment, which CloudFormation waits for', () => {
    expect([report?.outcome, status]).toEqual(['released', 0]);
    expect(started(report)).toEqual([['2', '3', 'release']]);
    expect(report?.deployments.map((each) => [each.status, each.creator])).toEqual([
      ['Succeeded', 'CloudFormation'],
      ['Succeeded', 'CloudFormation'],
    ]);
    expect(report?.stackUpdates[0]).toMatchObject({ status: 'UPDATE_COMPLETE', expected: 'UPDATE_COMPLETE', listeners: [] });
    expect(report?.stackUpdates[0]!.deployments![0]!.deploymentId).toBe(report?.deployments[1]!.deploymentId);
    expect(report?.deployments[1]!.lifecycleEvents.map(({ name, hook }) => [name, hook?.report])).toEqual([['BeforeAllowTraffic', 'Succeeded'], ['AllowTraffic', undefined], ['AfterAllowTraffic', undefined]]);
  });

  test('publishes a version before the alias, and deletes the old one in the end', () => {
    expect(report?.stackUpdates[0]!.events.filter(({ logicalId }) => VERSION.test(logicalId) || ALIAS.test(logicalId) || logicalId === 'Shop').map(({ logicalId, status: event }) => [logicalId.replace(/[0-9A-F]{8}.*$/, ''), event])).toEqual([
      ['Shop', 'UPDATE_IN_PROGRESS'],
      ['TakeCurrentVersion', 'CREATE_IN_PROGRESS'],
      ['TakeCurrentVersion', 'CREATE_COMPLETE'],
      ['Live', 'UPDATE_IN_PROGRESS'],
      ['Live', 'UPDATE_COMPLETE'],
      ['Shop', 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS'],
      ['TakeCurrentVersion', 'DELETE_IN_PROGRESS'],
      ['TakeCurrentVersion', 'DELETE_COMPLETE'],
      ['Shop', 'UPDATE_COMPLETE'],
    ]);
  });

  test('is the same by a single change', () => {
    const { report: single } = play(first, [update({ changes: [{ resource: 'Take', property: 'Environment.Variables.PRICE', value: '2' }] })]);
    expect(started(single)).toEqual([['2', '3', 'release']]);
    expect(told(single, VERSION)).toEqual(['CREATE_IN_PROGRESS', 'CREATE_COMPLETE', 'DELETE_IN_PROGRESS', 'DELETE_COMPLETE']);
  });

  test('keeps a version that is retained', () => {
    const { report: kept } = play(app({ retained: true }), [update({ to: app({ price: '2', retained: true }) })]);
    expect(told(kept, VERSION)).toEqual(['CREATE_IN_PROGRESS', 'CREATE_COMPLETE', 'DELETE_SKIPPED']);
  });

  test('goes on from the version of the release before, whatever the number in the template, and releases go on from it', () => {
    const releases = [{ name: 'v2' }, { name: 'v3' }, { name: 'v4' }];
    const { report: long } = play(first, [update({ to: app({ price: '2' }), release: 'v3' })], { releases });
    expect(started(long)).toEqual([['3', '4', 'release']]);
    expect(long?.deployments).toHaveLength(4);
    expect(long?.outcome).toBe('released');
  });
});

describe('an update that starts no deployment', () => {
  test.each([
    ['changes what belongs to no version', { changes: [{ resource: 'Take', property: 'ReservedConcurrentExecutions', value: 5 }] }],
    ['changes something else of the alias', { changes: [{ resource: 'Live', property: 'Description', value: 'live' }] }],
  ])('%s', (_what, what) => {
    const { report } = play(first, [update(what)]);
    expect(started(report)).toEqual([]);
    expect(report?.deployments).toHaveLength(1);
    expect(report?.stackUpdates[0]!.status).toBe('UPDATE_COMPLETE');
    expect(told(report, VERSION)).toEqual([]);
  });
});

describe('an update that fails', () => {
  test('since the hook of the new template says no: the version is deleted, the alias stays, and the stack is rolled back', () => {
    const { report, status } = play(first, [update({ to: app({ price: '2', verdict: 'bad' }), expect: 'rolledBack' })], { expect: { outcome: 'rolledBack' } });
    expect([report?.outcome, status]).toEqual(['rolledBack', 1]);
    expect(report?.deployments.map((each) => [each.status, each.creator])).toEqual([
      ['Succeeded', 'CloudFormation'],
      ['Failed', 'CloudFormation'],
      ['Succeeded', 'codeDeployRollback'],
    ]);
    const reason = report?.deployments[1]!.errorInformation?.message;
    expect(reason).toBeTruthy();
    expect(report?.stackUpdates[0]).toMatchObject({ status: 'UPDATE_ROLLBACK_COMPLETE', reason });
    expect(told(report, ALIAS)).toEqual(['UPDATE_IN_PROGRESS', `UPDATE_FAILED: ${reason}`]);
    expect(told(report, VERSION)).toEqual(['CREATE_IN_PROGRESS', 'CREATE_COMPLETE', 'DELETE_IN_PROGRESS', 'DELETE_COMPLETE']);
    expect(started(report)).toEqual([['2', '3', 'release']]);
  });

  test('after the release is deployed back, by the hooks of before', () => {
    const { report } = play(first, [update({ to: app({ price: '2' }), fails: true })], { expect: { outcome: 'rolledBack' } });
    expect(report?.outcome).toBe('rolledBack');
    expect(started(report)).toEqual([['2', '3', 'release'], ['3', '2', 'back']]);
    expect(report?.deployments.map((each) => [each.status, each.creator])).toEqual(Array.from({ length: 3 }, () => ['Succeeded', 'CloudFormation']));
    expect(told(report, ALIAS)).toEqual(['UPDATE_IN_PROGRESS', 'UPDATE_COMPLETE', 'UPDATE_IN_PROGRESS', 'UPDATE_COMPLETE']);
    expect(told(report, VERSION)?.slice(-1)).toEqual(['DELETE_COMPLETE']);
    expect(report?.fidelity.approximated.join('\n')).toContain('(rollbackDeploysAliases: true)');
    expect(report?.fidelity.modelled.join('\n')).toContain('stack updates: order, versions of the function, deployments of the alias, and rollback');
    expect(report?.fidelity.notModelled.join('\n')).toContain('stack updates: resources other than versions of functions and aliases take no time and do not fail');
  });

  test('since Lambda publishes nothing that is there already', () => {
    const { report } = play(first, [update({ to: app({ description: 'again' }), expect: 'rolledBack' })]);
    expect(report?.stackUpdates[0]).toMatchObject({ status: 'UPDATE_ROLLBACK_COMPLETE', reason: 'A version for this Lambda function exists ( 2 ). Modify the function to create a new version.' });
    expect(started(report)).toEqual([]);
  });

  test('since its new version has errors is not as the scenario expects', () => {
    const { report, status } = play(first, [update({ to: app({ price: '2', verdict: 'bad' }) })]);
    expect([report?.outcome, status]).toEqual(['failed', 1]);
    expect(report?.findings.map(({ id }) => id)).toContain('stack-update-not-as-expected');
  });

  test('since no such version is there', () => {
    const { report } = play(first, [update({ changes: [{ resource: 'Live', property: 'FunctionVersion', value: '9' }], expect: 'rolledBack' })]);
    expect(report?.stackUpdates[0]!.reason).toMatch(/^Function not found: arn:.*:9$/);
  });
});

describe('a hook that waits for the alias', () => {
  test('is that of before when the alias is updated', () => {
    const { report } = play(app({ late: true }), [update({ to: app({ late: true, price: '2', verdict: 'bad' }) })]);
    expect(report?.outcome).toBe('released');
    expect(started(report)).toEqual([['2', '3', 'release']]);
  });

  test('is that of the update in the next one', () => {
    const changes = [{ resource: 'Take', property: 'Environment.Variables.PRICE', value: '3' }];
    const { report } = play(app({ late: true }), [update({ to: app({ late: true, price: '2', verdict: 'bad' }) }), { name: 'third', changes, expect: 'rolledBack' }]);
    expect(report?.stackUpdates.map(({ status }) => status)).toEqual(['UPDATE_COMPLETE', 'UPDATE_ROLLBACK_COMPLETE']);
    expect(started(report)).toEqual([['2', '3', 'release'], ['3', '4', 'release']]);
  });
});

describe('refused before anything is played', () => {
  test.each([
    [update({ changes: [{ resource: 'Take', property: 'MemorySize', value: 256 }], at: '1m' }), 'begins during release v2, which is an update of the stack itself, and CloudFormation refuses a second one; leave its "at" out, so that it follows the release'],
    [update({ changes: [{ resource: 'Live', property: 'RoutingConfig', value: {} }] }), "a rehearsal plays no change of RoutingConfig of Live848578DF (AWS::Lambda::Alias), which would be another one or is CodeDeploy's to write; change another property"],
    [update({ changes: [{ resource: 'OrdersDeploymentGroup', property: 'TriggerConfigurations', value: [] }] }), ' is a AWS::CodeDeploy::DeploymentGroup, whose changes a rehearsal does not play; it plays those of TakeAAA5D174, Live848578DF, '],
    [update({ to: app({ aliasName: 'next' }) }), 'it has another alias, next in place of live, which replaces what is released, and a rehearsal does not play that; leave it as it is, and move to a rollout beside it'],
    [update({ to: app({ id: 'Other' }) }), 'is not in it any more, and a rehearsal does not play on without; leave it where it is, under the same construct id'],
    [update({ to: app({ price: '2' }), version: { routes: [{ path: '/', status: 500 }] } }), 'stack update next has "routes", which is for services, and rollout Shop/Orders is for a function'],
  ])('%#', (what, message) => {
    const { status, stderr } = play(first, [what]);
    expect(stderr.replace(/\s+/g, ' ')).toContain(message);
    expect(status).toBe(2);
  });
});

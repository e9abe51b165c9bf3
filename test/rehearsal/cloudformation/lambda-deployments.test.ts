/** What CloudFormation's updates do to an imported alias: the built provider and hooks against the service's model, a case a line. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import * as lambda from 'aws-cdk-lib/aws-lambda';
import { App, Duration } from 'aws-cdk-lib/core';

import type { LambdaRolloutProps } from '../../../lib';
import { LifecycleHook, TrafficShift } from '../../../lib';
import type { Assembly } from '../../../rehearsal/assembly/assembly';
import { readAssembly } from '../../../rehearsal/assembly/read-assembly';
import { selectRollout, type FoundLambdaRollout } from '../../../rehearsal/assembly/rollouts';
import { editedBesideTheAppSpec } from '../../../rehearsal/cloudformation/edits';
import { DEFAULT_SCENARIO } from '../../../rehearsal/commands/default-scenario';
import type { Scenario } from '../../../rehearsal/scenario/scenario';
import { deploymentOf, importedRollout } from '../../lib/support/imported-alias';
import { outcomeHook } from '../../lib/support/lambda-sample';
import { stackOf, userFunction } from '../../lib/support/sample';
import { MINUTE, ReplayStage, type Disturbance } from './stage';

process.env.CDK_VALIDATION = 'false';

/** Synthesizes a stack named `Shop` with a rollout of an imported alias, and its deployment to version 2. */
function synthesized(props: (stack: ReturnType<typeof stackOf>) => Partial<LambdaRolloutProps>): { readonly assembly: Assembly; readonly rollout: FoundLambdaRollout; remove(): void } {
  const outdir = mkdtempSync(join(tmpdir(), 'greenlight-alias-'));
  const app = new App({ outdir });
  const stack = stackOf(app);
  deploymentOf(importedRollout(stack, props(stack)), stack);
  app.synth();
  const assembly = readAssembly(outdir);
  return { assembly, rollout: selectRollout(assembly, 'Shop/Orders') as FoundLambdaRollout, remove: () => rmSync(outdir, { recursive: true, force: true }) };
}

const CANARY = TrafficShift.canary({ percentage: 10, interval: Duration.minutes(5) });
const shop = synthesized((stack) => ({ traffic: CANARY, hooks: { beforeAllowTraffic: outcomeHook(stack) } }));
afterAll(() => shop.remove());

const SCENARIO: Scenario = { ...DEFAULT_SCENARIO, releases: Array.from({ length: 20 }, (_, index) => ({ name: `v${index + 2}`, profile: DEFAULT_SCENARIO.service, leaveOut: [], actions: [] })) };

const open = (more: Partial<Parameters<typeof ReplayStage.open>[0]> = {}) => ReplayStage.open({ ...shop, scenario: SCENARIO, ...more });
const deployments = (s: ReplayStage) => s.replay.world.lambdaRollouts[0]!.deployments;
const running = (s: ReplayStage): string => deployments(s).active() ?? '';
const update = (s: ReplayStage, number = 2) => s.replay.play(s.stack.update(s.version(number)));
const byHand = (s: ReplayStage, targetVersion: string) => deployments(s).create({ release: 'r5', currentVersion: '1', targetVersion, hooks: {}, creator: 'user' });

async function meanwhile(s: ReplayStage, afterMs: number, act: () => void, number = 2): Promise<void> {
  const updated = s.stack.update(s.version(number));
  await s.replay.pass(afterMs);
  act();
  await s.replay.play(updated);
}

function redeliver(s: ReplayStage): void {
  const last = s.replay.customResources.requests.findLast(({ event }) => event.ResourceType === 'Custom::GreenlightLambdaDeployment')!;
  expect(s.replay.customResources.deliver(last)).toMatchObject({ accepted: true });
}

const once = (s: ReplayStage, operation: string, disturbance: Disturbance): void => s.disturbed((call, nth) => (call.operation === operation && nth === 1 && call.by === s.functionNamed('Step') ? disturbance : undefined));

const GET_ALIAS = 'GET /2015-03-31/functions/take/aliases/live';

interface Case {
  readonly play: (s: ReplayStage) => Promise<void>;
  /** Deployments started, the stack's last status, the version that the alias names, and requests without exactly one answer. */
  readonly outcome: readonly [number, string, string, number];
  readonly reason?: RegExp;
}

const LEFT = 'alias live is left between version 1 and version 2 \\(10 %\\), and every deployment fails until it names one alone: aws lambda update-alias --function-name take --name live --function-version 1';
const stopByHand = (s: ReplayStage, autoRollbackEnabled: boolean): Promise<void> => meanwhile(s, 2 * MINUTE, () => void deployments(s).stop(running(s), { autoRollbackEnabled }));

/** Each begins with a stack that was created, for an alias at version 1. */
const CASES: Readonly<Record<string, Case>> = {
  'a new version': { play: (s) => update(s), outcome: [1, 'UPDATE_COMPLETE', '2', 0] },
  'the version after that': { play: (s) => update(s).then(() => update(s, 3)), outcome: [2, 'UPDATE_COMPLETE', '3', 0] },
  'an edit that leaves version and hooks alone': { play: (s) => s.replay.play(s.stack.update(editedBesideTheAppSpec(s.version(1)))), outcome: [0, 'UPDATE_COMPLETE', '1', 0] },
  'a version that the alias was given by hand': { play: (s) => (deployments(s).alias.point('2'), update(s)), outcome: [0, 'UPDATE_COMPLETE', '2', 0] },
  'from a version that the alias was given by hand': { play: (s) => (deployments(s).alias.point('7'), update(s)), outcome: [1, 'UPDATE_COMPLETE', '2', 0] },

  'event delivered again at once': { play: (s) => meanwhile(s, 0, () => redeliver(s)), outcome: [1, 'UPDATE_COMPLETE', '2', 0] },
  'event delivered again while the deployment runs': { play: (s) => meanwhile(s, MINUTE, () => redeliver(s)), outcome: [1, 'UPDATE_COMPLETE', '2', 0] },
  'event delivered again a day later': { play: (s) => update(s).then(() => s.replay.pass(24 * 60 * MINUTE)).then(() => (redeliver(s), s.replay.settle())), outcome: [1, 'UPDATE_COMPLETE', '2', 0] },
  'provider killed between start and record': { play: (s) => (once(s, 'CreateDeployment', 'kill'), update(s)), outcome: [1, 'UPDATE_COMPLETE', '2', 0] },
  'the alias not to be read for a moment': { play: (s) => (once(s, GET_ALIAS, 'throttle'), update(s)), outcome: [1, 'UPDATE_COMPLETE', '2', 0] },

  'update cancelled while its deployment runs': { play: (s) => meanwhile(s, 2 * MINUTE, () => s.stack.cancelUpdate()), outcome: [1, 'UPDATE_ROLLBACK_COMPLETE', '1', 0], reason: /Resource update cancelled/ },
  'update cancelled in the moment in which it begins': { play: (s) => meanwhile(s, 0, () => s.stack.cancelUpdate()), outcome: [0, 'UPDATE_ROLLBACK_COMPLETE', '1', 0], reason: /Resource update cancelled/ },
  'another resource fails after the release: one deployment back': { play: (s) => s.replay.play(s.stack.update(s.version(2), 'another resource')), outcome: [2, 'UPDATE_ROLLBACK_COMPLETE', '1', 0] },
  'deployment stopped by hand, with rollback': { play: (s) => stopByHand(s, true), outcome: [1, 'UPDATE_ROLLBACK_COMPLETE', '1', 0], reason: /was stopped: MANUAL_STOP.*; rollback d-\w+ succeeded; https:\/\/console/ },
  // The stack goes back, and the alias stays as it was left: nothing but a hand can move it.
  'deployment stopped by hand, without rollback': { play: (s) => stopByHand(s, false), outcome: [1, 'UPDATE_ROLLBACK_COMPLETE', '1 90 %, 2 10 %', 0], reason: new RegExp(`MANUAL_STOP.*; no rollback was started; ${LEFT}`) },
  'the next release after that fails with the reason of the service': {
    play: (s) => stopByHand(s, false).then(() => update(s, 3)),
    outcome: [2, 'UPDATE_ROLLBACK_COMPLETE', '1 90 %, 2 10 %', 0],
    reason: new RegExp(`failed: INVALID_LAMBDA_CONFIGURATION: .*; ${LEFT}`),
  },
  'a deployment by hand is running, whose end is waited for': { play: (s) => (byHand(s, '6'), update(s)), outcome: [2, 'UPDATE_COMPLETE', '2', 0] },
  'deleted while a deployment runs, which is stopped': { play: (s) => (byHand(s, '6'), s.replay.pass(MINUTE).then(() => s.replay.play(s.stack.delete()))), outcome: [1, 'DELETE_COMPLETE', '1', 0] },
  'deployment group deleted by hand': { play: (s) => (s.deleteGroup(), update(s)), outcome: [0, 'UPDATE_ROLLBACK_COMPLETE', '1', 0], reason: /DeploymentGroupDoesNotExist/ },
  'a role that may not look at the alias': {
    play: (s) => (s.disturbed(({ operation }) => (operation === GET_ALIAS ? 'deny' : undefined)), update(s)),
    outcome: [0, 'UPDATE_ROLLBACK_FAILED', '1', 0],
    reason: /lambda:GetAlias failed: AccessDeniedException: .*; allow this to the role of the deployment provider's step function/,
  },
};

describe('an update', () => {
  test.each(Object.entries(CASES))('%s', async (_name, { play, outcome, reason }) => {
    const s = await open();
    try {
      await s.replay.play(s.stack.create());
      expect(s.outcome).toEqual([0, 'CREATE_COMPLETE', '1', 0]);
      await play(s);
      expect([s.outcome, s.reasons]).toEqual([outcome, reason === undefined ? [] : (expect.arrayContaining([expect.stringMatching(reason)]) as unknown)]);
    } finally {
      await s.close();
    }
  });
});

test('a stack that is made deploys where the alias names another version', async () => {
  const s = await open();
  try {
    await s.replay.play(s.replay.stack(s.version(2)).create());
    expect([s.replay.started.length, s.replay.running]).toEqual([1, 'live:2']);
    const [{ revision, description } = { revision: undefined, description: undefined }] = s.replay.started;
    const { content } = (revision as { readonly appSpecContent: { readonly content: string } }).appSpecContent;
    expect(JSON.parse(content)).toEqual({
      version: '0.0',
      Resources: [{ Function: { Type: 'AWS::Lambda::Function', Properties: { Name: 'take', Alias: 'live', CurrentVersion: '1', TargetVersion: '2' } } }],
      Hooks: [{ BeforeAllowTraffic: expect.stringMatching(/^CodeDeployHook_Shop-Orders-BeforeAllowTraffic-/) as string }],
    });
    expect(description).toMatch(/^Create of Release\w+ in stack Shop \(cdk-greenlight:[0-9a-f]{16}:[0-9a-f]{16}\)$/);
  } finally {
    await s.close();
  }
});

test('everything that the provider asks for is allowed to it, and to nobody more', async () => {
  const s = await open();
  try {
    await s.replay.play(s.stack.create());
    await update(s);
    const decisions = s.replay.world.permissions.report.filter(({ principal }) => principal.includes('GreenlightDeploymentsStep'));
    expect(decisions.filter(({ decision }) => decision !== 'allow')).toEqual([]);
    expect(decisions.map(({ action }) => action)).toContain('lambda:GetAlias');
  } finally {
    await s.close();
  }
});

describe('a release that its hook fails', () => {
  const failing = synthesized((stack) => ({
    traffic: CANARY,
    hooks: { beforeAllowTraffic: LifecycleHook.fromOutcome(userFunction(stack, 'Smoke', { code: lambda.Code.fromInline("exports.handler = async () => { throw new Error('no order was taken'); };") })) },
  }));
  afterAll(() => failing.remove());

  test('is told with the reason of the hook, and the rollback of the stack finds the alias as it was', async () => {
    const s = await open(failing);
    try {
      await s.replay.play(s.stack.create());
      await update(s);
      expect(s.outcome).toEqual([1, 'UPDATE_ROLLBACK_COMPLETE', '1', 0]);
      expect(s.reasons.join('\n')).toMatch(/HOOK_EXECUTION_FAILURE.*; BeforeAllowTraffic failed.*; its hook says: .*Error: no order was taken; rollback d-\w+ succeeded; https:\/\/console/);
    } finally {
      await s.close();
    }
  });
});

describe('a deployment of more than an hour', () => {
  const slow = synthesized(() => ({ traffic: TrafficShift.canary({ percentage: 40, interval: Duration.minutes(65) }) }));
  afterAll(() => slow.remove());

  test('is waited for in segments', async () => {
    const s = await open(slow);
    try {
      await s.replay.play(s.stack.create());
      await update(s);
      expect(s.outcome).toEqual([1, 'UPDATE_COMPLETE', '2', 0]);
      expect(s.now).toBeGreaterThan(65 * MINUTE);
      const asked = s.replay.customResources.requests.filter(({ event }) => event.RequestType === 'Update').map(({ event }) => event.ResourceType);
      expect(asked).toEqual(['Custom::GreenlightLambdaDeployment', 'Custom::GreenlightDeploymentWait']);
    } finally {
      await s.close();
    }
  });

  test('and stopped without a rollback, its segment tells how the alias was left', async () => {
    const s = await open(slow);
    try {
      await s.replay.play(s.stack.create());
      await meanwhile(s, 55 * MINUTE, () => void deployments(s).stop(running(s), { autoRollbackEnabled: false }));
      expect(s.outcome.slice(0, 3)).toEqual([1, 'UPDATE_ROLLBACK_COMPLETE', '1 60 %, 2 40 %']);
      expect(s.reasons.join('\n')).toContain('alias live is left between version 1 and version 2 (40 %)');
    } finally {
      await s.close();
    }
  });
});

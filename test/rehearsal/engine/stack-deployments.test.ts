/** Deployments that CloudFormation performs: those of CodeDeploy, but for what ends them. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { stackNameOf } from '../../../rehearsal/engine/messages';
import { STACK_ASSUMPTIONS, STACK_BEHAVIOUR, stackBehaviour, type StackBehaviour } from '../../../rehearsal/engine/stack-behaviour';
import { eventLines, Stage, trafficLines } from './stage';

const STACK = 'arn:aws:cloudformation:eu-central-1:111122223333:stack/Shop/0a1b';
const ROLLED_BACK = 'CloudFormation rolled stack Shop back to what it was before the update: all traffic to the original task set, and the replacement removed.';

const stageOf = (switched: Partial<StackBehaviour> = {}) =>
  new Stage({ stack: { id: STACK, behaviour: stackBehaviour(switched) }, traffic: { type: 'TimeBasedCanary', percentage: 20, intervalMinutes: 5 }, rollbackEvents: [] });

test('a good release is made by CloudFormation, and stays', () => {
  const stage = stageOf();
  const id = stage.create();
  stage.play();
  expect(stage.get(id)).toMatchObject({ status: 'Succeeded', creator: 'CloudFormation', stackId: STACK });
  expect(stage.get(id).rollbackInfo).toBeUndefined();
  expect(trafficLines(stage.get(id)).map((line) => line.split(' ')[1])).toEqual(['100/0', '80/20', '0/100']);
});

test('a failed hook rolls the stack back, in no deployment of its own', () => {
  const stage = stageOf();
  const id = stage.create('r1', { AfterAllowTestTraffic: { afterMs: 20_000, status: 'Failed' } });
  stage.play();
  const record = stage.get(id);
  expect(record).toMatchObject({ status: 'Failed', errorInformation: { code: 'HOOK_EXECUTION_FAILURE' }, rollbackInfo: { rollbackMessage: ROLLED_BACK } });
  expect(record.rollbackInfo).not.toHaveProperty('rollbackDeploymentId');
  expect(stage.deployments.list()).toHaveLength(1);
  expect(trafficLines(record)).toEqual(['0 100/0']);
  expect([stage.deployments.routing.targets('test'), stage.deployments.routing.release('tg-green')]).toEqual([[{ targetGroup: 'tg-blue', weight: 100 }], undefined]);
});

test('a hook that fails after the shift takes all traffic back, a second after the end', () => {
  const stage = stageOf();
  const id = stage.create('r1', { AfterAllowTraffic: { afterMs: 1000, status: 'Failed' } });
  stage.play();
  const record = stage.get(id);
  const end = record.completeTime!;
  expect(trafficLines(record).at(-1)).toBe(`${end + 1000} 100/0`);
  expect(stage.changes.slice(-2)).toMatchObject([{ kind: 'traffic', at: end + 1000, original: 100 }, { kind: 'stackRolledBack', at: end + 1000, deploymentId: id }]);
});

test('a hook that fails before anything is made leaves nothing to move, and the next release finds the original', () => {
  const stage = stageOf();
  const failed = stage.create('r1', { BeforeInstall: { afterMs: 1000, status: 'Failed' } });
  stage.play();
  expect(stage.get(failed).rollbackInfo).toEqual({ rollbackMessage: ROLLED_BACK });
  stage.hooks['hook-BeforeInstall'] = { afterMs: 1000, status: 'Succeeded' };
  const id = stage.create('r2', { BeforeInstall: { afterMs: 1000, status: 'Succeeded' } });
  stage.play();
  expect(stage.get(id).status).toBe('Succeeded');
  expect(stage.deployments.routing.release('tg-green')).toBe('r2');
});

test('the next release waits for the rollback of the stack', () => {
  const stage = stageOf();
  stage.create('r1', { BeforeInstall: { afterMs: 1000, status: 'Failed' } });
  while (stage.deployments.list()[0]!.status !== 'Failed') {
    stage.scheduler.runNext();
  }
  expect(stage.deployments.settled).toBe(false);
  expect(() => stage.create('r2')).toThrow('already has an active Deployment');
});

describe('rollback triggers', () => {
  test('end a deployment, and roll the stack back', () => {
    const stage = stageOf();
    const id = stage.create();
    stage.scheduler.after(120_000, 'an alarm', () => (stage.alarms.latency = 'ALARM'));
    stage.play();
    const record = stage.get(id);
    expect(record).toMatchObject({
      status: 'Stopped',
      errorInformation: { code: 'MANUAL_STOP', message: 'CloudFormation cancelled the update of the stack, since a rollback trigger is in ALARM: latency' },
      rollbackInfo: { rollbackMessage: ROLLED_BACK },
    });
    expect(trafficLines(record).map((line) => line.split(' ')[1])).toEqual(['100/0', '80/20', '100/0']);
    expect(eventLines(record).find((line) => line.startsWith('AllowTraffic'))).toContain('Failed');
  });

  test.each([
    ['rollsBack', 'Stopped'],
    ['isPassedOver', 'Succeeded'],
  ] as const)('in ALARM from the beginning: %s', (redTriggerAtStart, status) => {
    const stage = stageOf({ redTriggerAtStart });
    stage.alarms.latency = 'ALARM';
    const id = stage.create();
    stage.play();
    expect(stage.get(id).status).toBe(status);
  });

  test('passed over, one counts again once it was not in ALARM', () => {
    const stage = stageOf({ redTriggerAtStart: 'isPassedOver' });
    stage.alarms.latency = 'ALARM';
    const id = stage.create();
    stage.scheduler.after(60_000, 'quiet', () => (stage.alarms.latency = 'OK'));
    stage.scheduler.after(120_000, 'red again', () => (stage.alarms.latency = 'ALARM'));
    stage.play();
    expect(stage.get(id).status).toBe('Stopped');
  });
});

test('a cancelled update rolls back whatever the request says', () => {
  const stage = stageOf();
  const id = stage.create();
  stage.scheduler.after(60_000, 'cancel', () => stage.deployments.stop(id, { autoRollbackEnabled: false }));
  stage.play();
  expect(stage.get(id)).toMatchObject({ status: 'Stopped', errorInformation: { code: 'MANUAL_STOP' }, rollbackInfo: { rollbackMessage: ROLLED_BACK } });
});

test('the target is the stack', () => {
  const stage = stageOf();
  expect(stage.get(stage.create()).target.targetId).toBe(STACK);
});

describe('STACK_BEHAVIOUR', () => {
  test.each([...Object.values(STACK_BEHAVIOUR), ...STACK_ASSUMPTIONS].map((entry) => [entry.what, entry] as const))('%s: has a source', (_, { source, certainty }) => {
    expect(source.length).toBeGreaterThan(10);
    expect(['documented', 'observed', 'inferred', 'assumed']).toContain(certainty);
  });

  test('has no switch that nobody reads', () => {
    const root = join(__dirname, '../../../rehearsal');
    const code = ['engine', 'stage'].flatMap((folder) => readdirSync(join(root, folder), { encoding: 'utf8' }).map((file) => join(root, folder, file)))
      .filter((file) => file.endsWith('.ts') && !file.endsWith('stack-behaviour.ts'))
      .map((file) => readFileSync(file, 'utf8')).join('\n');
    expect(Object.keys(STACK_BEHAVIOUR).filter((name) => !new RegExp(`\\b${name}\\b`).test(code))).toEqual([]);
  });

  test('gives what is switched', () => {
    expect(stackBehaviour({ stackRollbackMs: 5 })).toEqual({ reportsOnApplication: 'CloudFormation', cancelledCode: 'MANUAL_STOP', stackRollbackMs: 5, redTriggerAtStart: 'rollsBack' });
  });
});

test('a stack is called by its name', () => {
  expect([stackNameOf(STACK), stackNameOf('Shop')]).toEqual(['Shop', 'Shop']);
});

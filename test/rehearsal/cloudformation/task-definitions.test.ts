/** What becomes of the revisions of a task definition where a rollout keeps the newest two: the built handlers, under the permissions of the template. */
import { Duration } from 'aws-cdk-lib/core';

import { DeploymentCompletion, EcsDeployments } from '../../../lib';
import { DEPLOYMENT_WAIT_RESOURCE_TYPE } from '../../../lib/model/deployment-request';
import { TASK_DEFINITIONS_RESOURCE_TYPE } from '../../../lib/model/task-definitions-request';
import type { Stack } from '../../../rehearsal/assembly/stack';
import { appSpecRevision } from '../../../rehearsal/endpoints/codedeploy-revision';
import { edited, idsOf } from '../../../rehearsal/cloudformation/edits';
import { ALWAYS_SOUND, MINUTE, QUICK, ReplayStage, synthesized, type Disturbance } from './stage';

const kept = (completion: DeploymentCompletion, terminationMinutes = 0) =>
  synthesized({ ...QUICK, terminationWait: Duration.minutes(terminationMinutes), deployments: EcsDeployments.byCloudFormation({ completion, keepTaskDefinitions: 2 }) });
const shop = kept(DeploymentCompletion.COMPLETED);
const started = kept(DeploymentCompletion.STARTED, 10);
afterAll(() => [shop, started].forEach((each) => each.remove()));

let s: ReplayStage;
afterEach(() => s.close());

/** A stack that has been created, with its first revision. */
async function created(options: Parameters<typeof ReplayStage.open>[0]): Promise<ReplayStage> {
  s = await ReplayStage.open(options);
  await s.replay.play(s.stack.create());
  return s;
}

async function updates(...numbers: readonly number[]): Promise<void> {
  for (const number of numbers) {
    await s.replay.play(s.stack.update(s.version(number)));
  }
}

/** Revisions that are ACTIVE, the newest first. */
const active = (): readonly number[] =>
  s.replay.taskDefinitions
    .all()
    .filter(({ status }) => status === 'ACTIVE')
    .map(({ arn }) => Number(arn.split(':').at(-1)))
    .reverse();

/** What the step function has logged as warnings. */
function warnings(): readonly string[] {
  const { logs, functions } = s.replay.world;
  const { logGroup } = functions.required(s.functionNamed('Step'));
  return logs
    .events(logGroup, Infinity)
    .map(({ message }) => JSON.parse(message) as { readonly level: string; readonly message: string; readonly error: string })
    .flatMap(({ level, message, error }) => (level === 'WARN' ? [`${message}: ${error}`] : []));
}

/** What becomes of a call of the step function. */
function disturbed(operation: string, disturbance: Disturbance, times = Infinity): void {
  s.disturbed((call, nth) => (call.by === s.functionNamed('Step') && call.operation === operation && nth <= times ? disturbance : undefined));
}

/** Another number of revisions to keep, and nothing else. */
const keeping = (keep: string, stack: Stack): Stack => idsOf(stack, TASK_DEFINITIONS_RESOURCE_TYPE).reduce((before, id) => edited(before, id, (properties) => ({ ...properties, Keep: keep })), stack);

/** A resource that fails after revisions have been deregistered. */
function failingLate(stack: Stack): Stack {
  const [after] = idsOf(stack, TASK_DEFINITIONS_RESOURCE_TYPE);
  const { ServiceToken } = stack.template.resources[after].properties;
  const late = { type: DEPLOYMENT_WAIT_RESOURCE_TYPE, properties: { ServiceToken }, metadata: {}, dependsOn: [after] };
  return { ...stack, template: { ...stack.template, resources: { ...stack.template.resources, Late: late } } };
}

/** As somebody does from a shell, with the first revision. */
function firstByHand(): Promise<void> {
  const { world } = s.replay;
  const [{ model, group }] = world.codeDeployRollouts;
  const { applicationName, deploymentGroupName } = group;
  world.codeDeploy.create({ applicationName, deploymentGroupName, appSpec: model.appSpec, revision: appSpecRevision(JSON.stringify(model.appSpec)), description: 'by hand' });
  return s.replay.settle();
}

test('of five releases the newest two stay ACTIVE, and each request is answered once', async () => {
  await created({ ...shop, scenario: ALWAYS_SOUND });
  const seen = [active()];
  for (const number of [2, 3, 4, 5, 6]) {
    await updates(number);
    seen.push(active());
  }
  expect(seen).toEqual([[1], [2, 1], [3, 2], [4, 3], [5, 4], [6, 5]]);
  expect(s.outcome).toEqual([5, 'UPDATE_COMPLETE', '6', 0]);
  expect(warnings()).toEqual([]);
});

test('an update that fails after that goes back to the revision of before, which is still ACTIVE', async () => {
  await created(shop);
  // The third one fails its validation, and its revision stays, newer than the one that runs.
  await updates(2, 3);
  expect([s.outcome, active()]).toEqual([[2, 'UPDATE_ROLLBACK_COMPLETE', '2', 0], [3, 2, 1]]);
  await s.replay.play(s.stack.update(failingLate(s.version(4))));
  expect(s.outcome).toEqual([4, 'UPDATE_ROLLBACK_COMPLETE', '2', 0]);
  expect(active()).toEqual([4, 3, 2]);
  expect(s.reasons.join()).toContain("'DeploymentId' must be a text, got undefined");
});

test('a deployment of a revision that was deregistered is refused', async () => {
  await created({ ...shop, scenario: ALWAYS_SOUND });
  await updates(2, 3);
  await firstByHand();
  expect([active(), s.replay.running.split(':')[1]]).toEqual([[3, 2], '3']);
  expect(s.replay.started.at(-1)).toMatchObject({ status: 'Failed', errorInformation: { message: 'TaskDefinition is inactive' } });
});

test('a service that was made to run an old revision by hand keeps it', async () => {
  await created({ ...shop, scenario: ALWAYS_SOUND });
  for (const number of [2, 3, 4]) {
    await s.replay.play(s.stack.update(keeping('100', s.version(number))));
  }
  await firstByHand();
  expect([active(), s.replay.running.split(':')[1]]).toEqual([[4, 3, 2, 1], '1']);
  await s.replay.play(s.stack.update(keeping('2', s.version(4))));
  expect([s.outcome, active()]).toEqual([[4, 'UPDATE_COMPLETE', '1', 0], [4, 3, 1]]);
});

test('where the update does not wait, what CodeDeploy goes back to stays', async () => {
  await created(started);
  // The third one fails its validation when the stack is up to date already; the second one goes on running, and the first one's task set still drains.
  await updates(2, 3);
  expect([s.outcome, active()]).toEqual([[2, 'UPDATE_COMPLETE', '2', 0], [3, 2, 1]]);
  // The alarm that a failed validation sets falls back.
  await s.replay.pass(10 * MINUTE);
  await updates(4);
  expect([s.outcome, active()]).toEqual([[3, 'UPDATE_COMPLETE', '4', 0], [4, 3, 2]]);
});

describe('a release never fails for it', () => {
  const STAY = 'task definitions that are not kept stay ACTIVE';
  const LOST = 'the deployment provider could not go on: ';

  test.each<[string, Disturbance, string]>([
    ['ListTaskDefinitions', 'deny', `${STAY}: ecs:ListTaskDefinitions failed: AccessDeniedException: not authorized to perform ListTaskDefinitions`],
    ['DeregisterTaskDefinition', 'deny', `${STAY}: ecs:DeregisterTaskDefinition failed: AccessDeniedException: not authorized to perform DeregisterTaskDefinition`],
    ['ListTaskDefinitions', 'throttle', `${STAY}: ecs:ListTaskDefinitions failed: ThrottlingException: Rate exceeded`],
    ['DeregisterTaskDefinition', 'error', `${STAY}: ecs:DeregisterTaskDefinition failed: InternalFailure: try again`],
    ['ListTaskDefinitions', 'hang', `${STAY}: `],
    ['ListTaskDefinitions', 'kill', `${STAY}: ${LOST}`],
  ])('%s, %s', async (operation, disturbance, warning) => {
    await created({ ...shop, scenario: ALWAYS_SOUND });
    await updates(2);
    disturbed(operation, disturbance);
    await updates(3);
    expect([s.outcome, active()]).toEqual([[2, 'UPDATE_COMPLETE', '3', 0], [3, 2, 1]]);
    expect(warnings().at(-1)?.startsWith(warning)).toBe(true);
    // The next release does what this one could not.
    disturbed(operation, disturbance, 0);
    await updates(4);
    expect([s.outcome, active()]).toEqual([[3, 'UPDATE_COMPLETE', '4', 0], [4, 3]]);
  });

  test.each<[string, Disturbance]>([
    ['DeregisterTaskDefinition', 'lost'],
    ['DeregisterTaskDefinition', 'kill'],
    ['DescribeStacks', 'hang'],
    ['ListTaskDefinitions', 'throttle'],
  ])('and does its work where this happens once: %s, %s', async (operation, disturbance) => {
    await created({ ...shop, scenario: ALWAYS_SOUND });
    await updates(2);
    disturbed(operation, disturbance, 1);
    await updates(3);
    expect([s.outcome, active()]).toEqual([[2, 'UPDATE_COMPLETE', '3', 0], [3, 2]]);
  });
});

test('a backlog goes twenty in a release', async () => {
  await created({ ...shop, scenario: ALWAYS_SOUND });
  const { taskDefinitions } = s.replay;
  const family = taskDefinitions.all()[0].arn.replace(/:\d+$/, '');
  Array.from({ length: 29 }, () => taskDefinitions.register(family, { ContainerDefinitions: [{ Name: 'web' }] }));
  const steps: number[] = [];
  for (const number of [31, 32]) {
    await updates(number);
    steps.push(active().length);
  }
  expect([s.outcome, steps]).toEqual([[2, 'UPDATE_COMPLETE', '32', 0], [11, 2]]);
});

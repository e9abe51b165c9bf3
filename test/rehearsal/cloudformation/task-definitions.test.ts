/** What becomes of the revisions of a task definition where a rollout keeps the newest two: the built handlers, under the permissions of the template. */
import { Duration } from 'aws-cdk-lib/core';

import { DeploymentCompletion, EcsDeployments } from '../../../lib';
import { TASK_DEFINITIONS_RESOURCE_TYPE } from '../../../lib/model/task-definitions-request';
import type { Stack } from '../../../rehearsal/assembly/stack';
import { edited, idsOf } from '../../../rehearsal/cloudformation/edits';
import { ALWAYS_SOUND, QUICK, ReplayStage, SECOND, synthesized, type Call } from './stage';

jest.setTimeout(30_000);

const kept = (completion: DeploymentCompletion, terminationMinutes = 0) =>
  synthesized({ ...QUICK, terminationWait: Duration.minutes(terminationMinutes), deployments: EcsDeployments.byCloudFormation({ completion, keepTaskDefinitions: 2 }) });
const shop = kept(DeploymentCompletion.COMPLETED);
const started = kept(DeploymentCompletion.STARTED, 10);
afterAll(() => [shop, started].forEach((each) => each.remove()));

/** A stack that has been created, with its first revision. */
async function created(options: Parameters<typeof ReplayStage.open>[0]): Promise<ReplayStage> {
  const s = await ReplayStage.open(options);
  await s.replay.play(s.stack.create());
  return s;
}

const update = (s: ReplayStage, number: number, change = (stack: Stack): Stack => stack): Promise<void> => s.replay.play(s.stack.update(change(s.version(number))));

async function updates(s: ReplayStage, ...numbers: readonly number[]): Promise<void> {
  for (const number of numbers) {
    await update(s, number);
  }
}

/** Revisions that are ACTIVE, the newest first. */
const active = (s: ReplayStage): readonly number[] =>
  s.replay.taskDefinitions
    .all()
    .filter(({ status }) => status === 'ACTIVE')
    .map(({ arn }) => Number(arn.split(':').at(-1)))
    .reverse();

/** What the step function has logged as warnings. */
const warnings = (s: ReplayStage) => {
  const group = `/aws/lambda/${s.functionNamed('Step')}`;
  const { logs } = s.replay.world;
  const name = logs.has(group) ? group : 'none';
  return logs
    .events(name, Infinity)
    .map(({ message }) => JSON.parse(message) as { readonly level: string; readonly message: string; readonly error?: string })
    .filter(({ level }) => level === 'WARN');
};

const ofStep = ({ by }: Call, s: ReplayStage): boolean => by === s.functionNamed('Step');

/** The stack with another number of revisions to keep. */
const keeping = (keep: string) => (stack: Stack): Stack => idsOf(stack, TASK_DEFINITIONS_RESOURCE_TYPE).reduce((before, id) => edited(before, id, (properties) => ({ ...properties, Keep: keep })), stack);

test('of five releases the newest two stay ACTIVE, and each request is answered once', async () => {
  const s = await created({ ...shop, scenario: ALWAYS_SOUND });
  const seen: (readonly number[])[] = [active(s)];
  for (const number of [2, 3, 4, 5, 6]) {
    await update(s, number);
    seen.push(active(s));
  }
  expect(seen).toEqual([[1], [2, 1], [3, 2], [4, 3], [5, 4], [6, 5]]);
  expect(s.outcome).toEqual([5, 'UPDATE_COMPLETE', '6', 0]);
  expect(warnings(s)).toEqual([]);
  await s.close();
});

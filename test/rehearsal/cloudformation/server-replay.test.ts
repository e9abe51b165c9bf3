/** What CloudFormation does with a stack of a blue/green rollout to instances, from its first fleet to nothing, for each kind of fleet; by the built handlers, under the permissions of the template. */
import { Duration } from 'aws-cdk-lib/core';

import { OriginalFleet } from '../../../lib';
import { lifeOfAFleet } from '../../../rehearsal/cloudformation/server-story';
import type { PlayedStep } from '../../../rehearsal/cloudformation/scribe';
import { alternatingIn, copiedIn } from '../../lib/support/blue-green-sample';
import { openReplay, synthesized } from './server-stage';

jest.setTimeout(300_000);

const row = ({ name, started, wanted, stackStatus, running, answer }: PlayedStep): string => `${name} | ${started} of ${wanted} | ${stackStatus} | ${running} | ${answer}`.replace(/d-\w{9}/g, 'd-ID');

const FLEETS = [
  ['two groups that alternate', (stack) => alternatingIn(stack)],
  ['a copied group with kept originals', (stack) => copiedIn(stack)],
  ['a copied group with originals that are ended', (stack) => copiedIn(stack, { originals: OriginalFleet.terminate({ wait: Duration.minutes(10) }) })],
] as const satisfies readonly (readonly [string, Parameters<typeof synthesized>[0]])[];

test.each(FLEETS)('%s', async (_, props) => {
  const stage = synthesized(props);
  const replay = await openReplay(stage);
  try {
    const story = await lifeOfAFleet(replay);
    expect([...story.steps.flatMap((step) => [row(step), ...(step.reason === undefined ? [] : [step.reason])]), story.badlyAnswered, story.leftBehind, replay.world.notModelled]).toEqual([]);
  } finally {
    await replay.close();
    stage.remove();
  }
});

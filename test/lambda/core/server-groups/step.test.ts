/** The hour of CloudFormation by two clocks, of which each alone must end a wait. */
import { tagsOf } from '../../../../lambda/core/server-groups/marks';
import type { KeepTask } from '../../../../lambda/core/server-groups/request';
import { serverGroupTask } from '../../../../lambda/core/server-groups/request';
import { keepServerGroup } from '../../../../lambda/core/server-groups/step';
import { EPOCH, portsOf } from '../../support/server-group-play';
import { ServerGroupWorld } from '../../support/server-group-world';
import { alternating, groupRequest } from '../../support/server-groups';

const CHANGED = groupRequest('Update', alternating({ DeploymentConfigName: 'CodeDeployDefault.AllAtOnce' }), alternating());

/** A step of an update that waits for a deployment; `nows` are what the clock shows at its beginning and at its end, in milliseconds. */
function step({ beganSecondsAgo, memory, nows }: { readonly beganSecondsAgo: number; readonly memory: object; readonly nows: readonly [number, number] }) {
  const { settings } = serverGroupTask(groupRequest('Create')) as KeepTask;
  const world = new ServerGroupWorld().fleet('blue', 3).fleet('green', 0).group('web/fleet', ['blue'], { settings, tags: tagsOf(groupRequest('Create')), attempted: true }).deployment({ id: 'd-1' });
  const ports = portsOf(world, [], [], () => undefined);
  const [begun, ended] = nows;
  let asked = 0;
  const clock = { ...ports.clock, now: () => (asked++ === 0 ? begun : ended) };
  const startedAt = new Date(EPOCH - beganSecondsAgo * 1_000).toISOString();
  return keepServerGroup({ action: 'step', request: CHANGED, startedAt, retries: 0, memory }, { ...ports, clock });
}

const GIVEN_UP = { done: true, answer: { Status: 'FAILED', Reason: expect.stringMatching(/^after 55 minutes: deployment d-1 of deployment group "fleet" has not ended/) } };

test.each<[string, Parameters<typeof step>[0]]>([
  ['the wall clock', { beganSecondsAgo: 3300, memory: {}, nows: [0, 0] }],
  ['the wall clock, with what the intake took', { beganSecondsAgo: 3000, memory: { late: 300 }, nows: [0, 0] }],
  ['what the waits have taken, where the wall clock is slow', { beganSecondsAgo: 0, memory: { clock: 3300 }, nows: [0, 0] }],
])('is over by %s', async (_, given) => {
  expect(await step(given)).toMatchObject(GIVEN_UP);
});

test.each<[string, Parameters<typeof step>[0]]>([
  ['the wall clock', { beganSecondsAgo: 3299, memory: {}, nows: [0, 0] }],
  ['the wall clock, with what the intake took', { beganSecondsAgo: 3000, memory: { late: 299 }, nows: [0, 0] }],
  ['what the waits have taken', { beganSecondsAgo: 0, memory: { clock: 3299 }, nows: [0, 0] }],
])('is not over a second earlier by %s', async (_, given) => {
  expect(await step(given)).toMatchObject({ done: false, memory: { clock: 3299 + 10 } });
});

test('goes on by what a step has taken itself, and by its wait', async () => {
  expect(await step({ beganSecondsAgo: 100, memory: { clock: 90 }, nows: [5_000, 7_000] })).toMatchObject({ done: false, waitSeconds: 10, memory: { clock: 100 + 2 + 10 } });
});

test('stays where it was with an answer', async () => {
  expect(await step({ beganSecondsAgo: 3300, memory: { clock: 12, late: 1 }, nows: [5_000, 7_000] })).toMatchObject({ done: true, memory: { clock: 12, late: 1 } });
});

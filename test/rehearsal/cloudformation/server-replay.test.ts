/** What CloudFormation does with a stack of a blue/green rollout to instances, from its first fleet to nothing, for each kind of fleet; by the built handlers, under the permissions of the template. */
import { Duration, type Stack as CdkStack } from 'aws-cdk-lib/core';

import { BlueGreenFleet, OriginalFleet, ServerTargets, type ServerRolloutProps } from '../../../lib';
import { isAsWanted } from '../../../rehearsal/cloudformation/replay-table';
import type { ReplayWorld } from '../../../rehearsal/cloudformation/replay-world';
import type { PlayedStep } from '../../../rehearsal/cloudformation/scribe';
import { leftBehind } from '../../../rehearsal/cloudformation/server-replay';
import { lifeOfAFleet } from '../../../rehearsal/cloudformation/server-story';
import { alternatingIn, copiedIn, idleIn } from '../../lib/support/blue-green-sample';
import { gate, privateVpc } from '../../lib/support/gate-sample';
import { BROKEN, openReplay, release, scenarioOf, synthesized, THIRD_FAILS } from './server-stage';

jest.setTimeout(600_000);

type Props = (stack: CdkStack) => Partial<ServerRolloutProps>;

const alternating: Props = (stack) => alternatingIn(stack);
const gated: Props = (stack) => {
  const vpc = privateVpc(stack);
  const targets = ServerTargets.autoScalingGroups(idleIn(stack, 'A', { vpc }), idleIn(stack, 'B', { vpc }));
  return alternatingIn(stack, { fleet: BlueGreenFleet.alternating({ capacity: 2 }), readyWait: Duration.minutes(30) }, { targets, gates: { readyWait: gate() } });
};
const copied: Props = (stack) => copiedIn(stack);
const ended: Props = (stack) => copiedIn(stack, { originals: OriginalFleet.terminate({ wait: Duration.minutes(10) }) });

const fleetOf = (running: string): string => running.replace(/^d-\w+/, 'copy').replace(/^Shop-(A|B|Asg)ASG[^:]*/, '$1');
const row = ({ name, started, wanted, stackStatus, running, answer }: PlayedStep): string => [name, `${started} of ${wanted}`, stackStatus, fleetOf(running), answer.replace(/d-\w{9}/, 'd-ID')].join(' | ');

const LIFE = ([v1, v2, back]: readonly [string, string, string]) => [
  `create | 1 of 1 | CREATE_COMPLETE | ${v1} | SUCCESS d-ID`,
  `release | 2 of 2 | UPDATE_COMPLETE | ${v2} | SUCCESS d-ID`,
  `redelivery | 2 of 2 | UPDATE_COMPLETE | ${v2} | not asked`,
  `group update | 2 of 2 | UPDATE_COMPLETE | ${v2} | not asked`,
  `failing release | 3 of 3 | UPDATE_ROLLBACK_IN_PROGRESS | ${v2} | FAILED`,
  `its rollback | 3 of 3 | UPDATE_ROLLBACK_COMPLETE | ${v2} | SUCCESS`,
  `redeploy | 4 of 4 | UPDATE_COMPLETE | ${back} | SUCCESS d-ID`,
  'destroy | 4 of 4 | DELETE_COMPLETE | nothing | SUCCESS',
];
const ALTERNATES = ['B:v1', 'A:v2', 'B:v1'] as const;
const COPIES = ['copy:v1', 'copy:v2', 'copy:v1'] as const;
const BROKEN_THIRD = scenarioOf(release('v1'), release('v2'), release('v3', { profile: BROKEN }));

test.each([
  ['two groups that alternate', alternating, THIRD_FAILS, {}, ALTERNATES, 'HEALTH_CONSTRAINTS'],
  ['two groups that alternate, where the service itself points the group at the replacements', alternating, THIRD_FAILS, { groupFollowsDiscovered: true }, ALTERNATES, 'HEALTH_CONSTRAINTS'],
  ['two groups that alternate, behind a gate', gated, BROKEN_THIRD, {}, ALTERNATES, 'ReadyWait'],
  ['a copied group with kept originals', copied, THIRD_FAILS, {}, COPIES, 'HEALTH_CONSTRAINTS'],
  ['a copied group with originals that are ended', ended, THIRD_FAILS, {}, COPIES, 'HEALTH_CONSTRAINTS'],
] as const)('%s: created, released, updated and destroyed, with nothing left behind', async (_, props, scenario, fleetBehaviour, serves, why) => {
  const stage = synthesized(props);
  const replay = await openReplay(stage, { scenario, fleetBehaviour });
  try {
    const story = await lifeOfAFleet(replay);
    expect([story.steps.map(row), story.badlyAnswered, story.leftBehind, replay.world.notModelled, isAsWanted(story)]).toEqual([LIFE(serves), 0, [], [], true]);
    expect(story.steps.find(({ reason }) => reason !== undefined)?.reason).toContain(why);
    expect(replay.world.permissions.report.filter(({ decision }) => decision === 'deny')).toEqual([]);
    expect(replay.world.events.findings('Shop/Fleet')).toEqual([]);
  } finally {
    await replay.close();
    stage.remove();
  }
});

/** What a role is asked for in a life, by a piece of its name. */
const asked = ({ world }: ReplayWorld, part: string): readonly string[] => [...new Set(world.permissions.report.flatMap(({ principal, action }) => (principal.includes(part) ? [action] : [])))].sort();

test('what the provider, and what settles two groups, are asked for in a life', async () => {
  const stage = synthesized(alternating);
  const replay = await openReplay(stage);
  try {
    await lifeOfAFleet(replay);
    expect([asked(replay, 'GreenlightDeploymentsStepRole'), asked(replay, 'FleetsStep')]).toEqual([
      [
        'autoscaling:DescribeAutoScalingGroups',
        'autoscaling:SetDesiredCapacity',
        'cloudformation:DescribeStacks',
        'codedeploy:BatchGetDeploymentTargets',
        'codedeploy:BatchGetDeployments',
        'codedeploy:CreateDeployment',
        'codedeploy:CreateDeploymentGroup',
        'codedeploy:DeleteDeploymentGroup',
        'codedeploy:GetDeployment',
        'codedeploy:GetDeploymentGroup',
        'codedeploy:ListDeploymentTargets',
        'codedeploy:ListDeployments',
        'codedeploy:ListTagsForResource',
        'codedeploy:UpdateDeploymentGroup',
        'iam:PassRole',
      ],
      ['autoscaling:DescribeAutoScalingGroups', 'autoscaling:SetDesiredCapacity', 'codedeploy:GetDeployment', 'codedeploy:GetDeploymentGroup', 'codedeploy:ListDeployments', 'codedeploy:UpdateDeploymentGroup'],
    ]);
  } finally {
    await replay.close();
    stage.remove();
  }
});

test.each([
  ['codedeploy:CreateDeploymentGroup', alternating],
  ['autoscaling:SetDesiredCapacity', alternating],
  ['codedeploy:CreateDeployment', copied],
])('a template that lacks %s shows that: the stack is not made, and rolled back to nothing', async (action, props) => {
  const stage = synthesized(props, [action]);
  const replay = await openReplay(stage);
  const stack = replay.stack();
  try {
    await replay.play(stack.create());
    expect([stack.status, replay.started.length, leftBehind(replay.world)]).toEqual(['ROLLBACK_COMPLETE', 0, []]);
    expect(stack.events.flatMap(({ reason }) => reason ?? []).join(' ')).toContain(`is not authorized to perform: ${action}`);
  } finally {
    await replay.close();
    stage.remove();
  }
});

test('a template that lacks autoscaling:DeleteAutoScalingGroup leaves copies behind, and its deletion fails', async () => {
  const stage = synthesized(copied, ['autoscaling:DeleteAutoScalingGroup']);
  const replay = await openReplay(stage);
  const stack = replay.stack();
  try {
    await replay.play(stack.create());
    await replay.play(stack.delete());
    const copy = 'Auto Scaling group CodeDeploy_Shop-Fleet-A75F5430-Copied_ID';
    expect([stack.status, leftBehind(replay.world).map((line) => line.replace(/d-\w{9}|i-\w+/, 'ID'))]).toEqual(['DELETE_FAILED', [copy, 'instance ID, inService', 'instance ID, inService']]);
  } finally {
    await replay.close();
    stage.remove();
  }
});

/** Deployments that move traffic in steps, take longer than an hour, or share their group. */
import { Duration } from 'aws-cdk-lib/core';

import { TrafficShift } from '../../../lib';
import { Assembly } from '../../../rehearsal/assembly/assembly';
import { edited, idsOf } from '../../../rehearsal/cloudformation/edits';
import { ALWAYS_SOUND, MINUTE, QUICK, ReplayStage, synthesized } from './stage';

const inSteps = synthesized({ ...QUICK, traffic: TrafficShift.canary({ percentage: 10, interval: Duration.minutes(5) }) });
afterAll(() => inSteps.remove());

const rollout = (s: ReplayStage) => s.replay.world.codeDeployRollouts[0];

/** Production traffic on the primary task set, in percent. */
function onPrimary(s: ReplayStage): number {
  const { deployments, model } = rollout(s);
  const arn = deployments.serviceTaskSets(model.service.firstRevision)[0]?.targetGroupArn;
  const name = model.targetGroups.find((targetGroup) => targetGroup.arn === arn)?.name;
  return deployments.routing.targets('production').find(({ targetGroup }) => targetGroup === name)?.weight ?? 0;
}

describe('in the middle of a shift', () => {
  let s: ReplayStage;

  beforeEach(async () => {
    s = await ReplayStage.open(inSteps);
    await s.replay.play(s.stack.create());
  });

  afterEach(() => s.close());

  const shifting = async (act: () => void): Promise<void> => {
    const updated = s.stack.update(s.version(2));
    await s.replay.pass(2 * MINUTE);
    expect(onPrimary(s)).toBe(90);
    act();
    await s.replay.play(updated);
  };

  test('a cancelled update gives all traffic back', async () => {
    await shifting(() => s.stack.cancelUpdate());
    expect([s.outcome, onPrimary(s)]).toEqual([[1, 'UPDATE_ROLLBACK_COMPLETE', '1', 0], 100]);
  });

  // PRIMARY is the one of before, and the failed version still has its share of the traffic.
  test('a deployment that was stopped by hand, without rollback, is taken back', async () => {
    await shifting(() => void rollout(s).deployments.stop(rollout(s).deployments.active() ?? '', { autoRollbackEnabled: false }));
    expect(s.reasons).toEqual([expect.stringMatching(/MANUAL_STOP.*no rollback was started/)]);
    expect([s.outcome, onPrimary(s)]).toEqual([[2, 'UPDATE_ROLLBACK_COMPLETE', '1', 0], 100]);
  });

  test('without a disturbance, all traffic moves', async () => {
    await shifting(() => undefined);
    expect([s.outcome, onPrimary(s)]).toEqual([[1, 'UPDATE_COMPLETE', '2', 0], 100]);
  });
});

describe('a deployment of more than an hour', () => {
  const long = synthesized({ ...QUICK, traffic: TrafficShift.canary({ percentage: 10, interval: Duration.minutes(65) }) });
  let s: ReplayStage;

  beforeEach(async () => {
    s = await ReplayStage.open(long);
    await s.replay.play(s.stack.create());
  });

  afterEach(() => s.close());
  afterAll(() => long.remove());

  /** Resource, and minutes from its request to its answer. */
  const waits = () =>
    s.replay.customResources.requests
      .filter(({ event }) => event.RequestType === 'Update')
      .map((request) => `${request.event.LogicalResourceId.replace(/[0-9A-F]{8}$/, '')} ${(((request.answers()[0]?.at ?? NaN) - request.at) / MINUTE).toFixed(0)}`);

  test('is waited for in segments of 50 minutes', async () => {
    await s.replay.play(s.stack.update(s.version(2)));
    expect(s.outcome).toEqual([1, 'UPDATE_COMPLETE', '2', 0]);
    expect(waits()).toEqual(['WebDeployment 50', 'WebDeploymentWait2 15', 'WebDeploymentWait3 0']);
  });

  test('rolls the stack back when it fails in the second one', async () => {
    const updated = s.stack.update(s.version(2));
    await s.replay.pass(55 * MINUTE);
    rollout(s).deployments.stop(rollout(s).deployments.active() ?? '', { autoRollbackEnabled: true });
    await s.replay.play(updated);
    expect([s.outcome, onPrimary(s)]).toEqual([[1, 'UPDATE_ROLLBACK_COMPLETE', '1', 0], 100]);
    // The first two had their Update, and get what was before; the third one never began.
    expect(waits()).toEqual(['WebDeployment 50', 'WebDeploymentWait2 5', 'WebDeployment 0', 'WebDeploymentWait2 0']);
  });
});

/**
 * The same rollout once more, in a stack with a provider of its own, whose deployment resource points at the first one's group, service and revision, and
 * whose provider may use them.
 */
function withSecondStack({ assembly, rollout: { stack } }: Pick<ReturnType<typeof synthesized>, 'assembly' | 'rollout'>): Assembly {
  const copy = { ...stack, id: 'Other', path: 'Other', stackName: 'Other' };
  const resolved = (logicalId: string) => assembly.properties({ stack, logicalId, resource: stack.template.resources[logicalId] });
  const [deployment] = idsOf(stack, 'Custom::GreenlightDeployment');
  const withGroup = edited(copy, deployment, ({ ServiceToken }) => ({ ...resolved(deployment), ServiceToken }));
  const [policy] = idsOf(stack, 'AWS::IAM::Policy').filter((id) => JSON.stringify(stack.template.resources[id].properties).includes('codedeploy:CreateDeployment'));
  const allowed = edited(withGroup, policy, (properties) => ({ ...properties, PolicyDocument: resolved(policy).PolicyDocument }));
  return new Assembly(assembly.directory, [...assembly.stacks, allowed]);
}

test('two stacks point at one group: their deployments follow one another', async () => {
  const quick = synthesized();
  const assembly = withSecondStack(quick);
  const s = await ReplayStage.open({ assembly, rollout: quick.rollout, scenario: ALWAYS_SOUND });
  try {
    await s.replay.play(s.stack.create());
    const otherStack = assembly.stacks.find(({ id }) => id === 'Other')!;
    const other = s.replay.stack(otherStack);
    await s.replay.play(other.create());
    const [deployment] = idsOf(otherStack, 'Custom::GreenlightDeployment');
    const wanted = edited(otherStack, deployment, ({ AppSpec, ...others }) => ({ ...others, AppSpec: String(AppSpec).replace(/(task-definition\/[^"]*):1/, '$1:2') }));
    await s.replay.play(Promise.all([s.stack.update(s.version(2)), other.update(wanted)]).then(() => undefined));
    expect([s.outcome, other.status]).toEqual([[2, 'UPDATE_COMPLETE', '2', 0], 'UPDATE_COMPLETE']);
    const [first, second] = s.replay.started;
    expect([first.description, second.description]).toEqual([expect.stringMatching(/in stack Shop /), expect.stringMatching(/in stack Other /)]);
    expect(second.createTime).toBeGreaterThan(first.completeTime ?? Infinity);
  } finally {
    await s.close();
    quick.remove();
  }
});

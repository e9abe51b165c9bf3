/** How a group goes, what goes with it, and what stays. */
import { tagsOf } from '../../../../lambda/core/server-groups/marks';
import { playGroup, refusedCall } from '../../support/server-group-play';
import { ServerGroupWorld } from '../../support/server-group-world';
import { alternating, copied, groupRequest } from '../../support/server-groups';

const OURS = tagsOf(groupRequest('Create'));
const ADOPTED = { ...OURS, 'cdk-greenlight:adopted': 'true' };
const IDS = { resource: 'Fleet', requestId: 'request-1' };
const SUCCESS = { Status: 'SUCCESS' };
const COPY = 'CodeDeploy_fleet_d-1';
const NEWER = 'CodeDeploy_fleet_d-2';
const gone = groupRequest('Delete', copied());

/** The stack is deleted, with a group that serves with the newer one of two copies. */
function world(serving = NEWER): ServerGroupWorld {
  const made = new ServerGroupWorld().fleet('blue', 0).fleet(COPY, 2).fleet(NEWER, 2).group('web/fleet', [serving], { tags: OURS });
  made.deployment({ id: 'd-1', status: 'Succeeded' }).deployment({ id: 'd-2', status: 'Succeeded' });
  return Object.assign(made, { stack: 'DELETE_IN_PROGRESS', current: 'web/fleet' });
}
const simple = (more: object = {}): ServerGroupWorld => Object.assign(new ServerGroupWorld().fleet('blue', 2).fleet('green', 0).group('web/fleet', ['blue'], { tags: OURS, ...more }), { stack: 'DELETE_IN_PROGRESS', current: 'web/fleet' });

describe('a group with two fleets of the stack', () => {
  test('goes alone', async () => {
    const made = simple();
    const { answer, calls, waits, lines } = await playGroup(made, groupRequest('Delete'));
    expect([answer, made.changes, waits]).toEqual([SUCCESS, ['delete web/fleet'], [1]]);
    expect(calls).toEqual(['GetDeploymentGroup', 'ListTagsForResource', 'ListDeployments', 'DeleteDeploymentGroup', 'GetDeploymentGroup']);
    expect(lines).toEqual([
      ['info', 'the deployment group is deleted', IDS],
      ['info', 'answer SUCCESS', { ...IDS, why: 'the deployment group is gone' }],
    ]);
  });

  test.each<[string, ServerGroupWorld, string]>([
    ['is gone already', new ServerGroupWorld(), 'the deployment group is gone'],
    ['is of others', simple({ tags: {} }), 'the deployment group of this name is not of this resource, and stays'],
    ['is of another resource', simple({ tags: tagsOf(groupRequest('Create', {}, {}, { LogicalResourceId: 'Other' })) }), 'the deployment group of this name is not of this resource, and stays'],
  ])('that %s', async (_, made, why) => {
    const { answer, lines } = await playGroup(made, groupRequest('Delete'));
    expect([answer, made.changes]).toEqual([SUCCESS, []]);
    expect(lines).toEqual([['info', 'answer SUCCESS', { ...IDS, why }]]);
  });

  test('goes where its Create was never answered, so that CloudFormation has made up an id; that of others stays', async () => {
    const unanswered = groupRequest('Delete', alternating(), alternating(), { PhysicalResourceId: 'Shop-Fleet-1A2B3C' });
    const [made, foreign] = [simple(), simple({ tags: {} })];
    expect([(await playGroup(made, unanswered)).answer, made.changes]).toEqual([SUCCESS, ['delete web/fleet']]);
    expect([(await playGroup(foreign, unanswered)).answer, foreign.changes]).toEqual([SUCCESS, []]);
  });

  test('is not asked for by the id of another one', async () => {
    const { answer, calls, lines } = await playGroup(simple(), groupRequest('Delete', alternating(), alternating(), { PhysicalResourceId: 'web/other' }));
    expect([answer, calls, lines]).toEqual([SUCCESS, [], [['info', 'answer SUCCESS', { ...IDS, why: 'this physical id is not of this deployment group' }]]]);
  });

  test.each([
    ['ROLLBACK_IN_PROGRESS', ['untag cdk-greenlight:resource,cdk-greenlight:adopted']],
    ['UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS', ['untag cdk-greenlight:resource,cdk-greenlight:adopted']],
    ['UPDATE_COMPLETE_CLEANUP_IN_PROGRESS', ['delete web/fleet']],
    ['DELETE_IN_PROGRESS', ['delete web/fleet']],
    [undefined, ['delete web/fleet']],
  ])('that was taken over, while the stack is %s', async (stack, changes) => {
    const made = Object.assign(simple({ tags: ADOPTED }), { stack });
    const { answer, lines } = await playGroup(made, groupRequest('Delete'));
    expect([answer, made.changes]).toEqual([SUCCESS, changes]);
    expect(made.groups.get('web/fleet')?.tags).toEqual(changes[0] === 'delete web/fleet' ? undefined : {});
    expect(lines.at(-1)?.[2]).toEqual({ ...IDS, why: changes[0] === 'delete web/fleet' ? 'the deployment group is gone' : 'the deployment group was there before this resource, and stays, with the settings that it was given' });
  });

  test('that was made goes in a rollback, too', async () => {
    const made = Object.assign(simple(), { stack: 'ROLLBACK_IN_PROGRESS' });
    await playGroup(made, groupRequest('Delete'));
    expect(made.changes).toEqual(['delete web/fleet']);
  });
});

describe('what is in flight', () => {
  test('is stopped, and its rollback waited for', async () => {
    const made = simple().deployment({ id: 'd-1', rollsBackAfter: 12 });
    const { answer, calls, waits, lines } = await playGroup(made, groupRequest('Delete'));
    expect([answer, made.changes, waits]).toEqual([SUCCESS, ['stop d-1', 'delete web/fleet'], [5, 5, 5, 1]]);
    expect(calls.filter((call) => call === 'StopDeployment')).toHaveLength(1);
    expect(lines[0]).toEqual(['info', 'stopped', { ...IDS, deploymentId: 'd-1', why: 'its deployment group is deleted' }]);
  });

  test('is given a while to begin its rollback', async () => {
    const made = simple().deployment({ id: 'd-1' });
    const { waits } = await playGroup(made, groupRequest('Delete'));
    expect([made.changes, waits]).toEqual([['stop d-1', 'delete web/fleet'], [5, 5, 5, 5, 5, 5, 5, 1]]);
  });

  test('that is a rollback is let run', async () => {
    const made = simple().deployment({ id: 'd-1', creator: 'codeDeployRollback', endsAt: 8 });
    const { waits } = await playGroup(made, groupRequest('Delete'));
    expect([made.changes, waits]).toEqual([['delete web/fleet'], [5, 5, 1]]);
  });

  test('that succeeds all the same needs no rollback', async () => {
    const made = simple().deployment({ id: 'd-1', endsAt: 7 });
    const { waits } = await playGroup(made, groupRequest('Delete'), (call) => (call === 'StopDeployment' ? refusedCall('UnsupportedActionForDeploymentTypeException') : undefined));
    expect([made.changes, waits]).toEqual([['delete web/fleet'], [5, 5, 1]]);
  });

  test.each(['DeploymentAlreadyCompletedException', 'DeploymentDoesNotExistException'])('needs no stop where that is answered by %s', async (code) => {
    const made = simple().deployment({ id: 'd-1', endsAt: 7 });
    expect((await playGroup(made, groupRequest('Delete'), (call) => (call === 'StopDeployment' ? refusedCall(code) : undefined))).answer).toEqual(SUCCESS);
  });

  test('has just ended', async () => {
    const made = simple().deployment({ id: 'd-1', status: 'Succeeded' });
    made.running = () => made.deployments;
    await playGroup(made, groupRequest('Delete'));
    expect(made.changes).toEqual(['delete web/fleet']);
  });

  test('cannot be stopped', async () => {
    const made = simple().deployment({ id: 'd-1' });
    const { answer } = await playGroup(made, groupRequest('Delete'), (call) => (call === 'StopDeployment' ? refusedCall('InvalidDeploymentIdException', 'odd') : undefined));
    expect([answer, made.changes]).toEqual([{ Status: 'FAILED', Reason: 'x:Call failed: InvalidDeploymentIdException: odd' }, []]);
  });

  test('is one after the other', async () => {
    const made = simple().deployment({ id: 'd-1', rollsBackAfter: 1 }).deployment({ id: 'd-2', rollsBackAfter: 1 }).deployment({ id: 'd-3', group: 'web/other' });
    await playGroup(made, groupRequest('Delete'));
    expect(made.changes).toEqual(['stop d-1', 'stop d-2', 'delete web/fleet']);
  });

  test.each<[string, ServerGroupWorld, object, string]>([
    ['does not end', simple().deployment({ id: 'd-1' }), { stopping: { id: 'd-1' } }, 'deployment d-1 has not ended (InProgress)'],
    ['is a rollback that does not end', simple().deployment({ id: 'd-1', creator: 'codeDeployRollback' }), {}, 'deployment d-1 has not ended (InProgress)'],
    ['has a rollback that does not end', simple().deployment({ id: 'd-1', status: 'Stopped', rollbackId: 'd-2' }).deployment({ id: 'd-2' }), { stopping: { id: 'd-1' } }, 'the rollback of deployment d-1: deployment d-2 has not ended (InProgress)'],
  ])('%s', async (_, made, memory, what) => {
    const { answer } = await playGroup(made, groupRequest('Delete'), undefined, { late: 3_290, ...memory });
    expect([answer, made.changes]).toEqual([{ Status: 'FAILED', Reason: `after 55 minutes: ${what}; wait for its end in CodeDeploy, then delete the stack again` }, []]);
  });

  test.each([
    ['DeploymentDoesNotExistException', SUCCESS, ['delete web/fleet']],
    ['InvalidDeploymentIdException', { Status: 'FAILED', Reason: 'x:Call failed: InvalidDeploymentIdException: no' }, []],
  ])('that was stopped is answered by %s', async (code, answer, changes) => {
    const made = simple();
    expect([(await playGroup(made, groupRequest('Delete'), (call) => (call === 'GetDeployment' ? refusedCall(code) : undefined), { stopping: { id: 'd-1' } })).answer, made.changes]).toEqual([answer, changes]);
  });

  test('has no rollback in the end', async () => {
    const made = simple().deployment({ id: 'd-1', status: 'Stopped' });
    const { answer } = await playGroup(made, groupRequest('Delete'), undefined, { late: 3_299, stopping: { id: 'd-1' } });
    expect(answer).toEqual({ Status: 'FAILED', Reason: 'after 55 minutes: the rollback of deployment d-1 has not begun' });
  });
});

describe('copies', () => {
  test('go after the group, and are waited for', async () => {
    const made = world();
    const { answer, waits, calls, lines } = await playGroup(made, gone);
    expect([answer, made.changes, waits]).toEqual([SUCCESS, ['delete web/fleet', `remove ${COPY}`, `remove ${NEWER}`], [0, 1, 10, 10, 10]]);
    expect([...made.fleets.keys()]).toEqual(['blue']);
    expect(calls.filter((call) => call === 'GetDeployment of a copy')).toHaveLength(1);
    expect(lines.map(([, message, fields]) => [message, fields])).toEqual([
      ['the deployment group is deleted', IDS],
      ['an Auto Scaling group is deleted', { ...IDS, autoScalingGroup: COPY }],
      ['an Auto Scaling group is deleted', { ...IDS, autoScalingGroup: NEWER }],
      ['answer SUCCESS', { ...IDS, why: 'the deployment group is gone, and so is what was copied for it' }],
    ]);
  });

  test('are removed a few at a time', async () => {
    const made = world();
    for (let number = 3; number <= 5; number++) {
      made.fleet(`CodeDeploy_fleet_d-${number}`, 1).deployment({ id: `d-${number}`, status: 'Succeeded' });
    }
    const { answer, waits } = await playGroup(made, gone);
    expect([answer, waits, made.changes.length, [...made.fleets.keys()]]).toEqual([SUCCESS, [0, 0, 1, 10, 10, 10, 10, 10], 6, ['blue']]);
  });

  test('of others stay', async () => {
    const made = world('blue');
    made.fleet('CodeDeploy_fleet_2_d-9', 1).fleet('CodeDeploy_fleet_d-7', 1).fleet('CodeDeploy_fleet_d-8', 1).fleet('CodeDeploy_fleet_by-hand', 1);
    made.deployment({ id: 'd-7', group: 'shop/fleet', status: 'Succeeded' }).deployment({ id: 'd-9', group: 'web/fleet_2', status: 'Succeeded' });
    const { answer, lines } = await playGroup(made, gone);
    expect([answer, made.changes]).toEqual([SUCCESS, ['delete web/fleet', `remove ${COPY}`, `remove ${NEWER}`]]);
    expect(lines.filter(([level]) => level === 'warn')).toEqual([
      [
        'warn',
        'an Auto Scaling group stays: its deployment is not known to be one of the deployment group',
        { ...IDS, autoScalingGroup: 'CodeDeploy_fleet_d-8', error: 'GetDeployment of a copy failed: DeploymentDoesNotExistException: The deployment d-8 could not be found' },
      ],
    ]);
  });

  test('whose deployments may not be read stay', async () => {
    const made = world('blue');
    const { answer } = await playGroup(made, gone, (call) => (call === 'GetDeployment of a copy' ? refusedCall('AccessDeniedException') : undefined));
    expect([answer, made.changes]).toEqual([SUCCESS, ['delete web/fleet']]);
  });

  test('whose deployments cannot be read for now are asked again', async () => {
    const made = world();
    const { answer } = await playGroup(made, gone, (call, before) => (call === 'GetDeployment of a copy' && before === 0 ? refusedCall('ThrottlingException', 'slow', true) : undefined));
    expect([answer, made.changes]).toEqual([SUCCESS, ['delete web/fleet', `remove ${COPY}`, `remove ${NEWER}`]]);
  });

  test('of a group that is gone already go, too', async () => {
    const made = world();
    made.groups.clear();
    const { answer } = await playGroup(made, gone);
    expect([answer, made.changes]).toEqual([SUCCESS, [`remove ${COPY}`, `remove ${NEWER}`]]);
  });

  test('of a group of others stay', async () => {
    const made = world();
    made.groups.get('web/fleet')!.tags = {};
    expect([(await playGroup(made, gone)).answer, made.changes]).toEqual([SUCCESS, []]);
  });

  test('that are just going are waited for', async () => {
    const made = world();
    made.groups.clear();
    made.removeFleet(COPY);
    made.removeFleet(NEWER);
    const { waits } = await playGroup(made, gone);
    expect([made.changes.length, waits]).toEqual([2, [0, 10, 10, 10]]);
  });

  test('that do not go fail, and are named', async () => {
    const made = world();
    made.removeFleet = (name) => void made.changes.push(`remove ${name}`);
    const { answer } = await playGroup(made, gone, undefined, { late: 3_295 });
    expect(answer).toEqual({
      Status: 'FAILED',
      Reason: 'after 55 minutes: Auto Scaling groups that CodeDeploy has copied are not gone: CodeDeploy_fleet_d-1 (2 instances), CodeDeploy_fleet_d-2 (2 instances); delete them, then delete the stack again',
    });
  });

  test('that were taken over from a group of before go by what the group named', async () => {
    const made = world('CodeDeploy_old_d-0').fleet('CodeDeploy_old_d-0', 1).fleet('CodeDeploy_old_d-00', 1);
    const { answer } = await playGroup(made, gone);
    expect([answer, made.changes]).toEqual([SUCCESS, ['delete web/fleet', `remove ${COPY}`, `remove ${NEWER}`, 'remove CodeDeploy_old_d-0']]);
    expect([...made.fleets.keys()]).toEqual(['blue', 'CodeDeploy_old_d-00']);
  });

  test('named like one of the template stay', async () => {
    const made = world('CodeDeploy_old_d-0').fleet('CodeDeploy_old_d-0', 1);
    await playGroup(made, groupRequest('Delete', copied({ AutoScalingGroups: ['CodeDeploy_old_d-0'] })));
    expect(made.changes).toEqual(['delete web/fleet', `remove ${COPY}`, `remove ${NEWER}`]);
  });

  test.each([
    ['serves in the group that takes the place', 'web/new', [`remove ${COPY}`]],
    ['serves nowhere else', 'web/fleet', [`remove ${COPY}`, `remove ${NEWER}`]],
    ['serves where nothing stands for the resource', undefined, [`remove ${COPY}`, `remove ${NEWER}`]],
  ])('one that %s', async (_, current, changes) => {
    const made = Object.assign(world(), { current, stack: 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS' }).group('web/new', [NEWER], { tags: OURS });
    const { answer } = await playGroup(made, gone);
    expect([answer, made.changes]).toEqual([SUCCESS, ['delete web/fleet', ...changes]]);
  });

  test('stay where the group is gone that has taken the place: one of them may serve', async () => {
    const made = Object.assign(world(), { current: 'web/none', stack: 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS' });
    const { answer, lines } = await playGroup(made, gone);
    expect([answer, made.changes]).toEqual([SUCCESS, ['delete web/fleet']]);
    const ids = { resource: 'Fleet', requestId: 'request-1' };
    expect(lines.slice(-2)).toEqual([
      ['warn', "Auto Scaling groups stay: which of them serves is not known, since the deployment group that has taken this one's place is not there", { ...ids, autoScalingGroups: `${COPY}, ${NEWER}` }],
      ['info', 'answer SUCCESS', { ...ids, why: 'the deployment group is gone, and what was copied for it may serve still' }],
    ]);
  });

  test('are not looked for where there are none', async () => {
    const made = simple();
    const { calls } = await playGroup(made, groupRequest('Delete', alternating()));
    expect(calls).not.toContain('DescribeAutoScalingGroups of all');
  });
});

test.each([
  ['DeleteDeploymentGroup', ['delete web/fleet', `remove ${COPY}`, `remove ${NEWER}`]],
  ['DeleteAutoScalingGroup', ['delete web/fleet', `remove ${COPY}`, `remove ${NEWER}`]],
  ['StopDeployment', ['stop d-3', 'delete web/fleet', `remove ${COPY}`, `remove ${NEWER}`]],
])('the answer of %s is lost', async (lost, changes) => {
  const made = world();
  if (lost === 'StopDeployment') {
    made.deployment({ id: 'd-3', rollsBackAfter: 8 });
  }
  const { answer } = await playGroup(made, gone, (call, before) => (call === lost && before === 0 ? 'lost' : undefined));
  expect([answer, made.changes]).toEqual([SUCCESS, changes]);
});

test('a long list is given its time', async () => {
  const made = world();
  const { answer } = await playGroup(made, gone, (call) => (call === 'DescribeAutoScalingGroups of all' ? refusedCall('UnexpectedAnswer', 'more than 100 pages', true) : undefined), { late: 3_280 });
  expect([answer, made.changes]).toEqual([{ Status: 'FAILED', Reason: 'after 55 minutes: x:Call failed: UnexpectedAnswer: more than 100 pages' }, []]);
});

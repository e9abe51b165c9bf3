/** How a group is made, taken over and kept, and what the answer is. */
import { makeStep } from '../../../../lambda/core/deployment/handler';
import type { DeploymentPorts } from '../../../../lambda/core/deployment/facts';
import { tagsOf } from '../../../../lambda/core/server-groups/marks';
import type { KeepTask } from '../../../../lambda/core/server-groups/request';
import { serverGroupTask } from '../../../../lambda/core/server-groups/request';
import type { ResourceRequest } from '../../../../lib/model/deployment-request';
import { playGroup, refusedCall } from '../../support/server-group-play';
import { ServerGroupWorld } from '../../support/server-group-world';
import { alternating, copied, groupRequest, NO_SERVER_GROUPS } from '../../support/server-groups';
import { virtualClock } from '../../support/virtual-clock';

const OURS = tagsOf(groupRequest('Create'));
const ADOPTED = { ...OURS, 'cdk-greenlight:adopted': 'true' };
const IDS = { resource: 'Fleet', requestId: 'request-1' };
const success = (id: string) => ({ Status: 'SUCCESS', Data: { DeploymentGroupId: id } });
const failure = (reason: string) => ({ Status: 'FAILED', Reason: reason });
const COPY = 'CodeDeploy_fleet_d-1';

const settingsOf = (asked: ResourceRequest) => (serverGroupTask(asked) as KeepTask).settings;

/** A group that is as these properties want it. */
const kept = (world: ServerGroupWorld, serving: readonly string[], properties: object = alternating(), more: object = {}) =>
  world.group('web/fleet', serving, { settings: settingsOf(groupRequest('Create', properties)), tags: OURS, attempted: true, ...more });
const two = () => new ServerGroupWorld().fleet('blue', 0).fleet('green', 0);

describe('a Create', () => {
  test('makes the group on the first fleet, and gives that its instances', async () => {
    const world = two();
    const { answer, calls, waits, lines } = await playGroup(world, groupRequest('Create'));
    expect(answer).toEqual(success('id-1'));
    expect(world.changes).toEqual(['create web/fleet on blue', 'scale blue to 3']);
    expect(calls).toEqual(['GetDeploymentGroup', 'DescribeAutoScalingGroups', 'DescribeStacks', 'CreateDeploymentGroup', 'GetDeploymentGroup', 'ListTagsForResource', 'DescribeAutoScalingGroups', 'SetDesiredCapacity']);
    expect(waits).toEqual([1]);
    expect(lines).toEqual([
      ['info', 'the deployment group is made', { ...IDS, autoScalingGroup: 'blue' }],
      ['info', 'answer SUCCESS', { ...IDS, why: 'Auto Scaling group blue is scaled from 0 to 3' }],
    ]);
    expect(world.groups.get('web/fleet')).toEqual({ id: 'id-1', settings: settingsOf(groupRequest('Create')), autoScalingGroups: ['blue'], tags: OURS });
  });

  test.each([
    [3, []],
    [2, ['scale blue to 3']],
  ])('of a fleet that is to have %i already', async (desired, more) => {
    const world = two().fleet('blue', desired, 3);
    const { answer, lines } = await playGroup(world, groupRequest('Create'));
    expect([answer, world.changes]).toEqual([success('id-1'), ['create web/fleet on blue', ...more]]);
    expect(lines.at(-1)?.[2]).toEqual({ ...IDS, why: more.length === 0 ? 'Auto Scaling group blue is to have 3 instances already' : 'Auto Scaling group blue is scaled from 2 to 3' });
  });

  test('of one that is copied asks for no instances', async () => {
    const world = new ServerGroupWorld().fleet('blue', 0);
    const { answer, calls, lines } = await playGroup(world, groupRequest('Create', copied()));
    expect([answer, world.changes]).toEqual([success('id-1'), ['create web/fleet on blue']]);
    expect(calls).toEqual(['GetDeploymentGroup', 'DescribeStacks', 'CreateDeploymentGroup', 'GetDeploymentGroup', 'ListTagsForResource']);
    expect(lines.at(-1)).toEqual(['info', 'answer SUCCESS', { ...IDS, why: 'the deployment group is as it is wanted' }]);
  });

  const PLACES = "bad configuration: 'AutoScalingGroups' must name groups of this account and region, got \"blue\", which is";
  test.each<[string, ServerGroupWorld, string]>([
    ['a fleet that is not there', new ServerGroupWorld().fleet('green', 0), `${PLACES} not there`],
    ['a fleet that is too small', two().fleet('blue', 0, 2), "bad configuration: 'Capacity' must be at most 2, the maximum size of Auto Scaling group \"blue\", got 3; raise the one, or lower the other"],
    ['a group of others', two().group('web/fleet', ['blue']), "deployment group \"fleet\" of application \"web\" exists already, and was not made by this resource; choose another 'DeploymentGroupName', or have this resource take the group over by 'Adopt'"],
    ['a group of another platform', two().group('web/fleet', [], { platform: 'ECS' }), "deployment group \"fleet\" of application \"web\" exists already, for the compute platform \"ECS\"; choose another 'DeploymentGroupName'"],
  ])('fails before anything is made with %s', async (_, world, reason) => {
    const { answer, lines } = await playGroup(world, groupRequest('Create'));
    expect([answer, world.changes]).toEqual([failure(reason), []]);
    expect(lines).toEqual([['error', 'answer FAILED', { ...IDS, reason }]]);
  });

  test.each(['ROLLBACK_IN_PROGRESS', 'ROLLBACK_COMPLETE', 'UPDATE_ROLLBACK_IN_PROGRESS', 'DELETE_IN_PROGRESS', 'DELETE_COMPLETE', undefined])('makes nothing any more in a stack that is %s', async (stack) => {
    const world = Object.assign(two(), { stack });
    const reason = `the stack is ${stack ?? 'gone'}: CloudFormation has given this request up, and no deployment group is made that nobody would delete`;
    const { answer, lines } = await playGroup(world, groupRequest('Create'));
    expect([answer, world.changes]).toEqual([failure(reason), []]);
    expect(lines).toEqual([['error', 'answer FAILED', { ...IDS, reason }]]);
  });

  test.each(['CREATE_IN_PROGRESS', 'UPDATE_IN_PROGRESS', 'CREATE_COMPLETE', 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS'])('makes it in one that is %s', async (stack) => {
    const world = Object.assign(two(), { stack });
    expect([(await playGroup(world, groupRequest('Create'))).answer, world.changes]).toEqual([success('id-1'), ['create web/fleet on blue', 'scale blue to 3']]);
  });

  test('of a fleet that is being deleted fails', async () => {
    const world = two();
    world.removeFleet('blue');
    expect((await playGroup(world, groupRequest('Create'))).answer).toEqual(failure(`${PLACES} being deleted`));
  });

  test('of a fleet that has become too small meanwhile fails', async () => {
    const world = kept(two().fleet('blue', 0, 2), ['blue'], alternating(), { attempted: false });
    expect((await playGroup(world, groupRequest('Create'))).answer.Reason).toBe("bad configuration: 'Capacity' must be at most 2, the maximum size of Auto Scaling group \"blue\", got 3; raise the one, or lower the other");
  });

  test('with wrong properties calls nobody', async () => {
    const { answer, calls } = await playGroup(two(), groupRequest('Create', alternating({ Capacity: '0' })));
    expect([answer, calls]).toEqual([failure("bad configuration: 'Capacity' must be a whole number from 1 to 10000, got \"0\""), []]);
  });

  test.each([
    ['goes on where it left off', { attempted: false }, ['scale blue to 3']],
    ['scales nothing that has been deployed to', { attempted: true }, []],
    ['scales nothing that was taken over', { attempted: false, tags: ADOPTED }, []],
  ])('that is repeated %s', async (_, more, changes) => {
    const world = kept(two(), ['blue'], alternating(), more);
    const { answer } = await playGroup(world, groupRequest('Create'));
    expect([answer, world.changes]).toEqual([success('id of web/fleet'), changes]);
  });
});

describe('a Create that takes a group over', () => {
  const asked = groupRequest('Create', alternating({ Adopt: 'true' }));
  test('brings it up to date, marks it, and leaves its size', async () => {
    const world = two().group('web/fleet', ['green'], { attempted: false, filters: 'filters', tags: { team: 'web' } });
    const { answer, calls, lines } = await playGroup(world, asked);
    expect([answer, world.changes]).toEqual([success('id of web/fleet'), ['update web/fleet, without filters', 'tag cdk-greenlight:resource,cdk-greenlight:adopted']]);
    expect(world.groups.get('web/fleet')?.tags).toEqual({ team: 'web', ...ADOPTED });
    expect(calls).toEqual(['GetDeploymentGroup', 'ListTagsForResource', 'ListDeployments', 'UpdateDeploymentGroup', 'TagResource', 'GetDeploymentGroup', 'ListTagsForResource']);
    expect(lines.map(([, message]) => message)).toEqual(['the deployment group is updated', 'the deployment group is taken over', 'answer SUCCESS']);
  });

  test('knows it again where tags are told late', async () => {
    const world = two().group('web/fleet', ['green']);
    world.tag = () => undefined;
    expect((await playGroup(world, asked)).answer).toEqual(success('id of web/fleet'));
    expect(world.changes).toEqual(['update web/fleet']);
  });

  test('makes one where there is none', async () => {
    const world = two();
    expect([(await playGroup(world, asked)).answer, world.changes]).toEqual([success('id-1'), ['create web/fleet on blue', 'scale blue to 3']]);
  });

  test('takes one that is as wanted by its mark alone, whatever runs in it', async () => {
    const world = kept(two(), ['green'], alternating(), { tags: {} }).deployment({ id: 'd-1' });
    expect([(await playGroup(world, asked)).answer, world.changes]).toEqual([success('id of web/fleet'), ['tag cdk-greenlight:resource,cdk-greenlight:adopted']]);
  });

  test('takes none of another platform', async () => {
    const world = two().group('web/fleet', [], { platform: 'Lambda' });
    expect((await playGroup(world, asked)).answer.Reason).toBe("deployment group \"fleet\" of application \"web\" exists already, for the compute platform \"Lambda\"; choose another 'DeploymentGroupName'");
  });

  test('takes one whose green fleets were made otherwise', async () => {
    const world = kept(two(), [COPY], copied(), { tags: {} });
    expect([(await playGroup(world, asked)).answer.Status, world.changes[0]]).toEqual(['SUCCESS', 'update web/fleet on blue']);
  });
});

describe('an Update', () => {
  const config = { DeploymentConfigName: 'Other' };
  test.each<[string, ServerGroupWorld, object, readonly string[]]>([
    ['keeps what serves', kept(two(), ['green']), alternating(config), ['update web/fleet']],
    ['does nothing to what is as it is wanted', kept(two(), ['green']), alternating({ Capacity: '9' }), []],
    ['takes tags away by which instances are selected', kept(two(), ['green'], alternating(), { filters: 'sets' }), alternating(), ['update web/fleet']],
    ['names what serves alone', kept(two(), ['green', 'red']), alternating(config), ['update web/fleet on green']],
    ['keeps what serves in another list', kept(two(), ['green']), alternating({ AutoScalingGroups: ['red', 'green'] }), []],
    ['goes to the first of a list without it', kept(two(), ['green']), alternating({ AutoScalingGroups: ['red', 'blue'] }), ['update web/fleet on red']],
    ['goes to the fullest where none serves', kept(two().fleet('green', 1), []), alternating(), ['update web/fleet on green']],
    ['keeps a copy', kept(two(), [COPY], copied()), copied({ ...config, AutoScalingGroups: ['red'] }), ['update web/fleet on CodeDeploy_fleet_d-1']],
    ['says an original that stays', kept(two(), ['blue'], copied()), copied(config), ['update web/fleet on blue']],
    ['leaves an original for another one', kept(two(), ['blue'], copied()), copied({ AutoScalingGroups: ['red'] }), ['update web/fleet on red']],
    ['makes what others have deleted, on the fullest', two().fleet('green', 2), alternating(), ['create web/fleet on green']],
  ])('%s', async (_, world, now, changes) => {
    const { answer } = await playGroup(world, groupRequest('Update', now, { ...now, DeploymentConfigName: 'Before' }));
    expect([answer.Status, world.changes]).toEqual(['SUCCESS', changes]);
  });

  describe('that leaves out an Auto Scaling group', () => {
    const three = () => two().fleet('red', 0);
    const refused = (named: string, wanted: string) =>
      failure(`bad configuration: 'AutoScalingGroups' must keep ${named}, got ${wanted}; deploy first, so that another one serves, then take this one out of the template, or replace it`);
    const GREEN = '"green", which deployment group "fleet" serves with (1 instances)';

    test.each<[string, ServerGroupWorld, object, object]>([
      ['that serves', kept(three().fleet('green', 1), ['green']), alternating({ AutoScalingGroups: ['blue', 'red'] }), alternating()],
      ['that serves beside another one', kept(three().fleet('green', 1), ['blue', 'green']), alternating({ AutoScalingGroups: ['blue', 'red'] }), alternating()],
    ])('%s is refused', async (_what, world, now, before) => {
      expect([(await playGroup(world, groupRequest('Update', now, before))).answer, world.changes]).toEqual([refused(GREEN, '"blue" and "red"'), []]);
    });

    test('that serves is refused under another name, too', async () => {
      const world = kept(three().fleet('green', 1), ['green']);
      const { answer } = await playGroup(world, groupRequest('Update', alternating({ DeploymentGroupName: 'other', AutoScalingGroups: ['blue', 'red'] }), alternating()));
      expect([answer, world.changes]).toEqual([refused(GREEN, '"blue" and "red"'), []]);
    });

    test('that serves is refused before the first copy, too', async () => {
      const world = kept(three().fleet('blue', 2), ['blue'], copied());
      const { answer } = await playGroup(world, groupRequest('Update', copied({ AutoScalingGroups: ['red'] }), copied()));
      expect([answer, world.changes]).toEqual([refused('"blue", which deployment group "fleet" serves with (2 instances)', '"red"'), []]);
    });

    const leaving = () => {
      const world = three().fleet('green', 1);
      world.removeFleet('green');
      world.changes.length = 0;
      return world;
    };
    test.each<[string, ServerGroupWorld, object, readonly string[]]>([
      ['that does not serve', kept(three().fleet('green', 1), ['blue']), alternating({ AutoScalingGroups: ['blue', 'red'] }), []],
      ['that has no instances', kept(three(), ['green']), alternating({ AutoScalingGroups: ['blue', 'red'] }), ['update web/fleet on blue']],
      ['that is being deleted', kept(leaving(), ['green']), alternating({ AutoScalingGroups: ['blue', 'red'] }), ['update web/fleet on blue']],
      ['that is not there', kept(new ServerGroupWorld().fleet('blue', 0).fleet('red', 0), ['green']), alternating({ AutoScalingGroups: ['blue', 'red'] }), ['update web/fleet on blue']],
    ])('%s is done', async (_what, world, now, changes) => {
      expect([(await playGroup(world, groupRequest('Update', now, alternating()))).answer.Status, world.changes]).toEqual(['SUCCESS', changes]);
    });

    test('and takes it in again is done', async () => {
      const world = kept(three().fleet('green', 1), ['green']);
      const { answer } = await playGroup(world, groupRequest('Update', alternating(), alternating({ AutoScalingGroups: ['blue', 'red'] })));
      expect([answer.Status, world.changes]).toEqual(['SUCCESS', []]);
    });
  });

  test('tells what it has done', async () => {
    const { lines } = await playGroup(kept(two(), ['green'], alternating(), { filters: 'sets' }), groupRequest('Update'));
    expect(lines).toEqual([
      ['info', 'the deployment group is updated', { ...IDS, autoScalingGroup: 'green' }],
      ['info', 'answer SUCCESS', { ...IDS, why: 'the deployment group is as it is wanted' }],
    ]);
  });

  test('waits for the end of what runs', async () => {
    const world = kept(two(), ['green']).deployment({ id: 'd-1', endsAt: 25 }).deployment({ id: 'd-0', group: 'web/other' });
    const { answer, waits } = await playGroup(world, groupRequest('Update', alternating(config)));
    expect([answer.Status, world.changes, waits]).toEqual(['SUCCESS', ['update web/fleet'], [10, 10, 10, 1]]);
  });

  test('does not wait for what has just ended', async () => {
    const world = kept(two(), ['green']).deployment({ id: 'd-1', status: 'Failed' });
    world.running = () => world.deployments;
    const { waits } = await playGroup(world, groupRequest('Update', alternating(config)));
    expect([world.changes, waits]).toEqual([['update web/fleet'], [1]]);
  });

  test('does not wait longer than CloudFormation does', async () => {
    const world = kept(two(), ['green']).deployment({ id: 'd-1' });
    const { answer, waits } = await playGroup(world, groupRequest('Update', alternating(config)), undefined, { late: 290 });
    expect([answer, waits.length, world.changes]).toEqual([
      failure('after 55 minutes: deployment d-1 of deployment group "fleet" has not ended (InProgress), and the group is not changed under it; wait for its end, or stop it, then update the stack again'),
      301,
      [],
    ]);
  });

  test('to another kind of fleet is refused', async () => {
    const world = kept(two(), ['green']);
    expect([(await playGroup(world, groupRequest('Update', copied(), alternating()))).answer, world.changes]).toEqual([
      failure("bad configuration: 'Fleet' of a deployment group must stay what it is, got \"COPIED\" for one whose green fleets are made by \"DISCOVER_EXISTING\"; give it another 'DeploymentGroupName' too"),
      [],
    ]);
  });

  test('of a group that was changed to one in place is refused', async () => {
    const world = two().group('web/fleet', ['green'], { tags: OURS });
    expect((await playGroup(world, groupRequest('Update'))).answer.Reason).toBe("bad configuration: 'Fleet' of a deployment group must stay what it is, got \"ALTERNATING\" for one whose green fleets are made by \"nothing\"; give it another 'DeploymentGroupName' too");
  });

  test('that takes back what was refused does nothing', async () => {
    const world = kept(two(), ['green']);
    expect([(await playGroup(world, groupRequest('Update', alternating(), copied()))).answer.Status, world.changes]).toEqual(['SUCCESS', []]);
  });
});

describe('a group that takes the place of another', () => {
  const renamed = alternating({ DeploymentGroupName: 'new' });
  const asked = groupRequest('Update', renamed, alternating());
  test('begins with what serves there', async () => {
    const world = kept(two().fleet('green', 2), ['green']);
    const { answer, calls } = await playGroup(world, asked);
    expect([answer, world.changes]).toEqual([success('id-1'), ['create web/new on green']]);
    expect(calls).toEqual(['GetDeploymentGroup', 'ListDeployments', 'GetDeploymentGroup of another', 'CreateDeploymentGroup', 'GetDeploymentGroup', 'ListTagsForResource']);
  });

  test('waits for the deployment that runs there', async () => {
    const world = kept(two().fleet('green', 2), ['green']).deployment({ id: 'd-1', endsAt: 5 });
    const { waits } = await playGroup(world, asked);
    expect([world.changes, waits]).toEqual([['create web/new on green'], [10, 1]]);
  });

  test('begins with a copy of the other', async () => {
    const world = kept(two(), [COPY], copied());
    await playGroup(world, groupRequest('Update', copied({ DeploymentGroupName: 'new' }), copied()));
    expect(world.changes).toEqual(['create web/new on CodeDeploy_fleet_d-1']);
  });

  test('begins with the fullest where the other is gone', async () => {
    const world = two().fleet('green', 2);
    await playGroup(world, asked);
    expect(world.changes).toEqual(['create web/new on green']);
  });

  test('begins anew with another kind of fleet', async () => {
    const world = kept(two(), [COPY], copied());
    await playGroup(world, groupRequest('Update', renamed, copied()));
    expect(world.changes).toEqual(['create web/new on blue', 'scale blue to 3']);
  });

  test('goes back to what serves in the new one', async () => {
    const world = kept(two(), ['green']).group('web/new', ['blue'], { tags: OURS });
    await playGroup(world, groupRequest('Update', alternating(), renamed));
    expect(world.changes).toEqual(['update web/fleet on blue']);
  });

  test('waits before it goes back, too', async () => {
    const world = kept(two(), ['green']).group('web/new', ['green'], { tags: OURS }).deployment({ id: 'd-1', group: 'web/new', endsAt: 5 });
    expect([(await playGroup(world, groupRequest('Update', alternating(), renamed))).waits, world.changes]).toEqual([[10, 1], []]);
  });
});

describe('what does not work', () => {
  test('the role is not known yet', async () => {
    const world = two();
    world.roleKnownAt = 40;
    const { answer, waits, lines } = await playGroup(world, groupRequest('Create'));
    expect([answer.Status, waits]).toEqual(['SUCCESS', [10, 10, 10, 10, 1]]);
    expect(lines[0]).toEqual(['warn', 'a call was refused', { ...IDS, error: 'CreateDeploymentGroup failed: InvalidRoleException: Cannot assume role provided.' }]);
  });

  test('the role never is', async () => {
    const world = two();
    world.roleKnownAt = Infinity;
    const { answer, waits } = await playGroup(world, groupRequest('Create'));
    expect([answer, waits.length]).toEqual([failure('CreateDeploymentGroup failed: InvalidRoleException: Cannot assume role provided.'), 15]);
  });

  const once = (call: string, error: Error) => (made: string, before: number) => (made === call && before === 0 ? error : undefined);
  const always = (call: string, error: Error) => (made: string) => (made === call ? error : undefined);
  test.each<[string, string, string, string, boolean, number]>([
    ['a topic', 'CreateDeploymentGroup', 'InvalidTriggerConfigException', 'Topic ARN x is not valid', false, 10],
    ['a role, in other words', 'CreateDeploymentGroup', 'InvalidInputException', 'AWS CodeDeploy does not have the permissions required to assume the role x', false, 10],
    ['a policy', 'GetDeploymentGroup', 'AccessDeniedException', 'no', false, 10],
    ['a group that is there after all', 'CreateDeploymentGroup', 'DeploymentGroupAlreadyExistsException', 'there', false, 5],
    ['an activity', 'SetDesiredCapacity', 'ScalingActivityInProgress', 'scaling', false, 5],
    ['a contention', 'SetDesiredCapacity', 'ResourceContention', 'busy', false, 5],
    ['a use', 'SetDesiredCapacity', 'ResourceInUse', 'busy', false, 5],
    ['a throttled call', 'DescribeAutoScalingGroups', 'Throttling', 'slow down', true, 5],
    ['an answer that is none', 'ListTagsForResource', 'ECONNRESET', 'reset', false, 5],
  ])('%s is waited for', async (_, call, code, message, retryable, pause) => {
    const world = two();
    const { answer, waits } = await playGroup(world, groupRequest('Create'), once(call, refusedCall(code, message, retryable)));
    expect([answer.Status, world.changes]).toEqual(['SUCCESS', ['create web/fleet on blue', 'scale blue to 3']]);
    expect(waits).toContain(pause);
  });

  test('what is refused for good fails with the words of the service', async () => {
    const world = two();
    const { answer, waits } = await playGroup(world, groupRequest('Create'), always('CreateDeploymentGroup', refusedCall('InvalidAlarmConfigException', 'no such alarm')));
    expect([answer, waits]).toEqual([failure('x:Call failed: InvalidAlarmConfigException: no such alarm'), []]);
  });

  test('what is denied for long fails with the remedy', async () => {
    const { answer, waits } = await playGroup(two(), groupRequest('Create'), always('CreateDeploymentGroup', refusedCall('AccessDeniedException')));
    expect([answer, waits.length]).toEqual([failure("x:Call failed: AccessDeniedException: no; allow this to the role of the deployment provider's step function"), 15]);
  });

  test('what is throttled for long is tried for an hour, less and less often', async () => {
    const { answer, waits } = await playGroup(two(), groupRequest('Create'), always('GetDeploymentGroup', refusedCall('ThrottlingException', 'slow down', true)));
    expect(answer).toEqual(failure('after 55 minutes: x:Call failed: ThrottlingException: slow down'));
    expect(waits.slice(0, 5)).toEqual([5, 10, 20, 30, 30]);
  });

  test('what is refused late is not waited for', async () => {
    const { answer, waits } = await playGroup(two(), groupRequest('Create'), always('GetDeploymentGroup', refusedCall('InvalidRoleException')), { late: 3_300 });
    expect([answer, waits]).toEqual([failure('x:Call failed: InvalidRoleException: no'), []]);
  });

  test('a refusal that is over begins anew with the next one', async () => {
    const refusedTwice = (call: string, before: number) => (call === 'GetDeploymentGroup' && before === 0) || (call === 'SetDesiredCapacity' && before < 15) ? refusedCall('AccessDeniedException') : undefined;
    expect((await playGroup(two(), groupRequest('Create'), refusedTwice)).answer.Status).toBe('SUCCESS');
  });

  test('a call that never ends is given up', async () => {
    const hanging = { ...NO_SERVER_GROUPS, serverGroups: { ...NO_SERVER_GROUPS.serverGroups, find: () => new Promise<never>(() => undefined) } };
    const clock = virtualClock();
    const lines: unknown[] = [];
    const ports = { ...hanging, clock, log: { info: () => undefined, warn: (_: string, fields: unknown) => void lines.push(fields), error: () => undefined } } as unknown as DeploymentPorts;
    const returned = await makeStep(ports)({ action: 'step', request: groupRequest('Create'), startedAt: new Date(clock.epoch()).toISOString(), retries: 0, memory: {} });
    expect(returned).toEqual({ done: false, waitSeconds: 5, memory: { late: 0, clock: 11, misses: 1 } });
    expect([clock.now(), lines]).toEqual([6_000, [{ ...IDS, error: 'not finished within 6000 ms' }]]);
  });

  test.each([
    ['slow', { clock: 3_300 }],
    ['right', { late: 3_300 }],
    ['fast', { clock: 3_299, late: 3_300 }],
  ])('the hour is over by the further of two clocks, where that of the function is %s', async (_, memory) => {
    const world = kept(two(), ['green']).deployment({ id: 'd-1' });
    const { answer, waits } = await playGroup(world, groupRequest('Update', alternating(config())), undefined, memory);
    expect([answer.Reason?.split(':')[0], waits]).toEqual(['after 55 minutes', []]);
  });

  test('a mistake of ours is thrown', async () => {
    await expect(playGroup(two(), groupRequest('Create'), always('GetDeploymentGroup', new TypeError('oops')))).rejects.toThrow('oops');
  });

  /** Calls that change something work, and their answers are lost. */
  test.each<[string, ResourceRequest, () => ServerGroupWorld, readonly string[]]>([
    ['CreateDeploymentGroup', groupRequest('Create'), two, ['create web/fleet on blue', 'scale blue to 3']],
    ['SetDesiredCapacity', groupRequest('Create'), two, ['create web/fleet on blue', 'scale blue to 3']],
    ['UpdateDeploymentGroup', groupRequest('Update', alternating(config())), () => kept(two(), ['green']), ['update web/fleet']],
    ['TagResource', groupRequest('Create', alternating({ Adopt: 'true' })), () => two().group('web/fleet', ['green']), ['update web/fleet', 'tag cdk-greenlight:resource,cdk-greenlight:adopted']],
  ])('the answer of %s is lost', async (lost, asked, make, changes) => {
    const world = make();
    const { answer } = await playGroup(world, asked, (call, before) => (call === lost && before === 0 ? 'lost' : undefined));
    expect([answer.Status, world.changes]).toEqual(['SUCCESS', changes]);
  });
});

function config(): object {
  return { DeploymentConfigName: 'Other' };
}

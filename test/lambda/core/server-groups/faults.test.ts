/** Every call of every kind of request, with every fault: each ends in one answer, and in the same changes as without. */
import { tagsOf } from '../../../../lambda/core/server-groups/marks';
import type { ResourceRequest } from '../../../../lib/model/deployment-request';
import type { GroupFault } from '../../support/server-group-play';
import { playGroup, refusedCall } from '../../support/server-group-play';
import { ServerGroupWorld } from '../../support/server-group-world';
import { alternating, copied, groupRequest } from '../../support/server-groups';

const OURS = tagsOf(groupRequest('Create'));
const COPY = 'CodeDeploy_fleet_d-1';
const settings = { blueGreenDeploymentConfiguration: { greenFleetProvisioningOption: { action: 'DISCOVER_EXISTING' } } };
const fleets = (): ServerGroupWorld => new ServerGroupWorld().fleet('blue', 0).fleet('green', 2);
const deleted = (world: ServerGroupWorld): ServerGroupWorld => Object.assign(world, { stack: 'DELETE_IN_PROGRESS', current: 'web/fleet' });

const SCENARIOS: Readonly<Record<string, readonly [() => ServerGroupWorld, ResourceRequest, readonly string[]]>> = {
  'is made': [fleets, groupRequest('Create'), ['create web/fleet on blue', 'scale blue to 3']],
  'is made with a copy': [() => new ServerGroupWorld(), groupRequest('Create', copied()), ['create web/fleet on blue']],
  'is taken over': [() => fleets().group('web/fleet', ['green']), groupRequest('Create', alternating({ Adopt: 'true' })), ['update web/fleet', 'tag cdk-greenlight:resource,cdk-greenlight:adopted']],
  'is changed': [() => fleets().group('web/fleet', ['green'], { tags: OURS, settings }).deployment({ id: 'd-1', endsAt: 15 }), groupRequest('Update'), ['update web/fleet']],
  'is replaced': [
    () => fleets().group('web/fleet', ['green'], { tags: OURS, settings }).deployment({ id: 'd-1', endsAt: 15 }),
    groupRequest('Update', alternating({ DeploymentGroupName: 'new' }), alternating()),
    ['create web/new on green'],
  ],
  'is made again': [fleets, groupRequest('Update'), ['create web/fleet on green']],
  'is deleted': [
    () => deleted(fleets().group('web/fleet', ['green'], { tags: OURS }).deployment({ id: 'd-1', rollsBackAfter: 8 })),
    groupRequest('Delete'),
    ['stop d-1', 'delete web/fleet'],
  ],
  'is deleted with a copy': [
    () => deleted(fleets().fleet(COPY, 2).group('web/fleet', ['blue'], { tags: OURS }).deployment({ id: 'd-1', status: 'Succeeded' })),
    groupRequest('Delete', copied()),
    ['delete web/fleet', `remove ${COPY}`],
  ],
  'is let go': [
    () => Object.assign(fleets().group('web/fleet', ['blue'], { tags: { ...OURS, 'cdk-greenlight:adopted': 'true' } }), { stack: 'ROLLBACK_IN_PROGRESS' }),
    groupRequest('Delete'),
    ['untag cdk-greenlight:resource,cdk-greenlight:adopted'],
  ],
};

const FAULTS: Readonly<Record<string, ReturnType<GroupFault>>> = {
  throttled: refusedCall('ThrottlingException', 'Rate exceeded', true),
  denied: refusedCall('AccessDeniedException', 'is not authorized'),
  'cut off': refusedCall('ECONNRESET', 'reset'),
  lost: 'lost',
  killed: 'killed',
};

const CASES = Object.keys(SCENARIOS).flatMap((name) => Object.keys(FAULTS).map((kind) => [name, kind] as const));

test.each(CASES)('a group that %s, with each call %s', async (name, kind) => {
  const [make, request, changes] = SCENARIOS[name]!;
  const without = make();
  const { calls } = await playGroup(without, request);
  expect(without.changes).toEqual(changes);
  expect(calls.length).toBeGreaterThan(2);
  for (const [at, call] of calls.entries()) {
    const world = make();
    const { answer } = await playGroup(world, request, (_, __, all) => (all === at ? FAULTS[kind] : undefined));
    // What may not be read is not told to be the group's own.
    const expected = kind === 'denied' && call === 'GetDeployment of a copy' ? changes.filter((change) => change !== `remove ${COPY}`) : changes;
    expect([at, call, answer.Status, world.changes]).toEqual([at, call, 'SUCCESS', expected]);
  }
});

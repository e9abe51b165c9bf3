import type { DeploymentFacts } from '../../../../lambda/core/deployment/facts';
import type { FleetFacts } from '../../../../lambda/core/server-fleets/ports';
import { settleFleets } from '../../../../lambda/core/server-fleets/settle';
import type { AutoScalingGroupFacts, ServerGroupFacts } from '../../../../lambda/core/server-groups/ports';
import { deployed, servers } from '../../support/server-requests';

const NOW = 10_000_000_000;
const HOUR = 3_600;

const to = (replacement: string, endedSecondsAgo: number | undefined, more: Partial<DeploymentFacts> = {}): DeploymentFacts =>
  deployed('d-1', 'Succeeded', {
    createdAt: 1,
    servers: servers({ blueGreen: true, replacements: [replacement], ...(endedSecondsAgo === undefined ? {} : { endedAt: NOW - endedSecondsAgo * 1_000 }) }),
    ...more,
  });
const group = (more: Partial<ServerGroupFacts> = {}): ServerGroupFacts => ({ id: 'g', autoScalingGroups: ['green'], blueGreen: true, lastSuccessful: 'd-1', lastAttempted: 'd-1', ...more });
const fleet = (name: string, desired: number, more: Partial<AutoScalingGroupFacts> = {}): AutoScalingGroupFacts => ({ name, desired, min: 0, max: 9, inService: desired, instances: desired, ...more });
const known = (...found: readonly DeploymentFacts[]): Pick<FleetFacts, 'deployments'> => ({ deployments: Object.fromEntries(found.map((each) => [each.id, each])) });

interface Given {
  readonly facts?: Partial<FleetFacts>;
  /** Seconds. */
  readonly wait?: number | 'keep';
  readonly askedSecondsAgo?: number;
  readonly deploymentId?: string;
}

const next = ({ facts = {}, wait = HOUR, askedSecondsAgo = 0, deploymentId = 'd-1' }: Given) =>
  settleFleets(
    { application: 'web-application', group: 'web-group', fleets: ['blue', 'green'], terminationWait: wait === 'keep' ? undefined : wait },
    { deployments: {}, ...facts },
    { now: NOW, startedAt: NOW - askedSecondsAgo * 1_000, deploymentId },
  );

/** Green serves, since an hour ago; blue still has three instances. */
const SERVED: Partial<FleetFacts> = { serverGroup: group(), ...known(to('green', HOUR)), fleets: [fleet('blue', 3), fleet('green', 3)], running: [] };
const BROUGHT_DOWN = { do: 'scale down', name: 'blue', from: 3, serving: 'green' };

test.each<[string, Given, object]>([
  ['looks at the group', {}, { do: 'look', look: { at: 'serverGroup' } }],
  ['ends with the group', { facts: { serverGroup: 'missing' } }, { do: 'end', why: 'deployment group web-group is not there any more' }],
  ['looks at the last release', { facts: { serverGroup: group() } }, { do: 'look', look: { at: 'deployment', id: 'd-1' } }],
  ['looks at the deployment that has ended', { deploymentId: 'd-2', facts: { serverGroup: group(), ...known(to('green', HOUR)) } }, { do: 'look', look: { at: 'deployment', id: 'd-2' } }],
  [
    'does nothing where it is not known which one serves',
    { facts: { serverGroup: group({ autoScalingGroups: ['blue', 'green'] }), ...known(deployed('d-1', 'Succeeded')) } },
    { do: 'end', why: 'nothing tells which of blue and green serves: deployment group web-group names blue and green', amiss: true },
  ],
  [
    'does nothing where neither serves',
    { facts: { serverGroup: group({ autoScalingGroups: [] }), ...known(deployed('d-1', 'Succeeded')) } },
    { do: 'end', why: 'nothing tells which of blue and green serves: deployment group web-group names none', amiss: true },
  ],
  ['points the group at the one that serves', { facts: { ...SERVED, serverGroup: group({ autoScalingGroups: ['blue'] }) } }, { do: 'point', to: 'green' }],
  ['points it at that one alone', { facts: { ...SERVED, serverGroup: group({ autoScalingGroups: ['green', 'other'] }) } }, { do: 'point', to: 'green' }],
  [
    'points it by the deployment that has ended, though the group does not show that yet',
    { deploymentId: 'd-2', facts: { ...SERVED, ...known(to('green', HOUR), to('blue', 0, { id: 'd-2', createdAt: 2 })) } },
    { do: 'point', to: 'blue' },
  ],
  ['looks at the fleets', { facts: { ...SERVED, fleets: undefined } }, { do: 'look', look: { at: 'fleets' } }],
  ['ends where the other one is down', { facts: { ...SERVED, fleets: [fleet('green', 3), fleet('blue', 0, { instances: 2 })] } }, { do: 'end', why: 'green serves alone' }],
  ['ends where the other one is gone', { facts: { ...SERVED, fleets: [fleet('green', 3)] } }, { do: 'end', why: 'green serves alone' }],
  ['ends where the other one is being deleted', { facts: { ...SERVED, fleets: [fleet('green', 3), fleet('blue', 3, { leaving: true })] } }, { do: 'end', why: 'green serves alone' }],
  ['keeps the originals where that is asked for', { wait: 'keep', facts: SERVED }, { do: 'end', why: 'green serves, and blue is kept' }],
  ['brings the originals down after the termination wait', { facts: SERVED }, BROUGHT_DOWN],
  ['brings them down at once without one', { wait: 0, facts: { ...SERVED, ...known(to('green', 0)) } }, BROUGHT_DOWN],
  ['waits the termination wait', { wait: HOUR + 0.5, facts: SERVED }, { do: 'wait', seconds: 1, why: 'the originals live on for the termination wait' }],
  ['waits for days', { wait: 49 * HOUR, facts: SERVED }, { do: 'wait', seconds: 48 * HOUR, why: 'the originals live on for the termination wait' }],
  ['waits from when it was first asked where the end is not known', { askedSecondsAgo: HOUR - 10, facts: { ...SERVED, ...known(to('green', undefined)) } }, { do: 'wait', seconds: 10, why: 'the originals live on for the termination wait' }],
  ['looks whether something runs before it brings anything down', { facts: { ...SERVED, running: undefined } }, { do: 'look', look: { at: 'running' } }],
  ['brings nothing down while a deployment runs', { facts: { ...SERVED, running: ['d-9'] } }, { do: 'wait', seconds: 60, why: 'deployment d-9 runs' }],
  ['is patient', { askedSecondsAgo: HOUR + 14 * 86_400, facts: { ...SERVED, running: ['d-9'] } }, { do: 'wait', seconds: 60, why: 'deployment d-9 runs' }],
  ['but not for ever', { askedSecondsAgo: HOUR + 14 * 86_400 + 1, facts: { ...SERVED, running: ['d-9'] } }, { do: 'end', why: 'green serves, and deployments go on and on: the end of the last one settles it' }],
  ['brings down what does not serve, however long ago it was asked', { askedSecondsAgo: 1e9, facts: SERVED }, BROUGHT_DOWN],
  ['gives up sooner without a termination wait', { wait: 0, askedSecondsAgo: 14 * 86_400 + 1, facts: { ...SERVED, running: ['d-9'] } }, { do: 'end', why: 'green serves, and deployments go on and on: the end of the last one settles it' }],
])('%s', (_what, given, expected) => {
  expect(next(given)).toEqual(expected);
});

describe('after a release to blue that has failed, green serves', () => {
  const failed = (endedSecondsAgo: number | undefined, more: Partial<DeploymentFacts> = {}) =>
    to('blue', endedSecondsAgo, { id: 'd-2', status: 'Failed', createdAt: 2, ...more });
  const facts = (...found: readonly DeploymentFacts[]): Partial<FleetFacts> => ({ ...SERVED, serverGroup: group({ lastAttempted: found.at(-1)!.id }), ...known(to('green', 10), ...found) });

  test.each<[string, Given, object]>([
    ['a minute is for its rollback to begin', { deploymentId: 'd-2', facts: facts(failed(59)) }, { do: 'wait', seconds: 1, why: 'deployment d-2 has just ended' }],
    ['which is counted from when it was asked where the end is not known', { deploymentId: 'd-2', askedSecondsAgo: 50, facts: facts(failed(undefined)) }, { do: 'wait', seconds: 10, why: 'deployment d-2 has just ended' }],
    ['then blue is brought down, whatever the termination wait', { deploymentId: 'd-2', facts: facts(failed(60)) }, BROUGHT_DOWN],
    ['gives up without one, too', { wait: 'keep', deploymentId: 'd-2', askedSecondsAgo: 14 * 86_400 + 1, facts: { ...facts(failed(60)), running: ['d-3'] } }, { do: 'end', why: 'green serves, and deployments go on and on: the end of the last one settles it' }],
    ['even where originals are kept', { wait: 'keep', deploymentId: 'd-2', facts: facts(failed(60)) }, BROUGHT_DOWN],
    ['not while its rollback runs', { deploymentId: 'd-2', facts: { ...facts(failed(60)), running: ['d-3'] } }, { do: 'wait', seconds: 60, why: 'deployment d-3 runs' }],
    ['not while the same runs as a new one', { deploymentId: 'd-1', facts: { ...facts(failed(undefined, { status: 'InProgress' })), running: ['d-2'] }, askedSecondsAgo: 60 }, { do: 'wait', seconds: 60, why: 'deployment d-2 runs' }],
  ])('%s', (_what, given, expected) => {
    expect(next(given)).toEqual(expected);
  });

  test('and was rolled back, blue is brought down a minute after the rollback', () => {
    const rolledBack = (endedSecondsAgo: number): Partial<FleetFacts> => {
      const rollback = to('blue', endedSecondsAgo, { id: 'd-3', creator: 'codeDeployRollback', createdAt: 3 });
      return { ...SERVED, serverGroup: group({ lastSuccessful: 'd-3', lastAttempted: 'd-3' }), ...known(failed(100), rollback) };
    };
    expect(next({ deploymentId: 'd-2', facts: rolledBack(59) })).toEqual({ do: 'wait', seconds: 1, why: 'deployment d-3 has just ended' });
    expect(next({ deploymentId: 'd-2', facts: rolledBack(60) })).toEqual(BROUGHT_DOWN);
  });
});

test('nothing was ever released, and what a failed release has left is brought down', () => {
  const first = to('green', 60, { status: 'Failed' });
  const facts = { ...SERVED, serverGroup: group({ autoScalingGroups: ['blue'], lastSuccessful: undefined }), ...known(first) };
  expect(next({ facts })).toEqual({ do: 'scale down', name: 'green', from: 3, serving: 'blue' });
});

test('no deployment is known any more', () => {
  const facts = { ...SERVED, serverGroup: group({ lastSuccessful: undefined, lastAttempted: undefined }), deployments: { 'd-1': 'missing' as const } };
  expect(next({ facts, askedSecondsAgo: HOUR })).toEqual(BROUGHT_DOWN);
  expect(next({ facts, askedSecondsAgo: HOUR - 1 })).toEqual({ do: 'wait', seconds: 1, why: 'the originals live on for the termination wait' });
});


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
  ['but not for ever', { askedSecondsAgo: HOUR + 14 * 86_400 + 1, facts: { ...SERVED, running: ['d-9'] } }, { do: 'end', why: 'deployment d-9 goes on and on: the end of the last one settles it' }],
  ['brings down what does not serve, however long ago it was asked', { askedSecondsAgo: 1e9, facts: SERVED }, BROUGHT_DOWN],
  ['gives up sooner without a termination wait', { wait: 0, askedSecondsAgo: 14 * 86_400 + 1, facts: { ...SERVED, running: ['d-9'] } }, { do: 'end', why: 'deployment d-9 goes on and on: the end of the last one settles it' }],
])('%s', (_what, given, expected) => {
  expect(next(given)).toEqual(expected);
});

describe('after a release to blue that has failed, green serves', () => {
  const failed = (endedSecondsAgo: number | undefined, more: Partial<DeploymentFacts> = {}) =>
    to('blue', endedSecondsAgo, { id: 'd-2', status: 'Failed', createdAt: 2, ...more });
  const facts = (...found: readonly DeploymentFacts[]): Partial<FleetFacts> => ({ ...SERVED, serverGroup: group({ lastAttempted: found.at(-1)!.id }), ...known(to('green', 10), ...found), attempts: found, originalsTouched: { 'd-2': false } });

  test.each<[string, Given, object]>([
    ['a minute is for its rollback to begin', { deploymentId: 'd-2', facts: facts(failed(59)) }, { do: 'wait', seconds: 1, why: 'deployment d-2 has just ended' }],
    ['which is counted from when it was asked where the end is not known', { deploymentId: 'd-2', askedSecondsAgo: 50, facts: facts(failed(undefined)) }, { do: 'wait', seconds: 10, why: 'deployment d-2 has just ended' }],
    ['then what was tried is looked at', { deploymentId: 'd-2', facts: { ...facts(failed(60)), attempts: undefined } }, { do: 'look', look: { at: 'attempts', optional: false } }],
    ['and what became of its originals', { deploymentId: 'd-2', facts: { ...facts(failed(60)), originalsTouched: undefined } }, { do: 'look', look: { at: 'originals', id: 'd-2' } }],
    ['then blue is brought down, whatever the termination wait', { deploymentId: 'd-2', facts: facts(failed(60)) }, BROUGHT_DOWN],
    ['gives up without one, too', { wait: 'keep', deploymentId: 'd-2', askedSecondsAgo: 14 * 86_400 + 1, facts: { ...facts(failed(60)), running: ['d-3'] } }, { do: 'end', why: 'deployment d-3 goes on and on: the end of the last one settles it' }],
    ['even where originals are kept', { wait: 'keep', deploymentId: 'd-2', facts: facts(failed(60)) }, BROUGHT_DOWN],
    ['not while its rollback runs', { deploymentId: 'd-2', facts: { ...facts(failed(60)), running: ['d-3'] } }, { do: 'wait', seconds: 60, why: 'deployment d-3 runs' }],
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

describe('it is not known where the traffic is', () => {
  const failed = (id: string, createdAt: number, more: Partial<DeploymentFacts> = {}) => to('blue', 60, { id, status: 'Failed', createdAt, ...more });
  const after = (touched: Readonly<Record<string, boolean>>, ...found: readonly DeploymentFacts[]): Given => ({
    deploymentId: found.at(-1)!.id,
    facts: { ...SERVED, serverGroup: group({ lastAttempted: found.at(-1)!.id }), ...known(to('green', HOUR), ...found), attempts: [to('green', HOUR), ...found], originalsTouched: touched },
  });
  const unknown = (why: string) => ({ do: 'end', why: `it is not known which of green and blue has the traffic: ${why}; see where it is, register the instances of green with the load balancer again before anything is deployed, then bring blue down`, amiss: true });

  test.each<[string, Given, object]>([
    ['after a failure that had taken some of it from green', after({ 'd-2': true }, failed('d-2', 2)), unknown('deployment d-2 had begun to take it from the originals, and was not rolled back')],
    ['after one that was stopped then', after({ 'd-2': true }, failed('d-2', 2, { status: 'Stopped' })), unknown('deployment d-2 had begun to take it from the originals, and was not rolled back')],
    ['where another one has failed since, which took nothing', after({ 'd-2': true, 'd-3': false }, failed('d-2', 2), failed('d-3', 3)), unknown('deployment d-2 had begun to take it from the originals, and was not rolled back')],
    ['which is looked at', after({ 'd-3': false }, failed('d-2', 2), failed('d-3', 3)), { do: 'look', look: { at: 'originals', id: 'd-2' } }],
    ['after a rollback that failed', after({}, failed('d-2', 2), failed('d-3', 3, { creator: 'codeDeployRollback' })), unknown('rollback d-3 has not succeeded')],
    ['after another failure after that', after({ 'd-4': false }, failed('d-2', 2), failed('d-3', 3, { creator: 'codeDeployRollback' }), failed('d-4', 4)), { do: 'look', look: { at: 'originals', id: 'd-2' } }],
    ['and says so', after({ 'd-2': false, 'd-4': false }, failed('d-2', 2), failed('d-3', 3, { creator: 'codeDeployRollback' }), failed('d-4', 4)), unknown('rollback d-3 has not succeeded')],
  ])('%s', (_what, given, expected) => {
    expect(next(given)).toEqual(expected);
  });

  test.each<[string, DeploymentFacts]>([
    ['what failed before the success', failed('d-0', 0.5)],
    ['what failed at the moment of the success', failed('d-0', 1)],
    ['what failed at a moment that is not told', failed('d-0', 0, { createdAt: undefined })],
    ['what brought single instances up to date', failed('d-0', 2, { creator: 'autoscaling' })],
  ])('%s leaves no doubt', (_what, before) => {
    const given = after({ 'd-3': false }, failed('d-3', 3));
    expect(next({ ...given, facts: { ...given.facts, attempts: [before, ...(given.facts!.attempts as readonly DeploymentFacts[])] } })).toEqual(BROUGHT_DOWN);
  });

  test('nor does a success without a moment', () => {
    const given = after({ 'd-3': false }, failed('d-3', 3));
    const facts = { ...given.facts, deployments: { ...given.facts!.deployments, 'd-1': to('green', HOUR, { createdAt: undefined }) }, attempts: [failed('d-0', 0)] };
    expect(next({ ...given, facts })).toEqual(BROUGHT_DOWN);
  });

  test('where the last release went to instances that were named by their tags', () => {
    const tagged = (more: Partial<DeploymentFacts> = {}) => to('green', HOUR, { servers: servers({ blueGreen: true, endedAt: NOW - HOUR * 1_000 }), ...more });
    const why = 'nothing tells which of blue and green serves: deployment group web-group names green';
    expect(next({ facts: { ...SERVED, ...known(tagged()) } })).toEqual({ do: 'end', why, amiss: true });
    expect(next({ facts: { ...SERVED, ...known(to('other', HOUR)) } })).toEqual({ do: 'end', why, amiss: true });
    expect(next({ facts: { ...SERVED, ...known(tagged({ creator: 'codeDeployRollback' })) } })).toEqual(BROUGHT_DOWN);
    expect(next({ facts: { ...SERVED, ...known(tagged({ servers: servers({ endedAt: NOW - HOUR * 1_000 }) })) } })).toEqual(BROUGHT_DOWN);
  });
});

describe('while the last release has not ended nothing is done', () => {
  const begun = (more: Partial<DeploymentFacts> = {}) => to('blue', undefined, { id: 'd-2', status: 'InProgress', createdAt: 2, ...more });

  test.each<[string, Given]>([
    ['though it is time for what the one before it has left, and no list shows it', { facts: { ...SERVED, serverGroup: group({ lastAttempted: 'd-2' }), ...known(to('green', HOUR), begun()) } }],
    ['though its success is told already', { deploymentId: 'd-2', facts: { ...SERVED, ...known(to('green', HOUR), begun()) } }],
    ['and the group is not pointed back', { deploymentId: 'd-2', facts: { ...SERVED, serverGroup: group({ autoScalingGroups: ['blue'] }), ...known(to('green', HOUR), begun()) } }],
    ['be it a rollback', { facts: { ...SERVED, serverGroup: group({ lastAttempted: 'd-2' }), ...known(to('green', HOUR), begun({ creator: 'codeDeployRollback' })) } }],
  ])('%s', (_what, given) => {
    expect(next(given)).toEqual({ do: 'wait', seconds: 60, why: 'deployment d-2 runs' });
    expect(next({ ...given, askedSecondsAgo: HOUR + 14 * 86_400 })).toEqual({ do: 'wait', seconds: 60, why: 'deployment d-2 runs' });
    expect(next({ ...given, askedSecondsAgo: HOUR + 14 * 86_400 + 1 })).toEqual({ do: 'end', why: 'deployment d-2 goes on and on: the end of the last one settles it' });
  });
});

describe('during a termination wait of two days come three more releases', () => {
  const DAY = 86_400;
  const released = (id: string, replacement: string, number: number, endedSecondsAgo: number) => to(replacement, endedSecondsAgo, { id, createdAt: number });
  const four = [released('d-1', 'green', 1, 2 * DAY), released('d-2', 'blue', 2, 1.5 * DAY), released('d-3', 'green', 3, DAY), released('d-4', 'blue', 4, 100)];
  const facts: Partial<FleetFacts> = { ...SERVED, serverGroup: group({ autoScalingGroups: ['blue'], lastSuccessful: 'd-4', lastAttempted: 'd-4' }), ...known(...four) };

  test.each(['d-1', 'd-2', 'd-3', 'd-4'])('and the execution of %s leaves both up until that of the last one is over', (deploymentId) => {
    expect(next({ deploymentId, wait: 2 * DAY, askedSecondsAgo: 2 * DAY, facts })).toEqual({ do: 'wait', seconds: 2 * DAY - 100, why: 'the originals live on for the termination wait' });
    expect(next({ deploymentId, wait: 100, askedSecondsAgo: 2 * DAY, facts })).toEqual({ do: 'scale down', name: 'green', from: 3, serving: 'blue' });
    expect(next({ deploymentId, wait: 100, facts: { ...facts, fleets: [fleet('blue', 3), fleet('green', 0)] } })).toEqual({ do: 'end', why: 'blue serves alone' });
  });
});

test('nothing was ever released, and what a failed release has left is brought down', () => {
  const first = to('green', 60, { status: 'Failed' });
  const facts = { ...SERVED, serverGroup: group({ autoScalingGroups: ['blue'], lastSuccessful: undefined }), ...known(first), attempts: [], originalsTouched: { 'd-1': false } };
  expect(next({ facts })).toEqual({ do: 'scale down', name: 'green', from: 3, serving: 'blue' });
});

test('no deployment is known any more', () => {
  const facts = { ...SERVED, serverGroup: group({ lastSuccessful: undefined, lastAttempted: undefined }), deployments: { 'd-1': 'missing' as const } };
  expect(next({ facts, askedSecondsAgo: HOUR })).toEqual(BROUGHT_DOWN);
  expect(next({ facts, askedSecondsAgo: HOUR - 1 })).toEqual({ do: 'wait', seconds: 1, why: 'the originals live on for the termination wait' });
});


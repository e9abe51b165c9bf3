/** Steps of settling two fleets, with ports that answer from scripts: what is asked, what is done, and when it is asked again. */
import type { DeploymentFacts } from '../../../../lambda/core/deployment/facts';
import { ConfigurationError, ServiceFailure } from '../../../../lambda/core/failures';
import { fleetSettings, makeFleetStep } from '../../../../lambda/core/server-fleets/handler';
import type { FleetPorts } from '../../../../lambda/core/server-fleets/ports';
import type { AutoScalingGroupFacts, ServerGroupFacts } from '../../../../lambda/core/server-groups/ports';
import type { FleetStepEvent } from '../../../../lib/model/server/fleets';
import { FLEET_ENV } from '../../../../lib/model/server/fleets';
import type { StateChangeEvent } from '../../../../lib/model/server/gates';
import type { Script } from '../../support/fake-ports';
import { player } from '../../support/fake-ports';
import { deployed, servers } from '../../support/server-requests';
import { virtualClock } from '../../support/virtual-clock';

const NOW = Date.UTC(2026, 0, 5, 9);
const GROUP = { application: 'web-application', group: 'web-group' };

const VARIABLES: Readonly<Record<string, string>> = {
  [FLEET_ENV.application]: 'web-application',
  [FLEET_ENV.deploymentGroup]: 'web-group',
  [FLEET_ENV.autoScalingGroups]: '["blue","green"]',
  [FLEET_ENV.terminationWait]: '3600',
};
const environment = (more: Readonly<Record<string, string | undefined>> = {}) => {
  const variables: Readonly<Record<string, string | undefined>> = { ...VARIABLES, ...more };
  return { variable: (name: string) => variables[name], suite: () => '', payload: () => '' };
};

const EVENT: StateChangeEvent = {
  version: '0',
  id: 'e-1',
  'detail-type': 'CodeDeploy Deployment State-change Notification',
  source: 'aws.codedeploy',
  account: '111122223333',
  time: '2026-01-05T08:00:00Z',
  region: 'eu-central-1',
  resources: [],
  detail: { region: 'eu-central-1', deploymentId: 'd-1', instanceGroupId: 'g', deploymentGroup: 'web-group', state: 'SUCCESS', application: 'web-application' },
};

const released = (endedAt: number, more: Partial<DeploymentFacts> = {}) => deployed('d-1', 'Succeeded', { createdAt: 1, servers: servers({ replacements: ['green'], endedAt }), ...more });
const fleet = (name: string, desired: number): AutoScalingGroupFacts => ({ name, desired, min: 0, max: 9, inService: desired, instances: desired });
const group = (more: Partial<ServerGroupFacts> = {}): ServerGroupFacts => ({ id: 'g', autoScalingGroups: ['green'], blueGreen: true, lastSuccessful: 'd-1', lastAttempted: 'd-1', ...more });

interface Answers {
  readonly group?: Script<ServerGroupFacts | undefined>;
  readonly search?: Script<readonly DeploymentFacts[]>;
  readonly read?: Script<DeploymentFacts>;
  readonly fleets?: Script<readonly AutoScalingGroupFacts[]>;
  readonly point?: Script<void>;
  readonly scale?: Script<void>;
  readonly originals?: Script<boolean>;
}

async function take(answers: Answers = {}, event: Partial<FleetStepEvent> = {}, variables = {}) {
  const calls: unknown[][] = [];
  const lines: unknown[][] = [];
  const port =
    <T>(name: string, script: Script<T>, next = player(script)) =>
    (...input: unknown[]) => {
      calls.push([name, ...input.filter((each) => !(each instanceof AbortSignal))]);
      return next();
    };
  const line = (level: string) => (message: string, fields?: object) => lines.push([level, message, fields]);
  const ports: FleetPorts = {
    clock: virtualClock(NOW),
    random: () => 0.5,
    log: { info: line('info'), warn: line('warn'), error: line('error') },
    deployments: { search: port('search', answers.search ?? [[]]), read: port('read', answers.read ?? [released(NOW - 3_600_000)]) },
    serverGroups: { read: port('group', answers.group ?? [group()]), pointTo: port('point', answers.point ?? [undefined]) },
    autoScalingGroups: { describe: port('fleets', answers.fleets ?? [[fleet('blue', 3), fleet('green', 3)]]), scale: port('scale', answers.scale ?? [undefined]) },
    originals: { touched: port('originals', answers.originals ?? []) },
  };
  const returned = await makeFleetStep(environment(variables), ports)({ event: EVENT, startedAt: '2026-01-05T08:00:00.000Z', memory: {}, ...event });
  return { returned, calls, lines };
}

describe('a step', () => {
  test('looks, and brings down what does not serve', async () => {
    const { returned, calls, lines } = await take();
    expect(calls).toEqual([['group', GROUP], ['read', 'd-1'], ['fleets', ['blue', 'green']], ['search', { ...GROUP, running: true }], ['scale', 'blue', 0]]);
    const why = 'blue was brought down from 3: green serves';
    expect(returned).toEqual({ done: true, memory: {}, why });
    expect(lines).toEqual([['info', 'settled', { deploymentId: 'd-1', why }]]);
  });

  test('waits for what runs, but not for what brings instances up to date, nor for what has ended since', async () => {
    const runs = (id: string, creator: string, status = 'InProgress') => deployed(id, status, { creator });
    const others = [runs('d-7', 'autoscaling'), runs('d-8', 'autoscalingTermination'), runs('d-9', 'CodeDeployAutoUpdate'), runs('d-6', 'user', 'Stopped')];
    expect((await take({ search: [others] })).returned.done).toBe(true);
    const { returned, calls, lines } = await take({ search: [[...others, runs('d-5', 'codeDeployRollback')]] }, { memory: { pointed: 3 } });
    expect(returned).toEqual({ done: false, waitSeconds: 60, memory: {} });
    expect(calls.map(([name]) => name)).not.toContain('scale');
    expect(lines).toEqual([['info', 'waits', { deploymentId: 'd-1', seconds: 60, why: 'deployment d-5 runs' }]]);
  });

  test('waits as long as a Wait state can', async () => {
    const { returned } = await take({ read: [released(NOW)] }, {}, { [FLEET_ENV.terminationWait]: '99999999' });
    expect(returned).toEqual({ done: false, waitSeconds: 99_999_999, memory: {} });
    expect((await take({ read: [released(NOW + 5_000)] }, {}, { [FLEET_ENV.terminationWait]: '99999999' })).returned).toMatchObject({ waitSeconds: 99_999_999 });
  });

  test('points the group, and looks again a little later', async () => {
    const { returned, calls, lines } = await take({ group: [group({ autoScalingGroups: ['blue'] })] });
    expect(calls.at(-1)).toEqual(['point', GROUP, 'green']);
    expect(returned).toEqual({ done: false, waitSeconds: 10, memory: { pointed: 1 } });
    expect(lines).toEqual([['info', 'pointed', { deploymentId: 'd-1', autoScalingGroup: 'green' }]]);
  });

  test('points it five times at most', async () => {
    const stale = { group: [group({ autoScalingGroups: ['blue'] })] };
    expect((await take(stale, { memory: { pointed: 4 } })).returned).toEqual({ done: false, waitSeconds: 10, memory: { pointed: 5 } });
    await expect(take(stale, { memory: { pointed: 5 } })).rejects.toThrow(new ConfigurationError('deployment group web-group was pointed at green 5 times, and does not name it alone'));
  });

  test('warns where it is not known which one serves', async () => {
    const { lines } = await take({ group: [group({ autoScalingGroups: [] })], read: [deployed('d-1', 'Succeeded')] });
    expect(lines).toEqual([['warn', 'settled', { deploymentId: 'd-1', why: 'nothing tells which of blue and green serves: deployment group web-group names none' }]]);
  });

  test('ends with the group', async () => {
    const { returned, lines } = await take({ group: [undefined] });
    const why = 'deployment group web-group is not there any more';
    expect([returned, lines]).toEqual([{ done: true, memory: {}, why }, [['info', 'settled', { deploymentId: 'd-1', why }]]]);
  });

  test('does without a deployment that is not known any more', async () => {
    const gone = new ServiceFailure('codedeploy:GetDeployment', 'DeploymentDoesNotExistException', 'gone', false);
    expect((await take({ read: [gone] })).returned).toMatchObject({ done: true, why: 'blue was brought down from 3: green serves' });
    const denied = new ServiceFailure('codedeploy:GetDeployment', 'AccessDeniedException', 'no', false);
    await expect(take({ read: [denied] })).rejects.toThrow(denied);
    await expect(take({ read: [new TypeError('bug')] })).rejects.toThrow(new TypeError('bug'));
  });

  test('looks for releases of ninety days', async () => {
    const { calls, returned } = await take({ read: [released(NOW, { creator: 'autoscaling' })], search: [[released(NOW - 3_600_000)], []] });
    expect(calls[2]).toEqual(['search', { ...GROUP, since: NOW - 7_776_000_000 }]);
    expect(returned.done).toBe(true);
  });

  test('looks at the originals of each release that has failed since', async () => {
    const failed = (id: string, createdAt: number) => deployed(id, 'Failed', { createdAt, servers: servers({ replacements: ['blue'], endedAt: NOW - 60_000 }) });
    const failures = { group: [group({ lastAttempted: 'd-3' })], read: [released(NOW - 3_600_000), failed('d-3', 3)], search: [[], [failed('d-2', 2), failed('d-3', 3)]] };
    const { calls, returned } = await take({ ...failures, originals: [false, false] });
    expect(calls.slice(3)).toEqual([['fleets', ['blue', 'green']], ['search', { ...GROUP, running: true }], ['search', { ...GROUP, since: NOW - 7_776_000_000 }], ['originals', 'd-3'], ['originals', 'd-2'], ['scale', 'blue', 0]]);
    expect(returned).toEqual({ done: true, memory: {}, why: 'blue was brought down from 3: green serves' });
    const doubtful = await take({ ...failures, originals: [false, true] });
    expect(doubtful.calls.map(([name]) => name)).not.toContain('scale');
    expect(doubtful.lines).toEqual([['warn', 'settled', { deploymentId: 'd-1', why: doubtful.returned.done ? doubtful.returned.why : '' }]]);
  });

  test('tries a call three times', async () => {
    const busy = new ServiceFailure('autoscaling:DescribeAutoScalingGroups', 'Throttling', 'slow down', true);
    expect((await take({ fleets: [busy, busy, [fleet('blue', 3), fleet('green', 3)]] })).returned.done).toBe(true);
    await expect(take({ fleets: [busy, busy, busy, [fleet('blue', 3), fleet('green', 3)]] })).rejects.toThrow(busy);
  });
});

describe('the settings', () => {
  test('stand in the environment', () => {
    expect(fleetSettings(environment())).toEqual({ ...GROUP, fleets: ['blue', 'green'], terminationWait: 3_600 });
    expect(fleetSettings(environment({ [FLEET_ENV.terminationWait]: 'keep' })).terminationWait).toBeUndefined();
    expect(fleetSettings(environment({ [FLEET_ENV.terminationWait]: '0' })).terminationWait).toBe(0);
  });

  const NAMES = 'GREENLIGHT_AUTO_SCALING_GROUPS must be the JSON of the names of two groups, got';
  test.each<[Readonly<Record<string, string | undefined>>, string]>([
    [{ [FLEET_ENV.application]: undefined }, 'environment variable GREENLIGHT_APPLICATION is not set'],
    [{ [FLEET_ENV.deploymentGroup]: '' }, 'environment variable GREENLIGHT_DEPLOYMENT_GROUP is not set'],
    [{ [FLEET_ENV.terminationWait]: undefined }, 'environment variable GREENLIGHT_TERMINATION_WAIT is not set'],
    [{ [FLEET_ENV.terminationWait]: '1.5' }, "GREENLIGHT_TERMINATION_WAIT must be a number of seconds or 'keep', got \"1.5\""],
    [{ [FLEET_ENV.terminationWait]: '999999999' }, "GREENLIGHT_TERMINATION_WAIT must be a number of seconds or 'keep', got \"999999999\""],
    [{ [FLEET_ENV.terminationWait]: 'keeper' }, "GREENLIGHT_TERMINATION_WAIT must be a number of seconds or 'keep', got \"keeper\""],
    [{ [FLEET_ENV.autoScalingGroups]: undefined }, `${NAMES} "undefined"`],
    [{ [FLEET_ENV.autoScalingGroups]: '[' }, 'environment variable GREENLIGHT_AUTO_SCALING_GROUPS must hold JSON'],
    [{ [FLEET_ENV.autoScalingGroups]: '"blue"' }, `${NAMES} ""blue""`],
    [{ [FLEET_ENV.autoScalingGroups]: '["blue"]' }, `${NAMES} "["blue"]"`],
    [{ [FLEET_ENV.autoScalingGroups]: '["blue","blue"]' }, `${NAMES} "["blue","blue"]"`],
    [{ [FLEET_ENV.autoScalingGroups]: '["blue",""]' }, `${NAMES} "["blue",""]"`],
    [{ [FLEET_ENV.autoScalingGroups]: '["","blue"]' }, `${NAMES} "["","blue"]"`],
    [{ [FLEET_ENV.autoScalingGroups]: '[1,"blue"]' }, `${NAMES} "[1,"blue"]"`],
    [{ [FLEET_ENV.autoScalingGroups]: '["a","b","c"]' }, `${NAMES} "["a","b","c"]"`],
  ])('%j are refused', (more, message) => {
    expect(() => fleetSettings(environment(more))).toThrow(message);
    expect(() => fleetSettings(environment(more))).toThrow(ConfigurationError);
  });
});

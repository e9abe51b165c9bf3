/** Whole requests for two fleets that alternate: that the idle one is brought up, that one deployment is started, and that nothing is left up without one. */
import { abandonedFleet } from '../../../../lambda/core/deployment/abandoned';
import { descriptionOf } from '../../../../lambda/core/deployment/mark';
import type { Memory } from '../../../../lambda/core/deployment/situation';
import { NO_MEMORY } from '../../../../lambda/core/deployment/situation';
import { taskOf } from '../../../../lambda/core/deployment/task';
import { ServiceFailure } from '../../../../lambda/core/failures';
import type { ResourceRequest } from '../../../../lib/model/deployment-request';
import type { FleetFault } from '../../support/fleet-world';
import { FleetKilled, FleetWorld } from '../../support/fleet-world';
import { deployed, FLEETS, ONE, serverProperties, serverRequest, servers, TWO } from '../../support/server-requests';

const UPDATE = serverRequest('Update', { ResourceProperties: serverProperties(TWO, { AutoScalingGroups: FLEETS, FileExistsBehavior: 'OVERWRITE', IgnoreApplicationStopFailures: 'true' }) });
const success = (DeploymentId: string) => ({ Status: 'SUCCESS', Data: { DeploymentId } });
const refusal = (call: string, code = 'InvalidRoleException') => new ServiceFailure(`codedeploy:${call}`, code, 'no', false);
const unavailable = (call: string) => new ServiceFailure(call, 'InternalFailure', 'try again', true);
const once = (wanted: string, when: 'before' | 'after', error: Error): FleetFault => (call, before) => (call === wanted && before === 0 ? { when, error } : undefined);
const always = (wanted: string, error: Error): FleetFault => (call) => (call === wanted ? { when: 'before', error } : undefined);

const scalings = ({ calls }: FleetWorld) => calls.filter((call) => call.startsWith('Scale'));

test('the idle one is brought up, and deployed to when it is in service', async () => {
  const world = new FleetWorld();
  expect(await world.play(UPDATE)).toEqual(success('d-2'));
  expect(scalings(world)).toEqual(['Scale green to 3']);
  expect(world.created).toEqual([
    { application: 'web-application', group: 'web-group', description: descriptionOf(UPDATE), revision: TWO, replacement: 'green', fileExistsBehavior: 'OVERWRITE', ignoreApplicationStopFailures: true },
  ]);
  expect(world.calls.slice(0, 7)).toEqual(['DescribeStacks', 'ListSince', 'ListRunning', 'GetDeploymentGroup', 'GetDeployment', 'DescribeAutoScalingGroups', 'Scale green to 3']);
  expect(world.lines).toEqual(['scaled', 'started', 'answer SUCCESS']);
});

test('a deployment that fails leaves the idle one to those who settle it', async () => {
  const world = Object.assign(new FleetWorld(), { outcome: 'Failed' as const });
  expect(await world.play(UPDATE)).toMatchObject({ Status: 'FAILED', Reason: expect.stringMatching(/^Deployment d-2 failed; no rollback was started; /) as unknown });
  expect(scalings(world)).toEqual(['Scale green to 3']);
});

test('without alternating fleets nothing is scaled', async () => {
  const world = new FleetWorld();
  expect(await world.play(serverRequest('Update'))).toEqual(success('d-2'));
  expect(world.created).toEqual([{ application: 'web-application', group: 'web-group', description: descriptionOf(serverRequest('Update')), revision: TWO }]);
  expect(scalings(world)).toEqual([]);
});

test('is brought up again where somebody brings it down meanwhile', async () => {
  const world = new FleetWorld();
  const answer = await world.play(UPDATE, (number) => number === 3 && Object.assign(world.fleets['green']!, { desired: 0, inService: 0 }));
  expect(answer).toEqual(success('d-2'));
  expect(scalings(world)).toEqual(['Scale green to 3', 'Scale green to 3']);
});

describe('one deployment is started', () => {
  test.each<[string, FleetFault]>([
    ['though the answer was lost', once('CreateDeployment', 'after', unavailable('codedeploy:CreateDeployment'))],
    ['though the function died after it', once('CreateDeployment', 'after', new FleetKilled())],
    ['though the function died before it', once('CreateDeployment', 'before', new FleetKilled())],
    ['though the function died after the scaling', once('Scale green to 3', 'after', new FleetKilled())],
    ['though the scaling was throttled', once('Scale green to 3', 'before', unavailable('autoscaling:SetDesiredCapacity'))],
    ['though the scaling was denied at first', once('Scale green to 3', 'before', new ServiceFailure('autoscaling:SetDesiredCapacity', 'AccessDenied', 'no', false))],
    ['though the group was not readable', once('GetDeploymentGroup', 'before', unavailable('codedeploy:GetDeploymentGroup'))],
    ['though the fleets were not', once('DescribeAutoScalingGroups', 'before', unavailable('autoscaling:DescribeAutoScalingGroups'))],
  ])('%s', async (_what, fault) => {
    const world = new FleetWorld(fault);
    expect(await world.play(UPDATE)).toEqual(success('d-2'));
    expect(world.created).toHaveLength(1);
    expect(world.fleets['green']!.desired).toBe(3);
  });
});

describe('nothing is left up', () => {
  const REFUSED = 'codedeploy:CreateDeployment failed: InvalidRoleException: no; check the service role of the deployment group';

  test('where no deployment could be started', async () => {
    const world = new FleetWorld(always('CreateDeployment', refusal('CreateDeployment')));
    expect(await world.play(UPDATE)).toEqual({ Status: 'FAILED', Reason: REFUSED });
    expect(scalings(world)).toEqual(['Scale green to 3', 'Scale green to 0']);
    expect(world.lines.slice(-2)).toEqual(['abandoned: down', 'answer FAILED']);
  });

  test('where too few instances come into service', async () => {
    const world = Object.assign(new FleetWorld(), { stuck: true });
    expect(await world.play(UPDATE)).toMatchObject({ Status: 'FAILED', Reason: expect.stringMatching(/^after 50 minutes: no deployment was started: 0 of 3 instances of Auto Scaling group green are in service; /) as unknown });
    expect(scalings(world)).toEqual(['Scale green to 3', 'Scale green to 0']);
    expect(world.created).toEqual([]);
  });

  test('where the update is cancelled meanwhile', async () => {
    const world = new FleetWorld();
    const answer = await world.play(UPDATE, (number) => number === 2 && (world.stack = 'UPDATE_ROLLBACK_IN_PROGRESS'));
    expect(answer).toEqual({ Status: 'FAILED', Reason: 'the stack is UPDATE_ROLLBACK_IN_PROGRESS: CloudFormation has given this request up, so no deployment is started' });
    expect(scalings(world)).toEqual(['Scale green to 3', 'Scale green to 0']);
  });

  test('where all was told that cannot be done', async () => {
    const fault: FleetFault = (call) =>
      call === 'CreateDeployment' ? { when: 'before', error: refusal('CreateDeployment') } : call === 'Scale green to 0' ? { when: 'before', error: new ServiceFailure('autoscaling:SetDesiredCapacity', 'ScalingActivityInProgress', 'busy', false) } : undefined;
    const world = new FleetWorld(fault);
    expect(await world.play(UPDATE)).toEqual({
      Status: 'FAILED',
      Reason:
        `${REFUSED}; Auto Scaling group green, which was brought up for it, could not be brought down again (autoscaling:SetDesiredCapacity failed: ScalingActivityInProgress: busy): ` +
        'aws autoscaling set-desired-capacity --auto-scaling-group-name green --desired-capacity 0',
    });
  });
});

describe('what others use stays up', () => {
  /** CreateDeployment is refused, and before the group is brought down something happens. */
  async function refusedWhile(happens: (world: FleetWorld) => unknown): Promise<FleetWorld> {
    const world: FleetWorld = new FleetWorld((call) => {
      if (call !== 'CreateDeployment') {
        return undefined;
      }
      happens(world);
      return { when: 'before', error: refusal('CreateDeployment') };
    });
    expect((await world.play(UPDATE)).Status).toBe('FAILED');
    return world;
  }

  const other = (world: FleetWorld, more: object) => world.deployments.push({ ...world.deployments[0]!, id: 'd-9', ...more });
  const onGreen = { ...new FleetWorld().deployments[0]!.servers!, replacements: ['green'] };

  test.each<[string, (world: FleetWorld) => unknown, readonly string[]]>([
    ['a deployment that was started meanwhile', (world) => other(world, { endsAt: 1e9 }), ['Scale green to 3']],
    ['a deployment of Auto Scaling is none', (world) => other(world, { endsAt: 1e9, creator: 'autoscaling' }), ['Scale green to 3', 'Scale green to 0']],
    ['the group names it', (world) => (world.pointed = 'green'), ['Scale green to 3']],
    ['the group is gone, and another one may name it', (world) => (world.gone = true), ['Scale green to 3']],
    ['a release has brought the traffic to it', (world) => other(world, { servers: onGreen }), ['Scale green to 3']],
    ['one that failed has taken traffic to it', (world) => { other(world, { servers: onGreen, status: 'Failed', createdAt: Date.UTC(2026, 0, 5, 9) }); world.touched.push('d-9'); }, ['Scale green to 3']],
    ['one that failed has taken none', (world) => other(world, { servers: onGreen, status: 'Failed', createdAt: Date.UTC(2026, 0, 5, 9) }), ['Scale green to 3', 'Scale green to 0']],
    ['a rollback has not', (world) => other(world, { servers: onGreen, creator: 'codeDeployRollback' }), ['Scale green to 3', 'Scale green to 0']],
  ])('%s', async (_what, happens, expected) => {
    const world = await refusedWhile(happens);
    expect(scalings(world)).toEqual(expected);
    expect(world.lines.slice(-2)).toEqual([expected.length === 1 ? 'abandoned: in use' : 'abandoned: down', 'answer FAILED']);
  });
});

describe("CloudFormation's own rollback", () => {
  const BACK: ResourceRequest = serverRequest('Update', {
    RequestId: 'request-back',
    ResourceProperties: serverProperties(ONE, { AutoScalingGroups: FLEETS }),
    OldResourceProperties: serverProperties(TWO, { AutoScalingGroups: FLEETS }),
  });
  const asked = (properties: object) => ({ of: 'resource', status: 'UPDATE_IN_PROGRESS', properties: JSON.stringify(properties) }) as const;

  test('deploys nothing after a release that failed', async () => {
    const world = Object.assign(new FleetWorld(), { outcome: 'Failed' as const });
    await world.play(UPDATE);
    world.stack = 'UPDATE_ROLLBACK_IN_PROGRESS';
    expect(await world.play(BACK)).toEqual(success(''));
    expect(world.created).toHaveLength(1);
  });

  test('deploys back what has succeeded, when the group names the fleet that serves', async () => {
    const world = new FleetWorld();
    await world.play(UPDATE);
    world.stack = 'UPDATE_ROLLBACK_IN_PROGRESS';
    world.history = [{ of: 'stack', status: 'UPDATE_ROLLBACK_IN_PROGRESS' }, asked(UPDATE.ResourceProperties), { of: 'stack', status: 'UPDATE_IN_PROGRESS' }];
    expect(await world.play(BACK, (number) => number === 3 && (world.pointed = 'green'))).toEqual(success('d-3'));
    expect(world.created[1]).toMatchObject({ revision: ONE, replacement: 'blue' });
    expect(scalings(world)).toEqual(['Scale green to 3']);
  });
});

describe('after a release that has failed while it took traffic from the originals', () => {
  /** Green is where some of it may be. */
  async function failedWorld(): Promise<FleetWorld> {
    const world = Object.assign(new FleetWorld(), { outcome: 'Failed' as const });
    await world.play(serverRequest('Update', { RequestId: 'request-0', ResourceProperties: serverProperties(TWO, { AutoScalingGroups: FLEETS }) }));
    world.touched.push('d-2');
    world.calls.length = 0;
    return world;
  }
  const DOUBT =
    'it is not known which of blue and green has the traffic: deployment d-2 had begun to take it from the originals, and was not rolled back; see where it is, register the instances of blue with the load balancer again ' +
    'and take those of green out of it; bring green to as many instances as blue has, then deploy the last good revision to it by hand, which ends the doubt when it succeeds: ' +
    'aws deploy create-deployment --application-name web-application --deployment-group-name web-group --target-instances autoScalingGroups=green --revision REVISION';

  test('nothing is scaled, and none is started', async () => {
    const world = await failedWorld();
    expect(await world.play(UPDATE)).toEqual({ Status: 'FAILED', Reason: `no deployment was started: ${DOUBT}` });
    expect(world.calls.slice(0, 7)).toEqual(['DescribeStacks', 'ListSince', 'ListRunning', 'GetDeploymentGroup', 'GetDeployment', 'GetDeployment', 'ListSince']);
    expect([scalings(world), world.created.length, world.calls.at(-1)]).toEqual([[], 1, 'ListDeploymentTargets']);
  });

  test("CloudFormation's rollback goes on", async () => {
    const world = Object.assign(await failedWorld(), { stack: 'UPDATE_ROLLBACK_IN_PROGRESS' });
    expect(await world.play(serverRequest('Update', { RequestId: 'request-back', ResourceProperties: serverProperties(ONE, { AutoScalingGroups: FLEETS }) }))).toEqual(success(''));
    expect([scalings(world), world.created.length]).toEqual([[], 1]);
  });

  test('a deployment by hand that succeeds ends it', async () => {
    const world = Object.assign(await failedWorld(), { outcome: 'Succeeded' as const, pointed: 'green' });
    world.deployments.push({ ...deployed('d-3', 'Succeeded', { createdAt: Date.UTC(2026, 0, 5, 9) + world.now * 1_000, servers: servers({ blueGreen: true, replacements: ['green'] }) }), endsAt: world.now });
    expect(await world.play(UPDATE)).toEqual(success('d-4'));
    expect(world.created[1]).toMatchObject({ revision: TWO, replacement: 'blue' });
  });

  test('the service is given time to begin its rollback', async () => {
    const world = await failedWorld();
    const rollback = () => ({ ...deployed('d-3', 'Succeeded', { creator: 'codeDeployRollback', createdAt: Date.UTC(2026, 0, 5, 9) + world.now * 1_000, servers: servers({ replacements: ['green'] }) }), endsAt: world.now + 20 });
    expect(await world.play(UPDATE, (number) => number === 6 && (world.outcome = 'Succeeded') && world.deployments.push(rollback()))).toEqual(success('d-4'));
    expect(world.created[1]).toMatchObject({ replacement: 'green' });
  });
});

test('what a step that died has brought up is brought down, too', async () => {
  const scaledAndDied = once('Scale green to 3', 'after', new FleetKilled());
  const world = new FleetWorld((call, before) => (call === 'CreateDeployment' ? { when: 'before', error: refusal('CreateDeployment') } : scaledAndDied(call, before)));
  expect((await world.play(UPDATE)).Status).toBe('FAILED');
  expect(scalings(world)).toEqual(['Scale green to 3', 'Scale green to 0']);
});

describe('a group counts as abandoned', () => {
  interface Given {
    readonly status?: 'SUCCESS' | 'FAILED';
    readonly memory?: Partial<Memory>;
    readonly marked?: string;
    readonly retries?: number;
  }
  const at = ({ status = 'FAILED', memory = {}, marked, retries = 0 }: Given) => {
    const facts = { deployments: {}, ...(marked === undefined ? {} : { marked }) };
    return abandonedFleet({ task: taskOf(UPDATE), memory: { ...NO_MEMORY, scaled: 'green', ...memory }, facts, elapsed: 100, startedAt: 0, retries }, { Status: status });
  };

  test.each<[boolean, string, Given]>([
    [true, 'no deployment was ever asked for', {}],
    [false, 'the request has succeeded', { status: 'SUCCESS' }],
    [false, 'it is followed', { memory: { deploymentId: 'd-2' } }],
    [false, 'it is known by its mark', { marked: 'd-2' }],
    [true, 'there is none with its mark', { marked: 'missing' }],
    [false, 'one was asked for, and no list was looked at', { memory: { since: { asked: 10 } } }],
    [false, 'one was asked for, and no list may show it yet', { memory: { since: { asked: 71 } }, marked: 'missing' }],
    [true, 'one was asked for, and no list shows it', { memory: { since: { asked: 70 } }, marked: 'missing' }],
    [false, 'a step that died may have asked for one, and no list was looked at', { retries: 1 }],
    [true, 'a step that died may have asked for one, and no list shows it', { retries: 1, marked: 'missing' }],
  ])('%s: %s', (abandoned, _what, given) => {
    expect(at(given)).toBe(abandoned ? 'green' : undefined);
  });

  test('where one was brought up', () => {
    expect(at({ memory: { scaled: undefined } })).toBeUndefined();
  });
});

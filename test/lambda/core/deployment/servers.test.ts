/** What requests for a fleet come to: literal situations, literal actions. */
import { advance } from '../../../../lambda/core/deployment/advance';
import type { DeploymentFacts, Facts, StackEventFacts } from '../../../../lambda/core/deployment/facts';
import type { Rest } from '../../../../lambda/core/deployment/need-server';
import { atRest } from '../../../../lambda/core/deployment/need-server';
import type { ServerRevision } from '../../../../lambda/core/deployment/server-revision';
import type { Action, Memory } from '../../../../lambda/core/deployment/situation';
import { NO_MEMORY } from '../../../../lambda/core/deployment/situation';
import { taskOf } from '../../../../lambda/core/deployment/task';
import type { AutoScalingGroupFacts, ServerGroupFacts } from '../../../../lambda/core/server-groups/ports';
import type { ResourceRequest } from '../../../../lib/model/deployment-request';
import { waitRequest } from '../../support/deployment-requests';
import { deployed, FLEETS, ONE, serverProperties, serverRequest, servers, TWO } from '../../support/server-requests';

const STARTED_AT = Date.UTC(2026, 0, 5, 9);

interface Given {
  readonly request?: ResourceRequest;
  readonly memory?: Partial<Memory>;
  readonly facts?: Partial<Facts>;
  readonly elapsed?: number;
}

const next = ({ request = serverRequest('Update'), memory = {}, facts = {}, elapsed = 100 }: Given): Action =>
  advance({ task: taskOf(request), memory: { ...NO_MEMORY, ...memory }, facts: { deployments: {}, ...facts }, elapsed, startedAt: STARTED_AT, retries: 0 });
const success = (DeploymentId: string, why?: string) => ({ do: 'answer', answer: { Status: 'SUCCESS', Data: { DeploymentId } }, ...(why === undefined ? {} : { why }) });
const failure = (Reason: string) => ({ do: 'answer', answer: { Status: 'FAILED', Reason } });

const group = (more: Partial<ServerGroupFacts> = {}): ServerGroupFacts => ({ id: 'g', autoScalingGroups: ['web'], blueGreen: false, lastSuccessful: 'd-1', lastAttempted: 'd-1', ...more });
const known = (...found: readonly DeploymentFacts[]): Pick<Facts, 'deployments'> => ({ deployments: Object.fromEntries(found.map((each) => [each.id, each])) });
const has = (wanted: ServerRevision, more: Parameters<typeof servers>[0] = {}) => ({ servers: servers({ revision: wanted, ...more }) });
const D1 = deployed('d-1', 'Succeeded', { createdAt: 1 });
const FAILED = deployed('d-2', 'Failed', { createdAt: 2, ...has(TWO) });

describe('the need for a deployment', () => {
  const rest = (more: Partial<Rest> = {}): Rest => ({ phase: 'forward', blueGreen: false, doubt: false, success: D1, attempt: D1, ...more });
  const newer = (status: string, wanted: ServerRevision, more: Parameters<typeof servers>[0] = {}) => deployed('d-2', status, has(wanted, more));
  const counts = (touched: number) => ({ instances: { all: 9, failed: touched, touched } });
  const SAME = 'the fleet already has s3://releases/one.zip';
  const AGAIN = 'the fleet has s3://releases/one.zip again';
  const KEPT = 'the instances that serve have s3://releases/one.zip still';

  test.each<[string, ServerRevision, Partial<Rest>, string | undefined]>([
    ['forward, another revision', TWO, {}, undefined],
    ['forward, the same', ONE, {}, SAME],
    ['forward, the same, where no attempt is known', ONE, { attempt: undefined }, SAME],
    ['forward, nothing has succeeded', ONE, { success: undefined, attempt: newer('Failed', ONE) }, undefined],
    ['forward, nothing was tried', ONE, { success: undefined, attempt: undefined }, undefined],
    ['forward, the success tells no revision', ONE, { success: deployed('d-1', 'Succeeded', { servers: servers({ revision: undefined }) }) }, undefined],
    ['forward, the success is not of servers', ONE, { success: deployed('d-1', 'Succeeded', { servers: undefined }) }, undefined],
    ['forward, the same, and another one has failed since', ONE, { attempt: newer('Failed', TWO) }, undefined],
    ['forward, the same, and it has failed since, as a rollback does', ONE, { attempt: newer('Failed', ONE) }, undefined],
    ['forward, the same, and another one has come to no instance', ONE, { attempt: newer('Failed', TWO, counts(0)) }, undefined],
    ['forward, blue/green, the same, and another one has failed since', ONE, { blueGreen: true, attempt: newer('Failed', TWO) }, undefined],
    ['forward, the same, and what was tried is not known', ONE, { doubt: true, attempt: undefined }, undefined],
    ['rollback, the update has succeeded', ONE, { phase: 'rollback', success: newer('Succeeded', TWO), attempt: newer('Succeeded', TWO) }, undefined],
    ['rollback, blue/green, the update has succeeded', ONE, { phase: 'rollback', blueGreen: true, success: newer('Succeeded', TWO), attempt: newer('Succeeded', TWO) }, undefined],
    ['rollback, the update was rolled back, or was never begun', ONE, { phase: 'rollback' }, AGAIN],
    ['rollback, the update has failed, and was not rolled back', ONE, { phase: 'rollback', attempt: newer('Failed', TWO) }, undefined],
    ['rollback, the rollback has failed', ONE, { phase: 'rollback', attempt: newer('Failed', ONE, counts(1)) }, undefined],
    ['rollback, the update was stopped before any instance', ONE, { phase: 'rollback', attempt: newer('Stopped', TWO, counts(0)) }, 'deployment d-2 came to no instance, and the fleet has s3://releases/one.zip still'],
    ['rollback, the update was stopped at the first instance', ONE, { phase: 'rollback', attempt: newer('Stopped', TWO, counts(1)) }, undefined],
    ['rollback, the attempt is not of servers', ONE, { phase: 'rollback', attempt: deployed('d-2', 'Failed', { servers: undefined }) }, undefined],
    ['rollback, blue/green, the update has failed', ONE, { phase: 'rollback', blueGreen: true, attempt: newer('Failed', TWO, counts(9)) }, KEPT],
    ['rollback, blue/green, what was tried is not known', ONE, { phase: 'rollback', blueGreen: true, doubt: true, attempt: undefined }, KEPT],
    ['rollback, what was tried is not known', ONE, { phase: 'rollback', doubt: true, attempt: undefined }, undefined],
    ['rollback, nothing has succeeded', ONE, { phase: 'rollback', success: undefined, attempt: newer('Failed', TWO) }, undefined],
  ])('%s', (_what, wanted, given, why) => {
    expect(atRest(wanted, rest(given))).toBe(why);
  });
});

const CLEAR: Partial<Facts> = { stack: 'UPDATE_IN_PROGRESS', marked: 'missing', running: [] };
const forward = { ...NO_MEMORY, phase: 'forward' };

describe('on the way forward', () => {
  const create = serverRequest('Create', { ResourceProperties: serverProperties(ONE) });
  const CREATE: Partial<Facts> = { ...CLEAR, stack: 'CREATE_IN_PROGRESS' };

  test.each<[string, Given, object]>([
    ['looks at the group', { facts: CLEAR }, { do: 'look', look: { at: 'serverGroup' }, memory: forward }],
    ['looks at its last success', { facts: { ...CLEAR, serverGroup: group({ lastAttempted: 'd-2' }) } }, { do: 'look', look: { at: 'deployment', id: 'd-1' }, memory: forward }],
    ['looks at its last attempt', { facts: { ...CLEAR, serverGroup: group({ lastAttempted: 'd-2' }), ...known(D1) } }, { do: 'look', look: { at: 'deployment', id: 'd-2' }, memory: forward }],
    ['starts a deployment', { facts: { ...CLEAR, serverGroup: group(), ...known(D1) } }, { do: 'start', revision: TWO, memory: forward }],
    ['starts none of what is there', { request: create, facts: { ...CREATE, serverGroup: group(), ...known(D1) } }, success('', 'the fleet already has s3://releases/one.zip')],
    ['starts the first one', { request: create, facts: { ...CREATE, serverGroup: group({ lastSuccessful: undefined, lastAttempted: undefined }) } }, { do: 'start', revision: ONE, memory: forward }],
    ['starts one where the last success is not known any more', { request: create, facts: { ...CREATE, serverGroup: group(), deployments: { 'd-1': 'missing' } } }, { do: 'start', revision: ONE, memory: forward }],
    [
      'looks for the releases behind a deployment of Auto Scaling',
      { facts: { ...CLEAR, serverGroup: group({ lastAttempted: 'd-2' }), ...known(D1, { ...FAILED, creator: 'autoscaling' }) } },
      { do: 'look', look: { at: 'attempts', optional: true }, memory: forward },
    ],
    [
      'deploys where those cannot be read',
      { request: create, facts: { ...CREATE, serverGroup: group({ lastAttempted: 'd-2' }), ...known(D1, { ...FAILED, creator: 'autoscaling' }), attempts: { unread: 'no' } } },
      { do: 'start', revision: ONE, memory: forward },
    ],
    [
      'minds no deployment of Auto Scaling',
      { request: create, facts: { ...CREATE, serverGroup: group({ lastAttempted: 'd-2' }), ...known(D1, { ...FAILED, creator: 'autoscaling' }), attempts: [D1] } },
      success('', 'the fleet already has s3://releases/one.zip'),
    ],
    ['waits for a group that is not shown', { memory: { since: { 'no group': 1 } }, elapsed: 120, facts: { ...CLEAR, serverGroup: 'missing' } }, { do: 'wait', seconds: 10, memory: { ...forward, since: { 'no group': 1 } } }],
    [
      'then fails',
      { memory: { since: { 'no group': 0 } }, elapsed: 120, facts: { ...CLEAR, serverGroup: 'missing' } },
      failure('deployment group web-group of application web-application is not there; create it again, under the same name'),
    ],
    ['starts nothing that it cannot follow', { elapsed: 3_000, facts: { ...CLEAR, serverGroup: group(), ...known(D1) } }, failure('after 50 minutes: no deployment was started: there is no time left to follow it')],
  ])('%s', (_what, given, action) => {
    expect(next(given)).toEqual(action);
  });
});

describe('a redeployment', () => {
  const redeploy = serverRequest('Update', { ResourceProperties: serverProperties('d-0OLD') });
  const REMEDY = "; name one of 'aws deploy list-deployments --application-name web-application --include-only-statuses Succeeded'";
  const old = (more: Partial<DeploymentFacts>) => known(deployed('d-0OLD', 'Succeeded', more));

  test.each<[string, Partial<Facts>, object]>([
    ['looks the deployment up first', {}, { do: 'look', look: { at: 'deployment', id: 'd-0OLD' }, memory: forward }],
    ['has its revision', { serverGroup: group(), deployments: { ...old(has(TWO)).deployments, 'd-1': D1 } }, { do: 'start', revision: TWO, memory: forward }],
    ['of what is there starts none', { serverGroup: group(), deployments: { ...old(has(ONE)).deployments, 'd-1': D1 } }, success('', 'the fleet already has s3://releases/one.zip')],
    ['that nobody knows fails', { deployments: { 'd-0OLD': 'missing' } }, failure(`deployment d-0OLD cannot be redeployed: CodeDeploy does not know it${REMEDY}`)],
    ['of another platform fails', old({ servers: undefined }), failure(`deployment d-0OLD cannot be redeployed: it is not of EC2/on-premises${REMEDY}`)],
    ['of another application fails', old({ servers: servers({ application: 'other' }) }), failure(`deployment d-0OLD cannot be redeployed: it is of application "other"${REMEDY}`)],
    ['without a revision fails', old({ servers: servers({ revision: undefined }) }), failure(`deployment d-0OLD cannot be redeployed: it has no revision${REMEDY}`)],
  ])('%s', (_what, facts, action) => {
    expect(next({ request: redeploy, facts: { ...CLEAR, ...facts } })).toEqual(action);
  });
});

const BACK = serverRequest('Update', { RequestId: 'request-back', ResourceProperties: serverProperties(ONE), OldResourceProperties: serverProperties(TWO) });
const TURNED: StackEventFacts = { of: 'stack', status: 'UPDATE_ROLLBACK_IN_PROGRESS' };
const BEGUN: StackEventFacts = { of: 'stack', status: 'UPDATE_IN_PROGRESS' };
const asked = (wanted: ServerRevision): StackEventFacts => ({ of: 'resource', status: 'UPDATE_IN_PROGRESS', properties: JSON.stringify(serverProperties(wanted)) });
const BACK_CLEAR: Partial<Facts> = { ...CLEAR, stack: 'UPDATE_ROLLBACK_IN_PROGRESS', history: [TURNED, asked(TWO), BEGUN] };

describe('on the way back', () => {
  const memory = { ...NO_MEMORY, phase: 'rollback' };
  const mixed = { serverGroup: group({ lastAttempted: 'd-2' }), ...known(D1, FAILED) };

  test.each<[string, Given, object]>([
    ['deploys where instances may be mixed', { facts: { ...BACK_CLEAR, ...mixed } }, { do: 'start', revision: ONE, memory }],
    ['looks a second time where the service has set them back', { facts: { ...BACK_CLEAR, serverGroup: group(), ...known(D1) } }, { do: 'wait', seconds: 10, memory: { ...memory, since: { quiet: 100 } } }],
    ['then does nothing', { memory: { since: { quiet: 90 } }, facts: { ...BACK_CLEAR, serverGroup: group(), ...known(D1) } }, success('', 'the fleet has s3://releases/one.zip again')],
    ['looks at the history before it deploys', { facts: { ...BACK_CLEAR, history: undefined, ...mixed } }, { do: 'look', look: { at: 'history', optional: true }, memory }],
    [
      'starts nothing for a request that was given up',
      { request: serverRequest('Update'), facts: { ...BACK_CLEAR, serverGroup: group(), ...known(D1), history: [asked(ONE), TURNED, asked(TWO), BEGUN] } },
      failure('the stack is UPDATE_ROLLBACK_IN_PROGRESS: CloudFormation has given this request up, so no deployment is started'),
    ],
  ])('%s', (_what, given, action) => {
    expect(next({ request: BACK, ...given })).toEqual(action);
  });
});

describe('two fleets that alternate, after a release that has failed', () => {
  const properties = (wanted: ServerRevision) => serverProperties(wanted, { AutoScalingGroups: FLEETS });
  const request = serverRequest('Update', { ResourceProperties: properties(TWO) });
  const back = serverRequest('Update', { RequestId: 'request-back', ResourceProperties: properties(ONE), OldResourceProperties: properties(TWO) });
  const failed = deployed('d-2', 'Failed', { createdAt: 2, servers: servers({ revision: TWO, blueGreen: true, replacements: ['green'] }) });
  const serverGroup = group({ autoScalingGroups: ['blue'], blueGreen: true, lastAttempted: 'd-2' });
  const met: Partial<Facts> = { ...CLEAR, serverGroup, ...known(D1, failed) };
  const tried: Partial<Facts> = { ...met, attempts: [D1, failed] };
  const doubt: Partial<Facts> = { ...tried, originalsTouched: { 'd-2': true } };
  const none: Partial<Facts> = { ...tried, originalsTouched: { 'd-2': false } };
  const told = (why: string, serving = 'blue', idle = 'green') =>
    `it is not known which of ${serving} and ${idle} has the traffic: ${why}; see where it is, register the instances of ${serving} with the load balancer again and take those of ${idle} out of it; ` +
    `bring ${idle} to as many instances as ${serving} has, then deploy the last good revision to it by hand, which ends the doubt when it succeeds: ` +
    `aws deploy create-deployment --application-name web-application --deployment-group-name web-group --target-instances autoScalingGroups=${idle} --revision REVISION`;
  const BEGUN_TO = 'deployment d-2 had begun to take it from the originals, and was not rolled back';
  const rollback = deployed('d-3', 'Failed', { creator: 'codeDeployRollback', createdAt: 3 });
  const rolling: Partial<Facts> = { ...CLEAR, serverGroup: { ...serverGroup, lastAttempted: 'd-3' }, ...known(D1, rollback), attempts: [D1, failed, rollback] };
  const late = { elapsed: 100, memory: { since: { quiet: 40 } } };
  const waiting = (quiet: number) => ({ do: 'wait', seconds: 10, memory: { ...forward, since: { quiet } } });

  test.each<[string, Given, object]>([
    ['what was tried is looked at', { facts: met }, { do: 'look', look: { at: 'attempts', optional: false }, memory: forward }],
    ['and must be known', { facts: { ...met, attempts: { unread: 'no' } } }, { do: 'look', look: { at: 'attempts', optional: false }, memory: forward }],
    ['and what became of its originals', { facts: tried }, { do: 'look', look: { at: 'originals', id: 'd-2' }, memory: forward }],
    ['that took nothing from them the idle one is brought up', { facts: none }, { do: 'look', look: { at: 'fleets' }, memory: forward }],
    ['that took something its rollback may begin yet', { facts: doubt }, waiting(100)],
    ['for a minute', { ...late, elapsed: 99, facts: doubt }, waiting(40)],
    ['then none is started', { ...late, facts: doubt }, failure(`no deployment was started: ${told(BEGUN_TO)}`)],
    ['nor without time', { elapsed: 3_000, facts: doubt }, failure(`no deployment was started: ${told(BEGUN_TO)}`)],
    ['but it is waited for until then', { elapsed: 2_999, facts: doubt }, waiting(2_999)],
    ['nor after a rollback that has failed', { ...late, facts: rolling }, failure(`no deployment was started: ${told('rollback d-3 has not succeeded')}`)],
    [
      'of two the other one serves, whatever the group names',
      { ...late, facts: { ...doubt, ...known(deployed('d-1', 'Succeeded', { createdAt: 1, servers: servers({ blueGreen: true, replacements: ['green'] }) }), failed) } },
      failure(`no deployment was started: ${told(BEGUN_TO, 'green', 'blue')}`),
    ],
    [
      'of which one serves that nothing tells, this tells nothing',
      { ...late, facts: { ...doubt, serverGroup: { ...serverGroup, autoScalingGroups: [] } } },
      failure(
        'no deployment was started: of blue and green, of which one serves at a time, deployment group web-group names none: have it name the one that serves, by ' +
          'aws deploy update-deployment-group --application-name web-application --current-deployment-group-name web-group --auto-scaling-groups NAME',
      ),
    ],
    ['a success since then leaves no doubt', { facts: { ...doubt, serverGroup: { ...serverGroup, lastSuccessful: 'd-3', lastAttempted: 'd-3' }, ...known({ ...rollback, status: 'Succeeded' }) } }, { do: 'look', look: { at: 'fleets' }, memory: forward }],
    ['one fleet has no such doubt', { request: serverRequest('Update'), facts: doubt }, { do: 'start', revision: TWO, memory: forward }],
  ])('%s', (_what, given, action) => {
    expect(next({ request, ...given })).toEqual(action);
  });

  const BACK: Partial<Facts> = { stack: 'UPDATE_ROLLBACK_IN_PROGRESS', history: [TURNED, asked(TWO), BEGUN] };
  const memory = { ...NO_MEMORY, phase: 'rollback' };

  test.each<[string, Given, object]>([
    ['looks, too', { facts: { ...met, ...BACK } }, { do: 'look', look: { at: 'attempts', optional: false }, memory }],
    ['waits, too', { facts: { ...doubt, ...BACK } }, { do: 'wait', seconds: 10, memory: { ...memory, since: { quiet: 100 } } }],
    ['then goes on to what serves, and says so', { ...late, facts: { ...doubt, ...BACK } }, success('', told(BEGUN_TO))],
    ['to what has never served, too', { ...late, request, facts: { ...doubt, ...BACK } }, success('', told(BEGUN_TO))],
    ['goes on without a doubt', { ...late, facts: { ...none, ...BACK } }, success('', 'the instances that serve have s3://releases/one.zip still')],
  ])("CloudFormation's rollback %s", (_what, given, action) => {
    expect(next({ request: back, ...given })).toEqual(action);
  });
});

describe('two fleets that alternate', () => {
  const request = serverRequest('Update', { ResourceProperties: serverProperties(TWO, { AutoScalingGroups: FLEETS }) });
  const fleet = (name: string, desired: number, more: Partial<AutoScalingGroupFacts> = {}): AutoScalingGroupFacts => ({ name, desired, min: 0, max: 9, inService: desired, instances: desired, ...more });
  const blue = group({ autoScalingGroups: ['blue'], blueGreen: true });
  const base: Partial<Facts> = { ...CLEAR, serverGroup: blue, ...known(D1) };
  const onGreen = known(deployed('d-1', 'Succeeded', has(ONE, { blueGreen: true, replacements: ['green'] })));
  const NONE = 'no deployment was started: of blue and green, of which one serves at a time, deployment group web-group names';
  const UPDATE = 'aws deploy update-deployment-group --application-name web-application --current-deployment-group-name web-group --auto-scaling-groups';
  const SHORT =
    'no deployment was started: 1 of 3 instances of Auto Scaling group green are in service; look at its activities for why the others are not ' +
    '(aws autoscaling describe-scaling-activities --auto-scaling-group-name green), then deploy again';

  test.each<[string, Given, object]>([
    ['are looked at', { facts: base }, { do: 'look', look: { at: 'fleets' }, memory: forward }],
    ['the idle one is brought up to as many as serve', { facts: { ...base, fleets: [fleet('blue', 3), fleet('green', 0)] } }, { do: 'scale', name: 'green', desired: 3, memory: { ...forward, scaled: 'green' } }],
    ['to its maximum', { facts: { ...base, fleets: [fleet('blue', 3), fleet('green', 2, { max: 3 })] } }, { do: 'scale', name: 'green', desired: 3, memory: { ...forward, scaled: 'green' } }],
    ['to one at least', { facts: { ...base, fleets: [fleet('green', 0), fleet('blue', 0)] } }, { do: 'scale', name: 'green', desired: 1, memory: { ...forward, scaled: 'green' } }],
    [
      'and no further than that',
      { facts: { ...base, fleets: [fleet('blue', 3), fleet('green', 0, { max: 2 })] } },
      failure('Auto Scaling group green has 2 instances at most, and 3 of blue serve; raise its maximum to that of blue'),
    ],
    ['is waited for', { facts: { ...base, fleets: [fleet('blue', 3), fleet('green', 3, { inService: 2 })] } }, { do: 'wait', seconds: 15, memory: forward }],
    ['is brought down to as many as serve, which are not missed afterwards', { facts: { ...base, fleets: [fleet('blue', 3), fleet('green', 4)] } }, { do: 'scale', name: 'green', desired: 3, memory: forward }],
    ['is waited for until no more are in service', { facts: { ...base, fleets: [fleet('blue', 3), fleet('green', 3, { inService: 4 })] } }, { do: 'wait', seconds: 15, memory: forward }],
    ['is then deployed to', { facts: { ...base, fleets: [fleet('blue', 3), fleet('green', 3)] } }, { do: 'start', revision: TWO, replacement: 'green', memory: forward }],
    ['though it has more than its maximum allows now', { facts: { ...base, fleets: [fleet('blue', 3), fleet('green', 3, { max: 2 })] } }, { do: 'start', revision: TWO, replacement: 'green', memory: forward }],
    ['is not brought up without time', { elapsed: 3_000, facts: { ...base, fleets: [fleet('blue', 3), fleet('green', 1)] } }, failure(`after 50 minutes: ${SHORT}`)],
    ['is not waited for for ever', { elapsed: 3_000, facts: { ...base, fleets: [fleet('blue', 3), fleet('green', 3, { inService: 1 })] } }, failure(`after 50 minutes: ${SHORT}`)],
    ['is waited for until then', { elapsed: 2_999, facts: { ...base, fleets: [fleet('blue', 3), fleet('green', 3, { inService: 1 })] } }, { do: 'wait', seconds: 15, memory: forward }],
    ['the other one serves after a release to it', { facts: { ...base, ...onGreen, serverGroup: { ...blue, autoScalingGroups: ['green'] }, fleets: [fleet('blue', 3), fleet('green', 3)] } }, { do: 'start', revision: TWO, replacement: 'blue', memory: forward }],
    ['the group is to name it before', { memory: { since: { 'not pointed': 1 } }, elapsed: 300, facts: { ...base, ...onGreen } }, { do: 'wait', seconds: 15, memory: { ...forward, since: { 'not pointed': 1 } } }],
    ['which is noticed', { facts: { ...base, ...onGreen } }, { do: 'wait', seconds: 15, memory: { ...forward, since: { 'not pointed': 100 } } }],
    [
      'or nothing is started',
      { memory: { since: { 'not pointed': 0 } }, elapsed: 300, facts: { ...base, ...onGreen } },
      failure(`${NONE} blue, though the last deployment has brought the traffic to green; look at the executions of the state machine that settles the two, or point the group yourself: ${UPDATE} green`),
    ],
    [
      'nor is it when there is no time left',
      { elapsed: 3_000, facts: { ...base, ...onGreen } },
      failure(`${NONE} blue, though the last deployment has brought the traffic to green; look at the executions of the state machine that settles the two, or point the group yourself: ${UPDATE} green`),
    ],
    ['a group that names neither cannot be deployed to', { facts: { ...base, serverGroup: { ...blue, autoScalingGroups: [] } } }, failure(`${NONE} none: have it name the one that serves, by ${UPDATE} NAME`)],
    ['nor one that names both', { facts: { ...base, serverGroup: { ...blue, autoScalingGroups: ['blue', 'green'] } } }, failure(`${NONE} blue and green: have it name the one that serves, by ${UPDATE} NAME`)],
    ['one that is gone is missed', { facts: { ...base, fleets: [fleet('blue', 3)] } }, failure('Auto Scaling group green is not there; both groups of blue and green are needed, of which one serves at a time')],
    ['so is the one that serves', { facts: { ...base, fleets: [fleet('green', 3)] } }, failure('Auto Scaling group blue is not there; both groups of blue and green are needed, of which one serves at a time')],
    [
      'and one that is being deleted',
      { facts: { ...base, fleets: [fleet('blue', 3), fleet('green', 3, { leaving: true })] } },
      failure('Auto Scaling group green is not there; both groups of blue and green are needed, of which one serves at a time'),
    ],
  ])('%s', (_what, given, action) => {
    expect(next({ request, ...given })).toEqual(action);
  });

  test('are not brought up for a request that was given up', () => {
    const facts = { ...base, stack: 'UPDATE_ROLLBACK_IN_PROGRESS', fleets: [fleet('blue', 3), fleet('green', 0)] };
    const late = [asked(ONE), TURNED, asked(TWO), BEGUN];
    expect(next({ request, facts })).toEqual({ do: 'look', look: { at: 'history', optional: true }, memory: { ...NO_MEMORY, phase: 'rollback' } });
    expect(next({ request, facts: { ...facts, history: late } })).toEqual(failure('the stack is UPDATE_ROLLBACK_IN_PROGRESS: CloudFormation has given this request up, so no deployment is started'));
    // One that is up by now is waited for, whoever has brought it up: nothing is done for that.
    expect(next({ request, facts: { ...facts, history: late, fleets: [fleet('blue', 3), fleet('green', 3, { inService: 0 })] } })).toMatchObject({ do: 'wait', seconds: 15 });
  });
});

describe('a deployment that runs', () => {
  const following = { memory: { deploymentId: 'd-3' } };
  const runs = (more: Parameters<typeof servers>[0] = {}) => known(deployed('d-3', 'InProgress', { servers: servers(more) }));
  const shifted = serverRequest('Update', { ResourceProperties: serverProperties(TWO, { Completion: 'TRAFFIC_SHIFTED' }) });

  test.each<[string, Given, object]>([
    ['is waited for', { ...following, facts: runs({ terminationWaitStarted: true }) }, { do: 'wait', seconds: 5, memory: { ...NO_MEMORY, deploymentId: 'd-3', polls: 1 } }],
    ['is waited for until its traffic is shifted', { ...following, request: shifted, facts: runs() }, { do: 'wait', seconds: 5, memory: { ...NO_MEMORY, deploymentId: 'd-3', polls: 1 } }],
    ['is not waited for any longer', { ...following, request: shifted, facts: runs({ terminationWaitStarted: true }) }, success('d-3')],
    ['is followed by the next segment, too', { request: waitRequest('Create', 'd-3', { Completion: 'TRAFFIC_SHIFTED' }), facts: runs({ terminationWaitStarted: true }) }, success('d-3')],
    ['has ended', { ...following, request: shifted, facts: known(deployed('d-3', 'Succeeded')) }, success('d-3')],
    ['is stopped when the last segment is over', { ...following, elapsed: 3_000, facts: runs() }, { do: 'stop', id: 'd-3', why: 'the last segment is over', memory: { ...NO_MEMORY, deploymentId: 'd-3' } }],
  ])('%s', (_what, given, action) => {
    expect(next(given)).toEqual(action);
  });
});


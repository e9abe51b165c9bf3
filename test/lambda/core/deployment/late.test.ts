/** A late request of an update that was cancelled, told from the rollback's own by the events of the stack. */
import { advance } from '../../../../lambda/core/deployment/advance';
import type { Facts, StackEventFacts } from '../../../../lambda/core/deployment/facts';
import { tell } from '../../../../lambda/core/deployment/late';
import { descriptionOf } from '../../../../lambda/core/deployment/mark';
import type { Memory } from '../../../../lambda/core/deployment/situation';
import { NO_MEMORY } from '../../../../lambda/core/deployment/situation';
import type { DeployTask } from '../../../../lambda/core/deployment/task';
import { taskOf } from '../../../../lambda/core/deployment/task';
import type { ResourceRequest } from '../../../../lib/model/deployment-request';
import { deniedCall, play, unavailable } from '../../support/deployment-play';
import { appSpec, askedFor, BLUE, GREEN, properties, request } from '../../support/deployment-requests';
import { DeploymentWorld } from '../../support/deployment-world';

const stack = (status: string): StackEventFacts => ({ of: 'stack', status });
const ours = (status: string, shown?: string): StackEventFacts => ({ of: 'resource', status, ...(shown === undefined ? {} : { properties: shown }) });

const BEGUN = stack('UPDATE_IN_PROGRESS');
const TURNED = stack('UPDATE_ROLLBACK_IN_PROGRESS');
const FORTH = ours('UPDATE_IN_PROGRESS', askedFor(GREEN));
const BACK = ours('UPDATE_IN_PROGRESS', askedFor(BLUE));
const UNTOLD = ours('UPDATE_IN_PROGRESS');

/** Of the update from BLUE to GREEN, and of its rollback. */
const LATE = request('Update');
const OWN = request('Update', { RequestId: 'request-back', ResourceProperties: properties(BLUE), OldResourceProperties: properties(GREEN) });
const CREATE = request('Create');
const MOVED = (name: string, to: string): ResourceRequest =>
  request('Update', { ResourceProperties: properties(GREEN, { [name]: to }), OldResourceProperties: properties(GREEN) });

describe('the events tell', () => {
  test.each<readonly [string, ResourceRequest, readonly StackEventFacts[], string]>([
    ['a late one', LATE, [BACK, TURNED, FORTH, BEGUN], 'late'],
    ['the rollback\'s own', OWN, [BACK, TURNED, FORTH, BEGUN], 'own'],
    ['the rollback\'s own before its event is shown', OWN, [TURNED, FORTH, BEGUN], 'own'],
    ['the rollback\'s own before anything of the rollback is shown', OWN, [FORTH, BEGUN], 'own'],
    ['the rollback\'s own after ours has failed', OWN, [BACK, TURNED, ours('UPDATE_FAILED', askedFor(GREEN)), FORTH, BEGUN], 'own'],
    ['one that the way back has not asked for', LATE, [TURNED, FORTH, BEGUN], 'not asked'],
    ['by what is asked, not by what was done', LATE, [ours('UPDATE_COMPLETE', askedFor(BLUE)), ours('DELETE_IN_PROGRESS'), TURNED, FORTH, BEGUN], 'not asked'],
    ['one of a create', CREATE, [stack('ROLLBACK_IN_PROGRESS'), ours('CREATE_IN_PROGRESS', askedFor(GREEN)), stack('CREATE_IN_PROGRESS')], 'not asked'],
    ['one of a create within an update', CREATE, [TURNED, ours('CREATE_FAILED', askedFor(GREEN)), ours('CREATE_IN_PROGRESS', askedFor(GREEN)), BEGUN], 'not asked'],
    ['one whose rollback is not shown', LATE, [FORTH, BEGUN], 'not shown'],
    ['nothing of ours', LATE, [TURNED, BEGUN], 'not shown'],
    ['nothing where an operation has just begun', LATE, [BEGUN, TURNED, FORTH], 'not shown'],
    ['by rollbacks of the stack, not of a resource', LATE, [ours('UPDATE_ROLLBACK_IN_PROGRESS'), FORTH, BEGUN], 'not shown'],
    ['by rollbacks of the stack, not by its other events', LATE, [stack('UPDATE_FAILED'), FORTH, BEGUN], 'not shown'],
    ['by the way back of ours alone', LATE, [BACK, TURNED, BEGUN], 'own'],
    ['nothing at all', LATE, [], 'not shown'],
    ['a beginning too far back', LATE, [BACK, TURNED, FORTH], 'late'],
    ['nothing of an earlier operation', LATE, [TURNED, BEGUN, BACK, TURNED, FORTH, BEGUN], 'not shown'],
    ['nothing of an earlier create', CREATE, [TURNED, BEGUN, ours('CREATE_IN_PROGRESS', askedFor(GREEN)), stack('CREATE_IN_PROGRESS')], 'not shown'],
    ['a late one of a rollback that was continued', LATE, [BACK, TURNED, stack('UPDATE_ROLLBACK_FAILED'), BACK, TURNED, FORTH, BEGUN], 'late'],
    ['a late one of a rollback that left ours out when it was continued', LATE, [TURNED, stack('UPDATE_ROLLBACK_FAILED'), BACK, TURNED, FORTH, BEGUN], 'late'],
    ['the own one of a rollback that was continued', OWN, [TURNED, stack('UPDATE_ROLLBACK_FAILED'), BACK, TURNED, FORTH, BEGUN], 'own'],
    ['no properties on the way forward', LATE, [BACK, TURNED, UNTOLD, BEGUN], 'own'],
    ['no properties on the way back', LATE, [UNTOLD, TURNED, FORTH, BEGUN], 'own'],
    ['properties that are cut', LATE, [ours('UPDATE_IN_PROGRESS', askedFor(BLUE).slice(0, -9)), TURNED, FORTH, BEGUN], 'own'],
    ['properties that are no object', LATE, [ours('UPDATE_IN_PROGRESS', 'null'), TURNED, FORTH, BEGUN], 'own'],
    ['properties without an AppSpec', LATE, [ours('UPDATE_IN_PROGRESS', '{}'), TURNED, FORTH, BEGUN], 'own'],
    ['events that show what was before', OWN, [ours('UPDATE_IN_PROGRESS', askedFor(GREEN)), TURNED, ours('UPDATE_IN_PROGRESS', askedFor(GREEN)), BEGUN], 'own'],
    ['the same way back as forth', LATE, [FORTH, TURNED, FORTH, BEGUN], 'own'],
    ['an AppSpec in another order', LATE, [BACK, TURNED, ours('UPDATE_IN_PROGRESS', askedFor(GREEN, { AppSpec: JSON.stringify({ Hooks: appSpec(GREEN).Hooks, ...appSpec(GREEN) }) })), BEGUN], 'late'],
    ['other completions', LATE, [BACK, TURNED, ours('UPDATE_IN_PROGRESS', askedFor(GREEN, { Completion: 'STARTED' })), BEGUN], 'late'],
    ...(['ApplicationName', 'DeploymentGroupName', 'Cluster', 'Service'] as const).flatMap(
      (name) =>
        [
          [`a late one to another ${name}`, MOVED(name, 'new'), [FORTH, TURNED, ours('UPDATE_IN_PROGRESS', askedFor(GREEN, { [name]: 'new' })), BEGUN], 'late'],
          [`the rollback's own from another ${name}`, MOVED(name, 'old'), [ours('UPDATE_IN_PROGRESS', askedFor(GREEN, { [name]: 'old' })), TURNED, FORTH, BEGUN], 'own'],
        ] as const,
    ),
  ])('%s', (_, asked, history, told) => {
    expect(tell(taskOf(asked) as DeployTask, history)).toBe(told);
  });
});

const CLEAR: Facts = { stack: 'UPDATE_ROLLBACK_IN_PROGRESS', marked: 'missing', running: [], primary: { taskDefinition: BLUE }, deployments: {} };
const GIVEN_UP = { do: 'answer', answer: { Status: 'FAILED', Reason: 'the stack is UPDATE_ROLLBACK_IN_PROGRESS: CloudFormation has given this request up, so no deployment is started' } };

function next(history: Facts['history'], { memory = {}, facts = {}, elapsed = 100, asked = LATE }: { memory?: Partial<Memory>; facts?: Partial<Facts>; elapsed?: number; asked?: ResourceRequest } = {}) {
  const known: Facts = { ...CLEAR, ...facts, ...(history === undefined ? {} : { history }) };
  return advance({ task: taskOf(asked), memory: { ...NO_MEMORY, ...memory }, facts: known, elapsed, startedAt: 0, retries: 0 });
}

const own = { id: 'd-1', status: 'InProgress', rollsBack: true, description: descriptionOf(request('Update', { RequestId: 'request-0' })) };
const RUNNING: Partial<Facts> = { running: ['d-1'], deployments: { 'd-1': own } };

describe('in a rollback', () => {
  test.each([
    ['a start', {}],
    ['a stop', RUNNING],
    ['a start over a task set that does not drain', { primary: { taskDefinition: GREEN, beside: true } as const }],
  ])('%s looks at the events first', (_, facts) => {
    expect(next(undefined, { facts, memory: { since: { beside: 0 } } })).toMatchObject({ do: 'look', look: { at: 'history', optional: true }, memory: { phase: 'rollback' } });
    expect(next([BACK, TURNED, FORTH, BEGUN], { facts, memory: { since: { beside: 0 } } })).toEqual(GIVEN_UP);
  });

  test('the way forward does not', () => {
    expect(next(undefined, { facts: { stack: 'UPDATE_IN_PROGRESS' } })).toMatchObject({ do: 'start' });
  });

  test('what is to do nothing does not', () => {
    expect(next(undefined, { asked: OWN })).toMatchObject({ do: 'wait', seconds: 10 });
    expect(next(undefined, { asked: OWN, memory: { since: { quiet: 90 } } })).toMatchObject({ answer: { Status: 'SUCCESS' } });
  });

  test('the rollback\'s own goes on', () => {
    expect(next([TURNED, FORTH, BEGUN], { asked: OWN, facts: { primary: { taskDefinition: GREEN } } })).toEqual({ do: 'start', appSpec: JSON.stringify(appSpec(BLUE)), memory: { ...NO_MEMORY, phase: 'rollback' } });
    expect(next([TURNED, FORTH, BEGUN], { asked: OWN, facts: RUNNING })).toEqual({ do: 'stop', id: 'd-1', why: 'CloudFormation takes back what it was started for', memory: { ...NO_MEMORY, phase: 'rollback' } });
  });

  test.each<readonly [string, Facts['history'], object]>([
    ['what the way back has not asked for', [TURNED, FORTH, BEGUN], GIVEN_UP],
    ['what is not shown', [TURNED, BEGUN], { do: 'start' }],
    ['what could not be read', { unread: 'throttled' }, { do: 'start' }],
  ])('%s is believed after half a minute', (_, history, believed) => {
    expect(next(history)).toMatchObject({ do: 'wait', seconds: 15, memory: { since: { 'not shown': 100 } } });
    expect(next(history, { elapsed: 129.9, memory: { since: { 'not shown': 100 } } })).toMatchObject({ do: 'wait', seconds: 15, memory: { since: { 'not shown': 100 } } });
    expect(next(history, { elapsed: 130, memory: { since: { 'not shown': 100 } } })).toMatchObject(believed);
  });

  test('nothing is waited for when the time is up', () => {
    expect(next([TURNED, BEGUN], { elapsed: 2_999.9, facts: RUNNING })).toMatchObject({ do: 'wait' });
    expect(next([TURNED, BEGUN], { elapsed: 3_000, facts: RUNNING })).toMatchObject({ do: 'stop' });
  });
});

describe('whole requests', () => {
  const world = (history: readonly StackEventFacts[], primary = BLUE) => Object.assign(new DeploymentWorld({ primary, stack: 'UPDATE_ROLLBACK_IN_PROGRESS' }), { history });

  test('a late one starts nothing', async () => {
    const group = world([BACK, TURNED, FORTH, BEGUN]);
    const { answer, calls, waits } = await play(group, LATE);
    expect(answer).toEqual(GIVEN_UP.answer);
    expect(calls).toEqual(['DescribeStacks', 'ListSince', 'ListRunning', 'DescribeServices', 'DescribeStackEvents']);
    expect([waits, group.started]).toEqual([[], []]);
  });

  test('a late one does not stop the deployment of the rollback', async () => {
    const group = world([BACK, TURNED, FORTH, BEGUN], GREEN);
    group.create(JSON.stringify(appSpec(BLUE)), descriptionOf(OWN));
    const { answer, calls } = await play(group, LATE);
    expect([answer, calls.includes('StopDeployment')]).toEqual([GIVEN_UP.answer, false]);
  });

  test('one whose events come late waits for them', async () => {
    const group = world([BEGUN]);
    const { answer, waits } = await play(group, LATE, { beforeStep: (number) => number === 2 && (group.history = [BACK, TURNED, FORTH, BEGUN]) });
    expect([answer, waits, group.started]).toEqual([GIVEN_UP.answer, [15], []]);
  });

  test.each([
    ['denied', deniedCall('cloudformation:DescribeStackEvents')],
    ['throttled', unavailable('cloudformation:DescribeStackEvents')],
  ])('the rollback\'s own goes on where the events are %s, and the log says so', async (_, error) => {
    const group = world([], GREEN);
    const { answer, lines, seconds } = await play(group, OWN, { fault: (call) => (call === 'DescribeStackEvents' ? { when: 'before', error } : undefined) });
    expect(answer).toEqual({ Status: 'SUCCESS', Data: { DeploymentId: 'd-000000001' } });
    expect([group.started, group.primary, seconds]).toEqual([['d-000000001'], BLUE, 90]);
    expect(lines.filter(({ message }) => message === 'a call did not work').map(({ fields }) => fields?.error)).toEqual([error.message, error.message, error.message]);
  });

  test('denied at first, a late one is told all the same', async () => {
    const group = world([BACK, TURNED, FORTH, BEGUN]);
    const { answer } = await play(group, LATE, { fault: (call, before) => (call === 'DescribeStackEvents' && before < 2 ? { when: 'before', error: deniedCall('x') } : undefined) });
    expect([answer, group.started]).toEqual([GIVEN_UP.answer, []]);
  });
});

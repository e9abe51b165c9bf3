/** What a situation comes to: literal situations, literal actions. */
import { advance } from '../../../../lambda/core/deployment/advance';
import type { DeploymentFacts, Facts } from '../../../../lambda/core/deployment/facts';
import { descriptionOf } from '../../../../lambda/core/deployment/mark';
import { isCleanup, phaseOf } from '../../../../lambda/core/deployment/phase';
import { settle } from '../../../../lambda/core/deployment/settle';
import type { Action, Memory, Situation } from '../../../../lambda/core/deployment/situation';
import { minutes, missPause, NO_MEMORY, poll, wait } from '../../../../lambda/core/deployment/situation';
import { taskOf } from '../../../../lambda/core/deployment/task';
import { missed, notStarted, notStopped } from '../../../../lambda/core/deployment/trouble';
import { Overdue, ServiceFailure } from '../../../../lambda/core/failures';
import type { ResourceRequest } from '../../../../lib/model/deployment-request';
import { askedFor, BLUE, GREEN, properties, request, waitRequest } from '../../support/deployment-requests';

const STARTED_AT = Date.UTC(2026, 0, 5, 9);
const RUNNING: DeploymentFacts = { id: 'd-1', status: 'InProgress', rollsBack: true };
const FAILED: DeploymentFacts = { id: 'd-1', status: 'Failed', rollsBack: true, error: { code: 'TIMEOUT', message: 'late' } };

interface Given {
  readonly request?: ResourceRequest;
  readonly memory?: Partial<Memory>;
  readonly facts?: Partial<Facts>;
  readonly elapsed?: number;
  readonly retries?: number;
}

function situation({ request: asked = request('Update'), memory = {}, facts = {}, elapsed = 100, retries = 0 }: Given): Situation {
  return { task: taskOf(asked), memory: { ...NO_MEMORY, ...memory }, facts: { deployments: {}, ...facts }, elapsed, startedAt: STARTED_AT, retries };
}

const next = (given: Given): Action => advance(situation(given));
const known = (...deployments: readonly DeploymentFacts[]): Pick<Facts, 'deployments'> => ({ deployments: Object.fromEntries(deployments.map((each) => [each.id, each])) });
const success = (DeploymentId: string, why?: string) => ({ do: 'answer', answer: { Status: 'SUCCESS', Data: { DeploymentId } }, ...(why === undefined ? {} : { why }) });
const failure = (Reason: string) => ({ do: 'answer', answer: { Status: 'FAILED', Reason } });

/** All that is to be known before a forward update starts. */
const CLEAR: Partial<Facts> = { stack: 'UPDATE_IN_PROGRESS', marked: 'missing', running: [], primary: { taskDefinition: BLUE } };
const BACK = request('Update', { ResourceProperties: properties(BLUE), OldResourceProperties: properties(GREEN) });
const BACK_CLEAR: Partial<Facts> = { ...CLEAR, stack: 'UPDATE_ROLLBACK_IN_PROGRESS', history: [{ of: 'resource', status: 'UPDATE_IN_PROGRESS', properties: askedFor(GREEN) }] };

describe('phases', () => {
  test.each([
    ['CREATE_IN_PROGRESS', 'forward'],
    ['UPDATE_IN_PROGRESS', 'forward'],
    ['IMPORT_IN_PROGRESS', 'forward'],
    ['ROLLBACK_IN_PROGRESS', 'rollback'],
    ['UPDATE_ROLLBACK_IN_PROGRESS', 'rollback'],
    ['IMPORT_ROLLBACK_IN_PROGRESS', 'rollback'],
    ['UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS', undefined],
    ['UPDATE_COMPLETE_CLEANUP_IN_PROGRESS', undefined],
    ['UPDATE_ROLLBACK_FAILED', undefined],
    ['DELETE_IN_PROGRESS', undefined],
    ['REVIEW_IN_PROGRESS', undefined],
    ['UPDATE_COMPLETE', undefined],
    ['gone', undefined],
  ])('%s is %s', (status, phase) => {
    expect(phaseOf(status)).toBe(phase);
    expect(isCleanup(status)).toBe(status.includes('CLEANUP'));
  });
});

describe('pauses', () => {
  test('between looks grow from five seconds to eight', () => {
    const seconds = (polls: number) => poll(situation({ memory: { polls } }));
    expect([0, 11, 12, 23, 24, 35, 36, 400].map((polls) => (seconds(polls) as { seconds: number }).seconds)).toEqual([5, 5, 6, 6, 7, 7, 8, 8]);
    expect(seconds(7)).toMatchObject({ do: 'wait', memory: { polls: 8 } });
  });

  test('after failed calls double up to half a minute', () => {
    expect([1, 2, 3, 4, 50].map(missPause)).toEqual([5, 10, 20, 30, 30]);
  });

  test('end at the last moment', () => {
    expect(wait(situation({ elapsed: 3_299 }), { seconds: 5, otherwise: 'x' })).toMatchObject({ do: 'wait', seconds: 5 });
    expect(wait(situation({ elapsed: 3_300 }), { seconds: 5, otherwise: 'x' })).toEqual(failure('after 55 minutes: x'));
  });

  test('forget denials and failed calls, and nothing else', () => {
    const memory = { misses: 3, deploymentId: 'd-1', since: { denied: 5, asked: 7 } };
    expect(wait(situation({ memory }), { seconds: 5, otherwise: '' })).toEqual({ do: 'wait', seconds: 5, memory: { ...NO_MEMORY, deploymentId: 'd-1', since: { asked: 7 } } });
  });

  test.each([
    [29, '0 minutes'],
    [60, '1 minute'],
    [3_000, '50 minutes'],
  ])('%s s are %s', (seconds, text) => {
    expect(minutes(seconds)).toBe(text);
  });
});

describe('settle', () => {
  test.each<[string, Given, unknown]>([
    ['unknown', {}, { state: 'unknown', look: { at: 'deployment', id: 'd-1' } }],
    ['missing', { facts: { deployments: { 'd-1': 'missing' } } }, { state: 'missing' }],
    ['running', { facts: known(RUNNING) }, { state: 'running', deployment: RUNNING }],
    ['in a status that is new', { facts: known({ ...RUNNING, status: 'Paused' }) }, { state: 'running', deployment: { ...RUNNING, status: 'Paused' } }],
    ['succeeded', { facts: known({ ...RUNNING, status: 'Succeeded' }) }, { state: 'ended', deployment: { ...RUNNING, status: 'Succeeded' } }],
    ['failed without a rollback', { facts: known({ ...FAILED, rollsBack: false }) }, { state: 'ended', deployment: { ...FAILED, rollsBack: false } }],
    ['failed, its rollback to be read', { facts: known({ ...FAILED, rollbackId: 'd-2' }) }, { state: 'unknown', look: { at: 'deployment', id: 'd-2' } }],
    ['failed, its rollback gone', { facts: { deployments: { 'd-1': { ...FAILED, rollbackId: 'd-2' }, 'd-2': 'missing' } } }, { state: 'ended', deployment: { ...FAILED, rollbackId: 'd-2' } }],
    ['rolled back', { facts: known({ ...FAILED, rollbackId: 'd-2' }, { ...RUNNING, id: 'd-2', status: 'Stopped' }) }, { state: 'ended', deployment: { ...FAILED, rollbackId: 'd-2' }, rollback: { ...RUNNING, id: 'd-2', status: 'Stopped' } }],
    ['without its rollback for half a minute', { memory: { since: { 'end of d-1': 70 } }, facts: known(FAILED) }, { state: 'ended', deployment: FAILED }],
  ])('a deployment that is %s', (_, given, settled) => {
    expect(settle(situation(given), 'd-1')).toEqual(settled);
  });

  test.each<[string, Given, Record<string, number>]>([
    ['has just ended', { facts: known(FAILED) }, { 'end of d-1': 100 }],
    ['has ended a while ago', { memory: { since: { 'end of d-1': 71 } }, facts: known(FAILED) }, { 'end of d-1': 71 }],
    ['we have stopped', { memory: { stopping: 'd-1' }, facts: known({ ...FAILED, rollsBack: false }) }, { 'end of d-1': 100 }],
    ['is being rolled back', { facts: known({ ...FAILED, rollbackId: 'd-2' }, { ...RUNNING, id: 'd-2' }) }, {}],
  ])('a deployment that %s', (_, given, since) => {
    expect(settle(situation(given), 'd-1')).toMatchObject({ state: 'rolling back', deployment: { id: 'd-1' }, s: { memory: { since } } });
  });
});

describe('begin', () => {
  test.each<[string, Given, object]>([
    ['looks at the stack first', {}, { do: 'look', look: { at: 'stack' } }],
    ['then for its own deployment', { facts: { stack: 'UPDATE_IN_PROGRESS' } }, { do: 'look', look: { at: 'marked' }, memory: { phase: 'forward' } }],
    ['then for others', { facts: { stack: 'UPDATE_IN_PROGRESS', marked: 'missing' } }, { do: 'look', look: { at: 'running' } }],
    ['then at the service', { facts: { ...CLEAR, primary: undefined } }, { do: 'look', look: { at: 'primary' } }],
    ['then starts', { facts: CLEAR }, { do: 'start', memory: { phase: 'forward' } }],
    ['starts on the way back, too', { request: BACK, facts: { ...BACK_CLEAR, primary: { taskDefinition: GREEN } } }, { do: 'start', memory: { phase: 'rollback' } }],
    ['joins its own deployment', { facts: { ...CLEAR, marked: 'd-1', ...known(RUNNING) } }, { do: 'wait', seconds: 5, memory: { deploymentId: 'd-1' } }],
    ['waits for another one', { facts: { ...CLEAR, running: ['d-1'], ...known(RUNNING) } }, { do: 'wait', seconds: 5, memory: { blocker: 'd-1', polls: 1 } }],
    ['looks at the one it waits for', { memory: { blocker: 'd-1' } }, { do: 'look', look: { at: 'deployment', id: 'd-1' } }],
    ['waits for the rollback of another one', { memory: { blocker: 'd-1' }, facts: known(FAILED) }, { do: 'wait', seconds: 5, memory: { blocker: 'd-1', since: { 'end of d-1': 100 } } }],
    ['begins anew when that has ended', { memory: { blocker: 'd-1', polls: 99 }, facts: known({ ...RUNNING, status: 'Succeeded' }) }, { do: 'look', look: { at: 'stack' }, memory: { blocker: undefined, polls: 0 } }],
    ['begins anew when that is gone', { memory: { blocker: 'd-1' }, facts: { deployments: { 'd-1': 'missing' } } }, { do: 'look', look: { at: 'stack' } }],
    ['waits for a service that is not shown yet', { facts: { ...CLEAR, primary: 'missing' } }, { do: 'wait', seconds: 10, memory: { since: { 'no task set': 100 } } }],
    ['looks a second time before it takes nothing back', { request: BACK, facts: BACK_CLEAR }, { do: 'wait', seconds: 10, memory: { since: { quiet: 100 } } }],
    ['waits for a task set that drains', { request: BACK, facts: { ...BACK_CLEAR, primary: { taskDefinition: BLUE, beside: true } } }, { do: 'wait', seconds: 10, memory: { since: { beside: 100 } } }],
    ['waits for it a minute', { request: BACK, memory: { since: { beside: 40.1 } }, facts: { ...BACK_CLEAR, primary: { taskDefinition: BLUE, beside: true } } }, { do: 'wait' }],
    ['deploys over one that does not drain', { request: BACK, memory: { since: { beside: 40 } }, facts: { ...BACK_CLEAR, primary: { taskDefinition: BLUE, beside: true } } }, { do: 'start' }],
    ['does not wait for it when the time is up', { request: BACK, elapsed: 3_000, facts: { ...BACK_CLEAR, primary: { taskDefinition: BLUE, beside: true } } }, failure('after 50 minutes: no deployment was started: there is no time left to follow it')],
    ['takes no notice of it on the way forward', { facts: { ...CLEAR, primary: { taskDefinition: GREEN, beside: true } } }, success('')],
    ['looks the second time for ten seconds', { request: BACK, memory: { since: { quiet: 90.1 } }, facts: BACK_CLEAR }, { do: 'wait' }],
    ['does not look again when the time is up', { request: BACK, elapsed: 3_000, facts: BACK_CLEAR }, success('', `the service runs ${BLUE} again`)],
    ['takes nothing back', { request: BACK, memory: { since: { quiet: 90 } }, facts: BACK_CLEAR }, success('', `the service runs ${BLUE} again`)],
    ['forgets that it was quiet', { request: BACK, memory: { since: { quiet: 90 } }, facts: { ...BACK_CLEAR, running: ['d-1'], ...known(RUNNING) } }, { do: 'wait', memory: { since: {} } }],
    ['has nothing to do', { facts: { ...CLEAR, primary: { taskDefinition: GREEN } } }, success('', `the service already runs ${GREEN}`)],
  ])('%s', (_, given, action) => {
    expect(next(given)).toMatchObject(action);
  });

  test('stops the deployment of what is taken back, once', () => {
    const own = { ...RUNNING, description: descriptionOf(request('Update', { RequestId: 'request-0' })) };
    const facts = { ...BACK_CLEAR, running: ['d-1'], ...known(own) };
    const back = next({ request: BACK, facts });
    expect(back).toMatchObject({ do: 'stop', id: 'd-1', why: 'CloudFormation takes back what it was started for', memory: { ...NO_MEMORY, phase: 'rollback' } });
    expect(next({ request: BACK, memory: { stopping: 'd-1' } })).toMatchObject({ do: 'look', look: { at: 'deployment', id: 'd-1' } });
    expect(next({ request: BACK, memory: { stopping: 'd-1' }, facts: known({ ...FAILED, status: 'Stopped', rollsBack: false }) })).toMatchObject({ do: 'wait', memory: { stopping: 'd-1' } });
    expect(next({ request: BACK, memory: { stopping: 'd-1' }, facts: known({ ...own, status: 'Succeeded' }) })).toMatchObject({ do: 'look', look: { at: 'stack' }, memory: { stopping: undefined } });
    expect(next({ facts: { ...CLEAR, running: ['d-1'], ...known(own) } })).toMatchObject({ do: 'wait' });
    const others = { ...RUNNING, description: descriptionOf(request('Update', { LogicalResourceId: 'Other' })) };
    expect(next({ request: BACK, facts: { ...BACK_CLEAR, running: ['d-1'], ...known(others) } })).toMatchObject({ do: 'wait' });
  });

  test.each([
    ['after 30 seconds', { since: { asked: 70 } }, 0, { do: 'start' }],
    ['not before', { since: { asked: 70.1 } }, 0, { do: 'wait', seconds: 15 }],
    ['not in a step that is tried again', {}, 1, { do: 'wait', seconds: 15, memory: { since: { asked: 100 } } }],
    ['not in such a step, though the try before is long ago', { since: { asked: 5 } }, 1, { do: 'wait', memory: { since: { asked: 100 } } }],
  ])('starts another time %s', (_, memory, retries, action) => {
    expect(next({ memory, retries, facts: CLEAR })).toMatchObject(action);
  });

  test.each<[Given, string]>([
    [{ facts: { ...CLEAR, stack: 'UPDATE_COMPLETE' } }, 'the stack is UPDATE_COMPLETE: CloudFormation has given this request up, so no deployment is started'],
    [{ memory: { phase: 'forward' }, facts: { ...CLEAR, stack: 'UPDATE_ROLLBACK_IN_PROGRESS' } }, 'the stack is UPDATE_ROLLBACK_IN_PROGRESS: CloudFormation has given this request up, so no deployment is started'],
    [{ elapsed: 3_000, facts: CLEAR }, 'after 50 minutes: no deployment was started: there is no time left to follow it'],
    [{ elapsed: 3_000, memory: { refusal: 'throttled' }, facts: CLEAR }, 'after 50 minutes: no deployment was started: throttled'],
    [
      { memory: { since: { 'no task set': -20 } }, facts: { ...CLEAR, primary: 'missing' } },
      'service web of cluster main is not there, or has no PRIMARY task set; create it with the CODE_DEPLOY deployment controller',
    ],
    [
      { elapsed: 3_000, facts: { ...CLEAR, primary: 'missing' } },
      'service web of cluster main is not there, or has no PRIMARY task set; create it with the CODE_DEPLOY deployment controller',
    ],
    [
      { elapsed: 3_000, facts: { ...CLEAR, running: ['d-1'], ...known(RUNNING) } },
      'after 50 minutes: deployment d-1 of deployment group web-group, which is not of this request, is still in the way (InProgress); ours was not started',
    ],
    [
      { elapsed: 3_000, memory: { blocker: 'd-1' }, facts: known(FAILED) },
      'after 50 minutes: deployment d-1 of deployment group web-group, which is not of this request, is still in the way (Failed); ours was not started',
    ],
  ])('fails %#', (given, reason) => {
    expect(next(given)).toEqual(failure(reason));
  });

  test('time is not up a moment before', () => {
    expect(next({ elapsed: 2_999, facts: CLEAR })).toMatchObject({ do: 'start' });
    expect(next({ elapsed: 2_999, facts: { ...CLEAR, running: ['d-1'], ...known(RUNNING) } })).toMatchObject({ do: 'wait' });
    expect(next({ memory: { since: { 'no task set': -19 } }, facts: { ...CLEAR, primary: 'missing' } })).toMatchObject({ do: 'wait' });
  });
});

describe('follow', () => {
  const TWO = request('Update', { ResourceProperties: properties(GREEN, { Segments: '2' }) });
  const SHIFT = request('Update', { ResourceProperties: properties(GREEN, { Completion: 'TRAFFIC_SHIFTED' }) });
  const shifting = (...statuses: readonly string[]): Given => ({
    request: SHIFT,
    memory: { deploymentId: 'd-1' },
    facts: { ...known(RUNNING), events: ['BeforeAllowTraffic', 'AllowTraffic', 'AfterAllowTraffic'].map((name, index) => ({ name, status: statuses[index] ?? 'Pending' })) },
  });
  const following = { deploymentId: 'd-1' };

  test.each<[string, Given, object]>([
    ['looks', { memory: following }, { do: 'look', look: { at: 'deployment', id: 'd-1' } }],
    ['looks at the lifecycle events', { request: SHIFT, memory: following, facts: known(RUNNING) }, { do: 'look', look: { at: 'events', id: 'd-1', optional: false } }],
    ['is done when traffic has shifted', shifting('Failed', 'Succeeded', 'Succeeded'), success('d-1')],
    ['is not done before the last hook', shifting('Succeeded', 'Succeeded', 'InProgress'), { do: 'wait', seconds: 5 }],
    ['is not done while traffic shifts', shifting('Succeeded', 'InProgress', 'Succeeded'), { do: 'wait', seconds: 5 }],
    ['is not done where there is no traffic', { ...shifting(), facts: { ...known(RUNNING), events: [] } }, { do: 'wait' }],
    ['is not done where the last event is another', { ...shifting(), facts: { ...known(RUNNING), events: [{ name: 'Install', status: 'Succeeded' }] } }, { do: 'wait' }],
    ['is done when it has succeeded', { memory: following, elapsed: 3_299, facts: known({ ...RUNNING, status: 'Succeeded' }) }, success('d-1')],
    ['waits for the rollback', { memory: following, facts: known(FAILED) }, { do: 'wait', seconds: 5, memory: { since: { 'end of d-1': 100 } } }],
    ['hands over', { request: TWO, memory: following, elapsed: 3_000, facts: known(RUNNING) }, success('d-1', 'the next segment waits on')],
    ['hands over no earlier', { request: TWO, memory: following, elapsed: 2_999, facts: known(RUNNING) }, { do: 'wait' }],
    ['stops in the last segment', { memory: following, elapsed: 3_000, facts: known(RUNNING) }, { do: 'stop', id: 'd-1', why: 'the last segment is over', memory: following }],
    ['stops once', { memory: { ...following, stopping: 'd-1' }, elapsed: 3_000, facts: known(RUNNING) }, { do: 'wait', seconds: 5 }],
    ['waits for one that nobody knows yet', { memory: following, facts: { deployments: { 'd-1': 'missing' } } }, { do: 'wait', seconds: 5, memory: { since: { unknown: 100 } } }],
  ])('%s', (_, given, action) => {
    expect(next(given)).toMatchObject(action);
  });

  test.each<[Given, string]>([
    [{ memory: { ...following, stopping: 'd-1' }, elapsed: 3_300, facts: known(RUNNING) }, 'after 55 minutes: deployment d-1 was stopped, but has not ended (InProgress); look after it in CodeDeploy'],
    [
      { memory: { ...following, since: { unknown: -20 } }, facts: { deployments: { 'd-1': 'missing' } } },
      'deployment d-1 is not known to CodeDeploy; were its application and deployment group deleted by hand? Deploy the stack again',
    ],
    [
      { memory: following, elapsed: 3_300, facts: { deployments: { 'd-1': 'missing' } } },
      'deployment d-1 is not known to CodeDeploy; were its application and deployment group deleted by hand? Deploy the stack again',
    ],
  ])('fails %#', (given, reason) => {
    expect(next(given)).toEqual(failure(reason));
  });

  test('a segment that waits asks the stack about a deployment that nobody knows', () => {
    const facts = { deployments: { 'd-1': 'missing' } } as const;
    const given = { request: waitRequest('Update', 'd-1') };
    expect(next({ ...given, facts })).toMatchObject({ do: 'look', look: { at: 'stack' } });
    expect(next({ ...given, facts: { ...facts, stack: 'UPDATE_ROLLBACK_IN_PROGRESS' } })).toEqual(success('d-1', 'deployment d-1 of before is not known any more'));
    expect(next({ ...given, facts: { ...facts, stack: 'UPDATE_IN_PROGRESS' } })).toMatchObject({ do: 'wait' });
    expect(next({ memory: following, facts: { ...facts, stack: 'UPDATE_ROLLBACK_IN_PROGRESS' } })).toMatchObject({ do: 'wait' });
  });

  test.each([
    ['2', 7_200_001, 'SUCCESS'],
    ['2', 7_200_000, 'FAILED'],
    ['3', 7_200_001, 'FAILED'],
    ['3', 10_800_001, 'SUCCESS'],
  ])('a failed deployment from before the hours of segment %s is history (%s ms: %s)', (Segment, age, Status) => {
    const facts = { ...known({ ...FAILED, rollsBack: false, createdAt: STARTED_AT - age }), events: [] };
    expect(next({ request: waitRequest('Update', 'd-1', { Segment, Segments: '3' }), facts })).toMatchObject({ do: 'answer', answer: { Status } });
  });

  test('the deployment resource itself knows no history', () => {
    const facts = { ...known({ ...FAILED, rollsBack: false, createdAt: 0 }), events: [] };
    expect(next({ memory: following, facts })).toMatchObject({ answer: { Status: 'FAILED' } });
  });
});

describe('a failure is explained', () => {
  const ended = known({ ...FAILED, rollsBack: false, createdAt: STARTED_AT + 60_000 });
  const events = [
    { name: 'Install', status: 'Succeeded' },
    { name: 'AfterAllowTestTraffic', status: 'Failed', diagnostics: 'no' },
  ];
  const given = (facts: Partial<Facts>, more: Given = {}): Given => ({ ...more, memory: { deploymentId: 'd-1', ...more.memory }, facts: { ...ended, ...facts } });

  const guarded = (facts: Partial<Facts>): Given => ({ ...given(facts), request: request('Update', { ResourceProperties: properties(GREEN, { GuardianLog: '/guardian' }) }) });

  test.each<[string, Given, object]>([
    ['by its lifecycle events', given({}), { do: 'look', look: { at: 'events', id: 'd-1', optional: true }, memory: { since: { failed: 100 } } }],
    [
      'by its hook, whose log is searched from five minutes before',
      given({ events }),
      { do: 'look', look: { at: 'verdict', id: 'd-1', event: 'AfterAllowTestTraffic', logGroup: '/aws/lambda/smoke', since: STARTED_AT - 240_000, optional: true } },
    ],
    ['with patience for the events', given({ events: { unread: 'x' } }, { memory: { since: { failed: 80.1 } } }), { do: 'wait', seconds: 5 }],
    ['without end of patience for the events', given({ events: { unread: 'x' } }, { memory: { since: { failed: 80 } } }), { do: 'answer' }],
    ['with patience for the log', given({ events, verdict: 'missing' }), { do: 'wait', seconds: 5 }],
    ['with patience for a log that could not be read', given({ events, verdict: { unread: 'x' } }), { do: 'wait', seconds: 5 }],
    ['without end of patience for the log', given({ events, verdict: 'missing' }, { memory: { since: { failed: 80 } } }), { do: 'answer' }],
    ['without patience when the time is up', given({ events, verdict: 'missing' }, { elapsed: 3_300 }), { do: 'answer' }],
    ['at once where the hook has said why', given({ events, verdict: { reason: 'slow' } }), { do: 'answer' }],
    ['by the guardian where the hook has not', guarded({ events, verdict: 'missing' }), { do: 'look', look: { at: 'guardian', id: 'd-1', event: 'AfterAllowTestTraffic', logGroup: '/guardian', since: STARTED_AT - 240_000, optional: true } }],
    ['by the guardian where the hook\'s log could not be read', guarded({ events, verdict: { unread: 'x' } }), { do: 'look', look: { at: 'guardian' } }],
    ['by the guardian only where the hook has not said why', guarded({ events, verdict: { reason: 'slow' } }), { do: 'answer' }],
    ['by the hook first', guarded({ events }), { do: 'look', look: { at: 'verdict' } }],
    ['by the guardian of a hook whose log is not known', guarded({ events: [{ name: 'AfterInstall', status: 'Failed' }] }), { do: 'look', look: { at: 'guardian', event: 'AfterInstall' } }],
    ['without patience for that guardian', guarded({ events: [{ name: 'AfterInstall', status: 'Failed' }], guardian: 'missing' }), { do: 'answer' }],
    ['without a guardian where no hook has failed', guarded({ events: [{ name: 'Install', status: 'Failed' }] }), { do: 'answer' }],
    ['at once where the guardian has said why', guarded({ events, verdict: 'missing', guardian: { reason: 'it died' } }), { do: 'answer' }],
    ['with patience for both logs', guarded({ events, verdict: 'missing', guardian: 'missing' }), { do: 'wait', seconds: 5 }],
    ['with patience for a guardian\'s log that could not be read', guarded({ events, verdict: 'missing', guardian: { unread: 'x' } }), { do: 'wait', seconds: 5 }],
    ['without a hook where another event failed', given({ events: [{ name: 'Install', status: 'Failed' }] }), { do: 'answer' }],
    ['without a hook whose log is not known', given({ events: [{ name: 'AfterInstall', status: 'Failed' }] }), { do: 'answer' }],
  ])('%s', (_, situated, action) => {
    expect(next(situated)).toMatchObject(action);
  });

  test('its log is searched from the beginning of the execution where its own is not known', () => {
    expect(next({ memory: { deploymentId: 'd-1' }, facts: { ...known({ ...FAILED, rollsBack: false }), events } })).toMatchObject({ look: { since: STARTED_AT - 300_000 } });
  });

  const LINK = 'https://console.aws.amazon.com/codesuite/codedeploy/deployments/d-1?region=eu-central-1';
  test.each<[string, DeploymentFacts[], Partial<Facts>, string]>([
    ['everything', [FAILED], { events, verdict: { reason: 'slow' } }, 'Deployment d-1 failed: TIMEOUT: late; AfterAllowTestTraffic failed: no; its hook says: slow; no rollback was started; '],
    ['nothing', [{ id: 'd-1', status: 'Stopped', rollsBack: false }], { events: [] }, 'Deployment d-1 was stopped; no rollback was started; '],
    [
      'what could not be read',
      [FAILED],
      { events, verdict: { unread: 'throttled' } },
      'Deployment d-1 failed: TIMEOUT: late; AfterAllowTestTraffic failed: no; its hook\'s log could not be read (throttled); no rollback was started; ',
    ],
    ['a hook that died', [FAILED], { events, verdict: 'missing', guardian: { reason: 'it died' } }, 'Deployment d-1 failed: TIMEOUT: late; AfterAllowTestTraffic failed: no; the guardian says: it died; no rollback was started; '],
    ['the hook before the guardian', [FAILED], { events, verdict: { reason: 'slow' }, guardian: { reason: 'it died' } }, 'Deployment d-1 failed: TIMEOUT: late; AfterAllowTestTraffic failed: no; its hook says: slow; no rollback was started; '],
    [
      'two logs that could not be read',
      [FAILED],
      { events, verdict: { unread: 'throttled' }, guardian: { unread: 'gone' } },
      "Deployment d-1 failed: TIMEOUT: late; AfterAllowTestTraffic failed: no; its hook's log could not be read (throttled); the guardian's log could not be read (gone); no rollback was started; ",
    ],
    ['nothing in either log', [FAILED], { events, verdict: 'missing', guardian: 'missing' }, 'Deployment d-1 failed: TIMEOUT: late; AfterAllowTestTraffic failed: no; no rollback was started; '],
    ['events that could not be read', [FAILED], { events: { unread: 'throttled' } }, 'Deployment d-1 failed: TIMEOUT: late; its lifecycle events could not be read (throttled); no rollback was started; '],
    ['an event without words', [FAILED], { events: [{ name: 'Install', status: 'Failed' }] }, 'Deployment d-1 failed: TIMEOUT: late; Install failed; no rollback was started; '],
    ['a rollback', [{ ...FAILED, rollbackId: 'd-2' }, { ...RUNNING, id: 'd-2', status: 'Succeeded' }], { events: [] }, 'Deployment d-1 failed: TIMEOUT: late; rollback d-2 succeeded; '],
    ['a rollback that failed', [{ ...FAILED, rollbackId: 'd-2' }, { ...RUNNING, id: 'd-2', status: 'Failed' }], { events: [] }, 'Deployment d-1 failed: TIMEOUT: late; rollback d-2 failed; '],
    ['a rollback that has not ended', [{ ...FAILED, rollbackId: 'd-2' }, { ...RUNNING, id: 'd-2' }], { events: [] }, 'Deployment d-1 failed: TIMEOUT: late; rollback d-2 has not been seen to end; '],
  ])('in words: %s', (_, deployments, facts, words) => {
    const memory = { deploymentId: 'd-1', since: { failed: 0, 'end of d-1': 0 } };
    expect(next({ elapsed: 3_300, memory, facts: { ...known(...deployments), ...facts } })).toEqual(failure(`${words}${LINK}`));
  });

  test('others\' words are cut', () => {
    const long = 'x'.repeat(10_000);
    const facts = { ...known({ ...FAILED, rollsBack: false, error: { code: 'C', message: long } }), events: [{ name: 'AfterAllowTestTraffic', status: 'Failed', diagnostics: long }], verdict: { reason: long } };
    const { answer } = next({ memory: { deploymentId: 'd-1' }, facts }) as { answer: { Reason: string } };
    expect(answer.Reason).toMatch(/^Deployment d-1 failed: C: x{899}…; AfterAllowTestTraffic failed: x{599}…; its hook says: x{599}…; no rollback/);
  });

  test.each([
    ['aws', 'eu-central-1', LINK],
    ['aws-cn', 'cn-north-1', 'https://console.amazonaws.cn/codesuite/codedeploy/deployments/d-1?region=cn-north-1'],
    ['aws-us-gov', 'us-gov-west-1', 'https://console.amazonaws-us-gov.com/codesuite/codedeploy/deployments/d-1?region=us-gov-west-1'],
    ['aws-iso', 'us-iso-east-1', undefined],
    ['aws', '', undefined],
  ])('the link in partition %s, region "%s"', (partition, region, link) => {
    const stack = `arn:${partition}:cloudformation:${region}:111122223333:stack/App/1`;
    const { answer } = next({ ...given({ events: [] }), request: request('Update', { StackId: stack }) }) as { answer: { Reason: string } };
    expect(answer.Reason).toBe(['Deployment d-1 failed: TIMEOUT: late', 'no rollback was started', ...(link === undefined ? [] : [link])].join('; '));
  });
});

describe('remove', () => {
  const DELETE = request('Delete', { ResourceProperties: properties(GREEN) });
  const own = { ...RUNNING, description: descriptionOf(request('Create')) };
  const inFlight = (deployment: DeploymentFacts, stack?: string): Given => ({ request: DELETE, facts: { running: ['d-1'], ...known(deployment), ...(stack === undefined ? {} : { stack }) } });

  test.each<[string, Given, object]>([
    ['looks for what is in flight', { request: DELETE }, { do: 'look', look: { at: 'running' } }],
    ['has nothing to do', { request: DELETE, facts: { running: [] } }, success('', 'no deployment is in flight')],
    ['stops its own deployment', inFlight(own), { do: 'stop', id: 'd-1', why: 'its resource is deleted' }],
    ['asks the stack about another one', inFlight(RUNNING), { do: 'look', look: { at: 'stack' } }],
    ['stops another one where the group goes', inFlight(RUNNING, 'DELETE_IN_PROGRESS'), { do: 'stop', id: 'd-1' }],
    ['lets another one run after an update', inFlight(RUNNING, 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS'), success('', 'deployment d-1 is not of this resource, and its group may stay')],
    ['asks the stack about a rollback', inFlight({ ...own, creator: 'codeDeployRollback' }), { do: 'look', look: { at: 'stack' } }],
    ['waits for a rollback', inFlight({ ...own, creator: 'codeDeployRollback' }, 'DELETE_IN_PROGRESS'), { do: 'wait', seconds: 5 }],
    ['looks at what it has stopped', { request: DELETE, memory: { stopping: 'd-1' } }, { do: 'look', look: { at: 'deployment', id: 'd-1' } }],
    ['waits for what it has stopped', { request: DELETE, memory: { stopping: 'd-1' }, facts: known(RUNNING) }, { do: 'wait', seconds: 5 }],
    ['waits for the way back', { request: DELETE, memory: { stopping: 'd-1' }, facts: known(FAILED) }, { do: 'wait', seconds: 5, memory: { since: { 'end of d-1': 100 } } }],
    ['looks once more when that has ended', { request: DELETE, memory: { stopping: 'd-1' }, facts: known({ ...RUNNING, status: 'Succeeded' }) }, { do: 'look', look: { at: 'running' }, memory: { stopping: undefined } }],
    ['looks once more when that is gone', { request: DELETE, memory: { stopping: 'd-1' }, facts: { deployments: { 'd-1': 'missing' } } }, { do: 'look', look: { at: 'running' } }],
  ])('%s', (_, given, action) => {
    expect(next(given)).toMatchObject(action);
  });

  test.each<[Given, string]>([
    [{ request: DELETE, elapsed: 3_300, memory: { stopping: 'd-1' }, facts: known(RUNNING) }, 'after 55 minutes: deployment d-1 has not ended (InProgress); wait for its end in CodeDeploy, then delete the stack again'],
    [{ request: DELETE, elapsed: 3_300, memory: { stopping: 'd-1' }, facts: known(FAILED) }, 'after 55 minutes: the rollback of deployment d-1 has not ended (Failed); wait for its end in CodeDeploy, then delete the stack again'],
    [{ ...inFlight({ ...own, creator: 'codeDeployRollback' }, 'DELETE_IN_PROGRESS'), elapsed: 3_300 }, 'after 55 minutes: deployment d-1 has not ended (InProgress); wait for its end in CodeDeploy, then delete the stack again'],
  ])('fails %#', (given, reason) => {
    expect(next(given)).toEqual(failure(reason));
  });
});

describe('trouble', () => {
  const call = (code: string, retryable = false) => new ServiceFailure('codedeploy:GetDeployment', code, 'so', retryable);
  const following: Given = { memory: { deploymentId: 'd-1' } };
  const LAST_WORDS = 'codedeploy:GetDeployment failed: ThrottlingException: so';
  const LINK = 'https://console.aws.amazon.com/codesuite/codedeploy/deployments/d-1?region=eu-central-1';

  test.each([call('ThrottlingException', true), call('HTTP 404'), call('EPROTO'), new Overdue('late')])('that may pass is waited out: %s', (failed) => {
    expect(missed(situation({ memory: { misses: 1, since: { denied: 90 } } }), failed)).toEqual({ do: 'wait', seconds: 10, memory: { ...NO_MEMORY, misses: 2, since: { denied: 90 } } });
  });

  test.each([
    ['AccessDenied'],
    ['AccessDeniedException'],
    ['UnrecognizedClientException'],
    ['InvalidClientTokenId'],
    ['ExpiredTokenException'],
    ['InvalidSignatureException'],
    ['SignatureDoesNotMatch'],
    ['RequestExpired'],
    ['RequestTimeTooSkewed'],
    ['UnauthorizedOperation'],
    ['CredentialsProviderError'],
  ])('%s is believed after two minutes', (code) => {
    expect(missed(situation({}), call(code))).toEqual({ do: 'wait', seconds: 10, memory: { ...NO_MEMORY, since: { denied: 100 } } });
    expect(missed(situation({ memory: { since: { denied: -19 } } }), call(code))).toMatchObject({ do: 'wait' });
    expect(missed(situation({ memory: { since: { denied: -20 } } }), call(code))).toEqual(
      failure(`codedeploy:GetDeployment failed: ${code}: so; allow this to the role of the deployment provider's step function`),
    );
  });

  test.each([
    [2_999, following, 'wait'],
    [3_000, following, 'wait'],
    [3_299, following, 'wait'],
    [3_300, following, 'answer'],
    [2_999, {}, 'wait'],
    [3_000, {}, 'answer'],
  ])('is believed at once when there is no time left (%s)', (elapsed, given, action) => {
    expect(missed(situation({ ...given, elapsed }), call('AccessDenied')).do).toBe(action);
  });

  test.each([
    ['SomethingException', ''],
    ['ApplicationDoesNotExistException', '; the application was deleted; create it again, under the same name'],
    ['DeploymentGroupDoesNotExistException', '; the deployment group was deleted; create it again, under the same name'],
    ['InvalidRevisionException', '; check the AppSpec, and that its task definition is ACTIVE, or its version published'],
    ['InvalidRoleException', '; check the service role of the deployment group'],
    ['DeploymentConfigDoesNotExistException', '; the deployment configuration of the group was deleted; create it again'],
    ['ClusterNotFoundException', '; check the cluster of the service'],
  ])('%s does not pass', (code, remedy) => {
    expect(missed(situation({}), call(code))).toEqual(failure(`codedeploy:GetDeployment failed: ${code}: so${remedy}`));
    expect(notStarted(situation({}), call(code))).toEqual(failure(`codedeploy:GetDeployment failed: ${code}: so${remedy}`));
  });

  const throttled = call('ThrottlingException', true);
  const DELETE = request('Delete', { ResourceProperties: properties(GREEN) });
  test.each<[string, Given, object]>([
    ['a segment that is not over waits', { ...following, elapsed: 2_999 }, { do: 'wait', seconds: 5 }],
    ['the last one stops', { ...following, elapsed: 3_000 }, { do: 'stop', id: 'd-1', why: 'the last segment is over' }],
    ['the last one stops once', { memory: { deploymentId: 'd-1', stopping: 'd-1' }, elapsed: 3_000 }, { do: 'wait' }],
    ['one that is not the last hands over', { ...following, request: request('Update', { ResourceProperties: properties(GREEN, { Segments: '2' }) }), elapsed: 3_000 }, success('d-1', `the next segment waits on, though ${LAST_WORDS}`)],
    ['one that waits stops, too', { request: waitRequest('Create', 'd-7'), elapsed: 3_000 }, { do: 'stop', id: 'd-7' }],
    ['a Delete waits until the last moment', { request: DELETE, elapsed: 3_299 }, { do: 'wait' }],
    ['a Delete fails', { request: DELETE, elapsed: 3_300 }, failure(`after 55 minutes: it could not be found out what to do: ${LAST_WORDS}`)],
    ['without a deployment there is nothing to wait for', { elapsed: 3_000 }, failure(`after 50 minutes: it could not be found out what to do: ${LAST_WORDS}`)],
    ['without a deployment a segment waits', { elapsed: 2_999 }, { do: 'wait' }],
    [
      'what was stopped may have ended or not',
      { memory: { deploymentId: 'd-1', stopping: 'd-1' }, elapsed: 3_300 },
      failure(`after 55 minutes: it could not be found out what has become of deployment d-1: ${LAST_WORDS}; ${LINK}`),
    ],
  ])('throttled: %s', (_, given, action) => {
    expect(missed(situation(given), throttled)).toMatchObject(action);
  });

  test('a start that may have worked is remembered', () => {
    const memory = { since: { asked: 5 } };
    expect(notStarted(situation({ memory }), throttled)).toEqual({ do: 'wait', seconds: 5, memory: { ...NO_MEMORY, misses: 1, refusal: LAST_WORDS, since: { asked: 100 } } });
    expect(notStarted(situation({ memory }), call('DeploymentLimitExceededException'))).toMatchObject({ do: 'wait', memory: { since: { asked: 100 }, refusal: 'codedeploy:GetDeployment failed: DeploymentLimitExceededException: so' } });
    expect(notStarted(situation({ memory }), call('AccessDeniedException'))).toMatchObject({ do: 'wait', memory: { since: { asked: 5, denied: 100 } } });
  });

  test.each(['DeploymentAlreadyCompletedException', 'DeploymentDoesNotExistException', 'UnsupportedActionForDeploymentTypeException'])('%s leaves nothing to stop', (code) => {
    expect(notStopped(situation({ memory: { blocker: 'd-1' } }), 'd-1', call(code))).toEqual({ do: 'wait', seconds: 1, memory: { ...NO_MEMORY, blocker: 'd-1', stopping: 'd-1' } });
  });

  test('a stop that was throttled is tried again', () => {
    expect(notStopped(situation({ ...following, elapsed: 3_000 }), 'd-1', throttled)).toEqual({ do: 'wait', seconds: 5, memory: { ...NO_MEMORY, deploymentId: 'd-1', misses: 1 } });
    expect(notStopped(situation({ ...following, elapsed: 3_300 }), 'd-1', throttled)).toMatchObject({ do: 'answer', answer: { Status: 'FAILED' } });
    expect(notStopped(situation(following), 'd-1', call('AccessDeniedException'))).toMatchObject({ do: 'wait', seconds: 10 });
    expect(notStopped(situation(following), 'd-1', call('InvalidDeploymentIdException'))).toEqual(failure('codedeploy:GetDeployment failed: InvalidDeploymentIdException: so'));
  });
});

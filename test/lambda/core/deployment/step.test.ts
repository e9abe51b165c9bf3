/** What a step asks, does, remembers and returns. */
import type { AliasFacts, DeploymentFacts, DeploymentPorts, DeploymentSearch, ListenerFacts, StackEventFacts } from '../../../../lambda/core/deployment/facts';
import { makeStep } from '../../../../lambda/core/deployment/handler';
import { makeIntake } from '../../../../lambda/core/deployment/intake';
import { descriptionOf } from '../../../../lambda/core/deployment/mark';
import { step } from '../../../../lambda/core/deployment/step';
import { ServiceFailure } from '../../../../lambda/core/failures';
import type { StepEvent } from '../../../../lib/model/deployment-request';
import { DEPLOYMENT_ENV } from '../../../../lib/model/deployment-request';
import { appSpec, BLUE, GREEN, properties, request, STACK, waitRequest } from '../../support/deployment-requests';
import type { Script } from '../../support/fake-ports';
import { fakeEnvironment, player } from '../../support/fake-ports';
import { NO_CONCURRENCY, NO_VERSIONS } from '../../support/function-versions';
import { NO_SERVERS } from '../../support/no-servers';
import { NO_SERVER_GROUPS } from '../../support/server-groups';
import { NO_TASK_DEFINITIONS } from '../../support/task-definitions';
import { virtualClock } from '../../support/virtual-clock';

const STARTED_AT = '2026-01-05T09:00:00.000Z';
const STARTED_MS = Date.UTC(2026, 0, 5, 9);
const THROTTLED = new ServiceFailure('x:Call', 'ThrottlingException', 'slow down', true);
const DENIED = new ServiceFailure('x:Call', 'AccessDeniedException', 'no', false);
const none = (code: string) => new ServiceFailure('x:Call', code, 'none', false);

interface Answers {
  readonly stack?: Script<string | undefined>;
  readonly history?: Script<readonly StackEventFacts[]>;
  readonly search?: Script<readonly DeploymentFacts[]>;
  readonly primary?: Script<{ readonly taskDefinition: string } | undefined>;
  readonly alias?: Script<AliasFacts | undefined>;
  readonly read?: Script<DeploymentFacts>;
  readonly events?: Script<readonly { readonly name: string; readonly status: string }[]>;
  readonly reason?: Script<string | undefined>;
  readonly create?: Script<string>;
  readonly stop?: Script<void>;
  readonly listeners?: Script<readonly ListenerFacts[] | undefined>;
  readonly put?: Script<{ readonly status: number; readonly body: string }>;
  /** Milliseconds since the execution began, by the wall clock. */
  readonly epochMs?: number;
}

function world(answers: Answers) {
  const calls: unknown[][] = [];
  const lines: unknown[][] = [];
  const port = <T>(name: string, script: Script<T>) => {
    const next = player(script);
    return (input: unknown) => {
      calls.push([name, input]);
      return next();
    };
  };
  const inner = virtualClock(STARTED_MS + (answers.epochMs ?? 0));
  const line = (level: string) => (message: string, fields?: object) => lines.push([level, message, fields]);
  const search = port('search', answers.search ?? [[]]);
  const ports: DeploymentPorts = {
    clock: inner,
    random: () => 0.5,
    log: { info: line('info'), warn: line('warn'), error: line('error') },
    deployments: {
      search: (query: DeploymentSearch) => search(query),
      read: port('read', answers.read ?? [{ id: 'd-1', status: 'InProgress', rollsBack: true }]),
      events: port('events', answers.events ?? [[]]),
      create: port('create', answers.create ?? ['d-1']),
      stop: port('stop', answers.stop ?? [undefined]),
    },
    services: { primary: port('primary', answers.primary ?? [{ taskDefinition: BLUE }]) },
    aliases: { alias: port('alias', answers.alias ?? [{ version: '1', weights: {} }]) },
    stacks: { statusOf: port('stack', answers.stack ?? ['UPDATE_IN_PROGRESS']), history: port('history', answers.history ?? [[]]) },
    hookLogs: { reason: port('reason', answers.reason ?? [undefined]) },
    listeners: { listeners: port('listeners', answers.listeners ?? [undefined]) },
    responses: { put: async (url, body) => port('put', answers.put ?? [{ status: 200, body: '' }])({ url, body }) },
    taskDefinitions: NO_TASK_DEFINITIONS,
    functionVersions: NO_VERSIONS,
    concurrency: NO_CONCURRENCY,
    ...NO_SERVERS,
    ...NO_SERVER_GROUPS,
  };
  return { ports, calls, lines, clock: inner };
}

type Step = Extract<StepEvent, { readonly action: 'step' }>;

async function take(answers: Answers = {}, event: Partial<Step> = {}) {
  const made = world(answers);
  const returned = await step({ action: 'step', request: request('Update'), startedAt: STARTED_AT, retries: 0, memory: {}, ...event }, made.ports);
  return { ...made, returned };
}

const IDS = { resource: 'WebDeployment', requestId: 'request-1' };
const GROUP = { application: 'web-application', group: 'web-group' };

describe('a step', () => {
  test('asks for what it needs, starts, and remembers', async () => {
    const { returned, calls, lines } = await take();
    expect(calls).toEqual([
      ['stack', STACK],
      ['search', { ...GROUP, since: STARTED_MS - 900_000 }],
      ['search', { ...GROUP, running: true }],
      ['primary', { cluster: 'main', service: 'web' }],
      ['create', { ...GROUP, appSpec: JSON.stringify(appSpec(GREEN)), description: descriptionOf(request('Update')) }],
    ]);
    expect(returned).toEqual({ done: false, waitSeconds: 5, memory: { late: 0, clock: 5, polls: 0, misses: 0, since: {}, phase: 'forward', deploymentId: 'd-1' } });
    expect(lines).toEqual([['info', 'started', { ...IDS, deploymentId: 'd-1' }]]);
  });

  test('answers, and says why where the deployment does not', async () => {
    const { returned, lines } = await take({ primary: [{ taskDefinition: GREEN }] }, { memory: { late: 0, clock: 7 } });
    expect(returned).toEqual({ done: true, memory: { late: 0, clock: 7, polls: 0, misses: 0, since: {} }, answer: { Status: 'SUCCESS', Data: { DeploymentId: '' } } });
    expect(lines).toEqual([['info', 'answer SUCCESS', { ...IDS, why: `the service already runs ${GREEN}` }]]);
    const ended = await take({ read: [{ id: 'd-1', status: 'Succeeded', rollsBack: true }] }, { memory: { deploymentId: 'd-1' } });
    expect(ended.calls).toEqual([['read', 'd-1']]);
    expect(ended.lines).toEqual([['info', 'answer SUCCESS', IDS]]);
  });

  test('asks for the events of its own stack and resource, back to the beginning of the operation', async () => {
    const { ports, calls } = world({ stack: ['UPDATE_ROLLBACK_IN_PROGRESS'] });
    const asked: unknown[] = [];
    const history: DeploymentPorts['stacks']['history'] = async (resource, begins) => {
      asked.push(resource, ['UPDATE_IN_PROGRESS', 'UPDATE_ROLLBACK_IN_PROGRESS', 'UPDATE_COMPLETE'].map(begins));
      return [];
    };
    await step({ action: 'step', request: request('Update'), startedAt: STARTED_AT, retries: 0, memory: {} }, { ...ports, stacks: { ...ports.stacks, history } });
    expect(asked).toEqual([{ stackId: STACK, logicalId: 'WebDeployment' }, [true, false, false]]);
    expect(calls.map(([name]) => name)).toEqual(['stack', 'search', 'search', 'primary']);
  });

  test('answers at once where the start is enough', async () => {
    const { returned } = await take({}, { request: request('Update', { ResourceProperties: properties(GREEN, { Completion: 'STARTED' }) }) });
    expect(returned).toMatchObject({ done: true, answer: { Status: 'SUCCESS', Data: { DeploymentId: 'd-1' } } });
  });

  test('that starts nothing remembers that it may have', async () => {
    const { returned, lines } = await take({ create: [THROTTLED] });
    expect(returned).toMatchObject({ waitSeconds: 5, memory: { misses: 1, refusal: 'x:Call failed: ThrottlingException: slow down', since: { asked: 0 } } });
    expect(lines).toEqual([['warn', 'no deployment is known to have started', { ...IDS, error: 'x:Call failed: ThrottlingException: slow down' }]]);
  });

  test('ends with a call that did not work, and keeps what it knows', async () => {
    const { returned, calls, lines } = await take({ search: [THROTTLED] });
    expect(calls).toHaveLength(2);
    expect(returned).toEqual({ done: false, waitSeconds: 5, memory: { late: 0, clock: 5, polls: 0, misses: 1, since: {}, phase: 'forward' } });
    expect(lines).toEqual([['warn', 'a call did not work', { ...IDS, error: 'x:Call failed: ThrottlingException: slow down' }]]);
  });

  test('leaves a call that hangs', async () => {
    const { returned } = await take({ stack: [() => new Promise(() => undefined)] });
    expect(returned).toMatchObject({ waitSeconds: 5, memory: { late: 0, clock: 11, misses: 1 } });
  });

  test('stops, and remembers that', async () => {
    const memory = { deploymentId: 'd-1', clock: 3_000 };
    const { returned, calls, lines } = await take({}, { memory });
    expect(calls).toEqual([
      ['read', 'd-1'],
      ['stop', 'd-1'],
    ]);
    expect(returned).toMatchObject({ waitSeconds: 5, memory: { late: 0, clock: 3_005, stopping: 'd-1' } });
    expect(lines).toEqual([['info', 'stopped', { ...IDS, deploymentId: 'd-1', why: 'the last segment is over' }]]);
    const refused = await take({ stop: [DENIED] }, { memory });
    expect(refused.returned).toMatchObject({ waitSeconds: 10, memory: { since: { denied: 3_000 } } });
    expect(refused.lines).toEqual([['warn', 'could not be stopped', { ...IDS, deploymentId: 'd-1', error: 'x:Call failed: AccessDeniedException: no' }]]);
  });

  test('does without what only explains', async () => {
    const failed: DeploymentFacts = { id: 'd-1', status: 'Failed', rollsBack: false };
    const memory = { deploymentId: 'd-1', since: { failed: -100 } };
    const { returned, lines } = await take({ read: [failed], events: [DENIED] }, { memory });
    expect(returned).toMatchObject({ done: true, answer: { Reason: expect.stringContaining('its lifecycle events could not be read (x:Call failed: AccessDeniedException: no)') } });
    expect(lines).toEqual([
      ['warn', 'a call did not work', { ...IDS, error: 'x:Call failed: AccessDeniedException: no' }],
      ['info', 'answer FAILED', IDS],
    ]);
    const silent = await take({ read: [failed], events: [[{ name: 'AfterAllowTestTraffic', status: 'Failed' }]], reason: [THROTTLED] }, { memory });
    expect(silent.returned).toMatchObject({ answer: { Reason: expect.stringContaining("its hook's log could not be read (x:Call failed: ThrottlingException: slow down)") } });
    expect(silent.calls.at(-1)).toEqual(['reason', { logGroup: '/aws/lambda/smoke', deploymentId: 'd-1', event: 'AfterAllowTestTraffic', since: STARTED_MS - 300_000 }]);
  });

  test('hears the guardian where the hook has said nothing', async () => {
    const failed: DeploymentFacts = { id: 'd-1', status: 'Failed', rollsBack: false };
    const guarded = request('Update', { ResourceProperties: properties(GREEN, { GuardianLog: '/guardian' }) });
    const events = [[{ name: 'AfterAllowTestTraffic', status: 'Failed' }]];
    const { returned, calls } = await take({ read: [failed], events, reason: [undefined, 'it died'] }, { request: guarded, memory: { deploymentId: 'd-1', since: { failed: -100 } } });
    expect(returned).toMatchObject({ answer: { Status: 'FAILED', Reason: expect.stringContaining('AfterAllowTestTraffic failed; the guardian says: it died; ') } });
    const asked = { deploymentId: 'd-1', event: 'AfterAllowTestTraffic', since: STARTED_MS - 300_000 };
    expect(calls.slice(-2)).toEqual([['reason', { logGroup: '/aws/lambda/smoke', ...asked }], ['reason', { logGroup: '/guardian', ...asked }]]);
  });

  test('does not do without what decides', async () => {
    const shifting = request('Update', { ResourceProperties: properties(GREEN, { Completion: 'TRAFFIC_SHIFTED' }) });
    const { returned } = await take({ events: [THROTTLED] }, { request: shifting, memory: { deploymentId: 'd-1' } });
    expect(returned).toMatchObject({ done: false, memory: { misses: 1 } });
  });

  test('crashes with what it does not understand', async () => {
    await expect(take({ stack: [new TypeError('a mistake')] })).rejects.toThrow('a mistake');
  });

  test('fails with what is wrong in the request, or in the moment', async () => {
    const bad = request('Update', { ResourceProperties: properties(GREEN, { Segments: 'x' }) });
    expect((await take({}, { request: bad })).returned).toEqual({ done: true, memory: { late: 0, clock: 0, polls: 0, misses: 0, since: {} }, answer: { Status: 'FAILED', Reason: '\'Segments\' must be a whole number from 1 to 999, got "x"' } });
    expect((await take({}, { startedAt: 'now' })).returned).toMatchObject({ answer: { Status: 'FAILED', Reason: "'startedAt' must be an ISO 8601 moment, got now" } });
  });

  test.each([
    ['the waits, where the wall clock is slow', 100, -300_000, 105],
    ['the wall clock, where it is further', 100, 250_000, 255],
    ['nothing, where both are at the beginning', 0, -5_000, 5],
  ])('counts by %s', async (_, clock, epochMs, next) => {
    expect((await take({ epochMs }, { memory: { deploymentId: 'd-1', clock } })).returned).toMatchObject({ memory: { clock: next } });
  });

  test('counts what the intake has spent', async () => {
    const taken = await take({ epochMs: 100_000 }, { memory: { late: 600, deploymentId: 'd-1' } });
    expect(taken.returned).toMatchObject({ memory: { late: 600, clock: 705 } });
  });
});

describe('what is found', () => {
  const own = (more: Partial<DeploymentFacts> = {}): DeploymentFacts => ({ id: 'd-5', status: 'InProgress', creator: 'user', description: descriptionOf(request('Update')), createdAt: 500, rollsBack: true, ...more });

  test.each<[string, DeploymentFacts[], string | undefined]>([
    ['its own deployment', [own()], 'd-5'],
    ['the first of several', [own(), own({ id: 'd-4', createdAt: 400 }), own({ id: 'd-6', createdAt: 600 })], 'd-4'],
    ['one whose moment is not known', [own(), own({ id: 'd-4', createdAt: undefined })], 'd-4'],
    ['one whose creator is not known', [own({ creator: undefined })], 'd-5'],
  ])('is joined: %s', async (_, found, id) => {
    const { returned, calls } = await take({ search: [found] });
    expect(returned).toMatchObject({ memory: { deploymentId: id } });
    expect(calls.map(([name]) => name)).toEqual(['stack', 'search']);
  });

  test.each<[string, DeploymentFacts[]]>([
    ['of another request', [own({ description: descriptionOf(request('Update', { RequestId: 'other' })) })]],
    ['by hand', [own({ description: 'by hand' })]],
    ['without a description', [own({ description: undefined })]],
    ['a rollback, which may have copied the description', [own({ creator: 'codeDeployRollback' })]],
  ])('is not joined: %s', async (_, found) => {
    const { calls } = await take({ search: [found, []] });
    expect(calls.map(([name]) => name)).toEqual(['stack', 'search', 'search', 'primary', 'create']);
  });

  test('in flight is what has not ended since it was listed', async () => {
    const { calls } = await take({ search: [[], [own({ status: 'Succeeded' })]] });
    expect(calls.at(-1)?.[0]).toBe('create');
    expect((await take({ search: [[], [own({ status: 'Stopped' }), own({ id: 'd-7' })]] })).returned).toMatchObject({ memory: { blocker: 'd-7' } });
  });

  test.each(['ApplicationDoesNotExistException', 'DeploymentGroupDoesNotExistException'])('in a group that is gone is nothing (%s); the start says what is amiss', async (code) => {
    const { returned, calls } = await take({ search: [none(code)], create: [none(code)] });
    expect(calls.at(-1)?.[0]).toBe('create');
    expect(returned).toMatchObject({ answer: { Status: 'FAILED', Reason: expect.stringContaining(`x:Call failed: ${code}: none; the `) } });
  });

  test('of a stack that is gone', async () => {
    expect((await take({ stack: [undefined] })).returned).toMatchObject({ answer: { Reason: expect.stringContaining('the stack is gone: ') } });
  });

  test.each<[string, Answers]>([
    ['service', { primary: [undefined] }],
    ['cluster', { primary: [none('ClusterNotFoundException')] }],
  ])('of a %s that is gone', async (_, answers) => {
    expect((await take(answers)).returned).toMatchObject({ waitSeconds: 10, memory: { since: { 'no task set': 0 } } });
  });

  test('of a deployment that is gone', async () => {
    expect((await take({ read: [none('DeploymentDoesNotExistException')] }, { memory: { deploymentId: 'd-1' } })).returned).toMatchObject({ waitSeconds: 5, memory: { since: { unknown: 0 } } });
    const { returned } = await take({ read: [none('DeploymentDoesNotExistException')], stack: ['UPDATE_ROLLBACK_IN_PROGRESS'] }, { request: waitRequest('Update', 'd-9') });
    expect(returned).toMatchObject({ answer: { Status: 'SUCCESS', Data: { DeploymentId: 'd-9' } } });
    expect((await take({ read: [none('InvalidDeploymentIdException')] }, { memory: { deploymentId: 'd-1' } })).returned).toMatchObject({ answer: { Status: 'FAILED' } });
  });

  test('of a failed deployment is its rollback, too', async () => {
    const failed: DeploymentFacts = { id: 'd-1', status: 'Failed', rollsBack: true, rollbackId: 'd-2' };
    const { returned, calls } = await take({ read: [failed, { id: 'd-2', status: 'InProgress', rollsBack: false }] }, { memory: { deploymentId: 'd-1' } });
    expect(calls).toEqual([
      ['read', 'd-1'],
      ['read', 'd-2'],
    ]);
    expect(returned).toMatchObject({ done: false, waitSeconds: 5 });
  });
});

describe('the step function', () => {
  const invoke = async (event: object, answers: Answers = {}) => {
    const made = world(answers);
    return { ...made, returned: await makeStep(made.ports)(event) };
  };

  test('takes steps', async () => {
    expect((await invoke({ action: 'step', request: request('Update'), startedAt: STARTED_AT, retries: 0, memory: {} })).returned).toMatchObject({ done: false });
  });

  test('sends answers', async () => {
    const answer = { Status: 'SUCCESS', Data: { DeploymentId: 'd-1' } };
    const { calls, returned } = await invoke({ action: 'answer', request: request('Update'), step: { memory: {}, answer } });
    expect(calls).toMatchObject([['put', { url: request('Update').ResponseURL }]]);
    expect(JSON.parse((calls[0]?.[1] as { readonly body: string }).body)).toMatchObject(answer);
    expect(returned).toBeUndefined();
  });

  test('answers for an intake that failed', async () => {
    const record = { requestContext: { functionArn: 'arn:aws:lambda:eu-central-1:1:function:intake', condition: 'EventAgeExceeded' }, requestPayload: request('Create') };
    const { calls } = await invoke(record);
    expect(JSON.parse((calls[0]?.[1] as { readonly body: string }).body)).toMatchObject({ Status: 'FAILED', RequestId: 'request-1', Reason: expect.stringContaining('EventAgeExceeded') });
  });

  test('answers nothing else', async () => {
    const { calls, lines, returned } = await invoke({ hello: 'world' });
    expect([calls, returned]).toEqual([[], undefined]);
    expect(lines).toEqual([['error', 'neither a step nor an intake that failed; nothing is answered', undefined]]);
  });
});

describe('the intake', () => {
  const MACHINE = 'arn:aws:states:eu-central-1:111122223333:stateMachine:provider';
  const take = async (event: unknown, script: Script<void> = [undefined], variables: Readonly<Record<string, string>> = { [DEPLOYMENT_ENV.stateMachine]: MACHINE }) => {
    const started: { readonly stateMachine: string; readonly name: string; readonly input: string }[] = [];
    const lines: unknown[][] = [];
    const next = player(script);
    const clock = virtualClock();
    const line = (level: string) => (message: string, fields?: object) => lines.push([level, message, fields]);
    const executions = {
      start: (execution: (typeof started)[number]) => {
        started.push(execution);
        return next();
      },
    };
    const intake = makeIntake({ environment: fakeEnvironment(variables), ports: { clock, random: () => 0.5, log: { info: line('info'), error: line('error') }, executions } });
    const thrown = await intake(event).then(
      () => undefined,
      (error: Error) => error.message,
    );
    return { started, lines, thrown, ms: clock.now() };
  };

  test('begins an execution under a name that the request decides', async () => {
    const { started, lines, thrown } = await take(request('Update'));
    expect(started).toEqual([{ stateMachine: MACHINE, name: expect.stringMatching(/^WebDeployment-[0-9a-f]{32}$/), input: JSON.stringify({ request: request('Update'), step: { memory: { late: 0 } } }) }]);
    expect((await take(request('Update'))).started).toEqual(started);
    expect(lines).toEqual([['info', 'begun', { ...IDS, execution: started[0]?.name }]]);
    expect(thrown).toBeUndefined();
  });

  test('names are of stack, resource, request and response URL, and fit', async () => {
    const events = [{}, { RequestId: 'request-2' }, { StackId: `${STACK}2` }, { LogicalResourceId: 'Ot/her ä'.repeat(20) }, { ResponseURL: 'https://example.com/again' }].map((more) => request('Update', more));
    const names = (await Promise.all(events.map((event) => take(event)))).map(({ started }) => started[0]?.name ?? '');
    expect(new Set(names).size).toBe(5);
    expect(names.every((name) => /^[A-Za-z0-9_-]{1,80}$/.test(name))).toBe(true);
    expect(names[3]).toMatch(/^OtherOtherOtherOtherOtherOtherOtherOther-[0-9a-f]{32}$/);
  });

  test('tries again under the same name, and says how much of the hour is gone', async () => {
    const { started } = await take(request('Update'), [THROTTLED, THROTTLED, THROTTLED, THROTTLED, THROTTLED, undefined]);
    expect(new Set(started.map(({ name }) => name)).size).toBe(1);
    expect(started.map(({ input }) => JSON.parse(input).step)).toEqual([0, 1, 1, 2, 3, 5].map((late) => ({ memory: { late } })));
  });

  test('tries for thirteen minutes, less than its time-out, and then fails for its destination', async () => {
    const never = await take(request('Update'), [THROTTLED]);
    expect(never.thrown).toBe('x:Call failed: ThrottlingException: slow down');
    expect([never.ms > 765_000, never.ms <= 780_000, never.lines]).toEqual([true, true, []]);
    const hanging = await take(request('Update'), [() => new Promise(() => undefined)]);
    expect([hanging.ms > 765_000, hanging.ms < 790_000]).toEqual([true, true]);
    expect((await take(request('Update'), [DENIED])).started).toHaveLength(1);
  });

  test('begins nothing for what is no request', async () => {
    const { started, lines, thrown } = await take({ hello: 'world' });
    expect([started, thrown]).toEqual([[], undefined]);
    expect(lines).toEqual([['error', 'not a request of CloudFormation; nothing is started', undefined]]);
  });

  test('fails without a state machine', async () => {
    expect((await take(request('Update'), [undefined], {})).thrown).toBe('environment variable GREENLIGHT_STATE_MACHINE is not set; deploy the rollout again, or set it on the function');
  });
});

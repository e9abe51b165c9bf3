/** What a step asks, deregisters, remembers and answers; and that no release fails for it. */
import { makeStep } from '../../../../lambda/core/deployment/handler';
import type { DeploymentPorts, StackEventFacts } from '../../../../lambda/core/deployment/facts';
import { ServiceFailure } from '../../../../lambda/core/failures';
import { keepNewest } from '../../../../lambda/core/task-definitions/step';
import { forgiven } from '../../../../lambda/core/tidying/kinds';
import type { ResourceRequest, StepReturn } from '../../../../lib/model/deployment-request';
import { request, STACK } from '../../support/deployment-requests';
import type { Script } from '../../support/fake-ports';
import { player } from '../../support/fake-ports';
import { keepProperties, keepRequest, revision } from '../../support/task-definitions';
import { virtualClock } from '../../support/virtual-clock';

const THROTTLED = new ServiceFailure('x:Call', 'ThrottlingException', 'slow down', true);
const DENIED = new ServiceFailure('x:Call', 'AccessDeniedException', 'no', false);
const REFUSED = new ServiceFailure('x:Call', 'ClientException', 'not this one', false);
const IDS = { resource: 'WebTaskDefinitions', requestId: 'request-1' };
const KEPT = 'the newest 2 of family web are kept';

interface Answers {
  readonly stack?: Script<string | undefined>;
  readonly inUse?: Script<readonly string[] | undefined>;
  readonly newest?: Script<readonly string[]>;
  readonly deregister?: Script<void>;
}

function world(answers: Answers) {
  const calls: unknown[][] = [];
  const lines: unknown[][] = [];
  const port = <T>(name: string, script: Script<T>) => {
    const next = player(script);
    return (...input: unknown[]) => {
      calls.push([name, ...input.filter((each) => !(each instanceof AbortSignal))]);
      return next();
    };
  };
  const line = (level: string) => (message: string, fields?: object) => lines.push([level, message, fields]);
  const ports = {
    clock: virtualClock(),
    log: { info: line('info'), warn: line('warn'), error: line('error') },
    stacks: { statusOf: port('stack', answers.stack ?? ['UPDATE_IN_PROGRESS']), history: port<readonly StackEventFacts[]>('history', [[]]) },
    taskDefinitions: {
      inUse: port('inUse', answers.inUse ?? [[revision(9)]]),
      newest: port('newest', answers.newest ?? [[9, 8, 7, 6].map(revision)]),
      deregister: port('deregister', answers.deregister ?? [undefined]),
    },
  };
  return { ports, calls, lines };
}

async function take(answers: Answers = {}, { request: asked = keepRequest('Update'), memory = {} }: { readonly request?: ResourceRequest; readonly memory?: object } = {}) {
  const made = world(answers);
  const returned: StepReturn = await keepNewest({ action: 'step', request: asked, startedAt: '2026-01-05T09:00:00.000Z', retries: 0, memory }, made.ports);
  return { ...made, returned };
}

const deregistered = (calls: readonly unknown[][]): readonly unknown[] => calls.flatMap(([name, what]) => (name === 'deregister' ? [what] : []));

test('asks where the stack stands, what the service runs and what there is, and deregisters the rest', async () => {
  const { calls, lines, returned } = await take();
  expect(calls).toEqual([
    ['stack', STACK],
    ['inUse', { cluster: 'main', service: 'web' }],
    ['newest', 'web', 11],
    ['deregister', revision(7)],
    ['deregister', revision(6)],
  ]);
  expect(lines).toEqual([
    ['info', 'deregistered', { ...IDS, taskDefinition: revision(7) }],
    ['info', 'deregistered', { ...IDS, taskDefinition: revision(6) }],
    ['info', 'answer SUCCESS', { ...IDS, why: KEPT }],
  ]);
  expect(returned).toEqual({ done: true, memory: { tried: 2, misses: 0 }, answer: { Status: 'SUCCESS' } });
});

test.each<[string, Answers, ResourceRequest, readonly number[]]>([
  ['what the service runs', { inUse: [[revision(9), revision(6)]] }, keepRequest('Update'), [7]],
  ['the revision of before, with failed ones between it and the newest', {}, keepRequest('Update', undefined, keepProperties(6)), [7]],
  ['the wanted revision, with newer ones', { newest: [[12, 11, 10, 9].map(revision)] }, keepRequest('Update'), [10]],
  ['as many as it says', {}, keepRequest('Update', keepProperties(9, { Keep: '3' })), [6]],
  ['other families', { newest: [['api:1', 'web-api:2', ...[9, 8, 7].map(revision)]] }, keepRequest('Update'), [7]],
])('keeps %s', async (_, answers, asked, expected) => {
  expect(deregistered((await take(answers, { request: asked })).calls)).toEqual(expected.map(revision));
});

test.each<[string, Answers, ResourceRequest, string, readonly string[]]>([
  ['on Create', {}, keepRequest('Create'), 'nothing is deregistered on Create', []],
  ['on Delete', {}, keepRequest('Delete'), 'nothing is deregistered on Delete', []],
  ["in CloudFormation's rollback", { stack: ['UPDATE_ROLLBACK_IN_PROGRESS'] }, keepRequest('Update'), 'the stack is UPDATE_ROLLBACK_IN_PROGRESS', ['stack']],
  ['when the update is over', { stack: ['UPDATE_COMPLETE'] }, keepRequest('Update'), 'the stack is UPDATE_COMPLETE', ['stack']],
  ['where there is no stack', { stack: [undefined] }, keepRequest('Update'), 'the stack is gone', ['stack']],
  ['where there is no service', { inUse: [undefined] }, keepRequest('Update'), 'service web of cluster main is not there', ['stack', 'inUse']],
])('deregisters nothing %s', async (_, answers, asked, why, names) => {
  const { calls, lines, returned } = await take(answers, { request: asked, memory: { late: 7 } });
  expect(calls.map(([name]) => name)).toEqual(names);
  expect(lines).toEqual([['info', 'answer SUCCESS', { ...IDS, why }]]);
  expect(returned).toEqual({ done: true, memory: { tried: 0, misses: 0, late: 7 }, answer: { Status: 'SUCCESS' } });
});

describe('a backlog', () => {
  const backlog = (count: number) => ({ newest: [Array.from({ length: count + 2 }, (_, index) => revision(count + 2 - index))] });
  const wanted = keepRequest('Update', keepProperties(90), keepProperties(89));

  test.each<[string, number, object, StepReturn, number]>([
    ['of five is one step', 5, {}, { done: true, memory: { tried: 5, misses: 0 }, answer: { Status: 'SUCCESS' } }, 5],
    ['of six is five, and a pause', 6, {}, { done: false, waitSeconds: 5, memory: { tried: 5, misses: 0 } }, 5],
    ['goes on where it was', 6, { tried: 10, misses: 1 }, { done: false, waitSeconds: 5, memory: { tried: 15, misses: 1 } }, 5],
    ['ends at twenty', 6, { tried: 15 }, { done: true, memory: { tried: 20, misses: 0 }, answer: { Status: 'SUCCESS' } }, 5],
    ['ends at twenty, and not above', 6, { tried: 17 }, { done: true, memory: { tried: 20, misses: 0 }, answer: { Status: 'SUCCESS' } }, 3],
  ])('%s', async (_, count, memory, expected, tried) => {
    const { returned, calls } = await take(backlog(count), { request: wanted, memory });
    expect(returned).toEqual(expected);
    expect(deregistered(calls)).toHaveLength(tried);
  });

  test('says what is left to the next release', async () => {
    const why = async (count: number) => (await take(backlog(count), { request: wanted, memory: { tried: 15 } })).lines.at(-1);
    expect(await why(6)).toEqual(['info', 'answer SUCCESS', { ...IDS, why: '20 revisions were tried; the next release goes on' }]);
    expect(await why(5)).toEqual(['info', 'answer SUCCESS', { ...IDS, why: KEPT }]);
  });
});

describe('what does not work', () => {
  const ERROR = { error: 'x:Call failed: ThrottlingException: slow down' };
  const unfinished = (waitSeconds: number, memory: object) => ({ done: false, waitSeconds, memory });
  const success = (memory: object) => ({ done: true, memory, answer: { Status: 'SUCCESS' } });

  test.each<[string, Answers]>([
    ['the stack', { stack: [THROTTLED] }],
    ['the service', { inUse: [THROTTLED] }],
    ['the list', { newest: [THROTTLED] }],
  ])('is tried again: %s', async (_, answers) => {
    const { returned, lines } = await take(answers);
    expect(returned).toEqual(unfinished(5, { tried: 0, misses: 1 }));
    expect(lines).toEqual([['warn', 'a call did not work', { ...IDS, ...ERROR }]]);
  });

  test.each([
    [0, unfinished(5, { tried: 3, misses: 1 })],
    [1, unfinished(10, { tried: 3, misses: 2 })],
    [2, unfinished(20, { tried: 3, misses: 3 })],
    [3, success({ tried: 3, misses: 3 })],
  ])('is tried three times more, then left: after %i', async (misses, expected) => {
    expect((await take({ stack: [THROTTLED] }, { memory: { tried: 3, misses } })).returned).toEqual(expected);
  });

  test('is a warning in the end, with its reason', async () => {
    expect((await take({ newest: [THROTTLED] }, { memory: { misses: 3 } })).lines).toEqual([
      ['warn', 'task definitions that are not kept stay ACTIVE', { ...IDS, ...ERROR }],
      ['info', 'answer SUCCESS', { ...IDS, why: 'no more is tried' }],
    ]);
  });

  test('in the middle: what was tried before is counted', async () => {
    const { returned, calls } = await take({ deregister: [undefined, THROTTLED] }, { memory: { tried: 5 } });
    expect(returned).toEqual(unfinished(5, { tried: 6, misses: 1 }));
    expect(deregistered(calls)).toEqual([revision(7), revision(6)]);
  });

  test('hangs', async () => {
    const { returned, lines, ports } = await take({ deregister: [() => new Promise(() => undefined)] });
    expect(returned).toEqual(unfinished(5, { tried: 0, misses: 1 }));
    expect(lines).toMatchObject([['warn', 'a call did not work', IDS]]);
    expect(ports.clock.now()).toBe(6_000);
  });

  test.each<[string, Answers, number]>([
    ['the stack', { stack: [DENIED] }, 0],
    ['the service', { inUse: [DENIED] }, 0],
    ['the list', { newest: [DENIED] }, 0],
    ['deregistering', { deregister: [DENIED] }, 1],
  ])('for lack of permission ends at once: %s', async (_, answers, tried) => {
    const { returned, lines, calls } = await take(answers);
    expect(returned).toEqual(success({ tried: 0, misses: 0 }));
    expect(lines[0]).toEqual(['warn', 'task definitions that are not kept stay ACTIVE', { ...IDS, error: 'x:Call failed: AccessDeniedException: no' }]);
    expect(deregistered(calls)).toHaveLength(tried);
  });

  test('for one revision is passed over', async () => {
    const { returned, lines } = await take({ deregister: [REFUSED, undefined] });
    expect(returned).toEqual(success({ tried: 2, misses: 0 }));
    expect(lines).toEqual([
      ['warn', 'a task definition stays ACTIVE', { ...IDS, taskDefinition: revision(7), error: 'x:Call failed: ClientException: not this one' }],
      ['info', 'deregistered', { ...IDS, taskDefinition: revision(6) }],
      ['info', 'answer SUCCESS', { ...IDS, why: KEPT }],
    ]);
  });

  test('in the request is a warning', async () => {
    const { returned, lines, calls } = await take({}, { request: keepRequest('Update', keepProperties(9, { Keep: 'all' })) });
    expect([returned, calls]).toEqual([success({ tried: 0, misses: 0 }), []]);
    expect(lines[0]).toEqual(['warn', 'task definitions that are not kept stay ACTIVE', { ...IDS, error: '\'Keep\' must be a whole number from 2 to 100, got "all"' }]);
  });

  test.each<[string, Answers]>([
    ['in a look', { stack: [new TypeError('a mistake')] }],
    ['in an act', { deregister: [new TypeError('a mistake')] }],
  ])('and is not understood crashes, for the state machine to try again: %s', async (_, answers) => {
    await expect(take(answers)).rejects.toThrow('a mistake');
  });
});

describe('an answer', () => {
  const failed = { Status: 'FAILED', Reason: 'lost' } as const;
  const judged = (asked: ResourceRequest, answer: Parameters<typeof forgiven>[1]) => {
    const { ports, lines } = world({});
    return { answer: forgiven(asked, answer, ports.log), lines };
  };

  test('of a failure is a success with a warning', () => {
    const warned = (error: string) => [['warn', 'task definitions that are not kept stay ACTIVE', { ...IDS, error }]];
    expect(judged(keepRequest('Update'), failed)).toEqual({ answer: { Status: 'SUCCESS' }, lines: warned('lost') });
    expect(judged(keepRequest('Update'), { Status: 'FAILED' })).toEqual({ answer: { Status: 'SUCCESS' }, lines: warned('no reason') });
  });

  test('of another resource, or of a success, is what it is', () => {
    const success = { Status: 'SUCCESS', Data: { DeploymentId: '' } } as const;
    expect(judged(request('Update'), failed)).toEqual({ answer: failed, lines: [] });
    expect(judged(keepRequest('Update'), success)).toEqual({ answer: success, lines: [] });
  });
});

describe('the step function', () => {
  const invoke = async (event: object) => {
    const made = world({});
    const sent: { readonly Status: string; readonly PhysicalResourceId: string }[] = [];
    const put = (_url: string, body: string) => (sent.push(JSON.parse(body) as (typeof sent)[number]), Promise.resolve({ status: 200, body: '' }));
    const ports = { ...made.ports, random: () => 0.5, responses: { put } } as unknown as DeploymentPorts;
    return { returned: await makeStep(ports)(event), sent, lines: made.lines };
  };
  const step = { action: 'step', request: keepRequest('Update'), startedAt: '2026-01-05T09:00:00.000Z', retries: 0, memory: { late: 0 } };

  test('keeps task definitions', async () => {
    expect((await invoke(step)).returned).toEqual({ done: true, memory: { late: 0, tried: 2, misses: 0 }, answer: { Status: 'SUCCESS' } });
  });

  test.each<[string, object]>([
    ['an answer', { action: 'answer', request: keepRequest('Update'), step: { memory: {}, answer: { Status: 'SUCCESS' } } }],
    ['a step that was lost', { action: 'answer', request: keepRequest('Update'), step: { memory: {} }, error: { Error: 'Lambda.Unknown', Cause: 'killed' } }],
    ['an intake that was lost', { requestContext: { functionArn: 'arn:aws:lambda:eu-central-1:1:function:intake', condition: 'EventAgeExceeded' }, requestPayload: keepRequest('Update') }],
  ])('answers SUCCESS for %s', async (_, event) => {
    expect((await invoke(event)).sent).toMatchObject([{ Status: 'SUCCESS', RequestId: 'request-1', LogicalResourceId: 'WebTaskDefinitions', PhysicalResourceId: 'web-application/web-group' }]);
  });
});

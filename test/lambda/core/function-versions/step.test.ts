/** What a step asks, deletes, remembers and answers; and that no release fails for it. What all kinds of tidying share is tested with task definitions. */
import type { DeploymentPorts, StackEventFacts } from '../../../../lambda/core/deployment/facts';
import { makeStep } from '../../../../lambda/core/deployment/handler';
import { ServiceFailure } from '../../../../lambda/core/failures';
import { keepVersions } from '../../../../lambda/core/function-versions/step';
import { forgiven } from '../../../../lambda/core/tidying/kinds';
import type { ResourceRequest, StepReturn } from '../../../../lib/model/deployment-request';
import { STACK } from '../../support/deployment-requests';
import type { Script } from '../../support/fake-ports';
import { player } from '../../support/fake-ports';
import { versionsProperties, versionsRequest } from '../../support/function-versions';
import { virtualClock } from '../../support/virtual-clock';

const THROTTLED = new ServiceFailure('x:Call', 'TooManyRequestsException', 'slow down', true);
const DENIED = new ServiceFailure('x:Call', 'AccessDeniedException', 'no', false);
const REFUSED = new ServiceFailure('x:Call', 'ResourceConflictException', 'an alias names it', false);
const IDS = { resource: 'OrdersVersions', requestId: 'request-1' };
const KEPT = 'the newest 2 versions of function take-order are kept';

interface Answers {
  readonly stack?: Script<string | undefined>;
  readonly published?: Script<readonly number[] | undefined>;
  readonly ofAliases?: Script<readonly number[]>;
  readonly provisioned?: Script<readonly number[]>;
  readonly delete?: Script<void>;
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
    functionVersions: {
      published: port('published', answers.published ?? [[6, 7, 8, 9]]),
      ofAliases: port('ofAliases', answers.ofAliases ?? [[9]]),
      provisioned: port('provisioned', answers.provisioned ?? [[]]),
      delete: port('delete', answers.delete ?? [undefined]),
    },
  };
  return { ports, calls, lines };
}

async function take(answers: Answers = {}, { request: asked = versionsRequest('Update'), memory = {} }: { readonly request?: ResourceRequest; readonly memory?: object } = {}) {
  const made = world(answers);
  const returned: StepReturn = await keepVersions({ action: 'step', request: asked, startedAt: '2026-01-05T09:00:00.000Z', retries: 0, memory }, made.ports);
  return { ...made, returned };
}

const deleted = (calls: readonly unknown[][]): readonly unknown[] => calls.flatMap(([name, , version]) => (name === 'delete' ? [version] : []));

test('asks where the stack stands, what there is and what is in use, and deletes the rest', async () => {
  const { calls, lines, returned } = await take();
  expect(calls).toEqual([
    ['stack', STACK],
    ['published', 'take-order'],
    ['ofAliases', 'take-order'],
    ['provisioned', 'take-order'],
    ['delete', 'take-order', 6],
    ['delete', 'take-order', 7],
  ]);
  expect(lines).toEqual([
    ['info', 'deleted', { ...IDS, version: '6' }],
    ['info', 'deleted', { ...IDS, version: '7' }],
    ['info', 'answer SUCCESS', { ...IDS, why: KEPT }],
  ]);
  expect(returned).toEqual({ done: true, memory: { tried: 2, misses: 0 }, answer: { Status: 'SUCCESS' } });
});

test.each<[string, Answers, ResourceRequest, readonly number[]]>([
  ['what an alias names', { ofAliases: [[9, 6]] }, versionsRequest('Update'), [7]],
  ['what has provisioned concurrency', { provisioned: [[7]] }, versionsRequest('Update'), [6]],
  ['the version of before, with failed ones between it and the newest', {}, versionsRequest('Update', undefined, versionsProperties('6')), [7]],
  ['newer versions', { published: [[7, 8, 9, 10, 11]] }, versionsRequest('Update'), [7]],
  ['as many as it says', {}, versionsRequest('Update', versionsProperties('9', { Keep: '3' })), [6]],
])('keeps %s', async (_, answers, asked, expected) => {
  expect(deleted((await take(answers, { request: asked })).calls)).toEqual(expected);
});

test.each<[string, Answers, ResourceRequest, string, readonly string[]]>([
  ['on Create', {}, versionsRequest('Create'), 'nothing is deleted on Create', []],
  ['on Delete', {}, versionsRequest('Delete'), 'nothing is deleted on Delete', []],
  ["in CloudFormation's rollback", { stack: ['UPDATE_ROLLBACK_IN_PROGRESS'] }, versionsRequest('Update'), 'the stack is UPDATE_ROLLBACK_IN_PROGRESS', ['stack']],
  ['where there is no function', { published: [undefined] }, versionsRequest('Update'), 'function take-order is not there', ['stack', 'published']],
  ['where there are few, and asks no more', { published: [[8, 9]] }, versionsRequest('Update'), KEPT, ['stack', 'published']],
])('deletes nothing %s', async (_, answers, asked, why, names) => {
  const { calls, lines, returned } = await take(answers, { request: asked });
  expect(calls.map(([name]) => name)).toEqual(names);
  expect(lines).toEqual([['info', 'answer SUCCESS', { ...IDS, why }]]);
  expect(returned).toEqual({ done: true, memory: { tried: 0, misses: 0 }, answer: { Status: 'SUCCESS' } });
});

test('a backlog is a few in each step, and ends with the request', async () => {
  const published = [Array.from({ length: 60 }, (_, index) => index + 1)];
  const request = versionsRequest('Update', versionsProperties('60'), versionsProperties('59'));
  const first = await take({ published }, { request });
  expect(deleted(first.calls)).toEqual([1, 2, 3, 4, 5]);
  expect(first.returned).toEqual({ done: false, waitSeconds: 5, memory: { tried: 5, misses: 0 } });
  const last = await take({ published }, { request, memory: { tried: 15 } });
  expect(last.returned).toEqual({ done: true, memory: { tried: 20, misses: 0 }, answer: { Status: 'SUCCESS' } });
  expect(last.lines.at(-1)).toEqual(['info', 'answer SUCCESS', { ...IDS, why: '20 versions were tried; the next release goes on' }]);
});

describe('what does not work', () => {
  test.each<[string, Answers]>([
    ['the versions', { published: [THROTTLED] }],
    ['the aliases', { ofAliases: [THROTTLED] }],
    ['provisioned concurrency', { provisioned: [THROTTLED] }],
  ])('is tried again, and nothing is deleted meanwhile: %s', async (_, answers) => {
    const { returned, lines, calls } = await take(answers);
    expect(returned).toEqual({ done: false, waitSeconds: 5, memory: { tried: 0, misses: 1 } });
    expect(lines).toEqual([['warn', 'a call did not work', { ...IDS, error: 'x:Call failed: TooManyRequestsException: slow down' }]]);
    expect(deleted(calls)).toEqual([]);
  });

  test('hangs for a call at a time', async () => {
    const { returned, ports } = await take({ ofAliases: [() => new Promise(() => undefined)], provisioned: [() => new Promise(() => undefined)] });
    expect(returned).toEqual({ done: false, waitSeconds: 5, memory: { tried: 0, misses: 1 } });
    expect(ports.clock.now()).toBe(6_000);
  });

  test('for lack of permission ends at once, with a warning', async () => {
    const { returned, lines } = await take({ delete: [DENIED] });
    expect(returned).toEqual({ done: true, memory: { tried: 0, misses: 0 }, answer: { Status: 'SUCCESS' } });
    expect(lines).toEqual([
      ['warn', 'versions that are not kept stay', { ...IDS, error: 'x:Call failed: AccessDeniedException: no' }],
      ['info', 'answer SUCCESS', { ...IDS, why: 'no more is tried' }],
    ]);
  });

  test('for one version is passed over', async () => {
    const { lines, calls } = await take({ delete: [REFUSED, undefined] });
    expect(deleted(calls)).toEqual([6, 7]);
    expect(lines.slice(0, 2)).toEqual([
      ['warn', 'a version stays', { ...IDS, version: '6', error: 'x:Call failed: ResourceConflictException: an alias names it' }],
      ['info', 'deleted', { ...IDS, version: '7' }],
    ]);
  });
});

test('an answer of a failure is a success with a warning', () => {
  const { ports, lines } = world({});
  expect(forgiven(versionsRequest('Update'), { Status: 'FAILED', Reason: 'lost' }, ports.log)).toEqual({ Status: 'SUCCESS' });
  expect(lines).toEqual([['warn', 'versions that are not kept stay', { ...IDS, error: 'lost' }]]);
});

test('the step function keeps versions', async () => {
  const { ports } = world({});
  const step = { action: 'step', request: versionsRequest('Update'), startedAt: '2026-01-05T09:00:00.000Z', retries: 0, memory: {} };
  expect(await makeStep(ports as unknown as DeploymentPorts)(step)).toEqual({ done: true, memory: { tried: 2, misses: 0 }, answer: { Status: 'SUCCESS' } });
});

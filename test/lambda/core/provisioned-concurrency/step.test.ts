/** What a step asks, provisions, releases and answers. */
import type { DeploymentPorts } from '../../../../lambda/core/deployment/facts';
import { makeStep } from '../../../../lambda/core/deployment/handler';
import { ServiceFailure } from '../../../../lambda/core/failures';
import type { Allocation } from '../../../../lambda/core/provisioned-concurrency/allocation';
import { keepProvisioned } from '../../../../lambda/core/provisioned-concurrency/step';
import type { ResourceRequest } from '../../../../lib/model/deployment-request';
import type { Script } from '../../support/fake-ports';
import { player } from '../../support/fake-ports';
import { provisionedProperties as properties, provisionedRequest as asked } from '../../support/function-versions';
import { virtualClock } from '../../support/virtual-clock';

const STARTED = '2026-01-05T09:00:00.000Z';
const IDS = { resource: 'OrdersProvisionedConcurrency', requestId: 'request-1' };
const THROTTLED = new ServiceFailure('x:Call', 'TooManyRequestsException', 'slow down', true);
const QUOTA = new ServiceFailure('x:Call', 'InvalidParameterValueException', 'below its minimum value of [100]', false);
const state = (status: string, available: number, reason?: string): Allocation => ({ status, requested: 5, available, ...(reason === undefined ? {} : { reason }) });

interface Answers {
  readonly read?: Script<Allocation | undefined>;
  readonly request?: Script<Allocation>;
  readonly release?: Script<void>;
  readonly seconds?: number;
}

function world({ read = [undefined], request = [state('IN_PROGRESS', 0)], release = [undefined], seconds = 0 }: Answers) {
  const calls: unknown[][] = [];
  const lines: unknown[][] = [];
  const port = <T>(name: string, script: Script<T>) => {
    const next = player(script);
    return ({ functionName, version }: { functionName: string; version: string }, ...input: unknown[]) => {
      calls.push([name, `${functionName}:${version}`, ...input.filter((each) => !(each instanceof AbortSignal))]);
      return next();
    };
  };
  const line = (level: string) => (message: string, fields?: object) => lines.push([level, message, fields]);
  const ports = {
    clock: virtualClock(Date.parse(STARTED) + seconds * 1_000),
    log: { info: line('info'), warn: line('warn'), error: line('error') },
    concurrency: { read: port('read', read), request: port('request', request), release: port('release', release) },
  };
  return { ports, calls, lines };
}

async function take(answers: Answers = {}, request: ResourceRequest = asked('Create'), memory: object = {}) {
  const made = world(answers);
  return { ...made, returned: await keepProvisioned({ action: 'step', request, startedAt: STARTED, retries: 0, memory }, made.ports) };
}

const success = (memory: object = { asked: false, misses: 0 }) => ({ done: true, memory, answer: { Status: 'SUCCESS' } });
const failure = (reason: string, memory: object = { asked: false, misses: 0 }) => ({ done: true, memory, answer: { Status: 'FAILED', Reason: reason } });

describe('provisions', () => {
  test('and looks again in a while', async () => {
    const { calls, returned, lines } = await take();
    expect(calls).toEqual([['read', 'take-order:9'], ['request', 'take-order:9', 5]]);
    expect(returned).toEqual({ done: false, waitSeconds: 10, memory: { asked: true, misses: 0 } });
    expect(lines).toEqual([]);
  });

  test('and is done when it is ready', async () => {
    const { calls, returned, lines } = await take({ read: [state('READY', 5)] }, undefined, { asked: true, late: 3 });
    expect(calls).toEqual([['read', 'take-order:9']]);
    expect(returned).toEqual(success({ asked: true, misses: 0, late: 3 }));
    expect(lines).toEqual([['info', 'answer SUCCESS', { ...IDS, why: '5 of 5 provisioned execution environments of take-order:9 are available (READY)' }]]);
  });

  test('and fails with the reason', async () => {
    const reason = 'Lambda could not allocate the provisioned concurrency of take-order:9: FUNCTION_ERROR_INIT_FAILURE';
    const { returned, lines } = await take({ read: [state('FAILED', 0, 'FUNCTION_ERROR_INIT_FAILURE')] }, undefined, { asked: true });
    expect(returned).toEqual(failure(reason, { asked: true, misses: 0 }));
    expect(lines).toEqual([['error', 'answer FAILED', { ...IDS, reason }]]);
  });

  test.each([
    [599, { done: false, waitSeconds: 10, memory: { asked: false, misses: 0 } }],
    [600, failure('after 600 seconds, of 600 that there are: 2 of 5 provisioned execution environments of take-order:9 are available (IN_PROGRESS)')],
  ])('no longer than it may: after %i seconds', async (seconds, expected) => {
    expect((await take({ read: [state('IN_PROGRESS', 2)], seconds })).returned).toEqual(expected);
  });

  test('nothing where the hook does', async () => {
    const { calls, returned, lines } = await take({}, asked('Update', properties('9'), properties('8')));
    expect([calls, returned]).toEqual([[], success()]);
    expect(lines).toEqual([['info', 'answer SUCCESS', { ...IDS, why: 'the hook of the release provisions version 9' }]]);
  });
});

test('releases what is deleted', async () => {
  const { calls, returned, lines } = await take({}, asked('Delete', {}, undefined, 'take-order:8'));
  expect([calls, returned]).toEqual([[['release', 'take-order:8']], success()]);
  expect(lines).toEqual([['info', 'answer SUCCESS', { ...IDS, why: 'the provisioned concurrency of take-order:8 is released' }]]);
});

describe('what does not work', () => {
  test.each([
    [0, 5],
    [1, 10],
    [2, 20],
    [3, 30],
    [4, 60],
  ])('is tried again: after %i misses in %i seconds', async (misses, waitSeconds) => {
    const { returned, lines } = await take({ read: [THROTTLED] }, undefined, { asked: true, misses });
    expect(returned).toEqual({ done: false, waitSeconds, memory: { asked: true, misses: misses + 1 } });
    expect(lines).toEqual([['warn', 'a call did not work', { ...IDS, error: 'x:Call failed: TooManyRequestsException: slow down' }]]);
  });

  test('fails in the end', async () => {
    expect((await take({ read: [THROTTLED] }, undefined, { misses: 5 })).returned).toEqual(failure('x:Call failed: TooManyRequestsException: slow down', { asked: false, misses: 5 }));
  });

  test('is forgotten once a look has worked', async () => {
    expect((await take({ read: [state('IN_PROGRESS', 1)] }, undefined, { asked: true, misses: 4 })).returned).toEqual({ done: false, waitSeconds: 10, memory: { asked: true, misses: 0 } });
  });

  test('hangs', async () => {
    const { returned, ports } = await take({ release: [() => new Promise(() => undefined)] }, asked('Delete'));
    expect(returned).toEqual({ done: false, waitSeconds: 5, memory: { asked: false, misses: 1 } });
    expect(ports.clock.now()).toBe(6_000);
  });

  test('for good is said at once: a quota', async () => {
    const reason = 'x:Call failed: InvalidParameterValueException: below its minimum value of [100]';
    const { returned, lines } = await take({ request: [QUOTA] });
    expect(returned).toEqual(failure(reason));
    expect(lines).toEqual([['error', 'answer FAILED', { ...IDS, reason }]]);
  });

  test('in the request is a bad configuration', async () => {
    expect((await take({}, asked('Create', properties('9', { Executions: 'all' })))).returned).toEqual(failure('bad configuration: \'Executions\' must be a whole number from 1 to 100000, got "all"'));
  });

  test('and is not understood crashes, for the state machine to try again', async () => {
    await expect(take({ read: [new TypeError('a mistake')] })).rejects.toThrow('a mistake');
  });
});

test('the step function keeps provisioned concurrency', async () => {
  const step = { action: 'step', request: asked('Delete'), startedAt: STARTED, retries: 0, memory: {} };
  expect(await makeStep(world({}).ports as unknown as DeploymentPorts)(step)).toEqual(success());
});

import { Fields } from '../../../../lambda/core/checks/fields';
import { provisionedKind } from '../../../../lambda/core/checks/provisioned-check';
import type { ProbeTools } from '../../../../lambda/core/checks/tools';
import type { JsonValue } from '../../../../lambda/core/engine/state';
import { ServiceFailure } from '../../../../lambda/core/failures';
import type { Allocation } from '../../../../lambda/core/provisioned-concurrency/allocation';
import type { Release } from '../../../../lambda/core/release/ports';
import { ENV } from '../../../../lib/model/hook-contract';
import { FIRST_ATTEMPT, player } from '../../support/fake-ports';
import type { Script } from '../../support/fake-ports';
import { virtualClock } from '../../support/virtual-clock';

const POLICY = { mode: 'ENFORCE', after: [], passes: { consecutive: 1 }, attemptMs: 40_000, intervalMs: 5_000, errorBudget: 10, deadlineMs: 600_000, inconclusive: 'FAIL' } as const;
const DOCUMENT = { kind: 'provisioned', name: 'provisioned concurrency', policy: POLICY, executions: 5 } as const;
const TARGET = { functionName: 'take-order', version: '9' };
const RELEASE: Release = { events: [], versions: { platform: 'Lambda', functionName: 'take-order', alias: 'live', currentVersion: '8', targetVersion: '9' } };
const THROTTLED = new ServiceFailure('x:Call', 'TooManyRequestsException', 'slow down', true);
const DENIED = new ServiceFailure('x:Call', 'AccessDeniedException', 'no', false);
const state = (status: string, available: number, reason?: string): Allocation => ({ status, requested: 5, available, ...(reason === undefined ? {} : { reason }) });

interface Answers {
  readonly target?: Script<Release>;
  readonly read?: Script<Allocation | undefined>;
  readonly request?: Script<Allocation>;
}

async function attempt({ target = [RELEASE], read = [undefined], request = [state('IN_PROGRESS', 0)] }: Answers = {}, memory?: JsonValue, signal = new AbortController().signal) {
  const asked: unknown[] = [];
  const [targets, reads, requests] = [player(target), player(read), player(request)];
  const clock = virtualClock();
  const kind = provisionedKind({
    releases: { target: (id) => (asked.push(`target of ${id}`), targets()), appSpec: () => Promise.reject(DENIED) },
    concurrency: {
      read: ({ functionName, version }) => (asked.push(`read ${functionName}:${version}`), reads()),
      request: ({ functionName, version }, executions) => (asked.push(`request ${executions} for ${functionName}:${version}`), requests()),
      release: () => Promise.reject(new Error('a hook releases nothing')),
    },
  });
  const variables: Readonly<Record<string, string>> = { [ENV.releasedFunction]: 'take-order' };
  const tools = { clock, random: () => 0.5, log: { warn: () => undefined, info: () => undefined }, environment: { variable: (name: string) => variables[name] }, hook: { DeploymentId: 'd-1', LifecycleEventHookExecutionId: 'x' } } as unknown as ProbeTools;
  const measurement = await kind.probe(DOCUMENT, tools)(signal, memory === undefined ? FIRST_ATTEMPT : { ...FIRST_ATTEMPT, memory });
  return { ...measurement, asked, now: clock.now() };
}

const measured = (available: number, ok: boolean) => [{ what: 'provisioned execution environments', measured: available, threshold: 5, ok }];

test('the first attempt finds the version of the deployment, and asks for it', async () => {
  expect(await attempt()).toEqual({
    outcome: 'inconclusive',
    reason: '0 of 5 provisioned execution environments of take-order:9 are available (IN_PROGRESS)',
    measurements: measured(0, false),
    samples: 1,
    memory: { target: TARGET, asked: true },
    asked: ['target of d-1', 'read take-order:9', 'request 5 for take-order:9'],
    now: 0,
  });
});

test.each<[string, Allocation, string, string, boolean]>([
  ['goes on while it is not', state('IN_PROGRESS', 3), 'inconclusive', '3 of 5 provisioned execution environments of take-order:9 are available (IN_PROGRESS)', false],
  ['passes when it is', state('READY', 5), 'pass', '5 of 5 provisioned execution environments of take-order:9 are available (READY)', true],
  ['fails where it has failed', state('FAILED', 0, 'FUNCTION_ERROR_INIT_FAILURE'), 'fail', 'Lambda could not allocate the provisioned concurrency of take-order:9: FUNCTION_ERROR_INIT_FAILURE', false],
])('a later one looks whether it is ready, and %s', async (_, found, outcome, reason, ok) => {
  const memory = { target: TARGET, asked: true };
  expect(await attempt({ read: [found] }, memory)).toEqual({ outcome, reason, measurements: measured(found.available, ok), samples: 1, memory, asked: ['read take-order:9'], now: 0 });
});

test.each<[string, Answers, string, boolean]>([
  ['the version', { target: [{ events: [], versions: { platform: 'Lambda' } }] }, 'the target version of the deployment is unknown: neither the target', false],
  ['what it has', { read: [THROTTLED] }, 'the provisioned concurrency of take-order:9 is not known: x:Call failed: TooManyRequestsException: slow down', true],
  ['why it may not', { request: [DENIED] }, 'the provisioned concurrency of take-order:9 is not known: x:Call failed: AccessDeniedException: no', false],
])('what is not known is no verdict: %s', async (name, answers, reason, retryable) => {
  const measurement = await attempt(answers);
  expect(measurement).toMatchObject({ outcome: 'error', measurements: [], samples: 0 });
  expect(measurement).not.toHaveProperty('memory');
  expect(measurement.reason).toContain(name === 'the version' ? 'the target version of the deployment is unknown' : reason);
  expect(measurement.retryable).toBe(retryable);
});

test('a call that hangs is given up, and another attempt may help', async () => {
  const { outcome, retryable, now } = await attempt({ read: [() => new Promise(() => undefined)] }, { target: TARGET, asked: false });
  expect([outcome, retryable, now]).toEqual(['error', true, 6_000]);
});

test('a check that was abandoned, and a mistake of ours, are thrown on', async () => {
  const stop = new AbortController();
  stop.abort(new Error('over'));
  await expect(attempt({ read: [THROTTLED] }, { target: TARGET, asked: true }, stop.signal)).rejects.toThrow();
  await expect(attempt({ read: [new TypeError('oops')] })).rejects.toThrow('oops');
});

describe('parse', () => {
  const parse = (executions: unknown) => provisionedKind({} as never).parse(new Fields({ executions }, 'checks[0]'), { name: 'provisioned concurrency', policy: POLICY });

  test.each([1, 100_000])('reads %i', (executions) => {
    expect(parse(executions)).toEqual({ ...DOCUMENT, executions });
  });

  test.each([0, 100_001, 1.5, '5', undefined])('refuses %j', (executions) => {
    expect(() => parse(executions)).toThrow("'checks[0].executions' must be");
  });
});

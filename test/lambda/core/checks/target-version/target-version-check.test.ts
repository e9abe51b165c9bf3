import { runBounded } from '../../../../../lambda/adapters/bounded-run';
import { loadEngines } from '../../../../../lambda/core/checks/engines';
import { targetVersionKind } from '../../../../../lambda/core/checks/target-version-check';
import type { Measurement } from '../../../../../lambda/core/engine/state';
import { ServiceFailure } from '../../../../../lambda/core/failures';
import type { Invocation, InvocationEnd } from '../../../../../lambda/core/ports';
import type { LambdaVersions, Release } from '../../../../../lambda/core/release/ports';
import { ENV } from '../../../../../lib/model/hook-contract';
import type { InvocationCaseDocument, TargetVersionCheckDocument } from '../../../../../lib/model/target-version-document';
import type { Script } from '../../../support/fake-ports';
import { fakeEnvironment, fakeHttp, fakeSources, FIRST_ATTEMPT, HOOK, player } from '../../../support/fake-ports';
import { virtualClock } from '../../../support/virtual-clock';

const POLICY = { mode: 'ENFORCE', after: [], passes: { consecutive: 1 }, attemptMs: 30_000, intervalMs: 0, errorBudget: 2, deadlineMs: 60_000, inconclusive: 'FAIL' } as const;
const order = (name: string, more: Partial<InvocationCaseDocument> = {}): InvocationCaseDocument => ({ name, payload: { value: { name } }, ...more });
const DOCUMENT: TargetVersionCheckDocument = { kind: 'targetVersion', name: 'orders', policy: POLICY, cases: [order('one'), order('two'), order('three')], concurrency: 1, timeoutMs: 5_000 };
const VERSIONS: LambdaVersions = { platform: 'Lambda', functionName: 'orders', alias: 'live', currentVersion: '41', targetVersion: '42' };
const RELEASE: Release = { events: [], versions: VERSIONS };

const COLD = 'REPORT RequestId: 1\tDuration: 1 ms\tInit Duration: 80 ms\t\n';
const WARM = 'REPORT RequestId: 2\tDuration: 1 ms\t\n';
const returned = (payload: string, log = WARM, more: object = {}): InvocationEnd => ({ end: 'returned', payload: Buffer.from(payload), log, ...more });
const failed = (errorType: string, log = WARM): InvocationEnd => ({ end: 'failed', errorType, errorMessage: 'no', payload: Buffer.from('{}'), log });
const throttled = () => new ServiceFailure('lambda:Invoke', 'TooManyRequestsException', 'Rate exceeded', true);
const lost = () => new ServiceFailure('lambda:Invoke', 'ECONNRESET', 'gone', true);

interface World {
  readonly document?: Partial<TargetVersionCheckDocument>;
  /** Of the function, by the names of the cases; the others return null. */
  readonly ends?: Readonly<Record<string, Script<InvocationEnd>>>;
  readonly release?: Script<Release>;
  readonly payloads?: Readonly<Record<string, string>>;
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

/** A check whose attempts know of each other. Every invocation takes 100 ms. */
async function world({ document: overrides = {}, ends = {}, release = [RELEASE], payloads = {}, environment = { [ENV.releasedFunction]: 'configured' } }: World = {}) {
  const invocations: Invocation[] = [];
  const looks: string[] = [];
  const clock = virtualClock();
  const players = new Map(Object.entries(ends).map(([name, script]) => [name, player(script)]));
  let running = 0;
  let most = 0;
  const invoker = {
    invoke: async (invocation: Invocation) => {
      invocations.push(invocation);
      most = Math.max(most, ++running);
      await clock.sleep(100);
      running--;
      return (players.get(invocation.custom?.['greenlight.case'] ?? '') ?? player([returned('null')]))();
    },
  };
  const play = player(release);
  const releases = { target: (id: string) => (looks.push(id), play()), appSpec: () => Promise.reject(new ServiceFailure('codedeploy:GetDeployment', 'AccessDeniedException', 'no', false)) };
  const kind = targetVersionKind({ invoker, releases });
  const document = { ...DOCUMENT, ...overrides };
  const suite = { schemaVersion: 1, event: 'BeforeAllowTraffic', policy: { run: 'ALL', concurrency: 1, deadlineMs: 60_000 }, checks: [document] } as const;
  const engines = await loadEngines(suite, new Map([['targetVersion', kind as never]]));
  const tools = { clock, random: () => 0, http: fakeHttp([]).http, run: runBounded, sources: fakeSources({}), environment: fakeEnvironment(environment, undefined, payloads), engines, hook: HOOK };
  const probe = kind.probe(document, tools);
  let memory: Measurement['memory'];
  const attempt = async (): Promise<Measurement> => {
    const { memory: next, ...measurement } = await probe(new AbortController().signal, { ...FIRST_ATTEMPT, ...(memory === undefined ? {} : { memory }) });
    // As the next invocation of the hook would read it.
    memory = next === undefined ? memory : JSON.parse(JSON.stringify(next));
    return measurement;
  };
  return { attempt, invocations, looks, clock, most: () => most };
}

const namesOf = (invocations: readonly Invocation[]) => invocations.map(({ custom }) => custom?.['greenlight.case']);

describe('the target version', () => {
  test('is invoked with each case, is told which it is, and passes when it returns', async () => {
    const { attempt, invocations, looks } = await world({ ends: { one: [returned('null', COLD)] } });
    expect(await attempt()).toEqual({
      outcome: 'pass',
      reason: '3 cases passed (orders:42: 1 cold start in 100 ms, 80 ms of it to initialize; 2 warm in 100 ms at most)',
      measurements: [
        { what: 'cases that did not pass', measured: 0, threshold: 0, ok: true },
        { what: 'slowest cold start in ms', measured: 100, threshold: null, ok: true },
        { what: 'slowest warm invocation in ms', measured: 100, threshold: null, ok: true },
      ],
      samples: 3,
      cases: { listed: ['one', 'two', 'three'].map((name) => ({ name, status: 'passed', durationMs: 100 })), leftOut: 0 },
    });
    expect(invocations[1]).toEqual({
      functionArn: 'orders:42',
      payload: '{"name":"two"}',
      custom: { 'greenlight.deploymentId': 'd-A1B2C3D4E', 'greenlight.event': 'AfterAllowTestTraffic', 'greenlight.check': 'orders', 'greenlight.case': 'two' },
      logTail: true,
    });
    expect(looks).toEqual(['d-A1B2C3D4E']);
  });

  test.each([
    [1, 1, 300],
    [2, 2, 200],
    [3, 3, 100],
    [50, 3, 100],
  ])('is invoked with %i cases at a time', async (concurrency, most, ms) => {
    const played = await world({ document: { concurrency } });
    const began = played.clock.now();
    await played.attempt();
    expect([played.most(), played.clock.now() - began, played.invocations.length]).toEqual([most, ms, 3]);
  });

  test('is sent a payload from a file as it is written', async () => {
    const { attempt, invocations } = await world({ document: { cases: [order('big', { payload: { file: 'payload-1.json' } }), order('text', { payload: { json: ' [1] ' } })] }, payloads: { 'payload-1.json': ' {"n": 1}\n' } });
    await attempt();
    expect(invocations.map(({ payload }) => payload)).toEqual([' {"n": 1}\n', ' [1] ']);
  });

  test('is not judged without a payload that is missing', async () => {
    const { attempt } = await world({ document: { cases: [order('big', { payload: { file: 'payload-1.json' } })] } });
    await expect(attempt()).rejects.toThrow('payload payload-1.json cannot be read beside the handler: Error: ENOENT: no such file or directory; deploy the rollout again');
  });
});

describe('cases', () => {
  test.each<[string, World, string, string, string]>([
    [
      'that answer wrongly fail it, with the last words of the log',
      { document: { cases: [order('one', { assertions: [{ kind: 'jsonPathEquals', path: '$.total', equals: 8.4 }] }), order('two')] }, ends: { one: [returned('{"total":0}', `2026-01-05T09:00:00.000Z\t1\tINFO\tno price for tea\n${COLD}`)] } },
      'fail',
      '1 of 2 cases failed: one: JSON path $.total was 0, expected 8.4 (returned after 100 ms); its log ends: "no price for tea" (orders:42: 1 cold start in 100 ms, 80 ms of it to initialize; 1 warm in 100 ms)',
      'failed',
    ],
    [
      'that fail unexpectedly fail it',
      { ends: { one: [failed('TypeError', `boom\n${WARM}`)] } },
      'fail',
      '1 of 3 cases failed: one: it failed with TypeError: "no", expected it to return; its log ends: "boom" (failed after 100 ms) (orders:42: 3 warm in 100 ms at most)',
      'failed',
    ],
    [
      'that fail as they are to pass it',
      { document: { cases: [order('one', { expectedErrorType: 'OrderRefused' })] }, ends: { one: [failed('OrderRefused')] } },
      'pass',
      '1 case passed (orders:42: 1 warm in 100 ms)',
      'passed',
    ],
    [
      'that all fail are named, the first two of them',
      { document: { cases: ['one', 'two', 'three'].map((name) => order(name, { expectedErrorType: 'E' })) } },
      'fail',
      '3 of 3 cases failed: one: it returned "null", expected it to fail with E; its log ends: "REPORT',
      'failed',
    ],
    [
      'whose answer may be lost leave it undecided',
      { ends: { one: [lost()] } },
      'inconclusive',
      '1 of 3 cases could not be told: one: function orders:42 may have run, and did not answer; it is not invoked again: lambda:Invoke failed: ECONNRESET: gone (orders:42: 2 warm in 100 ms at most)',
      'errored',
    ],
    [
      'that another version answers leave it undecided',
      { ends: { one: [returned('null', WARM, { executedVersion: '41' })] } },
      'inconclusive',
      '1 of 3 cases could not be told: one: version 41 answered, expected 42 (orders:42: 3 warm in 100 ms at most)',
      'errored',
    ],
    ['that this version answers pass it', { ends: { one: [returned('null', WARM, { executedVersion: '42' })] } }, 'pass', '3 cases passed', 'passed'],
    [
      'of which one cannot be judged leave it undecided',
      { document: { cases: [order('one', { assertions: [{ kind: 'jsonPathExists', path: '$..x' }] })] }, ends: { one: [returned('['.repeat(100_000) + ']'.repeat(100_000))] } },
      'inconclusive',
      '1 of 1 case could not be told: one: ',
      'errored',
    ],
    ['of which one fails, and one is lost, fail it', { ends: { one: [failed('E')], two: [lost()] } }, 'fail', '1 of 3 cases failed: one: it failed with E', 'failed'],
  ])('%s', async (_, given, outcome, reason, status) => {
    const { attempt } = await world(given);
    const measurement = await attempt();
    expect(measurement.outcome).toBe(outcome);
    expect(measurement.reason).toContain(reason.replace('; its log ends: "REPORT', ''));
    expect(measurement.retryable).toBe(outcome === 'inconclusive' ? false : undefined);
    expect(measurement.cases?.listed.find(({ name }) => name === 'one')?.status).toBe(status);
  });

  test('that did not pass are told with their messages, the others without', async () => {
    const { attempt } = await world({ ends: { two: [failed('E')], three: [lost()] } });
    const { cases, measurements, samples } = await attempt();
    expect(cases).toEqual({
      listed: [
        { name: 'two', status: 'failed', durationMs: 100, message: 'it failed with E: "no", expected it to return (failed after 100 ms)' },
        { name: 'three', status: 'errored', message: 'function orders:42 may have run, and did not answer; it is not invoked again: lambda:Invoke failed: ECONNRESET: gone' },
        { name: 'one', status: 'passed', durationMs: 100 },
      ],
      leftOut: 0,
    });
    expect(measurements[0]).toEqual({ what: 'cases that did not pass', measured: 2, threshold: 0, ok: false });
    expect(samples).toBe(2);
  });

  test('that say very much are cut short', async () => {
    const { attempt } = await world({ document: { cases: [order('one', { expectedErrorType: 'X'.repeat(90) })] }, ends: { one: [failed('E'.repeat(500), Array.from({ length: 3 }, () => 'l'.repeat(500)).join('\n'))] } });
    const { reason, cases } = await attempt();
    expect(reason.length).toBeLessThanOrEqual(1000);
    expect(cases?.listed[0]?.message?.length).toBe(300);
  });

  test('beyond two that failed are counted', async () => {
    const { attempt } = await world({ ends: { one: [failed('A')], two: [failed('B')], three: [failed('C')] } });
    const { reason } = await attempt();
    expect(reason).toContain('3 of 3 cases failed: one: it failed with A: "no", expected it to return (failed after 100 ms); two: it failed with B');
    expect(reason).toContain('; and 1 more (orders:42');
    expect(reason).not.toContain('three');
  });
});

describe('a case that was not started', () => {
  test('is invoked by the next attempt, and the others are not invoked again', async () => {
    const { attempt, invocations, looks } = await world({ ends: { two: [throttled(), returned('null')] } });
    expect(await attempt()).toMatchObject({
      outcome: 'error',
      retryable: true,
      samples: 2,
      reason: '1 case of 3 not invoked: function orders:42 was not started: lambda:Invoke failed: TooManyRequestsException: Rate exceeded (orders:42: 2 warm in 100 ms at most)',
      cases: { listed: [{ name: 'two', status: 'skipped', message: 'function orders:42 was not started: lambda:Invoke failed: TooManyRequestsException: Rate exceeded' }, { name: 'one' }, { name: 'three' }] },
    });
    expect(await attempt()).toMatchObject({ outcome: 'pass', samples: 3, reason: '3 cases passed (orders:42: 3 warm in 100 ms at most)' });
    expect(namesOf(invocations)).toEqual(['one', 'two', 'three', 'two']);
    expect(looks).toHaveLength(1);
  });

  test('does not hide one that failed', async () => {
    const { attempt } = await world({ ends: { one: [throttled()], two: [failed('E')] } });
    expect(await attempt()).toMatchObject({ outcome: 'fail', reason: expect.stringContaining('1 of 2 cases failed: two: it failed with E') });
  });
});

describe('rounds', () => {
  test('that pass are followed by others where several passes are asked for, and speeds add up', async () => {
    const { attempt, invocations, looks } = await world({ document: { coldBelowMs: 200, cases: [order('one')] }, ends: { one: [returned('null', COLD), returned('null')] } });
    expect(await attempt()).toMatchObject({ outcome: 'pass', samples: 1 });
    expect(await attempt()).toMatchObject({ outcome: 'pass', samples: 1, reason: '1 case passed (orders:42: 1 cold start in 100 ms, 80 ms of it to initialize; 1 warm in 100 ms)' });
    expect([invocations.length, looks.length]).toEqual([2, 1]);
  });

  test('without a warm invocation are repeated once, to have one', async () => {
    const { attempt } = await world({ document: { coldBelowMs: 200, warmBelowMs: 150, cases: [order('one')] }, ends: { one: [returned('null', COLD), returned('null')] } });
    expect(await attempt()).toMatchObject({ outcome: 'inconclusive', retryable: true, reason: 'there was no warm invocation to be below 150 ms (orders:42: 1 cold start in 100 ms, 80 ms of it to initialize)' });
    expect(await attempt()).toMatchObject({ outcome: 'pass' });
  });

  test('are not repeated for ever', async () => {
    const { attempt } = await world({ document: { warmBelowMs: 150 }, ends: { one: [returned('null', '')], two: [returned('null', '')], three: [returned('null', '')] } });
    expect(await attempt()).toMatchObject({ outcome: 'inconclusive', retryable: true });
    expect(await attempt()).toMatchObject({ outcome: 'inconclusive', retryable: false, reason: expect.stringContaining('there was no warm invocation to be below 150 ms, and 6 did not say what they were') });
  });

  test('that are repeated, and interrupted, are not repeated again', async () => {
    const { attempt } = await world({ document: { warmBelowMs: 150, cases: [order('one')] }, ends: { one: [returned('null', ''), throttled(), returned('null', '')] } });
    expect((await attempt()).outcome).toBe('inconclusive');
    expect((await attempt()).outcome).toBe('error');
    expect(await attempt()).toMatchObject({ outcome: 'inconclusive', retryable: false });
  });

  test('without a cold start are not repeated', async () => {
    const { attempt } = await world({ document: { coldBelowMs: 200, warmBelowMs: 150 } });
    expect(await attempt()).toMatchObject({ outcome: 'inconclusive', retryable: false, reason: 'there was no cold start to be below 200 ms (orders:42: 3 warm in 100 ms at most)' });
  });

  test.each([
    [100, 'fail', 'the slowest warm invocation took 100 ms, expected below 100 ms (orders:42: 3 warm in 100 ms at most)'],
    [101, 'pass', '3 cases passed (orders:42: 3 warm in 100 ms at most)'],
  ])('with warm invocations below %i ms', async (warmBelowMs, outcome, reason) => {
    expect(await (await world({ document: { warmBelowMs } })).attempt()).toMatchObject({ outcome, reason });
  });

  test('that are too slow and wrong are both', async () => {
    const { attempt } = await world({ document: { warmBelowMs: 100 }, ends: { one: [failed('E')] } });
    expect((await attempt()).reason).toContain('(failed after 100 ms); the slowest warm invocation took 100 ms, expected below 100 ms (orders:42');
  });

  test('that are too slow are no matter of how many were invoked', async () => {
    const { attempt } = await world({ document: { warmBelowMs: 100 }, ends: { one: [throttled()] } });
    expect(await attempt()).toMatchObject({ outcome: 'fail', reason: 'the slowest warm invocation took 100 ms, expected below 100 ms (orders:42: 2 warm in 100 ms at most)' });
  });
});

describe('a target version that cannot be found out', () => {
  const denied = new ServiceFailure('codedeploy:ListDeploymentTargets', 'AccessDeniedException', 'not authorized', false);
  const slow = new ServiceFailure('codedeploy:ListDeploymentTargets', 'ThrottlingException', 'Rate exceeded', true);

  test.each<[string, Script<Release>, boolean, string, number]>([
    [
      'since both calls are refused',
      [denied],
      false,
      'the target version of the deployment is unknown: codedeploy:ListDeploymentTargets failed: AccessDeniedException: not authorized; codedeploy:GetDeployment failed: AccessDeniedException: no',
      1,
    ],
    [
      'for now',
      [slow],
      true,
      'the target version of the deployment is unknown: codedeploy:ListDeploymentTargets failed: ThrottlingException: Rate exceeded; codedeploy:GetDeployment failed: AccessDeniedException: no',
      3,
    ],
    ['since it is no version', [{ ...RELEASE, versions: { ...VERSIONS, targetVersion: '$LATEST' } }], false, 'the target version of the deployment must be the number of a published version, got "$LATEST"', 1],
    ['since the deployment is one of ECS', [{ events: [], versions: { platform: 'ECS', taskSets: [] } }], false, 'the deployment releases task sets of ECS, and no version of a function', 1],
  ])('%s is an error, and nothing is invoked', async (_, release, retryable, reason, asked) => {
    const { attempt, invocations, looks } = await world({ release });
    expect(await attempt()).toEqual({ outcome: 'error', reason, measurements: [], samples: 0, retryable });
    expect(invocations).toEqual([]);
    expect(looks).toHaveLength(asked);
  });

  test('is asked for again by the next attempt', async () => {
    const { attempt, looks } = await world({ release: [slow, slow, slow, RELEASE] });
    expect((await attempt()).outcome).toBe('error');
    expect((await attempt()).outcome).toBe('pass');
    expect(looks).toHaveLength(4);
  });

  test('is invoked under the configured name where the deployment tells none', async () => {
    const { attempt, invocations } = await world({ release: [{ events: [], versions: { platform: 'Lambda', currentVersion: '41', targetVersion: '42' } }] });
    expect((await attempt()).outcome).toBe('pass');
    expect(invocations[0]?.functionArn).toBe('configured:42');
  });

  test('is of the function that the deployment tells, in a hook of several rollouts', async () => {
    const environment = { [ENV.deploymentGroups]: 'shop.' };
    const told = await world({ environment, release: [{ events: [], versions: { platform: 'Lambda', functionName: 'orders', currentVersion: '41', targetVersion: '42' } }] });
    expect((await told.attempt()).outcome).toBe('pass');
    expect(told.invocations[0]?.functionArn).toBe('orders:42');
    const untold = await world({ environment, release: [{ events: [], versions: { platform: 'Lambda', currentVersion: '41', targetVersion: '42' } }] });
    expect(await untold.attempt()).toMatchObject({ outcome: 'error', reason: 'the function of the deployment is unknown: codedeploy:GetDeployment failed: AccessDeniedException: no', retryable: false });
    expect(untold.invocations).toEqual([]);
  });

  test('is a bad configuration where no function is configured', async () => {
    await expect(world({ environment: {} })).rejects.toThrow('environment variable GREENLIGHT_RELEASED_FUNCTION is not set; deploy the rollout again');
  });
});

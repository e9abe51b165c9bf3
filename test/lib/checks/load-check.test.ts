import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { Duration, Lazy, Size, Stack } from 'aws-cdk-lib/core';

import type { LoadOptions } from '../../../lib';
import { CheckTarget, InconclusivePolicy, LifecycleHook, LoadAbort, LoadCheck, LoadThreshold, LoadWarmUp, Passes, RuntimeValue } from '../../../lib';
import { DeployTimeValues } from '../../../lib/private/deploy-time-values';
import { only, sample } from '../support/sample';

const listener = { protocol: 'HTTP' as const };
const context = () => ({ values: new DeployTimeValues(), production: listener, test: listener });
const p95 = (minSamples = 1_000) => LoadThreshold.latency({ percentile: 95, below: Duration.millis(300), minSamples });
const load = (overrides: Partial<LoadOptions> = {}): LoadOptions => ({ rate: 20, duration: Duration.seconds(60), thresholds: [p95()], ...overrides });
const check = (overrides: Partial<LoadOptions> = {}) => LoadCheck.get('/api/orders', load(overrides));

describe('LoadCheck', () => {
  test('sends to the test listener, once, with room for one second of requests', () => {
    expect(check()._render(context())).toEqual({
      kind: 'load',
      name: 'GET /api/orders at 20/s',
      policy: { mode: 'ENFORCE', after: [], passes: { consecutive: 1 }, intervalMs: 1000, errorBudget: 0, attemptMs: 85_000, deadlineMs: 86_000, inconclusive: 'FAIL' },
      requests: [{ target: { listener: 'test' }, request: { method: 'GET', path: '/api/orders', headers: {}, timeoutMs: 5000, maxRedirects: 0 } }],
      shape: { ratePerSecond: 20, warmUpMs: 0, warmUpRate: 'CONSTANT', durationMs: 60_000 },
      maxInFlight: 20,
      thresholds: [{ kind: 'latency', percentile: 95, belowMs: 300, minSamples: 1000 }],
    });
  });

  test('renders everything that can be set', () => {
    const rich = new LoadCheck({
      ...load(),
      name: 'mix',
      requests: [
        { path: '/a', timeout: Duration.seconds(2) },
        { target: CheckTarget.url('https://api.example.com/b'), method: 'POST', body: '{}', headers: { 'x-a': '1' } },
      ],
      warmUp: Duration.seconds(10),
      warmUpRate: LoadWarmUp.LINEAR,
      maxInFlight: 7,
      expectedStatuses: [200, 429],
      thresholds: [LoadThreshold.errorRate({ atMost: 0.5, minSamples: 10 }), LoadThreshold.throughput({ atLeast: 19.5, minSamples: 20 })],
      abortWhen: LoadAbort.errorRateAbove({ percent: 50, minSamples: 100 }),
    });
    expect(rich._render(context())).toMatchObject({
      name: 'mix',
      requests: [{ target: { listener: 'test' } }, { target: { url: 'https://api.example.com/b' }, request: { method: 'POST', path: '', body: '{}' } }],
      shape: { warmUpMs: 10_000, warmUpRate: 'LINEAR' },
      maxInFlight: 7,
      expectedStatuses: [200, 429],
      thresholds: [
        { kind: 'errorRate', atMostPercent: 0.5, minSamples: 10 },
        { kind: 'throughput', atLeastPerSecond: 19.5, minSamples: 20 },
      ],
      abort: { kind: 'errorRate', abovePercent: 50, minSamples: 100 },
    });
    expect(check({ abortWhen: LoadAbort.outOfReach() })._render(context()).abort).toEqual({ kind: 'outOfReach' });
  });

  test.each([
    [1, 10],
    [10, 10],
    [300, 300],
    [2_000, 500],
  ])('%i a second has %i places', (rate, places) => {
    expect(check({ rate, thresholds: [p95(1)] })._render(context()).maxInFlight).toBe(places);
  });

  test('takes values that are read when it runs, and time to read them', () => {
    const token = RuntimeValue.parameter(StringParameter.fromStringParameterName(new Stack(), 'Token', '/web/token'));
    const filled = new LoadCheck({ ...load({ values: { token } }), requests: [{ headers: { authorization: 'Bearer {{token}}' } }] });
    expect(Object.keys(filled._values)).toEqual(['token']);
    expect(filled._render(context())).toMatchObject({ requests: [{ request: { headers: { authorization: 'Bearer {{token}}' } } }], policy: { attemptMs: 95_000, deadlineMs: 96_000 } });
  });

  test('takes as long as looking up, warm-up, duration and the longest time-out', () => {
    const long = new LoadCheck({ ...load({ warmUp: Duration.seconds(30) }), requests: [{ timeout: Duration.seconds(2) }, { timeout: Duration.seconds(9) }] });
    expect(long._attempt).toEqual({ longestMs: 119_000, errorBudget: 0 });
  });

  test('makes the hook play the handler of all kinds, without any permission of its own', () => {
    const { template } = sample({ hooks: { afterAllowTestTraffic: LifecycleHook.checks({ checks: [check()] }) } });
    const { properties } = only(template, 'AWS::Lambda::Function', 'WebAfterAllowTestTrafficFunction');
    expect(properties['Timeout']).toBe(96);
    expect(check()._statements(undefined as never)).toEqual([]);
  });

  test.each<[number, number, string | undefined]>([
    [1_157, 512, undefined],
    [1_158, 512, "sends 1158 requests a second, of which its 512 MiB of memory carry about 1157; it is undecided where they do not | set 'memorySize' to at least 513 MiB, or lower 'rate'"],
    [2_000, 885, undefined],
    [4_000, 1_769, undefined],
    [4_001, 10_240, "sends 4001 requests a second, of which its 10240 MiB of memory carry about 4000; it is undecided where they do not | lower 'rate' to 4000, since the handler uses one CPU, and set 'memorySize' to 1769 MiB"],
  ])('%i a second with %i MiB', (rate, memory, finding) => {
    const hook = LifecycleHook.checks({ checks: [check({ name: 'load', rate })], memorySize: Size.mebibytes(memory) });
    const { findings } = sample({ hooks: { afterAllowTestTraffic: hook } }).description;
    expect(findings.filter(({ id }) => id.startsWith('load')).map(({ id, message, remedy }) => [id, `${message} | ${remedy}`])).toEqual(finding === undefined ? [] : [['load-needs-cpu', `check 'load' of hook AfterAllowTestTraffic ${finding}`]]);
  });

  test('on the production listener must be typed out', () => {
    const production = new LoadCheck({ ...load({ loadsProduction: true }), requests: [{ target: CheckTarget.PRODUCTION_LISTENER }] });
    expect(production._render(context()).requests[0]!.target).toEqual({ listener: 'production' });
    expect(() => new LoadCheck({ ...load(), requests: [{ path: '/' }, { target: CheckTarget.PRODUCTION_LISTENER }] })).toThrow(
      "check 'GET / and 1 more at 20/s' sends 20 requests a second to the production listener, behind which users are served; ask the test listener, or type out 'loadsProduction: true'",
    );
    expect(() => check({ loadsProduction: true })).toThrow("has 'loadsProduction', but sends nothing to the production listener; leave it out, or set 'target'");
  });

  test.each<[() => unknown, string]>([
    [() => check({ thresholds: [] }), "check 'GET /api/orders at 20/s' has no threshold, and would pass whatever answers; add one such as LoadThreshold.errorRate({ atMost: 1, minSamples: 100 })"],
    [() => check({ thresholds: [LoadThreshold.errorRate({ atMost: 1, minSamples: 5 }), p95(1_201)] }), "check 'GET /api/orders at 20/s' sends 1200 requests that count (20 a second for 60 seconds), fewer than the 1201 samples that its threshold 'p95 below 300 ms' needs; raise 'rate' or 'duration', or lower 'minSamples'"],
    [() => check({ warmUp: Duration.minutes(10), thresholds: [LoadThreshold.errorRate({ atMost: 1, minSamples: 1_201 })] }), "its threshold 'error rate at most 1 %' needs"],
    [() => check({ thresholds: [LoadThreshold.throughput({ atLeast: 20.1, minSamples: 1 })] }), "sends 20 requests a second, so that its threshold 'throughput at least 20.1/s' cannot be met; raise 'rate' or lower 'atLeast'"],
    [() => check({ passes: Passes.inARow(1) }), "has 'passes', but a load is played once and never started again; leave it out, or raise 'duration'"],
    [() => check({ interval: Duration.seconds(5) }), "has 'interval', but a load is played once and never started again"],
    [() => check({ inconclusive: InconclusivePolicy.EXTEND }), "cannot be extended, since a load is never started again; raise 'duration'"],
    [() => check({ checkTimeout: Duration.seconds(84) }), "can take 85 seconds (looking up its targets, warm-up, duration and the longest time-out of a request), longer than its 'checkTimeout' of 84; leave that out"],
    [() => check({ warmUp: Duration.minutes(2), duration: Duration.seconds(665) }), "can take 811 seconds (looking up its targets, warm-up, duration and the longest time-out of a request), of which 810 fit into one invocation, and a load is never started twice; lower 'warmUp' or 'duration'"],
    [() => check({ rate: 0 }), "'rate' must be a whole number from 1 to 5000, got 0; it is counted per second"],
    [() => check({ rate: 0.5 }), 'got 0.5'],
    [() => check({ rate: Lazy.number({ produce: () => 1 }), name: 'x' }), "'rate' must be known at synth, got a deploy-time value"],
    [() => check({ duration: Duration.millis(1_500) }), "'duration' must be a whole number of seconds from 1 to 900, got 1.5 seconds"],
    [() => check({ warmUp: Duration.seconds(901) }), "'warmUp' must be a whole number of seconds from 0 to 900, got 901"],
    [() => check({ maxInFlight: 501 }), "'maxInFlight' must be a whole number from 1 to 500, got 501; each takes a connection, of which a function can have a thousand"],
    [() => check({ expectedStatuses: [] }), 'expects no status, so that every answer would be an error'],
    [() => check({ expectedStatuses: [99] }), "'expectedStatuses' must be a whole number from 100 to 599, got 99"],
    [() => new LoadCheck({ ...load(), requests: [] }), "check 'GET / at 20/s' must have 1 to 50 requests, got 0; spread them over several checks"],
    [() => new LoadCheck({ ...load(), requests: [{ maxRedirects: 1 }] }), 'follows redirects, which a load does not; ask for what they lead to'],
    [() => new LoadCheck({ ...load(), requests: [{ path: 'x' }] }), "'path' must start with '/'"],
    [() => p95(0), "'minSamples' must be a whole number from 1 to 4500000, got 0; a threshold without samples would decide by nothing"],
    [() => LoadThreshold.latency({ percentile: 0.95, below: Duration.millis(1), minSamples: 1 }), "'percentile' must be a number from 1 to 99.999, got 0.95; write 95 for the p95"],
    [() => LoadThreshold.latency({ percentile: 95, below: Duration.millis(0), minSamples: 1 }), "'below' must be a whole number of milliseconds from 1 to 300000, got 0"],
    [() => LoadThreshold.errorRate({ atMost: 100, minSamples: 1 }), "'atMost' must be a number from 0 to 99.999, got 100; it is counted in percent"],
    [() => LoadThreshold.throughput({ atLeast: 0, minSamples: 1 }), "'atLeast' must be a number from 0.001 to 5000, got 0; it is counted per second"],
    [() => LoadAbort.errorRateAbove({ percent: -1, minSamples: 1 }), "'percent' must be a number from 0 to 99.999, got -1"],
  ])('fails when it cannot decide, or would not end (%#)', (make, message) => {
    expect(make).toThrow(message);
  });
});

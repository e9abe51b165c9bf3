import { Overdue, ServiceFailure } from '../../../../../lambda/core/failures';
import type { MetricSeries } from '../../../../../lambda/core/checks/metric/ports';
import type { EcsVersions, Release, TaskSetFacts } from '../../../../../lambda/core/release/ports';
import type { MetricCheckDocument } from '../../../../../lib/model/metric-document';
import { HOOK } from '../../../support/fake-ports';
import { attempt, DOCUMENT, FULL_NAMES, LATENCY, MINUTE, NINE, RATES, series, SHIFTED, THRESHOLD } from './fixtures';

const [BLUE, GREEN] = FULL_NAMES as [string, string];
const failure = (code: string, retryable: boolean) => new ServiceFailure('cloudwatch:GetMetricData', code, 'no', retryable);

/** Both versions with so many requests and errors in the window's first minute. */
const counts = (replacement: readonly [number, number], original: readonly [number, number], at = NINE + 10 * MINUTE) => ({
  [GREEN]: { bad: series(replacement[0], at), total: series(replacement[1], at) },
  [BLUE]: { bad: series(original[0], at), total: series(original[1], at) },
});

const before: MetricCheckDocument['judge'] = { ...RATES, baseline: { beforeMs: 30 * MINUTE } };
const withoutShift = (name: string): Release => ({
  ...SHIFTED,
  events: [
    { name: 'BeforeInstall', startedAt: NINE, endedAt: NINE + 1000 },
    { name, startedAt: NINE + 10 * MINUTE + 20_000, endedAt: NINE + 10 * MINUTE + 21_000 },
    { name: 'AllowTraffic' },
  ],
});

describe('rates of both versions', () => {
  test('over the shift are asked for by target group, once they are published', async () => {
    const { measurement, requests, deployments } = await attempt({ data: counts([50, 1000], [2, 9000]) });
    expect(deployments).toEqual([HOOK.DeploymentId]);
    const query = (id: string, metricName: string, TargetGroup: string) => ({
      id,
      namespace: 'AWS/ApplicationELB',
      metricName,
      dimensions: { LoadBalancer: 'app/web/1', TargetGroup },
      statistic: 'Sum',
    });
    const span = { from: NINE + 10 * MINUTE, to: NINE + 16 * MINUTE, periodMs: MINUTE };
    expect(requests).toEqual([
      { ...span, queries: [query('bad', 'HTTPCode_Target_5XX_Count', GREEN), query('total', 'RequestCount', GREEN)] },
      { ...span, queries: [query('bad', 'HTTPCode_Target_5XX_Count', BLUE), query('total', 'RequestCount', BLUE)] },
    ]);
    expect(measurement).toMatchObject({ outcome: 'fail', samples: 10_000, memory: { looks: 1, to: NINE + 16 * MINUTE, facts: SHIFTED } });
    expect(measurement.reason).toMatch(/^5xx rate of the new version was 5 % \(50 of 1,000 in 6 min\), of the old one 0\.0222 % \(2 of 9,000 at the same time\)/);
    expect(measurement.continueInMs).toBeUndefined();
  });

  test('are not judged before the shift is published', async () => {
    const { measurement, requests } = await attempt({ now: NINE + 17 * MINUTE + 59_000 });
    expect(requests).toEqual([]);
    expect(measurement).toEqual({
      outcome: 'inconclusive',
      reason: 'the metrics of the shift are published 2 min after its end, in 1 s',
      measurements: [],
      samples: 0,
      continueInMs: 1000,
      memory: { looks: 0, facts: SHIFTED },
    });
  });

  test('need a shift as long as the window', async () => {
    const { measurement, requests } = await attempt({ document: { window: { ...DOCUMENT.window, lengthMs: 7 * MINUTE } } });
    expect(requests).toEqual([]);
    expect(measurement).toMatchObject({ outcome: 'inconclusive', reason: 'both versions had traffic for 6 min, and are to be compared over 7 min', retryable: false, samples: 0 });
    expect((await attempt({ document: { window: { ...DOCUMENT.window, lengthMs: 6 * MINUTE } }, data: counts([0, 100], [0, 100]) })).measurement.outcome).toBe('pass');
    const instant = { ...SHIFTED, events: [{ name: 'AllowTraffic', startedAt: NINE, endedAt: NINE }] };
    expect((await attempt({ facts: instant })).measurement.reason).toBe('both versions had traffic for 0 s, and are to be compared over 5 min');
  });

  test('leave out the time to warm up, from the first whole period on', async () => {
    const window = { ...DOCUMENT.window, lengthMs: 3 * MINUTE, warmUpMs: 100_000 };
    expect((await attempt({ document: { window } })).requests[0]).toMatchObject({ from: NINE + 12 * MINUTE, to: NINE + 16 * MINUTE });
  });

  test('before the shift are those of test traffic, and of the same time', async () => {
    const facts = withoutShift('AllowTestTraffic');
    // Five minutes from 09:10:20 on are over at 09:15:20: the period that ends at 09:16 is published at 09:18.
    const early = await attempt({ facts, now: NINE + 17 * MINUTE });
    expect(early.measurement).toMatchObject({ outcome: 'inconclusive', reason: "5 min of the new version's traffic are needed, published 2 min later; they are there in 1 min", continueInMs: MINUTE });
    const { requests } = await attempt({ facts, now: NINE + 19 * MINUTE + 30_000 });
    const span = { from: NINE + 10 * MINUTE, to: NINE + 17 * MINUTE };
    expect(requests).toMatchObject([span, span]);
  });

  test('against the time before the deployment', async () => {
    const { requests, measurement } = await attempt({ document: { judge: before }, data: counts([50, 1000], [2, 9000]), now: NINE + 18 * MINUTE + 59_000 });
    expect(requests).toMatchObject([
      { from: NINE + 10 * MINUTE, to: NINE + 16 * MINUTE },
      { from: NINE - 30 * MINUTE, to: NINE },
    ]);
    expect(measurement.reason).toMatch(/\(50 of 1,000 in 6 min\), of the old one 0\.0222 % \(2 of 9,000 in the 30 min before the deployment\)/);
    const lagless = { ...DOCUMENT.window, lagMs: 0 };
    const early = await attempt({ document: { judge: before, window: lagless }, now: NINE + 15 * MINUTE + 59_999 });
    expect(early.measurement).toMatchObject({ reason: "5 min of the new version's traffic are needed; they are there in 1 s", continueInMs: 1 });
  });

  test('with periods of high resolution', async () => {
    const { requests } = await attempt({ document: { judge: { ...before, resolutionMs: 10_000 } }, now: NINE + 17 * MINUTE + 25_000 });
    expect(requests[0]).toMatchObject({ from: NINE + 10 * MINUTE + 20_000, to: NINE + 15 * MINUTE + 20_000, periodMs: 10_000 });
  });

  test('need traffic', async () => {
    const { measurement } = await attempt({ facts: { ...SHIFTED, events: [{ name: 'BeforeInstall', startedAt: NINE }] } });
    expect(measurement).toMatchObject({ outcome: 'inconclusive', reason: 'no traffic has reached the new version yet; make the check at a later event', retryable: false });
  });

  test('are those of a deployment of CodeDeploy', async () => {
    const { measurement, deployments } = await attempt({ deploymentId: 'arn:aws:ecs:eu-central-1:111122223333:service-deployment/main/web/abc' });
    expect(deployments).toEqual([]);
    expect(measurement).toMatchObject({ outcome: 'inconclusive', reason: 'versions are found in deployments of CodeDeploy, and this one is of ECS itself; judge a metric of the last minutes there', retryable: false });
  });

  test('with too few requests are looked at again while more may come', async () => {
    const open = await attempt({ document: { judge: before }, data: counts([0, 50], [0, 9000]) });
    expect(open.measurement).toMatchObject({ outcome: 'inconclusive', retryable: true, memory: { looks: 0 } });
    const closed = await attempt({ data: counts([0, 50], [0, 9000]) });
    expect(closed.measurement).toMatchObject({ outcome: 'inconclusive', retryable: false, reason: expect.stringMatching(/; no more will come$/) });
  });

  test('whose data is missing altogether decide nothing', async () => {
    const { measurement } = await attempt({ data: { all: {} } });
    expect(measurement).toMatchObject({ outcome: 'inconclusive', samples: 0 });
  });
});

describe('looks', () => {
  const three = { document: { judge: before, policy: { ...DOCUMENT.policy, passes: { consecutive: 3 } } }, data: counts([0, 1000], [0, 1000]) };
  const at = (minutes: number) => NINE + minutes * MINUTE;

  test('are counted, and each has its share of the significance', async () => {
    const { measurement, deployments } = await attempt({ ...three, attempt: { number: 7, memory: { looks: 1, to: at(16), facts: SHIFTED as never } }, now: at(19), data: counts([30, 1000], [2, 1000]) });
    expect(measurement).toMatchObject({ outcome: 'fail', memory: { looks: 2, to: at(17) } });
    expect(measurement.reason).toContain('(limit 1.7 of 100, look 2 of 3)');
    // The deployment was asked before.
    expect(deployments).toEqual([]);
  });

  test('see something new each, or wait for it', async () => {
    const { measurement, requests } = await attempt({ ...three, attempt: { memory: { looks: 1, to: at(16) } }, now: at(18) + 1 });
    expect(requests).toEqual([]);
    expect(measurement).toEqual({ outcome: 'inconclusive', reason: 'no data has come in since the last look', measurements: [], samples: 0, continueInMs: MINUTE, memory: { looks: 1, to: at(16), facts: SHIFTED } });
  });

  test('at a shift that is over see nothing new', async () => {
    const { measurement } = await attempt({ attempt: { memory: { looks: 1, to: at(16) } } });
    expect(measurement).toMatchObject({ outcome: 'inconclusive', reason: 'the 6 min in which both versions had traffic have been judged; ask for one pass', retryable: false });
  });

  test('are used up at last', async () => {
    const { measurement, requests } = await attempt({ ...three, attempt: { memory: { looks: 3, to: at(16) } }, now: at(25) });
    expect(requests).toEqual([]);
    expect(measurement).toMatchObject({ outcome: 'inconclusive', reason: 'all 3 looks are used up, which share the significance; let the check pass by fewer of them', retryable: false });
    const atLeast = { ...three.document, policy: { ...DOCUMENT.policy, passes: { atLeast: 2, of: 5 } } };
    const fourth = await attempt({ ...three, document: atLeast, attempt: { memory: { looks: 3, to: at(16) } }, now: at(25) });
    expect(fourth.measurement).toMatchObject({ outcome: 'pass', memory: { looks: 4 } });
  });
});

describe('latencies of both versions', () => {
  const latencies = (replacement: number | undefined, original: number | undefined, samples = 1000, at = NINE + 10 * MINUTE) => ({
    [GREEN]: { value: series(replacement, at), samples: series(samples, at) },
    [BLUE]: { value: series(original, at), samples: series(samples, at) },
  });

  test('are one percentile over the whole window', async () => {
    const { measurement, requests } = await attempt({ document: { judge: LATENCY }, data: latencies(0.312, 0.12) });
    expect(requests.map(({ queries, from, to, periodMs }) => ({ statistics: queries.map((query) => 'statistic' in query && query.statistic), from, to, periodMs }))).toEqual([
      { statistics: ['p95', 'SampleCount'], from: NINE + 10 * MINUTE, to: NINE + 16 * MINUTE, periodMs: 6 * MINUTE },
      { statistics: ['p95', 'SampleCount'], from: NINE + 10 * MINUTE, to: NINE + 16 * MINUTE, periodMs: 6 * MINUTE },
    ]);
    expect(measurement).toMatchObject({
      outcome: 'fail',
      reason: 'p95 latency of the new version was 312 ms (1,000 samples in 6 min), of the old one 120 ms (1,000 at the same time): 2.6 times as long (limit 1.5), and 192 ms longer (limit 50 ms)',
      memory: { looks: 1, to: NINE + 16 * MINUTE },
    });
  });

  test('in other units', async () => {
    const { measurement } = await attempt({ document: { judge: { ...LATENCY, unitMs: 1, percentile: 99.9 } }, data: latencies(312, 120) });
    expect(measurement.reason).toContain('was 312 ms');
  });

  test('without data, or with too few samples, decide nothing', async () => {
    expect((await attempt({ document: { judge: LATENCY }, data: latencies(undefined, 0.1) })).measurement).toMatchObject({ outcome: 'inconclusive', reason: 'p95 latency: CloudWatch has no data for the new version; no more will come', memory: { looks: 0 } });
    expect((await attempt({ document: { judge: LATENCY }, data: latencies(0.1, 0.1, 99) })).measurement).toMatchObject({ outcome: 'inconclusive', samples: 198 });
    expect((await attempt({ document: { judge: LATENCY } })).measurement).toMatchObject({ outcome: 'inconclusive', samples: 0 });
  });

  test.each<[string, Record<string, MetricSeries>, string, string]>([
    ['negative', { value: series(-0.1, NINE + 10 * MINUTE), samples: series(1000, NINE + 10 * MINUTE) }, 'inconclusive', 'CloudWatch answered -0.1 for p95 latency, which is no time'],
    ['no number', { value: series(Number.NaN, NINE + 10 * MINUTE), samples: series(1000, NINE + 10 * MINUTE) }, 'error', 'CloudWatch answered NaN for p95 latency of the new version, which is no number'],
    [
      'of another time',
      { value: series(0.1, NINE + 11 * MINUTE), samples: series(1000, NINE + 10 * MINUTE) },
      'inconclusive',
      'CloudWatch answered 1 data points for p95 latency of the new version, of which the first begins 60 s after the window; one that begins with it was asked for',
    ],
    [
      'in parts',
      { value: { points: [{ at: NINE + 10 * MINUTE, value: 0.1 }, { at: NINE + 12 * MINUTE, value: 0.1 }], messages: [] }, samples: series(1000, NINE + 10 * MINUTE) },
      'inconclusive',
      'CloudWatch answered 2 data points for p95 latency of the new version, of which the first begins 0 s after the window; one that begins with it was asked for',
    ],
    ['of half a sample', { value: series(0.1, NINE + 10 * MINUTE), samples: series(1000.5, NINE + 10 * MINUTE) }, 'inconclusive', 'CloudWatch answered 1000.5 for samples of the new version, which is no count; name a metric whose sum counts'],
  ])('that are %s are refused', async (_, answer, outcome, reason) => {
    const { measurement } = await attempt({ document: { judge: LATENCY }, data: { ...latencies(0.1, 0.1), [GREEN]: answer } });
    expect(measurement).toMatchObject({ outcome, reason, samples: 0, retryable: outcome === 'error' });
  });
});

describe('a value against limits', () => {
  const look = { ...DOCUMENT.window, since: 'look' } as const;
  const answer = (value: number | undefined, samples: number | undefined, at: number) => ({ all: { value: series(value, at), samples: series(samples, at) } });

  test('of the last minutes needs no deployment, and is judged at once', async () => {
    const { measurement, requests, deployments } = await attempt({ document: { judge: THRESHOLD, window: look }, data: answer(12, 100, NINE + 11 * MINUTE), now: NINE + 18 * MINUTE + 59_000 });
    expect(deployments).toEqual([]);
    expect(requests).toEqual([{ queries: THRESHOLD.queries, from: NINE + 11 * MINUTE, to: NINE + 16 * MINUTE, periodMs: 5 * MINUTE }]);
    expect(measurement).toMatchObject({ outcome: 'fail', reason: 'backlog was 12 (100 samples in the last 5 min), expected below 10', memory: { looks: 1, to: NINE + 16 * MINUTE } });
  });

  test('of a short window of high resolution', async () => {
    const { requests } = await attempt({ document: { judge: THRESHOLD, window: { ...look, lengthMs: 10_000, lagMs: 15_000 } }, now: NINE + 29_000 });
    expect(requests[0]).toMatchObject({ from: NINE, to: NINE + 10_000, periodMs: 10_000 });
  });

  test('since the traffic began waits for its window', async () => {
    const early = await attempt({ document: { judge: THRESHOLD }, now: NINE + 17 * MINUTE });
    expect(early.measurement).toMatchObject({ outcome: 'inconclusive', continueInMs: MINUTE });
    const { measurement, requests } = await attempt({ document: { judge: THRESHOLD }, data: answer(9, 100, NINE + 10 * MINUTE) });
    expect(requests).toMatchObject([{ from: NINE + 10 * MINUTE, to: NINE + 16 * MINUTE, periodMs: 6 * MINUTE }]);
    expect(measurement).toMatchObject({ outcome: 'pass', reason: 'backlog was 9 (100 samples in 6 min), expected below 10' });
  });

  test('without data decides nothing', async () => {
    expect((await attempt({ document: { judge: THRESHOLD, window: look }, data: answer(undefined, 100, NINE + 11 * MINUTE) })).measurement).toMatchObject({ outcome: 'inconclusive', memory: { looks: 0 } });
    expect((await attempt({ document: { judge: THRESHOLD, window: look } })).measurement).toMatchObject({ outcome: 'inconclusive', samples: 0 });
  });
});

describe('which version is which', () => {
  const sets = (...taskSets: TaskSetFacts[]): Release => ({ ...SHIFTED, versions: { platform: 'ECS', taskSets } });
  const original = { id: 'ecs-svc/1', targetGroup: 'web-blue' };
  const replacement = { id: 'ecs-svc/2', targetGroup: 'web-green' };
  const groups = async (facts: Release) =>
    (await attempt({ facts, document: facts.events === SHIFTED.events ? {} : { judge: before }, now: NINE + 30 * MINUTE })).requests.map(({ queries: [query] }) => (query as { dimensions: Record<string, string> }).dimensions['TargetGroup']);
  const notYet = (facts: Release): Release => ({ ...facts, events: withoutShift('AllowTestTraffic').events });

  test.each([
    ['by label, whatever the traffic', sets({ ...original, label: 'Blue', trafficWeight: 100 }, { ...replacement, label: 'Green', trafficWeight: 0 })],
    ['by label, in the other order', sets({ ...replacement, label: 'Green' }, { ...original, label: 'Blue' })],
    ['by traffic once it has been shifted', sets({ ...original, trafficWeight: 0 }, { ...replacement, trafficWeight: 100 })],
    ['by traffic before that', notYet(sets({ ...original, trafficWeight: 100 }, { ...replacement, trafficWeight: 0 }))],
  ])('is told %s', async (_, facts) => {
    expect(await groups(facts)).toEqual([GREEN, BLUE]);
  });

  test.each([
    ['one task set', sets({ ...original, trafficWeight: 100 }), 'ecs-svc/1 (no label, 100 % of the traffic)'],
    ['two that share the traffic', sets({ ...original, trafficWeight: 90 }, { ...replacement, trafficWeight: 10 }), 'ecs-svc/1 (no label, 90 % of the traffic), ecs-svc/2 (no label, 10 % of the traffic)'],
    ['three', sets({ ...original, trafficWeight: 100 }, replacement, { id: 'x', label: 'Blue' }), 'ecs-svc/1 (no label, 100 % of the traffic), ecs-svc/2 (no label, unknown % of the traffic), x (Blue, unknown % of the traffic)'],
    ['none', sets(), 'none'],
  ])('is not told by %s', async (_, facts, seen) => {
    const { measurement } = await attempt({ facts });
    expect(measurement).toMatchObject({ outcome: 'error', retryable: true, reason: `the deployment does not tell which task set is the original and which the replacement; it has ${seen}`, continueInMs: 5000 });
  });

  const by = (is: 'targetGroupName' | 'taskSet' | 'lambdaVersion'): Partial<MetricCheckDocument> => {
    const version = { dimension: 'Version', is } as const;
    return { judge: { ...RATES, bad: { ...RATES.bad, version }, total: { ...RATES.total, version } } };
  };
  const values = async (document: Partial<MetricCheckDocument>, facts = SHIFTED) =>
    (await attempt({ document, facts })).requests.map(({ queries: [query] }) => (query as { dimensions: Record<string, string> }).dimensions);
  const lambda: Release = { ...SHIFTED, versions: { platform: 'Lambda', currentVersion: '41', targetVersion: '42' } };

  test('is written into metrics as a target group, a task set, or a version of a function', async () => {
    expect(await values(by('targetGroupName'))).toEqual([{ LoadBalancer: 'app/web/1', Version: 'web-green' }, { LoadBalancer: 'app/web/1', Version: 'web-blue' }]);
    expect((await values(by('taskSet'))).map(({ Version }) => Version)).toEqual(['ecs-svc/2', 'ecs-svc/1']);
    expect((await values(by('lambdaVersion'), lambda)).map(({ Version }) => Version)).toEqual(['42', '41']);
  });

  test.each([
    ['a target group that the rollout does not know', {}, sets({ ...original, label: 'Blue' }, { id: '2', label: 'Green', targetGroup: 'web-green2' }), 'the deployment uses target group web-green2, which is none of targetgroup/web-blue/1, targetgroup/web-green/2; deploy the rollout again'],
    ['no target group', {}, sets({ ...original, label: 'Blue' }, { id: '2', label: 'Green' }), 'the deployment does not tell the value of dimension TargetGroup (targetGroupFullName) for its versions'],
    ['no version of a function', by('lambdaVersion'), SHIFTED, 'the deployment does not tell the value of dimension Version (lambdaVersion) for its versions'],
    ['the same version twice', by('lambdaVersion'), { ...lambda, versions: { platform: 'Lambda', currentVersion: '42', targetVersion: '42' } }, 'the deployment goes from version 42 to version 42 of the function, which cannot be told apart'],
    ['no versions', by('lambdaVersion'), { ...lambda, versions: { platform: 'Lambda' } }, 'the deployment goes from version unknown to version unknown of the function, which cannot be told apart'],
    ['no new version', by('lambdaVersion'), { ...lambda, versions: { platform: 'Lambda', currentVersion: '42' } }, 'the deployment goes from version 42 to version unknown of the function, which cannot be told apart'],
  ] as const)('%s is no answer', async (_, document, facts, reason) => {
    const { measurement } = await attempt({ document, facts: facts as Release });
    expect(measurement).toMatchObject({ outcome: 'inconclusive', reason, retryable: false, samples: 0 });
  });

  describe('in a rollout for Lambda', () => {
    const spec = JSON.stringify({ Resources: [{ orders: { Type: 'AWS::Lambda::Function', Properties: { Name: 'orders', Alias: 'live', CurrentVersion: '41', TargetVersion: '42' } } }] });
    const denied = new ServiceFailure('codedeploy:GetDeployment', 'AccessDenied', 'no', false);
    const unversioned: Release = { ...SHIFTED, versions: { platform: 'Lambda' } };
    const ofLambda = (world: Parameters<typeof attempt>[0]) => attempt({ document: by('lambdaVersion'), releasedFunction: 'orders', ...world });

    test('is read from the AppSpec where the target does not tell it', async () => {
      const { requests, measurement } = await ofLambda({ facts: unversioned, appSpec: spec });
      expect(requests.map(({ queries: [query] }) => (query as { dimensions: Record<string, string> }).dimensions['Version'])).toEqual(['42', '41']);
      expect(measurement.memory).toMatchObject({ facts: { versions: { functionName: 'orders', targetVersion: '42' } } });
    });

    test.each<[string, Release | Error, string | Error, string, boolean]>([
      ['the versions', unversioned, denied, 'the versions of the deployment are unknown: codedeploy:GetDeployment failed: AccessDenied: no', false],
      ['the old version', { ...SHIFTED, versions: { platform: 'Lambda', targetVersion: '42' } }, new ServiceFailure('codedeploy:GetDeployment', 'Throttling', 'slow', true), 'the versions of the deployment are unknown: codedeploy:GetDeployment failed: Throttling: slow', true],
      ['the new version', { ...SHIFTED, versions: { platform: 'Lambda', currentVersion: '41' } }, denied, 'the versions of the deployment are unknown: codedeploy:GetDeployment failed: AccessDenied: no', false],
      ['when its traffic began', new ServiceFailure('codedeploy:ListDeploymentTargets', 'AccessDenied', 'no', false), spec, 'since when the new version has traffic is unknown: codedeploy:ListDeploymentTargets failed: AccessDenied: no', false],
      ['when its traffic began, for now', new ServiceFailure('codedeploy:ListDeploymentTargets', 'Throttling', 'slow', true), spec, 'since when the new version has traffic is unknown: codedeploy:ListDeploymentTargets failed: Throttling: slow', true],
    ])('%s cannot be found out, and why is told', async (_, facts, appSpec, reason, retryable) => {
      const { measurement } = await ofLambda({ facts, appSpec });
      expect(measurement).toMatchObject({ outcome: retryable ? 'error' : 'inconclusive', reason, retryable, samples: 0 });
    });

    test('that has not begun is no matter of what is unknown', async () => {
      const { measurement } = await ofLambda({ facts: { ...unversioned, events: [{ name: 'BeforeAllowTraffic', startedAt: NINE }] }, appSpec: denied });
      expect(measurement.reason).toBe('no traffic has reached the new version yet; make the check at a later event');
    });

    test('of which not all is known yet is asked for again by the next look', async () => {
      const early = NINE + 16 * MINUTE;
      const memory = async (facts: Release) => (await ofLambda({ facts, appSpec: denied, now: early })).measurement.memory;
      expect(await memory(unversioned)).toEqual({ looks: 0 });
      expect(await memory(lambda)).toMatchObject({ looks: 0, facts: { versions: { targetVersion: '42' } } });
    });
  });

  test('is not mixed up when the versions swap their target groups', async () => {
    const swapped: Release = { ...SHIFTED, versions: { platform: 'ECS', taskSets: (SHIFTED.versions as EcsVersions).taskSets.map((set) => ({ ...set, targetGroup: set.label === 'Blue' ? 'web-green' : 'web-blue' })) } };
    const data = counts([50, 1000], [2, 9000]);
    expect((await attempt({ data })).measurement.outcome).toBe('fail');
    expect((await attempt({ data, facts: swapped })).measurement.outcome).toBe('pass');
  });
});

describe('a call that does not work', () => {
  test.each([
    ['Throttling', true, 3],
    ['AccessDenied', false, 1],
  ])('is an error: %s', async (code, retryable, calls) => {
    const error = failure(code, retryable);
    const { measurement, requests } = await attempt({ data: { all: error } });
    expect(measurement).toMatchObject({ outcome: 'error', reason: `the metrics could not be read: ${error.message}`, measurements: [], samples: 0, retryable, continueInMs: 5000 });
    expect(requests.length).toBe(calls);
  });

  test('of CodeDeploy too', async () => {
    const { measurement, requests } = await attempt({ facts: new ServiceFailure('codedeploy:ListDeploymentTargets', 'AccessDenied', 'no', false) });
    expect(measurement).toMatchObject({ outcome: 'error', reason: 'the metrics could not be read: codedeploy:ListDeploymentTargets failed: AccessDenied: no', retryable: false });
    expect(requests).toEqual([]);
  });

  test('because no answer comes is an error of this check, and no end of the hook', async () => {
    const { measurement, requests } = await attempt({ data: { all: 'hangs' } });
    expect(measurement).toMatchObject({ outcome: 'error', reason: 'the metrics could not be read: no answer came in time', samples: 0, retryable: true, continueInMs: 5000 });
    expect(requests.length).toBe(3);
  });

  test.each([
    ['CloudWatch', { data: { all: new Overdue('not finished within 3400 ms') } }],
    ['CodeDeploy', { facts: new Overdue('not finished within 3400 ms') }],
  ])('because %s gives no answer is an error, and not the end of the hook', async (_, given) => {
    const { measurement } = await attempt(given);
    expect(measurement).toMatchObject({ outcome: 'error', reason: 'the metrics could not be read: no answer came in time', samples: 0, retryable: true });
  });

  test('because of a fault of the handler ends the hook', async () => {
    await expect(attempt({ data: { all: new TypeError('a fault') } })).rejects.toThrow('a fault');
  });

  test('because the check has ended is no measurement', async () => {
    const signal = AbortSignal.abort(new Error('ended'));
    await expect(attempt({ data: { all: failure('Throttling', true) }, signal })).rejects.toBeDefined();
  });
});

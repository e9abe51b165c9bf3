/** Metric checks against a CloudWatch and a CodeDeploy that answer as a test says. */
import { runBounded } from '../../../../../lambda/adapters/bounded-run';
import { metricKind } from '../../../../../lambda/core/checks/metric-check';
import type { MetricData, MetricRequest, MetricSeries } from '../../../../../lambda/core/checks/metric/ports';
import type { Attempt, Measurement } from '../../../../../lambda/core/engine/state';
import type { Release } from '../../../../../lambda/core/release/ports';
import { ENV } from '../../../../../lib/model/hook-contract';
import type { MetricCheckDocument, MetricLatencyDocument, MetricRatesDocument, MetricThresholdDocument } from '../../../../../lib/model/metric-document';
import { fakeEnvironment, fakeHttp, fakeSources, FIRST_ATTEMPT, HOOK } from '../../../support/fake-ports';
import { virtualClock } from '../../../support/virtual-clock';

export const MINUTE = 60_000;

/** 2026-01-05 09:00:00 UTC, a whole minute. */
export const NINE = Date.UTC(2026, 0, 5, 9);

export const FULL_NAMES = ['targetgroup/web-blue/1', 'targetgroup/web-green/2'];

const version = { dimension: 'TargetGroup', is: 'targetGroupFullName', fullNames: FULL_NAMES } as const;
const metricOf = (metricName: string) => ({ namespace: 'AWS/ApplicationELB', metricName, dimensions: { LoadBalancer: 'app/web/1' }, version });

export const RATES: MetricRatesDocument = {
  kind: 'rates',
  label: '5xx rate',
  bad: metricOf('HTTPCode_Target_5XX_Count'),
  total: metricOf('RequestCount'),
  significance: 0.05,
  maxIncrease: 0.005,
  baseline: 'CONCURRENT',
  resolutionMs: MINUTE,
  missing: 'AS_ZERO',
};

export const LATENCY: MetricLatencyDocument = {
  kind: 'latency',
  label: 'p95 latency',
  metric: metricOf('TargetResponseTime'),
  percentile: 95,
  maxRatio: 1.5,
  maxIncreaseMs: 50,
  unitMs: 1000,
  baseline: 'CONCURRENT',
};

export const THRESHOLD: MetricThresholdDocument = {
  kind: 'threshold',
  label: 'backlog',
  queries: [
    { id: 'value', namespace: 'AWS/SQS', metricName: 'Depth', dimensions: { QueueName: 'orders' }, statistic: 'Average' },
    { id: 'samples', namespace: 'AWS/SQS', metricName: 'Depth', dimensions: { QueueName: 'orders' }, statistic: 'SampleCount' },
  ],
  value: 'value',
  samples: 'samples',
  limit: { below: 10 },
  missing: 'INCONCLUSIVE',
};

export const DOCUMENT: MetricCheckDocument = {
  kind: 'metric',
  name: 'errors',
  policy: { mode: 'ENFORCE', after: [], passes: { consecutive: 1 }, attemptMs: 20_000, intervalMs: MINUTE, errorBudget: 2, deadlineMs: 900_000, inconclusive: 'FAIL' },
  window: { since: 'traffic', lengthMs: 5 * MINUTE, warmUpMs: 0, lagMs: 2 * MINUTE },
  minSamples: 100,
  judge: RATES,
};

/** Created at nine, AllowTraffic from 09:10:20 to 09:15:20; blue is the original, green the replacement. */
export const SHIFTED: Release = {
  events: [
    { name: 'BeforeInstall', startedAt: NINE, endedAt: NINE + 1000 },
    { name: 'AllowTraffic', startedAt: NINE + 10 * MINUTE + 20_000, endedAt: NINE + 15 * MINUTE + 20_000 },
    { name: 'AfterAllowTraffic', startedAt: NINE + 15 * MINUTE + 21_000 },
  ],
  versions: {
    platform: 'ECS',
    taskSets: [
      { id: 'ecs-svc/1', label: 'Blue', trafficWeight: 0, targetGroup: 'web-blue' },
      { id: 'ecs-svc/2', label: 'Green', trafficWeight: 100, targetGroup: 'web-green' },
    ],
  },
};

export interface World {
  readonly document?: Partial<MetricCheckDocument>;
  /** Answers by the value of the version dimension, else by `all`; a failure rejects. */
  readonly data?: Readonly<Record<string, Readonly<Record<string, MetricSeries>> | Error | 'hangs'>>;
  readonly facts?: Release | Error;
  /** Set in a rollout for Lambda, and the AppSpec that can be read there. */
  readonly releasedFunction?: string;
  readonly appSpec?: string | Error;
  readonly now?: number;
  readonly attempt?: Partial<Attempt>;
  readonly signal?: AbortSignal;
  readonly deploymentId?: string;
}

export const series = (value: number | undefined, at: number): MetricSeries => ({ points: value === undefined ? [] : [{ at, value }], messages: [] });

/** Makes one attempt. */
export async function attempt({ document = {}, data = {}, facts = SHIFTED, releasedFunction, appSpec = new Error('not asked'), now = NINE + 18 * MINUTE, attempt: made = {}, signal, deploymentId = HOOK.DeploymentId }: World = {}) {
  const requests: MetricRequest[] = [];
  const deployments: string[] = [];
  const clock = virtualClock(now);
  const source = {
    read: async (request: MetricRequest, inner: AbortSignal): Promise<MetricData> => {
      requests.push(request);
      const [first] = request.queries;
      const group = first !== undefined && 'dimensions' in first ? (first.dimensions['TargetGroup'] ?? 'all') : 'all';
      const answer = data[group] ?? data['all'] ?? {};
      if (answer === 'hangs') {
        return new Promise((_, reject) => inner.addEventListener('abort', () => reject(inner.reason as Error)));
      }
      if (answer instanceof Error) {
        throw answer;
      }
      return new Map(Object.entries(answer));
    },
  };
  const releases = {
    target: async (deploymentId: string) => {
      deployments.push(deploymentId);
      if (facts instanceof Error) {
        throw facts;
      }
      return facts;
    },
    appSpec: async () => {
      if (appSpec instanceof Error) {
        throw appSpec;
      }
      return appSpec;
    },
  };
  const tools = { clock, random: () => 0, http: fakeHttp([]).http, run: runBounded, sources: fakeSources({}), environment: fakeEnvironment({ [ENV.releasedFunction]: releasedFunction }), engines: undefined as never, hook: { ...HOOK, DeploymentId: deploymentId } };
  const probe = metricKind(source, releases).probe({ ...DOCUMENT, ...document }, tools);
  const measurement: Measurement = await probe(signal ?? new AbortController().signal, { ...FIRST_ATTEMPT, ...made });
  return { measurement, requests, deployments };
}

/** Small suites that together hold every form of every part. */
import type { AssertionDocument, CheckDocument, CheckSuite } from '../../lib/model/suite';

const REQUEST = { method: 'GET', path: '/', headers: { 'x-key': 'a' }, timeoutMs: 1000, maxRedirects: 0 };
const POLICY = { mode: 'ENFORCE', after: [], passes: { consecutive: 1 }, attemptMs: 5000, intervalMs: 0, errorBudget: 0, deadlineMs: 60_000, inconclusive: 'FAIL' } as const;

/** Plain enough that what is tried out in it is what matters. */
const QUIET: CheckDocument = { kind: 'alarm', name: 'quiet', alarms: ['a'], policy: POLICY };
const STEP = { target: { listener: 'test' }, request: REQUEST, assertions: [{ kind: 'status', equals: 200 }] } as const;
const HTTP = { kind: 'http', name: 'home', steps: [STEP], policy: POLICY } as const;
const SUITE: CheckSuite = { schemaVersion: 1, event: 'AfterAllowTestTraffic', policy: { run: 'ALL', concurrency: 1, deadlineMs: 60_000, invocations: 2 }, checks: [QUIET] };

/** A part of a suite, and the suite with something in its place. */
export interface Part {
  readonly name: string;
  readonly part: unknown;
  readonly suiteWith: (part: unknown) => unknown;
}

const check = (document: CheckDocument): Part => ({ name: `${document.kind} check ${document.name}`, part: document, suiteWith: (part) => ({ ...SUITE, checks: [QUIET, part] }) });

const assertion = (document: AssertionDocument): Part => ({
  name: `assertion ${document.kind}`,
  part: document,
  suiteWith: (part) => ({ ...SUITE, checks: [{ ...HTTP, steps: [{ ...STEP, assertions: [{ kind: 'status', equals: 200 }, part] }] }] }),
});

const WINDOW = { since: 'traffic', lengthMs: 300_000, warmUpMs: 60_000, lagMs: 120_000 } as const;
const BY_TARGET_GROUP = { dimension: 'TargetGroup', is: 'targetGroupFullName', fullNames: ['${greenlight:Blue}', 'targetgroup/green/1'] } as const;
const REQUESTS = { namespace: 'AWS/ApplicationELB', metricName: 'RequestCount', dimensions: { LoadBalancer: 'app/web/1' }, version: BY_TARGET_GROUP };
const METRIC = { kind: 'metric', window: WINDOW, minSamples: 100, policy: POLICY } as const;

const METRIC_CHECKS: readonly CheckDocument[] = [
  {
    ...METRIC,
    name: 'errors',
    judge: { kind: 'rates', label: '5xx rate', bad: { ...REQUESTS, metricName: 'Errors' }, total: REQUESTS, significance: 0.05, maxIncrease: 0.005, baseline: 'CONCURRENT', resolutionMs: 60_000, missing: 'AS_ZERO' },
  },
  {
    ...METRIC,
    name: 'latency',
    judge: {
      kind: 'latency',
      label: 'p95 latency',
      metric: { ...REQUESTS, version: { dimension: 'TaskSet', is: 'taskSet' } },
      percentile: 95,
      maxRatio: 1.5,
      maxIncreaseMs: 50,
      unitMs: 1000,
      baseline: { beforeMs: 1_800_000 },
    },
  },
  {
    ...METRIC,
    name: 'backlog',
    window: { ...WINDOW, since: 'look', lengthMs: 60_000 },
    judge: {
      kind: 'threshold',
      label: 'backlog',
      queries: [
        { id: 'm1', namespace: 'AWS/SQS', metricName: 'Depth', dimensions: {}, statistic: 'p99.9', unit: 'Count', accountId: '111122223333' },
        { id: 'value', expression: 'm1 / 2' },
      ],
      value: 'value',
      samples: 'm1',
      limit: { below: 1000 },
      missing: 'INCONCLUSIVE',
    },
  },
  ...[{ above: 0 }, { min: -1.5, max: 1.5 }].map((limit): CheckDocument => ({
    ...METRIC,
    name: `limit ${Object.keys(limit).join()}`,
    judge: { kind: 'threshold', label: 'x', queries: [{ id: 'm1', namespace: 'a', metricName: 'b', dimensions: { c: 'd' }, statistic: 'Sum' }], value: 'm1', samples: 'm1', limit, missing: 'AS_ZERO' },
  })),
];

export const CHECKS: readonly CheckDocument[] = [
  HTTP,
  {
    ...HTTP,
    name: 'shadow',
    steps: [{ ...STEP, target: { url: 'https://${greenlight:Host}/' }, request: { ...REQUEST, path: '', body: '{}', host: 'a.test:8443' } }],
    policy: { ...POLICY, mode: 'SHADOW', after: ['quiet'], passes: { atLeast: 2, of: 3 }, inconclusive: 'EXTEND' },
  },
  {
    ...HTTP,
    name: 'login',
    values: { password: { source: 'secret', id: 'web/login', jsonField: 'password' }, level: { source: 'parameter', name: '/web/level' } },
    steps: [
      {
        ...STEP,
        auth: { kind: 'basic', user: 'a', password: 'b' },
        assertions: [],
        captures: {
          token: { from: 'jsonPath', path: '$.token', pattern: '(.*)' },
          place: { from: 'header', name: 'location', pattern: '(.*)' },
          session: { from: 'cookie', name: 'session', pattern: '(.*)' },
          csrf: { from: 'body', pattern: 'csrf=(.*)' },
        },
      },
      { ...STEP, auth: { kind: 'bearer', token: 'a' } },
      { ...STEP, auth: { kind: 'sigV4', service: 'execute-api', region: 'eu-central-1' } },
    ],
    keepCookies: true,
  },
  { ...QUIET, name: 'alarms' },
  {
    kind: 'invoke',
    name: 'order',
    functionArn: '${greenlight:Function}',
    payload: { json: '{"id":1}' },
    timeoutMs: 1000,
    expectedErrorType: 'OutOfStock',
    policy: POLICY,
  },
  {
    kind: 'invoke',
    name: 'stock',
    functionArn: 'arn:aws:lambda:eu-central-1:111122223333:function:stock:live',
    payload: { value: { id: 1 } },
    timeoutMs: 1000,
    assertions: [{ kind: 'jsonPathExists', path: '$.id' }],
    policy: POLICY,
  },
  {
    kind: 'targetVersion',
    name: 'new orders',
    cases: [
      { name: 'one', payload: { value: { id: 1 } } },
      { name: 'large', payload: { file: `payload-${'0'.repeat(64)}.json` }, expectedErrorType: 'OutOfStock', assertions: [{ kind: 'jsonPathExists', path: '$.id' }] },
    ],
    concurrency: 2,
    timeoutMs: 1000,
    coldBelowMs: 1000,
    warmBelowMs: 100,
    policy: POLICY,
  },
  {
    kind: 'suite',
    name: 'shop',
    run: { functionArn: '${greenlight:Function}', timeoutMs: 1000 },
    variables: {},
    minCases: 1,
    allowSkipped: true,
    policy: POLICY,
  },
  { kind: 'suite', name: 'browser', run: { projectName: 'browser-suite' }, variables: { SHARD: '1' }, minCases: 2, allowSkipped: false, policy: POLICY },
  {
    kind: 'load',
    name: 'load',
    requests: [{ target: { listener: 'test' }, request: REQUEST }],
    shape: { ratePerSecond: 20, warmUpMs: 1000, warmUpRate: 'LINEAR', durationMs: 1000 },
    maxInFlight: 10,
    expectedStatuses: [200],
    thresholds: [
      { kind: 'latency', percentile: 95, belowMs: 300, minSamples: 10 },
      { kind: 'errorRate', atMostPercent: 0.5, minSamples: 10 },
      { kind: 'throughput', atLeastPerSecond: 19.5, minSamples: 10 },
    ],
    abort: { kind: 'errorRate', abovePercent: 50, minSamples: 10 },
    policy: { ...POLICY, attemptMs: 30_000 },
  },
  {
    kind: 'load',
    name: 'short load',
    requests: [{ target: { url: 'https://a.test/' }, request: { ...REQUEST, path: '' } }],
    shape: { ratePerSecond: 1, warmUpMs: 0, warmUpRate: 'CONSTANT', durationMs: 1000 },
    maxInFlight: 1,
    thresholds: [{ kind: 'errorRate', atMostPercent: 0, minSamples: 1 }],
    abort: { kind: 'outOfReach' },
    policy: { ...POLICY, attemptMs: 30_000 },
  },
  { kind: 'calendar', name: 'no sale', calendars: ['shop-sale'], policy: POLICY },
  { kind: 'provisioned', name: 'provisioned concurrency', executions: 5, policy: POLICY },
  ...METRIC_CHECKS,
];

const ASSERTIONS: readonly AssertionDocument[] = [
  { kind: 'status', equals: 200, negate: true, warning: true, description: 'up' },
  { kind: 'statusIn', values: [200] },
  { kind: 'statusBetween', min: 200, max: 299 },
  { kind: 'headerEquals', name: 'etag', equals: '' },
  { kind: 'headerMatches', name: 'etag', pattern: 'a' },
  { kind: 'headerExists', name: 'etag' },
  { kind: 'headerAbsent', name: 'etag' },
  { kind: 'bodyContains', text: 'a' },
  { kind: 'bodyMatches', pattern: 'a' },
  { kind: 'bodySize', min: 1, max: 2 },
  { kind: 'bodySha256', equals: '0'.repeat(64) },
  { kind: 'jsonPathEquals', path: '$', equals: null },
  { kind: 'jsonPathMatches', path: '$', pattern: 'a' },
  { kind: 'jsonPathBetween', path: '$', min: -1.5, max: 1.5 },
  { kind: 'jsonPathExists', path: '$' },
  { kind: 'jsonPathAbsent', path: '$' },
  { kind: 'jsonPathCount', path: '$', min: 1, max: 3 },
  { kind: 'jsonSchema', schema: { type: 'object' }, path: '$.order' },
  { kind: 'latencyBelow', ms: 500 },
  { kind: 'tlsDaysLeft', atLeast: 14 },
  { kind: 'finalUrlEquals', equals: 'https://a.test/' },
  { kind: 'finalUrlMatches', pattern: 'a' },
  { kind: 'cookie', name: 'a', equals: '', attributes: { secure: false, httpOnly: true, sameSite: 'None', domain: 'a.test', path: '/' } },
];

const SETTLE = { target: { listener: 'production' }, request: REQUEST, consecutive: 3, intervalMs: 1000, timeoutMs: 60_000 } as const;

export const PARTS: readonly Part[] = [
  { name: 'suite', part: { ...SUITE, settle: { ...SETTLE, version: { header: 'x-version', equals: '7' } } }, suiteWith: (part) => part },
  { name: 'settle phase', part: { ...SETTLE, version: { jsonPath: '$.version', equals: '7' } }, suiteWith: (part) => ({ ...SUITE, settle: part }) },
  ...CHECKS.map(check),
  ...ASSERTIONS.map(assertion),
];

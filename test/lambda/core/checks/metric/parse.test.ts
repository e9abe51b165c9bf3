import { Fields } from '../../../../../lambda/core/checks/fields';
import { parseMetricCheck } from '../../../../../lambda/core/checks/metric/parse';
import { DOCUMENT, LATENCY, RATES, THRESHOLD } from './fixtures';

const BASE = { name: DOCUMENT.name, policy: DOCUMENT.policy };
const LOOK = { ...DOCUMENT.window, since: 'look' };
const [VALUE, SAMPLES] = THRESHOLD.queries;

function parse(document: object) {
  const fields = new Fields(document, 'check');
  const parsed = parseMetricCheck(fields, BASE);
  // Name, kind and policy are read by the suite.
  ['kind', 'name', 'policy'].forEach((name) => fields.raw(name));
  return parsed;
}

test.each([
  ['rates', DOCUMENT],
  ['rates at the edges', { ...DOCUMENT, minSamples: 2 ** 53 - 1, judge: { ...RATES, significance: 0.5, maxIncrease: 0.999, baseline: { beforeMs: 86_400_000 }, resolutionMs: 20_000, missing: 'INCONCLUSIVE' }, window: { ...DOCUMENT.window, lengthMs: 20_000, warmUpMs: 3_600_000, lagMs: 0 } }],
  ['rates at the other edges', { ...DOCUMENT, minSamples: 1, judge: { ...RATES, significance: 1e-9, maxIncrease: 0, baseline: { beforeMs: 60_000 }, resolutionMs: 10_000 }, window: { ...DOCUMENT.window, lengthMs: 3_600_000, lagMs: 3_600_000 } }],
  ['rates by task set', { ...DOCUMENT, judge: { ...RATES, bad: { ...RATES.bad, version: { dimension: 'TaskSet', is: 'taskSet' } }, total: { ...RATES.total, version: { dimension: 'V', is: 'lambdaVersion' } } } }],
  ['latencies', { ...DOCUMENT, judge: LATENCY }],
  ['latencies at the edges', { ...DOCUMENT, judge: { ...LATENCY, percentile: 99.99, maxRatio: 1000, maxIncreaseMs: 3_600_000, unitMs: 0.001, metric: { ...LATENCY.metric, version: { dimension: 'T', is: 'targetGroupName' } } } }],
  ['latencies at the other edges', { ...DOCUMENT, judge: { ...LATENCY, percentile: 1, maxRatio: 1, maxIncreaseMs: 0, unitMs: 1000, baseline: { beforeMs: 120_000 } } }],
  ['a value since the traffic began', { ...DOCUMENT, judge: { ...THRESHOLD, limit: { above: -1e300 }, missing: 'AS_ZERO' } }],
  ['a value of a short window', { ...DOCUMENT, judge: { ...THRESHOLD, limit: { min: 0, max: 0 } }, window: { ...LOOK, lengthMs: 30_000 } }],
  [
    'metric math',
    {
      ...DOCUMENT,
      judge: { ...THRESHOLD, queries: [{ ...VALUE, id: 'm1', statistic: 'p99.9', unit: 'Count', accountId: '111122223333', dimensions: {} }, { id: 'value', expression: 'm1 * 2' }, SAMPLES] },
    },
  ],
])('%s are read as they stand', (_, document) => {
  expect(parse(document)).toEqual(document);
});

const withJudge = (judge: object, changes: object) => ({ ...DOCUMENT, judge: { ...judge, ...changes } });
const withWindow = (changes: object, judge: object = RATES) => ({ ...DOCUMENT, judge, window: { ...DOCUMENT.window, ...changes } });
const withQueries = (...queries: unknown[]) => withJudge(THRESHOLD, { queries });

test.each([
  [{ ...DOCUMENT, minSamples: 0 }, "'check.minSamples' must be a whole number from 1 to 9007199254740991, got 0"],
  [withJudge({}, { kind: 'guess' }), "'check.judge.kind' must be one of threshold, rates, latency, got \"guess\""],
  [withJudge(RATES, { label: ' ' }), "'check.judge.label' must be a text that is not empty"],
  [withWindow({ since: 'look' }), "'check.window.since' must be one of traffic, got \"look\""],
  [withWindow({ since: 'ever' }, THRESHOLD), "'check.window.since' must be one of traffic, look, got \"ever\""],
  [withWindow({ lengthMs: 0 }), "'check.window.lengthMs' must be a whole number from 1 to 3600000, got 0"],
  [withWindow({ lengthMs: 3_660_000 }), "'check.window.lengthMs' must be a whole number from 1 to 3600000"],
  [withWindow({ lengthMs: 90_000 }), "'check.window.lengthMs' must be a multiple of 60000, got 90000"],
  [withWindow({ lengthMs: 90_000 }, { ...RATES, resolutionMs: 20_000 }), "'check.window.lengthMs' must be a multiple of 20000, got 90000"],
  [withWindow({ lengthMs: 30_000 }, LATENCY), "'check.window.lengthMs' must be a multiple of 60000, got 30000"],
  [withWindow({ lengthMs: 30_000 }, THRESHOLD), "'check.window.lengthMs' must be a multiple of 60000, got 30000"],
  [withWindow({ since: 'look', lengthMs: 15_000 }, THRESHOLD), "'check.window.lengthMs' must be a multiple of 60000, got 15000"],
  [withWindow({ warmUpMs: -1 }), "'check.window.warmUpMs' must be a whole number from 0 to 3600000"],
  [withWindow({ lagMs: 3_600_001 }), "'check.window.lagMs' must be a whole number from 0 to 3600000"],
  [withJudge(RATES, { significance: 0 }), "'check.judge.significance' must be a number from 1e-9 to 0.5, got 0"],
  [withJudge(RATES, { significance: 0.51 }), "'check.judge.significance' must be a number from 1e-9 to 0.5"],
  [withJudge(RATES, { significance: '0.05' }), "'check.judge.significance' must be a number from 1e-9 to 0.5"],
  [withJudge(RATES, { maxIncrease: 1 }), "'check.judge.maxIncrease' must be a number from 0 to 0.999, got 1"],
  [withJudge(RATES, { maxIncrease: -0.001 }), "'check.judge.maxIncrease' must be a number from 0 to 0.999"],
  [withJudge(RATES, { resolutionMs: 5000 }), "'check.judge.resolutionMs' must be one of 10000, 20000, 30000, 60000, got 5000"],
  [withJudge(RATES, { missing: 'ZERO' }), "'check.judge.missing' must be one of INCONCLUSIVE, AS_ZERO, got \"ZERO\""],
  [withJudge(RATES, { baseline: 'before' }), "'check.judge.baseline' must be an object, got \"before\""],
  [withJudge(RATES, { baseline: { beforeMs: 59_999 } }), "'check.judge.baseline.beforeMs' must be a whole number from 60000 to 86400000"],
  [withJudge(RATES, { baseline: { beforeMs: 90_000 } }), "'check.judge.baseline.beforeMs' must be whole minutes, got 90000"],
  [withJudge(RATES, { bad: { ...RATES.bad, namespace: '' } }), "'check.judge.bad.namespace' must be a namespace"],
  [withJudge(RATES, { bad: { ...RATES.bad, metricName: '' } }), "'check.judge.bad.metricName' must be the name of a metric"],
  [withJudge(RATES, { bad: { ...RATES.bad, dimensions: { a: ' ' } } }), "'check.judge.bad.dimensions' has the entry \"a\", which is no dimension of a metric"],
  [withJudge(RATES, { total: { ...RATES.total, version: { dimension: '', is: 'taskSet' } } }), "'check.judge.total.version.dimension' must be the name of a dimension"],
  [withJudge(RATES, { total: { ...RATES.total, version: { dimension: 'a', is: 'color' } } }), "'check.judge.total.version.is' must be one of targetGroupFullName, targetGroupName, taskSet, lambdaVersion"],
  [withJudge(RATES, { total: { ...RATES.total, version: { dimension: 'a', is: 'targetGroupFullName', fullNames: [] } } }), "'check.judge.total.version.fullNames' must be a list with at least one entry"],
  [withJudge(LATENCY, { percentile: 0.9 }), "'check.judge.percentile' must be a number from 1 to 99.99"],
  [withJudge(LATENCY, { percentile: 100 }), "'check.judge.percentile' must be a number from 1 to 99.99"],
  [withJudge(LATENCY, { maxRatio: 0.99 }), "'check.judge.maxRatio' must be a number from 1 to 1000"],
  [withJudge(LATENCY, { maxRatio: 1001 }), "'check.judge.maxRatio' must be a number from 1 to 1000"],
  [withJudge(LATENCY, { maxIncreaseMs: -1 }), "'check.judge.maxIncreaseMs' must be a number from 0 to 3600000"],
  [withJudge(LATENCY, { maxIncreaseMs: 3_600_001 }), "'check.judge.maxIncreaseMs' must be a number from 0 to 3600000"],
  [withJudge(LATENCY, { unitMs: 0 }), "'check.judge.unitMs' must be a number from 0.001 to 1000"],
  [withJudge(LATENCY, { unitMs: 1001 }), "'check.judge.unitMs' must be a number from 0.001 to 1000"],
  [withQueries(), "'check.judge.queries' must be a list with at least one entry"],
  [withQueries(VALUE, SAMPLES, VALUE), "'check.judge.queries' must be a list of at most 500 queries with ids of their own"],
  [withQueries(VALUE, SAMPLES, ...Array.from({ length: 499 }, (_, index) => ({ ...VALUE, id: `m${index}` }))), "'check.judge.queries' must be a list of at most 500 queries"],
  [withQueries(VALUE), "'check.judge.samples' must be one of value, got \"samples\""],
  [withQueries(SAMPLES), "'check.judge.value' must be one of samples, got \"value\""],
  [withQueries({ ...VALUE, id: 'Value' }, SAMPLES), "'check.judge.queries[0].id' must be an id that begins with a small letter"],
  [withQueries({ ...VALUE, statistic: '' }, SAMPLES), "'check.judge.queries[0].statistic' must be a statistic"],
  [withQueries({ ...VALUE, unit: '' }, SAMPLES), "'check.judge.queries[0].unit' must be a unit"],
  [withQueries({ ...VALUE, accountId: '1111' }, SAMPLES), "'check.judge.queries[0].accountId' must be an account id"],
  [withQueries({ id: 'value', expression: '' }, SAMPLES), "'check.judge.queries[0].expression' must be an expression"],
  [withJudge(THRESHOLD, { limit: {} }), "'check.judge.limit.min' must be a number, got nothing"],
  [withJudge(THRESHOLD, { limit: { below: 'x' } }), "'check.judge.limit.below' must be a number, got \"x\""],
  [withJudge(THRESHOLD, { limit: { above: null } }), "'check.judge.limit.above' must be a number"],
  [withJudge(THRESHOLD, { limit: { min: 2, max: 1 } }), "'check.judge.limit.max' must be a number from 2, got 1"],
])('%#: %j is refused', (document, message) => {
  expect(() => parse(document)).toThrow(message);
});

test('exactly 500 queries are read', () => {
  const queries = [VALUE, SAMPLES, ...Array.from({ length: 498 }, (_, index) => ({ ...VALUE, id: `m${index}` }))];
  expect(parse(withJudge(THRESHOLD, { queries })).judge).toMatchObject({ queries: { length: 500 } });
});

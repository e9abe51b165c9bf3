/** Reads a metric check strictly. A check that could never fail, or that two versions could never pass apart, is a bad configuration. */
import type {
  MetricBaselineDocument,
  MetricCheckDocument,
  MetricLatencyDocument,
  MetricQueryDocument,
  MetricRatesDocument,
  MetricThresholdDocument,
  MetricWindowDocument,
  VersionDimensionDocument,
  VersionMetricDocument,
} from '../../../../lib/model/metric-document';
import type { CheckDocumentBase } from '../../../../lib/model/suite';
import type { Fields } from '../fields';
import { wrong } from '../fields';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
/** Periods that CloudWatch takes, in milliseconds: these, and whole minutes. */
const SHORT_PERIODS_MS = [10_000, 20_000, 30_000] as const;
const MAX_QUERIES = 500;
const NAME = /\S/;
const QUERY_ID = /^[a-z][A-Za-z0-9_]*$/;
const STATISTIC = /^[A-Za-z][A-Za-z0-9().:%]*$/;

export function parseMetricCheck(fields: Fields, base: CheckDocumentBase): MetricCheckDocument {
  const judge = parseJudge(fields.object('judge'));
  const window = parseWindow(fields.object('window'), judge);
  return { kind: 'metric', ...base, window, minSamples: fields.integer('minSamples', 1, Number.MAX_SAFE_INTEGER), judge };
}

function parseWindow(fields: Fields, judge: MetricCheckDocument['judge']): MetricWindowDocument {
  const since = fields.oneOf('since', judge.kind === 'threshold' ? ['traffic', 'look'] : ['traffic']);
  const lengthMs = fields.integer('lengthMs', 1, HOUR_MS);
  const shortest = judge.kind === 'rates' ? judge.resolutionMs : 60_000;
  if (lengthMs % shortest !== 0 && !(judge.kind === 'threshold' && since === 'look' && SHORT_PERIODS_MS.some((period) => period === lengthMs))) {
    throw wrong(fields.at('lengthMs'), `a multiple of ${shortest}`, lengthMs);
  }
  return { since, lengthMs, warmUpMs: fields.integer('warmUpMs', 0, HOUR_MS), lagMs: fields.integer('lagMs', 0, HOUR_MS) };
}

function parseJudge(fields: Fields): MetricCheckDocument['judge'] {
  const kind = fields.oneOf('kind', ['threshold', 'rates', 'latency']);
  const label = fields.string('label', NAME, 'a text that is not empty');
  switch (kind) {
    case 'threshold':
      return { kind, label, ...parseThreshold(fields) };
    case 'rates':
      return { kind, label, ...parseRates(fields) };
    case 'latency':
      return { kind, label, ...parseLatency(fields) };
  }
}

function parseThreshold(fields: Fields): Omit<MetricThresholdDocument, 'kind' | 'label'> {
  const queries = fields.list('queries', parseQuery);
  const ids = queries.map(({ id }) => id);
  if (queries.length > MAX_QUERIES || new Set(ids).size !== ids.length) {
    throw wrong(fields.at('queries'), `a list of at most ${MAX_QUERIES} queries with ids of their own`, queries);
  }
  return { queries, value: fields.oneOf('value', ids), samples: fields.oneOf('samples', ids), limit: parseLimit(fields.object('limit')), missing: parseMissing(fields) };
}

function parseQuery(fields: Fields): MetricQueryDocument {
  const id = fields.string('id', QUERY_ID, 'an id that begins with a small letter');
  if (fields.has('expression')) {
    return { id, expression: fields.string('expression', NAME, 'an expression') };
  }
  return {
    id,
    ...parseMetric(fields),
    statistic: fields.string('statistic', STATISTIC, 'a statistic'),
    ...(fields.has('unit') ? { unit: fields.string('unit', NAME, 'a unit') } : {}),
    ...(fields.has('accountId') ? { accountId: fields.string('accountId', /^\d{12}$/, 'an account id') } : {}),
  };
}

function parseLimit(fields: Fields): MetricThresholdDocument['limit'] {
  if (fields.has('below')) {
    return { below: number(fields, 'below') };
  }
  if (fields.has('above')) {
    return { above: number(fields, 'above') };
  }
  const min = number(fields, 'min');
  return { min, max: number(fields, 'max', min) };
}

function parseRates(fields: Fields): Omit<MetricRatesDocument, 'kind' | 'label'> {
  const resolutionMs = ([...SHORT_PERIODS_MS, 60_000] as const).find((each) => each === fields.raw('resolutionMs'));
  if (resolutionMs === undefined) {
    throw wrong(fields.at('resolutionMs'), `one of ${[...SHORT_PERIODS_MS, 60_000].join(', ')}`, fields.raw('resolutionMs'));
  }
  return {
    bad: parseVersionMetric(fields.object('bad')),
    total: parseVersionMetric(fields.object('total')),
    significance: number(fields, 'significance', 1e-9, 0.5),
    maxIncrease: number(fields, 'maxIncrease', 0, 0.999),
    baseline: parseBaseline(fields),
    resolutionMs,
    missing: parseMissing(fields),
  };
}

function parseLatency(fields: Fields): Omit<MetricLatencyDocument, 'kind' | 'label'> {
  return {
    metric: parseVersionMetric(fields.object('metric')),
    percentile: number(fields, 'percentile', 1, 99.99),
    maxRatio: number(fields, 'maxRatio', 1, 1000),
    maxIncreaseMs: number(fields, 'maxIncreaseMs', 0, HOUR_MS),
    unitMs: number(fields, 'unitMs', 0.001, 1000),
    baseline: parseBaseline(fields),
  };
}

function parseVersionMetric(fields: Fields): VersionMetricDocument {
  return { ...parseMetric(fields), version: parseVersion(fields.object('version')) };
}

function parseVersion(fields: Fields): VersionDimensionDocument {
  const dimension = fields.string('dimension', NAME, 'the name of a dimension');
  const is = fields.oneOf('is', ['targetGroupFullName', 'targetGroupName', 'taskSet', 'lambdaVersion']);
  return is === 'targetGroupFullName' ? { dimension, is, fullNames: fields.atLeastOne('fullNames', fields.names('fullNames')) } : { dimension, is };
}

function parseMetric(fields: Fields): { namespace: string; metricName: string; dimensions: Readonly<Record<string, string>> } {
  return {
    namespace: fields.string('namespace', NAME, 'a namespace'),
    metricName: fields.string('metricName', NAME, 'the name of a metric'),
    dimensions: fields.strings('dimensions', NAME, NAME, 'no dimension of a metric'),
  };
}

function parseBaseline(fields: Fields): MetricBaselineDocument {
  if (fields.raw('baseline') === 'CONCURRENT') {
    return 'CONCURRENT';
  }
  const before = fields.object('baseline');
  const beforeMs = before.integer('beforeMs', 60_000, DAY_MS);
  if (beforeMs % 60_000 !== 0) {
    throw wrong(before.at('beforeMs'), 'whole minutes', beforeMs);
  }
  return { beforeMs };
}

const parseMissing = (fields: Fields): 'INCONCLUSIVE' | 'AS_ZERO' => fields.oneOf('missing', ['INCONCLUSIVE', 'AS_ZERO']);

/** A number in a range, both ends included. */
function number(fields: Fields, name: string, min = -Number.MAX_VALUE, max = Number.MAX_VALUE): number {
  const value = fields.raw(name);
  if (typeof value !== 'number' || !(value >= min && value <= max)) {
    throw wrong(fields.at(name), min === -Number.MAX_VALUE ? 'a number' : max === Number.MAX_VALUE ? `a number from ${min}` : `a number from ${min} to ${max}`, value);
  }
  return value;
}

/** GetMetricData: reads metrics back, as far as the rehearsal evaluates metric math. */
import type { GetMetricDataOutput, MetricDataResult } from '@aws-sdk/client-cloudwatch';
import type { MetricDataQuery, MetricInput } from '../engine/metric-queries';
import { mathReader, metricInput, OutsideError } from '../engine/metric-queries';
import type { AwsPlace } from './aws-service';
import { notModelled } from './aws-service';
import type { CloudWatchBackend } from './cloudwatch-backend';
import { constraint, invalidCombination, invalidValue, missing } from './cloudwatch-errors';
import type { Fields } from './fields';

const MAX_QUERIES = 500;
const MAX_POINTS = 100_800;
const ID = /^[a-z][A-Za-z0-9_]*$/;
const SHORT_PERIODS = [1, 5, 10, 20, 30];
const MINUTE_MS = 60_000;

/** Shortest period that the rehearsal keeps data for, in seconds. */
const SHORTEST_KEPT = 10;

interface Range {
  /** Virtual milliseconds. */
  readonly from: number;
  readonly to: number;
}

export function getMetricData(place: AwsPlace, backend: CloudWatchBackend, input: Fields): GetMetricDataOutput {
  const queries = readQueries(input);
  const range = readRange(place, backend, input);
  const scan = input.string('ScanBy') ?? 'TimestampDescending';
  if (scan !== 'TimestampDescending' && scan !== 'TimestampAscending') {
    throw constraint(scan, 'scanBy', 'Member must satisfy enum value set: [TimestampDescending, TimestampAscending]');
  }
  const unknown = ['MaxDatapoints', 'NextToken', 'LabelOptions'].find((name) => input.has(name));
  if (unknown !== undefined) {
    throw notModelled(`GetMetricData with ${unknown}`);
  }
  try {
    const read = reader(queries);
    const shown = queries.filter(({ ReturnData }) => ReturnData !== false);
    const results = shown.map((query) => result(place, query, starts(range, periodOf(query, queries)), (at) => read(query.Id, backend, at, periodOf(query, queries))));
    return { MetricDataResults: scan === 'TimestampAscending' ? results : results.map(reversed), Messages: [] };
  } catch (error) {
    throw error instanceof OutsideError ? notModelled(`GetMetricData where ${error.message}`) : error;
  }
}

function readQueries(input: Fields): readonly MetricDataQuery[] {
  const queries = input.structures('MetricDataQueries') ?? [];
  if (queries.length === 0) {
    throw missing('MetricDataQueries');
  }
  if (queries.length > MAX_QUERIES) {
    throw invalidValue(`The collection MetricDataQueries must not have a size greater than ${MAX_QUERIES}.`);
  }
  const read = queries.map((query, index) => readQuery(query, `MetricDataQueries.member.${index + 1}`));
  const twice = read.find(({ Id }, index) => read.findIndex((other) => other.Id === Id) !== index);
  if (twice !== undefined) {
    throw invalidValue(`The values for parameter id in MetricDataQueries are not unique: ${twice.Id}.`);
  }
  return read;
}

function readQuery(query: Fields, path: string): MetricDataQuery {
  const Id = query.string('Id');
  if (Id === undefined || !ID.test(Id)) {
    throw invalidValue(`The value ${Id ?? ''} for parameter ${path}.Id is not matching the expected pattern ^[a-z][a-zA-Z0-9_]*$.`);
  }
  if (query.has('AccountId')) {
    throw notModelled('GetMetricData of another account');
  }
  const [Expression, stat] = [query.string('Expression'), query.structure('MetricStat')];
  if ((Expression === undefined) === (stat === undefined)) {
    throw invalidCombination(`Either ${path}.Expression or ${path}.MetricStat must be specified, and not both.`);
  }
  const shared = { Id, ...optional('Label', query.string('Label')), ...optional('ReturnData', query.boolean('ReturnData')) };
  return stat === undefined ? { ...shared, Expression, ...optional('Period', readPeriod(query, path)) } : { ...shared, MetricStat: readStat(stat, `${path}.MetricStat`) };
}

function readStat(stat: Fields, path: string): NonNullable<MetricDataQuery['MetricStat']> {
  const [metric, Stat, Period] = [stat.structure('Metric'), stat.string('Stat'), readPeriod(stat, path)];
  const [Namespace, MetricName] = [metric?.string('Namespace'), metric?.string('MetricName')];
  const absent = Object.entries({ 'Metric.Namespace': Namespace, 'Metric.MetricName': MetricName, Stat, Period }).find(([, value]) => value === undefined || value === '');
  if (absent !== undefined || Stat === undefined || Period === undefined) {
    throw missing(`${path}.${absent?.[0] ?? 'Stat'}`);
  }
  const Dimensions = (metric?.structures('Dimensions') ?? []).map((dimension) => ({ Name: dimension.string('Name') ?? '', Value: dimension.string('Value') ?? '' }));
  return { Metric: { Namespace, MetricName, Dimensions }, Period, Stat, ...optional('Unit', stat.string('Unit')) };
}

function readPeriod(fields: Fields, path: string): number | undefined {
  const period = fields.number('Period');
  if (period === undefined) {
    return undefined;
  }
  if (!(SHORT_PERIODS.includes(period) || (period >= 60 && period % 60 === 0))) {
    throw invalidValue(`The value ${period} for parameter ${path}.Period must be 1, 5, 10, 20, 30 or a multiple of 60.`);
  }
  if (period < SHORTEST_KEPT) {
    throw notModelled(`GetMetricData with periods below ${SHORTEST_KEPT} s`);
  }
  return period;
}

/** Data that is not published yet cannot be read. */
function readRange(place: AwsPlace, backend: CloudWatchBackend, input: Fields): Range {
  const [start, end] = [input.timestamp('StartTime'), input.timestamp('EndTime')];
  if (start === undefined || end === undefined) {
    throw missing(start === undefined ? 'StartTime' : 'EndTime');
  }
  if (start >= end) {
    throw invalidValue('The parameter StartTime must be less than the parameter EndTime.');
  }
  const [from, to] = [start - place.epochMs, end - place.epochMs];
  if (from < place.now() - backend.keptMs && place.now() > backend.keptMs) {
    throw notModelled(`GetMetricData further back than ${backend.keptMs / 3_600_000} h`);
  }
  return { from, to };
}

/** The start is rounded down to a whole minute, or for short periods to a multiple of the period; data points begin with it. */
function starts({ from, to }: Range, periodSeconds: number): (epochMs: number) => readonly number[] {
  return (epochMs) => {
    const grid = Math.min(MINUTE_MS, periodSeconds * 1000);
    const first = Math.floor((from + epochMs) / grid) * grid - epochMs;
    const count = Math.ceil((to - first) / (periodSeconds * 1000));
    if (count > MAX_POINTS) {
      throw notModelled(`GetMetricData with more than ${MAX_POINTS} data points`);
    }
    return Array.from({ length: count }, (_, index) => first + index * periodSeconds * 1000);
  };
}

type Read = (id: string, backend: CloudWatchBackend, starts: readonly number[], periodSeconds: number) => readonly (number | undefined)[];

function reader(queries: readonly MetricDataQuery[]): Read {
  const inputs = new Map<string, MetricInput>(queries.flatMap(({ Id, MetricStat }) => (MetricStat === undefined ? [] : [[Id, metricInput(MetricStat.Metric, MetricStat.Stat)] as const])));
  const expressions = new Map(queries.flatMap(({ Id, Expression }) => (Expression === undefined ? [] : [[Id, Expression] as const])));
  return (id, backend, at, periodSeconds) => mathReader(id, inputs, expressions)(backend, at, periodSeconds * 1000);
}

/** Of an expression its own, else that of the metrics; metrics of different periods in one request are read one by one. */
function periodOf({ MetricStat, Period, Id }: MetricDataQuery, queries: readonly MetricDataQuery[]): number {
  if (MetricStat !== undefined) {
    return MetricStat.Period;
  }
  const periods = new Set(queries.flatMap((query) => query.MetricStat?.Period ?? []));
  if (periods.size > 1) {
    throw notModelled(`GetMetricData with the expression ${Id} beside metrics of different periods`);
  }
  return [...periods][0] ?? Period ?? 300;
}

function result(place: AwsPlace, { Id, Label, MetricStat }: MetricDataQuery, startsOf: (epochMs: number) => readonly number[], read: (starts: readonly number[]) => readonly (number | undefined)[]): MetricDataResult {
  const at = startsOf(place.epochMs);
  const values = read(at);
  const points = at.flatMap((start, index) => (values[index] === undefined ? [] : [{ start, value: values[index] }]));
  return {
    Id,
    Label: Label ?? MetricStat?.Metric.MetricName ?? Id,
    Timestamps: points.map(({ start }) => new Date(place.epochMs + start)),
    Values: points.map(({ value }) => value),
    StatusCode: 'Complete',
  };
}

function reversed(result: MetricDataResult): MetricDataResult {
  return { ...result, Timestamps: result.Timestamps?.reverse(), Values: result.Values?.reverse() };
}

function optional<Name extends string, T>(name: Name, value: T | undefined): Partial<Record<Name, T>> {
  return (value === undefined ? {} : { [name]: value }) as Partial<Record<Name, T>>;
}

/** PutMetricData: reading and checking data points. */
import type { MetricDatum } from '../engine/ports';
import type { AwsPlace } from './aws-service';
import { invalidCombination, invalidValue, missing } from './cloudwatch-errors';
import type { Fields } from './fields';

const MAX_DATA = 1000;
const MAX_VALUES = 150;
const MAX_DIMENSIONS = 30;
const OLDEST_MS = 14 * 24 * 3600 * 1000;
const NEWEST_MS = 2 * 3600 * 1000;

type Values = MetricDatum['values'];

/** The namespace of a request; it is also what a permission may be bound to. */
export function readNamespace(input: Fields): string {
  const namespace = input.string('Namespace');
  if (namespace === undefined || namespace === '') {
    throw missing('Namespace');
  }
  if (namespace.length > 255 || namespace.startsWith('AWS/')) {
    throw invalidValue(`The value ${namespace} for parameter Namespace is invalid.`);
  }
  return namespace;
}

/** All data points of a request, or an error for the first that is wrong: none is stored then. */
export function readMetricData(place: AwsPlace, namespace: string, input: Fields): readonly MetricDatum[] {
  const data = input.structures('MetricData') ?? [];
  if (data.length === 0) {
    throw missing('MetricData');
  }
  if (data.length > MAX_DATA) {
    throw invalidValue(`The collection MetricData must not have a size greater than ${MAX_DATA}.`);
  }
  return data.map((datum, index) => readDatum(place, namespace, datum, `MetricData.member.${index + 1}`));
}

function readDatum(place: AwsPlace, namespace: string, datum: Fields, path: string): MetricDatum {
  const metricName = datum.string('MetricName');
  if (metricName === undefined || metricName === '') {
    throw missing(`${path}.MetricName`);
  }
  if (metricName.length > 255) {
    throw invalidValue(`The value ${metricName} for parameter ${path}.MetricName is invalid.`);
  }
  const resolution = datum.number('StorageResolution');
  if (resolution !== undefined && resolution !== 1 && resolution !== 60) {
    throw invalidValue(`The value ${resolution} for parameter ${path}.StorageResolution is invalid.`);
  }
  return {
    namespace,
    metricName,
    dimensions: readDimensions(datum, path),
    at: readTime(place, datum, path),
    values: readValues(datum, path),
  };
}

function readDimensions(datum: Fields, path: string): Record<string, string> {
  const dimensions = datum.structures('Dimensions') ?? [];
  if (dimensions.length > MAX_DIMENSIONS) {
    throw invalidValue(`The collection ${path}.Dimensions must not have a size greater than ${MAX_DIMENSIONS}.`);
  }
  const pairs = dimensions.map((dimension, index) => {
    const [name, value] = [dimension.string('Name'), dimension.string('Value')];
    if (!name || !value) {
      throw missing(`${path}.Dimensions.member.${index + 1}.${name ? 'Value' : 'Name'}`);
    }
    return [name, value] as const;
  });
  return Object.fromEntries(pairs);
}

/** The service takes two weeks of past and two hours of future. */
function readTime(place: AwsPlace, datum: Fields, path: string): number {
  const timestamp = datum.timestamp('Timestamp');
  if (timestamp === undefined) {
    return place.now();
  }
  const at = timestamp - place.epochMs;
  if (at < place.now() - OLDEST_MS || at > place.now() + NEWEST_MS) {
    throw invalidValue(
      `The parameter ${path}.Timestamp must specify a time no more than two weeks in the past and two hours in the future.`,
    );
  }
  return at;
}

/** Exactly one of Value, Values with Counts, and StatisticValues. */
function readValues(datum: Fields, path: string): Values {
  const given = ['Value', 'Values', 'StatisticValues'].filter((name) => datum.has(name));
  if (given.length === 0) {
    throw missing(`${path}.Value`);
  }
  if (given.length > 1) {
    throw invalidCombination(
      `The parameters ${path}.${given[0]} and ${path}.${given[1]} are mutually exclusive and you have specified both.`,
    );
  }
  const statistics = datum.structure('StatisticValues');
  if (statistics) {
    return fromStatistics(statistics, `${path}.StatisticValues`);
  }
  const value = datum.number('Value');
  const values = value === undefined ? [...(datum.numbers('Values') ?? [])] : [value];
  const counts = datum.numbers('Counts') ?? values.map(() => 1);
  if (values.length === 0 || values.length > MAX_VALUES) {
    throw invalidValue(`The collection ${path}.Values must have a size from 1 to ${MAX_VALUES}.`);
  }
  if (counts.length !== values.length) {
    throw invalidValue(`The parameters ${path}.Values and ${path}.Counts must be of the same size.`);
  }
  values.forEach((each) => checkNumber(each, `${path}.Value`));
  counts.forEach((each) => checkNumber(each, `${path}.Counts`, 0));
  return values.map((each, index) => ({ value: each, count: counts[index] }));
}

/** Values whose sum, smallest, largest and number are the statistics: percentiles are as unknown as they are to the service. */
function fromStatistics(statistics: Fields, path: string): Values {
  const read = (name: string, least?: number): number => {
    const value = statistics.number(name);
    if (value === undefined) {
      throw missing(`${path}.${name}`);
    }
    checkNumber(value, `${path}.${name}`, least);
    return value;
  };
  const [sum, min, max, count] = [read('Sum'), read('Minimum'), read('Maximum'), read('SampleCount', 0)];
  if (min > max || count === 0) {
    throw invalidValue(`The parameter ${path} must have a Minimum not above the Maximum, and a SampleCount above 0.`);
  }
  if (count <= 1 || min === max) {
    return [{ value: sum / count, count }];
  }
  const ends = [min, max].map((value) => ({ value, count: 1 }));
  return count <= 2 ? ends : [ends[0], { value: (sum - min - max) / (count - 2), count: count - 2 }, ends[1]];
}

function checkNumber(value: number, path: string, least = -Infinity): void {
  if (!Number.isFinite(value) || value < least) {
    throw invalidValue(`The value ${value} for parameter ${path} is invalid.`);
  }
}

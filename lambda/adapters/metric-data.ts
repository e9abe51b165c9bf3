/** GetMetricData: all pages, and nothing that is only a part. */
import type { MetricPoint, MetricQuery, MetricRequest, MetricSeries, MetricSource } from '../core/checks/metric/ports';
import { ServiceFailure } from '../core/failures';
import type { AwsCall } from './aws-call';
import { awsCall } from './aws-call';
import { CLOUD_WATCH } from './aws-endpoint';
import { CLOUD_WATCH_RPC } from './cloudwatch';
import type { JsonObject } from './json-rpc';
import { jsonClient } from './json-rpc';

const CALL = 'cloudwatch:GetMetricData';

/** Far more than a day of minutes for a handful of queries takes; a service that pages without end is not followed. */
const MAX_PAGES = 20;

/** Floating point numbers that JSON has no signs for, as AWS JSON spells them. */
const SPELLED: Readonly<Record<string, number>> = { NaN: Number.NaN, Infinity: Number.POSITIVE_INFINITY, '-Infinity': Number.NEGATIVE_INFINITY };

/** @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html */
export function metricSource(call: AwsCall = awsCall(CLOUD_WATCH)): MetricSource {
  const client = jsonClient(call, CLOUD_WATCH_RPC);
  return {
    read: async (request, signal) => {
      const found = new Map<string, MetricSeries>();
      let token: string | undefined;
      for (let page = 1; page <= MAX_PAGES; page++) {
        const answer = await client('GetMetricData', { ...body(request), ...(token === undefined ? {} : { NextToken: token }) }, signal);
        const next = typeof answer['NextToken'] === 'string' && answer['NextToken'] !== '' ? answer['NextToken'] : undefined;
        requireWhole(answer, next !== undefined);
        add(found, answer);
        if (next === undefined) {
          return found;
        }
        if (next === token) {
          throw new ServiceFailure(CALL, 'NextToken', 'the service answers the same page again', true);
        }
        token = next;
      }
      throw new ServiceFailure(CALL, 'NextToken', `the answer has more than ${MAX_PAGES} pages; ask for a shorter window`, false);
    },
  };
}

function body({ queries, from, to, periodMs }: MetricRequest): object {
  return {
    MetricDataQueries: queries.map((query) => queryOf(query, periodMs / 1000)),
    StartTime: from / 1000,
    EndTime: to / 1000,
    ScanBy: 'TimestampAscending',
  };
}

function queryOf(query: MetricQuery, Period: number): object {
  if ('expression' in query) {
    return { Id: query.id, Expression: query.expression, Period };
  }
  const { id, namespace, metricName, dimensions, statistic, unit, accountId } = query;
  const Dimensions = Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }));
  return {
    Id: id,
    MetricStat: { Metric: { Namespace: namespace, MetricName: metricName, Dimensions }, Period, Stat: statistic, ...(unit === undefined ? {} : { Unit: unit }) },
    ...(accountId === undefined ? {} : { AccountId: accountId }),
  };
}

/** Whatever says that data is missing is a failure: a part of the counts is no count. */
function requireWhole(answer: JsonObject, more: boolean): void {
  const [message] = messagesOf(answer['Messages']);
  if (message !== undefined) {
    throw new ServiceFailure(CALL, 'Incomplete', message, false);
  }
  for (const result of objects(answer['MetricDataResults'])) {
    const status = result['StatusCode'];
    // A page of several says that it is partial.
    if (status !== 'Complete' && !(status === 'PartialData' && more)) {
      const because = messagesOf(result['Messages']).join('; ') || `not all data of query ${String(result['Id'])} was answered`;
      throw new ServiceFailure(CALL, String(status ?? 'no status'), because, status !== 'Forbidden');
    }
  }
}

function add(found: Map<string, MetricSeries>, answer: JsonObject): void {
  for (const { Id: id, Timestamps: dates, Values: values, Messages: messages } of objects(answer['MetricDataResults'])) {
    if (typeof id === 'string') {
      const before = found.get(id) ?? { points: [], messages: [] };
      found.set(id, { points: [...before.points, ...pointsOf(dates, values)], messages: [...new Set([...before.messages, ...messagesOf(messages)])] });
    }
  }
}

function pointsOf(dates: unknown, values: unknown): readonly MetricPoint[] {
  const [at, value] = [listOf(dates), listOf(values)];
  if (at.length !== value.length) {
    throw new ServiceFailure(CALL, 'Malformed', `the answer has ${at.length} timestamps and ${value.length} values`, true);
  }
  return at.map((date, index) => ({ at: numberOf(date) * 1000, value: numberOf(value[index]) }));
}

function numberOf(value: unknown): number {
  return typeof value === 'number' ? value : (SPELLED[String(value)] ?? Number.NaN);
}

function messagesOf(messages: unknown): readonly string[] {
  return objects(messages).map(({ Code: code, Value: value }) => [code, value].filter((part) => typeof part === 'string').join(': '));
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? (value as unknown[]) : []);
const objects = (value: unknown): readonly JsonObject[] => listOf(value).filter((each): each is JsonObject => typeof each === 'object' && each !== null);

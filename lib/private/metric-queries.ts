/** Metrics of the CDK as queries of GetMetricData, whose one period is the window of a check. */
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { Stack } from 'aws-cdk-lib/core';
import { Token } from 'aws-cdk-lib/core';

import type { MetricQueryDocument } from '../model/metric-document';
import type { DeployTimeValues } from './deploy-time-values';

/** What metrics are read for: a check by its name, in a stack, with its deploy-time values. */
export interface MetricReading {
  readonly check: string;
  readonly stack: Stack;
  readonly values: DeployTimeValues;
}

/** Ids of what a check asks for; metrics of an expression have those that the user has given them. */
export const VALUE_ID = 'greenlight_value';
export const SAMPLES_ID = 'greenlight_samples';

/** What a metric is called in reasons. */
export function metricLabel(metric: cloudwatch.IMetric): string {
  const { metricStat, mathExpression, renderingProperties } = metric.toMetricConfig();
  const label = renderingProperties?.['label'];
  return typeof label === 'string' && label.trim() !== '' && !Token.isUnresolved(label) ? label : (metricStat?.metricName ?? mathExpression?.expression ?? 'the metric');
}

/** Whether it is metric math, of which CloudWatch counts no samples. */
export function isMath(metric: cloudwatch.IMetric): boolean {
  return metric.toMetricConfig().metricStat === undefined;
}

/** The metric under an id, and before it those that it refers to. */
export function metricQueries(reading: MetricReading, id: string, metric: cloudwatch.IMetric): MetricQueryDocument[] {
  const { metricStat, mathExpression } = metric.toMetricConfig();
  if (metricStat !== undefined) {
    return [{ id, ...single(reading, metricStat), statistic: metricStat.statistic }];
  }
  if (mathExpression === undefined) {
    throw new Error(`check '${reading.check}' asks for a search, which gives a series for each metric that it finds; name one metric, or metric math`);
  }
  const used = Object.entries(mathExpression.usingMetrics).flatMap(([name, each]) => metricQueries(reading, name, each));
  return [...used, { id, expression: reading.values.replace(mathExpression.expression) }];
}

/** How many values of the metric there were. */
export function sampleCount(reading: MetricReading, metric: cloudwatch.IMetric): MetricQueryDocument {
  const { metricStat } = metric.toMetricConfig();
  if (metricStat === undefined) {
    throw new Error(`check '${reading.check}' is on metric math, of which CloudWatch counts no samples; name a metric in 'samples' that counts them, such as the sum of requests`);
  }
  return { id: SAMPLES_ID, ...single(reading, metricStat), statistic: 'SampleCount' };
}

function single({ check, stack, values }: MetricReading, { namespace, metricName, dimensions, unitFilter, region, account }: cloudwatch.MetricStatConfig) {
  if (region !== undefined && region !== stack.region) {
    throw new Error(`check '${check}' is on metric '${metricName}' of region '${region}', and its hook runs in '${stack.region}'; CloudWatch answers for one region only`);
  }
  const text = (value: unknown) => values.replace(String(value));
  return {
    namespace: text(namespace),
    metricName: text(metricName),
    dimensions: Object.fromEntries((dimensions ?? []).map(({ name, value }) => [name, text(value)])),
    ...(unitFilter === undefined ? {} : { unit: unitFilter }),
    ...(account === undefined || account === stack.account ? {} : { accountId: text(account) }),
  };
}

/** Queries that differ, each with an id of its own: an expression could not tell otherwise which is meant. */
export function distinctQueries({ check }: Pick<MetricReading, 'check'>, queries: readonly MetricQueryDocument[]): MetricQueryDocument[] {
  const distinct = [...new Map(queries.map((query) => [JSON.stringify(query), query])).values()];
  const ids = distinct.map(({ id }) => id);
  const twice = ids.find((id, index) => ids.indexOf(id) !== index);
  if (twice !== undefined) {
    throw new Error(`check '${check}' has two metrics with the id '${twice}'; give one of them another name in 'usingMetrics'`);
  }
  return distinct;
}

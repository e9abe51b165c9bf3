/** The alarms of a Lambda alias as they are before it is known whose: metric, threshold and time. */
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { Duration } from 'aws-cdk-lib/core';

import type {
  LambdaCountAlarmOptions,
  LambdaDeadLetterAlarmOptions,
  LambdaDurationAlarmOptions,
  LambdaErrorRateAlarmOptions,
  LambdaIteratorAgeAlarmOptions,
} from '../alarms/lambda-alarm-options';
import type { AlarmTiming } from './alarm-limits';
import { alarmName, alarmTiming, requireAbove, requireBeyond, requireCount, requireMillis } from './alarm-limits';

/** What an alarm tells apart: the released version, the alias or the function with all of its versions, or something that knows neither. */
export type AlarmScope = 'version' | 'alias' | 'function' | 'elsewhere';

/** A metric of Lambda over one period of the alarm. */
export type LambdaMetric = (metricName: string, statistic: string) => cloudwatch.Metric;

export interface AlarmPreset {
  /** Id of its construct. */
  readonly id: string;
  /** When it goes off, for people. */
  readonly says: string;
  readonly scope: AlarmScope;
  /** It goes off above this. */
  readonly threshold: number;
  readonly timing: AlarmTiming;
  /** Invocations without which a period is not judged. */
  readonly minInvocations?: number;
  /** What the function may take at the longest must be more than this. */
  readonly belowTimeoutMs?: number;
  /** The metric of Lambda that there is with provisioned concurrency alone. */
  readonly spillover?: true;
  readonly metric: (lambda: LambdaMetric) => cloudwatch.IMetric;
}

/** Samples that are to lie beyond a percentile; CloudWatch itself takes fewer for too few. */
const SAMPLES_BEYOND = 10;

export interface CountedMetric {
  readonly id: string;
  readonly metricName: string;
  readonly what: string;
  readonly scope: AlarmScope;
  readonly statistic: string;
}

export function countPreset(options: LambdaCountAlarmOptions, { id, metricName, what, scope, statistic }: CountedMetric): AlarmPreset {
  const threshold = requireCount('threshold', options.threshold ?? 0, 0);
  const timing = alarmTiming(options);
  return {
    ...alarmName(options, id),
    says: `more than ${threshold} ${what} in ${timing.inWords}`,
    scope,
    threshold,
    timing,
    ...(metricName === 'ProvisionedConcurrencySpilloverInvocations' ? { spillover: true } : {}),
    metric: (lambda) => lambda(metricName, statistic),
  };
}

export function errorRatePreset(options: LambdaErrorRateAlarmOptions): AlarmPreset {
  const threshold = requireAbove('threshold', options.threshold ?? 1, 0, 100);
  const minInvocations = requireCount('minInvocations', options.minInvocations ?? Math.ceil(100 / threshold), 1);
  const timing = alarmTiming(options);
  return {
    ...alarmName(options, 'ErrorRate'),
    says: `more than ${threshold} percent of at least ${minInvocations} invocations of the version failed in ${timing.inWords}`,
    scope: 'version',
    threshold,
    timing,
    minInvocations,
    // A period without data on errors had none, and one without invocations is no data.
    metric: (lambda) =>
      judged(minInvocations, '100 * FILL(errors, 0) / invocations', 'Share of failed invocations in percent', {
        errors: lambda('Errors', cloudwatch.Stats.SUM),
        invocations: lambda('Invocations', cloudwatch.Stats.SUM),
      }),
  };
}

export function durationPreset(options: LambdaDurationAlarmOptions): AlarmPreset {
  const { percentile = 95 } = options;
  const threshold = requireMillis('threshold', options.threshold, 900_000);
  const minInvocations = requireBeyond(percentile, options.minInvocations, SAMPLES_BEYOND);
  const timing = alarmTiming(options);
  return {
    ...alarmName(options, `DurationP${String(percentile).replace('.', 'Point')}`),
    says: `the ${percentile}th percentile of at least ${minInvocations} invocations of the version took more than ${threshold} ms in ${timing.inWords}`,
    scope: 'version',
    threshold,
    timing,
    minInvocations,
    belowTimeoutMs: threshold,
    metric: (lambda) =>
      judged(minInvocations, 'duration', `p${percentile} duration in milliseconds`, {
        duration: lambda('Duration', `p${percentile}`),
        invocations: lambda('Invocations', cloudwatch.Stats.SUM),
      }),
  };
}

export function iteratorAgePreset(options: LambdaIteratorAgeAlarmOptions): AlarmPreset {
  const threshold = requireMillis('threshold', options.threshold, 365 * 86_400_000);
  const timing = alarmTiming(options);
  return {
    ...alarmName(options, 'IteratorAge'),
    says: `the last record of a batch was older than ${threshold} ms in ${timing.inWords}`,
    scope: 'alias',
    threshold,
    timing,
    metric: (lambda) => lambda('IteratorAge', cloudwatch.Stats.MAXIMUM),
  };
}

export function deadLetterPreset(options: LambdaDeadLetterAlarmOptions): AlarmPreset {
  const { queue } = options;
  const threshold = requireCount('threshold', options.threshold ?? 0, 0);
  const timing = alarmTiming({ datapointsToAlarm: 1, ...options });
  return {
    ...alarmName(options, 'DeadLetterGrowth'),
    says: `more than ${threshold} messages came to dead-letter queue ${queue.node.path} in ${timing.inWords}`,
    scope: 'elsewhere',
    threshold,
    timing,
    // An inactive queue is an empty one, and publishes nothing.
    metric: () =>
      new cloudwatch.MathExpression({
        label: 'Messages more than in the period before',
        expression: 'DIFF(FILL(messages, 0))',
        usingMetrics: { messages: queue.metricApproximateNumberOfMessagesVisible({ statistic: cloudwatch.Stats.MAXIMUM, period: timing.period }) },
        period: timing.period,
      }),
  };
}

export function lostEventsPreset(options: LambdaCountAlarmOptions): AlarmPreset {
  const threshold = requireCount('threshold', options.threshold ?? 0, 0);
  const timing = alarmTiming(options);
  return {
    ...alarmName(options, 'DeadLetterErrors'),
    says: `more than ${threshold} asynchronous events of the alias were lost in ${timing.inWords}`,
    scope: 'alias',
    threshold,
    timing,
    metric: (lambda) => {
      const [queue, destination] = ['DeadLetterErrors', 'DestinationDeliveryFailures'].map((metricName) => lambda(metricName, cloudwatch.Stats.SUM));
      return math('FILL(queue, 0) + FILL(destination, 0)', 'Events that were lost', { queue: queue!, destination: destination! });
    },
  };
}

/** Zero where there are too few invocations: a rate of a few says nothing. */
function judged(minInvocations: number, expression: string, label: string, usingMetrics: Record<string, cloudwatch.Metric>): cloudwatch.MathExpression {
  return math(`IF(invocations >= ${minInvocations}, ${expression}, 0)`, label, usingMetrics);
}

function math(expression: string, label: string, usingMetrics: Record<string, cloudwatch.Metric>): cloudwatch.MathExpression {
  const period: Duration = Object.values(usingMetrics)[0]!.period;
  return new cloudwatch.MathExpression({ expression, label, usingMetrics, period });
}

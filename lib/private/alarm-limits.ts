/** What the options of alarms must be, so that they can go off, and do not for one stray sample. */
import type { Duration } from 'aws-cdk-lib/core';
import { Duration as Time, Token } from 'aws-cdk-lib/core';

import type { LambdaAlarmOptions } from '../alarms/lambda-alarm-options';
import { requireDuration, requireKnown, requireWhole } from './numbers';

export interface AlarmTiming {
  readonly period: Duration;
  readonly evaluationPeriods: number;
  readonly datapointsToAlarm: number;
  /** `2 of 3 periods of 60 s`. */
  readonly inWords: string;
}

const NAME = /^[A-Za-z0-9]{1,64}$/;

export function alarmTiming(options: LambdaAlarmOptions): AlarmTiming {
  const { period = Time.minutes(1), evaluationPeriods = 3 } = options;
  requireDuration('period', period, 'minutes', 1, 60, 'Lambda sends its metrics every minute');
  requireWhole('evaluationPeriods', evaluationPeriods, 1, 60);
  const datapointsToAlarm = options.datapointsToAlarm ?? Math.min(2, evaluationPeriods);
  requireWhole('datapointsToAlarm', datapointsToAlarm, 1, evaluationPeriods, "it is at most 'evaluationPeriods'");
  requireDay(period, evaluationPeriods);
  return { period, evaluationPeriods, datapointsToAlarm, inWords: `${datapointsToAlarm} of ${evaluationPeriods} periods of ${period.toSeconds()} s` };
}

/** @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html */
function requireDay(period: Duration, evaluationPeriods: number): void {
  const minutes = period.toMinutes() * evaluationPeriods;
  if (minutes > 1_440) {
    throw new Error(`'evaluationPeriods' times 'period' must be at most 1440 minutes, which CloudWatch looks back over, got ${minutes}; lower one of them`);
  }
}

/** The id of the alarm's construct. */
export function alarmName({ name }: LambdaAlarmOptions, kind: string): { readonly id: string } {
  if (name !== undefined && (Token.isUnresolved(name) || !NAME.test(name))) {
    throw new Error(`'name' of an alarm must have 1 to 64 letters and digits, got '${name}'; leave it out for '${kind}'`);
  }
  return { id: `${name ?? kind}Alarm` };
}

export function requireCount(prop: string, value: number, min: number): number {
  requireWhole(prop, value, min, 1_000_000_000);
  return value;
}

/** Both ends left out. */
export function requireAbove(prop: string, value: number, min: number, max: number): number {
  requireKnown(`'${prop}'`, value);
  if (!(value > min && value < max)) {
    throw new Error(`'${prop}' must be a number above ${min} and below ${max}, got ${value}`);
  }
  return value;
}

export function requireMillis(prop: string, value: Duration, max: number): number {
  requireDuration(prop, value, 'milliseconds', 1, max);
  return value.toMilliseconds();
}

/** How many samples a percentile takes. @returns `given`, or as many as let `beyond` lie beyond it */
export function requireBeyond(percentile: number, given: number | undefined, beyond: number): number {
  requireKnown("'percentile'", percentile);
  if (!(percentile >= 50 && percentile <= 99.99)) {
    throw new Error(`'percentile' must be a number from 50 to 99.99, got ${percentile}`);
  }
  const needed = (count: number) => Math.ceil(count / (1 - percentile / 100) - 1e-6);
  const minInvocations = given ?? needed(beyond);
  requireWhole('minInvocations', minInvocations, needed(1), 1_000_000_000, `with fewer, the ${percentile}th percentile is the slowest invocation`);
  return minInvocations;
}

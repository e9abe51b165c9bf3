import type * as sqs from 'aws-cdk-lib/aws-sqs';
import type { Duration } from 'aws-cdk-lib/core';

/** When an alarm of a Lambda alias goes off, whatever it is on: as soon as `datapointsToAlarm` of the last `evaluationPeriods` periods are above the threshold. */
export interface LambdaAlarmOptions {
  /**
   * Name of the alarm's construct in its rollout, 1 to 64 letters and digits. Two alarms of one kind need two names.
   *
   * The alarm itself has no name of yours: one that watches a version is made anew for every version, and CloudFormation names it.
   *
   * @default - that of the kind, such as `ErrorRate`
   */
  readonly name?: string;

  /**
   * Length of one period: whole minutes, from one to an hour. Lambda sends its metrics every minute.
   *
   * @default Duration.minutes(1)
   */
  readonly period?: Duration;

  /**
   * Periods that are looked at, 1 to 60.
   *
   * @default 3
   */
  readonly evaluationPeriods?: number;

  /**
   * Periods among them that must be above the threshold, from 1 to `evaluationPeriods`.
   *
   * @default 2, or 1 where one period is looked at; 1 for counts of what was given up
   */
  readonly datapointsToAlarm?: number;
}

/** An alarm on a count. */
export interface LambdaCountAlarmOptions extends LambdaAlarmOptions {
  /**
   * How many in a period are let through, a whole number from 0.
   *
   * @default 0
   */
  readonly threshold?: number;
}

/** An alarm on the share of failed invocations. */
export interface LambdaErrorRateAlarmOptions extends LambdaAlarmOptions {
  /**
   * Percent of the invocations in a period that may fail, above 0 and below 100.
   *
   * @default 1
   */
  readonly threshold?: number;

  /**
   * Invocations in a period without which it is not judged, a whole number from 1.
   *
   * @default - as many as it takes for a single failure to stay below the threshold: 100 for 1 %
   */
  readonly minInvocations?: number;
}

/** An alarm on a percentile of the time that invocations take. */
export interface LambdaDurationAlarmOptions extends LambdaAlarmOptions {
  /** What the percentile may take, from one millisecond to below the time-out of the function. */
  readonly threshold: Duration;

  /**
   * The percentile, from 50 to 99.99.
   *
   * @default 95
   */
  readonly percentile?: number;

  /**
   * Invocations in a period without which it is not judged: at least as many as let one lie beyond the percentile, 20 for the 95th.
   *
   * @default - as many as let ten lie beyond the percentile: 200 for the 95th
   */
  readonly minInvocations?: number;
}

/** An alarm on the age of what is read from a stream. */
export interface LambdaIteratorAgeAlarmOptions extends LambdaAlarmOptions {
  /** How old the last record of a batch may be, from one millisecond to a year. */
  readonly threshold: Duration;
}

/** An alarm on the growth of a dead-letter queue. */
export interface LambdaDeadLetterAlarmOptions extends LambdaCountAlarmOptions {
  /** The dead-letter queue: of the queue that the function reads, of its asynchronous invocations, or the destination of what failed. In the rollout's account and region. */
  readonly queue: sqs.IQueue;
}

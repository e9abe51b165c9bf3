import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';

import { countPreset, deadLetterPreset, durationPreset, errorRatePreset, iteratorAgePreset, lostEventsPreset } from '../private/alarm-presets';
import type {
  LambdaCountAlarmOptions,
  LambdaDeadLetterAlarmOptions,
  LambdaDurationAlarmOptions,
  LambdaErrorRateAlarmOptions,
  LambdaIteratorAgeAlarmOptions,
} from './lambda-alarm-options';
import { RollbackAlarm } from './rollback-alarm';

/**
 * Alarms of a `LambdaRollout`, made on its alias.
 *
 * Those on what invocations do watch **the version that is released** and no other one: their metrics have the dimension `ExecutedVersion`. A stack update with another version makes
 * such an alarm anew before the alias moves, so that neither errors of the version before nor an alarm that they had set stop the release that repairs them. Where Lambda tells no
 * versions apart, the alarm is on the alias or the function as a whole, and says so.
 *
 * No data is no fault: a version that is not invoked fails nobody, and one that should be is for a hook to find out.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
 * @see https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-view.html
 */
export class LambdaAlarm {
  /**
   * Invocations of the version that failed: exceptions, time-outs, errors of the runtime. For functions that are invoked too rarely for a rate.
   *
   * On `Errors`, for which throttled invocations do not count.
   *
   * @throws when an option is out of its range
   */
  public static errors(options: LambdaCountAlarmOptions = {}): RollbackAlarm {
    return count('errors', options, 'Errors', 'Errors', 'invocations of the version failed');
  }

  /**
   * Share of failed invocations of the version, in percent. Periods with fewer than `minInvocations` are not judged.
   *
   * On `Errors` and `Invocations`.
   *
   * @throws when an option is out of its range
   */
  public static errorRate(options: LambdaErrorRateAlarmOptions = {}): RollbackAlarm {
    const preset = errorRatePreset(options);
    return RollbackAlarm._ofAlias('LambdaAlarm.errorRate', (alarms) => alarms.make(preset));
  }

  /**
   * Invocations of the version that Lambda refused, since no concurrency was left for them. Both versions share that of the function, so that it tells of a new version that takes longer.
   *
   * On `Throttles`.
   *
   * @throws when an option is out of its range
   */
  public static throttles(options: LambdaCountAlarmOptions = {}): RollbackAlarm {
    return count('throttles', options, 'Throttles', 'Throttles', 'invocations of the version were throttled');
  }

  /**
   * A percentile of the time that invocations of the version take, without cold starts. Periods with fewer than `minInvocations` are not judged.
   *
   * On `Duration`.
   *
   * @throws when an option is out of its range, or the function is killed before it takes so long
   */
  public static duration(options: LambdaDurationAlarmOptions): RollbackAlarm {
    const preset = durationPreset(options);
    return RollbackAlarm._ofAlias('LambdaAlarm.duration', (alarms) => alarms.make(preset));
  }

  /**
   * Invocations of the version that ran on standard concurrency, with its cold starts, because all provisioned concurrency was in use.
   *
   * On `ProvisionedConcurrencySpilloverInvocations`. There are none, and a finding says so, where neither the alias nor its version has provisioned concurrency.
   *
   * @throws when an option is out of its range
   * @see https://docs.aws.amazon.com/lambda/latest/dg/provisioned-concurrency.html
   */
  public static provisionedConcurrencySpillover(options: LambdaCountAlarmOptions = {}): RollbackAlarm {
    return count('provisionedConcurrencySpillover', options, 'Spillover', 'ProvisionedConcurrencySpilloverInvocations', 'invocations of the version had no provisioned concurrency');
  }

  /**
   * Age of the last record of a batch, for event sources on the alias that read a stream: it grows where the function falls behind, or fails the same batch again and again.
   *
   * On the maximum of `IteratorAge` of the alias. Lambda does not tell versions apart there: a backlog from before the release stops it.
   *
   * @throws when an option is out of its range
   */
  public static iteratorAge(options: LambdaIteratorAgeAlarmOptions): RollbackAlarm {
    const preset = iteratorAgePreset(options);
    return RollbackAlarm._ofAlias('LambdaAlarm.iteratorAge', (alarms) => alarms.make(preset));
  }

  /**
   * Growth of a dead-letter queue within a period, whatever lay there before. For functions that read a queue, whose messages come there after the last receipt that failed;
   * for asynchronous invocations, too.
   *
   * On `ApproximateNumberOfMessagesVisible` of the queue, which knows no versions and no alias: who else fills it counts. `NumberOfMessagesSent` leaves out what SQS itself moves there. A
   * queue that was inactive for six hours publishes again after up to fifteen minutes, so that the first message may come too late for a short release.
   *
   * @throws when an option is out of its range
   * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
   */
  public static deadLetterGrowth(options: LambdaDeadLetterAlarmOptions): RollbackAlarm {
    const preset = deadLetterPreset(options);
    return RollbackAlarm._ofAlias('LambdaAlarm.deadLetterGrowth', (alarms) => alarms.make(preset));
  }

  /**
   * Asynchronous events that were given up: all attempts failed, or they became too old. They go to the dead-letter queue or destination, where the function has one.
   *
   * On `AsyncEventsDropped` of the function, of all versions and aliases. With the two retries that Lambda makes unless told otherwise, an event is given up three minutes after it failed
   * first: lower `retryAttempts`, or take `errors`, where a release is shorter.
   *
   * @throws when an option is out of its range
   */
  public static asyncEventsDropped(options: LambdaCountAlarmOptions = {}): RollbackAlarm {
    return count('asyncEventsDropped', { datapointsToAlarm: 1, ...options }, 'EventsDropped', 'AsyncEventsDropped', 'asynchronous events of the function were given up', 'function');
  }

  /**
   * Asynchronous events that are lost, because Lambda could not bring them to the dead-letter queue or the destination.
   *
   * On the sum of `DeadLetterErrors` and `DestinationDeliveryFailures` of the alias, of all versions.
   *
   * @throws when an option is out of its range
   */
  public static deadLetterErrors(options: LambdaCountAlarmOptions = {}): RollbackAlarm {
    const preset = lostEventsPreset({ datapointsToAlarm: 1, ...options });
    return RollbackAlarm._ofAlias('LambdaAlarm.deadLetterErrors', (alarms) => alarms.make(preset));
  }

  private constructor() {}
}

function count(factory: string, options: LambdaCountAlarmOptions, id: string, metricName: string, what: string, scope?: 'function'): RollbackAlarm {
  const preset = countPreset(options, { id, metricName, what, scope: scope ?? 'version', statistic: cloudwatch.Stats.SUM });
  return RollbackAlarm._ofAlias(`LambdaAlarm.${factory}`, (alarms) => alarms.make(preset));
}


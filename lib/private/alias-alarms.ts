/** Alarms that a rollout makes on its alias, and what is to be said of them when the app is complete. */
import { createHash } from 'node:crypto';

import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { Lazy, Stack, Token } from 'aws-cdk-lib/core';
import type { Construct, IConstruct } from 'constructs';

import type { AlarmPreset, AlarmScope, LambdaMetric } from './alarm-presets';
import { refuseVersionAlarm } from './imported-alias';
import type { ReleasedAlias } from './lambda-alias';
import { isOwn } from './lambda-alias';
import { LAMBDA_NAMESPACE, versionedDimensions } from './lambda-metrics';
import { plainText } from './plain-text';
import { cfnElementOf } from './references';

const DEFAULT_TIMEOUT_SECONDS = 3;
const MAX_LOGICAL_ID = 255;
const HASH_LENGTH = 8;

export interface MadeAlarm {
  readonly alarm: cloudwatch.Alarm;
  readonly preset: AlarmPreset;
}

export class AliasAlarms {
  private readonly made: MadeAlarm[] = [];

  constructor(
    private readonly rollout: Construct,
    private readonly released: ReleasedAlias,
  ) {}

  /** @throws where the alarm could never go off, or there is one of that name */
  public make(preset: AlarmPreset): cloudwatch.Alarm {
    if (preset.scope === 'version' && !isOwn(this.released)) {
      refuseVersionAlarm(this.released.alias);
    }
    this.requireBelowTimeout(preset);
    this.requireFree(preset.id);
    const { id, scope, says, threshold, timing, metric } = preset;
    const alarm = new cloudwatch.Alarm(this.rollout, id, {
      alarmDescription: plainText(`${says}: rollout ${this.rollout.node.path}`),
      metric: metric(this.metricsOf(scope, timing)),
      threshold,
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: timing.evaluationPeriods,
      datapointsToAlarm: timing.datapointsToAlarm,
      // A version that is not invoked fails nobody; and before the first invocation of a new one there is no data.
      treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
    });
    if (scope === 'version') {
      madeAnewFor(this.released.alias.version, alarm);
    }
    this.made.push({ alarm, preset });
    return alarm;
  }

  public all(): readonly MadeAlarm[] {
    return this.made;
  }

  /** Those that are made anew for each version. */
  public ofVersions(): readonly cloudwatch.Alarm[] {
    return this.made.filter(({ preset }) => preset.scope === 'version').map(({ alarm }) => alarm);
  }

  /**
   * The dimensions are made of the names of function and alias and the number of the version: an alarm that waited for the alias would come too late for it. Which metrics have
   * which is in `lambda-metrics`.
   */
  private metricsOf(scope: AlarmScope, { period }: AlarmPreset['timing']): LambdaMetric {
    const { alias, function: fn } = this.released;
    const FunctionName = fn.functionName;
    const dimensionsMap = {
      ...(scope === 'function' ? { FunctionName } : versionedDimensions(FunctionName, alias.aliasName)),
      ...(scope === 'version' ? { ExecutedVersion: alias.version.version } : {}),
    };
    return (metricName, statistic) => new cloudwatch.Metric({ namespace: LAMBDA_NAMESPACE, metricName, dimensionsMap, statistic, period });
  }

  /** Lambda kills what takes longer, so that no duration is above the time-out. */
  private requireBelowTimeout({ belowTimeoutMs }: AlarmPreset): void {
    const fn = cfnElementOf(this.released.function);
    if (belowTimeoutMs === undefined || !(fn instanceof lambda.CfnFunction)) {
      return;
    }
    const { timeout = DEFAULT_TIMEOUT_SECONDS } = fn;
    if (!Token.isUnresolved(timeout) && belowTimeoutMs >= timeout * 1_000) {
      throw new Error(
        `'threshold' of LambdaAlarm.duration must be below the time-out of function '${this.released.function.node.path}', ${timeout * 1_000} milliseconds, got ${belowTimeoutMs}: ` +
          'no invocation takes longer; lower it',
      );
    }
  }

  private requireFree(id: string): void {
    if (this.rollout.node.tryFindChild(id) !== undefined) {
      const name = id.replace(/Alarm$/, '');
      throw new Error(`rollout '${this.rollout.node.path}' has an alarm '${name}' already; give one of them another 'name'`);
    }
  }
}

/**
 * The logical id changes with the version, so that CloudFormation makes the alarm anew instead of changing it: CloudWatch leaves the state of an alarm that is changed as it is, and
 * one that the version before has set would stop the release that repairs it, within a second.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
 */
function madeAnewFor(version: IConstruct, alarm: cloudwatch.Alarm): void {
  const resource = alarm.node.defaultChild as cloudwatch.CfnAlarm;
  const own = idOf(resource).slice(0, MAX_LOGICAL_ID - HASH_LENGTH);
  const released = cfnElementOf(version)!;
  resource.overrideLogicalId(Lazy.uncachedString({ produce: () => `${own}${hash(idOf(released))}` }));
}

const idOf = (element: ReturnType<typeof cfnElementOf> & object): string => Stack.of(element).resolve(element.logicalId) as string;

const hash = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, HASH_LENGTH).toUpperCase();

import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';

import type { AlarmCheckDocument } from '../model/suite';
import { requireWhole } from '../private/numbers';
import type { _Attempt, _CheckContext } from './check';
import { Check } from './check';
import type { CheckOptions } from './check-options';

/** Alarms that one DescribeAlarms call can ask for. */
const MAX_ALARMS = 100;

/** One call, and what throttling may add to it. */
const LONGEST_CALL_MS = 10_000;

/** A check of alarms. */
export interface AlarmCheckOptions extends CheckOptions {
  /**
   * Metric or composite alarms in the hook's account and region, 1 to 100. An alarm that a red state has stopped the deployment for already
   * needs no check; this one is for alarms that shall not stop it later on, or that shall be quiet for a while first.
   */
  readonly alarms: cloudwatch.IAlarm[];

  /**
   * Readings that may come to nothing, such as throttled ones, 0 to 10.
   *
   * @default 2
   */
  readonly readRetries?: number;
}

/**
 * None of these alarms may be in ALARM: once, or with `passes` for a while.
 *
 * INSUFFICIENT_DATA proves nothing: the alarm is read again until the check's time is up, and is undecided then.
 */
export class AlarmCheck extends Check {
  private readonly options: AlarmCheckOptions;

  /** @throws when there are no alarms, or too many */
  constructor(options: AlarmCheckOptions) {
    super(options.name ?? defaultName(options), options);
    this.options = options;
    if (options.alarms.length === 0 || options.alarms.length > MAX_ALARMS) {
      throw new Error(`check '${this.name}' must have 1 to ${MAX_ALARMS} alarms, got ${options.alarms.length}; spread them over several checks`);
    }
    requireWhole('readRetries', this.readRetries, 0, 10);
  }

  /** @internal */
  public get _attempt(): _Attempt {
    return { longestMs: LONGEST_CALL_MS, errorBudget: this.readRetries };
  }

  /** @internal */
  public _statements(_scope: Construct): iam.PolicyStatement[] {
    // Composite alarms are told about only to a caller who may describe all.
    return [new iam.PolicyStatement({ sid: 'ReadAlarms', actions: ['cloudwatch:DescribeAlarms'], resources: ['*'] })];
  }

  /** @internal */
  public _render(context: _CheckContext): AlarmCheckDocument {
    const alarms = this.options.alarms.map(({ alarmName }) => context.values.replace(alarmName));
    return { kind: 'alarm', name: this.name, policy: this._policy(), alarms };
  }

  private get readRetries(): number {
    return this.options.readRetries ?? 2;
  }
}

function defaultName({ alarms }: AlarmCheckOptions): string {
  return `alarms ${alarms.map(({ node }) => node.id).join(', ')}`;
}

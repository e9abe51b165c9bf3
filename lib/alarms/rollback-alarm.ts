import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { Stack, Token } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';

import type { AliasAlarms } from '../private/alias-alarms';

/** An alarm that stops a release, and rolls it back where the rollback options say so. Presets for Lambda aliases are in `LambdaAlarm`. */
export class RollbackAlarm {
  /**
   * An alarm that you made or imported. CodeDeploy finds alarms by name, so it must be in the account and region of the rollout.
   *
   * What counts is the state, not the change: an alarm that is in ALARM when a deployment starts stops it at once.
   */
  public static of(alarm: cloudwatch.IAlarmRef): RollbackAlarm {
    return new RollbackAlarm(() => alarm);
  }

  /**
   * An alarm that is made for the alias of the rollout that it is given to, one for each.
   *
   * @internal
   */
  public static _ofAlias(preset: string, make: (alarms: AliasAlarms) => cloudwatch.IAlarmRef): RollbackAlarm {
    return new RollbackAlarm((rollout, alarms) => {
      if (alarms === undefined) {
        throw new Error(
          `rollout '${rollout.node.path}' is given ${preset}, an alarm on the alias of a Lambda function, and releases none; ` +
            'make an alarm on metrics of what it releases, and give it RollbackAlarm.of(alarm)',
        );
      }
      return make(alarms);
    });
  }

  private constructor(private readonly make: (rollout: Construct, alarms?: AliasAlarms) => cloudwatch.IAlarmRef) {}

  /**
   * @param alarms where a Lambda alias is released
   * @internal
   */
  public _bind(rollout: Construct, alarms?: AliasAlarms): cloudwatch.IAlarmRef {
    const alarm = this.make(rollout, alarms);
    const stack = Stack.of(rollout);
    requireSame('account', alarm.env.account, stack.account, alarm);
    requireSame('region', alarm.env.region, stack.region, alarm);
    return alarm;
  }
}

function requireSame(what: string, theirs: string, ours: string, alarm: cloudwatch.IAlarmRef): void {
  if (!Token.isUnresolved(theirs) && !Token.isUnresolved(ours) && theirs !== ours) {
    throw new Error(
      `alarm '${alarm.node.path}' is in ${what} ${theirs}, the rollout in ${ours}; CodeDeploy finds alarms ` +
        `by name in its own ${what} only`,
    );
  }
}

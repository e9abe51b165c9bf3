import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { Stack, Token } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';

/** An alarm that stops a release, and rolls it back where the rollback options say so. */
export class RollbackAlarm {
  /**
   * An alarm that you made or imported. CodeDeploy finds alarms by name, so it must be in the account and region of the rollout.
   *
   * What counts is the state, not the change: an alarm that is in ALARM when a deployment starts stops it at once.
   */
  public static of(alarm: cloudwatch.IAlarmRef): RollbackAlarm {
    return new RollbackAlarm(() => alarm);
  }

  private constructor(private readonly make: (scope: Construct) => cloudwatch.IAlarmRef) {}

  /** @internal */
  public _bind(scope: Construct): cloudwatch.IAlarmRef {
    const alarm = this.make(scope);
    const stack = Stack.of(scope);
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

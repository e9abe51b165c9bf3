/** The alarms that CloudFormation is to watch as rollback triggers of the stack: no template can say which, so that the deploying command must. */
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';

import { MAX_ROLLBACK_TRIGGERS } from '../model/limits';

export class RollbackTriggers {
  private readonly alarms: cloudwatch.IAlarmRef[] = [];

  constructor(private readonly scope: Construct) {}

  public add(alarm: cloudwatch.IAlarmRef): void {
    if (this.alarms.some((other) => other === alarm || other.alarmRef.alarmName === alarm.alarmRef.alarmName)) {
      throw new Error(`alarm '${alarm.node.path}' is in rollout '${this.scope.node.path}' already; name each alarm once`);
    }
    if (this.alarms.length === MAX_ROLLBACK_TRIGGERS) {
      throw new Error(
        `rollout '${this.scope.node.path}' would have ${MAX_ROLLBACK_TRIGGERS + 1} alarms, its verdict alarm counted, and a stack takes ${MAX_ROLLBACK_TRIGGERS} rollback ` +
          'triggers; join some in a composite alarm',
      );
    }
    this.alarms.push(alarm);
  }

  public all(): readonly cloudwatch.IAlarmRef[] {
    return this.alarms;
  }
}

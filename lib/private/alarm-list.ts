/** The alarms of a deployment group, counted against its limits. */
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';

import { ALARMS_WARNING_THRESHOLD, MAX_ALARMS } from '../model/limits';
import type { Findings } from './findings';

/** A deployment group of any platform. */
interface Alarmed {
  addAlarm(alarm: cloudwatch.IAlarmRef): void;
}

export class AlarmList {
  private readonly alarms: cloudwatch.IAlarmRef[] = [];

  constructor(
    private readonly scope: Construct,
    private readonly group: Alarmed,
    private readonly findings: Findings,
  ) {}

  public add(alarm: cloudwatch.IAlarmRef): void {
    if (this.alarms.some((other) => other === alarm || other.alarmRef.alarmName === alarm.alarmRef.alarmName)) {
      throw new Error(`alarm '${alarm.node.path}' is in rollout '${this.scope.node.path}' already; name each alarm once`);
    }
    if (this.alarms.length === MAX_ALARMS) {
      throw new Error(
        `rollout '${this.scope.node.path}' would have ${MAX_ALARMS + 1} alarms, its verdict alarm counted, a ` +
          `deployment group takes ${MAX_ALARMS}; ` +
          'join some in a composite alarm',
      );
    }
    this.alarms.push(alarm);
    this.group.addAlarm(alarm);
    if (this.alarms.length === ALARMS_WARNING_THRESHOLD + 1) {
      this.findings.add({
        id: 'many-alarms',
        level: 'warning',
        message: `rollout '${this.scope.node.path}' has more than ${ALARMS_WARNING_THRESHOLD} alarms, its verdict alarm ` +
          `counted, which accounts with older limits refuse`,
        remedy: `ask for quota L-9F835576 (up to ${MAX_ALARMS}) first, or join some in a composite alarm`,
      });
    }
  }

  public all(): readonly cloudwatch.IAlarmRef[] {
    return this.alarms;
  }
}

/** Alarms as the template defines them, and as CloudWatch tells about them. */
import type { AlarmState } from '../../lib/model/status';
import type { MetricAlarmProperties } from './alarm-source';

/** Properties of `AWS::CloudWatch::CompositeAlarm`, with every reference resolved. */
export interface CompositeAlarmProperties {
  readonly AlarmRule: string;
  readonly AlarmDescription?: string;
  readonly ActionsEnabled?: boolean;
  readonly AlarmActions?: readonly string[];
  readonly OKActions?: readonly string[];
  readonly InsufficientDataActions?: readonly string[];
}

/** `outside`: an alarm of which only the name is known, such as one made elsewhere; it never changes by itself. */
export type AlarmDefinition = { readonly name: string; readonly arn: string; readonly logicalId?: string } & (
  | { readonly type: 'metric'; readonly properties: MetricAlarmProperties }
  | { readonly type: 'composite'; readonly properties: CompositeAlarmProperties }
  | { readonly type: 'outside'; readonly reason: string }
);

export interface AlarmTransition {
  readonly alarm: string;
  readonly at: number;
  readonly from: AlarmState;
  readonly to: AlarmState;
  readonly reason: string;
  /** Whether the alarm's actions run. */
  readonly actionsEnabled: boolean;
}

/** An alarm as DescribeAlarms knows it; times in virtual milliseconds. */
export interface AlarmDescription {
  readonly definition: AlarmDefinition;
  readonly StateValue: AlarmState;
  readonly StateReason: string;
  readonly StateReasonData?: string;
  readonly StateUpdatedTimestamp: number;
  readonly StateTransitionedTimestamp: number;
  readonly ActionsEnabled: boolean;
  /** Why the rehearsal does not evaluate it. */
  readonly outside?: string;
}

/** What the CloudWatch endpoint needs of the engine. Every time is in virtual milliseconds since the rehearsal began. */
import type { CompositeAlarm, MetricAlarm } from '@aws-sdk/client-cloudwatch';
import type { AlarmState } from '../../lib/model/status';
import type { AlarmDescription, Alarms } from '../engine/alarms';
import type { MetricIdentity, MetricStore, Statistic } from '../engine/metrics';
import type { MetricSink } from '../engine/ports';

export interface CloudWatchBackend extends MetricSink {
  /** Every alarm, by name. */
  alarms(): readonly AlarmView[];
  /** SetAlarmState: holds until the next evaluation. @throws ServiceError `ResourceNotFound` (404) */
  setState(alarmName: string, state: AlarmState, reason: string, reasonData: string | undefined): void;
  /** A statistic over a stretch of time, of what is published by now; undefined where there is no data. */
  value(metric: MetricIdentity, statistic: Statistic, from: number, to: number): number | undefined;
  /** How far back data is kept, in milliseconds. */
  readonly keptMs: number;
}

type StateMembers =
  'AlarmName' | 'AlarmArn' | 'StateValue' | 'StateReason' | 'StateReasonData' | 'StateUpdatedTimestamp' | 'StateTransitionedTimestamp';

interface AlarmStateView {
  readonly name: string;
  readonly arn: string;
  readonly state: AlarmState;
  readonly reason: string;
  readonly reasonData?: string;
  readonly updatedAt: number;
  readonly transitionedAt: number;
}

/** An alarm's state, and its definition by the API's own names. */
export type AlarmView = AlarmStateView &
  (
    | { readonly kind: 'metric'; readonly definition: Omit<MetricAlarm, StateMembers> }
    | { readonly kind: 'composite'; readonly definition: Omit<CompositeAlarm, StateMembers> }
  );

/** The engine's alarms and metrics as one CloudWatch. */
export function cloudWatchBackend(alarms: Alarms, metrics: MetricStore): CloudWatchBackend {
  return {
    put: (datum) => metrics.put(datum),
    value: (metric, statistic, from, to) => metrics.value(metric, statistic, from, Math.min(to, alarms.publishedUntil())),
    get keptMs() {
      return metrics.retentionMs;
    },
    alarms: () => alarms.describe().map(view),
    setState: (name, state, reason, reasonData) => alarms.setState(name, state, reason, reasonData),
  };
}

function view(alarm: AlarmDescription): AlarmView {
  const { definition } = alarm;
  const state = {
    name: definition.name,
    arn: definition.arn,
    state: alarm.StateValue,
    reason: alarm.StateReason,
    ...(alarm.StateReasonData !== undefined && { reasonData: alarm.StateReasonData }),
    updatedAt: alarm.StateUpdatedTimestamp,
    transitionedAt: alarm.StateTransitionedTimestamp,
  };
  const members = { ActionsEnabled: alarm.ActionsEnabled, AlarmActions: [], OKActions: [], InsufficientDataActions: [] };
  switch (definition.type) {
    case 'composite':
      return { ...state, kind: 'composite', definition: { ...members, ...structuredClone(definition.properties as object) } };
    case 'metric':
      return { ...state, kind: 'metric', definition: { ...members, ...apiMembers(definition.properties) } };
    case 'outside':
      return { ...state, kind: 'metric', definition: members };
  }
}

/** Properties of a template are named as the API names its members, except that an alarm on no single metric has no dimensions there. */
function apiMembers(properties: object): object {
  return { Dimensions: [], ...structuredClone(properties) };
}

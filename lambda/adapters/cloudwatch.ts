import { VERDICT_METRIC } from '../../lib/model/hook-contract';
import type { AlarmState } from '../../lib/model/status';
import type { AlarmReader, AlarmReading, VerdictSink } from '../core/ports';
import type { AwsCall } from './aws-call';
import { awsCall } from './aws-call';
import { CLOUD_WATCH } from './aws-endpoint';
import type { JsonRpc } from './json-rpc';
import { jsonClient } from './json-rpc';

export const CLOUD_WATCH_RPC: JsonRpc = { service: CLOUD_WATCH, version: '1.0', target: 'GraniteServiceVersion20100801', queryCompatible: true };

/** Kept by the second: a period of ten seconds needs it. */
const HIGH_RESOLUTION = 1;

export function cloudWatch(call: AwsCall = awsCall(CLOUD_WATCH)): VerdictSink & AlarmReader {
  const client = jsonClient(call, CLOUD_WATCH_RPC);
  return {
    publish: async ({ application, deploymentGroup, failed }, signal) => {
      const Dimensions = [
        { Name: VERDICT_METRIC.applicationDimension, Value: application },
        { Name: VERDICT_METRIC.groupDimension, Value: deploymentGroup },
      ];
      const value = { Value: failed ? 1 : 0, Unit: 'Count', StorageResolution: HIGH_RESOLUTION };
      const MetricData = [{ MetricName: VERDICT_METRIC.name, Dimensions, ...value }];
      await client('PutMetricData', { Namespace: VERDICT_METRIC.namespace, MetricData }, signal);
    },

    raise: async (alarmName, reason, signal) => {
      await client('SetAlarmState', { AlarmName: alarmName, StateValue: 'ALARM', StateReason: reason }, signal);
    },

    states: async (names, signal) => {
      // Composite alarms are told about only where they are asked for.
      const answer = await client('DescribeAlarms', { AlarmNames: names, AlarmTypes: ['MetricAlarm', 'CompositeAlarm'] }, signal);
      return [...readings(answer['MetricAlarms']), ...readings(answer['CompositeAlarms'])];
    },
  };
}

function readings(alarms: unknown): readonly AlarmReading[] {
  const list = Array.isArray(alarms) ? (alarms as Readonly<Record<string, unknown>>[]) : [];
  return list.flatMap(({ AlarmName: name, StateValue: state, StateReason: reason }) =>
    typeof name === 'string' && isState(state) ? [{ name, state, reason: typeof reason === 'string' ? reason : 'no reason' }] : [],
  );
}

const STATES: readonly unknown[] = ['OK', 'ALARM', 'INSUFFICIENT_DATA'] satisfies AlarmState[];

function isState(value: unknown): value is AlarmState {
  return STATES.includes(value);
}

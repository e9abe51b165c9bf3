import { VERDICT_METRIC } from '../../lib/model/hook-contract';
import type { VerdictSink } from '../core/ports';
import type { AwsCall } from './aws-call';
import { awsCall } from './aws-call';
import { CLOUD_WATCH } from './aws-endpoint';
import type { JsonRpc } from './json-rpc';
import { jsonClient } from './json-rpc';

const RPC: JsonRpc = { service: CLOUD_WATCH, version: '1.0', target: 'GraniteServiceVersion20100801', queryCompatible: true };

/** Kept by the second: a period of ten seconds needs it. */
const HIGH_RESOLUTION = 1;

export function cloudWatch(call: AwsCall = awsCall(CLOUD_WATCH)): VerdictSink {
  const client = jsonClient(call, RPC);
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
  };
}

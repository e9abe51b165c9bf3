/**
 * CloudWatch as far as hooks, alarms and people need it: PutMetricData, GetMetricData, SetAlarmState, DescribeAlarms.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_Operations.html
 */
import type { CompositeAlarm, DescribeAlarmsOutput, MetricAlarm } from '@aws-sdk/client-cloudwatch';
import type { AlarmState } from '../../lib/model/status';
import { ServiceError } from '../engine/ports';
import type { AwsPlace, AwsService } from './aws-service';
import { notModelled } from './aws-service';
import type { AlarmView, CloudWatchBackend } from './cloudwatch-backend';
import { getMetricData } from './cloudwatch-data';
import { constraint, invalidCombination, missing } from './cloudwatch-errors';
import { readMetricData, readNamespace } from './cloudwatch-metrics';
import type { Fields } from './fields';

/** Prefix of `x-amz-target`, and the service in the path of RPC v2. */
export const CLOUDWATCH_TARGET = 'GraniteServiceVersion20100801';
export const CLOUDWATCH_XMLNS = 'http://monitoring.amazonaws.com/doc/2010-08-01/';

const STATES: readonly string[] = ['INSUFFICIENT_DATA', 'ALARM', 'OK'];
const TYPES: readonly string[] = ['CompositeAlarm', 'MetricAlarm', 'LogAlarm'];
const MAX_NAMES = 100;
const DEFAULT_PAGE = 50;
const MAX_PAGE = 100;
const MAX_REASON = 1023;
const MAX_REASON_DATA = 4000;

export function cloudWatchService(place: AwsPlace, backend: CloudWatchBackend): AwsService {
  const alarmArn = (name: string): string => `arn:${place.partition}:cloudwatch:${place.region}:${place.accountId}:alarm:${name}`;
  return {
    name: 'cloudwatch',
    operations: {
      PutMetricData: (input, caller) => {
        const namespace = readNamespace(input);
        caller.authorize('cloudwatch:PutMetricData', '*', { 'cloudwatch:namespace': namespace });
        if (input.has('EntityMetricData')) {
          throw notModelled('PutMetricData with EntityMetricData');
        }
        readMetricData(place, namespace, input).forEach((datum) => backend.put(datum));
        return {};
      },
      SetAlarmState: (input, caller) => {
        const name = requiredText(input, 'AlarmName');
        caller.authorize('cloudwatch:SetAlarmState', alarmArn(name));
        const state = readState(requiredText(input, 'StateValue'), 'stateValue');
        const reason = requiredText(input, 'StateReason');
        if (reason.length > MAX_REASON) {
          throw constraint(reason, 'stateReason', `Member must have length less than or equal to ${MAX_REASON}`);
        }
        backend.setState(name, state, reason, readReasonData(input));
        return {};
      },
      DescribeAlarms: (input, caller) => {
        caller.authorize('cloudwatch:DescribeAlarms', alarmArn('*'));
        return describeAlarms(place, backend, input);
      },
      GetMetricData: (input, caller) => {
        // The action has no resource-level permission.
        caller.authorize('cloudwatch:GetMetricData', '*');
        return getMetricData(place, backend, input);
      },
    },
  };
}

function requiredText(input: Fields, name: string): string {
  const value = input.string(name);
  if (value === undefined || value === '') {
    throw missing(name);
  }
  return value;
}

function readState(value: string, member: string): AlarmState {
  if (!STATES.includes(value)) {
    throw constraint(value, member, `Member must satisfy enum value set: [${STATES.join(', ')}]`);
  }
  return value as AlarmState;
}

function readReasonData(input: Fields): string | undefined {
  const data = input.string('StateReasonData');
  if (data === undefined) {
    return undefined;
  }
  if (data.length > MAX_REASON_DATA) {
    throw constraint(data, 'stateReasonData', `Member must have length less than or equal to ${MAX_REASON_DATA}`);
  }
  try {
    JSON.parse(data);
  } catch {
    throw new ServiceError('InvalidFormatFault', 'StateReasonData must be valid JSON');
  }
  return data;
}

function describeAlarms(place: AwsPlace, backend: CloudWatchBackend, input: Fields): DescribeAlarmsOutput {
  const related = ['ChildrenOfAlarmName', 'ParentsOfAlarmName'].find((name) => input.has(name));
  if (related !== undefined) {
    throw notModelled(`DescribeAlarms with ${related}`);
  }
  const page = backend.alarms().filter(alarmFilter(input)).sort(byName);
  const size = input.number('MaxRecords') ?? DEFAULT_PAGE;
  if (!Number.isInteger(size) || size < 1 || size > MAX_PAGE) {
    throw constraint(String(size), 'maxRecords', `Member must have value from 1 to ${MAX_PAGE}`);
  }
  const token = input.string('NextToken');
  const start = token === undefined ? 0 : page.findIndex((alarm) => alarm.name > tokenName(token));
  const shown = start < 0 ? [] : page.slice(start, start + size);
  const more = start >= 0 && start + size < page.length;
  return {
    MetricAlarms: shown.flatMap((alarm) => (alarm.kind === 'metric' ? [metricAlarm(place, alarm)] : [])),
    CompositeAlarms: shown.flatMap((alarm) => (alarm.kind === 'composite' ? [compositeAlarm(place, alarm)] : [])),
    ...(more && { NextToken: `after:${shown[shown.length - 1].name}` }),
  };
}

const byName = (a: AlarmView, b: AlarmView): number => (a.name < b.name ? -1 : 1);

function tokenName(token: string): string {
  if (!token.startsWith('after:')) {
    throw new ServiceError('InvalidNextToken', 'The next token specified is invalid.');
  }
  return token.slice('after:'.length);
}

function alarmFilter(input: Fields): (alarm: AlarmView) => boolean {
  const names = input.strings('AlarmNames');
  const prefix = input.string('AlarmNamePrefix');
  if (names !== undefined && prefix !== undefined) {
    throw invalidCombination('AlarmNames and AlarmNamePrefix cannot be used together');
  }
  if (names !== undefined && names.length > MAX_NAMES) {
    throw constraint(String(names.length), 'alarmNames', `Member must have length less than or equal to ${MAX_NAMES}`);
  }
  // Without AlarmTypes the service answers metric alarms only.
  const types = input.strings('AlarmTypes') ?? ['MetricAlarm'];
  const unknown = types.find((type) => !TYPES.includes(type));
  if (unknown !== undefined) {
    throw constraint(unknown, 'alarmTypes', `Member must satisfy enum value set: [${TYPES.join(', ')}]`);
  }
  const stateText = input.string('StateValue');
  const state = stateText === undefined ? undefined : readState(stateText, 'stateValue');
  const action = input.string('ActionPrefix');
  return (alarm) =>
    types.includes(alarm.kind === 'metric' ? 'MetricAlarm' : 'CompositeAlarm') &&
    (names === undefined || names.includes(alarm.name)) &&
    (prefix === undefined || alarm.name.startsWith(prefix)) &&
    (state === undefined || alarm.state === state) &&
    (action === undefined || (alarm.definition.AlarmActions ?? []).some((arn) => arn.startsWith(action)));
}

function stateOf(place: AwsPlace, alarm: AlarmView): MetricAlarm & CompositeAlarm {
  return {
    AlarmName: alarm.name,
    AlarmArn: alarm.arn,
    StateValue: alarm.state,
    StateReason: alarm.reason,
    StateReasonData: alarm.reasonData,
    StateUpdatedTimestamp: new Date(place.epochMs + alarm.updatedAt),
    StateTransitionedTimestamp: new Date(place.epochMs + alarm.transitionedAt),
  };
}

const metricAlarm = (place: AwsPlace, alarm: AlarmView & { kind: 'metric' }): MetricAlarm => ({
  ...alarm.definition,
  ...stateOf(place, alarm),
});

const compositeAlarm = (place: AwsPlace, alarm: AlarmView & { kind: 'composite' }): CompositeAlarm => ({
  ...alarm.definition,
  ...stateOf(place, alarm),
});

import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  ListMetricsCommand,
  PutMetricDataCommand,
  ResourceNotFound,
  SetAlarmStateCommand,
} from '@aws-sdk/client-cloudwatch';
import { AwsWorld, EPOCH_MS } from './aws-world';

let world: AwsWorld;
let client: CloudWatchClient;

beforeEach(async () => {
  world = await AwsWorld.start();
  client = new CloudWatchClient(world.client());
});

afterEach(async () => {
  client.destroy();
  await world.close();
});

const errors = { namespace: 'shop', metricName: 'Errors', dimensions: { Service: 'web' } };
const Dimensions = [{ Name: 'Service', Value: 'web' }];
const put = (datum: object, Namespace = 'shop') =>
  client.send(new PutMetricDataCommand({ Namespace, MetricData: [{ MetricName: 'Errors', Dimensions, ...datum }] }));

/** What alarms would read over the first minute. */
const stored = (statistic: 'Sum' | 'SampleCount' | 'Minimum' | 'Maximum') => world.metrics.value(errors, statistic, 0, 60_000);

describe('PutMetricData', () => {
  test('CW-1: values with counts, single values and statistics are stored', async () => {
    await put({ Values: [1, 3], Counts: [4, 1] });
    expect([stored('Sum'), stored('SampleCount'), stored('Maximum')]).toEqual([7, 5, 3]);
    await put({ Value: 2, StorageResolution: 1 });
    expect([stored('Sum'), stored('SampleCount')]).toEqual([9, 6]);
    await put({ StatisticValues: { Sum: 20, Minimum: 0.5, Maximum: 9, SampleCount: 4 } });
    expect([stored('Sum'), stored('SampleCount'), stored('Minimum'), stored('Maximum')]).toEqual([29, 10, 0.5, 9]);
  });

  test('CW-1: the timestamp counts, on the virtual clock', async () => {
    world.playTo(600_000);
    await put({ Value: 5, Timestamp: new Date(EPOCH_MS + 30_000) });
    expect(stored('Sum')).toBe(5);
  });

  test('CW-2: a compressed body is read', async () => {
    const data = Array.from({ length: 500 }, () => ({ MetricName: 'Errors', Dimensions, Value: 1 }));
    await client.send(new PutMetricDataCommand({ Namespace: 'shop', MetricData: data }));
    expect(stored('SampleCount')).toBe(500);
  });

  test.each([
    ['no value', {}, 'MissingRequiredParameterException', 'The parameter MetricData.member.1.Value is required.'],
    [
      'a value and values',
      { Value: 1, Values: [1] },
      'InvalidParameterCombination',
      'The parameters MetricData.member.1.Value and MetricData.member.1.Values are mutually exclusive and you have specified both.',
    ],
    [
      'fewer counts than values',
      { Values: [1, 2], Counts: [1] },
      'InvalidParameterValue',
      'The parameters MetricData.member.1.Values and MetricData.member.1.Counts must be of the same size.',
    ],
    [
      'a time three weeks ago',
      { Value: 1, Timestamp: new Date(EPOCH_MS - 21 * 86_400_000) },
      'InvalidParameterValue',
      'The parameter MetricData.member.1.Timestamp must specify a time no more than two weeks in the past and two hours in the future.',
    ],
    [
      'a resolution of 30 s',
      { Value: 1, StorageResolution: 30 },
      'InvalidParameterValue',
      'The value 30 for parameter MetricData.member.1.StorageResolution is invalid.',
    ],
  ])('CW-3: fails when a datum has %s, and stores nothing', async (_what, datum, name, message) => {
    await expect(put(datum)).rejects.toMatchObject({ name: expect.stringContaining(name), message });
    expect(stored('Sum')).toBeUndefined();
  });

  test('CW-3: fails when the namespace belongs to AWS', async () => {
    await expect(put({ Value: 1 }, 'AWS/ApplicationELB')).rejects.toThrow(
      'The value AWS/ApplicationELB for parameter Namespace is invalid.',
    );
  });

  test('AWS-4: the namespace is part of the permission, and a denial is AccessDenied', async () => {
    world.denied.add('cloudwatch:PutMetricData');
    const hook = new CloudWatchClient(world.client('FUNCTION'));
    await expect(
      hook.send(new PutMetricDataCommand({ Namespace: 'shop', MetricData: [{ MetricName: 'Errors', Value: 1 }] })),
    ).rejects.toThrow(
      'is not authorized to perform: cloudwatch:PutMetricData on resource: * because no identity-based policy allows the cloudwatch:PutMetricData action',
    );
    expect(world.calls).toEqual([
      { accessKeyId: 'FUNCTION', action: 'cloudwatch:PutMetricData', resource: '*', context: { 'cloudwatch:namespace': 'shop' } },
    ]);
    hook.destroy();
  });
});

describe('alarms', () => {
  test('CW-4: SetAlarmState moves the alarm, and DescribeAlarms shows it', async () => {
    world.playTo(5000);
    await client.send(
      new SetAlarmStateCommand({ AlarmName: 'shop-errors', StateValue: 'ALARM', StateReason: 'by hand', StateReasonData: '{"a":1}' }),
    );
    const { MetricAlarms, CompositeAlarms } = await client.send(new DescribeAlarmsCommand({}));
    expect(CompositeAlarms).toEqual([]);
    expect(MetricAlarms).toEqual([
      {
        AlarmName: 'shop-errors',
        AlarmArn: 'arn:aws:cloudwatch:eu-central-1:111122223333:alarm:shop-errors',
        ActionsEnabled: true,
        AlarmActions: [],
        OKActions: [],
        InsufficientDataActions: [],
        Namespace: 'shop',
        MetricName: 'Errors',
        Dimensions,
        Statistic: 'Sum',
        Period: 60,
        EvaluationPeriods: 1,
        Threshold: 1.5,
        ComparisonOperator: 'GreaterThanThreshold',
        TreatMissingData: 'notBreaching',
        StateValue: 'ALARM',
        StateReason: 'by hand',
        StateReasonData: '{"a":1}',
        StateUpdatedTimestamp: new Date(EPOCH_MS + 5000),
        StateTransitionedTimestamp: new Date(EPOCH_MS + 5000),
      },
    ]);
  });

  test('CW-5: composite alarms come only when asked for', async () => {
    const { CompositeAlarms } = await client.send(new DescribeAlarmsCommand({ AlarmTypes: ['CompositeAlarm'] }));
    expect(CompositeAlarms).toMatchObject([{ AlarmName: 'shop-any', AlarmRule: 'ALARM("shop-errors")' }]);
  });

  test('CW-6: pages, names, prefix and state', async () => {
    const both = ['MetricAlarm', 'CompositeAlarm'] as const;
    const first = await client.send(new DescribeAlarmsCommand({ AlarmTypes: [...both], MaxRecords: 1 }));
    expect(first.CompositeAlarms).toHaveLength(1);
    const second = await client.send(new DescribeAlarmsCommand({ AlarmTypes: [...both], MaxRecords: 1, NextToken: first.NextToken }));
    expect([second.MetricAlarms?.length, second.NextToken]).toEqual([1, undefined]);
    expect((await client.send(new DescribeAlarmsCommand({ AlarmNames: ['none'] }))).MetricAlarms).toEqual([]);
    expect((await client.send(new DescribeAlarmsCommand({ AlarmNamePrefix: 'shop-' }))).MetricAlarms).toHaveLength(1);
    expect((await client.send(new DescribeAlarmsCommand({ StateValue: 'ALARM' }))).MetricAlarms).toEqual([]);
    await expect(client.send(new DescribeAlarmsCommand({ AlarmNames: ['a'], AlarmNamePrefix: 'b' }))).rejects.toThrow(
      'AlarmNames and AlarmNamePrefix cannot be used together',
    );
  });

  test('CW-7: an unknown alarm is ResourceNotFound, with 404', async () => {
    const error = await client
      .send(new SetAlarmStateCommand({ AlarmName: 'none', StateValue: 'OK', StateReason: 'x' }))
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ResourceNotFound);
    expect(error).toMatchObject({ message: "there is no alarm 'none'", $metadata: { httpStatusCode: 404 } });
  });

  test('CW-7: fails when the state or its data is malformed', async () => {
    const set = (more: object) =>
      client.send(new SetAlarmStateCommand({ AlarmName: 'shop-errors', StateValue: 'OK', StateReason: 'x', ...more }));
    await expect(set({ StateValue: 'RED' })).rejects.toThrow('Member must satisfy enum value set: [INSUFFICIENT_DATA, ALARM, OK]');
    await expect(set({ StateReasonData: '{' })).rejects.toMatchObject({ name: 'InvalidFormatFault' });
  });
});

test('AWS-5: what is not modelled is refused and listed', async () => {
  await expect(client.send(new ListMetricsCommand({}))).rejects.toThrow(
    'the operation ListMetrics of cloudwatch is not modelled by the rehearsal',
  );
  await expect(client.send(new DescribeAlarmsCommand({ ParentsOfAlarmName: 'x' }))).rejects.toThrow(
    'DescribeAlarms with ParentsOfAlarmName is not modelled',
  );
  expect(world.endpoint.notModelled).toEqual([
    { service: 'cloudwatch', operation: 'ListMetrics' },
    { service: 'cloudwatch', operation: 'DescribeAlarms' },
  ]);
});

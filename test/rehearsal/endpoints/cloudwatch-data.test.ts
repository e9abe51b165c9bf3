import type { GetMetricDataInput, MetricDataQuery } from '@aws-sdk/client-cloudwatch';
import { CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';

import { AwsWorld, EPOCH_MS } from './aws-world';

let world: AwsWorld;
let client: CloudWatchClient;

beforeEach(async () => {
  world = await AwsWorld.start();
  client = new CloudWatchClient(world.client());
  // Ten seconds after each whole minute: 1, then 2, then 3 times the value 1, and one slow request.
  [1, 2, 3].forEach((count, minute) => world.metrics.put({ ...REQUESTS, at: minute * 60_000 + 10_000, values: [{ value: 1, count }] }));
  world.metrics.put({ ...REQUESTS, at: 130_000, values: [{ value: 9, count: 1 }] });
  world.playTo(600_000);
});

afterEach(async () => {
  client.destroy();
  await world.close();
});

const REQUESTS = { namespace: 'shop', metricName: 'Requests', dimensions: { Service: 'web' } };
const at = (seconds: number) => new Date(EPOCH_MS + seconds * 1000);
const metric = (Id: string, Stat = 'Sum', Period = 60, MetricName = 'Requests'): MetricDataQuery => ({
  Id,
  MetricStat: { Metric: { Namespace: 'shop', MetricName, Dimensions: [{ Name: 'Service', Value: 'web' }] }, Period, Stat },
});
const ask = (queries: MetricDataQuery[], input: Partial<GetMetricDataInput> = {}) =>
  client.send(new GetMetricDataCommand({ MetricDataQueries: queries, StartTime: at(0), EndTime: at(240), ScanBy: 'TimestampAscending', ...input }));
const valuesOf = async (...args: Parameters<typeof ask>) => (await ask(...args)).MetricDataResults?.map(({ Id, Values }) => [Id, Values]);

test('CW-10: statistics, period by period, without points where there is no data', async () => {
  const { MetricDataResults, Messages } = await ask([metric('m1'), metric('m2', 'SampleCount')]);
  expect(Messages ?? []).toEqual([]);
  expect(MetricDataResults).toMatchObject([
    { Id: 'm1', Label: 'Requests', StatusCode: 'Complete', Values: [1, 2, 12], Timestamps: [at(0), at(60), at(120)] },
    { Id: 'm2', Values: [1, 2, 4] },
  ]);
});

test('CW-10: one period as long as the window, percentiles and metric math', async () => {
  expect(await valuesOf([metric('m1', 'Sum', 240), metric('m2', 'p50', 240), metric('m3', 'Maximum', 240), { Id: 'e1', Expression: '100 * m1 / m3', Label: 'share' }])).toEqual([
    ['m1', [15]],
    ['m2', [1]],
    ['m3', [9]],
    ['e1', [(100 * 15) / 9]],
  ]);
  expect(await valuesOf([{ ...metric('m1'), ReturnData: false }, metric('m2', 'Sum', 60, 'None'), { Id: 'e1', Expression: 'm1 + FILL(m2, 0)' }])).toEqual([
    ['m2', []],
    ['e1', [1, 2, 12]],
  ]);
});

test('CW-11: the start is rounded down, and the newest comes first by default', async () => {
  const { MetricDataResults } = await ask([metric('m1')], { StartTime: at(59), EndTime: at(180), ScanBy: undefined });
  expect(MetricDataResults).toMatchObject([{ Values: [12, 2, 1], Timestamps: [at(120), at(60), at(0)] }]);
  expect(await valuesOf([metric('m1', 'Sum', 10)], { StartTime: at(15), EndTime: at(80) })).toEqual([['m1', [1, 2]]]);
  expect(await valuesOf([metric('m1', 'Sum', 10)], { StartTime: at(20), EndTime: at(80) })).toEqual([['m1', [2]]]);
});

test('AWS-4: is decided on everything', async () => {
  await ask([metric('m1')]);
  expect(world.calls.at(-1)).toMatchObject({ action: 'cloudwatch:GetMetricData', resource: '*' });
});

test.each<[string, MetricDataQuery[], Partial<GetMetricDataInput>, string]>([
  ['no queries', [], {}, 'The parameter MetricDataQueries is required.'],
  ['an id twice', [metric('m1'), metric('m1')], {}, 'are not unique: m1'],
  ['an id that begins with a capital', [metric('M1')], {}, 'is not matching the expected pattern'],
  ['neither metric nor expression', [{ Id: 'm1' }], {}, 'Either MetricDataQueries.member.1.Expression or MetricDataQueries.member.1.MetricStat must be specified'],
  ['an odd period', [metric('m1', 'Sum', 90)], {}, 'Period must be 1, 5, 10, 20, 30 or a multiple of 60'],
  ['a window that ends before it begins', [metric('m1')], { EndTime: at(0) }, 'The parameter StartTime must be less than the parameter EndTime.'],
  ['an unknown order', [metric('m1')], { ScanBy: 'Sideways' as never }, "at 'scanBy' failed to satisfy constraint"],
])('CW-11: refuses %s', async (_, queries, input, message) => {
  await expect(ask(queries, input)).rejects.toThrow(message);
});

test.each<[string, MetricDataQuery[], Partial<GetMetricDataInput>]>([
  ['pages', [metric('m1')], { MaxDatapoints: 1 }],
  ['periods of a second', [metric('m1', 'Sum', 1)], {}],
  ['another account', [{ ...metric('m1'), AccountId: '999988887777' }], {}],
  ['trimmed means', [metric('m1', 'tm90')], {}],
  ['math outside the subset', [metric('m1'), { Id: 'e1', Expression: 'ANOMALY_DETECTION_BAND(m1)' }], {}],
  ['an expression beside metrics of different periods', [metric('m1'), metric('m2', 'Sum', 120), { Id: 'e1', Expression: 'm1' }], {}],
])('CW-12: %s are listed as not modelled', async (_, queries, input) => {
  await expect(ask(queries, input)).rejects.toMatchObject({ name: 'InvalidAction' });
  expect(world.endpoint.notModelled).toContainEqual(expect.objectContaining({ service: 'cloudwatch', operation: expect.stringContaining('GetMetricData') }));
});

test('CW-12: what is no longer kept is not taken for no data', async () => {
  world.playTo(4 * 3_600_000);
  await expect(ask([metric('m1')])).rejects.toMatchObject({ name: 'InvalidAction' });
});

test('CW-10: in the JSON and the query protocol alike', async () => {
  const headers = { authorization: 'AWS4-HMAC-SHA256 Credential=OPERATOR/20260101/eu-central-1/monitoring/aws4_request, SignedHeaders=host, Signature=0' };
  const json = await fetch(world.endpoint.url, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': 'GraniteServiceVersion20100801.GetMetricData' },
    body: JSON.stringify({ MetricDataQueries: [metric('m1')], StartTime: EPOCH_MS / 1000, EndTime: EPOCH_MS / 1000 + 240, ScanBy: 'TimestampAscending' }),
  });
  expect(await json.json()).toMatchObject({ MetricDataResults: [{ Id: 'm1', Timestamps: [0, 60, 120].map((seconds) => EPOCH_MS / 1000 + seconds), Values: [1, 2, 12], StatusCode: 'Complete' }] });
  const form = {
    Action: 'GetMetricData',
    StartTime: '2026-01-01T00:00:00Z',
    EndTime: '2026-01-01T00:01:00Z',
    'MetricDataQueries.member.1.Id': 'm1',
    'MetricDataQueries.member.1.MetricStat.Period': '60',
    'MetricDataQueries.member.1.MetricStat.Stat': 'Sum',
    'MetricDataQueries.member.1.MetricStat.Metric.Namespace': 'shop',
    'MetricDataQueries.member.1.MetricStat.Metric.MetricName': 'Requests',
    'MetricDataQueries.member.1.MetricStat.Metric.Dimensions.member.1.Name': 'Service',
    'MetricDataQueries.member.1.MetricStat.Metric.Dimensions.member.1.Value': 'web',
  };
  const query = await fetch(world.endpoint.url, { method: 'POST', headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded' }, body: new URLSearchParams(form).toString() });
  expect(await query.text()).toContain('<Timestamps><member>2026-01-01T00:00:00.000Z</member></Timestamps><Values><member>1</member></Values><StatusCode>Complete</StatusCode>');
});

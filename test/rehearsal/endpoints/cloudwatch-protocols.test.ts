import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { AwsWorld } from './aws-world';

let world: AwsWorld;

beforeEach(async () => (world = await AwsWorld.start()));
afterEach(() => world.close());

const authorization = 'AWS4-HMAC-SHA256 Credential=OPERATOR/20260101/eu-central-1/monitoring/aws4_request, SignedHeaders=host, Signature=0';

/** A client of another make: encodes the request and decodes the answer with the package cborg, in a process of its own. */
async function cborg(
  operation: string,
  input: object,
): Promise<{ status: number; headers: Record<string, string>; body: Record<string, unknown> }> {
  const script = `
    import { encode, decode, Token, Type } from 'cborg';
    const [url, operation, input] = process.argv.slice(1);
    const tags = { 1: (content) => ({ seconds: content() }) };
    const typeEncoders = { Date: (date) => [new Token(Type.tag, 1), new Token(Type.float, date.getTime() / 1000)] };
    const response = await fetch(url + '/service/GraniteServiceVersion20100801/operation/' + operation, {
      method: 'POST',
      headers: { 'smithy-protocol': 'rpc-v2-cbor', 'content-type': 'application/cbor', accept: 'application/cbor', authorization: ${JSON.stringify(authorization)} },
      body: encode(JSON.parse(input, (key, value) => (key === 'Timestamp' ? new Date(value * 1000) : value)), { typeEncoders }),
    });
    const body = decode(new Uint8Array(await response.arrayBuffer()), { tags });
    console.log(JSON.stringify({ status: response.status, headers: Object.fromEntries(response.headers), body }));
  `;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script, world.endpoint.url, operation, JSON.stringify(input)], {
    cwd: join(__dirname, '../../..'),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [output, problems] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  if (output === '') {
    throw new Error(problems);
  }
  return JSON.parse(output) as Awaited<ReturnType<typeof cborg>>;
}

describe('RPC v2 CBOR', () => {
  test('CW-8: data, state and alarms', async () => {
    const put = await cborg('PutMetricData', {
      Namespace: 'shop',
      MetricData: [
        {
          MetricName: 'Errors',
          Dimensions: [{ Name: 'Service', Value: 'web' }],
          Values: [0.5, 2],
          Counts: [2, 1],
          Timestamp: 1767225610.5,
        },
      ],
    });
    expect(put).toMatchObject({ status: 200, headers: { 'smithy-protocol': 'rpc-v2-cbor', 'content-type': 'application/cbor' }, body: {} });
    expect(world.metrics.value({ namespace: 'shop', metricName: 'Errors', dimensions: { Service: 'web' } }, 'Sum', 0, 60_000)).toBe(3);
    await cborg('SetAlarmState', { AlarmName: 'shop-errors', StateValue: 'ALARM', StateReason: 'by hand' });
    const { body } = await cborg('DescribeAlarms', { AlarmNames: ['shop-errors'] });
    expect(body).toMatchObject({
      MetricAlarms: [{ AlarmName: 'shop-errors', StateValue: 'ALARM', Threshold: 1.5, StateUpdatedTimestamp: { seconds: 1767225600 } }],
    });
  });

  test('CW-8: errors carry the shape and the query name', async () => {
    expect(await cborg('SetAlarmState', { AlarmName: 'none', StateValue: 'OK', StateReason: 'x' })).toMatchObject({
      status: 404,
      headers: { 'x-amzn-query-error': 'ResourceNotFound;Sender' },
      body: { __type: 'com.amazonaws.cloudwatch#ResourceNotFound' },
    });
    expect((await cborg('GetDashboard', {})).body.__type).toBe('com.amazonaws.cloudwatch#UnknownOperationException');
  });

  test('CW-8: fails when the body is no CBOR', async () => {
    const response = await fetch(`${world.endpoint.url}/service/GraniteServiceVersion20100801/operation/DescribeAlarms`, {
      method: 'POST',
      headers: { 'smithy-protocol': 'rpc-v2-cbor', 'content-type': 'application/cbor', authorization },
      body: Buffer.of(0xbf, 0x61),
    });
    expect(response.status).toBe(400);
    expect(Buffer.from(await response.arrayBuffer()).toString()).toContain(
      'the body is not valid CBOR: CBOR ends in the middle of a value',
    );
  });
});

describe('query', () => {
  const query = async (form: Record<string, string>) => {
    const body = new URLSearchParams({ Version: '2010-08-01', ...form });
    const response = await fetch(world.endpoint.url, { method: 'POST', headers: { authorization }, body });
    return { status: response.status, text: await response.text() };
  };

  test('CW-9: data, state and alarms', async () => {
    const put = await query({
      Action: 'PutMetricData',
      Namespace: 'shop',
      'MetricData.member.1.MetricName': 'Errors',
      'MetricData.member.1.Dimensions.member.1.Name': 'Service',
      'MetricData.member.1.Dimensions.member.1.Value': 'web',
      'MetricData.member.1.Values.member.1': '1',
      'MetricData.member.1.Values.member.2': '2.5',
      'MetricData.member.1.Counts.member.1': '2',
      'MetricData.member.1.Counts.member.2': '1',
      'MetricData.member.1.Timestamp': '2026-01-01T00:00:10Z',
    });
    expect(put.status).toBe(200);
    expect(put.text).toMatch(
      /^<\?xml .*\n<PutMetricDataResponse xmlns="http:\/\/monitoring.amazonaws.com\/doc\/2010-08-01\/"><PutMetricDataResult><\/PutMetricDataResult><ResponseMetadata><RequestId>[0-9a-f-]{36}</,
    );
    expect(world.metrics.value({ namespace: 'shop', metricName: 'Errors', dimensions: { Service: 'web' } }, 'Sum', 0, 60_000)).toBe(4.5);
    await query({ Action: 'SetAlarmState', AlarmName: 'shop-errors', StateValue: 'ALARM', StateReason: 'a < b & c' });
    const { text: xml } = await query({ Action: 'DescribeAlarms', 'AlarmNames.member.1': 'shop-errors' });
    expect(xml).toContain('<MetricAlarms><member>');
    expect(xml).toContain(
      '<StateReason>a &lt; b &amp; c</StateReason><StateUpdatedTimestamp>2026-01-01T00:00:00.000Z</StateUpdatedTimestamp>',
    );
    expect(xml).toContain('<Dimensions><member><Name>Service</Name><Value>web</Value></member></Dimensions>');
  });

  test('CW-9: errors have the old names', async () => {
    const missing = await query({ Action: 'SetAlarmState', AlarmName: 'shop-errors', StateValue: 'OK' });
    expect(missing).toMatchObject({
      status: 400,
      text: expect.stringContaining(
        '<Error><Type>Sender</Type><Code>MissingParameter</Code><Message>The parameter StateReason is required.</Message></Error>',
      ),
    });
    expect((await query({ Action: 'GetDashboard' })).text).toContain('<Code>InvalidAction</Code>');
  });
});

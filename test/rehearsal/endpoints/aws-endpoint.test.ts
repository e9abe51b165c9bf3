import { gzipSync } from 'node:zlib';
import { AwsWorld } from './aws-world';

let world: AwsWorld;
beforeEach(async () => (world = await AwsWorld.start()));
afterEach(() => world.close());

const signed = (service: string, key = 'OPERATOR') =>
  `AWS4-HMAC-SHA256 Credential=${key}/20260101/eu-central-1/${service}/aws4_request, SignedHeaders=host, Signature=0`;

async function send(target: string, body: string | Buffer, headers: Record<string, string> = {}) {
  const response = await fetch(world.endpoint.url, {
    method: 'POST',
    headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': target, authorization: signed('codedeploy'), ...headers },
    body: typeof body === 'string' ? body : new Uint8Array(body),
  });
  return {
    status: response.status,
    headers: Object.fromEntries(response.headers),
    json: (await response.json()) as Record<string, unknown>,
  };
}

test('AWS-1: answers carry the protocol, a request id and the virtual date', async () => {
  const { status, headers, json } = await send('CodeDeploy_20141006.ListApplications', '{}');
  expect({ status, json }).toEqual({ status: 200, json: { applications: ['shop'] } });
  expect(headers).toMatchObject({ 'content-type': 'application/x-amz-json-1.1', date: 'Thu, 01 Jan 2026 00:00:00 GMT' });
});

test('AWS-2: request ids depend on what is asked and how often, not on the order', async () => {
  const idsOf = async (asked: string[]) => {
    const ids: [string, string][] = [];
    for (const operation of asked) {
      ids.push([operation, (await send(`CodeDeploy_20141006.${operation}`, '{}')).headers['x-amzn-requestid']]);
    }
    return new Map(
      ids.map(([operation, id], index) => [`${operation} ${ids.slice(0, index).filter(([before]) => before === operation).length}`, id]),
    );
  };
  const one = await idsOf(['ListApplications', 'ListApplications', 'ListDeploymentConfigs']);
  await world.close();
  world = await AwsWorld.start();
  const other = await idsOf(['ListDeploymentConfigs', 'ListApplications', 'ListApplications']);
  expect(new Map([...other].sort())).toEqual(new Map([...one].sort()));
  expect(new Set(one.values()).size).toBe(3);
});

test('AWS-3: gzip bodies are read, within bounds', async () => {
  const gzip = { 'content-encoding': 'gzip' };
  expect((await send('CodeDeploy_20141006.GetApplication', gzipSync('{"applicationName":"shop"}'), gzip)).status).toBe(200);
  expect(await send('CodeDeploy_20141006.GetApplication', gzipSync(Buffer.alloc(5 * 1024 * 1024, 0x20)), gzip)).toMatchObject({
    status: 413,
    json: { __type: 'RequestEntityTooLargeException', message: 'the body must not be larger than 4194304 bytes' },
  });
  expect((await send('CodeDeploy_20141006.GetApplication', 'plain', gzip)).json).toEqual({
    __type: 'SerializationException',
    message: 'the body is not valid gzip',
  });
  expect((await send('CodeDeploy_20141006.GetApplication', 'x', { 'content-encoding': 'br' })).json.message).toBe(
    "content-encoding 'br' is not supported; use gzip or none",
  );
});

test.each([
  ['is no JSON', '{', 'the body is not valid JSON'],
  ['is a list', '[]', 'START_ARRAY cannot be converted to structure'],
  ['has a number for a text', '{"applicationName":1}', 'NUMBER_VALUE cannot be converted to String'],
])('AWS-6: fails when the body %s', async (_what, body, message) => {
  expect(await send('CodeDeploy_20141006.GetApplication', body)).toMatchObject({
    status: 400,
    json: { __type: 'SerializationException', message },
  });
});

test('AWS-5: unknown operations and unknown services are refused and listed once', async () => {
  for (const target of [
    'CodeDeploy_20141006.CreateApplication',
    'CodeDeploy_20141006.CreateApplication',
    'DynamoDB_20120810.ListTables',
  ]) {
    expect(await send(target, '{}')).toMatchObject({ status: 400, json: { __type: 'UnknownOperationException' } });
  }
  const s3 = await fetch(`${world.endpoint.url}/bucket/key`, { headers: { authorization: signed('s3') } });
  expect(s3.status).toBe(404);
  expect(world.endpoint.notModelled).toEqual([
    { service: 'codedeploy', operation: 'CreateApplication' },
    { service: 'DynamoDB_20120810', operation: 'ListTables' },
    { service: 's3', operation: 'GET /bucket/key' },
  ]);
});

test('AWS-5: names that every object has are no operations', async () => {
  expect((await send('CodeDeploy_20141006.constructor', '{}')).json.__type).toBe('UnknownOperationException');
  expect((await send('toString.GetApplication', '{}')).json.__type).toBe('UnknownOperationException');
});

test('AWS-7: fails when the request is not signed', async () => {
  expect(await send('CodeDeploy_20141006.ListApplications', '{}', { authorization: '' })).toMatchObject({
    status: 400,
    json: { __type: 'MissingAuthenticationTokenException', message: 'Missing Authentication Token' },
  });
});

test('AWS-4: each call is put before the authorizer with its key, action and resource', async () => {
  await send('CodeDeploy_20141006.GetDeploymentGroup', '{"applicationName":"shop","deploymentGroupName":"shop-web"}', {
    authorization: signed('codedeploy', 'FUNCTION'),
  });
  expect(world.calls).toEqual([
    {
      accessKeyId: 'FUNCTION',
      action: 'codedeploy:GetDeploymentGroup',
      resource: 'arn:aws:codedeploy:eu-central-1:111122223333:deploymentgroup:shop/shop-web',
      context: {},
    },
  ]);
});

test('AWS-5: a service that is not played is refused in the query protocol too, by the name of its action', async () => {
  const response = await fetch(world.endpoint.url, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8', authorization: signed('sts') },
    body: 'Action=GetCallerIdentity&Version=2011-06-15',
  });
  expect({ status: response.status, type: response.headers.get('content-type') }).toEqual({ status: 400, type: 'text/xml' });
  expect(await response.text()).toContain('<Code>InvalidAction</Code><Message>GetCallerIdentity of sts is not modelled by the rehearsal</Message>');
  expect(world.endpoint.notModelled).toEqual([{ service: 'sts', operation: 'GetCallerIdentity' }]);
});

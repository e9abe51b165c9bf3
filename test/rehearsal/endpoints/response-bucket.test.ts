import type { LoopbackRequest, LoopbackResponse } from '../../../rehearsal/endpoints/loopback-server';
import { ResponseBucket, type PutAnswer } from '../../../rehearsal/endpoints/response-bucket';

const KEY = 'arn:aws:cloudformation:eu-central-1:111122223333:stack/shop/1|Deployment|c1';
let now = 0;
let bucket: ResponseBucket;

beforeEach(() => {
  now = 0;
  bucket = new ResponseBucket({ region: 'eu-central-1', epochMs: Date.UTC(2026, 0, 5, 9), now: () => now });
});

function put(url: string, { method = 'PUT', headers = {} as Record<string, string>, body = '{}' } = {}): LoopbackResponse {
  const { pathname, search } = new URL(url);
  const sent: LoopbackRequest = { method, url: pathname + search, headers: { 'content-type': '', 'content-length': String(body.length), ...headers }, body: Buffer.from(body), remotePort: 1, arrivedAt: now };
  return bucket.handle(sent) as LoopbackResponse;
}

test('RU-1: the URL is presigned for one key, as CloudFormation signs them', () => {
  const url = new URL(bucket.presign(KEY));
  expect(url.host).toBe('cloudformation-custom-resource-response-eucentral1.s3.eu-central-1.amazonaws.com');
  expect(url.pathname).toBe('/arn%3Aaws%3Acloudformation%3Aeu-central-1%3A111122223333%3Astack/shop/1%7CDeployment%7Cc1');
  expect([...url.searchParams.keys()]).toEqual(['X-Amz-Algorithm', 'X-Amz-Date', 'X-Amz-SignedHeaders', 'X-Amz-Expires', 'X-Amz-Credential', 'X-Amz-Signature']);
  expect(url.searchParams.get('X-Amz-Date')).toBe('20260105T090000Z');
  expect(new ResponseBucket({ region: 'us-east-1', epochMs: 0, now: () => 0 }).host).toBe('cloudformation-custom-resource-response-useast1.s3.amazonaws.com');
});

test('RU-2: everything that is put is kept, and told of', () => {
  const heard: PutAnswer[] = [];
  bucket.onPut(KEY, (answer) => heard.push(answer));
  const url = bucket.presign(KEY);
  expect(put(url, { body: 'one' })).toMatchObject({ status: 200, headers: { etag: '"f97c5d29941bfb1b2fdab0874906ab82"' } });
  now = 5;
  expect(put(url, { body: 'two' }).status).toBe(200);
  expect(heard).toEqual([{ at: 0, body: 'one' }, { at: 5, body: 'two' }]);
  expect(bucket.puts(KEY)).toEqual(heard);
  expect(bucket.puts('other')).toEqual([]);
});

test.each<[string, (url: string) => LoopbackResponse, number, string]>([
  ['another key', (url) => put(url.replace('%7CDeployment', '%7COther')), 403, 'SignatureDoesNotMatch'],
  ['another query', (url) => put(url.replace('X-Amz-Expires=7200', 'X-Amz-Expires=9999')), 403, 'SignatureDoesNotMatch'],
  ['no signature', (url) => put(url.replace(/&X-Amz-Signature=.*/, '')), 403, 'SignatureDoesNotMatch'],
  ['another method', (url) => put(url, { method: 'POST' }), 403, 'SignatureDoesNotMatch'],
  ['a content type', (url) => put(url, { headers: { 'content-type': 'application/json' } }), 403, 'SignatureDoesNotMatch'],
  ['no length', (url) => put(url, { headers: { 'content-length': undefined as unknown as string } }), 411, 'MissingContentLength'],
])('RU-3: %s is refused', (_what, send, status, code) => {
  const answer = send(bucket.presign(KEY));
  expect(answer.status).toBe(status);
  expect(answer.body).toContain(`<Code>${code}</Code>`);
  expect(bucket.puts(KEY)).toEqual([]);
});

test('RU-3: after two hours the URL is worthless', () => {
  const url = bucket.presign(KEY);
  now = 7_200_000;
  expect(put(url).status).toBe(200);
  now += 1;
  expect(put(url)).toMatchObject({ status: 403, body: expect.stringContaining('<Code>AccessDenied</Code><Message>Request has expired</Message>') as unknown });
});

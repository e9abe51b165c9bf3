import type { IncomingHttpHeaders } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { responseUrl } from '../../../lambda/adapters/response-url';
import { close, listen } from '../support/aws-server';

const BODY = '{"Status":"SUCCESS","Reason":"größer"}';

interface Seen {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** PUTs to a server that answers so; what it saw, and what came of it. */
async function put(answer: { readonly status: number; readonly body: string } | 'reset' | 'hang', signal = new AbortController().signal) {
  const seen: Seen[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      seen.push({ method: request.method, url: request.url, headers: request.headers, body: Buffer.concat(chunks).toString('utf8') });
      if (answer === 'reset') {
        response.socket?.resetAndDestroy();
      } else if (answer !== 'hang') {
        response.writeHead(answer.status).end(answer.body);
      }
    });
  });
  await listen(server);
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/answer?X-Amz-Signature=s3cret`;
  const end = await responseUrl.put(url, BODY, signal).then(
    (value) => ({ value }),
    (error: Error) => ({ error }),
  );
  await close(server);
  return { seen, end };
}

test('sends the bytes as they were signed for: with PUT, and without a type', async () => {
  const { seen, end } = await put({ status: 200, body: '' });
  expect(end).toEqual({ value: { status: 200, body: '' } });
  expect(seen).toEqual([{ method: 'PUT', url: '/answer?X-Amz-Signature=s3cret', headers: expect.objectContaining({ 'content-type': '', 'content-length': '40' }), body: BODY }]);
  expect(seen[0]?.headers['transfer-encoding']).toBeUndefined();
});

test('tells what the bucket says, the beginning of it', async () => {
  const { end } = await put({ status: 403, body: `<Message>Request has expired</Message>${'x'.repeat(100_000)}` });
  expect(end).toMatchObject({ value: { status: 403, body: expect.stringMatching(/^<Message>Request has expired/) } });
  expect((end as { readonly value: { readonly body: string } }).value.body).toHaveLength(4_096);
});

test('a connection that breaks is worth another try, and the URL stays a secret', async () => {
  const { end } = await put('reset');
  expect(end).toMatchObject({ error: { code: 'ECONNRESET', retryable: true, message: 'the answer to CloudFormation failed: ECONNRESET: the response URL could not be reached' } });
});

test('a server that never answers is left', async () => {
  const { end } = await put('hang', AbortSignal.timeout(100));
  expect(end).toMatchObject({ error: { code: 'ABORT_ERR', retryable: true } });
});

test('nobody listens', async () => {
  await expect(responseUrl.put('http://127.0.0.1:1/answer', BODY, new AbortController().signal)).rejects.toMatchObject({ code: 'ECONNREFUSED', retryable: true });
});

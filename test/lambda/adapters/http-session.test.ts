/** What a request carries from leg to leg: credentials, cookies, signatures; and what it keeps to itself. */
import { createHash, createHmac } from 'node:crypto';
import type { IncomingMessage, RequestListener, Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { systemClock } from '../../../lambda/adapters/clock';
import { httpClient } from '../../../lambda/adapters/http-client';
import type { OutgoingRequest } from '../../../lambda/core/ports';
import { close, listen } from '../support/aws-server';
import { LAMBDA_VARIABLES } from '../support/handler-process';

const servers: Server[] = [];
afterEach(() => Promise.all(servers.splice(0).map(close)));

async function serve(handler: RequestListener): Promise<string> {
  const server = createServer(handler);
  servers.push(server);
  await listen(server);
  return `http://web.test:${(server.address() as AddressInfo).port}`;
}

const client = httpClient({ clock: systemClock, policy: () => undefined, resolve: async () => [{ address: '127.0.0.1', family: 4 }] });
const send = (request: Partial<OutgoingRequest> & { readonly url: string }) => client.send({ method: 'GET', headers: {}, timeoutMs: 20_000, maxRedirects: 5, ...request }, new AbortController().signal);
const isSecret = (text: string) => text.includes('p4ss');

/** Two origins: the first answers as it is told, the second notes what it gets. */
async function twoOrigins(status: number, location: (other: string) => string) {
  const seen: { readonly headers: IncomingMessage['headers']; readonly url: string; readonly body: string }[] = [];
  const other = await serve((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      seen.push({ headers: request.headers, url: request.url ?? '', body });
      response.end('other');
    });
  });
  const first = await serve((_, response) => response.writeHead(status, { location: location(other) }).end());
  return { first, seen };
}

describe('a redirect to another origin', () => {
  test('carries no header that holds a secret, whatever its name', async () => {
    const { first, seen } = await twoOrigins(302, (other) => `${other}/next`);
    await send({ url: `${first}/`, headers: { 'X-Api-Key': 'key p4ss', authorization: 'Bearer other', Cookie: 'a=b', accept: 'text/plain' }, isSecret });
    expect(seen).toHaveLength(1);
    expect(Object.keys(seen[0]!.headers).filter((name) => ['x-api-key', 'authorization', 'cookie', 'accept'].includes(name))).toEqual(['accept']);
  });

  test.each([307, 308])('is the answer where it would carry a secret in its body (%i)', async (status) => {
    const { first, seen } = await twoOrigins(status, (other) => `${other}/next`);
    expect(await send({ url: `${first}/`, method: 'POST', body: 'password=p4ss', isSecret })).toMatchObject({ status });
    expect(seen).toEqual([]);
  });

  test('is the answer where it would carry a secret in its query', async () => {
    const { first, seen } = await twoOrigins(302, (other) => `${other}/next?token=p4ss`);
    expect(await send({ url: `${first}/`, isSecret })).toMatchObject({ status: 302 });
    expect(seen).toEqual([]);
  });

  test('is followed with a body that holds none', async () => {
    const { first, seen } = await twoOrigins(307, (other) => `${other}/next`);
    expect(await send({ url: `${first}/`, method: 'POST', body: 'a=b', isSecret })).toMatchObject({ status: 200 });
    expect(seen[0]!.body).toBe('a=b');
  });

  test('carries no signature', async () => {
    const { first, seen } = await twoOrigins(302, (other) => `${other}/next`);
    await withCredentials(() => send({ url: `${first}/`, sign: { service: 'execute-api', region: 'eu-central-1' } }));
    expect(Object.keys(seen[0]!.headers).filter((name) => name.startsWith('x-amz') || name === 'authorization')).toEqual([]);
  });
});

describe('cookies of a session', () => {
  test('go along with later requests of their origin, and nowhere else', async () => {
    const seen: (string | undefined)[] = [];
    const received: string[] = [];
    const other = await serve((request, response) => {
      seen.push(`other ${request.headers.cookie ?? ''}`);
      response.end();
    });
    const origin = await serve((request, response) => {
      seen.push(`${request.url} ${request.headers.cookie ?? ''}`);
      const set: Readonly<Record<string, readonly string[]>> = { '/login': ['session=s3ss; Path=/; HttpOnly', 'deep=d; Path=/admin', 'gone=g; Max-Age=0'], '/logout': ['session=; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Path=/'] };
      const headers = { 'set-cookie': [...(set[request.url ?? ''] ?? [])] };
      response.writeHead(request.url === '/login' ? 302 : 200, request.url === '/login' ? { ...headers, location: '/home' } : headers).end();
    });
    const cookies = { received: (value: string) => void received.push(value) };
    for (const path of ['/login', '/admin/x', '/administrator', '/logout', '/home']) {
      await send({ url: `${origin}${path}`, cookies, headers: path === '/admin/x' ? { Cookie: 'own=1' } : {} });
    }
    await send({ url: `${other}/`, cookies });
    await send({ url: `${origin}/home`, cookies: { received: () => undefined } });
    expect(seen).toEqual(['/login ', '/home session=s3ss', '/admin/x own=1; deep=d; session=s3ss', '/administrator session=s3ss', '/logout session=s3ss', '/home ', 'other ', '/home ']);
    expect(received).toEqual(['s3ss', 'd']);
  });
});

/** The credential provider of the SDK reads the environment of the process. */
async function withCredentials<T>(work: () => Promise<T>): Promise<T> {
  const before = process.env;
  process.env = { ...before, ...LAMBDA_VARIABLES };
  try {
    return await work();
  } finally {
    process.env = before;
  }
}

/** Signature Version 4, written down from its documentation. @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html */
function signatureOf(request: IncomingMessage, body: string, { service, region, secret }: { service: string; region: string; secret: string }): string {
  const [, signed = ''] = /SignedHeaders=([^,]+)/.exec(request.headers.authorization ?? '') ?? [];
  const url = new URL(request.url ?? '', 'http://a');
  const encode = (text: string) => encodeURIComponent(text).replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
  const sha = (text: string) => createHash('sha256').update(text).digest('hex');
  const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest();
  const canonical = [
    request.method,
    url.pathname.split('/').map(encode).join('/'),
    [...url.searchParams].map(([name, value]) => `${encode(name)}=${encode(value)}`).sort().join('&'),
    ...signed.split(';').map((name) => `${name}:${String(request.headers[name]).trim()}`),
    '',
    signed,
    sha(body),
  ].join('\n');
  const date = String(request.headers['x-amz-date']);
  const scope = `${date.slice(0, 8)}/${region}/${service}/aws4_request`;
  const key = [region, service, 'aws4_request'].reduce<Buffer>(hmac, hmac(`AWS4${secret}`, date.slice(0, 8)));
  return createHmac('sha256', key).update(['AWS4-HMAC-SHA256', date, scope, sha(canonical)].join('\n')).digest('hex');
}

describe('signed requests', () => {
  test('have the signature that AWS computes, on each leg anew', async () => {
    const seen: { readonly expected: string; readonly got: string | undefined; readonly token: unknown; readonly target: string }[] = [];
    const origin = await serve((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        const expected = signatureOf(request, body, { service: 'execute-api', region: 'eu-west-1', secret: 'secret' });
        seen.push({ expected, got: /Signature=(\w+)/.exec(request.headers.authorization ?? '')?.[1], token: request.headers['x-amz-security-token'], target: request.url ?? '' });
        response.writeHead(request.url?.startsWith('/first') === true ? 307 : 200, { location: '/second' }).end();
      });
    });
    await withCredentials(() =>
      send({ url: `${origin}/first/a%20b?z=1&a=x%20y`, method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"a":"ä"}', sign: { service: 'execute-api', region: 'eu-west-1' } }),
    );
    expect(seen.map(({ target }) => target)).toEqual(['/first/a%20b?z=1&a=x%20y', '/second']);
    expect(seen.map(({ got }) => got)).toEqual(seen.map(({ expected }) => expected));
    expect(seen.map(({ token }) => token)).toEqual(['token', 'token']);
  });
});

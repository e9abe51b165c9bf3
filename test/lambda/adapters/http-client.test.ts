import { X509Certificate } from 'node:crypto';
import type { RequestListener, Server } from 'node:http';
import { createServer } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { createServer as createTcpServer } from 'node:net';
import { gzipSync } from 'node:zlib';

import type { AddressResolver } from '../../../lambda/adapters/address-resolver';
import { systemClock } from '../../../lambda/adapters/clock';
import type { HttpClientOptions } from '../../../lambda/adapters/http-client';
import { httpClient } from '../../../lambda/adapters/http-client';
import type { HttpAnswer, OutgoingRequest } from '../../../lambda/core/ports';
import { MAX_BODY_BYTES } from '../../../lambda/core/ports';
import { close, listen } from '../support/aws-server';
import type { Authority } from '../support/certificates';
import { certificateAuthority } from '../support/certificates';

const servers: Server[] = [];
const sockets: Socket[] = [];
afterEach(async () => {
  sockets.splice(0).forEach((socket) => socket.destroy());
  await Promise.all(servers.splice(0).map(close));
});

/** A server that answers the first bytes of a connection with bytes; returns its URL. */
async function serveBytes(answer: (socket: Socket) => void): Promise<string> {
  const server = createTcpServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined);
    socket.once('data', () => answer(socket));
  });
  afterThis.push(() => server.close());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://web.test:${(server.address() as AddressInfo).port}/`;
}
const afterThis: (() => void)[] = [];
afterEach(() => afterThis.splice(0).forEach((end) => end()));

/** A server on a free loopback port; returns the port. */
async function serve(handler: RequestListener): Promise<number> {
  return started(createServer(handler));
}

async function started(server: Server): Promise<number> {
  servers.push(server);
  await listen(server);
  return (server.address() as AddressInfo).port;
}

const toLoopback: AddressResolver = async () => [{ address: '127.0.0.1', family: 4 }];

/** Sends with a client that may reach loopback, and takes every name for it. */
function send(request: Partial<OutgoingRequest> & { readonly url: string }, options: Partial<HttpClientOptions> = {}): Promise<HttpAnswer> {
  const client = httpClient({ clock: systemClock, policy: () => undefined, resolve: toLoopback, ...options });
  return client.send({ method: 'GET', headers: {}, timeoutMs: 20_000, maxRedirects: 0, ...request }, new AbortController().signal);
}

describe('httpClient', () => {
  test.each([
    [{}, 'cdk-greenlight'],
    [{ 'User-Agent': 'curl/8' }, 'curl/8'],
  ])('says who asks, unless the check says something else: %j', async (headers, agent) => {
    const port = await serve((request, response) => response.end(request.headers['user-agent']));
    expect((await send({ url: `http://web.test:${port}/`, headers })).body).toBe(agent);
  });

  test('sends method, path, headers, host and body, and returns what came', async () => {
    let seen: unknown;
    const port = await serve((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        seen = { method: request.method, url: request.url, host: request.headers.host, tenant: request.headers['x-tenant'], length: request.headers['content-length'], body: Buffer.concat(chunks).toString() };
        response.writeHead(201, [['X-Version', '7'], ['Set-Cookie', 'a=1'], ['Set-Cookie', 'b=2']].flat()).end('grün');
      });
    });
    const answer = await send({ url: `http://web.test:${port}/orders?page=2`, method: 'POST', headers: { 'X-Tenant': 't1' }, host: 'shop.example.com', body: 'ä' });
    expect(seen).toEqual({ method: 'POST', url: '/orders?page=2', host: 'shop.example.com', tenant: 't1', length: '2', body: 'ä' });
    expect(answer).toMatchObject({ status: 201, body: 'grün', bodyTruncated: false, headers: { 'x-version': '7', 'set-cookie': 'a=1, b=2' } });
    expect(answer.durationMs).toBeGreaterThan(0);
  });

  test('tells cookies apart, and gives the body as it came and the URL that answered', async () => {
    const port = await serve((_, response) => response.writeHead(200, { 'set-cookie': ['a=1; Expires=Wed, 01 Jan 2031 00:00:00 GMT', 'b=2'] }).end(Buffer.of(0xff, 0x61)));
    const answer = await send({ url: `http://web.test:${port}/a?b#c` });
    expect(answer.setCookies).toEqual(['a=1; Expires=Wed, 01 Jan 2031 00:00:00 GMT', 'b=2']);
    expect([...answer.bytes]).toEqual([0xff, 0x61]);
    expect(answer).toMatchObject({ url: `http://web.test:${port}/a?b`, body: '\ufffda' });
    expect(answer.certificate).toBeUndefined();
  });

  test('names the host of the URL where no other is given', async () => {
    const port = await serve((request, response) => response.end(request.headers.host));
    expect((await send({ url: `http://web.test:${port}/` })).body).toBe(`web.test:${port}`);
  });

  test('keeps a connection alive, and notices one that the server has closed meanwhile', async () => {
    const ports: (number | undefined)[] = [];
    const port = await serve((request, response) => {
      ports.push(request.socket.remotePort);
      response.end('ok');
    });
    const client = httpClient({ clock: systemClock, policy: () => undefined, resolve: toLoopback });
    const request: OutgoingRequest = { url: `http://web.test:${port}/`, method: 'GET', headers: {}, timeoutMs: 20_000, maxRedirects: 0 };
    const { signal } = new AbortController();
    await client.send(request, signal);
    await client.send(request, signal);
    expect(ports[1]).toBe(ports[0]);
    servers[0]?.closeAllConnections();
    expect((await client.send(request, signal)).status).toBe(200);
    expect(ports[2]).not.toBe(ports[0]);
  });

  test.each(['POST', 'PUT', 'DELETE', 'PATCH'])('a %s, which must not be sent twice, never meets a connection that is closing', async (method) => {
    const used = new WeakSet();
    const port = await serve((request, response) => {
      if (used.has(request.socket)) {
        request.socket.resetAndDestroy();
        return;
      }
      used.add(request.socket);
      response.end('ok');
    });
    const client = httpClient({ clock: systemClock, policy: () => undefined, resolve: toLoopback });
    const request: OutgoingRequest = { url: `http://web.test:${port}/`, method: 'GET', headers: {}, timeoutMs: 20_000, maxRedirects: 0 };
    const { signal } = new AbortController();
    await client.send(request, signal);
    expect((await client.send({ ...request, method, body: 'x' }, signal)).status).toBe(200);
  });

  test('joins headers that came several times, whatever their names', async () => {
    const url = await serveBytes((socket) => socket.end('HTTP/1.1 200 OK\r\nETag: 1\r\nETag: 2\r\n__proto__: a\r\nConstructor: b\r\nConstructor: c\r\nContent-Length: 0\r\n\r\n'));
    const { headers } = await send({ url });
    expect(Object.entries(headers)).toEqual([['etag', '1, 2'], ['__proto__', 'a'], ['constructor', 'b, c'], ['content-length', '0']]);
  });

  test('asks for a body as it is, and never decodes one', async () => {
    const packed = gzipSync(Buffer.alloc(50_000_000));
    let asked: unknown;
    const port = await serve((request, response) => {
      asked = request.headers['accept-encoding'];
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(packed);
    });
    const answer = await send({ url: `http://web.test:${port}/` });
    expect([asked, answer.body, answer.bodyTruncated]).toEqual(['identity', packed.toString('utf8'), false]);
  });

  test('takes no time for what it took to find the addresses', async () => {
    let now = 0;
    const port = await serve((request, response) => {
      now += 7;
      response.writeHead(request.url === '/' ? 302 : 200, { location: '/next' }).end();
    });
    const resolve: AddressResolver = async (hostname, signal) => {
      now += 500;
      return toLoopback(hostname, signal);
    };
    expect((await send({ url: `http://web.test:${port}/`, maxRedirects: 1 }, { resolve, clock: { ...systemClock, now: () => now } })).durationMs).toBe(14);
  });

  test.each([204, 304])('an answer %i ends without a body', async (status) => {
    const port = await serve((_, response) => response.writeHead(status).end());
    expect(await send({ url: `http://web.test:${port}/` })).toMatchObject({ status, body: '', bodyTruncated: false });
  });

  test('an answer to HEAD has no body, whatever length it names', async () => {
    const port = await serve((_, response) => response.writeHead(200, { 'content-length': '5' }).end());
    expect(await send({ url: `http://web.test:${port}/`, method: 'HEAD' })).toMatchObject({ status: 200, body: '' });
  });

  test('waits for the answer behind early ones', async () => {
    const url = await serveBytes((socket) => socket.end('HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok'));
    expect(await send({ url })).toMatchObject({ status: 200, body: 'ok', headers: { 'content-length': '2' } });
  });

  test('reads a body up to the limit and says that there was more', async () => {
    const port = await serve((_, response) => response.end(Buffer.alloc(MAX_BODY_BYTES + 1, 'a')));
    const answer = await send({ url: `http://web.test:${port}/` });
    expect(answer.bodyTruncated).toBe(true);
    expect(answer.body).toHaveLength(MAX_BODY_BYTES);
  });

  test('reads a body that comes byte by byte', async () => {
    const url = await serveBytes((socket) => socket.end(`HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n${'1\r\na\r\n'.repeat(100_000)}0\r\n\r\n`));
    expect((await send({ url })).body).toBe('a'.repeat(100_000));
  });

  test('reads a body of exactly the limit', async () => {
    const port = await serve((_, response) => response.end(Buffer.alloc(MAX_BODY_BYTES, 'a')));
    expect(await send({ url: `http://web.test:${port}/` })).toMatchObject({ bodyTruncated: false });
  });

  test('lets go of a body without end', async () => {
    const port = await serve((_, response) => {
      const more = () => response.write(Buffer.alloc(65_536), () => response.destroyed || more());
      more();
    });
    expect(await send({ url: `http://web.test:${port}/` })).toMatchObject({ status: 200, bodyTruncated: true });
  });
});

describe('redirects', () => {
  const loop: RequestListener = (request, response) => response.writeHead(302, { location: `${request.url}x` }).end();

  test.each([
    [0, '/a'],
    [3, '/axxx'],
  ])('after %i of them, the next one is the answer', async (maxRedirects, last) => {
    const paths: (string | undefined)[] = [];
    const port = await serve((request, response) => {
      paths.push(request.url);
      loop(request, response);
    });
    const answer = await send({ url: `http://web.test:${port}/a`, maxRedirects });
    expect(answer.status).toBe(302);
    expect(paths.at(-1)).toBe(last);
  });

  test('lead to the URL that is reported, and its cookies', async () => {
    const port = await serve((request, response) => {
      const next = request.url === '/a' ? { location: '/b' } : {};
      response.writeHead('location' in next ? 302 : 200, { ...next, 'set-cookie': `at=${request.url}` }).end();
    });
    expect(await send({ url: `http://web.test:${port}/a`, maxRedirects: 1 })).toMatchObject({ url: `http://web.test:${port}/b`, setCookies: ['at=/b'] });
    expect(await send({ url: `http://web.test:${port}/a` })).toMatchObject({ url: `http://web.test:${port}/a`, setCookies: ['at=/a'] });
  });

  test('keep credentials within the origin', async () => {
    const seen: unknown[] = [];
    const other = await serve((request, response) => {
      seen.push([request.headers.host, request.headers.authorization, request.headers.cookie, request.headers['x-tenant']]);
      response.end('there');
    });
    const port = await serve((request, response) => {
      seen.push([request.headers.host, request.headers.authorization, request.headers.cookie, request.headers['x-tenant']]);
      response.writeHead(302, { location: request.url === '/' ? '/next' : `http://other.test:${other}/` }).end();
    });
    const headers = { Authorization: 'Bearer x', Cookie: 'a=1', 'X-Tenant': 't1' };
    expect((await send({ url: `http://web.test:${port}/`, headers, host: 'shop.test', maxRedirects: 5 })).body).toBe('there');
    expect(seen).toEqual([
      ['shop.test', 'Bearer x', 'a=1', 't1'],
      ['shop.test', 'Bearer x', 'a=1', 't1'],
      [`other.test:${other}`, undefined, undefined, 't1'],
    ]);
  });

  test.each([
    [302, 'GET', ''],
    [303, 'GET', ''],
    [307, 'POST', 'data'],
  ])('%i repeats a POST as %s', async (status, method, body) => {
    let seen: unknown;
    const port = await serve((request, response) => {
      let text = '';
      request.on('data', (chunk: Buffer) => (text += chunk.toString()));
      request.on('end', () => {
        seen = [request.method, text];
        response.writeHead(request.url === '/' ? status : 200, { location: '/next' }).end();
      });
    });
    await send({ url: `http://web.test:${port}/`, method: 'POST', body: 'data', maxRedirects: 1 });
    expect(seen).toEqual([method, body]);
  });

  test('are checked again: one that leads to a refused address fails', async () => {
    const port = await serve((_, response) => response.writeHead(302, { location: 'http://169.254.169.254/latest/meta-data' }).end());
    const resolve: AddressResolver = async (hostname) => [{ address: hostname === 'web.test' ? '127.0.0.1' : hostname, family: 4 }];
    const policy = (address: string) => (address.startsWith('169.254.') ? 'link-local' : undefined);
    await expect(send({ url: `http://web.test:${port}/`, maxRedirects: 1 }, { resolve, policy })).rejects.toMatchObject({
      category: 'refused-address',
      message: '169.254.169.254 is a link-local address, which a hook must not reach; name the load balancer or a public URL',
    });
  });

  test('to another scheme are the answer', async () => {
    const port = await serve((_, response) => response.writeHead(302, { location: 'file:///etc/passwd' }).end());
    expect((await send({ url: `http://web.test:${port}/`, maxRedirects: 5 })).status).toBe(302);
  });
});

describe('fails when', () => {
  test('an address is refused, whichever of them would be connected to', async () => {
    const resolve: AddressResolver = async () => [
      { address: '10.0.0.1', family: 4 },
      { address: '::1', family: 6 },
    ];
    await expect(send({ url: 'http://rebind.test/' }, { resolve, policy: undefined })).rejects.toMatchObject({
      category: 'refused-address',
      message: 'rebind.test (::1) is a loopback address, which a hook must not reach; name the load balancer or a public URL',
    });
  });

  test.each(['http://127.0.0.1:9/', 'http://2130706433:9/', 'http://[::1]:9/', 'http://[::ffff:169.254.169.254]/', 'http://localhost:9/'])('%s is asked with the real resolver and policy', async (url) => {
    await expect(send({ url }, { resolve: undefined, policy: undefined })).rejects.toMatchObject({ category: 'refused-address' });
  });

  test('a name does not resolve', async () => {
    await expect(send({ url: 'http://nothing.invalid/' }, { resolve: undefined })).rejects.toMatchObject({ category: 'dns', message: expect.stringContaining('nothing.invalid could not be resolved') });
  });

  test('a name has no address', async () => {
    await expect(send({ url: 'http://web.test/' }, { resolve: async () => [] })).rejects.toMatchObject({ category: 'dns', message: 'web.test has no address' });
  });

  test('nobody listens', async () => {
    const port = await serve(() => undefined);
    await close(servers.splice(0)[0] as Server);
    await expect(send({ url: `http://web.test:${port}/` })).rejects.toMatchObject({ category: 'connect', message: expect.stringContaining('ECONNREFUSED') });
  });

  test('the connection is reset before the answer', async () => {
    const port = await serve((request) => request.socket.resetAndDestroy());
    await expect(send({ url: `http://web.test:${port}/` })).rejects.toMatchObject({ category: 'reset' });
  });

  test('the connection breaks within the body', async () => {
    const port = await serve((request, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('half', () => request.socket.resetAndDestroy());
    });
    await expect(send({ url: `http://web.test:${port}/` })).rejects.toMatchObject({ category: 'reset' });
  });

  test('no answer comes in time', async () => {
    const port = await serve(() => undefined);
    await expect(send({ url: `http://web.test:${port}/`, timeoutMs: 30 })).rejects.toMatchObject({ category: 'timeout', message: 'no complete answer within 30 ms' });
  });

  test('the body does not end in time', async () => {
    const port = await serve((_, response) => void response.writeHead(200).write('begun'));
    await expect(send({ url: `http://web.test:${port}/`, timeoutMs: 60 })).rejects.toMatchObject({ category: 'timeout' });
  });

  test.each<[string, string, number]>([
    ['the headers', 'HTTP/1.1 200 OK\r\nx-a: ', 'a'.charCodeAt(0)],
    ['the body', 'HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n', 'a'.charCodeAt(0)],
    ['the length of a chunk', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1;', 'a'.charCodeAt(0)],
  ])('%s come in drops', async (_, beginning, drop) => {
    const url = await serveBytes((socket) => {
      socket.write(beginning);
      const drip = setInterval(() => socket.write(Buffer.of(drop)), 5);
      socket.on('close', () => clearInterval(drip));
    });
    await expect(send({ url, timeoutMs: 80 })).rejects.toMatchObject({ category: 'timeout', message: 'no complete answer within 80 ms' });
  });

  test('early answers come without end', async () => {
    const url = await serveBytes((socket) => {
      const drip = setInterval(() => socket.write('HTTP/1.1 103 Early Hints\r\n\r\n'), 5);
      socket.on('close', () => clearInterval(drip));
    });
    await expect(send({ url, timeoutMs: 80 })).rejects.toMatchObject({ category: 'timeout' });
  });

  test('the TLS connection is never made', async () => {
    const url = (await serveBytes(() => undefined)).replace('http:', 'https:');
    await expect(send({ url, timeoutMs: 80 })).rejects.toMatchObject({ category: 'timeout' });
  });

  test('the name server never answers', async () => {
    await expect(send({ url: 'http://web.test/', timeoutMs: 40 }, { resolve: () => new Promise(() => undefined) })).rejects.toMatchObject({ category: 'timeout' });
  });

  test('the answer switches to another protocol', async () => {
    const url = await serveBytes((socket) => void socket.write('HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n'));
    await expect(send({ url })).rejects.toMatchObject({ category: 'protocol', message: expect.stringContaining('the answer switched to another protocol') });
  });

  test('the headers are too large', async () => {
    const port = await serve((_, response) => response.writeHead(200, { 'x-big': 'a'.repeat(40_000) }).end());
    await expect(send({ url: `http://web.test:${port}/` })).rejects.toMatchObject({ category: 'too-large' });
  });

  test('the answer is not HTTP', async () => {
    const server = createTcpServer((socket) => void socket.on('error', () => undefined).end('SSH-2.0-OpenSSH_9.9\r\n'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://web.test:${(server.address() as AddressInfo).port}/`;
    await expect(send({ url })).rejects.toMatchObject({ category: 'protocol' });
    server.close();
  });

  test('the caller gives up, with the caller\'s reason', async () => {
    const port = await serve(() => undefined);
    const client = httpClient({ clock: systemClock, policy: () => undefined, resolve: toLoopback });
    const caller = new AbortController();
    const sent = client.send({ url: `http://web.test:${port}/`, method: 'GET', headers: {}, timeoutMs: 20_000, maxRedirects: 0 }, caller.signal);
    caller.abort(new Error('enough'));
    await expect(sent).rejects.toThrow('enough');
  });
});

describe('over TLS', () => {
  let authority: Authority;
  beforeAll(async () => {
    authority = await certificateAuthority();
  });

  async function serveSecurely(names: readonly string[], expired?: boolean): Promise<number> {
    const { key, cert } = await authority.issue(names, expired);
    return started(createSecureServer({ key, cert }, (request, response) => response.end(`${(request.socket as unknown as { servername: unknown }).servername} ${request.headers.host}`)));
  }

  test('verifies the certificate for the host of the URL', async () => {
    const port = await serveSecurely(['web.test']);
    expect((await send({ url: `https://web.test:${port}/` }, { authorities: [authority.cert] })).body).toBe(`web.test web.test:${port}`);
  });

  test('reports when the certificate ends, on every connection', async () => {
    const { key, cert } = await authority.issue(['web.test']);
    const port = await started(createSecureServer({ key, cert }, (_, response) => response.setHeader('connection', 'close').end('ok')));
    const validTo = new Date(new X509Certificate(cert).validTo);
    const client = httpClient({ clock: systemClock, policy: () => undefined, resolve: toLoopback, authorities: [authority.cert], today: () => validTo.getTime() - 36 * 3_600_000 });
    for (let attempt = 0; attempt < 3; attempt++) {
      const { certificate } = await client.send({ method: 'GET', url: `https://web.test:${port}/`, headers: {}, timeoutMs: 20_000, maxRedirects: 0 }, new AbortController().signal);
      expect(certificate).toEqual({ validTo: validTo.toISOString(), daysLeft: 1.5 });
    }
  });

  test('verifies the certificate for `host`, and names it to the server', async () => {
    const port = await serveSecurely(['shop.example.com']);
    expect((await send({ url: `https://alb.test:${port}/`, host: 'shop.example.com' }, { authorities: [authority.cert] })).body).toBe('shop.example.com shop.example.com');
  });

  test.each([
    ['is for another name', ['other.test'], false, true, 'ERR_TLS_CERT_ALTNAME_INVALID'],
    ['has expired', ['web.test'], true, true, 'CERT_HAS_EXPIRED'],
    ['is by an unknown authority', ['web.test'], false, false, 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
  ])('fails when the certificate %s', async (_, names, expired, trusted, code) => {
    const port = await serveSecurely(names, expired);
    const options = trusted ? { authorities: [authority.cert] } : {};
    await expect(send({ url: `https://web.test:${port}/` }, options)).rejects.toMatchObject({ category: 'tls', message: expect.stringContaining(code) });
  });

  test('fails when the server speaks no TLS', async () => {
    const port = await serve((_, response) => response.end('plain'));
    await expect(send({ url: `https://web.test:${port}/` })).rejects.toMatchObject({ category: 'tls' });
  });
});

import type { RequestListener, Server } from 'node:http';
import { createServer } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { createServer as createTcpServer } from 'node:net';

import type { AddressResolver } from '../../../lambda/adapters/address-resolver';
import { histogram } from '../../../lambda/adapters/histogram';
import type { LoadGeneratorOptions } from '../../../lambda/adapters/load-line';
import { loadGenerator } from '../../../lambda/adapters/load-line';
import type { LoadEnd, LoadLine } from '../../../lambda/core/checks/load/ports';
import type { OutgoingRequest } from '../../../lambda/core/ports';
import { MAX_BODY_BYTES } from '../../../lambda/core/ports';
import { close, listen } from '../support/aws-server';
import { certificateAuthority } from '../support/certificates';
import { fakeEnvironment } from '../support/fake-ports';

const servers: Server[] = [];
const lines: LoadLine[] = [];
afterEach(async () => {
  lines.splice(0).forEach((line) => line.close());
  await Promise.all(servers.splice(0).map(close));
});

async function started(server: Server): Promise<number> {
  servers.push(server);
  await listen(server);
  return (server.address() as AddressInfo).port;
}
const serve = (handler: RequestListener) => started(createServer(handler));

const toLoopback: AddressResolver = async () => [{ address: '127.0.0.1', family: 4 }];
const request = (url: string, overrides: Partial<OutgoingRequest> = {}): OutgoingRequest => ({ method: 'GET', url, headers: {}, timeoutMs: 20_000, maxRedirects: 0, ...overrides });

/** A line that may reach loopback, and takes every name for it. */
async function open(requests: readonly OutgoingRequest[], options: LoadGeneratorOptions = {}, maxInFlight = 100): Promise<LoadLine> {
  const generator = loadGenerator({ policy: () => undefined, resolve: toLoopback, ...options });
  const line = await generator.open(requests, { environment: fakeEnvironment(), maxInFlight }, new AbortController().signal);
  lines.push(line);
  return line;
}
const sent = (line: LoadLine, index = 0) => new Promise<LoadEnd>((resolve) => line.send(index, resolve));
const shown = (end: LoadEnd) => ('status' in end ? end.status : end.failure.category);
const connections = (server: Server) => new Promise<number>((resolve, reject) => server.getConnections((error, count) => (error === null ? resolve(count) : reject(error))));

describe('a load line', () => {
  test('sends method, path, headers, host and body', async () => {
    const seen: unknown[] = [];
    const port = await serve((incoming, response) => {
      let body = '';
      incoming.on('data', (chunk: Buffer) => (body += chunk.toString()));
      incoming.on('end', () => {
        seen.push([incoming.method, incoming.url, incoming.headers.host, incoming.headers['x-tenant'], incoming.headers['content-length'], incoming.headers['accept-encoding'], body]);
        response.writeHead(201).end();
      });
    });
    const line = await open([request(`http://web.test:${port}/a?b`), request(`http://web.test:${port}/c`, { method: 'POST', headers: { 'X-Tenant': 't1' }, host: 'shop.example.com', body: 'ä' })]);
    expect([await sent(line, 0), await sent(line, 1)]).toEqual([{ status: 201 }, { status: 201 }]);
    expect(seen).toEqual([
      ['GET', '/a?b', `web.test:${port}`, undefined, undefined, 'identity', ''],
      ['POST', '/c', 'shop.example.com', 't1', '2', 'identity', 'ä'],
    ]);
  });

  test('resolves every name once, before anything is sent, and spreads its connections over all addresses', async () => {
    const asked: string[] = [];
    const peers: (string | undefined)[] = [];
    const server = createServer((incoming, response) => {
      peers.push(incoming.socket.localAddress);
      setTimeout(() => response.end(), 20);
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '0.0.0.0', resolve));
    const { port } = server.address() as AddressInfo;
    const resolve: AddressResolver = async (hostname) => {
      asked.push(hostname);
      return ['127.0.0.1', '127.0.0.2', '127.0.0.3'].map((address) => ({ address, family: 4 }));
    };
    const line = await open([request(`http://web.test:${port}/`), request(`http://web.test:${port}/b`)], { resolve });
    expect([asked, peers]).toEqual([['web.test'], []]);
    await Promise.all(Array.from({ length: 6 }, (_, index) => sent(line, index % 2)));
    expect([asked.length, peers.toSorted()]).toEqual([1, ['127.0.0.1', '127.0.0.1', '127.0.0.2', '127.0.0.2', '127.0.0.3', '127.0.0.3']]);
  });

  test('keeps connections, and never has more than there are places', async () => {
    const port = await serve((_, response) => void setTimeout(() => response.end('ok'), 5));
    const line = await open([request(`http://web.test:${port}/`)], {}, 3);
    for (let round = 0; round < 5; round++) {
      await Promise.all(Array.from({ length: 6 }, () => sent(line)));
    }
    expect(await connections(servers[0]!)).toBeLessThanOrEqual(3);
  });

  test('reads every body to its end, throws it away, and keeps the connection for the next', async () => {
    const ports = new Set<number | undefined>();
    const port = await serve((incoming, response) => {
      ports.add(incoming.socket.remotePort);
      response.end(Buffer.alloc(MAX_BODY_BYTES));
    });
    const line = await open([request(`http://web.test:${port}/`)]);
    expect([await sent(line), await sent(line), ports.size]).toEqual([{ status: 200 }, { status: 200 }, 1]);
  });

  test.each(['GET', 'POST'])('sends a %s once: a service that resets kept connections must not hide that', async (method) => {
    const used = new WeakSet<Socket>();
    let arrived = 0;
    const port = await serve((incoming, response) => {
      arrived += 1;
      if (used.has(incoming.socket)) {
        incoming.socket.resetAndDestroy();
        return;
      }
      used.add(incoming.socket);
      response.end();
    });
    const line = await open([request(`http://web.test:${port}/`, { method })]);
    expect([shown(await sent(line)), shown(await sent(line)), arrived]).toEqual([200, 'reset', 2]);
  });

  test('does not use a connection again that has rested for long: servers close such ones', async () => {
    const ports: (number | undefined)[] = [];
    const port = await serve((incoming, response) => {
      ports.push(incoming.socket.remotePort);
      response.end();
    });
    const line = await open([request(`http://web.test:${port}/`)]);
    await sent(line);
    await sent(line);
    await untilNoConnection(servers[0]!);
    await sent(line);
    expect([ports[1] === ports[0], ports[2] === ports[0]]).toEqual([true, false]);
  });

  test('takes a redirect as the answer', async () => {
    const port = await serve((_, response) => response.writeHead(302, { location: '/elsewhere' }).end());
    expect(await sent(await open([request(`http://web.test:${port}/`)]))).toEqual({ status: 302 });
  });
});

describe('a request fails by', () => {
  const cases: [string, RequestListener][] = [
    ['reset', (incoming) => incoming.socket.resetAndDestroy()],
    ['reset', (incoming, response) => void response.writeHead(200, { 'content-length': '100' }).write('half', () => incoming.socket.resetAndDestroy())],
    ['too-large', (_, response) => void response.end(Buffer.alloc(MAX_BODY_BYTES + 1))],
    ['too-large', (_, response) => void response.writeHead(200, { 'x-big': 'a'.repeat(40_000) }).end()],
    ['too-large', (_, response) => {
      const more = () => response.write(Buffer.alloc(65_536), () => response.destroyed || more());
      more();
    }],
  ];
  test.each(cases)('%s (%#)', async (category, handler) => {
    const port = await serve(handler);
    expect(shown(await sent(await open([request(`http://web.test:${port}/`)])))).toBe(category);
  });

  test('connect', async () => {
    const port = await serve(() => undefined);
    await close(servers.splice(0)[0]!);
    expect(shown(await sent(await open([request(`http://web.test:${port}/`)])))).toBe('connect');
  });

  test.each([
    ['HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n'],
    ['SSH-2.0-OpenSSH_9.9\r\n'],
  ])('protocol (%#)', async (answer) => {
    const server = createTcpServer((socket) => void socket.on('error', () => undefined).once('data', () => socket.write(answer)));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const line = await open([request(`http://web.test:${(server.address() as AddressInfo).port}/`)]);
    expect(shown(await sent(line))).toBe('protocol');
    line.close();
    server.close();
  });

  test('tls', async () => {
    const { key, cert } = await (await certificateAuthority()).issue(['web.test']);
    const port = await started(createSecureServer({ key, cert }, (_, response) => response.end()));
    const end = await sent(await open([request(`https://web.test:${port}/`)]));
    expect([shown(end), 'failure' in end && end.failure.message]).toEqual(['tls', expect.stringContaining('UNABLE_TO_VERIFY_LEAF_SIGNATURE')]);
  });
});

describe('over TLS', () => {
  test('verifies the certificate for `host`, and keeps the connection', async () => {
    const authority = await certificateAuthority();
    const { key, cert } = await authority.issue(['shop.example.com']);
    const ports = new Set<number | undefined>();
    const port = await started(
      createSecureServer({ key, cert }, (incoming, response) => {
        ports.add(incoming.socket.remotePort);
        response.end();
      }),
    );
    const line = await open([request(`https://alb.test:${port}/`, { host: 'shop.example.com' }), request(`https://alb.test:${port}/`)], { authorities: [authority.cert] });
    expect([shown(await sent(line, 0)), shown(await sent(line, 0)), ports.size, shown(await sent(line, 1))]).toEqual([200, 200, 1, 'tls']);
  });
});

describe('opening fails when', () => {
  const opened = (url: string, options: LoadGeneratorOptions) => loadGenerator(options).open([request(url)], { environment: fakeEnvironment(), maxInFlight: 1 }, new AbortController().signal);

  test.each(['http://127.0.0.1:9/', 'http://[::1]:9/', 'http://localhost:9/', 'http://169.254.169.254/'])('%s is asked with the real resolver and policy', async (url) => {
    await expect(opened(url, {})).rejects.toMatchObject({ category: 'refused-address', message: expect.stringContaining('which a hook must not reach') });
  });

  test('a name does not resolve', async () => {
    await expect(opened('http://nothing.invalid/', {})).rejects.toMatchObject({ category: 'dns' });
  });
});

describe('an end', () => {
  test('that is asked for tells nobody, and closes the connection', async () => {
    let arrived: () => void;
    const arrival = new Promise<void>((resolve) => (arrived = resolve));
    const port = await serve(() => arrived());
    const line = await open([request(`http://web.test:${port}/`)]);
    let told = 0;
    const cancel = line.send(0, () => (told += 1));
    await arrival;
    const gone = new Promise((resolve) => servers[0]!.once('connection', () => undefined) && setImmediate(resolve));
    cancel();
    await gone;
    await untilNoConnection(servers[0]!);
    expect(told).toBe(0);
  });

  test('of the line closes what rests and what is under way', async () => {
    const port = await serve((incoming, response) => (incoming.url === '/hang' ? undefined : void response.end()));
    const line = await open([request(`http://web.test:${port}/`), request(`http://web.test:${port}/hang`)]);
    await sent(line, 0);
    const hanging = sent(line, 1);
    await sent(line, 0);
    expect(await connections(servers[0]!)).toBe(2);
    line.close();
    expect(shown(await hanging)).toBe('reset');
    await untilNoConnection(servers[0]!);
  });
});

async function untilNoConnection(server: Server): Promise<void> {
  while ((await connections(server)) > 0) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

describe('histogram', () => {
  test('tells times by rank, within 0.1 % and never below', () => {
    const times = histogram();
    Array.from({ length: 1_000 }, (_, index) => times.record(index + 1));
    expect(times.count).toBe(1_000);
    for (const rank of [1, 500, 990, 999, 1_000]) {
      expect(times.atRank(rank)).toBeGreaterThanOrEqual(rank);
      expect(times.atRank(rank)).toBeLessThan(rank * 1.001);
    }
  });

  test('without a time has none to tell', () => {
    expect(histogram().atRank(1)).toBeNaN();
  });

  test('takes what is shorter or longer than anything it knows for the ends of its range', () => {
    const times = histogram();
    [0, -1, 1e12].forEach((ms) => times.record(ms));
    expect([times.count, times.atRank(1), Math.round(times.atRank(3) / 1_000)]).toEqual([3, 0.001, 900]);
  });
});

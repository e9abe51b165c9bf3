import http from 'node:http';
import https from 'node:https';
import net from 'node:net';
import type { AddressInfo } from 'node:net';

import { startLoopbackServer } from '../../../rehearsal/endpoints/loopback-server';
import type { LoopbackRequest, LoopbackServer, LoopbackServerOptions } from '../../../rehearsal/endpoints/loopback-server';
import { EventScheduler } from '../../../rehearsal/engine/scheduler';
import { Conductor } from '../../../rehearsal/sandbox/conductor';
import { certificateAuthority } from '../../lambda/support/certificates';

const EPOCH = Date.UTC(2026, 0, 15, 12);

interface Reply {
  readonly status: number | undefined;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

describe('startLoopbackServer', () => {
  let scheduler: EventScheduler;
  let conductor: Conductor;
  const servers: LoopbackServer[] = [];

  beforeEach(() => {
    scheduler = new EventScheduler();
    conductor = new Conductor({ scheduler, epochMs: EPOCH });
  });
  afterEach(() => Promise.all(servers.splice(0).map((server) => server.close())));

  const start = async (handle: LoopbackServerOptions['handle'], options: Partial<LoopbackServerOptions> = {}) => {
    const server = await startLoopbackServer({ name: 'service', conductor, handle, ...options });
    servers.push(server);
    return server;
  };

  /** A request of a program that is no child, while the conductor runs. */
  const ask = async (url: string, options: http.RequestOptions & { body?: string; ca?: string } = {}): Promise<Reply> => {
    const reply = new Promise<Reply>((resolve, reject) => {
      const request = (url.startsWith('https') ? https : http).request(url, options, (response) => {
        let body = '';
        response.setEncoding('utf8').on('data', (chunk: string) => {
          body += chunk;
        });
        response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, body }));
      });
      request.on('error', reject);
      request.end(options.body);
    });
    await conductor.run(reply.catch(() => undefined));
    return reply;
  };

  test('hands on what was sent', async () => {
    const seen: LoopbackRequest[] = [];
    const { url } = await start((request) => {
      seen.push(request);
      return { status: 201, headers: { 'content-type': 'text/plain', 'x-many': ['a', 'b'] }, body: 'made' };
    });
    const reply = await ask(`${url}/path?q=1`, { method: 'PUT', headers: { 'X-Name': 'v' }, body: 'text' });
    expect(reply).toMatchObject({ status: 201, body: 'made', headers: { 'content-type': 'text/plain', 'x-many': 'a, b' } });
    expect(seen).toHaveLength(1);
    expect(seen[0]).toMatchObject({ method: 'PUT', url: '/path?q=1', arrivedAt: 0 });
    expect(seen[0].headers['x-name']).toBe('v');
    expect(seen[0].body.toString()).toBe('text');
    expect(seen[0].remotePort).toBeGreaterThan(0);
  });

  test('listens on loopback only', async () => {
    const { url, port } = await start(() => ({ status: 200 }));
    expect(url).toBe(`http://127.0.0.1:${port}`);
  });

  test('answers after the declared latency, and dates the answer by the virtual clock', async () => {
    const { url } = await start(() => ({ status: 200, afterMs: 90_000 }));
    const { headers } = await ask(url);
    expect(conductor.now()).toBe(90_000);
    expect(headers.date).toBe('Thu, 15 Jan 2026 12:01:30 GMT');
  });

  test('time stands still while an answer is worked out', async () => {
    const seen: string[] = [];
    const { url } = await start(async () => {
      scheduler.after(5, 'event', () => seen.push(`event ${conductor.now()}`));
      for (let turn = 0; turn < 50; turn++) {
        await new Promise((resolve) => setImmediate(resolve));
      }
      seen.push(`answer ${conductor.now()}`);
      return { status: 200, afterMs: 10 };
    });
    await ask(url);
    expect(seen).toEqual(['answer 0', 'event 5']);
  });

  test('resets a connection', async () => {
    const { url } = await start(() => ({ reset: true, afterMs: 50 }));
    await expect(ask(url)).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(conductor.now()).toBe(50);
  });

  test('hangs until the client goes away', async () => {
    const { url } = await start(() => ({ hang: true }));
    scheduler.at(600_000, 'patience', () => request.destroy());
    const request = http.get(url);
    const gone = new Promise((resolve) => request.on('error', resolve).on('close', resolve));
    await conductor.run(() => conductor.now() >= 600_000);
    await gone;
    expect(conductor.now()).toBe(600_000);
  });

  test('an answer whose client has left is not played', async () => {
    const { url } = await start(() => ({ status: 200, afterMs: 1_000 }));
    const request = http.get(url).on('error', () => undefined);
    await conductor.run(() => scheduler.nextLabel() === 'answer of service');
    request.destroy();
    while (scheduler.nextAt() !== undefined) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(conductor.now()).toBe(0);
  });

  test('a forwarded request takes as long as it really took, and lets time pass no faster', async () => {
    const early: number[] = [];
    let started = 0;
    const { url } = await start(() => ({
      forward: async () => {
        started = performance.now();
        await new Promise<void>((resolve) => {
          scheduler.after(20, 'meanwhile', () => {
            early.push(performance.now() - started);
            resolve();
          });
        });
        await new Promise((resolve) => setTimeout(resolve, 80));
        return { status: 200, body: 'real' };
      },
    }));
    const { body } = await ask(url);
    expect(body).toBe('real');
    expect(conductor.now()).toBeGreaterThanOrEqual(99);
    expect(conductor.now()).toBeLessThanOrEqual(performance.now() - started + 1);
    expect(early[0]).toBeGreaterThanOrEqual(19);
    expect(early[0]).toBeLessThan(conductor.now());
  });

  test('serves HTTPS with the certificate that it is given', async () => {
    const authority = await certificateAuthority();
    const tls = await authority.issue(['localhost']);
    const { port } = await start(() => ({ status: 200, body: 'safe', afterMs: 5 }), { tls });
    expect((await ask(`https://localhost:${port}/`, { ca: authority.cert })).body).toBe('safe');
    await start(() => ({ reset: true }), { tls }).then(({ port: other }) =>
      expect(ask(`https://localhost:${other}/`, { ca: authority.cert })).rejects.toMatchObject({ code: 'ECONNRESET' }),
    );
  });

  test('a body beyond the limit is answered with 413', async () => {
    let asked = 0;
    const { url } = await start(() => ({ status: 200 + asked++ }), { maxBodyBytes: 10 });
    expect((await ask(url, { method: 'POST', body: '12345678901' })).status).toBe(413);
    expect((await ask(url, { method: 'POST', body: '1234567890' })).status).toBe(200);
    expect(asked).toBe(1);
  });

  test('an idle connection is closed after a virtual minute', async () => {
    const { port } = await start(() => ({ status: 200 }));
    const socket = net.connect(port, '127.0.0.1');
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.resume().write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    await conductor.run(closed);
    expect(conductor.now()).toBe(60_000);
  });

  test('closing ends connections that are idle, and those that wait', async () => {
    const server = await startLoopbackServer({ name: 'service', conductor, handle: () => ({ hang: true }) });
    const request = http.get(server.url);
    const failed = new Promise((resolve) => request.on('error', resolve));
    await new Promise((resolve) => request.on('socket', (socket) => socket.on('connect', resolve)));
    await server.close();
    expect(await failed).toMatchObject({ code: 'ECONNRESET' });
  });

  test('a defect in a handler fails the run', async () => {
    const { url } = await start(() => {
      throw new Error('our own mistake');
    });
    const reply = new Promise<number | undefined>((resolve) => http.get(url, (response) => resolve(response.resume().statusCode)));
    await expect(conductor.run(() => false)).rejects.toThrow('our own mistake');
    expect(await reply).toBe(500);
  });

  test('fails when the port is in use', async () => {
    const other = net.createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as AddressInfo;
    await expect(startLoopbackServer({ name: 'codedeploy', conductor, handle: () => ({ hang: true }), port })).rejects.toThrow(
      `port ${port} on 127.0.0.1 is in use, so that codedeploy cannot listen there; choose another port, or 0 for a free one`,
    );
    await new Promise((resolve) => other.close(resolve));
  });
});

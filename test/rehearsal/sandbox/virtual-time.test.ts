import http from 'node:http';
import type { AddressInfo } from 'node:net';

import { MODULES, NODES, PRELOAD, World } from './world';


/** Far above what is measured, for machines that are busy; what is measured stands in the table of the method. */
const LOOSE_MS = 20_000;

const SLEEP = 'const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));';
const GET = `const get = (url, options = {}) => new Promise((resolve, reject) => {
  const request = require('node:http').request(url, options, (response) => {
    response.resume().on('end', () => resolve({ status: response.statusCode, headers: response.headers }));
  });
  request.on('error', reject).end();
});`;

describe.each(NODES)('virtual time in a child of $node', ({ nodePath }) => {
  let world: World;
  beforeEach(() => {
    world = new World(PRELOAD, { nodePath, environment: { NODE_PATH: MODULES } });
  });
  afterEach(() => world.close());

  test('an hour of sleep takes an hour, and next to no wall time', async () => {
    const source = `${SLEEP} exports.handler = async () => {
      const before = Date.now();
      await sleep(3_600_000);
      return { slept: Date.now() - before, now: new Date().toISOString() };
    };`;
    const result = await world.invoke(world.handler(source, { timeoutMs: 7_200_000 }));
    expect(result).toMatchObject({ end: 'returned', payload: { slept: 3_600_000, now: '2026-01-15T13:00:00.000Z' }, endedAt: 3_600_000 });
    expect(result.realTime).toBeUndefined();
    expect(result.wallMs).toBeLessThan(LOOSE_MS);
  });

  test('a request every 30 s for 20 minutes keeps its rhythm over real HTTP', async () => {
    const arrivals: number[] = [];
    await world.serve('service.example', ({ arrivedAt }) => {
      arrivals.push(arrivedAt);
      return { status: 200, afterMs: 12.5 };
    });
    const source = `${SLEEP} ${GET} exports.handler = async () => {
      for (let i = 0; i < 40; i++) { await get('http://service.example/'); await sleep(30_000); }
    };`;
    const result = await world.invoke(world.handler(source, { timeoutMs: 2_000_000 }));
    expect(arrivals.slice(0, 3)).toEqual([0, 30_012.5, 60_025]);
    expect(arrivals).toHaveLength(40);
    expect(result.endedAt).toBe(1_200_500);
    expect(result.wallMs).toBeLessThan(LOOSE_MS);
  });

  test('setInterval fires every second for ten minutes, with a request each', async () => {
    const arrivals: number[] = [];
    await world.serve('service.example', ({ arrivedAt }) => {
      arrivals.push(arrivedAt);
      return { status: 204, afterMs: 40 };
    });
    const source = `${GET} exports.handler = () => new Promise((resolve, reject) => {
      let count = 0;
      const timer = setInterval(() => {
        get('http://service.example/').then(() => { if (++count === 600) { clearInterval(timer); resolve(count); } }, reject);
      }, 1_000);
    });`;
    const result = await world.invoke(world.handler(source));
    expect(result).toMatchObject({ end: 'returned', payload: 600, endedAt: 600_040 });
    expect(arrivals).toEqual(Array.from({ length: 600 }, (_, index) => (index + 1) * 1_000));
  });

  test('an SDK client waits out ten seconds of throttling with its own backoff', async () => {
    let attempts = 0;
    const server = await world.serve('aws', ({ arrivedAt }) => {
      attempts += 1;
      const headers = { 'content-type': 'application/x-amz-json-1.1' };
      return arrivedAt < 10_000
        ? { status: 400, headers, body: '{"__type":"ThrottlingException","message":"slow down"}', afterMs: 5 }
        : { status: 200, headers, body: '{"applications":["web"]}', afterMs: 5 };
    });
    world.network.loopback.push(server.port);
    const source = `const { CodeDeployClient, ListApplicationsCommand } = require('@aws-sdk/client-codedeploy');
      const client = new CodeDeployClient({ maxAttempts: 12 });
      exports.handler = async () => (await client.send(new ListApplicationsCommand({}))).applications;`;
    const spec = world.handler(source, { memoryMb: 512, environment: { AWS_ENDPOINT_URL: server.url } });
    const result = await world.invoke(spec);
    expect(result).toMatchObject({ end: 'returned', payload: ['web'] });
    expect(result.endedAt).toBeGreaterThan(10_000);
    expect(result.endedAt).toBeLessThan(60_000);
    expect(attempts).toBeGreaterThan(3);
  });

  test('a request that is never answered is aborted at its time', async () => {
    await world.serve('service.example', () => ({ hang: true }));
    const source = `exports.handler = async () => {
      const before = Date.now();
      const error = await fetch('http://service.example/', { signal: AbortSignal.timeout(45_000) }).catch((error) => error);
      return [error.name, Date.now() - before];
    };`;
    const result = await world.invoke(world.handler(source));
    expect(result).toMatchObject({ end: 'returned', payload: ['TimeoutError', 45_000] });
    expect(result.wallMs).toBeLessThan(LOOSE_MS);
  });

  test('a declared latency is exact, for requests side by side too', async () => {
    await world.serve('service.example', ({ url }) => ({ status: 200, afterMs: Number(url.slice(1)) }));
    const source = `exports.handler = async () => Promise.all([700, 20, 350].map(async (ms) => {
      const before = performance.now();
      await (await fetch('http://service.example/' + ms)).text();
      return performance.now() - before;
    }));`;
    const result = await world.invoke(world.handler(source));
    expect(result.payload).toEqual([700, 20, 350]);
    expect(result.endedAt).toBe(700);
  });

  test('50 requests a second for a minute, each really sent', async () => {
    let count = 0;
    await world.serve('service.example', () => {
      count += 1;
      return { status: 200, afterMs: 20 };
    });
    const source = `const http = require('node:http'); const agent = new http.Agent({ keepAlive: true });
    const get = () => new Promise((resolve, reject) => http.get('http://service.example/', { agent }, (response) => response.resume().on('end', resolve)).on('error', reject));
    exports.handler = async () => { for (let i = 0; i < 3_000; i++) { await get(); } };`;
    const result = await world.invoke(world.handler(source));
    expect(result.endedAt).toBe(60_000);
    expect(count).toBe(3_000);
  });

  test('the engine plays its own events while a handler waits, and the handler sees them', async () => {
    let alarm = 'OK';
    const seen: string[] = [];
    world.scheduler.at(300_000, 'alarm', () => {
      alarm = 'ALARM';
      seen.push(`engine ${world.scheduler.now()}`);
    });
    await world.serve('service.example', ({ arrivedAt }) => {
      seen.push(`${alarm} ${arrivedAt}`);
      return { status: alarm === 'OK' ? 200 : 503, afterMs: 100 };
    });
    const source = `${SLEEP} ${GET} exports.handler = async () => {
      for (;;) {
        const { status } = await get('http://service.example/');
        if (status === 503) { return Date.now() - Date.parse('2026-01-15T12:00:00Z'); }
        await sleep(149_900);
      }
    };`;
    const result = await world.invoke(world.handler(source));
    expect(seen).toEqual(['OK 0', 'OK 150000', 'engine 300000', 'ALARM 300000']);
    expect(result.payload).toBe(300_100);
  });

  test.each([
    ['while it sleeps', 'await new Promise((resolve) => setTimeout(resolve, 86_400_000));', 900_000],
    ['while a request hangs', "await fetch('http://service.example/');", 30_000],
  ])('a function is killed at its time-out %s', async (_what, body, timeoutMs) => {
    await world.serve('service.example', () => ({ hang: true }));
    const result = await world.invoke(world.handler(`exports.handler = async () => { ${body} };`, { timeoutMs }));
    expect(result).toMatchObject({ end: 'timedOut', endedAt: timeoutMs });
    expect(result.error?.errorMessage).toContain(`Task timed out after ${timeoutMs / 1000}.00 seconds`);
    expect(result.wallMs).toBeLessThan(LOOSE_MS);
  });

  test('a slow server that declares nothing costs real time, which passes on the clock too', async () => {
    const server = http.createServer((_request, response) => setTimeout(() => response.end('slow'), 400));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    world.owns({ close: () => new Promise((resolve) => server.close(() => resolve())) });
    const { port } = server.address() as AddressInfo;
    world.network.allowHosts.push('127.0.0.1');
    const source = `${SLEEP} ${GET} exports.handler = async () => {
      const before = Date.now();
      await get('http://127.0.0.1:${port}/');
      const real = Date.now() - before;
      await sleep(600_000);
      return { real, slept: Date.now() - before - real };
    };`;
    const result = await world.invoke(world.handler(source));
    const { real, slept } = result.payload as { real: number; slept: number };
    expect(real).toBeGreaterThanOrEqual(390);
    expect(real).toBeLessThan(LOOSE_MS);
    expect(slept).toBeGreaterThanOrEqual(599_990);
    expect(slept).toBeLessThan(600_000 + LOOSE_MS);
    expect(result.realTime).toContain('traffic with 127.0.0.1');
    expect(result.wallMs).toBeLessThan(LOOSE_MS);
  });

  test('timers fire in time while an allowed host keeps silent', async () => {
    const server = http.createServer(() => undefined);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    world.owns({ close: () => new Promise((resolve) => (server.closeAllConnections(), server.close(() => resolve()))) });
    const { port } = server.address() as AddressInfo;
    world.network.allowHosts.push('127.0.0.1');
    const source = `exports.handler = async () => {
      const error = await fetch('http://127.0.0.1:${port}/', { signal: AbortSignal.timeout(300) }).catch((error) => error);
      return error.name;
    };`;
    const result = await world.invoke(world.handler(source));
    expect(result.payload).toBe('TimeoutError');
    expect(result.endedAt).toBeGreaterThanOrEqual(299);
    expect(result.endedAt).toBeLessThan(LOOSE_MS);
  });

  test('a loop that spins on the clock ends, always at the same moment', async () => {
    const source = `exports.handler = async () => {
      const before = Date.now();
      while (Date.now() - before < 300) { }
      return Date.now() - before;
    };`;
    const result = await world.invoke(world.handler(source));
    expect(result).toMatchObject({ end: 'returned', payload: 300, endedAt: 300 });
    expect(result.wallMs).toBeLessThan(LOOSE_MS);
  });

  test('a wait of the whole thread passes on the clock', async () => {
    const source = `exports.handler = async () => {
      const before = process.hrtime.bigint();
      const answer = Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 120_000);
      return [answer, Number(process.hrtime.bigint() - before) / 1e6, process.uptime()];
    };`;
    const result = await world.invoke(world.handler(source));
    expect(result.payload).toEqual(['timed-out', 120_000, 120]);
  });

  test('every reading of the clock agrees', async () => {
    const source = `${SLEEP} exports.handler = async (event, context) => {
      const start = [performance.now(), process.hrtime(), context.getRemainingTimeInMillis()];
      await sleep(61_500);
      performance.mark('after');
      const [seconds, nanoseconds] = process.hrtime(start[1]);
      return {
        performance: performance.now() - start[0],
        mark: performance.getEntriesByName('after')[0].startTime - start[0],
        hrtime: seconds * 1000 + nanoseconds / 1e6,
        remaining: start[2] - context.getRemainingTimeInMillis(),
        date: Date.now() - Date.parse('2026-01-15T12:00:00Z'),
        origin: performance.timeOrigin + performance.now() - Date.now(),
        text: Date() === new Date().toString(),
        kind: new Date() instanceof Date && new Date(0).constructor === Date,
      };
    };`;
    const result = await world.invoke(world.handler(source));
    expect(result.payload).toEqual({
      performance: 61_500, mark: 61_500, hrtime: 61_500, remaining: 61_500, date: 61_500, origin: 0, text: true, kind: true,
    });
  });

  test('a loop that never comes to rest falls back to real time, and says so', async () => {
    await world.close();
    world = new World(PRELOAD, { nodePath, clock: { patienceMs: 200 } });
    const source = `exports.handler = () => new Promise((resolve) => {
      const before = Date.now();
      const poll = () => (Date.now() - before >= 250 ? resolve(Date.now() - before) : setImmediate(poll));
      poll();
    });`;
    const result = await world.invoke(world.handler(source));
    expect(result.end).toBe('returned');
    expect(result.payload).toBeGreaterThanOrEqual(250);
    expect(result.realTime).toBe('its event loop did not come to rest within 0.2 s');
    expect(result.wallMs).toBeGreaterThan(400);
  });

  test('a loop that never ends is killed at its time-out in real time', async () => {
    await world.close();
    world = new World(PRELOAD, { nodePath, clock: { patienceMs: 100 } });
    const result = await world.invoke(world.handler('exports.handler = async () => { for (;;) { } };', { timeoutMs: 300 }));
    expect(result).toMatchObject({ end: 'timedOut', endedAt: 300, realTime: 'its event loop did not come to rest within 0.1 s' });
  });
});

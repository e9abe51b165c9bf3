/** Whole loads by the real sender against real servers. Counts, and bounds that hold on a busy machine too. */
import type { RequestListener, Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { LoadCheckDocument } from '../../../lib/model/load-document';
import { runBounded } from '../../../lambda/adapters/bounded-run';
import { systemClock } from '../../../lambda/adapters/clock';
import { histogram } from '../../../lambda/adapters/histogram';
import { loadGenerator } from '../../../lambda/adapters/load-line';
import { loadKind } from '../../../lambda/core/checks/load-check';
import { runLoad } from '../../../lambda/core/checks/load/run-load';
import type { LoadSummary } from '../../../lambda/core/checks/load/tally';
import { LOAD } from '../core/checks/load/support';
import { close, listen } from '../support/aws-server';
import { fakeEnvironment, FIRST_ATTEMPT, HOOK } from '../support/fake-ports';

let server: Server;
afterEach(() => close(server));

async function serve(handler: RequestListener): Promise<string> {
  server = createServer(handler);
  await listen(server);
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

type Overrides = Partial<LoadCheckDocument> & { readonly timeoutMs?: number };
const documentOf = (url: string, { timeoutMs = 20_000, ...overrides }: Overrides): LoadCheckDocument => ({
  ...LOAD,
  requests: [{ target: { url }, request: { ...LOAD.requests[0]!.request, path: '', timeoutMs } }],
  shape: { ratePerSecond: 200, warmUpMs: 0, warmUpRate: 'CONSTANT', durationMs: 1_000 },
  ...overrides,
});

async function load(url: string, overrides: Overrides = {}, signal = new AbortController().signal): Promise<LoadSummary> {
  const document = documentOf(url, overrides);
  const requests = [{ ...document.requests[0]!.request, url }];
  const line = await loadGenerator({ policy: () => undefined }).open(requests, { environment: fakeEnvironment(), maxInFlight: document.maxInFlight }, signal);
  try {
    return await runLoad(document, { clock: systemClock, histogram, line }, signal);
  } finally {
    line.close();
  }
}

const connections = () => new Promise<number>((resolve, reject) => server.getConnections((error, count) => (error === null ? resolve(count) : reject(error))));
async function allClosed(): Promise<void> {
  while ((await connections()) > 0) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

test('every request arrives once, and every connection is closed at the end', async () => {
  let arrived = 0;
  const url = await serve((_, response) => {
    arrived += 1;
    response.end('ok');
  });
  const { samples, answered, failed, sent } = await load(url);
  expect([arrived, samples, answered, failed, sent]).toEqual([200, 200, 200, 0, 200]);
  await allClosed();
});

test('a stall that a closed loop would meet once is met by all that were due in it', async () => {
  let stallEnd: number | undefined;
  let asked = 0;
  // Nothing is answered for 0.7 s, in which 140 of 200 requests are due.
  const url = await serve((_, response) => {
    asked += 1;
    stallEnd ??= performance.now() + 700;
    setTimeout(() => response.end(), Math.max(0, stallEnd - performance.now()));
  });
  const { answered, latency } = await load(url);
  expect([answered, asked]).toEqual([200, 200]);
  // 100 requests were due in the first 0.5 s of it, and waited for 0.2 s at the least; the first one for all of it.
  expect(latency.atRank(101)).toBeGreaterThan(195);
  expect(latency.atRank(200)).toBeGreaterThan(695);
});

test('one place makes a stall longer for what waits, and hides nothing', async () => {
  let stallEnd: number | undefined;
  const url = await serve((_, response) => {
    stallEnd ??= performance.now() + 500;
    setTimeout(() => response.end(), Math.max(0, stallEnd - performance.now()));
  });
  const { answered, waited, latency } = await load(url, { maxInFlight: 1 });
  expect(answered).toBe(200);
  expect(waited).toBeGreaterThan(50);
  // 60 requests were due in the first 0.3 s of it.
  expect(latency.atRank(141)).toBeGreaterThan(195);
});

test.each<[string, RequestListener, string]>([
  ['resets', (request) => request.socket.resetAndDestroy(), 'reset'],
  ['hangs', () => undefined, 'timeout'],
  ['fails', (_, response) => response.writeHead(503).end(), 'status 503'],
])('a service that %s: all are errors, and nothing is left open', async (_, handler, category) => {
  const { errors, answered, samples } = await load(await serve(handler), { shape: { ...LOAD.shape, ratePerSecond: 100, durationMs: 500 }, ...(category === 'timeout' ? { timeoutMs: 300 } : {}) });
  expect([Object.fromEntries(errors), answered, samples]).toEqual([{ [category]: 50 }, 0, 50]);
  await allClosed();
});

test('nobody listens: all are errors', async () => {
  const url = await serve(() => undefined);
  await close(server);
  const { errors, firstFailure } = await load(url, { shape: { ...LOAD.shape, ratePerSecond: 100, durationMs: 200 } });
  expect([Object.fromEntries(errors), firstFailure]).toEqual([{ connect: 20 }, expect.stringContaining('ECONNREFUSED')]);
});

test('an early end closes every connection, those of hanging requests too', async () => {
  let arrived = 0;
  const url = await serve((_, response) => {
    arrived += 1;
    if (arrived % 2 === 0) {
      response.writeHead(503).end();
    }
  });
  const { stopped, samples } = await load(url, { abort: { kind: 'errorRate', abovePercent: 10, minSamples: 20 } });
  expect([stopped, samples]).toEqual(['more than 10 % of the requests failed', 20]);
  await allClosed();
});

test('an abort closes every connection, and nothing is sent after it', async () => {
  let arrived = 0;
  const stop = new AbortController();
  const url = await serve(() => {
    arrived += 1;
    if (arrived === 10) {
      stop.abort(new Error('time is up'));
    }
  });
  await expect(load(url, {}, stop.signal)).rejects.toThrow('time is up');
  await allClosed();
  const before = arrived;
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(arrived).toBe(before);
});

test('the check as a hook plays it', async () => {
  const url = await serve((_, response) => response.end('ok'));
  const kind = loadKind({ generator: loadGenerator({ policy: () => undefined }), histogram });
  const thresholds = [{ kind: 'errorRate', atMostPercent: 0, minSamples: 100 }] as const;
  const tools = { clock: systemClock, random: Math.random, run: runBounded, environment: fakeEnvironment(), hook: HOOK } as unknown as Parameters<typeof kind.probe>[1];
  const probe = kind.probe(documentOf(url, { thresholds, shape: { ...LOAD.shape, ratePerSecond: 100, durationMs: 1_000 } }), tools);
  const measurement = await probe(new AbortController().signal, FIRST_ATTEMPT);
  // A busy machine may make the client late; then it says so.
  expect(measurement).toMatchObject({ outcome: expect.stringMatching(/^(pass|inconclusive)$/), samples: 100, memory: { started: true } });
  await allClosed();
});

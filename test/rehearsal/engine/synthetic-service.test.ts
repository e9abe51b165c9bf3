import { seededRandom } from '../../../rehearsal/engine/random';
import type { SyntheticRequest } from '../../../rehearsal/engine/synthetic-service';
import { answer } from '../../../rehearsal/engine/synthetic-service';
import type { FaultProfile, RouteProfile, ServiceProfile } from '../../../rehearsal/scenario/scenario';

const profile = (more: Partial<ServiceProfile> = {}): ServiceProfile => ({
  latency: { p50Ms: 20, p99Ms: 200 },
  startupMs: 0,
  routes: [],
  faults: [],
  ...more,
});
const ask = (more: Partial<SyntheticRequest> = {}): SyntheticRequest => ({
  listener: 'test',
  method: 'GET',
  path: '/',
  identity: 'hook|GET /|1',
  sinceUpMs: 0,
  release: 'r1',
  ...more,
});
const fault = (effect: FaultProfile['effect'], more: Partial<FaultProfile> = {}): FaultProfile => ({
  rate: 1,
  afterMs: 0,
  effect,
  ...more,
});
const random = seededRandom(7);

test('without a route: 200 and a document that names the release', () => {
  expect(answer(profile({ latency: { p50Ms: 5, p99Ms: 5 } }), ask(), random)).toEqual({
    kind: 'answer',
    status: 200,
    headers: { 'content-type': 'application/json', 'x-version': 'r1' },
    body: '{"status":"ok","version":"r1"}',
    latencyMs: 5,
  });
});

test('the first route that matches answers; a query does not count, a star is a prefix', () => {
  const routes: RouteProfile[] = [
    { path: '/api/*', status: 201, headers: { 'x-api': '1' }, body: 'api' },
    { path: '/health', status: 204, headers: {}, body: '' },
  ];
  const status = (path: string) => answer(profile({ routes }), ask({ path }), random);
  expect(status('/api/orders?x=1')).toMatchObject({ status: 201, headers: { 'x-api': '1', 'x-version': 'r1' }, body: 'api' });
  expect(status('/health?deep')).toMatchObject({ status: 204 });
  expect(status('/healthy')).toMatchObject({ status: 200 });
});

test('HEAD has no body', () => {
  expect(answer(profile(), ask({ method: 'HEAD' }), random)).toMatchObject({ status: 200, body: '' });
});

test('equal identities get equal answers; another identity, release or seed another latency', () => {
  const latency = (more: Partial<SyntheticRequest>, seed = 7) => JSON.stringify(answer(profile(), ask(more), seededRandom(seed)));
  expect(latency({})).toBe(latency({}));
  expect(new Set([latency({}), latency({ identity: 'hook|GET /|2' }), latency({}, 8)]).size).toBe(3);
});

describe('faults', () => {
  const faulty = (faults: readonly FaultProfile[], more: Partial<SyntheticRequest> = {}) => answer(profile({ faults }), ask(more), random);
  const broken = fault({ kind: 'status', status: 500, body: 'broken' });

  test('a status keeps the headers of the answer', () => {
    expect(faulty([broken])).toMatchObject({ status: 500, body: 'broken', headers: { 'x-version': 'r1' } });
  });

  test('only on its listener, its path, and from its time on', () => {
    expect(faulty([{ ...broken, listener: 'production' }])).toMatchObject({ status: 200 });
    expect(faulty([{ ...broken, listener: 'test' }])).toMatchObject({ status: 500 });
    expect(faulty([{ ...broken, path: '/pay*' }], { path: '/payments' })).toMatchObject({ status: 500 });
    expect(faulty([{ ...broken, path: '/pay*' }], { path: '/' })).toMatchObject({ status: 200 });
    expect(faulty([{ ...broken, afterMs: 1000 }], { sinceUpMs: 999 })).toMatchObject({ status: 200 });
    expect(faulty([{ ...broken, afterMs: 1000 }], { sinceUpMs: 1000 })).toMatchObject({ status: 500 });
  });

  test('hang, reset and added latency', () => {
    expect(faulty([fault({ kind: 'hang' })])).toEqual({ kind: 'hang' });
    expect(faulty([fault({ kind: 'reset' })])).toEqual({ kind: 'reset' });
    const plain = faulty([]);
    const slow = faulty([fault({ kind: 'latency', addMs: 3000 })]);
    expect(slow.kind === 'answer' && plain.kind === 'answer' && slow.latencyMs - plain.latencyMs).toBeCloseTo(3000, 9);
  });

  test('the first that is drawn wins', () => {
    expect(faulty([{ ...broken, rate: 0 }, fault({ kind: 'status', status: 502, body: '' })])).toMatchObject({ status: 502 });
  });

  test('a rate hits its share of the identities', () => {
    const hits = Array.from({ length: 2000 }, (_, index) => faulty([{ ...broken, rate: 0.1 }], { identity: `hook|GET /|${index}` })).filter(
      (each) => each.kind === 'answer' && each.status === 500,
    ).length;
    expect(hits).toBeGreaterThan(140);
    expect(hits).toBeLessThan(260);
  });
});

test('the median and the 99th percentile of the latency are those of the profile', () => {
  const latencies = Array.from({ length: 5000 }, (_, index) => answer(profile(), ask({ identity: String(index) }), random))
    .map((each) => (each.kind === 'answer' ? each.latencyMs : 0))
    .sort((a, b) => a - b);
  expect(latencies[2500]).toBeGreaterThan(18);
  expect(latencies[2500]).toBeLessThan(22);
  expect(latencies[4950]).toBeGreaterThan(160);
  expect(latencies[4950]).toBeLessThan(250);
});

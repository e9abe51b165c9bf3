import { createServer } from 'node:http';
import type { IncomingMessage, Server } from 'node:http';
import { once } from 'node:events';
import { request as httpsRequest } from 'node:https';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { SingleRequest } from '../../../rehearsal/engine/background-traffic';
import type { ReleaseId } from '../../../rehearsal/engine/ports';
import { seededRandom } from '../../../rehearsal/engine/random';
import { EventScheduler } from '../../../rehearsal/engine/scheduler';
import { createCertificateAuthority } from '../../../rehearsal/endpoints/certificates';
import type { BalancerPorts, LoadBalancer } from '../../../rehearsal/endpoints/load-balancer';
import { chooseTarget, listenerHandler, ruleMatches, startLoadBalancer } from '../../../rehearsal/endpoints/load-balancer';
import type { LoopbackRequest } from '../../../rehearsal/endpoints/loopback-server';
import type { Upstream } from '../../../rehearsal/endpoints/upstreams';
import { TrafficSampler } from '../../../rehearsal/endpoints/upstreams';
import { Conductor } from '../../../rehearsal/sandbox/conductor';
import type { FaultProfile, ServiceProfile } from '../../../rehearsal/scenario/scenario';

const profile = (faults: readonly FaultProfile[] = []): ServiceProfile => ({
  latency: { p50Ms: 40, p99Ms: 40 },
  startupMs: 0,
  routes: [],
  faults,
});
const PRODUCTION = { name: 'production', protocol: 'HTTP', port: 80 } as const;
const TEST = { name: 'test', protocol: 'HTTP', port: 8080 } as const;

interface Options {
  readonly weights?: readonly [number, number];
  readonly green?: Upstream | null;
  readonly seed?: number;
}

function ports(options: Options = {}): BalancerPorts & { readonly recorded: SingleRequest[]; readonly failures: string[] } {
  const { weights = [100, 0], green = { kind: 'synthetic', profile: profile(), upSince: 0 }, seed = 1 } = options;
  const recorded: SingleRequest[] = [];
  const failures: string[] = [];
  return {
    recorded,
    failures,
    routing: {
      targets: (listener) =>
        listener === 'test'
          ? [{ targetGroup: 'green', weight: 100 }]
          : [
              { targetGroup: 'blue', weight: weights[0] },
              { targetGroup: 'green', weight: weights[1] },
            ],
      release: (targetGroup): ReleaseId | undefined => (targetGroup === 'blue' ? 'r0' : green === null ? undefined : 'r1'),
    },
    random: seededRandom(seed),
    upstream: (release) => (release === 'r1' && green !== null ? green : { kind: 'synthetic', profile: profile(), upSince: 0 }),
    record: (request) => void recorded.push(request),
    client: () => 'hook#1',
    upstreamFailed: (release, reason) => void failures.push(`${release}: ${reason}`),
  };
}

const ask = (url = '/', more: Partial<LoopbackRequest> = {}): LoopbackRequest => ({
  method: 'GET',
  url,
  headers: { host: 'web.example' },
  body: Buffer.alloc(0),
  remotePort: 1,
  arrivedAt: 1000,
  ...more,
});

describe('a listener', () => {
  test('LB-1: sends by weight, and the version answers after its latency', () => {
    const room = ports({ weights: [0, 100] });
    const answer = listenerHandler(PRODUCTION, room)(ask());
    expect(answer).toMatchObject({ status: 200, headers: { 'x-version': 'r1' }, afterMs: 40 });
    expect(answer).not.toHaveProperty('headers.server');
    expect(room.recorded).toEqual([{ at: 1000, targetGroup: 'green', outcome: { kind: 'target', status: 200, latencyMs: 40 } }]);
  });

  test.each([
    [
      [
        { targetGroup: 'a', weight: 90 },
        { targetGroup: 'b', weight: 10 },
      ],
      0.8999,
      'a',
    ],
    [
      [
        { targetGroup: 'a', weight: 90 },
        { targetGroup: 'b', weight: 10 },
      ],
      0.9,
      'b',
    ],
    [
      [
        { targetGroup: 'a', weight: 0 },
        { targetGroup: 'b', weight: 100 },
      ],
      0,
      'b',
    ],
    [
      [
        { targetGroup: 'a', weight: 100 },
        { targetGroup: 'b', weight: 0 },
      ],
      0.9999,
      'a',
    ],
    [[], 0.5, undefined],
  ])('LB-1: of %j the number %d takes %s', (targets, uniform, chosen) => {
    expect(chooseTarget(targets, uniform)).toBe(chosen);
  });

  test('LB-2: the choice depends on the request, not on the order of arrival', () => {
    const statusOf = (urls: readonly string[]) => {
      const handle = listenerHandler(PRODUCTION, ports({ weights: [50, 50] }));
      const seen = new Map<string, number>();
      return Object.fromEntries(
        urls.map((url) => {
          const times = (seen.get(url) ?? 0) + 1;
          seen.set(url, times);
          const answer = handle(ask(url));
          return [`${url} ${times}`, 'headers' in answer ? answer.headers?.['x-version'] : undefined];
        }),
      );
    };
    const urls = Array.from({ length: 40 }, (_, index) => `/${index % 10}`);
    const forward = statusOf(urls);
    expect(statusOf([...urls].reverse())).toEqual(forward);
    expect(new Set(Object.values(forward))).toEqual(new Set(['r0', 'r1']));
  });

  test('LB-3: an empty target group is a 503 of its own', () => {
    const room = ports({ green: null });
    const answer = listenerHandler(TEST, room)(ask());
    expect(answer).toMatchObject({ status: 503, headers: { server: 'awselb/2.0', 'content-type': 'text/html' }, afterMs: 0 });
    expect('body' in answer && answer.body).toContain('<title>503 Service Temporarily Unavailable</title>');
    expect(room.recorded).toEqual([{ at: 1000, targetGroup: 'green', outcome: { kind: 'elb', status: 503 } }]);
  });

  test.each([
    ['hang', 504, 60_000],
    ['reset', 502, 0],
  ] as const)('LB-4: a target that does not answer (%s) is a %d of its own', (kind, status, afterMs) => {
    const fault = { rate: 1, afterMs: 0, effect: { kind } };
    const answer = listenerHandler(TEST, ports({ green: { kind: 'synthetic', profile: profile([fault]), upSince: 0 } }))(ask());
    expect(answer).toMatchObject({ status, headers: { server: 'awselb/2.0' }, afterMs });
  });

  test('LB-4: so is one that takes longer than a minute', () => {
    const fault = { rate: 1, afterMs: 0, effect: { kind: 'latency', addMs: 60_000 } } as const;
    expect(listenerHandler(TEST, ports({ green: { kind: 'synthetic', profile: profile([fault]), upSince: 0 } }))(ask())).toMatchObject({
      status: 504,
      afterMs: 60_000,
    });
  });

  test('LB-4: faults count from the time at which the version came up', () => {
    const green: Upstream = {
      kind: 'synthetic',
      profile: profile([{ rate: 1, afterMs: 500, effect: { kind: 'status', status: 500, body: '' } }]),
      upSince: 600,
    };
    const handle = listenerHandler(TEST, ports({ green }));
    expect(handle(ask('/', { arrivedAt: 1099 }))).toMatchObject({ status: 200 });
    expect(handle(ask('/', { arrivedAt: 1100 }))).toMatchObject({ status: 500 });
  });

  test('LB-5: with rules, other requests get a fixed 404', () => {
    const room = ports();
    const handle = listenerHandler({ ...PRODUCTION, rules: [{ priority: 10, paths: ['/shop/*'], hosts: ['*.example'] }] }, room);
    expect(handle(ask('/shop/cart?x=/other'))).toMatchObject({ status: 200 });
    expect(handle(ask('/other'))).toMatchObject({ status: 404, headers: { server: 'awselb/2.0' } });
    expect(room.recorded[1]).toEqual({ at: 1000, outcome: { kind: 'elb', status: 404 } });
  });

  test.each([
    [[], '/x', 'a.example', true],
    [[{ priority: 1, paths: ['/a', '/b*'] }], '/bb', 'a.example', true],
    [[{ priority: 1, paths: ['/a'] }], '/A', 'a.example', false],
    [[{ priority: 1, hosts: ['A.example'] }], '/', 'a.EXAMPLE:8443', true],
    [[{ priority: 1, paths: ['/a'], hosts: ['b.example'] }], '/a', 'a.example', false],
    [[{ priority: 1, paths: ['/v?/x'] }], '/v1/x', 'a.example', true],
    [
      [
        { priority: 1, paths: ['/a'] },
        { priority: 2, paths: ['/b'] },
      ],
      '/b',
      'a.example',
      true,
    ],
  ])('LB-5: rules %j on %s at %s: %p', (rules, url, host, matches) => {
    expect(ruleMatches(rules, { url, headers: { host } })).toBe(matches);
  });
});

describe('a real upstream', () => {
  let server: Server;
  let origin: URL;
  let seen: { request: IncomingMessage; body: string }[];

  beforeEach(async () => {
    seen = [];
    server = createServer((request, response) => {
      void text(request).then((body) => {
        seen.push({ request, body });
        if (request.url === '/base/broken') {
          request.socket.destroy();
        } else {
          response.writeHead(201, { 'x-own': '1', 'set-cookie': ['a=1', 'b=2'], connection: 'close' }).end('from the target');
        }
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    origin = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/base`);
  });

  afterEach(() => server.close());

  const forwarded = async (request: LoopbackRequest, room = ports({ green: { kind: 'real', origin } })) => {
    const answer = listenerHandler({ ...TEST, protocol: 'HTTPS', port: 8443 }, room)(request);
    if (!('forward' in answer)) {
      throw new Error('a real upstream must be forwarded to');
    }
    return { room, answer: await answer.forward() };
  };

  test('LB-6: gets the request with the headers of a load balancer, and its answer comes back whole', async () => {
    const headers = { host: 'web.example:8443', 'x-forwarded-for': '10.1.1.1', connection: 'keep-alive', 'x-check': 'a' };
    const { answer, room } = await forwarded(ask('/cart?n=1', { method: 'POST', headers, body: Buffer.from('two') }));
    expect(answer).toMatchObject({
      status: 201,
      headers: { 'x-own': '1', 'set-cookie': ['a=1', 'b=2'] },
      body: Buffer.from('from the target'),
    });
    expect(answer).not.toHaveProperty('headers.connection');
    expect(seen[0].request.url).toBe('/base/cart?n=1');
    expect(seen[0].body).toBe('two');
    expect(seen[0].request.headers).toMatchObject({
      host: 'web.example:8443',
      'x-forwarded-for': '10.1.1.1, 127.0.0.1',
      'x-forwarded-proto': 'https',
      'x-forwarded-port': '8443',
      'x-check': 'a',
    });
    expect(room.recorded).toEqual([
      { at: 1000, targetGroup: 'green', outcome: { kind: 'target', status: 201, latencyMs: expect.any(Number) } },
    ]);
  });

  test('LB-6: that breaks the connection is a 502, with the reason', async () => {
    const { answer, room } = await forwarded(ask('/broken'));
    expect(answer).toMatchObject({ status: 502, headers: { server: 'awselb/2.0' } });
    expect(room.failures).toEqual(['r1: socket hang up']);
  });

  test('LB-6: that is not there is a 502', async () => {
    server.close();
    await once(server, 'close');
    const { answer, room } = await forwarded(ask());
    expect(answer).toMatchObject({ status: 502 });
    expect(room.failures[0]).toContain('ECONNREFUSED');
  });

  test('UP-3: a sample is bounded, once in a virtual minute, and shows what the upstream does', async () => {
    const sampler = new TrafficSampler({ perMinute: 10, paths: ['/', '/broken'], host: 'web.example' });
    expect(sampler.sample('r0')).toEqual([]);
    const both = [
      { release: 'r0', origin },
      { release: 'r1', origin },
    ];
    await sampler.refresh(0, both);
    await sampler.refresh(59_999, both);
    expect(sampler.sent).toBe(10);
    expect(sampler.sample('r1').map((each) => ('elb' in each ? each.elb : each.status))).toEqual([201, 502, 201, 502, 201]);
    expect(seen[0].request.headers.host).toBe('web.example');
    await sampler.refresh(60_000, both);
    expect(sampler.sent).toBe(20);
  });
});

describe('running', () => {
  let balancer: LoadBalancer;
  afterEach(() => balancer.close());

  test('LB-7: two listeners over HTTPS, on loopback, on the virtual clock', async () => {
    const scheduler = new EventScheduler();
    const conductor = new Conductor({ scheduler, epochMs: Date.UTC(2026, 0, 1) });
    const authority = await createCertificateAuthority({ now: new Date() });
    const room = ports({ weights: [100, 0] });
    balancer = await startLoadBalancer({
      ...room,
      conductor,
      name: 'app/shop/1',
      production: { ...PRODUCTION, protocol: 'HTTPS' },
      test: { ...TEST, protocol: 'HTTPS' },
      tls: await authority.issue(['web.example']),
    });
    const get = (port: number) =>
      new Promise<{ status?: number; version: unknown; body: string }>((resolve, reject) => {
        const request = httpsRequest(
          { host: '127.0.0.1', port, servername: 'web.example', ca: authority.certificate, agent: false },
          (response) => {
            text(response).then((body) => resolve({ status: response.statusCode, version: response.headers['x-version'], body }), reject);
          },
        );
        request.on('error', reject).end();
      });
    const answers = Promise.all([get(balancer.production.port), get(balancer.test?.port ?? 0)]);
    await conductor.run(answers);
    expect(await answers).toEqual([
      { status: 200, version: 'r0', body: '{"status":"ok","version":"r0"}' },
      { status: 200, version: 'r1', body: '{"status":"ok","version":"r1"}' },
    ]);
    expect(conductor.now()).toBeGreaterThanOrEqual(40);
    await authority.remove();
  });

  test('fails when an HTTPS listener has no certificate', async () => {
    const conductor = new Conductor({ scheduler: new EventScheduler(), epochMs: 0 });
    const options = { ...ports(), conductor, name: 'app/shop/1', production: PRODUCTION };
    balancer = await startLoadBalancer(options);
    await expect(startLoadBalancer({ ...options, test: { ...TEST, protocol: 'HTTPS' } })).rejects.toThrow(
      'the test listener of app/shop/1 speaks HTTPS and needs a certificate; issue one from the certificate authority',
    );
  });
});

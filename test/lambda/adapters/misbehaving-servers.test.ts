/** Whole suites against servers that misbehave: each ends in a verdict that says why, inside its time. */
import type { RequestListener } from 'node:http';
import { createServer } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo, Server, Socket } from 'node:net';
import { createServer as createTcpServer } from 'node:net';

import { ENV } from '../../../lib/model/hook-contract';
import type { AssertionDocument } from '../../../lib/model/suite';
import { resolveByDns } from '../../../lambda/adapters/address-resolver';
import { runBounded } from '../../../lambda/adapters/bounded-run';
import { systemClock } from '../../../lambda/adapters/clock';
import { httpClient } from '../../../lambda/adapters/http-client';
import { checksWork } from '../../../lambda/core/checks/checks-work';
import { httpKind } from '../../../lambda/core/checks/http-check';
import { makeHook } from '../../../lambda/core/hook';
import type { Authority, Identity } from '../support/certificates';
import { certificateAuthority, selfSigned } from '../support/certificates';
import { context, fakeEnvironment, fakeSources, fakeWorld, HOOK } from '../support/fake-ports';

/** For servers that never answer in full. */
const TIMEOUT_MS = 400;
/** For those that do, be the machine as busy as it likes. */
const PATIENT_MS = 20_000;
/** Two attempts with their pause, and room for a machine that is busy. */
const BOUND_MS = 15_000;

const cleanup: (() => void)[] = [];
afterEach(() => cleanup.splice(0).forEach((end) => end()));

async function listening(server: Server, scheme = 'http'): Promise<string> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
  });
  cleanup.push(() => {
    sockets.forEach((socket) => socket.destroy());
    server.close();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `${scheme}://web.test:${(server.address() as AddressInfo).port}`;
}

const http = (handler: RequestListener) => listening(createServer(handler));
const tcp = (answer: (socket: Socket) => void) => listening(createTcpServer((socket) => socket.once('data', () => answer(socket))));
const https = ({ key, cert }: Identity) => listening(createSecureServer({ key, cert }, (_, response) => response.end('{"status":"ok"}')), 'https');

/** Writes again and again until the connection is gone. */
function drip(write: (text: string) => void, text: string, closed: (stop: () => void) => void): void {
  const timer = setInterval(() => write(text), 20);
  cleanup.push(() => clearInterval(timer));
  closed(() => clearInterval(timer));
}

let authority: Authority;
beforeAll(async () => {
  authority = await certificateAuthority();
});

const STATUS: AssertionDocument = { kind: 'status', equals: 200 };
const JSON_STATUS: AssertionDocument = { kind: 'jsonPathEquals', path: '$.status', equals: 'ok' };

async function play(url: string, assertions: readonly AssertionDocument[], maxRedirects = 0, timeoutMs = PATIENT_MS) {
  const world = fakeWorld({ clock: systemClock });
  const policy = { mode: 'ENFORCE', after: [], passes: { consecutive: 1 }, attemptMs: timeoutMs, intervalMs: 10, errorBudget: 1, deadlineMs: 2 * (timeoutMs + 500), inconclusive: 'FAIL' };
  const request = { method: 'GET', path: '/', headers: {}, timeoutMs, maxRedirects };
  const checks = [{ kind: 'http', name: 'home', steps: [{ target: { listener: 'test' }, request, assertions }], policy }];
  const environment = fakeEnvironment({ [ENV.testUrl]: url }, { schemaVersion: 1, event: 'AfterAllowTestTraffic', policy: { run: 'ALL', concurrency: 1, deadlineMs: 45_000 }, checks });
  const client = httpClient({
    clock: systemClock,
    policy: () => undefined,
    resolve: async (hostname, signal) => (hostname.endsWith('.invalid') ? resolveByDns(hostname, signal) : [{ address: '127.0.0.1', family: 4 }]),
    authorities: [authority.cert],
  });
  const work = checksWork(environment, { clock: systemClock, random: () => 0.5, http: client, run: runBounded, sources: fakeSources({}) }, { http: async () => httpKind });
  const begun = performance.now();
  await makeHook({ by: 'checks', environment, ports: world.ports, work })(HOOK, context(60_000));
  const { verdict, checks: [result] = [] } = world.verdicts[0]!;
  return { verdict, reason: result?.reason ?? '', report: world.reports[0]?.status, elapsedMs: performance.now() - begun, errors: result?.errors };
}

interface Case {
  readonly serve: () => Promise<string>;
  readonly assertions?: readonly AssertionDocument[];
  readonly maxRedirects?: number;
  readonly verdict: 'fail' | 'inconclusive';
  readonly reason: string;
  /** Attempts that came to nothing. */
  readonly errors: number;
}

const NO_ANSWER = `no complete answer within ${TIMEOUT_MS} ms (GET / on the test listener)`;
const chunk = `${(65_536).toString(16)}\r\n${'x'.repeat(65_536)}\r\n`;

const CASES: Readonly<Record<string, Case>> = {
  'a chunked body without end': {
    serve: () => http((_, response) => drip((text) => response.write(text), 'x', (stop) => response.on('close', stop))),
    verdict: 'inconclusive',
    reason: NO_ANSWER,
    errors: 2,
  },
  'a body of a gigabyte': {
    serve: () =>
      http((_, response) => {
        response.writeHead(200, { 'content-length': 1_073_741_824 });
        const more = () => {
          while (!response.destroyed && response.write('x'.repeat(65_536))){;}
        };
        response.on('drain', more);
        more();
      }),
    assertions: [{ kind: 'bodyContains', text: 'ok' }],
    verdict: 'inconclusive',
    reason: 'body could not be decided: the body is larger than 1048576 bytes, and no more is read; expected it to contain "ok"',
    errors: 0,
  },
  'a chunked body of more than is read': {
    serve: () =>
      tcp((socket) => {
        socket.write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n');
        const more = () => {
          while (!socket.destroyed && socket.write(chunk)){;}
        };
        socket.on('drain', more);
        more();
      }),
    assertions: [JSON_STATUS],
    verdict: 'inconclusive',
    reason: 'the body is larger than 1048576 bytes, and no more is read',
    errors: 0,
  },
  'headers that come in drops': {
    serve: () =>
      tcp((socket) => {
        socket.write('HTTP/1.1 200 OK\r\nx-a: ');
        drip((text) => socket.write(text), 'x', (stop) => socket.on('close', stop));
      }),
    verdict: 'inconclusive',
    reason: NO_ANSWER,
    errors: 2,
  },
  'no answer at all': { serve: () => tcp(() => undefined), verdict: 'inconclusive', reason: NO_ANSWER, errors: 2 },
  'invalid UTF-8': {
    serve: () => http((_, response) => response.end(Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22]))),
    assertions: [JSON_STATUS],
    verdict: 'fail',
    reason: 'JSON path $.status has no value, since the body is not JSON: "{"\ufffd\ufffd""; expected "ok"',
    errors: 0,
  },
  'invalid JSON': {
    serve: () => http((_, response) => response.end('{"status": ok}')),
    assertions: [JSON_STATUS],
    verdict: 'fail',
    reason: 'since the body is not JSON: "{"status": ok}"',
    errors: 0,
  },
  'a redirect loop': {
    serve: () => http((_, response) => response.writeHead(302, { location: '/' }).end()),
    maxRedirects: 5,
    verdict: 'fail',
    reason: 'status was 302, expected 200',
    errors: 0,
  },
  'a redirect without end that slows down': {
    serve: () => http((_, response) => void setTimeout(() => response.writeHead(302, { location: '/' }).end(), 150)),
    maxRedirects: 10,
    verdict: 'inconclusive',
    reason: NO_ANSWER,
    errors: 2,
  },
  'a name that does not exist': { serve: async () => 'http://shop.invalid', verdict: 'inconclusive', reason: 'shop.invalid could not be resolved: E', errors: 2 },
  'a refused connection': {
    serve: async () => {
      const url = await http((_, response) => response.end());
      cleanup.splice(0).forEach((end) => end());
      return url;
    },
    verdict: 'inconclusive',
    reason: 'the connection was not made: ECONNREFUSED',
    errors: 2,
  },
  'a connection that is reset': { serve: () => tcp((socket) => socket.resetAndDestroy()), verdict: 'inconclusive', reason: 'the connection broke: ECONNRESET', errors: 2 },
  'an answer that is cut off': {
    serve: () => tcp((socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"status"')),
    verdict: 'inconclusive',
    reason: 'the connection broke',
    errors: 2,
  },
  'no HTTP': { serve: () => tcp((socket) => socket.end('SSH-2.0-OpenSSH_9.6\r\n')), verdict: 'inconclusive', reason: 'the answer is not HTTP', errors: 1 },
  'an expired certificate': { serve: async () => https(await authority.issue(['web.test'], true)), verdict: 'inconclusive', reason: 'the TLS connection was not made: CERT_HAS_EXPIRED', errors: 2 },
  'a self-signed certificate': { serve: async () => https(await selfSigned('web.test')), verdict: 'inconclusive', reason: 'the TLS connection was not made: DEPTH_ZERO_SELF_SIGNED_CERT', errors: 2 },
  'the certificate of another host': { serve: async () => https(await authority.issue(['other.test'])), verdict: 'inconclusive', reason: 'the TLS connection was not made: ERR_TLS_CERT_ALTNAME_INVALID', errors: 2 },
};

test.each(Object.entries(CASES))('%s', async (_, { serve, assertions = [STATUS], maxRedirects, verdict, reason, errors }) => {
  const end = await play(await serve(), assertions, maxRedirects, reason === NO_ANSWER ? TIMEOUT_MS : PATIENT_MS);
  expect(end).toMatchObject({ verdict, report: 'Failed', reason: expect.stringContaining(reason), errors });
  expect(end.elapsedMs).toBeLessThan(BOUND_MS);
});

test.each([
  ['forward by a year', 31_536_000_000],
  ['back by a year', -31_536_000_000],
])('a clock of the machine that jumps %s while an answer is awaited changes nothing', async (_, jump) => {
  const { now } = Date;
  cleanup.push(() => (Date.now = now));
  const url = await http((request, response) => {
    Date.now = () => now() + jump;
    request.resume();
    setTimeout(() => response.end('{"status":"ok"}'), 50);
  });
  const end = await play(url, [JSON_STATUS, { kind: 'latencyBelow', ms: PATIENT_MS }]);
  expect(end).toMatchObject({ verdict: 'pass', report: 'Succeeded' });
  expect(end.elapsedMs).toBeLessThan(BOUND_MS);
});

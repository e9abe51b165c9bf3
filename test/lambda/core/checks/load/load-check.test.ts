import type { CheckDocumentBase } from '../../../../../lib/model/suite';
import { runBounded } from '../../../../../lambda/adapters/bounded-run';
import { histogram } from '../../../../../lambda/adapters/histogram';
import { Fields } from '../../../../../lambda/core/checks/fields';
import type { LoadKindPorts } from '../../../../../lambda/core/checks/load-check';
import { loadKind } from '../../../../../lambda/core/checks/load-check';
import { TransportFailure } from '../../../../../lambda/core/failures';
import type { Attempt } from '../../../../../lambda/core/engine/state';
import { FIRST_ATTEMPT, fakeEnvironment, HOOK } from '../../../support/fake-ports';
import { virtualClock } from '../../../support/virtual-clock';
import type { Answering } from './support';
import { fakeLine, LOAD } from './support';

const { name, policy, ...OWN } = LOAD;
const BASE = { name, policy };
const parse = (overrides: Readonly<Record<string, unknown>> = {}, base: CheckDocumentBase = BASE) => loadKind({} as LoadKindPorts).parse(new Fields({ ...OWN, ...overrides }, 'checks[0]'), base);

describe('a load in the suite', () => {
  test('is read as it was written', () => {
    const more = { expectedStatuses: [200], abort: { kind: 'errorRate', abovePercent: 2.5, minSamples: 10 } };
    expect(parse(more)).toEqual({ ...LOAD, ...more });
    expect(parse({ abort: { kind: 'outOfReach' } })).toEqual({ ...LOAD, abort: { kind: 'outOfReach' } });
    const thresholds = [
      { kind: 'errorRate', atMostPercent: 0, minSamples: 1 },
      { kind: 'throughput', atLeastPerSecond: 9.5, minSamples: 100 },
    ];
    expect(parse({ thresholds })).toEqual({ ...LOAD, thresholds });
  });

  const shape = (overrides: object) => ({ shape: { ...LOAD.shape, ...overrides } });
  const threshold = (overrides: object) => ({ thresholds: [{ ...LOAD.thresholds[0], ...overrides }] });
  test.each<[Readonly<Record<string, unknown>>, string]>([
    [{ requests: [] }, "'checks[0].requests' must be a list with at least one entry, got an empty list"],
    [{ requests: Array(51).fill(LOAD.requests[0]) }, 'must have at most 50 requests, got 51'],
    [{ requests: [{ ...LOAD.requests[0]!, request: { ...LOAD.requests[0]!.request, maxRedirects: 1 } }] }, "'checks[0].requests[0].request.maxRedirects' must be 0, got 1"],
    [shape({ ratePerSecond: 0 }), "'checks[0].shape.ratePerSecond' must be a whole number from 1 to 5000, got 0"],
    [shape({ ratePerSecond: 5_001 }), 'from 1 to 5000, got 5001'],
    [shape({ durationMs: 0 }), "'checks[0].shape.durationMs' must be a whole number from 1 to 900000, got 0"],
    [shape({ warmUpRate: 'SLOW' }), 'must be one of CONSTANT, LINEAR, got "SLOW"'],
    [{ maxInFlight: 501 }, "'checks[0].maxInFlight' must be a whole number from 1 to 500, got 501"],
    [{ expectedStatuses: [] }, "'checks[0].expectedStatuses' must be a list of whole numbers from 100 to 599, got an empty list"],
    [{ expectedStatuses: [600] }, 'a list of whole numbers from 100 to 599'],
    [{ thresholds: [] }, "'checks[0].thresholds' must be a list with at least one entry"],
    [threshold({ minSamples: undefined }), "'checks[0].thresholds[0].minSamples' must be a whole number from 1 to"],
    [threshold({ minSamples: 101 }), 'check "orders under load" sends 100 requests that count, fewer than the 101 that its threshold \'latency\' needs; raise rate or duration'],
    [threshold({ percentile: 100 }), "'checks[0].thresholds[0].percentile' must be a number from 1 to 99.999, got 100"],
    [threshold({ percentile: '95' }), 'a number from 1 to 99.999, got "95"'],
    [threshold({ percentile: Number.NaN }), 'a number from 1 to 99.999, got NaN'],
    [{ thresholds: [{ kind: 'errorRate', atMostPercent: 100, minSamples: 1 }] }, "'checks[0].thresholds[0].atMostPercent' must be a number from 0 to 99.999, got 100"],
    [{ abort: { kind: 'errorRate', abovePercent: 1, minSamples: 0 } }, "'checks[0].abort.minSamples' must be a whole number from 1"],
  ])('is refused: %#', (overrides, message) => {
    expect(() => parse(overrides)).toThrow(message);
  });

  test.each([{ consecutive: 2 }, { atLeast: 1, of: 2 }])('that would be started twice is refused: %j', (passes) => {
    expect(() => parse({}, { name, policy: { ...policy, passes } })).toThrow('check "orders under load" asks for more than one pass, but a load is never started twice; ask for one');
  });
});

describe('a load that refers to values', () => {
  const requests = [{ target: { listener: 'test' }, request: { ...LOAD.requests[0]!.request, path: '/{{tenant}}' } }];

  test('is read where they are there, and refused where they are not', () => {
    const values = { tenant: { source: 'parameter', name: '/tenant' } } as const;
    expect(parse({ requests }, { ...BASE, values })).toEqual({ ...LOAD, requests, values });
    expect(() => parse({ requests })).toThrow("'checks[0].requests[0].request.path' refers to a value that is not there");
  });
});

describe('a load that would be cut off is refused', () => {
  test.each([{ attemptMs: 34_999 }, { deadlineMs: 34_999 }])('%j', (short) => {
    const message = 'check "orders under load" can take 35000 ms, but has only 34999 ms for it; a load must not be cut off, so give it the time';
    expect(() => parse({}, { name, policy: { ...policy, ...short } })).toThrow(message);
  });
});

/** One attempt, and what was opened and sent for it. */
async function attempt(answering: Answering, { number = 1, memory, failure, document = LOAD, values = {}, abortAfterMs }: Partial<Attempt> & { values?: Readonly<Record<string, string>>; failure?: Error | 'hangs'; document?: typeof LOAD; abortAfterMs?: number } = {}) {
  const clock = virtualClock();
  const line = fakeLine(clock, answering);
  const opened: unknown[] = [];
  let closed = 0;
  const generator: LoadKindPorts['generator'] = {
    open: async (requests, { maxInFlight }) => {
      opened.push([requests.map(({ url, headers }) => (Object.keys(headers).length === 0 ? url : [url, headers])), maxInFlight]);
      if (failure === 'hangs') {
        await new Promise(() => undefined);
      } else if (failure !== undefined) {
        throw failure;
      }
      return { ...line, close: () => (closed += 1) };
    },
  };
  const tools = { clock, random: () => 0, http: { send: () => Promise.reject(new Error('not by this')) }, run: runBounded, environment: fakeEnvironment(), hook: HOOK, engines: { pattern: () => neverUsed(), jsonPath: () => neverUsed() } };
  const probe = loadKind({ generator, histogram }).probe(document, tools as unknown as Parameters<ReturnType<typeof loadKind>['probe']>[1]);
  const stop = new AbortController();
  if (abortAfterMs !== undefined) {
    void clock.sleep(abortAfterMs).then(() => stop.abort(new Error('the hook is out of time')));
  }
  const measurement = await probe(stop.signal, { ...FIRST_ATTEMPT, number, values, ...(memory === undefined ? {} : { memory }) }).catch((error: Error) => error);
  return { measurement, opened, sent: line.sent.length, cancelled: line.cancelled(), closed: () => closed };
}
const neverUsed = (): never => {
  throw new Error('a load compiles nothing');
};
const fast: Answering = () => ({ afterMs: 20 });

describe('a load check', () => {
  test('plays all of it in its first attempt, and remembers that it was started', async () => {
    const { measurement, opened, sent, closed } = await attempt(fast);
    expect(opened).toEqual([[['http://web.example.internal:8080/api/orders'], 100]]);
    expect([sent, closed()]).toEqual([100, 1]);
    expect(measurement).toMatchObject({
      outcome: 'pass',
      samples: 100,
      retryable: false,
      memory: { started: true },
      reason: 'p95 was 20 ms over 100 requests, expected below 300 ms (GET /api/orders on the test listener; 10/s for 10 s)',
    });
  });

  const withValues: typeof LOAD = {
    ...LOAD,
    values: { token: { source: 'parameter', name: '/web/token' } },
    requests: [{ target: { listener: 'test' }, request: { ...LOAD.requests[0]!.request, path: '/api/orders?key={{token}}', headers: { authorization: 'Bearer {{token}}' } } }],
  };

  test('fills in the values that were read for it, and shows none', async () => {
    const { measurement, opened } = await attempt(fast, { document: withValues, values: { token: 'hunter2/' } });
    expect(opened).toEqual([[[['http://web.example.internal:8080/api/orders?key=hunter2%2F', { authorization: 'Bearer hunter2/' }]], 100]]);
    expect(JSON.stringify(measurement)).not.toContain('hunter2');
    expect(measurement).toMatchObject({ outcome: 'pass', reason: expect.stringContaining('(GET /api/orders?… on the test listener; ') });
  });

  test('sends nothing with a value that no header may hold', async () => {
    const { measurement, opened } = await attempt(fast, { document: withValues, values: { token: 'a\r\nx: y' } });
    expect([opened, measurement]).toEqual([[], expect.objectContaining({ message: expect.stringContaining('header authorization cannot be sent') })]);
  });

  test('says how many requests are played in turn', async () => {
    const { measurement } = await attempt(fast, { document: { ...LOAD, requests: [LOAD.requests[0]!, LOAD.requests[0]!, LOAD.requests[0]!] } });
    expect(measurement).toMatchObject({ reason: expect.stringContaining('(GET /api/orders on the test listener and 2 more in turn; 10/s') });
  });

  test.each<[Partial<Attempt>]>([[{ number: 2 }], [{ number: 2, memory: { started: true } }], [{ number: 1, memory: { started: true } }], [{ number: 7, memory: null }]])(
    'never starts a load twice: %j',
    async (again) => {
      const { measurement, opened, sent } = await attempt(fast, again);
      expect([opened, sent]).toEqual([[], 0]);
      expect(measurement).toEqual({
        outcome: 'inconclusive',
        reason: 'the load was started by an earlier attempt, whose outcome is not known, and a load is never started twice; release again to repeat it',
        measurements: [],
        samples: 0,
        retryable: false,
      });
    },
  );

  test.each<[string, Error | 'hangs', string]>([
    ['a refused address', new TransportFailure('refused-address', '127.0.0.1 is a loopback address'), 'no load was sent: 127.0.0.1 is a loopback address'],
    ['a name that does not resolve', new TransportFailure('dns', 'web could not be resolved'), 'no load was sent: web could not be resolved'],
    ['a look-up that never ends', 'hangs', 'no load was sent: its targets could not be looked up within 20 s'],
  ])('could not be measured by %s', async (_, failure, reason) => {
    const { measurement, sent } = await attempt(fast, { failure });
    expect([measurement, sent]).toEqual([{ outcome: 'error', reason, measurements: [], samples: 0, retryable: false }, 0]);
  });

  test('passes on what is no failure of the way there', async () => {
    expect((await attempt(fast, { failure: new Error('a mistake of ours') })).measurement).toEqual(new Error('a mistake of ours'));
  });

  test('that is stopped ends all requests, closes all connections, and rejects with the reason', async () => {
    const { measurement, sent, cancelled, closed } = await attempt(() => 'hang', { abortAfterMs: 1_050 });
    expect([measurement, sent, cancelled, closed()]).toEqual([new Error('the hook is out of time'), 11, 11, 1]);
  });
});

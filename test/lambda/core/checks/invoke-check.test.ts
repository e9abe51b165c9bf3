import { runBounded } from '../../../../lambda/adapters/bounded-run';
import { loadEngines } from '../../../../lambda/core/checks/engines';
import { Fields } from '../../../../lambda/core/checks/fields';
import { invokeKind } from '../../../../lambda/core/checks/invoke-check';
import type { Measurement } from '../../../../lambda/core/engine/state';
import { ServiceFailure } from '../../../../lambda/core/failures';
import type { Invocation, InvocationEnd } from '../../../../lambda/core/ports';
import type { InvokeCheckDocument } from '../../../../lib/model/invoke-document';
import type { Script } from '../../support/fake-ports';
import { fakeEnvironment, fakeHttp, fakeSources, FIRST_ATTEMPT, HOOK, player } from '../../support/fake-ports';
import { virtualClock } from '../../support/virtual-clock';

const FUNCTION_ARN = 'arn:aws:lambda:eu-central-1:111122223333:function:orders:live';
const POLICY = { mode: 'ENFORCE', after: [], passes: { consecutive: 1 }, attemptMs: 30_000, intervalMs: 0, errorBudget: 2, deadlineMs: 60_000, inconclusive: 'FAIL' } as const;
const DOCUMENT: InvokeCheckDocument = { kind: 'invoke', name: 'takes orders', policy: POLICY, functionArn: FUNCTION_ARN, payload: { value: { n: 1 } }, timeoutMs: 30_000 };

const returned = (payload: string | Buffer, log = ''): InvocationEnd => ({ end: 'returned', payload: Buffer.from(payload), log });
const failed = (errorType: string, errorMessage: string, log = ''): InvocationEnd => ({
  end: 'failed',
  errorType,
  errorMessage,
  payload: Buffer.from(JSON.stringify({ errorType, errorMessage })),
  log,
});
const failure = (code: string, retryable = true) => new ServiceFailure('lambda:Invoke', code, 'no', retryable);

/** One attempt against a function that ends as the script says. */
async function attempt(end: Script<InvocationEnd>[number], overrides: Partial<InvokeCheckDocument> = {}, abort?: AbortSignal) {
  const invocations: Invocation[] = [];
  const clock = virtualClock();
  const play = player([end]);
  const kind = invokeKind({
    invoke: async (invocation) => {
      invocations.push(invocation);
      await clock.sleep(120);
      return play();
    },
  });
  const document = { ...DOCUMENT, ...overrides };
  const suite = { schemaVersion: 1, event: 'AfterInstall', policy: { run: 'ALL', concurrency: 1, deadlineMs: 60_000 }, checks: [document] } as const;
  const engines = await loadEngines(suite, new Map([['invoke', kind as never]]));
  const probe = kind.probe(document, { clock, random: () => 0, http: fakeHttp([]).http, run: runBounded, sources: fakeSources({}), environment: fakeEnvironment(), engines, hook: HOOK });
  const measurement: Measurement = await probe(abort ?? new AbortController().signal, FIRST_ATTEMPT);
  return { ...measurement, invocations };
}

describe('a function', () => {
  test('is invoked once with its payload, is told who asks, and passes when it returns', async () => {
    const { invocations, ...measurement } = await attempt(returned('null'));
    expect(invocations).toEqual([
      {
        functionArn: FUNCTION_ARN,
        payload: '{"n":1}',
        custom: { 'greenlight.deploymentId': 'd-A1B2C3D4E', 'greenlight.event': 'AfterAllowTestTraffic', 'greenlight.check': 'takes orders' },
        logTail: true,
      },
    ]);
    expect(measurement).toEqual({
      outcome: 'pass',
      reason: '1 assertion held (function orders:live, returned after 120 ms)',
      measurements: [{ what: 'end', measured: 'returned', threshold: 'returned', ok: true }],
      samples: 1,
    });
  });

  test('gets a JSON text as it is written', async () => {
    expect((await attempt(returned('1'), { payload: { json: '[12345678901234567890]' } })).invocations[0]?.payload).toBe('[12345678901234567890]');
  });

  test.each<[string, InvocationEnd, Partial<InvokeCheckDocument>, string, string]>([
    ['whose answer holds', returned('{"total":8.4}'), { assertions: [{ kind: 'jsonPathEquals', path: '$.total', equals: 8.4 }] }, 'pass', '2 assertions held'],
    [
      'whose answer is wrong',
      returned('{"total":0}'),
      { assertions: [{ kind: 'jsonPathEquals', path: '$.total', equals: 8.4 }] },
      'fail',
      'JSON path $.total was 0, expected 8.4 (function orders:live, returned after 120 ms)',
    ],
    ['that was slow', returned('{}'), { assertions: [{ kind: 'latencyBelow', ms: 100 }] }, 'fail', 'latency was 120 ms, expected below 100 ms'],
    ['that was fast enough', returned('{}'), { assertions: [{ kind: 'latencyBelow', ms: 121 }] }, 'pass', '2 assertions held'],
    ['that returns bytes that are no text', returned(Buffer.from([0xff, 0xfe])), { assertions: [{ kind: 'jsonPathExists', path: '$.a' }] }, 'fail', 'since the body is not JSON: "\ufffd\ufffd"'],
    ['that returns more than a megabyte', returned(JSON.stringify('x'.repeat(2_000_000))), { assertions: [{ kind: 'bodySize', min: 2_000_002, max: 2_000_002 }] }, 'pass', '2 assertions held'],
    ['of which only a warning does not hold', returned('{}'), { assertions: [{ kind: 'jsonPathExists', path: '$.a', warning: true }] }, 'pass', '1 assertion held; warning: JSON path $.a selected nothing'],
    [
      'that fails',
      failed('ShopFailed', 'the shop answered 503', 'START RequestId: 1 Version: $LATEST\n2026-01-05T09:00:00.000Z\t1\tINFO\tPOST answered 503\nEND RequestId: 1\n'),
      { assertions: [{ kind: 'jsonPathExists', path: '$.total' }] },
      'fail',
      'it failed with ShopFailed: "the shop answered 503", expected it to return; its log ends: "POST answered 503" (function orders:live, failed after 120 ms)',
    ],
    ['that fails as it is to', failed('OrderRefused', 'no items'), { expectedErrorType: 'OrderRefused' }, 'pass', '1 assertion held (function orders:live, failed after 120 ms)'],
    [
      'whose error says something else',
      failed('OrderRefused', 'no stock'),
      { expectedErrorType: 'OrderRefused', assertions: [{ kind: 'jsonPathMatches', path: '$.errorMessage', pattern: 'no items' }] },
      'fail',
      'JSON path $.errorMessage was "no stock", expected a match of /no items/',
    ],
    ['that fails otherwise', failed('TypeError', 'x is undefined'), { expectedErrorType: 'OrderRefused' }, 'fail', 'it failed with TypeError: "x is undefined", expected it to fail with OrderRefused'],
    ['that returns instead of failing', returned('{"ok":true}'), { expectedErrorType: 'OrderRefused' }, 'fail', 'it returned "{"ok":true}", expected it to fail with OrderRefused'],
  ])('%s', async (_, end, overrides, outcome, reason) => {
    const measurement = await attempt(end, overrides);
    expect(measurement.outcome).toBe(outcome);
    expect(measurement.reason).toContain(reason);
    expect(measurement.samples).toBe(1);
  });

  test('that says very much is cut short', async () => {
    const { reason } = await attempt(failed('E'.repeat(10_000), 'm'.repeat(10_000), Array.from({ length: 9 }, () => 'l'.repeat(1000)).join('\n')));
    expect(reason.length).toBeLessThanOrEqual(1000);
    expect(reason).toContain('its log ends: "l');
  });
});

describe('an invocation that came to nothing', () => {
  test.each<[string, ServiceFailure, boolean, string]>([
    ['throttled', failure('TooManyRequestsException'), true, 'function orders:live was not started: lambda:Invoke failed: TooManyRequestsException: no'],
    ['not connected', failure('ECONNREFUSED'), true, 'function orders:live was not started: lambda:Invoke failed: ECONNREFUSED: no'],
    ['broken off', failure('ECONNRESET'), false, 'function orders:live may have run, and did not answer; it is not invoked again: lambda:Invoke failed: ECONNRESET: no'],
    ['lost in Lambda', failure('ServiceException'), false, 'function orders:live may have run, and did not answer'],
    ['denied', failure('AccessDeniedException', false), false, 'function orders:live could not be invoked: lambda:Invoke failed: AccessDeniedException: no'],
  ])('%s', async (_, error, retryable, reason) => {
    const measurement = await attempt(error);
    expect(measurement).toMatchObject({ outcome: 'error', retryable, samples: 0, measurements: [] });
    expect(measurement.reason).toContain(reason);
    expect(measurement.invocations).toHaveLength(1);
  });

  test('because time was up', async () => {
    const measurement = await attempt(() => new Promise(() => undefined), { timeoutMs: 5_000 });
    expect(measurement).toMatchObject({ outcome: 'error', retryable: false, reason: 'function orders:live had not answered after 5000 ms; it may still run, and is not invoked again' });
  });

  test('because the check was abandoned says nothing', async () => {
    const stop = new AbortController();
    const attempted = attempt(() => new Promise(() => undefined), {}, stop.signal);
    stop.abort(new Error('over'));
    await expect(attempted).rejects.toThrow('over');
  });

  test('because of a mistake of ours is thrown on', async () => {
    await expect(attempt(new TypeError('oops'))).rejects.toThrow('oops');
  });
});

describe('parse', () => {
  const parse = (overrides: object) => invokeKind({ invoke: () => Promise.reject(new Error('not called')) }).parse(new Fields({ ...DOCUMENT, ...overrides }, 'checks[0]'), { name: 'x', policy: POLICY });

  test.each([{}, { expectedErrorType: 'E' }, { payload: { json: ' 1 ' } }, { payload: { value: null } }, { assertions: [{ kind: 'bodyContains', text: 'a', negate: true }] }])('reads %j as it stands', (overrides) => {
    expect(parse(overrides)).toEqual({ ...DOCUMENT, name: 'x', ...overrides });
  });

  test.each<[object, string]>([
    [{ functionArn: 'orders' }, "'checks[0].functionArn' must be the ARN of a function, got \"orders\""],
    [{ functionArn: 'arn:aws:lambda:eu-central-1:111122223333:layer:orders' }, 'must be the ARN of a function'],
    [{ payload: undefined }, "'checks[0].payload' must be an object, got nothing"],
    [{ payload: { json: '{' } }, "'checks[0].payload.json' must be a JSON text, got \"{\""],
    [{ payload: { json: 5 } }, "'checks[0].payload.json' must be a JSON text, got 5"],
    [{ payload: { value: 'x'.repeat(6_291_455) } }, "'checks[0].payload' must be at most 6291456 bytes of JSON, got 6291457"],
    [{ timeoutMs: 0 }, "'checks[0].timeoutMs' must be a whole number from 1 to 900000, got 0"],
    [{ expectedErrorType: ' ' }, "'checks[0].expectedErrorType' must be the type of an error"],
    [{ assertions: [] }, "'checks[0].assertions' must be a list with at least one entry"],
    [{ assertions: [{ kind: 'status', equals: 200 }] }, "'checks[0].assertions[0].kind' must be one of bodyContains, "],
    [{ assertions: [{ kind: 'nonsense' }] }, "'checks[0].assertions[0].kind' must be one of status, "],
  ])('refuses %j', (overrides, message) => {
    expect(() => parse(overrides)).toThrow(message);
  });
});

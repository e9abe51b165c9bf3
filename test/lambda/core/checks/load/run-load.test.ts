import type { LoadCheckDocument, LoadShape } from '../../../../../lib/model/load-document';
import { histogram } from '../../../../../lambda/adapters/histogram';
import { runLoad } from '../../../../../lambda/core/checks/load/run-load';
import { TransportFailure } from '../../../../../lambda/core/failures';
import type { Clock } from '../../../../../lambda/core/ports';
import { virtualClock } from '../../../support/virtual-clock';
import type { Answering } from './support';
import { fakeLine, LOAD } from './support';

type Overrides = Partial<Omit<LoadCheckDocument, 'shape'>> & { readonly shape?: Partial<LoadShape>; readonly timeoutMs?: number };

function documentOf({ shape, timeoutMs = 5_000, ...overrides }: Overrides): LoadCheckDocument {
  const requests = LOAD.requests.map((each) => ({ ...each, request: { ...each.request, timeoutMs } }));
  return { ...LOAD, requests, ...overrides, shape: { ...LOAD.shape, ...shape } };
}

async function run(answering: Answering, overrides: Overrides = {}, clock: Clock = virtualClock()) {
  const line = fakeLine(clock, answering);
  const summary = await runLoad(documentOf(overrides), { clock, histogram, line }, new AbortController().signal);
  return { summary, line, endedAt: clock.now() };
}

const after = (afterMs: number): Answering => () => ({ afterMs });
const status = (code: number) => ({ status: code });
/** The time of a rank, in whole milliseconds. */
const rank = ({ latency }: Awaited<ReturnType<typeof run>>['summary'], of: number) => Math.round(latency.atRank(of));

describe('runLoad', () => {
  test('sends at the times at which requests are due, whether those before were answered or not', async () => {
    const { line, summary, endedAt } = await run(after(700), { shape: { durationMs: 500 } });
    expect(line.sentAt).toEqual([0, 100, 200, 300, 400]);
    expect([line.mostUnderWay(), summary.samples, summary.answered, rank(summary, 1), rank(summary, 5), endedAt]).toEqual([5, 5, 5, 700, 700, 1_100]);
  });

  test('plays requests in turn', async () => {
    const [first] = LOAD.requests;
    const { line } = await run(after(1), { shape: { durationMs: 700 }, requests: [first!, first!, first!] });
    expect(line.sent).toEqual([0, 1, 2, 0, 1, 2, 0]);
  });

  test('does not count the warm-up', async () => {
    const { line, summary } = await run((count) => ({ afterMs: count < 10 ? 400 : 20, end: status(count < 10 ? 500 : 200) }), { shape: { warmUpMs: 1_000, durationMs: 2_000 } });
    expect([line.sent.length, summary.planned, summary.samples, summary.failed, rank(summary, 20)]).toEqual([30, 20, 20, 0, 20]);
  });

  test('sends together what is due when a timer comes late', async () => {
    const coarse = virtualClock();
    const clock: Clock = { ...coarse, sleep: (ms, signal) => coarse.sleep(Math.ceil(ms / 10) * 10, signal) };
    const { line, summary } = await run(after(3), { shape: { ratePerSecond: 1_000, durationMs: 20 } }, clock);
    expect(line.sentAt).toEqual([0, ...Array(10).fill(10), ...Array(9).fill(20)]);
    expect([summary.sent, summary.waited, Math.round(summary.lateness.atRank(20)), summary.late]).toEqual([20, 0, 9, 0]);
  });
});

describe('a stall of the service', () => {
  // From 5 s to 5.5 s nothing is answered; everything else takes 10 ms.
  const stalling: Answering = (_, now) => ({ afterMs: now >= 5_000 && now < 5_500 ? 5_500 - now + 10 : 10 });

  test('shows in all requests that were due in it, not only in the one that met it', async () => {
    const { summary } = await run(stalling, { shape: { ratePerSecond: 100, durationMs: 10_000 } });
    // 50 requests were due in the stall, every 10 ms: those latencies are 510, 500, 490, ... 20 ms.
    expect([summary.answered, rank(summary, 1_000), rank(summary, 990), rank(summary, 960), rank(summary, 950)]).toEqual([1_000, 510, 410, 110, 10]);
  });

  test('shows as much when it holds up the sending: latency counts from when a request was due', async () => {
    const { summary, line } = await run(stalling, { shape: { ratePerSecond: 100, durationMs: 10_000 }, maxInFlight: 1 });
    // One place is what a closed loop has. Most leave late, and the time that they waited is theirs.
    expect(line.mostUnderWay()).toBe(1);
    expect(rank(summary, 990)).toBeGreaterThan(400);
    expect(summary.waited).toBeGreaterThan(50);
    expect(summary.lateness.atRank(summary.lateness.count)).toBeLessThan(1);
  });
});

describe('places', () => {
  test('are never more than allowed, and what waits leaves in order as soon as one is free', async () => {
    const { line, summary } = await run(after(250), { shape: { durationMs: 1_000 }, maxInFlight: 2 });
    expect(line.mostUnderWay()).toBe(2);
    expect(line.sentAt).toEqual([0, 100, 250, 350, 500, 600, 750, 850, 1_000, 1_100]);
    expect([summary.waited, summary.answered, rank(summary, 10)]).toEqual([8, 10, 450]);
  });

  test('that never become free: what waits gets them as soon as those before have been given up', async () => {
    const { line, summary, endedAt } = await run(() => 'hang', { shape: { durationMs: 500 }, maxInFlight: 1, timeoutMs: 300 });
    expect([line.sentAt, line.cancelled(), endedAt]).toEqual([[0, 300, 400, 500, 600], 5, 700]);
    expect([Object.fromEntries(summary.errors), summary.samples, summary.waited]).toEqual([{ timeout: 5 }, 5, 4]);
  });

  test('that become free too late leave requests unsent, which are errors', async () => {
    const [first] = LOAD.requests;
    const requests = [1_000, 50].map((timeoutMs) => ({ ...first!, request: { ...first!.request, timeoutMs } }));
    const { line, summary } = await run(after(900), { shape: { durationMs: 400 }, maxInFlight: 1, requests });
    // The first holds the only place; the second and the fourth give up after 50 ms, and the third has time until 1,200 ms.
    expect([line.sent, line.sentAt, Object.fromEntries(summary.errors)]).toEqual([[0, 0], [0, 900], { 'not sent': 2, timeout: 1 }]);
    expect([summary.samples, summary.sent, summary.answered]).toEqual([4, 2, 1]);
  });
});

describe('an error is', () => {
  test('an answer that takes longer than its time-out since it was due', async () => {
    const { summary, line, endedAt } = await run((count) => (count === 3 ? 'hang' : { afterMs: 300 }), { shape: { durationMs: 1_000 }, timeoutMs: 301 });
    expect([Object.fromEntries(summary.errors), summary.answered, line.cancelled(), endedAt]).toEqual([{ timeout: 1 }, 9, 1, 1_200]);
  });

  test.each<[string, readonly number[] | undefined, Record<string, number>]>([
    ['a status from 500 on', undefined, { 'status 500': 2, 'status 599': 2 }],
    ['any status that is not expected', [200, 404], { 'status 302': 2, 'status 499': 2, 'status 500': 2, 'status 599': 2 }],
  ])('%s', async (_, expectedStatuses, errors) => {
    const codes = [200, 302, 499, 500, 599];
    const { summary } = await run((count) => ({ afterMs: 1, end: status(codes[count % 5]!) }), { shape: { durationMs: 1_000 }, ...(expectedStatuses === undefined ? {} : { expectedStatuses }) });
    expect(Object.fromEntries(summary.errors)).toEqual(errors);
  });

  test('no answer, by what went wrong; the first one is told in words', async () => {
    const failures = [new TransportFailure('reset', 'the connection broke: ECONNRESET'), new TransportFailure('connect', 'no connection')];
    const { summary } = await run((count) => ({ afterMs: 1, end: { failure: failures[count % 2]! } }), { shape: { durationMs: 500 } });
    expect([Object.fromEntries(summary.errors), summary.firstFailure, summary.answered]).toEqual([{ reset: 3, connect: 2 }, 'the connection broke: ECONNRESET', 0]);
  });
});

describe('an early end', () => {
  const bad: Answering = (count) => ({ afterMs: 10, end: status(count % 2 === 0 ? 200 : 503) });

  test.each([
    [49, 20, 20],
    [50, 20, 100],
    [49, 51, 52],
    [0, 1, 2],
  ])('more than %i %% failed, from %i requests on: ends after %i', async (abovePercent, minSamples, samples) => {
    const { summary, line } = await run(bad, { abort: { kind: 'errorRate', abovePercent, minSamples } });
    expect(summary.samples).toBe(samples);
    expect(summary.stopped).toBe(samples === 100 ? undefined : `more than ${abovePercent} % of the requests failed`);
    expect(line.sent.length).toBe(samples);
  });

  test('gives up what is under way, and does not count it', async () => {
    const { summary, line } = await run((count) => (count === 0 ? { afterMs: 450, end: status(503) } : 'hang'), { abort: { kind: 'errorRate', abovePercent: 0, minSamples: 1 } });
    expect([summary.samples, line.sent.length, line.cancelled()]).toEqual([1, 5, 4]);
  });

  test('out of reach: not before the last request that could have saved it', async () => {
    // 100 requests with a p95 below 300 ms may have five that are slower; the sixth is one too many.
    const { summary } = await run((count) => ({ afterMs: count < 6 ? 300 : 299 }), { abort: { kind: 'outOfReach' } });
    expect([summary.samples, summary.stopped]).toEqual([6, '6 requests took 300 ms or longer or failed, which is too many for p95 of 100']);
    const { summary: saved } = await run((count) => ({ afterMs: count < 5 ? 300 : 299 }), { abort: { kind: 'outOfReach' } });
    expect([saved.samples, saved.stopped]).toEqual([100, undefined]);
  });

  test('out of reach: errors', async () => {
    const thresholds = [{ kind: 'errorRate', atMostPercent: 3, minSamples: 100 }] as const;
    const { summary } = await run(bad, { abort: { kind: 'outOfReach' }, thresholds });
    expect([summary.samples, summary.stopped]).toEqual([8, '4 requests failed, which is more than 3 % of all 100']);
  });

  test('errors of the warm-up end nothing', async () => {
    const { summary } = await run((count) => ({ afterMs: 5, end: status(count < 10 ? 503 : 200) }), { shape: { warmUpMs: 1_000 }, abort: { kind: 'errorRate', abovePercent: 0, minSamples: 1 } });
    expect([summary.stopped, summary.answered]).toEqual([undefined, 100]);
  });
});

describe('the signal', () => {
  test('ends everything, with its own reason', async () => {
    const clock = virtualClock();
    const stop = new AbortController();
    const line = fakeLine(clock, (count) => {
      if (count === 4) {
        stop.abort(new Error('time is up'));
      }
      return 'hang';
    });
    await expect(runLoad(documentOf({}), { clock, histogram, line }, stop.signal)).rejects.toThrow('time is up');
    expect([line.sent.length, line.cancelled()]).toEqual([5, 5]);
  });

  test('that is aborted already lets nothing leave', async () => {
    const clock = virtualClock();
    const line = fakeLine(clock, after(1));
    await expect(runLoad(documentOf({}), { clock, histogram, line }, AbortSignal.abort(new Error('too late')))).rejects.toThrow('too late');
    expect(line.sent).toEqual([]);
  });
});

describe('a client that is late', () => {
  /** Every sleep takes so much longer. */
  const slow = (by: number): Clock => {
    const even = virtualClock();
    return { ...even, sleep: (ms, signal) => even.sleep(ms + by, signal) };
  };

  test.each([
    [24, 0],
    [26, 99],
  ])('by %i ms', async (by, late) => {
    const { summary } = await run(after(1), {}, slow(by));
    expect([summary.late, summary.lateness.count, summary.waited]).toEqual([late, 100, 0]);
  });

  test('is noticed while all places are taken, when no request can tell', async () => {
    const { summary } = await run(() => 'hang', { maxInFlight: 1, timeoutMs: 60_000, shape: { durationMs: 10_000 } }, slow(50));
    expect(summary.late).toBeGreaterThan(50);
    const { summary: service } = await run(() => 'hang', { maxInFlight: 1, timeoutMs: 60_000, shape: { durationMs: 10_000 } });
    expect([service.late, service.lateness.count > 50]).toEqual([0, true]);
  });
});

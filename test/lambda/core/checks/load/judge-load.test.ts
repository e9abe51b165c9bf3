import type { LoadThresholdDocument } from '../../../../../lib/model/load-document';
import { histogram } from '../../../../../lambda/adapters/histogram';
import { judgeLoad } from '../../../../../lambda/core/checks/load/judge-load';
import type { LoadSummary } from '../../../../../lambda/core/checks/load/tally';
import { LOAD, summaryOf, times } from './support';

const judge = (summary: LoadSummary, ...thresholds: LoadThresholdDocument[]) => judgeLoad({ ...LOAD, thresholds }, summary, 'GET /api/orders on the test listener');
const p = (percentile: number, belowMs: number, minSamples = 1): LoadThresholdDocument => ({ kind: 'latency', percentile, belowMs, minSamples });
const errors = (atMostPercent: number, minSamples = 1): LoadThresholdDocument => ({ kind: 'errorRate', atMostPercent, minSamples });
const throughput = (atLeastPerSecond: number, minSamples = 1): LoadThresholdDocument => ({ kind: 'throughput', atLeastPerSecond, minSamples });
const FACTS = '(GET /api/orders on the test listener; 10/s for 10 s)';

describe('a threshold on latency', () => {
  // 95 of 100 take 100 ms, the other five 500 ms: the 95th of them is the last fast one.
  const mixed = () => summaryOf([...times(95, 100), ...times(5, 500)]);

  test.each<[number, number, string]>([
    [95, 101, 'pass'],
    [95, 100, 'fail'],
    [96, 500, 'fail'],
    [96, 501, 'pass'],
    [1, 101, 'pass'],
    [99.999, 501, 'pass'],
    [99.999, 500, 'fail'],
  ])('p%d below %d ms', (percentile, belowMs, outcome) => {
    expect(judge(mixed(), p(percentile, belowMs)).outcome).toBe(outcome);
  });

  test('says the value, what was asked for, and how many', () => {
    expect(judge(summaryOf(times(1_200, 412)), p(95, 300)).reason).toBe(
      'p95 was 412 ms over 1,200 requests, expected below 300 ms (GET /api/orders on the test listener; 10/s for 10 s)',
    );
    expect(judge(mixed(), p(95, 300)).measurements[0]).toEqual({ what: 'p95 of 100 requests', measured: '100 ms', threshold: 'below 300 ms', ok: true });
  });

  test.each<[string, Record<string, number>, number, string, string]>([
    ['five of a hundred fail, which the p95 leaves out', { timeout: 5 }, 95, 'pass', 'p95 was 100 ms over 100 requests'],
    ['six of a hundred fail', { timeout: 5, reset: 1 }, 94, 'fail', 'p95 was no answer, since 6 of 100 requests failed, expected below 300 ms'],
    ['all of them fail', { connect: 100 }, 0, 'fail', 'p95 was no answer, since 100 of 100 requests failed, expected below 300 ms'],
  ])('counts a failed request as slower than any answer: %s', (_, failed, answered, outcome, reason) => {
    const judged = judge(summaryOf(times(answered, 100), failed), p(95, 300));
    expect([judged.outcome, judged.reason]).toEqual([outcome, expect.stringContaining(reason)]);
  });

  test.each<[number, number, string]>([
    [299.6, 300, '299 ms'],
    [300, 300, '300 ms'],
    [300.1, 300, '300 ms'],
    [4.96, 5, '4.9 ms'],
    [4.96, 4, '5 ms'],
    [9.97, 10, '9.9 ms'],
  ])('%d ms below %d ms is shown as %s, never on the other side of the limit', (ms, belowMs, shown) => {
    expect(judge(summaryOf([ms]), p(95, belowMs)).measurements[0]!.measured).toBe(shown);
  });

  test('a percentile that is no number decides nothing', () => {
    const broken = { ...histogram(), count: 1, atRank: () => Number.NaN, record: () => undefined };
    expect(judge(summaryOf([100], {}, { latency: broken }), p(95, 300))).toMatchObject({ outcome: 'inconclusive', reason: expect.stringContaining('p95 is unknown') });
  });
});

describe('a threshold on errors', () => {
  test.each<[number, number, number, string, string]>([
    [100, 0, 0, 'pass', '0 %'],
    [99, 1, 0, 'fail', '1 %'],
    [99, 1, 1, 'pass', '1 %'],
    [98, 2, 1, 'fail', '2 %'],
    [9_943, 57, 0.57, 'pass', '0.57 %'],
    [9_942, 58, 0.57, 'fail', '0.58 %'],
    [999, 1, 0.1, 'pass', '0.1 %'],
    [2_999, 1, 0.03, 'fail', '0.04 %'],
    [0, 100, 99.9, 'fail', '100 %'],
  ])('%i answered and %i failed, at most %d %%', (answered, failed, atMost, outcome, shown) => {
    const { outcome: came, measurements } = judge(summaryOf(times(answered, 5), failed === 0 ? {} : { 'status 503': failed }), errors(atMost));
    expect([came, measurements[0]!.measured]).toEqual([outcome, shown]);
  });

  test('names what the errors were, the most frequent first, and the first transport error in words', () => {
    const summary = summaryOf(times(1_180, 5), { timeout: 3, 'status 503': 17 }, { firstFailure: 'the connection broke: ECONNRESET, read ECONNRESET' });
    expect(judge(summary, errors(1)).reason).toBe(
      'error rate was 1.67 % of 1,200, expected at most 1 % (GET /api/orders on the test listener; 10/s for 10 s; errors: 17 status 503, 3 timeout; ' +
        'the first without an answer: the connection broke: ECONNRESET, read ECONNRESET)',
    );
  });
});

describe('a threshold on throughput', () => {
  test.each<[number, number, number, string, string]>([
    [200, 10_000, 20, 'pass', '20/s'],
    [199, 10_000, 20, 'fail', '19.9/s'],
    [200, 10_001, 20, 'fail', '19.9/s'],
    [20_000, 10_000, 2_000, 'pass', '2,000/s'],
    [0, 10_000, 1, 'fail', '0/s'],
  ])('%i answers in %i ms, at least %i a second', (answered, answeringMs, atLeast, outcome, shown) => {
    const { outcome: came, measurements } = judge(summaryOf(times(answered, 5), answered === 0 ? { timeout: 1 } : {}, { answeringMs }), throughput(atLeast));
    expect([came, measurements[0]!.measured]).toEqual([outcome, shown]);
  });

  test('over no time decides nothing', () => {
    expect(judge(summaryOf([5], {}, { answeringMs: 0 }), throughput(1))).toMatchObject({ outcome: 'inconclusive' });
  });
});

describe('what a load comes to', () => {
  test.each<[string, LoadThresholdDocument]>([
    ['p95 is unknown', p(95, 300)],
    ['error rate is unknown', errors(100)],
    ['throughput was 0/s', throughput(1)],
  ])('without a sample nothing is decided: %s', (text, threshold) => {
    const judged = judge(summaryOf([]), threshold);
    expect([judged.outcome, judged.samples, judged.reason]).toEqual(['inconclusive', 0, expect.stringContaining(text)]);
  });

  test.each([
    [100, 'pass'],
    [99, 'inconclusive'],
  ])('%i samples of 100 that are needed: %s', (count, outcome) => {
    const judged = judge(summaryOf(times(count, 5)), p(95, 300, 100));
    expect([judged.outcome, judged.samples]).toEqual([outcome, count]);
  });

  test('says that there were too few', () => {
    expect(judge(summaryOf(times(99, 5)), p(95, 300, 1_000)).reason).toBe(`p95 was 5 ms over 99 requests, expected below 300 ms and at least 1,000 requests to decide ${FACTS}`);
  });

  test('all thresholds must hold, and those that do not are named first', () => {
    const summary = summaryOf(times(100, 400));
    expect(judge(summary, errors(1), p(95, 300), throughput(9))).toMatchObject({
      outcome: 'fail',
      reason: `p95 was 400 ms over 100 requests, expected below 300 ms; error rate was 0 % of 100; throughput was 10/s ${FACTS}`,
    });
    expect(judge(summary, errors(1), p(95, 500))).toMatchObject({
      outcome: 'pass',
      reason: `error rate was 0 % of 100, expected at most 1 %; p95 was 400 ms over 100 requests, expected below 500 ms ${FACTS}`,
    });
  });

  test('a failed threshold fails it even where another one has too few samples', () => {
    expect(judge(summaryOf(times(100, 400)), errors(1, 101), p(95, 300)).outcome).toBe('fail');
    expect(judge(summaryOf(times(100, 400)), errors(1, 101), p(95, 500)).outcome).toBe('inconclusive');
  });

  test('no threshold at all is no pass', () => {
    expect(judge(summaryOf(times(100, 5))).outcome).toBe('inconclusive');
  });

  test('one that was ended early has failed, whatever its thresholds say', () => {
    const judged = judge(summaryOf(times(50, 5), {}, { planned: 1_200, stopped: 'more than 50 % of the requests failed' }), p(95, 300));
    expect([judged.outcome, judged.reason]).toEqual(['fail', expect.stringMatching(/^ended early after 50 of 1,200 requests: more than 50 % of the requests failed; p95 was 5 ms/)]);
  });

  test('is never tried again', () => {
    expect([judge(summaryOf(times(100, 5)), p(95, 300)).retryable, judge(summaryOf([]), p(95, 300)).retryable]).toEqual([false, false]);
  });

  test('tells, for information, what was sent and what came', () => {
    const lateness = histogram();
    times(200, 1.2).forEach((ms) => lateness.record(ms));
    const summary = summaryOf(times(100, 5), { timeout: 100 }, { lateness, sendingMs: 12_500, answeringMs: 20_000 });
    expect(judge(summary, errors(50)).measurements.slice(1)).toEqual([
      { what: 'sent', measured: '16/s', threshold: '10/s', ok: true },
      { what: 'answered without error', measured: '5/s', threshold: null, ok: true },
      { what: 'client late (p99)', measured: '1.2 ms', threshold: '25 ms', ok: true },
    ]);
  });

  test('says how many waited for a place', () => {
    expect(judge(summaryOf(times(100, 400), {}, { waited: 1_012 }), p(95, 300)).reason).toContain('; 1,012 waited, since 100 were under way)');
  });
});

describe('a client that is late itself', () => {
  const lateness = (late: number, ofAll: number) => {
    const noted = histogram();
    [...times(ofAll - late, 1), ...times(late, 40)].forEach((ms) => noted.record(ms));
    return { lateness: noted, late };
  };

  test.each([
    [0, 'pass'],
    [1, 'pass'],
    [2, 'inconclusive'],
    [100, 'inconclusive'],
  ])('%i times of 100: %s', (late, outcome) => {
    expect(judge(summaryOf(times(100, 5), {}, lateness(late, 100)), p(95, 300)).outcome).toBe(outcome);
  });

  test('blames itself and no service, even where thresholds have failed or the load was ended early', () => {
    const judged = judge(summaryOf(times(100, 900), {}, { ...lateness(20, 1_000), stopped: 'x' }), p(95, 300), errors(1));
    expect(judged).toMatchObject({ outcome: 'inconclusive', retryable: false });
    expect(judged.reason).toBe(
      'the client was the limit, not the service: it was 25 ms late or more at 20 of 1,000 moments at which nothing else held it up (p99 40 ms), so that what it measured ' +
        `says nothing about the service; raise the hook's 'memorySize', with which CPU comes, or lower the rate ${FACTS}`,
    );
    expect(judged.measurements.slice(0, 2).map(({ ok }) => ok)).toEqual([false, false]);
  });
});

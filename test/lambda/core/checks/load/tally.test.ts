import { histogram } from '../../../../../lambda/adapters/histogram';
import { LoadTally } from '../../../../../lambda/core/checks/load/tally';
import { TransportFailure } from '../../../../../lambda/core/failures';
import type { LoadCheckDocument } from '../../../../../lib/model/load-document';
import { LOAD } from './support';

const LATENCY = { kind: 'latency', percentile: 90, belowMs: 300, minSamples: 10 } as const;

/** Ten requests that count after two that do not. */
const tally = (overrides: Partial<LoadCheckDocument> = {}) => {
  const shape = { ratePerSecond: 10, warmUpMs: 200, warmUpRate: 'CONSTANT', durationMs: 1_000 } as const;
  return new LoadTally({ ...LOAD, shape, thresholds: [LATENCY], ...overrides }, { warmUp: 2, total: 12 }, histogram);
};
const ok = { status: 200 };
const refused = { failure: new TransportFailure('connect', 'connection refused') };
const end = (made: LoadTally, index: number, ms: number, how: Parameters<LoadTally['noteEnd']>[3] = ok) => made.noteEnd(index, index * 100, index * 100 + ms, how);

test('nothing of the warm-up counts, and all of what follows', () => {
  const made = tally();
  [1, 2].forEach((index) => {
    made.noteSent(index, index * 100, { late: 30, waited: false });
    end(made, index, 10);
    made.noteNotSent(index, 5_000, false);
  });
  const { planned, samples, answered, failed, sent, late, latency, lateness, errors } = made.summary();
  expect([planned, samples, answered, failed, sent, late]).toEqual([10, 2, 1, 1, 1, 2]);
  expect([latency.count, lateness.count, [...errors]]).toEqual([1, 2, [['not sent', 1]]]);
});

test.each([
  [24, 0],
  [25, 1],
])('a request that leaves %i ms late is late: %i', (late, expected) => {
  const made = tally();
  made.noteSent(2, 200, { late, waited: false });
  expect([made.summary().late, made.summary().waited, made.summary().lateness.count]).toEqual([expected, 0, 1]);
});

test('a request that had to wait says nothing of the client', () => {
  const made = tally();
  made.noteSent(2, 200, { late: 90, waited: true });
  made.noteNotSent(3, 5_000, true);
  expect([made.summary().late, made.summary().waited, made.summary().lateness.count]).toEqual([0, 2, 0]);
});

test.each([
  [199, 0],
  [200, 1],
])('a beat at %i ms counts from the end of the warm-up: %i', (dueAt, count) => {
  const made = tally();
  made.noteBeat(dueAt, dueAt + 40);
  expect([made.summary().lateness.count, made.summary().late]).toEqual([count, count]);
});

test('a load that was stopped counts nothing any more, and lasted until its last request', () => {
  const made = tally({ abort: { kind: 'errorRate', abovePercent: 50, minSamples: 2 } } as Partial<LoadCheckDocument>);
  made.noteSent(2, 210, { late: 0, waited: false });
  end(made, 2, 40);
  made.noteSent(3, 320, { late: 0, waited: false });
  end(made, 3, 10, 'timeout');
  expect(made.stopped).toBeUndefined();
  end(made, 4, 10, { status: 500 });
  expect(made.stopped).toBe('more than 50 % of the requests failed');
  made.noteSent(5, 900, { late: 0, waited: false });
  made.noteBeat(600, 700);
  made.noteNotSent(6, 5_000, false);
  end(made, 5, 10);
  const { samples, answered, sent, sendingMs, answeringMs, errors, lateness, stopped } = made.summary();
  expect([samples, answered, sent, sendingMs, answeringMs, lateness.count]).toEqual([3, 1, 2, 120, 40, 2]);
  expect([[...errors], stopped]).toEqual([[['timeout', 1], ['status 500', 1]], 'more than 50 % of the requests failed']);
});

test.each([
  [1_000, 1_000, 1_000],
  [1_500, 1_300, 1_500],
])('a load lasts as long as it was to, and until its last request and its last answer: %i', (at, sendingMs, answeringMs) => {
  const made = tally();
  made.noteSent(11, at === 1_000 ? 1_100 : 1_500, { late: 0, waited: false });
  made.noteEnd(11, 1_100, at === 1_000 ? 1_150 : 1_700, ok);
  expect([made.summary().sendingMs, made.summary().answeringMs, made.summary().stopped]).toEqual([sendingMs, answeringMs, undefined]);
});

test('the first failure is told, and errors are counted by what they were', () => {
  const made = tally();
  end(made, 2, 5, refused);
  end(made, 3, 5, refused);
  end(made, 4, 5, { status: 499 });
  end(made, 5, 5, { status: 500 });
  const { firstFailure, errors, answered } = made.summary();
  expect([[...errors], answered]).toEqual([[['connect', 2], ['status 500', 1]], 1]);
  expect(firstFailure).toContain('connection refused');
  expect('firstFailure' in tally().summary()).toBe(false);
});

test.each([
  [299, undefined],
  [300, '2 requests took 300 ms or longer or failed, which is too many for p90 of 10'],
])('a percentile is out of reach once too many answers take %i ms', (ms, stopped) => {
  const made = tally({ abort: { kind: 'outOfReach' } } as Partial<LoadCheckDocument>);
  end(made, 2, ms);
  expect(made.stopped).toBeUndefined();
  end(made, 3, ms);
  expect(made.stopped).toBe(stopped);
});

test('nothing is out of reach where no abort was asked for', () => {
  const made = tally({ thresholds: [LATENCY, { kind: 'errorRate', atMostPercent: 0, minSamples: 1 }] } as Partial<LoadCheckDocument>);
  [2, 3, 4].forEach((index) => end(made, index, 5_000, 'timeout'));
  expect(made.stopped).toBeUndefined();
});

test.each([
  [10, undefined, '2 requests failed, which is more than 10 % of all 10'],
  [0, '1 request failed, which is more than 0 % of all 10', '1 request failed, which is more than 0 % of all 10'],
])('an error rate of %i %% is out of reach once too many failed', (atMostPercent, first, second) => {
  const made = tally({ thresholds: [{ kind: 'errorRate', atMostPercent, minSamples: 1 }], abort: { kind: 'outOfReach' } } as Partial<LoadCheckDocument>);
  end(made, 2, 5, 'timeout');
  expect(made.stopped).toBe(first);
  end(made, 3, 5, 'timeout');
  expect(made.stopped).toBe(second);
});

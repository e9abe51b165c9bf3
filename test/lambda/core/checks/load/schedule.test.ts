import { measuredRequests, longestLoadMs } from '../../../../../lib/model/load-document';
import type { LoadShape } from '../../../../../lib/model/load-document';
import { schedule } from '../../../../../lambda/core/checks/load/schedule';

const shape = (overrides: Partial<LoadShape> = {}): LoadShape => ({ ratePerSecond: 4, warmUpMs: 0, warmUpRate: 'CONSTANT', durationMs: 1_000, ...overrides });
const dueTimes = (of: LoadShape) => {
  const { total, dueAt } = schedule(of);
  return Array.from({ length: total }, (_, index) => Math.round(dueAt(index) * 1000) / 1000);
};

describe('schedule', () => {
  test('requests are due at even distances, and none at the end', () => {
    expect(dueTimes(shape())).toEqual([0, 250, 500, 750]);
  });

  test('those of a warm-up come first, and do not count', () => {
    const warm = shape({ warmUpMs: 500 });
    expect([schedule(warm).warmUp, dueTimes(warm)]).toEqual([2, [0, 250, 500, 750, 1000, 1250]]);
  });

  test('a warm-up that does not divide evenly shifts nothing that counts', () => {
    const warm = shape({ warmUpMs: 300 });
    expect([schedule(warm).warmUp, dueTimes(warm)]).toEqual([2, [0, 250, 300, 550, 800, 1050]]);
  });

  test('a warm-up that grows sends half as many, closer and closer', () => {
    const warm = shape({ ratePerSecond: 8, warmUpMs: 1_000, warmUpRate: 'LINEAR', durationMs: 250 });
    expect([schedule(warm).warmUp, dueTimes(warm)]).toEqual([4, [0, 500, 707.107, 866.025, 1000, 1125]]);
  });

  test.each([
    [20, 60_000, 1200],
    [3, 1_000, 3],
    [3, 500, 2],
    [1, 1, 1],
    [5_000, 810_000, 4_050_000],
  ])('%i a second for %i ms are %i requests', (ratePerSecond, durationMs, count) => {
    expect(measuredRequests(shape({ ratePerSecond, durationMs }))).toBe(count);
    expect(schedule(shape({ ratePerSecond, durationMs })).total).toBe(count);
  });

  test('a load takes a look-up, warm-up, duration and the longest time-out at most', () => {
    expect(longestLoadMs(shape({ warmUpMs: 10_000, durationMs: 60_000 }), [5_000, 2_000])).toBe(95_000);
  });
});

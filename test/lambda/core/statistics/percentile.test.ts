import { percentileOf } from '../../../../lambda/core/statistics/percentile';
import { fc, RUNS } from '../../../support/properties';

const one = (value: number, count = 1) => ({ value, count });

test.each([
  ['the only value', [one(7)], 99, 7],
  ['the smallest', [one(3), one(1), one(2)], 0, 1],
  ['the largest', [one(3), one(1), one(2)], 100, 3],
  ['the middle', [one(3), one(1), one(2)], 50, 2],
  ['between two', [one(10), one(20)], 25, 12.5],
  ['between two of many', [one(1, 99), one(101)], 99.5, 51.5],
  ['among equal ones', [one(5, 1000)], 12.3, 5],
  ['after one that was never seen', [one(-100, 0), one(4), one(8)], 50, 6],
  ['of negative ones', [one(-4), one(-2)], 50, -3],
])('%s', (_, values, percentile, expected) => {
  expect(percentileOf(values, percentile)).toBeCloseTo(expected, 12);
});

test('there is none without values', () => {
  expect(percentileOf([], 50)).toBeUndefined();
  expect(percentileOf([one(1, 0)], 50)).toBeUndefined();
});

test.each([-0.1, 100.1, Number.NaN])('there is no percentile %d', (percentile) => {
  expect(() => percentileOf([one(1)], percentile)).toThrow(`a percentile is a number from 0 to 100, got ${percentile}`);
});

test.each([
  [one(Number.NaN), 'got NaN, 1 times'],
  [one(Number.POSITIVE_INFINITY), 'got Infinity, 1 times'],
  [one(1, -1), 'got 1, -1 times'],
  [one(1, 1.5), 'got 1, 1.5 times'],
])('%j is no value', (value, shown) => {
  expect(() => percentileOf([value], 50)).toThrow(shown);
});

test('does not depend on the order or the grouping of the values, grows with the percentile, and lies among them', () => {
  const values = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 40 });
  fc.assert(
    fc.property(values, fc.double({ min: 0, max: 100, noNaN: true }), fc.double({ min: 0, max: 100, noNaN: true }), (list, a, b) => {
      const [low, high] = [Math.min(a, b), Math.max(a, b)];
      const single = list.map((value) => one(value));
      const doubled = [...list].reverse().map((value) => one(value));
      expect(percentileOf(doubled, low)).toBe(percentileOf(single, low));
      expect(percentileOf(single, low)!).toBeLessThanOrEqual(percentileOf(single, high)! + 1e-9 * 1e6);
      expect(percentileOf(single, low)!).toBeGreaterThanOrEqual(Math.min(...list) - 1e-3);
      expect(percentileOf(single, high)!).toBeLessThanOrEqual(Math.max(...list) + 1e-3);
    }),
    { numRuns: RUNS },
  );
});
